#include "mlsys/data/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "expression_sql.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

namespace {

constexpr std::size_t longest_expression = 20'000;

// Scalar, deterministic, of bounded output, independent of session, time and files. Sorted.
constexpr std::array allowed = std::to_array<std::string_view>({
    "abs",
    "acos",
    "ascii",
    "asin",
    "atan",
    "atan2",
    "cbrt",
    "ceil",
    "ceiling",
    "chr",
    "concat",
    "concat_ws",
    "contains",
    "cos",
    "cot",
    "date_add",
    "date_diff",
    "date_part",
    "date_sub",
    "date_trunc",
    "datediff",
    "datepart",
    "datesub",
    "datetrunc",
    "day",
    "dayname",
    "dayofmonth",
    "dayofweek",
    "dayofyear",
    "degrees",
    "ends_with",
    "epoch",
    "epoch_ms",
    "epoch_us",
    "exp",
    "floor",
    "fmod",
    "greatest",
    "hour",
    "if",
    "ifnull",
    "instr",
    "isfinite",
    "isinf",
    "isnan",
    "isodow",
    "isoyear",
    "last_day",
    "lcase",
    "least",
    "left",
    "len",
    "length",
    "levenshtein",
    "like_escape",
    "ln",
    "log",
    "log10",
    "log2",
    "lower",
    "ltrim",
    "make_date",
    "make_timestamp",
    "millisecond",
    "minute",
    "mod",
    "month",
    "monthname",
    "not_like_escape",
    "nullif",
    "pi",
    "position",
    "pow",
    "power",
    "prefix",
    "quarter",
    "radians",
    "regexp_extract",
    "regexp_full_match",
    "regexp_matches",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "round",
    "rtrim",
    "second",
    "sign",
    "sin",
    "split_part",
    "sqrt",
    "starts_with",
    "strftime",
    "strip_accents",
    "strlen",
    "strpos",
    "strptime",
    "substr",
    "substring",
    "suffix",
    "tan",
    "to_days",
    "to_hours",
    "to_minutes",
    "to_months",
    "to_seconds",
    "to_weeks",
    "to_years",
    "trim",
    "trunc",
    "try_strptime",
    "ucase",
    "upper",
    "week",
    "weekday",
    "weekofyear",
    "year",
});
static_assert(std::is_sorted(allowed.begin(), allowed.end()));

constexpr auto operators = std::to_array<std::string_view>(
    {"+", "-", "*", "/", "//", "%", "**", "^", "||", "&", "|", "<<", ">>", "~", "~~", "!~~", "~~*", "!~~*"});

constexpr auto cast_types = std::to_array<std::string_view>(
    {"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "FLOAT", "DOUBLE",
     "DECIMAL", "VARCHAR", "DATE", "TIME", "TIMESTAMP", "INTERVAL"});

constexpr auto plain_operators =
    std::to_array<std::string_view>({"OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL", "COMPARE_IN",
                                     "COMPARE_NOT_IN", "OPERATOR_COALESCE", "OPERATOR_NULLIF", "OPERATOR_TRY"});

template <class Set>
bool in(const Set& set, std::string_view value) {
  return std::find(set.begin(), set.end(), value) != set.end();
}

std::string text_of(const Json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Neither null, false nor empty.
bool is_set(const Json& node, const char* key) {
  const auto found = node.find(key);
  if (found == node.end() || found->is_null()) return false;
  if (found->is_boolean()) return found->get<bool>();
  if (found->is_string()) return !found->get_ref<const std::string&>().empty();
  return !found->empty();
}

// The text that a node stands for, when it is written out.
std::optional<std::string> text_constant(const Json& node) {
  if (text_of(node, "class") != "CONSTANT") return std::nullopt;
  const auto value = node.find("value");
  if (value == node.end() || !value->is_object()) return std::nullopt;
  const auto inner = value->find("value");
  if (inner == value->end() || !inner->is_string()) return std::nullopt;
  return inner->get<std::string>();
}

// Walks the tree of one expression, refuses what is not listed and renames its columns.
class Checker {
 public:
  Checker(const std::vector<std::string>& columns, const std::string& doing) : columns_(columns), doing_(doing) {
    for (std::size_t i = 0; i < columns.size(); ++i) positions_.emplace(columns[i], i);
  }

  void check(Json& node) {
    if (!node.is_object()) refuse("it has a form that is not known");
    const std::string kind = text_of(node, "class");
    if (kind == "CONSTANT") return check_constant(node);
    if (kind == "COLUMN_REF") return rename(node);
    if (kind == "FUNCTION") return check_function(node);
    if (kind == "COMPARISON") return check_members(node, {"left", "right"});
    if (kind == "BETWEEN") return check_members(node, {"input", "lower", "upper"});
    if (kind == "CONJUNCTION") return check_list(node, "children");
    if (kind == "CASE") return check_case(node);
    if (kind == "CAST") return check_cast(node);
    if (kind == "OPERATOR" && in(plain_operators, text_of(node, "type"))) return check_list(node, "children");
    refuse(what_it_is(kind) + " cannot be used here");
  }

  // Replacements inside replacements multiply the length of a text: a short expression could make one that fills the
  // memory. How many times longer the result can be than the columns it is made of.
  [[nodiscard]] double growth(const Json& node) const {
    double most = 1;
    for (const auto& [key, child] : node.items()) {
      if (child.is_object()) most = std::max(most, growth(child));
      if (child.is_array())
        for (const Json& one : child)
          if (one.is_object()) most = std::max(most, growth(one));
    }
    const std::string name = text_of(node, "function_name");
    if (text_of(node, "class") != "FUNCTION" || (name != "replace" && name != "regexp_replace")) return most;
    const Json& arguments = node.at("children");
    const auto replaced = arguments.size() < 2 ? std::nullopt : text_constant(arguments[1]);
    const auto by = arguments.size() < 3 ? std::nullopt : text_constant(arguments[2]);
    if (!by) refuse("the text that " + name + " puts in must be written out", "like this: replace(name, 'x', 'y')");
    const double length = static_cast<double>(by->size());
    // A pattern may match nothing at all, everywhere, and what it puts in may repeat what it found.
    most *= name == "replace"
                ? std::max(1.0, length / static_cast<double>(std::max<std::size_t>(1, replaced ? replaced->size() : 1)))
                : 1 + length;
    constexpr double highest = 1000;
    if (most > highest) refuse("its replacements could make a text too long", "nest fewer of them");
    return most;
  }

  [[nodiscard]] std::vector<std::string> take_inputs() { return std::move(inputs_); }

  [[noreturn]] void refuse(const std::string& why, std::string hint = {}) const {
    throw Error(Code::usage, doing_ + ": " + why, std::move(hint));
  }

 private:
  static std::string what_it_is(const std::string& kind) {
    if (kind == "SUBQUERY") return "a subquery";
    if (kind == "WINDOW") return "a window function";
    if (kind == "STAR") return "'*'";
    if (kind == "PARAMETER") return "a parameter";
    if (kind == "LAMBDA") return "a lambda or '->'";
    if (kind == "COLLATE") return "COLLATE";
    if (kind == "OPERATOR") return "'[…]' or another operator on nested values";
    return "this kind of expression";
  }

  // DuckDB passes over the offset when it makes a time of a text.
  void check_constant(const Json& node) const {
    const std::string text = text_constant(node).value_or("");
    const std::size_t sign = text.find_last_of("+-");
    const auto instant = parse_timestamp(text);
    if (!instant || text.find(':') > sign) return;
    if (const auto without = parse_timestamp(text.substr(0, sign)); !without || *without == *instant) return;
    refuse(fmt::format("the offset in {} would not count", quoted(text)),
           fmt::format("write the time in UTC: '{}'", format_timestamp(*instant)));
  }

  void check_list(Json& node, const char* key) {
    const auto list = node.find(key);
    if (list == node.end() || !list->is_array()) refuse("it has a form that is not known");
    for (Json& child : *list) check(child);
  }

  void check_members(Json& node, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
      const auto child = node.find(key);
      if (child == node.end()) refuse("it has a form that is not known");
      check(*child);
    }
  }

  void rename(Json& node) {
    Json& names = node["column_names"];
    if (!names.is_array() || names.empty()) refuse("it has a form that is not known");
    if (names.size() > 1) {
      std::vector<std::string> parts;
      for (const Json& part : names) parts.push_back(part.get<std::string>());
      refuse(fmt::format("no column {}", quoted(join(parts, "."))), "a name with a dot needs double quotes: \"a.b\"");
    }
    const auto name = names[0].get<std::string>();
    const auto position = positions_.find(name);
    if (position == positions_.end()) refuse("no column " + quoted(name), hint_for_column(name));
    if (std::find(inputs_.begin(), inputs_.end(), name) == inputs_.end()) inputs_.push_back(name);
    names[0] = column_name(position->second);
  }

  [[nodiscard]] std::string hint_for_column(const std::string& name) const {
    if (const std::string similar = did_you_mean(name, columns_); !similar.empty()) return similar;
    return "text is written in single quotes: '" + name + "'";
  }

  void check_function(Json& node) {
    const std::string name = text_of(node, "function_name");
    if (const std::string schema = text_of(node, "schema"); !schema.empty() && schema != "main")
      refuse("function " + quoted(schema + "." + name) + " is not allowed");
    if (is_set(node, "catalog") || is_set(node, "filter") || is_set(node, "distinct") || is_set(node, "export_state"))
      refuse(fmt::format("{} is used like an aggregate", quoted(name)), "expressions see one row at a time");
    if (const auto orders = node.find("order_bys"); orders != node.end() && is_set(*orders, "orders"))
      refuse(fmt::format("{} is used like an aggregate", quoted(name)), "expressions see one row at a time");
    if (!in(operators, name) && !std::binary_search(allowed.begin(), allowed.end(), name)) {
      std::string hint = did_you_mean(name, allowed_functions());
      if (hint.empty()) hint = "only row-local functions of numbers, text and times are";
      refuse("function " + quoted(name) + " is not allowed", hint);
    }
    if (node.contains("children")) check_list(node, "children");
  }

  void check_case(Json& node) {
    for (Json& branch : node["case_checks"]) check_members(branch, {"when_expr", "then_expr"});
    if (node.contains("else_expr") && !node["else_expr"].is_null()) check(node["else_expr"]);
  }

  void check_cast(Json& node) {
    const auto type = node.find("cast_type");
    const std::string id = type == node.end() ? "" : text_of(*type, "id");
    if (!in(cast_types, id)) refuse("a cast to this type is not allowed", "plain types are, such as BIGINT or VARCHAR");
    check_members(node, {"child"});
  }

  const std::vector<std::string>& columns_;
  const std::string& doing_;
  std::map<std::string, std::size_t, std::less<>> positions_;
  std::vector<std::string> inputs_;
};

std::string one_text(Engine& engine, const std::string& sql, const std::string& doing, Context& ctx) {
  duck::Result result = engine.run(sql, doing, ctx);
  const auto chunk = result.next(ctx);
  if (!chunk || !chunk->column(0).valid(0)) throw Error(Code::usage, doing + ": it cannot be read as an expression");
  return std::string(chunk->column(0).text(0));
}

constexpr std::string_view statement_begin = "SELECT (";

// Where the parenthesis behind the expression stands, which nobody typed; DuckDB counts characters.
std::int64_t position_of_end(std::string_view text) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return static_cast<std::int64_t>(statement_begin.size()) + std::count_if(text.begin(), text.end(), begins) + 1;
}

// The statement around the expression must be exactly the one that was put there.
bool is_bare(const Json& tree) {
  if (!tree.contains("statements") || tree["statements"].size() != 1) return false;
  const Json& statement = tree["statements"][0];
  if (is_set(statement, "named_param_map")) return false;
  const Json& node = statement["node"];
  if (text_of(node, "type") != "SELECT_NODE" || node["select_list"].size() != 1) return false;
  if (text_of(node["from_table"], "type") != "EMPTY") return false;
  if (node.contains("cte_map") && is_set(node["cte_map"], "map")) return false;
  for (const char* key :
       {"modifiers", "where_clause", "group_expressions", "group_sets", "having", "sample", "qualify"})
    if (is_set(node, key)) return false;
  return true;
}

}  // namespace

const std::vector<std::string>& allowed_functions() {
  static const std::vector<std::string> names(allowed.begin(), allowed.end());
  return names;
}

Derivation parse_derivation(std::string_view text) {
  const std::size_t mark = text.find('=');
  Derivation derivation;
  if (mark != std::string_view::npos) {
    derivation.name = trim(text.substr(0, mark));
    derivation.expression = trim(text.substr(mark + 1));
  }
  if (derivation.name.empty() || derivation.expression.empty())
    throw Error(Code::usage, "cannot derive a column from " + quoted(text) + ": it is not NAME=EXPRESSION",
                "for example: --derive 'late=delay > 15'");
  return derivation;
}

CheckedExpression check_expression(const std::string& text, const std::vector<std::string>& columns,
                                   const std::string& doing, Engine& engine, Context& ctx) {
  if (text.size() > longest_expression)
    throw Error(Code::usage, fmt::format("{}: the expression is longer than {} bytes", doing, longest_expression));
  if (text.find('\0') != std::string::npos || !is_utf8(text))
    throw Error(Code::usage, doing + ": the expression is not UTF-8 text");
  // The line break ends a comment at the expression's end.
  const std::string statement = std::string(statement_begin) + text + "\n)";
  Json tree = parse_json(
      one_text(engine, "SELECT CAST(json_serialize_sql(" + sql_text(statement) + ") AS VARCHAR)", doing, ctx), doing);
  if (tree.value("error", false)) {
    std::string reason = plain_reason(tree.value("error_message", std::string()));
    if (const auto at = parse_int(tree.value("position", std::string())); at && *at == position_of_end(text))
      reason = "it is not complete, or a parenthesis in it is closed that was not opened";
    throw Error(Code::usage, fmt::format("{}: {} is not an expression: {}", doing, quoted(text), reason));
  }
  if (!is_bare(tree)) throw Error(Code::usage, fmt::format("{}: {} is not a single expression", doing, quoted(text)));
  Json& expression = tree["statements"][0]["node"]["select_list"][0];
  Checker checker(columns, doing);
  checker.check(expression);
  static_cast<void>(checker.growth(expression));
  std::string sql = one_text(engine, "SELECT json_deserialize_sql(" + sql_text(to_line(tree)) + "::JSON)", doing, ctx);
  constexpr std::string_view prefix = "SELECT ";
  if (!sql.starts_with(prefix)) throw Error(Code::failed, doing + ": the expression cannot be written back");
  sql.erase(0, prefix.size());
  if (sql.ends_with(';')) sql.pop_back();
  return {"(" + sql + ")", checker.take_inputs()};
}

}  // namespace mlsys::data
