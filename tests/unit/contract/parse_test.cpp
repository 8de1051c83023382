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
    {"name": "note"},
    {"name": "mail", "type": "string", "format": "email", "severity": {"format": "warn"}, "tolerance": {"format": 0.25}},
    {"name": "when", "type": "date", "format": "%d.%m.%Y", "constraints": {"minimum": "2001-01-01"}, "serving": false}
  ],
  "primaryKey": "id",
  "foreignKeys": [{"fields": "origin", "reference": {"resource": "airports.csv", "fields": "code"}}],
  "roles": {"target": "late"},
  "severity": {"new_columns": "error", "column_order": "warn"},
  "checks": [
    {"check": "expression", "name": "sane", "expression": "delay < 2000"},
    {"check": "rows", "minimum": 1},
    {"check": "unique", "columns": ["origin", "at"], "severity": "warn"},
    {"check": "duplicates"},
    {"check": "conflicting_labels", "label": "late", "inputs": ["origin"]},
    {"check": "class_ratio", "column": "late", "minimum": 0.05, "maximum": 0.95},
    {"check": "order", "columns": ["at"], "by": ["origin"], "descending": true, "strict": true, "tolerance": 0.5},
    {"check": "freshness", "column": "at", "maximum_age": "90 min"},
    {"check": "statistic", "column": "delay", "statistic": "quantile", "share": 0.95, "maximum": 120.5},
    {"check": "statistic", "column": "origin", "statistic": "distinct", "minimum": 2},
    {"check": "distribution", "column": "delay", "reference": "profile.json", "maximum": 0.1},
    {"check": "unseen_categories", "column": "origin", "reference": "train", "tolerance": 0.01},
    {"check": "overlap", "reference": "train"},
    {"check": "label_leakage", "label": "late", "inputs": ["delay"], "maximum": 0.9},
    {"check": "rows", "reference": "yesterday", "minimum": 0.5, "maximum": 1.5},
    {"check": "null_words", "columns": ["origin"], "severity": "warn"},
    {"check": "outliers", "column": "delay", "method": "zscore"},
    {"check": "outliers", "column": "delay", "method": "iqr", "factor": 2.5, "tolerance": 0.01},
    {"check": "statistic", "column": "origin", "statistic": "top_share", "maximum": 0.9},
    {"check": "distribution", "column": "delay", "reference": "train", "measure": "psi", "maximum": 2.5},
    {"check": "distribution", "column": "origin", "reference": "train", "measure": "chi2", "minimum": 0.001},
    {"check": "association", "label": "late", "inputs": ["delay"], "reference": "train", "maximum": 0.1}
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
  REQUIRE(contract.fields.size() == 10);
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
  CHECK(contract.find("mail")->format == "email");
  CHECK(contract.find("mail")->tolerance.at(CheckKind::format) == 0.25);
  CHECK_FALSE(contract.find("when")->serving);
  CHECK(contract.find("mail")->serving);
  REQUIRE(contract.foreign_keys.size() == 1);
  CHECK(contract.foreign_keys[0].references == std::vector<std::string>{"code"});
  REQUIRE(contract.checks.size() == 22);
  CHECK(contract.checks[6].by == std::vector<std::string>{"origin"});
  CHECK(contract.checks[6].descending);
  CHECK(contract.checks[7].maximum_age == 5400);
  CHECK(contract.checks[8].share == 0.95);
  CHECK(contract.checks[11].tolerance == 0.01);
  CHECK(contract.checks[13].column == "late");
  CHECK(contract.checks[14].reference == "yesterday");
  CHECK(contract.checks[16].factor == 3);
  CHECK(contract.checks[17].method == OutlierMethod::iqr);
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
  CHECK(refusal(with_field(R"({"name": "a", "type": "date", "format": "%d/%m/%y"})")).empty());
  CHECK(says(refusal(with_field(R"({"name": "a", "type": "date", "format": "dd/mm/yy"})")), "strptime"));
  CHECK(says(refusal(with_field(R"({"name": "a", "type": "date", "format": "%d/%q"})")), "strptime"));
  CHECK(says(refusal(with_field(R"({"name": "a", "type": "string", "format": "mail"})")), "mail"));
  CHECK(says(refusal(with_field(R"({"name": "a", "type": "integer", "format": "email"})")), "format"));
  CHECK(says(refusal(with_field(R"({"name": "a", "tolerance": {"required": 1}})")), "required"));
  CHECK(says(refusal(with_field(R"({"name": "a", "tolerance": {"rows": 0.1}})")), "rows"));
  CHECK(says(refusal(with_field(R"({"name": "a", "tolerance": 0.1})")), "tolerance"));
  CHECK(says(refusal(with_field(R"({"name": "a", "serving": "no"})")), "serving"));
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
  const auto foreign = [&](const std::string& key) {
    return refusal(R"({"fields": [{"name": "a"}, {"name": "b"}], "foreignKeys": [)" + key + "]}");
  };
  CHECK(foreign(R"({"fields": "a", "reference": {"resource": "t.csv", "fields": "id"}})").empty());
  CHECK(foreign(R"({"fields": ["a"], "reference": {"fields": ["b"]}})").empty());
  CHECK(says(foreign(R"({"fields": "a", "reference": {"fields": "c"}})"), "not a field"));
  CHECK(says(foreign(R"({"fields": "c", "reference": {"resource": "t.csv", "fields": "id"}})"), "not a field"));
  CHECK(says(foreign(R"({"fields": ["a", "b"], "reference": {"resource": "t.csv", "fields": "id"}})"), "as many"));
  CHECK(says(foreign(R"({"fields": [], "reference": {"resource": "t.csv", "fields": []}})"), "at least one"));
  CHECK(says(foreign(R"({"fields": "a"})"), "reference"));
  const auto own = [&](const std::string& here, const std::string& there) {
    return refusal(R"({"fields": [{"name": "a", "type": ")" + here + R"("}, {"name": "b", "type": ")" + there +
                   R"("}], "foreignKeys": [{"fields": "a", "reference": {"fields": "b"}}]})");
  };
  CHECK(says(own("integer", "string"), "names 'b', whose type is not that of 'a'"));
  CHECK(says(own("date", "boolean"), "whose type"));
  CHECK(own("integer", "number").empty());
  CHECK(own("date", "datetime").empty());
  CHECK(own("any", "string").empty());
  CHECK(says(foreign(R"({"fields": "a", "reference": {"resource": "t.csv", "fields": "id", "path": "x"}})"), "path"));
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
  CHECK(says(check(R"("check": "label_leakage", "label": "y", "inputs": ["y"])"), "label"));
  CHECK(says(check(R"("check": "label_leakage", "label": "y", "maximum": 1.1)"), "maximum"));
  CHECK(says(check(R"("check": "association", "label": "y", "maximum": 0.1)"), "reference"));
  CHECK(says(check(R"("check": "association", "label": "y", "reference": "r", "maximum": 3)"), "between 0 and 2"));
  CHECK(says(check(R"("check": "order", "columns": [])"), "columns"));
  CHECK(says(check(R"("check": "order", "columns": ["a"], "by": ["a"])"), "by"));
  CHECK(says(check(R"("check": "order", "columns": ["a"], "by": ["b"])"), "not a field"));
  CHECK(says(check(R"("check": "freshness", "column": "a")"), "maximum_age"));
  CHECK(says(check(R"("check": "freshness", "column": "a", "maximum_age": "soon")"), "36h"));
  CHECK(says(check(R"("check": "statistic", "column": "a", "statistic": "average", "minimum": 1)"), "average"));
  CHECK(says(check(R"("check": "statistic", "column": "a", "statistic": "mean")"), "minimum"));
  CHECK(says(check(R"("check": "statistic", "column": "a", "statistic": "mean", "share": 1, "minimum": 1)"), "share"));
  CHECK(says(check(R"("check": "statistic", "column": "a", "statistic": "quantile", "minimum": 1)"), "share"));
  CHECK(says(check(R"("check": "statistic", "column": "a", "statistic": "distinct", "minimum": 0.5)"), "whole"));
  CHECK(says(check(R"("check": "statistic", "column": "a", "statistic": "missing_share", "maximum": 2)"), "maximum"));
  CHECK(says(check(R"("check": "distribution", "column": "a", "reference": "train")"), "maximum"));
  CHECK(says(check(R"("check": "distribution", "column": "a", "maximum": 0.1)"), "reference"));
  const auto measured = [&](const std::string& rest) {
    return check(R"("check": "distribution", "column": "a", "reference": "train", "measure": )" + rest);
  };
  CHECK(says(measured(R"("emd", "maximum": 0.1)"), "emd"));
  CHECK(says(measured(R"("chi2", "maximum": 0.1)"), "a p-value: give a 'minimum'"));
  CHECK(says(measured(R"("chi2")"), "minimum"));
  CHECK(says(measured(R"("chi2", "minimum": 2)"), "between 0 and 1"));
  CHECK(says(measured(R"("psi", "minimum": 0.1)"), "a distance has a 'maximum'"));
  CHECK(says(measured(R"("psi")"), "maximum"));
  CHECK(says(measured(R"("js", "maximum": 1.5)"), "between 0 and 1"));
  CHECK(measured(R"("psi", "maximum": 1.5)").empty());
  CHECK(says(check(R"("check": "unseen_categories", "column": "a", "reference": "")"), "reference"));
  CHECK(says(check(R"("check": "overlap", "columns": ["b"], "reference": "train")"), "not a field"));
  CHECK(says(check(R"("check": "rows", "minimum": 1, "tolerance": 0.1)"), "tolerance"));
  CHECK(says(check(R"("check": "duplicates", "tolerance": 1)"), "tolerance"));
}

TEST_CASE("what is mistyped in a contract is placed and put right") {
  const auto hint = [](const std::string& text) {
    try {
      static_cast<void>(parse_contract(text, "contract 'c.json'"));
    } catch (const Error& error) {
      CHECK(says(error.message(), "contract 'c.json'"));
      return error.hint();
    }
    return std::string("none was refused");
  };
  CHECK(hint(R"({"fieldz": [{"name": "a"}]})") == "did you mean 'fields' by 'fieldz'?");
  CHECK(hint(with_field(R"({"name": "a", "type": "integer", "constraints": {"minumum": 1}})")) ==
        "did you mean 'minimum'?");
  CHECK(hint(with_field(R"({"name": "a", "type": "float64"})")) == "here it is called 'number'");
  CHECK(hint(with_field(R"({"name": "a", "type": "VARCHAR"})")) == "here it is called 'string'");
  CHECK(hint(with_field(R"({"name": "a", "type": "nubmer"})")) == "did you mean 'number'?");
  CHECK(hint(with_field(R"({"name": "a", "severity": "errro"})")) == "did you mean 'error'?");
  CHECK(hint(R"({"fields": [{"name": "a"}], "checks": [{"check": "rows", "minimun": 3}]})") ==
        "did you mean 'minimum' by 'minimun'?");
  CHECK(hint(R"({"fields": [{"name": "a"}], "checks": [{"check": "rows"}]})").empty());
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
