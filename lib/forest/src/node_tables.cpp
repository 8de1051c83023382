// The tables that kernels for AVX-512 want, made from the rest of a plan.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "plan.hpp"

namespace mlsys::forest {
namespace {

constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t max_answer_bytes = std::size_t{8} << 20;

// Both are read in sixteens.
PageSearch search_of(std::span<const float> thresholds) {
  PageSearch result;
  const auto sorted = [&](std::size_t i) { return i < thresholds.size() ? thresholds[i] : nothing; };
  result.levels = std::max(4U, static_cast<unsigned>(std::bit_width(thresholds.size())));
  result.tree.assign(std::size_t{1} << result.levels, nothing);
  for (unsigned level = 0; level < result.levels; ++level) {
    const std::size_t size = std::size_t{1} << level;
    const std::size_t reach = std::size_t{1} << (result.levels - 1 - level);
    for (std::size_t i = 0; i < size; ++i) result.tree[size + i] = sorted((2 * i + 1) * reach - 1);
  }
  const std::size_t groups = thresholds.size() / 16 + 1;
  result.pivots.assign(16 + 16 * groups, nothing);
  for (std::size_t i = 0; i + 1 < groups; ++i) result.pivots[i] = sorted(16 * i + 15);
  std::ranges::copy(thresholds, result.pivots.begin() + 16);
  return result;
}

// The bit of the node at this place, in heap order, of a tree of six levels.
unsigned bit_of(std::size_t place) {
  if (place < 7) return static_cast<unsigned>(56 + place);
  const auto level = static_cast<unsigned>(std::bit_width(place + 1) - 1);
  const std::size_t across = place + 1 - (std::size_t{1} << level);
  const std::size_t width = std::size_t{1} << (level - 3);
  return static_cast<unsigned>(across / width * 7 + width - 1 + across % width);
}

// What a predicate compares: a threshold of a page, or a bit of each class of a category.
struct Meaning {
  std::uint8_t slot = 0;
  std::uint8_t threshold = 255;
  std::optional<std::size_t> category;  // into Plan::categorical
  std::size_t bit = 0;                  // of its classes
};

std::vector<Meaning> meanings(const Plan& plan) {
  std::vector<Meaning> result(plan.predicates);
  const std::size_t right = 32 * static_cast<std::size_t>(plan.tables.rank_registers);
  std::size_t slot = 0;
  for (const NumericFeature& feature : plan.numeric) {
    for (const Page& page : feature.pages) {
      for (std::uint32_t k = 0; k < page.predicates; ++k) {
        Meaning& meaning = result[page.row + k];
        meaning.slot = static_cast<std::uint8_t>(slot + (k < page.missing_left ? 0 : right));
        meaning.threshold = page.thresholds[k];
      }
      ++slot;
    }
  }
  for (std::size_t i = 0; i < plan.categorical.size(); ++i) {
    const CategoricalFeature& feature = plan.categorical[i];
    for (std::uint32_t bit = 0; bit < feature.count; ++bit) {
      Meaning& meaning = result[feature.row + row_of_bit(bit, feature.count)];
      meaning.category = i;
      meaning.bit = bit;
    }
  }
  return result;
}

void add_answers(const CategoricalFeature& feature, std::size_t bit, std::uint64_t answer, std::size_t tree,
                 std::size_t trees, std::vector<std::uint64_t>& answers) {
  const std::uint8_t* byte = feature.bits.data() + bit / 8;
  for (std::size_t at = tree; at < answers.size(); at += trees, byte += feature.stride)
    if ((*byte >> bit % 8 & 1) != 0) answers[at] |= answer;
}

void add_nodes(const Plan& plan, const std::vector<Meaning>& meanings, std::size_t number, NodeTables& tables) {
  const BlockTree& tree = plan.trees[number];
  NodeBytes& nodes = tables.nodes[number];
  std::ranges::fill(nodes.slots, std::uint8_t{0});
  std::ranges::fill(nodes.thresholds, std::uint8_t{255});
  if (meanings.empty()) return;
  const std::size_t places = (std::size_t{1} << std::min(tree.depth, NodeBytes::levels)) - 1;
  for (std::size_t place = 0; place < places; ++place) {
    const Meaning& meaning = meanings[plan.rows[tree.rows + place] / 16];
    const unsigned bit = bit_of(place);
    if (meaning.category) {
      add_answers(plan.categorical[*meaning.category], meaning.bit, std::uint64_t{1} << bit, number, plan.trees.size(),
                  tables.answers[*meaning.category]);
    } else {
      nodes.slots[bit] = meaning.slot;
      nodes.thresholds[bit] = meaning.threshold;
    }
  }
}

// What is below the place, in a tree filled up to eight levels.
NodesBelow below(const Plan& plan, const BlockTree& tree, std::size_t place) {
  NodesBelow result{};
  const auto leaf = [&](std::size_t i) {
    return plan.leaves[tree.leaves + (i >> (BlockTree::max_depth - tree.depth))];
  };
  for (std::size_t i = 0; i < 4; ++i) result.leaves[i] = leaf(4 * place + i);
  const auto predicate = [&](std::size_t heap) { return plan.short_rows[tree.rows + heap]; };
  if (tree.depth > 6) result.predicates[0] = predicate(63 + place);
  if (tree.depth > 7) {
    result.predicates[1] = predicate(127 + 2 * place);
    result.predicates[2] = predicate(127 + 2 * place + 1);
  }
  return result;
}

}  // namespace

void add_node_tables(Plan& plan) {
  NodeTables& tables = plan.tables;
  for (const NumericFeature& feature : plan.numeric)
    for (const Page& page : feature.pages)
      tables.pages.push_back(search_of(std::span(feature.ranking.thresholds).subspan(page.offset, page.count)));
  const std::size_t pages = tables.pages.size();
  const bool deep =
      std::ranges::any_of(plan.trees, [](const BlockTree& tree) { return tree.depth > NodeBytes::levels; });
  std::size_t classes = 0;
  for (const CategoricalFeature& feature : plan.categorical) classes += feature.bits.size() / feature.stride;
  if (pages > max_pages || (deep && plan.short_rows.empty()) ||
      classes * plan.trees.size() * sizeof(std::uint64_t) > max_answer_bytes)
    return;
  tables.rank_registers = pages <= 32 ? 1 : pages <= 64 ? 2 : 4;
  tables.some_walked = std::ranges::any_of(
      plan.trees, [](const BlockTree& tree) { return tree.depth < 0 || tree.exits != BlockTree::none; });
  tables.nodes.resize(plan.trees.size());
  tables.leaves.resize(deep ? 0 : 64 * plan.trees.size());
  tables.below.resize(deep ? 64 * plan.trees.size() : 0);
  for (const CategoricalFeature& feature : plan.categorical)
    tables.answers.emplace_back(feature.bits.size() / feature.stride * plan.trees.size(), 0);
  const std::vector<Meaning> known = meanings(plan);
  for (std::size_t i = 0; i < plan.trees.size(); ++i) {
    const BlockTree& tree = plan.trees[i];
    if (tree.depth < 0) continue;
    add_nodes(plan, known, i, tables);
    for (std::size_t place = 0; place < 64; ++place) {
      if (deep)
        tables.below[64 * i + place] = below(plan, tree, place);
      else
        tables.leaves[64 * i + place] = plan.leaves[tree.leaves + (place >> (NodeBytes::levels - tree.depth))];
    }
  }
}

}  // namespace mlsys::forest
