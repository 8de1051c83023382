// Curves and calibration of two classes.
#pragma once

#include <optional>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/metrics/binary.hpp"

namespace mlsys::metrics {

struct CurvePoint {
  double x = 0;
  double y = 0;
  double threshold = 0;  // scores from here upwards are predicted positive
};

// (FPR, TPR) after every group of equal scores, from (0, 0) at +infinity to (1, 1). Empty unless both classes have
// weight. scikit-learn roc_curve(drop_intermediate=False).
MLSYS_EXPORT std::vector<CurvePoint> roc_curve(const RankedScores& ranked);

// (recall, precision) after every group of equal scores, by ascending recall; it starts with the first group, without
// scikit-learn's artificial point (0, 1). Empty without positives.
MLSYS_EXPORT std::vector<CurvePoint> precision_recall_curve(const RankedScores& ranked);

// One bin of a reliability diagram.
struct CalibrationBin {
  double low = 0;  // the bin holds probabilities in (low, high]; the first one also its low end
  double high = 0;
  double weight = 0;
  double predicted = 0;  // mean probability
  double observed = 0;   // share of positives
};

// The bins of scikit-learn's calibration_curve: `bins` of equal width over [0, 1], or between the percentiles of the
// scores (linear interpolation, every row counting once whatever its weight); bins without weight are left out.
// Empty when the scores are no probabilities.
MLSYS_EXPORT std::vector<CalibrationBin> calibration_curve(const RankedScores& ranked, unsigned bins, Bins strategy,
                                                           Times times = {});

// ece: the mean of |predicted - observed| over the bins, weighted by their weight (Naeini, Cooper & Hauskrecht 2015);
// mce: the largest of them. Undefined when the scores are no probabilities.
struct CalibrationErrors {
  Value ece;
  Value mce;
};
MLSYS_EXPORT CalibrationErrors calibration_errors(const RankedScores& ranked, unsigned bins, Bins strategy,
                                                  Times times = {});

// Weight per bin of equal width between `low` and `high` (the highest score belongs to the last bin), for each class.
struct ScoreHistogram {
  double low = 0;
  double high = 0;
  std::vector<double> positives;
  std::vector<double> negatives;
};
MLSYS_EXPORT ScoreHistogram score_histogram(const RankedScores& ranked, unsigned bins);

}  // namespace mlsys::metrics
