#include "plan.hpp"

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "values.hpp"

namespace mlsys::contract {
namespace {

using data::ColumnType;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string count_if(const std::string& condition) { return "count(CASE WHEN " + condition + " THEN 1 END)"; }

class Planner {
 public:
  Planner(data::Dataset& dataset, const ValidateOptions& options, const std::vector<std::string>& absent, Context& ctx)
      : dataset_(dataset), options_(options), contract_(options.contract), absent_(absent), ctx_(ctx) {}

  std::vector<Planned> plan() {
    for (const auto& field : contract_.fields)
      if (!contains(absent_, field.name)) plan_field(field);
    if (!contract_.primary_key.empty()) plan_key();
    for (const auto& check : contract_.checks) plan_check(check);
    return std::move(planned_);
  }

 private:
  Planned& add(CheckKind kind, Severity severity, std::vector<std::string> columns) {
    Planned& planned = planned_.emplace_back();
    planned.result.kind = kind;
    planned.result.name = name_of(kind);
    planned.result.severity = severity;
    planned.result.columns = std::move(columns);
    planned.shown = planned.result.columns;
    return planned;
  }

  void plan_field(const Field& field) {
    const std::string column = dataset_.sql(field.name);
    const auto one = [&](CheckKind kind) -> Planned& { return add(kind, severity_of(field, kind), {field.name}); };
    const auto condition = [&](CheckKind kind, const std::string& failing, std::string expected) {
      Planned& planned = one(kind);
      planned.count = count_if(failing);
      planned.where = failing;
      planned.result.expected = std::move(expected);
    };
    std::uint64_t mistyped = 0;
    for (const auto& failure : dataset_.cast_failures())
      if (failure.column == field.name) mistyped = failure.count;
    if (field.required) {
      Planned& planned = one(CheckKind::required);
      planned.count = "count(*) - count(" + column + ")";
      planned.excused = mistyped;
      planned.where = column + " IS NULL";
      planned.result.expected = "a value in every row";
    }
    if (field.minimum || field.maximum)
      condition(CheckKind::range, outside(field, column), range_text(field.minimum, field.maximum));
    if (!field.values.empty()) {
      std::vector<std::string> values;
      for (const auto& value : field.values) values.push_back(value_to_sql(value, field.type.value()));
      condition(CheckKind::enumeration, column + " NOT IN (" + join(values, ", ") + ")", one_of(field.values));
      // As a filter a long list becomes a hash join; as part of a sum every value would be compared with every row.
      constexpr std::size_t short_list = 5;
      if (values.size() > short_list) {
        Planned& planned = planned_.back();
        planned.count = "(SELECT count(*) FROM data WHERE " + planned.where + ")";
      }
    }
    if (field.pattern) {
      check_pattern(field);
      condition(CheckKind::pattern,
                "NOT regexp_full_match(" + column + ", " + data::Dataset::sql_text(*field.pattern) + ")",
                "match of " + *field.pattern);
    }
    if (field.min_length || field.max_length) {
      std::vector<std::string> failing;
      const std::string length = "length(" + column + ")";
      if (field.min_length) failing.push_back(length + " < " + std::to_string(*field.min_length));
      if (field.max_length) failing.push_back(length + " > " + std::to_string(*field.max_length));
      const auto text = [](const std::optional<std::uint64_t>& limit) {
        return limit ? std::optional(std::to_string(*limit)) : std::nullopt;
      };
      condition(CheckKind::length, "(" + join(failing, " OR ") + ")",
                "length " + range_text(text(field.min_length), text(field.max_length)));
    }
    if (field.unique) {
      Planned& planned = one(CheckKind::unique);
      plan_repeats(planned, {field.name});
    }
  }

  std::string outside(const Field& field, const std::string& column) const {
    std::vector<std::string> failing;
    const ColumnType type = field.type.value();
    if (field.minimum) failing.push_back(column + " < " + value_to_sql(*field.minimum, type));
    if (field.maximum) failing.push_back(column + " > " + value_to_sql(*field.maximum, type));
    if (dataset_.require(field.name, "validate").type == ColumnType::real) failing.push_back("isnan(" + column + ")");
    return "(" + join(failing, " OR ") + ")";
  }

  static std::string range_text(const std::optional<std::string>& low, const std::optional<std::string>& high) {
    if (!high) return "at least " + *low;
    if (!low) return "at most " + *high;
    return "between " + *low + " and " + *high;
  }

  static std::string one_of(const std::vector<std::string>& values) {
    constexpr std::size_t shown = 5;
    std::vector<std::string> some(values.begin(),
                                  values.begin() + static_cast<std::ptrdiff_t>(std::min(shown, values.size())));
    std::string text = "one of " + join(some, ", ");
    if (values.size() > shown) text += " and " + std::to_string(values.size() - shown) + " more";
    return text;
  }

  void check_pattern(const Field& field) {
    try {
      static_cast<void>(
          dataset_.query("SELECT regexp_full_match('', " + data::Dataset::sql_text(*field.pattern) + ")", ctx_));
    } catch (const Error& error) {
      if (error.code() == Code::interrupted) throw;
      throw Error(Code::usage, options_.contract_subject + ": the pattern of field " + quoted(field.name) + ", " +
                                   quoted(*field.pattern) + ", is not a regular expression of RE2");
    }
  }

  std::string all_present(const std::vector<std::string>& columns) const {
    std::vector<std::string> parts;
    for (const auto& column : columns) parts.push_back(dataset_.sql(column) + " IS NOT NULL");
    return join(parts, " AND ");
  }

  std::string list(const std::vector<std::string>& columns) const {
    std::vector<std::string> parts;
    for (const auto& column : columns) parts.push_back(dataset_.sql(column));
    return join(parts, ", ");
  }

  // Rows after the first with the same values; `condition` says which rows take part.
  std::string numbered(const std::vector<std::string>& columns, const std::string& condition) const {
    return "(SELECT *, row_number() OVER (PARTITION BY " + list(columns) +
           " ORDER BY source_row) AS occurrence FROM data WHERE " + condition + ")";
  }

  void plan_repeats(Planned& planned, const std::vector<std::string>& columns) {
    planned.result.expected = columns.size() == 1 ? "each value once" : "each combination once";
    if (columns.size() == 1) {
      const std::string column = dataset_.sql(columns.front());
      planned.count = "count(" + column + ") - count(DISTINCT " + column + ")";
    } else {
      planned.count = count_if(all_present(columns)) + " - (SELECT count(*) FROM (SELECT DISTINCT " + list(columns) +
                      " FROM data WHERE " + all_present(columns) + "))";
    }
    planned.from = numbered(columns, all_present(columns));
    planned.where = "occurrence > 1";
  }

  bool can_evaluate(Planned& planned, const std::vector<std::string>& columns) {
    std::vector<std::string> lacking;
    for (const auto& column : columns)
      if (contains(absent_, column)) lacking.push_back(quoted(column));
    if (lacking.empty()) return true;
    not_evaluated(planned, "the data have no column " + join(lacking, ", "));
    return false;
  }

  static void not_evaluated(Planned& planned, const std::string& why) {
    planned.result.passed = false;
    planned.result.reason = "not evaluated: " + why;
    planned.count.clear();
  }

  void plan_key() {
    const auto& key = contract_.primary_key;
    Planned& planned = add(CheckKind::primary_key, severity_of(contract_, CheckKind::primary_key), key);
    if (!can_evaluate(planned, key)) return;
    // Rows without a whole key, and rows after the first of each key.
    planned.count = "count(*) - (SELECT count(*) FROM (SELECT DISTINCT " + list(key) + " FROM data WHERE " +
                    all_present(key) + "))";
    planned.from = numbered(key, "true");
    planned.where = "(occurrence > 1 OR NOT (" + all_present(key) + "))";
    planned.result.expected = "each key once, none missing";
  }

  void plan_check(const Check& check) {
    if (check.kind == CheckKind::rows || check.kind == CheckKind::class_ratio) return;  // not of single rows
    Planned& planned = add(check.kind, check.severity, check.columns);
    if (!check.name.empty()) planned.result.name = check.name;
    switch (check.kind) {
      case CheckKind::expression:
        plan_expression(planned, check);
        break;
      case CheckKind::unique:
        if (can_evaluate(planned, check.columns)) plan_repeats(planned, check.columns);
        break;
      case CheckKind::duplicates:
        plan_duplicates(planned, check);
        break;
      case CheckKind::conflicting_labels:
        plan_labels(planned, check);
        break;
      default:
        break;
    }
  }

  void plan_expression(Planned& planned, const Check& check) {
    planned.result.expected = check.expression;
    std::string name = "check " + std::to_string(planned_.size());
    while (dataset_.find(name) != nullptr) name += "'";
    try {
      dataset_.derive(name, check.expression);
    } catch (const Error& error) {
      // The contract may well be right and the data lack a column: that is a failed check, not a bad contract.
      if (error.code() != Code::usage || absent_.empty() || !names_absent_column(check.expression))
        throw Error(error.code(), options_.contract_subject + ": " + error.message(), error.hint());
      not_evaluated(planned, "the data lack a column of it");
      return;
    }
    if (dataset_.require(name, "validate").type != ColumnType::boolean)
      throw Error(Code::usage, options_.contract_subject + ": the expression " + quoted(check.expression) +
                                   " is neither true nor false");
    planned.result.columns = dataset_.derivations().back().inputs;
    planned.shown = planned.result.columns;
    planned.where = "NOT " + dataset_.sql(name);
    planned.count = count_if(planned.where);
  }

  bool names_absent_column(const std::string& expression) const {
    return std::any_of(absent_.begin(), absent_.end(),
                       [&](const std::string& name) { return expression.find(name) != std::string::npos; });
  }

  std::vector<std::string> present_fields() const {
    std::vector<std::string> names;
    for (const auto& field : contract_.fields)
      if (!contains(absent_, field.name)) names.push_back(field.name);
    return names;
  }

  void plan_duplicates(Planned& planned, const Check& check) {
    const auto columns = check.columns.empty() ? present_fields() : check.columns;
    if (!can_evaluate(planned, columns)) return;
    if (columns.empty()) {
      not_evaluated(planned, "the data have no column of the contract");
      return;
    }
    planned.count = "count(*) - (SELECT count(*) FROM (SELECT DISTINCT " + list(columns) + " FROM data))";
    planned.from = numbered(columns, "true");
    planned.where = "occurrence > 1";
    planned.result.expected = "each row once";
    if (check.columns.empty()) planned.shown.clear();
  }

  void plan_labels(Planned& planned, const Check& check) {
    std::vector<std::string> inputs = check.columns;
    if (inputs.empty()) {
      const auto& roles = contract_.roles;
      for (const auto& name : present_fields())
        if (name != check.column && name != roles.id && name != roles.time && name != roles.weight)
          inputs.push_back(name);
    }
    planned.result.columns = {check.column};
    std::vector<std::string> all = inputs;
    all.push_back(check.column);
    if (!can_evaluate(planned, all)) return;
    if (inputs.empty()) {
      not_evaluated(planned, "there is no input column");
      return;
    }
    const std::string label = dataset_.sql(check.column);
    planned.count = "(SELECT coalesce(CAST(sum(n) AS BIGINT), 0) FROM (SELECT count(*) AS n FROM data WHERE " + label +
                    " IS NOT NULL GROUP BY " + list(inputs) + " HAVING count(DISTINCT " + label + ") > 1))";
    planned.from = "(SELECT *, min(" + label + ") OVER same <> max(" + label +
                   ") OVER same AS conflict FROM data WHERE " + label + " IS NOT NULL WINDOW same AS (PARTITION BY " +
                   list(inputs) + "))";
    planned.where = "conflict";
    planned.shown = {check.column};
    planned.result.expected = "equal labels for equal inputs";
  }

  data::Dataset& dataset_;
  const ValidateOptions& options_;
  const Contract& contract_;
  const std::vector<std::string>& absent_;
  Context& ctx_;
  std::vector<Planned> planned_;
};

}  // namespace

std::vector<Planned> plan_checks(data::Dataset& dataset, const ValidateOptions& options,
                                 const std::vector<std::string>& absent, Context& ctx) {
  return Planner(dataset, options, absent, ctx).plan();
}

}  // namespace mlsys::contract
