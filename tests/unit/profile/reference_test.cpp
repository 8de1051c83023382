#include "mlsys/profile/reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
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
      CHECK(got.lengths == want.lengths);
      CHECK(got.sketch == want.sketch);
      REQUIRE(distinct(got));
      CHECK(got.all_distinct == (want.all_distinct && distinct(got)->exact));
      CHECK(distinct(got)->count == distinct(want)->count);
      CHECK(distinct(got)->exact == distinct(want)->exact);
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

TEST_CASE("merging 8 parts: different values and lengths are those of the whole") {
  Random random(81);
  const TempDirectory folder(std::filesystem::temp_directory_path());
  Context ctx;
  // few: 40 numbers, counted; many: about 5,700 of 20,000 in 6,400 rows; at: 300 times, counted; day: the 28 of a month
  const std::vector<std::string> columns = {"few", "many", "at", "day", "word"};
  std::set<std::string> different[5];
  std::vector<std::string> parts;
  std::string all;
  std::uint64_t shortest_word = 99;
  std::uint64_t longest_word = 0;
  std::uint64_t letters = 0;
  for (int part = 0; part < 8; ++part) {
    std::string csv;
    for (int i = 0; i < 800; ++i) {
      const auto two = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
      const std::uint64_t length = 1 + random.below(6);
      std::string word;
      for (std::uint64_t k = 0; k < length; ++k) word += random.below(2) == 0 ? "é" : "n";
      shortest_word = std::min(shortest_word, length);
      longest_word = std::max(longest_word, length);
      letters += length;
      const std::string row[] = {std::to_string(random.below(40)), std::to_string(random.below(20'000)) + ".5",
                                 "2024-05-01 " + two(random.below(5)) + ":" + two(random.below(60)) + ":00",
                                 "2024-02-" + two(1 + random.below(28)), word};
      for (std::size_t c = 0; c < 5; ++c) {
        different[c].insert(row[c]);
        csv += row[c] + (c == 4 ? "\n" : ",");
      }
    }
    all += parts.emplace_back(csv);
  }
  const std::string names = join(columns, ",") + "\n";
  const Profile whole = reference_profile(table(folder, "whole.csv", names + all, ctx), columns, ctx);
  Profile merged;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto data = table(folder, "words" + std::to_string(i) + ".csv", names + parts[i], ctx);
    // Written and read between, as `data profile --save` and `data merge` do.
    const Profile part = parse_profile(to_text(to_json(reference_profile(data, columns, ctx))));
    merged = i == 0 ? part : parse_profile(to_text(to_json(merge(merged, part))));
  }
  for (const Profile* profile : {&whole, static_cast<const Profile*>(&merged)})
    for (std::size_t c = 0; c < 5; ++c) {
      CAPTURE(columns[c]);
      const auto count = distinct(profile->columns[c]);
      REQUIRE(count);
      CHECK(count->exact == (c != 1));
      const double truth = static_cast<double>(different[c].size());
      if (count->exact)
        CHECK(count->count == different[c].size());
      else
        CHECK(std::abs(static_cast<double>(count->count) / truth - 1) < 3 * DistinctSketch::standard_error);
      CHECK(profile->columns[c].sketch == whole.columns[c].sketch);
      CHECK(profile->columns[c].lengths.has_value() == (c == 4));
    }
  for (const Profile* profile : {&whole, static_cast<const Profile*>(&merged)})
    CHECK(profile->columns[4].lengths == TextLengths{shortest_word, longest_word, letters});
}

TEST_CASE("parts whose types were settled apart merge where the whole has one type") {
  const TempDirectory folder(std::filesystem::temp_directory_path());
  Context ctx;
  const auto of = [&](const std::string& csv) {
    return reference_profile(table(folder, "part.csv", "x\n" + csv, ctx), {"x"}, ctx);
  };
  const auto equal = [&](const std::string& first, const std::string& second) {
    const Profile whole = of(first + second);
    for (Profile merged : {merge(of(first), of(second)), merge(of(second), of(first))}) {
      Moments& moments = merged.columns[0].moments;
      if (moments.count > 0) CHECK(moments.mean == doctest::Approx(whole.columns[0].moments.mean).epsilon(1e-12));
      moments = whole.columns[0].moments;
      CHECK(to_text(to_json(merged)) == to_text(to_json(whole)));
    }
    return whole.columns[0].type;
  };
  CHECK(equal("1\n2\n", "2.5\n") == data::ColumnType::real);
  CHECK(equal("1\n2\n", "\"\"\n\"\"\n") == data::ColumnType::integer);
  CHECK(equal("2024-01-02\n", "\"\"\n") == data::ColumnType::date);
  CHECK(equal("2024-01-02\n", "2024-01-02 10:00:00\n2023-01-01 00:00:00\n") == data::ColumnType::timestamp);
  CHECK(equal("a\n", "\"\"\n") == data::ColumnType::text);
  // A fraction of a second sorts before the letter of the zone, and is later.
  CHECK(equal("2024-01-01 00:00:00.5\n", "2024-01-01 00:00:00\n") == data::ColumnType::timestamp);
  for (const auto& [first, second] :
       {std::pair{"1\n", "a\n"}, {"true\n", "1\n"}, {"true\n", "yes\n"}, {"2024-01-01\n", "3\n"}})
    CHECK_THROWS_AS(static_cast<void>(merge(of(first), of(second))), Error);
}

TEST_CASE("profiles made before there were sketches are read, and say nothing of different values") {
  const std::string old = R"({"schema": "mlsys.profile/1", "rows": 2, "columns": [
      {"name": "t", "type": "date", "kind": "time", "missing": 0, "infinite": 0, "all_distinct": true,
       "first": "2024-01-01", "last": "2024-01-02"},
      {"name": "c", "type": "text", "kind": "categorical", "missing": 0, "infinite": 0, "all_distinct": true,
       "categories": {"values": [["a", 1], ["b", 1]], "other_rows": 0, "other_values": 0}}]})";
  const Profile profile = parse_profile(old);
  CHECK(!distinct(profile.columns[0]));
  CHECK(distinct(profile.columns[1])->count == 2);
  CHECK(parse_profile(to_text(to_json(profile))) == profile);
  const Profile twice = merge(profile, profile);
  CHECK(!distinct(twice.columns[0]));
  CHECK(!twice.columns[1].lengths);
  Profile huge = profile;
  huge.rows = huge.columns[0].rows = 9'000'000'000'000'000'000ULL;
  CHECK_THROWS_AS(static_cast<void>(merge(huge, huge)), Error);
}

TEST_CASE("a profile of times that has values has both ends of their range, and no ends otherwise") {
  const auto with = [](int missing, const std::string& ends) {
    return R"({"schema": "mlsys.profile/1", "rows": 2, "columns": [{"name": "t", "type": "date", "kind": "time",
        "infinite": 0, "all_distinct": false, "missing": )" +
           std::to_string(missing) + ends + "}]}";
  };
  const std::string first = R"(, "first": "2024-01-01")";
  const std::string last = R"(, "last": "2024-01-02")";
  CHECK(parse_profile(with(1, first + last)).columns[0].last == "2024-01-02");
  CHECK(parse_profile(with(2, "")).columns[0].last.empty());
  for (const auto& damaged : {with(1, first), with(1, last), with(1, ""), with(2, first + last), with(2, last)})
    CHECK_THROWS_AS(static_cast<void>(parse_profile(damaged)), Error);
}

TEST_CASE("the smallest numbers: points between which halves are equal are merged without losing a count") {
  const double least = std::numeric_limits<double>::denorm_min();
  const Distribution wide{{3 * least, 5 * least}, {1, 1}, {0, 7}, 0};
  const Distribution between{{4 * least}, {2}, {0}, 0};
  const Distribution both = merge(wide, between);
  CHECK(total(both) == 11);
  CHECK(both.points == std::vector<double>{3 * least, 4 * least, 5 * least});
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
  CHECK(code(replaced("\"exact\": true", "\"exact\": false")) == Code::integrity);
  CHECK(code(replaced("\"distinct\": {\n        \"count\": ", "\"distinct\": {\n        \"count\": 1")) ==
        Code::integrity);
  CHECK(code(replaced("\"hashes\": \"", "\"hashes\": \"f")) == Code::integrity);
  CHECK(code(replaced("\"hashes\"", "\"registers\"")) == Code::integrity);
  CHECK(code(replaced("\"length\": {\n        \"min\": ", "\"length\": {\n        \"min\": 9")) == Code::integrity);
  CHECK(code(replaced("mlsys.profile/1", "mlsys.profile/2")) == Code::usage);
  // Another kind of file was never a profile.
  for (const std::string other : {"id,late\n1,0\n", "[]", "", "PAR1", "7"}) CHECK(code(other) == Code::usage);
  CHECK(code(whole.substr(0, whole.size() / 2)) == Code::integrity);
  for (int round = 0; round < 1000; ++round) {
    std::string text = whole;
    text.erase(random.below(text.size()), 1 + random.below(30));
    const Code got = code(text);
    CHECK((got == Code::ok || got == Code::integrity || got == Code::usage));
  }
}
