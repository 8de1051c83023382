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
// alike; float64 values are sorted in place. What looks like an identifier is left without a test, unless it is a
// feature.
void compare_numbers(ColumnDrift& drift, const Reference& reference, data::Column& current, bool feature);
void compare_categories(ColumnDrift& drift, const Reference& reference, const data::Column& current, bool feature);
// Fills `missing`, from the counts of both sides, and notes a change. There is nothing to test where no value is
// missing or a side has none.
void compare_missing(ColumnDrift& drift, double threshold);

}  // namespace mlsys::drift
