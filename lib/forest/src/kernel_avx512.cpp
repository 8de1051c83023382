// Blocks of 512 rows and single rows with AVX-512. Compiled with the options of CMakeLists.txt; called only when the
// machine has all of these instructions (Intel since Ice Lake, AMD since Zen 4).
#include "kernel.hpp"

#ifdef __AVX512VBMI__
#include <immintrin.h>

namespace mlsys::forest {
namespace {

constexpr std::size_t width = 64;
constexpr std::size_t block_rows = 8 * width;
using Bits = std::uint64_t __attribute__((vector_size(64)));
using Octets = std::uint8_t __attribute__((vector_size(64)));

inline Octets interleave_low(Octets a, Octets b) {
  return reinterpret_cast<Octets>(_mm512_unpacklo_epi8(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
}
inline Octets interleave_high(Octets a, Octets b) {
  return reinterpret_cast<Octets>(_mm512_unpackhi_epi8(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
}

inline Bits every_sixteenth(const unsigned char* const* from, std::size_t offset) {
  const auto part = [&](std::size_t i) __attribute__((always_inline)) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from[16 * i] + offset));
  };
  __m512i bits = _mm512_castsi128_si512(part(0));
  bits = _mm512_inserti32x4(bits, part(1), 1);
  bits = _mm512_inserti32x4(bits, part(2), 2);
  bits = _mm512_inserti32x4(bits, part(3), 3);
  return reinterpret_cast<Bits>(bits);
}
inline Bits select(Bits which, Bits zero, Bits one) {
  return reinterpret_cast<Bits>(_mm512_ternarylogic_epi64(
      reinterpret_cast<__m512i>(which), reinterpret_cast<__m512i>(zero), reinterpret_cast<__m512i>(one), 0xac));
}

inline Octets exceeds(Octets a, Octets b) {
  const __m512i more = _mm512_subs_epu8(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b));
  return reinterpret_cast<Octets>(_mm512_min_epu8(more, _mm512_set1_epi8(1)));
}

// Unpacking bytes to floats works within the sixteen bytes of a vector: of each 64 rows, sums 16q + 4s … 16q + 4s + 3
// belong to rows 16s + 4q … 16s + 4q + 3.
inline std::size_t position_of(std::size_t row) {
  return (row & ~std::size_t{63}) | (row >> 2 & 3) << 4 | (row >> 4 & 3) << 2 | (row & 3);
}

// Byte i of the result is byte index[i] of the 2^depth bytes of a table.
template <int depth>
__attribute__((always_inline)) inline __m512i look_up(const __m512i* table, __m512i index) {
  if constexpr (depth <= 6) {
    return _mm512_permutexvar_epi8(index, table[0]);
  } else if constexpr (depth == 7) {
    return _mm512_permutex2var_epi8(table[0], index, table[1]);
  } else {
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), look_up<7>(table, index), look_up<7>(table + 2, index));
  }
}

// Adds the leaves that the rows of the first `vectors` reach; byte b of vector j is the leaf of row j * width + b.
template <int depth>
inline void add_leaves(const TreeView& tree, const Bits* leaf, std::size_t vectors, float* sums) {
  constexpr std::size_t size = depth < 4 ? 16 : std::size_t{1} << depth;
  constexpr std::size_t parts = size < 64 ? 1 : size / 64;
  constexpr __mmask64 used = size < 64 ? (std::uint64_t{1} << size % 64) - 1 : ~std::uint64_t{0};
  __m512i tables[4][parts];
  for (std::size_t plane = 0; plane < 4; ++plane)
    for (std::size_t i = 0; i < parts; ++i)
      tables[plane][i] = _mm512_maskz_loadu_epi8(used, tree.bytes + plane * size + 64 * i);
  for (std::size_t j = 0; j < vectors; ++j) {
    const auto index = reinterpret_cast<__m512i>(leaf[j]);
    const __m512i plane0 = look_up<depth>(tables[0], index);
    const __m512i plane1 = look_up<depth>(tables[1], index);
    const __m512i plane2 = look_up<depth>(tables[2], index);
    const __m512i plane3 = look_up<depth>(tables[3], index);
    const __m512i low01 = _mm512_unpacklo_epi8(plane0, plane1);
    const __m512i high01 = _mm512_unpackhi_epi8(plane0, plane1);
    const __m512i low23 = _mm512_unpacklo_epi8(plane2, plane3);
    const __m512i high23 = _mm512_unpackhi_epi8(plane2, plane3);
    const __m512i values[4] = {_mm512_unpacklo_epi16(low01, low23), _mm512_unpackhi_epi16(low01, low23),
                               _mm512_unpacklo_epi16(high01, high23), _mm512_unpackhi_epi16(high01, high23)};
    for (std::size_t q = 0; q < 4; ++q) {
      float* sum = sums + 64 * j + 16 * q;
      _mm512_storeu_ps(sum, _mm512_add_ps(_mm512_loadu_ps(sum), _mm512_castsi512_ps(values[q])));
    }
  }
}

// ---- values ----

// Sixteen rows at a time, as a matrix of 16 × 16 that is turned in pairs, fours, eights and halves of a vector.
std::size_t turn(const float* from, std::size_t stride, std::size_t size, std::size_t count,
                 float (*columns)[block_rows]) {
  const auto used = static_cast<__mmask16>((1U << size) - 1);
  std::size_t row = 0;
  for (; row + 16 <= count; row += 16) {
    __m512 a[16];
    __m512 b[16];
    for (std::size_t i = 0; i < 16; ++i) a[i] = _mm512_maskz_loadu_ps(used, from + (row + i) * stride);
    for (std::size_t i = 0; i < 16; i += 2) {
      b[i] = _mm512_unpacklo_ps(a[i], a[i + 1]);
      b[i + 1] = _mm512_unpackhi_ps(a[i], a[i + 1]);
    }
    const auto low = [](__m512 x, __m512 y) __attribute__((always_inline)) {
      return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)));
    };
    const auto high = [](__m512 x, __m512 y) __attribute__((always_inline)) {
      return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(x), _mm512_castps_pd(y)));
    };
    for (std::size_t i = 0; i < 16; i += 4) {
      a[i] = low(b[i], b[i + 2]);
      a[i + 1] = high(b[i], b[i + 2]);
      a[i + 2] = low(b[i + 1], b[i + 3]);
      a[i + 3] = high(b[i + 1], b[i + 3]);
    }
    // a[4g + k] has feature 4s + k of rows 4g … 4g + 3 in its sixteen bytes s.
    for (std::size_t k = 0; k < 4; ++k) {
      const __m512 even01 = _mm512_shuffle_f32x4(a[k], a[4 + k], 0x88);
      const __m512 odd01 = _mm512_shuffle_f32x4(a[k], a[4 + k], 0xdd);
      const __m512 even23 = _mm512_shuffle_f32x4(a[8 + k], a[12 + k], 0x88);
      const __m512 odd23 = _mm512_shuffle_f32x4(a[8 + k], a[12 + k], 0xdd);
      b[k] = _mm512_shuffle_f32x4(even01, even23, 0x88);
      b[4 + k] = _mm512_shuffle_f32x4(odd01, odd23, 0x88);
      b[8 + k] = _mm512_shuffle_f32x4(even01, even23, 0xdd);
      b[12 + k] = _mm512_shuffle_f32x4(odd01, odd23, 0xdd);
    }
    for (std::size_t i = 0; i < size; ++i) _mm512_storeu_ps(columns[i] + row, b[i]);
  }
  return row;
}

// ---- ranks ----

// One step down the search tree of a feature: element `at` of its level, which begins at that power of two.
template <int level>
__attribute__((always_inline)) inline __m512 step(const __m512* tree, __m512i at) {
  if constexpr (level < 4) {
    return _mm512_permutexvar_ps(at, tree[0]);
  } else if constexpr (level == 4) {
    return _mm512_permutexvar_ps(at, tree[1]);
  } else if constexpr (level == 5) {
    return _mm512_permutex2var_ps(tree[2], at, tree[3]);
  } else {
    constexpr std::size_t half = std::size_t{1} << (level - 5);  // registers
    const auto part = [&](std::size_t i) __attribute__((always_inline)) {
      return _mm512_permutex2var_ps(tree[2 * half + 2 * i], at, tree[2 * half + 2 * i + 1]);
    };
    const __mmask16 bit5 = _mm512_test_epi32_mask(at, _mm512_set1_epi32(32));
    const __m512 first = _mm512_mask_blend_ps(bit5, part(0), part(1));
    if constexpr (level == 6) {
      return first;
    } else {
      const __mmask16 bit6 = _mm512_test_epi32_mask(at, _mm512_set1_epi32(64));
      return _mm512_mask_blend_ps(bit6, first, _mm512_mask_blend_ps(bit5, part(2), part(3)));
    }
  }
}

template <int levels, int level = 0>
__attribute__((always_inline)) inline __m512i descend_search(const __m512* tree, __m512 value, __m512i at) {
  if constexpr (level == levels) {
    return at;
  } else {
    const __mmask16 right = _mm512_cmp_ps_mask(value, step<level>(tree, at), _CMP_GE_OQ);
    const __m512i twice = _mm512_add_epi32(at, at);
    return descend_search<levels, level + 1>(tree, value,
                                             _mm512_mask_add_epi32(twice, right, twice, _mm512_set1_epi32(1)));
  }
}

template <int levels>
void search(const float* thresholds, const float* values, std::size_t rows, unsigned char* ranks) {
  constexpr std::size_t registers = (std::size_t{1} << levels) / 16;
  __m512 tree[registers];
  for (std::size_t i = 0; i < registers; ++i) tree[i] = _mm512_loadu_ps(thresholds + 16 * i);
  const __m512i top = _mm512_set1_epi32((1 << levels) - 1);
  for (std::size_t row = 0; row < rows; row += 16) {
    const __m512i end = descend_search<levels>(tree, _mm512_loadu_ps(values + row), _mm512_set1_epi32(1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(ranks + row), _mm512_cvtepi32_epi8(_mm512_and_si512(end, top)));
  }
}

constexpr bool ranks_pages = true;

void rank_page(const PageView& view, const float* values, std::size_t rows, unsigned char* ranks) {
  switch (view.levels) {
    case 4:
      return search<4>(view.tree, values, rows, ranks);
    case 5:
      return search<5>(view.tree, values, rows, ranks);
    case 6:
      return search<6>(view.tree, values, rows, ranks);
    case 7:
      return search<7>(view.tree, values, rows, ranks);
    default:
      return search<8>(view.tree, values, rows, ranks);
  }
}

}  // namespace
}  // namespace mlsys::forest

#include "kernel.inl"

namespace mlsys::forest {
namespace {

// ---- single rows ----
// The nodes of the upper six levels of a tree are compared at once, each with the rank of its own feature; the answers
// are 63 bits (see NodeBytes), in which two look-ups find the place below.

// For the seven bits of a perfect tree of three levels, which of its eight places t is reached: as t, and for the upper
// levels as 7t, where the bits of its own part begin, plus 8t, its first place, in the upper byte.
struct Paths {
  std::uint8_t place[128];
  std::uint16_t part[128];
};
constexpr Paths make_paths() {
  Paths paths{};
  for (unsigned bits = 0; bits < 128; ++bits) {
    unsigned place = 0;
    for (int level = 0; level < 3; ++level) place = 2 * place + 1 + (bits >> place & 1);
    place -= 7;
    paths.place[bits] = static_cast<std::uint8_t>(place);
    paths.part[bits] = static_cast<std::uint16_t>(8 * place << 8 | 7 * place);
  }
  return paths;
}
constexpr Paths paths = make_paths();

__attribute__((always_inline)) inline std::size_t place_of(std::uint64_t right) {
  const unsigned part = paths.part[right >> 56];
  return (part >> 8) + paths.place[right >> (part & 63) & 127];
}

// The number of a page's thresholds that are <= value; 0 for NaN. Fifteen pivots choose sixteen thresholds.
__attribute__((always_inline)) inline std::size_t rank_by_sixteens(const float* pivots, float value) {
  const __m512 own = _mm512_set1_ps(value);
  const auto below = [&](const float* thresholds) __attribute__((always_inline)) {
    const __mmask16 mask = _mm512_cmp_ps_mask(own, _mm512_loadu_ps(thresholds), _CMP_GE_OQ);
    return static_cast<std::size_t>(_mm_popcnt_u32(_cvtmask16_u32(mask)));
  };
  const float* group = pivots + 16 * below(pivots);
  return static_cast<std::size_t>(group - pivots) + below(group + 16);
}

// The bytes of a RankTable: the rank of a row in each page, in the first half with missing values going left, in the
// second right.
template <std::size_t registers>
struct RowRanks {
  static constexpr std::size_t half = 32 * registers;
  alignas(64) unsigned char bytes[2 * half];

  void clear() { std::memset(bytes, 0, sizeof(bytes)); }
  __attribute__((always_inline)) void set(std::size_t page, unsigned char rank, bool missing) {
    bytes[page] = rank;
    bytes[half + page] = missing ? 255 : rank;
  }
  [[nodiscard]] bool missing(std::size_t page) const { return bytes[page] != bytes[half + page]; }
};

template <std::size_t registers>
void rank_row(const BlockJob& job, std::uint64_t row, RowRanks<registers>& ranks) {
  const Cursor* features = job.source.features;
  const std::size_t pages = job.pages;
  for (std::size_t i = 0; i < pages; ++i) {
    const PageView& page = job.page[i];
    const Cursor& cursor = features[page.feature];
    const float value = cursor.values[row * cursor.stride];
    ranks.set(i, static_cast<unsigned char>(rank_by_sixteens(page.pivots, value)), value != value);
  }
}

// The same of several rows, by the search of blocks.
constexpr std::size_t most_rows = 64;
template <std::size_t registers>
void rank_rows(const BlockJob& job, std::uint64_t first, std::size_t count, RowRanks<registers>* ranks) {
  const std::size_t rows_used = (count + 15) / 16 * 16;
  std::size_t slot = 0;
  for (std::size_t begin = 0; begin < job.numerics; begin += tile) {
    const std::size_t end = begin + tile < job.numerics ? begin + tile : job.numerics;
    alignas(64) float buffer[tile][block_rows];
    const float* values[tile];
    fetch(job, begin, end, first, count, rows_used, buffer, values);
    for (std::size_t i = begin; i < end; ++i) {
      const float* own = values[i - begin];
      for (std::uint32_t page = 0; page < job.numeric[i].pages; ++page, ++slot) {
        unsigned char found[most_rows];
        rank_page(job.numeric[i].page[page], own, rows_used, found);
        for (std::size_t row = 0; row < count; ++row) ranks[row].set(slot, found[row], own[row] != own[row]);
      }
    }
  }
}

template <std::size_t registers>
struct RankTable {
  __m512i ranks[registers];

  RankTable() = default;
  explicit RankTable(const RowRanks<registers>& row) {
    for (std::size_t i = 0; i < registers; ++i) ranks[i] = _mm512_load_si512(row.bytes + 64 * i);
  }

  // Which nodes send the row right.
  [[nodiscard]] __attribute__((always_inline)) std::uint64_t compare(const NodeBytes& nodes) const {
    const __m512i slots = _mm512_load_si512(nodes.slots);
    const __m512i thresholds = _mm512_load_si512(nodes.thresholds);
    if constexpr (registers == 1) {
      return _mm512_cmpgt_epu8_mask(_mm512_permutexvar_epi8(slots, ranks[0]), thresholds);
    } else if constexpr (registers == 2) {
      return _mm512_cmpgt_epu8_mask(_mm512_permutex2var_epi8(ranks[0], slots, ranks[1]), thresholds);
    } else {
      const __m512i low = _mm512_permutex2var_epi8(ranks[0], slots, ranks[1]);
      const __m512i high = _mm512_permutex2var_epi8(ranks[2], slots, ranks[3]);
      return _mm512_cmpgt_epu8_mask(_mm512_mask_blend_epi8(_mm512_movepi8_mask(slots), low, high), thresholds);
    }
  }
};

// Where the answers about a row's category in the trees of the job begin.
__attribute__((always_inline)) inline const std::uint64_t* answers_of(const BlockJob& job, const CategoricalView& view,
                                                                      std::uint32_t number) {
  return view.answers + number * job.all_trees + job.first_tree;
}

__attribute__((always_inline)) inline float first_of(const BlockJob& job, std::uint64_t row, std::size_t output) {
  return job.base_margin == nullptr ? job.base[output] : job.base_margin[row * job.outputs + output];
}

// Several rows at once of models of one output of which no tree has more than six levels: each sum is a chain of
// additions that has to wait for itself, so that the rows hide each other's.
template <std::size_t registers, std::size_t lanes>
void run_lanes(const BlockJob& job, std::uint64_t first, const RowRanks<registers>* ranks, float* out,
               unsigned char* scratch) {
  const auto** answers = reinterpret_cast<const std::uint64_t**>(scratch);
  RankTable<registers> tables[lanes];
  float sums[lanes];
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const std::uint64_t row = first + lane;
    tables[lane] = RankTable<registers>(ranks[lane]);
    sums[lane] = first_of(job, row, 0);
    for (std::size_t i = 0; i < job.categoricals; ++i) {
      const CategoricalView& view = job.categorical[i];
      answers[i * lanes + lane] = answers_of(job, view, class_of(view, job.source.features[view.feature], row));
    }
  }
  const NodeBytes* nodes = job.nodes;
  const float* leaves = job.node_leaves;
  for (std::size_t tree = 0; tree < job.tree_count; ++tree, leaves += 64) {
    std::uint64_t right[lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane) right[lane] = tables[lane].compare(nodes[tree]);
    for (std::size_t i = 0; i < job.categoricals; ++i)
      for (std::size_t lane = 0; lane < lanes; ++lane) right[lane] |= answers[i * lanes + lane][tree];
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += leaves[place_of(right[lane])];
  }
  for (std::size_t lane = 0; lane < lanes; ++lane) out[first + lane] = sums[lane];
}

// Fewer rows are ranked one by one.
constexpr std::size_t least_rows = 8;
template <std::size_t registers>
void run_shallow(const BlockJob& job, std::uint64_t first, std::size_t count, float* out, unsigned char* scratch) {
  constexpr std::size_t lanes = 4;
  RowRanks<registers> ranks[most_rows];
  while (count > 0) {
    const std::size_t part = count < most_rows ? count : most_rows;
    for (std::size_t i = 0; i < part; ++i) ranks[i].clear();
    if (part >= least_rows) {
      rank_rows(job, first, part, ranks);
    } else {
      for (std::size_t i = 0; i < part; ++i) rank_row(job, first + i, ranks[i]);
    }
    std::size_t row = 0;
    for (; row + lanes <= part; row += lanes) run_lanes<registers, lanes>(job, first + row, ranks + row, out, scratch);
    for (; row < part; ++row) run_lanes<registers, 1>(job, first + row, ranks + row, out, scratch);
    first += part;
    count -= part;
  }
}

// Any model. Rows of models of which some trees have more than six levels are `deep`: their predicates are needed for
// the rest.
template <std::size_t registers, bool deep>
void run_nodes(const BlockJob& job, std::uint64_t first, std::size_t count, float* out, unsigned char* scratch) {
  RowRanks<registers> ranks;
  ranks.clear();
  const auto** answers = reinterpret_cast<const std::uint64_t**>(scratch);
  auto* classes = reinterpret_cast<std::uint32_t*>(answers + job.categoricals);
  auto* bytes = reinterpret_cast<unsigned char*>(classes + job.categoricals);
  const NodeBytes* nodes = job.nodes;
  const float* leaves = job.node_leaves;
  const NodesBelow* below = job.nodes_below;
  for (std::uint64_t row = first; row < first + count; ++row) {
    rank_row(job, row, ranks);
    const RankTable<registers> table(ranks);
    for (std::size_t i = 0; i < job.categoricals; ++i) {
      const CategoricalView& view = job.categorical[i];
      classes[i] = class_of(view, job.source.features[view.feature], row);
      answers[i] = answers_of(job, view, classes[i]);
    }
    if constexpr (deep) {
      for (std::size_t i = 0; i < job.pages; ++i)
        predicates_of_page(job.page[i], ranks.bytes[i], ranks.missing(i), bytes);
      for (std::size_t i = 0; i < job.categoricals; ++i) predicates_of_class(job.categorical[i], classes[i], bytes);
    }
    const auto value_of = [&](std::size_t tree) __attribute__((always_inline)) {
      std::uint64_t right = table.compare(nodes[tree]);
      for (std::size_t i = 0; i < job.categoricals; ++i) right |= answers[i][tree];
      const std::size_t place = 64 * tree + place_of(right);
      if constexpr (!deep) return leaves[place];
      const NodesBelow& last = below[place];
      const std::size_t upper = bytes[last.predicates[0]];
      return last.leaves[2 * upper + bytes[last.predicates[1 + upper]]];
    };
    float* sums = out + row * job.outputs;
    for (std::size_t output = 0; output < job.outputs; ++output) sums[output] = first_of(job, row, output);
    if (job.outputs == 1 && !job.some_walked) {  // the sum stays in a register
      float sum = sums[0];
      for (std::size_t i = 0; i < job.tree_count; ++i) sum += value_of(i);
      sums[0] = sum;
      continue;
    }
    for (std::size_t i = 0; i < job.tree_count; ++i) {
      const TreeView& tree = job.trees[i];
      const bool walked = tree.depth < 0 || tree.exits != nullptr;
      sums[tree.output] += walked ? value_of_tree(job, tree, bytes, row) : value_of(i);
    }
  }
}

template <std::size_t registers>
void run_nodes_of(const BlockJob& job, std::uint64_t first, std::size_t count, float* out, unsigned char* scratch) {
  if (job.nodes_below != nullptr) return run_nodes<registers, true>(job, first, count, out, scratch);
  if (job.outputs == 1 && !job.some_walked) return run_shallow<registers>(job, first, count, out, scratch);
  run_nodes<registers, false>(job, first, count, out, scratch);
}

void run_rows_by_nodes(const BlockJob& job, std::uint64_t first, std::size_t count, float* out,
                       unsigned char* scratch) {
  switch (job.rank_registers) {
    case 0:
      return run_rows(job, first, count, out, scratch);
    case 1:
      return run_nodes_of<1>(job, first, count, out, scratch);
    case 2:
      return run_nodes_of<2>(job, first, count, out, scratch);
    default:
      return run_nodes_of<4>(job, first, count, out, scratch);
  }
}

}  // namespace

const Kernels* avx512_kernels() {
  static constexpr Kernels kernels{.rows = block_rows,
                                   .scratch = scratch_bytes,
                                   .run = run_block,
                                   .run_rows = run_rows_by_nodes,
                                   .block = {.predicate = 1.15, .category = 2.5, .leaf = 0.57},
                                   .block_row = {.feature = 0.4, .tree = 0.1},
                                   .single_row = {.feature = 0.9, .category = 0.02, .tree = 0.84, .deep = 2.6}};
  static const bool supported = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                                __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("bmi2");
  return supported ? &kernels : nullptr;
}

}  // namespace mlsys::forest
#else
namespace mlsys::forest {
const Kernels* avx512_kernels() { return nullptr; }
}  // namespace mlsys::forest
#endif
