// Two tables compared: `data diff A B`.
//
// Columns are matched by name. Their values are compared in the type that both have: integers and reals as reals, dates
// and timestamps as timestamps, other pairs by their text. Missing equals missing, and NaN equals NaN.
//
// With a key, rows are matched by it: keys that only one table has are added or removed, the others are compared column
// by column. Without one, rows are compared whole, each as often as it occurs; their order does not matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

struct DiffOptions {
  SourceOptions before, after;
  std::vector<std::string> key;      // columns of both; empty: rows are compared whole
  std::vector<std::string> exclude;  // columns that are not compared
  // Numbers this close are the same: |a - b| <= tolerance * max(|a|, |b|). Only with a key.
  double tolerance = 0;
  std::uint64_t max_samples = 5;  // rows kept of each kind of difference
};

// A row that one table has and the other has not.
struct DiffRow {
  std::uint64_t row = 0;  // in its table, from 1
  std::string key;        // its values, joined by ", "; of whole rows "a=1, b=x"
};

// A value that has changed.
struct DiffValue {
  std::uint64_t row_before = 0, row_after = 0;
  std::string key;
  std::optional<std::string> before, after;  // nothing when missing
};

struct ColumnDiff {
  std::string name;
  ColumnType before = ColumnType::text, after = ColumnType::text;
  std::uint64_t changed = 0;       // rows in which the value differs; only with a key
  std::vector<DiffValue> samples;  // in the order of the first table
};

struct DiffReport {
  std::string before, after;  // subjects
  std::uint64_t rows_before = 0, rows_after = 0;
  std::vector<std::string> key;
  std::vector<ColumnInfo> columns_added, columns_removed;
  std::vector<ColumnDiff> columns;                // of both tables, in the first one's order
  std::uint64_t added = 0, removed = 0;           // rows, with a key: keys
  std::uint64_t changed = 0;                      // rows of which a value differs; only with a key
  std::vector<DiffRow> added_rows, removed_rows;  // the first of them
  bool same = true;                               // no column and no row differs; a type alone may
};

// Throws Error(Code::usage) for columns that are not there and a key that is compared or excluded at once, and
// Error(Code::failed) for a key that is missing in a row or names two.
MLSYS_EXPORT DiffReport diff(const DiffOptions& options, Context& ctx);
MLSYS_EXPORT Json to_json(const DiffReport& report);  // schema "mlsys.data.diff/1"

}  // namespace mlsys::data
