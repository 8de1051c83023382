// Memory described by the array interface protocol, the way XGBoost takes it.
#pragma once

#include <cstddef>
#include <string>

#include "ext/xgboost/xgboost.hpp"

namespace mlsys::ext::xgboost {

std::string array_interface(const void* data, std::size_t size, const char* type);
std::string columns_interface(const BatchView& batch);

}  // namespace mlsys::ext::xgboost
