#include "plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "conditions.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "string_formats.hpp"
#include "table_checks.hpp"
#include "type_names.hpp"
#include "values.hpp"

namespace mlsys::contract {
namespace {

using data::ColumnType;

std::string count_if(const std::string& condition) { return "count(CASE WHEN " + condition + " THEN 1 END)"; }

class Planner {
 public:
  explicit Planner(const Subject& subject)
      : subject_(subject),
        dataset_(subject.dataset),
        options_(subject.options),
        contract_(subject.contract),
        ctx_(subject.ctx) {}

  std::vector<Planned> plan() {
    announce_references();
    for (const auto& field : contract_.fields)
      if (subject_.has(field.name)) plan_field(field);
    if (!contract_.primary_key.empty()) plan_key();
    for (const auto& key : contract_.foreign_keys) plan_foreign_key(key);
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
    const std::string source = dataset_.sql(field.name);  // differs from its values where a date has a format
    const std::string column = subject_.sql(field.name);
    const auto one = [&](CheckKind kind) -> Planned& {
      Planned& planned = add(kind, severity_of(field, kind), {field.name});
      if (const auto share = field.tolerance.find(kind); share != field.tolerance.end())
        planned.result.tolerance = share->second;
      return planned;
    };
    const auto condition = [&](CheckKind kind, const std::string& failing, std::string expected) {
      Planned& planned = one(kind);
      decide(planned, failing);
      planned.result.expected = std::move(expected);
    };
    if (dataset_.unread() && field.type && source == column)
      condition(CheckKind::type,
                dataset_.require(field.name, "validate").type == ColumnType::text
                    ? "false"
                    : "((" + dataset_.text_sql(field.name) + " IS NULL) <> (" + source + " IS NULL))",
                std::string(type_name(field.type)));
    std::uint64_t mistyped = 0;
    for (const auto& failure : dataset_.cast_failures())
      if (failure.column == field.name) mistyped = failure.count;
    if (field.required && dataset_.unread()) {
      condition(CheckKind::required, dataset_.text_sql(field.name) + " IS NULL", "a value in every row");
    } else if (field.required) {
      Planned& planned = one(CheckKind::required);
      planned.count = "count(*) - count(" + source + ")";
      planned.where = source + " IS NULL";
      if (mistyped > 0) {
        planned.count += " - " + std::to_string(mistyped);
        planned.where += " AND NOT " + dataset_.mistyped(field.name, ctx_);
      }
      planned.result.expected = "a value in every row";
    }
    if (field.minimum || field.maximum)
      condition(CheckKind::range, outside(field, column), range_text(field.minimum, field.maximum));
    const std::string unlisted = field.values.empty() ? "" : none_of(field, column);
    if (!unlisted.empty()) condition(CheckKind::enumeration, unlisted, one_of(field.values));
    if (field.pattern) {
      check_pattern(field);
      condition(CheckKind::pattern, unless_listed(field, unlisted, mismatch), "match of " + *field.pattern);
    }
    if (field.min_length || field.max_length) {
      const auto text = [](const std::optional<std::uint64_t>& limit) {
        return limit ? std::optional(std::to_string(*limit)) : std::nullopt;
      };
      condition(CheckKind::length, unless_listed(field, unlisted, wrong_length),
                "length " + range_text(text(field.min_length), text(field.max_length)));
    }
    if (!field.format.empty()) {
      const auto pattern = field.type == ColumnType::text ? string_format(field.format) : std::nullopt;
      condition(CheckKind::format,
                pattern ? "NOT regexp_full_match(" + column + ", " + data::Dataset::sql_text(*pattern) + ")"
                        : "(" + source + " IS NOT NULL AND " + column + " IS NULL)",
                "format " + field.format);
    }
    if (field.unique) {
      Planned& planned = one(CheckKind::unique);
      plan_repeats(planned, {field.name});
    }
  }

  // Makes it a check of each row by itself.
  static void decide(Planned& planned, std::string failing) {
    planned.count = count_if(failing);
    planned.where = std::move(failing);
    planned.local = true;
  }

  // In a list SQL compares every value with every row: long ones are looked up, and those of texts.
  std::string none_of(const Field& field, const std::string& column) const {
    const std::size_t short_list = field.type == ColumnType::text ? 1 : 5;
    if (field.values.size() > short_list) return dataset_.is_none_of(subject_.column(field.name), field.values);
    std::vector<std::string> values;
    for (const auto& value : field.values) values.push_back(value_to_sql(value, field.type.value()));
    return column + " NOT IN (" + join(values, ", ") + ")";
  }

  // Where every listed value is as it should be, only what is not listed needs to be looked at.
  std::string unless_listed(const Field& field, const std::string& unlisted,
                            std::string (*failing)(const Field& field, const std::string& text)) const {
    std::string condition = failing(field, subject_.sql(field.name));
    if (unlisted.empty()) return condition;
    std::vector<std::string> listed;
    for (const auto& value : field.values) listed.push_back("(" + data::Dataset::sql_text(value) + ")");
    const data::Result wrong = dataset_.query(
        "SELECT count(*) FROM (VALUES " + join(listed, ", ") + ") AS listed(value) WHERE " + failing(field, "value"),
        ctx_);
    if (wrong.integer(0, 0) > 0) return condition;
    return "CASE WHEN " + unlisted + " THEN " + condition + " ELSE false END";
  }

  std::string outside(const Field& field, const std::string& column) const {
    std::vector<std::string> failing;
    const ColumnType type = field.type.value();
    if (field.minimum) failing.push_back(column + " < " + value_to_sql(*field.minimum, type));
    if (field.maximum) failing.push_back(column + " > " + value_to_sql(*field.maximum, type));
    if (dataset_.require(subject_.column(field.name), "validate").type == ColumnType::real)
      failing.push_back("isnan(" + column + ")");
    return "(" + join(failing, " OR ") + ")";
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
    for (const auto& column : columns) parts.push_back(subject_.sql(column) + " IS NOT NULL");
    return join(parts, " AND ");
  }

  std::string list(const std::vector<std::string>& columns) const {
    std::vector<std::string> parts;
    for (const auto& column : columns) parts.push_back(subject_.sql(column));
    return join(parts, ", ");
  }

  // Different values are counted in memory that holds them all. Where they rise from row to row, as keys mostly do,
  // each is another one: then the failures are `otherwise`.
  void unless_rising(Planned& planned, const std::string& column, std::string otherwise) const {
    planned.settle = [this_subject = &subject_, column, otherwise = std::move(otherwise)](Planned& one) {
      const data::Result falls = this_subject->dataset.query(
          fmt::format("SELECT 1 FROM (SELECT {0}, lag({0}) OVER () AS before FROM data WHERE {0} IS NOT NULL) "
                      "WHERE {0} <= before LIMIT 1",
                      column),
          this_subject->ctx);
      if (falls.rows() == 0) one.count = otherwise;
    };
  }

  // Rows after the first with the same values; `condition` says which rows take part.
  std::string numbered(const std::vector<std::string>& columns, const std::string& condition) const {
    return "(SELECT *, row_number() OVER (PARTITION BY " + list(columns) +
           " ORDER BY source_row) AS occurrence FROM data WHERE " + condition + ")";
  }

  void plan_repeats(Planned& planned, const std::vector<std::string>& columns) {
    planned.result.expected = columns.size() == 1 ? "each value once" : "each combination once";
    if (columns.size() == 1) {
      const std::string column = subject_.sql(columns.front());
      planned.count = "count(" + column + ") - count(DISTINCT " + column + ")";
      unless_rising(planned, column, "");
    } else {
      planned.count = count_if(all_present(columns)) + " - (SELECT count(*) FROM (SELECT DISTINCT " + list(columns) +
                      " FROM data WHERE " + all_present(columns) + "))";
    }
    planned.from = numbered(columns, all_present(columns));
    planned.where = "occurrence > 1";
  }

  bool can_evaluate(Planned& planned, const std::vector<std::string>& columns) {
    const auto lack = subject_.lack_of(columns);
    if (!lack) return true;
    not_evaluated(planned, lack->reason);
    planned.result.passed = lack->excused;
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
    if (key.size() == 1) unless_rising(planned, list(key), "count(*) - count(" + list(key) + ")");
    planned.from = numbered(key, "true");
    planned.where = "(occurrence > 1 OR NOT (" + all_present(key) + "))";
    planned.result.expected = "each key once, none missing";
  }

  void plan_check(const Check& check) {
    if (is_of_the_table(check.kind)) return;
    Planned& planned = add(check.kind, check.severity, check.columns);
    if (!check.name.empty()) planned.result.name = check.name;
    planned.result.tolerance = check.tolerance;
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
      case CheckKind::order:
        if (can_evaluate(planned, check.columns) && can_evaluate(planned, check.by)) plan_order(planned, check);
        break;
      case CheckKind::null_words:
        plan_null_words(planned, check);
        break;
      case CheckKind::outliers:
        planned.result.columns = planned.shown = {check.column};
        if (can_evaluate(planned, {check.column})) plan_outliers(planned, check);
        break;
      case CheckKind::unseen_categories:
        planned.result.columns = planned.shown = {check.column};
        if (can_evaluate(planned, {check.column})) plan_unseen(planned, check);
        break;
      case CheckKind::overlap:
        plan_overlap(planned, check);
        break;
      default:
        break;
    }
  }

  void plan_expression(Planned& planned, const Check& check) {
    planned.result.expected = check.expression;
    std::string name = check.expression;  // in messages
    while (dataset_.find(name) != nullptr) name += "'";
    try {
      dataset_.derive(name, check.expression);
    } catch (const Error& error) {
      // The contract may well be right and the data lack a column: that is a failed check, not a bad contract.
      const auto lack = subject_.lack_of(absent_in(check.expression));
      if (error.code() != Code::usage || !lack)
        throw Error(error.code(), options_.contract_subject + ": " + error.message(), error.hint());
      not_evaluated(planned, lack->reason);
      planned.result.passed = lack->excused;
      return;
    }
    if (dataset_.require(name, "validate").type != ColumnType::boolean)
      throw Error(Code::usage, options_.contract_subject + ": the expression " + quoted(check.expression) +
                                   " is neither true nor false");
    planned.result.columns = dataset_.derivations().back().inputs;
    planned.shown = planned.result.columns;
    decide(planned, "NOT " + dataset_.sql(name));
  }

  // Fields that are no columns, and whose names occur in an expression.
  [[nodiscard]] std::vector<std::string> absent_in(const std::string& expression) const {
    std::vector<std::string> names;
    for (const auto& name : subject_.absent)
      if (may_name(expression, name)) names.push_back(name);
    return names;
  }

  [[nodiscard]] bool is_text(const std::string& field) const {
    return dataset_.require(subject_.column(field), "validate").type == ColumnType::text;
  }

  void plan_null_words(Planned& planned, const Check& check) {
    std::vector<std::string> columns;
    for (const auto& name : check.columns.empty() ? subject_.present_fields() : check.columns) {
      if (!check.columns.empty() && !can_evaluate(planned, {name})) return;
      if (is_text(name)) columns.push_back(name);  // values of other types are no words
    }
    planned.result.columns = planned.shown = columns;
    planned.result.expected = "no text that is blank or means nothing, such as NA or null";
    if (columns.empty()) return;
    std::vector<std::string> parts;
    for (const auto& name : columns)
      parts.push_back("lower(trim(" + subject_.sql(name) + ", chr(9) || chr(10) || chr(13) || ' ')) IN (" +
                      null_words_sql() + ")");
    decide(planned, "(" + join(parts, " OR ") + ")");
  }

  static std::string null_words_sql() {
    std::vector<std::string> quoted_words = {data::Dataset::sql_text("")};  // a blank text: an empty field is missing
    for (const std::string_view word : data::null_words()) quoted_words.push_back(data::Dataset::sql_text(word));
    return join(quoted_words, ", ");
  }

  void plan_outliers(Planned& planned, const Check& check) {
    const ColumnType type = dataset_.require(subject_.column(check.column), "validate").type;
    if (type != ColumnType::integer && type != ColumnType::real)
      throw Error(Code::usage, options_.contract_subject + ": outliers of column " + quoted(check.column) +
                                   ": it holds " + std::string(name_of(type)) + " values, and only numbers are far");
    planned.result.expected = check.method == OutlierMethod::zscore
                                  ? "at most " + shortest(check.factor) + " standard deviations from the mean"
                                  : "at most " + shortest(check.factor) + " interquartile ranges from the quartiles";
    planned.settle = [this_subject = &subject_, &check](Planned& one) {
      const std::string column = "CAST(" + this_subject->sql(check.column) + " AS DOUBLE)";
      const auto [low, high] = usual_range(*this_subject, check);
      if (!(low <= high)) return;  // too few values to say what is usual
      one.where = "(NOT isnan(" + column + ") AND (" + column + " < " + value_to_sql(shortest(low), ColumnType::real) +
                  " OR " + column + " > " + value_to_sql(shortest(high), ColumnType::real) + "))";
      one.count = count_if(one.where);
      one.result.expected += " (" + significant(low, 6) + " to " + significant(high, 6) + ")";
    };
  }

  // What is no outlier; NaN where there are too few values.
  static std::pair<double, double> usual_range(const Subject& subject, const Check& check) {
    if (check.method == OutlierMethod::zscore) {
      const profile::Moments moments = moments_of_column(subject, check.column);
      const double far = check.factor * moments.deviation();
      return {moments.mean - far, moments.mean + far};
    }
    const std::string column = "CAST(" + subject.sql(check.column) + " AS DOUBLE)";
    const std::string finite = "CASE WHEN isfinite(" + column + ") THEN " + column + " END";
    const data::Result quartiles = subject.dataset.query(
        "SELECT quantile_cont(" + finite + ", 0.25), quantile_cont(" + finite + ", 0.75) FROM data", subject.ctx);
    const auto low = quartiles.maybe_real(0, 0);
    const auto high = quartiles.maybe_real(0, 1);
    if (!low || !high) return {std::nan(""), std::nan("")};
    return {*low - check.factor * (*high - *low), *high + check.factor * (*high - *low)};
  }

  void plan_duplicates(Planned& planned, const Check& check) {
    const auto columns = check.columns.empty() ? subject_.present_fields() : check.columns;
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
      for (const auto& name : subject_.present_fields())
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
    const std::string label = subject_.sql(check.column);
    planned.count = "(SELECT coalesce(CAST(sum(n) AS BIGINT), 0) FROM (SELECT count(*) AS n FROM data WHERE " + label +
                    " IS NOT NULL GROUP BY " + list(inputs) + " HAVING count(DISTINCT " + label + ") > 1))";
    planned.from = "(SELECT *, min(" + label + ") OVER same <> max(" + label +
                   ") OVER same AS conflict FROM data WHERE " + label + " IS NOT NULL WINDOW same AS (PARTITION BY " +
                   list(inputs) + "))";
    planned.where = "conflict";
    planned.shown = {check.column};
    planned.result.expected = "equal labels for equal inputs";
  }

  // ---- other tables

  // These fields as columns of a reference, which has its own names for them.
  [[nodiscard]] std::vector<data::ColumnInfo> columns_there(const std::vector<std::string>& fields,
                                                            const std::vector<std::string>& names) const {
    std::vector<data::ColumnInfo> columns;
    for (std::size_t i = 0; i < fields.size(); ++i)
      columns.push_back({names[i], dataset_.require(subject_.column(fields[i]), "validate").type});
    return columns;
  }

  [[nodiscard]] std::vector<std::string> compared(const Check& check) const {
    if (!check.column.empty()) return {check.column};
    return check.columns.empty() ? subject_.present_fields() : check.columns;
  }

  // Before the first of them is opened, so that each is read once.
  void announce_references() {
    const auto all_there = [&](const std::vector<std::string>& fields) {
      return std::all_of(fields.begin(), fields.end(), [&](const std::string& name) { return subject_.has(name); });
    };
    for (const auto& key : contract_.foreign_keys)
      if (!key.resource.empty() && all_there(key.columns))
        subject_.references.announce(key.resource, columns_there(key.columns, key.references));
    for (const auto& check : contract_.checks) {
      if (check.kind == CheckKind::association && all_there({check.column}) && all_there(check.columns))
        subject_.references.announce(check.reference, columns_of(check, subject_));
      if (check.kind != CheckKind::unseen_categories && check.kind != CheckKind::overlap &&
          check.kind != CheckKind::distribution)
        continue;
      const auto fields = compared(check);
      if (all_there(fields)) subject_.references.announce(check.reference, columns_there(fields, fields));
    }
  }

  // The different rows of the reference as a table with columns k0, k1, …
  std::string add_reference(const std::string& name, const std::vector<data::ColumnInfo>& columns) {
    const data::Dataset& table = subject_.references.table(name, columns);
    std::vector<std::string> parts;
    for (const auto& column : columns) parts.push_back(table.sql(column.name));
    std::string here = "reference_" + std::to_string(tables_++);
    dataset_.add_table(here, table, "SELECT DISTINCT " + join(parts, ", ") + " FROM data", ctx_);
    return here;
  }

  // Whether a row of `table` has these fields' values.
  [[nodiscard]] std::string is_in(const std::string& table, const std::vector<std::string>& fields,
                                  const std::string& equals) const {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < fields.size(); ++i)
      parts.push_back("k" + std::to_string(i) + " " + equals + " " + subject_.sql(fields[i]));
    return "EXISTS (SELECT 1 FROM " + table + " WHERE " + join(parts, " AND ") + ")";
  }

  static void count_rows(Planned& planned) {
    planned.count = "(SELECT count(*) FROM " + planned.from + " WHERE " + planned.where + ")";
  }

  void plan_foreign_key(const ForeignKey& key) {
    Planned& planned = add(CheckKind::foreign_key, severity_of(contract_, CheckKind::foreign_key), key.columns);
    if (!can_evaluate(planned, key.columns)) return;
    std::string table;
    if (key.resource.empty()) {
      if (!can_evaluate(planned, key.references)) return;
      std::vector<std::string> parts;
      for (std::size_t i = 0; i < key.references.size(); ++i)
        parts.push_back(subject_.sql(key.references[i]) + " AS k" + std::to_string(i));
      table = "(SELECT DISTINCT " + join(parts, ", ") + " FROM data)";
    } else {
      table = add_reference(key.resource, columns_there(key.columns, key.references));
    }
    planned.where = all_present(key.columns) + " AND NOT " + is_in(table, key.columns, "=");
    planned.result.expected =
        join(key.references, ", ") + " of " + (key.resource.empty() ? "a row" : quoted(key.resource, 40));
    count_rows(planned);
  }

  void plan_unseen(Planned& planned, const Check& check) {
    planned.result.expected = "a value of " + quoted(check.reference, 40);
    const std::string column = subject_.sql(check.column);
    if (const profile::Profile* profile = subject_.references.profile(check.reference)) {
      const profile::ColumnProfile* reference = profile->find(check.column);
      const ColumnType type = dataset_.require(subject_.column(check.column), "validate").type;
      if (reference == nullptr) return not_evaluated(planned, "the profile has no column " + quoted(check.column));
      if (reference->kind != profile::Kind::categorical || (type != ColumnType::text && type != ColumnType::boolean))
        return not_evaluated(planned, "the column is not categorical");
      if (reference->categories.other_values > 0)
        return not_evaluated(planned, "the profile does not list all its values");
      std::vector<std::string> values;
      for (const auto& one : reference->categories.values) values.push_back(value_to_sql(one.value, type));
      planned.where =
          column + (values.empty() ? " IS NOT NULL" : " NOT IN (SELECT unnest([" + join(values, ", ") + "]))");
    } else {
      const std::string table = add_reference(check.reference, columns_there({check.column}, {check.column}));
      planned.where = column + " IS NOT NULL AND NOT " + is_in(table, {check.column}, "=");
    }
    count_rows(planned);
  }

  void plan_overlap(Planned& planned, const Check& check) {
    const auto fields = compared(check);
    if (!can_evaluate(planned, fields)) return;
    if (fields.empty()) return not_evaluated(planned, "the data have no column of the contract");
    if (check.columns.empty()) planned.shown.clear();
    const std::string table = add_reference(check.reference, columns_there(fields, fields));
    planned.where = is_in(table, fields, "IS NOT DISTINCT FROM");
    planned.result.expected = "no row of " + quoted(check.reference, 40);
    count_rows(planned);
  }

  void plan_order(Planned& planned, const Check& check) {
    const std::string values =
        check.columns.size() == 1 ? subject_.sql(check.columns.front()) : "row(" + list(check.columns) + ")";
    const std::string within = check.by.empty() ? "" : "PARTITION BY " + list(check.by) + " ";
    planned.from = "(SELECT *, " + values + " AS here, lag(" + values + ") OVER (" + within +
                   "ORDER BY source_row) AS before FROM data WHERE " + all_present(check.columns) + ")";
    planned.where = std::string("here ") + (check.descending ? ">" : "<") + (check.strict ? "= " : " ") + "before";
    planned.result.expected = std::string(check.strict ? "strictly " : "") +
                              (check.descending ? "descending" : "ascending") +
                              (check.by.empty() ? "" : " by " + join(check.by, ", "));
    count_rows(planned);
  }

  const Subject& subject_;
  data::Dataset& dataset_;
  const ValidateOptions& options_;
  const Contract& contract_;
  Context& ctx_;
  std::vector<Planned> planned_;
  std::size_t tables_ = 0;
};

}  // namespace

std::vector<Planned> plan_checks(const Subject& subject) { return Planner(subject).plan(); }

std::map<std::string, std::string> derive_formatted(data::Dataset& dataset, const Contract& contract,
                                                    const std::string& contract_subject) {
  std::map<std::string, std::string> columns;
  for (const auto& field : contract.fields) {
    if (field.format.empty() || field.type == ColumnType::text || dataset.find(field.name) == nullptr) continue;
    std::string name = field.name + " by its format";
    while (dataset.find(name) != nullptr) name += "'";
    try {
      dataset.derive(name, "CAST(try_strptime(\"" + within_quotes(field.name) + "\", " +
                               data::Dataset::sql_text(field.format) + ") AS " +
                               (field.type == ColumnType::date ? "DATE" : "TIMESTAMP") + ")");
    } catch (const Error& error) {
      throw Error(error.code(),
                  contract_subject + ": the format of field " + quoted(field.name) + ": " + error.message(),
                  error.hint());
    }
    columns.emplace(field.name, std::move(name));
  }
  return columns;
}

}  // namespace mlsys::contract
