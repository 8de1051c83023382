#include "mlsys/profile/distance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "ext/boost/special.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::profile {
namespace {

// Products of row counts. __extension__, which keeps -Wpedantic quiet, goes with typedef alone.
__extension__ typedef unsigned __int128 WideCount;  // NOLINT(modernize-use-using)

double sum_of(std::span<const std::uint64_t> values) {
  return static_cast<double>(std::accumulate(values.begin(), values.end(), std::uint64_t{0}));
}

std::vector<double> shares_without_zero(std::span<const std::uint64_t> counts) {
  constexpr double least = 1e-4;
  const double sum = sum_of(counts);
  std::vector<double> shares;
  double smallest = 1;
  for (const std::uint64_t count : counts) {
    shares.push_back(static_cast<double>(count) / sum);
    if (count > 0) smallest = std::min(smallest, shares.back());
  }
  for (double& share : shares)
    if (share == 0) share = smallest <= least ? smallest / 1e6 : least;
  return shares;
}

}  // namespace

double ks_statistic_of_cumulative(std::span<const std::uint64_t> first, std::span<const std::uint64_t> second) {
  const std::uint64_t n1 = first.back();
  const std::uint64_t n2 = second.back();
  // Differences as fractions of n1 * n2, exact in integers.
  WideCount largest = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const WideCount left = WideCount{first[i]} * n2;
    const WideCount right = WideCount{second[i]} * n1;
    largest = std::max(largest, left > right ? left - right : right - left);
  }
  return static_cast<double>(largest) / (static_cast<double>(n1) * static_cast<double>(n2));
}

double jensen_shannon_distance(std::span<const std::uint64_t> first, std::span<const std::uint64_t> second) {
  const double n1 = sum_of(first);
  const double n2 = sum_of(second);
  double bits = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double p = static_cast<double>(first[i]) / n1;
    const double q = static_cast<double>(second[i]) / n2;
    const double middle = (p + q) / 2;
    if (p > 0) bits += p * std::log2(p / middle) / 2;
    if (q > 0) bits += q * std::log2(q / middle) / 2;
  }
  // Rounding can leave a divergence of equal distributions just below zero, or of disjoint ones just above one.
  return std::sqrt(std::clamp(bits, 0.0, 1.0));
}

double population_stability_index(std::span<const std::uint64_t> first, std::span<const std::uint64_t> second) {
  const std::vector<double> p = shares_without_zero(first);
  const std::vector<double> q = shares_without_zero(second);
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (first[i] + second[i] > 0) sum += (p[i] - q[i]) * std::log(p[i] / q[i]);
  return sum;
}

ChiSquaredResult chi_squared_homogeneity(std::span<const std::uint64_t> first, std::span<const std::uint64_t> second) {
  const double n1 = sum_of(first);
  const double n2 = sum_of(second);
  ChiSquaredResult result;
  std::uint64_t categories = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const double count = static_cast<double>(first[i]);
    const double both = count + static_cast<double>(second[i]);
    if (both == 0) continue;
    ++categories;
    const double expected1 = both * (n1 / (n1 + n2));
    const double expected2 = both * (n2 / (n1 + n2));
    // The deviations of a column of two cells are equal and opposite.
    const double deviation = count - expected1;
    result.statistic += deviation * deviation / expected1 + deviation * deviation / expected2;
  }
  if (categories < 2) return {};
  result.degrees = categories - 1;
  result.p_value = ext::boost_math::chi_squared_survival(result.statistic, static_cast<double>(result.degrees));
  return result;
}

std::vector<Cell> align(const Categories& reference, const Categories& current) {
  std::vector<Cell> cells;
  Cell other{"(other)", reference.other_rows, current.other_rows};
  auto i = reference.values.begin();
  auto j = current.values.begin();
  const auto end = reference.values.end();
  const auto last = current.values.end();
  while (i != end || j != last) {  // both are sorted by value
    if (i == end || (j != last && j->value < i->value)) {
      if (reference.other_rows > 0)
        other.current += j->count;
      else
        cells.push_back({j->value, 0, j->count});
      ++j;
      continue;
    }
    const bool both = j != last && j->value == i->value;
    cells.push_back({i->value, i->count, both ? j->count : 0});
    ++i;
    if (both) ++j;
  }
  if (other.reference + other.current > 0) cells.push_back(std::move(other));
  return cells;
}

std::vector<Cell> align(const Distribution& reference, const Distribution& current) {
  const auto first = cumulative(reference);
  const auto second = cumulative(current);
  std::vector<Cell> cells;
  std::string before;
  std::uint64_t reference_before = 0;
  std::uint64_t current_before = 0;
  const auto close = [&](const std::string& name, std::uint64_t up_to, std::uint64_t current_up_to) {
    cells.push_back({name, up_to - reference_before, current_up_to - current_before});
    reference_before = up_to;
    current_before = current_up_to;
  };
  std::uint64_t decile = 1;
  for (std::size_t i = 0; i < reference.points.size() && decile < 10; ++i) {
    const std::uint64_t up_to = first[2 * i + 1];
    const auto reached = [&] { return WideCount{up_to} * 10 >= WideCount{decile} * first.back(); };
    if (!reached()) continue;
    const std::string end = significant(reference.points[i], 6);
    close(before.empty() ? "up to " + end : before + " to " + end, up_to, second[2 * i + 1]);
    before = end;
    while (decile < 10 && reached()) ++decile;
  }
  close("above " + before, first.back(), second.back());
  return cells;
}

std::vector<Cell> align(const ColumnProfile& reference, const ColumnProfile& current) {
  return reference.kind == Kind::numeric ? align(reference.distribution, current.distribution)
                                         : align(reference.categories, current.categories);
}

Measure usual_measure(Kind kind) { return kind == Kind::numeric ? Measure::ks : Measure::js; }

double measure(const ColumnProfile& reference, const ColumnProfile& current, Measure measure) {
  if (measure == Measure::ks)
    return ks_statistic_of_cumulative(cumulative(reference.distribution), cumulative(current.distribution));
  std::vector<std::uint64_t> first;
  std::vector<std::uint64_t> second;
  for (const Cell& cell : align(reference, current)) {
    first.push_back(cell.reference);
    second.push_back(cell.current);
  }
  switch (measure) {
    case Measure::psi:
      return population_stability_index(first, second);
    case Measure::chi2:
      return chi_squared_homogeneity(first, second).p_value;
    default:
      return jensen_shannon_distance(first, second);
  }
}

}  // namespace mlsys::profile
