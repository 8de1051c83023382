// A series as a picture needs it: few points, whatever its length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::track {

struct Curve {
  // What the points lie along: their steps; their times, in milliseconds, when all have one step; the order in which
  // they were logged when all have one time as well.
  enum class Axis { step, time, order };
  struct Point {
    double x = 0;
    double value = 0;  // finite
  };
  Axis axis = Axis::step;
  // Ascending. Of each of the columns of equal width into which the axis is parted: the first, the least, the greatest
  // and the last of the points that were read.
  std::vector<Point> points;
  std::uint64_t total = 0;       // points of the series
  std::uint64_t read = 0;        // of which were looked at, spread evenly over the axis
  std::uint64_t not_finite = 0;  // of those read, which no picture shows
  double least = 0;              // of the whole series, however much of it was read; NaN when no number is there
  double greatest = 0;
  [[nodiscard]] bool whole() const { return read == total; }
};
// Reads at most 65 points for each column: all of the series when it has no more, else some of every part of it, so
// that the work does not grow with its length. A spike may then be left out; `least` and `greatest` tell.
// Throws Code::not_found when the run has no such metric. `run` is a whole id; 1 <= columns <= 10,000.
MLSYS_EXPORT Curve curve(store::Store& store, const std::string& run, const std::string& metric, std::size_t columns,
                         Context& context);
// {"axis", "total", "read", "whole", "not_finite", "least", "greatest", "curve": [[x, value], ...]}
MLSYS_EXPORT Json to_json(const Curve& curve);

}  // namespace mlsys::track

template <>
struct mlsys::NameTable<mlsys::track::Curve::Axis> {
  using A = track::Curve::Axis;
  static constexpr std::string_view what = "axis";
  static constexpr auto entries = std::to_array<NameEntry<A>>({{A::step, "step", "the points' steps"},
                                                               {A::time, "time", "milliseconds since 1970"},
                                                               {A::order, "order", "the order of logging"}});
};
