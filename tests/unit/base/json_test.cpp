#include "mlsys/base/json.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "mlsys/base/error.hpp"
#include "support.hpp"

using mlsys::Code;
using mlsys::Error;
using mlsys::Json;
using mlsys::ObjectReader;
using mlsys::parse_json;

using mlsys_test::contains;
using mlsys_test::error_of;

namespace {

std::string message_of(std::string_view text) {
  try {
    parse_json(text, "'x.json'");
  } catch (const Error& error) {
    CHECK(error.code() == Code::failed);
    return error.message();
  }
  return "no error";
}

}  // namespace

TEST_CASE("documents survive a round trip in their order") {
  const std::string text =
      R"({"z":1,"a":[true,false,null,-5,18446744073709551615,0.1,1e300,"\u00e9\ud83d\ude00\n\"\\"],"":{},"e":[]})";
  const Json document = parse_json(text, "'x.json'");
  CHECK(document.begin().key() == "z");
  CHECK(document["a"][4].get<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
  CHECK(document["a"][7].get<std::string>() == "é😀\n\"\\");
  CHECK(parse_json(mlsys::to_text(document), "'x.json'") == document);
  CHECK(parse_json(mlsys::to_line(document), "'x.json'") == document);
  CHECK(mlsys::to_line(document).find('\n') == std::string::npos);
  CHECK(mlsys::to_line(parse_json(R"({"b":1,"a":[1,{}]})", "x")) == R"({"b":1,"a":[1,{}]})");
  CHECK(mlsys::to_text(parse_json(R"({"b":1})", "x")) == "{\n  \"b\": 1\n}\n");
}

TEST_CASE("every document that is not one scalar, array or object is refused") {
  for (const char* text : {"",           "  \n",     "{",           "[",        "\"",       "[1",
                           "[1,",        "[1,]",     "{\"a\"",      "{\"a\":",  "{\"a\":1", "{\"a\":1,",
                           "{\"a\":1,}", "{a:1}",    "{'a':1}",     "[1 2]",    "nul",      "True",
                           "NaN",        "Infinity", "-",           "01",       "1.",       ".5",
                           "+1",         "1e",       "0x10",        "1 1",      "[] []",    "// c\n1",
                           "/* c */ 1",  "\"\\x\"",  "\"\\ud800\"", "\"a\nb\"", "\"\xff\"", "\"\xc0\xaf\"",
                           "1e999",      "-1e999",   "]",           "}"}) {
    CAPTURE(text);
    const std::string message = message_of(text);
    CHECK(message.starts_with("'x.json': line "));
    CHECK_FALSE(contains(message, "json.exception"));
    CHECK_FALSE(contains(message, "syntax error while"));
  }
  CHECK(parse_json("1e-999", "x").get<double>() == 0);
  CHECK(parse_json("123456789012345678901234567890", "x").is_number_float());
}

TEST_CASE("a zero byte does not end a document early") {
  using namespace std::string_view_literals;
  CHECK(contains(message_of("{}\0garbage"sv), "line 1, column 3"));
  CHECK(contains(message_of("{}\0"sv), "zero byte"));
}

TEST_CASE("errors say where, in lines and characters") {
  CHECK(contains(message_of("{\n  \"é\": 1,\n  \"é\": x\n}"), "line 3, column 3"));  // the duplicate comes first
  CHECK(contains(message_of("{\n  \"éa\": x\n}"), "line 2, column 9"));
  CHECK(contains(message_of("[1,\n2"), "line 2, column 2"));
  CHECK(contains(message_of("{\"a\\\"b\":1, \"a\\\"b\":2}"), "line 1, column 12"));
  CHECK(contains(message_of("{\"a\":1,\"a\":2}"), "key 'a' appears twice"));
  CHECK(contains(message_of("{\"a\":1,\"\\u0061\":2}"), "key 'a' appears twice"));
}

TEST_CASE("the same key in different objects is no duplicate") {
  CHECK(parse_json(R"([{"a":{"a":1}},{"a":2},{"b":[{"a":3}],"a":1}])", "x").size() == 3);
}

TEST_CASE("hostile text in an error message is escaped and cut") {
  const std::string message = message_of("[\"" + std::string(100000, 'a') + "\x1b[2J");
  CHECK(message.size() < 500);
  CHECK_FALSE(contains(message, "\x1b"));
}

TEST_CASE("nesting ends at 200 levels and never on the stack") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(parse_json(nested(200), "x").is_array());
  CHECK(contains(message_of(nested(201)), "line 1, column 201: nested deeper than 200"));
  CHECK(contains(message_of(std::string(1000000, '[')), "nested deeper"));
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  CHECK(contains(message_of(objects), "nested deeper"));
}

TEST_CASE("an object of many keys takes linear time") {
  std::string text = "{";
  for (int i = 0; i < 200000; ++i) text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":" + std::to_string(i);
  const Json document = parse_json(text + "}", "x");
  CHECK(document.size() == 200000);
}

TEST_CASE("the code is the caller's") {
  const Error error = error_of([] { parse_json("{", "x", Code::integrity); });
  CHECK(error.code() == Code::integrity);
}

TEST_CASE("what JSON cannot hold is written as null or replaced") {
  const Json values = {std::nan(""), std::numeric_limits<double>::infinity(), 1.5, "a\xff"};
  CHECK(mlsys::to_line(values) == "[null,null,1.5,\"a\xEF\xBF\xBD\"]");
}

TEST_CASE("check_schema takes what it knows and explains the rest") {
  const auto check = [](const char* text) {
    return mlsys::check_schema(parse_json(text, "x"), "mlsys.run", 3, "run 'r'");
  };
  CHECK(check(R"({"schema":"mlsys.run/1"})") == 1);
  CHECK(check(R"({"schema":"mlsys.run/3"})") == 3);
  for (const char* text :
       {"{}", "[]", R"({"schema":3})", R"({"schema":"mlsys.run"})", R"({"schema":"mlsys.run/"})",
        R"({"schema":"mlsys.run/0"})", R"({"schema":"mlsys.run/-1"})", R"({"schema":"mlsys.run/1x"})",
        R"({"schema":"mlsys.model/1"})", R"({"schema":"mlsys.run/99999999999999999999"})"}) {
    CAPTURE(text);
    const Error error = error_of([&] { check(text); });
    CHECK(error.code() == Code::usage);
    CHECK(error.message().starts_with("run 'r': "));
  }
  const Error newer = error_of([&] { check(R"({"schema":"mlsys.run/4"})"); });
  CHECK(newer.code() == Code::usage);
  CHECK(contains(newer.message(), "newer"));
  CHECK(contains(newer.hint(), "upgrade"));
}

TEST_CASE("an object is read key by key") {
  const Json document = parse_json(
      R"({"t":"x","i":-3,"big":9223372036854775808,"f":1.5,"b":true,"l":["a","b"],"n":null,"o":{"k":1}})", "x");
  ObjectReader reader(document, "config 'c'");
  CHECK(reader.text("t") == "x");
  CHECK(reader.text("none", "fallback") == "fallback");
  CHECK(reader.integer("i") == -3);
  CHECK(reader.integer("none", 7) == 7);
  CHECK(reader.number("f") == 1.5);
  CHECK(reader.number("i") == -3.0);
  CHECK(reader.boolean("b", false));
  CHECK(reader.boolean("none", true));
  CHECK(reader.texts("l") == std::vector<std::string>{"a", "b"});
  CHECK(reader.texts("none").empty());
  CHECK_FALSE(reader.maybe_number("n").has_value());
  CHECK_FALSE(reader.maybe_text("none").has_value());
  CHECK(reader.maybe_number("f") == 1.5);
  CHECK(reader.array("l").size() == 2);
  CHECK(reader.object("o").size() == 1);
  CHECK(reader.has("o"));
  CHECK_FALSE(reader.has("none"));
  CHECK_THROWS_AS(reader.finish(), Error);  // "big" is left
  reader.ignore("big");
  CHECK_NOTHROW(reader.finish());

  const auto fails = [&](auto work, std::string_view part) {
    const Error error = error_of([&] { work(reader); });
    CHECK(error.code() == Code::usage);
    CHECK_MESSAGE(contains(error.message(), part), error.message());
  };
  fails([](ObjectReader& r) { r.text("i"); }, "config 'c': key 'i' must be text, not a number");
  fails([](ObjectReader& r) { r.text("gone"); }, "key 'gone' is missing");
  fails([](ObjectReader& r) { r.integer("f"); }, "whole number");
  fails([](ObjectReader& r) { r.integer("big"); }, "too large");
  fails([](ObjectReader& r) { r.integer("t", 3); }, "must be a whole number, not text");
  fails([](ObjectReader& r) { r.number("b"); }, "must be a number, not true or false");
  fails([](ObjectReader& r) { r.boolean("n", true); }, "not null");
  fails([](ObjectReader& r) { r.texts("t"); }, "must be an array");
  fails([](ObjectReader& r) { r.array("o"); }, "not an object");
  fails([](ObjectReader& r) { r.object("l"); }, "not an array");
  fails([](ObjectReader& r) { r.maybe_text("i"); }, "must be text");
  CHECK_THROWS_AS(ObjectReader(document["l"], "x"), Error);
  const Json mixed = parse_json(R"({"l":["a",1]})", "x");
  const Error second = error_of([&] { ObjectReader(mixed, "x").texts("l"); });
  CHECK(contains(second.message(), "key 'l[1]' must be text"));
}

TEST_CASE("an unknown key is refused with the one that was meant") {
  const Json document = parse_json(R"({"traget":"y","name":"n"})", "x");
  ObjectReader reader(document, "config 'c'");
  reader.text("name");
  reader.maybe("target");
  const Error error = error_of([&] { reader.finish(); });
  CHECK(error.message() == "config 'c': unknown key 'traget'");
  CHECK(error.hint() == "did you mean 'target'?");
}
