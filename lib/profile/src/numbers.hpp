// Statistics of a column of numbers that is in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mlsys/profile/profile.hpp"

namespace mlsys::profile {

// Of sorted values, not empty; share in [0, 1]. Linear between the values at the ranks around share * (n - 1).
double quantile_of_sorted(std::span<const double> sorted, double share);
std::uint64_t count_distinct(std::span<const double> sorted);
// The most frequent values by falling count, then ascending.
std::vector<ValueCount> top_of_sorted(std::span<const double> sorted, std::size_t most,
                                      const std::function<std::string(double)>& text);
Histogram histogram_of_sorted(std::span<const double> sorted, std::size_t bins);

}  // namespace mlsys::profile
