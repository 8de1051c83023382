// The reference profile: what a column looked like, small enough to travel with a model and to be merged, so that later
// data can be compared without the data themselves. profile.json of a bundle, schema "mlsys.profile/1".
//
// It holds aggregates only: counts, moments, up to 256 points of each number's distribution, the counts of up to 10,000
// categories, lengths of texts, and hashes or a sketch of different values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/frame.hpp"
#include "mlsys/data/types.hpp"
#include "mlsys/profile/distinct.hpp"
#include "mlsys/profile/moments.hpp"

namespace mlsys::profile {

inline constexpr std::size_t max_points = 256;
inline constexpr std::size_t max_categories = 10'000;

// A distribution known at a few values. `at[i]` values equal points[i]; `below[i]` lie strictly between points[i - 1]
// and points[i]; `below[0]` and `above` lie outside the points, which happens only when the points were not made from
// these values. So the distribution function is exact at every point and just before it. Made from data, points are the
// values of the ranks floor(k (n - 1) / 255), k = 0..255, or all values when there are at most 256 different ones: at
// most n / 255 values lie strictly between two points, so that a Kolmogorov-Smirnov D taken at the points and just
// before them is at most 1/255 below the true one.
struct Distribution {
  std::vector<double> points;  // finite, ascending; at most max_points in a profile that is kept
  std::vector<std::uint64_t> at;
  std::vector<std::uint64_t> below;
  std::uint64_t above = 0;
  friend bool operator==(const Distribution&, const Distribution&) = default;
};

// From finite values in ascending order.
MLSYS_EXPORT Distribution distribution_of(std::span<const double> sorted);
// The same with every different value as a point, however many: to be compared with, not to be kept.
MLSYS_EXPORT Distribution distribution_of_all(std::span<const double> sorted);
// The same values counted at given points (ascending).
MLSYS_EXPORT Distribution distribution_at(std::span<const double> sorted, std::span<const double> points);
// Counts add up exactly. With equal points the result is exact; otherwise counts between points are divided evenly by
// distance, and the points are thinned to max_points by rank: the distribution function is then off by at most the sum
// of both inputs' largest shares strictly between neighbouring points.
MLSYS_EXPORT Distribution merge(const Distribution& a, const Distribution& b);
// Values at or before each point, and just before it, interleaved: before 0, at 0, before 1, at 1, …, and last all.
MLSYS_EXPORT std::vector<std::uint64_t> cumulative(const Distribution& distribution);
// The smallest point that at least `share` (0..1) of the values do not exceed; nothing when there are none.
MLSYS_EXPORT std::optional<double> quantile(const Distribution& distribution, double share);

struct CategoryCount {
  std::string value;
  std::uint64_t count = 0;
  friend bool operator==(const CategoryCount&, const CategoryCount&) = default;
};

// The most frequent values, sorted by byte; the rest together.
struct Categories {
  std::vector<CategoryCount> values;
  std::uint64_t other_rows = 0;    // rows with a value that is not listed
  std::uint64_t other_values = 0;  // how many values these are (after a merge: at most)
  friend bool operator==(const Categories&, const Categories&) = default;
};

MLSYS_EXPORT Categories merge(const Categories& a, const Categories& b);

// numeric: integers and reals. categorical: booleans ("false", "true") and text. time: dates and timestamps, of which
// only the range is kept.
enum class Kind { numeric, categorical, time };

// Of texts, in code points.
struct TextLengths {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  std::uint64_t total = 0;  // of all rows
  friend bool operator==(const TextLengths&, const TextLengths&) = default;
};

struct ColumnProfile {
  std::string name;
  data::ColumnType type = data::ColumnType::real;
  Kind kind = Kind::numeric;
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;   // no value, or NaN
  std::uint64_t infinite = 0;  // numeric: ±Inf, which take part in nothing else
  bool all_distinct = false;   // no value occurs twice; not of times, and after a merge only where they are counted
  bool float32 = false;        // numeric: made from float32 values; others must be rounded alike to be compared

  Moments moments;            // numeric, of the finite values
  Distribution distribution;  // numeric
  Categories categories;      // categorical
  std::string first, last;    // time; ISO 8601, empty when there is no value

  std::optional<TextLengths> lengths;    // text with values, unless the column was read by a dictionary that lacks some
  std::optional<DistinctSketch> sketch;  // of different values, where the profile does not list them; see distinct()
  friend bool operator==(const ColumnProfile&, const ColumnProfile&) = default;
};

// How many different values a column has, missing and infinite ones apart: counted where the profile lists them all (up
// to 256 numbers, 10,000 categories) and up to DistinctSketch::exact_values, else estimated. Nothing for profiles made
// before there were sketches. Numbers are told apart as doubles.
struct DistinctCount {
  std::uint64_t count = 0;
  bool exact = true;
};
MLSYS_EXPORT std::optional<DistinctCount> distinct(const ColumnProfile& column);

struct Profile {
  std::uint64_t rows = 0;
  std::vector<ColumnProfile> columns;
  [[nodiscard]] MLSYS_EXPORT const ColumnProfile* find(std::string_view name) const;
  friend bool operator==(const Profile&, const Profile&) = default;
};

// Profiles the named columns, derived ones included. Reads them in groups that fit a quarter of the memory budget.
// Throws Error(Code::usage) for an unknown column. `like`, when given, lends its points, so that profiles of parts can
// be merged exactly.
MLSYS_EXPORT Profile reference_profile(const data::Dataset& dataset, const std::vector<std::string>& columns,
                                       Context& ctx, const Profile* like = nullptr);
enum class Points { few, all };  // distribution_of, distribution_of_all
// Profiles columns that are in memory already: As::float32, As::float64 or As::category, e.g. a training frame.
// `points` matters where nothing lends its own.
MLSYS_EXPORT ColumnProfile column_profile(const data::Column& column, const ColumnProfile* like = nullptr,
                                          Points points = Points::few);
// All values of a column read as As::category, however many; what its dictionary lacks is counted together.
MLSYS_EXPORT Categories count_categories(const data::Column& column);
// A column of numbers that is not data, such as a model's scores; NaN is missing.
MLSYS_EXPORT ColumnProfile number_profile(const std::string& name, std::span<const double> values);

// Of all rows together. A part without any value of a column fits every type, whole numbers fit reals, and dates fit
// timestamps. Throws Error(Code::failed) when the columns or their types differ otherwise.
MLSYS_EXPORT Profile merge(const Profile& a, const Profile& b);

MLSYS_EXPORT Json to_json(const Profile& profile);
// Strict. Throws Error(Code::integrity) for malformed text, unknown keys and counts that contradict each other, and
// Code::usage for what is no JSON object, for another schema or a newer one.
MLSYS_EXPORT Profile parse_profile(std::string_view text, std::string_view subject = "profile.json");

}  // namespace mlsys::profile

template <>
struct mlsys::NameTable<mlsys::profile::Kind> {
  static constexpr std::string_view what = "kind of column";
  static constexpr auto entries = std::to_array<NameEntry<profile::Kind>>({
      {profile::Kind::numeric, "numeric"},
      {profile::Kind::categorical, "categorical"},
      {profile::Kind::time, "time"},
  });
};
