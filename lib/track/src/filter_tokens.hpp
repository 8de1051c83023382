// The words of a filter.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/error.hpp"

namespace mlsys::track::filter {

struct Token {
  enum class Kind {
    end,
    word,      // a keyword or a bare attribute: text
    column,    // section.key: text is the section
    text,      // 'text'
    quoted,    // "text", which is a text or a name
    name,      // `name`
    number,    // number, and text as it was typed
    duration,  // number, in seconds
    symbol     // ( ) , = != < <= > >=
  };
  Kind kind = Kind::end;
  std::string text;
  std::string key;
  double number = 0;
  std::size_t place = 0;  // byte
};

// Errors about one text: "cannot read the filter at character 9: …".
class Source {
 public:
  Source(std::string_view text, std::string_view what) : text_(text), what_(what) {}
  [[nodiscard]] std::string_view text() const { return text_; }
  [[noreturn]] void fail(std::size_t place, std::string_view why, const std::string& hint = {}) const;

 private:
  std::string_view text_;
  std::string_view what_;
};

// Ends with one of Kind::end.
std::vector<Token> tokens_of(const Source& source);

}  // namespace mlsys::track::filter
