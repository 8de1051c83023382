// The rows of an evaluation in memory: labels, scores, weights, queries and slices, read from predictions or made by
// a model.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/bundle/manifest.hpp"
#include "mlsys/eval/evaluate.hpp"
#include "mlsys/metrics/sample.hpp"

namespace mlsys::eval {

struct SliceColumn {
  std::string name;
  std::vector<std::int32_t> codes;  // -1: missing
  std::vector<std::string> values;
};

struct Rows {
  std::uint64_t count = 0;
  metrics::Family family = metrics::Family::binary;
  std::string family_reason;
  std::string target;
  std::string source;
  std::string digest;

  // Scores: of a model as floats, of a file as doubles; multiclass: count x classes.
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<float> rival;                    // another model's, for the same rows
  std::optional<bundle::Threshold> threshold;  // binary: what the model or the description of predictions says
  std::optional<bundle::Threshold> rival_threshold;
  metrics::Convention convention = metrics::Convention::standard;

  std::vector<std::string> classes;                      // binary: negative, positive
  data::ColumnType class_type = data::ColumnType::text;  // of these labels: whole numbers, too, where 0 and 1 are real
  std::vector<std::uint8_t> labels;                      // binary
  std::vector<std::int32_t> class_codes;                 // multiclass
  std::vector<double> targets;                           // regression; ranking: relevance
  std::vector<std::uint32_t> queries;                    // ranking
  std::vector<std::string> ids;                          // ranking, when equal scores are ordered by id
  std::vector<double> weights;                           // empty: 1 each
  std::vector<SliceColumn> slices;

  std::vector<std::string> warnings;

  [[nodiscard]] metrics::Reals scores() const {
    return floats.empty() ? metrics::Reals(doubles) : metrics::Reals(floats);
  }
  [[nodiscard]] metrics::BinaryData binary() const { return {scores(), labels, weights}; }
  [[nodiscard]] metrics::MulticlassData multiclass() const {
    return {scores(), class_codes, classes.size(), weights, classes};
  }
  [[nodiscard]] metrics::RegressionData regression() const { return {scores(), targets, weights}; }
  [[nodiscard]] metrics::RankingData ranking() const { return {scores(), targets, queries, weights, ids}; }
};

inline constexpr std::string_view distorted_warning =
    "the model was trained with balanced classes: its probabilities are not calibrated";

// What was asked for or, for rows that one of our own rankers scored, XGBoost's.
metrics::Convention convention_of(const EvalOptions& options, bool own_ranker);

// Scores `options.source` with the model (and the rival's).
Rows score_rows(const EvalOptions& options, Context& ctx);
// Reads predictions.
Rows read_rows(const EvalOptions& options, Context& ctx);

// These rows alone; not for the ranked order of binary rows, which is cut without copying.
Rows part_of(const Rows& rows, const std::vector<std::uint32_t>& indices);

std::unique_ptr<metrics::Sample> make_sample(const Rows& rows, const std::vector<metrics::MetricSpec>& specs,
                                             const metrics::Settings& settings, unsigned threads);

}  // namespace mlsys::eval
