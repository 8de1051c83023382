// What files hold that are read together: their types, the names of their folders, missing values, and their digest.
#include <cstdlib>
#include <set>

#include "fixture.hpp"
#include "mlsys/base/text.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

// What the values are is in the SQL; the types are those that pandas.concat of the two tables would find, but for text.
TEST_CASE("Parquet files of different types are read as a type that holds the values of all, or not at all") {
  Folder folder;
  Context ctx;
  unsigned number = 0;
  // The type and the texts of the values of `first` and `second`, in files of their own.
  const auto read = [&](const std::string& first, const std::string& second) {
    const std::string name = "d" + std::to_string(++number);
    made(folder, name + "/1.parquet", "SELECT unnest([" + first + "]) AS x", ctx);
    made(folder, name + "/2.parquet", "SELECT unnest([" + second + "]) AS x", ctx);
    const Dataset data = open(folder.path(name).string(), ctx);
    Texts found = texts(data, "x", ctx);
    found.insert(found.begin(), std::string(name_of(data.find("x")->type)));
    return found;
  };
  const auto refused = [&](const std::string& first, const std::string& second) {
    return error_of([&] { read(first, second); });
  };
  CHECK(read("1::BIGINT, 2", "1.5::DOUBLE, 2.7, NULL") == Texts{"real", "1", "2", "1.5", "2.7", "∅"});
  CHECK(read("DATE '2024-01-01'", "TIMESTAMP '2024-01-02 15:30:00'") ==
        Texts{"timestamp", "2024-01-01T00:00:00Z", "2024-01-02T15:30:00Z"});
  CHECK(read("NULL::INTEGER, NULL", "0.25::DOUBLE, 0.75") == Texts{"real", "∅", "∅", "0.25", "0.75"});
  CHECK(read("'007'", "NULL::INTEGER") == Texts{"text", "007", "∅"});
  CHECK(read("NULL::BOOLEAN", "NULL::INTEGER") == Texts{"text", "∅", "∅"});

  CHECK_CONTAINS(refused("true", "7::INTEGER"), "column 'x' is BOOLEAN in '1.parquet' and BIGINT in '2.parquet' | ");
  CHECK_CONTAINS(refused("7::BIGINT", "'007'"), "column 'x' is BIGINT in '1.parquet' and VARCHAR in '2.parquet' | ");
  CHECK_CONTAINS(refused("DATE '2024-01-01'", "'x'"), "is DATE in '1.parquet' and VARCHAR in '2.parquet'");
  CHECK_CONTAINS(refused("1.5::DOUBLE", "9007199254740993::BIGINT"),
                 "column 'x' holds reals in some files, and 9007199254740993 in '2.parquet', which no real can hold");
}

// Written by pyarrow 26, with its types float32, int8, …; the values are those below.
TEST_CASE("Parquet files of the types of other programs are read as one that holds the values of all") {
  Context ctx;
  RecordedProgress progress;
  ctx.progress = &progress;
  const std::string path = MLSYS_TEST_DATA "/parquet/mixed";
  const Dataset data = open(path, ctx);
  CHECK(column_names(data) == Texts{"small", "tiny", "big", "fits", "price", "whole", "day", "tz", "none", "flag"});
  CHECK(type_names(data) ==
        Texts{"real", "integer", "text", "integer", "real", "real", "timestamp", "timestamp", "real", "integer"});
  CHECK(texts(data, "small", ctx) == Texts{"1.5", "∅", "16777217"});          // float32, int64: 2^24 + 1 is no float32
  CHECK(texts(data, "tiny", ctx) == Texts{"7", "∅", "3000000000"});           // int8, int64
  CHECK(texts(data, "big", ctx) == Texts{"1", "∅", "18446744073709551615"});  // int64, uint64
  CHECK(texts(data, "fits", ctx) == Texts{"-1", "∅", "5"});
  CHECK(texts(data, "price", ctx) == Texts{"1.25", "∅", "1.25678"});  // decimal128 (10, 2), (12, 5)
  CHECK(texts(data, "whole", ctx) == Texts{"3", "∅", "1.5"});         // decimal128 (10, 0), (10, 2)
  CHECK(texts(data, "day", ctx) == Texts{"2024-01-01T00:00:00Z", "∅", "2024-01-02T15:30:00Z"});  // date32, ms
  CHECK(texts(data, "tz", ctx) == Texts{"2024-01-01T00:00:00Z", "∅", "2024-01-02T15:30:00Z"});   // us in UTC, ns
  CHECK(texts(data, "none", ctx) == Texts{"∅", "∅", "0.25"});                                    // null, float64
  CHECK(texts(data, "flag", ctx) == Texts{"∅", "∅", "7"});                                       // bool, int32
  CHECK(progress.notes == Texts{quoted(path) + ": times in nanoseconds are cut to microseconds: 'tz'"});
  CHECK_CONTAINS(error_of([&] { open(MLSYS_TEST_DATA "/parquet/lists", ctx); }),
                 "column 'x' is INTEGER[] in '1.parquet' and VARCHAR[] in '2.parquet'");
}

TEST_CASE("rows of Parquet files of different types keep their order and numbers, in other formats all values decide") {
  Folder folder;
  Context ctx;
  const std::string types[] = {"BIGINT", "BIGINT", "DOUBLE", "SMALLINT", "DOUBLE"};
  for (int i = 0; i < 5; ++i)
    made(folder, "p/k=" + std::to_string(i) + "/f.parquet",
         "SELECT range + " + std::to_string(1000 * i) + "::" + types[i] + " AS x, 't' || range AS t FROM range(1000)",
         ctx);
  const Dataset data = open(folder.path("p").string(), ctx);
  CHECK(type_names(data) == Texts{"real", "text", "text"});
  CHECK(data.rows() == 5000);
  const Frame frame = data.read({{"x", As::float64}, {"t", As::text}, {"k", As::text}}, ctx);
  bool in_order = true;
  for (std::size_t row = 0; row < 5000; ++row)
    in_order = in_order && frame.at("x").f64[row] == static_cast<double>(row) &&
               frame.at("t").texts[row] == "t" + std::to_string(row % 1000) &&
               frame.at("k").texts[row] == std::to_string(row / 1000);
  CHECK(in_order);
  CHECK(data.query("SELECT count(*) FROM data WHERE source_row = c0 + 1", ctx).integer(0, 0) == 5000);
  SourceOptions options;
  options.argument = folder.path("p").string();
  const Dataset typed = Dataset::open(options, {{"t", ColumnType::text}, {"x", ColumnType::integer}}, ctx);
  CHECK(texts(typed, "x", ctx)[4321] == "4321");
  options.where = "x = 2345";
  CHECK(Dataset::open(options, ctx).query("SELECT source_row FROM data", ctx).integer(0, 0) == 2346);

  folder.file("c/1.csv", "x,b\n1,true\n");
  folder.file("c/2.csv", "x,b\n1.5,7\n");
  CHECK(texts(open(folder.path("c").string(), ctx), "x", ctx) == Texts{"1", "1.5"});
  CHECK(texts(open(folder.path("c").string(), ctx), "b", ctx) == Texts{"true", "7"});
  folder.file("j/1.ndjson", "{\"x\":1,\"d\":\"2024-01-01\"}\n");
  folder.file("j/2.ndjson", "{\"x\":1.5,\"d\":\"2024-01-01 15:30\"}\n{\"x\":null,\"d\":null}\n");
  CHECK(texts(open(folder.path("j").string(), ctx), "x", ctx) == Texts{"1", "1.5", "∅"});
  CHECK(texts(open(folder.path("j").string(), ctx), "d", ctx) ==
        Texts{"2024-01-01T00:00:00Z", "2024-01-01T15:30:00Z", "∅"});
}

// The paths say what the values are.
TEST_CASE("folders above the one that was named are no columns, and links keep their folders") {
  Folder folder;
  Context ctx;
  for (const std::string ending : {"csv", "csv.gz", "parquet", "ndjson", "json"}) {
    CAPTURE(ending);
    const std::string root = "h." + ending;
    made(folder, root + "/a=1/b=2/f." + ending, "SELECT 10 AS x", ctx);
    made(folder, root + "/a=1/b=3/f." + ending, "SELECT 20 AS x FROM range(2)", ctx);
    for (const std::string named : {"/a=1", "/a=1/", "/a=1/.", "/a=1/../a=1", "/a=1/b=*/f.*", "/a=1/*/f.*"}) {
      CAPTURE(named);
      const Dataset data = open(folder.path(root).string() + named, ctx);
      CHECK(column_names(data) == Texts{"x", "b"});
      CHECK(texts(data, "x", ctx) == Texts{"10", "20", "20"});
      CHECK(texts(data, "b", ctx) == Texts{"2", "3", "3"});
    }
    CHECK(column_names(open(folder.path(root).string(), ctx)) == Texts{"x", "a", "b"});
    CHECK(column_names(open(folder.path(root + "/a=1/b=2/f." + ending).string(), ctx)) == Texts{"x"});

    const std::string linked = "l." + ending;
    for (const std::string k : {"1", "2"}) {
      std::filesystem::create_directories(folder.path(linked + "/k=" + k));
      std::filesystem::create_symlink(folder.path(root + "/a=1/b=" + (k == "1" ? "3" : "2") + "/f." + ending),
                                      folder.path(linked + "/k=" + k + "/d." + ending));
    }
    std::filesystem::create_directory_symlink(folder.path(linked), folder.path("to-" + linked));
    for (const std::string& named : {linked, "to-" + linked}) {
      const Dataset data = open(folder.path(named).string(), ctx);
      CHECK(column_names(data) == Texts{"x", "k"});
      CHECK(texts(data, "k", ctx) == Texts{"1", "1", "2"});
    }
  }
}

TEST_CASE("keys in the names of folders") {
  Folder folder;
  Context ctx;
  // As pyarrow and Spark write them: other characters by percent signs, and a name for the missing value.
  for (const std::string key : {"a%20b%2Fc", "100%", "x=y", "__HIVE_DEFAULT_PARTITION__", "NULL", ""})
    folder.file("d/the%20k=" + key + "/f.csv", "x\n1\n");
  const Dataset data = open(folder.path("d").string(), ctx);
  CHECK(column_names(data) == Texts{"x", "the k"});
  CHECK(texts(data, "the k", ctx) == Texts{"∅", "100%", "∅", "∅", "a b/c", "x=y"});
  folder.file("e/X=1/f.csv", "x\n1\n");
  CHECK(column_names(open(folder.path("e").string(), ctx)) == Texts{"x", "X"});
  for (const std::string ending : {"csv", "parquet", "ndjson"}) {
    made(folder, "s." + ending + "/x=1/f." + ending, "SELECT 10 AS x, 2 AS y", ctx);
    CHECK_CONTAINS(error_of([&] { open(folder.path("s." + ending).string(), ctx); }),
                   "columns 1 and 3 are both named 'x'");
  }
  made(folder, "i/k=1/f.parquet", "SELECT 1 AS file_index, 2 AS file_row_number, 3 AS file_row", ctx);
  made(folder, "i/k=2/f.parquet", "SELECT 4 AS file_index, 5 AS file_row_number, 6 AS file_row FROM range(2)", ctx);
  const Dataset named = open(folder.path("i").string(), ctx);
  CHECK(texts(named, "k", ctx) == Texts{"1", "2", "2"});
  CHECK(texts(named, "file_row", ctx) == Texts{"3", "6", "6"});
  CHECK(named.query("SELECT max(source_row) FROM data", ctx).integer(0, 0) == 3);
}

// The tables say what the values are; those of CSV are checked elsewhere.
TEST_CASE("texts that stand for missing values do so in every format, before types are settled") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.null_tokens = {"NA", "-999", "it's \"so\""};
  const auto check = [&](const std::string& argument, const Texts& types) {
    CAPTURE(argument);
    options.argument = argument;
    const Dataset data = Dataset::open(options, ctx);
    CHECK(type_names(data) == types);
    CHECK(texts(data, "t", ctx) == Texts{"∅", "", "na", "∅"});
    CHECK(texts(data, "d", ctx) == Texts{"∅", "2024-01-02", "∅", "∅"});
    CHECK(texts(data, "n", ctx) == Texts{"-999", "1", "2", "3"});
    const Dataset typed =
        Dataset::open(options, {{"d", ColumnType::date}, {"t", ColumnType::text}, {"n", ColumnType::real}}, ctx);
    CHECK(typed.cast_failures().empty());
    CHECK(texts(typed, "d", ctx) == Texts{"∅", "2024-01-02", "∅", "∅"});
    CHECK(texts(typed, "t", ctx) == Texts{"∅", "", "na", "∅"});
  };
  const std::string rows =
      "SELECT * FROM (VALUES ('NA', 'NA', -999), ('', '2024-01-02', 1), ('na', NULL, 2), ('it''s \"so\"', '-999', 3)) "
      "AS v(t, d, n)";
  check(made(folder, "t.parquet", rows, ctx), {"text", "text", "integer"});
  check(made(folder, "t.ndjson", rows, ctx), {"text", "date", "integer"});
  check(made(folder, "t.json", rows, ctx), {"text", "date", "integer"});
  const std::string sqlite = "sqlite3 '" + folder.path("t.db").string() +
                             "' \"CREATE TABLE t (t TEXT, d TEXT, n); INSERT INTO t VALUES ('NA', 'NA', -999), ('', "
                             "'2024-01-02', 1), ('na', NULL, 2), ('it''s \\\"so\\\"', '-999', 3);\"";
  if (std::system("command -v sqlite3 >/dev/null 2>&1") == 0) {  // NOLINT: the tool only makes the file
    REQUIRE(std::system(sqlite.c_str()) == 0);
    check("sqlite:" + folder.path("t.db").string() + "?table=t", {"text", "date", "integer"});
  }
  options.null_tokens = {"NA"};
  for (const std::string ending : {"csv", "parquet", "ndjson"}) {
    made(folder, "k." + ending + "/k=1/f." + ending, "SELECT 1 AS x", ctx);
    made(folder, "k." + ending + "/k=NA/f." + ending, "SELECT 1 AS x", ctx);
    options.argument = folder.path("k." + ending).string();
    CHECK(texts(Dataset::open(options, ctx), "k", ctx) == Texts{"1", "∅"});
  }
}

TEST_CASE("digests are alike only where rows are: folders' names and options of reading are part of them") {
  Folder folder;
  Context ctx;
  const auto digest = [&](const std::string& path, SourceOptions options = {}) {
    options.argument = path;
    return Dataset::open(options, ctx).digest();
  };
  for (const std::string k : {"1", "2", "__HIVE_DEFAULT_PARTITION__"})
    folder.file("d" + k + "/k=" + k + "/f.csv", "x\n1\n");
  folder.file("j/k=1/f.csv", "x\n1\n");
  const std::string one = digest(folder.path("d1").string());
  CHECK(one != digest(folder.path("d2").string()));
  CHECK(one != digest(folder.path("d__HIVE_DEFAULT_PARTITION__").string()));
  CHECK(one == digest(folder.path("j").string()));

  const std::string path = folder.file("t.csv", "x;y\n1;NA\n2;N\n");
  std::vector<SourceOptions> ways(6);
  ways[1].null_tokens = {"NA"};
  ways[2].null_tokens = {"NA", "N"};
  ways[3].header = false;
  ways[4].delimiter = ';';
  ways[5].format = SourceFormat::tsv;
  ways[5].delimiter = ';';
  std::set<std::string> digests;
  for (const SourceOptions& way : ways) digests.insert(digest(path, way));
  CHECK(digests.size() == ways.size());
  // printf 'x;y\n1;NA\n2;N\n' | sha256sum
  CHECK(digest(path) == "sha256:467416dd804186e93d728386d5f70214d01c60f6837855535bbf0499f9310aa7");
  SourceOptions usual;
  usual.format = SourceFormat::csv;
  usual.sparse_absent = SparseAbsent::zero;  // of other formats
  CHECK(digest(path, usual) == digest(path));
  CHECK(digest(folder.file("t", "x;y\n1;NA\n2;N\n"), usual) == digest(path));
  SourceOptions again;
  again.null_tokens = {"N", "NA", "N"};
  CHECK(digest(path, again) == digest(path, ways[2]));

  SourceOptions zero;
  zero.sparse_absent = SparseAbsent::zero;
  const std::string sparse = folder.file("t.libsvm", "1 1:2\n0 2:1\n");
  CHECK(digest(sparse, zero) != digest(sparse));
}
