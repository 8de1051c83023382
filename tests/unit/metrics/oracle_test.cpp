// Against scikit-learn, SciPy and brute force.
#include <doctest/doctest.h>

#include "cases.hpp"
#include "mlsys/metrics/curves.hpp"
#include "mlsys/metrics/inference.hpp"
#include "mlsys/metrics/sample.hpp"

namespace mlsys::metrics {

namespace {

// Every expected value of the case, through the sample that eval uses.
template <class Data>
void check_expected(const Data& data, const Json& expected, const Settings& settings, Family family) {
  std::vector<MetricSpec> specs;
  for (const auto& [name, value] : expected.items()) specs.push_back(parse_metric(name, family));
  const auto sample = [&] {
    if constexpr (std::is_same_v<Data, RegressionData>)
      return make_sample(data, specs, settings);
    else
      return make_sample(data, specs, settings, 2);
  }();
  const std::vector<Value> values = sample->measure();
  std::size_t i = 0;
  for (const auto& [name, value] : expected.items()) check_value(values[i++], value, name);
}

}  // namespace

TEST_CASE("oracle: binary metrics") {
  std::size_t number = 0;
  for (const Json& c : oracle_cases("binary")) {
    ++number;
    CAPTURE(number);
    const auto labels = list_of<double>(c.at("labels"));
    const auto scores = list_of<double>(c.at("scores"));
    const auto weights = list_of<double>(c.at("weights"));
    const BinaryData data{scores, labels, weights};
    check_expected(data, c.at("expected"), Settings{}, Family::binary);

    const RankedScores ranked(data);
    check_value(calibration_errors(ranked, 10, Bins::uniform).ece, c.at("ece_uniform"), "ece_uniform");
    const auto fpr = list_of<double>(c.at("roc").at(0));
    const auto tpr = list_of<double>(c.at("roc").at(1));
    // scikit-learn leaves out groups without weight, which repeat the point before them.
    std::vector<CurvePoint> roc;
    for (const CurvePoint& point : roc_curve(ranked))
      if (roc.empty() || point.x != roc.back().x || point.y != roc.back().y) roc.push_back(point);
    REQUIRE(roc.size() == fpr.size());
    for (std::size_t i = 0; i < roc.size(); ++i) {
      CHECK(roc[i].x == doctest::Approx(fpr[i]).epsilon(1e-12));
      CHECK(roc[i].y == doctest::Approx(tpr[i]).epsilon(1e-12));
    }
    if (!weights.empty()) continue;
    check_value(delong_variance(ranked), c.at("delong_variance"), "delong_variance");
    const PairedTest test = delong_test(scores, list_of<double>(c.at("other")), labels);
    check_value(test.difference, c.at("delong_difference"), "delong_difference");
    check_value(test.p_value, c.at("delong_p"), "delong_p", 1e-9);
  }
}

TEST_CASE("oracle: multiclass metrics") {
  std::size_t number = 0;
  for (const Json& c : oracle_cases("multiclass")) {
    ++number;
    CAPTURE(number);
    const auto labels = list_of<std::int32_t>(c.at("labels"));
    const auto scores = list_of<double>(c.at("scores"));
    const auto weights = list_of<double>(c.at("weights"));
    const MulticlassData data{scores, labels, c.at("classes").get<std::size_t>(), weights};
    check_expected(data, c.at("expected"), Settings{}, Family::multiclass);
  }
}

TEST_CASE("oracle: regression metrics") {
  for (const Json& c : oracle_cases("regression")) {
    const auto targets = list_of<double>(c.at("targets"));
    const auto predictions = list_of<double>(c.at("predictions"));
    const auto weights = list_of<double>(c.at("weights"));
    check_expected(RegressionData{predictions, targets, weights}, c.at("expected"), Settings{}, Family::regression);
  }
}

TEST_CASE("oracle: ranking metrics in every convention") {
  for (const Json& c : oracle_cases("ranking")) {
    const auto scores = list_of<double>(c.at("scores"));
    const auto relevance = list_of<double>(c.at("relevance"));
    const auto queries = list_of<std::uint32_t>(c.at("queries"));
    const auto weights = list_of<double>(c.at("weights"));
    const auto ids = list_of<std::string>(c.at("ids"));
    for (const auto& [convention, expected] : c.at("expected").items()) {
      CAPTURE(convention);
      Settings settings;
      settings.ranking = ranking_rules(parse_name<Convention>(convention));
      check_expected(RankingData{scores, relevance, queries, weights, ids}, expected, settings, Family::ranking);
    }
  }
}

TEST_CASE("oracle: quantiles of the normal distribution") {
  for (const Json& c : oracle_cases("normal")) {
    const double p = c.at("p").get<double>();
    CHECK(normal_quantile(p) == doctest::Approx(c.at("z").get<double>()).epsilon(1e-13));
  }
}

}  // namespace mlsys::metrics
