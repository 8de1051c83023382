// How far two distributions are apart.
#pragma once

#include <cstdint>
#include <span>

#include "mlsys/base/export.hpp"
#include "mlsys/profile/reference.hpp"

namespace mlsys::profile {

// D of two samples that are known by their cumulative counts at common points: `first[i]` and `second[i]` values lie
// at or before point i; the last entries are the sample sizes (> 0). Same lengths, ascending.
MLSYS_EXPORT double ks_statistic_of_cumulative(std::span<const std::uint64_t> first,
                                               std::span<const std::uint64_t> second);

// Jensen-Shannon distance, base 2, in [0, 1]: the square root of the divergence in bits, as
// scipy.spatial.distance.jensenshannon(base=2). Same lengths; both rows must have a positive sum.
MLSYS_EXPORT double jensen_shannon_distance(std::span<const std::uint64_t> first,
                                            std::span<const std::uint64_t> second);

// The distance of two profiles of one column: of numbers the D at the reference's points and just before them, where
// the values of `current` must have been counted too (column_profile's `like`); of categories the Jensen-Shannon
// distance, in which values that are not listed count as one. Of a kind that both have, numeric or categorical, and
// with a value on both sides.
MLSYS_EXPORT double distance(const ColumnProfile& reference, const ColumnProfile& current);

}  // namespace mlsys::profile
