// Text to values and back, roles, and the grammar of data arguments.
#include <chrono>
#include <cmath>

#include "fixture.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/roles.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

TEST_CASE("dates agree with the calendar of the standard library") {
  using namespace std::chrono;
  for (std::int64_t day = -800'000; day < 800'000; day += 37) {
    const year_month_day calendar{sys_days{days{day}}};
    if (int(calendar.year()) < 0 || int(calendar.year()) > 9999) continue;
    const std::string text = format_date(day);
    CHECK(parse_date(text) == day);
    CHECK(std::stoi(text.substr(0, 4)) == int(calendar.year()));
    CHECK(static_cast<unsigned>(std::stoi(text.substr(5, 2))) == unsigned(calendar.month()));
    CHECK(static_cast<unsigned>(std::stoi(text.substr(8, 2))) == unsigned(calendar.day()));
  }
  for (const std::string_view text :
       {"2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "24-01-01", "2024/01/01", "20240101", "2024-01-01x", ""})
    CHECK(!parse_date(text));
}

TEST_CASE("timestamps") {
  CHECK(parse_timestamp("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_timestamp("1970-01-01 00:00") == 0);
  CHECK(parse_timestamp("1970-01-01T02:00:00+02:00") == 0);
  CHECK(parse_timestamp("1969-12-31T19:00:00-0500") == 0);
  CHECK(parse_timestamp("1970-01-01T05:30:00+05:30") == 0);
  CHECK(parse_timestamp("1970-01-01T00:00:00.000001Z") == 1);
  CHECK(parse_timestamp("1970-01-01T00:00:00.123456789") == 123456);
  for (const std::string_view text : {"1970-01-01T00:00:00.123456789", "1970-01-01T00:00:00.0000001Z"})
    CHECK(!parse_timestamp(text, Reading::strict));
  CHECK(parse_timestamp("1970-01-01T00:00:00.123456000Z", Reading::strict) == 123456);
  CHECK(parse_timestamp("1970-01-01T00:00:00.1234560+00:00", Reading::strict) == 123456);
  CHECK(parse_timestamp("2001-06-30 23:59:59.5") == 993945599500000);  // date -u -d '2001-06-30 23:59:59' +%s
  for (const std::string_view text : {"1970-01-01T24:00:00", "1970-01-01T00:60:00", "1970-01-01T00:00:60",
                                      "1970-01-01T00:00:00.", "1970-01-01T00:00:00+2", "1970-01-01T",
                                      "1970-01-01 0:00:00", "1970-01-01T00:00:00 Z", "1970-01-01T00:00:00.1234567890"})
    CHECK(!parse_timestamp(text));
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    const auto value = static_cast<std::int64_t>(random.below(200'000'000'000'000'000)) - 60'000'000'000'000'000;
    CHECK(parse_timestamp(format_timestamp(value)) == value);
  }
}

TEST_CASE("numbers, strictly and leniently") {
  constexpr auto strict = Reading::strict;
  constexpr auto lenient = Reading::lenient;
  CHECK(parse_integer("-9223372036854775808", strict) == INT64_MIN);
  CHECK(!parse_integer("9223372036854775808", lenient));
  CHECK(!parse_integer("007", strict));
  CHECK(parse_integer("007", lenient) == 7);
  CHECK(parse_integer("+7", lenient) == 7);
  CHECK(parse_integer("3.0", lenient) == 3);
  CHECK(parse_integer("1e3", lenient) == 1000);
  CHECK(!parse_integer("3.5", lenient));
  CHECK(!parse_integer("1e300", lenient));
  CHECK(!parse_integer("", lenient));
  CHECK(!parse_integer("-", lenient));
  CHECK(!parse_integer("+-1", lenient));
  CHECK(!parse_integer("0x10", lenient));
  CHECK(parse_real("-.5e-3", strict) == -0.0005);
  CHECK(parse_real("5.", strict) == 5.0);
  CHECK(!parse_real(".", strict));
  CHECK(!parse_real("1e", strict));
  CHECK(!parse_real("nan", strict));
  CHECK(std::isnan(*parse_real("NaN", lenient)));
  CHECK(*parse_real("-Infinity", lenient) == -std::numeric_limits<double>::infinity());
  CHECK(!parse_real("1e999", lenient));
  CHECK(parse_real("1e-999", strict) == 0.0);
  CHECK(!parse_real("9007199254740993", strict));
  CHECK(parse_real("9007199254740992", strict) == 9007199254740992.0);
  CHECK(!parse_real("1,5", lenient));
  CHECK(parse_boolean("TRUE", strict) == true);
  CHECK(!parse_boolean("1", strict));
  CHECK(parse_boolean("1", lenient) == true);
  CHECK(!parse_boolean("yes", lenient));
  Random random(4);
  for (int i = 0; i < 2000; ++i) {
    const double value = (random.uniform() - 0.5) * std::pow(10.0, static_cast<double>(random.below(600)) - 300);
    CHECK(parse_real(shortest(value), strict) == value);
  }
}

TEST_CASE("data arguments") {
  const auto parsed = [](std::string_view text) { return parse_source_argument(text); };
  CHECK(parsed("-").kind == SourceArgument::Kind::standard_input);
  CHECK(parsed("a/b.csv").format == SourceFormat::csv);
  CHECK(parsed("B.CSV.GZ").compression == "gzip");
  CHECK(parsed("B.CSV.GZ").format == SourceFormat::csv);
  CHECK(parsed("x.jsonl.zst").format == SourceFormat::ndjson);
  CHECK(parsed("x.parquet").format == SourceFormat::parquet);
  CHECK(!parsed("folder").format);
  CHECK(!parsed("x.txt").format);
  const SourceArgument table = parsed("sqlite:a?b.db?table=t%20%26%25");
  CHECK(table.path == "a?b.db");
  CHECK(table.table == "t &%");
  for (const std::string_view text :
       {"", "sqlite:", "sqlite:x", "sqlite:?table=t", "sqlite:x?table=", "sqlite:x?tabel=t", "sqlite:x?table=%2",
        "sqlite:x?table=%zz", "sqlite:x?table=%00", "http://x/y.csv", "s3://b/x.parquet"})
    CHECK_CONTAINS(error_of([&] { parse_source_argument(text); }), "usage: cannot read");
  CHECK_CONTAINS(error_of([&] { parse_source_argument(std::string_view("a\0b", 3)); }), "NUL");
}

TEST_CASE("roles") {
  const std::vector<ColumnInfo> columns = {{"y", ColumnType::boolean},
                                           {"id", ColumnType::integer},
                                           {"a", ColumnType::real},
                                           {"b", ColumnType::text},
                                           {"w", ColumnType::real}};
  Roles roles;
  roles.target = "y";
  roles.id = "id";
  roles.weight = "w";
  roles.slices = {"b"};
  check_roles(roles, columns, "train on", "'x.csv'");
  CHECK(feature_columns(roles, columns) == std::vector<ColumnInfo>{columns[2], columns[3]});
  CHECK(roles_from_json(to_json(roles), "roles") == roles);
  const auto error = [&](auto change) {
    Roles changed = roles;
    change(changed);
    return error_of([&] { check_roles(changed, columns, "train on", "'x.csv'"); });
  };
  CHECK_CONTAINS(error([](Roles& r) { r.target = "yy"; }),
                 "usage: cannot train on 'x.csv': no column 'yy' | did you mean 'y'?");
  CHECK_CONTAINS(error([](Roles& r) { r.weight = "y"; }), "'y' cannot be both target and weight");
  CHECK_CONTAINS(error([](Roles& r) { r.features = {"a", "id"}; }), "'id' cannot be both a feature and the id");
  CHECK_CONTAINS(error([](Roles& r) { r.features = {"a", "a"}; }), "named twice");
  CHECK_CONTAINS(error([](Roles& r) { r.exclude = {"y"}; }), "the target 'y' is excluded");
  roles.features = {"b", "a"};
  CHECK(feature_columns(roles, columns) == std::vector<ColumnInfo>{columns[3], columns[2]});
}
TEST_CASE("lists of columns are parted at commas, and quotes keep a name together") {
  using Names = std::vector<std::string>;
  CHECK(split_names(Names{"a"}) == Names{"a"});
  CHECK(split_names(Names{"a,b", "c"}) == Names{"a", "b", "c"});
  CHECK(split_names(Names{" a , b c ,,"}) == Names{"a", "b c"});
  CHECK(split_names(Names{"\"a,b\",c", "d\"e"}) == Names{"a,b", "c", "d\"e"});
  CHECK(split_names(Names{"\" a\"", "\"say \"\"x, y\"\"\""}) == Names{" a", "say \"x, y\""});
  CHECK(split_names(Names{}).empty());
  CHECK(split_names(Names{"", ",", "\"\""}).empty());
  for (const char* wrong : {"\"a", "\"a\"b", "a,\"b\" ,c", "\""}) {
    CAPTURE(wrong);
    CHECK_CONTAINS(error_of([&] { static_cast<void>(split_names(Names{wrong})); }), "usage: cannot read the columns");
  }
  Roles roles;
  roles.slices = {"a,b"};
  roles.exclude = {"c", "d,e"};
  roles.features = {"\"f,g\""};
  split_names(roles);
  CHECK(roles.slices == Names{"a", "b"});
  CHECK(roles.exclude == Names{"c", "d", "e"});
  CHECK(roles.features == Names{"f,g"});
}
