// Data contracts: what a table promises. Read and written as Frictionless Table Schema
// (https://datapackage.org/standard/table-schema/) with additions of ours, schema "mlsys.contract/1".
//
//   {
//     "schema": "mlsys.contract/1",                 may be left out: a plain Frictionless schema is a contract
//     "title": "…", "description": "…",
//     "missingValues": ["", "NA"],                  texts read as missing besides CSV's empty field
//     "fields": [
//       {"name": "delay", "type": "integer", "description": "minutes",
//        "constraints": {"required": true, "unique": false, "minimum": -60, "maximum": 1800,
//                        "minLength": 1, "maxLength": 8, "pattern": "[A-Z]{3}", "enum": ["a", "b"]},
//        "severity": {"range": "warn", "enum": "warn"}, "tolerance": {"required": 0.01}},
//       {"name": "mail", "type": "string", "format": "email"},
//       {"name": "day", "type": "date", "format": "%d/%m/%Y"},
//       {"name": "refund", "type": "number", "serving": false}
//     ],
//     "primaryKey": ["id"],                         or "id"
//     "foreignKeys": [{"fields": ["origin"], "reference": {"resource": "airports.csv", "fields": ["code"]}}],
//     "roles": {"target": "late"},                  noted by infer; see data::Roles
//     "severity": {"new_columns": "warn"},          of checks of the whole table; column_order is checked when it has
//     one "checks": [
//       {"check": "expression", "name": "departs before it arrives", "expression": "departure <= arrival"},
//       {"check": "rows", "minimum": 1, "maximum": 1000000},
//       {"check": "rows", "reference": "yesterday", "minimum": 0.8, "maximum": 1.25},
//       {"check": "unique", "columns": ["carrier", "flight", "date"]},
//       {"check": "duplicates", "severity": "warn"},
//       {"check": "conflicting_labels", "label": "late", "inputs": ["origin", "hour"]},
//       {"check": "class_ratio", "column": "late", "minimum": 0.01, "maximum": 0.99},
//       {"check": "order", "columns": ["date"], "by": ["carrier"], "descending": false, "strict": false},
//       {"check": "freshness", "column": "date", "maximum_age": "36h"},
//       {"check": "null_words", "columns": ["origin"]},
//       {"check": "outliers", "column": "delay", "method": "iqr", "factor": 3, "tolerance": 0.01},
//       {"check": "statistic", "column": "delay", "statistic": "quantile", "share": 0.95, "maximum": 120},
//       {"check": "distribution", "column": "delay", "reference": "profile.json", "maximum": 0.1},
//       {"check": "distribution", "column": "delay", "reference": "profile.json", "measure": "psi", "maximum": 0.2},
//       {"check": "distribution", "column": "origin", "reference": "train", "measure": "chi2", "minimum": 0.001},
//       {"check": "unseen_categories", "column": "origin", "reference": "train"},
//       {"check": "overlap", "columns": ["flight", "date"], "reference": "train"},
//       {"check": "label_leakage", "label": "late", "inputs": ["delay"], "maximum": 0.99},
//       {"check": "association", "label": "late", "inputs": ["hour"], "reference": "train", "maximum": 0.1}
//     ]
//   }
//
// Types: string, integer, number, boolean, date, datetime, any. Bounds and enumerated values have the field's own type;
// dates and datetimes are ISO 8601 text. `pattern` is an RE2 expression that the whole value must match. Lengths count
// Unicode code points. "title", "description" and "example" are accepted on fields. "format" is "default"; email, uri,
// uuid or binary (Base64) of strings; a pattern of strptime of dates and datetimes, whose bounds stay ISO 8601.
//
// A tolerance is the share of rows that may fail and the check still pass; on a field it is given by check, on a listed
// check it is a number. Fields with "serving": false, and the target, are not there when a model is used.
//
// References and resources are names that are given a table (ValidateOptions::references), or else files below the
// contract's own folder: neither absolute nor with "..", as Frictionless has it. A resource of "" is the table itself.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
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
#include "mlsys/profile/measure.hpp"

namespace mlsys::contract {

enum class Severity { warn, error };

// What can be checked; also the names of checks in reports and the keys of "severity".
enum class CheckKind {
  schema,        // every field is a column of the data
  new_columns,   // every column of the data is a field
  column_order,  // the columns of the data that are fields stand in the contract's order
  type,          // every value has the field's type
  required,      // no value is missing
  range,         // minimum, maximum; NaN is outside
  enumeration,   // "enum"
  pattern,
  length,              // minLength, maxLength
  format,              // the text of a date, an address, …
  unique,              // no value or combination of values twice; rows with a missing one do not count
  primary_key,         // unique, and nothing missing
  foreign_key,         // every value or combination is one of another table; rows with a missing one do not count
  expression,          // not false (missing is not false)
  rows,                // number of rows
  duplicates,          // no row twice
  conflicting_labels,  // rows with equal inputs have equal labels
  class_ratio,         // the share of every class
  order,               // no row is before the one before it; rows with a missing value do not count
  freshness,           // the newest time that is not in the future
  null_words,          // no text is blank or a word for a missing value: see is_null_word
  outliers,            // no number is far from the others
  statistic,           // a number about a column
  distribution,        // the distance from a reference
  unseen_categories,   // every value is one of the reference's
  overlap,             // no row is one of the reference's; missing equals missing
  label_leakage,       // no single input tells the label
  association          // every input goes with the label as it does in the reference
};

// Numbers about a column that a check can limit.
enum class Statistic { mean, sd, sum, minimum, maximum, quantile, distinct, top_share, missing_share };

// How far is far, in finite values: `factor` standard deviations (of the sample, n - 1) from the mean, or `factor`
// times the interquartile range outside the quartiles (R type 7). An infinity is an outlier, NaN is none.
enum class OutlierMethod { zscore, iqr };

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
  std::string format;                      // empty: default
  bool serving = true;                     // it is there when a model is used
  std::map<CheckKind, Severity> severity;  // of type, required, range, enum, pattern, length, format, unique; default
                                           // error
  std::map<CheckKind, double> tolerance;   // of the same; default 0
  bool operator==(const Field&) const = default;
};

struct ForeignKey {
  std::vector<std::string> columns;
  std::string resource;                 // empty: the table itself
  std::vector<std::string> references;  // columns there, one for each of `columns`
  bool operator==(const ForeignKey&) const = default;
};

struct Check {
  CheckKind kind = CheckKind::expression;  // expression, rows, unique and everything from duplicates on
  std::string name;                        // for reports; empty: the kind's name
  Severity severity = Severity::error;
  double tolerance = 0;                    // of checks that count rows, a share in [0, 1)
  std::string expression;                  // expression
  std::vector<std::string> columns;        // unique, order; duplicates, overlap (empty: all fields);
                                           // conflicting_labels: the inputs (empty: all fields except the label, roles'
                                           // id, time and weight); label_leakage, association: the inputs (empty: all
                                           // fields except the label and roles' weight and score, and of the latter id)
  std::string column;                      // class_ratio, freshness, statistic, distribution, unseen_categories,
                                           // outliers; conflicting_labels, label_leakage, association: the label
  std::optional<double> minimum, maximum;  // rows: counts, or shares of the reference's; class_ratio: shares in [0, 1];
                                           // statistic: its values; label_leakage: a maximum in [0, 1];
                                           // distribution: a maximum (psi: >= 0, else in [0, 1]), of chi2 a minimum;
                                           // association: a maximum in [0, 2]
  std::optional<profile::Measure> measure;  // distribution; nothing: ks of numbers, js of categories
  std::string reference;  // distribution, unseen_categories, overlap, association; rows: a table or profile
  Statistic statistic = Statistic::mean;
  double share = 0.5;             // of the quantile, in [0, 1]
  std::vector<std::string> by;    // order: within rows that have these values alike
  bool descending = false;        // order
  bool strict = false;            // order: equal values are out of order as well
  std::uint64_t maximum_age = 0;  // freshness, in seconds
  OutlierMethod method = OutlierMethod::zscore;
  double factor = 0;  // outliers, > 0
  bool operator==(const Check&) const = default;
};

struct Contract {
  std::string title, description;
  std::vector<std::string> missing_values;  // besides the empty field
  std::vector<Field> fields;
  std::vector<std::string> primary_key;
  std::vector<ForeignKey> foreign_keys;
  data::Roles roles;
  std::map<CheckKind, Severity> severity;  // schema, primary_key, foreign_key: default error; new_columns: default
                                           // warn; column_order: without one it is not checked
  std::vector<Check> checks;

  [[nodiscard]] MLSYS_EXPORT const Field* find(std::string_view name) const;
  bool operator==(const Contract&) const = default;
};

MLSYS_EXPORT Severity severity_of(const Contract& contract, CheckKind kind);
MLSYS_EXPORT Severity severity_of(const Field& field, CheckKind kind);

// The type in which a field is read: nothing when it is any; a date or datetime of a format of its own is text at
// first.
MLSYS_EXPORT std::optional<data::ColumnType> read_as(const Field& field);

// Strict: unknown keys, values of the wrong type, fields named twice, keys over columns that are no fields, constraints
// that a type cannot have and constraints that contradict each other are Error(Code::usage), which names the place.
// Patterns and expressions are checked when the contract is used. Total: any bytes give a contract or that error.
MLSYS_EXPORT Contract parse_contract(std::string_view text, std::string_view subject = "contract");
MLSYS_EXPORT Json to_json(const Contract& contract);
// Of a file; messages name it. One that is not there is Error(Code::not_found) with a hint how to draft one.
MLSYS_EXPORT Contract read_contract(const std::filesystem::path& file);

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
      {T::column_order, "column_order", "columns stand in the contract's order"},
      {T::type, "type", "every value has the field's type"},
      {T::required, "required", "no value is missing"},
      {T::range, "range", "values lie between minimum and maximum"},
      {T::enumeration, "enum", "values are among those listed"},
      {T::pattern, "pattern", "values match the pattern"},
      {T::length, "length", "texts are not too short or long"},
      {T::format, "format", "texts have the format"},
      {T::unique, "unique", "no value occurs twice"},
      {T::primary_key, "primary_key", "the key names every row once"},
      {T::foreign_key, "foreign_key", "values are those of another table"},
      {T::expression, "expression", "an expression holds in every row"},
      {T::rows, "rows", "there are enough rows and not too many"},
      {T::duplicates, "duplicates", "no row occurs twice"},
      {T::conflicting_labels, "conflicting_labels", "equal inputs have equal labels"},
      {T::class_ratio, "class_ratio", "every class has its share of the rows"},
      {T::order, "order", "rows are in order"},
      {T::freshness, "freshness", "the newest row is new enough"},
      {T::null_words, "null_words", "no text is blank or means that there is none"},
      {T::outliers, "outliers", "no number is far from the others"},
      {T::statistic, "statistic", "a number about a column lies within limits"},
      {T::distribution, "distribution", "a column is distributed like the reference"},
      {T::unseen_categories, "unseen_categories", "values occur in the reference"},
      {T::overlap, "overlap", "no row occurs in the reference"},
      {T::label_leakage, "label_leakage", "no single input tells the label"},
      {T::association, "association", "inputs go with the label as in the reference"},
  });
};

template <>
struct mlsys::NameTable<mlsys::contract::Statistic> {
  using T = mlsys::contract::Statistic;
  static constexpr std::string_view what = "statistic";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::mean, "mean", "of finite values"},
      {T::sd, "sd", "standard deviation of the sample (n - 1), of finite values"},
      {T::sum, "sum", "of finite values"},
      {T::minimum, "minimum", "the least finite value"},
      {T::maximum, "maximum", "the greatest finite value"},
      {T::quantile, "quantile", "linear between ranks (R type 7), of finite values"},
      {T::distinct, "distinct", "number of different values"},
      {T::top_share, "top_share", "share of rows with the most frequent value"},
      {T::missing_share, "missing_share", "share of rows without a value"},
  });
};

template <>
struct mlsys::NameTable<mlsys::contract::OutlierMethod> {
  using T = mlsys::contract::OutlierMethod;
  static constexpr std::string_view what = "method";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::zscore, "zscore", "standard deviations from the mean"},
      {T::iqr, "iqr", "interquartile ranges outside the quartiles"},
  });
};
