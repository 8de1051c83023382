// What kernels share. A kernel is compiled once per instruction set from kernel.inl; its file must not instantiate or
// emit any inline function that another file might emit too, or the linker could pick the wrong one: everything in here
// is static, and no standard container is touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "source.hpp"

namespace mlsys::forest {

struct Plan;
struct WalkNode;

// Cells of a ranking (see Ranking). These never decrease with the value; NaN is in cell 0.
static inline std::int32_t linear_cell(float value, float low, float scale, float top) {
  float cell = (value - low) * scale;
  cell = cell > 0.F ? cell : 0.F;
  cell = cell < top ? cell : top;
  return static_cast<std::int32_t>(cell);
}

// The bits of a float as an integer of the same order; -0 is +0.
static inline std::int32_t ordered_bits(float value) {
  const float zero = value + 0.F;
  std::int32_t bits = 0;
  std::memcpy(&bits, &zero, sizeof(bits));
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

static inline std::int32_t bits_cell(float value, std::int32_t first, std::int32_t last, unsigned shift) {
  std::int32_t bits = ordered_bits(value);
  bits = bits > first ? bits : first;
  bits = bits < last ? bits : last;
  const std::uint32_t cell = (static_cast<std::uint32_t>(bits) - static_cast<std::uint32_t>(first)) >> shift;
  return value == value ? static_cast<std::int32_t>(cell) : 0;
}

// The nodes of the upper six levels of a tree, as bytes that a kernel for AVX-512 compares at once. The bit of a node
// in the 63 answers: the seven nodes of levels 3 to 5 below the t-th of eight places are bits 7t … 7t + 6, those of the
// first three levels bits 56 … 62, in heap order both. A node sends a row right when the rank in its slot is greater
// than its threshold, so 255 never does: that of nodes that are not there, and of those that split categories, whose
// answers are looked up.
struct NodeBytes {
  static constexpr int levels = 6;
  alignas(64) std::uint8_t slots[64];
  alignas(64) std::uint8_t thresholds[64];
};
// The last two of eight levels at one of the 64 places.
struct alignas(32) NodesBelow {
  std::uint16_t predicates[3];  // heap order
  float leaves[4];
};
// Slots are the bytes of 1, 2 or 4 registers: in their first half the rank in each page of the numeric features, in
// their second half the same with missing values going right.
constexpr std::size_t max_pages = 128;

// Numeric features whose values are fetched together.
constexpr std::size_t tile = 16;

// Pointers into a Plan, as kernels see it.
struct PageView {
  std::uint32_t offset;
  std::uint32_t row;
  std::uint32_t count;
  std::uint32_t predicates;
  std::uint32_t missing_left;
  const std::uint8_t* thresholds;
  const std::uint8_t* nibbles;
  std::uint32_t feature;
  // See PageSearch; null when there are no tables for AVX-512.
  std::uint32_t levels;
  const float* tree;
  const float* pivots;
};
struct NumericView {
  std::uint32_t feature;
  std::uint32_t pages;
  const PageView* page;
  const float* thresholds;
  const std::uint16_t* start;
  std::uint32_t count;
  std::uint8_t map;  // Ranking::Map
  std::uint8_t steps;
  std::uint8_t shift;
  float low;
  float scale;
  float top;
  std::int32_t first;
  std::int32_t last;
};
struct CategoricalView {
  std::uint32_t feature;
  std::uint32_t row;
  std::uint32_t count;
  std::uint32_t codes;
  std::size_t stride;
  const std::uint32_t* classes;
  const std::uint8_t* bits;
  const std::uint64_t* answers;  // of each class in each tree of the model, or null
};
struct TreeView {
  std::int32_t depth;
  std::uint32_t root;
  std::uint32_t output;
  const std::uint32_t* rows;
  const std::uint16_t* short_rows;  // null when there are too many predicates for row kernels
  const float* leaves;
  const std::uint8_t* bytes;
  const std::uint32_t* exits;  // null unless the tree goes on below
};
struct BlockJob {
  const NumericView* numeric;
  const PageView* page;  // of all numeric features
  const CategoricalView* categorical;
  const TreeView* trees;  // those of the chosen rounds
  const Plan* plan;
  std::size_t numerics;
  std::size_t pages;
  std::size_t categoricals;
  std::size_t tree_count;
  std::size_t outputs;
  const float* base;         // one per output
  const float* base_margin;  // rows × outputs of the whole source, or null
  Source source;
  // Tables for single rows with AVX-512; there are none when rank_registers is 0. The arrays begin with the first of
  // the chosen trees.
  int rank_registers;
  const NodeBytes* nodes;
  const float* node_leaves;       // 64 per tree; null when some tree has more levels
  const NodesBelow* nodes_below;  // or else 64 of these
  std::size_t first_tree;
  std::size_t all_trees;  // of the model
  bool some_walked;       // to the end or from the root
};

// Nanoseconds for each of what a model has, fitted to what tests/bench/forest_bench.cpp measured on a machine that has
// every kernel. Only their ratios matter.
struct Cost {
  double feature = 0;    // pages of numeric features
  double predicate = 0;  // of numeric features
  double category = 0;   // predicates of categorical features
  double tree = 0;
  double level = 0;  // of all trees
  double leaf = 0;
  double deep = 0;  // of each tree of more than NodeBytes::levels levels, beside all that
};

// Rows of a block, and the bytes of scratch memory (aligned to 64) that one thread needs for it.
struct Kernels {
  std::size_t rows;
  std::size_t (*scratch)(std::size_t predicates, std::size_t outputs);
  // Margins of rows [first, first + count), count <= rows, written to out (rows × outputs of the whole source).
  void (*run)(const BlockJob& job, std::size_t predicates, std::uint64_t first, std::size_t count, float* out,
              unsigned char* scratch);
  // The same, row by row.
  void (*run_rows)(const BlockJob& job, std::uint64_t first, std::size_t count, float* out, unsigned char* scratch);
  Cost block;       // of a block, however few of its rows are used
  Cost block_row;   // of each of its rows beside that
  Cost single_row;  // of a row by run_rows
};

const Kernels& portable_kernels();
const Kernels* avx2_kernels();    // null when the build or the machine has no AVX2
const Kernels* avx512_kernels();  // the same of AVX-512 with byte permutations (VBMI) and of BMI2

// Walks one tree for rows [first, first + count): the index of each row's leaf, or what it adds.
void walk_nodes(const Plan& plan, std::uint32_t root, const Source& source, std::uint64_t first, std::size_t count,
                std::uint32_t* leaf);
// Walks on from a node of each row's own.
void walk_on(const Plan& plan, const std::uint32_t* from, const Source& source, std::uint64_t first, std::size_t count,
             float* value);
void walk_values(const Plan& plan, std::uint32_t root, const Source& source, std::uint64_t first, std::size_t count,
                 float* value);

}  // namespace mlsys::forest
