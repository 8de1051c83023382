#include "values.hpp"

#include <cmath>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::contract {

using data::ColumnType;

std::optional<std::string> value_from_json(const Json& json, ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      if (!json.is_boolean()) return std::nullopt;
      return json.get<bool>() ? "true" : "false";
    case ColumnType::integer: {
      // 3.0 is an integer as well; 2^63 and more is none that a column can hold.
      if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
      if (json.is_number_integer()) return std::to_string(json.get<std::int64_t>());
      if (!json.is_number_float()) return std::nullopt;
      const double value = json.get<double>();
      if (value != std::floor(value) || std::abs(value) > 9007199254740992.0) return std::nullopt;
      return std::to_string(static_cast<std::int64_t>(value));
    }
    case ColumnType::real: {
      if (!json.is_number()) return std::nullopt;
      const double value = json.get<double>();
      if (!std::isfinite(value)) return std::nullopt;
      return shortest(value == 0 ? 0.0 : value);  // no negative zero
    }
    case ColumnType::text:
      if (!json.is_string()) return std::nullopt;
      return json.get<std::string>();
    case ColumnType::date: {
      if (!json.is_string()) return std::nullopt;
      const auto days = data::parse_date(json.get<std::string>());
      if (!days) return std::nullopt;
      return data::format_date(*days);
    }
    case ColumnType::timestamp: {
      if (!json.is_string()) return std::nullopt;
      const auto instant = data::parse_timestamp(json.get<std::string>());
      if (!instant) return std::nullopt;
      return data::format_timestamp(*instant);
    }
  }
  return std::nullopt;
}

Json value_to_json(const std::string& value, ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return value == "true";
    case ColumnType::integer:
      return parse_int(value).value();
    case ColumnType::real:
      return parse_double(value).value();
    default:
      return value;
  }
}

bool less(const std::string& a, const std::string& b, ColumnType type) {
  switch (type) {
    case ColumnType::integer:
      return parse_int(a).value() < parse_int(b).value();
    case ColumnType::real:
      return parse_double(a).value() < parse_double(b).value();
    case ColumnType::date:
      return data::parse_date(a).value() < data::parse_date(b).value();
    case ColumnType::timestamp:
      return data::parse_timestamp(a).value() < data::parse_timestamp(b).value();
    default:
      return a < b;
  }
}

std::string value_to_sql(const std::string& value, ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return value;
    case ColumnType::integer:
      return "CAST(" + value + " AS BIGINT)";
    case ColumnType::real:
      return "CAST(" + data::Dataset::sql_text(value) + " AS DOUBLE)";
    case ColumnType::date:
      return "CAST(" + data::Dataset::sql_text(value) + " AS DATE)";
    case ColumnType::timestamp: {
      // Without the zone letter: columns hold instants in UTC as plain timestamps.
      std::string text = value;
      if (!text.empty() && text.back() == 'Z') text.pop_back();
      return "CAST(" + data::Dataset::sql_text(text) + " AS TIMESTAMP)";
    }
    case ColumnType::text:
      break;
  }
  return data::Dataset::sql_text(value);
}

}  // namespace mlsys::contract
