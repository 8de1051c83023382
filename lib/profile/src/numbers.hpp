// Statistics of a column of numbers that is in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
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

// Area under the ROC curve of values as scores; ties count one half. NaN pairs are left out; nothing when a class is
// missing. `labels` are 1, 0 or NaN.
std::optional<double> auc(std::span<const double> values, std::span<const double> labels);
// The root of the share of the targets' variance that lies between the groups, which are numbered from 0; rows with a
// NaN target are left out. Nothing when the targets do not vary.
std::optional<double> correlation_ratio(std::span<const std::int32_t> groups, std::size_t count,
                                        std::span<const double> targets);
// Pearson's; nothing when either does not vary.
std::optional<double> correlation(std::span<const double> values, std::span<const double> targets);

}  // namespace mlsys::profile
