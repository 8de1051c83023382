// The tests behind drift, as pure functions: no data source, no options, no thresholds.
//
// All of them are symmetric in the two samples up to the sign of a difference, and independent of the order of rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/profile/distance.hpp"

namespace mlsys::drift {

// --- numeric: Kolmogorov-Smirnov ----------------------------------------------------------------------------------

struct KsResult {
  double statistic = 0;  // D = sup |F1(x) - F2(x)|, in [0, 1]
  double p_value = 1;    // two-sided
  bool exact = false;    // p from the exact permutation distribution; else from Kolmogorov's finite distribution
};

// Both samples sorted ascending, not empty, without NaN. Equal values are one step of both distribution functions.
MLSYS_EXPORT KsResult ks_two_sample(std::span<const double> first, std::span<const double> second);

// D of two samples that are known by their cumulative counts: see mlsys/profile/distance.hpp.
using profile::ks_statistic_of_cumulative;

// The p-value of a two-sided D for samples of these sizes (both > 0).
// Exact while n1 * n2 <= 10^8: the share of lattice paths that leave the band (Hodges 1957), which is conservative
// when values are tied. Beyond that Kolmogorov's distribution of round(n1 n2 / (n1 + n2)) observations, as in
// scipy.stats.ks_2samp(method="asymp"): Simard and L'Ecuyer (2011), with Pelz-Good below n D^2 = 2.2 and twice
// Smirnov's one-sided probability above.
MLSYS_EXPORT KsResult ks_p_value(double statistic, std::uint64_t n1, std::uint64_t n2);

// P(D_n >= d) of Kolmogorov's two-sided statistic for one sample of n >= 1 values.
MLSYS_EXPORT double kolmogorov_survival(std::uint64_t n, double d);

// --- categorical ---------------------------------------------------------------------------------------------------

// Of two rows of counts: see mlsys/profile/distance.hpp.
using profile::chi_squared_homogeneity;
using profile::ChiSquaredResult;
using profile::jensen_shannon_distance;

// --- many tests at once --------------------------------------------------------------------------------------------

// Benjamini-Hochberg adjusted p-values in the order given: scipy.stats.false_discovery_control(method="bh").
MLSYS_EXPORT std::vector<double> benjamini_hochberg(std::span<const double> p_values);

}  // namespace mlsys::drift
