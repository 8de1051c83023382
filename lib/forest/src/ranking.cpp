#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "kernel.hpp"
#include "plan.hpp"

namespace mlsys::forest {
namespace {

constexpr std::size_t max_cells = 4096;
constexpr std::size_t few = 2;   // thresholds in a cell that are good enough
constexpr std::size_t many = 6;  // beyond, a binary search is as fast

// Fills in `start` for a cell function and says how many thresholds the fullest cell has.
template <class Cell>
std::size_t fill(Ranking& ranking, std::size_t cells, Cell cell) {
  std::vector<std::size_t> inside(cells, 0);
  for (std::size_t i = 0; i < ranking.count; ++i) ++inside[cell(ranking.thresholds[i])];
  ranking.start.assign(cells, 0);
  std::size_t before = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    ranking.start[i] = static_cast<std::uint16_t>(before);
    before += inside[i];
  }
  return *std::ranges::max_element(inside);
}

std::size_t fill_linear(Ranking& ranking, std::size_t cells) {
  const float low = ranking.thresholds[0];
  const float high = ranking.thresholds[ranking.count - 1];
  const double width = static_cast<double>(high) - static_cast<double>(low);
  const auto scale = static_cast<float>(static_cast<double>(cells) / (width > 0 ? width : 1));
  if (!std::isfinite(low) || !std::isfinite(high) || !std::isfinite(scale) || !(scale > 0)) return max_cells;
  ranking.map = Ranking::Map::linear;
  ranking.low = low;
  ranking.scale = scale;
  return fill(ranking, cells, [&](float value) {
    return static_cast<std::size_t>(linear_cell(value, low, scale, static_cast<float>(cells - 1)));
  });
}

std::size_t fill_bits(Ranking& ranking, std::size_t cells) {
  ranking.map = Ranking::Map::bits;
  ranking.first = ordered_bits(ranking.thresholds[0]);
  ranking.last = ordered_bits(ranking.thresholds[ranking.count - 1]);
  const auto width = static_cast<std::uint32_t>(ranking.last) - static_cast<std::uint32_t>(ranking.first);
  ranking.shift = 0;
  while ((width >> ranking.shift) >= cells) ++ranking.shift;
  return fill(ranking, (width >> ranking.shift) + 1, [&](float value) {
    return static_cast<std::size_t>(bits_cell(value, ranking.first, ranking.last, ranking.shift));
  });
}

}  // namespace

Ranking make_ranking(std::vector<float> thresholds) {
  std::ranges::sort(thresholds);
  thresholds.erase(std::ranges::unique(thresholds).begin(), thresholds.end());
  Ranking best;
  best.count = thresholds.size();
  best.thresholds = std::move(thresholds);
  std::size_t least = many + 1;
  if (best.count < std::numeric_limits<std::uint16_t>::max()) {
    Ranking candidate = best;
    for (std::size_t cells = 64; cells <= max_cells && least > few; cells *= 2) {
      if (cells < best.count && cells < max_cells) continue;
      for (const bool linear : {true, false}) {
        const auto steps = linear ? fill_linear(candidate, cells) : fill_bits(candidate, cells);
        if (steps >= least) continue;
        best = candidate;
        best.steps = static_cast<std::uint8_t>(steps);
        least = steps;
      }
    }
  }
  if (least > many) {
    best.map = Ranking::Map::search;
    best.steps = 0;
    best.start.clear();
  }
  best.thresholds.resize(best.count + many, std::numeric_limits<float>::quiet_NaN());
  return best;
}

}  // namespace mlsys::forest
