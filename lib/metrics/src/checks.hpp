// Refusals shared by the families. Rows are counted from 1 in messages.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string_view>

#include "mlsys/base/error.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::metrics {

inline void check_length(std::size_t expected, std::size_t given, std::string_view what) {
  if (expected != given)
    throw Error(Code::failed, fmt::format("cannot compute metrics: {} scores but {} {}", expected, given, what));
  if (expected >= std::numeric_limits<std::uint32_t>::max())
    throw Error(Code::failed, fmt::format("cannot compute metrics of {} rows: at most 4294967294", expected));
}

[[noreturn]] inline void refuse_row(std::size_t row, std::string_view why, std::string_view hint = {}) {
  throw Error(Code::failed, fmt::format("cannot compute metrics: row {}: {}", row + 1, why), std::string(hint));
}

inline void check_weight(double weight, std::size_t row) {
  if (!(weight >= 0) || std::isinf(weight))
    refuse_row(row, fmt::format("the weight is {}, it must be finite and not negative", weight));
}

inline void check_weights(Reals weights, std::size_t rows) {
  if (weights.empty()) return;
  check_length(rows, weights.size(), "weights");
  for (std::size_t i = 0; i < rows; ++i) check_weight(weights[i], i);
}

}  // namespace mlsys::metrics
