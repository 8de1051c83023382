// Pieces of contracts that fields and listed checks share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mlsys/base/json.hpp"
#include "mlsys/contract/contract.hpp"

namespace mlsys::contract {

// The kind among `allowed`, or an error that lists those.
CheckKind read_kind(std::string_view name, std::span<const CheckKind> allowed);
Severity read_severity(ObjectReader& reader, std::string_view key, const Json& value);
double read_tolerance(ObjectReader& reader, std::string_view key);

// An entry of "checks".
Check read_check(const Json& json, const std::string& subject);

}  // namespace mlsys::contract
