// The walk node by node: for trees that blocks do not cover, for few rows, and to name leaves.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernel.hpp"
#include "plan.hpp"

namespace mlsys::forest {
namespace {

float value_of(const Cursor& cursor, std::uint64_t row) {
  if (cursor.codes == nullptr) return cursor.values[row * cursor.stride];
  const std::int32_t code = cursor.codes[row];
  return code < 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(code);
}

// XGBoost's common::Decision.
bool in_set(const WalkSets& sets, std::int32_t set, float value) {
  if (value < 0.F || value >= 16777216.F) return false;
  const auto code = static_cast<std::uint32_t>(value);
  const WalkSet& own = sets.sets[static_cast<std::size_t>(set)];
  const std::uint32_t* words = sets.words.data() + own.begin;
  if (own.listed) return std::binary_search(words, words + own.size, code);
  return code / 32 < own.size && (words[code / 32] >> (code % 32) & 1U) != 0;
}

bool goes_right(const Plan& plan, const WalkNode& node, float value) {
  if (std::isnan(value)) return !node.to_left;
  if (node.set < 0) return !(value < node.value);
  return in_set(plan.sets, node.set, value);
}

// Several rows at once, so that their loads overlap. `done` is given the number of a row and its leaf.
template <class Root, class Done>
void walk(const Plan& plan, Root root, const Source& source, std::uint64_t first, std::size_t count, Done done) {
  constexpr std::size_t lanes = 8;
  const WalkNode* nodes = plan.nodes.data();
  for (std::size_t begin = 0; begin < count; begin += lanes) {
    const std::size_t size = std::min(count - begin, lanes);
    std::array<std::uint32_t, lanes> at;
    for (std::size_t i = 0; i < size; ++i) at[i] = root(begin + i);
    bool moved = true;
    while (moved) {
      moved = false;
      for (std::size_t i = 0; i < size; ++i) {
        const WalkNode& node = nodes[at[i]];
        if (node.left < 0) continue;
        const float value = value_of(source.features[node.feature], first + begin + i);
        at[i] = static_cast<std::uint32_t>(node.left) + (goes_right(plan, node, value) ? 1U : 0U);
        moved = true;
      }
    }
    for (std::size_t i = 0; i < size; ++i) done(begin + i, at[i]);
  }
}

}  // namespace

void walk_nodes(const Plan& plan, std::uint32_t root, const Source& source, std::uint64_t first, std::size_t count,
                std::uint32_t* leaf) {
  walk(
      plan, [&](std::size_t) { return root; }, source, first, count,
      [&](std::size_t row, std::uint32_t node) { leaf[row] = node; });
}

void walk_values(const Plan& plan, std::uint32_t root, const Source& source, std::uint64_t first, std::size_t count,
                 float* value) {
  walk(
      plan, [&](std::size_t) { return root; }, source, first, count,
      [&](std::size_t row, std::uint32_t node) { value[row] = plan.nodes[node].value; });
}

void walk_on(const Plan& plan, const std::uint32_t* from, const Source& source, std::uint64_t first, std::size_t count,
             float* value) {
  walk(
      plan, [&](std::size_t row) { return from[row]; }, source, first, count,
      [&](std::size_t row, std::uint32_t node) { value[row] = plan.nodes[node].value; });
}

}  // namespace mlsys::forest
