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

struct Elsewhere {
  std::string_view name;
  data::ColumnType type;
};
constexpr auto elsewhere = std::to_array<Elsewhere>({{"bigint", data::ColumnType::integer},
                                                     {"bool", data::ColumnType::boolean},
                                                     {"category", data::ColumnType::text},
                                                     {"char", data::ColumnType::text},
                                                     {"datetime64", data::ColumnType::timestamp},
                                                     {"decimal", data::ColumnType::real},
                                                     {"double", data::ColumnType::real},
                                                     {"float", data::ColumnType::real},
                                                     {"float32", data::ColumnType::real},
                                                     {"float64", data::ColumnType::real},
                                                     {"int", data::ColumnType::integer},
                                                     {"int32", data::ColumnType::integer},
                                                     {"int64", data::ColumnType::integer},
                                                     {"long", data::ColumnType::integer},
                                                     {"numeric", data::ColumnType::real},
                                                     {"object", data::ColumnType::text},
                                                     {"real", data::ColumnType::real},
                                                     {"smallint", data::ColumnType::integer},
                                                     {"str", data::ColumnType::text},
                                                     {"text", data::ColumnType::text},
                                                     {"timestamp", data::ColumnType::timestamp},
                                                     {"varchar", data::ColumnType::text}});

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

std::optional<data::ColumnType> type_elsewhere(std::string_view name) {
  for (const auto& entry : elsewhere)
    if (entry.name == name) return entry.type;
  return std::nullopt;
}

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (const auto& [value, name] : entries) names.emplace_back(name);
  return names;
}

}  // namespace mlsys::contract
