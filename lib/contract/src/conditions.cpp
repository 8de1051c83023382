#include "conditions.hpp"

#include <fmt/format.h>

#include <limits>

#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::contract {

std::string mismatch(const Field& field, const std::string& text) {
  return "NOT regexp_full_match(" + text + ", " + data::Dataset::sql_text(*field.pattern) + ")";
}

std::string wrong_length(const Field& field, const std::string& text) {
  std::vector<std::string> failing;
  // Characters, of up to four bytes each, are counted only where the number of bytes does not decide.
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const auto fails = [&](const char* relation, std::uint64_t limit, std::uint64_t bytes) {
    failing.push_back(fmt::format("(strlen({0}) {1} {3} AND length({0}) {1} {2})", text, relation, limit, bytes));
  };
  if (const auto limit = field.min_length) fails("<", *limit, *limit > most / 4 ? most : 4 * *limit);
  if (const auto limit = field.max_length) fails(">", *limit, *limit);
  return "(" + join(failing, " OR ") + ")";
}

std::string range_text(const std::optional<std::string>& low, const std::optional<std::string>& high) {
  if (!high) return "at least " + *low;
  if (!low) return "at most " + *high;
  return "between " + *low + " and " + *high;
}

std::string one_of(const std::vector<std::string>& values) { return "one of " + some_of(values, 5); }

}  // namespace mlsys::contract
