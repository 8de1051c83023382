// The profile of all rows from those of its parts.
#include <algorithm>
#include <limits>

#include "columns.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/profile/reference.hpp"

namespace mlsys::profile {
namespace {

using data::ColumnType;

[[noreturn]] void differ(const std::string& why, const std::string& hint = {}) {
  throw Error(Code::failed, "cannot merge two profiles: " + why, hint);
}

// Counts are written as whole numbers of 63 bits.
std::uint64_t added(std::uint64_t a, std::uint64_t b) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (a > most || b > most - a) differ("their counts are too large");
  return a + b;
}

// The type of both columns together; nothing when one value would have been written in two ways.
std::optional<ColumnType> common_type(const ColumnProfile& x, const ColumnProfile& y) {
  const auto are = [&](ColumnType a, ColumnType b) {
    return (x.type == a && y.type == b) || (x.type == b && y.type == a);
  };
  if (x.type == y.type) return x.type;
  if (x.missing == x.rows) return y.type;
  if (y.missing == y.rows) return x.type;
  if (are(ColumnType::integer, ColumnType::real)) return ColumnType::real;
  if (are(ColumnType::date, ColumnType::timestamp)) return ColumnType::timestamp;
  return std::nullopt;
}

std::string as_timestamp(const std::string& date) {
  const auto instant = data::parse_timestamp(date);
  return instant ? data::format_timestamp(*instant) : date;
}

// The same rows as a column like `other`, of this type.
ColumnProfile as(const ColumnProfile& column, ColumnType type, const ColumnProfile& other) {
  if (column.type == type) return column;
  ColumnProfile same = column;
  if (column.missing == column.rows) {
    same = {};
    same.name = column.name;
    same.kind = other.kind;
    same.float32 = other.float32;
    same.rows = same.missing = column.rows;
  } else if (type == ColumnType::timestamp) {
    same.first = as_timestamp(column.first);
    same.last = as_timestamp(column.last);
  }
  same.type = type;
  return same;
}

// Texts of instants do not sort like these: a fraction stands before the letter of the zone.
bool is_earlier(const std::string& a, const std::string& b) {
  const auto first = data::parse_timestamp(a);
  const auto second = data::parse_timestamp(b);
  if (first && second) return *first < *second;
  return a.size() != b.size() ? a.size() < b.size() : a < b;  // years of more than four digits
}

std::optional<TextLengths> merge(const ColumnProfile& x, const ColumnProfile& y) {
  if (x.missing == x.rows) return y.lengths;
  if (y.missing == y.rows) return x.lengths;
  if (!x.lengths || !y.lengths) return std::nullopt;
  return TextLengths{std::min(x.lengths->min, y.lengths->min), std::max(x.lengths->max, y.lengths->max),
                     added(x.lengths->total, y.lengths->total)};
}

void merge_times(ColumnProfile& both, const ColumnProfile& y) {
  if (both.first.empty() || (!y.first.empty() && is_earlier(y.first, both.first))) both.first = y.first;
  if (both.last.empty() || (!y.last.empty() && is_earlier(both.last, y.last))) both.last = y.last;
}

ColumnProfile merge_columns(const ColumnProfile& x, const ColumnProfile& y) {
  ColumnProfile both = x;
  both.rows = added(x.rows, y.rows);
  both.missing += y.missing;
  both.infinite += y.infinite;
  both.moments = merge(x.moments, y.moments);
  both.distribution = merge(x.distribution, y.distribution);
  both.categories = merge(x.categories, y.categories);
  both.lengths = merge(x, y);
  merge_times(both, y);
  both.sketch = sketch_of(x);
  if (const auto other = sketch_of(y); both.sketch && other)
    both.sketch->merge(*other);
  else
    both.sketch.reset();
  if (lists_values(both)) both.sketch.reset();
  const auto different = distinct(both);
  both.all_distinct = both.kind != Kind::time && different && different->exact && different->count > 1 &&
                      different->count == values_of(both);
  return both;
}

}  // namespace

Profile merge(const Profile& a, const Profile& b) {
  if (a.columns.size() != b.columns.size()) differ("their columns differ");
  Profile sum;
  sum.rows = added(a.rows, b.rows);
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    const auto& x = a.columns[i];
    const auto& y = b.columns[i];
    if (x.name != y.name) differ("column " + quoted(x.name) + " of one is " + quoted(y.name) + " of the other");
    const auto type = common_type(x, y);
    if (!type)
      differ("column " + quoted(x.name) + " holds " + std::string(name_of(x.type)) + " values in one and " +
                 std::string(name_of(y.type)) + " values in the other",
             "profile all parts in one run: mlsys data profile 'part*.csv'");
    const ColumnProfile left = as(x, *type, y);
    const ColumnProfile right = as(y, *type, x);
    if (left.kind != right.kind || left.float32 != right.float32)
      differ("the numbers of column " + quoted(x.name) + " are of single precision in one only");
    sum.columns.push_back(merge_columns(left, right));
  }
  return sum;
}

}  // namespace mlsys::profile
