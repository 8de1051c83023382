// Data contracts: what a table promises. Read and written as Frictionless Table Schema
// (https://datapackage.org/standard/table-schema/) with additions of ours, schema "mlsys.contract/1".
//
//   {
//     "schema": "mlsys.contract/1",                 may be left out: a plain Frictionless schema is a contract
//     "title": "…", "description": "…",
//     "missingValues": ["", "NA"],                  texts read as missing besides the empty field
//     "fields": [
//       {"name": "delay", "type": "integer", "description": "minutes",
//        "constraints": {"required": true, "unique": false, "minimum": -60, "maximum": 1800,
//                        "minLength": 1, "maxLength": 8, "pattern": "[A-Z]{3}", "enum": ["a", "b"]},
//        "severity": {"range": "warn", "enum": "warn"}}
//     ],
//     "primaryKey": ["id"],                         or "id"
//     "roles": {"target": "late"},                  noted by infer; see data::Roles
//     "severity": {"new_columns": "warn"},          of checks of the whole table
//     "checks": [
//       {"check": "expression", "name": "departs before it arrives", "expression": "departure <= arrival"},
//       {"check": "rows", "minimum": 1, "maximum": 1000000},
//       {"check": "unique", "columns": ["carrier", "flight", "date"]},
//       {"check": "duplicates", "severity": "warn"},
//       {"check": "conflicting_labels", "label": "late", "inputs": ["origin", "hour"]},
//       {"check": "class_ratio", "column": "late", "minimum": 0.01, "maximum": 0.99}
//     ]
//   }
//
// Types: string, integer, number, boolean, date, datetime, any. Bounds and enumerated values have the field's own type;
// dates and datetimes are ISO 8601 text. `pattern` is an RE2 expression that the whole value must match. Lengths count
// Unicode code points. "title", "description", "example" and "format": "default" are accepted on fields.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/data/roles.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::contract {

enum class Severity { warn, error };

// What can be checked; also the names of checks in reports and the keys of "severity".
enum class CheckKind {
  schema,       // every field is a column of the data
  new_columns,  // every column of the data is a field
  type,         // every value has the field's type
  required,     // no value is missing
  range,        // minimum, maximum; NaN is outside
  enumeration,  // "enum"
  pattern,
  length,              // minLength, maxLength
  unique,              // no value or combination of values twice; rows with a missing one do not count
  primary_key,         // unique, and nothing missing
  expression,          // not false (missing is not false)
  rows,                // number of rows
  duplicates,          // no row twice
  conflicting_labels,  // rows with equal inputs have equal labels
  class_ratio          // the share of every class
};

struct Field {
  std::string name;
  std::optional<data::ColumnType> type;  // nothing: any
  std::string title, description;
  bool required = false;
  bool unique = false;
  // Canonical texts of the field's type: see data::parse_integer and its siblings.
  std::optional<std::string> minimum, maximum;
  std::optional<std::uint64_t> min_length, max_length;  // of text, in code points
  std::optional<std::string> pattern;
  std::vector<std::string> values;         // "enum"; empty means any
  std::map<CheckKind, Severity> severity;  // type, required, range, enum, pattern, length, unique; default error
  bool operator==(const Field&) const = default;
};

struct Check {
  CheckKind kind = CheckKind::expression;  // expression, rows, unique, duplicates, conflicting_labels, class_ratio
  std::string name;                        // for reports; empty: the kind's name
  Severity severity = Severity::error;
  std::string expression;                  // expression
  std::vector<std::string> columns;        // unique; duplicates (empty: all fields); conflicting_labels: the inputs
                                           // (empty: all fields except the label, roles' id, time and weight)
  std::string column;                      // class_ratio; conflicting_labels: the label
  std::optional<double> minimum, maximum;  // rows: counts; class_ratio: shares in [0, 1]
  bool operator==(const Check&) const = default;
};

struct Contract {
  std::string title, description;
  std::vector<std::string> missing_values;  // besides the empty field
  std::vector<Field> fields;
  std::vector<std::string> primary_key;
  data::Roles roles;
  std::map<CheckKind, Severity> severity;  // schema, primary_key: default error; new_columns: default warn
  std::vector<Check> checks;

  [[nodiscard]] MLSYS_EXPORT const Field* find(std::string_view name) const;
  bool operator==(const Contract&) const = default;
};

MLSYS_EXPORT Severity severity_of(const Contract& contract, CheckKind kind);
MLSYS_EXPORT Severity severity_of(const Field& field, CheckKind kind);

// Strict: unknown keys, values of the wrong type, fields named twice, keys over columns that are no fields, constraints
// that a type cannot have and constraints that contradict each other are Error(Code::usage), which names the place.
// Patterns and expressions are checked when the contract is used. Total: any bytes give a contract or that error.
MLSYS_EXPORT Contract parse_contract(std::string_view text, std::string_view subject = "contract");
MLSYS_EXPORT Json to_json(const Contract& contract);

// The fields of these columns, in this order: what a model needs of its inputs. Keys, roles and checks of the whole
// table are left out.
MLSYS_EXPORT Contract restrict_to(const Contract& contract, const std::vector<std::string>& columns);

}  // namespace mlsys::contract

template <>
struct mlsys::NameTable<mlsys::contract::Severity> {
  using T = mlsys::contract::Severity;
  static constexpr std::string_view what = "severity";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::warn, "warn", "reported, and fails only with --strict"},
      {T::error, "error", "fails"},
  });
};

template <>
struct mlsys::NameTable<mlsys::contract::CheckKind> {
  using T = mlsys::contract::CheckKind;
  static constexpr std::string_view what = "check";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::schema, "schema", "every field is a column of the data"},
      {T::new_columns, "new_columns", "every column of the data is a field"},
      {T::type, "type", "every value has the field's type"},
      {T::required, "required", "no value is missing"},
      {T::range, "range", "values lie between minimum and maximum"},
      {T::enumeration, "enum", "values are among those listed"},
      {T::pattern, "pattern", "values match the pattern"},
      {T::length, "length", "texts are not too short or long"},
      {T::unique, "unique", "no value occurs twice"},
      {T::primary_key, "primary_key", "the key names every row once"},
      {T::expression, "expression", "an expression holds in every row"},
      {T::rows, "rows", "there are enough rows and not too many"},
      {T::duplicates, "duplicates", "no row occurs twice"},
      {T::conflicting_labels, "conflicting_labels", "equal inputs have equal labels"},
      {T::class_ratio, "class_ratio", "every class has its share of the rows"},
  });
};
