#include "compare.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "mlsys/base/text.hpp"
#include "mlsys/drift/statistics.hpp"

namespace mlsys::drift {
namespace {

using profile::CategoryCount;
using profile::Cell;
using profile::ColumnProfile;
using profile::Distribution;

constexpr std::size_t most_bins = 30;
constexpr std::size_t shown_categories = 20;
constexpr std::size_t shown_new = 20;

// A side with no value decides before any test. True when it did.
bool settled_without_values(ColumnDrift& drift, std::uint64_t reference, std::uint64_t current) {
  if (reference > 0 && current > 0) return false;
  drift.tested = reference > 0 || current > 0;
  drift.drifted = drift.tested;
  if (!drift.tested)
    drift.reason = "no value on either side";
  else
    drift.reason = std::string("no value in the ") + (reference == 0 ? "reference" : "current") + " data";
  return true;
}

void skip_identifier(ColumnDrift& drift) { drift.reason = "no value occurs twice: an identifier"; }

// Whole numbers that differ are numbers of rows only when they lie close to one another: amounts of seven digits seldom
// repeat either.
bool is_sequence(const profile::Moments& moments) {
  constexpr double most_per_value = 4;
  return moments.max - moments.min < most_per_value * static_cast<double>(moments.count);
}

// ---- numbers

// Sorted, without NaN.
struct Numbers {
  std::vector<double> values;
  profile::Moments moments;  // of the finite ones
  std::uint64_t infinite = 0;
  bool all_distinct = false;
};

Numbers take_numbers(data::Column& column, bool keep_infinite, bool as_float) {
  Numbers numbers;
  numbers.values = std::move(column.f64);
  auto& values = numbers.values;
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (as_float)
    for (double& value : values) value = static_cast<double>(static_cast<float>(value));
  profile::MomentsAccumulator accumulator;
  for (const double value : values) {
    if (std::isfinite(value))
      accumulator.add(value);
    else
      ++numbers.infinite;
  }
  numbers.moments = accumulator.result();
  if (!keep_infinite && numbers.infinite > 0) std::erase_if(values, [](double value) { return std::isinf(value); });
  std::sort(values.begin(), values.end());
  numbers.all_distinct = values.size() > 1 && std::adjacent_find(values.begin(), values.end()) == values.end();
  return numbers;
}

void summarize(SideSummary& side, const profile::Moments& moments) {
  if (moments.count > 0) side.mean = moments.mean;
  if (moments.count > 1) side.sd = moments.deviation();
}

std::span<const double> finite_part(const std::vector<double>& sorted) {
  const auto first = std::upper_bound(sorted.begin(), sorted.end(), -INFINITY);
  const auto last = std::lower_bound(first, sorted.end(), INFINITY);
  return {first, last};
}

// Values at or below x, those between two points spread evenly.
double count_up_to(const Distribution& distribution, double x) {
  double sum = 0;
  for (std::size_t i = 0; i < distribution.points.size(); ++i) {
    const double below = static_cast<double>(distribution.below[i]);
    if (distribution.points[i] > x) {
      if (i == 0) return sum;
      const double from = distribution.points[i - 1];
      return sum + below * ((x - from) / (distribution.points[i] - from));
    }
    sum += below + static_cast<double>(distribution.at[i]);
  }
  return sum;
}

std::vector<double> bin_shares(const Distribution& distribution, double low, double high, std::size_t bins) {
  const auto counts = profile::cumulative(distribution);
  const double all = counts.empty() ? 0 : static_cast<double>(counts.back());
  std::vector<double> shares(bins, 0);
  double before = 0;
  for (std::size_t i = 0; i < bins && all > 0; ++i) {
    const double end = low + (high - low) * (static_cast<double>(i + 1) / static_cast<double>(bins));
    const double up_to = i + 1 == bins ? all : count_up_to(distribution, end);
    shares[i] = (up_to - before) / all;
    before = up_to;
  }
  return shares;
}

void draw_bins(ColumnDrift& drift, const Distribution& reference, const Distribution& current) {
  const auto lowest = [](const Distribution& d) { return profile::quantile(d, 0.01); };
  const auto highest = [](const Distribution& d) { return profile::quantile(d, 0.99); };
  if (!lowest(reference) || !lowest(current)) return;
  drift.low = std::min(*lowest(reference), *lowest(current));
  drift.high = std::max(*highest(reference), *highest(current));
  std::size_t bins = most_bins;
  if (drift.type == data::ColumnType::integer && drift.high - drift.low < 1e15) {
    // Every bin around as many whole numbers as the others, or a comb would show.
    const double first = std::floor(drift.low);
    const double numbers = std::ceil(drift.high) - first + 1;
    const double width = std::ceil(numbers / static_cast<double>(most_bins));
    bins = static_cast<std::size_t>(std::ceil(numbers / width));
    drift.low = first - 0.5;
    drift.high = drift.low + width * static_cast<double>(bins);
  } else if (!(drift.low < drift.high)) {
    // One value, or nearly: a bin around it.
    const double margin = std::max(0.5, std::abs(drift.low) * 1e-6);
    drift.low -= margin;
    drift.high += margin;
  }
  drift.reference.shares = bin_shares(reference, drift.low, drift.high, bins);
  drift.current.shares = bin_shares(current, drift.low, drift.high, bins);
}

void note_infinite(ColumnDrift& drift, std::uint64_t reference, std::uint64_t current) {
  if (reference + current == 0) return;
  add_note(drift, "infinite values: " + with_thousands(reference) + " in the reference, " + with_thousands(current) +
                      " in the current data");
}

void finish_ks(ColumnDrift& drift, const KsResult& result, const std::string& how) {
  drift.tested = true;
  drift.test = "ks";
  drift.statistic = result.statistic;
  drift.p_value = result.p_value;
  drift.effect = result.statistic;
  drift.definition = "two-sample Kolmogorov-Smirnov D " + how + "; p two-sided, " +
                     (result.exact ? "exact" : "of Kolmogorov's finite distribution") + "; effect: D";
}

// ---- categories

struct Counts {
  profile::Categories categories;
  std::uint64_t total = 0;
  bool all_distinct = false;
};

std::uint64_t total_of(const profile::Categories& categories) {
  std::uint64_t total = categories.other_rows;
  for (const auto& one : categories.values) total += one.count;
  return total;
}

Counts count_values(const data::Column& column) {
  Counts counts;
  counts.categories = profile::count_categories(column);
  counts.total = total_of(counts.categories);
  const auto& values = counts.categories.values;
  counts.all_distinct =
      values.size() > 1 && std::all_of(values.begin(), values.end(), [](const auto& one) { return one.count == 1; });
  return counts;
}

Counts count_values(const ColumnProfile& column) {
  return {column.categories, total_of(column.categories), column.all_distinct};
}

void draw_categories(ColumnDrift& drift, std::vector<Cell> cells, const Counts& reference, const Counts& current) {
  std::stable_sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) {
    return std::max(a.reference, a.current) > std::max(b.reference, b.current);
  });
  Cell rest{"(other)", 0, 0};
  const auto push = [&](const Cell& cell) {
    drift.categories.push_back(cell.value);
    drift.reference.shares.push_back(static_cast<double>(cell.reference) / static_cast<double>(reference.total));
    drift.current.shares.push_back(static_cast<double>(cell.current) / static_cast<double>(current.total));
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i < shown_categories) {
      push(cells[i]);
      continue;
    }
    rest.reference += cells[i].reference;
    rest.current += cells[i].current;
  }
  if (rest.reference + rest.current > 0) push(rest);
}

void list_new(ColumnDrift& drift, const std::vector<Cell>& cells, bool all_known) {
  if (!all_known) return;
  std::uint64_t rows = 0;
  std::size_t values = 0;
  for (const auto& cell : cells) {
    if (cell.reference > 0) continue;
    drift.new_categories.push_back({cell.value, cell.current});
    rows += cell.current;
    ++values;
  }
  auto& fresh = drift.new_categories;
  std::stable_sort(fresh.begin(), fresh.end(),
                   [](const CategoryCount& a, const CategoryCount& b) { return a.count > b.count; });
  if (fresh.size() > shown_new) fresh.resize(shown_new);
  if (values > 0) add_note(drift, counted(values, "new value") + " in " + counted(rows, "row"));
}

}  // namespace

void add_note(ColumnDrift& drift, const std::string& text) {
  if (!drift.notes.empty()) drift.notes += "; ";
  drift.notes += text;
}

void compare_missing(ColumnDrift& drift, double threshold) {
  const SideSummary& before = drift.reference;
  const SideSummary& now = drift.current;
  if (before.missing + now.missing == 0 || before.missing == before.rows || now.missing == now.rows) return;
  const auto share = [](const SideSummary& side) {
    return static_cast<double>(side.missing) / static_cast<double>(side.rows);
  };
  const ChiSquaredResult result = chi_squared_homogeneity(std::array{before.missing, before.rows - before.missing},
                                                          std::array{now.missing, now.rows - now.missing});
  drift.missing = MissingTest{.statistic = result.statistic,
                              .p_value = result.p_value,
                              .effect = std::abs(share(now) - share(before)),
                              .threshold = threshold};
  drift.tested = true;
  constexpr double noticeable = 0.01;
  if (drift.missing->effect >= noticeable)
    add_note(drift, "missing values went from " + significant(100 * share(before), 3) + "% to " +
                        significant(100 * share(now), 3) + "%");
}

void compare_numbers(ColumnDrift& drift, const Reference& reference, data::Column& current, bool feature) {
  const auto* const* model = std::get_if<const ColumnProfile*>(&reference);
  const Numbers now = take_numbers(current, model == nullptr, model != nullptr && (*model)->float32);
  summarize(drift.current, now.moments);
  const auto is_identifier = [&](const auto& before) {
    return !feature && drift.type == data::ColumnType::integer && before.all_distinct && now.all_distinct &&
           is_sequence(before.moments) && is_sequence(now.moments);
  };
  if (model != nullptr) {
    const ColumnProfile& before = **model;
    summarize(drift.reference, before.moments);
    if (settled_without_values(drift, before.moments.count, now.values.size())) return;
    if (is_identifier(before)) return skip_identifier(drift);
    const Distribution at_points = profile::distribution_at(now.values, before.distribution.points);
    const auto first = profile::cumulative(before.distribution);
    const auto second = profile::cumulative(at_points);
    const KsResult result = ks_p_value(ks_statistic_of_cumulative(first, second), first.back(), second.back());
    finish_ks(drift, result,
              "at the " + std::to_string(before.distribution.points.size()) +
                  " points of the reference profile and just before them (at most 1/255 below that of all values)");
    draw_bins(drift, before.distribution, profile::distribution_of(now.values));
    note_infinite(drift, before.infinite, now.infinite);
    return;
  }
  const Numbers before = take_numbers(*std::get<data::Column*>(reference), true, false);
  summarize(drift.reference, before.moments);
  if (settled_without_values(drift, before.values.size(), now.values.size())) return;
  if (is_identifier(before)) return skip_identifier(drift);
  finish_ks(drift, ks_two_sample(before.values, now.values), "at every value");
  draw_bins(drift, profile::distribution_of(finite_part(before.values)),
            profile::distribution_of(finite_part(now.values)));
  note_infinite(drift, before.infinite, now.infinite);
}

void compare_categories(ColumnDrift& drift, const Reference& reference, const data::Column& current, bool feature) {
  const auto* const* model = std::get_if<const ColumnProfile*>(&reference);
  const Counts before = model != nullptr ? count_values(**model) : count_values(*std::get<data::Column*>(reference));
  const Counts now = count_values(current);
  if (settled_without_values(drift, before.total, now.total)) return;
  if (!feature && before.all_distinct && now.all_distinct) return skip_identifier(drift);
  const std::vector<Cell> cells = profile::align(before.categories, now.categories);
  std::vector<std::uint64_t> first;
  std::vector<std::uint64_t> second;
  for (const auto& cell : cells) {
    first.push_back(cell.reference);
    second.push_back(cell.current);
  }
  const ChiSquaredResult result = chi_squared_homogeneity(first, second);
  drift.tested = true;
  drift.test = "chi2";
  drift.statistic = result.statistic;
  drift.p_value = result.p_value;
  drift.effect = jensen_shannon_distance(first, second);
  drift.definition = "Pearson's chi-squared of homogeneity, " + std::to_string(result.degrees) +
                     " degrees of freedom, no continuity correction; effect: Jensen-Shannon distance (square root of "
                     "the divergence), base 2";
  list_new(drift, cells, before.categories.other_rows == 0);
  draw_categories(drift, cells, before, now);
}

}  // namespace mlsys::drift
