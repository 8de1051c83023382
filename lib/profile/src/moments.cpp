#include "mlsys/profile/moments.hpp"

#include <algorithm>
#include <cmath>

namespace mlsys::profile {
namespace {

constexpr std::size_t block_size = 4096;
constexpr double largest = std::numeric_limits<double>::max();

// Finite, whatever overflowed on the way to it.
double finite_m2(double m2) { return std::isfinite(m2) ? std::max(0.0, m2) : largest; }

Moments of_block(std::span<const double> values) {
  Moments moments;
  if (values.empty()) return moments;
  moments.count = values.size();
  const double count = static_cast<double>(values.size());
  // Deviations from the first value keep the digits of numbers that are large and close together.
  const double shift = values.front();
  double sum = 0;
  for (const double value : values) {
    sum += value - shift;
    moments.min = std::min(moments.min, value);
    moments.max = std::max(moments.max, value);
  }
  moments.mean = shift + sum / count;
  if (!std::isfinite(moments.mean)) {
    moments.mean = 0;  // of numbers near the largest: no partial sum of these is larger
    for (const double value : values) moments.mean += value / count;
  }
  double residue = 0;  // what rounding left in the mean
  for (const double value : values) {
    const double deviation = value - moments.mean;
    moments.m2 += deviation * deviation;
    residue += deviation;
  }
  moments.m2 = finite_m2(moments.m2 - residue * residue / count);
  return moments;
}

}  // namespace

double Moments::variance() const {
  if (count < 2) return std::numeric_limits<double>::quiet_NaN();
  return m2 == largest ? std::numeric_limits<double>::infinity() : m2 / static_cast<double>(count - 1);
}

double Moments::deviation() const { return std::sqrt(variance()); }

Moments merge(const Moments& a, const Moments& b) {
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  Moments both;
  both.count = a.count + b.count;
  const double count_a = static_cast<double>(a.count);
  const double count_b = static_cast<double>(b.count);
  const double count = count_a + count_b;
  const double delta = b.mean - a.mean;
  both.mean = std::isfinite(delta) ? a.mean + delta * (count_b / count)
                                   : a.mean * (count_a / count) + b.mean * (count_b / count);
  both.m2 = finite_m2(a.m2 + b.m2 + delta * delta * (count_a * (count_b / count)));
  both.min = std::min(a.min, b.min);
  both.max = std::max(a.max, b.max);
  return both;
}

void MomentsAccumulator::add(double value) {
  block_.push_back(value);
  if (block_.size() == block_size) close_block();
}

void MomentsAccumulator::add(std::span<const double> values) {
  while (!values.empty()) {
    const auto some = values.first(std::min(values.size(), block_size - block_.size()));
    block_.insert(block_.end(), some.begin(), some.end());
    if (block_.size() == block_size) close_block();
    values = values.subspan(some.size());
  }
}

void MomentsAccumulator::close_block() {
  Moments carry = of_block(block_);
  block_.clear();
  for (auto& level : levels_) {
    if (level.count == 0) {
      level = carry;
      return;
    }
    carry = merge(level, carry);
    level = {};
  }
  levels_.push_back(carry);
}

Moments MomentsAccumulator::result() const {
  Moments all = of_block(block_);
  for (const auto& level : levels_) all = merge(level, all);
  return all;
}

Moments moments_of(std::span<const double> finite_values) {
  MomentsAccumulator accumulator;
  accumulator.add(finite_values);
  return accumulator.result();
}

}  // namespace mlsys::profile
