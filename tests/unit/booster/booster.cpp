#include "mlsys/booster/booster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"

namespace {

using namespace mlsys;

constexpr float absent = std::numeric_limits<float>::quiet_NaN();

struct Data {
  data::Frame frame;
  std::vector<float> label;
};

data::Column numeric(std::string name, std::vector<float> values) {
  data::Column column;
  column.name = std::move(name);
  column.type = data::ColumnType::real;
  column.as = data::As::float32;
  column.f32 = std::move(values);
  return column;
}

data::Column categorical(std::string name, std::vector<std::int32_t> codes, std::vector<std::string> categories) {
  data::Column column;
  column.name = std::move(name);
  column.type = data::ColumnType::text;
  column.as = data::As::category;
  column.codes = std::move(codes);
  column.categories = std::move(categories);
  return column;
}

// A number with gaps, a category with gaps, and labels that depend on both.
Data make_data(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> x;
  std::vector<std::int32_t> codes;
  Data data;
  for (std::size_t i = 0; i < rows; ++i) {
    const bool gap = random.below(10) == 0;
    x.push_back(gap ? absent : static_cast<float>(random.uniform() * 10));
    codes.push_back(static_cast<std::int32_t>(random.below(5)) - 1);
    const double push = (gap ? 1.0 : static_cast<double>(x.back()) - 5.0) + (codes.back() == 2 ? 3.0 : 0.0);
    data.label.push_back(random.uniform() < 1 / (1 + std::exp(-push)) ? 1.0F : 0.0F);
  }
  data.frame.rows = rows;
  data.frame.columns.push_back(numeric("x", std::move(x)));
  data.frame.columns.push_back(categorical("c", std::move(codes), {"Ä", "b \"q\"", "c", "d"}));
  return data;
}

const booster::Parameters logistic = {
    {"objective", "binary:logistic"}, {"max_depth", "3"}, {"eta", "0.3"}, {"nthread", "2"}, {"seed", "1"},
    {"eval_metric", "logloss"}};

booster::Booster train(const Data& data, int rounds, const booster::Parameters& parameters = logistic) {
  const booster::Matrix matrix(data.frame, 2, {.label = data.label, .weight = {}, .queries = {}}, 256, 2);
  const std::vector<const booster::Matrix*> sets = {&matrix};
  booster::Booster model(parameters, sets);
  for (int round = 0; round < rounds; ++round) model.update(round, matrix);
  // The caches must not be needed once the matrix is gone.
  return booster::Booster::load(model.save(), 2, "the model");
}

}  // namespace

TEST_CASE("training learns from numbers and categories, with gaps in both") {
  const auto data = make_data(2000, 1);
  const booster::Matrix matrix(data.frame, 2, {.label = data.label, .weight = {}, .queries = {}}, 256, 2);
  CHECK(matrix.rows() == 2000);
  const std::vector<const booster::Matrix*> sets = {&matrix};
  booster::Booster model(logistic, sets);
  std::vector<double> losses;
  for (int round = 0; round < 10; ++round) {
    model.update(round, matrix);
    const auto values = model.evaluate(round, sets, {"train"});
    REQUIRE(values.size() == 1);
    CHECK(values[0].set == "train");
    CHECK(values[0].metric == "logloss");
    losses.push_back(values[0].value);
  }
  CHECK(losses.front() > losses.back() + 0.1);
  CHECK(model.feature_names() == std::vector<std::string>{"x", "c"});
  CHECK(model.feature_types() == std::vector<std::string>{"float", "c"});

  // XGBoost's own metric on its quantised cache equals ours on the saved model's margins.
  const auto loaded = booster::Booster::load(model.save(), 1, "the model");
  const auto margins = loaded.margins(data.frame);
  const auto scores = booster::scores_from_margins("binary:logistic", 1, margins);
  double loss = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    loss -= std::log(static_cast<double>(data.label[i] > 0 ? scores[i] : 1 - scores[i]));
  CHECK(loss / 2000 == doctest::Approx(losses.back()).epsilon(1e-6));
}

TEST_CASE("the same data, parameters and threads give the same bytes") {
  const auto data = make_data(500, 2);
  auto parameters = logistic;
  parameters["subsample"] = "0.7";
  CHECK(train(data, 5, parameters).save() == train(data, 5, parameters).save());
  parameters["seed"] = "2";
  CHECK(train(data, 5, parameters).save() != train(data, 5).save());
}

TEST_CASE("the order of a dictionary does not matter, names do") {
  auto data = make_data(1000, 3);
  const auto model = train(data, 8);
  const auto before = model.margins(data.frame);
  auto& column = data.frame.columns[1];
  // "Ä", b, c, d become d, c, b, "Ä".
  column.categories = {"d", "c", "b \"q\"", "Ä"};
  for (auto& code : column.codes)
    if (code >= 0) code = 3 - code;
  CHECK(model.margins(data.frame) == before);
}

TEST_CASE("a code of -1 is missing, not a category") {
  const auto data = make_data(1000, 4);
  const auto model = train(data, 8);
  data::Frame rows;
  rows.rows = 3;
  rows.columns.push_back(numeric("x", {absent, 2, absent}));
  rows.columns.push_back(categorical("c", {-1, -1, 2}, {"Ä", "b \"q\"", "c", "d"}));
  const auto margins = model.margins(rows);
  REQUIRE(margins.size() == 3);
  // Scored one by one, with and without a mask, they are the same.
  for (std::size_t i = 0; i < 3; ++i) {
    data::Frame one;
    one.rows = 1;
    one.columns.push_back(numeric("x", {rows.columns[0].f32[i]}));
    one.columns.push_back(categorical("c", {rows.columns[1].codes[i]}, {"Ä", "b \"q\"", "c", "d"}));
    CHECK(model.margins(one) == std::vector<float>{margins[i]});
  }
  CHECK(margins[0] != margins[2]);
}

TEST_CASE("a slice is the model of its first rounds, with names and categories") {
  const auto data = make_data(800, 5);
  const auto long_model = train(data, 12);
  const auto cut = long_model.first(4);
  CHECK(cut.rounds() == 4);
  CHECK(cut.feature_names() == long_model.feature_names());
  const auto reloaded = booster::Booster::load(cut.save(), 1, "the model");
  CHECK(reloaded.margins(data.frame) == train(data, 4).margins(data.frame));
}

TEST_CASE("contributions sum to the margin") {
  const auto data = make_data(300, 6);
  const auto model = train(data, 10);
  const auto margins = model.margins(data.frame);
  const auto parts = model.contributions(data.frame);
  REQUIRE(parts.size() == 300 * 3);
  for (std::size_t i = 0; i < 300; ++i)
    CHECK(parts[3 * i] + parts[3 * i + 1] + parts[3 * i + 2] == doctest::Approx(margins[i]).epsilon(1e-4));
}

TEST_CASE("importance lists every feature and thresholds lie within the data") {
  const auto data = make_data(300, 7);
  const auto model = train(data, 5);
  const auto importance = model.importance(booster::Importance::total_gain);
  REQUIRE(importance.size() == 2);
  CHECK(importance.at("x") > 0);
  const auto thresholds = model.thresholds(3);
  REQUIRE(thresholds.contains("x"));
  CHECK_FALSE(thresholds.contains("c"));
  CHECK(std::is_sorted(thresholds.at("x").begin(), thresholds.at("x").end()));
  CHECK(thresholds.at("x").front() > 0);
  CHECK(thresholds.at("x").back() <= 10);
}

// The end of the last bin lies above the largest value, and above the largest float there is only infinity: missing
// rows are split from all others there.
TEST_CASE("an infinite threshold is none that a row could be made up from") {
  constexpr float no_data = std::numeric_limits<float>::max();
  data::Frame frame;
  frame.rows = 200;
  std::vector<float> values;
  std::vector<float> label;
  for (int i = 0; i < 200; ++i) {
    values.push_back(i % 4 == 0 ? no_data : i % 4 == 1 ? absent : static_cast<float>(i));
    label.push_back(i % 4 == 1 ? 1.0F : 0.0F);
  }
  frame.columns.push_back(numeric("x", std::move(values)));
  const booster::Matrix matrix(frame, 1, {.label = label, .weight = {}, .queries = {}}, 256, 1);
  const std::vector<const booster::Matrix*> sets = {&matrix};
  booster::Booster model({{"objective", "binary:logistic"}}, sets);
  for (int round = 0; round < 3; ++round) model.update(round, matrix);
  const auto margins = model.margins(frame);
  CHECK(margins[1] > 0);  // missing is told from the others,
  CHECK(margins[0] < 0);  // and these are all alike
  CHECK(margins[2] == margins[0]);
  CHECK_FALSE(model.thresholds(2).contains("x"));
  CHECK_FALSE(model.thresholds(3).contains("x"));  // all rounds
}

TEST_CASE("weights count like repeated rows") {
  // A single stump on two values: the leaf values are those of the weighted means.
  data::Frame frame;
  frame.rows = 4;
  frame.columns.push_back(numeric("x", {0, 0, 1, 1}));
  const std::vector<float> label = {0, 1, 0, 1};
  const std::vector<float> weight = {3, 1, 1, 3};
  data::Frame repeated;
  repeated.rows = 8;
  repeated.columns.push_back(numeric("x", {0, 0, 0, 0, 1, 1, 1, 1}));
  const std::vector<float> repeated_label = {0, 0, 0, 1, 0, 1, 1, 1};
  const booster::Parameters parameters = {
      {"objective", "reg:squarederror"}, {"max_depth", "1"}, {"eta", "1"}, {"lambda", "0"}, {"min_child_weight", "0"}};
  const auto fit = [&](const data::Frame& rows, const std::vector<float>& labels, const std::vector<float>& weights) {
    const booster::Matrix matrix(rows, 1, {.label = labels, .weight = weights, .queries = {}}, 256, 1);
    const std::vector<const booster::Matrix*> sets = {&matrix};
    booster::Booster model(parameters, sets);
    model.update(0, matrix);
    return model.margins(frame);
  };
  const auto weighted = fit(frame, label, weight);
  CHECK(weighted == fit(repeated, repeated_label, {}));
  CHECK(weighted[0] == doctest::Approx(0.25));
  CHECK(weighted[2] == doctest::Approx(0.75));
}

TEST_CASE("scores follow the objective") {
  const std::vector<float> margins = {-200, -1, 0, 1, 200};
  const auto p = booster::scores_from_margins("binary:logistic", 1, margins);
  CHECK(p[2] == 0.5F);
  CHECK(p[1] == doctest::Approx(0.2689414213699951));  // scipy.special.expit(-1)
  CHECK(p[0] > 0);
  CHECK(p[4] == 1.0F);
  const std::vector<float> rows = {1, 2, 3, 0, 0, 0};
  const auto q = booster::scores_from_margins("multi:softprob", 3, rows);
  CHECK(q[0] == doctest::Approx(0.09003057317038046));  // scipy.special.softmax([1, 2, 3])
  CHECK(q[2] == doctest::Approx(0.6652409557748219));
  CHECK(q[4] == doctest::Approx(1.0 / 3));
  CHECK(booster::scores_from_margins("count:poisson", 1, std::vector<float>{1})[0] == doctest::Approx(2.718281828));
  CHECK(booster::scores_from_margins("rank:ndcg", 1, std::vector<float>{1.5F})[0] == 1.5F);
  CHECK_THROWS_AS(booster::scores_from_margins("survival:cox", 1, margins), Error);
}

TEST_CASE("a model from a newer XGBoost is refused, and what is no model as well") {
  const auto bytes = train(make_data(100, 8), 1).save();
  CHECK(booster::model_version(bytes) == booster::library_version());
  auto newer = bytes;
  newer[newer.size() - 6] = 99;  // i <major> i <minor> i <patch> }
  CHECK(booster::model_version(newer).starts_with("99."));
  try {
    booster::Booster::load(newer, 1, "'model.ubj'");
    FAIL("loaded a model from the future");
  } catch (const Error& error) {
    CHECK(error.code() == Code::failed);
    CHECK(error.message().find("'model.ubj'") != std::string::npos);
    CHECK_FALSE(error.hint().empty());
  }
  for (const std::string& damaged : {std::string("not a model"), std::string(), bytes.substr(0, bytes.size() / 2),
                                     bytes.substr(0, bytes.size() - 1)}) {
    CHECK(booster::model_version(damaged).empty());
    try {
      booster::Booster::load(damaged, 1, "'model.ubj'");
      FAIL("loaded what is no model");
    } catch (const Error& error) {
      CHECK(error.code() == Code::integrity);
    }
  }
  // The version is there, what is before it is not.
  auto hollow = "{" + bytes.substr(bytes.size() - 60);
  try {
    booster::Booster::load(hollow, 1, "'model.ubj'");
    FAIL("loaded a hollow model");
  } catch (const Error& error) {
    CHECK(error.code() == Code::integrity);
    CHECK(error.message().find("Stack trace") == std::string::npos);
    CHECK(error.message().find('\n') == std::string::npos);
  }
}
