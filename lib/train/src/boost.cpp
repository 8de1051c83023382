#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

constexpr int default_patience = 20;

// Follows the metric that decides and remembers the best round.
class Best {
 public:
  explicit Best(int patience) : patience_(patience) {}
  // True when this round is the best so far. Where rounds are chosen by it, the first value must be a number: later
  // ones would never be better than none.
  bool see(int round, const booster::Evaluation& evaluation) {
    const bool finite = std::isfinite(evaluation.value);
    if (!finite && round_ < 0 && patience_ > 0) undefined(evaluation);
    const bool better =
        round_ < 0 || (finite && (booster::larger_is_better(evaluation.metric) ? evaluation.value > value_
                                                                               : evaluation.value < value_));
    if (better) {
      round_ = round;
      value_ = evaluation.value;
    }
    return better;
  }
  [[nodiscard]] bool exhausted(int round) const { return patience_ > 0 && round - round_ >= patience_; }
  [[nodiscard]] int round() const { return round_; }
  [[nodiscard]] double value() const { return value_; }

 private:
  [[noreturn]] static void undefined(const booster::Evaluation& evaluation) {
    throw Error(Code::failed,
                fmt::format("cannot stop early: eval_metric {} is {} on the validation rows", evaluation.metric,
                            std::isnan(evaluation.value) ? "undefined" : "infinite"),
                "take other validation rows, another --param eval_metric=…, or --early-stop 0");
  }

  int patience_;
  int round_ = -1;
  double value_ = 0;
};

// The rounds of DART change the weights of trees before them, so that its best model cannot be cut from a later one.
bool later_rounds_change_earlier(const booster::Parameters& parameters) {
  const auto kind = parameters.find("booster");
  return kind != parameters.end() && kind->second == "dart";
}

// Whether training rows are measured after a round. They decide nothing, and measuring them takes up to a fifth of the
// time, so a curve of their metric needs no more than its beginning and every tenth round.
bool measures_training(int round) { return round < 10 || (round + 1) % 10 == 0; }

std::string progress_text(const std::vector<booster::Evaluation>& evaluations) {
  std::string text;
  for (const auto& evaluation : evaluations)
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", evaluation.set, evaluation.metric,
                        significant(evaluation.value, 5));
  return text;
}

}  // namespace

Boosted boost(const TrainOptions& options, const booster::Parameters& parameters, const booster::Matrix& train,
              const booster::Matrix* valid, Context& ctx, TrainReport& report) {
  const auto start = std::chrono::steady_clock::now();
  const auto& measured = valid != nullptr ? *valid : train;
  std::vector<const booster::Matrix*> sets = {&train};
  if (valid != nullptr) sets.push_back(valid);
  booster::Booster model(parameters, sets);
  const std::vector<const booster::Matrix*> evaluated = {&measured};
  const std::vector<std::string> names = {valid != nullptr ? "valid" : "train"};

  const int patience = valid != nullptr ? options.early_stop.value_or(default_patience) : 0;
  Best best(patience);
  Boosted boosted;
  const auto keep = [&] {
    boosted.margins = model.margins(measured);
    if (valid != nullptr) boosted.train_margins = model.margins(train);
    if (later_rounds_change_earlier(parameters)) boosted.model = model.save();
  };
  // True when the round is the best so far.
  const auto measure = [&](int round) {
    Round entry{.round = round, .evaluations = model.evaluate(round, evaluated, names)};
    if (entry.evaluations.empty())
      throw Error(Code::failed, fmt::format("boosting failed in round {}: XGBoost measured nothing", round));
    if (options.on_round) options.on_round(entry);
    report.history.push_back(std::move(entry));
    return best.see(round, report.history.back().evaluations.front());
  };
  ctx.progress->begin("training", static_cast<std::uint64_t>(options.rounds), "rounds");
  for (int round = 0; round < options.rounds; ++round) {
    if (ctx.stop->load()) {
      if (round == 0) ctx.check_stop();  // nothing to keep yet
      report.status = Status::interrupted;
      break;
    }
    model.update(round, train);
    ++report.rounds_run;
    // Copying XGBoost's cached margins of the best round is cheap; computing them again later is not.
    if ((valid != nullptr || measures_training(round)) && measure(round) && patience > 0) keep();
    ctx.progress->update(static_cast<std::uint64_t>(report.rounds_run),
                         progress_text(report.history.back().evaluations));
    if (best.exhausted(round)) {
      report.stopped_early = true;
      break;
    }
  }
  if (report.history.back().round + 1 < report.rounds_run) measure(report.rounds_run - 1);
  ctx.progress->end();

  report.eval_metric = report.history.front().evaluations.front().metric;
  report.best_score = patience > 0 ? best.value() : report.history.back().evaluations.front().value;
  boosted.rounds = patience > 0 ? best.round() + 1 : report.rounds_run;
  if (patience == 0) keep();
  if (boosted.model.empty())
    boosted.model = boosted.rounds < report.rounds_run ? model.first(boosted.rounds).save() : model.save();
  report.seconds_boost = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return boosted;
}

}  // namespace mlsys::train
