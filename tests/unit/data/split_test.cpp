// Splits and writers.
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "fixture.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/split.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

namespace {

using Parts = std::vector<std::uint8_t>;

std::vector<std::uint64_t> sizes_of(const Parts& parts, std::size_t count) {
  std::vector<std::uint64_t> sizes(count);
  for (const std::uint8_t part : parts) ++sizes[part];
  return sizes;
}

Column column(std::string name, ColumnType type, As as) {
  Column made;
  made.name = std::move(name);
  made.type = type;
  made.as = as;
  return made;
}

}  // namespace

TEST_CASE("random splits have exact sizes and depend on the seed alone") {
  const std::vector<double> fractions = {0.7, 0.2, 0.1};
  const Parts parts = split_random(10, fractions, 1);
  CHECK(sizes_of(parts, 3) == std::vector<std::uint64_t>{7, 2, 1});
  CHECK(sizes_of(split_random(1001, fractions, 1), 3) == std::vector<std::uint64_t>{701, 200, 100});
  CHECK(split_random(1000, fractions, 1) == split_random(1000, fractions, 1));
  CHECK(split_random(1000, fractions, 1) != split_random(1000, fractions, 2));
  // Every row is equally likely to be in the last part: 400 draws of 50%, 5 sigma around 200.
  std::vector<int> hits(20);
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Parts half = split_random(20, std::vector<double>{0.5, 0.5}, seed);
    for (std::size_t i = 0; i < 20; ++i) hits[i] += half[i];
  }
  for (const int hit : hits) CHECK(std::abs(hit - 200) < 50);
}

TEST_CASE("sizes of parts add up for any number of rows") {
  for (const std::uint64_t rows : {0ULL, 1ULL, 7ULL, 1001ULL, 1'500'000'001ULL, 7'000'000'001ULL, 100'000'000'000ULL})
    for (const std::vector<double>& fractions :
         {std::vector<double>{0.5, 0.5}, std::vector<double>{0.7, 0.2, 0.1},
          std::vector<double>{1 / 3., 1 / 3., 1 / 3.}, std::vector<double>{0.5, 0.5000000009}}) {
      const auto sizes = part_sizes(rows, fractions);
      CHECK(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}) == rows);
      for (std::size_t i = 0; i < sizes.size(); ++i)
        CHECK(std::abs(static_cast<double>(sizes[i]) - fractions[i] * static_cast<double>(rows)) <
              1.5 + 1e-9 * static_cast<double>(rows));
    }
  CHECK(part_sizes(10, std::vector<double>{0.7, 0.2, 0.1}) == std::vector<std::uint64_t>{7, 2, 1});
  CHECK(part_sizes(1'500'000'001, std::vector<double>{0.5, 0.5}) ==
        std::vector<std::uint64_t>{750'000'001, 750'000'000});
}

TEST_CASE("fractions are checked") {
  const auto error = [](std::vector<double> fractions) { return error_of([&] { split_random(10, fractions, 0); }); };
  CHECK_CONTAINS(error({0.5, 0.4}), "add up to 0.9");
  CHECK_CONTAINS(error({1.0}), "not a fraction");
  CHECK_CONTAINS(error({0.5, std::nan("")}), "not a fraction");
  CHECK_CONTAINS(error({-0.5, 1.5}), "not a fraction");
  CHECK_CONTAINS(error({0.999, 0.001}), "part 2 would be empty");
}

TEST_CASE("strata keep their shares") {
  std::vector<std::int32_t> strata;
  for (int i = 0; i < 997; ++i) strata.push_back(i % 10 == 0 ? 1 : (i % 97 == 0 ? -1 : 0));
  const std::vector<double> fractions = {0.6, 0.2, 0.2};
  const Parts parts = split_stratified(strata, fractions, 3);
  const auto total = sizes_of(parts, 3);
  for (std::size_t part = 0; part < 3; ++part)
    CHECK(std::abs(static_cast<double>(total[part]) - fractions[part] * 997) <= 1);
  std::map<std::int32_t, std::vector<double>> counts;
  std::map<std::int32_t, double> all;
  for (std::size_t i = 0; i < strata.size(); ++i) {
    counts[strata[i]].resize(3);
    ++counts[strata[i]][parts[i]];
    ++all[strata[i]];
  }
  for (const auto& [stratum, of_parts] : counts)
    for (std::size_t part = 0; part < 3; ++part) CHECK(std::abs(of_parts[part] - fractions[part] * all[stratum]) <= 2);
}

TEST_CASE("time goes forward from part to part and instants are not parted") {
  const std::vector<std::int64_t> times = {5, 1, 9, 3, 3, 3, 7, 2, 8, 3};
  const Parts parts = split_by_time(times, std::vector<double>{0.5, 0.5});
  for (std::size_t a = 0; a < times.size(); ++a)
    for (std::size_t b = 0; b < times.size(); ++b) {
      if (times[a] < times[b]) CHECK(parts[a] <= parts[b]);
      if (times[a] == times[b]) CHECK(parts[a] == parts[b]);
    }
  CHECK_CONTAINS(error_of([] { split_by_time(std::vector<std::int64_t>{1, 1, 1}, std::vector<double>{0.5, 0.5}); }),
                 "same instant are not parted");
}

TEST_CASE("groups stay together and shares are close") {
  std::vector<std::int32_t> groups;
  for (int i = 0; i < 5000; ++i) groups.push_back((i * 7919) % 211);
  const std::vector<double> fractions = {0.7, 0.3};
  const Parts parts = split_by_group(groups, fractions, 1);
  std::map<std::int32_t, std::set<int>> seen;
  for (std::size_t i = 0; i < groups.size(); ++i) seen[groups[i]].insert(parts[i]);
  for (const auto& [group, of] : seen) CHECK(of.size() == 1);
  CHECK(std::abs(static_cast<double>(sizes_of(parts, 2)[0]) - 3500) < 60);
}

TEST_CASE("data split writes every row once, in order") {
  Folder folder;
  Context ctx;
  std::string content = "id,y,day,text\n";
  for (int i = 0; i < 1000; ++i)
    content += std::to_string(i) + "," + (i % 4 == 0 ? "1" : "0") + ",2024-" + (i < 500 ? "01" : "02") + "-" +
               std::to_string(10 + i % 10) + ",\"a \"\"quote\"\", é\"\n";
  SplitOptions options;
  options.source.argument = folder.file("d.csv", content);
  options.parts = parse_split_parts("train=0.7, valid=0.15,test=0.15");
  options.stratify = "y";
  options.output = folder.path("out/deep");
  for (const std::string ending : {"", "parquet", "ndjson.gz"}) {
    CAPTURE(ending);
    options.ending = ending;
    const SplitReport report = split(options, ctx);
    CHECK(report.rows == 1000);
    REQUIRE(report.parts.size() == 3);
    std::multiset<int> ids;
    for (const SplitReport::Part& part : report.parts) {
      const Dataset data = open(part.path.string(), ctx);
      CHECK(data.rows() == part.rows);
      CHECK(type_names(data) == Texts{"integer", "integer", "date", "text"});
      CHECK(texts(data, "text", ctx)[0] == "a \"quote\", é");
      int before = -1;
      for (const std::string& id : texts(data, "id", ctx)) {
        CHECK(std::stoi(id) > before);
        before = std::stoi(id);
        ids.insert(before);
      }
    }
    CHECK(ids.size() == 1000);
    CHECK(std::set<int>(ids.begin(), ids.end()).size() == 1000);
    CHECK(report.parts[0].rows == 700);
  }
  options.ending = "";
  CHECK_CONTAINS(error_of([&] { split(options, ctx); }), "it exists | replace it with --force");
  options.force = true;
  options.stratify = "";
  options.time = "day";
  options.parts = parse_split_parts("a=0.5,b=0.5");
  options.output = folder.path("timed");
  const SplitReport timed = split(options, ctx);
  CHECK(timed.parts[0].last < timed.parts[1].first);
  const Json json = to_json(timed);
  CHECK(json["schema"] == "mlsys.data.split/1");
  CHECK(json["parts"][1]["rows"] == 500);
}

// Written by pyarrow 26: the numbers 1 to 4 in a column named "".
TEST_CASE("a column of Parquet without a name has one as in separated values, and may be split") {
  Folder folder;
  Context ctx;
  SplitOptions options;
  options.source.argument = MLSYS_TEST_DATA "/parquet/unnamed.parquet";
  options.parts = parse_split_parts("train=0.5,test=0.5");
  options.output = folder.path("out");
  CHECK(split(options, ctx).parts[1].rows == 2);
  CHECK(column_names(open(folder.path("out/test.parquet").string(), ctx)) == Texts{"column1"});
}

TEST_CASE("folds are equal, disjoint and complete, as files and as a column") {
  Folder folder;
  Context ctx;
  std::string content = "id,y\n";
  for (int i = 0; i < 1000; ++i) content += std::to_string(i) + "," + (i % 5 == 0 ? "1" : "0") + "\n";
  SplitOptions options;
  options.source.argument = folder.file("d.csv", content);
  options.parts = fold_parts(3, false);
  options.stratify = "y";
  options.output = folder.path("folds");
  const SplitReport files = split(options, ctx);
  REQUIRE(files.parts.size() == 3);
  // As scikit-learn's KFold: the first n % k folds have one row more.
  CHECK(files.parts[0].rows == 334);
  CHECK(files.parts[1].rows == 333);
  CHECK(files.parts[2].rows == 333);
  std::map<std::string, std::string> fold_of;
  for (const SplitReport::Part& part : files.parts) {
    const Dataset data = open(part.path.string(), ctx);
    std::uint64_t ones = 0;
    for (const std::string& y : texts(data, "y", ctx)) ones += y == "1" ? 1 : 0;
    CHECK(std::abs(static_cast<double>(ones) - 200.0 / 3) <= 1);
    for (const std::string& id : texts(data, "id", ctx)) CHECK(fold_of.emplace(id, part.name).second);
  }
  CHECK(fold_of.size() == 1000);

  options.parts = fold_parts(3, true);
  options.column = "fold";
  for (const std::string name : {"all.csv", "all.parquet", "all.ndjson"}) {
    options.output = folder.path(name);
    const SplitReport one = split(options, ctx);
    CHECK(one.parts[2].rows == 333);
    const Dataset data = open(options.output.string(), ctx);
    CHECK(column_names(data) == Texts{"id", "y", "fold"});
    CHECK(type_names(data) == Texts{"integer", "integer", "integer"});
    const Texts ids = texts(data, "id", ctx);
    const Texts folds = texts(data, "fold", ctx);
    REQUIRE(ids.size() == 1000);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      CHECK(ids[i] == std::to_string(i));  // in the order of the source
      CHECK("fold" + folds[i] == fold_of[ids[i]]);
    }
  }
  CHECK(fold_parts(12, false)[0].name == "fold01");
  CHECK_CONTAINS(error_of([] { (void)fold_parts(1, false); }), "--folds takes 2 to 255");
  options.column = "y";
  options.output = folder.path("again.csv");
  CHECK_CONTAINS(error_of([&] { split(options, ctx); }), "it has a column 'y' already");
  CHECK(!std::filesystem::exists(options.output));
}

TEST_CASE("the parts of a selection are those of its rows") {
  Folder folder;
  Context ctx;
  SplitOptions options;
  options.source.argument = folder.file("d.csv", "id,k\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n7,a\n8,b\n");
  options.source.where = "k = 'b'";
  options.parts = parse_split_parts("one=0.5,two=0.5");
  options.time = "id";
  options.column = "part";
  options.output = folder.path("o.csv");
  split(options, ctx);
  CHECK(read_file(options.output) == "id,k,part\n2,b,one\n4,b,one\n6,b,two\n8,b,two\n");
}

TEST_CASE("what parts of a split share is counted") {
  Folder folder;
  Context ctx;
  SplitOptions options;
  // By time: rows 1 to 3 and 4 to 6. User b is in both; the rows of c are alike but for their id; no user is no user.
  options.source.argument = folder.file("d.csv", "id,t,user,x\n1,1,a,5\n2,1,b,6\n3,1,,7\n4,2,b,8\n5,2,,9\n6,2,b,6\n");
  options.parts = parse_split_parts("past=0.5,future=0.5");
  options.time = "t";
  options.leak = {"user"};
  options.output = folder.path("o");
  const SplitReport report = split(options, ctx);
  CHECK(report.parts[0].shared_values == std::vector<std::pair<std::string, std::uint64_t>>{{"user", 0}});
  CHECK(report.parts[1].shared_values == std::vector<std::pair<std::string, std::uint64_t>>{{"user", 2}});
  CHECK(report.parts[1].shared_rows == 0);
  options.exclude = {"id", "t"};
  options.force = true;
  CHECK(split(options, ctx).parts[1].shared_rows == 1);  // b, 6
  options.exclude = {"id", "t", "user", "x"};
  CHECK_CONTAINS(error_of([&] { split(options, ctx); }), "no column to compare rows by");
  options.exclude = {"none"};
  CHECK_CONTAINS(error_of([&] { split(options, ctx); }), "no column 'none'");
}

TEST_CASE("nothing is left behind by a split that fails") {
  Folder folder;
  Context ctx;
  SplitOptions options;
  options.source.argument = folder.file("d.csv", "a,b\n1,2\n3\n");
  options.output = folder.path("out");
  CHECK_CONTAINS(error_of([&] { split(options, ctx); }), "line 3 has 1 field,");
  CHECK(!std::filesystem::exists(folder.path("out")));
  CHECK_CONTAINS(error_of([] { parse_split_parts("train=x"); }), "NAME=FRACTION");
  CHECK_CONTAINS(error_of([] { parse_split_parts("../train=0.5"); }), "NAME=FRACTION");
  CHECK_CONTAINS(error_of([] { parse_split_parts("a=0.5,a=0.5"); }), "named twice");
}

TEST_CASE("frames are written and read back") {
  Folder folder;
  Context ctx;
  Frame frame;
  frame.rows = 3;
  Column score = column("score", ColumnType::real, As::float32);
  score.f32 = {0.1F, std::numeric_limits<float>::quiet_NaN(), 1e-30F};
  Column margin = column("mar\"gin", ColumnType::real, As::float64);
  margin.f64 = {0.1, 1.0 / 3, -0.0};
  Column label = column("class", ColumnType::text, As::category);
  label.codes = {1, -1, 0};
  label.categories = {"no, never", "yes"};
  Column when = column("when", ColumnType::timestamp, As::int64);
  when.i64 = {0, 1'000'000, 0};
  when.valid = {1, 1, 0};
  frame.columns = {score, margin, label, when};
  for (const std::string name : {"p.csv", "p.parquet", "p.ndjson", "p.tsv.gz"}) {
    CAPTURE(name);
    WriterOptions options;
    options.metadata = {{"mlsys.model", "{\"name\": \"it's\"}"}};
    Writer writer(folder.path(name), options, ctx);
    writer.append(frame);
    writer.append(frame);
    CHECK(!std::filesystem::exists(folder.path(name)));
    writer.commit();
    const Dataset data = open(folder.path(name).string(), ctx);
    CHECK(data.rows() == 6);
    const Frame back =
        data.read({{"score", As::float32}, {"mar\"gin", As::float64}, {"class", As::text}, {"when", As::text}}, ctx);
    CHECK(back.at("score").f32[3] == 0.1F);
    CHECK(std::isnan(back.at("score").f32[1]));
    CHECK(back.at("score").f32[2] == 1e-30F);
    CHECK(back.at("mar\"gin").f64[1] == 1.0 / 3);
    CHECK(back.at("class").texts[2] == "no, never");
    CHECK(back.at("class").valid[1] == 0);
    CHECK(back.at("when").texts[1] == "1970-01-01T00:00:01Z");
    CHECK(back.at("when").missing == 2);
  }
  CHECK_CONTAINS(error_of([&] { Writer(folder.path("p.xls"), {}, ctx); }), "its ending names no format");
  {
    Writer abandoned(folder.path("gone.csv"), {}, ctx);
    abandoned.append(frame);
  }
  CHECK(!std::filesystem::exists(folder.path("gone.csv")));
  Writer other(folder.path("o.csv"), {}, ctx);
  other.append(frame);
  Frame fewer = frame;
  fewer.columns.pop_back();
  CHECK_CONTAINS(error_of([&] { other.append(fewer); }), "different columns");
  CHECK(is_writable_name("a.csv.gz"));
  CHECK(!is_writable_name("a.parquet.gz"));
  CHECK(!is_writable_name("csvx"));
}

TEST_CASE("infinities are missing in text, and counted in all frames of a file; Parquet keeps them") {
  Folder folder;
  Context ctx;
  RecordedProgress progress;
  ctx.progress = &progress;
  constexpr float infinity = std::numeric_limits<float>::infinity();
  Frame frame;
  frame.rows = 3;
  Column single = column("single", ColumnType::real, As::float32);
  single.f32 = {0.5F, infinity, -infinity};
  Column wide = column("wide", ColumnType::real, As::float64);
  wide.f64 = {static_cast<double>(infinity), std::numeric_limits<double>::quiet_NaN(), 2};
  frame.columns = {single, wide};
  for (const std::string name : {"p.csv", "p.tsv", "p.json", "p.ndjson", "p.parquet"}) {
    CAPTURE(name);
    progress.notes.clear();
    const std::string path = folder.path(name).string();
    Writer writer(path, {}, ctx);
    writer.append(frame);
    writer.append(frame);
    writer.commit();
    const bool parquet = name == "p.parquet";
    // Six of the values are infinite; a NaN of a frame is a missing value.
    if (parquet)
      CHECK(progress.notes.empty());
    else
      CHECK(progress.notes ==
            std::vector<std::string>{quoted(path) + ": 6 infinite values in columns 'single', 'wide' are written as "
                                                    "missing, since only Parquet holds such values"});
    const Frame back = open(path, ctx).read({{"single", As::float32}, {"wide", As::float64}}, ctx);
    CHECK(back.at("single").missing == (parquet ? 0 : 4));
    CHECK(back.at("single").infinite == (parquet ? 4 : 0));
    CHECK(back.at("wide").missing == (parquet ? 2 : 4));
    CHECK(back.at("wide").f64[5] == 2);
  }
}

TEST_CASE("frames are taken apart by rows") {
  Folder folder;
  Context ctx;
  const Dataset data = open_csv(folder, "n,c\n1,x\n,y\n3,\n4,x\n", ctx);
  const Frame frame = data.read({{"n", As::float32}, {"c", As::category}}, ctx);
  const Frame taken = take(frame, {3, 1, 1});
  CHECK(taken.rows == 3);
  CHECK(taken.columns[0].f32[0] == 4.0F);
  CHECK(taken.columns[0].missing == 2);
  CHECK(taken.columns[1].codes == std::vector<std::int32_t>{0, 1, 1});
  CHECK(taken.columns[1].missing == 0);
  CHECK_CONTAINS(error_of([&] { (void)frame.at("q"); }), "no column 'q'");
}
