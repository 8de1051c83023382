// Derived columns and selections: what expressions may do, and what they may not.
#include <set>

#include "fixture.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

namespace {

constexpr std::string_view flights =
    "delay,distance,origin,when\n5,100,SFO,2001-01-01 10:30:00\n20,,LAX,2001-02-03 23:59:00\n,300,SFO,2001-03-01 "
    "00:00:00\n";

std::string derive_error(const std::string& expression) {
  static Folder folder;
  Context ctx;
  Dataset data = open_csv(folder, flights, ctx);
  return error_of([&] { data.derive("new", expression); });
}

}  // namespace

TEST_CASE("expressions become columns") {
  Folder folder;
  Context ctx;
  Dataset data = open_csv(folder, flights, ctx);
  data.derive("late", "delay > 15");
  data.derive("minute", "hour(\"when\") * 60 + minute(\"when\")");
  data.derive("weekday", "isodow(\"when\")");
  data.derive("day", "CAST(\"when\" AS DATE)");
  data.derive("kind", "CASE WHEN origin IN ('SFO', 'OAK') THEN 'bay' ELSE lower(origin) END");
  data.derive("speed", "coalesce(distance, 0) / 2.0 -- half");
  data.derive("twice", "speed * 2 BETWEEN 1 AND 200");
  CHECK(texts(data, "late", ctx) == Texts{"false", "true", "∅"});
  CHECK(texts(data, "minute", ctx) == Texts{"630", "1439", "0"});
  CHECK(texts(data, "weekday", ctx) == Texts{"1", "6", "4"});
  CHECK(texts(data, "day", ctx) == Texts{"2001-01-01", "2001-02-03", "2001-03-01"});
  CHECK(texts(data, "kind", ctx) == Texts{"bay", "lax", "bay"});
  CHECK(texts(data, "speed", ctx) == Texts{"50", "0", "150"});
  CHECK(texts(data, "twice", ctx) == Texts{"true", "false", "false"});
  REQUIRE(data.derivations().size() == 7);
  CHECK(data.derivations()[4].inputs == Texts{"origin"});
  CHECK(data.derivations()[6].inputs == Texts{"speed"});
  CHECK(data.find("late")->type == ColumnType::boolean);
}

TEST_CASE("expressions that are not row-local, scalar and harmless are refused") {
  for (const std::string expression : {"(SELECT 1)",
                                       "(SELECT max(delay) FROM data)",
                                       "sum(delay)",
                                       "count(*)",
                                       "row_number() OVER ()",
                                       "lag(delay) OVER ()",
                                       "delay IN (SELECT 1)",
                                       "EXISTS (SELECT 1)",
                                       "random()",
                                       "now()",
                                       "current_date",
                                       "today()",
                                       "getenv('HOME')",
                                       "read_text('/etc/passwd')",
                                       "current_setting('threads')",
                                       "nextval('s')",
                                       "repeat('x', 1000000000)",
                                       "list_value(1)",
                                       "[delay]",
                                       "{'a': delay}",
                                       "x -> x + 1",
                                       "delay[1]",
                                       "?",
                                       "$1",
                                       "*",
                                       "data.delay",
                                       "COLUMNS(*)",
                                       "origin COLLATE NOCASE",
                                       "1) FROM data; SELECT (2",
                                       "1) FROM data --",
                                       "1) UNION SELECT (2",
                                       "delay, distance",
                                       "CAST(delay AS BLOB)",
                                       "delay::INTEGER[]",
                                       "system.main.abs(delay)",
                                       "main.sum(delay)",
                                       "string_agg(origin)",
                                       "sum(delay) FILTER (WHERE true)",
                                       "array_agg(delay ORDER BY delay)",
                                       "mlsys_strict_integer(origin, 0)",
                                       "source_row",
                                       "c0",
                                       "rowid",
                                       "hash(delay)",
                                       "(WITH x AS (SELECT 1) SELECT 1)",
                                       "delay; DROP VIEW data",
                                       "",
                                       "   ",
                                       "delay +",
                                       "'open",
                                       "uuid()",
                                       "pg_typeof(delay)",
                                       "json_extract(origin, '$')",
                                       "set_bit('1'::BIT, 0, 1)",
                                       "error('x')",
                                       "sleep_ms(1000)"}) {
    CAPTURE(expression);
    const std::string error = derive_error(expression);
    CHECK_CONTAINS(error, "usage: cannot derive 'new'");
  }
}

TEST_CASE("expressions cannot make texts without bound") {
  CHECK(derive_error("replace(replace(replace(origin, '&', '&amp;'), '<', '&lt;'), ' ', '')").empty());
  CHECK(derive_error("regexp_replace(origin, '[0-9]+', '', 'g')").empty());
  std::string nested = "origin";
  for (int i = 0; i < 30; ++i) nested = "replace(" + nested + ", 'A', 'AAAAAAAAAA')";
  CHECK_CONTAINS(derive_error(nested), "its replacements could make a text too long");
  std::string inserted = "origin";
  for (int i = 0; i < 4; ++i) inserted = "upper(regexp_replace(" + inserted + ", '', 'AAAAAAAAAA', 'g'))";
  CHECK_CONTAINS(derive_error(inserted), "too long");
  CHECK_CONTAINS(derive_error("replace(origin, 'A', origin)"), "must be written out");
}

TEST_CASE("errors in expressions help") {
  CHECK_CONTAINS(derive_error("delays > 15"), "no column 'delays' | did you mean 'delay'?");
  CHECK_CONTAINS(derive_error("origin = SFO"), "no column 'SFO' | text is written in single quotes: 'SFO'");
  CHECK_CONTAINS(derive_error("Delay > 15"), "no column 'Delay' | did you mean 'delay'?");
  CHECK_CONTAINS(derive_error("delay >"),
                 "'delay >' is not an expression: it is not complete, or a parenthesis in it is closed that was not "
                 "opened");
  CHECK_CONTAINS(derive_error("\"\u00e9\" >"), "it is not complete");
  CHECK_CONTAINS(derive_error("delay ) + 1"), "a parenthesis in it is closed that was not opened");
  CHECK_CONTAINS(derive_error("lowr(origin)"), "function 'lowr' is not allowed | did you mean 'lower'?");
  CHECK_CONTAINS(derive_error("delay + origin"), "cannot derive 'new'");
  CHECK_CONTAINS(derive_error("\"when\" - TIMESTAMP '2001-01-01'"), "of type INTERVAL");
  Folder folder;
  Context ctx;
  Dataset data = open_csv(folder, flights, ctx);
  CHECK_CONTAINS(error_of([&] { data.derive("delay", "1"); }), "has a column of that name");
  CHECK(parse_derivation("late = delay >= 15").expression == "delay >= 15");
  CHECK_CONTAINS(error_of([] { parse_derivation("late"); }), "NAME=EXPRESSION");
  std::string deep = "1";
  for (int i = 0; i < 3500; ++i) deep = "abs(" + deep + ")";
  CHECK_CONTAINS(derive_error(deep), "cannot derive");
  std::string long_sum = "1";
  for (int i = 0; i < 4000; ++i) long_sum += "+1";
  CHECK_CONTAINS(derive_error(long_sum), "cannot derive");
}

TEST_CASE("where, limit and sample") {
  Folder folder;
  Context ctx;
  std::string content = "n,g\n";
  for (int i = 1; i <= 1000; ++i) content += std::to_string(i) + "," + (i % 2 == 0 ? "even" : "odd") + "\n";
  SourceOptions options;
  options.argument = folder.file("n.csv", content);

  options.where = "g = 'even' AND n <= 100";
  {
    const Dataset data = Dataset::open(options, ctx);
    CHECK(data.rows() == 50);
    CHECK(texts(data, "n", ctx)[1] == "4");
    CHECK(data.query("SELECT max(source_row) FROM data", ctx).integer(0, 0) == 100);
  }
  options.limit = 3;
  CHECK(texts(Dataset::open(options, ctx), "n", ctx) == Texts{"2", "4", "6"});
  options.limit.reset();
  options.sample = 20;
  options.seed = 5;
  const Texts first = texts(Dataset::open(options, ctx), "n", ctx);
  REQUIRE(first.size() == 20);
  std::set<int> distinct;
  int before = 0;
  for (const std::string& text : first) {
    const int value = std::stoi(text);
    CHECK(value > before);  // source order
    CHECK(value % 2 == 0);
    CHECK(value <= 100);
    before = value;
    distinct.insert(value);
  }
  CHECK(distinct.size() == 20);
  CHECK(texts(Dataset::open(options, ctx), "n", ctx) == first);
  options.seed = 6;
  CHECK(texts(Dataset::open(options, ctx), "n", ctx) != first);
  options.sample = 1000;
  CHECK(Dataset::open(options, ctx).rows() == 50);
  options.where = "nn = 1";
  CHECK_CONTAINS(error_of([&] { Dataset::open(options, ctx); }), "cannot select rows of");
}

TEST_CASE("SQL over the data, with types that rule afterwards") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.argument = folder.file("f.csv", flights);
  options.sql = "SELECT origin, sum(delay) AS total, avg(distance) AS mean FROM data GROUP BY origin ORDER BY origin;";
  const Dataset data = Dataset::open(options, ctx);
  CHECK(column_names(data) == Texts{"origin", "total", "mean"});
  CHECK(type_names(data) == Texts{"text", "integer", "real"});
  CHECK(texts(data, "total", ctx) == Texts{"20", "5"});
  const Dataset typed = Dataset::open(options, {{"total", ColumnType::text}, {"origin", ColumnType::integer}}, ctx);
  CHECK(texts(typed, "total", ctx) == Texts{"20", "5"});
  CHECK(typed.cast_failures()[0].count == 2);
  for (const std::string sql : {"SELECT * FROM read_csv('/etc/passwd')", "SELECT nothing FROM data", "DROP VIEW data",
                                "SELECT 1 AS a, 2 AS a", "COPY data TO '/tmp/x'", "SET threads = 1"}) {
    CAPTURE(sql);
    options.sql = sql;
    CHECK(error_of([&] { Dataset::open(options, ctx); }) != "");
  }
}

TEST_CASE("queries give their rows in the types they have") {
  Folder folder;
  Context ctx;
  const Dataset data = open_csv(folder, flights, ctx);
  const Result result = data.query(
      "SELECT count(*), sum(c0), avg(c1), min(c3), 1.50::DECIMAL(5,2), [1, 2], NULL, max(c2), true FROM data", ctx);
  CHECK(result.rows() == 1);
  CHECK(result.integer(0, 0) == 3);
  CHECK(result.integer(0, 1) == 25);
  CHECK(result.real(0, 2) == 200);
  CHECK(result.text(0, 3) == "2001-01-01T10:30:00Z");
  CHECK(result.real(0, 4) == 1.5);
  CHECK(result.text(0, 5) == "[1, 2]");
  CHECK(result.is_null(0, 6));
  CHECK(!result.maybe_text(0, 6).has_value());
  CHECK(result.text(0, 7) == "SFO");
  CHECK(result.boolean(0, 8));
  CHECK_CONTAINS(error_of([&] { (void)result.integer(0, 6); }), "has no value");
  CHECK_CONTAINS(error_of([&] { (void)result.integer(1, 0); }), "no value at 1, 0");
  CHECK_CONTAINS(error_of([&] { (void)data.query("SELECT * FROM read_csv('/etc/passwd')", ctx); }), "cannot query");
  CHECK(data.sql("origin") == "c2");
  CHECK(Dataset::sql_text("it's") == "'it''s'");
}

TEST_CASE("categories by a dictionary, batches, inexact integers") {
  Folder folder;
  Context ctx;
  std::string content = "c,n\n";
  for (int i = 0; i < 10'000; ++i)
    content += std::string(1, static_cast<char>('a' + i % 5)) + "," + (i == 9 ? "16777217" : std::to_string(i)) + "\n";
  const Dataset data = open_csv(folder, content, ctx);
  const Texts dictionary = {"d", "a", "zz"};
  const Frame frame = data.read({{"c", As::category, &dictionary}, {"n", As::float32}}, ctx);
  CHECK(frame.columns[0].categories == dictionary);
  CHECK(frame.columns[0].codes[0] == 1);
  CHECK(frame.columns[0].codes[1] == -1);
  CHECK(frame.columns[0].codes[3] == 0);
  CHECK(frame.columns[0].unseen == 6000);
  CHECK(frame.columns[0].missing == 0);
  CHECK(frame.columns[0].unseen_names == std::map<std::string, std::uint64_t>{{"b", 2000}, {"c", 2000}, {"e", 2000}});
  CHECK(frame.columns[1].inexact == 1);
  CHECK(data.distinct("c", 5, ctx) == Texts{"a", "b", "c", "d", "e"});
  CHECK_CONTAINS(error_of([&] { (void)data.distinct("c", 4, ctx); }), "more than 4 different values");

  std::uint64_t rows = 0;
  std::uint64_t batches = 0;
  data.scan({{"n", As::int64}}, 3000, ctx, [&](Frame& batch) {
    CHECK(batch.columns[0].i64[0] == (rows == 0 ? 0 : static_cast<std::int64_t>(rows)));
    rows += batch.rows;
    ++batches;
  });
  CHECK(rows == 10'000);
  CHECK(batches >= 2);
  CHECK_CONTAINS(error_of([&] { (void)data.read({{"c", As::float32}}, ctx); }), "column 'c' holds text, not numbers");
  CHECK_CONTAINS(error_of([&] { (void)data.read({{"m", As::float32}}, ctx); }), "no column 'm'");
}

TEST_CASE("a value that fails while rows are streamed is an error, not an end") {
  Folder folder;
  Context ctx;
  std::string content = "t,n\n";
  for (int i = 0; i < 300'000; ++i) content += std::to_string(i) + ",1\n";
  Dataset data = open_csv(folder, content + "oops,1\n", ctx);
  data.derive("number", "CAST(t AS BIGINT)");
  data.derive("harmless", "TRY_CAST(t AS BIGINT)");
  CHECK_CONTAINS(error_of([&] { (void)data.read({{"number", As::float64}}, ctx); }), "failed: cannot read");
  CHECK_CONTAINS(error_of([&] { data.scan({{"number", As::int64}}, 1000, ctx, [](Frame&) {}); }), "oops");
  CHECK_CONTAINS(error_of([&] { (void)data.query("SELECT sum(" + data.sql("number") + ") FROM data", ctx); }), "oops");
  const Frame frame = data.read({{"harmless", As::float64}}, ctx);
  CHECK(frame.rows == 300'001);
  CHECK(frame.columns[0].missing == 1);
}

TEST_CASE("a stop is heard") {
  Folder folder;
  Context ctx;
  const Dataset data = open_csv(folder, flights, ctx);
  const std::atomic<bool> stop{true};
  ctx.stop = &stop;
  CHECK_CONTAINS(error_of([&] { (void)data.query("SELECT count(*) FROM range(10000000000)", ctx); }), "interrupted");
  CHECK_CONTAINS(error_of([&] { (void)data.read({{"delay", As::float32}}, ctx); }), "interrupted");
}
