// The types a column can have, and how text becomes a value of one: the same rules for every source.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mlsys/base/export.hpp"
#include "mlsys/base/names.hpp"

namespace mlsys::data {

enum class ColumnType { boolean, integer, real, text, date, timestamp };

struct ColumnInfo {
  std::string name;
  ColumnType type = ColumnType::text;
  bool operator==(const ColumnInfo&) const = default;
};

// Dates count days, timestamps microseconds.
inline constexpr std::int64_t day_microseconds = 86'400'000'000;

// How text is read as a value. Blanks around booleans, numbers and times are ignored; nothing depends on the locale.
//
// Strict reading serves inference: a value counts as typed only when nothing is lost by it.
//   boolean    true, false, in any case
//   integer    decimal digits with an optional minus, within 64 bits; no leading zero ("007" is text), no plus
//   real       the same with a fraction or an exponent; integers within ±2^53; "nan" and "inf" are text
//   date       YYYY-MM-DD, a day that exists; 01/02/2024 is never guessed
//   timestamp  YYYY-MM-DD, 'T' or a blank, hh:mm[:ss[.fraction]], optionally Z or ±hh[:mm]; naive is UTC; times between
//              two microseconds are text
// Lenient reading serves columns whose type is known (contract, bundle): also 0 and 1 as booleans, a plus, leading
// zeros, integral reals such as 3.0 as integers, nan and inf as reals, integers beyond 2^53 as reals, a date as a
// timestamp (midnight), nanoseconds, which are cut.
enum class Reading { strict, lenient };

// The whole text as a value, or nothing.
MLSYS_EXPORT std::optional<bool> parse_boolean(std::string_view text, Reading reading);
MLSYS_EXPORT std::optional<std::int64_t> parse_integer(std::string_view text, Reading reading);
MLSYS_EXPORT std::optional<double> parse_real(std::string_view text, Reading reading);
MLSYS_EXPORT std::optional<std::int64_t> parse_date(std::string_view text);  // days since 1970-01-01
// Microseconds since 1970-01-01, UTC.
MLSYS_EXPORT std::optional<std::int64_t> parse_timestamp(std::string_view text, Reading reading = Reading::lenient);

// The text that a value of the type has in reports (see As::text in frame.hpp); nothing when the text, read leniently,
// is no such value.
MLSYS_EXPORT std::optional<std::string> canonical_text(std::string_view text, ColumnType type);

// The set of types that every value seen so far has; a column's type is settled once all values have been seen.
class MLSYS_EXPORT TypeCandidates {
 public:
  using Mask = std::uint8_t;
  static Mask of(std::string_view value);  // strict reading; text is always possible and has no bit
  void see(std::string_view value) { add(of(value)); }
  void add(Mask mask) {
    mask_ = static_cast<Mask>(mask_ & mask);
    seen_ = true;
  }
  [[nodiscard]] bool seen() const { return seen_; }
  // boolean, integer, real, date, timestamp: the first that is left, else text; text when nothing was seen.
  [[nodiscard]] ColumnType settled() const;

 private:
  Mask mask_ = 0xff;
  bool seen_ = false;
};

// Words that people and programs write for a missing value, in lower case, without blanks around them. None is taken
// for one unless somebody says so (SourceOptions::null_tokens).
MLSYS_EXPORT std::span<const std::string_view> null_words();

MLSYS_EXPORT std::string format_date(std::int64_t days);  // 2001-06-30; before the year 1 that is 0000, -0001, …
MLSYS_EXPORT std::string format_timestamp(
    std::int64_t microseconds);  // 2001-06-30T23:59:00Z, fraction when there is one

}  // namespace mlsys::data

template <>
struct mlsys::NameTable<mlsys::data::ColumnType> {
  using T = mlsys::data::ColumnType;
  static constexpr std::string_view what = "column type";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::boolean, "boolean", "true or false"},
      {T::integer, "integer", "64-bit integer"},
      {T::real, "real", "64-bit floating point number"},
      {T::text, "text", "UTF-8 text"},
      {T::date, "date", "calendar day"},
      {T::timestamp, "timestamp", "instant in UTC, microseconds"},
  });
};
