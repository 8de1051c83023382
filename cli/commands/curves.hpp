// Metrics as pictures, for a terminal and for a report.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mlsys/report/page.hpp"
#include "mlsys/track/curve.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::frame {

// How finely series are read for pictures: as many columns as a report's chart has.
inline constexpr std::size_t curve_columns = 125;

// One series of one run.
struct NamedCurve {
  std::string run_id;
  std::string label;  // "3f2a1b9c brave-otter-417"
  track::Curve curve;
  std::size_t run = 0;  // which of those compared: it has the same colour in every chart
};
// The series `metric` of those runs that have it.
std::vector<NamedCurve> curves_of(store::Store& store, const std::vector<track::Run>& runs, const std::string& metric,
                                  Context& context);
// {"metric", "run_id", ...} as track::to_json(Curve).
Json curve_json(const std::string& metric, const NamedCurve& named);

// "12,500 of 10,000,000 points were read, evenly over the steps: a spike between them is not shown; …", or "" when
// everything was read.
std::string reduction_note(const track::Curve& curve);

// A line chart of braille dots with its axes, `width` characters wide; lines without ends.
std::vector<std::string> plot(const track::Curve& curve, std::size_t width, std::size_t height = 12);

// A row of ▁▂▃▄▅▆▇█ for each, on one scale, below a title with that scale.
std::vector<std::string> sparklines(const std::string& metric, const std::vector<NamedCurve>& curves,
                                    std::size_t width);

// For a report: lines, or bars when no series has more than a point.
report::Figure figure_of(const std::string& metric, const std::vector<NamedCurve>& curves);

}  // namespace mlsys::frame
