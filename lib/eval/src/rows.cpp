#include "rows.hpp"

#include <algorithm>

namespace mlsys::eval {

using metrics::Family;

metrics::Convention convention_of(const EvalOptions& options, bool own_ranker) {
  return options.convention.value_or(own_ranker ? metrics::Convention::xgboost : metrics::Convention::standard);
}

Rows part_of(const Rows& rows, const std::vector<std::uint32_t>& indices) {
  Rows part;
  part.count = indices.size();
  part.family = rows.family;
  part.classes = rows.classes;
  const std::size_t width = rows.family == Family::multiclass ? rows.classes.size() : 1;
  const auto pick = [&](auto& to, const auto& from, std::size_t columns) {
    if (from.empty()) return;
    to.reserve(indices.size() * columns);
    for (const std::uint32_t row : indices)
      for (std::size_t c = 0; c < columns; ++c) to.push_back(from[row * columns + c]);
  };
  pick(part.floats, rows.floats, width);
  pick(part.doubles, rows.doubles, width);
  pick(part.labels, rows.labels, 1);
  pick(part.class_codes, rows.class_codes, 1);
  pick(part.targets, rows.targets, 1);
  pick(part.weights, rows.weights, 1);
  pick(part.ids, rows.ids, 1);
  pick(part.queries, rows.queries, 1);
  // Queries are numbered anew, so that those of other slices leave no gaps.
  std::vector<std::uint32_t> known = part.queries;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (std::uint32_t& query : part.queries)
    query = static_cast<std::uint32_t>(std::lower_bound(known.begin(), known.end(), query) - known.begin());
  return part;
}

std::unique_ptr<metrics::Sample> make_sample(const Rows& rows, const std::vector<metrics::MetricSpec>& specs,
                                             const metrics::Settings& settings, unsigned threads) {
  switch (rows.family) {
    case Family::binary:
      return metrics::make_sample(rows.binary(), specs, settings, threads);
    case Family::multiclass:
      return metrics::make_sample(rows.multiclass(), specs, settings, threads);
    case Family::regression:
      return metrics::make_sample(rows.regression(), specs, settings);
    case Family::ranking:
      return metrics::make_sample(rows.ranking(), specs, settings, threads);
  }
  return nullptr;
}

}  // namespace mlsys::eval
