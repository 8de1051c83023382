#include "slices.hpp"

#include <algorithm>
#include <numeric>

#include "mlsys/base/parallel.hpp"
#include "mlsys/metrics/inference.hpp"

namespace mlsys::eval {

using metrics::Family;

namespace {

constexpr std::size_t most_values = 50;
constexpr std::size_t worst_marked = 3;
constexpr std::uint64_t fewest_rows_to_mark = 30;

// The slice of every row and what the slices are, largest first.
struct Partition {
  std::vector<std::uint8_t> of_row;
  std::vector<SliceResult> slices;
};

Partition partition(const SliceColumn& column) {
  std::vector<std::uint64_t> counts(column.values.size() + 1, 0);  // the last one: missing
  const auto place = [&](std::int32_t code) {
    return code < 0 ? column.values.size() : static_cast<std::size_t>(code);
  };
  for (const std::int32_t code : column.codes) ++counts[place(code)];
  std::vector<std::size_t> order(counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  while (!order.empty() && counts[order.back()] == 0) order.pop_back();

  Partition out;
  std::vector<std::uint8_t> slice_of(counts.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t value = order[i];
    if (i >= most_values) {
      if (i == most_values) out.slices.push_back({column.name, "(other)", true, 0, {}, false});
      slice_of[value] = most_values;
      out.slices.back().rows += counts[value];
      continue;
    }
    const bool missing = value == column.values.size();
    slice_of[value] = static_cast<std::uint8_t>(i);
    out.slices.push_back({column.name, missing ? "(missing)" : column.values[value], false, counts[value], {}, false});
  }
  out.of_row.resize(column.codes.size());
  for (std::size_t row = 0; row < out.of_row.size(); ++row) out.of_row[row] = slice_of[place(column.codes[row])];
  return out;
}

// How much worse than overall, in the metric's own unit; at most 0 when it is not.
double badness(const metrics::MetricSpec& metric, double value, double overall) {
  return metrics::info(metric.metric).better == metrics::Direction::higher ? overall - value : value - overall;
}

void mark_worst(std::vector<SliceResult>& slices, const std::vector<MetricResult>& overall) {
  if (overall.empty() || !overall[0].value.value) return;
  const double reference = *overall[0].value.value;
  const bool higher = metrics::info(overall[0].metric.metric).better == metrics::Direction::higher;
  std::vector<std::pair<double, SliceResult*>> unsure;
  for (SliceResult& slice : slices) {
    const MetricResult& headline = slice.metrics[0];
    if (!headline.value.value || slice.other || slice.rows < fewest_rows_to_mark) continue;
    if (headline.interval.low) {
      slice.worst = higher ? *headline.interval.high < reference : *headline.interval.low > reference;
    } else if (const double worse = badness(headline.metric, *headline.value.value, reference); worse > 0) {
      unsure.emplace_back(-worse, &slice);
    }
  }
  std::stable_sort(unsure.begin(), unsure.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < std::min(worst_marked, unsure.size()); ++i) unsure[i].second->worst = true;
}

}  // namespace

std::vector<SliceResult> slice_results(const Rows& rows, const metrics::RankedScores* ranked,
                                       const std::vector<MetricResult>& overall, const metrics::Settings& settings,
                                       double level, Context& ctx) {
  std::vector<metrics::MetricSpec> specs;
  for (const MetricResult& result : overall) specs.push_back(result.metric);
  std::vector<SliceResult> all;
  for (const SliceColumn& column : rows.slices) {
    ctx.check_stop();
    Partition parts = partition(column);
    // The rows of each slice; for two classes in ranked order, so that no slice has to be sorted again.
    std::vector<std::vector<std::uint32_t>> members(parts.slices.size());
    for (std::size_t s = 0; s < members.size(); ++s) members[s].reserve(parts.slices[s].rows);
    for (std::size_t i = 0; i < rows.count; ++i) {
      const auto row = ranked != nullptr ? ranked->order()[i] : static_cast<std::uint32_t>(i);
      members[parts.of_row[row]].push_back(row);
    }
    parallel_for(parts.slices.size(), ctx.threads, [&](std::size_t s) {
      std::vector<metrics::Value> values;
      metrics::Interval auc;
      if (ranked != nullptr) {
        const auto slice = std::make_shared<metrics::RankedScores>(rows.binary(), std::move(members[s]));
        values = metrics::make_sample(slice, specs, settings)->measure();
        auc = metrics::delong_interval(*slice, level);
      } else {
        const Rows part = part_of(rows, members[s]);
        values = make_sample(part, specs, settings, 1)->measure();
      }
      for (std::size_t m = 0; m < specs.size(); ++m) {
        const bool has_interval = ranked != nullptr && specs[m].metric == metrics::Metric::roc_auc && auc.low;
        parts.slices[s].metrics.push_back(
            {specs[m], values[m], has_interval ? auc : metrics::Interval{}, overall[m].definition});
      }
    });
    mark_worst(parts.slices, overall);
    std::move(parts.slices.begin(), parts.slices.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace mlsys::eval
