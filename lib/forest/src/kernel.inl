// The block kernel, compiled once per instruction set. Before it is included:
//   width                     bytes of a vector
//   Bits                      a vector of std::uint64_t of that width
//   Octets                    the same of bytes
//   interleave_low, _high     of the first or last eight bytes of each sixteen of two vectors
//   every_sixteenth           sixteen bytes each from the first, the 17th, ... of some pointers, at an offset
//   select                    the bits of one vector or of another, as a third says
//   exceeds                   1 in each byte that is greater than that of another vector, else 0
//   ranks_pages, rank_page    whether and how ranks are found among the thresholds of a page alone
//   turn                      copies some of the rows of adjacent features to their columns, and says how many
//   position_of, add_leaves   how sums are kept and leaves are looked up (see kernel_portable.cpp)
//
// A block has eight rows for each byte of a vector. A predicate of a block is one vector: bit j of byte b belongs to
// row j * width + b, so that eight vectors of bytes and eight vectors of bits turn into each other by swapping bits
// between vectors, never between bytes.

namespace mlsys::forest {
namespace {

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

// `rows` of these functions is a multiple of the width of a vector.
template <int steps, class Rank>
void rank_in_cells(const NumericView& view, const float* values, std::size_t rows, Rank* ranks) {
  alignas(64) std::int32_t cells[block_rows];
  if (view.map == 0) {
    for (std::size_t i = 0; i < rows; ++i) cells[i] = linear_cell(values[i], view.low, view.scale, view.top);
  } else {
    for (std::size_t i = 0; i < rows; ++i) cells[i] = bits_cell(values[i], view.first, view.last, view.shift);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const float value = values[i];
    unsigned rank = view.start[cells[i]];
    const float* thresholds = view.thresholds + rank;
    for (int step = 0; step < steps; ++step) rank += value >= thresholds[step] ? 1U : 0U;
    ranks[i] = static_cast<Rank>(rank);
  }
}

template <class Rank>
void rank_by_search(const NumericView& view, const float* values, std::size_t rows, Rank* ranks) {
  for (std::size_t i = 0; i < rows; ++i) {
    std::uint32_t rank = 0;
    std::uint32_t size = view.count;
    while (size > 0) {
      const std::uint32_t half = size / 2;
      const bool above = values[i] >= view.thresholds[rank + half];
      rank = above ? rank + half + 1 : rank;
      size = above ? size - half - 1 : half;
    }
    ranks[i] = static_cast<Rank>(rank);
  }
}

template <class Rank>
void rank_values(const NumericView& view, const float* values, std::size_t rows, Rank* ranks) {
  if (view.map == 2) return rank_by_search(view, values, rows, ranks);
  switch (view.steps) {
    case 1:
      return rank_in_cells<1>(view, values, rows, ranks);
    case 2:
      return rank_in_cells<2>(view, values, rows, ranks);
    case 3:
      return rank_in_cells<3>(view, values, rows, ranks);
    default:
      return rank_in_cells<6>(view, values, rows, ranks);
  }
}

__attribute__((always_inline)) inline unsigned char rank_in_page(std::uint32_t rank, std::uint32_t offset) {
  const std::uint32_t above = rank > offset ? rank - offset : 0;
  return static_cast<unsigned char>(above < 255 ? above : 255);
}

// Every predicate of a page: rank > threshold. The high and the low four bits of the rank are compared with every value
// they can have, so that a predicate costs two operations.
void evaluate_page(const PageView& page, const Bits* p, Bits missing, unsigned char* rows) {
  const Bits none = {};
  // Pairs of bits: above[k] says that they are more than k.
  const Bits above_low[4] = {p[0] | p[1], p[1], p[0] & p[1], none};
  const Bits above_next[4] = {p[2] | p[3], p[3], p[2] & p[3], none};
  const Bits equal_next[4] = {~p[3] & ~p[2], ~p[3] & p[2], p[3] & ~p[2], p[3] & p[2]};
  Bits low[16];
  for (std::size_t i = 0; i < 4; ++i) {
    low[4 * i] = above_next[i] | (equal_next[i] & above_low[0]);
    low[4 * i + 1] = above_next[i] | (equal_next[i] & above_low[1]);
    low[4 * i + 2] = above_next[i] | (equal_next[i] & above_low[2]);
    low[4 * i + 3] = above_next[i];
  }
  unsigned char* row = rows + page.row * width;
  const std::uint8_t* nibble = page.nibbles;
  const auto bytes_of = [](const Bits* table) { return reinterpret_cast<const unsigned char*>(table); };
  constexpr std::size_t scale = width / 16;
  if (page.count < 16) {
    for (std::uint32_t i = 0; i < page.predicates; ++i, nibble += 2, row += width)
      store(row, load(bytes_of(low) + nibble[1] * scale) | (i < page.missing_left ? none : missing));
    return;
  }
  const Bits equal_third[4] = {~p[5] & ~p[4], ~p[5] & p[4], p[5] & ~p[4], p[5] & p[4]};
  const Bits equal_fourth[4] = {~p[7] & ~p[6], ~p[7] & p[6], p[7] & ~p[6], p[7] & p[6]};
  Bits equal[16];
  Bits above[16];
  for (std::size_t i = 0; i < 4; ++i) {
    equal[4 * i] = equal_fourth[i] & equal_third[0];
    equal[4 * i + 1] = equal_fourth[i] & equal_third[1];
    equal[4 * i + 2] = equal_fourth[i] & equal_third[2];
    equal[4 * i + 3] = equal_fourth[i] & equal_third[3];
  }
  above[15] = none;
  for (unsigned value = 15; value-- > 0;) above[value] = above[value + 1] | equal[value + 1];
  const auto right = [&](const std::uint8_t* at) __attribute__((always_inline)) {
    const std::size_t high = at[0] * scale;
    return load(bytes_of(above) + high) | (load(bytes_of(equal) + high) & load(bytes_of(low) + at[1] * scale));
  };
  std::uint32_t i = 0;
  for (; i < page.missing_left; ++i, nibble += 2, row += width) store(row, right(nibble));
  for (; i < page.predicates; ++i, nibble += 2, row += width) store(row, right(nibble) | missing);
}

// Bytes that are 0 or 1, of `rows` rows, as bits.
__attribute__((always_inline)) inline Bits bits_of(const unsigned char* bytes, std::size_t rows) {
  Bits bits = {};
  for (std::size_t bit = 0; bit * width < rows; ++bit) bits |= load(bytes + bit * width) << static_cast<int>(bit);
  return bits;
}

void evaluate_numeric(const NumericView& view, const float* values, std::size_t rows_used, unsigned char* rows) {
  alignas(64) unsigned char bytes[block_rows];
  Bits missing = {};
  for (std::uint32_t i = 0; i < view.pages; ++i) {
    if (view.page[i].missing_left == view.page[i].predicates) continue;
    for (std::size_t row = 0; row < rows_used; ++row) bytes[row] = values[row] == values[row] ? 0 : 1;
    missing = bits_of(bytes, rows_used);
    break;
  }
  // Few pages may be ranked each on its own; the ranks among all thresholds serve any number.
  const bool each = ranks_pages && view.pages <= 4;
  const bool single = view.count <= 255;
  alignas(64) std::uint32_t ranks[block_rows];
  if (single && !each)
    rank_values(view, values, rows_used, bytes);
  else if (!each)
    rank_values(view, values, rows_used, ranks);
  for (std::uint32_t i = 0; i < view.pages; ++i) {
    const PageView& page = view.page[i];
    if (page.count == 1 && !single) {
      for (std::size_t row = 0; row < rows_used; ++row)
        bytes[row] = values[row] >= view.thresholds[page.offset] ? 1 : 0;
      const Bits right = bits_of(bytes, rows_used);
      unsigned char* to = rows + page.row * width;
      for (std::uint32_t k = 0; k < page.predicates; ++k, to += width)
        store(to, k < page.missing_left ? right : right | missing);
      continue;
    }
    if (each)
      rank_page(page, values, rows_used, bytes);
    else if (!single)
      for (std::size_t row = 0; row < rows_used; ++row) bytes[row] = rank_in_page(ranks[row], page.offset);
    Bits planes[8] = {};
    for (std::size_t j = 0; j * width < rows_used; ++j) planes[j] = load(bytes + j * width);
    transpose(planes);
    evaluate_page(page, planes, missing, rows);
  }
}

// The block's values of some features, contiguous; rows behind the end are 0.
void fetch(const BlockJob& job, std::size_t begin, std::size_t end, std::uint64_t first, std::size_t count,
           std::size_t rows_used, float (*buffer)[block_rows], const float** values) {
  const Cursor* features = job.source.features;
  const std::size_t size = end - begin;
  const float* from[tile];
  std::size_t stride = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const Cursor& cursor = features[job.numeric[begin + i].feature];
    stride = cursor.stride;
    from[i] = cursor.values + first * stride;
    values[i] = buffer[i];
  }
  if (stride == 1) {  // columns
    for (std::size_t i = 0; i < size; ++i) {
      if (count == rows_used)
        values[i] = from[i];
      else
        std::memcpy(buffer[i], from[i], count * sizeof(float));
    }
  } else {
    std::size_t done = 0;
    if (size >= 4 && from[size - 1] == from[0] + size - 1) done = turn(from[0], stride, size, count, buffer);
    for (std::size_t row = done; row < count; ++row)
      for (std::size_t i = 0; i < size; ++i) buffer[i][row] = from[i][row * stride];
  }
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t row = count; row < rows_used; ++row) buffer[i][row] = 0;
}

// ---- categories ----

// Exchanges byte j of vector i and byte i of vector j, in every sixteen bytes.
__attribute__((always_inline)) inline void transpose_bytes(Octets* from) {
  Octets to[16];
  for (int stage = 0; stage < 2; ++stage) {
    for (std::size_t i = 0; i < 8; ++i) {
      to[2 * i] = interleave_low(from[i], from[i + 8]);
      to[2 * i + 1] = interleave_high(from[i], from[i + 8]);
    }
    for (std::size_t i = 0; i < 8; ++i) {
      from[2 * i] = interleave_low(to[i], to[i + 8]);
      from[2 * i + 1] = interleave_high(to[i], to[i + 8]);
    }
  }
}

// The class of a row's category: 1 when it is missing, 0 when no split lists it.
__attribute__((always_inline)) inline std::uint32_t class_of(const CategoricalView& view, const Cursor& cursor,
                                                             std::uint64_t row) {
  std::uint32_t code = 0;
  if (cursor.codes != nullptr) {
    if (cursor.codes[row] < 0) return 1;
    code = static_cast<std::uint32_t>(cursor.codes[row]);
  } else {
    const float value = cursor.values[row * cursor.stride];
    if (value != value) return 1;
    if (value < 0.F || value >= 16777216.F) return 0;
    code = static_cast<std::uint32_t>(value);
  }
  return code < view.codes ? view.classes[code] : 0;
}

// Bits of a class come in chunks of sixteen bytes, which are 128 predicates. They are kept so that predicates can be
// written in order: bit 8c + k of a chunk is row k * columns + c of its rows, of which the last chunk may have fewer.
inline std::size_t columns_of(const CategoricalView& view, std::size_t chunk) {
  const std::size_t bytes = (view.count + 7) / 8 - chunk * 16;
  return bytes < 16 ? bytes : 16;
}

// Each row fetches the bits of its class; then bits of rows become bits of predicates. A vector holds the same chunk of
// as many rows as it has sixteen bytes, so that nothing has to be moved between these.
void evaluate_categorical(const CategoricalView& view, const Cursor& cursor, std::uint64_t first, std::size_t count,
                          unsigned char* rows) {
  const unsigned char* bits[block_rows];
  for (std::size_t i = count; i < block_rows; ++i) bits[i] = view.bits;
  for (std::size_t i = 0; i < count; ++i) bits[i] = view.bits + class_of(view, cursor, first + i) * view.stride;
  for (std::size_t chunk = 0; chunk * 128 < view.count; ++chunk) {
    const std::size_t columns = columns_of(view, chunk);
    Octets groups[8][16];
    for (std::size_t i = 0; i < 16; ++i) {
      Bits planes[8];
      for (std::size_t j = 0; j < 8; ++j) planes[j] = every_sixteenth(bits + j * width + i, chunk * 16);
      transpose(planes);
      for (std::size_t k = 0; k < 8; ++k) groups[k][i] = reinterpret_cast<Octets>(planes[k]);
    }
    unsigned char* to = rows + (view.row + chunk * 128) * width;
    for (auto& group : groups) {
      transpose_bytes(group);
      for (std::size_t c = 0; c < columns; ++c, to += width) store(to, reinterpret_cast<Bits>(group[c]));
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
    return select(chosen[level], left, right);
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
void add_tree(const BlockJob& job, const TreeView& tree, const unsigned char* rows, std::uint64_t first,
              std::size_t count, float* sums) {
  Bits chosen[8] = {};
  descend<depth>(rows, tree.rows, chosen);
  Bits planes[8] = {};
  for (int level = 0; level < depth; ++level) planes[depth - 1 - level] = chosen[level];
  transpose(planes);
  if (depth < 8 || tree.exits == nullptr) {
    add_leaves<depth>(tree, planes, (count + width - 1) / width, sums);
    return;
  }
  unsigned char index[block_rows];
  std::memcpy(index, planes, sizeof(index));
  std::uint32_t from[block_rows];
  float values[block_rows];
  for (std::size_t i = 0; i < count; ++i) from[i] = tree.exits[index[i]];
  walk_on(*job.plan, from, job.source, first, count, values);
  for (std::size_t i = 0; i < count; ++i) sums[position_of(i)] += values[i];
}

// Calls work<depth>() for the tree's depth.
template <class Work>
__attribute__((always_inline)) inline void by_depth(std::int32_t depth, Work work) {
  switch (depth) {
    case 1:
      return work.template operator()<1>();
    case 2:
      return work.template operator()<2>();
    case 3:
      return work.template operator()<3>();
    case 4:
      return work.template operator()<4>();
    case 5:
      return work.template operator()<5>();
    case 6:
      return work.template operator()<6>();
    case 7:
      return work.template operator()<7>();
    default:
      return work.template operator()<8>();
  }
}

void add_one(const BlockJob& job, const TreeView& tree, const unsigned char* rows, std::uint64_t first,
             std::size_t count, float* sums) {
  if (tree.depth > 0) {
    by_depth(tree.depth, [&]<int depth>() { add_tree<depth>(job, tree, rows, first, count, sums); });
  } else if (tree.depth == 0) {
    for (std::size_t i = 0; i < block_rows; ++i) sums[i] += tree.leaves[0];
  } else {
    float values[block_rows];
    walk_values(*job.plan, tree.root, job.source, first, count, values);
    for (std::size_t i = 0; i < count; ++i) sums[position_of(i)] += values[i];
  }
}

std::size_t scratch_bytes(std::size_t predicates, std::size_t outputs) {
  return predicates * width + outputs * block_rows * sizeof(float) + 256;
}

void run_block(const BlockJob& job, std::size_t predicates, std::uint64_t first, std::size_t count, float* out,
               unsigned char* scratch) {
  unsigned char* rows = scratch;
  auto* sums = reinterpret_cast<float*>(scratch + (predicates * width + 63) / 64 * 64);
  const std::size_t rows_used = (count + width - 1) / width * width;
  for (std::size_t begin = 0; begin < job.numerics; begin += tile) {
    const std::size_t end = begin + tile < job.numerics ? begin + tile : job.numerics;
    alignas(64) float buffer[tile][block_rows];
    const float* values[tile];
    fetch(job, begin, end, first, count, rows_used, buffer, values);
    for (std::size_t i = begin; i < end; ++i) evaluate_numeric(job.numeric[i], values[i - begin], rows_used, rows);
  }
  for (std::size_t i = 0; i < job.categoricals; ++i)
    evaluate_categorical(job.categorical[i], job.source.features[job.categorical[i].feature], first, count, rows);
  for (std::size_t output = 0; output < job.outputs; ++output) {
    float* sum = sums + output * block_rows;
    for (std::size_t i = 0; i < block_rows; ++i) sum[i] = job.base[output];
    if (job.base_margin == nullptr) continue;
    for (std::size_t i = 0; i < count; ++i) sum[position_of(i)] = job.base_margin[(first + i) * job.outputs + output];
  }
  for (std::size_t i = 0; i < job.tree_count; ++i)
    add_one(job, job.trees[i], rows, first, count, sums + job.trees[i].output * block_rows);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t output = 0; output < job.outputs; ++output)
      out[(first + i) * job.outputs + output] = sums[output * block_rows + position_of(i)];
}

// ---- single rows ----
// Predicates are bytes here, 1 for right, and a step down a tree is an addition.

// `rank` is that among the thresholds of the page.
void predicates_of_page(const PageView& page, unsigned char rank, bool missing, unsigned char* bytes) {
  const Octets own = Octets{} + rank;
  unsigned char* to = bytes + page.row;
  const std::uint8_t* thresholds = page.thresholds;
  const std::uint32_t count = page.predicates;
  for (std::uint32_t i = 0; i < count; i += width) {
    Octets right;
    std::memcpy(&right, thresholds + i, width);
    right = exceeds(own, right);
    std::memcpy(to + i, &right, width);
  }
  if (missing) std::memset(to + page.missing_left, 1, count - page.missing_left);
}

// What is written behind the end of a column is overwritten by the next.
void predicates_of_class(const CategoricalView& view, std::uint32_t number, unsigned char* bytes) {
  const unsigned char* bits = view.bits + number * view.stride;
  for (std::size_t chunk = 0; chunk * 128 < view.count; ++chunk) {
    const std::size_t columns = columns_of(view, chunk);
    std::uint64_t own[2];
    std::memcpy(own, bits + chunk * 16, 16);
    unsigned char* to = bytes + view.row + chunk * 128;
    for (std::size_t k = 0; k < 8; ++k, to += columns) {
      const std::uint64_t right[2] = {own[0] >> k & 0x0101010101010101U, own[1] >> k & 0x0101010101010101U};
      std::memcpy(to, right, 16);
    }
  }
}

void predicates_of_row(const BlockJob& job, std::uint64_t row, unsigned char* bytes) {
  for (std::size_t i = 0; i < job.numerics; ++i) {
    const NumericView& view = job.numeric[i];
    const Cursor& cursor = job.source.features[view.feature];
    const float value = cursor.values[row * cursor.stride];
    std::uint32_t rank = 0;
    if (view.map == 2) {
      rank_by_search(view, &value, 1, &rank);
    } else {
      const std::int32_t cell = view.map == 0 ? linear_cell(value, view.low, view.scale, view.top)
                                              : bits_cell(value, view.first, view.last, view.shift);
      // Thresholds of later cells are greater: asking two of them always is cheaper than a jump.
      const float* thresholds = view.thresholds + view.start[cell];
      rank = view.start[cell] + static_cast<std::uint32_t>(value >= thresholds[0]) +
             static_cast<std::uint32_t>(value >= thresholds[1]);
      for (unsigned step = 2; step < view.steps; ++step) rank += static_cast<std::uint32_t>(value >= thresholds[step]);
    }
    for (std::uint32_t page = 0; page < view.pages; ++page)
      predicates_of_page(view.page[page], rank_in_page(rank, view.page[page].offset), value != value, bytes);
  }
  for (std::size_t i = 0; i < job.categoricals; ++i) {
    const CategoricalView& view = job.categorical[i];
    predicates_of_class(view, class_of(view, job.source.features[view.feature], row), bytes);
  }
}

template <int depth>
__attribute__((always_inline)) inline std::size_t leaf_of(const std::uint16_t* predicates, const unsigned char* bytes) {
  std::size_t place = 0;
  for (int level = 0; level < depth; ++level) place = 2 * place + 1 + bytes[predicates[place]];
  return place - ((std::size_t{1} << depth) - 1);
}

// What a tree adds when the last part of the way has to be walked.
__attribute__((noinline)) float walked_value(const BlockJob& job, const TreeView& tree, std::size_t leaf,
                                             std::uint64_t row) {
  float value = 0;
  if (tree.exits != nullptr)
    walk_on(*job.plan, tree.exits + leaf, job.source, row, 1, &value);
  else
    walk_values(*job.plan, tree.root, job.source, row, 1, &value);
  return value;
}

__attribute__((always_inline)) inline float value_of_tree(const BlockJob& job, const TreeView& tree,
                                                          const unsigned char* bytes, std::uint64_t row) {
  std::size_t leaf = 0;
  if (tree.depth > 0) by_depth(tree.depth, [&]<int depth>() { leaf = leaf_of<depth>(tree.short_rows, bytes); });
  return tree.depth < 0 || tree.exits != nullptr ? walked_value(job, tree, leaf, row) : tree.leaves[leaf];
}

// A sum that stays in a register. Trees of the same depth one after the other need no choice among the depths.
float sum_of_trees(const BlockJob& job, float sum, const unsigned char* bytes, std::uint64_t row) {
  const TreeView* tree = job.trees;
  const TreeView* end = tree + job.tree_count;
  while (tree < end) {
    if (tree->depth <= 0 || tree->exits != nullptr) {
      sum += value_of_tree(job, *tree++, bytes, row);
      continue;
    }
    by_depth(tree->depth, [&]<int depth>() {
      do {
        sum += tree->leaves[leaf_of<depth>(tree->short_rows, bytes)];
        ++tree;
      } while (tree < end && tree->depth == depth && tree->exits == nullptr);
    });
  }
  return sum;
}

void run_rows(const BlockJob& job, std::uint64_t first, std::size_t count, float* out, unsigned char* scratch) {
  for (std::uint64_t row = first; row < first + count; ++row) {
    predicates_of_row(job, row, scratch);
    float* sums = out + row * job.outputs;
    for (std::size_t output = 0; output < job.outputs; ++output)
      sums[output] = job.base_margin == nullptr ? job.base[output] : job.base_margin[row * job.outputs + output];
    if (job.outputs == 1) {
      sums[0] = sum_of_trees(job, sums[0], scratch, row);
    } else {
      for (std::size_t i = 0; i < job.tree_count; ++i)
        sums[job.trees[i].output] += value_of_tree(job, job.trees[i], scratch, row);
    }
  }
}

}  // namespace
}  // namespace mlsys::forest
