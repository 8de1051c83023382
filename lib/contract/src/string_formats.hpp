// The formats of strings that Frictionless Table Schema names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlsys::contract {

// The RE2 expression that the whole value must match; nothing for an unknown name.
std::optional<std::string> string_format(std::string_view name);
std::vector<std::string> string_formats();

}  // namespace mlsys::contract
