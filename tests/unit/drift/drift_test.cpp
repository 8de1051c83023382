#include "mlsys/drift/drift.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/drift/render.hpp"
#include "support.hpp"

using namespace mlsys;
using namespace mlsys::drift;

namespace {

struct Folder {
  TempDirectory temp{std::filesystem::temp_directory_path()};
  data::SourceOptions source(const std::string& name, const std::string& csv) const {
    write_file(temp.path() / name, csv);
    data::SourceOptions options;
    options.argument = (temp.path() / name).string();
    return options;
  }
};

DriftReport compare(const std::string& before, const std::string& now,
                    const std::function<void(DriftOptions&)>& change = {}) {
  const Folder folder;
  Context ctx;
  DriftOptions options;
  options.reference = folder.source("before.csv", before);
  options.current = folder.source("now.csv", now);
  if (change) change(options);
  return drift::drift(options, ctx);
}

// The same with the reference as a profile that was written and read.
DriftReport compare_profile(const std::string& before, const std::string& now,
                            const std::vector<std::string>& columns) {
  const Folder folder;
  Context ctx;
  const auto reference = data::Dataset::open(folder.source("before.csv", before), ctx);
  DriftOptions options;
  options.profile = profile::parse_profile(to_text(to_json(profile::reference_profile(reference, columns, ctx))));
  options.profile_subject = "the profile";
  options.current = folder.source("now.csv", now);
  return drift::drift(options, ctx);
}

const ColumnDrift& at(const DriftReport& report, const std::string& name) {
  for (const auto& column : report.columns)
    if (column.name == name) return column;
  FAIL("no column " << name);
  return report.columns.front();
}

// A column of `rows` values made by `value`.
std::string column(const std::string& name, int rows, const std::function<std::string(int)>& value) {
  std::string csv = name + "\n";
  for (int i = 0; i < rows; ++i) csv += value(i) + "\n";
  return csv;
}

double normal(Random& random) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum - 6;
}

std::string sample(std::uint64_t seed, int rows, double shift, double share_of_a) {
  Random random(seed);
  std::string csv = "id,x,n,city,flag,day\n";
  for (int i = 0; i < rows; ++i)
    csv += std::to_string(seed * 100'000 + static_cast<std::uint64_t>(i)) + "," + shortest(normal(random) + shift) +
           "," + std::to_string(random.below(20)) + "," + (random.uniform() < share_of_a ? "Aarhus" : "Bergen") + "," +
           (random.below(2) == 0 ? "true" : "false") + ",2024-01-" + std::to_string(10 + random.below(20)) + "\n";
  return csv;
}

}  // namespace

TEST_CASE("a sample against itself and against another of the same kind is stable") {
  const auto self = compare(sample(1, 2000, 0, 0.5), sample(1, 2000, 0, 0.5));
  CHECK_FALSE(self.drifted);
  CHECK(self.share == 0);
  CHECK(*at(self, "x").statistic == 0);
  CHECK(*at(self, "city").effect == 0);
  CHECK(*at(self, "city").p_value == 1);
  const auto other = compare(sample(1, 2000, 0, 0.5), sample(2, 1500, 0, 0.5));
  CHECK_FALSE(other.drifted);
  CHECK(at(other, "id").test.empty());
  CHECK(at(other, "id").reason == "no value occurs twice: an identifier");
  CHECK(at(other, "day").reason == "a point in time");
  CHECK(other.tested == 4);
}

TEST_CASE("whole numbers without repeats are identifiers only where they lie as close as numbers of rows") {
  // 300 different amounts of seven digits, and the same ten times smaller.
  const auto amount = [](int i) { return 1'000'000 + i * 29'983 % 9'000'000; };
  const auto before = column("amount", 300, [&](int i) { return std::to_string(amount(i)); });
  const auto now = column("amount", 300, [&](int i) { return std::to_string(amount(i) / 10); });
  for (const auto& report : {compare(before, now), compare_profile(before, now, {"amount"})}) {
    CHECK(at(report, "amount").test == "ks");
    CHECK(at(report, "amount").effect == 1.0);  // the greatest of the one are below the least of the other
    CHECK(report.drifted);
  }
  // 0, 4, 8, … and a last one: of 300 numbers the greatest less the least must be below 4 * 300. The other column is
  // there to be compared.
  const auto spread = [](int last) {
    return column("id,x", 300, [last](int i) { return std::to_string(i == 299 ? last : 4 * i) + ",1"; });
  };
  const auto near = spread(4 * 300 - 1);
  const auto far = spread(4 * 300);
  for (const auto& [first, second] : {std::pair(near, far), std::pair(far, near), std::pair(far, far)}) {
    CHECK(at(compare(first, second), "id").test == "ks");
    CHECK(at(compare_profile(first, second, {"id", "x"}), "id").test == "ks");
  }
  for (const auto& report : {compare(near, near), compare_profile(near, near, {"id", "x"})}) {
    CHECK(at(report, "id").reason == "no value occurs twice: an identifier");
    CHECK_FALSE(at(report, "id").tested);
  }
}

TEST_CASE("features are compared whatever they look like") {
  const auto numbers = [](int from) { return column("n", 300, [=](int i) { return std::to_string(from + i); }); };
  const auto texts = [](int from) { return column("t", 300, [=](int i) { return "t" + std::to_string(from + i); }); };
  const auto named = [](const char* name) {
    return [name](DriftOptions& options) { options.roles.features = {name}; };
  };
  const auto moved = compare(numbers(0), numbers(300), named("n"));
  CHECK(at(moved, "n").effect == 1.0);
  CHECK(moved.drifted);
  CHECK_FALSE(compare(numbers(0), numbers(0), named("n")).drifted);
  const auto other = compare(texts(0), texts(300), named("t"));
  CHECK(at(other, "t").effect == doctest::Approx(1.0));  // nothing in common
  // scipy.stats.chi2.sf(600, 599): values that occur once are no evidence, which the test says and nobody else.
  CHECK(*at(other, "t").p_value == doctest::Approx(0.4808041378));
  CHECK(at(other, "t").reason == "300 new values in 300 rows");
  CHECK_THROWS_AS(compare(numbers(0), numbers(300)), Error);  // nothing is left to test
}

TEST_CASE("whether identifiers are missing is tested") {
  const auto ids = [](const char* name, const char* prefix, int present) {
    return column(std::string(name) + ",x", 1000,
                  [=](int i) { return (i < present ? prefix + std::to_string(i) : std::string()) + ",1"; });
  };
  for (const auto& [before, now] :
       {std::pair(ids("k", "id", 1000), ids("k", "id", 100)), std::pair(ids("k", "", 1000), ids("k", "", 100))}) {
    for (const auto& report : {compare(before, now), compare_profile(before, now, {"k", "x"})}) {
      const ColumnDrift& k = at(report, "k");
      CHECK(k.test.empty());
      CHECK(k.tested);
      CHECK(k.drifted);
      CHECK(report.drifted);
      REQUIRE(k.missing);
      CHECK(k.missing->effect == doctest::Approx(0.9));
      // scipy.stats.chi2_contingency([[0, 1000], [900, 100]], correction=False).statistic
      CHECK(k.missing->statistic == doctest::Approx(1636.3636363636363));
      CHECK(k.reason.find("missing values went from 0% to 90%; no value occurs twice: an identifier") !=
            std::string::npos);
    }
  }
  const auto little = compare(ids("k", "id", 1000), ids("k", "id", 990));
  CHECK(at(little, "k").tested);
  CHECK_FALSE(little.drifted);
}

TEST_CASE("what moved is found, and nothing else") {
  const auto report = compare(sample(1, 2000, 0, 0.5), sample(2, 2000, 0.5, 0.8));
  CHECK(report.drifted);
  CHECK(report.drifted_columns == 2);
  CHECK(report.share == 0.5);
  CHECK(at(report, "x").drifted);
  CHECK(at(report, "x").test == "ks");
  CHECK(at(report, "x").effect == at(report, "x").statistic);
  CHECK(at(report, "city").drifted);
  CHECK(at(report, "city").test == "chi2");
  CHECK_FALSE(at(report, "n").drifted);
  CHECK_FALSE(at(report, "flag").drifted);
  // A greater share may be allowed.
  const auto allowed = compare(sample(1, 2000, 0, 0.5), sample(2, 2000, 0.5, 0.8),
                               [](DriftOptions& options) { options.max_share = 0.5; });
  CHECK_FALSE(allowed.drifted);
  CHECK(allowed.drifted_columns == 2);
}

TEST_CASE("bins of whole numbers begin and end half way between two, and hold equally many of them") {
  // Weekdays: each side's shares are its counts, one bin per day.
  const auto days = compare(column("day", 700, [](int i) { return std::to_string(i % 7); }),
                            column("day", 400, [](int i) { return std::to_string(i % 4); }));
  CHECK(at(days, "day").low == -0.5);
  CHECK(at(days, "day").high == 6.5);
  CHECK(at(days, "day").reference.shares == std::vector<double>(7, 1.0 / 7));
  for (std::size_t i = 0; i < 7; ++i) CHECK(at(days, "day").current.shares[i] == doctest::Approx(i < 4 ? 0.25 : 0.0));
  // -50 to 49, and half of a per cent on either side that lies in the outer bins: 100 numbers, 4 to a bin.
  const auto value = [](int i) { return std::to_string(i % 1000 < 990 ? i % 100 - 50 : (i % 2 == 0 ? -5000 : 5000)); };
  const auto many = compare(column("n", 10'000, value), column("n", 10'000, value));
  const auto& n = at(many, "n");
  CHECK(n.low == -50.5);
  CHECK(n.high == 49.5);
  REQUIRE(n.reference.shares.size() == 25);
  CHECK(n.reference.shares[1] == doctest::Approx(0.04).epsilon(0.02));
  double sum = 0;
  for (const double share : n.reference.shares) sum += share;
  CHECK(sum == doctest::Approx(1));
  // One value only, and the widest integers there are.
  const auto one = compare("n\n7\n7\n", "n\n7\n7\n");
  CHECK(at(one, "n").low == 6.5);
  CHECK(at(one, "n").high == 7.5);
  const auto wide = compare("n\n-9223372036854775807\n0\n0\n9223372036854775807\n", "n\n1\n1\n2\n3\n");
  CHECK(at(wide, "n").reference.shares.size() == 30);
}

TEST_CASE("a report says which rows of a source were compared") {
  const auto report =
      compare("n\n1\n1\n2\n2\n", "n\n1\n1\n2\n2\n", [](DriftOptions& options) { options.current.where = "n = 2"; });
  CHECK(report.reference_where.empty());
  CHECK(to_json(report)["current"]["where"] == "n = 2");
  CHECK(to_json(report)["reference"]["where"].is_null());
  CHECK(current_side(report) == report.current + " where n = 2");
  CHECK(reference_side(report) == report.reference);
}

TEST_CASE("both gates are needed") {
  // A small shift of many rows: significant, and too small to matter.
  const auto many = compare(sample(1, 20'000, 0, 0.5), sample(2, 20'000, 0.08, 0.5));
  CHECK(*at(many, "x").p_adjusted < 0.05);
  CHECK(*at(many, "x").effect < 0.1);
  CHECK_FALSE(many.drifted);
  // A large difference of few rows: large, and may be chance.
  const auto few = compare("x\n1.5\n2.5\n3.5\n", "x\n2.5\n3.5\n4.5\n");
  CHECK(*at(few, "x").effect >= 0.1);
  CHECK(*at(few, "x").p_adjusted >= 0.05);
  CHECK_FALSE(few.drifted);
}

TEST_CASE("p-values are corrected over the tested columns alone") {
  const auto report = compare(sample(1, 500, 0, 0.5), sample(2, 500, 0.2, 0.6));
  std::vector<double> p;
  for (const auto& one : report.columns)
    if (one.p_value) p.push_back(*one.p_value);
  CHECK(p.size() == report.tested);
  std::sort(p.begin(), p.end());
  const double smallest = p.front() * static_cast<double>(p.size());
  double least_adjusted = 1;
  for (const auto& one : report.columns)
    if (one.p_adjusted) {
      CHECK(*one.p_adjusted >= *one.p_value);
      least_adjusted = std::min(least_adjusted, *one.p_adjusted);
    }
  CHECK(least_adjusted <= smallest);
}

TEST_CASE("all-null, constant, one row, new categories, NaN, infinities and changed types have defined results") {
  const auto constant = [](const std::string& value) { return column("x", 50, [&](int) { return value; }); };
  const std::string nulls = column("x", 50, [](int) { return "\"\""; });
  // All missing on one side.
  auto report = compare(constant("1.5"), nulls);
  CHECK(report.drifted);
  CHECK(at(report, "x").reason == "no value in the current data");
  CHECK(!at(report, "x").p_value);
  report = compare(nulls, constant("text"));
  CHECK(at(report, "x").reason == "no value in the reference data");
  CHECK_THROWS_AS(static_cast<void>(compare(nulls, nulls)), Error);  // nothing left to test

  // Constants.
  CHECK_FALSE(compare(constant("1"), constant("1")).drifted);
  report = compare(constant("1"), constant("2"));
  CHECK(report.drifted);
  CHECK(*at(report, "x").statistic == 1);
  CHECK_FALSE(compare(constant("a"), constant("a")).drifted);
  CHECK(*at(compare(constant("a"), constant("b")), "x").effect == 1);

  // One row.
  report = compare("x\n1.5\n", "x\n1000.5\n");
  CHECK(*at(report, "x").p_value == 1);
  CHECK_FALSE(report.drifted);

  // New categories are named.
  const auto city = [](int limit) {
    return column("x", 300, [limit](int i) { return std::string(1, static_cast<char>('a' + i % limit)); });
  };
  report = compare(city(2), city(3));
  CHECK(report.drifted);
  REQUIRE(at(report, "x").new_categories.size() == 1);
  CHECK(at(report, "x").new_categories[0].value == "c");
  CHECK(at(report, "x").new_categories[0].count == 100);

  // Types.
  report = compare(constant("1"), constant("true"));
  CHECK(report.drifted);
  CHECK(at(report, "x").reason == "its type has changed from integer to boolean");
  report = compare(constant("1"), constant("1.5"));
  CHECK(at(report, "x").test == "ks");

  // Missing values take no part in the test of the others, and have one of their own.
  const std::string half = column("x", 100, [](int i) { return i % 2 == 0 ? std::to_string(i % 10) : "\"\""; });
  const std::string full = column("x", 100, [](int i) { return std::to_string(i % 5 * 2); });
  report = compare(full, half);
  CHECK(report.drifted);
  CHECK(*at(report, "x").statistic == 0);
  CHECK(at(report, "x").notes == "missing values went from 0% to 50%");
}

TEST_CASE("values that are missing are drift when there are many more or fewer of them") {
  const auto share = [](int rows, int missing) {
    return column("x", rows, [=](int i) { return i < missing ? "\"\"" : std::to_string(i % 7) + ".5"; });
  };
  // scipy.stats.chi2_contingency([[0, 100], [50, 50]], correction=False): 66.667, p 3.2e-16.
  for (const bool fewer : {false, true}) {
    const auto report = fewer ? compare(share(100, 50), share(100, 0)) : compare(share(100, 0), share(100, 50));
    const auto& missing = at(report, "x").missing;
    REQUIRE(missing);
    CHECK(missing->statistic == doctest::Approx(200.0 / 3));
    CHECK(missing->p_value == doctest::Approx(3.2153e-16).epsilon(1e-4));
    CHECK(missing->p_adjusted == doctest::Approx(2 * 3.2153e-16).epsilon(1e-4));  // of two tests
    CHECK(missing->effect == 0.5);
    CHECK(missing->drifted);
    CHECK(report.drifted_columns == 1);
    CHECK(report.tested == 1);
    CHECK(mlsys_test::contains(at(report, "x").reason, "missing values: p 6.43e-16 < 0.05 and effect 0.5 ≥ 0.1"));
    CHECK(to_json(report)["columns"][0]["missing_test"]["drifted"] == true);
  }
  // Both gates: many rows with a small change, few with a large one.
  const auto small = compare(share(5000, 100), share(5000, 400));
  CHECK(at(small, "x").missing->p_adjusted < 0.05);
  CHECK_FALSE(small.drifted);
  CHECK(at(small, "x").reason == "missing values went from 2% to 8%");
  const auto few = compare(share(4, 0), share(4, 1));
  CHECK(at(few, "x").missing->effect == 0.25);
  CHECK_FALSE(few.drifted);
  // The least effect is an option, and against a profile all is the same.
  CHECK_FALSE(
      compare(share(100, 0), share(100, 50), [](DriftOptions& options) { options.missing_effect = 0.6; }).drifted);
  const auto profiled = compare_profile(share(100, 0), share(100, 50), {"x"});
  CHECK(at(profiled, "x").missing->statistic == doctest::Approx(200.0 / 3));
  CHECK(profiled.drifted);
  // Nothing missing, nothing to test; categories like numbers.
  CHECK_FALSE(at(compare(share(100, 0), share(100, 0)), "x").missing);
  const auto text = [](int missing) {
    return column("x", 100,
                  [=](int i) { return i < missing ? "\"\"" : std::string(1, static_cast<char>('a' + i % 2)); });
  };
  CHECK(at(compare(text(0), text(98)), "x").missing->drifted);
}

TEST_CASE("roles, exclusions and columns of one side alone") {
  const std::string before = "id,w,y,only_before,x\n1,1,0,5,3\n1,1,1,5,3\n2,1,1,5,4\n";
  const std::string now = "id,w,y,x,only_now\n9,1,0,3,1\n9,1,1,3,1\n8,1,1,4,1\n";
  const auto report = compare(before, now, [](DriftOptions& options) {
    options.roles.id = "id";
    options.roles.weight = "w";
    options.roles.target = "y";
  });
  CHECK(at(report, "id").reason == "its role is id");
  CHECK(at(report, "w").reason == "its role is weight");
  CHECK(at(report, "y").test == "ks");
  CHECK(at(report, "y").role == "target");
  CHECK(at(report, "only_before").reason == "only in the reference");
  CHECK(at(report, "only_now").reason == "only in the current data");
  CHECK(report.columns.back().name == "only_now");
  CHECK(report.tested == 2);
  CHECK_THROWS_AS(static_cast<void>(compare(before, now, [](DriftOptions& o) { o.roles.id = "idd"; })), Error);
  CHECK_THROWS_AS(static_cast<void>(compare(before, now, [](DriftOptions& o) { o.roles.features = {"only_now"}; })),
                  Error);
  CHECK_THROWS_AS(static_cast<void>(compare(before, now, [](DriftOptions& o) { o.alpha = 0; })), Error);
  CHECK_THROWS_AS(static_cast<void>(compare(before, now, [](DriftOptions& o) { o.numeric_effect = 2; })), Error);
}

TEST_CASE("property: the order of rows and the number of threads do not change a byte of the result") {
  const auto lines = [](const std::string& csv) {
    auto all = split(csv, '\n');
    all.pop_back();
    return all;
  };
  auto shuffled = lines(sample(3, 400, 0.2, 0.6));
  Random random(1);
  for (std::size_t i = shuffled.size(); i > 2; --i) std::swap(shuffled[i - 1], shuffled[1 + random.below(i - 1)]);
  const std::string before = sample(1, 400, 0, 0.5);
  const auto a = compare(before, sample(3, 400, 0.2, 0.6));
  const auto b = compare(before, join(shuffled, "\n") + "\n");
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    CHECK(a.columns[i].statistic == b.columns[i].statistic);
    CHECK(a.columns[i].p_adjusted == b.columns[i].p_adjusted);
    CHECK(a.columns[i].effect == b.columns[i].effect);
  }
  const Folder folder;
  DriftOptions options;
  options.reference = folder.source("before.csv", before);
  options.current = folder.source("now.csv", sample(3, 400, 0.2, 0.6));
  std::string first;
  for (const unsigned threads : {1U, 3U}) {
    Context ctx;
    ctx.threads = threads;
    const std::string text = to_text(to_json(drift::drift(options, ctx)));
    if (first.empty()) first = text;
    CHECK(text == first);
  }
}

TEST_CASE("a profile as reference gives the same verdict; D is at most 1/255 below that of the data") {
  const std::vector<std::string> columns = {"x", "n", "city", "flag", "day"};
  for (const double shift : {0.0, 0.15, 0.6}) {
    const std::string before = sample(1, 3000, 0, 0.5);
    const std::string now = sample(2, 2500, shift, 0.5 + shift / 3);
    const auto data = compare(before, now);
    const auto profile = compare_profile(before, now, columns);
    CAPTURE(shift);
    for (const auto& name : {"x", "n", "city", "flag"}) {
      CAPTURE(name);
      CHECK(at(profile, name).drifted == at(data, name).drifted);
      const double gap = *at(data, name).statistic - *at(profile, name).statistic;
      CHECK(gap >= -1e-12);
      CHECK(gap <= 1.0 / 255 + 1e-12);
    }
    // Few distinct values, and categories, are kept exactly.
    CHECK(*at(profile, "n").statistic == *at(data, "n").statistic);
    CHECK(*at(profile, "city").effect == *at(data, "city").effect);
    CHECK(at(profile, "day").reason == "a point in time");
    CHECK(at(profile, "id").reason == "only in the current data");
  }
}

TEST_CASE("a profile of float32 values is compared with values rounded alike") {
  data::Column single;
  single.name = "x";
  single.type = data::ColumnType::real;
  single.as = data::As::float32;
  for (int i = 0; i < 1000; ++i) single.f32.push_back(0.1F * static_cast<float>(1 + i % 3));
  profile::Profile profile;
  profile.rows = 1000;
  profile.columns = {profile::column_profile(single)};
  const Folder folder;
  Context ctx;
  DriftOptions options;
  options.profile = profile;
  options.profile_subject = "the profile";
  options.current = folder.source("now.csv", column("x", 999, [](int i) {
                                    return shortest(static_cast<double>(0.1F * static_cast<float>(1 + i % 3)));
                                  }));
  CHECK(*at(drift::drift(options, ctx), "x").statistic < 0.01);
  options.current = folder.source("plain.csv", column("x", 999, [](int i) {
                                    return i % 3 == 0 ? "0.1" : i % 3 == 1 ? "0.2" : "0.3";
                                  }));
  CHECK(*at(drift::drift(options, ctx), "x").statistic < 0.35);
}

TEST_CASE("computed columns are compared with the profile's") {
  Random random(5);
  std::vector<double> before;
  drift::Computed now{"score", {}};
  std::string csv = "x\n";
  for (int i = 0; i < 800; ++i) {
    before.push_back(random.uniform());
    now.values.push_back(0.3 + 0.7 * random.uniform());
    csv += std::to_string(i % 5) + "\n";
  }
  const Folder folder;
  Context ctx;
  DriftOptions options;
  options.profile = profile::Profile{800, {profile::number_profile("score", before)}};
  options.profile_subject = "the profile";
  options.current = folder.source("now.csv", csv);
  options.computed = {now};
  options.roles.score = "score";
  const auto report = drift::drift(options, ctx);
  CHECK(at(report, "score").drifted);
  CHECK(at(report, "score").role == "score");
  CHECK(at(report, "x").reason == "only in the current data");
  options.computed[0].values.pop_back();
  CHECK_THROWS_AS(static_cast<void>(drift::drift(options, ctx)), Error);
}

TEST_CASE("a report that does not draw every column says so") {
  const auto wide = [](int columns) {
    std::string csv;
    for (int row = 0; row < 11; ++row)
      for (int i = 0; i < columns; ++i)
        csv += (row == 0 ? "c" + std::to_string(i) : std::to_string((row + i) % 3)) + (i + 1 < columns ? "," : "\n");
    return csv;
  };
  const std::string drawn = html(compare(wide(60), wide(60)), "");
  CHECK_FALSE(mlsys_test::contains(drawn, "columns are drawn"));
  CHECK(mlsys_test::contains(html(compare(wide(65), wide(65)), ""),
                             "60 of 65 columns are drawn; the table above has all."));
}

TEST_CASE("names with quotes, line ends and SQL are only names") {
  const std::string name = "\"x\"\"; DROP TABLE data; --\nü\"";
  const auto report = compare(column(name, 100, [](int i) { return std::to_string(i % 7); }),
                              column(name, 100, [](int i) { return std::to_string(i % 7 + 3); }));
  CHECK(report.drifted);
  CHECK(report.columns[0].name == "x\"; DROP TABLE data; --\nü");
}
