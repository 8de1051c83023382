#include "objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mlsys::forest {
namespace {

// XGBoost 3.4.1: src/objective/*.cu, regression_loss.h.
constexpr auto table = std::to_array<Objective>({
    {"reg:squarederror"},
    {"reg:linear"},
    {"reg:squaredlogerror"},
    {"reg:pseudohubererror"},
    {"reg:absoluteerror"},
    {"reg:logistic", Link::logistic, Link::logistic},
    {"reg:gamma", Link::exponential, Link::exponential},
    {"reg:tweedie", Link::exponential, Link::exponential},
    {"reg:quantileerror", Link::sorted},
    {"reg:expectileerror", Link::cumulative, Link::cumulative},
    {"binary:logistic", Link::logistic, Link::logistic},
    {"binary:logitraw"},
    {"binary:hinge", Link::step},
    {"count:poisson", Link::exponential, Link::exponential},
    {"multi:softmax", Link::argmax},
    {"multi:softprob", Link::softmax},
    {"rank:pairwise"},
    {"rank:ndcg"},
    {"rank:map"},
    {"survival:cox", Link::exponential, Link::exponential},
    {"survival:aft", Link::exponential_double, Link::exponential},
});

constexpr float epsilon = 1e-6F;  // kRtEps

// src/common/math.h
float sigmoid(float x) {
  x = std::min(-x, 88.7F);
  return 1.0F / (std::exp(x) + 1.0F + 1e-16F);
}

float softplus(float x) {
  if (x > 0) return x + std::log1p(std::exp(-x));
  return std::log1p(std::exp(x));
}

void softmax(std::span<const float> margins, float* out) {
  float greatest = margins[0];
  for (const float margin : margins) greatest = std::fmax(margin, greatest);
  double sum = 0;
  for (std::size_t i = 0; i < margins.size(); ++i) {
    out[i] = std::exp(margins[i] - greatest);
    sum += static_cast<double>(out[i]);
  }
  for (std::size_t i = 0; i < margins.size(); ++i) out[i] /= static_cast<float>(sum);
}

// Insertion sort as XGBoost has it: NaN stays where it is met.
void sort_row(std::span<const float> margins, float* out) {
  for (std::size_t i = 0; i < margins.size(); ++i) {
    const float value = margins[i];
    std::size_t at = i;
    for (; at > 0 && out[at - 1] > value; --at) out[at] = out[at - 1];
    out[at] = value;
  }
}

void cumulate(std::span<const float> margins, float* out) {
  float sum = margins[0];
  out[0] = sum;
  for (std::size_t i = 1; i < margins.size(); ++i) {
    sum += epsilon + softplus(margins[i]);
    out[i] = sum;
  }
}

float first_greatest(std::span<const float> margins) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < margins.size(); ++i)
    if (margins[i] > margins[best]) best = i;
  return static_cast<float>(best);
}

}  // namespace

std::optional<Objective> find_objective(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Objective::name);
  if (found == table.end()) return std::nullopt;
  return *found;
}

void to_margin(Link base, std::span<float> scores) {
  if (base == Link::logistic) {
    for (float& score : scores) {
      score = std::min(std::max(score, epsilon), 1.0F - epsilon);
      score = -std::log(1.0F / score - 1.0F);
    }
  } else if (base == Link::exponential) {
    for (float& score : scores) score = std::log(score);
  } else if (base == Link::cumulative) {
    for (std::size_t i = scores.size(); i-- > 1;) {
      const float gap = std::max(scores[i] - scores[i - 1] - epsilon, epsilon);
      scores[i] = gap + std::log(-std::expm1(-gap));
    }
  }
}

void to_predictions(Link transform, std::size_t outputs, std::span<const float> margins, std::span<float> out) {
  const auto each = [&](auto function) {
    for (std::size_t i = 0; i < margins.size(); ++i) out[i] = function(margins[i]);
  };
  const auto each_row = [&](auto function) {
    for (std::size_t i = 0; i + outputs <= margins.size(); i += outputs)
      function(margins.subspan(i, outputs), out.data() + i);
  };
  switch (transform) {
    case Link::identity:
      each([](float x) { return x; });
      return;
    case Link::logistic:
      each(sigmoid);
      return;
    case Link::exponential:
      each([](float x) { return std::exp(x); });
      return;
    case Link::exponential_double:
      each([](float x) { return static_cast<float>(std::exp(static_cast<double>(x))); });
      return;
    case Link::step:
      each([](float x) { return x > 0 ? 1.0F : 0.0F; });
      return;
    case Link::softmax:
      each_row(softmax);
      return;
    case Link::sorted:
      each_row(sort_row);
      return;
    case Link::cumulative:
      each_row(cumulate);
      return;
    case Link::argmax:
      for (std::size_t row = 0; (row + 1) * outputs <= margins.size(); ++row)
        out[row] = first_greatest(margins.subspan(row * outputs, outputs));
      return;
  }
}

}  // namespace mlsys::forest
