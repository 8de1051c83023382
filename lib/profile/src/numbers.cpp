#include "numbers.hpp"

#include <algorithm>
#include <cmath>

namespace mlsys::profile {

double quantile_of_sorted(std::span<const double> sorted, double share) {
  const double rank = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double between = rank - static_cast<double>(below);
  if (between == 0 || sorted[below] == sorted[below + 1]) return sorted[below];
  return sorted[below] * (1 - between) + sorted[below + 1] * between;
}

std::uint64_t count_distinct(std::span<const double> sorted) {
  std::uint64_t distinct = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) distinct += i == 0 || sorted[i] != sorted[i - 1];
  return distinct;
}

std::vector<ValueCount> top_of_sorted(std::span<const double> sorted, std::size_t most,
                                      const std::function<std::string(double)>& text) {
  std::vector<std::pair<std::uint64_t, double>> best;  // by falling count; equal counts stay in ascending order
  for (std::size_t begin = 0; begin < sorted.size() && most > 0;) {
    std::size_t end = begin + 1;
    while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
    const std::uint64_t count = end - begin;
    if (best.size() < most || best.back().first < count) {
      if (best.size() == most) best.pop_back();
      const auto place = std::find_if(best.begin(), best.end(), [&](const auto& one) { return one.first < count; });
      best.insert(place, {count, sorted[begin]});
    }
    begin = end;
  }
  std::vector<ValueCount> top;
  for (const auto& [count, value] : best) top.push_back({text(value), count});
  return top;
}

Histogram histogram_of_sorted(std::span<const double> sorted, std::size_t bins) {
  Histogram histogram;
  histogram.low = sorted.front();
  histogram.high = sorted.back();
  if (histogram.low == histogram.high) {
    histogram.counts = {sorted.size()};
    return histogram;
  }
  // Halves, so that the width of the widest range does not overflow; of the smallest numbers they would be equal.
  const double scale = std::isfinite(histogram.high - histogram.low) ? 1 : 0.5;
  const double width = histogram.high * scale - histogram.low * scale;
  histogram.counts.assign(bins, 0);
  for (const double value : sorted) {
    const double place = (value * scale - histogram.low * scale) / width * static_cast<double>(bins);
    ++histogram.counts[std::min(bins - 1, static_cast<std::size_t>(place))];
  }
  return histogram;
}

}  // namespace mlsys::profile
