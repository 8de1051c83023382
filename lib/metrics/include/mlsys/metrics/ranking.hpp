// Documents of queries, ordered by score. A document is relevant when its relevance is above 0.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/metrics/catalogue.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::metrics {

// Columns of equal length, fewer than 2^32 rows, in any order. `queries` are codes in [0, number of queries).
// Relevance is finite and not negative. Weights are per query: all rows of a query carry the same. `ids` name the
// documents and are needed for Ties::id only.
struct RankingData {
  Reals scores;
  Reals relevance;
  std::span<const std::uint32_t> queries;
  Reals weights;
  std::span<const std::string> ids;
};

// The value of a metric per query.
struct QueryValues {
  std::vector<double> values;  // NaN for queries that are left out
  std::vector<double> weights;
  std::uint64_t skipped = 0;  // queries without a relevant document, where empty_rule() leaves them out
  std::string undefined;      // why there are no values at all, else empty
};

class MLSYS_EXPORT RankedQueries {
 public:
  // Groups and sorts once. Throws Error(Code::failed) that names the row for what RankingData does not allow.
  RankedQueries(const RankingData& data, Ties ties, unsigned threads = 1);

  [[nodiscard]] std::size_t queries() const { return starts_.empty() ? 0 : starts_.size() - 1; }
  // Queries with documents of which none is relevant, whatever a metric makes of them.
  [[nodiscard]] std::uint64_t without_relevant() const { return without_relevant_; }
  [[nodiscard]] std::size_t rows() const { return relevance_.size(); }
  [[nodiscard]] const std::vector<double>& weights() const { return weights_; }

  // With Ties::average each is the expectation over all orders of equal scores (McSherry & Najork 2008), which for NDCG
  // is scikit-learn's ndcg_score; with Ties::input equal scores stay in row order, with Ties::id they are ordered by
  // descending id as in trec_eval. `at` = 0 means no cutoff.
  // NDCG: sum of gain / log2(rank + 1) over that of the best order, both over the first `at` ranks.
  [[nodiscard]] QueryValues ndcg(std::uint32_t at, const RankingRules& rules) const;
  // Average precision: sum over relevant documents within `at` of precision at their rank, over the denominator.
  [[nodiscard]] QueryValues average_precision(std::uint32_t at, const RankingRules& rules) const;
  // 1 / rank of the first relevant document, 0 when it lies beyond `at`.
  [[nodiscard]] QueryValues reciprocal_rank(std::uint32_t at, const RankingRules& rules) const;
  // Relevant documents within `at`, over `at` (or the number of documents, if smaller) and over all relevant.
  [[nodiscard]] QueryValues precision(std::uint32_t at, const RankingRules& rules) const;
  [[nodiscard]] QueryValues recall(std::uint32_t at, const RankingRules& rules) const;

 private:
  struct Query;
  template <class PerQuery>
  QueryValues each(Empty empty, PerQuery per_query) const;

  Ties ties_;
  std::vector<std::size_t> starts_;  // first row of each query in the arrays below, and their end
  std::vector<double> scores_;       // by query, then descending
  std::vector<double> relevance_;
  std::vector<double> weights_;  // per query
  std::uint64_t without_relevant_ = 0;
};

// The weighted mean over the queries that have a value; `times` counts queries. Undefined when there are none.
MLSYS_EXPORT Value mean(const QueryValues& values, Times times = {});

}  // namespace mlsys::metrics
