#include "mlsys/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "utf8.hpp"
#include "width_tables.hpp"

namespace mlsys {
namespace {

template <std::size_t N>
bool contains(const width::Range (&table)[N], char32_t code) {
  const auto* after = std::upper_bound(std::begin(table), std::end(table), code,
                                       [](char32_t value, const width::Range& range) { return value < range.first; });
  return after != std::begin(table) && code <= std::prev(after)->last;
}

std::size_t columns_of(char32_t code) {
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return 0;
  if (code < 0x300) return 1;
  if (contains(width::zero, code)) return 0;
  return contains(width::wide, code) ? 2 : 1;
}

// Shown as a picture of two columns, by itself or with a variation selector after it.
bool is_pictograph(char32_t code) { return (code >= 0x203C && code <= 0x3299) || (code >= 0x1F000 && code < 0x20000); }

struct Cluster {
  std::size_t bytes;
  std::size_t columns;
};

// What a terminal shows in one place: a code point with, where it is an emoji, all that modifies it or is joined to it
// (UAX #29, UTS #51; the widths of wcwidth 0.2.13). `text` must not be empty.
Cluster first_cluster(std::string_view text) {
  constexpr char32_t joiner = 0x200D;
  constexpr char32_t emoji_variation = 0xFE0F;
  const auto base = utf8::first(text);
  Cluster cluster{base.bytes, columns_of(base.code)};
  const bool keycap = base.code == '#' || base.code == '*' || (base.code >= '0' && base.code <= '9');
  if (!is_pictograph(base.code) && !keycap && base.code != 0xA9 && base.code != 0xAE) return cluster;
  while (cluster.bytes < text.size()) {
    const auto next = utf8::first(text.substr(cluster.bytes));
    const bool skin_tone = next.code >= 0x1F3FB && next.code <= 0x1F3FF;
    if (next.code == emoji_variation || (skin_tone && !keycap)) {
      cluster.columns = 2;
    } else if (next.code == joiner && cluster.columns == 2 && cluster.bytes + next.bytes < text.size()) {
      const auto joined = utf8::first(text.substr(cluster.bytes + next.bytes));
      if (!is_pictograph(joined.code)) break;
      cluster.bytes += joined.bytes;
    } else {
      break;
    }
    cluster.bytes += next.bytes;
  }
  return cluster;
}

// Would change how the text around it is shown: line ends, C1 controls, marks that reorder.
bool is_unsafe(char32_t code) {
  return (code >= 0x80 && code < 0xA0) || (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x061C || code == 0xFEFF;
}

std::string escaped(const utf8::Unit& unit, std::string_view bytes) {
  if (!unit.valid) return fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes.front()));
  switch (unit.code) {
    case '\n':
      return "\\n";
    case '\t':
      return "\\t";
    case '\r':
      return "\\r";
    case '\'':
      return "\\'";
    case '\\':
      return "\\\\";
    default:
      break;
  }
  if (unit.code < 0x20 || unit.code == 0x7F) return fmt::format("\\x{:02x}", static_cast<unsigned>(unit.code));
  if (is_unsafe(unit.code)) return fmt::format("\\u{{{:x}}}", static_cast<unsigned>(unit.code));
  return std::string(bytes.substr(0, unit.bytes));
}

std::u32string lower_units(std::string_view text) {
  std::u32string units;
  while (!text.empty()) {
    const auto unit = utf8::first(text);
    units += unit.code >= 'A' && unit.code <= 'Z' ? unit.code + ('a' - 'A') : unit.code;
    text.remove_prefix(unit.bytes);
  }
  return units;
}

// Insertions, deletions, substitutions and swaps of neighbours.
std::size_t edits(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

// How many bytes at the beginning are ASCII, in whole words: what most text is made of.
std::size_t ascii_words(std::string_view bytes) {
  constexpr std::uint64_t beyond_ascii = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= bytes.size(); at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if ((word & beyond_ascii) != 0) break;
  }
  return at;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (;;) {
    bytes.remove_prefix(ascii_words(bytes));
    if (bytes.empty()) return true;
    const auto unit = utf8::first(bytes);
    if (!unit.valid) return false;
    bytes.remove_prefix(unit.bytes);
  }
}

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  while (!utf8.empty()) {
    const Cluster cluster = first_cluster(utf8);
    width += cluster.columns;
    utf8.remove_prefix(cluster.bytes);
  }
  return width;
}

std::string truncate_width(std::string_view utf8, std::size_t columns) {
  std::size_t width = 0;
  std::size_t kept = 0;  // the bytes that fit beside an ellipsis
  std::string_view rest = utf8;
  while (!rest.empty()) {
    const Cluster cluster = first_cluster(rest);
    width += cluster.columns;
    if (width > columns) return columns == 0 ? std::string() : std::string(utf8.substr(0, kept)) + "…";
    rest.remove_prefix(cluster.bytes);
    if (width < columns) kept = utf8.size() - rest.size();
  }
  return std::string(utf8);
}

std::string quoted(std::string_view text, std::size_t max_width) {
  std::string result = "'";
  std::size_t width = 0;
  std::size_t kept = 1;
  while (!text.empty()) {
    const auto unit = utf8::first(text);
    const std::string piece = escaped(unit, text);
    width += display_width(piece);
    result += piece;
    // Combining marks take no columns: they must not make a message endless either.
    if (width > max_width || result.size() > 8 * max_width + 8) {
      result.resize(kept);
      result += "…";
      break;
    }
    if (width < max_width) kept = result.size();
    text.remove_prefix(unit.bytes);
  }
  return result + "'";
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string result;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) result += separator;
    result += parts[i];
  }
  return result;
}

namespace {

struct AgeUnit {
  std::string_view name;
  std::uint64_t seconds;
};
constexpr AgeUnit age_units[] = {{"w", 604800}, {"d", 86400}, {"h", 3600}, {"min", 60}, {"m", 60}, {"s", 1}};

}  // namespace

std::optional<std::uint64_t> parse_age(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_int(text.substr(0, end));
  const std::string_view name = trim(text.substr(end));
  if (!number) return std::nullopt;
  constexpr std::int64_t longest = 1'000'000;  // of any unit
  for (const auto& unit : age_units)
    if (unit.name == name && *number <= longest) return static_cast<std::uint64_t>(*number) * unit.seconds;
  return std::nullopt;
}

std::string age_text(std::uint64_t seconds) {
  for (const auto& unit : age_units)
    if (seconds % unit.seconds == 0 && seconds >= unit.seconds)
      return std::to_string(seconds / unit.seconds) + std::string(unit.name);
  return "0s";
}

std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural) {
  std::string text = with_thousands(count) + " ";
  if (count == 1) return text.append(noun);
  return plural.empty() ? text.append(noun) + "s" : text.append(plural);
}

std::string some_of(const std::vector<std::string>& parts, std::size_t most) {
  if (parts.size() <= most) return join(parts, ", ");
  const std::vector<std::string> some(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(most));
  return join(some, ", ") + " and " + with_thousands(parts.size() - most) + " more";
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string to_lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return lower;
}

std::optional<std::string> closest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t longest = 200;  // nobody mistypes a longer one, and the work grows with the square
  if (word.empty() || word.size() > longest) return std::nullopt;
  const std::u32string wanted = lower_units(word);
  std::size_t best = std::max<std::size_t>(1, wanted.size() / 3) + 1;
  const std::string* found = nullptr;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > 2 * longest) continue;
    const std::u32string units = lower_units(candidate);
    const std::size_t difference =
        units.size() > wanted.size() ? units.size() - wanted.size() : wanted.size() - units.size();
    if (difference >= best) continue;
    const std::size_t distance = edits(wanted, units);
    // Words that have nothing in common are not alike, however short.
    if (distance < best && distance < std::max(units.size(), wanted.size())) {
      best = distance;
      found = &candidate;
    }
  }
  if (found == nullptr) return std::nullopt;
  return *found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto found = closest(word, candidates);
  return found ? "did you mean " + quoted(*found) + "?" : "";
}

}  // namespace mlsys
