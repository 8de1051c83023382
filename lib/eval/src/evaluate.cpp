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

constexpr std::uint32_t fewest_replicates = 20;
constexpr std::uint32_t most_replicates = 1'000'000;
constexpr std::uint32_t usual_replicates = 1000;
constexpr double replicates_per_alpha = 20;  // so that ten of them lie beyond each end of the interval

// As many replicates as the ends of an interval at level 1 - alpha take.
double replicates_for(double alpha) { return std::ceil(replicates_per_alpha / alpha); }

// With too few replicates the interval's ends are those of a handful of draws, and a gate passes by luck.
void check_replicates(double alpha, std::optional<std::uint32_t> given) {
  if (!given || *given >= replicates_for(alpha)) return;
  throw Error(Code::usage,
              fmt::format("a comparison at alpha {} needs at least {} bootstrap replicates, not {}", shortest(alpha),
                          shortest(replicates_for(alpha)), *given),
              replicates_for(alpha) > most_replicates ? "choose a larger --alpha" : "leave out --replicates");
}

std::uint32_t rival_replicates(const EvalOptions& options) {
  if (!options.rival->alpha) return options.replicates.value_or(usual_replicates);
  const double needed = replicates_for(*options.rival->alpha);
  if (needed > most_replicates)
    throw Error(Code::usage,
                fmt::format("alpha {} is too small for the bootstrap: it takes {} replicates, {} are the most",
                            shortest(*options.rival->alpha), shortest(needed), most_replicates),
                "choose a larger --alpha");
  return options.replicates.value_or(std::max(usual_replicates, static_cast<std::uint32_t>(needed)));
}

// What a model says itself cannot be said again, or it would be ignored in silence.
void check_of_model(const EvalOptions& options) {
  const auto refuse = [](const char* what, const char* option) {
    throw Error(Code::usage, fmt::format("{} of a model is its own: {} is for files of predictions", what, option),
                fmt::format("leave out {}", option));
  };
  if (options.task) refuse("the task", "--task");
  if (!options.roles.positive.empty()) refuse("the positive class", "--positive");
  if (!options.roles.score.empty()) refuse("the score", "--score");
}

// Everything that can be refused before any data is read.
void check_options(const EvalOptions& options) {
  for (const auto& text : options.require) parse_gate(text);
  for (const auto& text : options.metrics) metrics::parse_metric(text);
  if (options.rival && !options.rival->metric.empty()) metrics::parse_metric(options.rival->metric);
  if (options.rival && options.rival->alpha && !(*options.rival->alpha > 0 && *options.rival->alpha < 1))
    throw Error(Code::usage, "the significance level of a comparison lies between 0 and 1", "--alpha 0.05");
  if (!(options.level > 0 && options.level < 1))
    throw Error(Code::usage, "the level of confidence intervals lies between 0 and 1", "--level 0.95");
  if (options.calibration_bins < 2 || options.calibration_bins > 1000)
    throw Error(Code::usage, "calibration needs 2 to 1000 bins", "--bins 10");
  if (options.replicates && (*options.replicates < fewest_replicates || *options.replicates > most_replicates))
    throw Error(Code::usage, fmt::format("the bootstrap needs {} to {} replicates", fewest_replicates, most_replicates),
                "--replicates 1000");
  if (options.rival && options.rival->alpha) check_replicates(*options.rival->alpha, options.replicates);
  if (options.rival && options.model == nullptr)
    throw Error(Code::usage, "cannot compare a file of predictions with a model: the model needs the features",
                "evaluate both on the same data: mlsys eval MODEL DATA --require-better REF");
  if (options.model != nullptr) check_of_model(options);
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

void settle_threshold(const EvalOptions& options, const Rows& rows, EvalReport& report) {
  bundle::Threshold threshold = rows.threshold.value_or(bundle::Threshold{0.5, "default"});
  if (options.threshold) threshold = {*options.threshold, "asked for"};
  report.threshold = threshold.value;
  report.threshold_source = threshold.source;
}

double total(const std::vector<double>& values) {
  return static_cast<double>(std::accumulate(values.begin(), values.end(), 0.0L));
}

void describe_classes(const Rows& rows, EvalReport& report) {
  report.classes = rows.classes;
  report.class_type = rows.class_type;
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
    report.queries_skipped = ranked.without_relevant();
    if (!options.curves) return;
    for (const std::uint32_t at : {1U, 3U, 5U, 10U, 20U})
      if (const auto value = metrics::mean(ranked.ndcg(at, settings.ranking)); value.value)
        report.curves.ndcg.push_back({static_cast<double>(at), *value.value, 0});
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
  metrics::Settings rival_settings = settings;
  if (!options.threshold) rival_settings.threshold = rows.rival_threshold.value_or(bundle::Threshold{}).value;
  const auto ours = make_sample(rows, {spec}, settings, ctx.threads);
  const auto theirs = make_sample(other, {spec}, rival_settings, ctx.threads);
  Comparison out;
  out.rival = rival.name;
  out.metric = metrics::to_string(spec);
  out.definition = metrics::definition(spec, rows.family, settings);
  out.rival_definition = metrics::definition(spec, rows.family, rival_settings);
  out.ours = ours->measure()[0];
  out.theirs = theirs->measure()[0];
  const double level = rival.alpha ? 1 - *rival.alpha : options.level;
  metrics::PairedTest test;
  if (spec.metric == metrics::Metric::roc_auc && rows.family == Family::binary && rows.weights.empty())
    test = metrics::delong_test(rows.scores(), other.scores(), rows.labels, level, ctx.threads);
  else
    test = metrics::bootstrap_test(*ours, 0, *theirs, 0, {rival_replicates(options), level}, ctx);
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
  const double difference = *c.difference.value;
  gate.reason = fmt::format("{} against {}, {} by {}", significant(*c.ours.value, 5), significant(*c.theirs.value, 5),
                            difference < 0 ? "worse" : "better", number_text(std::abs(difference)));
  if (c.rival_definition != c.definition)
    gate.reason += fmt::format(", each at its own threshold: {} against {}", c.definition, c.rival_definition);
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
  settle_threshold(options, rows, report);

  metrics::Settings settings;
  settings.threshold = report.threshold;
  settings.calibration_bins = options.calibration_bins;
  settings.calibration_strategy = options.calibration_strategy;
  settings.ranking = metrics::ranking_rules(rows.convention);

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
  const std::vector<metrics::Value> values = sample->measure();
  std::vector<metrics::Interval> intervals(specs.size());
  if (options.bootstrap)
    intervals =
        metrics::bootstrap_intervals(*sample, {options.replicates.value_or(usual_replicates), options.level}, ctx);
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
