// How validation rows are chosen.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "mlsys/bundle/bundle.hpp"
#include "mlsys/profile/reference.hpp"
#include "mlsys/train/train.hpp"
#include "train/bench.hpp"

namespace {

using namespace mlsys;
using namespace mlsys::test;

}  // namespace

TEST_CASE("a fraction is stratified, and takes the latest rows with a time") {
  Bench bench;
  std::string text = "x,y,day\n";
  for (int i = 0; i < 1000; ++i)
    text += std::to_string(i % 17) + "," + (i % 10 == 0 ? "1" : "0") + "," + std::to_string(999 - i) + "\n";
  bench.write(text);
  bench.options.valid = "0.2";
  auto report = bench.train();
  CHECK(report.valid_rows == 200);
  // 20 of the 200 are positive: the baseline's accuracy is that of always saying 0.
  CHECK(metric(report, "accuracy").baseline.value.value() == doctest::Approx(0.9));
  bench.options.roles.time = "day";
  report = bench.train();
  CHECK(report.valid_rows == 200);
  CHECK(report.valid_method.find("latest") != std::string::npos);
  CHECK(bundle::feature_names(report.manifest) == std::vector<std::string>{"x"});
}

TEST_CASE("a fraction by time takes whole groups, in the order of their last rows") {
  Bench bench;
  std::string text = "x,y,day,user\n";
  // The user with the latest row has the 99 earliest ones as well; the others have one row each.
  for (int i = 0; i < 200; ++i)
    text += std::to_string(i % 17) + "," + std::to_string(i % 2) + "," + std::to_string(i) + "," +
            (i < 99 || i == 199 ? "often" : "u" + std::to_string(i)) + "\n";
  bench.write(text);
  bench.options.valid = "0.2";
  bench.options.roles.time = "day";
  CHECK(bench.train().valid_rows == 40);
  bench.options.roles.group = "user";
  const auto report = bench.train();
  CHECK(report.valid_rows == 100);  // all of that user's, by hand: the 40 latest rows begin in the midst of them
  CHECK(report.valid_method == "the latest 20% by 'day', rows of one 'user' together");

  // Users who all come on the last day, and of whom each begins a day later than the one before: the last ones of ten.
  text = "x,y,day,user\n";
  for (int user = 0; user < 10; ++user)
    for (int day = user; day < 20; ++day)
      text += std::to_string(day % 7) + "," + std::to_string(day % 2) + "," + std::to_string(day) + ",u" +
              std::to_string(user) + "\n";
  bench.write(text);  // 20, 19, … 11 rows: 155, of which the earliest 124 end among the 13 of the eighth user
  CHECK(bench.train().valid_rows == 13 + 12 + 11);
}

TEST_CASE("real times keep their order, however large or close together") {
  for (const double scale : {1.0, 1e6, 1e-9, 1e290, -1.0}) {
    CAPTURE(scale);
    Bench bench;
    Random random(31);
    // The last twenty of a hundred rows in time hold a place that no others do; rows are not in the order of time.
    std::string text = "when,place,x,y\n";
    for (int i = 0; i < 100; ++i) {
      const int k = i * 37 % 100;
      const double when = scale < 0 ? (k - 99) * 1e-300 : (1.7e9 + k + 0.25) * scale;
      text += shortest(when) + "," + (k < 80 ? std::string(1, static_cast<char>('a' + k % 3)) : "late") + "," +
              shortest(random.uniform()) + "," + std::to_string(k % 2) + "\n";
    }
    bench.write(text);
    bench.options.roles.time = "when";
    bench.options.valid = "0.2";
    const auto report = bench.train();
    CHECK(report.valid_rows == 20);
    CHECK(std::ranges::find(report.notes,
                            "column 'place': 20 validation rows with values that training does not have count as "
                            "missing") != report.notes.end());
  }
}

TEST_CASE("a condition chooses among the rows of a validation file as well") {
  Bench bench;
  bench.write(table(400, 32));
  bench.write(table(200, 33), "v.csv");
  bench.options.valid = bench.path("v.csv");
  const auto all = bench.train();
  CHECK(all.valid_rows == 200);
  bench.options.source.where = "c = 'b'";
  const auto some = bench.train();
  // Counted by hand in the file.
  const auto lines = split(read_file(bench.path("v.csv")), '\n');
  CHECK(some.valid_rows == static_cast<std::uint64_t>(std::ranges::count_if(
                               lines, [](const auto& line) { return line.find(",b,") != std::string::npos; })));
  CHECK(some.valid_method == bench.path("v.csv") + " where c = 'b'");
}

TEST_CASE("validation rows by a column's value, and from a file of their own") {
  Bench bench;
  Random random(6);
  std::string text = "x,c,part,y\n";
  for (int i = 0; i < 400; ++i) {
    const bool valid = i % 4 == 0;
    // "new" occurs in validation only.
    text += std::to_string(random.below(50)) + "," +
            (valid && i % 8 == 0 ? "new"
             : i % 3 == 0        ? "p"
                                 : "q") +
            "," + (valid ? "valid" : "train") + "," + std::to_string(random.below(2)) + "\n";
  }
  bench.write(text);
  bench.options.valid = "part=valid";
  auto report = bench.train();
  CHECK(report.valid_rows == 100);
  CHECK(report.manifest.features.back().categories == std::vector<std::string>{"p", "q"});
  CHECK(std::ranges::any_of(report.notes,
                            [](const auto& note) { return note.find("'c': 50 validation rows") != note.npos; }));

  bench.write("y,c,x,extra\n1,p,3,z\n0,new,,z\n", "v.csv");
  bench.options.valid = bench.path("v.csv");
  bench.options.roles.exclude = {"part"};
  report = bench.train();
  CHECK(report.train_rows == 400);
  CHECK(report.valid_rows == 2);
  CHECK(report.manifest.data.size() == 2);
}

TEST_CASE("the profile is of the training rows, and counts what is missing in them") {
  Bench bench;
  std::string text = "c,x,part,y\n";
  // Of ten rows two are for validation, of which one lacks c and the other x; of the rest three lack c and one x.
  for (int i = 0; i < 400; ++i) {
    const int k = i % 10;
    text += std::string(k < 4   ? ""
                        : k < 7 ? "p"
                                : "q") +
            "," + (k == 4 || k == 8 ? "" : std::to_string(k)) + "," + (k == 3 || k == 4 ? "valid" : "train") + "," +
            std::to_string(i / 10 % 2) + "\n";
  }
  bench.write(text);
  bench.options.valid = "part=valid";
  bench.train();
  const auto loaded = bundle::Bundle::load(bench.options.output);
  const auto profile = profile::parse_profile(loaded.read(bundle::profile_file));
  CHECK(profile.rows == 320);
  const auto* category = profile.find("c");
  REQUIRE(category != nullptr);
  CHECK(category->missing == 120);
  CHECK(category->categories.values == std::vector<profile::CategoryCount>{{"p", 80}, {"q", 120}});
  REQUIRE(profile.find("x") != nullptr);
  CHECK(profile.find("x")->missing == 40);
}
