#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

// Parameters that only some objectives use: whether they have an effect is known with the task.
constexpr std::array<const char*, 10> of_objectives = {"scale_pos_weight",
                                                       "huber_slope",
                                                       "tweedie_variance_power",
                                                       "lambdarank_pair_method",
                                                       "lambdarank_num_pair_per_sample",
                                                       "lambdarank_normalization",
                                                       "lambdarank_score_normalization",
                                                       "lambdarank_unbiased",
                                                       "lambdarank_bias_norm",
                                                       "ndcg_exp_gain"};

[[noreturn]] void usage(const std::string& message, const std::string& hint) {
  throw Error(Code::usage, message, hint);
}

std::string default_objective(Task task) {
  switch (task) {
    case Task::binary:
      return "binary:logistic";
    case Task::multiclass:
      return "multi:softprob";
    case Task::regression:
      return "reg:squarederror";
    case Task::ranking:
      break;
  }
  return "rank:ndcg";
}

void check_objective(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& entry : booster::objectives()) names.emplace_back(entry.name);
  if (std::ranges::find(names, name) != names.end()) return;
  auto hint = did_you_mean(name, names);
  if (hint.empty()) hint = fmt::format("mlsys trains with {}", join(names, ", "));
  usage(fmt::format("cannot train with objective {}", quoted(name)), hint);
}

}  // namespace

void check_options(const TrainOptions& options) {
  bundle::require_replaceable(options.output);
  if (options.rounds < 1) usage("--rounds must be at least 1", "the default is 100");
  if (options.early_stop && *options.early_stop < 0) usage("--early-stop must not be negative", "0 turns it off");
  if (options.early_stop && options.valid.empty())
    usage("--early-stop needs validation rows", "add --valid 0.2, or --valid with a file");
  if (options.threshold == "best-f1" && options.valid.empty())
    usage("--threshold best-f1 needs validation rows to choose on", "add --valid 0.2, or --valid with a file");
  if (!options.threshold.empty() && options.threshold != "best-f1") {
    const auto value = parse_double(options.threshold);
    if (!value || !(*value >= 0 && *value <= 1))
      usage(fmt::format("--threshold {} is neither a number from 0 to 1 nor best-f1", quoted(options.threshold)),
            "for example --threshold 0.3");
  }
  if (options.balance && options.parameters.contains("scale_pos_weight"))
    usage("--balance and --param scale_pos_weight both weigh the classes", "give one of them");
  auto parameters = options.parameters;
  if (const auto objective = parameters.find("objective"); objective != parameters.end()) {
    check_objective(objective->second);
    if (objective->second == "multi:softprob") parameters["num_class"] = "3";  // any number, for the check
  } else {
    for (const char* name : of_objectives) parameters.erase(name);
  }
  booster::check_parameters(parameters);
}

booster::Parameters settle_parameters(const TrainOptions& options, const TargetPlan& target, const Context& ctx) {
  auto parameters = options.parameters;
  if (options.balance && target.classes.empty())
    usage(fmt::format("--balance weighs classes, and the task is {}", name_of(target.task)), "leave it out");
  if (!options.threshold.empty() && target.task != Task::binary)
    usage(fmt::format("--threshold belongs to a binary task, and the task is {}", name_of(target.task)),
          "leave it out");
  const auto [objective, by_default] = parameters.try_emplace("objective", default_objective(target.task));
  const auto known = booster::objectives();
  const auto entry = std::ranges::find(known, objective->second, &booster::Objective::name);
  if (entry->task != name_of(target.task))
    usage(
        fmt::format("objective {} is for {}, and the task is {}", objective->second, entry->task, name_of(target.task)),
        fmt::format("leave it out, or say --task {}", entry->task));
  // Other tasks have their objective's own metric. Log loss costs little on every round; AUC would sort all rows.
  if (target.task == Task::binary) parameters.try_emplace("eval_metric", "logloss");
  if (target.task == Task::ranking) parameters.try_emplace("eval_metric", "ndcg@10");
  if (target.task == Task::multiclass) parameters["num_class"] = std::to_string(target.classes.size());
  booster::check_parameters(parameters);
  parameters["tree_method"] = "hist";
  parameters["seed"] = std::to_string(ctx.seed % 2147483648U);  // XGBoost's seed has 31 bits
  parameters["nthread"] = std::to_string(ctx.threads);
  return parameters;
}

}  // namespace mlsys::train
