#include "mlsys/profile/reference.hpp"

#include <algorithm>
#include <cmath>

#include "categories.hpp"
#include "columns.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/parallel.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::profile {
namespace {

Kind kind_of(data::ColumnType type) {
  switch (type) {
    case data::ColumnType::integer:
    case data::ColumnType::real:
      return Kind::numeric;
    case data::ColumnType::boolean:
    case data::ColumnType::text:
      return Kind::categorical;
    case data::ColumnType::date:
    case data::ColumnType::timestamp:
      return Kind::time;
  }
  return Kind::categorical;
}

data::As form_of(data::ColumnType type) {
  switch (kind_of(type)) {
    case Kind::numeric:
      return data::As::float64;
    case Kind::categorical:
      return data::As::category;
    case Kind::time:
      return data::As::int64;
  }
  return data::As::category;
}

template <class T>
void profile_numbers(const std::vector<T>& values, ColumnProfile& profile, const ColumnProfile* like, Points points) {
  std::vector<double> finite;
  finite.reserve(values.size());
  for (const T value : values) {
    if (std::isnan(value))
      ++profile.missing;
    else if (std::isinf(value))
      ++profile.infinite;
    else
      finite.push_back(static_cast<double>(value));
  }
  profile.moments = moments_of(finite);  // in row order, before sorting
  std::sort(finite.begin(), finite.end());
  profile.all_distinct = finite.size() > 1 && std::adjacent_find(finite.begin(), finite.end()) == finite.end();
  if (like != nullptr)
    profile.distribution = distribution_at(finite, like->distribution.points);
  else
    profile.distribution = points == Points::all ? distribution_of_all(finite) : distribution_of(finite);
  if (lists_values(profile)) return;
  profile.sketch.emplace();
  for (std::size_t i = 0; i < finite.size(); ++i)
    if (i == 0 || finite[i] != finite[i - 1]) profile.sketch->add(distinct_hash(finite[i]));
}

template <class T>
void profile_booleans(const std::vector<T>& values, ColumnProfile& profile) {
  CategoryCount no{"false", 0};
  CategoryCount yes{"true", 0};
  for (const T value : values) {
    if (std::isnan(value))
      ++profile.missing;
    else
      ++(value == T{0} ? no : yes).count;
  }
  for (const auto& one : {no, yes})
    if (one.count > 0) profile.categories.values.push_back(one);
}

std::uint64_t code_points(std::string_view utf8) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::uint64_t>(std::count_if(utf8.begin(), utf8.end(), begins));
}

// Of at least one value.
TextLengths lengths_of(const std::vector<CategoryCount>& values) {
  TextLengths lengths{code_points(values.front().value), 0, 0};
  for (const auto& one : values) {
    const std::uint64_t length = code_points(one.value);
    lengths.min = std::min(lengths.min, length);
    lengths.max = std::max(lengths.max, length);
    lengths.total += length * one.count;
  }
  return lengths;
}

void profile_categories(const data::Column& column, ColumnProfile& profile) {
  profile.categories = count_categories(column);
  const auto& values = profile.categories.values;
  profile.all_distinct = values.size() > 1 && column.unseen == 0 &&
                         std::all_of(values.begin(), values.end(), [](const auto& one) { return one.count == 1; });
  profile.missing = column.missing;
  if (column.unseen == 0 && !values.empty()) {
    if (column.type == data::ColumnType::text) profile.lengths = lengths_of(values);
    if (values.size() > max_categories) profile.sketch = sketch_of(profile);
  }
  keep_most_frequent(profile.categories);
}

void profile_times(const data::Column& column, ColumnProfile& profile) {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;
  for (std::size_t i = 0; i < column.i64.size(); ++i) {
    if (!column.valid[i]) continue;
    if (!profile.sketch) profile.sketch.emplace();
    profile.sketch->add(distinct_hash(column.i64[i]));
    first = std::min(first.value_or(column.i64[i]), column.i64[i]);
    last = std::max(last.value_or(column.i64[i]), column.i64[i]);
  }
  profile.missing = column.missing;
  if (!first) return;
  constexpr std::int64_t day = 86'400'000'000;
  const bool date = column.type == data::ColumnType::date;
  profile.first = date ? data::format_date(*first / day) : data::format_timestamp(*first);
  profile.last = date ? data::format_date(*last / day) : data::format_timestamp(*last);
}

}  // namespace

std::uint64_t values_of(const ColumnProfile& column) { return column.rows - column.missing - column.infinite; }

bool lists_values(const ColumnProfile& column) {
  switch (column.kind) {
    case Kind::numeric: {
      const auto is_zero = [](std::uint64_t count) { return count == 0; };
      const auto& below = column.distribution.below;
      return column.distribution.above == 0 && std::all_of(below.begin(), below.end(), is_zero);
    }
    case Kind::categorical:
      return column.categories.other_rows == 0;
    case Kind::time:
      return values_of(column) == 0;
  }
  return false;
}

std::optional<DistinctSketch> sketch_of(const ColumnProfile& column) {
  if (column.sketch || !lists_values(column)) return column.sketch;
  DistinctSketch sketch;
  for (std::size_t i = 0; i < column.distribution.points.size(); ++i)
    if (column.distribution.at[i] > 0) sketch.add(distinct_hash(column.distribution.points[i]));
  for (const auto& one : column.categories.values) sketch.add(distinct_hash(one.value));
  return sketch;
}

const ColumnProfile* Profile::find(std::string_view name) const {
  const auto it = std::find_if(columns.begin(), columns.end(), [&](const ColumnProfile& c) { return c.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

ColumnProfile column_profile(const data::Column& column, const ColumnProfile* like, Points points) {
  ColumnProfile profile;
  profile.name = column.name;
  profile.type = column.type;
  const bool boolean = column.type == data::ColumnType::boolean;
  switch (column.as) {
    case data::As::float32:
    case data::As::float64:
      profile.kind = boolean ? Kind::categorical : Kind::numeric;
      profile.rows = column.f32.size() + column.f64.size();
      if (boolean) {
        profile_booleans(column.f32, profile);
        profile_booleans(column.f64, profile);
      } else if (column.as == data::As::float32) {
        profile.float32 = true;
        profile_numbers(column.f32, profile, like, points);
      } else {
        profile_numbers(column.f64, profile, like, points);
      }
      break;
    case data::As::category:
      profile.kind = Kind::categorical;
      profile.rows = column.codes.size();
      profile_categories(column, profile);
      break;
    case data::As::int64:
      profile.kind = Kind::time;
      profile.rows = column.i64.size();
      profile_times(column, profile);
      break;
    case data::As::text:
      throw Error(Code::failed, "cannot profile column " + quoted(column.name) + ": it was read as text, not category");
  }
  return profile;
}

Categories count_categories(const data::Column& column) {
  std::vector<std::uint64_t> counts(column.categories.size(), 0);
  for (const std::int32_t code : column.codes)
    if (code >= 0) ++counts[static_cast<std::size_t>(code)];
  Categories categories;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) categories.values.push_back({column.categories[i], counts[i]});
  std::sort(categories.values.begin(), categories.values.end(),
            [](const CategoryCount& a, const CategoryCount& b) { return a.value < b.value; });
  categories.other_rows = column.unseen;
  categories.other_values = column.unseen_names.size();
  return categories;
}

ColumnProfile number_profile(const std::string& name, std::span<const double> values) {
  data::Column column;
  column.name = name;
  column.type = data::ColumnType::real;
  column.as = data::As::float64;
  column.f64.assign(values.begin(), values.end());
  return column_profile(column);
}

Profile reference_profile(const data::Dataset& dataset, const std::vector<std::string>& columns, Context& ctx,
                          const Profile* like) {
  Profile profile;
  profile.rows = dataset.rows();
  std::vector<data::ColumnRequest> requests;
  for (const auto& name : columns) {
    const auto& info = dataset.require(name, "profile");
    requests.push_back({name, form_of(info.type)});
  }
  // The values and a sorted copy of them.
  const std::uint64_t bytes = std::max<std::uint64_t>(dataset.rows(), 1) * 2 * sizeof(double);
  const std::uint64_t group = std::max<std::uint64_t>(1, ctx.memory_budget / 4 / bytes);
  ctx.progress->begin("Profiling", requests.size(), "columns");
  for (std::uint64_t begin = 0; begin < requests.size(); begin += group) {
    const std::uint64_t end = std::min<std::uint64_t>(requests.size(), begin + group);
    const data::Frame frame = dataset.read(
        {requests.begin() + static_cast<std::ptrdiff_t>(begin), requests.begin() + static_cast<std::ptrdiff_t>(end)},
        ctx);
    std::vector<ColumnProfile> done(frame.columns.size());
    parallel_for(frame.columns.size(), ctx.threads, [&](std::size_t i) {
      ctx.check_stop();
      const ColumnProfile* model = like != nullptr ? like->find(frame.columns[i].name) : nullptr;
      done[i] = column_profile(frame.columns[i], model);
    });
    for (auto& column : done) profile.columns.push_back(std::move(column));
    ctx.progress->update(end, {});
  }
  ctx.progress->end();
  return profile;
}

std::optional<DistinctCount> distinct(const ColumnProfile& column) {
  if (column.kind == Kind::categorical && lists_values(column))
    return DistinctCount{column.categories.values.size(), true};
  const auto sketch = sketch_of(column);
  if (!sketch) return std::nullopt;
  return DistinctCount{std::min(sketch->count(), values_of(column)), sketch->exact()};
}

}  // namespace mlsys::profile
