// Numbers predicted by numbers.
#pragma once

#include "mlsys/base/export.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::metrics {

// Three columns of equal length; predictions and targets are finite, weights finite and not negative (empty: 1 each).
struct RegressionData {
  Reals predictions;
  Reals targets;
  Reals weights;
};

// Throws Error(Code::failed) that names the first row (counted from 1) that RegressionData does not allow.
MLSYS_EXPORT void check(const RegressionData& data);

struct RegressionStatistics {
  Value rmse;  // sqrt(mean of squared errors)
  Value mae;   // mean of absolute errors
  // 1 - squared error / squared error of the weighted mean target; scikit-learn r2_score, but undefined for a constant
  // target.
  Value r2;
  Value mape;  // mean of |error / target|; undefined when a target with weight is zero
};
// The data must have passed check().
MLSYS_EXPORT RegressionStatistics regression_statistics(const RegressionData& data, Times times = {});

}  // namespace mlsys::metrics
