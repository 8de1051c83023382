// Parquet, JSON, LibSVM, SQLite, folders, compression and standard input.
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "fixture.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/writer.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

TEST_CASE("every format and compression gives the same rows back") {
  Folder folder;
  Context ctx;
  const std::string sql =
      "SELECT range AS i, range / 4.0 AS r, range % 2 = 0 AS b, 'name ' || range AS t, DATE '2024-01-01' + range::INT "
      "AS d, "
      "TIMESTAMP '2024-01-01 00:00:00.5' + to_seconds(range) AS ts, CASE WHEN range > 3 THEN range END AS holes FROM "
      "range(5000)";
  for (const std::string name :
       {"a.csv", "a.tsv", "a.csv.gz", "a.csv.zst", "a.parquet", "a.json", "a.ndjson", "a.ndjson.gz", "a.json.zst"}) {
    CAPTURE(name);
    const Dataset data = open(made(folder, name, sql, ctx), ctx);
    CHECK(column_names(data) == Texts{"i", "r", "b", "t", "d", "ts", "holes"});
    CHECK(type_names(data) == Texts{"integer", "real", "boolean", "text", "date", "timestamp", "integer"});
    REQUIRE(data.rows() == 5000);
    const Frame frame = data.read({{"i", As::int64},
                                   {"r", As::float64},
                                   {"b", As::int64},
                                   {"t", As::text},
                                   {"d", As::text},
                                   {"ts", As::text},
                                   {"holes", As::float32}},
                                  ctx);
    bool in_order = true;
    for (std::int64_t row = 0; row < 5000; ++row) {
      const auto at = static_cast<std::size_t>(row);
      in_order = in_order && frame.at("i").i64[at] == row && frame.at("r").f64[at] == static_cast<double>(row) / 4 &&
                 frame.at("b").i64[at] == (row % 2 == 0 ? 1 : 0) &&
                 frame.at("t").texts[at] == "name " + std::to_string(row);
    }
    CHECK(in_order);
    CHECK(frame.at("d").texts[366] == "2025-01-01");
    CHECK(frame.at("ts").texts[61] == "2024-01-01T00:01:01.5Z");
    CHECK(frame.at("holes").missing == 4);
    CHECK(std::isnan(frame.at("holes").f32[3]));
    CHECK(frame.at("holes").f32[4] == 4.0F);
    CHECK(data.query("SELECT source_row FROM data WHERE c0 = 4321", ctx).integer(0, 0) == 4322);
  }
}

TEST_CASE("Parquet keeps its types, and wide ones do not lose digits") {
  Folder folder;
  Context ctx;
  const std::string path =
      made(folder, "t.parquet",
           "SELECT 1::TINYINT AS tiny, 2::FLOAT AS single, 1.25::DECIMAL(10,2) AS price, 18446744073709551615::UBIGINT "
           "AS big, 7::UBIGINT AS small, TIMESTAMPTZ '2024-01-01 02:00:00+02' AS tz, [1, 2] AS list, 'x'::BLOB AS "
           "bytes, 12345678901234567890::DECIMAL(38,0) AS digits, 'NaN'::DOUBLE AS nan, NULL::INTEGER AS nothing",
           ctx);
  RecordedProgress progress;
  ctx.progress = &progress;
  const Dataset data = open(path, ctx);
  CHECK(data.format() == SourceFormat::parquet);
  CHECK(texts(data, "big", ctx) == Texts{"18446744073709551615"});
  CHECK(texts(data, "digits", ctx) == Texts{"12345678901234567890"});
  CHECK(texts(data, "tz", ctx) == Texts{"2024-01-01T00:00:00Z"});
  CHECK(data.find("small")->type == ColumnType::integer);
  CHECK(data.find("nothing")->type == ColumnType::integer);
  CHECK(data.read({{"price", As::float64}}, ctx).columns[0].f64[0] == 1.25);
  const Frame frame = data.read({{"nan", As::float32}}, ctx);
  CHECK(frame.columns[0].nan == 1);
  CHECK(frame.columns[0].missing == 0);
}

// Written by pyarrow 26: pa.array([Decimal("1"), …], pa.decimal128(38, 0)), whose values are those below.
TEST_CASE("decimals without a fraction are whole numbers while all of them fit, as in CSV") {
  Context ctx;
  const Dataset data = open(MLSYS_TEST_DATA "/parquet/decimals.parquet", ctx);
  CHECK(column_names(data) == Texts{"d18", "d38", "wide", "price", "none"});
  CHECK(type_names(data) == Texts{"integer", "integer", "text", "real", "integer"});
  CHECK(texts(data, "d18", ctx) == Texts{"1", "-2", "∅"});
  CHECK(data.read({{"d38", As::int64}}, ctx).columns[0].i64 == std::vector<std::int64_t>{INT64_MAX, INT64_MIN, 0});
  CHECK(texts(data, "wide", ctx) == Texts{"9223372036854775808", "1", "∅"});
  CHECK(texts(data, "price", ctx) == Texts{"1.25", "-0.5", "∅"});
  Folder folder;
  CHECK(type_names(open_csv(folder, "d38,wide\n9223372036854775807,9223372036854775808\n-9223372036854775808,1\n",
                            ctx)) == Texts{"integer", "text"});
}

// Written by pyarrow 26 from 1704067200 s + 1 ns and + 1999 ns, 1704067200123456789 ns and -1 ns in UTC, and times
// whose nanoseconds are whole microseconds.
TEST_CASE("nanoseconds of Parquet are cut, and this is said of the columns that have some") {
  Context ctx;
  RecordedProgress progress;
  ctx.progress = &progress;
  const std::string path = MLSYS_TEST_DATA "/parquet/nanoseconds.parquet";
  const Dataset data = open(path, ctx);
  CHECK(progress.notes == Texts{quoted(path) + ": times in nanoseconds are cut to microseconds: 'ns', 'utc'"});
  CHECK(texts(data, "ns", ctx) == Texts{"2024-01-01T00:00:00Z", "∅", "2024-01-01T00:00:00.000001Z"});
  CHECK(texts(data, "utc", ctx)[0] == "2024-01-01T00:00:00.123456Z");
  CHECK(texts(data, "whole", ctx) == Texts{"2024-01-01T00:00:00.123456Z", "∅", "1970-01-01T00:00:00Z"});
  CHECK(texts(data, "us", ctx) == texts(data, "whole", ctx));
}

TEST_CASE("a byte order mark before JSON is passed over, and is part of the file's digest") {
  Folder folder;
  Context ctx;
  ctx.temp_dir = folder.temp.path();
  const std::string mark = "\xef\xbb\xbf";
  const std::string lines = "{\"a\":1}\n{\"a\":2}\n";
  for (const std::string name : {"m.ndjson", "m.json"}) {  // the digest is that of sha256sum
    const Dataset data = open(folder.file(name, mark + lines), ctx);
    CHECK(texts(data, "a", ctx) == Texts{"1", "2"});
    CHECK(data.digest() == "sha256:a64a91426632b41f55d971459bf612778a683369292c89bc2571d84805f90763");
    CHECK(data.files() == std::vector<std::filesystem::path>{folder.path(name)});
  }
  folder.file("k/year=2023/m.ndjson", mark + lines);
  folder.file("k/year=2024/m.ndjson", lines);
  CHECK(texts(open(folder.path("k").string(), ctx), "year", ctx) == Texts{"2023", "2023", "2024", "2024"});
  CHECK_CONTAINS(error_of([&] { open(folder.file("b.ndjson", mark + lines + "{bad\n"), ctx); }),
                 "/b.ndjson': malformed JSON at byte 2 in line 3: ");
}

TEST_CASE("dates of Parquet that are too far away for microseconds are refused, not wrapped around") {
  Folder folder;
  Context ctx;
  const std::string path =
      made(folder, "far.parquet", "SELECT DATE '1970-01-01' + (200000000 * range)::INTEGER AS d FROM range(2)", ctx);
  const Dataset data = open(path, ctx);
  CHECK_CONTAINS(error_of([&] { static_cast<void>(data.read({{"d", As::int64}}, ctx)); }),
                 "cannot read column 'd': a date in it, 549551-");
  CHECK(data.read({{"d", As::text}}, ctx).columns[0].texts[0] == "1970-01-01");
  const Result found = data.query("SELECT c0 FROM data", ctx);
  CHECK(found.text(1, 0) == "549551-05-28");  // numpy.datetime64(200000000, 'D')
  CHECK(found.integer(0, 0) == 0);
  CHECK_CONTAINS(error_of([&] { static_cast<void>(found.integer(1, 0)); }), "a date in it, 549551-");
}

// The days of numpy.datetime64('0000-01-01') and one less.
TEST_CASE("dates before the year 1 are written so that they are read back") {
  Folder folder;
  Context ctx;
  const std::string sql = "SELECT DATE '1970-01-01' + unnest([-719528, -719162, 0]) AS d";
  for (const std::string name : {"d.csv", "d.ndjson", "d.parquet"}) {
    CAPTURE(name);
    const Dataset data = open(made(folder, name, sql, ctx), ctx);
    CHECK(type_names(data) == Texts{"date"});
    CHECK(texts(data, "d", ctx) == Texts{"0000-01-01", "0001-01-01", "1970-01-01"});
    CHECK(data.query("SELECT c0 FROM data", ctx).text(0, 0) == "0000-01-01");
  }
  CHECK(format_date(-719529) == "-0001-12-31");
}

TEST_CASE("known types rule in Parquet and JSON too") {
  Folder folder;
  Context ctx;
  const std::string sql =
      "SELECT * FROM (VALUES ('1', 2.0, '2024-01-01', 1), ('x', 2.5, 'no', 0), ('', 3.0, '2024-02-02', 7)) AS t(n, r, "
      "d, flag)";
  for (const std::string name : {"t.parquet", "t.ndjson"}) {
    CAPTURE(name);
    SourceOptions options;
    options.argument = made(folder, name, sql, ctx);
    const Dataset data = Dataset::open(options,
                                       {{"d", ColumnType::date},
                                        {"n", ColumnType::integer},
                                        {"r", ColumnType::integer},
                                        {"flag", ColumnType::boolean}},
                                       ctx);
    CHECK(texts(data, "n", ctx) == Texts{"1", "∅", "∅"});
    CHECK(texts(data, "r", ctx) == Texts{"2", "∅", "3"});
    CHECK(texts(data, "flag", ctx) == Texts{"true", "false", "∅"});
    REQUIRE(data.cast_failures().size() == 4);
    CHECK(data.cast_failures()[0].column == "d");
    CHECK(data.cast_failures()[1].count == 1);  // the empty text is missing, not wrong
    CHECK(data.cast_failures()[1].samples[0].row == 2);
    CHECK(data.cast_failures()[2].samples[0].value == "2.5");
  }
}

TEST_CASE("values that do not fit are counted by rows, also where Parquet has each once in a dictionary") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.argument = made(folder, "t.parquet",
                          "SELECT CASE range % 4 WHEN 0 THEN 'x' WHEN 1 THEN '' WHEN 2 THEN NULL ELSE '1' END AS n "
                          "FROM range(100000)",
                          ctx);
  const Dataset data = Dataset::open(options, {{"n", ColumnType::integer}}, ctx);
  REQUIRE(data.cast_failures().size() == 1);
  CHECK(data.cast_failures()[0].count == 25'000);
  CHECK(data.cast_failures()[0].samples[1].row == 5);
}

TEST_CASE("JSON values have the types they have") {
  Folder folder;
  Context ctx;
  const Dataset data = open(
      folder.file("a.ndjson",
                  R"({"n":1,"s":"007","d":"2024-01-01","mixed":1,"nested":{"k":[1]},"big":9007199254740993,"b":true}
{"n":2.5,"s":"12","d":"2024-02-29","mixed":"1","nested":null,"late":"x","b":false,"e":""}

{"s":null,"b":null}
)"),
      ctx);
  CHECK(column_names(data) == Texts{"n", "s", "d", "mixed", "nested", "big", "b", "late", "e"});
  CHECK(type_names(data) == Texts{"real", "text", "date", "text", "text", "integer", "boolean", "text", "text"});
  CHECK(texts(data, "s", ctx) == Texts{"007", "12", "∅"});
  CHECK(texts(data, "big", ctx) == Texts{"9007199254740993", "∅", "∅"});
  CHECK(texts(data, "nested", ctx) == Texts{R"({"k":[1]})", "∅", "∅"});
  CHECK(texts(data, "e", ctx) == Texts{"∅", "", "∅"});
  CHECK(texts(data, "b", ctx) == Texts{"true", "false", "∅"});
  CHECK(texts(open(folder.file("a.json", R"([{"a": 1}, {"a": 2}])"), ctx), "a", ctx) == Texts{"1", "2"});
}

// The lines are counted in the texts.
TEST_CASE("lines of blanks are no records of NDJSON, as the reader has it") {
  Folder folder;
  Context ctx;
  const auto lines = [&](const std::string& text, const std::vector<std::uint64_t>& rows) {
    const Dataset data = open(folder.file("t.ndjson", text), ctx);
    CHECK(data.rows() == rows.back());
    std::vector<std::uint64_t> found;
    for (const auto& place : data.places(rows, ctx)) found.push_back(place.line);
    return found;
  };
  using Lines = std::vector<std::uint64_t>;
  CHECK(lines("{\"a\":1}\n   \n{\"a\":\"x\"}\n\n{\"a\":\"y\"}\n", {1, 2, 3}) == Lines{1, 3, 5});
  CHECK(lines("\t\r\n  {\"a\":1}\r\n \r\n{\"a\":2} \r\n", {1, 2}) == Lines{2, 4});
  std::string far;  // beyond the first block that is read at once
  for (int i = 0; i < 60'000; ++i) far += "{\"a\":1}\n \t\n";
  CHECK(lines(far + "{\"a\":2}\n", {59'999, 60'001}) == Lines{119'997, 120'001});
  std::string plain;
  for (int i = 0; i < 60'000; ++i) plain += "{\"a\":1}\n";
  CHECK(lines(plain + " \n{\"a\":2}\n", {50'000, 60'001}) == Lines{50'000, 60'002});
}

TEST_CASE("JSON that is no table is refused with its line") {
  Folder folder;
  Context ctx;
  const auto error = [&](std::string_view content) {
    const std::string path = folder.file("x.ndjson", content);
    return error_of([&] { open(path, ctx); });
  };
  CHECK_CONTAINS(error("{bad\n"), "at byte 2 in line 1: ");
  CHECK_CONTAINS(error("{\"a\":1}\n{\"a\":\n"), " in line 2: ");
  CHECK_CONTAINS(error("\n{\"a\":1}\r\n \t\r\n\n{\"a\":2}\n{\"a\":}\n"), " in line 6: ");
  std::string long_one;
  for (int i = 0; i < 400'000; ++i) long_one += "{\"a\":\"0123456789012345678901234567890123456789012345678901234\"}\n";
  CHECK_CONTAINS(error(long_one + "\n{bad\n{\"a\":1}\n"), " in line 400002: ");
  CHECK_CONTAINS(error("{\"a\":1}\n[1]\n{\"a\":5}\n"), "not all objects");
  CHECK_CONTAINS(error("1\n2\n"), "not all objects");
  CHECK_CONTAINS(error("{\"a\":1,\"a\":2}\n"), "duplicate key");
  CHECK_CONTAINS(error("{\"a\":1,\"A\":2}\n"), "'a' and 'A' differ only in case");
  CHECK(column_names(open(folder.file("y.ndjson", "{\"a\":1,\"A_1\":2}\n"), ctx)) == Texts{"a", "A_1"});
}

TEST_CASE("LibSVM and LETOR") {
  Folder folder;
  RecordedProgress progress;
  Context ctx;
  ctx.progress = &progress;
  const std::string letor = "2 qid:10 1:0.5 3:1e-2 # docid = 7\n\n0 qid:10 2:1\n# a comment\n1 qid:11 3:-1 1:4\n";
  const Dataset data = open(folder.file("rank.txt", letor), ctx);
  CHECK(data.format() == SourceFormat::libsvm);
  CHECK(column_names(data) == Texts{"label", "qid", "f1", "f2", "f3"});
  CHECK(type_names(data) == Texts{"integer", "integer", "real", "real", "real"});
  CHECK(texts(data, "qid", ctx) == Texts{"10", "10", "11"});
  CHECK(texts(data, "f1", ctx) == Texts{"0.5", "∅", "4"});
  CHECK(texts(data, "f3", ctx) == Texts{"0.01", "∅", "-1"});
  REQUIRE(progress.notes.size() == 1);
  CHECK_CONTAINS(progress.notes[0], "--sparse-absent zero");

  SourceOptions options;
  options.argument = folder.file("a.libsvm", "+1 0:1 2:5\n-1 1:3\n");
  options.sparse_absent = SparseAbsent::zero;
  const Dataset zero = Dataset::open(options, ctx);
  CHECK(column_names(zero) == Texts{"label", "f0", "f1", "f2"});
  CHECK(texts(zero, "label", ctx) == Texts{"1", "-1"});
  CHECK(texts(zero, "f2", ctx) == Texts{"5", "0"});
  // A model may know more features than this file has.
  options.sparse_absent = SparseAbsent::missing;
  const Dataset known = Dataset::open(options, {{"f1", ColumnType::real}, {"f9", ColumnType::real}}, ctx);
  CHECK(texts(known, "f9", ctx) == Texts{"∅", "∅"});
}

TEST_CASE("a mistake at the head of a long file ends what still reads the rest") {
  Folder folder;
  Context ctx;
  std::string content = "1 1:2\nx 1:2\n";
  for (int line = 0; line < 2'000'000; ++line) content += "1 1:2 2:3 5:1\n";
  const std::string path = folder.file("x.libsvm", content);
  for (int turn = 0; turn < 30; ++turn) CHECK_CONTAINS(error_of([&] { open(path, ctx); }), "line 2: 'x' is no label");
}

TEST_CASE("LibSVM lines that are wrong are named") {
  Folder folder;
  Context ctx;
  const auto error = [&](std::string_view content) {
    const std::string path = folder.file("x.libsvm", content);
    return error_of([&] { open(path, ctx); });
  };
  CHECK_CONTAINS(error("1 1:2\nx 1:2\n"), "line 2: 'x' is no label");
  CHECK_CONTAINS(error("1 1:2\n1 1=2\n"), "line 2: '1=2' is not index:value");
  CHECK_CONTAINS(error("1 1:2 1:3\n"), "index 1 appears twice");
  CHECK_CONTAINS(error("1 qid:1 1:2\n1 1:3\n"), "line 2: it has no qid");
  CHECK_CONTAINS(error("1 99999999:2\n"), "beyond the limit");
  CHECK_CONTAINS(error("1 -1:2\n"), "is not index:value");
  CHECK_CONTAINS(error("# nothing\n"), "no rows");
}

TEST_CASE("folders, partitions and globs are read in the order of their names") {
  Folder folder;
  Context ctx;
  folder.file("d/year=2024/month=02/b.csv", "x\n3\n");
  folder.file("d/year=2023/month=11/a.csv", "x\n1\n2\n");
  folder.file("d/year=2024/month=02/_temporary/c.csv", "x\n9\n");
  folder.file("d/year=2024/month=02/README", "not data");
  const Dataset data = open(folder.path("d").string(), ctx);
  CHECK(column_names(data) == Texts{"x", "month", "year"});
  CHECK(type_names(data) == Texts{"integer", "text", "integer"});  // "02" has a leading zero
  CHECK(texts(data, "x", ctx) == Texts{"1", "2", "3"});
  CHECK(texts(data, "year", ctx) == Texts{"2023", "2023", "2024"});
  CHECK(texts(data, "month", ctx) == Texts{"11", "11", "02"});
  CHECK(texts(open(folder.path("d/*/*/*.csv").string(), ctx), "month", ctx) == Texts{"11", "11", "02"});

  for (const std::string part : {"p/1.parquet", "p/2.parquet"})
    made(folder, part, "SELECT range + " + std::string(part == "p/1.parquet" ? "0" : "100") + " AS x FROM range(3)",
         ctx);
  const Dataset parquet = open(folder.path("p").string(), ctx);
  CHECK(texts(parquet, "x", ctx) == Texts{"0", "1", "2", "100", "101", "102"});
  CHECK(parquet.rows() == 6);
  CHECK(parquet.query("SELECT source_row FROM data WHERE c0 = 101", ctx).integer(0, 0) == 5);

  folder.file("m/a.csv", "x,y\n1,2\n");
  folder.file("m/b.csv", "y,x\n1,2\n");
  CHECK_CONTAINS(error_of([&] { open(folder.path("m").string(), ctx); }), "'a.csv' and 'b.csv' have different headers");
  folder.file("k/a.csv", "x\n1\n");
  folder.file("k/b.ndjson", "{\"x\":1}\n");
  CHECK_CONTAINS(error_of([&] { open(folder.path("k").string(), ctx); }), "files of different kinds");
  CHECK_CONTAINS(error_of([&] { open(folder.path("nothing*.csv").string(), ctx); }), "no file matches");
  std::filesystem::create_directories(folder.path("empty"));
  CHECK_CONTAINS(error_of([&] { open(folder.path("empty").string(), ctx); }), "holds no data files");
}

TEST_CASE("names of files can be anything") {
  Folder folder;
  Context ctx;
  for (const std::string name :
       {"it's.csv", "[1]*?.csv", "a b,c.csv", "é\n.csv", "UPPER.CSV", "back\\slash.csv", "back\\[1].csv"}) {
    CAPTURE(name);
    CHECK(open(folder.file(name, "x,y\n1,2\n"), ctx).rows() == 1);
  }
}

TEST_CASE("a name that is a pattern is that of its file, beside those that it matches") {
  Folder folder;
  Context ctx;
  const std::pair<std::string, std::string> names[] = {{"p[1]", "p1"}, {"q?", "qq"}, {"r*", "r1"},      {"[!x]", "y"},
                                                       {"**", "z"},    {"[[]", "["}, {"d[1]/t", "d1/t"}};
  for (const std::string ending : {".csv", ".csv.gz", ".parquet", ".ndjson", ".json"})
    for (const auto& [pattern, other] : names) {
      CAPTURE(pattern + ending);
      const std::string path = made(folder, pattern + ending, "SELECT 'mine' AS t, 1 AS n", ctx);
      made(folder, other + ending, "SELECT 'other' AS t, 2 AS n FROM range(2)", ctx);
      const Dataset data = open(path, ctx);
      CHECK(data.rows() == 1);
      CHECK(texts(data, "t", ctx) == Texts{"mine"});
      CHECK(data.metadata("k", ctx).size() == 1);
    }
}

TEST_CASE("standard input is spooled and recognised by what it holds") {
  Folder folder;
  Context ctx;
  ctx.temp_dir = folder.temp.path();
  const auto read_from = [&](const std::string& content, const std::string& column) {
    const std::string path = folder.file("in", content);
    const int saved = dup(STDIN_FILENO);
    REQUIRE(std::freopen(path.c_str(), "r", stdin) != nullptr);
    const Dataset data = open("-", ctx);
    dup2(saved, STDIN_FILENO);
    close(saved);
    CHECK(data.subject() == "standard input");
    return texts(data, column, ctx);
  };
  CHECK(read_from("a,b\n1,2\n3,4\n", "b") == Texts{"2", "4"});
  CHECK(read_from("{\"a\":1}\n{\"a\":2}\n", "a") == Texts{"1", "2"});
  CHECK(read_from("1 qid:3 1:5\n", "qid") == Texts{"3"});
  CHECK(read_from("x;y\n1,5;a\n", "x") == Texts{"1,5"});
}

TEST_CASE("a named pipe is spooled too") {
  Folder folder;
  Context ctx;
  ctx.temp_dir = folder.temp.path();
  const std::string pipe = folder.path("pipe").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(pipe) << "a,b\n1,2\n"; });
  const Dataset data = open(pipe, ctx);
  writer.join();
  CHECK(texts(data, "b", ctx) == Texts{"2"});
}

TEST_CASE("a table of an SQLite database") {
  Folder folder;
  Context ctx;
  const std::string path = folder.path("t.db").string();
  const std::string made_it =
      "sqlite3 '" + path +
      "' \"CREATE TABLE \\\"odd \\\"\\\"name\\\" (id INTEGER PRIMARY KEY, x REAL, t TEXT, d TEXT, m, b BLOB); "
      "INSERT INTO \\\"odd \\\"\\\"name\\\" VALUES (1, 1.5, '007', '2024-01-01', 1, x'00'), (2, NULL, '', "
      "'2024-01-02', 'one', NULL), "
      "(9007199254740993, 3, NULL, NULL, NULL, NULL);\"";
  if (std::system("command -v sqlite3 >/dev/null 2>&1") != 0) return;  // NOLINT: the tool only makes the file
  REQUIRE(std::system(made_it.c_str()) == 0);
  const Dataset data = open("sqlite:" + path + "?table=odd \"name", ctx);
  CHECK(column_names(data) == Texts{"id", "x", "t", "d", "m"});
  CHECK(type_names(data) == Texts{"integer", "real", "text", "date", "text"});
  CHECK(texts(data, "id", ctx) == Texts{"1", "2", "9007199254740993"});
  CHECK(texts(data, "t", ctx) == Texts{"007", "", "∅"});
  CHECK_CONTAINS(error_of([&] { open("sqlite:" + path + "?table=od", ctx); }), "not_found: ");
  CHECK_CONTAINS(error_of([&] { open("sqlite:" + folder.path("no.db").string() + "?table=t", ctx); }), "no such file");
}

// The shortest texts that read back as the same doubles: repr() of Python.
TEST_CASE("reals of SQLite keep their digits beside texts") {
  Folder folder;
  Context ctx;
  const std::string path = folder.path("t.db").string();
  if (std::system("command -v sqlite3 >/dev/null 2>&1") != 0) return;  // NOLINT: the tool only makes the file
  REQUIRE(std::system(("sqlite3 '" + path +
                       "' \"CREATE TABLE t (a); INSERT INTO t VALUES (0.1 + 0.2), ('x'), (1.0 / 3), "
                       "(9007199254740993), (1e300), (2.0);\"")
                          .c_str()) == 0);
  SourceOptions options;
  options.argument = "sqlite:" + path + "?table=t";
  CHECK(texts(Dataset::open(options, ctx), "a", ctx) ==
        Texts{"0.30000000000000004", "x", "0.3333333333333333", "9007199254740993", "1e+300", "2"});
  const Dataset typed = Dataset::open(options, {{"a", ColumnType::real}}, ctx);
  CHECK(typed.read({{"a", As::float64}}, ctx).columns[0].f64[0] == 0.1 + 0.2);
  CHECK(typed.cast_failures()[0].count == 1);
}

TEST_CASE("the digest is that of the content and of what was taken") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.argument = folder.file("a.csv", "x\n1\n2\n");
  const Dataset whole = Dataset::open(options, ctx);
  // printf 'x\n1\n2\n' | sha256sum
  CHECK(whole.digest() == "sha256:aea284871ddeeebac4b57b7a8ee7dad070886e690408ce2409306b9b6487beb1");
  CHECK(whole.digest(3).starts_with("quick:"));
  options.where = "x > 1";
  CHECK(Dataset::open(options, ctx).digest() != whole.digest());
  options.where = "";
  options.limit = 1;
  CHECK(Dataset::open(options, ctx).digest() != whole.digest());
}
