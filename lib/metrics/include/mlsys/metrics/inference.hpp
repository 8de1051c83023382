// How sure a number is, and whether one model is better than another.
#pragma once

#include <cstdint>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/metrics/binary.hpp"
#include "mlsys/metrics/sample.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::metrics {

// The quantile function of the standard normal distribution, p in (0, 1); Wichura 1988 (AS 241), 1e-16 relative.
MLSYS_EXPORT double normal_quantile(double p);
// Two-sided p-value of a standard normal statistic.
MLSYS_EXPORT double two_sided_p(double z);

// The variance of the AUC by DeLong, DeLong & Clarke-Pearson 1988, from the groups of equal scores in O(n) after
// sorting (the midranks of Sun & Xu 2014). Undefined for weighted rows and with fewer than two rows of a class.
MLSYS_EXPORT Value delong_variance(const RankedScores& ranked);

// AUC -/+ z sqrt(variance), cut to [0, 1]: not logit-transformed, the same as pROC's ci.auc. Undefined when the
// variance is 0, as when a few rows are all ranked rightly: that is no certainty.
MLSYS_EXPORT Interval delong_interval(const RankedScores& ranked, double level = 0.95);

// Two scores of the same rows. Undefined as above; when the difference has no variance, p is 1 for equal values, and
// neither p nor the interval is defined otherwise.
struct PairedTest {
  Value difference;   // first minus second
  Value p_value;      // two-sided
  Interval interval;  // of the difference
};
MLSYS_EXPORT PairedTest delong_test(Reals first, Reals second, Reals labels, double level = 0.95, unsigned threads = 1);

struct BootstrapOptions {
  std::uint32_t replicates = 1000;
  double level = 0.95;
};

// Percentile intervals (Efron 1979), one per metric of the sample: units drawn with replacement within each stratum,
// quantiles of the replicates by linear interpolation. Replicates in which a metric is undefined are left out; more
// than 5% of them make the interval undefined. Replicate r draws from Random(ctx.seed, r): the same for any number of
// threads.
MLSYS_EXPORT std::vector<Interval> bootstrap_intervals(const Sample& sample, const BootstrapOptions& options,
                                                       Context& ctx);

// The paired bootstrap: both samples hold the same units and strata, and one metric each at `first_metric` and
// `second_metric`. p is two-sided, (b + 1) / (n + 1) with b the replicates on the other side of zero, doubled, at
// most 1.
MLSYS_EXPORT PairedTest bootstrap_test(const Sample& first, std::size_t first_metric, const Sample& second,
                                       std::size_t second_metric, const BootstrapOptions& options, Context& ctx);

}  // namespace mlsys::metrics
