#pragma once

#include <vector>

#include "mlsys/base/json_fwd.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::store {

// [{"subject", "problem"}]
Json problems_json(const std::vector<Problem>& problems);

}  // namespace mlsys::store
