#include "ways.hpp"

#include <algorithm>

namespace mlsys::forest {
namespace {

// How much there is to do.
struct Size {
  double features = 0;  // numeric, a page each
  double predicates = 0;
  double categories = 0;  // predicates of categorical features
  double trees = 0;
  double levels = 0;
  double leaves = 0;
  double deep = 0;  // trees of more than NodeBytes::levels levels
};

// Trees that are walked from their root cost the same in every way.
Size size_of(const Plan& plan) {
  Size size;
  for (const auto& feature : plan.numeric) {
    size.features += static_cast<double>(feature.pages.size());
    for (const auto& page : feature.pages) size.predicates += page.predicates;
  }
  for (const auto& feature : plan.categorical) size.categories += feature.count;
  for (const auto& tree : plan.trees) {
    if (tree.depth < 0) continue;
    size.trees += 1;
    size.levels += tree.depth;
    size.leaves += static_cast<double>(std::size_t{1} << tree.depth);
    if (tree.depth > NodeBytes::levels) size.deep += 1;
  }
  return size;
}

double cost_of(const Cost& cost, const Size& size) {
  return cost.feature * size.features + cost.predicate * size.predicates + cost.category * size.categories +
         cost.tree * size.trees + cost.level * size.levels + cost.leaf * size.leaves + cost.deep * size.deep;
}

constexpr Cost walk_cost{.level = 4.5};

}  // namespace

double Way::cost(std::uint64_t rows) const {
  const std::uint64_t begun = (rows + block_rows - 1) / block_rows;
  return static_cast<double>(begun) * block + static_cast<double>(rows) * row;
}

void Ways::add(const Plan& plan) {
  const Size size = size_of(plan);
  ways_.push_back({Kernel::walk, nullptr, false, 1, 0, cost_of(walk_cost, size)});
  const auto add = [&](Kernel blocks, Kernel rows, const Kernels* kernels, bool with_rows) {
    if (kernels == nullptr) return;
    ways_.push_back(
        {blocks, kernels, true, kernels->rows, cost_of(kernels->block, size), cost_of(kernels->block_row, size)});
    if (with_rows) ways_.push_back({rows, kernels, false, 1, 0, cost_of(kernels->single_row, size)});
  };
  const bool has_rows = !plan.short_rows.empty() || plan.rows.empty();
  add(Kernel::portable, Kernel::portable_rows, &portable_kernels(), has_rows);
  add(Kernel::avx2, Kernel::avx2_rows, avx2_kernels(), has_rows);
  add(Kernel::avx512, Kernel::avx512_rows, avx512_kernels(), has_rows || plan.tables.rank_registers > 0);
  const auto best_for = [&](std::uint64_t rows) {
    const auto best = std::ranges::min_element(ways_, {}, [&](const Way& way) { return way.cost(rows); });
    return static_cast<std::uint8_t>(best - ways_.begin());
  };
  for (std::size_t rows = 0; rows + 1 < best_.size(); ++rows) best_[rows] = best_for(rows);
  best_.back() = best_for(1U << 20);
}

const Way& Ways::find(Kernel kernel) const {
  const auto found = std::ranges::find(ways_, kernel, &Way::kernel);
  return found != ways_.end() ? *found : ways_.front();
}

}  // namespace mlsys::forest
