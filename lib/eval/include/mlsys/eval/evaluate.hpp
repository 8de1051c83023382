// Measures a model on data, or predictions that were made before: metrics with definitions and intervals, slices,
// calibration, a comparison with another model on the same rows, and gates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/data/expression.hpp"
#include "mlsys/data/roles.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/eval/gate.hpp"
#include "mlsys/metrics/catalogue.hpp"
#include "mlsys/metrics/curves.hpp"
#include "mlsys/metrics/value.hpp"
#include "mlsys/predict/predictor.hpp"

namespace mlsys::eval {

// Another model that this one must beat on the same rows: its metric must be better by more than `margin` (in the
// metric's own unit, may be negative: "not worse by more than"). With `alpha`, the confidence interval of the
// difference at level 1 - alpha must lie above `margin` as a whole: DeLong's for an unweighted binary roc_auc, else the
// paired bootstrap's, of 20 / alpha replicates at least. Each model is taken with its own threshold, as it would be
// used, unless EvalOptions::threshold says one for both.
struct Rival {
  const bundle::Bundle* bundle = nullptr;
  std::string name;    // "flights@champion", for messages
  std::string metric;  // empty: the headline metric of the task
  double margin = 0;
  std::optional<double> alpha;
};

struct EvalOptions {
  data::SourceOptions source;
  const bundle::Bundle* model = nullptr;  // null: `source` holds predictions
  std::string model_name;                 // for messages and the report

  // What is empty comes from the bundle or, for predictions, from the description that `mlsys predict` left with them
  // (predict/description.hpp). Without one the target must be named; the score is `score`, `prediction` or the columns
  // `p_<class>`, which must be probabilities, unless named.
  data::Roles roles;
  std::vector<data::Derivation> derivations;  // computed before anything else
  std::optional<metrics::Family> task;        // predictions only; otherwise as EvalReport::task_reason says
  predict::Unseen unseen = predict::Unseen::missing;
  predict::Engine engine = predict::Engine::forest;  // who scores; of both models

  std::vector<std::string> metrics;               // beside the task's default ones
  std::optional<double> threshold;                // of both models; else each bundle's or the predictions', else 0.5
  std::optional<metrics::Convention> convention;  // else XGBoost's for its own rankers, the standard one for the rest
  unsigned calibration_bins = 10;
  metrics::Bins calibration_strategy = metrics::Bins::quantile;

  bool bootstrap = false;  // intervals for every metric; without it only roc_auc of two classes has one (DeLong)
  // Of the intervals and of a rival's bootstrap: 1000 when not given, more when a small alpha of the rival takes them.
  std::optional<std::uint32_t> replicates;
  double level = 0.95;

  std::vector<std::string> require;  // gates
  std::optional<Rival> rival;
  bool curves = false;  // fill EvalReport::curves
};

struct MetricResult {
  metrics::MetricSpec metric;
  metrics::Value value;
  metrics::Interval interval;  // no bounds and no method when none was asked for
  std::string definition;
};

struct SliceResult {
  std::string column;
  std::string value;  // "(missing)" for rows without one, "(other)" for all beyond the 50 largest
  bool other = false;
  std::uint64_t rows = 0;
  std::vector<MetricResult> metrics;  // those of the report, in its order
  // Of 30 rows or more, and the headline metric is clearly worse than overall: its interval lies on the worse side as a
  // whole or, where there is no interval, it is among the three worst of the column.
  bool worst = false;
};

struct Comparison {
  std::string rival;
  std::string metric;
  std::string definition;
  std::string rival_definition;  // another one only when the two models have different thresholds
  metrics::Value ours;
  metrics::Value theirs;
  metrics::Value difference;  // in the direction of better: positive means ours is better
  metrics::Value p_value;     // two-sided, of no difference
  metrics::Interval interval;
};

struct Curves {
  std::vector<metrics::CurvePoint> roc;
  std::vector<metrics::CurvePoint> precision_recall;
  metrics::ScoreHistogram histogram;
  // Regression: mean prediction and mean target in twenty groups of rows by prediction.
  std::vector<metrics::CalibrationBin> fit;
  // Ranking: NDCG at 1, 3, 5, 10, 20.
  std::vector<metrics::CurvePoint> ndcg;
};

struct MLSYS_EXPORT EvalReport {
  std::string source;  // of the data, as given
  std::string data_digest;
  std::string model;  // empty for predictions
  std::string model_digest;
  metrics::Family task = metrics::Family::binary;
  std::string task_reason;  // "the model's", "the predictions'", "asked for", or what was seen in the target
  std::uint64_t rows = 0;
  std::uint64_t queries = 0;          // ranking
  std::uint64_t queries_skipped = 0;  // without a relevant document, whatever each definition makes of them
  double weight = 0;                  // total; equal to rows when unweighted
  std::string target;
  std::vector<std::string> classes;                      // binary: negative, positive
  data::ColumnType class_type = data::ColumnType::text;  // what their labels are
  std::vector<double> class_weights;                     // of the labels, in the order of `classes`
  double threshold = 0.5;                                // binary
  std::string threshold_source;
  double level = 0.95;
  std::uint64_t seed = 0;
  std::vector<MetricResult> metrics;                 // the headline metric first
  std::vector<std::vector<double>> confusion;        // [true][predicted], in the order of `classes`
  std::vector<metrics::CalibrationBin> calibration;  // empty when scores are no probabilities
  std::vector<SliceResult> slices;
  std::optional<Comparison> comparison;
  std::vector<GateResult> gates;
  bool passed = true;  // all gates did
  std::vector<std::string> warnings;
  Curves curves;

  // nullptr when the report has no such metric.
  [[nodiscard]] const MetricResult* find(const metrics::MetricSpec& spec) const;
};

// Errors: Code::usage for unknown columns, metrics and roles that do not fit, a text target without `positive`, and
// what the model says itself (task, positive class, score); Code::failed for rows without target or score (with the
// first row) and unreadable data.
MLSYS_EXPORT EvalReport evaluate(const EvalOptions& options, Context& ctx);

// mlsys.eval/1
MLSYS_EXPORT Json to_json(const EvalReport& report);

}  // namespace mlsys::eval
