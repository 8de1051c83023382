#include "type_names.hpp"

#include <array>
#include <utility>

namespace mlsys::contract {
namespace {

using Entry = std::pair<std::optional<data::ColumnType>, std::string_view>;
constexpr auto entries = std::to_array<Entry>({{data::ColumnType::text, "string"},
                                               {data::ColumnType::integer, "integer"},
                                               {data::ColumnType::real, "number"},
                                               {data::ColumnType::boolean, "boolean"},
                                               {data::ColumnType::date, "date"},
                                               {data::ColumnType::timestamp, "datetime"},
                                               {std::nullopt, "any"}});

}  // namespace

std::string_view type_name(std::optional<data::ColumnType> type) {
  for (const auto& [value, name] : entries)
    if (value == type) return name;
  return "any";
}

bool read_type(std::string_view name, std::optional<data::ColumnType>& type) {
  for (const auto& [value, known] : entries) {
    if (known != name) continue;
    type = value;
    return true;
  }
  return false;
}

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (const auto& [value, name] : entries) names.emplace_back(name);
  return names;
}

}  // namespace mlsys::contract
