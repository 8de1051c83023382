// Frictionless names of our column types.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/data/types.hpp"

namespace mlsys::contract {

std::string_view type_name(std::optional<data::ColumnType> type);  // "any" for nothing
bool read_type(std::string_view name, std::optional<data::ColumnType>& type);
std::vector<std::string> type_names();
// The type that pandas, NumPy, Arrow, SQL or JSON Schema call so (in lower case): "float64", "varchar", "bool".
std::optional<data::ColumnType> type_elsewhere(std::string_view name);

}  // namespace mlsys::contract
