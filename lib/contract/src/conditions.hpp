// What of a field fails, as a condition in SQL, and what is expected of it, in words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mlsys/contract/contract.hpp"

namespace mlsys::contract {

// `text` is an expression: true where it does not match the field's pattern, NULL where it is NULL.
std::string mismatch(const Field& field, const std::string& text);
// The same where it is shorter or longer, in code points, than the field allows. One of the two limits is there.
std::string wrong_length(const Field& field, const std::string& text);

std::string range_text(const std::optional<std::string>& low, const std::optional<std::string>& high);
std::string one_of(const std::vector<std::string>& values);

}  // namespace mlsys::contract
