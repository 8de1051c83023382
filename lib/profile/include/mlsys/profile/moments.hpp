// Count, mean and spread of numbers, the same to the last bit however the numbers arrive and on however many threads.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "mlsys/base/export.hpp"

namespace mlsys::profile {

struct Moments {
  std::uint64_t count = 0;
  double mean = 0;
  double m2 = 0;  // sum of squared deviations from the mean; the largest double where it would be more
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  // Of the sample: m2 / (count - 1). NaN below two values, infinite where m2 is too large for a double.
  [[nodiscard]] MLSYS_EXPORT double variance() const;
  [[nodiscard]] MLSYS_EXPORT double deviation() const;  // the square root of variance()
  friend bool operator==(const Moments&, const Moments&) = default;
};

// The moments of both together: Chan, Golub and LeVeque (1979).
MLSYS_EXPORT Moments merge(const Moments& a, const Moments& b);

// Takes finite values in row order, in pieces of any size. Values are summed in blocks of 4096, and blocks are merged
// in pairs like the digits of a binary counter, so that the result depends on the values and their order alone and its
// error grows with the logarithm of their number.
class MLSYS_EXPORT MomentsAccumulator {
 public:
  void add(double value);
  void add(std::span<const double> values);
  [[nodiscard]] Moments result() const;

 private:
  void close_block();
  std::vector<double> block_;
  std::vector<Moments> levels_;  // levels_[i], when it has a count, stands for 2^i blocks
};

MLSYS_EXPORT Moments moments_of(std::span<const double> finite_values);

}  // namespace mlsys::profile
