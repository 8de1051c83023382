// An evaluation for people and for CI.
#pragma once

#include <string>
#include <string_view>

#include "mlsys/base/export.hpp"
#include "mlsys/eval/evaluate.hpp"
#include "mlsys/report/verdict.hpp"

namespace mlsys::eval {

// One self-contained page; EvalReport::curves must have been asked for. `made_by` goes into its footer.
MLSYS_EXPORT std::string html(const EvalReport& report, std::string_view made_by);

// GitHub-flavoured tables: verdict, gates, metrics, the worst slices.
MLSYS_EXPORT std::string markdown(const EvalReport& report);

// The gates, for report::junit and report::github.
MLSYS_EXPORT report::Verdict verdict_of(const EvalReport& report);

// For tables: four decimals, fewer for large numbers, more for tiny ones.
MLSYS_EXPORT std::string number_text(double value);
// The same, or "undefined".
MLSYS_EXPORT std::string value_text(const metrics::Value& value);
// "0.712 to 0.725", or "" when there is none.
MLSYS_EXPORT std::string interval_text(const metrics::Interval& interval);

}  // namespace mlsys::eval
