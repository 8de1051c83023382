// Typed columns in memory, in the source's row order.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

// The form in which a column is wanted.
//   float32, float64  booleans (0, 1), integers and reals; missing is NaN
//   int64             booleans, integers, dates and timestamps (both as microseconds UTC); `valid` says what is missing
//   category          any type by its text; a code per row, -1 when missing or not in the dictionary
//   text              any type by its text; `valid` says what is missing
// The text of a value is the source's own for text columns; otherwise true/false, decimal digits, the shortest text
// that reads back as the same double, format_date and format_timestamp.
enum class As { float32, float64, int64, category, text };

struct ColumnRequest {
  std::string name;
  As as = As::float64;
  // Fixed categories, which must outlive the call; code = index. Without it the categories found, sorted by byte.
  const std::vector<std::string>* dictionary = nullptr;
};

struct Column {
  std::string name;
  ColumnType type = ColumnType::text;  // of the source
  As as = As::float64;                 // which of the vectors below is filled

  std::vector<float> f32;
  std::vector<double> f64;
  std::vector<std::int64_t> i64;
  std::vector<std::int32_t> codes;
  std::vector<std::string> texts;
  std::vector<std::uint8_t> valid;      // int64 and text: 1 or 0 per row
  std::vector<std::string> categories;  // category: what the codes mean

  std::uint64_t missing = 0;   // rows without a value; NaN literals of the source are not among them
  std::uint64_t nan = 0;       // floats: NaN that the source itself holds
  std::uint64_t infinite = 0;  // floats: ±Inf that the source holds, or that float32 made of a larger value
  std::uint64_t inexact = 0;   // float32: integers beyond ±2^24 that it cannot hold exactly
  std::uint64_t unseen = 0;    // category with a dictionary: rows whose value is not in it
  std::map<std::string, std::uint64_t> unseen_names;  // those values with their counts; at most 100 different ones
};

struct MLSYS_EXPORT Frame {
  std::uint64_t rows = 0;
  std::vector<Column> columns;  // in the order of the requests

  // Throws Error(Code::failed) when there is no such column.
  [[nodiscard]] const Column& at(std::string_view name) const;
  [[nodiscard]] Column& at(std::string_view name);
  [[nodiscard]] const Column* find(std::string_view name) const;  // nullptr when there is none
};

// The rows with these indices (each < rows), in that order; counts of missing and so on are those of the result,
// categories stay as they are.
MLSYS_EXPORT Frame take(const Frame& frame, const std::vector<std::uint64_t>& indices);

}  // namespace mlsys::data
