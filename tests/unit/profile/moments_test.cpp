#include "mlsys/profile/moments.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "mlsys/base/random.hpp"

using namespace mlsys;
using namespace mlsys::profile;

namespace {

// Mean and variance in long double, two passes.
Moments by_definition(const std::vector<double>& values) {
  long double sum = 0;
  for (const double value : values) sum += value;
  const long double mean = sum / static_cast<long double>(values.size());
  long double m2 = 0;
  for (const double value : values) m2 += (value - mean) * (value - mean);
  Moments moments;
  moments.count = values.size();
  moments.mean = static_cast<double>(mean);
  moments.m2 = static_cast<double>(m2);
  return moments;
}

std::vector<double> sample(Random& random, std::size_t count, double scale, double shift) {
  std::vector<double> values(count);
  for (double& value : values) value = shift + scale * (random.uniform() - 0.5);
  return values;
}

}  // namespace

TEST_CASE("moments are those of the definition, also of large numbers that are close together") {
  Random random(1);
  for (const std::size_t count : {1U, 2U, 100U, 4096U, 4097U, 50'000U})
    for (const double shift : {0.0, 1e9, -3e12}) {
      const auto values = sample(random, count, 10, shift);
      const Moments expected = by_definition(values);
      const Moments actual = moments_of(values);
      CAPTURE(count);
      CAPTURE(shift);
      CHECK(actual.count == count);
      CHECK(std::abs(actual.mean - expected.mean) <= 1e-15 * std::abs(expected.mean) + 1e-14);
      CHECK(std::abs(actual.m2 - expected.m2) <= 1e-11 * expected.m2 + 1e-18 * shift * shift);
    }
  CHECK(std::isnan(moments_of(std::vector<double>{1.0}).variance()));
  CHECK(moments_of({}).count == 0);
}

TEST_CASE("the pieces in which values arrive do not change a bit") {
  Random random(2);
  const auto values = sample(random, 30'000, 1e3, 5);
  const Moments whole = moments_of(values);
  for (int round = 0; round < 20; ++round) {
    MomentsAccumulator accumulator;
    std::span<const double> rest = values;
    while (!rest.empty()) {
      const std::size_t size = std::min<std::size_t>(rest.size(), 1 + random.below(9000));
      accumulator.add(rest.first(size));
      rest = rest.subspan(size);
    }
    CHECK(accumulator.result() == whole);
  }
}

TEST_CASE("merged parts have the moments of the whole to 1e-12") {
  Random random(3);
  const auto values = sample(random, 20'000, 1e4, 77);
  Moments merged;
  for (int part = 0; part < 8; ++part) {
    const std::size_t begin = values.size() * static_cast<std::size_t>(part) / 8;
    const std::size_t end = values.size() * static_cast<std::size_t>(part + 1) / 8;
    merged = merge(merged, moments_of(std::span(values).subspan(begin, end - begin)));
  }
  const Moments whole = moments_of(values);
  CHECK(merged.count == whole.count);
  CHECK(merged.min == whole.min);
  CHECK(merged.max == whole.max);
  CHECK(std::abs(merged.mean - whole.mean) <= 1e-12 * std::abs(whole.mean));
  CHECK(std::abs(merged.m2 - whole.m2) <= 1e-12 * whole.m2);
}

TEST_CASE("numbers near the largest: the mean is theirs, and the spread is infinite instead of nothing") {
  const std::vector<double> values = {1e308, -1e308, 1e308};
  Moments moments = moments_of(values);
  CHECK(moments.mean == doctest::Approx(1e308 / 3).epsilon(1e-12));
  CHECK(std::isfinite(moments.m2));
  CHECK(moments.deviation() == std::numeric_limits<double>::infinity());
  const Moments parts = merge(moments_of(std::span(values).first(1)), moments_of(std::span(values).subspan(1)));
  CHECK(parts.count == 3);
  CHECK(parts.mean == doctest::Approx(1e308 / 3).epsilon(1e-12));
  CHECK(parts.m2 == moments.m2);
  CHECK(moments_of(std::vector<double>{1e308, 1e308}).deviation() == 0);
}
