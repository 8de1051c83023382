// Lines without quotes are cut, not parsed (plain_lines.hpp). Whoever reads a file must not be able to tell: the table
// that was written is what is expected, and where something cannot be read, DuckDB's parser says so.
#include <numeric>

#include "fixture.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "separators.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

namespace {

// All texts of a file that is read once, row by row; "∅" for missing.
struct Read {
  std::vector<Texts> rows;
  std::vector<std::uint64_t> marked;  // how many rows a condition on each column holds in: that it has a value
};

Read read_once(const SourceOptions& options, Context& ctx) {
  auto data = Dataset::open_unread(options, {}, ctx);
  REQUIRE(data);
  std::vector<std::string> columns;
  std::vector<std::string> conditions;
  for (const auto& column : data->columns()) {
    columns.push_back(data->sql(column.name));
    conditions.push_back(columns.back() + " IS NOT NULL");
  }
  Read read;
  for (const auto& mark : data->mark(conditions, join(columns, " "), ctx)) read.marked.push_back(mark.rows);
  const Result result = data->query("SELECT " + join(columns, ", ") + " FROM data ORDER BY source_row", ctx);
  for (std::uint64_t row = 0; row < result.rows(); ++row) {
    Texts& texts = read.rows.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) texts.push_back(result.maybe_text(row, i).value_or("∅"));
  }
  return read;
}

std::string line_of(const Texts& row, char delimiter) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) line += delimiter;
    if (row[i] != "∅") line += row[i];
  }
  return line;
}

}  // namespace

TEST_CASE("separators are found in texts of every length, and whether something else is in them") {
  Random random(11);
  constexpr std::size_t longest = 300;
  Separators separators(longest);
  std::vector<std::uint32_t> positions(longest + 64);
  for (int round = 0; round < 3000; ++round) {
    const std::size_t length = round < 300 ? static_cast<std::size_t>(round) : random.below(longest + 1);
    const std::uint64_t kinds = 1 + random.below(6);
    const char delimiter = ", ;\t|x"[random.below(6)];
    std::string text;
    while (text.size() < length) {
      constexpr std::string_view others[] = {"a", "\n", "", "\xc3\xa4", "\"", std::string_view("\0", 1)};
      const auto kind = random.below(kinds);
      text += kind == 2 ? std::string(1, delimiter) : std::string(others[kind]);
    }
    text.resize(length);
    std::vector<std::uint32_t> expected;
    std::size_t line_feeds = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == delimiter || text[i] == '\n') expected.push_back(static_cast<std::uint32_t>(i));
      line_feeds += text[i] == '\n' ? 1 : 0;
    }
    const bool foreign = text.find_first_of(std::string_view("\"\r\0", 3)) != std::string::npos;
    const bool non_ascii = text.find_first_of("\xc3\xa4") != std::string::npos;
    CAPTURE(text);
    separators.find(text, delimiter);
    CHECK(separators.positions()[0] == ~std::uint32_t{0});
    REQUIRE(separators.count() == expected.size());
    CHECK(std::equal(expected.begin(), expected.end(), separators.positions() + 1));
    CHECK(separators.line_feeds() == line_feeds);
    CHECK(separators.foreign() == foreign);
    CHECK(separators.non_ascii() == non_ascii);
    // The other way to find them, which is taken where the processor cannot do better.
    const auto found = separators_portable(text.data(), text.size(), delimiter, positions.data());
    REQUIRE(found.count == expected.size());
    CHECK(std::equal(expected.begin(), expected.end(), positions.begin()));
    CHECK(found.line_feeds == line_feeds);
    CHECK(found.foreign == foreign);
    CHECK(found.non_ascii == non_ascii);
  }
}

TEST_CASE("any table without quotes reads back as it was written") {
  Folder folder;
  Context ctx;
  Random random(20'261'127);
  constexpr std::string_view alphabet[] = {"a", "Z", "0", " ", "'", "é", "𝄞", "-", ".", "\\", "#", "%", "\x01", "NA"};
  for (int round = 0; round < 60; ++round) {
    SourceOptions options;
    options.delimiter = ",;\t|"[random.below(4)];
    options.header = random.below(4) > 0;
    const std::size_t columns = 2 + random.below(5);
    const std::size_t rows = random.below(8) == 0 ? 0 : random.below(3000);
    std::string content = random.below(4) == 0 ? "\xef\xbb\xbf" : "";
    std::vector<Texts> table;
    Texts names;
    for (std::size_t c = 0; c < columns; ++c) names.push_back("n" + std::to_string(c));
    if (options.header) content += line_of(names, *options.delimiter) + "\n";
    std::vector<std::uint64_t> present(columns);
    for (std::size_t r = 0; r < rows; ++r) {
      Texts row;
      for (std::size_t c = 0; c < columns; ++c) {
        std::string value;
        // Around the twelve bytes up to which DuckDB holds a text in its vector.
        const std::uint64_t letters = random.below(3) == 0 ? 10 + random.below(5) : random.below(5);
        for (std::uint64_t i = 0; i < letters; ++i) value += alphabet[random.below(std::size(alphabet))];
        if (c == 0) value = "v" + value;
        row.push_back(value.empty() ? "∅" : value);
        present[c] += value.empty() ? 0 : 1;
      }
      content += line_of(row, *options.delimiter) + "\n";
      table.push_back(row);
    }
    if (random.below(3) == 0) content.pop_back();
    if (content.empty() || content == "\xef\xbb\xbf" || (!options.header && rows == 0)) continue;
    options.argument = folder.file("p.csv", content);
    CAPTURE(round);
    const Read read = read_once(options, ctx);
    CHECK(read.rows == table);
    CHECK(read.marked == present);
  }
}

TEST_CASE("words for missing values, alone and among others") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  options.null_tokens = {"NA", "nothing at all"};
  options.argument = folder.file("n.csv", "a,b\nNA,x\n,nothing at all\nN,NAN\nnothing at al,NA");
  CHECK(read_once(options, ctx).rows ==
        std::vector<Texts>{{"∅", "x"}, {"∅", "∅"}, {"N", "NAN"}, {"nothing at al", "∅"}});
}

TEST_CASE("files without rows, alone and among others") {
  Folder folder;
  Context ctx;
  SourceOptions options;
  folder.file("f/1.csv", "a,b\n");
  options.argument = folder.path("f").string();
  CHECK(read_once(options, ctx).rows.empty());
  folder.file("f/2.csv", "a,b");
  CHECK(read_once(options, ctx).rows.empty());
  folder.file("f/3.csv", "a,b\n1,2");
  folder.file("f/4.csv", "a,b\n");
  folder.file("f/5.csv", "a,b\n3,4\n");
  CHECK(read_once(options, ctx).rows == std::vector<Texts>{{"1", "2"}, {"3", "4"}});
  for (int i = 6; i < 50; ++i) folder.file("f/" + std::to_string(i) + ".csv", "a,b\n5,6\n");
  CHECK(read_once(options, ctx).rows.size() == 46);
}

TEST_CASE("what is not plain after all is read as if nothing had been cut, wherever it stands") {
  Folder folder;
  Context ctx;
  ctx.threads = 2;
  // Several parts of several windows each; the middle one has what is different.
  std::string before = "id,s\n";
  std::uint64_t id = 0;
  while (before.size() < 9'000'000) {
    ++id;
    before += std::to_string(id) + ",text number " + std::to_string(id * 7919) + "\n";
  }
  const auto read = [&](const std::string& odd, bool at_end) {
    std::string content = before + odd;
    if (!at_end)
      for (std::uint64_t more = id + 2; more < id + 100'000; ++more) content += std::to_string(more) + ",more\n";
    SourceOptions options;
    options.argument = folder.file("t.csv", content);
    auto data = Dataset::open_unread(options, {{"id", ColumnType::integer}}, ctx);
    REQUIRE(data);
    const std::string column = data->sql("id");
    const auto marks = data->mark({column + " % 10 = 0"}, column + " " + data->sql("s"), ctx);
    const std::uint64_t rows = data->rows();
    CHECK(rows == (at_end ? id + 1 : id + 99'999));
    CHECK(marks[0].rows == rows / 10);
    CHECK(data->query("SELECT count(*) FROM data WHERE source_row <> " + column, ctx).integer(0, 0) == 0);
    return data->query("SELECT " + data->sql("s") + " FROM data WHERE " + column + " = " + std::to_string(id + 1), ctx)
        .text(0, 0);
  };
  const std::string next = std::to_string(id + 1);
  for (const bool at_end : {false, true}) {
    CAPTURE(at_end);
    CHECK(read(next + ",plain\n", at_end) == "plain");
    CHECK(read(next + ",\"quoted, \"\"twice\"\"\"\n", at_end) == "quoted, \"twice\"");
    CHECK(read("\n" + next + ",after a blank line\n", at_end) == "after a blank line");
    CHECK(read(next + "," + std::string(300'000, 'l') + "\n", at_end).size() == 300'000);  // longer than a window
    CHECK_CONTAINS(error_of([&] { read(next + "\n", at_end); }), "line " + std::to_string(id + 2) + " has 1 field");
    CHECK_CONTAINS(error_of([&] { read(next + ",a,b\n", at_end); }),
                   "line " + std::to_string(id + 2) + " has 3 fields");
    CHECK_CONTAINS(error_of([&] { read(next + ",\xff\n", at_end); }), "it is not UTF-8 text");
    CHECK_CONTAINS(error_of([&] { read(next + ",x" + std::string(1, '\0') + "\n", at_end); }), "holds a NUL byte");
  }
}

TEST_CASE("parts and windows meet at any byte of a line") {
  Folder folder;
  Context ctx;
  Random random(5);
  for (const unsigned threads : {1U, 2U, 3U}) {
    ctx.threads = threads;
    // Two files, the second without a line feed at its end; lines of 10 to 50,000 bytes.
    SourceOptions options;
    std::uint64_t id = 0;
    std::uint64_t bytes = 0;
    std::string content;
    for (const auto* name : {"parts/1.csv", "parts/2.csv"}) {
      content = name == std::string("parts/2.csv") ? "\xef\xbb\xbfid,s,t\n" : "id,s,t\n";
      while (content.size() < 14'000'000) {
        const std::uint64_t length = random.below(200) == 0 ? random.below(50'000) : random.below(30);
        ++id;
        content += std::to_string(id) + "," + std::string(length, 'x') + ",\u00e4" + std::to_string(id % 7) + "\n";
        bytes += length;
      }
      if (name == std::string("parts/2.csv")) content.pop_back();
      options.argument = std::filesystem::path(folder.file(name, content)).parent_path().string();
    }
    auto data = Dataset::open_unread(options, {{"id", ColumnType::integer}}, ctx);
    REQUIRE(data);
    const auto sql = [&](const char* name) { return data->sql(name); };
    data->mark({}, sql("id") + " " + sql("s") + " " + sql("t"), ctx);
    CHECK(data->rows() == id);
    const auto count = [&](const std::string& what) {
      return static_cast<std::uint64_t>(
          data->query("SELECT CAST(" + what + " AS BIGINT) FROM data", ctx).integer(0, 0));
    };
    CHECK(count("count(*)") == id);
    CHECK(count("count(CASE WHEN source_row <> " + sql("id") + " THEN 1 END)") == 0);
    CHECK(count("sum(strlen(" + sql("s") + "))") == bytes);
    CHECK(count("count(CASE WHEN " + sql("t") + " <> 'ä' || (" + sql("id") + " % 7) THEN 1 END)") == 0);
    const Frame frame = data->read({{"id", As::int64}}, ctx);
    std::vector<std::int64_t> expected(id);
    std::iota(expected.begin(), expected.end(), 1);
    CHECK(frame.columns[0].i64 == expected);
  }
}

TEST_CASE("a column of whole numbers is cast as parse_integer says, short texts by another way") {
  Folder folder;
  Context ctx;
  Random random(99);
  Texts values = {"0",        "-0",       "7",         "-7",       "00",       "-", "--1",
                  "99999999", "-9999999", "100000000", "12345678", "1234567a", "/", ":"};
  constexpr std::string_view alphabet = "0123456789012345678901234567890123456789-+ .e/:";
  for (int i = 0; i < 20'000; ++i) {
    std::string value;
    for (std::uint64_t left = 1 + random.below(10); left > 0; --left) value += alphabet[random.below(alphabet.size())];
    values.push_back(value);
  }
  std::string csv = "n,x\n";
  for (const auto& value : values) csv += value + ",1\n";
  SourceOptions options;
  options.argument = folder.file("n.csv", csv);
  auto data = Dataset::open_unread(options, {{"n", ColumnType::integer}}, ctx);
  REQUIRE(data);
  const std::string n = data->sql("n");
  data->mark({}, n, ctx);
  const Result result = data->query("SELECT " + n + " FROM data ORDER BY source_row", ctx);
  REQUIRE(result.rows() == values.size());
  std::size_t numbers = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    CAPTURE(values[row]);
    const auto expected = parse_integer(values[row], Reading::lenient);
    REQUIRE(result.maybe_integer(row, 0) == expected);
    numbers += expected ? 1 : 0;
  }
  CHECK(numbers > 3000);
  CHECK(numbers < 17'000);
}

TEST_CASE("listed texts of every length are told from others that differ in one byte") {
  Folder folder;
  Context ctx;
  Random random(3);
  Texts listed;
  std::string csv = "s,x\n";
  std::uint64_t others = 0;
  for (std::size_t length = 1; length <= 20; ++length)
    for (int i = 0; i < 20; ++i) {
      std::string text;
      for (std::size_t k = 0; k < length; ++k) text += static_cast<char>('a' + random.below(26));
      listed.push_back(text);
      csv += text + ",1\n";
      text[random.below(length)] = '_';
      csv += text + ",1\n" + text + "_,1\n";
      others += 2;
    }
  SourceOptions options;
  options.argument = folder.file("s.csv", csv);
  auto data = Dataset::open_unread(options, {}, ctx);
  REQUIRE(data);
  CHECK(data->mark({data->is_none_of("s", listed)}, "", ctx)[0].rows == others);
  CHECK(data->rows() == others + listed.size());
}
