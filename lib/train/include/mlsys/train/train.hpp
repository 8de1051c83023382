// `mlsys train`: a model bundle from a table. Reads, decides what is not said (and says what it decided), boosts with
// XGBoost, measures beside a baseline, warns of what a colleague would warn of, and writes the bundle. It does not
// record anything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/booster/booster.hpp"
#include "mlsys/bundle/manifest.hpp"
#include "mlsys/contract/contract.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/roles.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::train {

enum class Status { finished, interrupted };

// One round and what XGBoost measured after it on its cached predictions: on the validation rows when there are any,
// else on the training rows.
struct Round {
  int round = 0;  // from 0
  std::vector<booster::Evaluation> evaluations;
};

struct TrainReport;

struct TrainOptions {
  data::SourceOptions source;
  std::vector<data::Derivation> derivations;  // name and expression
  data::Roles roles;                          // target is required; LibSVM data have "label" and "qid" by default
  std::optional<bundle::Task> task;           // nothing: decided from the target
  // "" (none), a fraction ("0.2": stratified at random, by group with roles.group or a query, the latest rows with
  // roles.time), "column=value" (rows of the same table), or a data argument.
  std::string valid;
  int rounds = 100;                // at least 1; exactly these without validation data
  std::optional<int> early_stop;   // rounds without improvement; 0: never. 20 with validation data when not given
  booster::Parameters parameters;  // from booster::parse_parameter
  bool balance = false;            // classes weigh the same in total; probabilities are then distorted
  std::string threshold;           // "" (0.5), a number, or "best-f1" on the validation rows
  // Its types rule how the data are read, and it goes into the bundle; nothing else of it is checked here. Types that
  // it leaves open are settled over all rows; dates with a format are read as text, and are neither features nor times.
  // Without it all types are settled and a contract is drafted from them.
  std::optional<contract::Contract> contract;
  std::filesystem::path output;  // the bundle directory; a bundle there is replaced, anything else refused
  // Called once when everything is decided and read, before the first round; returns the run id for the manifest.
  std::function<std::string(const TrainReport& so_far)> on_start;
  std::function<void(const Round&)> on_round;
};

struct Metric {
  std::string name;        // "roc_auc"
  std::string definition;  // "ndcg@10{gain=exp,ties=average,empty=skip}"
  metrics::Value value;
  metrics::Value baseline;
};

struct LeftOut {
  std::string column;
  std::string reason;  // "has the same value in every row"
};

struct TrainReport {
  Status status = Status::finished;
  std::string run_id;
  std::filesystem::path model;  // the bundle
  std::string digest;           // of the bundle
  bundle::Manifest manifest;
  std::string task_reason;  // why this task: "the target has the values 0 and 1"
  std::uint64_t train_rows = 0;
  std::uint64_t valid_rows = 0;
  std::string valid_method;  // "20% at random, stratified by 'late'"; empty without validation data
  std::vector<LeftOut> left_out;
  std::vector<std::string> notes;     // decisions and counts worth knowing
  std::vector<std::string> warnings;  // what a colleague would point out

  std::string eval_metric;  // XGBoost's name of the metric that stopped or showed progress
  std::optional<double> best_score;
  int rounds_run = 0;
  bool stopped_early = false;
  // Validation rows are measured after every round; without them the training rows after each of the first ten rounds,
  // every tenth and the last.
  std::vector<Round> history;

  std::string measured_on;  // "validation" or "training"
  std::string baseline;     // "the mean of the target in training: 12.3"
  std::vector<Metric> metrics;

  double seconds_read = 0;      // the source, its profile, the contract
  double seconds_quantize = 0;  // XGBoost's matrices of binned features
  double seconds_boost = 0;     // the rounds, with what is measured after them
  double seconds_total = 0;
};

// Errors: Code::usage for contradictory options, unknown columns and parameters (before any row is read where that can
// be known); Code::failed for data that cannot be trained on (missing labels, one class, training or validation rows
// or a class whose weights are all 0, infinite values, integers beyond 2^24 as features, nothing left to learn from),
// Code::interrupted when stopped before the first round ended. A stop after that gives the best model so far with
// Status::interrupted. Nothing is left at `output` on failure.
MLSYS_EXPORT TrainReport train(const TrainOptions& options, Context& context);
MLSYS_EXPORT Json to_json(const TrainReport& report);

}  // namespace mlsys::train

template <>
struct mlsys::NameTable<mlsys::train::Status> {
  static constexpr std::string_view what = "status";
  static constexpr auto entries = std::to_array<NameEntry<train::Status>>({
      {train::Status::finished, "finished"},
      {train::Status::interrupted, "interrupted"},
  });
};
