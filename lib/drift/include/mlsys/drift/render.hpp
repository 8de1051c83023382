// A comparison for people and for continuous integration.
#pragma once

#include <string>
#include <string_view>

#include "mlsys/base/export.hpp"
#include "mlsys/drift/drift.hpp"
#include "mlsys/report/verdict.hpp"

namespace mlsys::drift {

// Both sides by name, with the condition that chose their rows: "'flights.parquet' where month(date) = 1".
MLSYS_EXPORT std::string reference_side(const DriftReport& report);
MLSYS_EXPORT std::string current_side(const DriftReport& report);

// What changed most: "mean 12.3 → 15.1", "'ATL' 4.1% → 8.0%"; empty without a test.
MLSYS_EXPORT std::string change(const ColumnDrift& column);

MLSYS_EXPORT report::Verdict verdict(const DriftReport& report);
// Both distributions of every tested column; `footer` says what made the page.
MLSYS_EXPORT std::string html(const DriftReport& report, std::string_view footer);

}  // namespace mlsys::drift
