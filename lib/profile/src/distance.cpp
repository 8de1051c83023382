#include "mlsys/profile/distance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace mlsys::profile {
namespace {

// Products of row counts. __extension__ does not go with `using`.
__extension__ typedef unsigned __int128 WideCount;  // NOLINT(modernize-use-using)

double sum_of(std::span<const std::uint64_t> values) {
  return static_cast<double>(std::accumulate(values.begin(), values.end(), std::uint64_t{0}));
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

double distance(const ColumnProfile& reference, const ColumnProfile& current) {
  if (reference.kind == Kind::numeric)
    return ks_statistic_of_cumulative(cumulative(reference.distribution), cumulative(current.distribution));
  // Both are sorted by value.
  std::vector<std::uint64_t> first;
  std::vector<std::uint64_t> second;
  auto i = reference.categories.values.begin();
  auto j = current.categories.values.begin();
  const auto end = reference.categories.values.end();
  const auto last = current.categories.values.end();
  while (i != end || j != last) {
    const bool left = j == last || (i != end && i->value <= j->value);
    const bool right = i == end || (j != last && j->value <= i->value);
    first.push_back(left ? i->count : 0);
    second.push_back(right ? j->count : 0);
    if (left) ++i;
    if (right) ++j;
  }
  first.push_back(reference.categories.other_rows);
  second.push_back(current.categories.other_rows);
  return jensen_shannon_distance(first, second);
}

}  // namespace mlsys::profile
