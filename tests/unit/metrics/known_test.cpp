// Values worked out by hand or printed in the documentation of other tools.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/metrics/curves.hpp"
#include "mlsys/metrics/inference.hpp"
#include "mlsys/metrics/sample.hpp"

namespace mlsys::metrics {

namespace {

double ndcg_of_one_query(const std::vector<double>& scores, const std::vector<double>& relevance,
                         const RankingRules& rules, std::uint32_t at = 0) {
  const std::vector<std::uint32_t> queries(scores.size(), 0);
  const RankedQueries ranked({scores, relevance, queries, {}, {}}, rules.ties);
  return mean(ranked.ndcg(at, rules)).value.value();
}

}  // namespace

TEST_CASE("scikit-learn's documented examples") {
  const RankingRules sklearn = ranking_rules(Convention::sklearn);
  const std::vector<double> relevance{10, 0, 0, 1, 5};
  CHECK(ndcg_of_one_query({.1, .2, .3, 4, 70}, relevance, sklearn) == doctest::Approx(0.69569).epsilon(1e-5));
  CHECK(ndcg_of_one_query({.05, 1.1, 1., .5, .0}, relevance, sklearn) == doctest::Approx(0.49368).epsilon(1e-5));
  RankingRules input = sklearn;
  input.ties = Ties::input;
  CHECK(ndcg_of_one_query({1, 0, 0, 0, 1}, relevance, sklearn, 1) == doctest::Approx(0.75));
  // scikit-learn's ignore_ties=True takes the last of equal scores first, ours the first.
  CHECK(ndcg_of_one_query({1, 0, 0, 0, 1}, {5, 1, 0, 0, 10}, input, 1) == doctest::Approx(0.5));
  const std::vector<double> scores{.1, .4, .35, .8};
  const std::vector<std::uint8_t> labels{0, 0, 1, 1};
  CHECK(average_precision({scores, labels, {}}).value.value() == doctest::Approx(0.8333333333333333));
  CHECK(roc_auc({scores, labels, {}}).value.value() == 0.75);
}

TEST_CASE("trec_eval: the only relevant document at rank 2, and equal scores by descending id") {
  RankingRules rules = ranking_rules(Convention::trec_eval);
  const std::vector<double> relevance{0, 1};
  const std::vector<std::uint32_t> queries{0, 0};
  const std::vector<std::string> ids{"a", "b"};
  const auto ndcg = [&](const std::vector<double>& scores) {
    return mean(RankedQueries({scores, relevance, queries, {}, ids}, rules.ties).ndcg(0, rules)).value.value();
  };
  CHECK(ndcg({2, 1}) == doctest::Approx(0.6309297535714575).epsilon(1e-15));
  CHECK(ndcg({1, 1}) == 1.0);
}

TEST_CASE("by hand: four rows at threshold 0.5") {
  const std::vector<double> scores{0.9, 0.6, 0.5, 0.2};
  const std::vector<std::uint8_t> labels{1, 0, 1, 1};
  const Confusion c = confusion(RankedScores({scores, labels, {}}), 0.5);
  CHECK(c.true_positives == 2);  // 0.5 itself is predicted positive
  CHECK(c.false_positives == 1);
  CHECK(c.true_negatives == 0);
  CHECK(c.false_negatives == 1);
  CHECK(precision(c).value.value() == doctest::Approx(2.0 / 3));
  CHECK(recall(c).value.value() == doctest::Approx(2.0 / 3));
  CHECK(accuracy(c).value.value() == 0.5);
  CHECK(balanced_accuracy(c).value.value() == doctest::Approx(1.0 / 3));
  CHECK(precision(confusion(RankedScores({scores, labels, {}}), 2)).reason == "no row is predicted positive");
}

TEST_CASE("by hand: expectations over tied documents") {
  // Two tied documents, one relevant: AP is 1 or 1/2, the reciprocal rank too.
  const std::vector<double> scores{1, 1};
  const std::vector<double> relevance{0, 1};
  const std::vector<std::uint32_t> queries{0, 0};
  const RankedQueries ranked({scores, relevance, queries, {}, {}}, Ties::average);
  CHECK(mean(ranked.average_precision(0, {})).value.value() == doctest::Approx(0.75));
  CHECK(mean(ranked.reciprocal_rank(0, {})).value.value() == doctest::Approx(0.75));
  CHECK(mean(ranked.precision(1, {})).value.value() == doctest::Approx(0.5));
}

TEST_CASE("queries without a relevant document are skipped and counted, or given what a convention says") {
  const std::vector<double> scores{3, 2, 1};
  const std::vector<double> relevance{0, 0, 1};
  const std::vector<std::uint32_t> queries{0, 0, 1};
  const RankedQueries ranked({scores, relevance, queries, {}, {}}, Ties::average);
  RankingRules rules;
  CHECK(ranked.ndcg(10, rules).skipped == 1);
  CHECK(mean(ranked.ndcg(10, rules)).value.value() == 1.0);
  rules.empty = Empty::zero;
  CHECK(mean(ranked.ndcg(10, rules)).value.value() == 0.5);
  rules.empty = Empty::one;
  CHECK(mean(ranked.ndcg(10, rules)).value.value() == 1.0);
  const std::vector<double> nothing{0, 0, 0};
  const RankedQueries empty({scores, nothing, queries, {}, {}}, Ties::average);
  CHECK(mean(empty.ndcg(10, {})).reason == "no query has a relevant document");
}

TEST_CASE("XGBoost counts a query without a relevant document as 1 in NDCG and MAP, and as 0 in precision") {
  // XGBoost 3.4.1 says ndcg@3 1, map@3 1 and pre@3 1/6 for these two queries.
  const std::vector<double> scores{3, 2, 1, 3, 2, 1};
  const std::vector<double> relevance{0, 0, 0, 1, 0, 0};
  const std::vector<std::uint32_t> queries{0, 0, 0, 1, 1, 1};
  const RankingRules rules = ranking_rules(Convention::xgboost);
  const RankedQueries ranked({scores, relevance, queries, {}, {}}, rules.ties);
  CHECK(mean(ranked.ndcg(3, rules)).value.value() == 1);
  CHECK(mean(ranked.average_precision(3, rules)).value.value() == 1);
  CHECK(mean(ranked.precision(3, rules)).value.value() == doctest::Approx(1.0 / 6));
  // It has neither of these, and 0/0 is no number: the query is left out, which the definition says.
  CHECK(mean(ranked.recall(3, rules)).value.value() == 1);
  CHECK(mean(ranked.reciprocal_rank(3, rules)).value.value() == 1);
  CHECK(ranked.recall(3, rules).skipped == 1);
  Settings settings;
  settings.ranking = rules;
  const auto text = [&](Metric metric) { return definition({metric, 3}, Family::ranking, settings); };
  CHECK(text(Metric::ndcg) == "ndcg@3{gain=exp,ties=input,empty=1}");
  CHECK(text(Metric::precision) == "precision@3{ties=input,over=min_k_n,empty=0}");
  CHECK(text(Metric::recall) == "recall@3{ties=input,empty=skip}");
}

TEST_CASE("queries without a relevant document are counted under every rule and for any grades") {
  const std::vector<double> scores{3, 2, 1};
  const std::vector<double> relevance{0, 0, 40};
  const std::vector<std::uint32_t> queries{0, 1, 2};
  for (const auto& convention : NameTable<Convention>::entries) {
    const RankingRules rules = ranking_rules(convention.value);
    const std::vector<std::string> ids{"a", "b", "c"};
    CHECK(RankedQueries({scores, relevance, queries, {}, ids}, rules.ties).without_relevant() == 2);
  }
}

TEST_CASE("ranking refuses what it cannot mean") {
  const std::vector<double> scores{3, 2, 1};
  const std::vector<double> relevance{0, 40, 1};
  const std::vector<std::uint32_t> queries{0, 0, 1};
  const std::vector<double> weights{1, 2, 1};
  CHECK_THROWS_AS(RankedQueries({scores, relevance, queries, weights, {}}, Ties::average), Error);
  CHECK_THROWS_AS(RankedQueries({scores, relevance, queries, {}, {}}, Ties::id), Error);
  const RankedQueries ranked({scores, relevance, queries, {}, {}}, Ties::average);
  CHECK_FALSE(mean(ranked.ndcg(10, {})).value.has_value());  // 2^40 - 1 would drown everything else
}

TEST_CASE("metric names, cutoffs and definitions") {
  CHECK(parse_metric("roc_auc") == MetricSpec{Metric::roc_auc, std::nullopt});
  CHECK(parse_metric(" ndcg@10 ") == MetricSpec{Metric::ndcg, 10});
  CHECK(to_string(parse_metric("precision@5", Family::ranking)) == "precision@5");
  for (const char* text :
       {"", "@", "ndcg@", "ndcg@0", "ndcg@-1", "ndcg@1.5", "ndcg@+3", "ndcg@9999999999", "auc_roc", "rmse@3"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_metric(text), Error);
  }
  try {
    parse_metric("roc_acu");
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::usage);
    CHECK(error.hint().find("roc_auc") != std::string::npos);
  }
  CHECK_THROWS_AS(parse_metric("rmse", Family::binary), Error);
  CHECK_THROWS_AS(parse_metric("precision", Family::ranking), Error);
  CHECK_THROWS_AS(parse_metric("precision@3", Family::binary), Error);
  const Settings settings;
  CHECK(definition({Metric::roc_auc, {}}, Family::binary, settings) == "roc_auc{ties=trapezoid}");
  CHECK(definition({Metric::ndcg, 10}, Family::ranking, settings) == "ndcg@10{gain=exp,ties=average,empty=skip}");
  CHECK(definition({Metric::ece, {}}, Family::binary, settings) == "ece{bins=10,strategy=quantile}");
  CHECK(definition({Metric::log_loss, {}}, Family::binary, settings) == "log_loss{clip=2.22e-16}");
  CHECK(definition({Metric::rmse, {}}, Family::regression, settings) == "rmse");
  CHECK(definition({Metric::f1, {}}, Family::binary, settings) == "f1{threshold=0.5}");
}

TEST_CASE("the table of metrics is in the order of its enumeration, and the defaults apply") {
  for (const auto& entry : NameTable<Metric>::entries) CHECK(info(entry.value).metric == entry.value);
  for (const auto& family : NameTable<Family>::entries)
    for (const MetricSpec& spec : default_metrics(family.value))
      CHECK(parse_metric(to_string(spec), family.value) == spec);
}

TEST_CASE("regression by hand, and where it is undefined") {
  const std::vector<double> targets{1, 2, 3};
  const std::vector<double> predictions{1, 2, 6};
  const RegressionStatistics all = regression_statistics({predictions, targets, {}});
  CHECK(all.rmse.value.value() == doctest::Approx(std::sqrt(3.0)));
  CHECK(all.mae.value.value() == doctest::Approx(1.0));
  CHECK(all.r2.value.value() == doctest::Approx(1 - 9.0 / 2));
  CHECK(all.mape.value.value() == doctest::Approx(1.0 / 3));
  const std::vector<double> flat{0, 0, 0};
  CHECK(regression_statistics({predictions, flat, {}}).r2.reason == "the target is constant");
  CHECK(regression_statistics({predictions, flat, {}}).mape.reason == "a target is zero");
  const std::vector<double> infinite{1, INFINITY, 3};
  CHECK_THROWS_AS(check(RegressionData{infinite, targets, {}}), Error);
}

TEST_CASE("a constant target is constant whatever its weights") {
  // The weighted mean of these is no longer 0.1 but a double next to it.
  std::vector<double> targets;
  std::vector<double> predictions;
  std::vector<double> weights;
  for (int row = 1; row <= 20; ++row) {
    targets.push_back(0.1);
    predictions.push_back(row % 2 == 0 ? 0.11 : 0.09);
    weights.push_back(0.1 * row);
    const Value r2 = regression_statistics({predictions, targets, weights}).r2;
    CAPTURE(row);
    CHECK_FALSE(r2.value.has_value());
    CHECK(r2.reason == "the target is constant");
  }
  // A row without weight is none, one with weight makes the target vary: scikit-learn's r2_score with sample_weight.
  targets.push_back(7);
  predictions.push_back(7);
  weights.push_back(0);
  CHECK(regression_statistics({predictions, targets, weights}).r2.reason == "the target is constant");
  CHECK(
      regression_statistics({std::vector<double>{1, 2, 3}, std::vector<double>{1, 1, 3}, std::vector<double>{1, 1, 2}})
          .r2.value.value() == doctest::Approx(0.75));  // 1 - 1 / (1 + 1 + 2)
}

TEST_CASE("sums beyond the range of doubles are undefined, not infinite, NaN or a constant target") {
  const std::vector<double> predictions{1e200, 0, 1};
  const std::vector<double> targets{-1e200, 1e200, 2};
  const auto result = regression_statistics({predictions, targets, {}});
  for (const Value& value : {result.rmse, result.r2}) {
    CHECK_FALSE(value.value.has_value());
    CHECK(value.reason.find("overflows") != std::string::npos);
  }
  CHECK(result.mae.value.value() == doctest::Approx(1e200));  // (2e200 + 1e200 + 1) / 3
  const std::vector<double> huge{1e308, 1e308};
  CHECK_FALSE(regression_statistics({huge, std::vector<double>{-1e308, -1e308}, {}}).mae.value.has_value());
}

TEST_CASE("a histogram of scores whose range is no double holds every row") {
  const std::vector<double> scores{1.7e308, 0, -1.7e308, 1.7e308};
  const std::vector<std::uint8_t> labels{1, 0, 0, 1};
  const ScoreHistogram bars = score_histogram(RankedScores({scores, labels, {}}), 4);
  CHECK(bars.positives == std::vector<double>{0, 0, 0, 2});
  CHECK(bars.negatives == std::vector<double>{1, 0, 1, 0});
  const std::vector<double> same{1e300, 1e300};
  const ScoreHistogram one = score_histogram(RankedScores({same, std::vector<std::uint8_t>{1, 0}, {}}), 4);
  CHECK(one.positives[0] + one.negatives[0] == 2);
}

TEST_CASE("a mean over classes names the class that has no value") {
  const std::vector<double> scores{0.9, 0.1, 0.8, 0.2};
  const std::vector<std::int32_t> labels{0, 1};
  const std::vector<std::string> names{"on time", "late"};
  const std::vector<MetricSpec> specs{{Metric::precision, {}}};
  CHECK(make_sample(MulticlassData{scores, labels, 2, {}, names}, specs, {})->measure()[0].reason ==
        "class 'late' is never predicted");
  CHECK(make_sample(MulticlassData{scores, labels, 2, {}}, specs, {})->measure()[0].reason ==
        "class number 1 is never predicted");
}

TEST_CASE("the best threshold parts the same rows when scores are read again from text") {
  // The best F1 takes the two highest scores. As floats they are neighbours of what their text means as doubles.
  const std::vector<float> scores{0.7F, 0.6F, 0.3F};
  const std::vector<std::uint8_t> labels{1, 1, 0};
  const double threshold = best_f1_threshold(RankedScores({scores, labels, {}})).threshold.value.value();
  CHECK(threshold == doctest::Approx(0.45));
  const std::vector<double> read{0.7, 0.6, 0.3};
  CHECK(confusion(RankedScores({read, labels, {}}), threshold).true_positives == 2);
  // All rows positive: just below the lowest of them.
  const std::vector<std::uint8_t> all{1, 1, 1};
  const double lowest = best_f1_threshold(RankedScores({scores, all, {}})).threshold.value.value();
  CHECK(lowest < 0.3);
  CHECK(lowest == doctest::Approx(0.3));
  const std::vector<double> ends{1, -std::numeric_limits<double>::infinity()};
  CHECK(best_f1_threshold(RankedScores({ends, std::vector<std::uint8_t>{1, 0}, {}})).threshold.value.value() == 1);
}

}  // namespace mlsys::metrics
