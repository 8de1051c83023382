#include "filter_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "mlsys/base/text.hpp"

namespace mlsys::track::filter {
namespace {

constexpr std::size_t most_bytes = 65'536;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool in_word(char c) { return begins_word(c) || is_digit(c); }
// There is no arithmetic, so that ndcg@10, val/loss and log-loss need no quotes.
bool in_key(char c) { return in_word(c) || c == '.' || c == '-' || c == '/' || c == '@' || c == ':'; }

class Lexer {
 public:
  explicit Lexer(const Source& source) : source_(source), text_(source.text()) {}

  std::vector<Token> all() {
    if (text_.size() > most_bytes)
      source_.fail(0, fmt::format("it has {} bytes, more than {}", text_.size(), most_bytes));
    if (!is_utf8(text_)) source_.fail(0, "it is not UTF-8");
    if (const auto nul = text_.find('\0'); nul != std::string_view::npos) source_.fail(nul, "there is a zero byte");
    std::vector<Token> tokens;
    do {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      tokens.push_back(next());
    } while (tokens.back().kind != Token::Kind::end);
    return tokens;
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  Token make(Token::Kind kind, std::string text) const { return {kind, std::move(text), {}, 0, start_}; }

  Token next() {
    start_ = at_;
    const char c = peek();
    if (at_ == text_.size()) return make(Token::Kind::end, "");
    if (c == '\'') return make(Token::Kind::text, quotation());
    if (c == '"' || c == '`') {
      std::string inside = quotation();
      if (peek() == '.') return column(std::move(inside));
      return make(c == '"' ? Token::Kind::quoted : Token::Kind::name, std::move(inside));
    }
    const bool sign = c == '-' || c == '+';
    const char first = sign ? peek(1) : c;
    if (is_digit(first) || (first == '.' && is_digit(peek(sign ? 2 : 1)))) return number(sign);
    if (begins_word(first)) {
      if (sign) ++at_;
      const std::size_t begin = at_;
      while (in_word(peek())) ++at_;
      std::string word(text_.substr(begin, at_ - begin));
      const std::string lower = to_lower_ascii(word);
      if (lower == "inf" || lower == "infinity") {
        Token token = make(Token::Kind::number, std::string(text_.substr(start_, at_ - start_)));
        token.number = c == '-' ? -HUGE_VAL : HUGE_VAL;
        return token;
      }
      if (sign)
        source_.fail(start_, fmt::format("there is a {} before {}", quoted(text_.substr(start_, 1)), quoted(word)));
      if (peek() == '.') return column(std::move(word));
      return make(Token::Kind::word, std::move(word));
    }
    for (const std::string_view symbol : {"==", "!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","}) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      at_ += symbol.size();
      return make(Token::Kind::symbol, symbol == "==" ? "=" : symbol == "<>" ? "!=" : std::string(symbol));
    }
    source_.fail(start_, fmt::format("there is no meaning to {}", quoted(text_.substr(at_, 1))),
                 c == '&'   ? "write AND"
                 : c == '|' ? "write OR"
                 : c == '!' ? "write NOT"
                            : "put texts and unusual names in quotes");
  }

  // Within quotes, the same quote twice is one.
  std::string quotation() {
    const char quote = peek();
    const std::size_t begin = at_++;
    std::string inside;
    while (true) {
      const auto end = text_.find(quote, at_);
      if (end == std::string_view::npos) source_.fail(begin, fmt::format("the quotation is not closed by {}", quote));
      inside += text_.substr(at_, end - at_);
      at_ = end + 1;
      if (peek() != quote) return inside;
      inside += quote;
      ++at_;
    }
  }

  // The key after the section and its dot.
  Token column(std::string section) {
    Token token = make(Token::Kind::column, std::move(section));
    const std::size_t begin = ++at_;
    if (peek() == '`' || peek() == '"') {
      token.key = quotation();
      if (token.key.empty()) source_.fail(begin, "there is no name between the quotes");
      return token;
    }
    while (in_key(peek())) ++at_;
    token.key = text_.substr(begin, at_ - begin);
    if (token.key.empty())
      source_.fail(begin, fmt::format("there is no name after {}", quoted(token.text + ".")),
                   peek() == '\'' ? fmt::format("put names in backticks or double quotes: {}.`name`", token.text) : "");
    return token;
  }

  Token number(bool sign) {
    Token token = make(Token::Kind::number, "");
    if (sign) ++at_;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), token.number);
    if (error != std::errc()) source_.fail(start_, "the number does not fit");
    at_ += static_cast<std::size_t>(end - begin);
    if (text_[start_] == '-') token.number = -token.number;
    token.text = text_.substr(start_, at_ - start_);
    const std::size_t unit_at = at_;
    while (in_word(peek())) ++at_;
    const std::string_view unit = text_.substr(unit_at, at_ - unit_at);
    if (unit.empty()) return token;
    for (const auto& [name, seconds] : {std::pair<std::string_view, double>{"ms", 0.001},
                                        {"s", 1.0},
                                        {"m", 60.0},
                                        {"h", 3600.0},
                                        {"d", 86'400.0},
                                        {"w", 604'800.0}}) {
      if (unit != name) continue;
      token.kind = Token::Kind::duration;
      token.number *= seconds;
      token.text = text_.substr(start_, at_ - start_);
      if (std::abs(token.number) > 1e11) source_.fail(start_, "the duration is longer than 3,000 years");
      return token;
    }
    source_.fail(start_,
                 fmt::format("{} is neither a number nor a duration", quoted(text_.substr(start_, at_ - start_))),
                 "durations are 90s, 15m, 1.5h, 7d, 2w; put texts in quotes");
  }

  const Source& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;
};

}  // namespace

void Source::fail(std::size_t place, std::string_view why, const std::string& hint) const {
  std::size_t character = 1;
  for (const char c : text_.substr(0, place)) character += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  throw Error(Code::usage, fmt::format("cannot read {} at character {}: {}", what_, character, why), hint);
}

std::vector<Token> tokens_of(const Source& source) { return Lexer(source).all(); }

}  // namespace mlsys::track::filter
