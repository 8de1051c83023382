// Text as people and programs read it, independent of the locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"

namespace mlsys {

// Numbers. All of them ignore LC_NUMERIC.
MLSYS_EXPORT std::string shortest(double value);                 // round-trips; "nan", "inf", "-inf"
MLSYS_EXPORT std::string significant(double value, int digits);  // for tables: 0.7184, 1.2e-07
MLSYS_EXPORT std::string with_thousands(std::uint64_t value);    // 3,000,000
// "1 row", "3,000,000 rows"; the plural is the noun with an s unless it is given.
MLSYS_EXPORT std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural = {});
MLSYS_EXPORT std::string human_bytes(std::uint64_t bytes);               // 1.5 GiB
MLSYS_EXPORT std::string human_seconds(double seconds);                  // 85 ms, 12.3 s, 4 min 05 s
MLSYS_EXPORT std::optional<double> parse_double(std::string_view text);  // the whole text or nothing
MLSYS_EXPORT std::optional<std::int64_t> parse_int(std::string_view text);
MLSYS_EXPORT std::optional<std::uint64_t> parse_bytes(std::string_view text);  // 512M, 2GiB, 1048576

// Times, always UTC: 2026-03-01T12:30:00Z, with .123 when there are milliseconds.
MLSYS_EXPORT std::string iso_time(Millis time);
// ISO 8601 date or timestamp, optional fraction and offset; naive means UTC.
MLSYS_EXPORT std::optional<Millis> parse_iso_time(std::string_view text);

// Ages: "36h", "90 min" and "90m", "7d", "2w", "30s" in seconds, at most a million of any unit; nothing for other text.
MLSYS_EXPORT std::optional<std::uint64_t> parse_age(std::string_view text);
MLSYS_EXPORT std::string age_text(std::uint64_t seconds);  // the same, in the largest unit that it is a multiple of

// UTF-8.
MLSYS_EXPORT bool is_utf8(std::string_view bytes);
MLSYS_EXPORT std::size_t display_width(std::string_view utf8);  // terminal columns; wide and zero-width counted
MLSYS_EXPORT std::string truncate_width(std::string_view utf8, std::size_t columns);  // with an ellipsis when cut
// 'text' with quotes, control characters and invalid bytes escaped and long text cut: for messages.
MLSYS_EXPORT std::string quoted(std::string_view text, std::size_t max_width = 80);
// Exact matches, or else a std::string would find std::quoted instead.
inline std::string quoted(const std::string& text, std::size_t max_width = 80) {
  return quoted(std::string_view(text), max_width);
}
inline std::string quoted(const char* text, std::size_t max_width = 80) {
  return quoted(std::string_view(text), max_width);
}
inline std::string quoted(std::string& text, std::size_t max_width = 80) {
  return quoted(std::string_view(text), max_width);
}

MLSYS_EXPORT std::string join(const std::vector<std::string>& parts, std::string_view separator);
// The first `most` of them, and how many there are beside: "a, b and 3 more".
MLSYS_EXPORT std::string some_of(const std::vector<std::string>& parts, std::size_t most);
MLSYS_EXPORT std::vector<std::string> split(std::string_view text, char separator);
MLSYS_EXPORT std::string_view trim(std::string_view text);
MLSYS_EXPORT std::string to_lower_ascii(std::string_view text);

// The candidate a mistyped word most likely meant (Damerau–Levenshtein, at most a third of its length), if any.
MLSYS_EXPORT std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates);
// "did you mean 'x'?" or "" when nothing is close.
MLSYS_EXPORT std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace mlsys
