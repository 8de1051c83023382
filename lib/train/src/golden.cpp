#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

#include "mlsys/base/random.hpp"
#include "mlsys/forest/forest.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

constexpr std::size_t golden_rows = 48;
constexpr std::size_t parity_rows = 4096;
constexpr int rounds_for_thresholds = 50;

// A value at, just below or just above a threshold, where a predictor that compares differently shows it.
float draw_number(const std::vector<float>& thresholds, Random& random) {
  if (random.below(8) == 0) return std::numeric_limits<float>::quiet_NaN();
  if (thresholds.empty()) return static_cast<float>(random.below(5)) - 2.0F;
  const float threshold = thresholds[random.below(thresholds.size())];
  constexpr float infinity = std::numeric_limits<float>::infinity();
  switch (random.below(4)) {
    case 0:
      return threshold;
    case 1:
      return std::max(std::nextafter(threshold, -infinity), std::numeric_limits<float>::lowest());
    case 2:
      return std::min(std::nextafter(threshold, infinity), std::numeric_limits<float>::max());
    default: {
      const float other = thresholds[random.below(thresholds.size())];
      return threshold / 2 + other / 2;
    }
  }
}

// Rows that use the thresholds and categories of a model, never training data. The first has no value at all.
data::Frame made_up(const std::map<std::string, std::vector<float>>& thresholds, const bundle::Manifest& manifest,
                    std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  data::Frame frame;
  frame.rows = rows;
  for (const auto& feature : manifest.features) {
    data::Column column;
    column.name = feature.name;
    column.type = feature.type;
    const bool categorical = feature.kind == bundle::FeatureKind::categorical;
    column.as = categorical ? data::As::category : data::As::float32;
    column.categories = feature.categories;
    const auto found = thresholds.find(feature.name);
    const auto& candidates = found == thresholds.end() ? std::vector<float>() : found->second;
    for (std::size_t row = 0; row < rows; ++row) {
      const bool missing = row == 0;
      if (categorical)
        column.codes.push_back(missing ? -1
                                       : static_cast<std::int32_t>(random.below(feature.categories.size() + 1)) - 1);
      else
        column.f32.push_back(missing ? std::numeric_limits<float>::quiet_NaN() : draw_number(candidates, random));
    }
    frame.columns.push_back(std::move(column));
  }
  return frame;
}

bundle::Parity compare(const booster::Booster& model, const forest::Forest& forest, const data::Frame& rows) {
  std::vector<forest::Column> columns;
  for (const auto& column : rows.columns) columns.push_back({column.f32, column.codes});
  const auto expected = model.margins(rows);
  std::vector<float> margins(rows.rows * forest.outputs());
  forest.margins(forest::Columns{columns, rows.rows}, margins);
  bundle::Parity parity{.rows = rows.rows, .different = 0, .uncovered = {}};
  if (margins.size() != expected.size()) {
    parity.different = expected.size();
    return parity;
  }
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (std::bit_cast<std::uint32_t>(margins[i]) != std::bit_cast<std::uint32_t>(expected[i])) ++parity.different;
  return parity;
}

}  // namespace

Evidence make_evidence(const booster::Booster& model, std::string_view ubj, const bundle::Manifest& manifest) {
  const auto thresholds = model.thresholds(rounds_for_thresholds);
  Evidence evidence;
  // The same rows for the same model, whatever the seed of training.
  evidence.golden.rows = made_up(thresholds, manifest, golden_rows, 0x676f6c64656e);
  evidence.golden.width = manifest.task == Task::multiclass ? manifest.classes.size() : 1;
  evidence.golden.margins = model.margins(evidence.golden.rows);

  const auto compiled = forest::Forest::compile(std::as_bytes(std::span(ubj)), "the new model");
  if (compiled.forest)
    evidence.parity = compare(model, *compiled.forest, made_up(thresholds, manifest, parity_rows, 0x706172697479));
  else
    evidence.parity.uncovered = compiled.unsupported;
  return evidence;
}

}  // namespace mlsys::train
