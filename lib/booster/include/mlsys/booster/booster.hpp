// XGBoost's boosters and matrices over our columns. Everything XGBoost is asked to do for training and scoring is here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/booster/parameters.hpp"
#include "mlsys/data/frame.hpp"

namespace mlsys::booster {

// "3.4.1": the library that runs. Opens it.
MLSYS_EXPORT std::string library_version();

// What belongs to rows beside features. Spans must outlive the call they are passed to.
struct RowInfo {
  std::span<const float> label;
  std::span<const float> weight;           // empty, or one per row (per query for ranking)
  std::span<const std::uint32_t> queries;  // ranking: sizes of the consecutive queries
};

// Rows quantised for training. Holds about a byte per cell and nothing of the frame it was made from.
class MLSYS_EXPORT Matrix {
 public:
  // The first `features` columns of the frame are the features: float32 (NaN is missing), or codes with categories
  // (-1 is missing). With `reference` (training data) the bins are those, which evaluation during training needs.
  Matrix(const data::Frame& frame, std::size_t features, const RowInfo& info, int max_bin, unsigned threads,
         const Matrix* reference = nullptr);
  Matrix(Matrix&&) noexcept;
  Matrix& operator=(Matrix&&) noexcept;
  ~Matrix();

  [[nodiscard]] std::uint64_t rows() const;

 private:
  friend class Booster;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A metric that XGBoost computed from its cached predictions.
struct Evaluation {
  std::string set;     // "train", "valid"
  std::string metric;  // "auc", "logloss", "ndcg@10"
  double value = 0;
};

enum class Importance { weight, gain, cover, total_gain, total_cover };

class MLSYS_EXPORT Booster {
 public:
  // For training. `sets` are the matrices that update() and evaluate() will be given; they must outlive the booster.
  Booster(const Parameters& parameters, std::span<const Matrix* const> sets);
  // A booster from the bytes of a model.ubj, for scoring. Throws what check_version() throws, and Code::integrity when
  // XGBoost cannot read them. It trusts what it reads: of bytes from elsewhere, forest::check() comes first. `subject`
  // names them in errors.
  static Booster load(std::string_view ubj, unsigned threads, std::string_view subject);

  Booster(Booster&&) noexcept;
  Booster& operator=(Booster&&) noexcept;
  ~Booster();

  // One round of boosting. Rounds count from 0.
  void update(int round, const Matrix& train);
  [[nodiscard]] std::vector<Evaluation> evaluate(int round, std::span<const Matrix* const> sets,
                                                 const std::vector<std::string>& names) const;
  // The first `rounds` rounds as a booster of its own.
  [[nodiscard]] Booster first(int rounds) const;
  [[nodiscard]] std::string save() const;  // UBJSON, the bytes of model.ubj
  [[nodiscard]] int rounds() const;
  [[nodiscard]] std::vector<std::string> feature_names() const;
  [[nodiscard]] std::vector<std::string> feature_types() const;  // "c" is categorical
  // The distinct finite split thresholds of numeric features in the first rounds, ascending; a row goes left when its
  // value is below.
  [[nodiscard]] std::map<std::string, std::vector<float>> thresholds(int rounds) const;

  // Margins of a frame whose first columns are the features: rows × outputs, row by row. Thread-safe. Category names
  // that training did not know must have become -1 before.
  [[nodiscard]] std::vector<float> margins(const data::Frame& frame) const;
  // The margins of a matrix given to the constructor, from XGBoost's cache when update() or evaluate() has just seen
  // it.
  [[nodiscard]] std::vector<float> margins(const Matrix& matrix) const;
  // SHAP values in margin units: rows × outputs × (features + 1), the last of each being the expected margin; they sum
  // to the margin (within float rounding).
  [[nodiscard]] std::vector<float> contributions(const data::Frame& frame) const;
  // Feature name to importance, every feature listed; what no tree uses has 0.
  [[nodiscard]] std::map<std::string, double> importance(Importance kind) const;

 private:
  struct Impl;
  explicit Booster(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// "3.4.1" as written into model.ubj; empty when the bytes are no model of XGBoost's.
MLSYS_EXPORT std::string model_version(std::string_view ubj);

// Throws Code::integrity when the bytes are no model.ubj and Code::failed when they come from a newer XGBoost than the
// one that runs.
MLSYS_EXPORT void check_version(std::string_view ubj, std::string_view subject);

// XGBoost's objectives that mlsys trains and scores.
struct Objective {
  std::string_view name;
  std::string_view task;  // name of a bundle::Task
};
MLSYS_EXPORT std::span<const Objective> objectives();

// Margins to what is reported: probabilities (binary:logistic, reg:logistic, multi:softprob), exp (count:poisson,
// reg:gamma, reg:tweedie), and the margin itself elsewhere. Computed in float32 like XGBoost, operation by operation.
// `width` is the number of outputs of a row. Throws Code::failed for an objective not in objectives().
MLSYS_EXPORT std::vector<float> scores_from_margins(std::string_view objective, std::size_t width,
                                                    std::span<const float> margins);

}  // namespace mlsys::booster
