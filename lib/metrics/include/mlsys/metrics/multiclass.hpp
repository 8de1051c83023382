// More than two classes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/metrics/binary.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::metrics {

// `scores` holds rows x classes numbers, row by row; labels are class numbers in [0, classes).
// The predicted class of a row is its highest score, the first of equal ones.
struct MulticlassData {
  Reals scores;
  std::span<const std::int32_t> labels;
  std::size_t classes = 0;
  Reals weights;
  std::span<const std::string> names = {};  // of the classes, for reasons; without them they have numbers
};

// Checks sizes, labels, weights and NaN; throws Error(Code::failed) that names the row.
MLSYS_EXPORT void check(const MulticlassData& data);

MLSYS_EXPORT std::vector<std::int32_t> predicted_classes(const MulticlassData& data);

// weights[true class][predicted class]; the labels are checked by check().
MLSYS_EXPORT std::vector<std::vector<double>> confusion_matrix(std::span<const std::int32_t> labels,
                                                               std::span<const std::int32_t> predicted,
                                                               std::size_t classes, Reals weights, Times times = {});

// "class 'b'", or "class number 1" without names.
MLSYS_EXPORT std::string class_text(std::size_t index, std::span<const std::string> names);

// From the matrix. Classes that occur neither among labels nor predictions are left out of macro means, as in
// scikit-learn. A mean over a class whose value is undefined (0/0) is undefined and names the class.
MLSYS_EXPORT Value accuracy(const std::vector<std::vector<double>>& matrix);
MLSYS_EXPORT Value balanced_accuracy(const std::vector<std::vector<double>>& matrix);  // mean recall of classes present
MLSYS_EXPORT Value macro_precision(const std::vector<std::vector<double>>& matrix,
                                   std::span<const std::string> names = {});
MLSYS_EXPORT Value macro_recall(const std::vector<std::vector<double>>& matrix,
                                std::span<const std::string> names = {});
MLSYS_EXPORT Value macro_f1(const std::vector<std::vector<double>>& matrix, std::span<const std::string> names = {});
MLSYS_EXPORT Value mcc(const std::vector<std::vector<double>>& matrix);  // Gorodkin 2004
MLSYS_EXPORT Value kappa(const std::vector<std::vector<double>>& matrix);

// -log of the true class's probability (clipped), and the sum over classes of (probability - indicator)^2: the
// multiclass form of scikit-learn's log_loss and brier_score_loss. Undefined when scores lie outside [0, 1] or a row
// does not sum to 1 within 1e-3.
MLSYS_EXPORT ProbabilityStatistics probability_statistics(const MulticlassData& data, double clip, Times times = {});

// Calibration of the predicted class's probability against being correct (Guo et al. 2017).
MLSYS_EXPORT RankedScores top_label(const MulticlassData& data, unsigned threads = 1);

// One class against the rest.
MLSYS_EXPORT RankedScores one_versus_rest(const MulticlassData& data, std::size_t positive, unsigned threads = 1);

}  // namespace mlsys::metrics
