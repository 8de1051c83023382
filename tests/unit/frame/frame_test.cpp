#include <doctest/doctest.h>

#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/options.hpp"
#include "mlsys/frame/output.hpp"
#include "mlsys/frame/session.hpp"
#include "mlsys/frame/settings.hpp"

using namespace mlsys;
using namespace mlsys::frame;

namespace {

Output::Stream wide(std::size_t width) { return {1, false, false, width}; }

std::vector<std::string> lines(const std::string& text) {
  auto parts = split(text, '\n');
  parts.pop_back();
  return parts;
}

Code code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  return Code::ok;
}

}  // namespace

TEST_CASE("a table lines up by display width and ends its lines without blanks") {
  Table table;
  table.column("name");
  table.column("rows", Table::Align::right);
  table.row({"日本", "5"});
  table.row({"a", "12,345"});
  CHECK(render(table, wide(80)) == "name    rows\n日本       5\na     12,345\n");
}

TEST_CASE("a table that is too wide loses text, never digits, and fits") {
  Table table;
  table.column("text");
  table.column("number", Table::Align::right);
  table.row({std::string(60, 'x'), "123456789012"});
  for (const std::size_t width : {24U, 30U, 50U}) {
    for (const auto& line : lines(render(table, wide(width)))) CHECK(display_width(line) <= width);
    CHECK(render(table, wide(width)).find("123456789012") != std::string::npos);
    CHECK(render(table, wide(width)).find("…") != std::string::npos);
  }
}

TEST_CASE("a title that is too wide for its numbers is cut") {
  Table table;
  table.column("text");
  table.column("average_precision", Table::Align::right);
  table.row({"abc", "0.70081"});
  CHECK(render(table, wide(30)) == "text  average_precision\nabc             0.70081\n");
  CHECK(render(table, wide(16)) == "text  average_p…\nabc      0.70081\n");
}

TEST_CASE("text is wrapped at blanks, by display width, behind its indent") {
  CHECK(wrapped("one two three four five six", "> ", 22) == "one two three four\n> five six");
  CHECK(wrapped("one two three four five six", "", 1000) == "one two three four five six");
  CHECK(wrapped("日本日本日本日本 日本日本", "│ ", 24) == "日本日本日本日本\n│ 日本日本");
  CHECK(wrapped("a " + std::string(64, 'f') + " b", "  ", 30) == "a\n  " + std::string(64, 'f') + "\n  b");
}

TEST_CASE("what comes from data cannot steer the terminal") {
  Table table;
  table.column("value");
  table.row({"a\x1b[31mred\nnext\ttab\x07"});
  const std::string text = render(table, wide(80));
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
  CHECK(lines(text).size() == 2);
}

TEST_CASE("options convert strictly to the type of their target") {
  std::uint32_t count = 7;
  std::optional<double> share;
  std::vector<std::string> list;
  Options options;
  options.value(count, "-c,--count", "N", "how many");
  options.value(share, "--share", "X", "part");
  options.value(list, "--item", "I", "several");
  const auto& specs = options.specs();
  REQUIRE(specs.size() == 3);
  CHECK(specs[0]->names == std::vector<std::string>{"-c", "--count"});
  CHECK_FALSE(specs[0]->repeatable);
  CHECK(specs[2]->repeatable);

  specs[0]->assign({"4294967295"});
  CHECK(count == 4294967295U);
  for (const char* wrong : {"-1", "4294967296", "1.5", "", " 1", "0x10", "1e3"}) {
    CAPTURE(wrong);
    CHECK(code_of([&] { specs[0]->assign({wrong}); }) == Code::usage);
  }
  CHECK(count == 4294967295U);
  specs[1]->assign({"0.25"});
  CHECK(share == 0.25);
  for (const char* wrong : {"0,25", "inf", "-inf", "infinity", "nan", "-nan", "1e999"}) {
    CAPTURE(wrong);
    CHECK(code_of([&] { specs[1]->assign({wrong}); }) == Code::usage);
  }
  CHECK(share == 0.25);
  specs[2]->assign({"a", "b"});
  CHECK(list == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a configuration is read strictly") {
  const auto read = [](std::string_view text) { return parse_settings(text, "test"); };
  CHECK(read(R"({"schema": "mlsys.config/1", "settings": {"threads": 4, "color": "never"}})") ==
        std::map<std::string, std::string>{{"threads", "4"}, {"color", "never"}});
  CHECK(read(R"({"schema": "mlsys.config/1"})").empty());
  for (const char* wrong :
       {"", "{", "[]", "{}", R"({"schema": "mlsys.config/2"})", R"({"schema": "other/1"})",
        R"({"schema": "mlsys.config/1", "settings": []})", R"({"schema": "mlsys.config/1", "settings": {"thread": 4}})",
        R"({"schema": "mlsys.config/1", "settings": {"threads": 0}})",
        R"({"schema": "mlsys.config/1", "settings": {"threads": [4]}})",
        R"({"schema": "mlsys.config/1", "settings": {"color": "pink"}})",
        R"({"schema": "mlsys.config/1", "settings": {"memory": "1"}})",
        R"({"schema": "mlsys.config/1", "surplus": 1})"}) {
    CAPTURE(wrong);
    CHECK(code_of([&] { read(wrong); }) == Code::usage);
  }
}

TEST_CASE("every setting's default is one that can be set, or says in words what happens") {
  for (const auto& info : known_settings()) {
    CAPTURE(info.key);
    CHECK(std::string(info.environment).starts_with("MLSYS_"));
    CHECK_FALSE(info.help.empty());
    if (info.kind == "choice") CHECK(code_of([&] { check_setting(info, info.fallback, "test"); }) == Code::ok);
  }
}
