#include "trees.hpp"

#include <fmt/format.h>

#include <bit>
#include <span>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/golden.hpp"

namespace mlsys::predict {
namespace {

[[noreturn]] void contradicts(const bundle::Bundle& bundle, const std::string& how) {
  throw Error(Code::integrity,
              fmt::format("model bundle {} contradicts itself: {}", quoted(bundle.directory().string()), how));
}

// Scores are made of margins by the manifest's objective, so that it must be the one that made the margins.
void check_objective(const bundle::Bundle& bundle, const std::string& objective) {
  if (objective != bundle.manifest().objective)
    contradicts(bundle, fmt::format("the objective of {} is {}, that of {} is {}", bundle::model_file,
                                    quoted(objective), bundle::manifest_file, quoted(bundle.manifest().objective)));
}

void check_model(const bundle::Bundle& bundle, const std::vector<std::string>& names,
                 const std::vector<bool>& categorical, std::int64_t rounds) {
  const auto& features = bundle.manifest().features;
  bool same = names == bundle::feature_names(bundle.manifest()) && categorical.size() == features.size();
  for (std::size_t i = 0; same && i < features.size(); ++i)
    same = categorical[i] == (features[i].kind == bundle::FeatureKind::categorical);
  if (!same)
    contradicts(bundle,
                fmt::format("the features of {} are not those of {}", bundle::model_file, bundle::manifest_file));
  if (rounds != bundle.manifest().rounds)
    contradicts(bundle, fmt::format("{} has {} rounds, {} states {}", bundle::model_file, rounds, bundle::manifest_file,
                                    bundle.manifest().rounds));
}

// What XGBoost may be handed.
void check_bytes(const bundle::Bundle& bundle, const std::string& model, const std::string& subject) {
  check_objective(bundle, forest::check(std::as_bytes(std::span(model)), subject));
}

std::vector<float> evaluate(const forest::Forest& forest, const bundle::Manifest& manifest, const data::Frame& frame,
                            unsigned threads) {
  std::vector<forest::Column> columns;
  for (std::size_t i = 0; i < manifest.features.size(); ++i) {
    const auto& feature = manifest.features[i];
    // The forest goes by codes: they must be those of the manifest.
    if (i >= frame.columns.size() || frame.columns[i].name != feature.name ||
        frame.columns[i].categories != feature.categories)
      throw Error(Code::failed,
                  fmt::format("cannot score rows without column {} as the model knows it", quoted(feature.name)));
    columns.push_back({frame.columns[i].f32, frame.columns[i].codes});
  }
  std::vector<float> margins(frame.rows * forest.outputs());
  forest.margins(forest::Columns{columns, frame.rows}, margins, {.threads = threads});
  return margins;
}

}  // namespace

void check_model_file(const bundle::Bundle& bundle) {
  const std::string model = bundle.read(bundle::model_file);
  check_bytes(bundle, model, quoted((bundle.directory() / bundle::model_file).string()));
}

Trees::Trees(const bundle::Bundle& bundle, Context& context, Engine wanted)
    : manifest_(bundle.manifest()), threads_(context.threads) {
  const std::string model = bundle.read(bundle::model_file);
  const std::string subject = quoted((bundle.directory() / bundle::model_file).string());
  if (wanted == Engine::forest) {
    const std::string reason = compile(bundle, model, subject);
    if (forest_) return;
    context.progress->note(fmt::format("scoring with XGBoost, the slower predictor: {}", reason));
  }
  booster::check_version(model, subject);
  check_bytes(bundle, model, subject);
  booster_ = booster::Booster::load(model, threads_, subject);
  std::vector<bool> categorical;
  for (const auto& type : booster_->feature_types()) categorical.push_back(type == "c");
  check_model(bundle, booster_->feature_names(), categorical, booster_->rounds());
}

std::string Trees::compile(const bundle::Bundle& bundle, const std::string& model, const std::string& subject) {
  auto compiled = forest::Forest::compile(std::as_bytes(std::span(model)), subject);
  if (!compiled.forest) return fmt::format("the model is not covered: {}", compiled.unsupported);
  const forest::Forest& forest = *compiled.forest;
  check_objective(bundle, forest.objective());
  std::vector<bool> categorical;
  for (std::size_t i = 0; i < forest.features(); ++i) categorical.push_back(forest.categorical(i));
  check_model(bundle, forest.feature_names(), categorical, static_cast<std::int64_t>(forest.rounds()));
  // XGBoost goes by the names in the model, the forest by codes.
  for (std::size_t i = 0; i < forest.features(); ++i)
    if (categorical[i] && forest.categories(i) != manifest_.features[i].categories)
      return fmt::format("the model orders the categories of {} differently", quoted(manifest_.features[i].name));

  if (manifest_.parity && manifest_.parity->different > 0)
    return fmt::format("{} margins differed when the model was made", manifest_.parity->different);
  if (!bundle.has(bundle::golden_file)) return "the bundle has no golden rows to compare with";
  const auto golden = bundle::parse_golden(bundle.read(bundle::golden_file), manifest_,
                                           quoted((bundle.directory() / bundle::golden_file).string()));
  const auto margins = evaluate(forest, manifest_, golden.rows, 1);
  if (margins.size() != golden.margins.size()) return "the golden rows have another number of outputs";
  for (std::size_t i = 0; i < margins.size(); ++i)
    if (std::bit_cast<std::uint32_t>(margins[i]) != std::bit_cast<std::uint32_t>(golden.margins[i]))
      return fmt::format("golden row {} gives margin {} instead of {}", i / golden.width + 1,
                         shortest(static_cast<double>(margins[i])), shortest(static_cast<double>(golden.margins[i])));
  forest_ = std::move(compiled.forest);
  return {};
}

std::vector<float> Trees::margins(const data::Frame& frame) const {
  return forest_ ? evaluate(*forest_, manifest_, frame, threads_) : booster_->margins(frame);
}

}  // namespace mlsys::predict
