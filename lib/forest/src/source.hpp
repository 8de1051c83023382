// Where the values of rows lie, whatever their layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace mlsys::forest {

// Value of row r: values[r * stride] or codes[r]; one of the two is null.
struct Cursor {
  const float* values;
  const std::int32_t* codes;
  std::size_t stride;
};

struct Source {
  const Cursor* features;
  std::uint64_t rows;
};

}  // namespace mlsys::forest
