#include "mlsys/metrics/regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "checks.hpp"
#include "sum.hpp"

namespace mlsys::metrics {

void check(const RegressionData& data) {
  check_length(data.predictions.size(), data.targets.size(), "targets");
  check_weights(data.weights, data.predictions.size());
  for (std::size_t row = 0; row < data.predictions.size(); ++row) {
    if (!std::isfinite(data.predictions[row])) refuse_row(row, "the prediction is missing or not a finite number");
    if (!std::isfinite(data.targets[row])) refuse_row(row, "the target is missing or not a finite number");
  }
}

RegressionStatistics regression_statistics(const RegressionData& data, Times times) {
  Sum weights;
  Sum targets;
  Sum squares;
  Sum absolute;
  Sum relative;
  bool zero_target = false;
  double least = std::numeric_limits<double>::infinity();
  double greatest = -least;
  const auto each = [&](auto&& use) {
    for (std::size_t row = 0; row < data.targets.size(); ++row) {
      const double weight = (data.weights.empty() ? 1.0 : data.weights[row]) * (times.empty() ? 1.0 : times[row]);
      if (weight > 0) use(weight, data.predictions[row], data.targets[row]);
    }
  };
  each([&](double weight, double prediction, double target) {
    const double error = target - prediction;
    weights.add(weight);
    targets.add(weight * target);
    squares.add(weight * error * error);
    absolute.add(weight * std::abs(error));
    least = std::min(least, target);
    greatest = std::max(greatest, target);
    if (target == 0)
      zero_target = true;
    else
      relative.add(weight * std::abs(error / target));
  });
  const double all = weights.total();
  if (!(all > 0)) {
    const Value none = Value::undefined("no rows with weight");
    return {none, none, none, none};
  }
  const double mean = targets.total() / all;
  Sum spread;
  each([&](double weight, double, double target) { spread.add(weight * (target - mean) * (target - mean)); });
  RegressionStatistics out;
  out.rmse = Value::of(std::sqrt(squares.total() / all));
  out.mae = Value::of(absolute.total() / all);
  // The mean of equal targets can be off by a rounding, which makes their spread tiny instead of nothing.
  out.r2 = least == greatest || spread.total() == 0 ? Value::undefined("the target is constant")
                                                    : Value::of(1 - squares.total() / spread.total());
  out.mape = zero_target ? Value::undefined("a target is zero") : Value::of(relative.total() / all);
  return out;
}

}  // namespace mlsys::metrics
