#include "mlsys/data/diff.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/roles.hpp"

namespace mlsys::data {
namespace {

bool names_it(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The type in which both are compared.
ColumnType common_type(ColumnType a, ColumnType b) {
  const auto both_in = [&](ColumnType x, ColumnType y) { return (a == x || a == y) && (b == x || b == y); };
  if (a == b) return a;
  if (both_in(ColumnType::integer, ColumnType::real)) return ColumnType::real;
  if (both_in(ColumnType::date, ColumnType::timestamp)) return ColumnType::timestamp;
  return ColumnType::text;
}

std::string converted(const std::string& expression, ColumnType from, ColumnType to) {
  if (from == to) return expression;
  if (to == ColumnType::text) return Engine::as_text(expression, from);
  return fmt::format("CAST({} AS {})", expression, sql_type(to));
}

// The tables stand side by side as `a` and `b`: columns a0, a1, … and b0, b1, … of equal types, keys first, and their
// row numbers ar and br.
class Comparison {
 public:
  Comparison(const DiffOptions& options, Context& ctx) : options_(options), ctx_(ctx) {}

  DiffReport run() {
    Dataset before = Dataset::open(options_.before, ctx_);
    Dataset after = Dataset::open(options_.after, ctx_);
    read_text_of(before, options_.before, after);
    read_text_of(after, options_.after, before);
    report_.before = before.subject();
    report_.after = after.subject();
    report_.rows_before = before.rows();
    report_.rows_after = after.rows();
    report_.key = options_.key;
    match_columns(before, after);
    place_side_by_side(before, after);
    if (options_.key.empty())
      compare_rows(before);
    else
      compare_keys(before);
    report_.same = report_.columns_added.empty() && report_.columns_removed.empty() && report_.added == 0 &&
                   report_.removed == 0 && report_.changed == 0;
    return std::move(report_);
  }

 private:
  // What is text on the other side is compared as it was written: as numbers 1.10 and 1.1 are one.
  void read_text_of(Dataset& dataset, const SourceOptions& options, const Dataset& other) const {
    SourceOptions source = dataset.again(options);
    for (const auto& column : dataset.columns())
      if (const ColumnInfo* there = other.find(column.name);
          there != nullptr && there->type == ColumnType::text && column.type != ColumnType::text)
        source.text_columns.push_back(column.name);
    const bool separated = dataset.format() == SourceFormat::csv || dataset.format() == SourceFormat::tsv;
    if (separated && !source.text_columns.empty()) dataset = Dataset::open(source, ctx_);
  }

  void match_columns(const Dataset& before, const Dataset& after) {
    for (const auto& name : options_.key) {
      static_cast<void>(before.require(name, "compare"));
      static_cast<void>(after.require(name, "compare"));
      if (names_it(options_.exclude, name))
        throw Error(Code::usage, "cannot compare by " + quoted(name) + ": it is a key, and excluded");
      add(name, before, after);
    }
    for (const auto& name : options_.exclude)
      if (before.find(name) == nullptr) static_cast<void>(after.require(name, "compare"));
    for (const auto& column : before.columns()) {
      if (names_it(options_.key, column.name) || names_it(options_.exclude, column.name)) continue;
      if (after.find(column.name) == nullptr)
        report_.columns_removed.push_back(column);
      else
        add(column.name, before, after);
    }
    for (const auto& column : after.columns())
      if (before.find(column.name) == nullptr && !names_it(options_.exclude, column.name))
        report_.columns_added.push_back(column);
  }

  void add(const std::string& name, const Dataset& before, const Dataset& after) {
    ColumnDiff& column = report_.columns.emplace_back();
    column.name = name;
    column.before = before.find(name)->type;
    column.after = after.find(name)->type;
    types_.push_back(common_type(column.before, column.after));
  }

  void place_side_by_side(Dataset& before, const Dataset& after) const {
    std::string theirs = "SELECT source_row";
    std::string ours = "CREATE TEMP VIEW a AS SELECT source_row AS ar";
    std::string named = "CREATE TEMP VIEW b AS SELECT k0 AS br";
    for (std::size_t i = 0; i < types_.size(); ++i) {
      const ColumnDiff& column = report_.columns[i];
      theirs += ", " + converted(after.sql(column.name), column.after, types_[i]);
      ours += fmt::format(", {} AS a{}", converted(before.sql(column.name), column.before, types_[i]), i);
      named += fmt::format(", k{} AS b{}", i + 1, i);
    }
    before.add_table("theirs", after, theirs + " FROM data", ctx_);
    static_cast<void>(before.query(ours + " FROM data", ctx_));
    static_cast<void>(before.query(named + " FROM theirs", ctx_));
  }

  [[nodiscard]] std::string list(char side, std::size_t count) const {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < count; ++i) parts.push_back(fmt::format("{}{}", side, i));
    return join(parts, ", ");
  }

  [[nodiscard]] static std::uint64_t count(const Result& result, std::size_t column) {
    return static_cast<std::uint64_t>(result.integer(0, column));
  }

  // ---- whole rows

  void compare_rows(const Dataset& data) {
    const std::size_t columns = types_.size();
    if (columns == 0) {  // nothing but their number
      report_.added = report_.rows_after - std::min(report_.rows_after, report_.rows_before);
      report_.removed = report_.rows_before - std::min(report_.rows_after, report_.rows_before);
      return;
    }
    const std::string values = list('c', columns);
    const std::string rows = signed_rows('a', 1) + " UNION ALL " + signed_rows('b', -1);
    const Result totals = data.query(
        fmt::format("SELECT coalesce(sum(greatest(more, 0)), 0)::BIGINT, coalesce(sum(greatest(-more, 0)), 0)::BIGINT"
                    " FROM (SELECT sum(sign) AS more FROM ({}) GROUP BY {} HAVING sum(sign) <> 0)",
                    rows, values),
        ctx_);
    report_.removed = count(totals, 0);
    report_.added = count(totals, 1);
    if (report_.removed + report_.added == 0) return;
    // The second of two equal rows is another row than the first: the nth of one side goes with the nth of the other.
    static_cast<void>(
        data.query(fmt::format("CREATE TEMP TABLE apart AS SELECT sum(sign) AS sign, max(r) AS r FROM"
                               " (SELECT *, row_number() OVER (PARTITION BY sign, {0} ORDER BY r) AS nth FROM ({1}))"
                               " GROUP BY nth, {0} HAVING sum(sign) <> 0",
                               values, rows),
                   ctx_));
    for (const char side : {'a', 'b'}) {
      const Result rows_apart = data.query(
          fmt::format(
              "SELECT {0}r, {1} FROM {0} WHERE {0}r IN (SELECT r FROM apart WHERE sign = {2} ORDER BY r LIMIT {3})"
              " ORDER BY {0}r",
              side, list(side, columns), side == 'a' ? 1 : -1, options_.max_samples),
          ctx_);
      auto& samples = side == 'a' ? report_.removed_rows : report_.added_rows;
      for (std::uint64_t row = 0; row < rows_apart.rows(); ++row) {
        std::vector<std::string> parts;
        for (std::size_t i = 0; i < columns; ++i)
          parts.push_back(report_.columns[i].name + "=" + rows_apart.maybe_text(row, 1 + i).value_or(""));
        samples.push_back({static_cast<std::uint64_t>(rows_apart.integer(row, 0)), join(parts, ", ")});
      }
    }
  }

  // The rows of one side, under names that both share.
  [[nodiscard]] std::string signed_rows(char side, int sign) const {
    std::string query = fmt::format("SELECT {} AS sign, {}r AS r", sign, side);
    for (std::size_t i = 0; i < types_.size(); ++i) query += fmt::format(", {0}{1} AS c{1}", side, i);
    return fmt::format("{} FROM {}", query, side);
  }

  // ---- by key

  void compare_keys(const Dataset& data) {
    const std::size_t keys = options_.key.size();
    require_key(data, 'a', report_.before);
    require_key(data, 'b', report_.after);
    std::string matched;
    for (std::size_t i = 0; i < keys; ++i) matched += fmt::format("{}a{} = b{}", i == 0 ? "" : " AND ", i, i);
    const std::string both = "a JOIN b ON " + matched;

    std::string counts = "SELECT count(*)";
    std::string any = "false";
    for (std::size_t i = keys; i < types_.size(); ++i) {
      counts += ", count(CASE WHEN " + differs(i) + " THEN 1 END)";
      any += " OR " + differs(i);
    }
    const Result result = data.query(counts + ", count(CASE WHEN " + any + " THEN 1 END) FROM " + both, ctx_);
    const std::uint64_t common = count(result, 0);
    report_.removed = report_.rows_before - common;
    report_.added = report_.rows_after - common;
    for (std::size_t i = keys; i < types_.size(); ++i) report_.columns[i].changed = count(result, 1 + i - keys);
    report_.changed = count(result, 1 + types_.size() - keys);

    if (report_.removed > 0) report_.removed_rows = rows_only_in(data, 'a', 'b', matched);
    if (report_.added > 0) report_.added_rows = rows_only_in(data, 'b', 'a', matched);
    for (std::size_t i = keys; i < types_.size(); ++i)
      if (report_.columns[i].changed > 0) fetch_changes(data, i, both);
    // Keys are matched and take no part in the comparison.
    report_.columns.erase(report_.columns.begin(), report_.columns.begin() + static_cast<std::ptrdiff_t>(keys));
  }

  [[nodiscard]] std::string differs(std::size_t i) const {
    std::string plain = fmt::format("a{0} IS DISTINCT FROM b{0}", i);
    const bool number = types_[i] == ColumnType::real || types_[i] == ColumnType::integer;
    if (options_.tolerance == 0 || !number) return plain;
    // The distance from an infinity is infinite, and so would be what is tolerated; NaN is not near anything.
    return fmt::format(
        "({0} AND NOT coalesce(isfinite(CAST(a{1} AS DOUBLE)) AND isfinite(CAST(b{1} AS DOUBLE)) AND "
        "abs(CAST(a{1} AS DOUBLE) - b{1}) <= {2} * greatest(abs(CAST(a{1} AS DOUBLE)), abs(CAST(b{1} AS DOUBLE))), "
        "false))",
        plain, i, shortest(options_.tolerance));
  }

  void require_key(const Dataset& data, char side, const std::string& subject) const {
    const std::size_t keys = options_.key.size();
    std::string missing;
    for (std::size_t i = 0; i < keys; ++i) missing += fmt::format("{}{}{} IS NULL", i == 0 ? "" : " OR ", side, i);
    const Result rows = data.query(
        fmt::format("SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT {} FROM {})) FROM {} WHERE NOT ({})",
                    list(side, keys), fmt::format("{} WHERE NOT ({})", side, missing), side, missing),
        ctx_);
    const std::uint64_t all = side == 'a' ? report_.rows_before : report_.rows_after;
    const std::string by = "cannot compare " + subject + " by " + join(options_.key, ", ") + ": ";
    if (count(rows, 0) < all)
      throw Error(Code::failed, by + counted(all - count(rows, 0), "row has", "rows have") + " no value of it",
                  "leave --key out to compare whole rows");
    if (count(rows, 1) < all)
      throw Error(Code::failed,
                  by + counted(all - count(rows, 1), "row repeats", "rows repeat") + " the key of another",
                  "name more columns with --key until it names every row once, or leave it out");
  }

  [[nodiscard]] std::string key_of(const Result& result, std::uint64_t row, std::size_t first) const {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < options_.key.size(); ++i)
      parts.push_back(result.maybe_text(row, first + i).value_or(""));
    return join(parts, ", ");
  }

  std::vector<DiffRow> rows_only_in(const Dataset& data, char side, char other, const std::string& matched) const {
    const Result rows = data.query(
        fmt::format("SELECT {0}r, {1} FROM {0} WHERE NOT EXISTS (SELECT 1 FROM {2} WHERE {3}) ORDER BY {0}r LIMIT {4}",
                    side, list(side, options_.key.size()), other, matched, options_.max_samples),
        ctx_);
    std::vector<DiffRow> found;
    for (std::uint64_t row = 0; row < rows.rows(); ++row)
      found.push_back({static_cast<std::uint64_t>(rows.integer(row, 0)), key_of(rows, row, 1)});
    return found;
  }

  void fetch_changes(const Dataset& data, std::size_t i, const std::string& both) {
    const Result rows =
        data.query(fmt::format("SELECT ar, br, a{0}, b{0}, {1} FROM {2} WHERE {3} ORDER BY ar LIMIT {4}", i,
                               list('a', options_.key.size()), both, differs(i), options_.max_samples),
                   ctx_);
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      DiffValue& value = report_.columns[i].samples.emplace_back();
      value.row_before = static_cast<std::uint64_t>(rows.integer(row, 0));
      value.row_after = static_cast<std::uint64_t>(rows.integer(row, 1));
      value.before = rows.maybe_text(row, 2);
      value.after = rows.maybe_text(row, 3);
      value.key = key_of(rows, row, 4);
    }
  }

  const DiffOptions& options_;
  Context& ctx_;
  DiffReport report_;
  std::vector<ColumnType> types_;  // of report_.columns while comparing
};

Json columns_to_json(const std::vector<ColumnInfo>& columns) {
  Json json = Json::array();
  for (const auto& column : columns) json.push_back({{"name", column.name}, {"type", name_of(column.type)}});
  return json;
}

Json rows_to_json(const std::vector<DiffRow>& rows) {
  Json json = Json::array();
  for (const auto& row : rows) json.push_back({{"row", row.row}, {"key", row.key}});
  return json;
}

Json value_or_null(const std::optional<std::string>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace

DiffReport diff(const DiffOptions& options, Context& ctx) {
  if (options.tolerance != 0 && options.key.empty())
    throw Error(Code::usage, "cannot compare whole rows with a tolerance", "match rows with --key");
  if (!(options.tolerance >= 0 && options.tolerance < 1))
    throw Error(Code::usage, "the tolerance must be at least 0 and less than 1");
  return Comparison(options, ctx).run();
}

Json to_json(const DiffReport& report) {
  Json columns = Json::array();
  for (const auto& column : report.columns) {
    Json samples = Json::array();
    for (const auto& one : column.samples)
      samples.push_back({{"key", one.key},
                         {"row_before", one.row_before},
                         {"row_after", one.row_after},
                         {"before", value_or_null(one.before)},
                         {"after", value_or_null(one.after)}});
    columns.push_back({{"name", column.name},
                       {"type_before", name_of(column.before)},
                       {"type_after", name_of(column.after)},
                       {"changed", column.changed},
                       {"samples", std::move(samples)}});
  }
  return {{"schema", "mlsys.data.diff/1"},
          {"verdict", report.same ? "same" : "different"},
          {"before", {{"subject", report.before}, {"rows", report.rows_before}}},
          {"after", {{"subject", report.after}, {"rows", report.rows_after}}},
          {"key", report.key},
          {"columns_added", columns_to_json(report.columns_added)},
          {"columns_removed", columns_to_json(report.columns_removed)},
          {"columns", std::move(columns)},
          {"added", report.added},
          {"removed", report.removed},
          {"changed", report.changed},
          {"added_rows", rows_to_json(report.added_rows)},
          {"removed_rows", rows_to_json(report.removed_rows)}};
}

}  // namespace mlsys::data
