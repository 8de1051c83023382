#include <cmath>
#include <numeric>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/profile/reference.hpp"

namespace mlsys::profile {
namespace {

constexpr std::string_view schema_name = "mlsys.profile";
constexpr int schema_version = 1;

Json numbers_to_json(const ColumnProfile& column) {
  Json json;
  if (column.moments.count > 0)
    json["moments"] = {{"count", column.moments.count},
                       {"mean", column.moments.mean},
                       {"m2", column.moments.m2},
                       {"min", column.moments.min},
                       {"max", column.moments.max}};
  json["distribution"] = {{"points", column.distribution.points},
                          {"at", column.distribution.at},
                          {"below", column.distribution.below},
                          {"above", column.distribution.above}};
  return json;
}

Json categories_to_json(const Categories& categories) {
  Json values = Json::array();
  for (const auto& one : categories.values) values.push_back({one.value, one.count});
  return {
      {"values", std::move(values)}, {"other_rows", categories.other_rows}, {"other_values", categories.other_values}};
}

Json distinct_to_json(const ColumnProfile& column, const DistinctCount& different) {
  Json json = {{"count", different.count}, {"exact", different.exact}};
  if (column.sketch) json[column.sketch->exact() ? "hashes" : "registers"] = column.sketch->text();
  return json;
}

std::uint64_t count_of(ObjectReader& reader, std::string_view key) {
  const std::int64_t value = reader.integer(key);
  if (value < 0) reader.fail(key, "must not be negative");
  return static_cast<std::uint64_t>(value);
}

std::vector<std::uint64_t> counts_of(ObjectReader& reader, std::string_view key) {
  std::vector<std::uint64_t> counts;
  for (const auto& item : reader.array(key)) {
    if (!item.is_number_integer() || item < 0) reader.fail(key, "must hold counts");
    counts.push_back(item.get<std::uint64_t>());
  }
  return counts;
}

Moments read_moments(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  Moments moments;
  moments.count = count_of(reader, "count");
  moments.mean = reader.number("mean");
  moments.m2 = reader.number("m2");
  moments.min = reader.number("min");
  moments.max = reader.number("max");
  if (moments.count == 0) reader.fail("count", "must not be 0");
  if (moments.m2 < 0) reader.fail("m2", "must not be negative");
  if (moments.min > moments.max) reader.fail("min", "is above 'max'");
  reader.finish();
  return moments;
}

Distribution read_distribution(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  Distribution distribution;
  for (const auto& item : reader.array("points")) {
    if (!item.is_number()) reader.fail("points", "must hold numbers");
    const double point = item.get<double>();
    if (!distribution.points.empty() && !(distribution.points.back() < point)) reader.fail("points", "must ascend");
    distribution.points.push_back(point);
  }
  distribution.at = counts_of(reader, "at");
  distribution.below = counts_of(reader, "below");
  distribution.above = count_of(reader, "above");
  if (distribution.points.size() > max_points) reader.fail("points", "has too many entries");
  if (distribution.at.size() != distribution.points.size()) reader.fail("at", "needs one count per point");
  if (distribution.below.size() != distribution.points.size()) reader.fail("below", "needs one count per point");
  reader.finish();
  return distribution;
}

Categories read_categories(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  Categories categories;
  for (const auto& item : reader.array("values")) {
    if (!item.is_array() || item.size() != 2 || !item[0].is_string() || !item[1].is_number_integer() || item[1] <= 0)
      reader.fail("values", "must hold pairs of a text and its count");
    CategoryCount one{item[0].get<std::string>(), item[1].get<std::uint64_t>()};
    if (!categories.values.empty() && !(categories.values.back().value < one.value))
      reader.fail("values", "must be sorted");
    categories.values.push_back(std::move(one));
  }
  if (categories.values.size() > max_categories) reader.fail("values", "has too many entries");
  categories.other_rows = count_of(reader, "other_rows");
  categories.other_values = count_of(reader, "other_values");
  reader.finish();
  return categories;
}

TextLengths read_lengths(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  TextLengths lengths{count_of(reader, "min"), count_of(reader, "max"), count_of(reader, "total")};
  if (lengths.min > lengths.max) reader.fail("min", "is above 'max'");
  if (lengths.max > lengths.total) reader.fail("total", "is less than 'max'");
  reader.finish();
  return lengths;
}

void read_distinct(const Json& json, const std::string& subject, ColumnProfile& column) {
  ObjectReader reader(json, subject);
  if (reader.has("hashes")) {
    column.sketch = DistinctSketch::from_hashes(reader.text("hashes"));
    if (!column.sketch) reader.fail("hashes", "must be ascending hashes");
  } else if (reader.has("registers")) {
    column.sketch = DistinctSketch::from_registers(reader.text("registers"));
    if (!column.sketch) reader.fail("registers", "are not those of a sketch");
  }
  const std::uint64_t count = count_of(reader, "count");
  const bool exact = reader.boolean("exact", true);
  const auto different = distinct(column);
  if (!different || different->count != count || different->exact != exact)
    reader.fail("count", "is not that of the values");
  reader.finish();
}

// The sum of counts, which never overflows: it is compared with the rows that are left before each is added.
std::uint64_t sum_within(const std::vector<std::uint64_t>& counts, std::uint64_t rows, const ObjectReader& reader) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts) {
    if (count > rows - sum) reader.fail("rows", "is less than the counts add up to");
    sum += count;
  }
  return sum;
}

ColumnProfile read_column(const Json& json, std::uint64_t rows, const std::string& subject) {
  ObjectReader reader(json, subject);
  ColumnProfile column;
  column.name = reader.text("name");
  column.type = parse_name<data::ColumnType>(reader.text("type"));
  column.kind = parse_name<Kind>(reader.text("kind"));
  column.rows = rows;
  column.missing = count_of(reader, "missing");
  column.infinite = count_of(reader, "infinite");
  column.all_distinct = reader.boolean("all_distinct", false);
  column.float32 = reader.boolean("float32", false);
  if (column.missing > rows) reader.fail("missing", "is more than there are rows");
  if (column.infinite > rows - column.missing) reader.fail("infinite", "is more than there are values");
  const std::uint64_t values = rows - column.missing - column.infinite;
  std::uint64_t counted = values;
  switch (column.kind) {
    case Kind::numeric: {
      if (const Json* moments = reader.maybe("moments"))
        column.moments = read_moments(*moments, subject + " 'moments'");
      column.distribution = read_distribution(reader.object("distribution"), subject + " 'distribution'");
      std::vector<std::uint64_t> counts = column.distribution.at;
      counts.insert(counts.end(), column.distribution.below.begin(), column.distribution.below.end());
      counts.push_back(column.distribution.above);
      counted = sum_within(counts, rows, reader);
      if (column.moments.count != values) reader.fail("moments", "does not count every value");
      break;
    }
    case Kind::categorical: {
      column.categories = read_categories(reader.object("categories"), subject + " 'categories'");
      std::vector<std::uint64_t> counts;
      for (const auto& one : column.categories.values) counts.push_back(one.count);
      counts.push_back(column.categories.other_rows);
      counted = sum_within(counts, rows, reader);
      break;
    }
    case Kind::time:
      column.first = reader.text("first", "");
      column.last = reader.text("last", "");
      for (const auto& [key, end] : {std::pair{"first", &column.first}, std::pair{"last", &column.last}})
        if (end->empty() == (values > 0))
          reader.fail(key, values > 0 ? "is missing" : "is given, but there are no values");
      break;
  }
  if (counted != values)
    reader.fail(column.kind == Kind::numeric ? "distribution" : "categories", "does not count every value");
  if (const Json* lengths = reader.maybe("length")) column.lengths = read_lengths(*lengths, subject + " 'length'");
  if (const Json* different = reader.maybe("distinct")) read_distinct(*different, subject + " 'distinct'", column);
  reader.finish();
  return column;
}

Profile read_profile(const Json& document, const std::string& subject) {
  ObjectReader reader(document, subject);
  reader.ignore("schema");
  Profile profile;
  profile.rows = count_of(reader, "rows");
  std::size_t index = 0;
  for (const auto& item : reader.array("columns")) {
    ColumnProfile column = read_column(item, profile.rows, subject + " 'columns[" + std::to_string(index++) + "]'");
    if (profile.find(column.name) != nullptr) reader.fail("columns", "has " + quoted(column.name) + " twice");
    profile.columns.push_back(std::move(column));
  }
  reader.finish();
  return profile;
}

}  // namespace

Json to_json(const Profile& profile) {
  Json columns = Json::array();
  for (const auto& column : profile.columns) {
    Json json = {{"name", column.name},       {"type", name_of(column.type)}, {"kind", name_of(column.kind)},
                 {"missing", column.missing}, {"infinite", column.infinite},  {"all_distinct", column.all_distinct}};
    if (column.float32) json["float32"] = true;
    if (const auto different = distinct(column)) json["distinct"] = distinct_to_json(column, *different);
    if (column.lengths)
      json["length"] = {{"min", column.lengths->min}, {"max", column.lengths->max}, {"total", column.lengths->total}};
    switch (column.kind) {
      case Kind::numeric:
        json.update(numbers_to_json(column));
        break;
      case Kind::categorical:
        json["categories"] = categories_to_json(column.categories);
        break;
      case Kind::time:
        if (!column.first.empty()) {
          json["first"] = column.first;
          json["last"] = column.last;
        }
        break;
    }
    columns.push_back(std::move(json));
  }
  return {{"schema", std::string(schema_name) + "/" + std::to_string(schema_version)},
          {"rows", profile.rows},
          {"columns", std::move(columns)}};
}

Profile parse_profile(std::string_view text, std::string_view subject) {
  const std::string name = "profile " + quoted(subject);
  if (!trim(text).starts_with('{'))
    throw Error(Code::usage, name + ": it is no profile, but another kind of file",
                "mlsys data profile FILE --save profile.json writes one");
  const Json document = parse_json(text, name, Code::integrity);
  check_schema(document, schema_name, schema_version, name);
  try {
    return read_profile(document, name);
  } catch (const Error& error) {
    // Nobody edits profiles: what does not fit is damage, not usage.
    throw Error(Code::integrity, error.message(), error.hint());
  }
}

}  // namespace mlsys::profile
