#include "mlsys/metrics/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::metrics {

namespace {

constexpr auto higher = Direction::higher;
constexpr auto lower = Direction::lower;
constexpr auto never = Cutoff::never;

const std::vector<Family> two{Family::binary};
const std::vector<Family> classes{Family::binary, Family::multiclass};
const std::vector<Family> many{Family::multiclass};
const std::vector<Family> numbers{Family::regression};
const std::vector<Family> queries{Family::ranking};
const std::vector<Family> classes_and_queries{Family::binary, Family::multiclass, Family::ranking};

// In the order of the enumeration.
const std::vector<MetricInfo>& table() {
  static const std::vector<MetricInfo> rows{
      // metric, families, better, cutoff, needs threshold, needs probabilities
      {Metric::roc_auc, classes, higher, never, false, false},
      {Metric::roc_auc_weighted, many, higher, never, false, false},
      {Metric::average_precision, classes, higher, never, false, false},
      {Metric::pr_auc_interp, two, higher, never, false, false},
      {Metric::ks, two, higher, never, false, false},
      {Metric::gini, two, higher, never, false, false},
      {Metric::log_loss, classes, lower, never, false, true},
      {Metric::brier, classes, lower, never, false, true},
      {Metric::ece, classes, lower, never, false, true},
      {Metric::mce, classes, lower, never, false, true},
      {Metric::accuracy, classes, higher, never, true, false},
      {Metric::balanced_accuracy, classes, higher, never, true, false},
      {Metric::precision, classes_and_queries, higher, Cutoff::required, true, false},
      {Metric::recall, classes_and_queries, higher, Cutoff::required, true, false},
      {Metric::f1, classes, higher, never, true, false},
      {Metric::mcc, classes, higher, never, true, false},
      {Metric::kappa, classes, higher, never, true, false},
      {Metric::rmse, numbers, lower, never, false, false},
      {Metric::mae, numbers, lower, never, false, false},
      {Metric::r2, numbers, higher, never, false, false},
      {Metric::mape, numbers, lower, never, false, false},
      {Metric::ndcg, queries, higher, Cutoff::optional, false, false},
      {Metric::map, queries, higher, Cutoff::optional, false, false},
      {Metric::mrr, queries, higher, Cutoff::optional, false, false},
  };
  return rows;
}

std::string bins_text(const Settings& s) {
  return fmt::format("bins={},strategy={}", s.calibration_bins, name_of(s.calibration_strategy));
}

// The choices of a metric as `key=value,…`.
std::string choices(const MetricSpec& spec, Family family, const Settings& s) {
  const bool many_classes = family == Family::multiclass;
  const RankingRules& r = s.ranking;
  switch (spec.metric) {
    case Metric::roc_auc:
      return many_classes ? "average=ovr_macro,ties=trapezoid" : "ties=trapezoid";
    case Metric::roc_auc_weighted:
      return "average=ovr_prevalence,ties=trapezoid";
    case Metric::average_precision:
      return many_classes ? "average=ovr_macro,ties=step" : "ties=step";
    case Metric::pr_auc_interp:
      return "interpolation=davis_goadrich";
    case Metric::ks:
    case Metric::gini:
      return "ties=trapezoid";
    case Metric::log_loss:
      return fmt::format("clip={}", significant(s.log_loss_clip, 3));
    case Metric::brier:
      return many_classes ? "classes=sum" : "classes=positive";
    case Metric::ece:
    case Metric::mce:
      return many_classes ? "label=top," + bins_text(s) : bins_text(s);
    case Metric::accuracy:
    case Metric::mcc:
    case Metric::kappa:
      return many_classes ? "class=top" : "threshold=" + shortest(s.threshold);
    case Metric::precision:
    case Metric::recall:
    case Metric::balanced_accuracy:
    case Metric::f1:
      if (family != Family::ranking)
        return many_classes ? "average=macro,class=top" : "threshold=" + shortest(s.threshold);
      return fmt::format("ties={},{}empty={}", name_of(r.ties),
                         spec.metric == Metric::recall        ? ""
                         : r.precision == CutDenominator::min ? "over=min_k_n,"
                                                              : "over=k,",
                         name_of(empty_rule(spec.metric, r)));
    case Metric::r2:
      return "mean=weighted";
    case Metric::rmse:
    case Metric::mae:
    case Metric::mape:
      return "";
    case Metric::ndcg:
      return fmt::format("gain={},ties={},empty={}", name_of(r.gain), name_of(r.ties),
                         name_of(empty_rule(spec.metric, r)));
    case Metric::map:
      return fmt::format("over={},ties={},empty={}", r.map == MapDenominator::all ? "relevant" : "min_k_relevant",
                         name_of(r.ties), name_of(empty_rule(spec.metric, r)));
    case Metric::mrr:
      return fmt::format("ties={},empty={}", name_of(r.ties), name_of(empty_rule(spec.metric, r)));
  }
  return "";
}

std::vector<std::string> names_in(Family family) {
  std::vector<std::string> names;
  for (const MetricInfo& row : table()) {
    if (!applies(row.metric, family)) continue;
    std::string name(name_of(row.metric));
    if (family == Family::ranking && row.cutoff == Cutoff::required) name += "@10";
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

const MetricInfo& info(Metric metric) { return table()[static_cast<std::size_t>(metric)]; }

bool applies(Metric metric, Family family) {
  const auto& families = info(metric).families;
  return std::find(families.begin(), families.end(), family) != families.end();
}

RankingRules ranking_rules(Convention convention) {
  switch (convention) {
    case Convention::standard:
      return {};
    case Convention::xgboost:
      return {Gain::exp, Ties::input, Empty::one, MapDenominator::min, CutDenominator::min};
    case Convention::lightgbm:
      return {Gain::exp, Ties::input, Empty::one, MapDenominator::min, CutDenominator::k};
    case Convention::sklearn:
      return {Gain::linear, Ties::average, Empty::zero, MapDenominator::all, CutDenominator::k};
    case Convention::trec_eval:
      return {Gain::linear, Ties::id, Empty::zero, MapDenominator::all, CutDenominator::k};
  }
  return {};
}

Empty empty_rule(Metric metric, const RankingRules& rules) {
  if (rules.empty != Empty::one || metric == Metric::ndcg || metric == Metric::map) return rules.empty;
  return metric == Metric::precision ? Empty::zero : Empty::skip;
}

MetricSpec parse_metric(std::string_view text) {
  const std::string_view whole = trim(text);
  const auto at = whole.find('@');
  MetricSpec spec{parse_name<Metric>(whole.substr(0, at)), std::nullopt};
  if (at == std::string_view::npos) return spec;
  const auto cutoff = parse_int(whole.substr(at + 1));
  const bool digits = at + 1 < whole.size() && whole[at + 1] >= '0' && whole[at + 1] <= '9';
  if (!cutoff || !digits || *cutoff < 1 || *cutoff > 1'000'000'000)
    throw Error(Code::usage,
                fmt::format("cannot read the metric {}: after '@' stands a whole number from 1", quoted(whole)),
                fmt::format("write it like {}@10", whole.substr(0, at)));
  if (info(spec.metric).cutoff == Cutoff::never)
    throw Error(Code::usage, fmt::format("the metric {} has no cutoff", quoted(whole.substr(0, at))),
                fmt::format("write {}", whole.substr(0, at)));
  spec.at = static_cast<std::uint32_t>(*cutoff);
  return spec;
}

MetricSpec parse_metric(std::string_view text, Family family) {
  const MetricSpec spec = parse_metric(text);
  if (!applies(spec.metric, family)) {
    std::vector<std::string> families;
    for (const Family other : info(spec.metric).families) families.emplace_back(name_of(other));
    throw Error(
        Code::usage,
        fmt::format("'{}' is a metric of {}, not of {}", to_string(spec), join(families, ", "), name_of(family)),
        fmt::format("the metrics of {}: {}", name_of(family), join(names_in(family), ", ")));
  }
  if (family != Family::ranking && spec.at)
    throw Error(Code::usage, fmt::format("the metric '{}' has a cutoff in ranking only", to_string(spec)),
                fmt::format("write {}", name_of(spec.metric)));
  if (family == Family::ranking && !spec.at && info(spec.metric).cutoff == Cutoff::required)
    throw Error(Code::usage, fmt::format("the metric '{}' needs a cutoff in ranking", to_string(spec)),
                fmt::format("write {}@10", name_of(spec.metric)));
  return spec;
}

std::string to_string(const MetricSpec& spec) {
  std::string text(name_of(spec.metric));
  if (spec.at) text += '@' + std::to_string(*spec.at);
  return text;
}

std::string definition(const MetricSpec& spec, Family family, const Settings& settings) {
  const std::string inside = choices(spec, family, settings);
  return inside.empty() ? to_string(spec) : fmt::format("{}{{{}}}", to_string(spec), inside);
}

std::vector<MetricSpec> default_metrics(Family family) {
  std::vector<MetricSpec> specs;
  const auto add = [&](std::initializer_list<Metric> metrics) {
    for (const Metric metric : metrics) specs.push_back({metric, std::nullopt});
  };
  switch (family) {
    case Family::binary:
      add({Metric::roc_auc, Metric::average_precision, Metric::log_loss, Metric::brier, Metric::ece, Metric::ks,
           Metric::accuracy, Metric::balanced_accuracy, Metric::precision, Metric::recall, Metric::f1, Metric::mcc});
      break;
    case Family::multiclass:
      add({Metric::roc_auc, Metric::average_precision, Metric::log_loss, Metric::brier, Metric::ece, Metric::accuracy,
           Metric::balanced_accuracy, Metric::precision, Metric::recall, Metric::f1, Metric::mcc});
      break;
    case Family::regression:
      add({Metric::rmse, Metric::mae, Metric::r2, Metric::mape});
      break;
    case Family::ranking:
      specs = {{Metric::ndcg, 10},          {Metric::ndcg, std::nullopt}, {Metric::map, 10},
               {Metric::map, std::nullopt}, {Metric::mrr, std::nullopt},  {Metric::precision, 10},
               {Metric::recall, 10}};
      break;
  }
  return specs;
}

}  // namespace mlsys::metrics
