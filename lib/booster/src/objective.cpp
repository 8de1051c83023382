#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/booster/booster.hpp"

namespace mlsys::booster {
namespace {

constexpr auto known_objectives = std::to_array<Objective>({
    {"binary:logistic", "binary"},
    {"multi:softprob", "multiclass"},
    {"reg:squarederror", "regression"},
    {"reg:absoluteerror", "regression"},
    {"reg:pseudohubererror", "regression"},
    {"reg:squaredlogerror", "regression"},
    {"reg:logistic", "regression"},
    {"reg:gamma", "regression"},
    {"reg:tweedie", "regression"},
    {"count:poisson", "regression"},
    {"rank:ndcg", "ranking"},
    {"rank:map", "ranking"},
    {"rank:pairwise", "ranking"},
});

// The functions of XGBoost's src/common/math.h in its order of operations.
float sigmoid(float margin) {
  const float power = std::min(-margin, 88.7F);  // exp() overflows above
  return 1.0F / (std::exp(power) + 1.0F + 1e-16F);
}

void softmax(std::span<float> row) {
  const float largest = *std::ranges::max_element(row);
  double sum = 0;
  for (float& value : row) {
    value = std::exp(value - largest);
    sum += static_cast<double>(value);
  }
  for (float& value : row) value /= static_cast<float>(sum);
}

}  // namespace

std::span<const Objective> objectives() { return known_objectives; }

std::vector<float> scores_from_margins(std::string_view objective, std::size_t width, std::span<const float> margins) {
  if (std::ranges::find(known_objectives, objective, &Objective::name) == known_objectives.end())
    throw Error(Code::failed, fmt::format("cannot score with objective {}: mlsys does not know it", quoted(objective)));
  std::vector<float> scores(margins.begin(), margins.end());
  if (objective == "binary:logistic" || objective == "reg:logistic") {
    for (float& score : scores) score = sigmoid(score);
  } else if (objective == "multi:softprob") {
    for (std::size_t i = 0; i + width <= scores.size(); i += width) softmax(std::span(scores).subspan(i, width));
  } else if (objective == "count:poisson" || objective == "reg:gamma" || objective == "reg:tweedie") {
    for (float& score : scores) score = std::exp(score);
  }
  return scores;
}

}  // namespace mlsys::booster
