// One column of both sides, in memory.
#pragma once

#include <variant>

#include "mlsys/data/frame.hpp"
#include "mlsys/drift/drift.hpp"

namespace mlsys::drift {

// The reference side of a column: values, or what a profile kept of them.
using Reference = std::variant<data::Column*, const profile::ColumnProfile*>;

// To the notes of a column, each after a semicolon.
void add_note(ColumnDrift& drift, const std::string& text);

// Fills test, statistic, p-value, effect and both summaries. The columns are float64 (numeric) or category, both sides
// alike; float64 values are sorted in place.
void compare_numbers(ColumnDrift& drift, const Reference& reference, data::Column& current);
void compare_categories(ColumnDrift& drift, const Reference& reference, const data::Column& current);
// Fills `missing`, from the counts of both sides, and notes a change. A column without a test has none.
void compare_missing(ColumnDrift& drift, double threshold);

}  // namespace mlsys::drift
