// The ways to evaluate a model, and which of them is the fastest for how many rows. They decide about time, never about
// results.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel.hpp"
#include "mlsys/forest/forest.hpp"
#include "plan.hpp"

namespace mlsys::forest {

struct Way {
  Kernel kernel;
  const Kernels* kernels;  // null: the walk
  bool blocks;             // or row by row

  // Nanoseconds: of each block that is begun, whatever is in it, and of each row.
  std::size_t block_rows;
  double block;
  double row;
  [[nodiscard]] double cost(std::uint64_t rows) const;
};

// Those that this machine has and that the model fits into. The walk is always there.
class Ways {
 public:
  void add(const Plan& plan);

  // The way that was asked for; the walk when the model does not fit into it.
  [[nodiscard]] const Way& find(Kernel kernel) const;
  [[nodiscard]] const Way& fastest(std::uint64_t rows) const {
    return ways_[rows < best_.size() ? best_[rows] : best_.back()];
  }

 private:
  std::vector<Way> ways_;
  std::array<std::uint8_t, 1024> best_{};  // by the number of rows; the last for more as well
};

}  // namespace mlsys::forest
