#include "numbers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "mlsys/profile/moments.hpp"

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
  // Halves, so that the width of the widest range does not overflow.
  const double width = histogram.high / 2 - histogram.low / 2;
  histogram.counts.assign(bins, 0);
  for (const double value : sorted) {
    const double place = (value / 2 - histogram.low / 2) / width * static_cast<double>(bins);
    ++histogram.counts[std::min(bins - 1, static_cast<std::size_t>(place))];
  }
  return histogram;
}

std::optional<double> auc(std::span<const double> values, std::span<const double> labels) {
  std::vector<std::uint32_t> order;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i]) && !std::isnan(labels[i])) order.push_back(static_cast<std::uint32_t>(i));
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  double pairs = 0;  // (negative below positive) counted twice, ties once
  double negatives = 0;
  double positives = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    double ones = 0;
    double zeros = 0;
    std::size_t end = begin;
    for (; end < order.size() && values[order[end]] == values[order[begin]]; ++end)
      (labels[order[end]] > 0 ? ones : zeros) += 1;
    pairs += ones * (2 * negatives + zeros);
    negatives += zeros;
    positives += ones;
    begin = end;
  }
  if (negatives == 0 || positives == 0) return std::nullopt;
  return pairs / (2 * negatives * positives);
}

std::optional<double> correlation_ratio(std::span<const std::int32_t> groups, std::size_t count,
                                        std::span<const double> targets) {
  std::vector<std::vector<double>> members(count);
  std::vector<double> all;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!std::isfinite(targets[i])) continue;
    members[static_cast<std::size_t>(groups[i])].push_back(targets[i]);
    all.push_back(targets[i]);
  }
  const Moments whole = moments_of(all);
  if (whole.m2 <= 0) return std::nullopt;
  double between = 0;
  for (const auto& group : members) {
    const Moments part = moments_of(group);
    if (part.count > 0)
      between += static_cast<double>(part.count) * (part.mean - whole.mean) * (part.mean - whole.mean);
  }
  return std::sqrt(std::clamp(between / whole.m2, 0.0, 1.0));
}

std::optional<double> correlation(std::span<const double> values, std::span<const double> targets) {
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]) || !std::isfinite(targets[i])) continue;
    x.push_back(values[i]);
    y.push_back(targets[i]);
  }
  const Moments of_x = moments_of(x);
  const Moments of_y = moments_of(y);
  if (x.size() < 2 || of_x.m2 <= 0 || of_y.m2 <= 0) return std::nullopt;
  std::vector<double> products(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) products[i] = (x[i] - of_x.mean) * (y[i] - of_y.mean);
  const Moments of_products = moments_of(products);
  const double covariance = of_products.mean * static_cast<double>(of_products.count);
  return std::clamp(covariance / (std::sqrt(of_x.m2) * std::sqrt(of_y.m2)), -1.0, 1.0);
}

}  // namespace mlsys::profile
