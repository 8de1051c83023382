// Comparisons against counting by hand.
#include "mlsys/data/diff.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "fixture.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

namespace {

DiffReport compared(const Folder& folder, const std::string& before, const std::string& after,
                    const std::vector<std::string>& key, double tolerance = 0) {
  Context ctx;
  DiffOptions options;
  options.before.argument = folder.file("before.csv", before);
  options.after.argument = folder.file("after.csv", after);
  options.key = key;
  options.tolerance = tolerance;
  return diff(options, ctx);
}

using Row = std::vector<std::string>;

std::string csv_of(const std::vector<Row>& rows) {
  std::string csv = "k,l,x,t\n";
  for (const Row& row : rows) csv += join(row, ",") + "\n";
  return csv;
}

}  // namespace

TEST_CASE("property: 60 random pairs of tables, whole rows and by key, against sets and maps") {
  Random random(19);
  const Folder folder;
  for (int round = 0; round < 60; ++round) {
    const auto table = [&] {
      std::vector<Row> rows;
      std::set<std::pair<std::string, std::string>> keys;
      for (std::uint64_t i = random.below(30); i > 0; --i) {
        Row row = {std::to_string(random.below(8)), std::to_string(random.below(4)),
                   random.below(5) == 0 ? "" : std::to_string(random.below(3)),
                   random.below(5) == 0 ? "" : std::string(1, static_cast<char>('a' + random.below(3)))};
        if (keys.emplace(row[0], row[1]).second) rows.push_back(row);
      }
      return rows;
    };
    const auto before = table();
    const auto after = table();
    CAPTURE(csv_of(before));
    CAPTURE(csv_of(after));

    std::map<Row, std::int64_t> surplus;
    std::map<std::pair<std::string, std::string>, Row> old_rows;
    for (const Row& row : before) {
      ++surplus[row];
      old_rows[{row[0], row[1]}] = row;
    }
    std::uint64_t common = 0;
    std::uint64_t changed = 0;
    std::uint64_t changed_x = 0;
    for (const Row& row : after) {
      --surplus[row];
      const auto old = old_rows.find({row[0], row[1]});
      if (old == old_rows.end()) continue;
      ++common;
      changed += old->second != row;
      changed_x += old->second[2] != row[2];
    }
    std::uint64_t removed = 0;
    std::uint64_t added = 0;
    for (const auto& [row, count] : surplus) {
      removed += static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
      added += static_cast<std::uint64_t>(std::max<std::int64_t>(-count, 0));
    }
    const DiffReport whole = compared(folder, csv_of(before), csv_of(after), {});
    CHECK(whole.removed == removed);
    CHECK(whole.added == added);
    CHECK(whole.same == (removed == 0 && added == 0));
    CHECK(whole.removed_rows.size() == std::min<std::size_t>(5, removed));
    for (const auto& row : whole.removed_rows) {
      const Row& values = before.at(row.row - 1);
      CHECK(row.key == "k=" + values[0] + ", l=" + values[1] + ", x=" + values[2] + ", t=" + values[3]);
    }
    const DiffReport keyed = compared(folder, csv_of(before), csv_of(after), {"k", "l"});
    CHECK(keyed.removed == before.size() - common);
    CHECK(keyed.added == after.size() - common);
    CHECK(keyed.changed == changed);
    REQUIRE(keyed.columns.size() == 2);
    CHECK(keyed.columns[0].changed == changed_x);
    for (const auto& value : keyed.columns[0].samples) {
      CHECK(before.at(value.row_before - 1)[2] == value.before.value_or(""));
      CHECK(after.at(value.row_after - 1)[2] == value.after.value_or(""));
    }
  }
}

TEST_CASE("columns by name, types in common, missing and NaN, tolerance") {
  const Folder folder;
  const auto report = compared(folder, "id,a,gone,d\n1,1,x,2024-01-01\n2,2,y,2024-01-02\n",
                               "d,id,fresh,a\n2024-01-01T00:00:00Z,1,7,1.0\n2024-01-02T00:00:01Z,2,8,2.5\n", {"id"});
  REQUIRE(report.columns_removed.size() == 1);
  CHECK(report.columns_removed[0].name == "gone");
  REQUIRE(report.columns_added.size() == 1);
  CHECK(report.columns_added[0].name == "fresh");
  CHECK(report.changed == 1);
  REQUIRE(report.columns.size() == 2);
  CHECK(report.columns[0].before == ColumnType::integer);
  CHECK(report.columns[0].after == ColumnType::real);
  CHECK(report.columns[0].changed == 1);
  CHECK(report.columns[0].samples[0].after == "2.5");
  CHECK(report.columns[1].changed == 1);
  CHECK(report.columns[1].samples[0].after == "2024-01-02T00:00:01Z");
  CHECK_FALSE(report.same);

  CHECK(compared(folder, "id,a\n1,\n2,7\n", "id,a\n2,7\n1,\n", {"id"}).same);
  CHECK(compared(folder, "id,a\n1,100\n", "id,a\n1,101\n", {"id"}, 0.01).same);
  CHECK_FALSE(compared(folder, "id,a\n1,100\n", "id,a\n1,102\n", {"id"}, 0.01).same);
  CHECK_FALSE(compared(folder, "id,a\n1,100\n", "id,a\n1,\n", {"id"}, 0.5).same);
  // Beyond 2^53 integers are still told apart.
  CHECK(compared(folder, "id\n9007199254740993\n", "id\n9007199254740992\n", {"id"}).removed == 1);
  CHECK(compared(folder, "a\n", "a\n", {}).same);
  CHECK(compared(folder, "a\n1\n1\n", "b\n1\n", {}).removed == 1);
}

TEST_CASE("rows that two parts share are counted in the later one") {
  Random random(23);
  const Folder folder;
  Context ctx;
  for (int round = 0; round < 30; ++round) {
    std::string csv = "a,b\n";
    std::vector<std::string> rows;
    std::vector<std::uint8_t> parts;
    for (std::uint64_t i = 2 + random.below(40); i > 0; --i) {
      rows.push_back(std::to_string(random.below(6)) + "," + (random.below(3) == 0 ? "" : "x"));
      csv += rows.back() + "\n";
      parts.push_back(static_cast<std::uint8_t>(random.below(3)));
    }
    std::vector<std::uint64_t> expected(3);
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t j = 0; j < rows.size(); ++j)
        if (rows[i] == rows[j] && parts[j] < parts[i]) {
          ++expected[parts[i]];
          break;
        }
    CHECK(open_csv(folder, csv, ctx).shared_rows(parts, 3, {}, ctx) == expected);
  }
}

TEST_CASE("a tolerance is of finite numbers: an infinity or NaN is only like itself") {
  const Folder folder;
  const std::string before = "k,x\n1,inf\n2,inf\n3,nan\n4,nan\n5,1\n6,-inf\n7,\n8,100\n9,0\n";
  const std::string after = "k,x\n1,inf\n2,5\n3,nan\n4,5\n5,nan\n6,inf\n7,1\n8,100.5\n9,0.001\n";
  Context ctx;
  DiffOptions options;
  // Separated values hold such words as text: they are made numbers by a query.
  for (auto* side : {&options.before, &options.after}) side->sql = "SELECT k, CAST(x AS DOUBLE) AS x FROM data";
  options.after.argument = folder.file("after.csv", after);
  options.before.argument = folder.file("before.csv", before);
  options.key = {"k"};
  options.tolerance = 0.01;
  options.max_samples = 20;
  const DiffReport report = diff(options, ctx);
  REQUIRE(report.columns.size() == 1);
  CHECK(report.columns[0].before == ColumnType::real);
  std::vector<std::string> keys;
  for (const auto& one : report.columns[0].samples) keys.push_back(one.key);
  CHECK(keys == std::vector<std::string>{"2", "4", "5", "6", "7", "9"});
}
