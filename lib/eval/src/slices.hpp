// Metrics of parts of the rows.
#pragma once

#include <memory>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/eval/evaluate.hpp"
#include "mlsys/metrics/binary.hpp"
#include "rows.hpp"

namespace mlsys::eval {

// For every slice column its values with the most rows, at most 50, and the others together. `ranked` holds the rows of
// a binary evaluation in ranked order, null otherwise. `overall` are the results of all rows.
std::vector<SliceResult> slice_results(const Rows& rows, const metrics::RankedScores* ranked,
                                       const std::vector<MetricResult>& overall, const metrics::Settings& settings,
                                       double level, Context& ctx);

}  // namespace mlsys::eval
