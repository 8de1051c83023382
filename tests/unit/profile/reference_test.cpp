#include "mlsys/profile/reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"

using namespace mlsys;
using namespace mlsys::profile;

namespace {

std::vector<double> sorted_sample(Random& random, std::size_t count, std::uint64_t distinct) {
  std::vector<double> values(count);
  for (double& value : values) {
    const double u = random.uniform();
    value = distinct > 0 ? static_cast<double>(random.below(distinct)) : std::log(u + 1e-9);
  }
  std::sort(values.begin(), values.end());
  return values;
}

std::uint64_t total(const Distribution& distribution) {
  const auto counts = cumulative(distribution);
  return counts.empty() ? 0 : counts.back();
}

data::Dataset table(const TempDirectory& folder, const std::string& name, const std::string& csv, Context& ctx) {
  write_file(folder.path() / name, csv);
  data::SourceOptions options;
  options.argument = (folder.path() / name).string();
  return data::Dataset::open(options, ctx);
}

std::string random_rows(Random& random, int rows) {
  std::string csv;
  for (int i = 0; i < rows; ++i) {
    csv += random.below(10) == 0 ? "" : shortest(random.uniform() * 100);
    csv += "," + std::to_string(random.below(40)) + ",";
    csv += random.below(12) == 0 ? "" : "city " + std::to_string(random.below(15));
    csv += std::string(",") + (random.below(2) == 0 ? "true" : "false") + ",2024-03-" +
           std::to_string(10 + random.below(20)) + "\n";
  }
  return csv;
}

constexpr const char* header = "x,n,city,flag,day\n";
const std::vector<std::string> all_columns = {"x", "n", "city", "flag", "day"};

}  // namespace

TEST_CASE("a distribution is exact at its points, and little lies between them") {
  Random random(4);
  for (const std::size_t count : {1U, 2U, 255U, 256U, 257U, 1000U, 20'000U})
    for (const std::uint64_t distinct : {0ULL, 3ULL, 256ULL, 700ULL}) {
      const auto values = sorted_sample(random, count, distinct);
      const Distribution d = distribution_of(values);
      CAPTURE(count);
      CAPTURE(distinct);
      REQUIRE(!d.points.empty());
      CHECK(d.points.size() <= max_points);
      CHECK(d.points.front() == values.front());
      CHECK(d.points.back() == values.back());
      CHECK(total(d) == count);
      CHECK(d.above == 0);
      const auto counts = cumulative(d);
      for (std::size_t i = 0; i < d.points.size(); ++i) {
        const auto [first, last] = std::equal_range(values.begin(), values.end(), d.points[i]);
        CHECK(counts[2 * i] == static_cast<std::uint64_t>(first - values.begin()));
        CHECK(counts[2 * i + 1] == static_cast<std::uint64_t>(last - values.begin()));
        CHECK(d.below[i] <= count / (max_points - 1) + 1);
      }
    }
  CHECK(distribution_of({}).points.empty());
}

TEST_CASE("merging 8 parts: counts exactly, moments to 1e-12, distribution exactly with common points") {
  Random random(8);
  const TempDirectory folder(std::filesystem::temp_directory_path());
  Context ctx;
  std::vector<std::string> parts;
  std::string all;
  for (int i = 0; i < 8; ++i) all += parts.emplace_back(random_rows(random, 150 + 20 * i));
  const auto whole_data = table(folder, "all.csv", header + all, ctx);
  const Profile whole = reference_profile(whole_data, all_columns, ctx);

  Profile like_whole;
  Profile own_points;
  // What merging may cost at a point, in rows, by the header: what either side does not know between its own points.
  const auto unknown = [](const Profile& profile) {
    const auto& below = profile.columns[0].distribution.below;
    return *std::max_element(below.begin(), below.end());
  };
  std::uint64_t bound = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto data = table(folder, "part" + std::to_string(i) + ".csv", header + parts[i], ctx);
    const Profile a = reference_profile(data, all_columns, ctx, &whole);
    const Profile b = reference_profile(data, all_columns, ctx);
    like_whole = i == 0 ? a : merge(like_whole, a);
    if (i > 0) bound += unknown(own_points) + unknown(b);
    own_points = i == 0 ? b : merge(own_points, b);
  }
  for (const Profile* merged : {&like_whole, &own_points}) {
    CHECK(merged->rows == whole.rows);
    for (std::size_t c = 0; c < whole.columns.size(); ++c) {
      const auto& got = merged->columns[c];
      const auto& want = whole.columns[c];
      CAPTURE(want.name);
      CHECK(got.missing == want.missing);
      CHECK(got.categories == want.categories);
      CHECK(got.first == want.first);
      CHECK(got.last == want.last);
      CHECK(got.moments.count == want.moments.count);
      CHECK(got.moments.mean == doctest::Approx(want.moments.mean).epsilon(1e-12));
      CHECK(got.moments.m2 == doctest::Approx(want.moments.m2).epsilon(1e-12));
      CHECK(total(got.distribution) == total(want.distribution));
    }
  }
  for (std::size_t c = 0; c < whole.columns.size(); ++c)
    CHECK(like_whole.columns[c].distribution == whole.columns[c].distribution);
  // With their own points, the merged distribution function stays close to the true one.
  const auto& merged = own_points.columns[0].distribution;
  const auto values = whole_data.read({{"x", data::As::float64}}, ctx).columns[0].f64;
  std::vector<double> sorted;
  for (const double value : values)
    if (!std::isnan(value)) sorted.push_back(value);
  std::sort(sorted.begin(), sorted.end());
  const auto counts = cumulative(merged);
  for (std::size_t i = 0; i < merged.points.size(); ++i) {
    const auto exact = std::upper_bound(sorted.begin(), sorted.end(), merged.points[i]) - sorted.begin();
    CHECK(std::abs(static_cast<double>(counts[2 * i + 1]) - static_cast<double>(exact)) <= static_cast<double>(bound));
  }
  CHECK(bound > 0);
  CHECK(bound < sorted.size() / 20);
}

TEST_CASE("a profile is written and read without change, and does not depend on the number of threads") {
  Random random(6);
  const TempDirectory folder(std::filesystem::temp_directory_path());
  Context ctx;
  const auto data = table(folder, "a.csv", header + random_rows(random, 700), ctx);
  ctx.threads = 1;
  const Profile one = reference_profile(data, all_columns, ctx);
  ctx.threads = 4;
  const Profile four = reference_profile(data, all_columns, ctx);
  CHECK(one == four);
  CHECK(parse_profile(to_text(to_json(one))) == one);
}

// Else 0.1 of the current data, a double, would be compared with 0.1f.
TEST_CASE("a profile remembers that its numbers were of single precision") {
  data::Column column;
  column.name = "x";
  column.type = data::ColumnType::real;
  column.as = data::As::float32;
  column.f32 = {0.1F, 0.2F, 0.2F};
  const Profile profile{3, {column_profile(column)}};
  CHECK(profile.columns[0].float32);
  CHECK(parse_profile(to_text(to_json(profile))) == profile);
}

TEST_CASE("all-null, constant, one-row and empty columns have defined profiles") {
  const TempDirectory folder(std::filesystem::temp_directory_path());
  Context ctx;
  const auto nulls = table(folder, "nulls.csv", "a,b\n,1\n,1\n", ctx);
  const Profile profile = reference_profile(nulls, {"a", "b"}, ctx);
  CHECK(profile.columns[0].missing == 2);
  CHECK(profile.columns[0].categories.values.empty());
  CHECK(profile.columns[1].distribution.points == std::vector<double>{1});
  CHECK(parse_profile(to_text(to_json(profile))) == profile);
  const auto empty = table(folder, "empty.csv", "a,b\n", ctx);
  const Profile none = reference_profile(empty, {"a", "b"}, ctx);
  CHECK(none.rows == 0);
  CHECK(parse_profile(to_text(to_json(none))) == none);
  CHECK_THROWS_AS(static_cast<void>(reference_profile(empty, {"c"}, ctx)), Error);

  const ColumnProfile scores = number_profile("score", std::vector<double>{0.5, std::nan(""), INFINITY, 0.25});
  CHECK(scores.missing == 1);
  CHECK(scores.infinite == 1);
  CHECK(scores.moments.count == 2);
  CHECK(scores.all_distinct);
}

TEST_CASE("categories beyond the limit are counted together") {
  data::Column column;
  column.name = "c";
  column.type = data::ColumnType::text;
  column.as = data::As::category;
  for (int i = 0; i < 12'000; ++i) {
    std::string name = std::to_string(i);
    column.categories.push_back(std::string(5 - name.size(), '0') + name);
    column.codes.push_back(i);
    if (i >= 6000) column.codes.push_back(i);  // the later half is more frequent
  }
  const ColumnProfile profile = column_profile(column);
  CHECK(profile.categories.values.size() == max_categories);
  CHECK(profile.categories.other_values == 2000);
  CHECK(profile.categories.other_rows == 2000);
  CHECK(std::is_sorted(profile.categories.values.begin(), profile.categories.values.end(),
                       [](const auto& a, const auto& b) { return a.value < b.value; }));
  const Categories doubled = merge(profile.categories, profile.categories);
  CHECK(doubled.other_rows == 4000);
  CHECK(doubled.values.back().count == 4);
}

TEST_CASE("profiles that do not fit together are not merged") {
  const ColumnProfile a = number_profile("a", std::vector<double>{1, 2});
  const ColumnProfile b = number_profile("b", std::vector<double>{1, 2});
  Profile one{2, {a}};
  Profile two{2, {b}};
  Profile both{2, {a, b}};
  CHECK_THROWS_AS(static_cast<void>(merge(one, two)), Error);
  CHECK_THROWS_AS(static_cast<void>(merge(one, both)), Error);
}

TEST_CASE("damaged profiles are refused as damaged, newer ones as newer") {
  Random random(12);
  const TempDirectory folder(std::filesystem::temp_directory_path());
  Context ctx;
  const auto data = table(folder, "a.csv", header + random_rows(random, 60), ctx);
  const std::string whole = to_text(to_json(reference_profile(data, all_columns, ctx)));
  const auto code = [](const std::string& text) {
    try {
      static_cast<void>(parse_profile(text));
      return Code::ok;
    } catch (const Error& error) {
      return error.code();
    }
  };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  CHECK(code(whole) == Code::ok);
  CHECK(code(replaced("\"rows\": 60", "\"rows\": 61")) == Code::integrity);
  CHECK(code(replaced("\"missing\": ", "\"missing\": 1")) == Code::integrity);
  CHECK(code(replaced("\"above\": 0", "\"above\": 18446744073709551615")) == Code::integrity);
  // A count beyond the rows, although the others alone add up to them.
  CHECK(code(replaced("\"above\": 0", "\"above\": 61")) == Code::integrity);
  CHECK(code(replaced("\"other_rows\": 0", "\"other_rows\": 61")) == Code::integrity);
  CHECK(code(replaced("\"name\"", "\"nome\"")) == Code::integrity);
  CHECK(code(replaced("mlsys.profile/1", "mlsys.profile/2")) == Code::usage);
  for (int round = 0; round < 1000; ++round) {
    std::string text = whole;
    text.erase(random.below(text.size()), 1 + random.below(30));
    const Code got = code(text);
    CHECK((got == Code::ok || got == Code::integrity || got == Code::usage));
  }
}
