#include "mlsys/contract/compare.hpp"

#include "fixture.hpp"
#include "mlsys/base/json.hpp"

using namespace mlsys;
using namespace mlsys::contract;
using namespace mlsys::contract::test;

namespace {

// "readers", "writers", "both", "neither", or "" without a change; `field` and `other` are JSON of one field.
std::string breaks(const std::string& before, const std::string& after, const std::string& more_before = "",
                   const std::string& more_after = "") {
  const auto contract = [](const std::string& field, const std::string& more) {
    return parse_contract(R"({"fields": [{"name": "k"}, )" + field + "]" + more + "}");
  };
  const CompareReport report = compare(contract(before, more_before), contract(after, more_after));
  bool readers = false;
  bool writers = false;
  for (const auto& change : report.changes) {
    readers = readers || change.breaks_readers;
    writers = writers || change.breaks_writers;
  }
  CHECK(report.compatible == !readers);
  if (report.changes.empty()) return "";
  if (readers) return writers ? "both" : "readers";
  return writers ? "writers" : "neither";
}

std::string field(const std::string& type, const std::string& constraints = "", const std::string& more = "") {
  return R"({"name": "a", "type": ")" + type + R"(", "constraints": {)" + constraints + "}" + more + "}";
}

}  // namespace

TEST_CASE("every change is held against the data that it lets in and keeps out") {
  const auto integer = [](const std::string& constraints) { return field("integer", constraints); };
  CHECK(breaks(integer(""), integer("")) == "");
  // A promise more keeps data out, a promise less lets them in.
  const auto both_ways = [&](const std::string& loose, const std::string& tight) {
    CAPTURE(loose);
    CAPTURE(tight);
    CHECK(breaks(tight, loose) == "readers");
    CHECK(breaks(loose, tight) == "writers");
  };
  both_ways(integer(""), integer(R"("required": true)"));
  both_ways(integer(""), integer(R"("unique": true)"));
  both_ways(integer(""), integer(R"("minimum": 0)"));
  both_ways(integer(R"("minimum": -10)"), integer(R"("minimum": -9)"));
  both_ways(integer(R"("maximum": 10)"), integer(R"("maximum": 9)"));
  both_ways(field("number"), integer(""));
  both_ways(field("datetime"), field("date"));
  both_ways(field("any"), field("string"));
  both_ways(field("string"), field("integer"));
  both_ways(field("string", R"("maxLength": 10)"), field("string", R"("maxLength": 9)"));
  both_ways(field("string", R"("minLength": 2)"), field("string", R"("minLength": 10)"));
  both_ways(field("string"), field("string", R"("pattern": "a")"));
  both_ways(field("string"), field("string", "", R"(, "format": "email")"));
  both_ways(field("string", R"("enum": ["a", "b"])"), field("string", R"("enum": ["b"])"));
  both_ways(field("string"), field("string", R"("enum": ["b"])"));
  both_ways(field("string", "", R"(, "severity": {"type": "warn"})"), field("string"));
  both_ways(field("string", "", R"(, "tolerance": {"required": 0.1})"), field("string"));
  both_ways(field("string", "", R"(, "serving": false)"), field("string"));
  CHECK(breaks(field("string", R"("pattern": "a")"), field("string", R"("pattern": "b")")) == "both");
  CHECK(breaks(field("boolean"), field("date")) == "both");
  CHECK(breaks(field("string", R"("enum": ["a", "b"])"), field("string", R"("enum": ["c", "a"])")) == "both");
  CHECK(breaks(field("string", R"("enum": ["a", "b"])"), field("string", R"("enum": ["b", "a"])")) == "");
  CHECK(breaks(integer(""), R"({"name": "b", "type": "integer"})") == "both");  // renamed
  CHECK(breaks(integer(""), field("integer", "", R"(, "description": "minutes")")) == "");
}

TEST_CASE("keys, checks and severities of the contract") {
  const std::string a = field("integer");
  const auto table = [&](const std::string& before, const std::string& after) { return breaks(a, a, before, after); };
  CHECK(table("", R"(, "primaryKey": "a")") == "writers");
  CHECK(table(R"(, "primaryKey": "a")", "") == "readers");
  CHECK(table(R"(, "primaryKey": "a")", R"(, "primaryKey": "k")") == "both");
  CHECK(table(R"(, "checks": [{"check": "duplicates"}])", "") == "readers");
  CHECK(table("", R"(, "checks": [{"check": "duplicates"}])") == "writers");
  CHECK(table(R"(, "checks": [{"check": "rows", "minimum": 1}, {"check": "duplicates"}])",
              R"(, "checks": [{"check": "duplicates"}, {"check": "rows", "minimum": 1}])") == "");
  CHECK(table(R"(, "severity": {"new_columns": "error"})", "") == "readers");
  CHECK(table(R"(, "severity": {"column_order": "warn"})", "") == "readers");
  CHECK(table("", R"(, "severity": {"column_order": "warn"})") == "writers");
  CHECK(table(R"(, "severity": {"column_order": "error"})", R"(, "severity": {"column_order": "warn"})") == "readers");
  CHECK(table("", R"(, "missingValues": ["NA"])") == "both");
  CHECK(table("", R"(, "foreignKeys": [{"fields": "a", "reference": {"fields": "k"}}])") == "writers");
  CHECK(table("", R"(, "title": "t", "roles": {"target": "a"})") == "");
}

TEST_CASE("a check whose limit, tolerance or severity changes is looser or tighter; its name is for people") {
  const std::string a = field("integer");
  const auto listed = [&](const std::string& before, const std::string& after) {
    return breaks(a, a, R"(, "checks": [{)" + before + "}]", R"(, "checks": [{)" + after + "}]");
  };
  const auto both_ways = [&](const std::string& loose, const std::string& tight) {
    CAPTURE(loose);
    CAPTURE(tight);
    CHECK(listed(tight, loose) == "readers");
    CHECK(listed(loose, tight) == "writers");
  };
  both_ways(R"("check": "rows", "minimum": 10)", R"("check": "rows", "minimum": 11)");
  both_ways(R"("check": "rows", "maximum": 11)", R"("check": "rows", "maximum": 10)");
  both_ways(R"("check": "rows", "minimum": 1)", R"("check": "rows", "minimum": 1, "maximum": 10)");
  both_ways(R"("check": "duplicates", "severity": "warn")", R"("check": "duplicates")");
  both_ways(R"("check": "duplicates", "tolerance": 0.2)", R"("check": "duplicates", "tolerance": 0.1)");
  both_ways(R"("check": "distribution", "column": "a", "reference": "r", "measure": "chi2", "minimum": 0.001)",
            R"("check": "distribution", "column": "a", "reference": "r", "measure": "chi2", "minimum": 0.01)");
  CHECK(listed(R"("check": "rows", "minimum": 1, "maximum": 10)", R"("check": "rows", "minimum": 2, "maximum": 11)") ==
        "both");
  CHECK(listed(R"("check": "rows", "minimum": 1, "name": "some")", R"("check": "rows", "minimum": 1, "name": "any")") ==
        "");
  CHECK(listed(R"("check": "rows", "minimum": 1)", R"("check": "duplicates")") == "both");
  // Two limits on one subject: each is held against itself.
  CHECK(
      breaks(a, a,
             R"(, "checks": [{"check": "rows", "minimum": 1}, {"check": "rows", "minimum": 5, "severity": "warn"}])",
             R"(, "checks": [{"check": "rows", "minimum": 5, "severity": "warn"}, {"check": "rows", "minimum": 2}])") ==
      "writers");
  CHECK(breaks(a, a, R"(, "missingValues": ["NA", "-"])", R"(, "missingValues": ["-", "NA"])") == "");
}
