#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/metrics/binary.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

constexpr double leak_auc = 0.99;
constexpr double rare_class = 0.01;
constexpr std::size_t many_categories = 1000;
constexpr std::uint64_t fewest_rows = 100;        // below, nothing is said of a feature
constexpr std::uint64_t leak_cells = 20'000'000;  // of all features together

// What a feature alone says: a number itself, a category by its share of positives (missing counts as a value).
std::vector<float> scores_of(const data::Column& column, const std::vector<float>& label, std::size_t step) {
  std::vector<float> scores;
  if (column.as != data::As::category) {
    for (std::size_t i = 0; i < column.f32.size(); i += step)
      scores.push_back(std::isnan(column.f32[i]) ? -std::numeric_limits<float>::infinity() : column.f32[i]);
    return scores;
  }
  std::vector<std::pair<double, double>> sums(column.categories.size() + 1);
  const auto at = [&](std::size_t row) { return static_cast<std::size_t>(column.codes[row]) + 1; };
  for (std::size_t i = 0; i < column.codes.size(); i += step) {
    sums[at(i)].first += static_cast<double>(label[i]);
    sums[at(i)].second += 1;
  }
  for (std::size_t i = 0; i < column.codes.size(); i += step)
    scores.push_back(static_cast<float>(sums[at(i)].first / sums[at(i)].second));
  return scores;
}

void warn_of_leaks(const Rows& train, TrainReport& report) {
  const auto columns = train.frame.columns.size();
  const auto step = static_cast<std::size_t>(std::max<std::uint64_t>(
      1, train.rows() * columns / leak_cells + (train.rows() > 200'000 ? train.rows() / 200'000 : 0)));
  std::vector<float> label;
  for (std::size_t i = 0; i < train.label.size(); i += step) label.push_back(train.label[i]);
  for (const auto& column : train.frame.columns) {
    // With few rows per category their shares follow the labels by chance.
    if (column.as == data::As::category && column.categories.size() * 10 > label.size()) continue;
    const auto scores = scores_of(column, train.label, step);
    const auto auc = metrics::roc_auc({.scores = scores, .labels = label, .weights = {}}).value;
    if (auc && std::max(*auc, 1 - *auc) > leak_auc)
      report.warnings.push_back(fmt::format("feature {} alone reaches an AUC of {}: is it known before the target is?",
                                            quoted(column.name), significant(std::max(*auc, 1 - *auc), 4)));
  }
}

// True when no value occurs twice. Integers within ±2^24, which is all that float32 features can be.
bool all_distinct(const data::Column& column) {
  if (column.as == data::As::category) {
    std::vector<bool> seen(column.categories.size());
    for (const auto code : column.codes) {
      if (code < 0) return false;
      if (seen[static_cast<std::size_t>(code)]) return false;
      seen[static_cast<std::size_t>(code)] = true;
    }
    return true;
  }
  constexpr std::int32_t limit = 16777216;
  std::vector<bool> seen(2 * static_cast<std::size_t>(limit) + 1);
  for (const auto value : column.f32) {
    if (!(std::fabs(value) <= static_cast<float>(limit))) return false;
    // Not as a float: from 2^24 on their sums are rounded, and neighbours fall together.
    const auto index = static_cast<std::size_t>(std::int64_t{static_cast<std::int32_t>(value)} + limit);
    if (seen[index]) return false;
    seen[index] = true;
  }
  return true;
}

std::uint64_t bits_of(const data::Column& column, std::size_t row) {
  if (column.as == data::As::category) return static_cast<std::uint64_t>(column.codes[row]) + 1;
  const float value = column.f32[row];
  return std::isnan(value) ? ~0ULL : std::bit_cast<std::uint32_t>(value == 0 ? 0.0F : value);
}

// Hashes of features and label. Of many rows only those whose hash is divisible by `every`: a sample of the same rows
// wherever they stand.
std::vector<std::uint64_t> row_hashes(const Rows& rows, std::uint64_t every) {
  std::vector<std::uint64_t> hashes(rows.rows(), 0x9e3779b97f4a7c15ULL);
  for (const auto& column : rows.frame.columns)
    for (std::size_t i = 0; i < hashes.size(); ++i) hashes[i] = mix64(hashes[i] ^ bits_of(column, i));
  for (std::size_t i = 0; i < hashes.size(); ++i)
    hashes[i] = mix64(hashes[i] ^ std::bit_cast<std::uint32_t>(rows.label[i]));
  if (every > 1) std::erase_if(hashes, [&](std::uint64_t hash) { return hash % every != 0; });
  std::ranges::sort(hashes);
  return hashes;
}

}  // namespace

void warn_of_columns(const Rows& train, const TargetPlan& target, const std::vector<data::ColumnInfo>& features,
                     TrainReport& report) {
  if (train.rows() < fewest_rows) {
    report.warnings.push_back(fmt::format("only {} to learn from", counted(train.rows(), "row")));
    return;
  }
  for (const auto& column : train.frame.columns) {
    const auto info = std::ranges::find(features, column.name, &data::ColumnInfo::name);
    const bool candidate =
        column.as == data::As::category || (info != features.end() && info->type == data::ColumnType::integer);
    if (candidate && all_distinct(column))
      report.warnings.push_back(fmt::format(
          "feature {} has another value in every row, like an identifier: --exclude it", quoted(column.name)));
    else if (column.as == data::As::category && column.categories.size() > many_categories)
      report.warnings.push_back(fmt::format("feature {} has {} categories: most of them have few rows to learn from",
                                            quoted(column.name), with_thousands(column.categories.size())));
  }
  if (target.task == Task::binary) warn_of_leaks(train, report);
  if (target.classes.empty()) return;
  std::vector<std::uint64_t> counts(target.classes.size());
  for (const auto label : train.classes) ++counts[static_cast<std::size_t>(label)];
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0)
      report.warnings.push_back(fmt::format("class {} has no row in training", quoted(target.classes[i])));
    else if (static_cast<double>(counts[i]) < rare_class * static_cast<double>(train.rows()))
      report.warnings.push_back(
          fmt::format("class {} has {} of {} training rows: look at average precision rather than "
                      "accuracy, and consider --balance",
                      quoted(target.classes[i]), with_thousands(counts[i]), with_thousands(train.rows())));
  }
}

void warn_of_shared_rows(const Rows& train, const Rows& valid, TrainReport& report) {
  const std::uint64_t every = 1 + (train.rows() + valid.rows()) / 500'000;
  const auto known = row_hashes(train, every);
  const auto seen = row_hashes(valid, every);
  if (known.empty() || seen.empty()) return;
  std::uint64_t twins = 0;  // training rows that equal another one
  for (std::size_t i = 0; i < known.size(); ++i)
    twins += (i > 0 && known[i] == known[i - 1]) || (i + 1 < known.size() && known[i] == known[i + 1]) ? 1U : 0U;
  std::uint64_t shared = 0;
  for (const auto hash : seen) shared += std::ranges::binary_search(known, hash) ? 1U : 0U;
  // Rows of few distinct values repeat anyway: only what goes beyond that hints at a split that leaks.
  const double expected = static_cast<double>(twins) / static_cast<double>(known.size());
  const double share = static_cast<double>(shared) / static_cast<double>(seen.size());
  if (share > 0.01 + 2 * expected)
    report.warnings.push_back(
        fmt::format("{}{} of {} validation rows equal a training row in every feature and the target: the measured "
                    "quality is too good",
                    every > 1 ? "about " : "", with_thousands(shared * every), with_thousands(valid.rows())));
}

}  // namespace mlsys::train
