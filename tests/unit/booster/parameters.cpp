#include "mlsys/booster/parameters.hpp"

#include <doctest/doctest.h>

#include "mlsys/base/error.hpp"
#include "mlsys/booster/constraints.hpp"

namespace {

using namespace mlsys;

Error error_of(const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return {Code::ok, ""};
}

}  // namespace

TEST_CASE("parameters are taken apart and aliases get the manual's name") {
  CHECK(booster::parse_parameter("eta=0.1") == std::pair<std::string, std::string>("eta", "0.1"));
  CHECK(booster::parse_parameter(" learning_rate = 0.1 ") == std::pair<std::string, std::string>("eta", "0.1"));
  CHECK(booster::parse_parameter("reg_lambda=2").first == "lambda");
  CHECK(booster::parse_parameter("interaction_constraints=[[0,1]]").second == "[[0,1]]");
}

TEST_CASE("a misspelt parameter is an error with a suggestion") {
  const auto error = error_of([] { booster::parse_parameter("max_dept=3"); });
  CHECK(error.code() == Code::usage);
  CHECK(error.message() == "XGBoost has no parameter 'max_dept'");
  CHECK(error.hint() == "did you mean 'max_depth'?");
  CHECK(error_of([] { booster::parse_parameter("zzz=1"); }).hint().find("help train") != std::string::npos);
  for (const char* text : {"eta", "=1", "eta=", ""})
    CHECK(error_of([&] { booster::parse_parameter(text); }).code() == Code::usage);
}

TEST_CASE("what mlsys sets itself names the option to use") {
  CHECK(error_of([] { booster::parse_parameter("nthread=3"); }).hint() == "use --threads");
  CHECK(error_of([] { booster::parse_parameter("n_estimators=3"); }).hint() == "use --rounds");
  CHECK(error_of([] { booster::parse_parameter("num_class=3"); }).code() == Code::usage);
}

TEST_CASE("values are checked before any data are read") {
  booster::check_parameters({{"objective", "binary:logistic"}, {"eta", "0.1"}, {"max_depth", "3"}, {"subsample", "1"}});
  for (const auto& bad :
       {booster::Parameters{{"eta", "fast"}}, booster::Parameters{{"max_depth", "-1"}},
        booster::Parameters{{"subsample", "1.5"}}, booster::Parameters{{"tree_method", "exact"}},
        booster::Parameters{{"booster", "gblinear"}}, booster::Parameters{{"objective", "binary:magic"}},
        booster::Parameters{{"eval_metric", "auc,logloss"}}, booster::Parameters{{"eval_metric", "magic"}},
        booster::Parameters{{"rate_drop", "0.1"}},  // without booster=dart
        booster::Parameters{{"monotone_constraints", "x"}}, booster::Parameters{{"interaction_constraints", "[1]"}}}) {
    CAPTURE(bad.begin()->first);
    const auto error = error_of([&] { booster::check_parameters(bad); });
    CHECK(error.code() == Code::usage);
    CHECK(error.message().find('\n') == std::string::npos);
    CHECK(error.message().find(".cc") == std::string::npos);
    CHECK_FALSE(error.hint().empty());
  }
  booster::check_parameters({{"booster", "dart"}, {"rate_drop", "0.1"}});
}

TEST_CASE("constraints by name become positions") {
  const booster::ConstrainedFeatures features{
      .names = {"a", "b:c", "d, e", "f"}, .categorical = {false, false, false, true}, .left_out = {"gone"}};
  const auto placed = [&](const std::string& name, const std::string& value) {
    return booster::place_constraints({{name, value}, {"eta", "0.1"}}, features).at(name);
  };
  const auto monotone = [&](const std::string& value) { return placed("monotone_constraints", value); };
  CHECK(monotone("a:1") == "(1,0,0,0)");
  CHECK(monotone(" b:c : -1 , a : 0 ") == "(0,-1,0,0)");
  CHECK(monotone(R"({"d, e": 1, "gone": 1, "a": -1, "f": 0})") == "(-1,0,1,0)");
  CHECK(monotone("{}") == "(0,0,0,0)");
  const auto interaction = [&](const std::string& value) { return placed("interaction_constraints", value); };
  CHECK(interaction(R"([["a", "d, e"], ["f"]])") == "[[0,2],[3]]");
  CHECK(interaction(R"([["gone", "b:c"], ["gone"]])") == "[[1]]");
  CHECK(interaction(R"([["gone"]])") == "[[0]]");  // still nothing interacts
  CHECK(interaction("[]") == "[]");
  CHECK(booster::place_constraints({{"eta", "0.1"}}, features) == booster::Parameters{{"eta", "0.1"}});
}

TEST_CASE("positions count where every column is a feature") {
  const booster::ConstrainedFeatures features{
      .names = {"a", "b", "c"}, .categorical = {false, false, true}, .left_out = {}};
  const auto place = [&](const std::string& name, const std::string& value) {
    return booster::place_constraints({{name, value}}, features).at(name);
  };
  CHECK(place("monotone_constraints", "( 1, -1,0)") == "(1,-1,0)");
  CHECK(place("interaction_constraints", "[[0, 1], [2]]") == "[[0,1],[2]]");
  auto shifted = features;
  shifted.left_out = {"k"};
  for (const auto& [name, value] :
       booster::Parameters{{"monotone_constraints", "(1,0,0)"}, {"interaction_constraints", "[[0,1]]"}})
    CHECK(error_of([&] { booster::place_constraints({{name, value}}, shifted); }).code() == Code::usage);
  const auto refused = [&](const std::string& name, const std::string& value) {
    CAPTURE(value);
    const auto error = error_of([&] { place(name, value); });
    CHECK(error.code() == Code::usage);
    CHECK_FALSE(error.hint().empty());
  };
  for (const char* value : {"(1,0)", "(1,0,0,0)", "(1,0,1)", "(1,2,0)", "(1,x,0)", "()", "(1,0,0", "z:1", "a:1,a:1",
                            "a:", "a:1,", "{\"a\": 1.5}", "{\"a\": 1", "c:-1", "[1,0,0]", "x"})
    refused("monotone_constraints", value);
  for (const char* value :
       {"[[0,3]]", "[[-1]]", "[[0.5]]", "[[]]", "[0,1]", "{}", "[[0,\"a\"]]", "[[\"a\"],[0]]", "[[\"z\"]]", "x"})
    refused("interaction_constraints", value);
}

TEST_CASE("every parameter of the table is one that XGBoost knows") {
  for (const auto& parameter : booster::parameters()) {
    CHECK_FALSE(parameter.help.empty());
    CHECK(booster::parse_parameter(std::string(parameter.name) + "=1").first == parameter.name);
  }
}

TEST_CASE("the direction of eval metrics") {
  CHECK(booster::larger_is_better("auc"));
  // Those that xgboost.callback.EarlyStopping (3.4) maximises, and ams, which its own documentation maximises.
  for (const char* metric : {"auc", "aucpr", "pre", "pre@3", "map", "map@5", "map-", "map@5-", "ndcg", "ndcg@10",
                             "ndcg-", "ndcg@10-", "ams@0.15"})
    CHECK_MESSAGE(booster::larger_is_better(metric), metric);
  for (const char* metric : {"logloss", "mlogloss", "rmse", "mape", "mae", "mphe", "error", "error@0.4", "merror",
                             "poisson-nloglik", "gamma-deviance", "tweedie-nloglik@1.5"})
    CHECK_FALSE_MESSAGE(booster::larger_is_better(metric), metric);
}
