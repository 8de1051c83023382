// The booster of a bundle, ready to score: as a compiled forest or behind XGBoost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/booster/booster.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/data/frame.hpp"
#include "mlsys/forest/forest.hpp"
#include "mlsys/predict/predictor.hpp"

namespace mlsys::predict {

// Reads the model as far as that needs no engine. Throws Code::integrity when it is damaged or has another objective
// than the manifest.
void check_model_file(const bundle::Bundle& bundle);

class Trees {
 public:
  Trees(const bundle::Bundle& bundle, Context& context, Engine wanted);
  [[nodiscard]] const bundle::Manifest& manifest() const { return manifest_; }
  [[nodiscard]] Engine engine() const { return forest_ ? Engine::forest : Engine::xgboost; }
  // rows × outputs of a frame that begins with the features. Thread-safe.
  [[nodiscard]] std::vector<float> margins(const data::Frame& frame) const;

 private:
  // Sets forest_, or returns why it cannot be taken.
  std::string compile(const bundle::Bundle& bundle, const std::string& model, const std::string& subject);

  bundle::Manifest manifest_;
  std::optional<forest::Forest> forest_;
  std::optional<booster::Booster> booster_;  // when there is no forest
  unsigned threads_;
};

}  // namespace mlsys::predict
