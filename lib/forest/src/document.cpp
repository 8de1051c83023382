#include "document.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>

namespace mlsys::forest {
namespace {

constexpr int max_depth = 32;                  // XGBoost nests 8 deep
constexpr std::size_t max_values = 8'000'000;  // about 20 per tree

class Reader {
 public:
  explicit Reader(std::string_view bytes) : begin_(bytes.data()), end_(begin_ + bytes.size()), at_(begin_) {}

 protected:
  [[noreturn]] void fail(std::string_view what) const {
    throw Malformed{std::string(what) + " at byte " + std::to_string(at_ - begin_)};
  }
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  char peek() const {
    if (at_ == end_) fail("it ends early");
    return *at_;
  }
  char take() {
    const char c = peek();
    ++at_;
    return c;
  }
  void count_value() {
    if (++values_ > max_values) fail("it has too many values");
  }
  // Counts nesting while it lives.
  struct Deeper {
    explicit Deeper(Reader& reader) : depth(reader.depth_) {
      if (++depth > max_depth) reader.fail("it is nested too deeply");
    }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --depth; }
    int& depth;
  };
  void check_keys(const Members& members) const {
    std::vector<std::string_view> keys;
    keys.reserve(members.size());
    for (const auto& member : members) keys.push_back(member.first);
    std::ranges::sort(keys);
    if (std::ranges::adjacent_find(keys) != keys.end()) fail("an object has the same key twice, before the end");
  }

  const char* begin_;
  const char* end_;
  const char* at_;
  std::size_t values_ = 0;
  int depth_ = 0;
};

template <class T>
T big_endian(const char* bytes) {
  using Bits = std::conditional_t<sizeof(T) == 1, std::uint8_t,
                                  std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                                     std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;
  std::array<unsigned char, sizeof(T)> raw;
  std::memcpy(raw.data(), bytes, sizeof(T));
  Bits bits = 0;
  for (const unsigned char byte : raw) bits = static_cast<Bits>(static_cast<std::uint64_t>(bits) << 8 | byte);
  return std::bit_cast<T>(bits);
}

class Ubjson : Reader {
 public:
  using Reader::Reader;
  Value document() {
    auto value = read(take());
    if (at_ != end_) fail("it goes on after its end");
    return value;
  }

 private:
  template <class T>
  T fixed() {
    if (left() < sizeof(T)) fail("it ends early");
    const T value = big_endian<T>(at_);
    at_ += sizeof(T);
    return value;
  }

  double number(char type) {
    switch (type) {
      case 'i':
        return fixed<std::int8_t>();
      case 'U':
        return fixed<std::uint8_t>();
      case 'I':
        return fixed<std::int16_t>();
      case 'l':
        return fixed<std::int32_t>();
      case 'L':
        return static_cast<double>(fixed<std::int64_t>());
      case 'd':
        return static_cast<double>(fixed<float>());
      case 'D':
        return fixed<double>();
      default:
        fail("an unknown type");
    }
  }
  static std::size_t width(char type) {
    switch (type) {
      case 'i':
      case 'U':
        return 1;
      case 'I':
        return 2;
      case 'l':
      case 'd':
        return 4;
      case 'L':
      case 'D':
        return 8;
      default:
        return 0;
    }
  }

  std::size_t length() {
    const char type = take();
    if (type == 'd' || type == 'D' || width(type) == 0) fail("a length is not a whole number");
    const double value = number(type);
    if (value < 0 || value > static_cast<double>(left())) fail("a length exceeds the bytes that are there");
    return static_cast<std::size_t>(value);
  }

  std::string text() {
    const auto size = length();
    std::string result(at_, size);
    at_ += size;
    return result;
  }

  Value array() {
    const Deeper deeper(*this);
    if (peek() == '$') {
      take();
      const char type = take();
      if (width(type) == 0) fail("an array of an unknown type");
      if (take() != '#') fail("an array has a type but no length");
      const auto size = length();
      if (size > left() / width(type)) fail("an array exceeds the bytes that are there");
      Numbers numbers;
      numbers.reserve(size);
      for (std::size_t i = 0; i < size; ++i) numbers.push_back(number(type));
      return {std::move(numbers)};
    }
    Items items;
    if (peek() == '#') {
      take();
      const auto size = length();
      for (std::size_t i = 0; i < size; ++i) items.push_back(read(take()));
    } else {
      while (peek() != ']') items.push_back(read(take()));
      take();
    }
    return numbers_or(std::move(items));
  }

  static Value numbers_or(Items items) {
    const auto numeric = [](const Value& value) {
      return value.as<double>() != nullptr || value.as<bool>() != nullptr;
    };
    if (items.empty() || !std::ranges::all_of(items, numeric)) return {std::move(items)};
    Numbers numbers;
    numbers.reserve(items.size());
    for (const Value& value : items) {
      const bool* boolean = value.as<bool>();
      numbers.push_back(boolean != nullptr ? static_cast<double>(*boolean) : std::get<double>(value.data));
    }
    return {std::move(numbers)};
  }

  Value object() {
    const Deeper deeper(*this);
    Members members;
    while (peek() != '}') {
      auto key = text();
      members.emplace_back(std::move(key), read(take()));
    }
    take();
    check_keys(members);
    return {std::move(members)};
  }

  Value read(char type) {
    count_value();
    switch (type) {
      case '{':
        return object();
      case '[':
        return array();
      case 'S':
        return {text()};
      case 'C':
        return {std::string(1, take())};
      case 'T':
        return {true};
      case 'F':
        return {false};
      case 'Z':
        return {};
      default:
        return {number(type)};
    }
  }
};

class Text : Reader {
 public:
  using Reader::Reader;
  Value document() {
    auto value = read();
    space();
    if (at_ != end_) fail("it goes on after its end");
    return value;
  }

 private:
  void space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool accept(std::string_view word) {
    if (!std::string_view(at_, left()).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  void append_utf8(std::string& text, unsigned code) {
    if (code >= 0xD800 && code < 0xDC00) {
      if (!accept("\\u")) fail("half a surrogate pair");
      const unsigned low = hex();
      if (low < 0xDC00 || low > 0xDFFF) fail("half a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      fail("half a surrogate pair");
    }
    const auto add = [&](unsigned byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xC0 | code >> 6);
      add(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      add(0xE0 | code >> 12);
      add(0x80 | (code >> 6 & 0x3F));
      add(0x80 | (code & 0x3F));
    } else {
      add(0xF0 | code >> 18);
      add(0x80 | (code >> 12 & 0x3F));
      add(0x80 | (code >> 6 & 0x3F));
      add(0x80 | (code & 0x3F));
    }
  }
  unsigned hex() {
    unsigned code = 0;
    if (left() < 4) fail("a broken escape");
    const auto [end, error] = std::from_chars(at_, at_ + 4, code, 16);
    if (error != std::errc() || end != at_ + 4) fail("a broken escape");
    at_ += 4;
    return code;
  }

  std::string text() {
    if (take() != '"') fail("a quote is missing");
    std::string result;
    while (true) {
      const char c = take();
      if (c == '"') return result;
      if (static_cast<unsigned char>(c) < 0x20) fail("a control character in a text");
      if (c != '\\') {
        result += c;
        continue;
      }
      switch (take()) {
        case '"':
          result += '"';
          break;
        case '\\':
          result += '\\';
          break;
        case '/':
          result += '/';
          break;
        case 'b':
          result += '\b';
          break;
        case 'f':
          result += '\f';
          break;
        case 'n':
          result += '\n';
          break;
        case 'r':
          result += '\r';
          break;
        case 't':
          result += '\t';
          break;
        case 'u':
          append_utf8(result, hex());
          break;
        default:
          fail("an unknown escape");
      }
    }
  }

  // XGBoost reads a number with a fraction or exponent as float32, one without as an integer.
  double number() {
    if (accept("NaN")) return std::numeric_limits<double>::quiet_NaN();
    if (accept("-Infinity")) return -std::numeric_limits<double>::infinity();
    if (accept("Infinity")) return std::numeric_limits<double>::infinity();
    const char* stop = at_;
    while (stop != end_ && ((*stop >= '0' && *stop <= '9') || *stop == '-' || *stop == '+' || *stop == '.' ||
                            *stop == 'e' || *stop == 'E'))
      ++stop;
    const std::string_view token(at_, static_cast<std::size_t>(stop - at_));
    double result = 0;
    if (token.find_first_of(".eE") != token.npos) {
      float value = 0;
      const auto [end, error] = std::from_chars(at_, stop, value);
      if (error != std::errc() || end != stop) fail("a broken number");
      result = static_cast<double>(value);
    } else {
      std::int64_t value = 0;
      const auto [end, error] = std::from_chars(at_, stop, value);
      if (error != std::errc() || end != stop) fail("a broken number");
      result = static_cast<double>(value);
    }
    at_ = stop;
    return result;
  }

  Value array() {
    const Deeper deeper(*this);
    take();
    space();
    if (peek() == ']') {
      take();
      return {Items()};
    }
    Numbers numbers;
    Items items;
    const auto numeric = [](char c) { return c != '{' && c != '[' && c != '"' && c != 'n'; };
    const bool of_numbers = numeric(peek());
    while (true) {
      space();
      if (numeric(peek()) != of_numbers) fail("an array mixes numbers and other values");
      if (of_numbers)
        numbers.push_back(accept("true") ? 1. : accept("false") ? 0. : number());
      else
        items.push_back(read());
      space();
      const char next = take();
      if (next == ']') break;
      if (next != ',') fail("a comma is missing");
    }
    if (of_numbers) return {std::move(numbers)};
    return {std::move(items)};
  }

  Value object() {
    const Deeper deeper(*this);
    take();
    Members members;
    space();
    if (peek() == '}') {
      take();
      return {std::move(members)};
    }
    while (true) {
      space();
      auto key = text();
      space();
      if (take() != ':') fail("a colon is missing");
      members.emplace_back(std::move(key), read());
      space();
      const char next = take();
      if (next == '}') break;
      if (next != ',') fail("a comma is missing");
    }
    check_keys(members);
    return {std::move(members)};
  }

  Value read() {
    count_value();
    space();
    switch (peek()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return {text()};
      case 't':
        if (!accept("true")) fail("an unknown word");
        return {true};
      case 'f':
        if (!accept("false")) fail("an unknown word");
        return {false};
      case 'n':
        if (!accept("null")) fail("an unknown word");
        return {};
      default:
        return {number()};
    }
  }
};

}  // namespace

Value read_text(std::string_view text) { return Text(text).document(); }

Value read_document(std::span<const std::byte> bytes) {
  const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (view.size() < 2 || view[0] != '{') throw Malformed{"it is neither UBJSON nor JSON"};
  const bool text = view[1] == '"' || view[1] == ' ' || view[1] == '\n' || view[1] == '\r' || view[1] == '\t';
  return text ? Text(view).document() : Ubjson(view).document();
}

}  // namespace mlsys::forest
