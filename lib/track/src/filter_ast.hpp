// What a filter, a sort key and a column of a result are once they are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/names.hpp"
#include "mlsys/track/filter.hpp"

namespace mlsys::track::filter {

enum class Section { metric, param, tag, attribute, dataset };
enum class Aggregate { last, min, max, avg, first, count, step };
enum class Kind { number, text, time, duration };  // of a column's values

struct Column {
  Section section = Section::attribute;
  std::string key;  // of an attribute: its own name, never an alias
  Aggregate aggregate = Aggregate::last;
  Kind kind = Kind::text;
  bool operator==(const Column&) const = default;
};
std::string to_text(const Column& column);

enum class Operator { equal, unequal, less, at_most, greater, at_least, like, ilike, in, between, null, nan };

// Times are milliseconds and durations seconds by now. A pattern's escape is a backslash, whatever was typed.
struct Literal {
  std::variant<std::int64_t, double, std::string> value;
  [[nodiscard]] bool is_text() const { return std::holds_alternative<std::string>(value); }
};

struct Test {
  Column column;
  Operator op = Operator::equal;
  bool negated = false;  // NOT IN, NOT LIKE, NOT BETWEEN, IS NOT …
  std::vector<Literal> values;
};

// Once it is read, a negation is of a test, and what `all` and `any` hold is not of their own kind.
struct Node {
  enum class Kind { test, all, any, negation };
  Kind kind = Kind::test;
  Test test;
  std::vector<Node> children;
};

struct SortKey {
  Column column;
  bool descending = false;
};

// "metrics.auc DESC, params.depth": one or several keys. Throws Code::usage.
std::vector<SortKey> parse_order(std::string_view text);
// "run_id,metrics.auc,max(metrics.auc)". Throws Code::usage.
std::vector<Column> parse_columns(std::string_view text);

// ---- SQL --------------------------------------------------------------------------------------------------------

// Where a condition is evaluated: `run` is the expression of the run's row, `gone` as in Filter::condition().
struct Place {
  std::string run = "r.id";
  std::string gone;
};

// SQL that is put together from parts with their values in order.
class SqlText {
 public:
  SqlText& operator<<(std::string_view text) {
    sql.text += text;
    return *this;
  }
  SqlText& operator<<(const Sql& part) {
    sql.text += part.text;
    sql.values.insert(sql.values.end(), part.values.begin(), part.values.end());
    return *this;
  }
  SqlText& bind(SqlValue value) {
    sql.text += '?';
    sql.values.push_back(std::move(value));
    return *this;
  }
  Sql sql;
};

Sql condition(const Node& node, const Place& place);
// The value of a column of one run; NULL when it has none, or NaN.
Sql value_of(const Column& column, const Place& place);
// Whether the run has it, for a value that is NULL: true for a NaN. Metrics only.
Sql has_series(const Column& column, const Place& place);
// The number of a key, "(SELECT id FROM keys WHERE name = ?)".
Sql key_number(const std::string& key);
// The test of `column`, an expression of the value, which occurs once unless numbers are compared with texts.
Sql test_of(const Test& test, const std::string& column);
// What an index on `column` can serve of a test of LIKE, beside the test; empty when there is nothing.
Sql range_of(const Test& test, const std::string& column);

}  // namespace mlsys::track::filter

template <>
struct mlsys::NameTable<mlsys::track::filter::Aggregate> {
  using A = track::filter::Aggregate;
  static constexpr std::string_view what = "aggregate";
  static constexpr auto entries = std::to_array<NameEntry<A>>({{A::last, "last"},
                                                               {A::min, "min"},
                                                               {A::max, "max"},
                                                               {A::avg, "avg"},
                                                               {A::first, "first"},
                                                               {A::count, "count"},
                                                               {A::step, "step"}});
};
