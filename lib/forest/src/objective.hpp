// XGBoost's objectives as far as prediction needs them, in its own float operations.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace mlsys::forest {

enum class Link { identity, logistic, exponential, exponential_double, step, softmax, argmax, sorted, cumulative };

struct Objective {
  std::string_view name;
  Link transform = Link::identity;  // margins to predictions
  // How the stored base score becomes a margin; of logistic, exponential and cumulative the inverse is taken.
  Link base = Link::identity;
};

// Nothing for an objective that XGBoost 3.4 does not have.
std::optional<Objective> find_objective(std::string_view name);

// In place, for the outputs of one row.
void to_margin(Link base, std::span<float> scores);
// The predictions of rows of `outputs` margins; argmax writes one per row.
void to_predictions(Link transform, std::size_t outputs, std::span<const float> margins, std::span<float> out);

}  // namespace mlsys::forest
