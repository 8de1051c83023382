// Pieces of contracts that fields and listed checks share.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mlsys/base/json.hpp"
#include "mlsys/contract/contract.hpp"

namespace mlsys::contract {

// The kind among `allowed`, or an error that lists those and says where the name stands.
CheckKind read_kind(std::string_view name, std::span<const CheckKind> allowed, const std::string& where);
Severity read_severity(ObjectReader& reader, std::string_view key, const Json& value);
double read_tolerance(ObjectReader& reader, std::string_view key);

// Whether the column of a check is called its label, and the others its inputs.
inline bool has_label(CheckKind kind) {
  return kind == CheckKind::conflicting_labels || kind == CheckKind::label_leakage || kind == CheckKind::association;
}
// An entry of "checks".
Check read_check(const Json& json, const std::string& subject);

}  // namespace mlsys::contract
