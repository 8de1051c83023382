// Separated values: what must be read, what must be refused, and with which words.
#include <cmath>

#include "fixture.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

namespace {

std::string csv_error(std::string_view content) {
  Folder folder;
  Context ctx;
  return error_of([&] { open_csv(folder, content, ctx); });
}

Texts settled(const std::string& values) {
  Folder folder;
  Context ctx;
  return type_names(open_csv(folder, "x,y\n" + values, ctx));
}

}  // namespace

TEST_CASE("a small CSV file is read with settled types") {
  Folder folder;
  Context ctx;
  const Dataset data = open_csv(folder,
                                "i,r,b,t,d,ts\n"
                                "1,1.5,true,x,2024-01-31,2024-01-31 10:00\n"
                                "-2,2,FALSE,\"y,z\",2023-02-28,2024-02-29T23:59:59.5Z\n"
                                ",,,,,\n",
                                ctx);
  CHECK(type_names(data) == Texts{"integer", "real", "boolean", "text", "date", "timestamp"});
  CHECK(data.rows() == 3);
  const Frame frame = data.read({{"i", As::float32},
                                 {"r", As::float64},
                                 {"b", As::int64},
                                 {"t", As::category},
                                 {"d", As::text},
                                 {"ts", As::int64}},
                                ctx);
  CHECK(frame.at("i").f32[1] == -2.0F);
  CHECK(std::isnan(frame.at("i").f32[2]));
  CHECK(frame.at("i").missing == 1);
  CHECK(frame.at("r").f64[1] == 2.0);
  CHECK(frame.at("b").i64[0] == 1);
  CHECK(frame.at("b").valid == std::vector<std::uint8_t>{1, 1, 0});
  CHECK(frame.at("t").categories == Texts{"x", "y,z"});
  CHECK(frame.at("t").codes == std::vector<std::int32_t>{0, 1, -1});
  CHECK(frame.at("d").texts[0] == "2024-01-31");
  CHECK(frame.at("ts").i64[1] == 1709251199500000);  // date -u -d 2024-02-29T23:59:59 +%s
}

TEST_CASE("types are those of all values, however late a value comes") {
  Folder folder;
  Context ctx;
  // Far beyond the first quarter of a megabyte, from which the first idea of the types is taken.
  std::string content = "late_real,late_text,late_only,never,int\n";
  for (int i = 0; i < 60'000; ++i)
    content += std::to_string(i) + "," + std::to_string(i) + ",,," + std::to_string(-i) + "\n";
  content += "1.5,x,7,,9007199254740993\n";
  RecordedProgress progress;
  ctx.progress = &progress;
  const Dataset data = open_csv(folder, content, ctx);
  CHECK(type_names(data) == Texts{"real", "text", "integer", "text", "integer"});
  CHECK(data.rows() == 60'001);
  const Frame frame = data.read({{"late_real", As::float64}, {"late_text", As::text}, {"int", As::int64}}, ctx);
  CHECK(frame.at("late_real").f64[59'999] == 59'999.0);
  CHECK(frame.at("late_real").f64[60'000] == 1.5);
  CHECK(frame.at("late_text").texts[123] == "123");
  CHECK(frame.at("int").i64[60'000] == 9007199254740993);
  REQUIRE(progress.notes.size() == 1);
  CHECK_CONTAINS(progress.notes[0], "no value at all, taken as text: 'never'");
}

TEST_CASE("numbers that are text only because of words for a missing value: the words are named, nothing is changed") {
  Folder folder;
  Context ctx;
  RecordedProgress progress;
  ctx.progress = &progress;
  // Words in the head and far beyond it; one column whose last value is no number; one of words and texts.
  std::string content = "n,t,late,spoilt,city,plain\n";
  for (int i = 0; i < 60'000; ++i) {
    const Texts row = {i % 7 == 3 ? "NA" : "1",    i % 7 == 4 ? " n/a " : "2024-01-01",
                       i == 50'000 ? "?" : "1.5",  i % 7 == 5 ? "NA" : (i == 59'999 ? "ten" : "10"),
                       i % 7 == 6 ? "NA" : "Oslo", std::to_string(i)};
    content += join(row, ",") + "\n";
  }
  const Dataset data = open_csv(folder, content, ctx);
  CHECK(type_names(data) == Texts{"text", "text", "text", "text", "text", "integer"});
  CHECK(data.read({{"n", As::text}}, ctx).at("n").texts[3] == "NA");
  REQUIRE(progress.notes.size() == 1);
  CHECK_CONTAINS(
      progress.notes[0],
      "text only because of words such as ' n/a ': 'n', 't', 'late'; add --null ' n/a ' --null '?' --null NA");

  progress.notes.clear();
  SourceOptions options;
  options.argument = folder.path("t.csv").string();
  options.null_tokens = {" n/a ", "?", "NA"};
  const Dataset told = Dataset::open(options, ctx);
  CHECK(type_names(told) == Texts{"integer", "date", "real", "text", "text", "integer"});
  CHECK(progress.notes.empty());
}

TEST_CASE("what decides a type") {
  CHECK(settled("1,01/02/2024\n2,13/02/2024\n") == Texts{"integer", "text"});  // never guessed
  CHECK(settled("007,1\n123,1.0\n") == Texts{"text", "real"});
  CHECK(settled("9223372036854775807,9223372036854775808\n") == Texts{"integer", "text"});
  CHECK(settled("9007199254740993,x\n1.5,y\n") == Texts{"text", "text"});  // as real it would change
  CHECK(settled("1,nan\n2,1.5\n") == Texts{"integer", "text"});
  CHECK(settled("1,inf\n2,1.5\n") == Texts{"integer", "text"});
  CHECK(settled("true,1\nfalse,true\n") == Texts{"boolean", "text"});
  CHECK(settled("0,yes\n1,no\n") == Texts{"integer", "text"});
  CHECK(settled("2024-02-30,2024-02-29\n") == Texts{"text", "date"});
  CHECK(settled("2024-02-29,2024-02-29\n2024-02-29 10:00,2024-03-01\n") == Texts{"timestamp", "date"});
  CHECK(settled("1e5,1_000\n.5,2_000\n") == Texts{"real", "text"});
  CHECK(settled("0x1F,+1\n1,+2\n") == Texts{"text", "text"});
  CHECK(settled("1e999,\"1,5\"\n1,\"2,5\"\n") == Texts{"text", "text"});
  CHECK(settled(" 1 , 2.5\n2,3\n") == Texts{"integer", "real"});
  CHECK(settled("-0,-0.0\n0,0\n") == Texts{"integer", "real"});
}

TEST_CASE("text is kept as it stands") {
  Folder folder;
  Context ctx;
  const Dataset data =
      open_csv(folder, "a,b\n 007 ,\"say \"\"hi\"\"\"\nNA,\"two\nlines, and a comma\"\n\"\",é𝄞\n", ctx);
  CHECK(texts(data, "a", ctx) == Texts{" 007 ", "NA", "∅"});
  CHECK(texts(data, "b", ctx) == Texts{"say \"hi\"", "two\nlines, and a comma", "é𝄞"});
}

TEST_CASE("null tokens are what the caller says") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.argument = folder.file("t.csv", "a,b\nNA,x\n1,it's\n\"NA\",-\n");
  options.null_tokens = {"NA", "it's"};
  const Dataset data = Dataset::open(options, ctx);
  CHECK(type_names(data) == Texts{"integer", "text"});
  CHECK(texts(data, "a", ctx) == Texts{"∅", "1", "∅"});
  CHECK(texts(data, "b", ctx) == Texts{"x", "∅", "-"});
}

TEST_CASE("delimiters are detected, byte order marks and line ends do not matter") {
  Folder folder;
  Context ctx;
  for (const std::string content :
       {"a;b\n1,5;2\n3,5;4\n", "a\tb\n1,5\t2\n3,5\t4\n", "a|b\n1,5|2\n3,5|4\n", "a;b\r\n1,5;2\r\n3,5;4",
        "\xef\xbb\xbf\x61;b\n\n1,5;2\n3,5;4\n\n\n", "a;b\r1,5;2\r3,5;4\r"}) {
    CAPTURE(content);
    const Dataset data = open_csv(folder, content, ctx);
    CHECK(column_names(data) == Texts{"a", "b"});
    CHECK(texts(data, "a", ctx) == Texts{"1,5", "3,5"});
    CHECK(texts(data, "b", ctx) == Texts{"2", "4"});
  }
  // The comma is the delimiter even when another one would fit the header.
  CHECK(column_names(open_csv(folder, "a;x,b\n1,2\n", ctx)) == Texts{"a;x", "b"});
}

TEST_CASE("ragged files are refused with the line and both counts") {
  CHECK_CONTAINS(csv_error("a,b,c\n1,2\n3,4,5\n6,7,8,9\n"), "line 2 has 2 fields, and the header has 3");
  CHECK_CONTAINS(csv_error("a,b,c\n1,2,3\n3,4,5,9\n6,7,8\n"), "line 3 has 4 fields, and the header has 3");
  std::string content = "a,b,c\n";
  for (int i = 0; i < 20'000; ++i) content += "1,2,3\n";
  CHECK_CONTAINS(csv_error(content + "1,2\n" + content.substr(6)), "line 20002 has 2 fields, and the header has 3");
  CHECK_CONTAINS(csv_error("a\n1,2\n3,4\n"), "fields");
}

TEST_CASE("what is no table of text is refused") {
  CHECK_CONTAINS(csv_error(""), "it is empty");
  CHECK_CONTAINS(csv_error("\n\n"), "it is empty");
  CHECK_CONTAINS(csv_error(std::string_view("a,b\n1,\0\n", 8)), "binary");
  // Beyond the head a NUL byte would make a column text without a word, or end a value early.
  std::string long_table = "n,t\n";
  for (int i = 0; i < 60'000; ++i) long_table += std::to_string(i) + ",abc\n";
  CHECK_CONTAINS(csv_error(long_table + std::string("7\0,x\n", 5)), "row 60,001 holds a NUL byte");
  CHECK_CONTAINS(csv_error(long_table + "1,x\n2," + std::string("a\0b\n", 4)), "row 60,002 holds a NUL byte");
  CHECK(csv_error(long_table + "1,x\n").empty());
  CHECK_CONTAINS(csv_error("PAR1xxxx"), "name it .parquet");
  CHECK_CONTAINS(csv_error("PK\x03\x04xxxx"), "spreadsheet");
  CHECK_CONTAINS(csv_error("\x1f\x8b\x08xxxx"), "name it .csv.gz");
  CHECK_CONTAINS(csv_error(std::string_view("\xff\xfe"
                                            "a\0,\0",
                                            6)),
                 "iconv -f UTF-16");
  CHECK_CONTAINS(csv_error("a,b\n1,x\n2,\xff\xfe\n"), "line 3: it is not UTF-8 text");
  CHECK_CONTAINS(csv_error("a,b\n1,\"open\n2,x\n"), "line 2: a quoted field does not end");
  CHECK_CONTAINS(csv_error("a,b\r\n1,2\n3,4\r\n"), "line ends");
  CHECK_CONTAINS(csv_error("a,b\n1,2\r\n3,4\n"), "line ends");
  CHECK_CONTAINS(csv_error("a,\"b\n1,2\n3,4\n"), "line 1: a quoted name does not end");
  CHECK_CONTAINS(csv_error("\"a\"x,b\n1,2\n3,4\n"), "line 1: a quoted name does not end");
  CHECK_CONTAINS(csv_error("a,\"b\nb\"\r\n1,2\r\n"), "dos2unix");
  CHECK_CONTAINS(csv_error("a,b,a\n1,2,3\n"), "columns 1 and 3 are both named 'a'");
}

TEST_CASE("a wrong delimiter is noticed") {
  Folder folder;
  Context ctx;
  CHECK_CONTAINS(csv_error("a:b:c\n1:2:3\n4:5:6\n"), "look separated by ':'");
  SourceOptions options;
  options.argument = folder.file("t.csv", "a;b\n1;2\n");
  options.delimiter = ',';
  CHECK_CONTAINS(error_of([&] { Dataset::open(options, ctx); }), "use --delimiter ';'");
  const std::string tsv = folder.file("t.tsv", "a,b\n1,2\n");
  CHECK_CONTAINS(error_of([&] { open(tsv, ctx); }), "look separated by commas");
}

TEST_CASE("a missing file is named, with what was meant") {
  Folder folder;
  Context ctx;
  folder.file("flights.csv", "a\n1\n");
  const std::string error = error_of([&] { open(folder.path("fligths.csv").string(), ctx); });
  CHECK_CONTAINS(error, "not_found: ");
  CHECK_CONTAINS(error, "did you mean 'flights.csv'?");
}

TEST_CASE("a header alone is a table without rows") {
  Folder folder;
  Context ctx;
  for (const std::string content : {"a,b\n", "a,b"}) {
    const Dataset data = open_csv(folder, content, ctx);
    CHECK(data.rows() == 0);
    CHECK(type_names(data) == Texts{"text", "text"});
    CHECK(data.read({{"a", As::category}}, ctx).columns[0].codes.empty());
    CHECK(data.read({}, ctx).rows == 0);
  }
}

TEST_CASE("names can be anything") {
  Folder folder;
  Context ctx;
  const Texts names = {"a",   "A",   "c0",   "source_row", "say \"x\"", "two\nlines", "'; DROP TABLE data; --",
                       "é 𝄞", "a.b", "data", "SELECT"};
  std::string header;
  std::string line;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string quoted_name = names[i];
    for (std::size_t at = 0; (at = quoted_name.find('"', at)) != std::string::npos; at += 2)
      quoted_name.insert(at, "\"");
    header += (i == 0 ? "\"" : ",\"") + quoted_name + "\"";
    line += (i == 0 ? "" : ",") + std::to_string(i);
  }
  Dataset data = open_csv(folder, header + "\n" + line + "\n", ctx);
  CHECK(column_names(data) == names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    CHECK(data.read({{names[i], As::int64}}, ctx).columns[0].i64 ==
          std::vector<std::int64_t>{static_cast<std::int64_t>(i)});
  }
  data.derive("sum of both", "\"a\" + A * 10 + \"say \"\"x\"\"\" * 100 + \"a.b\" * 1000 + c0 * 100000");
  CHECK(data.read({{"sum of both", As::int64}}, ctx).columns[0].i64[0] == 0 + 10 + 400 + 8000 + 200000);
}

TEST_CASE("unnamed columns and files without a header get names") {
  Folder folder;
  Context ctx;
  CHECK(column_names(open_csv(folder, ",x\n0,5\n1,6\n", ctx)) == Texts{"column1", "x"});
  SourceOptions options;
  options.argument = folder.file("n.csv", "1,2\n3,4\n");
  options.header = false;
  const Dataset data = Dataset::open(options, ctx);
  CHECK(column_names(data) == Texts{"column1", "column2"});
  CHECK(data.rows() == 2);
  RecordedProgress progress;
  ctx.progress = &progress;
  open_csv(folder, "1,2\n3,4\n", ctx);
  REQUIRE(progress.warnings.size() == 1);
  CHECK_CONTAINS(progress.warnings[0], "the first line looks like data");
}

TEST_CASE("ten thousand columns are read, a hundred thousand refused") {
  Folder folder;
  Context ctx;
  const auto wide = [](int columns) {
    std::string content;
    for (int line = 0; line < 4; ++line)
      for (int i = 0; i < columns; ++i)
        content += (line == 0 ? "name" + std::to_string(i) : std::to_string(i * line)) + (i + 1 < columns ? "," : "\n");
    return content;
  };
  const Dataset data = open_csv(folder, wide(10'000), ctx);
  CHECK(data.columns().size() == 10'000);
  CHECK(data.read({{"name9999", As::int64}}, ctx).columns[0].i64 == std::vector<std::int64_t>{9999, 19998, 29997});
  CHECK_CONTAINS(csv_error(wide(100'000)),
                 "100,000 columns are more than the limit of 20,000 | allow them with --max-columns 100000");
}

TEST_CASE("known types rule: what does not fit is missing, counted and shown") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.argument = folder.file("t.csv",
                                 "extra,when,n,r,flag,code\n"
                                 "x,2024-01-01,1,1.5,1,007\n"
                                 "x,01/02/2024,007,nan,true,1.0\n"
                                 "x,2024-01-03,1.5,oops,2,\n"
                                 "x,,3.0,,,x\n"
                                 "x,2024-01-05,big,1e400,0,y\n");
  const std::vector<ColumnInfo> types = {{"n", ColumnType::integer},
                                         {"code", ColumnType::text},
                                         {"when", ColumnType::date},
                                         {"r", ColumnType::real},
                                         {"flag", ColumnType::boolean}};
  const Dataset data = Dataset::open(options, types, ctx);
  CHECK(data.columns() == types);
  CHECK(texts(data, "n", ctx) == Texts{"1", "7", "∅", "3", "∅"});
  CHECK(texts(data, "code", ctx) == Texts{"007", "1.0", "∅", "x", "y"});
  CHECK(texts(data, "when", ctx) == Texts{"2024-01-01", "∅", "2024-01-03", "∅", "2024-01-05"});
  CHECK(texts(data, "flag", ctx) == Texts{"true", "true", "∅", "∅", "false"});
  const Frame frame = data.read({{"r", As::float64}}, ctx);
  CHECK(frame.columns[0].nan == 1);
  CHECK(frame.columns[0].missing == 3);

  REQUIRE(data.cast_failures().size() == 4);
  const CastFailures& n = data.cast_failures()[0];
  CHECK(n.column == "n");
  CHECK(n.count == 2);
  REQUIRE(n.samples.size() == 2);
  CHECK(n.samples[0].row == 3);
  CHECK(n.samples[0].value == "1.5");
  CHECK(n.samples[1].row == 5);
  CHECK(n.samples[1].value == "big");
  CHECK(data.cast_failures()[1].column == "when");
  CHECK(data.cast_failures()[1].samples[0].value == "01/02/2024");
  CHECK(data.cast_failures()[2].count == 2);
  CHECK(data.cast_failures()[3].column == "flag");

  CHECK_CONTAINS(error_of([&] { Dataset::open(options, {{"whenn", ColumnType::date}, {"q", ColumnType::text}}, ctx); }),
                 "no columns 'whenn', 'q' | did you mean 'when'?");
}

TEST_CASE("failing rows are counted exactly and shown from the start") {
  Folder folder;
  Context ctx;
  ctx.threads = 4;
  std::string content = "k,x\n";
  for (int i = 1; i <= 300'000; ++i) content += std::to_string(i) + (i % 1000 == 7 ? ",bad\n" : ",1\n");
  SourceOptions options;
  options.argument = folder.file("t.csv", content);
  const Dataset data = Dataset::open(options, {{"x", ColumnType::integer}}, ctx);
  REQUIRE(data.cast_failures().size() == 1);
  CHECK(data.cast_failures()[0].count == 300);
  REQUIRE(data.cast_failures()[0].samples.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) CHECK(data.cast_failures()[0].samples[i].row == i * 1000 + 7);
}

TEST_CASE("rows keep the order of the file with several threads") {
  Folder folder;
  Context ctx;
  ctx.threads = 4;
  std::string content = "n,t\n";
  for (int i = 0; i < 400'000; ++i) content += std::to_string(i) + ",name" + std::to_string(i % 17) + "\n";
  const Dataset data = open_csv(folder, content, ctx);
  const Frame frame = data.read({{"n", As::int64}, {"t", As::category}}, ctx);
  REQUIRE(frame.rows == 400'000);
  bool in_order = true;
  for (std::size_t i = 0; i < frame.rows; ++i)
    in_order = in_order && frame.columns[0].i64[i] == static_cast<std::int64_t>(i) &&
               frame.columns[1].categories[static_cast<std::size_t>(frame.columns[1].codes[i])] ==
                   "name" + std::to_string(i % 17);
  CHECK(in_order);
  const Result last = data.query("SELECT source_row FROM data WHERE " + data.sql("n") + " = 399999", ctx);
  CHECK(last.integer(0, 0) == 400'000);
}

TEST_CASE("property: any table of text reads back as it was written, in every style of quoting") {
  Folder folder;
  Context ctx;
  Random random(20'260'101);
  constexpr std::string_view alphabet[] = {"a",  "Z",    "0", "9", " ", ",", ";",    "\t", "|", "\"", "'",
                                           "\n", "\r\n", "é", "𝄞", "-", ".", "NULL", "\\", "#", "%",  "\x01"};
  for (int round = 0; round < 40; ++round) {
    const std::string delimiter(1, ",;\t|"[random.below(4)]);
    const std::string line_end = random.below(2) == 0 ? "\n" : "\r\n";
    const bool quote_all = random.below(3) == 0;
    const std::size_t columns = 2 + random.below(5);
    const std::size_t rows = random.below(60);
    const auto any_text = [&] {
      std::string text;
      const std::uint64_t length = random.below(8);
      for (std::uint64_t i = 0; i < length; ++i) text += alphabet[random.below(std::size(alphabet))];
      return text;
    };
    const auto written = [&](const std::string& text) {
      if (!quote_all && text.find_first_of(",;\t|\"\n\r") == std::string::npos) return text;
      std::string result = "\"";
      for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
      return result + "\"";
    };
    std::string content;
    for (std::size_t c = 0; c < columns; ++c) {
      std::string name = "n" + std::to_string(c) + any_text();
      // A name with a line break of another kind than the file's is refused (tested above).
      if (line_end == "\r\n") std::erase_if(name, [](char letter) { return letter == '\n' || letter == '\r'; });
      content += (c == 0 ? "" : delimiter) + written(name);
    }
    content += line_end;
    std::vector<Texts> table(columns);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        std::string value = any_text();
        // Letters first, so that columns stay text; an empty field is missing by definition.
        if (c == 0) value = "x" + value;
        content += (c == 0 ? "" : delimiter) + written(value);
        table[c].push_back(value.empty() ? "∅" : value);
      }
      content += line_end;
    }
    CAPTURE(round);
    CAPTURE(content);
    SourceOptions options;
    options.argument = folder.file("p.csv", content);
    options.delimiter = delimiter[0];
    std::vector<ColumnInfo> types;
    const Dataset inferred = Dataset::open(options, ctx);
    REQUIRE(inferred.columns().size() == columns);
    for (const ColumnInfo& column : inferred.columns()) types.push_back({column.name, ColumnType::text});
    const Dataset data = Dataset::open(options, types, ctx);
    REQUIRE(data.rows() == rows);
    for (std::size_t c = 0; c < columns; ++c) CHECK(texts(data, types[c].name, ctx) == table[c]);
  }
}

TEST_CASE("a source is read once, by its conditions: rows, marks, kept columns and records") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.argument = folder.file("t.csv", "id,n,s\n1,5,a\n2,x,\"b\nc\"\n3,,d\n4,7,\"e \"\"f\"\"\"\n");
  options.null_tokens = {"d"};
  auto opened = Dataset::open_unread(options, {{"n", ColumnType::integer}}, ctx);
  REQUIRE(opened);
  Dataset& data = *opened;
  CHECK(data.unread());
  CHECK(type_names(data) == std::vector<std::string>{"text", "integer", "text"});
  const std::string n = data.sql("n");
  const std::vector<Dataset::Mark> marks =
      data.mark({n + " > 5", data.text_sql("n") + " IS NOT NULL AND " + n + " IS NULL", n + " > 100",
                 data.is_none_of("s", {"a", "b\nc"})},
                n, ctx);
  CHECK_FALSE(data.unread());
  CHECK(data.rows() == 4);
  const auto rows = [&](const std::string& condition) {
    std::vector<std::int64_t> found;
    const Result result = data.query("SELECT source_row FROM data WHERE " + condition + " ORDER BY ALL", ctx);
    for (std::uint64_t row = 0; row < result.rows(); ++row) found.push_back(result.integer(row, 0));
    return found;
  };
  using Rows = std::vector<std::int64_t>;
  CHECK(rows(marks[0].condition) == Rows{4});
  CHECK(rows(marks[1].condition) == Rows{2});
  CHECK(marks[2].condition == "false");
  CHECK(rows(marks[3].condition) == Rows{4});  // the missing one of row 3 is none of anything
  for (std::size_t i = 0; i < marks.size(); ++i) CHECK(marks[i].rows == (i == 2 ? 0 : 1));
  CHECK(data.query("SELECT sum(" + n + ")::BIGINT FROM data", ctx).integer(0, 0) == 12);
  CHECK_CONTAINS(error_of([&] { (void)data.query("SELECT " + data.sql("s") + " FROM data", ctx); }), "cannot query");
  const auto places = data.places({2, 4}, ctx);
  REQUIRE(places.size() == 2);
  CHECK(places[0].line == 3);
  CHECK(places[0].fields == std::vector<std::string>{"2", "x", "b\nc"});
  CHECK(places[1].line == 6);
  CHECK(places[1].fields == std::vector<std::string>{"4", "7", "e \"f\""});
  CHECK_CONTAINS(error_of([&] { (void)data.mark({}, "", ctx); }), "read already");
}

TEST_CASE("more conditions than a number has bits") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  std::string csv = "n\n";
  for (int i = 0; i < 200; ++i) csv += std::to_string(i) + "\n";
  options.argument = folder.file("t.csv", csv);
  auto data = Dataset::open_unread(options, {{"n", ColumnType::integer}}, ctx);
  REQUIRE(data);
  std::vector<std::string> conditions;
  for (int i = 0; i < 200; ++i) conditions.push_back(data->sql("n") + " = " + std::to_string(i));
  const auto marks = data->mark(conditions, "", ctx);
  for (int i = 0; i < 200; ++i) {
    const Result found =
        data->query("SELECT source_row FROM data WHERE " + marks[static_cast<std::size_t>(i)].condition, ctx);
    REQUIRE(found.rows() == 1);
    CHECK(found.integer(0, 0) == i + 1);
  }
}

TEST_CASE("what cannot be left unread, and what is wrong with the rows is said when they are read") {
  Folder folder;
  Context ctx;
  const auto unread = [&](const std::string& csv, const auto& change) {
    SourceOptions options;
    options.argument = folder.file("u.csv", csv);
    change(options);
    return Dataset::open_unread(options, {}, ctx);
  };
  const auto nothing = [](SourceOptions&) {};
  CHECK_FALSE(unread("a\n1\n", [](SourceOptions& options) { options.where = "a > 0"; }));
  CHECK_FALSE(unread("a\n1\n", [](SourceOptions& options) { options.limit = 1; }));
  SourceOptions json;
  json.argument = folder.file("u.ndjson", "{\"a\": 1}\n");
  CHECK_FALSE(Dataset::open_unread(json, {}, ctx));
  const auto reading = [&](const std::string& csv) {
    return error_of([&] { (void)unread(csv, nothing)->mark({}, "", ctx); });
  };
  CHECK_CONTAINS(reading("a,b\n1,2\n3\n"), "line 3 has 1 field, and the header has 2");
  CHECK_CONTAINS(reading("a,b\n1,2\n\xff,2\n"), "it is not UTF-8 text");
  std::string far = "a,b\n";
  for (int i = 0; i < 60000; ++i) far += "1,abcdef\n";
  CHECK_CONTAINS(reading(far + std::string("1,x\0y\n", 6)), "row 60,001 holds a NUL byte");
  CHECK_CONTAINS(error_of([&] { (void)unread("a,a\n1,2\n", nothing); }), "are both named 'a'");
}

TEST_CASE("conditions that are constants hold in every row or in none, however they are put") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.argument = folder.file("t.csv", "a,b\n1,x\n2,y\n3,z\n");
  auto data = Dataset::open_unread(options, {}, ctx);
  REQUIRE(data);
  const auto marks = data->mark({"1 = 1", "NULL", "false"}, "", ctx);
  CHECK(marks[0].rows == 3);
  CHECK(marks[1].rows == 0);
  CHECK(marks[2].rows == 0);
  CHECK(data->query("SELECT source_row FROM data WHERE " + marks[0].condition, ctx).rows() == 3);
}

TEST_CASE("what no text may hold is refused in columns that nothing looks at") {
  Folder folder;
  Context ctx;
  // Pieces of 256 KiB are looked at: the byte stands before, on and after their borders.
  const auto refusal = [&](std::size_t at, const std::string& bytes) {
    std::string csv = "a,b\n";
    while (csv.size() < at - 40) csv += "1,12345678901234567890\n";
    csv += "2," + std::string(at - csv.size() - 2, 'x') + bytes + "\n";
    while (csv.size() < at + 600'000) csv += "3,y\n";
    SourceOptions options;
    options.argument = folder.file("t.csv", csv);
    auto data = Dataset::open_unread(options, {{"a", ColumnType::integer}}, ctx);
    return data ? error_of([&] { (void)data->mark({data->sql("a") + " IS NULL"}, "", ctx); }) : "not opened";
  };
  constexpr std::size_t piece = 512 << 10;  // beyond the head, which is looked at before
  for (std::size_t at = piece - 5; at <= piece + 2; ++at) {
    CAPTURE(at);
    CHECK(refusal(at, "\u00e4").empty());
    CHECK(refusal(at, "\U0001F600").empty());
    CHECK_CONTAINS(refusal(at, std::string(1, '\0')), "NUL");
    for (const auto* broken : {"\xe4", "\x80", "\xc3\xa4\x80", "\xf0\x9f\x98", "\xf0\x9f\x98\x80\x80", "\xed\xa0\x80",
                               "\xc0\xaf", "\x80\x80\x80\x80"})
      CHECK_CONTAINS(refusal(at, broken), "not UTF-8");
  }
}

TEST_CASE("rows keep their order whatever is asked of them: a list of many values, a file read in many pieces") {
  Folder folder;
  Context ctx;
  ctx.threads = std::max(2U, ctx.threads);
  const std::string text(500, 'x');
  std::string csv = "n,s\n";
  constexpr std::int64_t rows = 200'000;
  for (std::int64_t n = 1; n <= rows; ++n) csv += std::to_string(n) + "," + text + "\n";
  SourceOptions options;
  options.argument = folder.file("t.csv", csv);
  const std::string listed = "n % 10 IN (0, 1, 2, 3, 4, 5, 6)";

  auto unread = Dataset::open_unread(options, {{"n", ColumnType::integer}}, ctx);
  REQUIRE(unread);
  unread->derive("listed", listed);
  const std::string n = unread->sql("n");
  const auto marks = unread->mark({"NOT " + unread->sql("listed")}, n, ctx);
  CHECK(marks[0].rows == 3 * rows / 10);
  CHECK(unread->query("SELECT count(*) FROM data WHERE source_row <> " + n, ctx).integer(0, 0) == 0);

  Dataset stored = Dataset::open(options, {{"n", ColumnType::integer}}, ctx);
  stored.derive("listed", listed);
  const Frame frame = stored.read({{"n", As::int64}, {"listed", As::int64}}, ctx);
  REQUIRE(frame.columns[0].i64.size() == rows);
  CHECK(std::is_sorted(frame.columns[0].i64.begin(), frame.columns[0].i64.end()));
}

TEST_CASE("a blank first line is no header, and the header behind it is no row") {
  Folder folder;
  Context ctx;
  for (const auto* content :
       {"\na,b\n1,2\n", "\r\na,b\r\n1,2\r\n", "\xef\xbb\xbf\na,b\n1,2\n", "\n\na,b\n", "\na\n1\n"}) {
    CAPTURE(content);
    CHECK_CONTAINS(error_of([&] { open_csv(folder, content, ctx); }), "line 1 is blank, where the header should be");
  }
  // Blank lines between rows are none.
  CHECK(texts(open_csv(folder, "a,b\n\nx,1\n\n\ny,2\n\n", ctx), "a", ctx) == Texts{"x", "y"});
}
