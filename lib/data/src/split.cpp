#include "mlsys/data/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

void check_fractions(std::span<const double> fractions) {
  double sum = 0;
  for (const double fraction : fractions) {
    if (!(fraction > 0) || !(fraction < 1))
      throw Error(Code::usage, fmt::format("cannot split: {} is not a fraction between 0 and 1", shortest(fraction)));
    sum += fraction;
  }
  if (fractions.size() < 2 || fractions.size() > 255)
    throw Error(Code::usage, "cannot split: 2 to 255 parts are needed", "for example train=0.8,test=0.2");
  if (std::abs(sum - 1) > 1e-9)
    throw Error(Code::usage, fmt::format("cannot split: the fractions add up to {}, not 1", significant(sum, 6)));
}

namespace {

void check_parts(std::span<const std::uint8_t> parts, std::size_t count, std::string_view why) {
  std::vector<std::uint64_t> sizes(count);
  for (const std::uint8_t part : parts) ++sizes[part];
  for (std::size_t i = 0; i < count; ++i)
    if (sizes[i] == 0)
      throw Error(Code::usage,
                  fmt::format("cannot split {}: part {} would be empty{}", counted(parts.size(), "row"), i + 1, why));
}

// Gives the rows of `members` to parts in random order.
void deal(std::vector<std::uint64_t>& members, const std::vector<std::uint64_t>& sizes, Random& random,
          std::vector<std::uint8_t>& parts) {
  for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[random.below(i)]);
  std::size_t at = 0;
  for (std::size_t part = 0; part < sizes.size(); ++part)
    for (std::uint64_t k = 0; k < sizes[part]; ++k) parts[members[at++]] = static_cast<std::uint8_t>(part);
}

}  // namespace

std::vector<std::uint64_t> part_sizes(std::uint64_t rows, std::span<const double> fractions) {
  std::vector<std::uint64_t> sizes;
  std::vector<double> remainders;
  std::uint64_t dealt = 0;
  for (const double fraction : fractions) {
    const double exact = fraction * static_cast<double>(rows);
    // 0.7 × 10 is a little less than 7, by an error of the last digits.
    const double whole = std::floor(exact + std::max(1e-9, 1e-15 * exact));
    sizes.push_back(std::min(static_cast<std::uint64_t>(whole), rows - dealt));
    remainders.push_back(exact - whole);
    dealt += sizes.back();
  }
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; dealt < rows; i = (i + 1) % order.size(), ++dealt) ++sizes[order[i]];
  return sizes;
}

std::vector<std::uint8_t> split_random(std::uint64_t rows, std::span<const double> fractions, std::uint64_t seed) {
  check_fractions(fractions);
  // Shuffled parts rather than shuffled rows: one byte per row.
  std::vector<std::uint8_t> parts;
  parts.reserve(rows);
  const auto sizes = part_sizes(rows, fractions);
  for (std::size_t part = 0; part < sizes.size(); ++part)
    parts.insert(parts.end(), sizes[part], static_cast<std::uint8_t>(part));
  Random random(seed);
  for (std::size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[random.below(i)]);
  check_parts(parts, fractions.size(), "");
  return parts;
}

std::vector<std::uint8_t> split_stratified(std::span<const std::int32_t> strata, std::span<const double> fractions,
                                           std::uint64_t seed) {
  check_fractions(fractions);
  std::map<std::int32_t, std::vector<std::uint64_t>> rows_of;
  for (std::uint64_t row = 0; row < strata.size(); ++row) rows_of[strata[row]].push_back(row);
  std::vector<std::uint8_t> parts(strata.size());
  Random random(seed);
  // Cumulative rounding: after every stratum each part's total is the rounded share of the rows seen so far.
  std::vector<std::uint64_t> dealt(fractions.size());
  std::uint64_t seen = 0;
  for (auto& [stratum, members] : rows_of) {
    seen += members.size();
    const auto goal = part_sizes(seen, fractions);
    std::vector<std::uint64_t> sizes(fractions.size());
    std::uint64_t given = 0;
    for (std::size_t part = 0; part < sizes.size(); ++part) {
      sizes[part] =
          std::min<std::uint64_t>(goal[part] > dealt[part] ? goal[part] - dealt[part] : 0, members.size() - given);
      given += sizes[part];
    }
    for (std::size_t part = 0; given < members.size(); part = (part + 1) % sizes.size(), ++given) ++sizes[part];
    for (std::size_t part = 0; part < sizes.size(); ++part) dealt[part] += sizes[part];
    deal(members, sizes, random, parts);
  }
  check_parts(parts, fractions.size(), "");
  return parts;
}

std::vector<std::uint8_t> split_by_time(std::span<const std::int64_t> times, std::span<const double> fractions) {
  check_fractions(fractions);
  std::vector<std::int64_t> sorted(times.begin(), times.end());
  std::sort(sorted.begin(), sorted.end());
  // The first instant of every part but the first.
  std::vector<std::int64_t> starts;
  std::uint64_t end = 0;
  const auto sizes = part_sizes(sorted.size(), fractions);
  for (std::size_t part = 0; part + 1 < sizes.size(); ++part) {
    end += sizes[part];
    if (end < sorted.size()) starts.push_back(sorted[end]);
  }
  std::vector<std::uint8_t> parts;
  parts.reserve(times.size());
  for (const std::int64_t time : times)
    parts.push_back(static_cast<std::uint8_t>(std::upper_bound(starts.begin(), starts.end(), time) - starts.begin()));
  check_parts(parts, fractions.size(), ", since rows of the same instant are not parted");
  return parts;
}

std::vector<std::uint8_t> split_by_group(std::span<const std::int32_t> groups, std::span<const double> fractions,
                                         std::uint64_t seed) {
  check_fractions(fractions);
  std::map<std::int32_t, std::uint64_t> size_of;
  for (const std::int32_t group : groups) ++size_of[group];
  std::vector<std::pair<std::int32_t, std::uint64_t>> order(size_of.begin(), size_of.end());
  Random random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  const auto rows = static_cast<double>(groups.size());
  std::vector<double> filled(fractions.size());
  std::map<std::int32_t, std::uint8_t> part_of;
  for (const auto& [group, size] : order) {
    // The part that lacks most of what it should have; the first of equals.
    std::size_t best = 0;
    double best_lack = -std::numeric_limits<double>::infinity();
    for (std::size_t part = 0; part < filled.size(); ++part) {
      const double lack = 1 - filled[part] / (fractions[part] * rows);
      if (lack > best_lack + 1e-12) {
        best_lack = lack;
        best = part;
      }
    }
    filled[best] += static_cast<double>(size);
    part_of[group] = static_cast<std::uint8_t>(best);
  }
  std::vector<std::uint8_t> parts;
  parts.reserve(groups.size());
  for (const std::int32_t group : groups) parts.push_back(part_of[group]);
  check_parts(parts, fractions.size(), ", since rows of one group are not parted");
  return parts;
}

}  // namespace mlsys::data
