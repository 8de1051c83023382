#include "mlsys/eval/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/eval/render.hpp"
#include "mlsys/metrics/inference.hpp"
#include "rows.hpp"
#include "slices.hpp"

namespace mlsys::eval {

using metrics::Family;
using metrics::MetricSpec;

namespace {

// Everything that can be refused before any data is read.
void check_options(const EvalOptions& options) {
  for (const auto& text : options.require) parse_gate(text);
  for (const auto& text : options.metrics) metrics::parse_metric(text);
  if (options.rival && !options.rival->metric.empty()) metrics::parse_metric(options.rival->metric);
  if (options.rival && options.model == nullptr)
    throw Error(Code::usage, "cannot compare a file of predictions with a model: the model needs the features",
                "evaluate both on the same data: mlsys eval MODEL DATA --require-better REF");
  if (options.rival && options.rival->alpha && !(*options.rival->alpha > 0 && *options.rival->alpha < 1))
    throw Error(Code::usage, "the significance level of a comparison lies between 0 and 1", "--alpha 0.05");
  if (!(options.level > 0 && options.level < 1))
    throw Error(Code::usage, "the level of confidence intervals lies between 0 and 1", "--level 0.95");
  if (options.calibration_bins < 2 || options.calibration_bins > 1000)
    throw Error(Code::usage, "calibration needs 2 to 1000 bins", "--bins 10");
  if (options.bootstrap && (options.replicates < 20 || options.replicates > 1'000'000))
    throw Error(Code::usage, "the bootstrap needs 20 to 1000000 replicates", "--replicates 1000");
}

// The task's metrics, then what else was asked for, each once.
std::vector<MetricSpec> metrics_of(const EvalOptions& options, Family family) {
  std::vector<MetricSpec> specs = metrics::default_metrics(family);
  const auto add = [&](const MetricSpec& spec) {
    if (std::find(specs.begin(), specs.end(), spec) == specs.end()) specs.push_back(spec);
  };
  for (const auto& text : options.metrics) add(metrics::parse_metric(text, family));
  for (const auto& text : options.require) add(parse_gate(text, family).metric);
  if (options.rival && !options.rival->metric.empty()) add(metrics::parse_metric(options.rival->metric, family));
  return specs;
}

void settle_threshold(const EvalOptions& options, EvalReport& report) {
  report.threshold = 0.5;
  report.threshold_source = "default";
  if (options.model != nullptr && options.model->manifest().threshold) {
    report.threshold = options.model->manifest().threshold->value;
    report.threshold_source = options.model->manifest().threshold->source;
  }
  if (options.threshold) {
    report.threshold = *options.threshold;
    report.threshold_source = "asked for";
  }
}

double total(const std::vector<double>& values) {
  return static_cast<double>(std::accumulate(values.begin(), values.end(), 0.0L));
}

void describe_classes(const Rows& rows, EvalReport& report) {
  report.classes = rows.classes;
  std::vector<long double> sums(rows.classes.size(), 0.0L);
  for (std::size_t row = 0; row < rows.count; ++row) {
    const std::size_t label =
        rows.family == Family::binary ? rows.labels[row] : static_cast<std::size_t>(rows.class_codes[row]);
    sums[label] += rows.weights.empty() ? 1.0 : rows.weights[row];
  }
  report.class_weights.assign(sums.begin(), sums.end());
}

// Mean prediction and mean target of groups of rows by prediction, all of about the same number of rows.
std::vector<metrics::CalibrationBin> fit_of(const Rows& rows, unsigned threads) {
  constexpr std::size_t groups = 20;
  const metrics::Reals scores = rows.scores();
  std::vector<std::uint32_t> order = metrics::rank_descending(scores, threads);
  std::reverse(order.begin(), order.end());
  std::vector<metrics::CalibrationBin> bins;
  const std::size_t count = std::min(groups, order.size());
  for (std::size_t g = 0; g < count; ++g) {
    metrics::CalibrationBin bin;
    const std::size_t begin = order.size() * g / count;
    const std::size_t end = order.size() * (g + 1) / count;
    for (std::size_t i = begin; i < end; ++i) {
      const double weight = rows.weights.empty() ? 1.0 : rows.weights[order[i]];
      bin.weight += weight;
      bin.predicted += weight * scores[order[i]];
      bin.observed += weight * rows.targets[order[i]];
    }
    if (!(bin.weight > 0)) continue;
    bin.predicted /= bin.weight;
    bin.observed /= bin.weight;
    bin.low = scores[order[begin]];
    bin.high = scores[order[end - 1]];
    bins.push_back(bin);
  }
  return bins;
}

void describe_binary(const Rows& rows, const metrics::RankedScores& ranked, const EvalOptions& options,
                     EvalReport& report) {
  describe_classes(rows, report);
  const metrics::Confusion c = metrics::confusion(ranked, report.threshold);
  report.confusion = {{c.true_negatives, c.false_positives}, {c.false_negatives, c.true_positives}};
  report.calibration = metrics::calibration_curve(ranked, options.calibration_bins, options.calibration_strategy);
  if (!options.curves) return;
  report.curves.roc = metrics::roc_curve(ranked);
  report.curves.precision_recall = metrics::precision_recall_curve(ranked);
  report.curves.histogram = metrics::score_histogram(ranked, 40);
}

void describe_others(const Rows& rows, const EvalOptions& options, const metrics::Settings& settings, Context& ctx,
                     EvalReport& report) {
  if (rows.family == Family::multiclass) {
    describe_classes(rows, report);
    report.confusion = metrics::confusion_matrix(rows.class_codes, metrics::predicted_classes(rows.multiclass()),
                                                 rows.classes.size(), rows.weights);
    report.calibration = metrics::calibration_curve(metrics::top_label(rows.multiclass(), ctx.threads),
                                                    options.calibration_bins, options.calibration_strategy);
  } else if (rows.family == Family::regression) {
    if (options.curves) report.curves.fit = fit_of(rows, ctx.threads);
  } else {
    const metrics::RankedQueries ranked(rows.ranking(), settings.ranking.ties, ctx.threads);
    report.queries = ranked.queries();
    report.queries_skipped = ranked.ndcg(1, settings.ranking).skipped;
    if (!options.curves) return;
    for (const std::uint32_t at : {1U, 3U, 5U, 10U, 20U})
      if (const auto value = metrics::mean(ranked.ndcg(at, settings.ranking)); value.value)
        report.curves.ndcg.push_back({static_cast<double>(at), *value.value, 0});
  }
}

// A missing class is shown by its name, not by its number.
void name_classes(const Rows& rows, std::vector<metrics::Value>& values) {
  if (rows.family != Family::multiclass) return;
  for (metrics::Value& value : values) {
    constexpr std::string_view prefix = "class number ";
    if (!value.reason.starts_with(prefix)) continue;
    const auto end = value.reason.find_first_not_of("0123456789", prefix.size());
    const auto number = parse_int(std::string_view(value.reason).substr(prefix.size(), end - prefix.size()));
    if (number && static_cast<std::size_t>(*number) < rows.classes.size())
      value.reason = "class " + quoted(rows.classes[static_cast<std::size_t>(*number)]) + value.reason.substr(end);
  }
}

// The same rows with the rival's scores.
Rows rival_rows(const Rows& rows) {
  Rows other = rows;
  other.floats = rows.rival;
  other.rival.clear();
  other.slices.clear();
  return other;
}

Comparison compare(const Rows& rows, const EvalOptions& options, const metrics::Settings& settings, Context& ctx) {
  const Rival& rival = *options.rival;
  const MetricSpec spec = rival.metric.empty() ? metrics::default_metrics(rows.family)[0]
                                               : metrics::parse_metric(rival.metric, rows.family);
  const Rows other = rival_rows(rows);
  const auto ours = make_sample(rows, {spec}, settings, ctx.threads);
  const auto theirs = make_sample(other, {spec}, settings, ctx.threads);
  Comparison out;
  out.rival = rival.name;
  out.metric = metrics::to_string(spec);
  out.definition = metrics::definition(spec, rows.family, settings);
  out.ours = ours->measure()[0];
  out.theirs = theirs->measure()[0];
  const double level = rival.alpha ? 1 - *rival.alpha : options.level;
  metrics::PairedTest test;
  if (spec.metric == metrics::Metric::roc_auc && rows.family == Family::binary && rows.weights.empty())
    test = metrics::delong_test(rows.scores(), other.scores(), rows.labels, level, ctx.threads);
  else
    test = metrics::bootstrap_test(*ours, 0, *theirs, 0, {options.replicates, level}, ctx);
  out.difference = test.difference;
  out.p_value = test.p_value;
  out.interval = test.interval;
  if (metrics::info(spec.metric).better == metrics::Direction::lower) {
    if (out.difference.value) out.difference.value = -*out.difference.value;
    if (out.interval.low) {
      std::swap(out.interval.low, out.interval.high);
      out.interval.low = -*out.interval.low;
      out.interval.high = -*out.interval.high;
    }
  }
  return out;
}

GateResult check_rival(const Comparison& c, const Rival& rival) {
  GateResult gate;
  gate.expression = fmt::format("{} better than {}", c.metric, rival.name);
  if (rival.margin != 0) gate.expression += " by more than " + shortest(rival.margin);
  if (rival.alpha) gate.expression += " at alpha " + shortest(*rival.alpha);
  gate.definition = c.definition;
  gate.value = c.difference.value;
  if (!c.difference.value) {
    gate.reason = fmt::format("{} is undefined: {}", c.metric, c.difference.reason);
    return gate;
  }
  gate.passed = *c.difference.value > rival.margin;
  gate.reason = fmt::format("{} against {}, better by {}", significant(*c.ours.value, 5),
                            significant(*c.theirs.value, 5), number_text(*c.difference.value));
  if (!rival.alpha) return gate;
  if (!c.interval.low) {
    gate.passed = false;
    gate.reason += "; the difference has no interval: " + c.interval.reason;
    return gate;
  }
  gate.passed = gate.passed && *c.interval.low > rival.margin;
  gate.reason += fmt::format("; {} interval {} to {}", c.interval.method, number_text(*c.interval.low),
                             number_text(*c.interval.high));
  return gate;
}

}  // namespace

const MetricResult* EvalReport::find(const MetricSpec& spec) const {
  for (const MetricResult& result : metrics)
    if (result.metric == spec) return &result;
  return nullptr;
}

EvalReport evaluate(const EvalOptions& options, Context& ctx) {
  check_options(options);
  Rows rows = options.model != nullptr ? score_rows(options, ctx) : read_rows(options, ctx);
  if (rows.count == 0) throw Error(Code::failed, fmt::format("cannot evaluate {}: it has no rows", rows.source));
  ctx.check_stop();

  EvalReport report;
  report.source = options.source.argument;
  report.data_digest = rows.digest;
  report.model = options.model_name;
  if (options.model != nullptr) report.model_digest = options.model->digest();
  report.task = rows.family;
  report.task_reason = rows.family_reason;
  report.target = rows.target;
  report.rows = rows.count;
  report.weight = rows.weights.empty() ? static_cast<double>(rows.count) : total(rows.weights);
  report.level = options.level;
  report.seed = ctx.seed;
  report.warnings = rows.warnings;
  settle_threshold(options, report);

  metrics::Settings settings;
  settings.threshold = report.threshold;
  settings.calibration_bins = options.calibration_bins;
  settings.calibration_strategy = options.calibration_strategy;
  settings.ranking = metrics::ranking_rules(options.convention);

  const std::vector<MetricSpec> specs = metrics_of(options, rows.family);
  std::shared_ptr<const metrics::RankedScores> ranked;
  std::unique_ptr<metrics::Sample> sample;
  if (rows.family == Family::binary) {
    ranked = std::make_shared<metrics::RankedScores>(rows.binary(), ctx.threads);
    sample = metrics::make_sample(ranked, specs, settings);
    describe_binary(rows, *ranked, options, report);
  } else {
    sample = make_sample(rows, specs, settings, ctx.threads);
    describe_others(rows, options, settings, ctx, report);
  }
  std::vector<metrics::Value> values = sample->measure();
  name_classes(rows, values);
  std::vector<metrics::Interval> intervals(specs.size());
  if (options.bootstrap) intervals = metrics::bootstrap_intervals(*sample, {options.replicates, options.level}, ctx);
  for (std::size_t m = 0; m < specs.size(); ++m) {
    if (ranked != nullptr && specs[m].metric == metrics::Metric::roc_auc) {
      metrics::Interval delong = metrics::delong_interval(*ranked, options.level);
      if (delong.low || !options.bootstrap) intervals[m] = std::move(delong);
    }
    report.metrics.push_back({specs[m], values[m], intervals[m], metrics::definition(specs[m], rows.family, settings)});
  }
  report.slices = slice_results(rows, ranked.get(), report.metrics, settings, options.level, ctx);

  for (const auto& text : options.require) {
    const Gate gate = parse_gate(text, rows.family);
    const MetricResult& result = *report.find(gate.metric);
    report.gates.push_back(check_gate(gate, result.value, result.definition));
  }
  if (options.rival) {
    report.comparison = compare(rows, options, settings, ctx);
    report.gates.push_back(check_rival(*report.comparison, *options.rival));
  }
  report.passed = std::all_of(report.gates.begin(), report.gates.end(), [](const GateResult& g) { return g.passed; });
  return report;
}

}  // namespace mlsys::eval
