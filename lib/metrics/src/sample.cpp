#include "mlsys/metrics/sample.hpp"

#include <initializer_list>
#include <numeric>
#include <optional>
#include <utility>

#include "mlsys/metrics/curves.hpp"
#include "sum.hpp"

namespace mlsys::metrics {

namespace {

using Strata = std::vector<std::vector<std::uint32_t>>;

bool wants(const std::vector<MetricSpec>& specs, std::initializer_list<Metric> any) {
  for (const MetricSpec& spec : specs)
    for (const Metric metric : any)
      if (spec.metric == metric) return true;
  return false;
}

std::vector<std::uint32_t> everything(std::size_t units) {
  std::vector<std::uint32_t> all(units);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

Value unsupported() { return Value::undefined("not a metric of this task"); }

class BinarySample final : public Sample {
 public:
  BinarySample(std::shared_ptr<const RankedScores> ranked, std::vector<MetricSpec> specs, const Settings& settings)
      : ranked_(std::move(ranked)), specs_(std::move(specs)), settings_(settings) {}

  [[nodiscard]] std::size_t metrics() const override { return specs_.size(); }
  [[nodiscard]] std::size_t units() const override { return ranked_->data_rows(); }
  [[nodiscard]] Strata strata() const override {
    // By row, not by rank, so that two scores of the same rows draw the same.
    std::vector<std::int8_t> label(units(), -1);
    for (std::size_t i = 0; i < ranked_->rows(); ++i)
      label[ranked_->order()[i]] = static_cast<std::int8_t>(ranked_->labels()[i]);
    Strata strata(2);
    for (std::size_t row = 0; row < label.size(); ++row)
      if (label[row] >= 0) strata[static_cast<std::size_t>(label[row])].push_back(static_cast<std::uint32_t>(row));
    return strata;
  }

  [[nodiscard]] std::vector<Value> measure(Times times) const override {
    std::optional<RankStatistics> order;
    std::optional<ProbabilityStatistics> probability;
    std::optional<CalibrationErrors> calibration;
    std::optional<Confusion> outcomes;
    if (wants(specs_, {Metric::roc_auc, Metric::gini, Metric::average_precision, Metric::pr_auc_interp, Metric::ks}))
      order = rank_statistics(*ranked_, times);
    if (wants(specs_, {Metric::log_loss, Metric::brier}))
      probability = probability_statistics(*ranked_, settings_.log_loss_clip, times);
    if (wants(specs_, {Metric::ece, Metric::mce}))
      calibration = calibration_errors(*ranked_, settings_.calibration_bins, settings_.calibration_strategy, times);
    if (wants(specs_, {Metric::accuracy, Metric::balanced_accuracy, Metric::precision, Metric::recall, Metric::f1,
                       Metric::mcc, Metric::kappa}))
      outcomes = confusion(*ranked_, settings_.threshold, times);
    std::vector<Value> values;
    values.reserve(specs_.size());
    for (const MetricSpec& spec : specs_) {
      switch (spec.metric) {
        case Metric::roc_auc:
          values.push_back(order->roc_auc);
          break;
        case Metric::gini:
          values.push_back(order->roc_auc.value ? Value::of(2 * *order->roc_auc.value - 1) : order->roc_auc);
          break;
        case Metric::average_precision:
          values.push_back(order->average_precision);
          break;
        case Metric::pr_auc_interp:
          values.push_back(order->pr_auc_interp);
          break;
        case Metric::ks:
          values.push_back(order->ks);
          break;
        case Metric::log_loss:
          values.push_back(probability->log_loss);
          break;
        case Metric::brier:
          values.push_back(probability->brier);
          break;
        case Metric::ece:
          values.push_back(calibration->ece);
          break;
        case Metric::mce:
          values.push_back(calibration->mce);
          break;
        case Metric::accuracy:
          values.push_back(accuracy(*outcomes));
          break;
        case Metric::balanced_accuracy:
          values.push_back(balanced_accuracy(*outcomes));
          break;
        case Metric::precision:
          values.push_back(precision(*outcomes));
          break;
        case Metric::recall:
          values.push_back(recall(*outcomes));
          break;
        case Metric::f1:
          values.push_back(f1(*outcomes));
          break;
        case Metric::mcc:
          values.push_back(mcc(*outcomes));
          break;
        case Metric::kappa:
          values.push_back(kappa(*outcomes));
          break;
        default:
          values.push_back(unsupported());
      }
    }
    return values;
  }

 private:
  std::shared_ptr<const RankedScores> ranked_;
  std::vector<MetricSpec> specs_;
  Settings settings_;
};

class MulticlassSample final : public Sample {
 public:
  MulticlassSample(const MulticlassData& data, std::vector<MetricSpec> specs, const Settings& settings,
                   unsigned threads)
      : data_(data), specs_(std::move(specs)), settings_(settings) {
    check(data_);
    predicted_ = predicted_classes(data_);
    if (wants(specs_, {Metric::roc_auc, Metric::roc_auc_weighted, Metric::average_precision}))
      for (std::size_t c = 0; c < data_.classes; ++c) ranked_.push_back(one_versus_rest(data_, c, threads));
    if (wants(specs_, {Metric::ece, Metric::mce})) top_ = top_label(data_, threads);
  }

  [[nodiscard]] std::size_t metrics() const override { return specs_.size(); }
  [[nodiscard]] std::size_t units() const override { return data_.labels.size(); }
  [[nodiscard]] Strata strata() const override {
    Strata strata(data_.classes);
    for (std::size_t row = 0; row < units(); ++row)
      strata[static_cast<std::size_t>(data_.labels[row])].push_back(static_cast<std::uint32_t>(row));
    return strata;
  }

  [[nodiscard]] std::vector<Value> measure(Times times) const override {
    std::vector<RankStatistics> order;
    std::vector<double> shares;
    for (const RankedScores& ranked : ranked_) {
      order.push_back(rank_statistics(ranked, times));
      shares.push_back(class_weights(ranked, times).positives);
    }
    std::optional<ProbabilityStatistics> probability;
    std::optional<CalibrationErrors> calibration;
    if (wants(specs_, {Metric::log_loss, Metric::brier}))
      probability = probability_statistics(data_, settings_.log_loss_clip, times);
    if (top_)
      calibration = calibration_errors(*top_, settings_.calibration_bins, settings_.calibration_strategy, times);
    const auto matrix = confusion_matrix(data_.labels, predicted_, data_.classes, data_.weights, times);
    std::vector<Value> values;
    values.reserve(specs_.size());
    for (const MetricSpec& spec : specs_) {
      switch (spec.metric) {
        case Metric::roc_auc:
          values.push_back(mean_over_classes(order, &RankStatistics::roc_auc, nullptr));
          break;
        case Metric::roc_auc_weighted:
          values.push_back(mean_over_classes(order, &RankStatistics::roc_auc, &shares));
          break;
        case Metric::average_precision:
          values.push_back(mean_over_classes(order, &RankStatistics::average_precision, nullptr));
          break;
        case Metric::log_loss:
          values.push_back(probability->log_loss);
          break;
        case Metric::brier:
          values.push_back(probability->brier);
          break;
        case Metric::ece:
          values.push_back(calibration->ece);
          break;
        case Metric::mce:
          values.push_back(calibration->mce);
          break;
        case Metric::accuracy:
          values.push_back(accuracy(matrix));
          break;
        case Metric::balanced_accuracy:
          values.push_back(balanced_accuracy(matrix));
          break;
        case Metric::precision:
          values.push_back(macro_precision(matrix, data_.names));
          break;
        case Metric::recall:
          values.push_back(macro_recall(matrix, data_.names));
          break;
        case Metric::f1:
          values.push_back(macro_f1(matrix, data_.names));
          break;
        case Metric::mcc:
          values.push_back(mcc(matrix));
          break;
        case Metric::kappa:
          values.push_back(kappa(matrix));
          break;
        default:
          values.push_back(unsupported());
      }
    }
    return values;
  }

 private:
  [[nodiscard]] Value mean_over_classes(const std::vector<RankStatistics>& order, Value RankStatistics::* which,
                                        const std::vector<double>* weights) const {
    Sum sum;
    Sum all;
    for (std::size_t c = 0; c < order.size(); ++c) {
      const Value& value = order[c].*which;
      if (!value.value) return Value::undefined(class_text(c, data_.names) + " against the rest: " + value.reason);
      const double weight = weights == nullptr ? 1.0 : (*weights)[c];
      sum.add(weight * *value.value);
      all.add(weight);
    }
    return Value::of(sum.total() / all.total());
  }

  MulticlassData data_;
  std::vector<MetricSpec> specs_;
  Settings settings_;
  std::vector<std::int32_t> predicted_;
  std::vector<RankedScores> ranked_;  // one against the rest, when asked for
  std::optional<RankedScores> top_;
};

class RegressionSample final : public Sample {
 public:
  RegressionSample(const RegressionData& data, std::vector<MetricSpec> specs) : data_(data), specs_(std::move(specs)) {
    check(data_);
  }

  [[nodiscard]] std::size_t metrics() const override { return specs_.size(); }
  [[nodiscard]] std::size_t units() const override { return data_.targets.size(); }
  [[nodiscard]] Strata strata() const override { return {everything(units())}; }

  [[nodiscard]] std::vector<Value> measure(Times times) const override {
    const RegressionStatistics all = regression_statistics(data_, times);
    std::vector<Value> values;
    for (const MetricSpec& spec : specs_) {
      switch (spec.metric) {
        case Metric::rmse:
          values.push_back(all.rmse);
          break;
        case Metric::mae:
          values.push_back(all.mae);
          break;
        case Metric::r2:
          values.push_back(all.r2);
          break;
        case Metric::mape:
          values.push_back(all.mape);
          break;
        default:
          values.push_back(unsupported());
      }
    }
    return values;
  }

 private:
  RegressionData data_;
  std::vector<MetricSpec> specs_;
};

class RankingSample final : public Sample {
 public:
  RankingSample(const RankingData& data, const std::vector<MetricSpec>& specs, const Settings& settings,
                unsigned threads) {
    const RankingRules& rules = settings.ranking;
    const RankedQueries ranked(data, rules.ties, threads);
    queries_ = ranked.queries();
    for (const MetricSpec& spec : specs) {
      const std::uint32_t at = spec.at.value_or(0);
      switch (spec.metric) {
        case Metric::ndcg:
          per_query_.push_back(ranked.ndcg(at, rules));
          break;
        case Metric::map:
          per_query_.push_back(ranked.average_precision(at, rules));
          break;
        case Metric::mrr:
          per_query_.push_back(ranked.reciprocal_rank(at, rules));
          break;
        case Metric::precision:
          per_query_.push_back(ranked.precision(at, rules));
          break;
        case Metric::recall:
          per_query_.push_back(ranked.recall(at, rules));
          break;
        default:
          per_query_.emplace_back().undefined = unsupported().reason;
      }
    }
  }

  [[nodiscard]] std::size_t metrics() const override { return per_query_.size(); }
  [[nodiscard]] std::size_t units() const override { return queries_; }
  [[nodiscard]] Strata strata() const override { return {everything(queries_)}; }

  [[nodiscard]] std::vector<Value> measure(Times times) const override {
    std::vector<Value> values;
    for (const QueryValues& each : per_query_) values.push_back(mean(each, times));
    return values;
  }

 private:
  std::vector<QueryValues> per_query_;
  std::size_t queries_ = 0;
};

}  // namespace

Sample::~Sample() = default;

std::unique_ptr<Sample> make_sample(const BinaryData& data, std::vector<MetricSpec> metrics, const Settings& settings,
                                    unsigned threads) {
  return make_sample(std::make_shared<RankedScores>(data, threads), std::move(metrics), settings);
}

std::unique_ptr<Sample> make_sample(std::shared_ptr<const RankedScores> ranked, std::vector<MetricSpec> metrics,
                                    const Settings& settings) {
  return std::make_unique<BinarySample>(std::move(ranked), std::move(metrics), settings);
}

std::unique_ptr<Sample> make_sample(const MulticlassData& data, std::vector<MetricSpec> metrics,
                                    const Settings& settings, unsigned threads) {
  return std::make_unique<MulticlassSample>(data, std::move(metrics), settings, threads);
}

std::unique_ptr<Sample> make_sample(const RegressionData& data, std::vector<MetricSpec> metrics, const Settings&) {
  return std::make_unique<RegressionSample>(data, std::move(metrics));
}

std::unique_ptr<Sample> make_sample(const RankingData& data, const std::vector<MetricSpec>& metrics,
                                    const Settings& settings, unsigned threads) {
  return std::make_unique<RankingSample>(data, metrics, settings, threads);
}

}  // namespace mlsys::metrics
