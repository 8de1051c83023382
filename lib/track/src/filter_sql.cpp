#include <fmt/format.h>

#include <array>

#include "filter_ast.hpp"

namespace mlsys::track::filter {
namespace {

SqlValue bound(const Literal& literal) {
  return std::visit([](const auto& value) -> SqlValue { return value; }, literal.value);
}

// A pattern of LIKE, whose escape is a backslash, for GLOB, which tells A from a.
std::string glob_of(const std::string& pattern) {
  std::string glob;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '%' || c == '_') {
      glob += c == '%' ? '*' : '?';
      continue;
    }
    if (c == '\\') c = pattern[++i];
    if (c == '*' || c == '?' || c == '[')
      glob += fmt::format("[{}]", c);
    else
      glob += c;
  }
  return glob;
}

// What every match begins with, up to its last ASCII character, which is easily increased.
std::string prefix_of(const std::string& pattern) {
  std::string prefix;
  for (std::size_t i = 0; i < pattern.size() && pattern[i] != '%' && pattern[i] != '_'; ++i)
    prefix += pattern[i] == '\\' ? pattern[++i] : pattern[i];
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) >= 0x7f) prefix.pop_back();
  return prefix;
}

void add_pattern(SqlText& sql, const Test& test, const std::string& column) {
  const std::string& pattern = std::get<std::string>(test.values.front().value);
  const std::string_view no = test.negated ? " NOT" : "";
  if (test.op == Operator::ilike) {
    (sql << column << no << " LIKE ").bind(pattern) << " ESCAPE '\\'";
    return;
  }
  (sql << column << no << " GLOB ").bind(glob_of(pattern));
}

bool against_numbers(const Test& test) {
  return (test.column.section == Section::param || test.column.section == Section::tag) && !test.values.empty() &&
         !test.values.front().is_text();
}

std::string_view table_of(const Column& column) {
  switch (column.section) {
    case Section::param:
      return "params";
    case Section::tag:
      return "tags";
    default:
      return column.aggregate == Aggregate::avg || column.aggregate == Aggregate::first ? "metrics" : "latest_metrics";
  }
}

// The value within a row of that table.
std::string_view field_of(const Column& column) {
  switch (column.aggregate) {
    case Aggregate::min:
      return "x.least";
    case Aggregate::max:
      return "x.most";
    case Aggregate::avg:
      return "avg(x.value)";
    case Aggregate::count:
      return "x.points";
    case Aggregate::step:
      return "x.step";
    default:
      return "x.value";
  }
}

// FROM … WHERE … of a parameter, tag or metric of the run.
Sql rows_of(const Column& column, std::string_view table, const Place& place) {
  SqlText sql;
  sql << " FROM " << table << " AS x WHERE x.run = " << place.run << " AND x.key = " << key_number(column.key);
  if (table == "metrics" && column.aggregate == Aggregate::first) sql << " ORDER BY x.step, x.time, x.ordinal LIMIT 1";
  // An average of nothing would be a row as well.
  if (table == "metrics" && column.aggregate == Aggregate::avg) sql << " HAVING count(*) > 0";
  return sql.sql;
}

Sql attribute(const std::string& name, const Place& place) {
  if (name == "run_id") return {"r.run_id", {}};
  if (name == "run_name") return {"r.name", {}};
  if (name == "experiment") return {"(SELECT e.name FROM experiments AS e WHERE e.id = r.experiment)", {}};
  if (name == "user_id") return {"r.user", {}};
  if (name == "source") return {"r.source", {}};
  if (name == "artifact_uri") return {"('runs:/' || r.run_id)", {}};
  if (name == "start_time") return {"r.start_time", {}};
  if (name == "end_time") return {"r.end_time", {}};
  if (name == "duration") return {"((r.end_time - r.start_time) / 1000.0)", {}};
  if (place.gone.empty()) return {"r.status", {}};
  return {"(CASE WHEN r.id IN (SELECT value FROM json_each(?)) THEN 'FAILED' ELSE r.status END)", {place.gone}};
}

Sql of_test(const Test& test, const Place& place) {
  const Column& column = test.column;
  SqlText sql;
  if (column.section == Section::attribute) {
    const Sql value = attribute(column.key, place);
    // The expression may hold values of its own, which come first, and once.
    Sql tested = test_of(test, value.text);
    tested.values.insert(tested.values.begin(), value.values.begin(), value.values.end());
    return tested;
  }
  if (column.section == Section::dataset) {
    const std::string rows =
        fmt::format(" FROM inputs AS i JOIN datasets AS d ON d.id = i.dataset WHERE i.run = {}", place.run);
    if (test.op == Operator::null)
      sql << (test.negated ? "" : "NOT ") << "EXISTS (SELECT 1" << rows << ")";
    else
      sql << "(SELECT max(" << test_of(test, column.key == "context" ? "i.context" : "d." + column.key) << ")" << rows
          << ")";
    return sql.sql;
  }
  if (column.aggregate == Aggregate::count) {
    SqlText points;
    points << "ifnull((SELECT x.points" << rows_of(column, "latest_metrics", place) << "), 0)";
    Sql tested = test_of(test, points.sql.text);
    tested.values.insert(tested.values.begin(), points.sql.values.begin(), points.sql.values.end());
    return tested;
  }
  if (test.op == Operator::null) {
    sql << (test.negated ? "" : "NOT ") << "EXISTS (SELECT 1"
        << rows_of(column, column.section == Section::metric ? "latest_metrics" : table_of(column), place) << ")";
    return sql.sql;
  }
  const bool number = column.section == Section::metric && test.op != Operator::nan;
  const bool true_of_nan = test.negated || test.op == Operator::unequal;
  sql << "(SELECT " << (number ? "ifnull(" : "") << test_of(test, std::string(field_of(column)))
      << (!number       ? ""
          : true_of_nan ? ", 1)"
                        : ", 0)")
      << rows_of(column, table_of(column), place) << ")";
  return sql.sql;
}

}  // namespace

Sql key_number(const std::string& key) { return {"(SELECT id FROM keys WHERE name = ?)", {key}}; }

Sql test_of(const Test& test, const std::string& column) {
  SqlText sql;
  std::string value = column;
  const bool numbers = against_numbers(test);
  if (numbers) {
    // A text that looks like a number is one when compared with a number; any other is greater than all numbers.
    sql << "CASE WHEN " << column << " <= CAST(9e999 AS REAL) THEN ";
    value = fmt::format("CAST({} AS REAL)", column);
  }
  const std::string_view no = test.negated ? " NOT" : "";
  switch (test.op) {
    case Operator::like:
    case Operator::ilike:
      add_pattern(sql, test, value);
      break;
    case Operator::between:
      (sql << value << no << " BETWEEN ").bind(bound(test.values[0])) << " AND ";
      sql.bind(bound(test.values[1]));
      break;
    case Operator::in:
      sql << value << no << " IN (";
      for (std::size_t i = 0; i < test.values.size(); ++i) {
        if (i > 0) sql << ", ";
        sql.bind(bound(test.values[i]));
      }
      sql << ")";
      break;
    case Operator::null:
    case Operator::nan:
      sql << value << " IS" << no << " NULL";
      break;
    default: {
      constexpr std::array<std::string_view, 6> signs = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
      (sql << value << signs.at(static_cast<std::size_t>(test.op))).bind(bound(test.values.front()));
    }
  }
  if (numbers) sql << " END";
  return sql.sql;
}

Sql range_of(const Test& test, const std::string& column) {
  if (test.op != Operator::like || test.negated) return {};
  std::string low = prefix_of(std::get<std::string>(test.values.front().value));
  if (low.empty()) return {};
  std::string high = low;
  ++high.back();
  return {fmt::format("{0} >= ? AND {0} < ?", column), {std::move(low), std::move(high)}};
}

Sql condition(const Node& node, const Place& place) {
  if (node.kind == Node::Kind::test) return of_test(node.test, place);
  SqlText sql;
  if (node.kind == Node::Kind::negation) {
    sql << "NOT (" << condition(node.children.front(), place) << ")";
    return sql.sql;
  }
  sql << "(";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) sql << (node.kind == Node::Kind::all ? " AND " : " OR ");
    sql << condition(node.children[i], place);
  }
  sql << ")";
  return sql.sql;
}

Sql value_of(const Column& column, const Place& place) {
  if (column.section == Section::attribute) return attribute(column.key, place);
  SqlText sql;
  sql << (column.aggregate == Aggregate::count ? "ifnull(" : "") << "(SELECT " << field_of(column)
      << rows_of(column, table_of(column), place) << ")" << (column.aggregate == Aggregate::count ? ", 0)" : "");
  return sql.sql;
}

Sql has_series(const Column& column, const Place& place) {
  SqlText sql;
  sql << "EXISTS (SELECT 1" << rows_of(column, "latest_metrics", place) << ")";
  return sql.sql;
}

}  // namespace mlsys::track::filter
