// Sorting scores: a radix sort of their bits, in runs that are merged when there are several threads.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>

#include "checks.hpp"
#include "mlsys/base/parallel.hpp"
#include "mlsys/metrics/binary.hpp"

namespace mlsys::metrics {

namespace {

// Unsigned keys that ascend as the numbers descend: the usual order-preserving map of IEEE bits, inverted.
std::uint32_t descending_key(float score) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F);  // -0 becomes 0
  return (bits >> 31) != 0 ? bits : ~(bits | 0x80000000U);
}

std::uint64_t descending_key(double score) {
  const auto bits = std::bit_cast<std::uint64_t>(score + 0.0);
  return (bits >> 63) != 0 ? bits : ~(bits | 0x8000000000000000ULL);
}

constexpr unsigned digit_bits = 11;
constexpr std::size_t buckets = std::size_t{1} << digit_bits;
constexpr std::size_t small_run = 4096;  // below this a comparison sort is faster than clearing histograms

template <class Key>
struct Run {
  std::span<Key> keys;
  std::span<std::uint32_t> rows;
};

// Stable; uses the scratch of the same size and leaves the result in `run`.
template <class Key>
void sort_run(Run<Key> run, Run<Key> scratch) {
  constexpr unsigned passes = (sizeof(Key) * 8 + digit_bits - 1) / digit_bits;
  const std::size_t n = run.keys.size();
  if (n < small_run) {
    std::vector<std::pair<Key, std::uint32_t>> pairs(n);
    for (std::size_t i = 0; i < n; ++i) pairs[i] = {run.keys[i], run.rows[i]};
    std::sort(pairs.begin(), pairs.end());
    for (std::size_t i = 0; i < n; ++i) std::tie(run.keys[i], run.rows[i]) = pairs[i];
    return;
  }
  std::vector<std::array<std::uint32_t, buckets>> counts(passes);
  for (const Key key : run.keys)
    for (unsigned pass = 0; pass < passes; ++pass) ++counts[pass][(key >> (pass * digit_bits)) & (buckets - 1)];
  Run<Key> from = run;
  Run<Key> to = scratch;
  for (unsigned pass = 0; pass < passes; ++pass) {
    auto& count = counts[pass];
    const unsigned shift = pass * digit_bits;
    if (count[(from.keys[0] >> shift) & (buckets - 1)] == n) continue;  // all rows share this digit
    std::uint32_t next = 0;
    for (auto& c : count) next += std::exchange(c, next);
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint32_t place = count[(from.keys[i] >> shift) & (buckets - 1)]++;
      to.keys[place] = from.keys[i];
      to.rows[place] = from.rows[i];
    }
    std::swap(from, to);
  }
  if (from.keys.data() == run.keys.data()) return;
  std::copy(from.keys.begin(), from.keys.end(), run.keys.begin());
  std::copy(from.rows.begin(), from.rows.end(), run.rows.begin());
}

// Both inputs are sorted; rows of `a` come before those of `b` in the data, so equal keys take `a` first.
template <class Key>
void merge_runs(Run<Key> a, Run<Key> b, Run<Key> out) {
  std::size_t i = 0;
  std::size_t j = 0;
  for (std::size_t k = 0; k < out.keys.size(); ++k) {
    const bool take_a = j == b.keys.size() || (i < a.keys.size() && a.keys[i] <= b.keys[j]);
    out.keys[k] = take_a ? a.keys[i] : b.keys[j];
    out.rows[k] = take_a ? a.rows[i++] : b.rows[j++];
  }
}

template <class Key, class Read>
std::vector<std::uint32_t> rank(std::size_t n, unsigned threads, Read read) {
  std::vector<Key> keys(n);
  std::vector<Key> other_keys(n);
  std::vector<std::uint32_t> rows(n);
  std::vector<std::uint32_t> other_rows(n);
  std::size_t runs = 1;
  while (runs * 2 <= threads && n / (runs * 2) >= 8 * small_run) runs *= 2;
  std::vector<std::size_t> starts(runs + 1);
  for (std::size_t r = 0; r <= runs; ++r) starts[r] = n * r / runs;
  const auto part = [](std::vector<Key>& k, std::vector<std::uint32_t>& v, std::size_t begin, std::size_t end) {
    return Run<Key>{std::span(k).subspan(begin, end - begin), std::span(v).subspan(begin, end - begin)};
  };

  std::vector<std::size_t> without_score(runs, n);  // of each run the first row
  parallel_for(runs, threads, [&](std::size_t r) {
    for (std::size_t i = starts[r]; i < starts[r + 1]; ++i) {
      const auto score = read(i);
      if (std::isnan(score)) {
        without_score[r] = i;
        return;
      }
      keys[i] = descending_key(score);
      rows[i] = static_cast<std::uint32_t>(i);
    }
    sort_run(part(keys, rows, starts[r], starts[r + 1]), part(other_keys, other_rows, starts[r], starts[r + 1]));
  });
  if (const std::size_t row = *std::min_element(without_score.begin(), without_score.end()); row < n)
    refuse_row(row, "the score is missing or not a number");
  for (std::size_t width = 1; width < runs; width *= 2) {
    parallel_for(runs / (2 * width), threads, [&](std::size_t pair) {
      const std::size_t a = starts[pair * 2 * width];
      const std::size_t b = starts[pair * 2 * width + width];
      const std::size_t end = starts[pair * 2 * width + 2 * width];
      merge_runs(part(keys, rows, a, b), part(keys, rows, b, end), part(other_keys, other_rows, a, end));
    });
    keys.swap(other_keys);
    rows.swap(other_rows);
  }
  return rows;
}

}  // namespace

std::vector<std::uint32_t> rank_descending(Reals scores, unsigned threads) {
  check_length(scores.size(), scores.size(), "scores");
  if (const float* floats = scores.floats(); floats != nullptr)
    return rank<std::uint32_t>(scores.size(), threads, [floats](std::size_t i) { return floats[i]; });
  return rank<std::uint64_t>(scores.size(), threads, [scores](std::size_t i) { return scores[i]; });
}

RankedScores::RankedScores(const BinaryData& data, unsigned threads) {
  check_length(data.scores.size(), data.labels.size(), "labels");
  check_weights(data.weights, data.scores.size());
  for (std::size_t i = 0; i < data.labels.size(); ++i) {
    const double label = data.labels[i];
    if (label != 0.0 && label != 1.0) refuse_row(i, fmt::format("the label is {}, it must be 0 or 1", label));
  }
  order_ = rank_descending(data.scores, threads);
  gather(data);
}

RankedScores::RankedScores(const BinaryData& data, std::vector<std::uint32_t> order) : order_(std::move(order)) {
  check_length(data.scores.size(), data.labels.size(), "labels");
  if (!data.weights.empty()) check_length(data.scores.size(), data.weights.size(), "weights");
  for (const std::uint32_t row : order_) {
    if (row >= data.scores.size()) refuse_row(row, "there is no such row");
    const double label = data.labels[row];
    if (label != 0.0 && label != 1.0) refuse_row(row, fmt::format("the label is {}, it must be 0 or 1", label));
    if (!data.weights.empty()) check_weight(data.weights[row], row);
  }
  gather(data);
}

void RankedScores::gather(const BinaryData& data) {
  const std::size_t n = order_.size();
  data_rows_ = data.scores.size();
  scores_.resize(n);
  labels_.resize(n);
  if (!data.weights.empty()) weights_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t row = order_[i];
    scores_[i] = data.scores[row];
    labels_[i] = data.labels[row] != 0.0;
    if (!data.weights.empty()) weights_[i] = data.weights[row];
  }
}

std::string RankedScores::not_probabilities() const {
  for (const std::size_t i : {std::size_t{0}, scores_.size() - 1})
    if (!scores_.empty() && !(scores_[i] >= 0 && scores_[i] <= 1))
      return fmt::format("the scores are no probabilities: row {} has {}", order_[i] + 1, scores_[i]);
  return {};
}

}  // namespace mlsys::metrics
