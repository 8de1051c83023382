#include "mlsys/base/text.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <clocale>
#include <cmath>
#include <limits>
#include <locale>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/base/random.hpp"

using mlsys::Millis;
using mlsys::parse_bytes;
using mlsys::parse_double;
using mlsys::parse_int;
using mlsys::parse_iso_time;
using std::chrono::milliseconds;

namespace {

enum class Colour { red, green };

std::string iso(std::string_view text) {
  const auto time = parse_iso_time(text);
  return time ? mlsys::iso_time(*time) : "nothing";
}

}  // namespace

template <>
struct mlsys::NameTable<Colour> {
  static constexpr std::string_view what = "colour";
  static constexpr auto entries =
      std::to_array<NameEntry<Colour>>({{Colour::red, "red", "like blood"}, {Colour::green, "green", "like grass"}});
};

TEST_CASE("shortest numbers round-trip") {
  mlsys::Random random(1);
  for (int i = 0; i < 5000; ++i) {
    const double value = std::bit_cast<double>(random.next());
    if (!std::isfinite(value)) continue;
    const auto back = parse_double(mlsys::shortest(value));
    REQUIRE(back.has_value());
    CHECK(std::bit_cast<std::uint64_t>(*back) == std::bit_cast<std::uint64_t>(value));
  }
  CHECK(mlsys::shortest(0.1) == "0.1");
  CHECK(mlsys::shortest(100000) == "100000");
  CHECK(mlsys::shortest(-0.0) == "-0");
  CHECK(mlsys::shortest(5e-324) == "5e-324");
  CHECK(mlsys::shortest(std::nan("")) == "nan");
  CHECK(mlsys::shortest(-std::nan("")) == "nan");
  CHECK(mlsys::shortest(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("numbers for tables") {
  CHECK(mlsys::significant(0.71838, 4) == "0.7184");
  CHECK(mlsys::significant(1.2e-7, 4) == "1.2e-07");
  CHECK(mlsys::significant(0.5, 4) == "0.5");
  CHECK(mlsys::significant(std::nan(""), 4) == "nan");
  CHECK(mlsys::with_thousands(0) == "0");
  CHECK(mlsys::with_thousands(999) == "999");
  CHECK(mlsys::with_thousands(1000) == "1,000");
  CHECK(mlsys::with_thousands(3000000) == "3,000,000");
  CHECK(mlsys::counted(0, "row") == "0 rows");
  CHECK(mlsys::counted(1, "row") == "1 row");
  CHECK(mlsys::counted(3'000'000, "row") == "3,000,000 rows");
  CHECK(mlsys::counted(1, "alias", "aliases") == "1 alias");
  CHECK(mlsys::counted(2, "alias", "aliases") == "2 aliases");
  CHECK(mlsys::human_bytes(0) == "0 B");
  CHECK(mlsys::human_bytes(1023) == "1023 B");
  CHECK(mlsys::human_bytes(1536) == "1.5 KiB");
  CHECK(mlsys::human_bytes((1 << 20) - 1) == "1.0 MiB");
  CHECK(mlsys::human_bytes(3ULL << 29) == "1.5 GiB");
  CHECK(mlsys::human_bytes(std::numeric_limits<std::uint64_t>::max()) == "16.0 EiB");
  CHECK(mlsys::human_seconds(0) == "0 ms");
  CHECK(mlsys::human_seconds(0.0001) == "0.1 ms");
  CHECK(mlsys::human_seconds(0.085) == "85 ms");
  CHECK(mlsys::human_seconds(0.9999) == "1.0 s");
  CHECK(mlsys::human_seconds(12.34) == "12.3 s");
  CHECK(mlsys::human_seconds(59.96) == "1 min 00 s");
  CHECK(mlsys::human_seconds(245) == "4 min 05 s");
  CHECK(mlsys::human_seconds(7260) == "2 h 01 min");
}

TEST_CASE("numbers are read whole or not at all") {
  CHECK(parse_double("1.5") == 1.5);
  CHECK(parse_double("+1e3") == 1000);
  CHECK(parse_double("-.5") == -0.5);
  CHECK(parse_double("1e-400") == 0);
  CHECK(std::signbit(parse_double("-1e-400").value_or(1)));
  CHECK(parse_double("inf") == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(parse_double("nan").value_or(0)));
  for (const char* text : {"", " 1", "1 ", "1,5", "1x", "+", "+-1", "++1", "-", ".", "e5", "0x10", "1e400", "--1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_double(text).has_value());
  }
  CHECK(parse_int("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(parse_int("+7") == 7);
  for (const char* text : {"", "1.0", "9223372036854775808", " 1", "1 ", "+-1", "+", "0x1", "1e3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_int(text).has_value());
  }
}

TEST_CASE("amounts of memory") {
  CHECK(parse_bytes("1048576") == 1048576U);
  CHECK(parse_bytes("0") == 0U);
  CHECK(parse_bytes("512M") == 512U << 20);
  CHECK(parse_bytes("2GiB") == 2ULL << 30);
  CHECK(parse_bytes("2 gib") == 2ULL << 30);
  CHECK(parse_bytes("2GB") == 2000000000U);
  CHECK(parse_bytes("1.5K") == 1536U);
  CHECK(parse_bytes("8b") == 8U);
  for (const char* text : {"", "G", "-1G", "1X", "1GiBs", "1.5", "1..5G", "1e3", "99999999999G", "20000000000E", "16E",
                           "16.0E", "18446744073709551616", "0x10"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bytes(text).has_value());
  }
  CHECK(parse_bytes("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("times are read in every usual form and written in one") {
  CHECK(iso("1970-01-01") == "1970-01-01T00:00:00Z");
  CHECK(parse_iso_time("1970-01-01T00:00:00Z")->time_since_epoch().count() == 0);
  CHECK(parse_iso_time("2026-03-01T12:30:00Z")->time_since_epoch().count() == 1772368200000);
  CHECK(iso("2026-03-01T12:30:00.5Z") == "2026-03-01T12:30:00.500Z");
  CHECK(iso("2026-03-01 12:30") == "2026-03-01T12:30:00Z");
  CHECK(iso("2026-03-01T12:30:00,0009999z") == "2026-03-01T12:30:00Z");
  CHECK(iso("2026-03-01T00:30:00+01:00") == "2026-02-28T23:30:00Z");
  CHECK(iso("2024-03-01T00:30:00+0100") == "2024-02-29T23:30:00Z");
  CHECK(iso("2026-12-31T23:30:00-05") == "2027-01-01T04:30:00Z");
  CHECK(iso("2026-12-31T24:00") == "2027-01-01T00:00:00Z");
  CHECK(iso("2000-02-29") == "2000-02-29T00:00:00Z");
  CHECK(iso("1969-12-31T23:59:59.999") == "1969-12-31T23:59:59.999Z");
  CHECK(iso("0001-01-01") == "0001-01-01T00:00:00Z");
  CHECK(mlsys::iso_time(Millis(milliseconds(-1))) == "1969-12-31T23:59:59.999Z");
  CHECK(mlsys::iso_time(Millis(milliseconds(1001))) == "1970-01-01T00:00:01.001Z");
}

TEST_CASE("what is no time is refused") {
  for (const char* text : {"",
                           "2026",
                           "2026-03",
                           "2026-3-1",
                           "26-03-01",
                           "2026-02-29",
                           "1900-02-29",
                           "2026-04-31",
                           "2026-00-01",
                           "2026-13-01",
                           "2026-01-00",
                           "2026-01-32",
                           "2026-01-01T",
                           "2026-01-01T12",
                           "2026-01-01T12:",
                           "2026-01-01T12:60",
                           "2026-01-01T24:01",
                           "2026-01-01T24:00:00.001",
                           "2026-01-01T25:00",
                           "2026-01-01T12:00:60",
                           "2026-01-01T12:00:00.",
                           "2026-01-01T12:00:00ZZ",
                           "2026-01-01T12:00:00+",
                           "2026-01-01T12:00:00+1",
                           "2026-01-01T12:00:00+24:00",
                           "2026-01-01T12:00:00+01:60",
                           "2026-01-01T12:00:00+01:",
                           "2026-01-01T12:00:00 +01:00",
                           " 2026-01-01",
                           "2026-01-01 ",
                           "2026-01-01Z",
                           "-2026-01-01"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso_time(text).has_value());
  }
}

TEST_CASE("every day of four centuries survives a round trip") {
  for (int day = -146097; day < 146097; day += 1) {
    const Millis time{std::chrono::days(day)};
    REQUIRE(parse_iso_time(mlsys::iso_time(time)) == time);
  }
}

TEST_CASE("UTF-8 is told from other bytes") {
  CHECK(mlsys::is_utf8(""));
  CHECK(mlsys::is_utf8("aé€😀\xF4\x8F\xBF\xBF"));
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "a\xC3("}) {
    CAPTURE(text);
    CHECK_FALSE(mlsys::is_utf8(text));
  }
}

TEST_CASE("width counts terminal columns") {
  CHECK(mlsys::display_width("abc") == 3);
  CHECK(mlsys::display_width("é") == 1);
  CHECK(mlsys::display_width("e\u0301") == 1);
  CHECK(mlsys::display_width("日本") == 4);
  CHECK(mlsys::display_width("😀") == 2);
  CHECK(mlsys::display_width("a\u200bb") == 2);
  CHECK(mlsys::display_width("\xff") == 1);
  CHECK(mlsys::display_width("█▏…│") == 4);
  // As wcwidth 0.2.13 has them: a family, a woman astronaut with a skin tone, flags, a keycap, a heart in colour.
  CHECK(mlsys::display_width("\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466") == 2);
  CHECK(mlsys::display_width("\U0001F469\U0001F3FD\u200D\U0001F680x") == 3);
  CHECK(mlsys::display_width("\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7") == 4);
  CHECK(mlsys::display_width("1\uFE0F\u20E3") == 2);
  CHECK(mlsys::display_width("\u2764\uFE0F") == 2);
  CHECK(mlsys::display_width("\u2764") == 1);
  CHECK(mlsys::display_width("\U0001F600\u200D") == 2);
  CHECK(mlsys::display_width("\u0915\u094D\u200D\u0937") == 2);  // no emoji: the joiner joins nothing
}

TEST_CASE("text is cut to fit, between characters") {
  CHECK(mlsys::truncate_width("abc", 3) == "abc");
  CHECK(mlsys::truncate_width("abcd", 3) == "ab…");
  CHECK(mlsys::truncate_width("日本語", 5) == "日本…");
  CHECK(mlsys::truncate_width("日本語", 4) == "日…");
  CHECK(mlsys::truncate_width("日本語", 6) == "日本語");
  CHECK(mlsys::truncate_width("ab", 1) == "…");
  CHECK(mlsys::truncate_width("ab", 0).empty());
  CHECK(mlsys::truncate_width("e\u0301e\u0301", 2) == "e\u0301e\u0301");
  // A joined emoji is kept whole or left out.
  CHECK(mlsys::truncate_width("\U0001F469\u200D\U0001F680ab", 3) == "\U0001F469\u200D\U0001F680…");
  CHECK(mlsys::truncate_width("a\U0001F469\u200D\U0001F680b", 3) == "a…");
}

TEST_CASE("quoted text cannot disturb a message") {
  CHECK(mlsys::quoted("a b") == "'a b'");
  CHECK(mlsys::quoted("") == "''");
  CHECK(mlsys::quoted("a\n\t\r\x1b\x7f") == "'a\\n\\t\\r\\x1b\\x7f'");
  CHECK(mlsys::quoted("\xff\xc3") == "'\\xff\\xc3'");
  CHECK(mlsys::quoted("é日") == "'é日'");
  CHECK(mlsys::quoted("it's \\") == "'it\\'s \\\\'");
  CHECK(mlsys::quoted("a\u202eb") == "'a\\u{202e}b'");
  CHECK(mlsys::quoted(std::string_view("\0", 1)) == "'\\x00'");
  CHECK(mlsys::quoted("abcdef", 6) == "'abcdef'");
  CHECK(mlsys::quoted("abcdefg", 6) == "'abcde…'");
  CHECK(mlsys::quoted("abc\x1b", 5) == "'abc…'");  // never half an escape
  std::string marks = "e";
  for (int i = 0; i < 10000; ++i) marks += "\u0301";
  CHECK(mlsys::quoted(marks).size() < 1000);
  std::string variable = "x";  // would be std::quoted without the overloads
  CHECK(mlsys::quoted(variable) == "'x'");
}

TEST_CASE("text is joined, split and trimmed") {
  CHECK(mlsys::join({}, ", ").empty());
  CHECK(mlsys::join({"a", "", "b"}, ", ") == "a, , b");
  const std::vector<std::string> parts = {"a", "b", "c", "d"};
  CHECK(mlsys::some_of({}, 2).empty());
  CHECK(mlsys::some_of(parts, 4) == "a, b, c, d");
  CHECK(mlsys::some_of(parts, 3) == "a, b, c and 1 more");
  CHECK(mlsys::some_of(std::vector<std::string>(2000, "x"), 1) == "x and 1,999 more");
  CHECK(mlsys::split("", ',') == std::vector<std::string>{""});
  CHECK(mlsys::split("a,,b,", ',') == std::vector<std::string>{"a", "", "b", ""});
  CHECK(mlsys::trim(" \t a b\r\n") == "a b");
  CHECK(mlsys::trim(" \n ").empty());
  CHECK(mlsys::to_lower_ascii("AbZÉ") == "abzÉ");
}

TEST_CASE("suggestions are close or absent") {
  const std::vector<std::string> known{"train", "eval", "registry", "drift", "package"};
  CHECK(mlsys::closest("trian", known) == "train");
  CHECK(mlsys::closest("TRAIN", known) == "train");
  CHECK(mlsys::closest("evl", known) == "eval");
  CHECK(mlsys::closest("regsitry", known) == "registry");
  CHECK(mlsys::closest("pakage", known) == "package");
  CHECK_FALSE(mlsys::closest("deploy", known).has_value());
  CHECK_FALSE(mlsys::closest("", known).has_value());
  CHECK_FALSE(mlsys::closest("x", {"y"}).has_value());
  CHECK_FALSE(mlsys::closest("abc", {}).has_value());
  CHECK_FALSE(mlsys::closest("tren", {"train"}).has_value());  // two edits in four letters
  CHECK(mlsys::closest("größe", {"grösse", "grüße"}) == "grüße");
  CHECK_FALSE(mlsys::closest(std::string(100000, 'a'), {std::string(100000, 'b')}).has_value());
  CHECK(mlsys::did_you_mean("trian", known) == "did you mean 'train'?");
  CHECK(mlsys::did_you_mean("deploy", known).empty());
}

TEST_CASE("names of an enumeration") {
  CHECK(mlsys::parse_name<Colour>("green") == Colour::green);
  CHECK(mlsys::name_of(Colour::red) == "red");
  CHECK(mlsys::name_of(static_cast<Colour>(9)) == "?");
  try {
    mlsys::parse_name<Colour>("gren\n");
    FAIL("no error");
  } catch (const mlsys::Error& error) {
    CHECK(error.code() == mlsys::Code::usage);
    CHECK(error.message() == "unknown colour 'gren\\n'; known: red, green");
  }
  try {
    mlsys::parse_name<Colour>("gren");
    FAIL("no error");
  } catch (const mlsys::Error& error) {
    CHECK(error.hint() == "did you mean 'green'?");
  }
}

TEST_CASE("the locale changes nothing") {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const std::locale old = std::locale::global(std::locale(std::locale::classic(), new Comma));
  // Only where such a locale is installed does this line test more than the facet above.
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"})
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  const std::string number = mlsys::shortest(1234567.5);
  const std::string digits = mlsys::significant(1234.5, 5);
  const std::string size = mlsys::human_bytes(1536);
  const std::string line = mlsys::to_line(mlsys::parse_json("[1234.5,1000000]", "x"));
  const auto back = parse_double("1.5");
  const auto comma = parse_double("1,5");
  std::setlocale(LC_ALL, "C");
  std::locale::global(old);
  CHECK(number == "1234567.5");
  CHECK(digits == "1234.5");
  CHECK(size == "1.5 KiB");
  CHECK(line == "[1234.5,1000000]");
  CHECK(back == 1.5);
  CHECK_FALSE(comma.has_value());
}

TEST_CASE("ages are read and written in the largest unit that fits") {
  CHECK(mlsys::parse_age("36h") == 129'600);
  CHECK(mlsys::parse_age("90 min") == 5400);
  CHECK(mlsys::parse_age("90m") == 5400);
  CHECK(mlsys::parse_age("2w") == 1'209'600);
  CHECK(mlsys::parse_age("0s") == 0);
  for (const char* none : {"", "h", "1", "-1h", "1.5h", "1 y", "1h30", "99999999999999999999s", "9999999d"})
    CHECK(!mlsys::parse_age(none));
  for (const std::uint64_t seconds : {0U, 59U, 60U, 5400U, 86'400U, 90'000U, 604'800U})
    CHECK(mlsys::parse_age(mlsys::age_text(seconds)) == seconds);
  CHECK(mlsys::age_text(129'600) == "36h");
}
