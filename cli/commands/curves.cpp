#include "curves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <set>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/report/chart.hpp"
#include "runs.hpp"

namespace mlsys::frame {

using track::Curve;

namespace {

struct Bounds {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  [[nodiscard]] bool empty() const { return low > high; }
  // 0 to 1; halfway when there is only one value. Halves, since the whole width can be beyond what doubles hold.
  [[nodiscard]] double share(double value) const {
    return high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
  }
};

Bounds x_bounds(const Curve& curve) {
  Bounds bounds;
  for (const Curve::Point& point : curve.points) bounds.add(point.x);
  return bounds;
}

// Of the whole series, so that a spike which was not read shows in the scale.
Bounds y_bounds(const Curve& curve) {
  Bounds bounds;
  for (const Curve::Point& point : curve.points) bounds.add(point.value);
  bounds.add(curve.least);
  bounds.add(curve.greatest);
  return bounds;
}

std::size_t cell_of(double share, std::size_t cells) {
  return std::min(cells - 1, static_cast<std::size_t>(std::lround(share * static_cast<double>(cells - 1))));
}

std::string shown_x(Curve::Axis axis, double x) {
  if (axis == Curve::Axis::time) return shown_time(Millis{std::chrono::milliseconds(static_cast<std::int64_t>(x))});
  return fmt::format("{:.0f}", x);
}

// Two by four dots a character.
class Dots {
 public:
  Dots(std::size_t width, std::size_t height) : width_(width), height_(height), cells_(width * height) {}

  [[nodiscard]] std::size_t columns() const { return 2 * width_; }
  [[nodiscard]] std::size_t rows() const { return 4 * height_; }

  // From the upper left.
  void set(std::size_t x, std::size_t y) {
    constexpr std::array<std::array<std::uint8_t, 2>, 4> bits = {
        {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
    cells_[y / 4 * width_ + x / 2] |= bits.at(y % 4).at(x % 2);
  }
  void line(std::size_t x0, std::size_t y0, std::size_t x1, std::size_t y1) {
    const auto distance = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
    const std::size_t steps = std::max({std::size_t{1}, distance(x0, x1), distance(y0, y1)});
    for (std::size_t i = 0; i <= steps; ++i) {
      const auto between = [&](std::size_t from, std::size_t to) {
        return static_cast<std::size_t>(
            std::lround(static_cast<double>(from) + (static_cast<double>(to) - static_cast<double>(from)) *
                                                        static_cast<double>(i) / static_cast<double>(steps)));
      };
      set(between(x0, x1), between(y0, y1));
    }
  }
  [[nodiscard]] std::string row(std::size_t y) const {
    std::string text;
    for (std::size_t x = 0; x < width_; ++x) {
      const unsigned code = 0x2800U + cells_[y * width_ + x];
      if (code == 0x2800U) {
        text += ' ';
        continue;
      }
      text += static_cast<char>(0xe0U | code >> 12);
      text += static_cast<char>(0x80U | (code >> 6 & 0x3fU));
      text += static_cast<char>(0x80U | (code & 0x3fU));
    }
    return text;
  }

 private:
  std::size_t width_, height_;
  std::vector<std::uint8_t> cells_;
};

Dots drawn(const Curve& curve, const Bounds& xs, const Bounds& ys, std::size_t width, std::size_t height) {
  Dots dots(width, height);
  struct Dot {
    std::size_t x, y;
  };
  std::optional<Dot> before;
  for (const Curve::Point& point : curve.points) {
    const Dot dot{cell_of(xs.share(point.x), dots.columns()),
                  dots.rows() - 1 - cell_of(ys.share(point.value), dots.rows())};
    if (before)
      dots.line(before->x, before->y, dot.x, dot.y);
    else
      dots.set(dot.x, dot.y);
    before = dot;
  }
  return dots;
}

// The mean of what lies in each of `width` columns, as one of eight heights; columns between points are on the line
// that joins them.
std::string sparkline(const Curve& curve, const Bounds& xs, const Bounds& ys, std::size_t width) {
  constexpr std::array levels = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::vector<double> sums(width), counts(width);
  for (const Curve::Point& point : curve.points) {
    const std::size_t at = cell_of(xs.share(point.x), width);
    sums[at] += ys.share(point.value);
    ++counts[at];
  }
  std::string text;
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < width; ++i) {
    if (counts[i] == 0) continue;
    const double height = sums[i] / counts[i];
    const std::size_t gap = i - before.value_or(i);
    for (std::size_t j = 1; j < gap; ++j) {
      const double from = sums[*before] / counts[*before];
      text +=
          levels.at(cell_of(from + (height - from) * static_cast<double>(j) / static_cast<double>(gap), levels.size()));
    }
    if (!before) text += std::string(i, ' ');
    text += levels.at(cell_of(height, levels.size()));
    before = i;
  }
  return text + std::string(before ? width - 1 - *before : width, ' ');
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t has = display_width(text);
  return has < width ? text + std::string(width - has, ' ') : text;
}

bool drawable(const NamedCurve& named) { return !named.curve.points.empty(); }

}  // namespace

std::vector<NamedCurve> curves_of(store::Store& store, const std::vector<track::Run>& runs, const std::string& metric,
                                  Context& context) {
  std::vector<NamedCurve> curves;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (const track::Run& run = runs[i]; run.metrics.contains(metric))
      curves.push_back({run.run_id, short_id(run.run_id) + " " + run.name,
                        track::curve(store, run.run_id, metric, curve_columns, context), i});
  return curves;
}

Json curve_json(const std::string& metric, const NamedCurve& named) {
  Json json{{"metric", metric}, {"run_id", named.run_id}};
  json.update(track::to_json(named.curve));
  return json;
}

std::string reduction_note(const Curve& curve) {
  if (curve.whole()) return {};
  return fmt::format(
      "{} of {} points were read, evenly over the {}: what lies between them is not shown; of all points the least is "
      "{}, the greatest {}",
      with_thousands(curve.read), with_thousands(curve.total),
      curve.axis == Curve::Axis::step   ? "steps"
      : curve.axis == Curve::Axis::time ? "time"
                                        : "order of logging",
      significant(curve.least, 5), significant(curve.greatest, 5));
}

std::vector<std::string> plot(const Curve& curve, std::size_t width, std::size_t height) {
  const Bounds xs = x_bounds(curve);
  const Bounds ys = y_bounds(curve);
  if (xs.empty()) return {};
  const std::string top = significant(ys.high, 5);
  const std::string bottom = significant(ys.low, 5);
  const std::size_t margin = std::max(top.size(), bottom.size());
  const std::size_t inner = std::max<std::size_t>(20, width > margin + 2 ? width - margin - 2 : 0);
  const Dots dots = drawn(curve, xs, ys, inner, height);
  std::vector<std::string> lines;
  for (std::size_t y = 0; y < height; ++y) {
    const std::string& label = y == 0 ? top : y + 1 == height ? bottom : std::string();
    std::string line = fmt::format("{:>{}} │{}", label, margin, dots.row(y));
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  const std::string left = shown_x(curve.axis, xs.low);
  const std::string right = shown_x(curve.axis, xs.high) + " " + std::string(name_of(curve.axis));
  const std::size_t gap = inner > left.size() + right.size() ? inner - left.size() - right.size() : 1;
  lines.push_back(std::string(margin + 2, ' ') + left + std::string(gap, ' ') + right);
  return lines;
}

std::vector<std::string> sparklines(const std::string& metric, const std::vector<NamedCurve>& curves,
                                    std::size_t width) {
  Bounds steps, ys;
  std::size_t labels = 0;
  for (const NamedCurve& named : curves) {
    if (!drawable(named)) continue;
    const Bounds x = x_bounds(named.curve), y = y_bounds(named.curve);
    if (named.curve.axis == Curve::Axis::step)
      for (const double value : {x.low, x.high}) steps.add(value);
    for (const double value : {y.low, y.high}) ys.add(value);
    labels = std::max(labels, display_width(named.label));
  }
  if (ys.empty()) return {};
  const std::size_t room = std::max<std::size_t>(20, width > labels + 16 ? width - labels - 16 : 0);
  std::string title = fmt::format("{}, {} to {}", metric, significant(ys.low, 5), significant(ys.high, 5));
  if (!steps.empty()) title += fmt::format(", steps {:.0f} to {:.0f}", steps.low, steps.high);
  std::vector<std::string> lines = {std::move(title)};
  for (const NamedCurve& named : curves) {
    if (!drawable(named)) continue;
    // Steps mean the same in every run; times and orders only within one.
    const Bounds xs = named.curve.axis == Curve::Axis::step ? steps : x_bounds(named.curve);
    lines.push_back(fmt::format("  {}  {}  {}", padded(named.label, labels), sparkline(named.curve, xs, ys, room),
                                significant(named.curve.points.back().value, 5)));
  }
  return lines;
}

report::Figure figure_of(const std::string& metric, const std::vector<NamedCurve>& curves) {
  std::vector<std::string> notes;
  const bool series =
      std::any_of(curves.begin(), curves.end(), [](const auto& named) { return named.curve.points.size() > 1; });
  for (const NamedCurve& named : curves) {
    const std::string note = reduction_note(named.curve);
    if (!note.empty()) notes.push_back(named.label + ": " + note + ".");
  }
  if (std::none_of(curves.begin(), curves.end(), drawable)) return {metric, "", "No point is a finite number."};
  if (!series) {
    report::BarChart bars{metric, metric, {}, {}, {}};
    for (const NamedCurve& named : curves) {
      if (!drawable(named)) continue;
      bars.labels.push_back(named.label);
      bars.values.push_back(named.curve.points.front().value);
    }
    return {metric, report::bar_chart(bars), join(notes, " ")};
  }
  report::LineChart chart{metric, {}, {metric, {}, {}}, {}};
  std::set<std::string> axes;  // steps of one run can lie beside the times of another
  for (const NamedCurve& named : curves) {
    if (!drawable(named)) continue;
    constexpr std::size_t colours = 6;
    report::Series line{named.label,
                        {},
                        {},
                        named.curve.points.size() > 1 ? report::Mark::line : report::Mark::dots,
                        static_cast<int>(1 + named.run % colours)};
    // Times as seconds since the first point, which is what a reader can tell apart on an axis.
    const bool time = named.curve.axis == Curve::Axis::time;
    const double origin = time ? named.curve.points.front().x : 0;
    for (const Curve::Point& point : named.curve.points) {
      line.x.push_back((point.x - origin) / (time ? 1000 : 1));
      line.y.push_back(point.value);
    }
    axes.insert(time ? "seconds since its first point" : std::string(name_of(named.curve.axis)));
    chart.series.push_back(std::move(line));
  }
  chart.x.label = join({axes.begin(), axes.end()}, " or ");
  return {metric, report::line_chart(chart), join(notes, " ")};
}

}  // namespace mlsys::frame
