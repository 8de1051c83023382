// Two classes. Every function is weighted; empty weights mean 1 each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/metrics/catalogue.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::metrics {

// Three columns of equal length, fewer than 2^32 rows. Scores are any numbers but NaN (infinities are ordered), labels
// are 0 or 1, weights are finite and not negative.
struct BinaryData {
  Reals scores;
  Reals labels;
  Reals weights;
};

// Row numbers by descending score, equal scores by ascending row; -0 equals 0. O(n): a radix sort of the bits, on up
// to `threads` threads, with the same result for any number of them. Throws Error(Code::failed) that names the first
// row (counted from 1) whose score is NaN.
MLSYS_EXPORT std::vector<std::uint32_t> rank_descending(Reals scores, unsigned threads = 1);

// The rows in ranked order with what the metrics read, sorted once and shared by all of them.
class MLSYS_EXPORT RankedScores {
 public:
  // Throws Error(Code::failed) that names the row for what BinaryData does not allow.
  explicit RankedScores(const BinaryData& data, unsigned threads = 1);
  // Only the rows in `order`, which is a part of rank_descending's result in the same order: a slice, without sorting.
  RankedScores(const BinaryData& data, std::vector<std::uint32_t> order);

  [[nodiscard]] std::size_t rows() const { return order_.size(); }
  [[nodiscard]] std::size_t data_rows() const { return data_rows_; }  // of the data, of which a slice is a part
  [[nodiscard]] bool weighted() const { return !weights_.empty(); }
  [[nodiscard]] const std::vector<std::uint32_t>& order() const { return order_; }
  [[nodiscard]] const std::vector<double>& scores() const { return scores_; }        // descending
  [[nodiscard]] const std::vector<std::uint8_t>& labels() const { return labels_; }  // in the same order
  [[nodiscard]] double weight(std::size_t i) const { return weights_.empty() ? 1.0 : weights_[i]; }
  // Why the scores are no probabilities; empty when all of them lie in [0, 1].
  [[nodiscard]] std::string not_probabilities() const;

  // Calls visit(score, positives, negatives) for every group of equal scores, the highest first, with the weight of
  // the group's rows of each class.
  template <class Visit>
  void visit_groups(Times times, Visit&& visit) const {
    for (std::size_t i = 0; i < order_.size();) {
      const double score = scores_[i];
      double sums[2] = {0.0, 0.0};
      for (; i < order_.size() && scores_[i] == score; ++i)
        sums[labels_[i]] += times.empty() ? weight(i) : weight(i) * times[order_[i]];
      visit(score, sums[1], sums[0]);
    }
  }

 private:
  void gather(const BinaryData& data);

  std::size_t data_rows_ = 0;
  std::vector<std::uint32_t> order_;
  std::vector<double> scores_;
  std::vector<std::uint8_t> labels_;
  std::vector<double> weights_;  // empty when unweighted
};

struct ClassWeights {
  double positives = 0;
  double negatives = 0;
};
MLSYS_EXPORT ClassWeights class_weights(const RankedScores& ranked, Times times = {});

// Metrics of the order of the scores alone. Undefined unless both classes have weight (average precision and
// pr_auc_interp: unless there are positives).
struct RankStatistics {
  // P(score of a positive > score of a negative) + P(equal) / 2: the trapezoid rule over groups of equal scores.
  // Hanley & McNeil 1982; scikit-learn roc_auc_score.
  Value roc_auc;
  // Sum over groups of (recall step) x precision, without interpolation. scikit-learn average_precision_score.
  Value average_precision;
  // The area under the precision-recall curve with the interpolation of Davis & Goadrich 2006 in the continuous form
  // of Keilwagen, Grosse & Grau 2014; XGBoost's aucpr.
  Value pr_auc_interp;
  // max |TPR - FPR|: the two-sample Kolmogorov-Smirnov statistic of the scores of the two classes; scipy ks_2samp.
  Value ks;
};
MLSYS_EXPORT RankStatistics rank_statistics(const RankedScores& ranked, Times times = {});

// Metrics of the probabilities. Undefined when a score lies outside [0, 1] or there is no weight.
struct ProbabilityStatistics {
  // Mean of -log(probability of the true class), probabilities clipped to [clip, 1 - clip]. scikit-learn log_loss,
  // whose clip is the resolution of the scores' type: here always that of a double, also for float scores.
  Value log_loss;
  // Mean of (probability - label)^2; scikit-learn brier_score_loss. Brier 1950, halved as is usual for two classes.
  Value brier;
};
MLSYS_EXPORT ProbabilityStatistics probability_statistics(const RankedScores& ranked, double clip, Times times = {});

// Weights of the four outcomes when score >= threshold predicts the positive class.
struct Confusion {
  double true_positives = 0;
  double false_positives = 0;
  double true_negatives = 0;
  double false_negatives = 0;
};
MLSYS_EXPORT Confusion confusion(const RankedScores& ranked, double threshold, Times times = {});

// Each is undefined when its denominator is zero.
MLSYS_EXPORT Value accuracy(const Confusion& c);           // correct / all
MLSYS_EXPORT Value balanced_accuracy(const Confusion& c);  // (TPR + TNR) / 2
MLSYS_EXPORT Value precision(const Confusion& c);          // TP / (TP + FP)
MLSYS_EXPORT Value recall(const Confusion& c);             // TP / (TP + FN)
MLSYS_EXPORT Value f1(const Confusion& c);                 // 2 TP / (2 TP + FP + FN)
MLSYS_EXPORT Value mcc(const Confusion& c);                // the correlation of prediction and label; Matthews 1975
MLSYS_EXPORT Value kappa(const Confusion& c);              // Cohen 1960

// The threshold with the largest F1, for choosing it on a validation set: never on the rows that are reported.
// The highest of several. It lies halfway between the lowest score that it makes positive and the next lower one (or
// just below the lowest of all), so that it parts the same rows when scores were rounded to floats or to text on their
// way. Undefined without positives.
struct BestThreshold {
  Value threshold;
  double f1 = 0;
};
MLSYS_EXPORT BestThreshold best_f1_threshold(const RankedScores& ranked);

// The same in one call, for a single metric.
MLSYS_EXPORT Value roc_auc(const BinaryData& data);
MLSYS_EXPORT Value average_precision(const BinaryData& data);
MLSYS_EXPORT Value log_loss(const BinaryData& data);
MLSYS_EXPORT Value brier(const BinaryData& data);

}  // namespace mlsys::metrics
