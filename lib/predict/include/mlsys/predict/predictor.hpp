// Scores rows with a model bundle: the one path from raw columns to margins and scores. `mlsys predict`, evaluation,
// drift and golden rows all go through it, so that none of them can treat a column differently.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/frame.hpp"

namespace mlsys::predict {

// Who walks the trees. Both give the same bits. The forest is taken only when it covers the model and gives the margins
// of the bundle's golden rows bit by bit; otherwise XGBoost is, and Progress::note says why.
enum class Engine { forest, xgboost };

// What becomes of a categorical value that training did not see.
enum class Unseen { missing, error };

// One row after the other: margins and scores are rows × width.
struct Scores {
  std::uint64_t rows = 0;
  std::size_t width = 1;       // 1, or the number of classes (multiclass)
  std::vector<float> margins;  // the sum of the leaves and the base score
  // binary: probability of the positive class; multiclass: probability of each class; regression: the prediction;
  // ranking: the margin.
  std::vector<float> values;
  double seconds = 0;  // that evaluating the trees took

  [[nodiscard]] std::span<const float> row(std::uint64_t index) const {
    return std::span(values).subspan(index * width, width);
  }
};

// What was met while reading the features.
struct Unseens {
  // Column to the number of rows whose value training did not see; only columns with any.
  std::map<std::string, std::uint64_t> rows;
  std::map<std::string, std::vector<std::string>> examples;  // a few of the values
};

class MLSYS_EXPORT Predictor {
 public:
  // Loads the booster. Throws Code::integrity when model.ubj does not fit the manifest, Code::failed when it comes from
  // a newer XGBoost than the one that runs. `context` is used for threads and notes only.
  Predictor(const bundle::Bundle& bundle, Context& context, Engine engine = Engine::forest);
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;
  ~Predictor();

  [[nodiscard]] const bundle::Manifest& manifest() const;
  [[nodiscard]] const std::string& digest() const;  // of the bundle
  [[nodiscard]] Engine engine() const;              // the one that is used

  // Opens raw data for scoring: the bundle's types rule, missing is what it was in training (bundle::as_trained), the
  // derivations that the features (and `also`: role or kept columns of the bundle's manifest, e.g. the target) need are
  // computed, other columns are ignored. Throws Code::failed when a column is missing (with a suggestion) or holds
  // values that are not of its type (with row and value). Columns in `extra` may be anybody's: those that are unknown
  // to the manifest are read with whatever type the source has, those that the model derives (its target, say) are
  // derived unless the source has them.
  [[nodiscard]] data::Dataset open(const data::SourceOptions& asked, Context& context,
                                   const std::vector<std::string>& also = {},
                                   const std::vector<std::string>& extra = {}) const;

  // How to read the features: in the booster's order, numbers as float32, categories with the bundle's dictionaries.
  // Valid as long as the predictor.
  [[nodiscard]] std::vector<data::ColumnRequest> requests() const;

  // Scores a frame that begins with the columns of requests(). Thread-safe; uses Context::threads of the constructor.
  [[nodiscard]] Scores score(const data::Frame& frame) const;

  // Scores a dataset from open() in batches, so that memory does not grow with its rows. `more` are columns to be read
  // beside the features; they follow them in the frame that `each` is given. Infinite values are refused, like in
  // training. With Unseen::error a value that training did not see is Error(Code::failed) and names it.
  Unseens scan(const data::Dataset& dataset, const std::vector<data::ColumnRequest>& more, Unseen unseen,
               Context& context, const std::function<void(data::Frame& frame, const Scores& scores)>& each) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The class with the greatest probability (multiclass, the first of equals) or, for a binary model, 1 when the
// probability reaches the bundle's threshold.
MLSYS_EXPORT std::size_t predicted_class(const bundle::Manifest& manifest, std::span<const float> row);

// Scores the golden rows of the bundle and compares the margins bit by bit. Returns the number of rows, 0 when the
// bundle has none, whose model is then read only. Throws Code::integrity with the first row that differs, or when the
// model is damaged.
MLSYS_EXPORT std::uint64_t replay_golden(const bundle::Bundle& bundle, Context& context);

}  // namespace mlsys::predict

template <>
struct mlsys::NameTable<mlsys::predict::Engine> {
  static constexpr std::string_view what = "predictor";
  static constexpr auto entries = std::to_array<NameEntry<predict::Engine>>({
      {predict::Engine::forest, "forest", "compiled trees, the same bits many times faster"},
      {predict::Engine::xgboost, "xgboost", "XGBoost's own predictor"},
  });
};

template <>
struct mlsys::NameTable<mlsys::predict::Unseen> {
  static constexpr std::string_view what = "treatment of unseen values";
  static constexpr auto entries = std::to_array<NameEntry<predict::Unseen>>({
      {predict::Unseen::missing, "missing", "scored as missing, counted and reported"},
      {predict::Unseen::error, "error", "refused"},
  });
};
