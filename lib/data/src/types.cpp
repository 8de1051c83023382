#include "mlsys/data/types.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

constexpr std::int64_t largest_exact = std::int64_t{1} << 53;

constexpr TypeCandidates::Mask bit(ColumnType type) {
  return static_cast<TypeCandidates::Mask>(1U << static_cast<unsigned>(type));
}

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline std::string_view strip_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// [-+]digits[.digits][e[-+]digits] with a digit before the exponent.
struct NumberShape {
  bool valid = false;
  bool integral = false;  // neither a point nor an exponent
  bool plus = false;
  bool leading_zero = false;  // more than one digit before the point, the first of them 0
  bool negative_exponent = false;
};

NumberShape number_shape(std::string_view text) {
  NumberShape shape;
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) shape.plus = text[i++] == '+';
  const std::size_t first = i;
  while (i < text.size() && is_digit(text[i])) ++i;
  std::size_t digits = i - first;
  shape.leading_zero = digits > 1 && text[first] == '0';
  shape.integral = true;
  if (i < text.size() && text[i] == '.') {
    shape.integral = false;
    const std::size_t fraction = ++i;
    while (i < text.size() && is_digit(text[i])) ++i;
    digits += i - fraction;
  }
  if (digits == 0) return shape;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    shape.integral = false;
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) shape.negative_exponent = text[i++] == '-';
    const std::size_t exponent = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    if (i == exponent) return shape;
  }
  shape.valid = i == text.size();
  return shape;
}

std::string_view without_plus(std::string_view text) {
  return !text.empty() && text.front() == '+' ? text.substr(1) : text;
}

std::optional<std::int64_t> to_int64(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The shape has been checked, so only the range can be wrong.
std::optional<double> to_double(std::string_view text, const NumberShape& shape) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    if (!shape.negative_exponent) return std::nullopt;
    return text.front() == '-' ? -0.0 : 0.0;
  }
  if (error != std::errc{} || end != text.data() + text.size() || std::isinf(value)) return std::nullopt;
  return value;
}

constexpr int no_digits = 1000;

// Two digits as a number, or no_digits; they must lie within the text.
inline int two_digits(std::string_view text, std::size_t at) {
  const auto tens = static_cast<unsigned char>(text[at] - '0');
  const auto ones = static_cast<unsigned char>(text[at + 1] - '0');
  return tens > 9 || ones > 9 ? no_digits : tens * 10 + ones;
}

// What most integers are: up to 18 digits, perhaps after a minus. False for all else, leading zeros included.
inline bool plain_integer(std::string_view text, std::int64_t& value) {
  constexpr std::size_t never_too_large = 18;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > never_too_large || (text.front() == '0' && text.size() > 1)) return false;
  value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    value = value * 10 + (c - '0');
  }
  if (negative) value = -value;
  return true;
}

inline bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

inline int days_in_month(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

// Howard Hinnant's days_from_civil (http://howardhinnant.github.io/date_algorithms.html).
inline std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

struct Civil {
  std::int64_t year;
  int month;
  int day;
};

Civil civil_from_days(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted = static_cast<int>((5 * day_of_year + 2) / 153);
  const int day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  const int month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

// The day of the first ten characters.
inline std::optional<std::int64_t> date_prefix(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int century = two_digits(text, 0);
  const int year = two_digits(text, 2);
  const int month = two_digits(text, 5);
  const int day = two_digits(text, 8);
  if (century == no_digits || year == no_digits || month < 1 || month > 12 || day < 1 ||
      day > days_in_month(century * 100 + year, month))
    return std::nullopt;
  return days_from_civil(century * 100 + year, month, day);
}

// Z or ±hh[[:]mm], in microseconds; nothing when malformed.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  if (text.size() < 3) return std::nullopt;
  const int hours = two_digits(text, 1);
  if (hours > 23) return std::nullopt;
  int minutes = 0;
  if (text.size() > 3) {
    const std::size_t at = text[3] == ':' ? 4 : 3;
    if (text.size() != at + 2) return std::nullopt;
    minutes = two_digits(text, at);
    if (minutes > 59) return std::nullopt;
  }
  const std::int64_t offset = (hours * 60 + minutes) * std::int64_t{60'000'000};
  return text[0] == '-' ? -offset : offset;
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

std::optional<bool> parse_boolean(std::string_view text, Reading reading) {
  text = strip_blanks(text);
  if (text.size() == 1 && reading == Reading::lenient) {
    if (text[0] == '0') return false;
    if (text[0] == '1') return true;
  }
  if (text.size() != 4 && text.size() != 5) return std::nullopt;
  const std::string lower = to_lower_ascii(text);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text, Reading reading) {
  if (std::int64_t plain = 0; plain_integer(text, plain)) return plain;
  text = strip_blanks(text);
  const NumberShape shape = number_shape(text);
  if (!shape.valid) return std::nullopt;
  if (reading == Reading::strict && (shape.plus || shape.leading_zero)) return std::nullopt;
  if (shape.integral) return to_int64(without_plus(text));
  if (reading == Reading::strict) return std::nullopt;
  const auto value = to_double(without_plus(text), shape);
  if (!value || *value != std::trunc(*value) || std::abs(*value) > static_cast<double>(largest_exact))
    return std::nullopt;
  return static_cast<std::int64_t>(*value);
}

std::optional<double> parse_real(std::string_view text, Reading reading) {
  text = strip_blanks(text);
  const NumberShape shape = number_shape(text);
  if (!shape.valid) {
    if (reading == Reading::strict) return std::nullopt;
    const std::string lower = to_lower_ascii(without_plus(text));
    if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (lower == "inf" || lower == "infinity") return std::numeric_limits<double>::infinity();
    if (lower == "-inf" || lower == "-infinity") return -std::numeric_limits<double>::infinity();
    return std::nullopt;
  }
  if (reading == Reading::strict) {
    if (shape.plus || shape.leading_zero) return std::nullopt;
    if (shape.integral) {
      const auto integer = to_int64(text);
      if (!integer || *integer > largest_exact || *integer < -largest_exact) return std::nullopt;
    }
  }
  return to_double(without_plus(text), shape);
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  text = strip_blanks(text);
  if (text.size() != 10) return std::nullopt;
  return date_prefix(text);
}

std::optional<std::int64_t> parse_timestamp(std::string_view text, Reading reading) {
  text = strip_blanks(text);
  const auto days = date_prefix(text);
  if (!days) return std::nullopt;
  const std::int64_t midnight = *days * day_microseconds;
  if (text.size() == 10) return midnight;
  if ((text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text.size() < 16 || text[13] != ':')
    return std::nullopt;
  const int hour = two_digits(text, 11);
  const int minute = two_digits(text, 14);
  if (hour > 23 || minute > 59) return std::nullopt;
  std::int64_t microseconds = (hour * 60 + minute) * std::int64_t{60'000'000};
  std::size_t at = 16;
  if (at < text.size() && text[at] == ':') {
    const int second = text.size() < 19 ? no_digits : two_digits(text, 17);
    if (second > 59) return std::nullopt;
    microseconds += second * std::int64_t{1'000'000};
    at = 19;
    if (at < text.size() && text[at] == '.') {
      const std::size_t first = ++at;
      std::int64_t unit = 100'000;
      for (; at < text.size() && is_digit(text[at]); ++at, unit /= 10) microseconds += (text[at] - '0') * unit;
      if (at == first || at - first > 9) return std::nullopt;
      constexpr std::size_t microseconds_digits = 6;
      if (reading == Reading::strict && at - first > microseconds_digits &&
          text.substr(first + microseconds_digits, at - first - microseconds_digits).find_first_not_of('0') !=
              std::string_view::npos)
        return std::nullopt;
    }
  }
  const auto offset = parse_offset(text.substr(at));
  if (!offset) return std::nullopt;
  return midnight + microseconds - *offset;
}

TypeCandidates::Mask TypeCandidates::of(std::string_view value) {
  value = strip_blanks(value);
  if (value.empty()) return 0;
  const char first = value.front();
  if (is_digit(first) || first == '-' || first == '.') {
    if (value.size() >= 10 && value[4] == '-') {
      if (parse_date(value)) return bit(ColumnType::date) | bit(ColumnType::timestamp);
      if (parse_timestamp(value, Reading::strict)) return bit(ColumnType::timestamp);
      return 0;
    }
    Mask mask = 0;
    if (parse_integer(value, Reading::strict)) mask |= bit(ColumnType::integer);
    if (parse_real(value, Reading::strict)) mask |= bit(ColumnType::real);
    return mask;
  }
  return parse_boolean(value, Reading::strict) ? bit(ColumnType::boolean) : Mask{0};
}

std::span<const std::string_view> null_words() {
  static constexpr std::string_view words[] = {"na",  "n/a", "#n/a", "n.a.", "nan",       "null",    "none",   "nil",
                                               "\\n", "-",   "--",   "?",    "undefined", "missing", "unknown"};
  return words;
}

ColumnType TypeCandidates::settled() const {
  if (!seen_) return ColumnType::text;
  for (const ColumnType type :
       {ColumnType::boolean, ColumnType::integer, ColumnType::real, ColumnType::date, ColumnType::timestamp})
    if ((mask_ & bit(type)) != 0) return type;
  return ColumnType::text;
}

std::optional<std::string> canonical_text(std::string_view text, ColumnType type) {
  const auto shown = [](const auto& value, const auto& format) {
    return value ? std::optional<std::string>(format(*value)) : std::nullopt;
  };
  switch (type) {
    case ColumnType::boolean:
      return shown(parse_boolean(text, Reading::lenient), [](bool value) { return value ? "true" : "false"; });
    case ColumnType::integer:
      return shown(parse_integer(text, Reading::lenient), [](std::int64_t value) { return std::to_string(value); });
    case ColumnType::real:
      return shown(parse_real(text, Reading::lenient), shortest);
    case ColumnType::date:
      return shown(parse_date(text), format_date);
    case ColumnType::timestamp:
      return shown(parse_timestamp(text), format_timestamp);
    case ColumnType::text:
      break;
  }
  return std::string(text);
}

std::string format_date(std::int64_t days) {
  const Civil civil = civil_from_days(days);
  return fmt::format("{}{:04}-{:02}-{:02}", civil.year < 0 ? "-" : "", std::abs(civil.year), civil.month, civil.day);
}

std::string format_timestamp(std::int64_t microseconds) {
  const std::int64_t days = floor_divide(microseconds, day_microseconds);
  const std::int64_t in_day = microseconds - days * day_microseconds;
  const std::int64_t seconds = in_day / 1'000'000;
  std::string text =
      fmt::format("{}T{:02}:{:02}:{:02}", format_date(days), seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (const std::int64_t fraction = in_day % 1'000'000; fraction != 0) {
    text += fmt::format(".{:06}", fraction);
    while (text.back() == '0') text.pop_back();
  }
  return text + 'Z';
}

}  // namespace mlsys::data
