// The block kernel, compiled once per instruction set. Before it is included:
//   width                     bytes of a vector
//   Bits                      a vector of std::uint64_t of that width
//   position_of, add_leaves   how sums are kept and leaves are looked up (see kernel_portable.cpp)
//
// A block has eight rows for each byte of a vector. A predicate of a block is one vector: bit j of byte b belongs to
// row j * width + b, so that eight vectors of bytes and eight vectors of bits turn into each other by swapping bits
// between vectors, never between bytes.

namespace mlsys::forest {
namespace {

constexpr std::size_t block_rows = 8 * width;

__attribute__((always_inline)) inline Bits load(const unsigned char* from) {
  Bits bits;
  std::memcpy(&bits, from, width);
  return bits;
}
__attribute__((always_inline)) inline void store(unsigned char* to, Bits bits) { std::memcpy(to, &bits, width); }

template <int shift, class Vector>
__attribute__((always_inline)) inline void exchange(Vector& low, Vector& high, std::uint64_t mask) {
  const Vector moved = ((low >> shift) ^ high) & mask;
  high ^= moved;
  low ^= moved << shift;
}

// Exchanges bit j of plane i and bit i of plane j, in every byte.
template <class Vector>
__attribute__((always_inline)) inline void transpose(Vector* p) {
  constexpr std::uint64_t ones = 0x5555555555555555U;
  constexpr std::uint64_t twos = 0x3333333333333333U;
  constexpr std::uint64_t fours = 0x0f0f0f0f0f0f0f0fU;
  exchange<1>(p[0], p[1], ones);
  exchange<1>(p[2], p[3], ones);
  exchange<1>(p[4], p[5], ones);
  exchange<1>(p[6], p[7], ones);
  exchange<2>(p[0], p[2], twos);
  exchange<2>(p[1], p[3], twos);
  exchange<2>(p[4], p[6], twos);
  exchange<2>(p[5], p[7], twos);
  exchange<4>(p[0], p[4], fours);
  exchange<4>(p[1], p[5], fours);
  exchange<4>(p[2], p[6], fours);
  exchange<4>(p[3], p[7], fours);
}

// ---- numbers ----

template <int steps>
void rank_in_cells(const NumericView& view, const float* values, std::int32_t* ranks) {
  if (view.map == 0) {
    for (std::size_t i = 0; i < block_rows; ++i) ranks[i] = linear_cell(values[i], view.low, view.scale, view.top);
  } else {
    for (std::size_t i = 0; i < block_rows; ++i)
      ranks[i] = bits_cell(values[i], view.first, view.last, view.shift);
  }
  for (std::size_t i = 0; i < block_rows; ++i) {
    const float value = values[i];
    const float* thresholds = view.thresholds + view.start[ranks[i]];
    std::int32_t rank = view.start[ranks[i]];
    for (int step = 0; step < steps; ++step) rank += value >= thresholds[step] ? 1 : 0;
    ranks[i] = rank;
  }
}

void rank_by_search(const NumericView& view, const float* values, std::int32_t* ranks) {
  for (std::size_t i = 0; i < block_rows; ++i) {
    std::uint32_t rank = 0;
    std::uint32_t size = view.count;
    while (size > 0) {
      const std::uint32_t half = size / 2;
      const bool above = values[i] >= view.thresholds[rank + half];
      rank = above ? rank + half + 1 : rank;
      size = above ? size - half - 1 : half;
    }
    ranks[i] = static_cast<std::int32_t>(rank);
  }
}

void rank_values(const NumericView& view, const float* values, std::int32_t* ranks) {
  if (view.map == 2) return rank_by_search(view, values, ranks);
  switch (view.steps) {
    case 1: return rank_in_cells<1>(view, values, ranks);
    case 2: return rank_in_cells<2>(view, values, ranks);
    case 3: return rank_in_cells<3>(view, values, ranks);
    default: return rank_in_cells<6>(view, values, ranks);
  }
}

// Bits of the rank within a page, from the rank among all thresholds of the feature.
void rank_planes(const PageView& page, const std::int32_t* ranks, Bits* planes) {
  alignas(64) unsigned char bytes[block_rows];
  const auto offset = static_cast<std::int32_t>(page.offset);
  for (std::size_t i = 0; i < block_rows; ++i) {
    std::int32_t rank = ranks[i] - offset;
    rank = rank > 0 ? rank : 0;
    bytes[i] = static_cast<unsigned char>(rank < 255 ? rank : 255);
  }
  for (std::size_t i = 0; i < 8; ++i) planes[i] = load(bytes + i * width);
  transpose(planes);
}

// Every predicate of a page: rank > threshold. The high and the low four bits of the rank are compared with every value
// they can have, so that a predicate costs two operations.
void evaluate_page(const PageView& page, const Bits* planes, Bits missing, unsigned char* rows) {
  Bits low[16];
  for (unsigned value = 0; value < 16; ++value) {
    Bits above = {};
    for (unsigned bit = 0; bit < 4; ++bit) above = (value >> bit & 1U) != 0 ? above & planes[bit] : above | planes[bit];
    low[value] = above;
  }
  const Bits none = {};
  const Bits choices[2] = {none, missing};
  unsigned char* row = rows + page.row * width;
  const std::uint8_t* pair = page.pairs;
  if (page.count < 16) {
    for (std::uint32_t i = 0; i < page.predicates; ++i, pair += 2, row += width)
      store(row, low[pair[0]] | choices[pair[1]]);
    return;
  }
  Bits equal[16];
  Bits above[16];
  for (unsigned value = 0; value < 16; ++value) {
    Bits same = ~none;
    for (unsigned bit = 0; bit < 4; ++bit) same &= (value >> bit & 1U) != 0 ? planes[4 + bit] : ~planes[4 + bit];
    equal[value] = same;
  }
  above[15] = none;
  for (unsigned value = 15; value-- > 0;) above[value] = above[value + 1] | equal[value + 1];
  for (std::uint32_t i = 0; i < page.predicates; ++i, pair += 2, row += width) {
    const unsigned high = pair[0] >> 4U;
    store(row, above[high] | (equal[high] & low[pair[0] & 15U]) | choices[pair[1]]);
  }
}

// The block's values of a feature, contiguous; rows behind the end are 0.
const float* values_of(const Cursor& cursor, std::uint64_t first, std::size_t count, float* buffer) {
  const float* from = cursor.values + first * cursor.stride;
  if (cursor.stride == 1 && count == block_rows) return from;
  for (std::size_t i = 0; i < count; ++i) buffer[i] = from[i * cursor.stride];
  for (std::size_t i = count; i < block_rows; ++i) buffer[i] = 0;
  return buffer;
}

void evaluate_numeric(const NumericView& view, const Cursor& cursor, std::uint64_t first, std::size_t count,
                      unsigned char* rows) {
  alignas(64) float buffer[block_rows];
  alignas(64) std::int32_t ranks[block_rows];
  const float* values = values_of(cursor, first, count, buffer);
  rank_values(view, values, ranks);
  Bits missing = {};
  for (std::uint32_t i = 0; i < view.pages; ++i) {
    if (!view.page[i].missing) continue;
    alignas(64) unsigned char bytes[block_rows];
    for (std::size_t row = 0; row < block_rows; ++row) bytes[row] = values[row] == values[row] ? 0 : 1;
    for (int bit = 0; bit < 8; ++bit) missing |= load(bytes + static_cast<std::size_t>(bit) * width) << bit;
    break;
  }
  for (std::uint32_t i = 0; i < view.pages; ++i) {
    Bits planes[8];
    rank_planes(view.page[i], ranks, planes);
    evaluate_page(view.page[i], planes, missing, rows);
  }
}

// ---- categories ----

typedef std::uint64_t Bits16 __attribute__((vector_size(16)));
typedef std::uint8_t Bytes16 __attribute__((vector_size(16)));

// Exchanges byte j of vector i and byte i of vector j.
__attribute__((always_inline)) inline void transpose_bytes(Bytes16* from) {
  Bytes16 to[16];
  for (int stage = 0; stage < 4; ++stage) {
    for (int i = 0; i < 8; ++i) {
      to[2 * i] = __builtin_shufflevector(from[i], from[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      to[2 * i + 1] =
          __builtin_shufflevector(from[i], from[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    for (int i = 0; i < 16; ++i) from[i] = to[i];
  }
}

void classes_of(const CategoricalView& view, const Cursor& cursor, std::uint64_t first, std::size_t count,
                const unsigned char** bits) {
  const auto class_of = [&](std::uint32_t code) { return code < view.codes ? view.classes[code] : 0; };
  for (std::size_t i = 0; i < block_rows; ++i) {
    std::uint32_t number = 0;
    if (i >= count) {
      number = 0;
    } else if (cursor.codes != nullptr) {
      const std::int32_t code = cursor.codes[first + i];
      number = code < 0 ? 1 : class_of(static_cast<std::uint32_t>(code));
    } else {
      const float value = cursor.values[(first + i) * cursor.stride];
      if (value != value) {
        number = 1;
      } else if (value >= 0.F && value < 16777216.F) {
        number = class_of(static_cast<std::uint32_t>(value));
      }
    }
    bits[i] = view.bits + number * view.stride;
  }
}

// Each row fetches the bits of its class; then bits of rows become bits of predicates.
void evaluate_categorical(const CategoricalView& view, const Cursor& cursor, std::uint64_t first, std::size_t count,
                          unsigned char* rows) {
  const unsigned char* bits[block_rows];
  classes_of(view, cursor, first, count, bits);
  for (std::size_t chunk = 0; chunk < view.stride; chunk += 16) {
    const std::size_t left = view.count - chunk * 8;
    for (std::size_t part = 0; part < width; part += 16) {
      Bytes16 groups[8][16];
      for (std::size_t i = 0; i < 16; ++i) {
        Bits16 planes[8];
        for (std::size_t j = 0; j < 8; ++j) std::memcpy(&planes[j], bits[j * width + part + i] + chunk, 16);
        transpose(planes);
        for (std::size_t k = 0; k < 8; ++k) std::memcpy(&groups[k][i], &planes[k], 16);
      }
      for (std::size_t k = 0; k < 8; ++k) {
        transpose_bytes(groups[k]);
        for (std::size_t c = 0; c < 16 && 8 * c + k < left; ++c)
          std::memcpy(rows + (view.row + chunk * 8 + 8 * c + k) * width + part, &groups[k][c], 16);
      }
    }
  }
}

// ---- trees ----

// What the nodes of level `target` say, each row seeing only the one on its path. `chosen` are the levels above.
template <int level, int target>
__attribute__((always_inline)) inline Bits fold(const unsigned char* rows, const std::uint32_t* offsets, unsigned place,
                                                const Bits* chosen) {
  if constexpr (level == target) {
    return load(rows + std::size_t{offsets[place]} * (width / 16));
  } else {
    const Bits left = fold<level + 1, target>(rows, offsets, 2 * place + 1, chosen);
    const Bits right = fold<level + 1, target>(rows, offsets, 2 * place + 2, chosen);
    return left ^ ((left ^ right) & chosen[level]);
  }
}

template <int depth, int level = 0>
__attribute__((always_inline)) inline void descend(const unsigned char* rows, const std::uint32_t* offsets,
                                                   Bits* chosen) {
  if constexpr (level < depth) {
    chosen[level] = fold<0, level>(rows, offsets, 0, chosen);
    descend<depth, level + 1>(rows, offsets, chosen);
  }
}

template <int depth>
void add_tree(const TreeView& tree, const unsigned char* rows, float* sums) {
  Bits chosen[8] = {};
  descend<depth>(rows, tree.rows, chosen);
  Bits planes[8] = {};
  for (int level = 0; level < depth; ++level) planes[depth - 1 - level] = chosen[level];
  transpose(planes);
  add_leaves<depth>(tree, planes, sums);
}

void add_one(const BlockJob& job, const TreeView& tree, const unsigned char* rows, std::uint64_t first,
             std::size_t count, float* sums) {
  switch (tree.depth) {
    case 0:
      for (std::size_t i = 0; i < block_rows; ++i) sums[i] += tree.leaves[0];
      return;
    case 1: return add_tree<1>(tree, rows, sums);
    case 2: return add_tree<2>(tree, rows, sums);
    case 3: return add_tree<3>(tree, rows, sums);
    case 4: return add_tree<4>(tree, rows, sums);
    case 5: return add_tree<5>(tree, rows, sums);
    case 6: return add_tree<6>(tree, rows, sums);
    case 7: return add_tree<7>(tree, rows, sums);
    case 8: return add_tree<8>(tree, rows, sums);
    default: break;
  }
  float values[block_rows];
  walk_values(*job.plan, tree.root, job.source, first, count, values);
  for (std::size_t i = 0; i < count; ++i) sums[position_of(i)] += values[i];
}

std::size_t scratch_bytes(std::size_t predicates, std::size_t outputs) {
  return predicates * width + outputs * block_rows * sizeof(float) + 64;
}

void run_block(const BlockJob& job, std::size_t predicates, std::uint64_t first, std::size_t count, float* out,
               unsigned char* scratch) {
  unsigned char* rows = scratch;
  auto* sums = reinterpret_cast<float*>(scratch + (predicates * width + 63) / 64 * 64);
  for (std::size_t i = 0; i < job.numerics; ++i)
    evaluate_numeric(job.numeric[i], job.source.features[job.numeric[i].feature], first, count, rows);
  for (std::size_t i = 0; i < job.categoricals; ++i)
    evaluate_categorical(job.categorical[i], job.source.features[job.categorical[i].feature], first, count, rows);
  for (std::size_t output = 0; output < job.outputs; ++output) {
    float* sum = sums + output * block_rows;
    for (std::size_t i = 0; i < block_rows; ++i) sum[i] = job.base[output];
    if (job.base_margin == nullptr) continue;
    for (std::size_t i = 0; i < count; ++i)
      sum[position_of(i)] = job.base_margin[(first + i) * job.outputs + output];
  }
  for (std::size_t i = 0; i < job.tree_count; ++i)
    add_one(job, job.trees[i], rows, first, count, sums + job.trees[i].output * block_rows);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t output = 0; output < job.outputs; ++output)
      out[(first + i) * job.outputs + output] = sums[output * block_rows + position_of(i)];
}

}  // namespace
}  // namespace mlsys::forest
