#include "mlsys/train/train.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <numeric>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/predict/predict.hpp"
#include "train/bench.hpp"

namespace {

using namespace mlsys;
using namespace mlsys::test;
namespace fs = std::filesystem;

}  // namespace

TEST_CASE("a binary model: decided, measured, written") {
  Bench bench;
  bench.write(table(1500, 1));
  bench.options.valid = "0.2";
  const auto report = bench.train();
  CHECK(report.manifest.task == bundle::Task::binary);
  CHECK(report.manifest.classes == std::vector<std::string>{"0", "1"});
  CHECK(report.manifest.positive == "1");
  CHECK(report.train_rows == 1200);
  CHECK(report.valid_rows == 300);
  CHECK(bundle::feature_names(report.manifest) == std::vector<std::string>{"x", "c"});
  CHECK(report.manifest.features[1].categories == std::vector<std::string>{"a", "b", "c"});
  std::vector<std::string> left_out;
  for (const auto& entry : report.left_out) left_out.push_back(entry.column);
  std::ranges::sort(left_out);
  CHECK(left_out == std::vector<std::string>{"e", "k", "when"});
  CHECK(metric(report, "roc_auc").value.value.value() > 0.8);
  CHECK(metric(report, "roc_auc").baseline.value.value() == 0.5);
  CHECK(metric(report, "log_loss").value.value.value() < metric(report, "log_loss").baseline.value.value());
  // XGBoost's metric of the best round, computed from its quantised cache, is ours.
  CHECK(metric(report, "log_loss").value.value.value() == doctest::Approx(report.best_score.value()).epsilon(1e-6));

  const auto loaded = bundle::Bundle::load(bench.options.output);
  CHECK(loaded.digest() == report.digest);
  for (const auto name : {bundle::model_file, bundle::golden_file, bundle::contract_file, bundle::profile_file})
    CHECK(loaded.has(name));
  CHECK(predict::replay_golden(loaded, bench.context) > 20);
}

TEST_CASE("scoring the training file gives the margins that training saw") {
  Bench bench;
  bench.write(table(800, 2));
  const auto report = bench.train();
  CHECK(report.measured_on == "training");
  CHECK(report.manifest.rounds == 10);
  predict::PredictOptions options;
  options.source.argument = bench.path("t.csv");
  options.output = bench.path("p.csv");
  options.keep = {"y"};
  const auto predictions = predict::predict(bundle::Bundle::load(bench.options.output), options, bench.context);
  CHECK(predictions.rows == 800);
  CHECK(predictions.columns == std::vector<std::string>{"y", "score"});
  // The log loss by hand from the file is the one reported from XGBoost's cache.
  double loss = 0;
  const auto lines = split(read_file(bench.path("p.csv")), '\n');
  for (std::size_t i = 1; i <= 800; ++i) {
    const auto fields = split(lines[i], ',');
    const double score = parse_double(fields[1]).value();
    loss -= std::log(fields[0] == "1" ? score : 1 - score);
  }
  CHECK(loss / 800 == doctest::Approx(metric(report, "log_loss").value.value.value()).epsilon(1e-7));
}

TEST_CASE("the same input, seed and threads give the same bytes") {
  Bench bench;
  bench.write(table(600, 3));
  bench.options.valid = "0.3";
  bench.options.parameters = {{"subsample", "0.8"}};
  const auto model = [&] {
    bench.train();
    return bundle::Bundle::load(bench.options.output).read(bundle::model_file);
  };
  const auto first = model();
  CHECK(model() == first);
  bench.context.seed = 1;
  CHECK(model() != first);
}

TEST_CASE("early stopping keeps the best round and no other") {
  Bench bench;
  // Labels are noise: validation gets worse soon.
  Random random(5);
  std::string text = "a,b,y\n";
  for (int i = 0; i < 800; ++i)
    text +=
        shortest(random.uniform()) + "," + shortest(random.uniform()) + "," + std::to_string(random.below(2)) + "\n";
  bench.write(text);
  bench.options.valid = "0.5";
  bench.options.rounds = 200;
  bench.options.early_stop = 5;
  const auto report = bench.train();
  CHECK(report.stopped_early);
  CHECK(report.rounds_run == report.manifest.rounds + 5);
  CHECK(report.manifest.best_iteration == report.manifest.rounds - 1);
  double best = 1e9;
  int best_round = -1;
  for (const auto& round : report.history)
    if (round.evaluations[0].value < best) {
      best = round.evaluations[0].value;
      best_round = round.round;
    }
  CHECK(best_round == report.manifest.best_iteration);
  CHECK(report.best_score.value() == best);
  CHECK(metric(report, "log_loss").value.value.value() == doctest::Approx(best).epsilon(1e-6));
}

TEST_CASE("the model that DART keeps is the one that was measured") {
  Bench bench;
  bench.write(table(600, 21));
  bench.write(table(300, 22), "v.csv");
  bench.options.valid = bench.path("v.csv");
  bench.options.rounds = 60;
  bench.options.early_stop = 10;
  bench.options.parameters = {{"booster", "dart"}, {"rate_drop", "0.5"}, {"one_drop", "1"}};
  const auto report = bench.train();
  REQUIRE(report.manifest.rounds < report.rounds_run);  // later rounds have scaled the trees of the best one
  predict::PredictOptions options;
  options.source.argument = bench.path("v.csv");
  options.output = bench.path("p.csv");
  options.keep = {"y"};
  const auto model = bundle::Bundle::load(bench.options.output);
  predict::predict(model, options, bench.context);
  // By hand from the file of scores: the log loss that chose the round.
  double loss = 0;
  const auto lines = split(read_file(bench.path("p.csv")), '\n');
  for (std::size_t i = 1; i <= 300; ++i) {
    const auto fields = split(lines[i], ',');
    const double score = parse_double(fields[1]).value();
    loss -= std::log(fields[0] == "1" ? score : 1 - score);
  }
  CHECK(loss / 300 == doctest::Approx(report.best_score.value()).epsilon(1e-6));
  CHECK(booster::Booster::load(model.read(bundle::model_file), 1, "it").rounds() == report.manifest.rounds);
}

TEST_CASE("a metric without a value cannot stop the training") {
  Bench bench;
  bench.write(table(400, 23));
  bench.write("x,c,y,k,e\n1,a,0,7,\n2,b,0,7,\n3,a,0,7,\n", "v.csv");  // no positive row: no AUC
  bench.options.valid = bench.path("v.csv");
  bench.options.parameters = {{"eval_metric", "auc"}};
  const auto error = bench.error();
  CHECK(error.code() == Code::failed);
  CHECK(error.message() == "cannot stop early: eval_metric auc is undefined on the validation rows");
  // As the hint says: without a decision, or by a metric that has one.
  bench.options.early_stop = 0;
  CHECK(bench.train().manifest.rounds == 10);
  bench.options.early_stop.reset();
  bench.options.parameters = {{"eval_metric", "logloss"}};
  CHECK(std::isfinite(bench.train().best_score.value()));
}

TEST_CASE("training rows are measured in the first ten rounds, every tenth and the last") {
  Bench bench;
  Random random(8);
  std::string text = "x,y\n";
  for (int i = 0; i < 300; ++i) text += shortest(random.uniform()) + "," + std::to_string(random.below(2)) + "\n";
  bench.write(text);
  bench.options.rounds = 37;
  const auto report = bench.train();
  std::vector<int> rounds;
  for (const auto& round : report.history) rounds.push_back(round.round);
  CHECK(rounds == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 19, 29, 36});
  CHECK(report.rounds_run == 37);
  CHECK(report.best_score.value() == report.history.back().evaluations[0].value);
  CHECK(metric(report, "log_loss").value.value.value() == doctest::Approx(*report.best_score).epsilon(1e-6));
}

TEST_CASE("tasks are decided by the target, or asked for") {
  Bench bench;
  const auto with = [&](const auto& label) {
    std::string text = "x,y\n";
    for (int i = 0; i < 200; ++i) text += std::to_string(i * 7 % 31) + "," + label(i) + "\n";
    bench.write(text);
  };
  with([](int i) { return std::string(i % 3 == 0 ? "true" : "false"); });
  auto report = bench.train();
  CHECK(report.manifest.task == bundle::Task::binary);
  CHECK(report.manifest.positive == "true");

  with([](int i) { return std::string(i % 2 == 0 ? "yes" : "no"); });
  fs::remove_all(bench.options.output);
  auto error = bench.error();
  CHECK(error.code() == Code::usage);
  CHECK(error.hint() == "say --positive no or --positive yes");
  bench.options.roles.positive = "yep";
  CHECK(bench.error().hint() == "did you mean 'yes'?");
  bench.options.roles.positive = "no";
  report = bench.train();
  CHECK(report.manifest.classes == std::vector<std::string>{"yes", "no"});
  bench.options.roles.positive.clear();
  fs::remove_all(bench.options.output);

  with([](int i) { return std::to_string(i % 5); });
  error = bench.error();
  CHECK(error.code() == Code::usage);
  CHECK(error.hint().find("--task multiclass") != std::string::npos);
  bench.options.task = bundle::Task::multiclass;
  report = bench.train();
  CHECK(report.manifest.classes == std::vector<std::string>{"0", "1", "2", "3", "4"});
  bench.options.task = bundle::Task::regression;
  CHECK(bench.train().manifest.objective == "reg:squarederror");
  bench.options.task.reset();

  with([](int i) { return shortest(i * 0.5); });
  report = bench.train();
  CHECK(report.manifest.task == bundle::Task::regression);
  // The baseline predicts the mean of 0, 0.5, …, 99.5.
  CHECK(metric(report, "rmse").baseline.value.value() ==
        doctest::Approx(std::sqrt((200.0 * 200 - 1) / 12) / 2).epsilon(1e-6));

  with([](int i) { return std::string(i % 3 == 0 ? "b" : i % 3 == 1 ? "a" : "c"); });
  report = bench.train();
  CHECK(report.manifest.task == bundle::Task::multiclass);
  CHECK(report.manifest.classes == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("what cannot be learnt is refused, and nothing is left behind") {
  Bench bench;
  bench.write("x,y\n1,0\n2,\n3,1\n");
  auto error = bench.error();
  CHECK(error.code() == Code::failed);
  CHECK(error.message().find("missing in 1 row, first in row 2") != std::string::npos);
  bench.write("x,y\n1,1\n2,1\n");
  CHECK(bench.error().message().find("same value in every row") != std::string::npos);
  bench.write("x,y\n1,0\n1,1\n");
  CHECK(bench.error().message().find("no column is left") != std::string::npos);
  bench.write("x,y\n99999999,0\n16777217,1\n5,0\n");
  error = bench.error();
  CHECK(error.message().find("beyond 2^24") != std::string::npos);
  CHECK(error.hint().find("--exclude") != std::string::npos);
  bench.write("x,y\n1e300,0.5\n2,1.25\n3,7.5\n");
  CHECK(bench.error().message().find("infinite") != std::string::npos);

  bench.write("x,y\n1,0\n2,1\n");
  bench.options.roles.target = "yy";
  CHECK(bench.error().hint() == "did you mean 'y'?");
  bench.options.roles.target.clear();
  CHECK(bench.error().code() == Code::usage);
}

TEST_CASE("options that contradict each other are refused before data are read") {
  Bench bench;
  bench.options.source.argument = bench.path("absent.csv");
  const auto refused = [&](const auto& change) {
    const auto before = bench.options;
    change(bench.options);
    const auto error = bench.error();
    bench.options = before;
    return error.code() == Code::usage;
  };
  CHECK(refused([](auto& options) { options.rounds = 0; }));
  CHECK(refused([](auto& options) { options.early_stop = 5; }));
  CHECK(refused([](auto& options) { options.threshold = "best-f1"; }));
  CHECK(refused([](auto& options) { options.threshold = "2"; }));
  CHECK(refused([](auto& options) { options.parameters = {{"eta", "x"}}; }));
  CHECK(refused([](auto& options) { options.parameters = {{"objective", "reg:magic"}}; }));
  CHECK(refused([](auto& options) {
    options.balance = true;
    options.parameters = {{"scale_pos_weight", "2"}};
  }));
  CHECK(bench.error().code() == Code::not_found);
}

TEST_CASE("derived columns travel with the model, their sources do not become features of the target") {
  Bench bench;
  std::string text = "delay,dist,day\n";
  for (int i = 0; i < 300; ++i)
    text += std::to_string(i * 13 % 47) + "," + std::to_string(100 + i * 37 % 900) + ",2024-0" +
            std::to_string(1 + i % 9) + "-11\n";
  bench.write(text);
  bench.options.roles.target = "late";
  bench.options.derivations = {{.name = "month", .expression = "month(day)", .inputs = {}},
                               {.name = "late", .expression = "delay > 15", .inputs = {}}};
  const auto report = bench.train();
  CHECK(bundle::feature_names(report.manifest) == std::vector<std::string>{"dist", "month"});
  CHECK(report.manifest.positive == "true");
  // Scoring needs neither the delay nor the target.
  bench.write("day,dist\n2024-03-11,250\n2024-04-11,\n", "new.csv");
  predict::PredictOptions options;
  options.source.argument = bench.path("new.csv");
  options.output = bench.path("p.ndjson");
  CHECK(predict::predict(bundle::Bundle::load(bench.options.output), options, bench.context).rows == 2);
}

TEST_CASE("the types of a contract rule") {
  Bench bench;
  std::string text = "code,y\n";
  for (int i = 0; i < 200; ++i) text += std::to_string(100 + i % 7) + "," + std::to_string(i % 7 < 3 ? 1 : 0) + "\n";
  bench.write(text);
  bench.options.contract =
      contract::parse_contract(R"({"fields": [{"name": "code", "type": "string"}, {"name": "y", "type": "integer"}]})");
  const auto report = bench.train();
  CHECK(report.manifest.features[0].kind == bundle::FeatureKind::categorical);
  CHECK(report.manifest.features[0].categories.size() == 7);
  const auto kept = contract::parse_contract(bundle::Bundle::load(bench.options.output).read(bundle::contract_file));
  REQUIRE(kept.fields.size() == 1);
  CHECK(kept.fields[0].name == "code");
  bench.write(text + "107,seven\n");
  fs::remove_all(bench.options.output);
  const auto error = bench.error();
  CHECK(error.code() == Code::failed);
  CHECK(error.message().find("row 201 has 'seven'") != std::string::npos);
}

TEST_CASE("types that a contract leaves open are settled by the data") {
  Bench bench;
  std::string text = "number,code,flag,y\n";
  for (int i = 0; i < 200; ++i)
    text += std::to_string(i % 7) + ".5," + std::to_string(100 + i % 5) + "," + (i % 2 == 0 ? "true" : "false") + "," +
            std::to_string(i % 7 < 3 ? 1 : 0) + "\n";
  bench.write(text);
  bench.options.contract = contract::parse_contract(
      R"({"fields": [{"name": "number", "type": "any"}, {"name": "code", "type": "string"}, {"name": "flag"},
          {"name": "y"}]})");
  const auto report = bench.train();
  CHECK(report.manifest.task == bundle::Task::binary);
  std::vector<data::ColumnType> types;
  for (const auto& feature : report.manifest.features) types.push_back(feature.type);
  CHECK(types == std::vector{data::ColumnType::real, data::ColumnType::text, data::ColumnType::boolean});
  // An open field that is not there is missing like any other.
  bench.options.contract->fields.emplace_back().name = "more";
  fs::remove_all(bench.options.output);
  const auto error = bench.error();
  CHECK(error.code() == Code::failed);
  CHECK(error.message().find("no column 'more'") != std::string::npos);
}

TEST_CASE("dates of a contract's format are neither categories nor times") {
  Bench bench;
  std::string text = "day,x,y\n";
  for (int i = 0; i < 200; ++i)
    text +=
        std::to_string(1 + i % 9) + ".2.2021," + std::to_string(i % 7) + "," + std::to_string(i % 7 < 3 ? 1 : 0) + "\n";
  bench.write(text);
  bench.options.contract = contract::parse_contract(
      R"({"fields": [{"name": "day", "type": "date", "format": "%d.%m.%Y"}, {"name": "x", "type": "number"},
          {"name": "y", "type": "integer"}]})");
  const auto report = bench.train();
  CHECK(bundle::feature_names(report.manifest) == std::vector<std::string>{"x"});
  REQUIRE(report.left_out.size() == 1);
  CHECK(report.left_out[0].column == "day");
  CHECK(report.left_out[0].reason.find("a date in the format '%d.%m.%Y'") != std::string::npos);

  bench.options.derivations = {data::parse_derivation("weekday=dayofweek(strptime(day, '%d.%m.%Y'))")};
  const auto derived = bench.train();
  CHECK(bundle::feature_names(derived.manifest) == std::vector<std::string>{"x", "weekday"});
  fs::remove_all(bench.options.output);
  bench.options.roles.time = "day";
  CHECK(bench.error().code() == Code::usage);
  bench.options.roles.time.clear();
  bench.options.roles.target = "day";
  CHECK(bench.error().code() == Code::failed);
}

TEST_CASE("ranking groups the rows of a query, wherever they stand") {
  Bench bench;
  Random random(8);
  std::string sorted = "q,x,y\n";
  std::vector<std::string> rows;
  for (int query = 0; query < 40; ++query)
    for (int document = 0; document < 6; ++document) {
      const auto grade = random.below(4);
      rows.push_back("q" + std::to_string(query) + "," + shortest(static_cast<double>(grade) + random.uniform()) + "," +
                     std::to_string(grade) + "\n");
    }
  for (const auto& row : rows) sorted += row;
  bench.write(sorted);
  bench.options.roles.query = "q";
  const auto report = bench.train();
  CHECK(report.manifest.task == bundle::Task::ranking);
  CHECK(metric(report, "ndcg@10").value.value.value() > 0.95);
  CHECK(metric(report, "ndcg@10").baseline.value.value() < 0.9);
  bench.options.valid = "0.25";
  CHECK(bench.train().valid_rows == 60);

  // Queries interleaved, the order within each kept: the same model.
  bench.options.valid.clear();
  bench.train();
  const auto expected = bundle::Bundle::load(bench.options.output).read(bundle::model_file);
  std::string mixed = "q,x,y\n";
  for (int document = 0; document < 6; ++document)
    for (int query = 0; query < 40; ++query) mixed += rows[static_cast<std::size_t>(query * 6 + document)];
  bench.write(mixed);
  bench.train();
  CHECK(bundle::Bundle::load(bench.options.output).read(bundle::model_file) == expected);
}

TEST_CASE("warnings that a colleague would give") {
  Bench bench;
  Random random(9);
  std::string text = "leak,key,x,y\n";
  for (int i = 0; i < 500; ++i) {
    const auto y = i % 125 == 0 ? 1 : 0;
    text += std::to_string(y * 10 + static_cast<int>(random.below(3))) + ",k" + std::to_string(i) + "," +
            std::to_string(random.below(9)) + "," + std::to_string(y) + "\n";
  }
  bench.write(text);
  const auto has = [](const train::TrainReport& report, const std::string& part) {
    return std::ranges::any_of(report.warnings, [&](const auto& said) { return said.find(part) != said.npos; });
  };
  const auto report = bench.train();
  CHECK(has(report, "feature 'leak' alone reaches an AUC of 1"));
  CHECK(has(report, "feature 'key' has another value in every row"));
  CHECK(has(report, "class '1' has"));
  CHECK_FALSE(has(report, "'x'"));

  // Consecutive numbers are the commonest identifier; numbers that occur twice are none.
  text = "id,pair,x,y\n";
  for (int i = 1; i <= 500; ++i)
    text += std::to_string(i) + "," + std::to_string(i / 2) + "," + std::to_string(random.below(9)) + "," +
            std::to_string(random.below(2)) + "\n";
  bench.write(text);
  const auto numbered = bench.train();
  CHECK(has(numbered, "feature 'id' has another value in every row"));
  CHECK_FALSE(has(numbered, "'pair'"));

  bench.write(table(400, 10));
  bench.write(table(400, 10), "same.csv");
  bench.options.valid = bench.path("same.csv");
  CHECK(has(bench.train(), "400 of 400 validation rows equal a training row"));
  bench.write(table(400, 11), "other.csv");
  bench.options.valid = bench.path("other.csv");
  CHECK_FALSE(has(bench.train(), "equal a training row"));
}

TEST_CASE("weights and balance change what is learnt, and balance says so") {
  Bench bench;
  std::string text = "x,w,y\n";
  for (int i = 0; i < 400; ++i)
    text += std::to_string(i % 2) + "," + (i % 4 < 2 ? "3" : "1") + "," + (i % 4 == 0 ? "1" : "0") + "\n";
  bench.write(text);
  const auto plain = bench.train();
  bench.options.roles.weight = "w";
  const auto weighted = bench.train();
  CHECK(bundle::feature_names(weighted.manifest) == std::vector<std::string>{"x"});
  // Weighted share of positives: 100 × 3 of 100 × 3 + 100 × 3 + 200 × 1.
  CHECK(weighted.baseline.find("0.375") != std::string::npos);
  CHECK(plain.manifest.calibration == "none");
  bench.options.balance = true;
  CHECK(bench.train().manifest.calibration == "distorted");
  std::string negative = text;
  negative.replace(negative.find("0,3,1"), 5, "0,-3,1");
  bench.write(negative);
  fs::remove_all(bench.options.output);
  CHECK(bench.error().message().find("weight 'w' of row 1 is -3") != std::string::npos);
}

TEST_CASE("rows that weigh nothing are none to learn from or to measure on") {
  Bench bench;
  const auto write = [&](const auto& weight_of) {
    std::string text = "x,part,w,y\n";
    for (int i = 0; i < 200; ++i) {
      const bool valid = i % 5 == 0;
      text += std::to_string(i % 7) + "," + (valid ? "v" : "t") + "," + weight_of(valid, i % 3) + "," +
              std::string(1, "abc"[i % 3]) + "\n";
    }
    bench.write(text);
  };
  bench.options.roles.weight = "w";
  bench.options.roles.exclude = {"part"};
  const auto refused = [&](const std::string& why) {
    const auto error = bench.error();
    CHECK(error.code() == Code::failed);
    CHECK_FALSE(error.hint().empty());
    return error.message().find("the weight 'w' is 0 in every " + why) != std::string::npos;
  };
  const auto zero = [](bool, int) { return "0"; };
  write(zero);
  CHECK(refused("row"));
  bench.options.valid = "part=v";
  CHECK(refused("training row"));
  write([](bool valid, int) { return valid ? "0" : "2"; });
  CHECK(refused("validation row"));
  write([](bool valid, int) { return valid ? "2" : "0"; });
  CHECK(refused("training row"));
  write([](bool valid, int label) { return !valid && label == 1 ? "0" : "2"; });
  CHECK(refused("training row of class 'b'"));
  // A class that weighs nothing among the validation rows alone is only not measured.
  write([](bool valid, int label) { return valid && label == 1 ? "0" : "2"; });
  CHECK(bench.train().valid_rows == 40);
}

TEST_CASE("a threshold chosen on validation is not reported from it") {
  Bench bench;
  bench.write(table(1000, 12));
  bench.options.valid = "0.3";
  bench.options.threshold = "best-f1";
  const auto report = bench.train();
  CHECK(report.manifest.threshold.value().source == "best_f1 on validation");
  CHECK(std::ranges::none_of(report.metrics,
                             [](const auto& entry) { return entry.name == "f1" || entry.name == "accuracy"; }));
  CHECK(std::ranges::any_of(report.metrics, [](const auto& entry) { return entry.name == "roc_auc"; }));
  bench.options.threshold = "0.25";
  CHECK(bench.train().manifest.threshold == bundle::Threshold{.value = 0.25, .source = "given"});
}

TEST_CASE("a stop keeps the best model so far; before the first round it keeps nothing") {
  Bench bench;
  bench.write(table(500, 13));
  std::atomic<bool> stop = false;
  bench.context.stop = &stop;
  bench.options.rounds = 50;
  bench.options.on_round = [&](const train::Round& round) { stop = round.round == 3; };
  const auto report = bench.train();
  CHECK(report.status == train::Status::interrupted);
  CHECK(report.manifest.rounds == 4);
  CHECK(bundle::Bundle::load(bench.options.output).manifest().rounds == 4);

  fs::remove_all(bench.options.output);
  stop = true;
  CHECK(bench.error().code() == Code::interrupted);
}
