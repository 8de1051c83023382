// What must hold for any data.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/metrics/curves.hpp"
#include "mlsys/metrics/inference.hpp"
#include "mlsys/metrics/multiclass.hpp"
#include "mlsys/metrics/sample.hpp"

namespace mlsys::metrics {

namespace {

struct DrawnRows {
  std::vector<double> scores;
  std::vector<std::uint8_t> labels;
  std::vector<double> weights;

  [[nodiscard]] BinaryData data() const { return {scores, labels, weights}; }
  [[nodiscard]] BinaryData unweighted() const { return {scores, labels, {}}; }
};

DrawnRows random_rows(std::size_t n, std::uint64_t seed, unsigned levels) {
  Random random(seed);
  DrawnRows rows;
  for (std::size_t i = 0; i < n; ++i) {
    const bool positive = i < 2 ? i == 0 : random.uniform() < 0.3;
    const double score = std::min(1.0, random.uniform() * 0.8 + (positive ? 0.15 : 0));
    rows.scores.push_back(levels == 0 ? score : std::floor(score * levels) / levels);
    rows.labels.push_back(positive ? 1 : 0);
    rows.weights.push_back(static_cast<double>(i < 2 ? 1 : random.below(4)));
  }
  return rows;
}

std::vector<Value> all_binary(const BinaryData& data) {
  return make_sample(data, default_metrics(Family::binary), Settings{})->measure();
}

double number(const Value& value) {
  REQUIRE_MESSAGE(value.value.has_value(), value.reason);
  return *value.value;
}

}  // namespace

TEST_CASE("ranking by score is the order of a stable comparison sort") {
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{5}, std::size_t{5000}, std::size_t{150000}}) {
    for (const unsigned levels : {0U, 50U}) {
      Random random(n + levels);
      std::vector<double> scores;
      for (std::size_t i = 0; i < n; ++i) {
        const double score = (random.uniform() - 0.5) * std::exp2(static_cast<double>(random.below(60)) - 30);
        scores.push_back(levels == 0 ? score : std::floor(score * levels));
      }
      if (n > 4) {
        scores[1] = 0.0;
        scores[2] = -0.0;
        scores[3] = std::numeric_limits<double>::infinity();
        scores[4] = -std::numeric_limits<double>::infinity();
      }
      const std::vector<float> floats(scores.begin(), scores.end());
      const auto expected = [](const auto& values) {
        std::vector<std::uint32_t> order(values.size());
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return values[a] > values[b]; });
        return order;
      };
      for (const unsigned threads : {1U, 2U, 3U, 4U}) {
        CHECK(rank_descending(scores, threads) == expected(scores));
        CHECK(rank_descending(floats, threads) == expected(floats));
      }
    }
  }
}

TEST_CASE("rank metrics do not change under a monotone transform of the scores") {
  const DrawnRows rows = random_rows(700, 1, 40);
  DrawnRows transformed = rows;
  for (double& score : transformed.scores) score = std::exp(3 * score) - 7;
  const RankStatistics a = rank_statistics(RankedScores(rows.data()));
  const RankStatistics b = rank_statistics(RankedScores(transformed.data()));
  CHECK(number(a.roc_auc) == number(b.roc_auc));
  CHECK(number(a.average_precision) == number(b.average_precision));
  CHECK(number(a.pr_auc_interp) == number(b.pr_auc_interp));
  CHECK(number(a.ks) == number(b.ks));
}

TEST_CASE("exchanging the classes mirrors the AUC, negating the scores too restores it") {
  const DrawnRows rows = random_rows(500, 2, 25);
  DrawnRows flipped = rows;
  for (auto& label : flipped.labels) label = label == 0 ? 1 : 0;
  const double auc = number(roc_auc(rows.data()));
  CHECK(number(roc_auc(flipped.data())) == doctest::Approx(1 - auc).epsilon(1e-14));
  for (double& score : flipped.scores) score = -score;
  CHECK(number(roc_auc(flipped.data())) == doctest::Approx(auc).epsilon(1e-14));
}

TEST_CASE("an integer weight is the same as repeating the row") {
  const DrawnRows rows = random_rows(400, 3, 30);
  DrawnRows repeated;
  for (std::size_t i = 0; i < rows.scores.size(); ++i) {
    for (int k = 0; k < static_cast<int>(rows.weights[i]); ++k) {
      repeated.scores.push_back(rows.scores[i]);
      repeated.labels.push_back(rows.labels[i]);
    }
  }
  // Quantile bins count rows, not weights: uniform ones here.
  Settings settings;
  settings.calibration_strategy = Bins::uniform;
  const auto metrics = default_metrics(Family::binary);
  const auto weighted = make_sample(rows.data(), metrics, settings)->measure();
  const auto once_each = make_sample(repeated.unweighted(), metrics, settings)->measure();
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    CAPTURE(to_string(metrics[m]));
    CHECK(number(weighted[m]) == doctest::Approx(number(once_each[m])).epsilon(1e-12));
  }
}

TEST_CASE("the order of the rows does not matter") {
  const DrawnRows rows = random_rows(600, 4, 0);
  DrawnRows reversed = rows;
  std::reverse(reversed.scores.begin(), reversed.scores.end());
  std::reverse(reversed.labels.begin(), reversed.labels.end());
  std::reverse(reversed.weights.begin(), reversed.weights.end());
  const auto a = all_binary(rows.data());
  const auto b = all_binary(reversed.data());
  for (std::size_t m = 0; m < a.size(); ++m) CHECK(number(a[m]) == doctest::Approx(number(b[m])).epsilon(1e-13));
}

TEST_CASE("a slice of the ranked rows has the metrics of its rows alone") {
  const DrawnRows rows = random_rows(900, 5, 60);
  const RankedScores all(rows.data());
  std::vector<std::uint32_t> order;
  for (const std::uint32_t row : all.order())
    if (row % 3 == 0) order.push_back(row);
  DrawnRows part;
  for (std::size_t row = 0; row < rows.scores.size(); row += 3) {
    part.scores.push_back(rows.scores[row]);
    part.labels.push_back(rows.labels[row]);
    part.weights.push_back(rows.weights[row]);
  }
  const auto sliced =
      make_sample(std::make_shared<RankedScores>(rows.data(), order), default_metrics(Family::binary), {})->measure();
  const auto alone = all_binary(part.data());
  for (std::size_t m = 0; m < alone.size(); ++m) CHECK(number(sliced[m]) == number(alone[m]));
}

TEST_CASE("one class alone leaves the metrics of two classes undefined, with the reason") {
  const std::vector<double> scores{0.1, 0.9, 0.4};
  const std::vector<std::uint8_t> positives{1, 1, 1};
  const std::vector<std::uint8_t> negatives{0, 0, 0};
  const Value auc = roc_auc({scores, positives, {}});
  CHECK_FALSE(auc.value.has_value());
  CHECK(auc.reason == "only positive rows");
  CHECK(roc_auc({scores, negatives, {}}).reason == "only negative rows");
  CHECK(average_precision({scores, negatives, {}}).reason == "no positive rows");
  CHECK(number(average_precision({scores, positives, {}})) == 1.0);
  const std::vector<double> none{0, 0, 0};
  CHECK(roc_auc({scores, positives, none}).reason == "no rows with weight");
  CHECK(roc_auc({}).reason == "no rows with weight");
  CHECK_FALSE(log_loss({}).value.has_value());
  CHECK(delong_interval(RankedScores({scores, positives, {}})).reason == "fewer than two rows of a class");
}

TEST_CASE("scores outside [0, 1] are ranked but have no log loss") {
  const std::vector<double> scores{-3, 2, 0.5, 4};
  const std::vector<std::uint8_t> labels{0, 1, 0, 1};
  CHECK(number(roc_auc({scores, labels, {}})) == 1.0);
  CHECK(log_loss({scores, labels, {}}).reason == "the scores are no probabilities: row 4 has 4");
}

TEST_CASE("refused rows are named") {
  const std::vector<double> scores{0.1, std::nan(""), 0.3};
  const std::vector<double> good{0.1, 0.2, 0.3};
  const std::vector<std::uint8_t> labels{0, 1, 0};
  const std::vector<double> bad_labels{0, 1, 2};
  const std::vector<double> bad_weights{1, 1, -1};
  const auto message = [](const BinaryData& data) {
    try {
      RankedScores{data};
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("accepted");
  };
  CHECK(message({scores, labels, {}}) == "cannot compute metrics: row 2: the score is missing or not a number");
  CHECK(message({good, bad_labels, {}}) == "cannot compute metrics: row 3: the label is 2, it must be 0 or 1");
  CHECK(message({good, labels, bad_weights}) ==
        "cannot compute metrics: row 3: the weight is -1, it must be finite and not negative");
  CHECK_THROWS_AS(RankedScores({good, std::vector<std::uint8_t>{0, 1}, {}}), Error);
}

TEST_CASE("the first row without a score is named on any number of threads") {
  std::vector<float> scores(600000, 0.5F);
  for (const std::size_t row : {std::size_t{123456}, std::size_t{300000}, std::size_t{599999}})
    scores[row] = std::numeric_limits<float>::quiet_NaN();
  for (const unsigned threads : {1U, 2U, 4U}) {
    try {
      rank_descending(scores, threads);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.message() == "cannot compute metrics: row 123457: the score is missing or not a number");
    }
  }
}

TEST_CASE("the best threshold is the one that a search over all scores finds") {
  const DrawnRows rows = random_rows(300, 6, 50);
  const RankedScores ranked(rows.data());
  const BestThreshold best = best_f1_threshold(ranked);
  double highest = -1;
  for (const double threshold : rows.scores) highest = std::max(highest, number(f1(confusion(ranked, threshold))));
  CHECK(best.f1 == doctest::Approx(highest).epsilon(1e-14));
  CHECK(number(f1(confusion(ranked, number(best.threshold)))) == doctest::Approx(highest).epsilon(1e-14));
}

TEST_CASE("the correlation of a perfect model is exactly 1") {
  Random random(9);
  for (int round = 0; round < 1000; ++round) {
    const auto yes = static_cast<double>(1 + random.below(1'000'000'000));
    const auto no = static_cast<double>(1 + random.below(1'000'000'000));
    const auto other = static_cast<double>(1 + random.below(1'000'000'000));
    CHECK(mcc({.true_positives = yes, .false_positives = 0, .true_negatives = no, .false_negatives = 0}).value == 1);
    CHECK(mcc({{yes, 0, 0}, {0, no, 0}, {0, 0, other}}).value == 1);
  }
}

TEST_CASE("curves end in their corners and their area is the metric") {
  const DrawnRows rows = random_rows(400, 7, 35);
  const RankedScores ranked(rows.data());
  const auto roc = roc_curve(ranked);
  CHECK(roc.front().x == 0.0);
  CHECK(roc.front().y == 0.0);
  CHECK(roc.back().x == 1.0);
  CHECK(roc.back().y == 1.0);
  double area = 0;
  for (std::size_t i = 1; i < roc.size(); ++i) area += (roc[i].x - roc[i - 1].x) * (roc[i].y + roc[i - 1].y) / 2;
  CHECK(area == doctest::Approx(number(rank_statistics(ranked).roc_auc)).epsilon(1e-13));
  double steps = 0;
  double recall_before = 0;
  for (const CurvePoint& point : precision_recall_curve(ranked)) {
    steps += (point.x - recall_before) * point.y;
    recall_before = point.x;
  }
  CHECK(steps == doctest::Approx(number(rank_statistics(ranked).average_precision)).epsilon(1e-13));
}

TEST_CASE("histograms and calibration bins hold every row's weight once") {
  const DrawnRows rows = random_rows(500, 8, 20);
  const RankedScores ranked(rows.data());
  const ClassWeights all = class_weights(ranked);
  const ScoreHistogram histogram = score_histogram(ranked, 20);
  CHECK(std::accumulate(histogram.positives.begin(), histogram.positives.end(), 0.0) == all.positives);
  CHECK(std::accumulate(histogram.negatives.begin(), histogram.negatives.end(), 0.0) == all.negatives);
  for (const Bins strategy : {Bins::quantile, Bins::uniform}) {
    double weight = 0;
    double observed = 0;
    for (const CalibrationBin& bin : calibration_curve(ranked, 10, strategy)) {
      CHECK(bin.predicted >= bin.low);
      CHECK(bin.predicted <= bin.high);
      weight += bin.weight;
      observed += bin.weight * bin.observed;
    }
    CHECK(weight == all.positives + all.negatives);
    CHECK(observed == doctest::Approx(all.positives));
  }
}

TEST_CASE("the sums of many rows lose nothing") {
  // 2^24 rows of 0.1 summed in float, or plainly in double, would be visibly off.
  const std::size_t n = 1 << 18;
  std::vector<double> predictions(n, 0.1);
  std::vector<double> targets(n, 0.0);
  targets[0] = 1e8;
  const double expected = (1e8 - 0.1 + 0.1 * static_cast<double>(n - 1)) / static_cast<double>(n);
  CHECK(number(regression_statistics({predictions, targets, {}}).mae) == doctest::Approx(expected).epsilon(1e-15));
}

TEST_CASE("floats give the metrics of the doubles they are") {
  DrawnRows rows = random_rows(5000, 9, 0);
  const std::vector<float> floats(rows.scores.begin(), rows.scores.end());
  for (std::size_t i = 0; i < floats.size(); ++i) rows.scores[i] = static_cast<double>(floats[i]);
  const auto a = all_binary({floats, rows.labels, rows.weights});
  const auto b = all_binary(rows.data());
  for (std::size_t m = 0; m < a.size(); ++m) CHECK(number(a[m]) == number(b[m]));
}

}  // namespace mlsys::metrics
