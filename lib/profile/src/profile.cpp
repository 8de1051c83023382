#include "mlsys/profile/profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/parallel.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/profile/association.hpp"
#include "mlsys/profile/moments.hpp"
#include "numbers.hpp"

namespace mlsys::profile {
namespace {

using data::ColumnType;

constexpr std::array quantile_shares = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
constexpr double exact_integers = 9007199254740992.0;  // 2^53

bool is_time(ColumnType type) { return type == ColumnType::date || type == ColumnType::timestamp; }
bool is_number(ColumnType type) { return type == ColumnType::integer || type == ColumnType::real; }

// The instant that a double stands for: the last of all is 2^63 - 1, and its double 2^63.
std::int64_t instant_of(double value) {
  constexpr double beyond = 9223372036854775808.0;
  return value >= beyond ? std::numeric_limits<std::int64_t>::max() : static_cast<std::int64_t>(value);
}

std::string text_of(double value, ColumnType type) {
  switch (type) {
    case ColumnType::date:
      return data::format_date(instant_of(value) / data::day_microseconds);
    case ColumnType::timestamp:
      return data::format_timestamp(instant_of(value));
    default:
      return shortest(value);
  }
}

class Profiler {
 public:
  Profiler(const data::Dataset& dataset, const ProfileOptions& options, Context& ctx)
      : dataset_(dataset), options_(options), ctx_(ctx) {}

  ProfileReport run() {
    report_.subject = dataset_.subject();
    report_.digest = dataset_.digest();
    report_.rows = dataset_.rows();
    settle_columns();
    settle_target();
    ctx_.progress->begin("Profiling", report_.columns.size(), "columns");
    profile_numbers();
    profile_texts();
    ctx_.progress->end();
    return std::move(report_);
  }

 private:
  void settle_columns() {
    if (options_.columns.empty())
      for (const auto& column : dataset_.columns()) add(column);
    else
      for (const auto& name : options_.columns) add(dataset_.require(name, "profile"));
  }

  void add(const data::ColumnInfo& info) {
    for (const auto& other : report_.columns)
      if (other.name == info.name)
        throw Error(Code::usage,
                    "cannot profile " + dataset_.subject() + ": column " + quoted(info.name) + " is named twice");
    ColumnReport& column = report_.columns.emplace_back();
    column.name = info.name;
    column.type = info.type;
  }

  void settle_target() {
    if (options_.target.empty()) return;
    report_.target = options_.target;
    target_ = read_target(dataset_, options_.target, options_.positive, ctx_);
    report_.association = target_.measure;
    if (target_.measure.empty())
      ctx_.progress->note("no association with " + quoted(report_.target) +
                          ": it is neither a number nor of two classes of which one is positive");
  }

  void profile_numbers() {
    std::vector<ColumnReport*> numbers;
    for (auto& column : report_.columns)
      if (is_number(column.type) || is_time(column.type)) numbers.push_back(&column);
    // The values and a sorted copy of them.
    const std::uint64_t bytes = std::max<std::uint64_t>(report_.rows, 1) * 2 * sizeof(double);
    const std::uint64_t group = std::max<std::uint64_t>(1, ctx_.memory_budget / 4 / bytes);
    for (std::uint64_t begin = 0; begin < numbers.size(); begin += group) {
      const std::uint64_t end = std::min<std::uint64_t>(numbers.size(), begin + group);
      std::vector<data::ColumnRequest> requests;
      for (std::uint64_t i = begin; i < end; ++i)
        requests.push_back({numbers[i]->name, is_time(numbers[i]->type) ? data::As::int64 : data::As::float64});
      data::Frame frame = dataset_.read(requests, ctx_);
      parallel_for(end - begin, ctx_.threads, [&](std::size_t i) {
        ctx_.check_stop();
        describe(*numbers[begin + i], frame.columns[i]);
      });
      for (std::uint64_t i = begin; i < end; ++i) exact_large_integers(*numbers[i]);
      ctx_.progress->update(end, {});
    }
  }

  void describe(ColumnReport& column, data::Column& values) const {
    std::vector<double> finite;
    finite.reserve(report_.rows);
    column.nulls = values.missing;
    if (is_time(column.type)) {
      for (std::size_t i = 0; i < values.i64.size(); ++i)
        if (values.valid[i]) finite.push_back(static_cast<double>(values.i64[i]));
      if (!target_.values.empty() && column.name != report_.target) {
        for (std::size_t i = 0; i < values.i64.size(); ++i)
          values.f64.push_back(values.valid[i] ? static_cast<double>(values.i64[i]) : std::nan(""));
        column.association = association(values.f64, target_);
      }
    } else {
      column.nan = values.nan;
      column.infinite = values.infinite;
      for (const double value : values.f64)
        if (std::isfinite(value)) finite.push_back(value);
      const Moments moments = moments_of(finite);
      if (moments.count > 0) column.mean = moments.mean;
      if (moments.count > 1) column.sd = moments.deviation();
      if (column.name != report_.target) column.association = association(values.f64, target_);
    }
    std::sort(finite.begin(), finite.end());
    column.distinct = count_distinct(finite);
    if (column.infinite > 0) {
      const auto has = [&](float infinity) {
        return std::find(values.f64.begin(), values.f64.end(), infinity) != values.f64.end();
      };
      column.distinct += has(INFINITY) + has(-INFINITY);
    }
    if (finite.empty()) return;
    settle_range(column, values, finite);
    for (const double share : quantile_shares) {
      const auto rank = static_cast<std::size_t>(share * static_cast<double>(finite.size() - 1));
      const double value = is_time(column.type) ? finite[rank] : quantile_of_sorted(finite, share);
      column.quantiles.emplace_back(share, text_of(value, column.type));
    }
    column.top = top_of_sorted(finite, options_.top, [&](double value) { return text_of(value, column.type); });
    column.histogram = histogram_of_sorted(finite, options_.bins);
    if (is_time(column.type) && finite.front() < finite.back()) column.gaps = gaps_of_sorted(finite, column.type);
  }

  // Doubles cannot tell the microseconds of far times apart, such as the last one of the year 9999.
  static void settle_range(ColumnReport& column, const data::Column& values, std::span<const double> sorted) {
    column.min = text_of(sorted.front(), column.type);
    column.max = text_of(sorted.back(), column.type);
    if (column.type != ColumnType::timestamp) return;
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    for (std::size_t i = 0; i < values.i64.size(); ++i) {
      if (values.valid[i] == 0) continue;
      first = std::min(first, values.i64[i]);
      last = std::max(last, values.i64[i]);
    }
    column.min = data::format_timestamp(first);
    column.max = data::format_timestamp(last);
  }

  static TimeGaps gaps_of_sorted(std::span<const double> sorted, ColumnType type) {
    const auto day_of = [](double time) { return std::floor(time / static_cast<double>(data::day_microseconds)); };
    std::uint64_t with_values = 1;
    std::size_t widest = 1;
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      if (sorted[i] - sorted[i - 1] > sorted[widest] - sorted[widest - 1]) widest = i;
      if (day_of(sorted[i]) > day_of(sorted[i - 1])) ++with_values;
    }
    TimeGaps gaps;
    gaps.days = static_cast<std::uint64_t>(day_of(sorted.back()) - day_of(sorted.front())) + 1;
    gaps.days_without = gaps.days - with_values;
    gaps.from = text_of(sorted[widest - 1], type);
    gaps.to = text_of(sorted[widest], type);
    return gaps;
  }

  // Doubles cannot tell integers beyond 2^53 apart: ask for those that must be exact.
  void exact_large_integers(ColumnReport& column) const {
    if (column.type != ColumnType::integer || !column.histogram) return;
    if (column.histogram->low >= -exact_integers && column.histogram->high <= exact_integers) return;
    const std::string name = dataset_.sql(column.name);
    const data::Result facts =
        dataset_.query("SELECT min(" + name + "), max(" + name + "), count(DISTINCT " + name + ") FROM data", ctx_);
    column.min = facts.text(0, 0);
    column.max = facts.text(0, 1);
    column.distinct = static_cast<std::uint64_t>(facts.integer(0, 2));
    column.top = most_frequent(name);
  }

  std::vector<ValueCount> most_frequent(const std::string& column) const {
    const data::Result rows =
        dataset_.query("SELECT " + column + " AS value, count(*) AS n FROM data WHERE " + column +
                           " IS NOT NULL GROUP BY ALL ORDER BY n DESC, value LIMIT " + std::to_string(options_.top),
                       ctx_);
    std::vector<ValueCount> top;
    for (std::uint64_t row = 0; row < rows.rows(); ++row)
      top.push_back({rows.text(row, 0), static_cast<std::uint64_t>(rows.integer(row, 1))});
    return top;
  }

  // The same of many columns with few values at once: a query of its own for each of thousands takes long to prepare.
  void most_frequent_of(const std::vector<ColumnReport*>& columns) const {
    std::vector<std::string> sets;
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const auto* column : columns) {
      names.push_back(dataset_.sql(column->name));
      sets.push_back("(" + names.back() + ")");
      values.push_back("CAST(" + names.back() + " AS VARCHAR)");
    }
    // One bit for each column, the first the highest: 0 where the row counts values of it.
    const data::Result rows =
        dataset_.query("SELECT CAST(grouping(" + join(names, ", ") + ") AS BIGINT), coalesce(" + join(values, ", ") +
                           ", NULL) AS value, count(*) FROM data GROUP BY GROUPING SETS (" + join(sets, ", ") + ")",
                       ctx_);
    std::vector<std::vector<ValueCount>> counts(columns.size());
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      const auto value = rows.maybe_text(row, 1);
      if (!value) continue;
      for (std::size_t i = 0; i < columns.size(); ++i)
        if ((rows.integer(row, 0) >> (columns.size() - 1 - i) & 1) == 0)
          counts[i].push_back({*value, static_cast<std::uint64_t>(rows.integer(row, 2))});
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      std::sort(counts[i].begin(), counts[i].end(), [](const ValueCount& a, const ValueCount& b) {
        return a.count != b.count ? a.count > b.count : a.value < b.value;
      });
      counts[i].resize(std::min<std::size_t>(counts[i].size(), options_.top));
      columns[i]->top = std::move(counts[i]);
    }
  }

  void count_most_frequent(const std::vector<ColumnReport*>& columns) const {
    constexpr std::size_t columns_per_query = 60;  // bits of an integer
    constexpr std::uint64_t few_values = 1000;
    std::vector<ColumnReport*> together;
    for (auto* column : columns) {
      const bool few = column->distinct_exact && column->distinct <= few_values;
      if (few && report_.columns.size() > columns_per_query)
        together.push_back(column);
      else
        column->top = most_frequent(dataset_.sql(column->name));
      if (together.size() == columns_per_query) most_frequent_of(std::exchange(together, {}));
    }
    if (!together.empty()) most_frequent_of(together);
  }

  void profile_texts() {
    std::vector<ColumnReport*> texts;
    for (auto& column : report_.columns)
      if (column.type == ColumnType::text || column.type == ColumnType::boolean) texts.push_back(&column);
    constexpr std::size_t columns_per_query = 200;
    for (std::size_t begin = 0; begin < texts.size(); begin += columns_per_query) {
      const std::size_t end = std::min(texts.size(), begin + columns_per_query);
      const std::vector<ColumnReport*> some(texts.begin() + static_cast<std::ptrdiff_t>(begin),
                                            texts.begin() + static_cast<std::ptrdiff_t>(end));
      measure(some);
      count_exactly(some);
      count_most_frequent(some);
      for (std::size_t i = begin; i < end; ++i) {
        if (texts[i]->name != report_.target && texts[i]->distinct <= ProfileReport::most_associated)
          texts[i]->association = association(dataset_, texts[i]->name, target_, ctx_);
        ctx_.progress->update(report_.columns.size() - texts.size() + i + 1, {});
      }
    }
  }

  void measure(const std::vector<ColumnReport*>& columns) const {
    std::vector<std::string> parts;
    for (const auto* column : columns) {
      const std::string name = dataset_.sql(column->name);
      for (const std::string_view function : {"count(", "approx_count_distinct(", "min(", "max("})
        parts.push_back(std::string(function) + name + ")");
      if (column->type != ColumnType::text) continue;
      parts.push_back("min(length(" + name + "))");
      parts.push_back("max(length(" + name + "))");
      parts.push_back("CAST(sum(length(" + name + ")) AS BIGINT)");
    }
    const data::Result facts = dataset_.query("SELECT " + join(parts, ", ") + " FROM data", ctx_);
    std::size_t at = 0;
    const auto count = [&](std::optional<std::int64_t> value) { return static_cast<std::uint64_t>(value.value_or(0)); };
    for (auto* column : columns) {
      const std::uint64_t values = count(facts.maybe_integer(0, at++));
      column->nulls = report_.rows - values;
      column->distinct = std::min(values, count(facts.maybe_integer(0, at++)));
      column->min = facts.maybe_text(0, at++);
      column->max = facts.maybe_text(0, at++);
      if (column->type != ColumnType::text) continue;
      const auto shortest_text = facts.maybe_integer(0, at++);
      const auto longest_text = facts.maybe_integer(0, at++);
      const auto all = facts.maybe_integer(0, at++);
      if (values == 0) continue;
      column->min_length = count(shortest_text);
      column->max_length = count(longest_text);
      column->mean_length = static_cast<double>(count(all)) / static_cast<double>(values);
    }
  }

  // Exact counts where HyperLogLog says that they are affordable.
  void count_exactly(const std::vector<ColumnReport*>& columns) const {
    std::vector<ColumnReport*> few;
    std::vector<std::string> parts;
    for (auto* column : columns) {
      column->distinct_exact = column->distinct <= options_.exact_distinct;
      if (!column->distinct_exact) continue;
      few.push_back(column);
      parts.push_back("count(DISTINCT " + dataset_.sql(column->name) + ")");
    }
    if (few.empty()) return;
    const data::Result counts = dataset_.query("SELECT " + join(parts, ", ") + " FROM data", ctx_);
    for (std::size_t i = 0; i < few.size(); ++i) few[i]->distinct = static_cast<std::uint64_t>(counts.integer(0, i));
  }

  const data::Dataset& dataset_;
  const ProfileOptions& options_;
  Context& ctx_;
  ProfileReport report_;
  Target target_;
};

// A value as JSON of its column's type.
Json value_to_json(const std::string& value, ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return value == "true";
    case ColumnType::integer:
      if (const auto number = parse_int(value)) return *number;
      [[fallthrough]];
    case ColumnType::real:
      if (const auto number = parse_double(value)) return *number;
      return value;
    default:
      return value;
  }
}

template <class T>
Json maybe(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json column_to_json(const ColumnReport& column, std::uint64_t rows) {
  const auto value = [&](const std::optional<std::string>& text) {
    return text ? value_to_json(*text, column.type) : Json(nullptr);
  };
  Json json = {{"name", column.name},      {"type", name_of(column.type)}, {"rows", rows},
               {"nulls", column.nulls},    {"distinct", column.distinct},  {"distinct_exact", column.distinct_exact},
               {"min", value(column.min)}, {"max", value(column.max)},     {"mean", maybe(column.mean)},
               {"sd", maybe(column.sd)}};
  json["distinct_by"] = column.distinct_exact ? "counting" : "hyperloglog";
  json["quantiles_exact"] = true;
  json["quantiles"] = Json::object();
  for (const auto& [share, text] : column.quantiles) json["quantiles"][shortest(share)] = value(text);
  json["top"] = Json::array();
  for (const auto& one : column.top) json["top"].push_back({{"value", value(one.value)}, {"count", one.count}});
  if (column.nan > 0) json["nan"] = column.nan;
  if (column.infinite > 0) json["infinite"] = column.infinite;
  if (column.min_length)
    json["length"] = {{"min", *column.min_length}, {"max", *column.max_length}, {"mean", *column.mean_length}};
  if (column.histogram) {
    const bool time = is_time(column.type);
    json["histogram"] = {
        {"low", time ? Json(text_of(column.histogram->low, column.type)) : Json(column.histogram->low)},
        {"high", time ? Json(text_of(column.histogram->high, column.type)) : Json(column.histogram->high)},
        {"counts", column.histogram->counts}};
  }
  if (column.gaps)
    json["gaps"] = {{"days", column.gaps->days},
                    {"days_without", column.gaps->days_without},
                    {"longest", {{"from", column.gaps->from}, {"to", column.gaps->to}}}};
  if (column.association) json["association"] = *column.association;
  return json;
}

}  // namespace

ProfileReport profile(const data::Dataset& dataset, const ProfileOptions& options, Context& ctx) {
  return Profiler(dataset, options, ctx).run();
}

ProfileReport profile(const ProfileOptions& options, Context& ctx) {
  data::Dataset dataset = data::Dataset::open(options.source, ctx);
  for (const auto& derivation : options.derivations) dataset.derive(derivation.name, derivation.expression);
  return profile(dataset, options, ctx);
}

Json to_json(const ProfileReport& report) {
  Json columns = Json::array();
  for (const auto& column : report.columns) columns.push_back(column_to_json(column, report.rows));
  Json json = {{"schema", "mlsys.data.profile/1"},
               {"subject", report.subject},
               {"digest", report.digest},
               {"rows", report.rows}};
  if (!report.association.empty()) json["association"] = {{"target", report.target}, {"measure", report.association}};
  json["columns"] = std::move(columns);
  return json;
}

}  // namespace mlsys::profile
