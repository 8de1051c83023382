// The steps of training and what they hand each other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/booster/booster.hpp"
#include "mlsys/bundle/golden.hpp"
#include "mlsys/bundle/manifest.hpp"
#include "mlsys/contract/contract.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/frame.hpp"
#include "mlsys/profile/reference.hpp"
#include "mlsys/train/train.hpp"

namespace mlsys::train {

using bundle::Task;

// ---- settings.cpp

// Everything that can be refused before data are read.
void check_options(const TrainOptions& options);

// ---- target.cpp

struct TargetPlan {
  Task task = Task::regression;
  std::string reason;
  data::ColumnInfo column;
  std::vector<std::string> classes;  // binary: negative, positive; multiclass: in order
};

// Decides the task and the classes, and refuses targets that cannot be learnt: missing labels, one value, no number
// for a regression. `roles` must have been checked.
TargetPlan settle_target(const data::Dataset& dataset, const data::Roles& roles, std::optional<Task> task,
                         Context& ctx);

// What XGBoost is given: the user's parameters, checked with the task, and ours. In settings.cpp.
booster::Parameters settle_parameters(const TrainOptions& options, const TargetPlan& target, const Context& ctx);

// ---- dates.cpp

// Columns that a contract says are dates or datetimes in a format of their own, and their formats. They are read as
// text, and are neither categories nor times.
using DateFormats = std::map<std::string, std::string>;
DateFormats date_formats(const contract::Contract& contract);
// "is a date in the format '%d/%m/%Y'…" for a message, with what can be derived from it.
std::string why_no_feature(const std::string& column, const std::string& format);
// Throws Code::failed for such a target, and Code::usage for such a time: they can be derived.
void refuse_unread_dates(const data::Roles& roles, const DateFormats& formats, const std::string& subject);

// ---- features.cpp

struct FeaturePlan {
  std::vector<data::ColumnInfo> columns;
  std::vector<LeftOut> left_out;
};

// What is no feature whatever its type.
struct NoFeatures {
  std::string split_column;  // says which rows are for validation; may be empty
  DateFormats date_formats;
};

// The columns to read as features: those of the roles without what the target is computed from, dates and texts with
// too many values.
FeaturePlan choose_features(const data::Dataset& dataset, const data::Roles& roles, const NoFeatures& none,
                            Context& ctx);
std::vector<data::ColumnRequest> feature_requests(const std::vector<data::ColumnInfo>& columns);
// Throws for infinite values and integers that float32 cannot hold; says how many NaN there are.
void check_features(const data::Frame& frame, std::size_t features, const std::string& subject,
                    std::vector<std::string>& notes);
// Removes columns without values and with one value only from the first `features` of all frames. Returns how many are
// left.
std::size_t drop_constant(std::vector<data::Frame*> frames, std::size_t features, std::vector<LeftOut>& left_out);

// ---- rows.cpp

// Rows that are ready for XGBoost.
struct Rows {
  data::Frame frame;                  // features only
  std::vector<float> label;           // class number, target or relevance
  std::vector<double> target;         // regression: with all digits
  std::vector<std::int32_t> classes;  // binary, multiclass
  std::vector<float> weight;          // empty, or one per row
  std::vector<std::int32_t> query;    // ranking: codes by row, rows of a query together
  [[nodiscard]] std::uint64_t rows() const { return frame.rows; }
};

// What is read beside the features.
std::vector<data::ColumnRequest> role_requests(const TargetPlan& target, const data::Roles& roles);
// Takes a frame of feature_requests() and role_requests() apart. `subject` is for errors.
Rows take_apart(data::Frame frame, std::size_t features, const TargetPlan& target, const data::Roles& roles,
                const std::string& subject);
// Divides rows by part 0 and 1, column by column so that memory grows by one column only.
std::pair<Rows, Rows> divide(Rows rows, const std::vector<std::uint8_t>& parts);
// Throws Code::failed when the weights of a part, or of a class that training has rows of, are all 0: nothing is learnt
// from them, or measured on them. `column` is that of the weights; empty when there are none.
void check_weighted(const Rows& train, const Rows* valid, const TargetPlan& target, const std::string& column,
                    const std::string& subject);
// Restricts dictionaries to categories that occur in `train`; other values of `valid` become missing. Returns how many
// rows of `valid` were affected, by column.
std::vector<std::pair<std::string, std::uint64_t>> compact_categories(data::Frame& train, data::Frame* valid);
std::vector<std::uint32_t> query_sizes(const Rows& rows);

// ---- valid.cpp

struct ValidPlan {
  enum class Kind { none, fraction, column, source } kind = Kind::none;
  double fraction = 0;
  std::string column, value;  // rows where the column's text is this
  data::SourceOptions source;
  std::string described;
};

// What `text` (TrainOptions::valid) means beside a training `source`, which `dataset` is.
ValidPlan plan_valid(const std::string& text, const data::SourceOptions& source, const data::Dataset& dataset);
// Part 0 (train) or 1 (validation) of every row.
std::vector<std::uint8_t> assign_parts(const ValidPlan& plan, const data::Dataset& dataset, const Rows& rows,
                                       const TargetPlan& target, const data::Roles& roles, Context& ctx,
                                       std::string& described);

// ---- boost.cpp

struct Boosted {
  std::string model;                 // the bytes of model.ubj, which ends with the best round
  std::vector<float> margins;        // of the rows measured, by that model
  std::vector<float> train_margins;  // of the training rows; empty when they are the rows measured
  int rounds = 0;
};

// Fills the report's history, eval_metric, best_score, rounds_run, stopped_early, status. Throws Code::failed when the
// metric that decides has no value on the validation rows.
Boosted boost(const TrainOptions& options, const booster::Parameters& parameters, const booster::Matrix& train,
              const booster::Matrix* valid, Context& ctx, TrainReport& report);

// ---- measure.cpp

// Fills threshold, metrics, baseline. `measured` are the rows that `margins` belong to.
void measure(const TrainOptions& options, const Rows& train, const Rows& measured, const std::vector<float>& margins,
             const TargetPlan& target, bool validated, Context& ctx, TrainReport& report);

// ---- warnings.cpp

// What can be seen in the training rows alone, and between training and validation rows.
void warn_of_columns(const Rows& train, const TargetPlan& target, const std::vector<data::ColumnInfo>& features,
                     TrainReport& report);
void warn_of_shared_rows(const Rows& train, const Rows& valid, TrainReport& report);

// ---- attach.cpp

// Features and target as training saw them; needs the frame.
profile::Profile profile_rows(const Rows& rows, const TargetPlan& target, Context& ctx);
// Scores or predictions of the training rows. Of one value per row only.
profile::ColumnProfile profile_scores(std::string name, std::vector<float> scores);
// What of a reading says what is missing: for the formats alone that it was about, since the same text in another one
// was a value to the model.
bundle::Reading reading_of(const data::SourceOptions& source, data::SourceFormat format);
// What the raw columns behind the features promise: the given contract, or one drafted from the training data. Texts
// that the manifest says are missing are missing to it.
contract::Contract contract_of_inputs(const TrainOptions& options, const data::Dataset& dataset,
                                      const bundle::Manifest& manifest, Context& ctx);

// ---- golden.cpp

// What lets others check a model where it arrives, and what the forest computes for it beside XGBoost.
struct Evidence {
  bundle::Golden golden;
  bundle::Parity parity;
};
// `ubj` are the bytes that are written, from which `model` was loaded.
Evidence make_evidence(const booster::Booster& model, std::string_view ubj, const bundle::Manifest& manifest);

}  // namespace mlsys::train
