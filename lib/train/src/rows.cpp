#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

template <class T>
std::vector<T> select(const std::vector<T>& values, const std::vector<std::uint8_t>& parts, std::uint8_t part) {
  std::vector<T> selected;
  if (values.empty()) return selected;
  selected.reserve(static_cast<std::size_t>(std::ranges::count(parts, part)));
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i] == part) selected.push_back(values[i]);
  return selected;
}

template <class T>
std::vector<T> reorder(const std::vector<T>& values, const std::vector<std::uint64_t>& order) {
  std::vector<T> result;
  if (values.empty()) return result;
  result.reserve(order.size());
  for (const auto index : order) result.push_back(values[index]);
  return result;
}

Rows select_small(const Rows& rows, const std::vector<std::uint8_t>& parts, std::uint8_t part) {
  Rows result;
  result.label = select(rows.label, parts, part);
  result.target = select(rows.target, parts, part);
  result.classes = select(rows.classes, parts, part);
  result.weight = select(rows.weight, parts, part);
  result.query = select(rows.query, parts, part);
  result.frame.rows = result.label.size();
  return result;
}

// Its values in this part, and how many of them are missing, which the profile of the part says.
data::Column select(const data::Column& column, const std::vector<std::uint8_t>& parts, std::uint8_t part) {
  data::Column result;
  result.name = column.name;
  result.type = column.type;
  result.as = column.as;
  result.categories = column.categories;
  result.f32 = select(column.f32, parts, part);
  result.codes = select(column.codes, parts, part);
  const auto missing = std::ranges::count_if(result.f32, [](float value) { return std::isnan(value); }) +
                       std::ranges::count(result.codes, -1);
  result.missing = static_cast<std::uint64_t>(missing);
  return result;
}

// Queries become consecutive, in the order in which they first appear; rows keep their order within.
void group_queries(Rows& rows) {
  std::unordered_map<std::int32_t, std::uint64_t> first;
  bool grouped = true;
  for (std::size_t i = 0; i < rows.query.size(); ++i) {
    const bool fresh = first.try_emplace(rows.query[i], i).second;
    if (!fresh && rows.query[i] != rows.query[i - 1]) grouped = false;
  }
  if (grouped) return;
  std::vector<std::uint64_t> order(rows.query.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint64_t row) { return first.at(rows.query[row]); });
  rows.label = reorder(rows.label, order);
  rows.target = reorder(rows.target, order);
  rows.weight = reorder(rows.weight, order);
  rows.query = reorder(rows.query, order);
  for (auto& column : rows.frame.columns) {
    column.f32 = reorder(column.f32, order);
    column.codes = reorder(column.codes, order);
  }
}

[[noreturn]] void fail(const std::string& subject, const std::string& why, const std::string& hint = {}) {
  throw Error(Code::failed, fmt::format("cannot train on {}: {}", subject, why), hint);
}

void check_weights(const Rows& rows, const std::string& column, const std::string& subject) {
  for (std::size_t i = 0; i < rows.weight.size(); ++i) {
    if (!(rows.weight[i] >= 0) || std::isinf(rows.weight[i]))
      fail(subject,
           fmt::format("the weight {} of row {} is {}", quoted(column), i + 1,
                       std::isnan(rows.weight[i]) ? "missing" : shortest(static_cast<double>(rows.weight[i]))),
           "weights are finite and not negative");
  }
}

bool weighs_nothing(const Rows& rows) {
  return std::ranges::all_of(rows.weight, [](float weight) { return weight == 0; });
}

// A class that training has rows of, but none with a weight.
const std::string* weightless_class(const Rows& train, const std::vector<std::string>& classes) {
  std::vector<bool> present(classes.size());
  std::vector<bool> weighted(classes.size());
  for (std::size_t i = 0; i < train.classes.size(); ++i) {
    const auto label = static_cast<std::size_t>(train.classes[i]);
    present[label] = true;
    if (train.weight[i] > 0) weighted[label] = true;
  }
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (present[i] && !weighted[i]) return &classes[i];
  return nullptr;
}

}  // namespace

std::vector<data::ColumnRequest> role_requests(const TargetPlan& target, const data::Roles& roles) {
  std::vector<data::ColumnRequest> requests;
  if (target.classes.empty())
    requests.push_back({.name = target.column.name, .as = data::As::float64});
  else
    requests.push_back({.name = target.column.name, .as = data::As::category, .dictionary = &target.classes});
  if (!roles.weight.empty()) requests.push_back({.name = roles.weight, .as = data::As::float32});
  if (target.task == Task::ranking) requests.push_back({.name = roles.query, .as = data::As::category});
  return requests;
}

Rows take_apart(data::Frame frame, std::size_t features, const TargetPlan& target, const data::Roles& roles,
                const std::string& subject) {
  Rows rows;
  rows.frame.rows = frame.rows;
  auto next = frame.columns.begin() + static_cast<std::ptrdiff_t>(features);
  auto& label = *next++;
  if (target.classes.empty()) {
    rows.label.reserve(label.f64.size());
    for (std::size_t i = 0; i < label.f64.size(); ++i) {
      const auto value = static_cast<float>(label.f64[i]);
      if (!std::isfinite(value))
        fail(subject, fmt::format("the target {} of row {} is {}", quoted(label.name), i + 1,
                                  std::isnan(value) ? "missing" : "not finite"));
      rows.label.push_back(value);
    }
    rows.target = std::move(label.f64);
  } else {
    rows.label.reserve(label.codes.size());
    for (std::size_t i = 0; i < label.codes.size(); ++i) {
      if (label.codes[i] < 0)
        fail(subject,
             fmt::format("the target {} of row {} is missing or none of the classes", quoted(label.name), i + 1));
      rows.label.push_back(static_cast<float>(label.codes[i]));
    }
    rows.classes = std::move(label.codes);
  }
  if (!roles.weight.empty()) {
    rows.weight = std::move(next++->f32);
    check_weights(rows, roles.weight, subject);
  }
  if (target.task == Task::ranking) {
    rows.query = std::move(next->codes);
    if (const auto missing = std::ranges::find(rows.query, -1); missing != rows.query.end())
      fail(subject,
           fmt::format("the query {} of row {} is missing", quoted(roles.query), missing - rows.query.begin() + 1));
  }
  frame.columns.resize(features);
  rows.frame.columns = std::move(frame.columns);
  if (target.task == Task::ranking) group_queries(rows);
  return rows;
}

std::pair<Rows, Rows> divide(Rows rows, const std::vector<std::uint8_t>& parts) {
  std::pair<Rows, Rows> result = {select_small(rows, parts, 0), select_small(rows, parts, 1)};
  for (auto& column : rows.frame.columns) {
    result.first.frame.columns.push_back(select(column, parts, 0));
    result.second.frame.columns.push_back(select(column, parts, 1));
    column = {};
  }
  return result;
}

void check_weighted(const Rows& train, const Rows* valid, const TargetPlan& target, const std::string& column,
                    const std::string& subject) {
  if (column.empty()) return;
  const auto zero = [&](std::string_view rows, const std::string& hint) {
    fail(subject, fmt::format("the weight {} is 0 in every {}", quoted(column), rows), hint);
  };
  const auto other_rows = "choose validation rows so that both parts weigh something, or leave out --weight";
  if (weighs_nothing(train))
    zero(valid == nullptr ? "row" : "training row", valid == nullptr ? "leave out --weight" : other_rows);
  if (valid != nullptr && weighs_nothing(*valid)) zero("validation row", other_rows);
  if (const auto* label = weightless_class(train, target.classes))
    zero(fmt::format("training row of class {}", quoted(*label)),
         "nothing can be learnt of it: give its rows weights, or leave out --weight");
}

std::vector<std::pair<std::string, std::uint64_t>> compact_categories(data::Frame& train, data::Frame* valid) {
  std::vector<std::pair<std::string, std::uint64_t>> unseen;
  for (std::size_t i = 0; i < train.columns.size(); ++i) {
    auto& column = train.columns[i];
    if (column.as != data::As::category) continue;
    std::vector<std::int32_t> renamed(column.categories.size(), -1);
    for (const auto code : column.codes)
      if (code >= 0) renamed[static_cast<std::size_t>(code)] = 0;
    std::vector<std::string> kept;
    for (std::size_t code = 0; code < renamed.size(); ++code) {
      if (renamed[code] < 0) continue;
      renamed[code] = static_cast<std::int32_t>(kept.size());
      kept.push_back(std::move(column.categories[code]));
    }
    std::uint64_t lost = 0;
    const auto rename = [&](std::vector<std::int32_t>& codes) {
      for (auto& code : codes) {
        if (code < 0) continue;
        code = renamed[static_cast<std::size_t>(code)];
        if (code < 0) ++lost;
      }
    };
    if (kept.size() < renamed.size()) {
      rename(column.codes);
      if (valid != nullptr) rename(valid->columns[i].codes);
    }
    column.categories = std::move(kept);
    if (valid != nullptr) valid->columns[i].categories = column.categories;
    if (lost > 0) unseen.emplace_back(column.name, lost);
  }
  return unseen;
}

std::vector<std::uint32_t> query_sizes(const Rows& rows) {
  std::vector<std::uint32_t> sizes;
  for (std::size_t i = 0; i < rows.query.size(); ++i) {
    if (i == 0 || rows.query[i] != rows.query[i - 1]) sizes.push_back(0);
    ++sizes.back();
  }
  return sizes;
}

}  // namespace mlsys::train
