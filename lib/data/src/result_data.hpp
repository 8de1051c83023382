#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine.hpp"
#include "mlsys/data/result.hpp"

namespace mlsys::data {

struct Result::Data {
  // One of the vectors is filled: integers for booleans, integers, dates (days) and timestamps.
  struct Values {
    std::vector<std::uint8_t> valid;
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    std::vector<std::string> texts;
  };
  std::uint64_t rows = 0;
  std::vector<ColumnInfo> columns;
  std::vector<Values> values;

  std::vector<duck::Type> types;

  // False when its type must be cast in SQL first.
  bool add_column(const duck::Result::Column& from);
  void append(const duck::Chunk& chunk);
  void append_wide(std::size_t column, duck::HugeInt value);
  // Throws when there is no value.
  static void require(const Result& result, std::uint64_t row, std::size_t column);
};

}  // namespace mlsys::data
