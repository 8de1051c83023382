#include "canvas.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mlsys/base/text.hpp"
#include "mlsys/report/chart.hpp"
#include "mlsys/report/page.hpp"

namespace mlsys::report {

double text_width(std::string_view text) { return 6.3 * static_cast<double>(display_width(text)); }

std::vector<double> ticks(double low, double high, int count) {
  if (!(high > low) || !std::isfinite(high - low)) {
    low = std::isfinite(low) ? low : 0;
    high = low + 1;
  }
  const double rough = (high - low) / std::max(1, count);
  const double magnitude = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * magnitude;
  for (const double nice : {1.0, 2.0, 2.5, 5.0}) {
    if (nice * magnitude >= rough * 0.999) {
      step = nice * magnitude;
      break;
    }
  }
  std::vector<double> at;
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  for (double i = first; i <= last && at.size() < 100; ++i) at.push_back(i == 0 ? 0.0 : i * step);
  if (at.size() < 2) at.push_back(at.front() + step);
  return at;
}

std::vector<std::string> tick_labels(const std::vector<double>& at) {
  const double step = at[1] - at[0];
  const double largest = std::max(std::abs(at.front()), std::abs(at.back()));
  std::vector<std::string> labels;
  for (const double value : at) {
    if (largest >= 1e7 || step < 1e-5) {
      labels.push_back(significant(value, 3));
    } else if (largest >= 10000 && step >= 1) {
      const auto whole = static_cast<std::uint64_t>(std::llround(std::abs(value)));
      labels.push_back((value < 0 ? "-" : "") + with_thousands(whole));
    } else {
      int decimals = 0;  // as many as write the step exactly: 0.25 needs two
      for (double scaled = step; decimals < 6 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled; scaled *= 10)
        ++decimals;
      labels.push_back(fmt::format("{:.{}f}", value, decimals));
    }
  }
  return labels;
}

Canvas::Canvas(std::string_view title, double height) : height_(height), title_(title) {}

double Canvas::x(double value) const { return left + (value - x_low) / (x_high - x_low) * (width - left - right); }

double Canvas::y(double value) const {
  return height_ - bottom - (value - y_low) / (y_high - y_low) * (height_ - top - bottom);
}

void Canvas::legend(const std::vector<LegendEntry>& entries) {
  double at = left;
  double row = top + 8;
  for (const LegendEntry& entry : entries) {
    const std::string name = truncate_width(entry.name, 44);
    const double needed = 22 + text_width(name) + 14;
    if (at > left && at + needed > width) {
      at = left;
      row += 17;
    }
    if (entry.box)
      rectangle(at, row - 8, 14, 9, fmt::format("b{}", entry.colour));
    else
      line(at, row - 4, at + 16, row - 4, fmt::format("l{}{}", entry.colour, entry.dashed ? " d" : ""));
    label(at + 21, row, "start", name);
    at += needed;
  }
  if (!entries.empty()) top = row + 12;
}

void Canvas::axes(std::string_view x_label, std::string_view y_label) {
  const std::vector<double> y_at = ticks(y_low, y_high);
  const std::vector<std::string> y_text = tick_labels(y_at);
  y_low = std::min(y_low, y_at.front());
  y_high = std::max(y_high, y_at.back());
  double widest = 0;
  for (const auto& text : y_text) widest = std::max(widest, text_width(text));
  left = widest + 12 + (y_label.empty() ? 0 : 18);
  bottom = x_label.empty() ? 24 : 42;

  std::vector<double> x_at = ticks(x_low, x_high, 6);
  std::vector<std::string> x_text = tick_labels(x_at);
  x_low = std::min(x_low, x_at.front());
  x_high = std::max(x_high, x_at.back());
  // Labels that would touch are left out, every second one first.
  const auto wide = [&] {
    double sum = 0;
    for (const auto& text : x_text) sum += text_width(text) + 10;
    return sum > width - left - right;
  };
  while (x_at.size() > 2 && wide()) {
    for (std::size_t i = 1; i < x_at.size(); ++i) {
      x_at.erase(x_at.begin() + static_cast<std::ptrdiff_t>(i));
      x_text.erase(x_text.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  right = std::max(right, text_width(x_text.back()) / 2 + 4);

  for (std::size_t i = 0; i < y_at.size(); ++i) {
    line(left, y(y_at[i]), width - right, y(y_at[i]), "g");
    label(left - 7, y(y_at[i]) + 4, "end", y_text[i]);
  }
  for (std::size_t i = 0; i < x_at.size(); ++i) {
    line(x(x_at[i]), height_ - bottom, x(x_at[i]), height_ - bottom + 4, "a");
    label(x(x_at[i]), height_ - bottom + 17, "middle", x_text[i]);
  }
  line(left, height_ - bottom, width - right, height_ - bottom, "a");
  if (!x_label.empty()) label((left + width - right) / 2, height_ - 6, "middle", truncate_width(x_label, 60), "n");
  if (!y_label.empty()) vertical_label(12, (top + height_ - bottom) / 2, truncate_width(y_label, 36));
}

void Canvas::line(double x1, double y1, double x2, double y2, std::string_view css) {
  body_ += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", css, x1, y1,
                       x2, y2);
}

void Canvas::rectangle(double x, double y, double w, double h, std::string_view css) {
  body_ += fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", css, x, y,
                       std::max(0.0, w), std::max(0.0, h));
}

void Canvas::circle(double cx, double cy, double r, std::string_view css) {
  body_ += fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>\n", css, cx, cy, r);
}

void Canvas::path(const std::vector<std::pair<double, double>>& points, std::string_view css) {
  if (points.empty()) return;
  body_ += fmt::format("<path class=\"{}\" d=\"", css);
  char command = 'M';
  for (const auto& [px, py] : points) {
    body_ += fmt::format("{}{:.1f} {:.1f}", command, px, py);
    command = 'L';
  }
  body_ += "\"/>\n";
}

void Canvas::label(double x, double y, std::string_view anchor, std::string_view text, std::string_view css) {
  body_ += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", css, x, y, anchor,
                       escape(text));
}

void Canvas::vertical_label(double x, double y, std::string_view text) {
  body_ += fmt::format(
      "<text class=\"n\" transform=\"translate({:.1f} {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>\n", x, y,
      escape(text));
}

std::string Canvas::svg() const {
  return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n", width, height_,
                     escape(title_), body_);
}

}  // namespace mlsys::report
