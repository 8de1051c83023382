// A plot area with axes, that the charts draw into.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlsys::report {

// Widths of the 11 px text of charts, estimated: a proportional font's mean digit and letter.
double text_width(std::string_view text);

struct LegendEntry {
  std::string name;
  int colour = 1;
  bool dashed = false;
  bool box = false;
};

class Canvas {
 public:
  static constexpr double width = 480;

  Canvas(std::string_view title, double height);

  // The plot lies between these margins after axes() has measured its labels.
  double left = 12, right = 14, top = 10, bottom = 12;
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;

  void legend(const std::vector<LegendEntry>& entries);           // at the top; moves `top`
  void axes(std::string_view x_label, std::string_view y_label);  // sets margins, extends bounds, draws grid and labels
  [[nodiscard]] double x(double value) const;
  [[nodiscard]] double y(double value) const;
  [[nodiscard]] double height() const { return height_; }

  void line(double x1, double y1, double x2, double y2, std::string_view css);
  void rectangle(double x, double y, double w, double h, std::string_view css);
  void circle(double cx, double cy, double r, std::string_view css);
  void path(const std::vector<std::pair<double, double>>& points, std::string_view css);
  // anchor: start, middle, end
  void label(double x, double y, std::string_view anchor, std::string_view text, std::string_view css = "t");
  void vertical_label(double x, double y, std::string_view text);
  [[nodiscard]] std::string svg() const;

 private:
  double height_;
  std::string title_;
  std::string body_;
};

// Tick labels with just as many decimals as their distance needs.
std::vector<std::string> tick_labels(const std::vector<double>& at);

}  // namespace mlsys::report
