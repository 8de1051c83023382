#include <algorithm>
#include <cmath>
#include <limits>

#include "mlsys/base/random.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

constexpr std::size_t golden_rows = 48;
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

}  // namespace

bundle::Golden make_golden(const booster::Booster& model, const bundle::Manifest& manifest) {
  const auto thresholds = model.thresholds(rounds_for_thresholds);
  Random random(0x676f6c64656e);  // the same rows for the same model, whatever the seed of training
  bundle::Golden golden;
  golden.rows.rows = golden_rows;
  for (const auto& feature : manifest.features) {
    data::Column column;
    column.name = feature.name;
    column.type = feature.type;
    const bool categorical = feature.kind == bundle::FeatureKind::categorical;
    column.as = categorical ? data::As::category : data::As::float32;
    column.categories = feature.categories;
    const auto found = thresholds.find(feature.name);
    const auto& candidates = found == thresholds.end() ? std::vector<float>() : found->second;
    for (std::size_t row = 0; row < golden_rows; ++row) {
      const bool missing = row == 0;  // the first row has no value at all
      if (categorical)
        column.codes.push_back(missing ? -1
                                       : static_cast<std::int32_t>(random.below(feature.categories.size() + 1)) - 1);
      else
        column.f32.push_back(missing ? std::numeric_limits<float>::quiet_NaN() : draw_number(candidates, random));
    }
    golden.rows.columns.push_back(std::move(column));
  }
  golden.width = manifest.task == Task::multiclass ? manifest.classes.size() : 1;
  golden.margins = model.margins(golden.rows);
  return golden;
}

}  // namespace mlsys::train
