// The one table of metrics: names, where they apply, which direction is better, and the definition that is stored
// beside every value, so that numbers of different definitions are never compared.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/names.hpp"

namespace mlsys::metrics {

// What is predicted. The same four as the task of a model.
enum class Family : std::uint8_t { binary, multiclass, regression, ranking };

enum class Metric : std::uint8_t {
  roc_auc,
  roc_auc_weighted,
  average_precision,
  pr_auc_interp,
  ks,
  gini,
  log_loss,
  brier,
  ece,
  mce,
  accuracy,
  balanced_accuracy,
  precision,
  recall,
  f1,
  mcc,
  kappa,
  rmse,
  mae,
  r2,
  mape,
  ndcg,
  map,
  mrr
};

enum class Direction : std::uint8_t { higher, lower };

// Whether `@k` follows the name. Only ranking metrics are cut.
enum class Cutoff : std::uint8_t { never, optional, required };

struct MetricInfo {
  Metric metric;
  std::vector<Family> families;
  Direction better;
  Cutoff cutoff;             // in the ranking family; everywhere else never
  bool needs_threshold;      // in the binary family
  bool needs_probabilities;  // scores must lie in [0, 1]
};

MLSYS_EXPORT const MetricInfo& info(Metric metric);
MLSYS_EXPORT bool applies(Metric metric, Family family);

// Gains, ties and empty queries of ranking metrics. Sources: Järvelin & Kekäläinen 2002 (linear gain), Burges et al.
// 2005 (2^relevance − 1), McSherry & Najork 2008 (expectation over the orders of equal scores).
enum class Gain : std::uint8_t { exp, linear };
enum class Ties : std::uint8_t { average, input, id };
enum class Empty : std::uint8_t { skip, zero, one };
enum class MapDenominator : std::uint8_t { all, min };  // all relevant, or min(k, relevant)
enum class CutDenominator : std::uint8_t { k, min };    // precision@k divides by k, or by min(k, documents)
enum class Bins : std::uint8_t { quantile, uniform };
enum class Convention : std::uint8_t { standard, xgboost, lightgbm, sklearn, trec_eval };

struct RankingRules {
  Gain gain = Gain::exp;
  Ties ties = Ties::average;
  Empty empty = Empty::skip;
  MapDenominator map = MapDenominator::all;
  CutDenominator precision = CutDenominator::k;
};

// The rules by which another tool computes its ranking metrics.
MLSYS_EXPORT RankingRules ranking_rules(Convention convention);

// What a ranking metric makes of a query without a relevant document under these rules. Empty::one is a rule of NDCG
// and MAP: XGBoost's precision finds nothing among the first k, which is 0; recall and the reciprocal rank, which those
// tools do not have, are not defined for such a query, so that it is left out.
MLSYS_EXPORT Empty empty_rule(Metric metric, const RankingRules& rules);

// Every choice a metric's value depends on besides the data.
struct Settings {
  double threshold = 0.5;  // a row is predicted positive when score >= threshold
  unsigned calibration_bins = 10;
  Bins calibration_strategy = Bins::quantile;
  double log_loss_clip = 2.220446049250313e-16;  // probabilities are clipped to [clip, 1 - clip]
  RankingRules ranking;
};

// A metric with its cutoff: `ndcg@10`.
struct MetricSpec {
  Metric metric = Metric::roc_auc;
  std::optional<std::uint32_t> at;

  friend bool operator==(const MetricSpec&, const MetricSpec&) = default;
};

// Parses `roc_auc` or `ndcg@10`. An unknown name or a malformed cutoff is Error(Code::usage) with a suggestion.
MLSYS_EXPORT MetricSpec parse_metric(std::string_view text);
// The same, and the metric must exist in this family with (or without) its cutoff, else Error(Code::usage).
MLSYS_EXPORT MetricSpec parse_metric(std::string_view text, Family family);
MLSYS_EXPORT std::string to_string(const MetricSpec& spec);

// `ndcg@10{gain=exp,ties=average,empty=skip}`: two values may be compared when these strings are equal.
MLSYS_EXPORT std::string definition(const MetricSpec& spec, Family family, const Settings& settings);

// What `eval` reports when nothing was asked for, the headline metric first.
MLSYS_EXPORT std::vector<MetricSpec> default_metrics(Family family);

}  // namespace mlsys::metrics

template <>
struct mlsys::NameTable<mlsys::metrics::Metric> {
  using M = mlsys::metrics::Metric;
  static constexpr std::string_view what = "metric";
  static constexpr auto entries = std::to_array<NameEntry<M>>({
      {M::roc_auc, "roc_auc", "area under the ROC curve; several classes: one against the rest, macro mean"},
      {M::roc_auc_weighted, "roc_auc_weighted", "the same, classes weighted by their share"},
      {M::average_precision, "average_precision", "mean precision over recall steps, as in scikit-learn"},
      {M::pr_auc_interp, "pr_auc_interp", "area under the interpolated precision-recall curve, XGBoost's aucpr"},
      {M::ks, "ks", "largest distance between the score distributions of the two classes"},
      {M::gini, "gini", "2 AUC - 1"},
      {M::log_loss, "log_loss", "mean negative log likelihood"},
      {M::brier, "brier", "mean squared error of the probabilities"},
      {M::ece, "ece", "expected calibration error"},
      {M::mce, "mce", "largest calibration error of a bin"},
      {M::accuracy, "accuracy", "share of correct predictions"},
      {M::balanced_accuracy, "balanced_accuracy", "mean recall of the classes"},
      {M::precision, "precision", "share of the predicted positives that are positive; @k: of the first k documents"},
      {M::recall, "recall", "share of the positives that are found; @k: among the first k documents"},
      {M::f1, "f1", "harmonic mean of precision and recall"},
      {M::mcc, "mcc", "Matthews correlation coefficient"},
      {M::kappa, "kappa", "Cohen's kappa"},
      {M::rmse, "rmse", "root mean squared error"},
      {M::mae, "mae", "mean absolute error"},
      {M::r2, "r2", "coefficient of determination"},
      {M::mape, "mape", "mean absolute error relative to the target"},
      {M::ndcg, "ndcg", "normalised discounted cumulative gain"},
      {M::map, "map", "mean average precision of queries"},
      {M::mrr, "mrr", "mean reciprocal rank of the first relevant document"},
  });
};

template <>
struct mlsys::NameTable<mlsys::metrics::Family> {
  using F = mlsys::metrics::Family;
  static constexpr std::string_view what = "task";
  static constexpr auto entries = std::to_array<NameEntry<F>>(
      {{F::binary, "binary"}, {F::multiclass, "multiclass"}, {F::regression, "regression"}, {F::ranking, "ranking"}});
};

template <>
struct mlsys::NameTable<mlsys::metrics::Convention> {
  using C = mlsys::metrics::Convention;
  static constexpr std::string_view what = "convention";
  static constexpr auto entries = std::to_array<NameEntry<C>>({
      {C::standard, "default", "gain=exp, ties=average, empty=skip; map over all relevant; precision@k over k"},
      {C::xgboost, "xgboost",
       "gain=exp, ties=input, empty=1, of precision 0; map over min(k, relevant); precision over min(k, n)"},
      {C::lightgbm, "lightgbm", "gain=exp, ties=input, empty=1; map over min(k, relevant)"},
      {C::sklearn, "sklearn", "gain=linear, ties=average, empty=0"},
      {C::trec_eval, "trec_eval", "gain=linear, ties by document id descending, empty=0"},
  });
};

template <>
struct mlsys::NameTable<mlsys::metrics::Gain> {
  static constexpr std::string_view what = "gain";
  static constexpr auto entries = std::to_array<NameEntry<mlsys::metrics::Gain>>(
      {{mlsys::metrics::Gain::exp, "exp"}, {mlsys::metrics::Gain::linear, "linear"}});
};

template <>
struct mlsys::NameTable<mlsys::metrics::Ties> {
  static constexpr std::string_view what = "tie rule";
  static constexpr auto entries =
      std::to_array<NameEntry<mlsys::metrics::Ties>>({{mlsys::metrics::Ties::average, "average"},
                                                      {mlsys::metrics::Ties::input, "input"},
                                                      {mlsys::metrics::Ties::id, "id"}});
};

template <>
struct mlsys::NameTable<mlsys::metrics::Empty> {
  static constexpr std::string_view what = "rule for queries without a relevant document";
  static constexpr auto entries = std::to_array<NameEntry<mlsys::metrics::Empty>>(
      {{mlsys::metrics::Empty::skip, "skip"}, {mlsys::metrics::Empty::zero, "0"}, {mlsys::metrics::Empty::one, "1"}});
};

template <>
struct mlsys::NameTable<mlsys::metrics::Bins> {
  static constexpr std::string_view what = "binning";
  static constexpr auto entries = std::to_array<NameEntry<mlsys::metrics::Bins>>(
      {{mlsys::metrics::Bins::quantile, "quantile"}, {mlsys::metrics::Bins::uniform, "uniform"}});
};
