// The compiled form of a model. Plain arrays, so that kernels compiled for other instruction sets share no inline
// function of the standard library with the rest of the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel.hpp"
#include "model.hpp"

namespace mlsys::forest {

// A node of the walk. Leaves have left == -1 and no feature.
struct WalkNode {
  std::int32_t left;
  std::uint32_t feature;
  float value;        // threshold or leaf
  std::int32_t set;   // categorical: index into WalkSets::sets, else -1
  std::int32_t name;  // XGBoost's number of the node
  bool to_left;       // missing values
};

// Categories that go right: a set is words[begin] … words[begin + size - 1], a bit per category, or the categories
// themselves in ascending order when they are few among many.
struct WalkSet {
  std::uint32_t begin;
  std::uint32_t size;
  bool listed;
};
struct WalkSets {
  std::vector<WalkSet> sets;
  std::vector<std::uint32_t> words;
};

// How a value finds its rank: the number of thresholds that are <= value. The axis is cut into cells by a function that
// never decreases (linear in the value, or in the bits of the float for skewed thresholds); `start` has the thresholds
// in earlier cells and at most `steps` more lie in the cell itself. NaN ranks 0.
struct Ranking {
  enum class Map : std::uint8_t { linear, bits, search };
  std::vector<float> thresholds;     // ascending, then `steps` NaNs
  std::vector<std::uint16_t> start;  // per cell
  std::size_t count = 0;             // of thresholds
  Map map = Map::search;
  std::uint8_t steps = 0;
  float low = 0;  // linear: cell = (value - low) * scale
  float scale = 0;
  std::int32_t first = 0;  // bits: cell = (ordered bits - first) >> shift
  std::int32_t last = 0;
  std::uint8_t shift = 0;
};

// At most 255 thresholds of a feature, so that a rank among them fits a byte. A predicate is a comparison that some
// node makes: right when rank > threshold. Those that send missing values left come first.
struct Page {
  std::uint32_t offset = 0;  // first threshold
  std::uint32_t row = 0;     // of the first predicate
  std::uint32_t count = 0;   // thresholds
  std::uint32_t predicates = 0;
  std::uint32_t missing_left = 0;        // predicates that send missing values left
  std::vector<std::uint8_t> thresholds;  // of the predicates, then 64 bytes that vectors may read
  std::vector<std::uint8_t> nibbles;     // of each: its upper and its lower four bits, × 16
};

struct NumericFeature {
  std::uint32_t feature = 0;
  Ranking ranking;
  std::vector<Page> pages;
};

// Categories that no split tells apart share a class. Class 0 goes left everywhere (codes that no split lists), class 1
// is what is missing.
struct CategoricalFeature {
  std::uint32_t feature = 0;
  std::uint32_t row = 0;               // of the first predicate
  std::uint32_t count = 0;             // predicates
  std::size_t stride = 0;              // bytes of a class in `bits`, a multiple of 16
  std::vector<std::uint32_t> classes;  // of each code; codes beyond are of class 0
  std::vector<std::uint8_t> bits;      // bit p of a class: predicate p goes right
};

// A tree filled up to a perfect one of this depth: leaf i is reached by the bits of i, root first. Of a deeper tree
// these are the upper levels; what follows is walked.
struct BlockTree {
  static constexpr int max_depth = 8;
  static constexpr std::uint32_t none = 0xffffffff;
  std::int32_t depth = -1;   // -1: walked from the root
  std::uint32_t rows = 0;    // into Plan::rows, 2^depth - 1 in heap order
  std::uint32_t leaves = 0;  // into Plan::leaves, 2^depth
  std::uint32_t bytes = 0;   // into Plan::leaf_bytes
  std::uint32_t root = 0;    // into Plan::nodes
  std::uint32_t output = 0;
  std::uint32_t exits = none;  // into Plan::exits, when it is deeper
};

// The thresholds of a page for AVX-512: as a search tree, element 1 the root, 2i and 2i + 1 below i, with NaN where
// there is none; and every sixteenth threshold, then all of them, in sixteens.
struct PageSearch {
  std::uint32_t levels = 0;
  std::vector<float> tree;
  std::vector<float> pivots;
};

// What kernels for AVX-512 want beside the rest.
struct NodeTables {
  std::vector<PageSearch> pages;  // of all numeric features, one after the other
  // For single rows; there are none when rank_registers is 0, and else it is 1, 2 or 4.
  int rank_registers = 0;
  bool some_walked = false;
  std::vector<NodeBytes> nodes;                     // of every tree of the model
  std::vector<float> leaves;                        // 64 of each tree, or nothing when some tree has more levels
  std::vector<NodesBelow> below;                    // or else 64 of these
  std::vector<std::vector<std::uint64_t>> answers;  // as Plan::categorical: of each class in each tree
};

struct Plan {
  std::vector<WalkNode> nodes;
  WalkSets sets;
  std::vector<BlockTree> trees;

  std::vector<NumericFeature> numeric;
  std::vector<CategoricalFeature> categorical;
  std::size_t predicates = 0;             // rows of bits that a block needs
  std::vector<std::uint32_t> rows;        // predicate of a node, × 16
  std::vector<std::uint16_t> short_rows;  // the same, not multiplied; empty when they do not fit
  std::vector<float> leaves;
  std::vector<std::uint32_t> exits;      // the node at which the walk of a deeper tree goes on
  std::vector<std::uint8_t> leaf_bytes;  // the same leaves as four planes of bytes, at least 16 bytes each
  NodeTables tables;                     // empty unless asked for
};

// Where kernels keep what bit `bit` of a categorical feature with `count` predicates says, counted from its first row:
// see columns_of in kernel.inl.
std::uint32_t row_of_bit(std::uint32_t bit, std::uint32_t count);

// Throws Unsupported when a feature is split both as number and as category.
Plan make_plan(const Model& model);
std::size_t memory(const Plan& plan);

Ranking make_ranking(std::vector<float> thresholds);

// Adds the tables for AVX-512 to a plan that is otherwise complete. Those for single rows stay empty when the model has
// too many features or categories for them.
void add_node_tables(Plan& plan);

}  // namespace mlsys::forest
