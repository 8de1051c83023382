// What a filter means, said a second time and as plainly as possible: runs in memory, three-valued logic, one run after
// the other. Random filters over random runs are asked of both.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mlsys/base/random.hpp"

namespace oracle {

using Truth = std::optional<bool>;  // nothing: neither true nor false
inline Truth no(Truth a) { return a ? Truth(!*a) : a; }
inline Truth both(Truth a, Truth b) {
  if ((a && !*a) || (b && !*b)) return false;
  return a && b ? Truth(true) : Truth();
}
inline Truth either(Truth a, Truth b) { return no(both(no(a), no(b))); }

struct Input {
  std::string name, digest, context;
};
struct Run {
  std::string id, name, experiment, status, user, source;
  std::int64_t start = 0;
  std::optional<std::int64_t> end;
  std::map<std::string, std::string> params, tags;
  std::map<std::string, std::vector<double>> metrics;  // steps 0, 1, 2, ...
  std::vector<Input> inputs;
};

using Value = std::variant<double, std::string>;

// What a column is of a run: any number of values. A missing one is none.
struct Column {
  std::string text;                                          // as it is typed
  enum class Kind { number, text, free } kind = Kind::text;  // free: a text that may be compared with numbers
  std::function<std::vector<Value>(const Run&)> of;
  bool metric = false;  // has NaN
  bool many = false;    // of datasets
  bool time = false;
};

// A decimal number and nothing else, blanks around it aside.
inline std::optional<double> number_of(const std::string& text) {
  std::size_t i = text.find_first_not_of(" \t\n\v\f\r");
  if (i == std::string::npos) return std::nullopt;
  const std::size_t begin = i;
  if (text[i] == '+' || text[i] == '-') ++i;
  std::size_t digits = 0;
  const auto skip = [&] {
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) ++digits;
  };
  skip();
  if (i < text.size() && text[i] == '.') ++i, skip();
  if (digits == 0) return std::nullopt;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    digits = 0;
    skip();
    if (digits == 0) return std::nullopt;
  }
  if (text.find_first_not_of(" \t\n\v\f\r", i) != std::string::npos) return std::nullopt;
  return std::strtod(text.c_str() + begin, nullptr);
}

// LIKE over characters, not bytes.
inline std::vector<std::string> characters(const std::string& text) {
  std::vector<std::string> out;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) == 0x80)
      out.back() += c;
    else
      out.emplace_back(1, c);
  }
  return out;
}
inline bool like(std::string text, std::string pattern, bool fold, char escape = 0) {
  const auto lower = [](std::string& s) {
    for (char& c : s)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  };
  if (fold) lower(text), lower(pattern);
  const auto t = characters(text);
  std::vector<std::pair<std::string, bool>> p;  // and whether it stands for itself
  const auto raw = characters(pattern);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (escape != 0 && raw[i] == std::string(1, escape) && i + 1 < raw.size())
      p.emplace_back(raw[++i], true);
    else
      p.emplace_back(raw[i], raw[i] != "%" && raw[i] != "_");
  }
  std::vector<std::vector<char>> match(p.size() + 1, std::vector<char>(t.size() + 1, 0));
  match[0][0] = 1;
  for (std::size_t i = 1; i <= p.size(); ++i)
    for (std::size_t j = 0; j <= t.size(); ++j) {
      const bool any = !p[i - 1].second && p[i - 1].first == "%";
      const bool one = j > 0 && (p[i - 1].second ? p[i - 1].first == t[j - 1] : p[i - 1].first == "_");
      match[i][j] = static_cast<char>(any ? match[i - 1][j] || (j > 0 && match[i][j - 1]) : one && match[i - 1][j - 1]);
    }
  return match[p.size()][t.size()] != 0;
}

struct Filter {
  std::string text;
  std::function<Truth(const Run&)> of;
};

struct SortKey {
  std::string text;
  const Column* column;
  bool descending;
};

inline std::string in_quotes(const std::string& text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out += c == quote ? std::string(2, c) : std::string(1, c);
  return out + quote;
}

// -1, 0, 1 of values of one kind.
inline int compare(const Value& a, const Value& b) { return a < b ? -1 : b < a ? 1 : 0; }

// Runs in the order of the keys: values, then NaN, then none; the newest first among equals. `runs` is oldest first.
inline std::vector<const Run*> sorted(const std::vector<const Run*>& runs, const std::vector<SortKey>& keys) {
  std::vector<const Run*> out(runs.rbegin(), runs.rend());
  std::stable_sort(out.begin(), out.end(), [](const Run* a, const Run* b) { return a->start > b->start; });
  const auto rank = [](const std::vector<Value>& v) {
    return v.empty() ? 2 : std::holds_alternative<double>(v[0]) && std::isnan(std::get<double>(v[0])) ? 1 : 0;
  };
  for (auto key = keys.rbegin(); key != keys.rend(); ++key)
    std::stable_sort(out.begin(), out.end(), [&](const Run* a, const Run* b) {
      const auto x = key->column->of(*a), y = key->column->of(*b);
      const int p = rank(x), q = rank(y);
      if (p != q) return p < q;
      if (p != 0) return false;
      const int order = compare(x[0], y[0]);
      return key->descending ? order > 0 : order < 0;
    });
  return out;
}

class Generator {
 public:
  Generator(std::uint64_t seed, std::vector<Column> columns, std::int64_t now)
      : random_(seed), columns_(std::move(columns)), now_(now) {}

  Filter filter(int depth) {
    const auto what = random_.below(depth > 0 ? 7 : 3);
    if (what < 3) return test();
    if (what == 3) {
      Filter inner = filter(depth - 1);
      return {word("not") + " (" + inner.text + ")", [inner](const Run& run) { return no(inner.of(run)); }};
    }
    // A group is in parentheses, unless what is in it binds more tightly.
    const bool all = random_.below(2) == 0;
    Filter a = filter(depth - 1), b = filter(depth - 1);
    const bool bare = all && random_.below(2) == 0;
    std::string text = bare ? simple(a) + " " + word("and") + " " + simple(b)
                            : "(" + a.text + (all ? ") AND\n(" : ") OR (") + b.text + ")";
    return {text,
            [a, b, all](const Run& run) { return all ? both(a.of(run), b.of(run)) : either(a.of(run), b.of(run)); }};
  }

  std::vector<SortKey> order() {
    std::vector<SortKey> keys;
    const auto count = random_.below(4);
    while (keys.size() < count) {
      const Column& column = pick();
      if (column.many) continue;
      const bool descending = random_.below(2) == 0;
      keys.push_back({column.text + (descending              ? " " + word("desc")
                                     : random_.below(2) == 0 ? " ASC"
                                                             : ""),
                      &column, descending});
    }
    return keys;
  }

  mlsys::Random& random() { return random_; }

 private:
  static std::string simple(const Filter& filter) { return "(" + filter.text + ")"; }
  const Column& pick() { return columns_[random_.below(columns_.size())]; }
  std::string word(std::string lower) {
    if (random_.below(2) == 0)
      for (char& c : lower) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return lower;
  }
  std::string blank() { return random_.below(3) == 0 ? "" : " "; }
  std::string one_of(const std::vector<std::string>& texts) { return texts[random_.below(texts.size())]; }

  std::string some_text() {
    return one_of({"",       "1",       "2",        "10",    "2.50", "a",   "A",   "ab",
                   "cnn",    "CNN-2",   "it's",     "\"q\"", "50%",  "a_b", "axb", "grün",
                   "FAILED", "RUNNING", "FINISHED", "train", "test", "bob", "e0",  "e1"});
  }
  std::string some_pattern() {
    return one_of({"%",  "",    "a%",   "%b",    "_",       "a_b",   "C%", "c%", "%n%", "gr_n",
                   "%%", "50%", "FIN%", "t____", "%[a-z]%", "it''s", "*",  "?",  "%1%", "e_"});
  }
  double some_number() {
    const double numbers[] = {0,
                              1,
                              2,
                              2.5,
                              10,
                              -1,
                              0.25,
                              0.75,
                              std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity(),
                              3};
    return numbers[random_.below(std::size(numbers))];
  }
  static std::string typed(double number) {
    if (std::isinf(number)) return number < 0 ? "-inf" : "Infinity";
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%g", number);
    return buffer;
  }
  std::string typed(const std::string& text) { return in_quotes(text, random_.below(2) == 0 ? '\'' : '"'); }

  // A value and how it is typed.
  std::pair<Value, std::string> some_value(const Column& column, bool number) {
    if (column.time) {
      const auto ms = static_cast<std::int64_t>(random_.below(20)) * 1000;
      if (random_.below(3) == 0) return {static_cast<double>(now_ - ms), std::to_string(ms / 1000) + "s ago"};
      const std::int64_t time = now_ - ms;
      return {static_cast<double>(time), std::to_string(time)};
    }
    if (number) {
      const double value = some_number();
      return {value, typed(value)};
    }
    const std::string value = some_text();
    return {value, typed(value)};
  }

  Filter test() {
    const Column column = pick();
    const bool number =
        column.kind == Column::Kind::number || (column.kind == Column::Kind::free && random_.below(2) == 0);
    // The values that are compared: of a parameter asked about as a number, the number it is.
    const auto of = [column, number](const Run& run) {
      std::vector<Value> values = column.of(run);
      if (column.kind != Column::Kind::free || !number || values.empty()) return values;
      const auto read = number_of(std::get<std::string>(values[0]));
      return read ? std::vector<Value>{*read} : std::vector<Value>{};
    };
    const auto build = [&](const std::string& text, bool negated, const std::function<bool(const Value&)>& holds) {
      return Filter{text, [of, negated, holds](const Run& run) {
                      Truth found;
                      for (const Value& value : of(run)) {
                        const bool nan = std::holds_alternative<double>(value) && std::isnan(std::get<double>(value));
                        found = either(found.value_or(false), (!nan && holds(value)) != negated);
                      }
                      return found;
                    }};
    };
    const auto kind = random_.below(10);
    if (kind == 0) {
      const bool null = random_.below(2) == 0;
      return {column.text + " " + word("is") + (null ? " " : " NOT ") + word("null"),
              [column, null](const Run& run) { return Truth(column.of(run).empty() == null); }};
    }
    if (kind == 1 && column.metric) {
      const bool nan = random_.below(2) == 0;
      return {column.text + (nan ? " is nan" : " IS NOT NaN"), [column, nan](const Run& run) {
                const auto values = column.of(run);
                return values.empty() ? Truth() : Truth(std::isnan(std::get<double>(values[0])) == nan);
              }};
    }
    const bool negated = random_.below(3) == 0;
    const std::string not_word = negated ? " " + word("not") : "";
    if (kind == 2) {
      const auto a = some_value(column, number), b = some_value(column, number);
      return build(column.text + not_word + " between " + a.second + " and " + b.second, negated,
                   [a, b](const Value& v) { return compare(v, a.first) >= 0 && compare(v, b.first) <= 0; });
    }
    if (kind == 3) {
      std::vector<Value> values;
      std::string text = column.text + not_word + " " + word("in") + blank() + "(";
      const auto count = 1 + random_.below(4);
      while (values.size() < count) {
        const auto [value, shown] = some_value(column, number);
        text += (values.empty() ? "" : ",") + blank() + shown;
        values.push_back(value);
      }
      return build(text + ")", negated, [values](const Value& v) {
        return std::any_of(values.begin(), values.end(), [&](const Value& one) { return compare(v, one) == 0; });
      });
    }
    if (kind < 6 && !number && !column.time) {
      const bool fold = random_.below(2) == 0;
      const bool escaped = random_.below(4) == 0;
      const std::string pattern = escaped ? one_of({"50!%", "a!_b", "%!%", "!a%"}) : some_pattern();
      return build(column.text + not_word + " " + word(fold ? "ilike" : "like") + " " + in_quotes(pattern, '\'') +
                       (escaped ? " ESCAPE '!'" : ""),
                   negated,
                   [=](const Value& v) { return like(std::get<std::string>(v), pattern, fold, escaped ? '!' : '\0'); });
    }
    const auto [value, shown] = some_value(column, number);
    const auto test = [v = value](const std::string& sign, const Value& x) {
      const int order = compare(x, v);
      return sign == "="    ? order == 0
             : sign == "<"  ? order < 0
             : sign == "<=" ? order <= 0
             : sign == ">"  ? order > 0
                            : order >= 0;
    };
    const std::string sign = one_of({"=", "!=", "<", "<=", ">", ">="});
    const std::string text = column.text + blank() + sign + blank() + shown;
    if (sign == "!=") return build(text, true, [test](const Value& x) { return test("=", x); });
    return build(text, false, [test, sign](const Value& x) { return test(sign, x); });
  }

  mlsys::Random random_;
  std::vector<Column> columns_;
  std::int64_t now_;
};

}  // namespace oracle
