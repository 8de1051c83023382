#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>

#include "filter_ast.hpp"
#include "filter_tokens.hpp"
#include "mlsys/base/text.hpp"
#include "rows.hpp"

namespace mlsys::track {
namespace filter {
namespace {

constexpr std::size_t most_tests = 256;
constexpr std::size_t most_nested = 64;  // as typed
constexpr std::size_t most_levels = 16;  // that are left; the database's parser has a stack of 100 symbols
constexpr std::size_t most_listed = 1'000;
constexpr std::size_t most_columns = 1'000;
constexpr std::size_t most_pattern = 10'000;  // bytes; no value is longer than 8,000 characters
constexpr std::ptrdiff_t most_wildcards = 64;
constexpr std::size_t most_sort_keys = 8;

struct SectionName {
  std::string_view name;
  Section section;
};
// The first of each is how it is written back.
constexpr std::array section_names = std::to_array<SectionName>({{"metrics", Section::metric},
                                                                 {"metric", Section::metric},
                                                                 {"params", Section::param},
                                                                 {"param", Section::param},
                                                                 {"parameters", Section::param},
                                                                 {"parameter", Section::param},
                                                                 {"tags", Section::tag},
                                                                 {"tag", Section::tag},
                                                                 {"attributes", Section::attribute},
                                                                 {"attribute", Section::attribute},
                                                                 {"attr", Section::attribute},
                                                                 {"run", Section::attribute},
                                                                 {"datasets", Section::dataset},
                                                                 {"dataset", Section::dataset}});

struct AttributeName {
  std::string_view name;
  std::string_view attribute;
  Kind kind;
};
constexpr std::array attribute_names = std::to_array<AttributeName>({{"run_id", "run_id", Kind::text},
                                                                     {"run_name", "run_name", Kind::text},
                                                                     {"run name", "run_name", Kind::text},
                                                                     {"Run name", "run_name", Kind::text},
                                                                     {"Run Name", "run_name", Kind::text},
                                                                     {"name", "run_name", Kind::text},
                                                                     {"experiment", "experiment", Kind::text},
                                                                     {"status", "status", Kind::text},
                                                                     {"user_id", "user_id", Kind::text},
                                                                     {"user", "user_id", Kind::text},
                                                                     {"source", "source", Kind::text},
                                                                     {"artifact_uri", "artifact_uri", Kind::text},
                                                                     {"start_time", "start_time", Kind::time},
                                                                     {"created", "start_time", Kind::time},
                                                                     {"Created", "start_time", Kind::time},
                                                                     {"end_time", "end_time", Kind::time},
                                                                     {"duration", "duration", Kind::duration}});
constexpr std::array<std::string_view, 4> dataset_names = {"name", "digest", "context", "source"};

template <class Range, class Name>
std::vector<std::string> names_in(const Range& range, Name name) {
  std::vector<std::string> names;
  for (const auto& entry : range) names.emplace_back(name(entry));
  return names;
}

std::string suggest(std::string_view given, const std::vector<std::string>& known) {
  const std::string hint = did_you_mean(given, known);
  return hint.empty() ? "there are " + join(known, ", ") : hint;
}

// "metrics.loss"
std::string in_section_named(Section section, const std::string& name) {
  return to_text(Column{section, name, Aggregate::last, Kind::text});
}

class Parser {
 public:
  Parser(const Source& source, Millis now) : source_(source), tokens_(tokens_of(source)), now_(now) {}

  std::optional<Node> filter() {
    if (at_end()) return std::nullopt;
    const Node node = any(1);
    if (!at_end()) unexpected("AND, OR or the end");
    Node plain = plainly(node, false);
    if (levels(plain) > most_levels)
      source_.fail(0, fmt::format("AND and OR are nested more than {} levels deep", most_levels));
    return plain;
  }

  std::vector<SortKey> order() {
    std::vector<SortKey> keys;
    if (at_end()) fail("there is no key");
    do {
      if (keys.size() == most_sort_keys) fail(fmt::format("there are more than {} keys", most_sort_keys));
      SortKey key;
      key.column = single_column("sort by");
      if (take_word("desc"))
        key.descending = true;
      else
        take_word("asc");
      keys.push_back(std::move(key));
    } while (take_symbol(","));
    if (!at_end()) unexpected("ASC, DESC, a comma or the end");
    return keys;
  }

  std::vector<Column> columns() {
    std::vector<Column> columns;
    if (at_end()) fail("there is no column");
    do {
      if (columns.size() == most_columns) fail(fmt::format("there are more than {} columns", most_columns));
      columns.push_back(single_column("show"));
    } while (take_symbol(","));
    if (!at_end()) unexpected("a comma or the end");
    return columns;
  }

 private:
  // ---- Tokens ----

  [[nodiscard]] const Token& token() const { return tokens_[at_]; }
  [[nodiscard]] bool at_end() const { return token().kind == Token::Kind::end; }
  [[noreturn]] void fail(std::string_view why, const std::string& hint = {}) const {
    source_.fail(token().place, why, hint);
  }
  [[noreturn]] void unexpected(std::string_view expected, const std::string& hint = {}) const {
    if (at_end()) fail(fmt::format("it ends where {} should follow", expected), hint);
    const std::size_t end = tokens_[at_ + 1].place;
    fail(fmt::format("{} stands where {} should follow",
                     quoted(trim(source_.text().substr(token().place, end - token().place)), 40), expected),
         hint);
  }
  [[nodiscard]] bool is_word(std::string_view word, std::size_t ahead = 0) const {
    if (at_ + ahead >= tokens_.size()) return false;
    const Token& here = tokens_[at_ + ahead];
    return here.kind == Token::Kind::word && to_lower_ascii(here.text) == word;
  }
  [[nodiscard]] bool is_symbol(std::string_view symbol, std::size_t ahead = 0) const {
    if (at_ + ahead >= tokens_.size()) return false;
    const Token& here = tokens_[at_ + ahead];
    return here.kind == Token::Kind::symbol && here.text == symbol;
  }
  bool take_word(std::string_view word) { return is_word(word) && ++at_ > 0; }
  bool take_symbol(std::string_view symbol) { return is_symbol(symbol) && ++at_ > 0; }

  // ---- Conditions ----

  Node any(std::size_t level) {
    Node first = all(level);
    if (!is_word("or")) return first;
    Node node{Node::Kind::any, {}, {}};
    node.children.push_back(std::move(first));
    while (take_word("or")) node.children.push_back(all(level));
    return node;
  }

  Node all(std::size_t level) {
    Node first = single(level);
    if (!is_word("and")) return first;
    Node node{Node::Kind::all, {}, {}};
    node.children.push_back(std::move(first));
    while (take_word("and")) node.children.push_back(single(level));
    return node;
  }

  Node single(std::size_t level) {
    if (level > most_nested) fail(fmt::format("there are more than {} levels", most_nested));
    if (take_word("not")) {
      Node node{Node::Kind::negation, {}, {}};
      node.children.push_back(single(level + 1));
      return node;
    }
    if (take_symbol("(")) {
      Node node = any(level + 1);
      if (!take_symbol(")")) unexpected("AND, OR or )");
      return node;
    }
    if (++tests_ > most_tests) fail(fmt::format("there are more than {} tests", most_tests));
    return {Node::Kind::test, test(), {}};
  }

  // With NOT at single tests only, and no AND within an AND.
  static Node plainly(const Node& node, bool negated) {
    if (node.kind == Node::Kind::negation) return plainly(node.children.front(), !negated);
    if (node.kind == Node::Kind::test) return negated ? Node{Node::Kind::negation, {}, {node}} : node;
    const bool all = (node.kind == Node::Kind::all) != negated;
    Node plain{all ? Node::Kind::all : Node::Kind::any, {}, {}};
    for (const Node& child : node.children) {
      Node part = plainly(child, negated);
      if (part.kind == plain.kind)
        std::move(part.children.begin(), part.children.end(), std::back_inserter(plain.children));
      else
        plain.children.push_back(std::move(part));
    }
    return plain;
  }

  static std::size_t levels(const Node& node) {
    std::size_t deepest = 0;
    for (const Node& child : node.children) deepest = std::max(deepest, levels(child));
    return deepest + (node.kind == Node::Kind::all || node.kind == Node::Kind::any ? 1 : 0);
  }

  Test test() {
    Test test;
    test.column = column();
    const Column& column = test.column;
    for (const auto& [symbol, op] : {std::pair{"=", Operator::equal},
                                     {"!=", Operator::unequal},
                                     {"<", Operator::less},
                                     {"<=", Operator::at_most},
                                     {">", Operator::greater},
                                     {">=", Operator::at_least}}) {
      if (!take_symbol(symbol)) continue;
      test.op = op;
      test.values.push_back(value(column));
      return test;
    }
    if (take_word("is")) {
      test.negated = take_word("not");
      if (take_word("null")) {
        test.op = Operator::null;
      } else if (is_word("nan")) {
        if (column.section != Section::metric) fail("only metrics can be NAN");
        ++at_;
        test.op = Operator::nan;
      } else {
        unexpected("NULL or NAN");
      }
      return test;
    }
    test.negated = take_word("not");
    if (is_word("like") || is_word("ilike")) {
      if (column.kind != Kind::text) fail("only texts are LIKE something", "compare with = != < <= > >= or BETWEEN");
      test.op = is_word("like") ? Operator::like : Operator::ilike;
      ++at_;
      test.values.push_back(pattern());
    } else if (take_word("between")) {
      test.op = Operator::between;
      test.values.push_back(value(column));
      if (!take_word("and")) unexpected("AND");
      test.values.push_back(value(column));
    } else if (take_word("in")) {
      test.op = Operator::in;
      if (!take_symbol("(")) unexpected("( and a list of values");
      do {
        if (test.values.size() == most_listed) fail(fmt::format("there are more than {} values", most_listed));
        test.values.push_back(value(column));
      } while (take_symbol(","));
      if (!take_symbol(")")) unexpected(", or )");
    } else {
      const std::string hint = "comparisons are = != < <= > >= LIKE ILIKE IN BETWEEN IS";
      unexpected("a comparison", hint);
    }
    for (const Literal& literal : test.values)
      if (literal.is_text() != test.values.front().is_text()) fail("texts and numbers are mixed before this");
    return test;
  }

  // ---- Columns ----

  Column single_column(std::string_view doing) {
    const std::size_t place = token().place;
    Column found = column();
    if (found.section == Section::dataset)
      source_.fail(place, fmt::format("a run has any number of datasets, so there is nothing to {}", doing));
    return found;
  }

  Column column() {
    const Token& here = token();
    if (here.kind == Token::Kind::word && is_symbol("(", 1)) return aggregate();
    if (here.kind == Token::Kind::column) {
      ++at_;
      return in_section(here);
    }
    const bool bare =
        here.kind == Token::Kind::word || here.kind == Token::Kind::quoted || here.kind == Token::Kind::name;
    if (!bare)
      unexpected("a column", here.kind == Token::Kind::number || here.kind == Token::Kind::text
                                 ? "the column comes first: metrics.loss < 0.5"
                                 : "");
    ++at_;
    return attribute(here, here.text);
  }

  Column in_section(const Token& here) const {
    const auto found = std::find_if(section_names.begin(), section_names.end(),
                                    [&](const SectionName& entry) { return entry.name == here.text; });
    if (found == section_names.end())
      source_.fail(here.place, fmt::format("there is no section {}", quoted(here.text)),
                   suggest(here.text, {"metrics", "params", "tags", "attributes", "datasets"}));
    switch (found->section) {
      case Section::attribute:
        return attribute(here, here.key);
      case Section::dataset:
        if (std::find(dataset_names.begin(), dataset_names.end(), here.key) == dataset_names.end())
          source_.fail(here.place, fmt::format("datasets have no {}", quoted(here.key)),
                       suggest(here.key, names_in(dataset_names, [](auto name) { return name; })));
        return {Section::dataset, here.key, Aggregate::last, Kind::text};
      case Section::metric:
        return {Section::metric, here.key, Aggregate::last, Kind::number};
      default:
        return {found->section, here.key, Aggregate::last, Kind::text};
    }
  }

  Column attribute(const Token& here, const std::string& name) const {
    for (const auto& entry : attribute_names)
      if (entry.name == name) return {Section::attribute, std::string(entry.attribute), Aggregate::last, entry.kind};
    std::vector<std::string> known;
    for (const auto& entry : attribute_names)
      if (entry.name == entry.attribute) known.emplace_back(entry.name);
    const std::string close = did_you_mean(name, known);
    source_.fail(here.place, fmt::format("runs have no attribute {}", quoted(name)),
                 close.empty()
                     ? fmt::format("write {}, {} or {}; attributes are {}", in_section_named(Section::metric, name),
                                   in_section_named(Section::param, name), in_section_named(Section::tag, name),
                                   join(known, ", "))
                     : close);
  }

  Column aggregate() {
    const Token& here = token();
    std::optional<Aggregate> which;
    for (const auto& entry : NameTable<Aggregate>::entries)
      if (entry.name == to_lower_ascii(here.text)) which = entry.value;
    if (!which)
      fail(fmt::format("there is no function {}", quoted(here.text)), suggest(here.text, names_of<Aggregate>()));
    at_ += 2;
    const std::size_t place = token().place;
    Column inner = column();
    if (inner.section != Section::metric || inner.aggregate != Aggregate::last)
      source_.fail(place, fmt::format("{} is of a metric", here.text), fmt::format("{}(metrics.loss)", here.text));
    if (!take_symbol(")")) unexpected(")");
    inner.aggregate = *which;
    return inner;
  }

  // ---- Values ----

  Literal value(const Column& column) {
    const Token here = token();
    const bool text = here.kind == Token::Kind::text || here.kind == Token::Kind::quoted;
    const bool number = here.kind == Token::Kind::number;
    if (here.kind == Token::Kind::name)
      fail(fmt::format("backticks are for names, not for the value {}", quoted(here.text)), "put it in single quotes");
    if (column.kind == Kind::time) return time();
    const bool duration = here.kind == Token::Kind::duration && column.kind == Kind::duration;
    if (!text && !number && !duration) {
      if (here.kind == Token::Kind::word || here.kind == Token::Kind::column || here.kind == Token::Kind::duration)
        unexpected("a value", column.kind == Kind::text ? "put texts in single quotes" : "write a number");
      unexpected("a value");
    }
    const bool takes_number =
        column.kind != Kind::text || column.section == Section::param || column.section == Section::tag;
    if (number && !takes_number)
      fail(fmt::format("{} is a text, {} a number", to_text(column), quoted(here.text)),
           fmt::format("put it in quotes: '{}'", here.text));
    if (text && column.kind != Kind::text)
      fail(fmt::format("{} is a number, {} a text", to_text(column), quoted(here.text, 40)),
           parse_double(here.text) ? "write it without quotes: " + here.text : "");
    ++at_;
    if (text) return {here.text};
    return {here.number};
  }

  Literal time() {
    const Token here = token();
    ++at_;
    if (here.kind == Token::Kind::number) {
      if (const auto whole = parse_int(here.text)) return {*whole};
      return {here.number};
    }
    if (here.kind == Token::Kind::word && to_lower_ascii(here.text) == "now") return {to_ms(now_)};
    if (here.kind == Token::Kind::duration) {
      if (!take_word("ago")) unexpected("AGO", fmt::format("a time is {} ago", here.text));
      return {to_ms(now_) - static_cast<std::int64_t>(std::llround(here.number * 1000))};
    }
    --at_;
    const bool text = here.kind == Token::Kind::text || here.kind == Token::Kind::quoted;
    const auto known = text ? parse_iso_time(here.text) : std::nullopt;
    if (!known) unexpected("a time", "times are '2026-03-01', '2026-03-01T12:30:00Z', milliseconds, now, 7d ago");
    ++at_;
    return {to_ms(*known)};
  }

  // With a backslash for escape, which MLflow's patterns do not have.
  Literal pattern() {
    const Token here = token();
    if (here.kind != Token::Kind::text && here.kind != Token::Kind::quoted)
      unexpected("a pattern", "patterns are texts: LIKE 'cnn%'");
    if (here.text.size() > most_pattern || std::count(here.text.begin(), here.text.end(), '%') > most_wildcards)
      fail(fmt::format("the pattern has more than {} bytes or {} %", most_pattern, most_wildcards));
    ++at_;
    std::string escape;
    if (take_word("escape")) {
      escape = token().text;
      if ((token().kind != Token::Kind::text && token().kind != Token::Kind::quoted) || escape.size() != 1)
        unexpected("one character in quotes");
      ++at_;
    }
    std::string pattern;
    for (std::size_t i = 0; i < here.text.size(); ++i) {
      const char c = here.text[i];
      if (!escape.empty() && c == escape[0]) {
        if (++i == here.text.size()) source_.fail(here.place, "the pattern ends with its escape character");
        pattern += '\\';
        pattern += here.text[i];
      } else {
        if (c == '\\') pattern += '\\';
        pattern += c;
      }
    }
    return {std::move(pattern)};
  }

  const Source& source_;
  std::vector<Token> tokens_;
  Millis now_;
  std::size_t at_ = 0;
  std::size_t tests_ = 0;
};

// ---- Writing it back ----

std::string in_quotes(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out += quote;
}

std::string to_text(const Literal& literal) {
  if (const auto* text = std::get_if<std::string>(&literal.value)) return in_quotes(*text, '\'');
  if (const auto* whole = std::get_if<std::int64_t>(&literal.value)) return std::to_string(*whole);
  return shortest(std::get<double>(literal.value));
}

std::string to_text(const Test& test) {
  const std::string column = to_text(test.column);
  const std::string_view no = test.negated ? "NOT " : "";
  const auto value = [&](std::size_t i) { return to_text(test.values[i]); };
  switch (test.op) {
    case Operator::like:
    case Operator::ilike:
      return fmt::format("{} {}{} {} ESCAPE '\\'", column, no, test.op == Operator::like ? "LIKE" : "ILIKE", value(0));
    case Operator::between:
      return fmt::format("{} {}BETWEEN {} AND {}", column, no, value(0), value(1));
    case Operator::null:
      return fmt::format("{} IS {}NULL", column, no);
    case Operator::nan:
      return fmt::format("{} IS {}NAN", column, no);
    case Operator::in: {
      std::vector<std::string> values;
      for (const Literal& literal : test.values) values.push_back(to_text(literal));
      return fmt::format("{} {}IN ({})", column, no, join(values, ", "));
    }
    default: {
      constexpr std::array<std::string_view, 6> signs = {"=", "!=", "<", "<=", ">", ">="};
      return fmt::format("{} {} {}", column, signs.at(static_cast<std::size_t>(test.op)), value(0));
    }
  }
}

std::string written(const Node& node);

std::string in_parentheses(const Node& node) {
  const bool group = node.kind == Node::Kind::all || node.kind == Node::Kind::any;
  return group ? "(" + written(node) + ")" : written(node);
}

std::string written(const Node& node) {
  if (node.kind == Node::Kind::test) return to_text(node.test);
  if (node.kind == Node::Kind::negation) return "NOT " + written(node.children.front());
  std::vector<std::string> parts;
  for (const Node& child : node.children) {
    const bool binds = node.kind == Node::Kind::any && child.kind == Node::Kind::all;
    parts.push_back(binds ? written(child) : in_parentheses(child));
  }
  return join(parts, node.kind == Node::Kind::all ? " AND " : " OR ");
}

}  // namespace

std::string to_text(const Column& column) {
  std::string text;
  for (const auto& entry : section_names) {
    if (entry.section != column.section) continue;
    if (column.section != Section::attribute) text = std::string(entry.name) + ".";
    break;
  }
  const bool plain = std::all_of(column.key.begin(), column.key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
  text += plain ? column.key : in_quotes(column.key, '`');
  return column.aggregate == Aggregate::last ? text : fmt::format("{}({})", name_of(column.aggregate), text);
}

std::vector<SortKey> parse_order(std::string_view text) {
  const Source source(text, "the sort keys");
  return Parser(source, {}).order();
}

std::vector<Column> parse_columns(std::string_view text) {
  const Source source(text, "the columns");
  return Parser(source, {}).columns();
}

}  // namespace filter

Filter Filter::parse(std::string_view text, Millis now) {
  const filter::Source source(text, "the filter");
  auto root = filter::Parser(source, now).filter();
  Filter made;
  if (root) made.root_ = std::make_shared<const filter::Node>(std::move(*root));
  return made;
}

std::string Filter::text() const { return root_ == nullptr ? "" : filter::written(*root_); }

Sql Filter::condition(const std::string& gone) const {
  if (root_ == nullptr) return {"1", {}};
  return filter::condition(*root_, {"r.id", gone});
}

}  // namespace mlsys::track
