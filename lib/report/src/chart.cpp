#include "mlsys/report/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "canvas.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::report {

namespace {

constexpr std::size_t most_points = 500;
constexpr int colours = 6;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  // Bounds to draw: what was asked for, else the data's, from zero when zero is near.
  void settle(const std::optional<double>& asked_low, const std::optional<double>& asked_high) {
    if (!(low <= high)) low = 0, high = 1;
    if (low > 0 && low < 0.4 * high) low = 0;
    if (high < 0 && high > 0.4 * low) high = 0;
    low = asked_low.value_or(low);
    high = asked_high.value_or(high);
    if (!(high > low)) high = low + (low == 0 ? 1 : std::abs(low) * 0.1);
  }
};

int colour_of(const Series& series, std::size_t position) {
  const int wanted = series.colour != 0 ? series.colour : static_cast<int>(position) + 1;
  return (wanted - 1) % colours + 1;
}

std::vector<std::pair<double, double>> points_of(const Canvas& canvas, const Series& series) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
    if (!std::isfinite(series.x[i]) || !std::isfinite(series.y[i])) continue;
    xs.push_back(series.x[i]);
    ys.push_back(series.y[i]);
  }
  std::vector<std::pair<double, double>> points;
  for (const std::size_t i : thin(xs, ys, series.mark == Mark::steps ? most_points / 2 : most_points)) {
    const double px = canvas.x(std::clamp(xs[i], canvas.x_low, canvas.x_high));
    const double py = canvas.y(std::clamp(ys[i], canvas.y_low, canvas.y_high));
    if (series.mark == Mark::steps && !points.empty()) points.emplace_back(px, points.back().second);
    points.emplace_back(px, py);
  }
  return points;
}

std::vector<double> shares(const std::vector<double>& weights) {
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> out(weights.size(), 0.0);
  if (all > 0) std::transform(weights.begin(), weights.end(), out.begin(), [&](double w) { return w / all; });
  return out;
}

}  // namespace

std::vector<std::size_t> thin(const std::vector<double>& x, const std::vector<double>& y, std::size_t most) {
  const std::size_t n = std::min(x.size(), y.size());
  std::vector<std::size_t> kept;
  if (n <= most) {
    kept.resize(n);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    return kept;
  }
  const auto columns = static_cast<double>(std::max<std::size_t>(1, most / 4));
  const double span = x[n - 1] - x[0];
  const auto column_of = [&](std::size_t i) {
    return span > 0 ? std::min(columns - 1, std::floor((x[i] - x[0]) / span * columns)) : 0.0;
  };
  for (std::size_t begin = 0; begin < n;) {
    std::size_t end = begin;
    std::size_t lowest = begin;
    std::size_t highest = begin;
    for (; end < n && column_of(end) == column_of(begin); ++end) {
      if (y[end] < y[lowest]) lowest = end;
      if (y[end] > y[highest]) highest = end;
    }
    for (const std::size_t i : {begin, std::min(lowest, highest), std::max(lowest, highest), end - 1})
      if (kept.empty() || i > kept.back()) kept.push_back(i);
    begin = end;
  }
  return kept;
}

std::string line_chart(const LineChart& chart) {
  Range xs;
  Range ys;
  std::vector<LegendEntry> entries;
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const Series& series = chart.series[s];
    for (const double value : series.x) xs.add(value);
    for (const double value : series.y) ys.add(value);
    if (!series.name.empty())
      entries.push_back({series.name, colour_of(series, s), series.mark == Mark::dashes, false});
  }
  xs.settle(chart.x.low, chart.x.high);
  ys.settle(chart.y.low, chart.y.high);
  Canvas canvas(chart.title, 330);
  canvas.x_low = xs.low;
  canvas.x_high = xs.high;
  canvas.y_low = ys.low;
  canvas.y_high = ys.high;
  canvas.legend(entries);
  canvas.axes(chart.x.label, chart.y.label);
  for (std::size_t s = 0; s < chart.series.size(); ++s) {
    const Series& series = chart.series[s];
    const int colour = colour_of(series, s);
    const auto points = points_of(canvas, series);
    canvas.path(points, fmt::format("l{}{}", colour, series.mark == Mark::dashes ? " d" : ""));
    if (series.mark == Mark::dots)
      for (const auto& [px, py] : points) canvas.circle(px, py, 3.5, fmt::format("b{}", colour));
  }
  return canvas.svg();
}

std::string bar_chart(const BarChart& chart) {
  const std::size_t n = std::min(chart.labels.size(), chart.values.size());
  constexpr double row = 22;
  Canvas canvas(chart.title, 24 + row * static_cast<double>(std::max<std::size_t>(n, 1)));
  Range range;
  std::vector<std::string> names;
  std::vector<std::string> numbers;
  double name_width = 0;
  double number_width = 0;
  for (std::size_t i = 0; i < n; ++i) {
    range.add(chart.values[i]);
    names.push_back(truncate_width(chart.labels[i], 26));
    numbers.push_back(significant(chart.values[i], 4));
    name_width = std::max(name_width, text_width(names.back()));
    number_width = std::max(number_width, text_width(numbers.back()));
  }
  if (!chart.low) range.add(0);
  range.settle(chart.low, std::nullopt);
  canvas.left = 8 + name_width + 8;
  canvas.right = number_width + 14;
  canvas.x_low = range.low;
  canvas.x_high = range.high;
  const double origin = std::clamp(0.0, range.low, range.high);
  for (std::size_t i = 0; i < n; ++i) {
    const double y = 6 + row * static_cast<double>(i);
    const double from = canvas.x(std::min(origin, chart.values[i]));
    const double to = canvas.x(std::max(origin, chart.values[i]));
    canvas.label(canvas.left - 8, y + 12, "end", names[i]);
    canvas.rectangle(from, y + 2, std::max(1.0, to - from), row - 8, "b1");
    canvas.label(to + 5, y + 12, "start", numbers[i]);
  }
  if (!chart.value_label.empty())
    canvas.label((canvas.left + Canvas::width - canvas.right) / 2, canvas.height() - 5, "middle", chart.value_label,
                 "n");
  return canvas.svg();
}

std::string histogram_pair(const HistogramPair& chart) {
  const std::vector<double> first = shares(chart.first);
  const std::vector<double> second = shares(chart.second);
  Canvas canvas(chart.title, 330);
  canvas.x_low = chart.low;
  canvas.x_high = chart.high > chart.low ? chart.high : chart.low + 1;
  const double low = canvas.x_low;
  const double high = canvas.x_high;
  Range ys;
  ys.add(0);
  for (const auto* values : {&first, &second})
    for (const double value : *values) ys.add(value);
  ys.settle(0, std::nullopt);
  canvas.y_low = 0;
  canvas.y_high = ys.high;
  canvas.legend({{chart.first_name, 1, false, true}, {chart.second_name, 2, false, true}});
  canvas.axes(chart.x_label, "share");
  int colour = 1;
  for (const auto* values : {&first, &second}) {
    for (std::size_t i = 0; i < values->size(); ++i) {
      const double step = (high - low) / static_cast<double>(values->size());
      const double from = canvas.x(low + step * static_cast<double>(i));
      const double to = canvas.x(low + step * static_cast<double>(i + 1));
      if ((*values)[i] > 0)
        canvas.rectangle(from + 0.5, canvas.y((*values)[i]), to - from - 1, canvas.y(0) - canvas.y((*values)[i]),
                         fmt::format("b{} o", colour));
    }
    ++colour;
  }
  return canvas.svg();
}

std::string bar_pair(const BarPair& chart) {
  const std::vector<double> first = shares(chart.first);
  const std::vector<double> second = shares(chart.second);
  const std::size_t n = std::min({chart.labels.size(), first.size(), second.size()});
  constexpr double row = 30;
  Canvas canvas(chart.title, 34 + row * static_cast<double>(std::max<std::size_t>(n, 1)));
  canvas.legend({{chart.first_name, 1, false, true}, {chart.second_name, 2, false, true}});
  double name_width = 0;
  double highest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    name_width = std::max(name_width, text_width(truncate_width(chart.labels[i], 26)));
    highest = std::max({highest, first[i], second[i]});
  }
  canvas.left = 8 + name_width + 8;
  canvas.right = 56;
  canvas.x_low = 0;
  canvas.x_high = highest > 0 ? highest : 1;
  for (std::size_t i = 0; i < n; ++i) {
    const double y = canvas.top + row * static_cast<double>(i);
    canvas.label(canvas.left - 8, y + 16, "end", truncate_width(chart.labels[i], 26));
    int colour = 1;
    for (const double value : {first[i], second[i]}) {
      const double at = y + (colour == 1 ? 1 : 13);
      canvas.rectangle(canvas.left, at, std::max(1.0, canvas.x(value) - canvas.left), 11, fmt::format("b{}", colour));
      canvas.label(std::max(canvas.left + 1, canvas.x(value)) + 5, at + 9.5, "start",
                   fmt::format("{:.1f}%", 100 * value));
      ++colour;
    }
  }
  return canvas.svg();
}

}  // namespace mlsys::report
