#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <unordered_map>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/split.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

// Whole numbers in the order of the finite doubles, equal for equal ones (0 and -0 too).
std::int64_t in_order(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value + 0.0);
  return bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits;
}

// Instead of the time of each row the place of its group, so that a division by time parts no group: in the order of
// their last rows, then of their first ones, since many groups may end on the last day. Rows without a group are one,
// as when groups are dealt at random.
std::vector<std::int64_t> places_of_groups(const std::vector<std::int64_t>& times,
                                           const std::vector<std::int32_t>& groups) {
  struct Span {
    std::int64_t last, first;
    std::int32_t group;
    auto operator<=>(const Span&) const = default;
  };
  std::unordered_map<std::int32_t, Span> spans;
  for (std::size_t i = 0; i < times.size(); ++i) {
    Span& span = spans.try_emplace(groups[i], Span{times[i], times[i], groups[i]}).first->second;
    span.last = std::max(span.last, times[i]);
    span.first = std::min(span.first, times[i]);
  }
  std::vector<Span> order;
  order.reserve(spans.size());
  for (const auto& [group, span] : spans) order.push_back(span);
  std::ranges::sort(order);
  std::unordered_map<std::int32_t, std::int64_t> place;
  for (const Span& span : order) place.emplace(span.group, static_cast<std::int64_t>(place.size()));
  std::vector<std::int64_t> places;
  places.reserve(times.size());
  for (const auto group : groups) places.push_back(place.at(group));
  return places;
}

std::string percent(double fraction) { return significant(100 * fraction, 3) + "%"; }

}  // namespace

ValidPlan plan_valid(const std::string& text, const data::SourceOptions& source, const data::Dataset& dataset) {
  ValidPlan plan;
  if (text.empty()) return plan;
  if (const auto number = parse_double(text)) {
    if (!(*number > 0 && *number < 1))
      throw Error(Code::usage, fmt::format("--valid {} is no fraction between 0 and 1", text),
                  "for example --valid 0.2");
    plan.kind = ValidPlan::Kind::fraction;
    plan.fraction = *number;
    return plan;
  }
  std::error_code error;
  if (const auto equals = text.find('=');
      equals != std::string::npos && !std::filesystem::exists(text, error) && !text.starts_with("sqlite:")) {
    plan.kind = ValidPlan::Kind::column;
    plan.column = trim(std::string_view(text).substr(0, equals));
    plan.value = trim(std::string_view(text).substr(equals + 1));
    static_cast<void>(dataset.require(plan.column, "take validation rows from"));
    plan.described = fmt::format("the rows where {} is {}", quoted(plan.column), quoted(plan.value));
    return plan;
  }
  plan.kind = ValidPlan::Kind::source;
  plan.source = source;  // the same dialect
  plan.source.argument = text;
  plan.source.resolved.reset();
  plan.source.format.reset();
  // The condition of the training rows holds for these, too; what makes another table or takes a part of it does not.
  plan.source.sql.clear();
  plan.source.sample.reset();
  plan.source.limit.reset();
  plan.described = plan.source.where.empty() ? text : fmt::format("{} where {}", text, plan.source.where);
  return plan;
}

std::vector<std::uint8_t> assign_parts(const ValidPlan& plan, const data::Dataset& dataset, const Rows& rows,
                                       const TargetPlan& target, const data::Roles& roles, Context& ctx,
                                       std::string& described) {
  described = plan.described;
  if (plan.kind == ValidPlan::Kind::column) {
    const std::vector<std::string> dictionary = {plan.value};
    const auto frame = dataset.read({{.name = plan.column, .as = data::As::category, .dictionary = &dictionary}}, ctx);
    const auto& codes = frame.columns.front().codes;
    std::vector<std::uint8_t> parts(codes.size());
    std::ranges::transform(codes, parts.begin(),
                           [](std::int32_t code) { return static_cast<std::uint8_t>(code == 0); });
    const auto count = std::ranges::count(parts, 1);
    if (count == 0 || static_cast<std::size_t>(count) == parts.size())
      throw Error(Code::usage,
                  fmt::format("cannot take validation rows from {}: {} is {} in {} row", dataset.subject(),
                              quoted(plan.column), quoted(plan.value), count == 0 ? "no" : "every"),
                  "write --valid 'COLUMN=VALUE' with a value that some rows have");
    return parts;
  }
  const std::array<double, 2> fractions = {1 - plan.fraction, plan.fraction};
  const auto percentage = percent(plan.fraction);
  if (!roles.time.empty()) {
    const auto& column = dataset.require(roles.time, "split by time");
    if (column.type == data::ColumnType::text || column.type == data::ColumnType::boolean)
      throw Error(Code::usage,
                  fmt::format("cannot split {} by time: column {} is {}", dataset.subject(), quoted(roles.time),
                              name_of(column.type)),
                  "use a date, a timestamp or a number, or derive one");
    auto frame = dataset.read(
        {{.name = roles.time, .as = column.type == data::ColumnType::real ? data::As::float64 : data::As::int64}}, ctx);
    auto& times = frame.columns.front();
    for (std::size_t i = 0; i < times.f64.size(); ++i) {
      times.valid.push_back(std::isfinite(times.f64[i]) ? 1 : 0);
      times.i64.push_back(in_order(times.f64[i]));
    }
    if (const auto missing = std::ranges::find(times.valid, 0); missing != times.valid.end())
      throw Error(Code::failed,
                  fmt::format("cannot split {} by time: {} is missing in row {}", dataset.subject(), quoted(roles.time),
                              missing - times.valid.begin() + 1),
                  fmt::format("leave such rows out with --where '\"{}\" IS NOT NULL'", roles.time));
    described = fmt::format("the latest {} by {}", percentage, quoted(roles.time));
    if (!roles.group.empty()) {
      const auto groups = dataset.read({{.name = roles.group, .as = data::As::category}}, ctx);
      times.i64 = places_of_groups(times.i64, groups.columns.front().codes);
      described += fmt::format(", rows of one {} together", quoted(roles.group));
    }
    return data::split_by_time(times.i64, fractions);
  }
  if (!roles.group.empty() || target.task == Task::ranking) {
    const auto& name = roles.group.empty() ? roles.query : roles.group;
    described = fmt::format("{} at random, rows of one {} together", percentage, quoted(name));
    if (roles.group.empty()) return data::split_by_group(rows.query, fractions, ctx.seed);
    const auto frame = dataset.read({{.name = name, .as = data::As::category}}, ctx);
    return data::split_by_group(frame.columns.front().codes, fractions, ctx.seed);
  }
  if (!rows.classes.empty()) {
    described = fmt::format("{} at random, stratified by {}", percentage, quoted(target.column.name));
    return data::split_stratified(rows.classes, fractions, ctx.seed);
  }
  described = fmt::format("{} at random", percentage);
  return data::split_random(rows.rows(), fractions, ctx.seed);
}

}  // namespace mlsys::train
