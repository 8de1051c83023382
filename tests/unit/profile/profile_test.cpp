// Against pandas and scikit-learn (tests/data/profile_pandas.*, made by tests/conformance/profile_pandas.py).
#include "mlsys/profile/profile.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

using namespace mlsys;
using namespace mlsys::profile;

namespace {

const ColumnReport& at(const ProfileReport& report, const std::string& name) {
  for (const auto& column : report.columns)
    if (column.name == name) return column;
  FAIL("no column " << name);
  return report.columns.front();
}

ProfileReport profile_text(const std::string& csv) {
  const TempDirectory folder(std::filesystem::temp_directory_path());
  write_file(folder.path() / "a.csv", csv);
  Context ctx;
  ProfileOptions options;
  options.source.argument = (folder.path() / "a.csv").string();
  return profile::profile(options, ctx);
}

}  // namespace

TEST_CASE("the profile is what pandas and scikit-learn say") {
  const Json oracle = parse_json(read_file(MLSYS_TEST_DATA "/profile_pandas.json"), "oracle");
  Context ctx;
  ProfileOptions options;
  options.source.argument = MLSYS_TEST_DATA "/profile_pandas.csv";
  options.target = "y";
  const ProfileReport report = profile::profile(options, ctx);
  CHECK(report.association == "auc");
  options.target = "count";
  const ProfileReport against_count = profile::profile(options, ctx);
  CHECK(against_count.association == "correlation");
  for (const auto& [name, facts] : oracle["columns"].items()) {
    CAPTURE(name);
    const ColumnReport& column = at(report, name);
    CHECK(column.nulls == facts["nulls"].get<std::uint64_t>());
    CHECK(column.distinct == facts["distinct"].get<std::uint64_t>());
    CHECK(column.distinct_exact);
    CHECK(column.top.front().count == facts["top_count"].get<std::uint64_t>());
    if (facts.contains("mean")) {
      CHECK(*column.mean == doctest::Approx(facts["mean"].get<double>()).epsilon(1e-12));
      CHECK(*column.sd == doctest::Approx(facts["sd"].get<double>()).epsilon(1e-12));
      for (std::size_t i = 0; i < column.quantiles.size(); ++i)
        CHECK(parse_double(column.quantiles[i].second).value() ==
              doctest::Approx(facts["quantiles"][i].get<double>()).epsilon(1e-12));
    }
    if (name == "amount" || name == "count")
      CHECK(*column.association == doctest::Approx(facts["auc"].get<double>()).epsilon(1e-12));
    if (name == "amount")
      CHECK(*at(against_count, name).association == doctest::Approx(facts["correlation"].get<double>()).epsilon(1e-10));
    if (facts.contains("length")) {
      CHECK(*column.min_length == facts["length"][0].get<std::uint64_t>());
      CHECK(*column.max_length == facts["length"][1].get<std::uint64_t>());
      CHECK(*column.mean_length == doctest::Approx(facts["length"][2].get<double>()).epsilon(1e-12));
    }
  }
  CHECK_FALSE(at(report, "y").association);
}

TEST_CASE("the same bytes whatever the number of threads") {
  ProfileOptions options;
  options.source.argument = MLSYS_TEST_DATA "/profile_pandas.csv";
  options.target = "y";
  std::string first;
  for (const unsigned threads : {1U, 2U, 5U}) {
    Context ctx;
    ctx.threads = threads;
    const std::string text = to_text(to_json(profile::profile(options, ctx)));
    if (first.empty()) first = text;
    CHECK(text == first);
  }
}

TEST_CASE("the most frequent values of many columns are counted together as each would be alone") {
  std::string csv;
  constexpr int columns = 130;
  const auto value = [](int row, int column) -> std::string {
    const int v = (row * row + column) % (column % 9 + 1);
    if (column % 3 == 0) return v == 0 ? "" : "v" + std::to_string(v);
    return column % 3 == 1 ? (v % 2 == 0 ? "true" : "false") : std::string(1, static_cast<char>('a' + v));
  };
  for (int c = 0; c < columns; ++c) csv += (c == 0 ? "c" : ",c") + std::to_string(c);
  csv += "\n";
  for (int row = 0; row < 50; ++row)
    for (int c = 0; c < columns; ++c) csv += value(row, c) + (c + 1 == columns ? "\n" : ",");
  const ProfileReport report = profile_text(csv);
  REQUIRE(report.columns.size() == columns);
  for (int c = 0; c < columns; ++c) {
    CAPTURE(c);
    std::map<std::string, std::uint64_t> counts;
    for (int row = 0; row < 50; ++row)
      if (!value(row, c).empty()) ++counts[value(row, c)];
    std::vector<std::pair<std::string, std::uint64_t>> wanted(counts.begin(), counts.end());
    std::stable_sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    const auto& top = report.columns[static_cast<std::size_t>(c)].top;
    REQUIRE(top.size() == wanted.size());
    for (std::size_t i = 0; i < top.size(); ++i) {
      CHECK(top[i].value == wanted[i].first);
      CHECK(top[i].count == wanted[i].second);
    }
  }
}

TEST_CASE("all-null, constant, empty, times, booleans and integers beyond 2^53") {
  const ProfileReport report = profile_text(
      "none,same,when,flag,big\n,7,2024-01-01,true,9007199254740993\n,7,2024-01-03,false,9007199254740992\n"
      ",7,2024-01-02,true,9223372036854775807\n");
  const ColumnReport& none = at(report, "none");
  CHECK(none.nulls == 3);
  CHECK(none.distinct == 0);
  CHECK(!none.min);
  const ColumnReport& same = at(report, "same");
  CHECK(same.distinct == 1);
  CHECK(*same.sd == 0);
  CHECK(same.histogram->counts == std::vector<std::uint64_t>{3});
  const ColumnReport& when = at(report, "when");
  CHECK(when.min == "2024-01-01");
  CHECK(when.max == "2024-01-03");
  CHECK(when.distinct == 3);
  CHECK(!when.mean);
  const ColumnReport& flag = at(report, "flag");
  CHECK(flag.top.front().value == "true");
  CHECK(flag.top.front().count == 2);
  const ColumnReport& big = at(report, "big");
  CHECK(big.min == "9007199254740992");
  CHECK(big.max == "9223372036854775807");
  CHECK(big.distinct == 3);
  const Json json = to_json(report);
  CHECK(json["columns"][4]["max"].get<std::int64_t>() == INT64_MAX);

  const ProfileReport empty = profile_text("a,b\n");
  CHECK(empty.rows == 0);
  CHECK(empty.columns.size() == 2);
  CHECK(to_json(empty)["columns"][0]["min"].is_null());
}

TEST_CASE("dates and times: days without a value, and the longest gap") {
  const auto report = profile_text(
      "d,t,one\n2024-01-03,2024-01-01 23:59:00,2024-01-01\n2024-01-01,2024-01-02 00:01:00,2024-01-01\n"
      "2024-01-09,2024-01-02 12:00:00,\n2024-01-03,,\n2024-01-15,2024-01-04 00:00:00,\n");
  const auto& d = at(report, "d");
  REQUIRE(d.gaps);  // 1 to 15 January; 1, 3, 9 and 15 have values; from 3 to 9 as from 9 to 15 are six days
  CHECK(d.gaps->days == 15);
  CHECK(d.gaps->days_without == 11);
  CHECK(d.gaps->from == "2024-01-03");
  CHECK(d.gaps->to == "2024-01-09");
  const auto& t = at(report, "t");
  REQUIRE(t.gaps);
  CHECK(t.gaps->days == 4);
  CHECK(t.gaps->days_without == 1);  // the 3rd
  CHECK(t.gaps->from == "2024-01-02T12:00:00Z");
  CHECK(t.gaps->to == "2024-01-04T00:00:00Z");
  CHECK_FALSE(at(report, "one").gaps);
  const auto before_1970 = profile_text("d\n1969-12-30\n1970-01-02\n");
  CHECK(at(before_1970, "d").gaps->days == 4);
  CHECK(at(before_1970, "d").gaps->days_without == 2);
}

TEST_CASE("association of text, booleans and times with the target") {
  const auto of = [](const std::string& csv, const std::string& column) {
    const TempDirectory folder(std::filesystem::temp_directory_path());
    write_file(folder.path() / "a.csv", csv);
    Context ctx;
    ProfileOptions options;
    options.source.argument = (folder.path() / "a.csv").string();
    options.target = "y";
    return at(profile::profile(options, ctx), column).association;
  };
  // Groups a: 1, 3 and b: 5, 7; mean 4; between 4 * 2^2 = 16 of 20 in all.
  CHECK(*of("c,y\na,1\na,3\nb,5\nb,7\n", "c") == doctest::Approx(std::sqrt(0.8)).epsilon(1e-15));
  // A missing value is a group: 1, 3 | 5, 7.
  CHECK(*of("c,y\n\"\",1\n\"\",3\nb,5\nb,7\n", "c") == doctest::Approx(std::sqrt(0.8)).epsilon(1e-15));
  // Two classes: Cramér's V of [[3, 1], [1, 3]] is |3*3 - 1*1| / (4*4) = 0.5.
  CHECK(*of("c,y\ntrue,1\ntrue,1\ntrue,1\ntrue,0\nfalse,1\nfalse,0\nfalse,0\nfalse,0\n", "c") ==
        doctest::Approx(0.5).epsilon(1e-15));
  CHECK(*of("c,y\n2024-01-01,0\n2024-01-02,0\n2024-01-03,1\n2024-01-04,1\n", "c") == 1.0);  // AUC
  CHECK_FALSE(of("c,y\na,2.5\nb,2.5\n", "c"));
}

TEST_CASE("unknown columns and positive values that never occur are usage errors") {
  Context ctx;
  ProfileOptions options;
  options.source.argument = MLSYS_TEST_DATA "/profile_pandas.csv";
  options.columns = {"amont"};
  CHECK_THROWS_AS(static_cast<void>(profile::profile(options, ctx)), Error);
  options.columns = {};
  options.target = "y";
  options.positive = "2";
  CHECK_THROWS_AS(static_cast<void>(profile::profile(options, ctx)), Error);
}

TEST_CASE("the last microsecond of the year 9999 is not rounded into the next") {
  const auto report = profile_text("t\n9999-12-31 23:59:59.999999\n2024-01-01 00:00:00\n");
  CHECK(at(report, "t").max == "9999-12-31T23:59:59.999999Z");
  CHECK(at(report, "t").min == "2024-01-01T00:00:00Z");
}

TEST_CASE("a histogram of the smallest numbers puts each where it belongs") {
  const auto report = profile_text("x\n0\n5e-324\n0\n");
  REQUIRE(at(report, "x").histogram);
  CHECK(at(report, "x").histogram->counts.front() == 2);
  CHECK(at(report, "x").histogram->counts.back() == 1);
  const auto wide = profile_text("x\n-1.7e308\n1.7e308\n");
  CHECK(at(wide, "x").histogram->counts.front() == 1);
  CHECK(at(wide, "x").histogram->counts.back() == 1);
}
