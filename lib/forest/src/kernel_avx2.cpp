// The block kernel with AVX2. Compiled with -mavx2 (see CMakeLists.txt); called only when the machine has it.
#include "kernel.hpp"

#ifdef __AVX2__
#include <immintrin.h>

namespace mlsys::forest {
namespace {

constexpr std::size_t width = 32;
constexpr std::size_t block_rows = 8 * width;
using Bits = std::uint64_t __attribute__((vector_size(32)));
using Octets = std::uint8_t __attribute__((vector_size(32)));

inline Octets interleave_low(Octets a, Octets b) {
  return reinterpret_cast<Octets>(_mm256_unpacklo_epi8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}
inline Octets interleave_high(Octets a, Octets b) {
  return reinterpret_cast<Octets>(_mm256_unpackhi_epi8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}

inline Bits every_sixteenth(const unsigned char* const* from, std::size_t offset) {
  __m128i low;
  __m128i high;
  std::memcpy(&low, from[0] + offset, 16);
  std::memcpy(&high, from[16] + offset, 16);
  return reinterpret_cast<Bits>(_mm256_set_m128i(high, low));
}
inline Bits select(Bits which, Bits zero, Bits one) { return zero ^ ((zero ^ one) & which); }

inline Octets exceeds(Octets a, Octets b) {
  const __m256i more = _mm256_subs_epu8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b));
  return reinterpret_cast<Octets>(_mm256_min_epu8(more, _mm256_set1_epi8(1)));
}

// Unpacking bytes to floats works within the halves of a vector: of each 32 rows, sums 8q … 8q + 7 belong to rows
// 4q … 4q + 3 and 16 + 4q … 16 + 4q + 3.
inline std::size_t position_of(std::size_t row) {
  return (row & ~std::size_t{31}) | (row >> 2 & 3) << 3 | (row >> 4 & 1) << 2 | (row & 3);
}

__attribute__((always_inline)) inline __m256i table_at(const unsigned char* bytes) {
  __m128i half;
  std::memcpy(&half, bytes, 16);
  return _mm256_broadcastsi128_si256(half);
}

// Byte i of the result is table[index[i]]: each sixteen entries by one shuffle, the upper bits of the index choose.
template <int groups>
__attribute__((always_inline)) inline __m256i look_up(const __m256i* tables, __m256i index) {
  if constexpr (groups == 1) {
    return _mm256_shuffle_epi8(tables[0], index);
  } else {
    constexpr int half = groups / 2;
    constexpr int bit = groups == 2 ? 4 : groups == 4 ? 5 : groups == 8 ? 6 : 7;
    const __m256i low = look_up<half>(tables, index);
    const __m256i high = look_up<half>(tables + half, index);
    return _mm256_blendv_epi8(low, high, bit == 7 ? index : _mm256_slli_epi16(index, 7 - bit));
  }
}

// Adds the leaves that the rows of the first `vectors` reach; byte b of vector j is the leaf of row j * width + b.
template <int depth>
inline void add_leaves(const TreeView& tree, const Bits* leaf, std::size_t vectors, float* sums) {
  if constexpr (depth > 6) {
    for (std::size_t j = 0; j < vectors; ++j) {
      unsigned char index[32];
      std::memcpy(index, &leaf[j], 32);
      const auto value = [&](std::size_t row) { return tree.leaves[index[row]]; };
      for (std::size_t q = 0; q < 4; ++q) {
        const __m256 values =
            _mm256_setr_ps(value(4 * q), value(4 * q + 1), value(4 * q + 2), value(4 * q + 3), value(4 * q + 16),
                           value(4 * q + 17), value(4 * q + 18), value(4 * q + 19));
        float* sum = sums + 32 * j + 8 * q;
        _mm256_storeu_ps(sum, _mm256_add_ps(_mm256_loadu_ps(sum), values));
      }
    }
  } else {
    constexpr std::size_t size = depth < 4 ? 16 : std::size_t{1} << depth;
    constexpr int groups = static_cast<int>(size / 16);
    __m256i planes[4][8];
    for (std::size_t plane = 0; plane < 4; ++plane) {
      __m256i tables[groups];
      for (std::size_t i = 0; i < groups; ++i) tables[i] = table_at(tree.bytes + plane * size + 16 * i);
      for (std::size_t j = 0; j < vectors; ++j)
        planes[plane][j] = look_up<groups>(tables, reinterpret_cast<__m256i>(leaf[j]));
    }
    for (std::size_t j = 0; j < vectors; ++j) {
      const __m256i low01 = _mm256_unpacklo_epi8(planes[0][j], planes[1][j]);
      const __m256i high01 = _mm256_unpackhi_epi8(planes[0][j], planes[1][j]);
      const __m256i low23 = _mm256_unpacklo_epi8(planes[2][j], planes[3][j]);
      const __m256i high23 = _mm256_unpackhi_epi8(planes[2][j], planes[3][j]);
      const __m256i values[4] = {_mm256_unpacklo_epi16(low01, low23), _mm256_unpackhi_epi16(low01, low23),
                                 _mm256_unpacklo_epi16(high01, high23), _mm256_unpackhi_epi16(high01, high23)};
      for (std::size_t q = 0; q < 4; ++q) {
        float* sum = sums + 32 * j + 8 * q;
        _mm256_storeu_ps(sum, _mm256_add_ps(_mm256_loadu_ps(sum), _mm256_castsi256_ps(values[q])));
      }
    }
  }
}

}  // namespace
}  // namespace mlsys::forest

#include "without_search.inl"

#include "kernel.inl"

namespace mlsys::forest {

const Kernels* avx2_kernels() {
  static constexpr Kernels kernels{
      .rows = block_rows,
      .scratch = scratch_bytes,
      .run = run_block,
      .run_rows = run_rows,
      .block = {.predicate = 1.3, .category = 1.7, .leaf = 0.4},
      .block_row = {.feature = 1, .tree = 0.23},
      .single_row = {.feature = 6, .predicate = 0.01, .category = 0.02, .level = 0.6, .leaf = 0.0085}};
  return __builtin_cpu_supports("avx2") ? &kernels : nullptr;
}

}  // namespace mlsys::forest
#else
namespace mlsys::forest {
const Kernels* avx2_kernels() { return nullptr; }
}  // namespace mlsys::forest
#endif
