#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

// A dictionary of more values than this is an identifier, not a category.
constexpr std::int64_t most_categories = 20'000;

// What a column is computed from, through any number of derivations.
std::set<std::string> sources_of(const std::string& name, const std::vector<data::Derivation>& derivations) {
  std::set<std::string> sources;
  std::set<std::string> open = {name};
  for (const auto& derivation : derivations | std::views::reverse) {
    if (!open.contains(derivation.name)) continue;
    sources.insert(derivation.inputs.begin(), derivation.inputs.end());
    open.insert(derivation.inputs.begin(), derivation.inputs.end());
  }
  return sources;
}

std::string why_not(const data::ColumnInfo& column, const std::set<std::string>& target_sources, const NoFeatures& none,
                    std::string_view target) {
  if (column.name == none.split_column) return "says which rows are for validation";
  if (target_sources.contains(column.name))
    return fmt::format("is what the target {} is computed from", quoted(target));
  if (const auto format = none.date_formats.find(column.name); format != none.date_formats.end())
    return why_no_feature(column.name, format->second);
  if (column.type == data::ColumnType::date || column.type == data::ColumnType::timestamp)
    return fmt::format("is a {}: derive numbers from it, for example --derive month='month(\"{}\")'",
                       name_of(column.type), column.name);
  return {};
}

bool constant(const data::Column& column) {
  if (column.as == data::As::category) {
    const auto first = column.codes.empty() ? -1 : column.codes.front();
    return std::ranges::all_of(column.codes, [&](std::int32_t code) { return code == first; });
  }
  const float first = column.f32.empty() ? 0 : column.f32.front();
  return std::ranges::all_of(column.f32,
                             [&](float value) { return value == first || (std::isnan(value) && std::isnan(first)); });
}

bool empty(const data::Column& column) {
  if (column.as == data::As::category) return std::ranges::all_of(column.codes, [](auto code) { return code < 0; });
  return std::ranges::all_of(column.f32, [](float value) { return std::isnan(value); });
}

}  // namespace

FeaturePlan choose_features(const data::Dataset& dataset, const data::Roles& roles, const NoFeatures& none,
                            Context& ctx) {
  FeaturePlan plan;
  const bool named = !roles.features.empty();
  const auto fail = [&](const data::ColumnInfo& column, const std::string& reason) {
    throw Error(Code::usage,
                fmt::format("cannot train on {}: column {} cannot be a feature: it {}", dataset.subject(),
                            quoted(column.name), reason),
                "leave it out of --features");
  };
  const auto target_sources = sources_of(roles.target, dataset.derivations());
  for (const auto& column : data::feature_columns(roles, dataset.columns())) {
    const auto reason = why_not(column, target_sources, none, roles.target);
    if (reason.empty())
      plan.columns.push_back(column);
    else if (named)
      fail(column, reason);
    else
      plan.left_out.push_back({.column = column.name, .reason = reason});
  }

  std::vector<std::string> counts;
  for (const auto& column : plan.columns)
    if (column.type == data::ColumnType::text)
      counts.push_back(fmt::format("approx_count_distinct({})", dataset.sql(column.name)));
  if (!counts.empty()) {
    const auto result = dataset.query(fmt::format("SELECT {} FROM data", join(counts, ", ")), ctx);
    std::size_t index = 0;
    std::vector<data::ColumnInfo> kept;
    for (const auto& column : plan.columns) {
      if (column.type == data::ColumnType::text && result.integer(0, index++) > most_categories) {
        const auto reason = fmt::format("is text with about {} different values, more than {} categories",
                                        with_thousands(static_cast<std::uint64_t>(result.integer(0, index - 1))),
                                        with_thousands(most_categories));
        if (named) fail(column, reason);
        plan.left_out.push_back({.column = column.name, .reason = reason});
      } else {
        kept.push_back(column);
      }
    }
    plan.columns = std::move(kept);
  }
  return plan;
}

std::vector<data::ColumnRequest> feature_requests(const std::vector<data::ColumnInfo>& columns) {
  std::vector<data::ColumnRequest> requests;
  for (const auto& column : columns)
    requests.push_back(
        {.name = column.name, .as = column.type == data::ColumnType::text ? data::As::category : data::As::float32});
  return requests;
}

void check_features(const data::Frame& frame, std::size_t features, const std::string& subject,
                    std::vector<std::string>& notes) {
  for (std::size_t i = 0; i < features; ++i) {
    const auto& column = frame.columns[i];
    const auto fail = [&](const std::string& why, const std::string& hint) {
      throw Error(Code::failed, fmt::format("cannot train on {}: column {} {}", subject, quoted(column.name), why),
                  hint);
    };
    if (column.inexact > 0)
      fail(fmt::format("holds {} beyond 2^24 that a float32 feature cannot hold", counted(column.inexact, "integer")),
           fmt::format(
               "an identifier is no feature: --exclude '{0}'; a category: --derive {1}='CAST(\"{0}\" AS VARCHAR)' "
               "--exclude '{0}'",
               column.name, "NAME"));
    if (column.infinite > 0) {
      const auto found = std::ranges::find_if(column.f32, [](float value) { return std::isinf(value); });
      fail(fmt::format("holds {}, first in row {} of those read", counted(column.infinite, "infinite value"),
                       found - column.f32.begin() + 1),
           fmt::format("leave them out with --where, or replace them with --derive"));
    }
    if (column.nan > 0)
      notes.push_back(fmt::format("column {} holds {} NaN, which count as missing", quoted(column.name),
                                  with_thousands(column.nan)));
  }
}

std::size_t drop_constant(std::vector<data::Frame*> frames, std::size_t features, std::vector<LeftOut>& left_out) {
  const auto& train = *frames.front();
  for (std::size_t i = features; i-- > 0;) {
    const auto& column = train.columns[i];
    if (!constant(column)) continue;
    left_out.push_back({.column = column.name,
                        .reason = empty(column) ? "has no value in any row" : "has the same value in every row"});
    --features;
    for (auto* frame : frames)
      if (frame != nullptr) frame->columns.erase(frame->columns.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return features;
}

}  // namespace mlsys::train
