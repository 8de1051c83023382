#include "mlsys/metrics/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "checks.hpp"
#include "mlsys/base/parallel.hpp"
#include "sum.hpp"

namespace mlsys::metrics {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double gain_of(double relevance, Gain gain) { return gain == Gain::linear ? relevance : std::exp2(relevance) - 1; }

// 1 / log2(rank + 1) for rank = place + 1.
double discount(std::size_t place) { return 1 / std::log2(static_cast<double>(place) + 2); }

}  // namespace

// The documents of one query, best score first.
struct RankedQueries::Query {
  std::span<const double> scores;
  std::span<const double> relevance;
  Ties ties;

  [[nodiscard]] std::size_t size() const { return scores.size(); }
  [[nodiscard]] std::size_t relevant() const {
    return static_cast<std::size_t>(std::count_if(relevance.begin(), relevance.end(), [](double r) { return r > 0; }));
  }
  // The documents that may stand at any place of [begin, end): equal scores when ties are averaged, else one.
  [[nodiscard]] std::size_t group_end(std::size_t begin) const {
    std::size_t end = begin + 1;
    if (ties == Ties::average)
      while (end < size() && scores[end] == scores[begin]) ++end;
    return end;
  }
  [[nodiscard]] std::size_t relevant(std::size_t begin, std::size_t end) const {
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) count += relevance[i] > 0 ? 1 : 0;
    return count;
  }
};

RankedQueries::RankedQueries(const RankingData& data, Ties ties, unsigned threads) : ties_(ties) {
  const std::size_t n = data.scores.size();
  check_length(n, data.relevance.size(), "relevance labels");
  check_length(n, data.queries.size(), "queries");
  check_weights(data.weights, n);
  if (ties == Ties::id) {
    if (data.ids.empty())
      throw Error(Code::usage, "cannot order equal scores by document id: there is no id column",
                  "name it with --id, or choose another --convention");
    check_length(n, data.ids.size(), "ids");
  }
  std::uint32_t last = 0;
  for (std::size_t row = 0; row < n; ++row) {
    if (std::isnan(data.scores[row])) refuse_row(row, "the score is missing or not a number");
    if (!(data.relevance[row] >= 0) || std::isinf(data.relevance[row]))
      refuse_row(row, fmt::format("the relevance is {}, it must be finite and not negative", data.relevance[row]));
    last = std::max(last, data.queries[row]);
  }
  if (n == 0) return;
  starts_.assign(std::size_t{last} + 2, 0);
  for (const std::uint32_t query : data.queries) ++starts_[query + 1];
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  std::vector<std::uint32_t> order(n);
  std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
  for (std::size_t row = 0; row < n; ++row) order[next[data.queries[row]]++] = static_cast<std::uint32_t>(row);

  scores_.resize(n);
  relevance_.resize(n);
  weights_.assign(queries(), 1.0);
  std::vector<std::uint8_t> relevant(queries(), 0);
  for (std::size_t row = 0; row < n; ++row)
    if (data.relevance[row] > 0) relevant[data.queries[row]] = 1;
  for (std::size_t q = 0; q < queries(); ++q)
    if (starts_[q] < starts_[q + 1] && relevant[q] == 0) ++without_relevant_;
  constexpr std::size_t block = 256;
  parallel_for((queries() + block - 1) / block, threads, [&](std::size_t b) {
    for (std::size_t q = b * block; q < std::min(queries(), (b + 1) * block); ++q) {
      const auto begin = order.begin() + static_cast<std::ptrdiff_t>(starts_[q]);
      const auto end = order.begin() + static_cast<std::ptrdiff_t>(starts_[q + 1]);
      std::sort(begin, end, [&](std::uint32_t a, std::uint32_t c) {
        if (data.scores[a] != data.scores[c]) return data.scores[a] > data.scores[c];
        if (ties == Ties::id && data.ids[a] != data.ids[c]) return data.ids[a] > data.ids[c];
        return a < c;
      });
      for (std::size_t i = starts_[q]; i < starts_[q + 1]; ++i) {
        scores_[i] = data.scores[order[i]];
        relevance_[i] = data.relevance[order[i]];
        if (data.weights.empty()) continue;
        if (i == starts_[q]) weights_[q] = data.weights[order[i]];
        if (data.weights[order[i]] != weights_[q])
          refuse_row(order[i], "its weight differs from that of another row of its query; weights are per query");
      }
    }
  });
}

template <class PerQuery>
QueryValues RankedQueries::each(Empty empty, PerQuery per_query) const {
  QueryValues out;
  out.values.assign(queries(), nan);
  out.weights = weights_;
  for (std::size_t q = 0; q < queries(); ++q) {
    const std::size_t begin = starts_[q];
    const std::size_t size = starts_[q + 1] - begin;
    const Query query{std::span(scores_).subspan(begin, size), std::span(relevance_).subspan(begin, size), ties_};
    if (size == 0) continue;  // a code without rows
    if (query.relevant() > 0)
      out.values[q] = per_query(query);
    else if (empty == Empty::skip)
      ++out.skipped;
    else
      out.values[q] = empty == Empty::one ? 1.0 : 0.0;
  }
  return out;
}

QueryValues RankedQueries::ndcg(std::uint32_t at, const RankingRules& rules) const {
  if (rules.gain == Gain::exp) {
    const auto highest = std::max_element(relevance_.begin(), relevance_.end());
    if (highest != relevance_.end() && *highest > 31) {
      QueryValues none;
      none.undefined = fmt::format("gain 2^relevance - 1 of a relevance of {}; choose gain=linear", *highest);
      return none;
    }
  }
  std::vector<double> ideal;
  return each(empty_rule(Metric::ndcg, rules), [&](const Query& query) {
    const std::size_t depth = at == 0 ? query.size() : std::min<std::size_t>(at, query.size());
    Sum gained;
    for (std::size_t begin = 0, end = 0; begin < depth; begin = end) {
      end = query.group_end(begin);
      double gain = 0;
      for (std::size_t i = begin; i < end; ++i) gain += gain_of(query.relevance[i], rules.gain);
      double discounts = 0;
      for (std::size_t i = begin; i < std::min(end, depth); ++i) discounts += discount(i);
      gained.add(gain / static_cast<double>(end - begin) * discounts);
    }
    ideal.assign(query.relevance.begin(), query.relevance.end());
    std::partial_sort(ideal.begin(), ideal.begin() + static_cast<std::ptrdiff_t>(depth), ideal.end(), std::greater<>());
    Sum best;
    for (std::size_t i = 0; i < depth; ++i) best.add(gain_of(ideal[i], rules.gain) * discount(i));
    return gained.total() / best.total();
  });
}

QueryValues RankedQueries::average_precision(std::uint32_t at, const RankingRules& rules) const {
  return each(empty_rule(Metric::map, rules), [&](const Query& query) {
    const std::size_t depth = at == 0 ? query.size() : std::min<std::size_t>(at, query.size());
    Sum sum;
    std::size_t before = 0;  // relevant documents above the group
    for (std::size_t begin = 0, end = 0; begin < depth; begin = end) {
      end = query.group_end(begin);
      const auto n = static_cast<double>(end - begin);
      const std::size_t relevant = query.relevant(begin, end);
      const auto r = static_cast<double>(relevant);
      // A place holds a relevant document with probability r/n; given that, each earlier place of the group holds one
      // with probability (r-1)/(n-1).
      const double share = n > 1 ? (r - 1) / (n - 1) : 0.0;
      if (relevant > 0)
        for (std::size_t i = begin; i < std::min(end, depth); ++i)
          sum.add(r / n * (static_cast<double>(before) + 1 + static_cast<double>(i - begin) * share) /
                  static_cast<double>(i + 1));
      before += relevant;
    }
    const std::size_t all = query.relevant();
    const std::size_t over = rules.map == MapDenominator::min && at != 0 ? std::min<std::size_t>(all, at) : all;
    return sum.total() / static_cast<double>(over);
  });
}

QueryValues RankedQueries::reciprocal_rank(std::uint32_t at, const RankingRules& rules) const {
  return each(empty_rule(Metric::mrr, rules), [&](const Query& query) {
    const std::size_t depth = at == 0 ? query.size() : std::min<std::size_t>(at, query.size());
    for (std::size_t begin = 0, end = 0; begin < depth; begin = end) {
      end = query.group_end(begin);
      const std::size_t relevant = query.relevant(begin, end);
      if (relevant == 0) continue;
      // The first relevant one of the group stands at offset j with the probability that j places are not relevant
      // and the next is.
      const auto n = static_cast<double>(end - begin);
      const auto r = static_cast<double>(relevant);
      Sum sum;
      double none_before = 1;
      for (std::size_t j = 0; begin + j < std::min(end, depth) && none_before > 0; ++j) {
        const double left = n - static_cast<double>(j);
        const double here = std::min(1.0, r / left);
        sum.add(none_before * here / static_cast<double>(begin + j + 1));
        none_before *= 1 - here;
      }
      return sum.total();
    }
    return 0.0;
  });
}

namespace {

// Expected relevant documents among the first `depth`.
template <class Query>
double found(const Query& query, std::size_t depth) {
  double count = 0;
  for (std::size_t begin = 0, end = 0; begin < depth; begin = end) {
    end = query.group_end(begin);
    count += static_cast<double>(query.relevant(begin, end)) * static_cast<double>(std::min(end, depth) - begin) /
             static_cast<double>(end - begin);
  }
  return count;
}

}  // namespace

QueryValues RankedQueries::precision(std::uint32_t at, const RankingRules& rules) const {
  return each(empty_rule(Metric::precision, rules), [&](const Query& query) {
    const std::size_t depth = at == 0 ? query.size() : std::min<std::size_t>(at, query.size());
    const std::size_t over = rules.precision == CutDenominator::min || at == 0 ? depth : at;
    return found(query, depth) / static_cast<double>(over);
  });
}

QueryValues RankedQueries::recall(std::uint32_t at, const RankingRules& rules) const {
  return each(empty_rule(Metric::recall, rules), [&](const Query& query) {
    const std::size_t depth = at == 0 ? query.size() : std::min<std::size_t>(at, query.size());
    return found(query, depth) / static_cast<double>(query.relevant());
  });
}

Value mean(const QueryValues& values, Times times) {
  if (!values.undefined.empty()) return Value::undefined(values.undefined);
  Sum sum;
  Sum weights;
  for (std::size_t q = 0; q < values.values.size(); ++q) {
    if (std::isnan(values.values[q])) continue;
    const double weight = times.empty() ? values.weights[q] : values.weights[q] * times[q];
    sum.add(weight * values.values[q]);
    weights.add(weight);
  }
  if (weights.total() > 0) return Value::of(sum.total() / weights.total());
  return Value::undefined(values.skipped > 0 ? "no query has a relevant document" : "no queries with weight");
}

}  // namespace mlsys::metrics
