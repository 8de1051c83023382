// How far two distributions are apart.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/profile/measure.hpp"
#include "mlsys/profile/reference.hpp"

namespace mlsys::profile {

// D of two samples that are known by their cumulative counts at common points: `first[i]` and `second[i]` values lie
// at or before point i; the last entries are the sample sizes (> 0). Same lengths, ascending.
MLSYS_EXPORT double ks_statistic_of_cumulative(std::span<const std::uint64_t> first,
                                               std::span<const std::uint64_t> second);

// The functions below take two rows of counts of the same cells. Same lengths; both rows must have a positive sum.

// Jensen-Shannon distance, base 2, in [0, 1]: the square root of the divergence in bits, as
// scipy.spatial.distance.jensenshannon(base=2).
MLSYS_EXPORT double jensen_shannon_distance(std::span<const std::uint64_t> first,
                                            std::span<const std::uint64_t> second);

// Population stability index: the sum of (p - q) ln(p / q) over the cells, p and q being the shares of the two rows. As
// in Evidently, a share of zero is taken as 0.0001, or as a millionth of the row's smallest other share where that is
// 0.0001 or less, and the shares are not scaled again. Cells that are empty on both sides are left out.
MLSYS_EXPORT double population_stability_index(std::span<const std::uint64_t> first,
                                               std::span<const std::uint64_t> second);

struct ChiSquaredResult {
  double statistic = 0;
  double p_value = 1;
  std::uint64_t degrees = 0;  // categories that occur, less one; with 0 degrees the statistic is 0 and p is 1
};

// Pearson's chi-squared test that two rows of counts come from one distribution: scipy.stats.chi2_contingency with
// correction=False. Categories that occur in neither row are left out.
MLSYS_EXPORT ChiSquaredResult chi_squared_homogeneity(std::span<const std::uint64_t> first,
                                                      std::span<const std::uint64_t> second);

// Rows of both sides that have one value, or lie in one bin.
struct Cell {
  std::string value;
  std::uint64_t reference = 0;
  std::uint64_t current = 0;
};

// A cell for each value, by byte. Where the reference does not list all its values, those that it does not list stand
// together in a last cell "(other)", on both sides: which of them are new cannot be told.
MLSYS_EXPORT std::vector<Cell> align(const Categories& reference, const Categories& current);

// A cell for each of the bins into which the deciles of the reference divide the numbers: at most ten, each with its
// upper end. A decile is the first of the reference's points that at least k tenths of its values do not exceed. The
// values of `current` must have been counted at the reference's points.
MLSYS_EXPORT std::vector<Cell> align(const Distribution& reference, const Distribution& current);

// One of the two, by the kind of the columns, which must be numeric or categorical on both sides, with a value on both.
// Numbers of `current` must have been counted at the reference's points (column_profile's `like`).
MLSYS_EXPORT std::vector<Cell> align(const ColumnProfile& reference, const ColumnProfile& current);

// The measure of such columns when none is named: ks of numbers, js of categories.
MLSYS_EXPORT Measure usual_measure(Kind kind);
// ks, of numbers alone: D at the reference's points and just before them. The others are of the cells of align(): js,
// psi the distances above, and chi2 the p-value, which is the smaller the further apart they are.
MLSYS_EXPORT double measure(const ColumnProfile& reference, const ColumnProfile& current, Measure measure);

}  // namespace mlsys::profile
