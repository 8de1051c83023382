#include <algorithm>
#include <cmath>
#include <numeric>

#include "categories.hpp"
#include "mlsys/profile/reference.hpp"

namespace mlsys::profile {
namespace {

std::uint64_t total(const Distribution& distribution) {
  return std::accumulate(distribution.at.begin(), distribution.at.end(), std::uint64_t{0}) +
         std::accumulate(distribution.below.begin(), distribution.below.end(), distribution.above);
}

// The same counts at more points: `finer` contains all of the distribution's own.
Distribution refine(const Distribution& coarse, const std::vector<double>& finer) {
  Distribution fine;
  fine.points = finer;
  fine.at.assign(finer.size(), 0);
  fine.below.assign(finer.size(), 0);
  std::size_t next = 0;  // into finer
  for (std::size_t i = 0; i < coarse.points.size(); ++i) {
    const double end = coarse.points[i];
    // Between its first point and minus infinity nothing is known: those values go next to the point.
    if (i == 0) {
      while (finer[next] < end) ++next;
      fine.below[next] = coarse.below[0];
    } else {
      const double begin = coarse.points[i - 1];
      const double count = static_cast<double>(coarse.below[i]);
      std::uint64_t given = 0;
      for (; finer[next] < end; ++next) {
        const double width = end / 2 - begin / 2;  // halves cannot overflow, but of the smallest numbers they are equal
        const double share = width > 0 ? (finer[next] / 2 - begin / 2) / width : 0.5;
        const auto up_to = std::max(given, static_cast<std::uint64_t>(std::llround(count * share)));
        fine.below[next] = up_to - given;
        given = up_to;
      }
      fine.below[next] = coarse.below[i] - given;
    }
    fine.at[next++] = coarse.at[i];
  }
  if (next < finer.size())
    fine.below[next] += coarse.above;
  else
    fine.above = coarse.above;
  return fine;
}

// Keeps the first, the last and evenly ranked points; what was at or below a dropped point is below the next kept one.
Distribution thin(const Distribution& full) {
  if (full.points.size() <= max_points) return full;
  const std::uint64_t count = total(full);
  std::vector<std::uint8_t> kept(full.points.size(), 0);
  kept.front() = kept.back() = 1;
  std::uint64_t seen = 0;
  std::size_t rank = 1;  // of max_points - 1 steps
  for (std::size_t i = 0; i < full.points.size() && rank + 1 < max_points; ++i) {
    seen += full.below[i] + full.at[i];
    for (; rank + 1 < max_points; ++rank) {
      const double wanted = static_cast<double>(rank) * static_cast<double>(count) / (max_points - 1);
      if (static_cast<double>(seen) < wanted) break;
      kept[i] = 1;
    }
  }
  Distribution thinned;
  std::uint64_t carried = 0;
  for (std::size_t i = 0; i < full.points.size(); ++i) {
    if (!kept[i]) {
      carried += full.below[i] + full.at[i];
      continue;
    }
    thinned.points.push_back(full.points[i]);
    thinned.below.push_back(carried + full.below[i]);
    thinned.at.push_back(full.at[i]);
    carried = 0;
  }
  thinned.above = full.above;
  return thinned;
}

}  // namespace

Distribution distribution_at(std::span<const double> sorted, std::span<const double> points) {
  Distribution result;
  result.points.assign(points.begin(), points.end());
  auto from = sorted.begin();
  for (const double point : points) {
    const auto [first, last] = std::equal_range(from, sorted.end(), point);
    result.below.push_back(static_cast<std::uint64_t>(first - from));
    result.at.push_back(static_cast<std::uint64_t>(last - first));
    from = last;
  }
  result.above = static_cast<std::uint64_t>(sorted.end() - from);
  return result;
}

Distribution distribution_of(std::span<const double> sorted) {
  std::vector<double> points;
  for (const double value : sorted) {
    if (!points.empty() && points.back() == value) continue;
    if (points.size() == max_points) {
      points.clear();
      break;
    }
    points.push_back(value == 0 ? 0.0 : value);  // no negative zero
  }
  if (points.empty() && !sorted.empty()) {
    const std::size_t last = sorted.size() - 1;
    for (std::size_t k = 0; k < max_points; ++k) {
      // floor(k * last / 255) without overflow
      const std::size_t steps = max_points - 1;
      const double value = sorted[last / steps * k + last % steps * k / steps];
      if (points.empty() || points.back() < value) points.push_back(value == 0 ? 0.0 : value);
    }
  }
  return distribution_at(sorted, points);
}

Distribution distribution_of_all(std::span<const double> sorted) {
  std::vector<double> points(sorted.begin(), sorted.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  for (double& point : points)
    if (point == 0) point = 0.0;  // no negative zero
  return distribution_at(sorted, points);
}

Distribution merge(const Distribution& a, const Distribution& b) {
  std::vector<double> points;
  std::set_union(a.points.begin(), a.points.end(), b.points.begin(), b.points.end(), std::back_inserter(points));
  Distribution sum = refine(a, points);
  const Distribution other = refine(b, points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    sum.at[i] += other.at[i];
    sum.below[i] += other.below[i];
  }
  sum.above += other.above;
  return thin(sum);
}

std::vector<std::uint64_t> cumulative(const Distribution& distribution) {
  std::vector<std::uint64_t> counts;
  counts.reserve(2 * distribution.points.size() + 1);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < distribution.points.size(); ++i) {
    counts.push_back(sum += distribution.below[i]);
    counts.push_back(sum += distribution.at[i]);
  }
  counts.push_back(sum + distribution.above);
  return counts;
}

std::optional<double> quantile(const Distribution& distribution, double share) {
  const std::uint64_t count = total(distribution);
  if (count == 0 || distribution.points.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < distribution.points.size(); ++i) {
    sum += distribution.below[i] + distribution.at[i];
    if (static_cast<double>(sum) >= share * static_cast<double>(count)) return distribution.points[i];
  }
  return distribution.points.back();
}

Categories merge(const Categories& a, const Categories& b) {
  Categories sum;
  auto i = a.values.begin();
  auto j = b.values.begin();
  while (i != a.values.end() || j != b.values.end()) {
    const bool left = j == b.values.end() || (i != a.values.end() && i->value <= j->value);
    const bool right = i == a.values.end() || (j != b.values.end() && j->value <= i->value);
    sum.values.push_back({left ? i->value : j->value, (left ? i->count : 0) + (right ? j->count : 0)});
    if (left) ++i;
    if (right) ++j;
  }
  sum.other_rows = a.other_rows + b.other_rows;
  sum.other_values = a.other_values + b.other_values;
  keep_most_frequent(sum);
  return sum;
}

void keep_most_frequent(Categories& categories) {
  auto& values = categories.values;
  if (values.size() <= max_categories) return;
  const auto cut = values.begin() + static_cast<std::ptrdiff_t>(max_categories);
  std::nth_element(values.begin(), cut, values.end(), [](const CategoryCount& x, const CategoryCount& y) {
    return x.count != y.count ? x.count > y.count : x.value < y.value;
  });
  for (auto it = cut; it != values.end(); ++it) categories.other_rows += it->count;
  categories.other_values += values.size() - max_categories;
  values.erase(cut, values.end());
  std::sort(values.begin(), values.end(),
            [](const CategoryCount& x, const CategoryCount& y) { return x.value < y.value; });
}

}  // namespace mlsys::profile
