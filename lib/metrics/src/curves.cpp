#include "mlsys/metrics/curves.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sum.hpp"

namespace mlsys::metrics {

namespace {

// numpy.percentile(scores, 100 * q) by linear interpolation, with numpy's own roundings; `descending` is sorted so.
double percentile(const std::vector<double>& descending, double q) {
  const std::size_t last = descending.size() - 1;
  const double position = static_cast<double>(last) * q;
  const auto below = std::min(static_cast<std::size_t>(position), last);
  const double t = position - std::floor(position);
  const double a = descending[last - below];
  const double b = descending[last - std::min(below + 1, last)];
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

std::vector<double> bin_edges(const RankedScores& ranked, unsigned bins, Bins strategy) {
  std::vector<double> edges(bins + 1);
  const double step = 1.0 / bins;
  for (unsigned i = 0; i <= bins; ++i) {
    const double share = i == bins ? 1.0 : i * step;
    edges[i] = strategy == Bins::uniform ? share : percentile(ranked.scores(), share * 100 / 100);
  }
  return edges;
}

}  // namespace

std::vector<CurvePoint> roc_curve(const RankedScores& ranked) {
  const ClassWeights all = class_weights(ranked);
  if (!(all.positives > 0 && all.negatives > 0)) return {};
  std::vector<CurvePoint> points{{0, 0, std::numeric_limits<double>::infinity()}};
  Sum tp;
  Sum fp;
  ranked.visit_groups({}, [&](double score, double p, double n) {
    tp.add(p);
    fp.add(n);
    points.push_back({fp.total() / all.negatives, tp.total() / all.positives, score});
  });
  return points;
}

std::vector<CurvePoint> precision_recall_curve(const RankedScores& ranked) {
  const ClassWeights all = class_weights(ranked);
  if (!(all.positives > 0)) return {};
  std::vector<CurvePoint> points;
  Sum tp;
  Sum yes;
  ranked.visit_groups({}, [&](double score, double p, double n) {
    tp.add(p);
    yes.add(p + n);
    if (yes.total() > 0) points.push_back({tp.total() / all.positives, tp.total() / yes.total(), score});
  });
  return points;
}

std::vector<CalibrationBin> calibration_curve(const RankedScores& ranked, unsigned bins, Bins strategy, Times times) {
  if (ranked.rows() == 0 || bins == 0 || !ranked.not_probabilities().empty()) return {};
  const std::vector<double> edges = bin_edges(ranked, bins, strategy);
  struct Sums {
    Sum weight, predicted, observed;
  };
  std::vector<Sums> sums(bins);
  std::size_t bin = bins - 1;  // scores descend, so bins do
  ranked.visit_groups(times, [&](double score, double p, double n) {
    while (bin > 0 && score <= edges[bin]) --bin;
    sums[bin].weight.add(p + n);
    sums[bin].predicted.add((p + n) * score);
    sums[bin].observed.add(p);
  });
  std::vector<CalibrationBin> out;
  for (unsigned i = 0; i < bins; ++i) {
    const double weight = sums[i].weight.total();
    if (weight > 0)
      out.push_back(
          {edges[i], edges[i + 1], weight, sums[i].predicted.total() / weight, sums[i].observed.total() / weight});
  }
  return out;
}

CalibrationErrors calibration_errors(const RankedScores& ranked, unsigned bins, Bins strategy, Times times) {
  if (const std::string why = ranked.not_probabilities(); !why.empty())
    return {Value::undefined(why), Value::undefined(why)};
  const auto curve = calibration_curve(ranked, bins, strategy, times);
  if (curve.empty()) return {Value::undefined("no rows with weight"), Value::undefined("no rows with weight")};
  Sum weight;
  Sum errors;
  double largest = 0;
  for (const CalibrationBin& bin : curve) {
    const double error = std::abs(bin.predicted - bin.observed);
    weight.add(bin.weight);
    errors.add(bin.weight * error);
    largest = std::max(largest, error);
  }
  return {Value::of(errors.total() / weight.total()), Value::of(largest)};
}

ScoreHistogram score_histogram(const RankedScores& ranked, unsigned bins) {
  ScoreHistogram out;
  if (ranked.rows() == 0 || bins == 0) return out;
  out.low = ranked.scores().back();
  out.high = ranked.scores().front();
  if (ranked.not_probabilities().empty()) {
    out.low = 0;
    out.high = 1;
  }
  if (!std::isfinite(out.low) || !std::isfinite(out.high)) return out;
  if (out.low == out.high) out.high = out.low + 1;
  out.positives.assign(bins, 0);
  out.negatives.assign(bins, 0);
  ranked.visit_groups({}, [&](double score, double p, double n) {
    // Halves, since the whole range may be larger than any double.
    const double place = (score / 2 - out.low / 2) / (out.high / 2 - out.low / 2) * bins;
    const std::size_t bin = place >= bins ? bins - 1 : place > 0 ? static_cast<std::size_t>(place) : 0;
    out.positives[bin] += p;
    out.negatives[bin] += n;
  });
  return out;
}

}  // namespace mlsys::metrics
