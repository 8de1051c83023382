#include "mlsys/booster/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "ext/xgboost/xgboost.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/booster/constraints.hpp"

namespace mlsys::booster {
namespace {

// XGBoost 3.4: doc/parameter.rst and the DMLC_DECLARE_FIELD lines of its source.
constexpr auto known_parameters = std::to_array<Parameter>({
    {"booster", "", "gbtree or dart"},
    {"objective", "", "what is minimised; follows from the task unless set"},
    {"base_score", "", "initial prediction; estimated from the data unless set"},
    {"boost_from_average", "", "estimate base_score from the data"},
    {"eval_metric", "", "XGBoost's metric for progress and early stopping"},
    {"eta", "learning_rate", "step size of a round, 0 to 1"},
    {"gamma", "min_split_loss", "least loss reduction of a split"},
    {"max_depth", "", "greatest depth of a tree, 0 for no limit"},
    {"max_leaves", "", "greatest number of leaves, 0 for no limit"},
    {"max_bin", "", "bins per feature"},
    {"grow_policy", "", "depthwise or lossguide"},
    {"min_child_weight", "", "least sum of hessians in a leaf"},
    {"max_delta_step", "", "greatest absolute leaf output, 0 for no limit"},
    {"subsample", "", "share of rows per round"},
    {"sampling_method", "", "uniform or gradient_based"},
    {"colsample_bytree", "", "share of features per tree"},
    {"colsample_bylevel", "", "share of features per level"},
    {"colsample_bynode", "", "share of features per split"},
    {"lambda", "reg_lambda", "L2 regularisation of leaves"},
    {"alpha", "reg_alpha", "L1 regularisation of leaves"},
    {"tree_method", "", "hist (auto means the same here)"},
    {"scale_pos_weight", "", "weight of positives; see --balance"},
    {"max_cat_to_onehot", "", "up to this many categories are split one against the rest"},
    {"max_cat_threshold", "", "most categories considered per split"},
    {"max_cached_hist_node", "", "histograms kept while growing"},
    {"monotone_constraints", "", "a:1,b:-1: rising with feature a, falling with b; or (1,0,-1,…) per feature"},
    {"interaction_constraints", "", R"([["a","b"],["c"]], or [[0,1],[2]]: features that may interact)"},
    {"num_parallel_tree", "", "trees per round"},
    {"sample_type", "", "dart: uniform or weighted"},
    {"normalize_type", "", "dart: tree or forest"},
    {"rate_drop", "", "dart: share of trees dropped"},
    {"one_drop", "", "dart: drop at least one tree"},
    {"skip_drop", "", "dart: chance of dropping none"},
    {"seed_per_iteration", "", "seed each round by its number"},
    {"huber_slope", "", "reg:pseudohubererror"},
    {"tweedie_variance_power", "", "reg:tweedie, 1 to 2"},
    {"lambdarank_pair_method", "", "topk or mean"},
    {"lambdarank_num_pair_per_sample", "", "pairs per document or truncation level"},
    {"lambdarank_normalization", "", "normalise gradients of a query"},
    {"lambdarank_score_normalization", "", "normalise by score differences"},
    {"lambdarank_unbiased", "", "correct for position bias in clicks"},
    {"lambdarank_bias_norm", "", "norm of the bias regularisation"},
    {"ndcg_exp_gain", "", "gain 2^relevance - 1 instead of relevance"},
});

struct Reserved {
  std::string_view name;
  std::string_view instead;
};

constexpr auto reserved = std::to_array<Reserved>({
    {"nthread", "use --threads"},
    {"n_jobs", "use --threads"},
    {"seed", "use --seed"},
    {"random_state", "use --seed"},
    {"num_boost_round", "use --rounds"},
    {"n_estimators", "use --rounds"},
    {"num_round", "use --rounds"},
    {"early_stopping_rounds", "use --early-stop"},
    {"verbosity", "use --verbose"},
    {"silent", "use --quiet"},
    {"num_class", "the classes are those of the target"},
    {"num_feature", "the features are those of the data"},
    {"num_target", "one target is supported"},
    {"multi_strategy", "one tree per output is supported"},
    {"validate_parameters", "unknown parameters are always errors"},
    {"disable_default_eval_metric", "use --param eval_metric=…"},
    {"device", "mlsys trains on the CPU"},
    {"gpu_id", "mlsys trains on the CPU"},
    {"process_type", "models are trained from the start"},
    {"updater", "mlsys trains with tree_method=hist"},
    {"refresh_leaf", "models are trained from the start"},
    {"enable_categorical", "text columns are always categorical"},
    {"missing", "use --null for text that means missing"},
});

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& parameter : known_parameters) {
    names.emplace_back(parameter.name);
    if (!parameter.alias.empty()) names.emplace_back(parameter.alias);
  }
  return names;
}

void check_choice(const Parameters& parameters, const std::string& name, const std::vector<std::string>& choices) {
  const auto found = parameters.find(name);
  if (found == parameters.end() || std::ranges::find(choices, found->second) != choices.end()) return;
  auto suggestion = did_you_mean(found->second, choices);
  if (suggestion.empty()) suggestion = "`mlsys help train` lists the parameters";
  throw Error(
      Code::usage,
      fmt::format("cannot set parameter {} to {}: it is one of {}", name, quoted(found->second), join(choices, ", ")),
      suggestion);
}

// Why XGBoost does not accept them; empty when it does.
std::string try_parameters(const Parameters& parameters) {
  ext::xgboost::take_warnings();
  try {
    auto booster = ext::xgboost::Booster::create({});
    for (const auto& [name, value] : parameters) booster.set(name, value, {});
    booster.set("num_feature", "1", {});
    booster.set("validate_parameters", "1", {});
    booster.configure();
  } catch (const Error& error) {
    // "<doing>: <why>"
    const auto& text = error.message();
    const auto colon = text.find(": ");
    const auto why = colon == std::string::npos ? text : text.substr(colon + 2);
    return why.starts_with("Some trailing characters") ? "it is not a number" : why;
  }
  for (const auto& warning : ext::xgboost::take_warnings())
    if (warning.starts_with("Parameters: {")) return "it has no effect with this booster and objective";
  return {};
}

}  // namespace

std::span<const Parameter> parameters() { return known_parameters; }

std::pair<std::string, std::string> parse_parameter(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == text.npos || trim(text.substr(0, equals)).empty())
    throw Error(Code::usage, fmt::format("--param {} is not of the form name=value", quoted(text)),
                "for example --param eta=0.1");
  const std::string name(trim(text.substr(0, equals)));
  const std::string value(trim(text.substr(equals + 1)));
  if (value.empty()) throw Error(Code::usage, fmt::format("--param {} has no value", quoted(text)));
  for (const auto& parameter : known_parameters)
    if (parameter.name == name || (!parameter.alias.empty() && parameter.alias == name))
      return {std::string(parameter.name), value};
  for (const auto& entry : reserved)
    if (entry.name == name)
      throw Error(Code::usage, fmt::format("--param {} cannot be set", name), std::string(entry.instead));
  const auto names = known_names();
  auto hint = did_you_mean(name, names);
  if (hint.empty()) hint = "`mlsys help train` lists the parameters";
  throw Error(Code::usage, fmt::format("XGBoost has no parameter {}", quoted(name)), hint);
}

void check_parameters(const Parameters& asked) {
  check_constraints(asked);
  // XGBoost does not know names, which are replaced when the features are known.
  auto parameters = asked;
  for (const char* name : {"monotone_constraints", "interaction_constraints"}) parameters.erase(name);
  check_choice(parameters, "booster", {"gbtree", "dart"});
  check_choice(parameters, "tree_method", {"auto", "hist"});
  if (const auto metric = parameters.find("eval_metric");
      metric != parameters.end() && metric->second.find_first_of(", []") != std::string::npos)
    throw Error(Code::usage,
                fmt::format("cannot set parameter eval_metric to {}: it is one metric", quoted(metric->second)),
                "`mlsys eval` computes as many metrics as you like");
  // XGBoost stores these for any booster and then ignores them.
  if (const auto kind = parameters.find("booster"); kind == parameters.end() || kind->second != "dart")
    for (const char* name : {"sample_type", "normalize_type", "rate_drop", "one_drop", "skip_drop"})
      if (parameters.contains(name))
        throw Error(Code::usage, fmt::format("parameter {} has no effect without booster=dart", name),
                    "add --param booster=dart");
  if (try_parameters(parameters).empty()) return;
  // XGBoost often does not name the parameter: find the one that fails by itself.
  for (const auto& [name, value] : parameters) {
    Parameters alone = {{name, value}};
    for (const char* context : {"booster", "objective", "num_class"})
      if (const auto found = parameters.find(context); found != parameters.end()) alone.insert(*found);
    if (const auto why = try_parameters(alone); !why.empty())
      throw Error(Code::usage, fmt::format("cannot set parameter {} to {}: {}", name, quoted(value), why),
                  "`mlsys help train` lists the parameters");
  }
  throw Error(Code::usage, fmt::format("cannot use these parameters together: {}", try_parameters(parameters)),
              "`mlsys help train` lists the parameters");
}

bool larger_is_better(std::string_view eval_metric) {
  auto base = eval_metric.substr(0, eval_metric.find('@'));
  if (base.ends_with('-')) base.remove_suffix(1);  // "ndcg-": queries without a relevant document count 0
  constexpr std::array<std::string_view, 6> larger = {"auc", "aucpr", "ndcg", "map", "pre", "ams"};
  return std::ranges::find(larger, base) != larger.end();
}

}  // namespace mlsys::booster
