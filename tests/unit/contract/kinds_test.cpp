// Every kind of check there is, and every statistic and measure: a table that passes it and one that fails it alone.
#include <chrono>
#include <map>

#include "fixture.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/profile/measure.hpp"

using namespace mlsys;
using namespace mlsys::contract;
using namespace mlsys::contract::test;

namespace {

// A contract whose fields are a, an integer, and b, a text, unless it says otherwise.
struct Example {
  std::string contract;  // what follows the fields, or a whole contract
  std::string good, bad;
  std::uint64_t failures = 1;
};

std::string whole(const std::string& contract) {
  if (contract.starts_with("{")) return contract;
  return R"({"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}], )" + contract + "}";
}

std::string one_field(const std::string& type, const std::string& rest) {
  return R"({"fields": [{"name": "a", "type": ")" + type + "\", " + rest + "}]}";
}

std::string constrained(const std::string& type, const std::string& constraint) {
  return one_field(type, R"("constraints": {)" + constraint + "}");
}

std::string listed(const std::string& check) { return R"("checks": [{"check": )" + check + "}]"; }

const std::string reference = "a,b\n1,x\n2,x\n3,y\n4,y\n";

const std::map<CheckKind, Example>& examples() {
  using enum CheckKind;
  static const std::map<CheckKind, Example> all = {
      {schema, {whole(R"("title": "t")"), "a,b\n1,x\n", "a\n1\n"}},
      {new_columns, {whole(R"("severity": {"new_columns": "error"})"), "a,b\n1,x\n", "a,b,c\n1,x,2\n"}},
      {column_order, {whole(R"("severity": {"column_order": "error"})"), "a,b\n1,x\n", "b,a\nx,1\n", 2}},
      {type, {constrained("integer", ""), "a\n1\n-7\n", "a\n1\n1.5\nx\n", 2}},
      {required, {constrained("integer", R"("required": true)"), "a\n1\n", "a\n1\n\"\"\n"}},
      {range, {constrained("integer", R"("minimum": 1, "maximum": 3)"), "a\n1\n3\n", "a\n0\n2\n4\n", 2}},
      {enumeration, {constrained("string", R"("enum": ["x", "y"])"), "a\nx\ny\n", "a\nx\nX\n"}},
      {pattern, {constrained("string", R"("pattern": "[a-z]+")"), "a\nabc\n", "a\nabc\nabc1\n"}},
      {length, {constrained("string", R"("minLength": 2, "maxLength": 3)"), "a\näö\n", "a\nä\näöüß\nab\n", 2}},
      {format, {one_field("string", R"("format": "email")"), "a\na@b.org\n", "a\na@b.org\nab.org\n"}},
      {unique, {constrained("integer", R"("unique": true)"), "a\n1\n2\n", "a\n1\n2\n1\n1\n", 2}},
      {primary_key, {R"("primaryKey": ["a", "b"])", "a,b\n1,x\n1,y\n", "a,b\n1,x\n1,x\n,y\n", 2}},
      {foreign_key,
       {R"("foreignKeys": [{"fields": "a", "reference": {"resource": "ref", "fields": "a"}}])", "a,b\n1,x\n4,z\n,\n",
        "a,b\n1,x\n5,x\n"}},
      {expression, {listed(R"("expression", "expression": "a > 1 OR b = 'x'")"), "a,b\n1,x\n2,y\n,y\n", "a,b\n1,y\n"}},
      {rows, {listed(R"("rows", "minimum": 2, "maximum": 2)"), "a,b\n1,x\n1,x\n", "a,b\n1,x\n"}},
      {duplicates, {listed(R"("duplicates")"), "a,b\n1,x\n1,y\n", "a,b\n1,x\n1,x\n1,x\n", 2}},
      {conflicting_labels,
       {listed(R"("conflicting_labels", "label": "b")"), "a,b\n1,x\n1,x\n2,y\n", "a,b\n1,x\n1,y\n2,y\n", 2}},
      {class_ratio,
       {listed(R"("class_ratio", "column": "b", "minimum": 0.3)"), "a,b\n1,x\n1,y\n", "a,b\n1,x\n1,y\n1,y\n1,y\n"}},
      {order, {listed(R"("order", "columns": ["a"])"), "a,b\n1,x\n1,x\n3,y\n", "a,b\n2,x\n1,x\n3,y\n"}},
      {freshness,
       {R"({"fields": [{"name": "a", "type": "date"}], "checks": [{"check": "freshness", "column": "a",
            "maximum_age": "2d"}]})",
        "a\n2026-03-09\n", "a\n2026-03-01\n"}},
      {null_words, {listed(R"("null_words")"), "a,b\n1,x\n2,nap\n", "a,b\n1,x\n2,n/a\n"}},
      {outliers,
       {listed(R"("outliers", "column": "a", "method": "iqr")"), "a,b\n1,x\n2,x\n3,x\n4,x\n",
        "a,b\n1,x\n2,x\n3,x\n4,x\n99,x\n"}},
      {statistic,
       {listed(R"("statistic", "column": "a", "statistic": "mean", "maximum": 2)"), "a,b\n1,x\n3,x\n",
        "a,b\n2,x\n3,x\n"}},
      {distribution,
       {listed(R"("distribution", "column": "a", "reference": "ref", "maximum": 0.3)"), reference, "a,b\n3,x\n4,x\n"}},
      {unseen_categories,
       {listed(R"("unseen_categories", "column": "b", "reference": "ref")"), "a,b\n9,y\n9,\n", "a,b\n9,z\n9,y\n"}},
      {overlap, {listed(R"("overlap", "reference": "ref")"), "a,b\n1,y\n9,x\n", "a,b\n1,x\n9,x\n"}},
      {label_leakage,
       {listed(R"("label_leakage", "label": "b", "maximum": 0.8)"), "a,b\n1,x\n2,y\n3,x\n4,y\n",
        "a,b\n1,x\n2,x\n3,y\n4,y\n"}},
      {association,
       {R"({"fields": [{"name": "a", "type": "integer"}, {"name": "y", "type": "integer"}], "checks": [{"check":
            "association", "label": "y", "reference": "labelled", "maximum": 0.2}]})",
        "a,y\n10,0\n20,0\n30,1\n40,1\n", "a,y\n1,0\n2,1\n3,0\n4,1\n"}},
  };
  return all;
}

ValidateReport checked(const Example& example, const std::string& csv) {
  const Folder folder;
  Context ctx;
  ctx.now = [] { return *parse_iso_time("2026-03-10T12:00:00Z"); };
  ValidateOptions options;
  options.source.argument = folder.file("data.csv", csv);
  options.contract = parse_contract(whole(example.contract));
  options.references["ref"] = folder.file("ref.csv", reference);
  options.references["labelled"] = folder.file("labelled.csv", "a,y\n1,0\n2,0\n3,1\n4,1\n");
  return validate(options, ctx);
}

}  // namespace

TEST_CASE("every kind of check has a table that passes and one that fails it, and nothing else") {
  for (const auto& entry : NameTable<CheckKind>::entries) {
    CAPTURE(std::string(entry.name));
    const auto example = examples().find(entry.value);
    REQUIRE(example != examples().end());  // a new kind needs an example
    const ValidateReport good = checked(example->second, example->second.good);
    CHECK(good.passed);
    CHECK(failed(good).empty());
    CHECK(only(good, entry.value).failures == 0);
    const ValidateReport bad = checked(example->second, example->second.bad);
    CHECK_FALSE(bad.passed);
    CHECK(failed(bad).size() == 1);
    CHECK_FALSE(only(bad, entry.value).passed);
    CHECK(only(bad, entry.value).failures == example->second.failures);
    CHECK((!only(bad, entry.value).expected.empty() || !only(bad, entry.value).reason.empty()));
  }
}

TEST_CASE("every statistic has limits that pass and limits that fail") {
  // 1, 1, 2, 4 and a missing one; sd sqrt(2)
  const std::map<Statistic, double> values = {{Statistic::mean, 2},
                                              {Statistic::sd, 1.4142135623730951},
                                              {Statistic::sum, 8},
                                              {Statistic::minimum, 1},
                                              {Statistic::maximum, 4},
                                              {Statistic::quantile, 1.5},
                                              {Statistic::distinct, 3},
                                              {Statistic::top_share, 0.4},
                                              {Statistic::missing_share, 0.2}};
  for (const auto& entry : NameTable<Statistic>::entries) {
    CAPTURE(std::string(entry.name));
    REQUIRE(values.contains(entry.value));
    const double value = values.at(entry.value);
    const bool whole_number = entry.value == Statistic::distinct;
    const auto passes = [&](const std::string& limit, double at) {
      const std::string share = entry.value == Statistic::quantile ? R"("share": 0.5, )" : "";
      return checked({listed(R"("statistic", "column": "a", "statistic": ")" + std::string(entry.name) + "\", " +
                             share + "\"" + limit + "\": " + shortest(at)),
                      {},
                      {}},
                     "a,b\n1,x\n1,x\n2,x\n4,x\n,x\n")
          .passed;
    };
    const double step = whole_number ? 1 : 1e-6;
    CHECK(passes("minimum", whole_number ? value : value - 1e-12));
    CHECK(passes("maximum", whole_number ? value : value + 1e-12));
    CHECK_FALSE(passes("minimum", value + step));
    CHECK_FALSE(passes("maximum", value - step));
  }
}

TEST_CASE("every measure of a distribution has limits that pass and limits that fail") {
  for (const auto& entry : NameTable<profile::Measure>::entries) {
    CAPTURE(std::string(entry.name));
    const bool p_value = entry.value == profile::Measure::chi2;
    for (const char* column : {"a", "b"}) {
      if (entry.value == profile::Measure::ks && column[0] == 'b') continue;
      const Example example{
          listed(R"("distribution", "reference": "ref", "column": ")" + std::string(column) + R"(", "measure": ")" +
                 std::string(entry.name) + "\", " + (p_value ? R"("minimum": 0.05)" : R"("maximum": 0.2)")),
          {},
          {}};
      CHECK(checked(example, reference).passed);
      std::string moved = "a,b\n";
      for (int i = 0; i < 20; ++i) moved += "9,z\n";
      CHECK_FALSE(checked(example, moved).passed);
    }
  }
}
