#include "mlsys/track/curve.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/track/track.hpp"
#include "store/scratch.hpp"

using namespace mlsys;
using namespace mlsys::track;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

struct CurveFixture {
  test::Scratch scratch;
  Context context;
  store::Store store = store::Store::open(scratch / "s", store::Mode::write, context);
  std::string run = start(store, {}, context);

  void log_points(const std::vector<Point>& points) { log(store, run, {points, {}, {}, {}}, context); }
  Curve read(std::size_t columns) { return curve(store, run, "m", columns, context); }
};

Millis at(std::int64_t ms) { return Millis(std::chrono::milliseconds(ms)); }

std::vector<std::pair<double, double>> pairs(const Curve& curve) {
  std::vector<std::pair<double, double>> found;
  for (const auto& point : curve.points) found.emplace_back(point.x, point.value);
  return found;
}

}  // namespace

TEST_CASE_FIXTURE(CurveFixture, "a short series is kept as it is, but for what is no finite number") {
  log_points({{"m", 3, 0, {}}, {"m", 1, 5, {}}, {"m", nan_value, 6, {}}, {"m", 2, 10, {}}});
  const Curve found = read(100);
  CHECK(found.axis == Curve::Axis::step);
  CHECK(pairs(found) == std::vector<std::pair<double, double>>{{0, 3}, {5, 1}, {10, 2}});
  CHECK(found.total == 4);
  CHECK(found.whole());
  CHECK(found.not_finite == 1);
  CHECK(found.least == 1);
  CHECK(found.greatest == 3);
  // Of one column: the first, the least, the greatest and the last.
  CHECK(pairs(read(1)) == std::vector<std::pair<double, double>>{{0, 3}, {5, 1}, {10, 2}});
}

// Brute force: which points have the first place, the least and greatest value and the last place of each column.
TEST_CASE_FIXTURE(CurveFixture, "a series that is read as a whole keeps the extremes of every column") {
  constexpr std::int64_t steps = 600;
  constexpr std::size_t columns = 10;
  std::vector<Point> points;
  Random random(5);
  for (std::int64_t i = 0; i < steps; ++i) points.push_back({"m", random.uniform(), i, {}});
  log_points(points);
  std::vector<std::pair<double, double>> expected;
  for (std::size_t column = 0; column < columns; ++column) {
    // The axis goes from 0 to 599; part i begins at floor(599 i / 10).
    const auto begin = static_cast<std::size_t>(599 * column / 10);
    const std::size_t end = column + 1 == columns ? 600 : static_cast<std::size_t>(599 * (column + 1) / 10);
    std::vector<std::size_t> kept = {begin, end - 1};
    std::size_t least = begin, greatest = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (points[i].value < points[least].value) least = i;
      if (points[i].value > points[greatest].value) greatest = i;
    }
    kept.insert(kept.end(), {least, greatest});
    std::sort(kept.begin(), kept.end());
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    for (const std::size_t i : kept) expected.emplace_back(static_cast<double>(i), points[i].value);
  }
  const Curve found = read(columns);
  CHECK(found.whole());
  CHECK(pairs(found) == expected);
}

TEST_CASE_FIXTURE(CurveFixture, "of a long series a bounded number of points is read, from every part of it") {
  constexpr std::int64_t steps = 100'000;
  constexpr std::size_t columns = 20;
  std::vector<Point> points;
  for (std::int64_t i = 0; i < steps; ++i) points.push_back({"m", i == 51'234 ? -7.0 : static_cast<double>(i), i, {}});
  log_points(points);
  const Curve found = read(columns);
  CHECK(found.total == 100'000);
  CHECK_FALSE(found.whole());
  CHECK(found.read <= 65 * columns);
  CHECK(found.read >= 64 * columns);
  CHECK(found.least == -7);  // known, although it was not met
  CHECK(found.greatest == 99'999);
  CHECK(found.points.size() <= 4 * columns);
  CHECK(found.points.front().x == 0);
  CHECK(found.points.back().x == 99'999);
  for (std::size_t i = 1; i < found.points.size(); ++i) {
    CHECK(found.points[i].x > found.points[i - 1].x);
    CHECK(found.points[i].x - found.points[i - 1].x <= 5'000);  // a column's width
    CHECK(found.points[i].value == found.points[i].x);
  }
}

TEST_CASE_FIXTURE(CurveFixture, "points of one step lie along their times, those of one time in the order of logging") {
  log_points({{"m", 1, 7, at(3000)}, {"m", 2, 7, at(1000)}, {"m", 3, 7, at(2000)}});
  Curve found = read(10);
  CHECK(found.axis == Curve::Axis::time);
  CHECK(pairs(found) == std::vector<std::pair<double, double>>{{1000, 2}, {2000, 3}, {3000, 1}});
  run = start(store, {}, context);
  std::vector<Point> points;
  for (int i = 0; i < 5'000; ++i) points.push_back({"m", i * 0.5, 7, at(1000)});
  log_points(points);
  found = read(10);
  CHECK(found.axis == Curve::Axis::order);
  CHECK_FALSE(found.whole());
  CHECK(found.points.front().x == 0);
  CHECK(found.points.back().x == 4'999);
  CHECK(found.points.back().value == 2499.5);
}

TEST_CASE_FIXTURE(CurveFixture, "the whole range of steps is parted without overflow") {
  std::vector<Point> points;
  constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < 3'000; ++i) points.push_back({"m", 1, lowest + i, {}});
  for (int i = 0; i < 3'000; ++i) points.push_back({"m", 2, highest - i, {}});
  log_points(points);
  const Curve found = read(20);
  CHECK(found.read < found.total);
  CHECK(found.points.front().value == 1);
  CHECK(found.points.back().value == 2);
  CHECK(found.points.back().x == static_cast<double>(highest));
}

TEST_CASE_FIXTURE(CurveFixture, "one point, no number at all, and no such metric") {
  log_points({{"m", 4, 7, {}}});
  CHECK(pairs(read(10)) == std::vector<std::pair<double, double>>{{7, 4}});
  CHECK(read(10).axis == Curve::Axis::step);
  run = start(store, {}, context);
  log_points({{"m", nan_value, 0, {}}, {"m", nan_value, 1, {}}});
  const Curve found = read(10);
  CHECK(found.points.empty());
  CHECK(found.not_finite == 2);
  CHECK(std::isnan(found.least));
  CHECK(to_json(found)["least"] == "NaN");
  try {
    curve(store, run, "mm", 10, context);
    FAIL("there is no such metric");
  } catch (const Error& error) {
    CHECK(error.code() == Code::not_found);
    CHECK(error.hint() == "did you mean 'm'?");
  }
}
