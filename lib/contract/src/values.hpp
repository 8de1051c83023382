// Values of contracts: kept as canonical text of their type, compared and written by it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mlsys/base/json_fwd.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::contract {

// The canonical text: true/false, decimal digits, the shortest text of a double, ISO 8601. Nothing when the JSON value
// is not one of the type (numbers for integer and number, booleans, text for the rest).
std::optional<std::string> value_from_json(const Json& json, data::ColumnType type);
Json value_to_json(const std::string& value, data::ColumnType type);
bool less(const std::string& a, const std::string& b, data::ColumnType type);
// As an SQL literal of the type the column has in a query.
std::string value_to_sql(const std::string& value, data::ColumnType type);

}  // namespace mlsys::contract
