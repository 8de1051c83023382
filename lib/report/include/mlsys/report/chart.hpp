// Charts as inline SVG. Colours are the page's CSS variables, so that a chart follows its light or dark theme; every
// text is escaped; the same input gives the same bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/export.hpp"

namespace mlsys::report {

enum class Mark { line, dashes, dots, steps };

// Points with a name for the legend; x ascending. Points that are not finite are left out.
struct Series {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  Mark mark = Mark::line;
  int colour = 0;  // 1 to 6, 0 for the next one
};

// Without bounds the axis spans the data, from zero when that is near, and ends on round numbers.
struct Axis {
  std::string label;
  std::optional<double> low;
  std::optional<double> high;
};

struct LineChart {
  std::string title;  // for screen readers; the page shows it as the figure's caption
  Axis x;
  Axis y;
  std::vector<Series> series;
};
// A series of more than 500 points is thinned (see thin()).
MLSYS_EXPORT std::string line_chart(const LineChart& chart);

// Horizontal bars, one per label, longest text cut with an ellipsis. Values are finite, and may be negative.
struct BarChart {
  std::string title;
  std::string value_label;
  std::vector<std::string> labels;
  std::vector<double> values;
  std::optional<double> low;  // where the bars begin; default 0 or the lowest value
};
MLSYS_EXPORT std::string bar_chart(const BarChart& chart);

// Two distributions over the same bins of equal width, drawn over each other, each as shares of its own total.
struct HistogramPair {
  std::string title;
  std::string x_label;
  double low = 0;
  double high = 1;
  std::string first_name;
  std::string second_name;
  std::vector<double> first;
  std::vector<double> second;
};
MLSYS_EXPORT std::string histogram_pair(const HistogramPair& chart);

// The same over named bins, side by side: categories.
struct BarPair {
  std::string title;
  std::vector<std::string> labels;
  std::string first_name;
  std::string second_name;
  std::vector<double> first;
  std::vector<double> second;
};
MLSYS_EXPORT std::string bar_pair(const BarPair& chart);

// At most `most` of the points: the first, lowest, highest and last of every column of equal width, which draw the
// same picture when there are as many columns as pixels. `x` ascends; `most` >= 4. Returns indices, ascending.
MLSYS_EXPORT std::vector<std::size_t> thin(const std::vector<double>& x, const std::vector<double>& y,
                                           std::size_t most = 500);

// Round tick positions that cover [low, high], about `count` of them; never fewer than two.
MLSYS_EXPORT std::vector<double> ticks(double low, double high, int count = 5);

}  // namespace mlsys::report
