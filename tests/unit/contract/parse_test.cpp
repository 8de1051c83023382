#include <doctest/doctest.h>

#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/contract/contract.hpp"

using namespace mlsys;
using namespace mlsys::contract;

namespace {

constexpr const char* complete = R"({
  "schema": "mlsys.contract/1",
  "title": "Flights", "description": "one row per departure",
  "missingValues": ["", "NA"],
  "fields": [
    {"name": "id", "type": "integer", "constraints": {"required": true, "unique": true}},
    {"name": "origin", "type": "string", "title": "Origin", "description": "airport", "format": "default",
     "constraints": {"pattern": "[A-Z]{3}", "minLength": 3, "maxLength": 3, "enum": ["ABE", "ABI"]},
     "severity": {"enum": "warn"}},
    {"name": "delay", "type": "integer", "constraints": {"minimum": -60, "maximum": 1800}, "severity": "warn"},
    {"name": "share", "type": "number", "constraints": {"minimum": 0.5, "enum": [0.5, 1]}},
    {"name": "day", "type": "date", "constraints": {"minimum": "2001-01-01"}},
    {"name": "at", "type": "datetime", "constraints": {"maximum": "2001-06-30 23:59"}},
    {"name": "late", "type": "boolean"},
    {"name": "note"}
  ],
  "primaryKey": "id",
  "roles": {"target": "late"},
  "severity": {"new_columns": "error"},
  "checks": [
    {"check": "expression", "name": "sane", "expression": "delay < 2000"},
    {"check": "rows", "minimum": 1},
    {"check": "unique", "columns": ["origin", "at"], "severity": "warn"},
    {"check": "duplicates"},
    {"check": "conflicting_labels", "label": "late", "inputs": ["origin"]},
    {"check": "class_ratio", "column": "late", "minimum": 0.05, "maximum": 0.95}
  ]
})";

// The message of the error, or "" when the text is a contract.
std::string refusal(const std::string& text) {
  try {
    static_cast<void>(parse_contract(text, "contract 'c.json'"));
    return {};
  } catch (const Error& error) {
    CHECK(error.code() == Code::usage);
    return error.message();
  }
}

std::string with_field(const std::string& field) { return R"({"fields": [)" + field + "]}"; }

bool says(const std::string& message, const std::string& part) { return message.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a contract is read, written and read again without change") {
  const Contract contract = parse_contract(complete);
  REQUIRE(contract.fields.size() == 8);
  CHECK(contract.missing_values == std::vector<std::string>{"NA"});
  CHECK(contract.find("origin")->values == std::vector<std::string>{"ABE", "ABI"});
  CHECK(severity_of(*contract.find("origin"), CheckKind::enumeration) == Severity::warn);
  CHECK(severity_of(*contract.find("origin"), CheckKind::pattern) == Severity::error);
  CHECK(severity_of(*contract.find("delay"), CheckKind::range) == Severity::warn);
  CHECK(contract.find("share")->values == std::vector<std::string>{"0.5", "1"});
  CHECK(contract.find("at")->maximum == "2001-06-30T23:59:00Z");
  CHECK(contract.find("late")->type == data::ColumnType::boolean);
  CHECK(!contract.find("note")->type);
  CHECK(contract.primary_key == std::vector<std::string>{"id"});
  CHECK(contract.roles.target == "late");
  CHECK(severity_of(contract, CheckKind::new_columns) == Severity::error);
  CHECK(severity_of(contract, CheckKind::schema) == Severity::error);
  REQUIRE(contract.checks.size() == 6);
  CHECK(contract.checks[2].severity == Severity::warn);
  CHECK(parse_contract(to_text(to_json(contract))) == contract);
}

TEST_CASE("a plain Frictionless schema is a contract; new columns then only warn") {
  const Contract contract = parse_contract(R"({"fields": [{"name": "a", "type": "string"}], "primaryKey": ["a"]})");
  CHECK(contract.fields.size() == 1);
  CHECK(severity_of(contract, CheckKind::new_columns) == Severity::warn);
}

TEST_CASE("what is unknown, contradictory or impossible is refused with its place") {
  CHECK(says(refusal("{"), "c.json"));
  CHECK(says(refusal("[]"), "c.json"));
  CHECK(says(refusal("{}"), "fields"));
  CHECK(says(refusal(R"({"fields": []})"), "at least one"));
  CHECK(says(refusal(R"({"fields": [{"name": "a"}], "field": 1})"), "field"));
  CHECK(says(refusal(with_field(R"({"name": "a", "typ": "string"})")), "typ"));
  CHECK(says(refusal(with_field(R"({"name": "a", "type": "text"})")), "text"));
  CHECK(says(refusal(with_field(R"({"name": ""})")), "name"));
  CHECK(says(refusal(with_field(R"({"name": "a"}, {"name": "a"})")), "two fields named 'a'"));
  CHECK(says(refusal(with_field(R"({"name": "a", "type": "date", "format": "%d/%m/%y"})")), "format"));
  const auto constrained = [&](const std::string& type, const std::string& constraints) {
    return refusal(with_field(R"({"name": "a", "type": ")" + type + R"(", "constraints": {)" + constraints + "}}"));
  };
  CHECK(says(constrained("integer", R"("minimun": 1)"), "minimun"));
  CHECK(says(constrained("integer", R"("minimum": 2, "maximum": 1)"), "minimum"));
  CHECK(says(constrained("integer", R"("minimum": 1.5)"), "1.5"));
  CHECK(says(constrained("integer", R"("minimum": "1")"), "minimum"));
  CHECK(says(constrained("integer", R"("maximum": 9223372036854775808)"), "maximum"));
  CHECK(says(constrained("integer", R"("pattern": "a")"), "pattern"));
  CHECK(says(constrained("string", R"("minimum": 1)"), "minimum"));
  CHECK(says(constrained("any", R"("minimum": 1)"), "type"));
  CHECK(says(constrained("string", R"("minLength": 3, "maxLength": 2)"), "minLength"));
  CHECK(says(constrained("string", R"("minLength": -1)"), "minLength"));
  CHECK(says(constrained("string", R"("enum": [])"), "enum"));
  CHECK(says(constrained("string", R"("enum": ["a", "a"])"), "twice"));
  CHECK(says(constrained("string", R"("enum": [1])"), "enum"));
  CHECK(says(constrained("integer", R"("enum": [1, 5], "maximum": 4)"), "outside"));
  CHECK(says(constrained("date", R"("minimum": "01/02/2024")"), "01/02/2024"));
  CHECK(says(constrained("date", R"("minimum": "2023-02-29")"), "2023-02-29"));
  CHECK(says(refusal(R"({"fields": [{"name": "a"}], "primaryKey": ["b"]})"), "not a field"));
  CHECK(says(refusal(R"({"fields": [{"name": "a"}], "primaryKey": ["a", "a"]})"), "twice"));
  CHECK(says(refusal(R"({"fields": [{"name": "a"}], "foreignKeys": []})"), "foreignKeys"));
  CHECK(says(refusal(R"({"fields": [{"name": "a"}], "roles": {"target": "b"}})"), "b"));
  CHECK(says(refusal(R"({"fields": [{"name": "a"}], "severity": {"range": "warn"}})"), "range"));
  CHECK(says(refusal(with_field(R"({"name": "a", "severity": {"range": "fatal"}})")), "fatal"));
  const auto check = [&](const std::string& json) {
    return refusal(R"({"fields": [{"name": "a"}, {"name": "y"}], "checks": [{)" + json + "}]}");
  };
  CHECK(says(check(R"("check": "row")"), "row"));
  CHECK(says(check(R"("check": "range")"), "range"));
  CHECK(says(check(R"("check": "rows")"), "minimum"));
  CHECK(says(check(R"("check": "rows", "minimum": 5, "maximum": 4)"), "minimum"));
  CHECK(says(check(R"("check": "rows", "minimum": 1.5)"), "whole"));
  CHECK(says(check(R"("check": "rows", "minimum": -1)"), "minimum"));
  CHECK(says(check(R"("check": "class_ratio", "column": "y", "maximum": 1.5)"), "maximum"));
  CHECK(says(check(R"("check": "expression")"), "expression"));
  CHECK(says(check(R"("check": "expression", "expression": " ")"), "empty"));
  CHECK(says(check(R"("check": "expression", "expression": "a > 1", "columns": ["a"])"), "columns"));
  CHECK(says(check(R"("check": "unique")"), "columns"));
  CHECK(says(check(R"("check": "unique", "columns": ["b"])"), "not a field"));
  CHECK(says(check(R"("check": "conflicting_labels", "label": "y", "inputs": ["y"])"), "label"));
}

TEST_CASE("a newer contract is refused with a hint to upgrade") {
  try {
    static_cast<void>(parse_contract(R"({"schema": "mlsys.contract/2", "fields": [{"name": "a"}]})"));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::usage);
    CHECK(says(error.hint(), "upgrade"));
  }
}

TEST_CASE("damaged contracts give a contract or a usage error, never anything else") {
  const std::string whole = complete;
  Random random(3);
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = whole;
    for (std::uint64_t cuts = 1 + random.below(3); cuts > 0 && !text.empty(); --cuts) {
      const std::size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, 1 + random.below(20));
          break;
        default:
          text.insert(at, text.substr(random.below(text.size()), random.below(20)));
          break;
      }
    }
    // Code::usage, see refusal(); what is accepted is a contract that can be written and read again.
    if (!refusal(text).empty()) continue;
    ++accepted;
    const Contract contract = parse_contract(text, "contract 'c.json'");
    CHECK(parse_contract(to_text(to_json(contract)), "contract 'c.json'") == contract);
  }
  CHECK(accepted > 0);
}

TEST_CASE("names may be anything") {
  const std::string name = "a \"quoted\"\nname; DROP TABLE data;-- ünï 🚆";
  Contract contract;
  Field field;
  field.name = name;
  field.type = data::ColumnType::text;
  field.values = {"it's", "\"", ""};
  contract.fields = {field};
  contract.primary_key = {name};
  CHECK(parse_contract(to_text(to_json(contract))) == contract);
}

TEST_CASE("the part for some columns keeps their fields and nothing of the table") {
  const Contract part = restrict_to(parse_contract(complete), {"delay", "origin", "absent"});
  REQUIRE(part.fields.size() == 2);
  CHECK(part.fields[0].name == "delay");
  CHECK(part.primary_key.empty());
  CHECK(part.checks.empty());
  CHECK(part.roles == data::Roles{});
  CHECK(parse_contract(to_text(to_json(part))) == part);
}
