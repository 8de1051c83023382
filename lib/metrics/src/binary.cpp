#include "mlsys/metrics/binary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "sum.hpp"

namespace mlsys::metrics {

namespace {

// What is missing for a metric that needs both classes; empty when nothing is.
std::string one_class(const ClassWeights& w) {
  if (w.positives > 0 && w.negatives > 0) return {};
  if (w.positives > 0) return "only positive rows";
  return w.negatives > 0 ? "only negative rows" : "no rows with weight";
}

// The area of XGBoost's aucpr between two points, in recall: precision between them follows from a constant rate of
// false positives per true positive.
double interpolated_area(double fp_before, double fp, double tp_before, double tp, double positives) {
  if (tp == tp_before) return 0;
  const double rate = (fp - fp_before) / (tp - tp_before);
  const double slope = 1 + rate;
  const double offset = (fp_before - rate * tp_before) / positives;
  const double from = tp_before / positives;
  const double to = tp / positives;
  if (offset == 0) return (to - from) / slope;
  return (to - from - offset / slope * (std::log(slope * to + offset) - std::log(slope * from + offset))) / slope;
}

Value ratio(double numerator, double denominator, const char* why) {
  if (denominator > 0) return Value::of(numerator / denominator);
  return Value::undefined(why);
}

// A threshold that parts two neighbouring scores and that neither loses when it is written as text and read again, or
// goes through a float: a score itself would be such a score's other spelling.
double threshold_between(const std::optional<double>& below, double lowest) {
  const double middle =
      below ? std::midpoint(*below, lowest)
            : static_cast<double>(std::nextafter(static_cast<float>(lowest), -std::numeric_limits<float>::infinity()));
  return std::isfinite(middle) ? middle : lowest;
}

}  // namespace

ClassWeights class_weights(const RankedScores& ranked, Times times) {
  Sum positives;
  Sum negatives;
  ranked.visit_groups(times, [&](double, double p, double n) {
    positives.add(p);
    negatives.add(n);
  });
  return {positives.total(), negatives.total()};
}

RankStatistics rank_statistics(const RankedScores& ranked, Times times) {
  const ClassWeights all = class_weights(ranked, times);
  RankStatistics out;
  Sum pairs;  // pairs in the right order, ties half
  Sum steps;
  Sum interpolated;
  Sum tp;
  Sum fp;
  double distance = 0;
  ranked.visit_groups(times, [&](double, double p, double n) {
    if (p == 0 && n == 0) return;
    const double tp_before = tp.total();
    const double fp_before = fp.total();
    tp.add(p);
    fp.add(n);
    pairs.add(n * (tp_before + p / 2));
    if (p > 0) {
      steps.add(p * (tp.total() / (tp.total() + fp.total())));
      interpolated.add(interpolated_area(fp_before, fp.total(), tp_before, tp.total(), all.positives));
    }
    distance = std::max(distance, std::abs(tp.total() / all.positives - fp.total() / all.negatives));
  });
  if (const std::string why = one_class(all); why.empty()) {
    out.roc_auc = Value::of(pairs.total() / all.positives / all.negatives);
    out.ks = Value::of(distance);
  } else {
    out.roc_auc = out.ks = Value::undefined(why);
  }
  if (all.positives > 0) {
    out.average_precision = Value::of(steps.total() / all.positives);
    out.pr_auc_interp = Value::of(interpolated.total());
  } else {
    out.average_precision = out.pr_auc_interp = Value::undefined("no positive rows");
  }
  return out;
}

ProbabilityStatistics probability_statistics(const RankedScores& ranked, double clip, Times times) {
  if (const std::string why = ranked.not_probabilities(); !why.empty())
    return {Value::undefined(why), Value::undefined(why)};
  Sum loss;
  Sum squares;
  Sum weight;
  ranked.visit_groups(times, [&](double score, double p, double n) {
    const double clipped = std::clamp(score, clip, 1 - clip);
    if (p > 0) loss.add(-p * std::log(clipped));
    if (n > 0) loss.add(-n * std::log1p(-clipped));
    squares.add(p * (1 - score) * (1 - score) + n * score * score);
    weight.add(p + n);
  });
  if (!(weight.total() > 0)) return {Value::undefined("no rows with weight"), Value::undefined("no rows with weight")};
  return {Value::of(loss.total() / weight.total()), Value::of(squares.total() / weight.total())};
}

Confusion confusion(const RankedScores& ranked, double threshold, Times times) {
  Sum sums[2][2];  // [predicted][label]
  ranked.visit_groups(times, [&](double score, double p, double n) {
    const int predicted = score >= threshold ? 1 : 0;
    sums[predicted][1].add(p);
    sums[predicted][0].add(n);
  });
  return {sums[1][1].total(), sums[1][0].total(), sums[0][0].total(), sums[0][1].total()};
}

Value accuracy(const Confusion& c) {
  const double right = c.true_positives + c.true_negatives;
  return ratio(right, right + c.false_positives + c.false_negatives, "no rows with weight");
}

Value balanced_accuracy(const Confusion& c) {
  const std::string why = one_class({c.true_positives + c.false_negatives, c.true_negatives + c.false_positives});
  if (!why.empty()) return Value::undefined(why);
  return Value::of((c.true_positives / (c.true_positives + c.false_negatives) +
                    c.true_negatives / (c.true_negatives + c.false_positives)) /
                   2);
}

Value precision(const Confusion& c) {
  return ratio(c.true_positives, c.true_positives + c.false_positives, "no row is predicted positive");
}

Value recall(const Confusion& c) {
  return ratio(c.true_positives, c.true_positives + c.false_negatives, "no positive rows");
}

Value f1(const Confusion& c) {
  return ratio(2 * c.true_positives, 2 * c.true_positives + c.false_positives + c.false_negatives,
               "no row is positive or predicted so");
}

Value mcc(const Confusion& c) {
  const double positives = c.true_positives + c.false_negatives;
  const double negatives = c.true_negatives + c.false_positives;
  if (const std::string why = one_class({positives, negatives}); !why.empty()) return Value::undefined(why);
  const double yes = c.true_positives + c.false_positives;
  const double no = c.true_negatives + c.false_negatives;
  if (!(yes > 0 && no > 0)) return Value::undefined("every row is predicted as the same class");
  // Two square roots: the product of four weights of 1e8 rows has no exact double, and those of equal factors are
  // exact, so that a perfect model has 1.
  return Value::of((c.true_positives * c.true_negatives - c.false_positives * c.false_negatives) /
                   (std::sqrt(positives * yes) * std::sqrt(negatives * no)));
}

Value kappa(const Confusion& c) {
  const double all = c.true_positives + c.false_positives + c.true_negatives + c.false_negatives;
  if (!(all > 0)) return Value::undefined("no rows with weight");
  const double observed = (c.true_positives + c.true_negatives) / all;
  const double expected =
      (c.true_positives + c.false_positives) / all * ((c.true_positives + c.false_negatives) / all) +
      (c.true_negatives + c.false_negatives) / all * ((c.true_negatives + c.false_positives) / all);
  if (expected >= 1) return Value::undefined("labels and predictions are all of one class");
  return Value::of((observed - expected) / (1 - expected));
}

BestThreshold best_f1_threshold(const RankedScores& ranked) {
  const ClassWeights all = class_weights(ranked);
  if (!(all.positives > 0)) return {Value::undefined("no positive rows"), 0};
  double best_f1 = -1;
  double lowest = 0;            // the lowest score that is predicted positive
  std::optional<double> below;  // the next lower one
  ranked.visit_groups({}, [&, tp = Sum(), yes = Sum()](double score, double p, double n) mutable {
    if (best_f1 >= 0 && !below) below = score;
    tp.add(p);
    yes.add(p + n);
    const double value = 2 * tp.total() / (yes.total() + all.positives);
    if (!(value > best_f1)) return;
    best_f1 = value;
    lowest = score;
    below.reset();
  });
  return {Value::of(threshold_between(below, lowest)), best_f1};
}

Value roc_auc(const BinaryData& data) { return rank_statistics(RankedScores(data)).roc_auc; }

Value average_precision(const BinaryData& data) { return rank_statistics(RankedScores(data)).average_precision; }

Value log_loss(const BinaryData& data) {
  return probability_statistics(RankedScores(data), std::numeric_limits<double>::epsilon()).log_loss;
}

Value brier(const BinaryData& data) {
  return probability_statistics(RankedScores(data), std::numeric_limits<double>::epsilon()).brier;
}

}  // namespace mlsys::metrics
