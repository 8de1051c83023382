// The block kernel with the vectors that every machine of this architecture has.
#include "kernel.hpp"

namespace mlsys::forest {
namespace {

constexpr std::size_t width = 16;
constexpr std::size_t block_rows = 8 * width;
using Bits = std::uint64_t __attribute__((vector_size(16)));
using Octets = std::uint8_t __attribute__((vector_size(16)));

inline Octets interleave_low(Octets a, Octets b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline Octets interleave_high(Octets a, Octets b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

inline Bits every_sixteenth(const unsigned char* const* from, std::size_t offset) {
  Bits bits;
  std::memcpy(&bits, from[0] + offset, 16);
  return bits;
}
inline Bits select(Bits which, Bits zero, Bits one) { return zero ^ ((zero ^ one) & which); }

inline Octets exceeds(Octets a, Octets b) { return reinterpret_cast<Octets>(a > b) & 1; }

// Where the sum of row i of a block is kept.
inline std::size_t position_of(std::size_t row) { return row; }

// Adds the leaves that the rows of the first `vectors` reach; byte b of vector j is the leaf of row j * width + b.
template <int depth>
inline void add_leaves(const TreeView& tree, const Bits* leaf, std::size_t vectors, float* sums) {
  unsigned char index[8 * width];
  std::memcpy(index, leaf, sizeof(index));
  for (std::size_t i = 0; i < vectors * width; ++i) sums[i] += tree.leaves[index[i]];
}

}  // namespace
}  // namespace mlsys::forest

#include "without_search.inl"

#include "kernel.inl"

namespace mlsys::forest {

const Kernels& portable_kernels() {
  static constexpr Kernels kernels{
      .rows = block_rows,
      .scratch = scratch_bytes,
      .run = run_block,
      .run_rows = run_rows,
      .block = {.predicate = 1.6, .category = 1.7, .leaf = 0.3},
      .block_row = {.feature = 0.85, .tree = 0.4},
      .single_row = {.feature = 6, .predicate = 0.01, .category = 0.02, .level = 0.65, .leaf = 0.0085}};
  return kernels;
}

}  // namespace mlsys::forest
