#include <doctest/doctest.h>

#include <atomic>
#include <cmath>

#include "mlsys/base/context.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/metrics/inference.hpp"

namespace mlsys::metrics {

namespace {

struct Rows {
  std::vector<double> scores;
  std::vector<double> worse;
  std::vector<std::uint8_t> labels;
};

Rows random_rows(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  Rows rows;
  for (std::size_t i = 0; i < n; ++i) {
    const bool positive = random.uniform() < 0.4;
    rows.labels.push_back(positive ? 1 : 0);
    rows.scores.push_back(0.8 * random.uniform() + (positive ? 0.2 : 0));
    rows.worse.push_back(0.5 * rows.scores.back() + 0.5 * random.uniform());
  }
  return rows;
}

}  // namespace

TEST_CASE("bootstrap intervals agree with DeLong's on many rows, and do not depend on the threads") {
  const Rows rows = random_rows(1500, 1);
  const BinaryData data{rows.scores, rows.labels, {}};
  const auto sample = make_sample(data, {{Metric::roc_auc, {}}, {Metric::log_loss, {}}, {Metric::f1, {}}}, Settings{});
  Context one;
  one.seed = 11;
  one.threads = 1;
  Context three = one;
  three.threads = 3;
  const BootstrapOptions options{400, 0.95};
  const auto a = bootstrap_intervals(*sample, options, one);
  const auto b = bootstrap_intervals(*sample, options, three);
  REQUIRE(a.size() == 3);
  for (std::size_t m = 0; m < a.size(); ++m) {
    CHECK(a[m].low.value() == b[m].low.value());
    CHECK(a[m].high.value() == b[m].high.value());
    CHECK(a[m].low.value() < a[m].high.value());
  }
  const Interval delong = delong_interval(RankedScores(data));
  const double width = *delong.high - *delong.low;
  CHECK(std::abs(*a[0].low - *delong.low) < 0.15 * width);
  CHECK(std::abs(*a[0].high - *delong.high) < 0.15 * width);
  Context other = one;
  other.seed = 12;
  CHECK(bootstrap_intervals(*sample, options, other)[0].low.value() != a[0].low.value());
}

TEST_CASE("the paired bootstrap and DeLong's test find the same difference") {
  const Rows rows = random_rows(800, 2);
  Context ctx;
  const auto first = make_sample(BinaryData{rows.scores, rows.labels, {}}, {{Metric::roc_auc, {}}}, Settings{});
  const auto second = make_sample(BinaryData{rows.worse, rows.labels, {}}, {{Metric::roc_auc, {}}}, Settings{});
  const PairedTest bootstrap = bootstrap_test(*first, 0, *second, 0, {499, 0.95}, ctx);
  const PairedTest delong = delong_test(rows.scores, rows.worse, rows.labels);
  CHECK(*bootstrap.difference.value == doctest::Approx(*delong.difference.value).epsilon(1e-12));
  CHECK(std::abs(*bootstrap.interval.low - *delong.interval.low) < 0.01);
  CHECK(*delong.p_value.value < 0.01);
  CHECK(*bootstrap.p_value.value < 0.05);
  const PairedTest same = bootstrap_test(*first, 0, *first, 0, {99, 0.95}, ctx);
  CHECK(*same.p_value.value == 1.0);
  CHECK(*delong_test(rows.scores, rows.scores, rows.labels).p_value.value == 1.0);
}

TEST_CASE("samples of other rows cannot be compared") {
  const Rows rows = random_rows(50, 3);
  const Rows more = random_rows(60, 3);
  Context ctx;
  const auto a = make_sample(BinaryData{rows.scores, rows.labels, {}}, {{Metric::roc_auc, {}}}, Settings{});
  const auto b = make_sample(BinaryData{more.scores, more.labels, {}}, {{Metric::roc_auc, {}}}, Settings{});
  CHECK_THROWS_AS(bootstrap_test(*a, 0, *b, 0, {}, ctx), Error);
}

TEST_CASE("queries are drawn whole") {
  // Every query has the same value, so every replicate has it too.
  std::vector<double> scores;
  std::vector<double> relevance;
  std::vector<std::uint32_t> queries;
  for (std::uint32_t q = 0; q < 20; ++q) {
    for (const double r : {0.0, 1.0}) {
      scores.push_back(-r);
      relevance.push_back(r);
      queries.push_back(q);
    }
  }
  Context ctx;
  const auto sample = make_sample(RankingData{scores, relevance, queries, {}, {}}, {{Metric::mrr, {}}}, Settings{});
  CHECK(sample->units() == 20);
  const auto interval = bootstrap_intervals(*sample, {50, 0.9}, ctx).at(0);
  CHECK(*interval.low == 0.5);
  CHECK(*interval.high == 0.5);
}

TEST_CASE("an interval is undefined when the metric often is") {
  const std::vector<double> scores{0.9, 0.1, 0.2, 0.3, 0.2, 0.1};
  const std::vector<std::uint8_t> labels{0, 0, 0, 1, 1, 1};
  Context ctx;
  const auto sample = make_sample(BinaryData{scores, labels, {}}, {{Metric::precision, {}}}, Settings{});
  const auto interval = bootstrap_intervals(*sample, {200, 0.95}, ctx).at(0);
  CHECK_FALSE(interval.low.has_value());
  CHECK(interval.reason.find("of 200 replicates") != std::string::npos);
}

TEST_CASE("weights have no DeLong interval, and a stop is obeyed") {
  const Rows rows = random_rows(100, 4);
  const std::vector<double> weights(100, 2.0);
  const BinaryData data{rows.scores, rows.labels, weights};
  CHECK(delong_interval(RankedScores(data)).reason.find("bootstrap") != std::string::npos);
  const std::atomic<bool> stop{true};
  Context ctx;
  ctx.stop = &stop;
  const auto sample = make_sample(data, {{Metric::roc_auc, {}}}, Settings{});
  CHECK_THROWS_AS(bootstrap_intervals(*sample, {}, ctx), Error);
}

TEST_CASE("an AUC without variance has no interval") {
  // By hand: every row is ranked rightly (or wrongly) against all of the other class, so that no placement differs.
  const std::vector<std::uint8_t> labels{1, 1, 0, 0};
  for (const std::vector<double>& scores : {std::vector<double>{0.9, 0.8, 0.2, 0.1}, {0.1, 0.2, 0.8, 0.9}}) {
    const RankedScores ranked({scores, labels, {}});
    CHECK(delong_variance(ranked).value.value() == 0);
    const Interval interval = delong_interval(ranked);
    CHECK_FALSE(interval.low.has_value());
    CHECK_FALSE(interval.high.has_value());
    CHECK(interval.reason == "the placements have no variance on these rows");
  }
}

TEST_CASE("a difference without variance has no interval, so that nothing passes on it") {
  // Four rows, perfectly ranked against not at all: the placements are the same in all rows of a class.
  const std::vector<std::uint8_t> labels{1, 1, 0, 0};
  const std::vector<double> right{0.9, 0.8, 0.2, 0.1};
  const std::vector<double> constant{0.5, 0.5, 0.5, 0.5};
  const PairedTest test = delong_test(right, constant, labels);
  CHECK(test.difference.value.value() == 0.5);
  CHECK_FALSE(test.p_value.value.has_value());
  CHECK_FALSE(test.interval.low.has_value());
  CHECK(test.interval.reason == "the difference has no variance on these rows");
  const PairedTest same = delong_test(right, right, labels);
  CHECK(same.p_value.value.value() == 1);
  CHECK(same.interval.low.value() == 0);

  Context ctx;
  const std::vector<MetricSpec> specs{{Metric::accuracy, {}}};
  const auto first = make_sample(BinaryData{right, labels, {}}, specs, {});
  const std::vector<double> wrong{0.1, 0.2, 0.8, 0.9};
  const auto second = make_sample(BinaryData{wrong, labels, {}}, specs, {});
  const PairedTest drawn = bootstrap_test(*first, 0, *second, 0, {100, 0.95}, ctx);
  CHECK(drawn.difference.value.value() == 1);
  CHECK_FALSE(drawn.interval.low.has_value());
  CHECK_FALSE(drawn.p_value.value.has_value());
  CHECK(bootstrap_test(*first, 0, *first, 0, {100, 0.95}, ctx).interval.low.value() == 0);
}

}  // namespace mlsys::metrics
