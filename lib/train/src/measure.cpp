#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/family.hpp"
#include "mlsys/metrics/sample.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

double weight_of(const Rows& rows, std::size_t row) {
  return rows.weight.empty() ? 1.0 : static_cast<double>(rows.weight[row]);
}

// The prediction that knows the target's distribution in training and nothing of the features.
std::vector<float> prior_of(const Rows& train, const TargetPlan& target) {
  std::vector<double> sums(target.task == Task::multiclass ? target.classes.size() : 1);
  double total = 0;
  for (std::size_t i = 0; i < train.rows(); ++i) {
    const double weight = weight_of(train, i);
    total += weight;
    if (target.task == Task::multiclass)
      sums[static_cast<std::size_t>(train.classes[i])] += weight;
    else
      sums[0] += weight * (train.target.empty() ? static_cast<double>(train.label[i]) : train.target[i]);
  }
  std::vector<float> prior;
  for (const double sum : sums) prior.push_back(static_cast<float>(sum / total));
  return prior;
}

std::string describe_prior(const std::vector<float>& prior, const TargetPlan& target) {
  switch (target.task) {
    case Task::binary:
      return fmt::format("every row with the share of {} in training, {}", quoted(target.classes[1]),
                         significant(static_cast<double>(prior[0]), 4));
    case Task::multiclass:
      return "every row with the shares of the classes in training";
    case Task::regression:
      return fmt::format("every row with the mean of training, {}", significant(static_cast<double>(prior[0]), 4));
    case Task::ranking:
      break;
  }
  return "all rows of a query alike, in the mean of all their orders";
}

// Query codes as numbers from 0, in row order.
std::vector<std::uint32_t> query_numbers(const Rows& rows) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(rows.query.size());
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < rows.query.size(); ++i) {
    if (i > 0 && rows.query[i] != rows.query[i - 1]) ++number;
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<metrics::Value> compute(const Rows& rows, const TargetPlan& target, const std::vector<float>& scores,
                                    const std::vector<metrics::MetricSpec>& specs, const metrics::Settings& settings,
                                    unsigned threads) {
  switch (target.task) {
    case Task::binary: {
      const metrics::BinaryData data{.scores = scores, .labels = rows.label, .weights = rows.weight};
      return metrics::make_sample(data, specs, settings, threads)->measure();
    }
    case Task::multiclass: {
      const metrics::MulticlassData data{.scores = scores,
                                         .labels = rows.classes,
                                         .classes = target.classes.size(),
                                         .weights = rows.weight,
                                         .names = target.classes};
      return metrics::make_sample(data, specs, settings, threads)->measure();
    }
    case Task::regression: {
      const metrics::RegressionData data{.predictions = scores, .targets = rows.target, .weights = rows.weight};
      return metrics::make_sample(data, specs, settings)->measure();
    }
    case Task::ranking:
      break;
  }
  const auto queries = query_numbers(rows);
  const metrics::RankingData data{
      .scores = scores, .relevance = rows.label, .queries = queries, .weights = rows.weight, .ids = {}};
  return metrics::make_sample(data, specs, settings, threads)->measure();
}

std::vector<float> repeat(const std::vector<float>& row, std::uint64_t rows) {
  std::vector<float> values;
  values.reserve(row.size() * rows);
  for (std::uint64_t i = 0; i < rows; ++i) values.insert(values.end(), row.begin(), row.end());
  return values;
}

}  // namespace

void measure(const TrainOptions& options, const Rows& train, const Rows& measured, const std::vector<float>& margins,
             const TargetPlan& target, bool validated, Context& ctx, TrainReport& report) {
  auto& manifest = report.manifest;
  const std::size_t width = target.task == Task::multiclass ? target.classes.size() : 1;
  const auto scores = booster::scores_from_margins(manifest.objective, width, margins);

  bool chosen_here = false;
  if (target.task == Task::binary) {
    bundle::Threshold threshold{.value = 0.5, .source = "default"};
    if (options.threshold == "best-f1") {
      const metrics::RankedScores ranked({.scores = scores, .labels = measured.label, .weights = measured.weight},
                                         ctx.threads);
      const auto best = metrics::best_f1_threshold(ranked);
      if (best.threshold.value) {
        threshold = {.value = *best.threshold.value, .source = "best_f1 on validation"};
        chosen_here = true;
        report.notes.push_back(
            fmt::format("threshold {} has the largest F1 on the validation rows; metrics that depend on it are left to "
                        "data that did not choose it",
                        significant(threshold.value, 4)));
      } else {
        report.warnings.push_back(
            fmt::format("the threshold stays at 0.5: no best F1 on validation, {}", best.threshold.reason));
      }
    } else if (!options.threshold.empty()) {
      threshold = {.value = parse_double(options.threshold).value_or(0.5), .source = "given"};
    }
    manifest.threshold = threshold;
  }

  metrics::Settings settings;
  if (manifest.threshold) settings.threshold = manifest.threshold->value;
  if (target.task == Task::ranking) settings.ranking = metrics::ranking_rules(metrics::Convention::xgboost);
  const auto family = bundle::family_of(target.task);
  auto specs = metrics::default_metrics(family);
  if (chosen_here)
    std::erase_if(specs, [](const metrics::MetricSpec& spec) { return metrics::info(spec.metric).needs_threshold; });

  const auto prior = prior_of(train, target);
  const auto values = compute(measured, target, scores, specs, settings, ctx.threads);
  // Equal scores in the order of the rows, as XGBoost leaves them, would measure the order of the file.
  metrics::Settings baseline_settings = settings;
  baseline_settings.ranking.ties = metrics::Ties::average;
  const auto baseline =
      compute(measured, target, repeat(prior, measured.rows()), specs, baseline_settings, ctx.threads);
  report.measured_on = validated ? "validation" : "training";
  report.baseline = describe_prior(prior, target);
  for (std::size_t i = 0; i < specs.size(); ++i)
    report.metrics.push_back({.name = metrics::to_string(specs[i]),
                              .definition = metrics::definition(specs[i], family, settings),
                              .value = values[i],
                              .baseline = baseline[i]});
}

}  // namespace mlsys::train
