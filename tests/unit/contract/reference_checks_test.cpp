// Checks of distributions and of labels, most of them against a reference. Expectations were worked out by hand and by
// SciPy.
#include "fixture.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/profile/profile.hpp"
#include "mlsys/profile/reference.hpp"

using namespace mlsys;
using namespace mlsys::contract;
using namespace mlsys::contract::test;

namespace {

bool limit_holds(const std::string& csv, const std::string& contract_rest, const std::string& file) {
  return only(check(csv,
                    two_columns + R"("checks": [{"check": "distribution", "reference": "train", )" + contract_rest +
                        "}]}",
                    [&](ValidateOptions& options) { options.references = {{"train", file}}; }),
              CheckKind::distribution)
      .passed;
}

std::string counted(const std::vector<std::pair<std::string, int>>& rows) {
  std::string csv = "a,b\n";
  for (const auto& [row, count] : rows)
    for (int i = 0; i < count; ++i) csv += row + "\n";
  return csv;
}

}  // namespace

TEST_CASE("distribution: D and Jensen-Shannon distance from a table or a profile") {
  const Folder folder;
  const std::string train = folder.file("train.csv", "a,b\n1,x\n2,x\n3,y\n4,y\n");
  const auto passes = [&](const std::string& csv, const std::string& column, double maximum, const std::string& file) {
    return only(check(csv,
                      two_columns + R"("checks": [{"check": "distribution", "column": ")" + column +
                          R"(", "reference": "train", "maximum": )" + shortest(maximum) + "}]}",
                      [&](ValidateOptions& options) { options.references = {{"train", file}}; }),
                CheckKind::distribution)
        .passed;
  };
  Context ctx;
  data::SourceOptions source;
  source.argument = train;
  const auto profile = profile::reference_profile(data::Dataset::open(source, ctx), {"a", "b"}, ctx);
  const std::string stored = folder.file("train.json", to_text(to_json(profile)));
  for (const std::string& file : {train, stored}) {
    CHECK(passes("a,b\n4,y\n3,y\n2,x\n1,x\n", "a", 0, file));
    // 3, 3, 4, 4 against 1, 2, 3, 4: D = 0.5 just before 3
    CHECK(passes("a,b\n3,y\n3,y\n4,x\n4,x\n", "a", 0.5, file));
    CHECK_FALSE(passes("a,b\n3,y\n3,y\n4,x\n4,x\n", "a", 0.4999, file));
    // all x against half x: sqrt of (log2(1/0.75) + 0.5 log2(0.5/0.75) + 0.5 log2(0.5/0.25)) / 2 = 0.5579
    CHECK(passes("a,b\n1,x\n", "b", 0.558, file));
    CHECK_FALSE(passes("a,b\n1,x\n", "b", 0.557, file));
    CHECK_FALSE(passes("a,b\n,\n", "a", 1, file));
  }
  CHECK_FALSE(passes("a,b\n5,x\n", "a", 0.99, stored));
}

TEST_CASE("distribution from a table of many different numbers is exact") {
  const Folder folder;
  std::vector<std::pair<std::string, int>> numbers;  // 1 to 1000
  for (int i = 1; i <= 1000; ++i) numbers.emplace_back(std::to_string(i) + ",x", 1);
  const std::string table = folder.file("train.csv", counted(numbers));
  const auto holds = [&](const std::string& csv, const std::string& limits) {
    return limit_holds(csv, R"("column": "a", )" + limits, table);
  };
  const auto measured =
      check("a,b\n504,x\n", two_columns + R"("checks": [{"check": "rows", "minimum": 2}, {"check": "distribution",
                                  "column": "a", "reference": "train", "maximum": 1}]})",
            [&](ValidateOptions& options) { options.references = {{"train", table}}; });
  CHECK(only(measured, CheckKind::distribution).value == 0.503);
  CHECK(only(measured, CheckKind::rows).value == 1);
  CHECK_FALSE(measured.checks.front().value);
  // Of 1 to 1000, 503 lie before 504: D = 0.503.
  CHECK(holds("a,b\n504,x\n", R"("maximum": 0.503)"));
  CHECK_FALSE(holds("a,b\n504,x\n", R"("maximum": 0.5029)"));
  // A tenth in each of the bins that end at 100, 200, …: no distance at all.
  std::vector<std::pair<std::string, int>> tenths;
  for (int i = 0; i < 10; ++i) tenths.emplace_back(std::to_string(100 * i + 1) + ",x", 7);
  CHECK(holds(counted(tenths), R"("measure": "psi", "maximum": 0)"));
  CHECK(holds(counted(tenths), R"("measure": "js", "maximum": 0)"));
  CHECK(holds(counted(tenths), R"("measure": "chi2", "minimum": 1)"));
}

TEST_CASE("distribution by a named measure: psi, js and chi2 of categories and of the reference's deciles") {
  const Folder folder;
  // b: x 50, y 30, z 20 against 40, 45, 15: PSI 0.1 ln(5/4) - 0.15 ln(2/3) + 0.05 ln(4/3) = 0.0975182249;
  // scipy.spatial.distance.jensenshannon(base=2) 0.1322663084, scipy.stats.chi2_contingency p 0.0895732625.
  // a: 1 to 10 ten times each, so that each is a decile, against 30 of 1 and 10 of 4 to 10:
  // PSI 0.2 ln 3 + 2 * 0.0999 ln 1000 = 1.59989; chi2 p 0.000438722.
  const std::string table = folder.file("train.csv", [] {
    std::string csv = "a,b\n";
    for (int i = 0; i < 100; ++i) csv += std::to_string(1 + i % 10) + "," + (i < 50 ? "x" : i < 80 ? "y" : "z") + "\n";
    return csv;
  }());
  std::string csv = "a,b\n";
  for (int i = 0; i < 100; ++i)
    csv += std::to_string(i < 30 ? 1 : 1 + i / 10) + "," + (i < 40 ? "x" : i < 85 ? "y" : "z") + "\n";
  Context ctx;
  data::SourceOptions source;
  source.argument = table;
  const std::string stored = folder.file(
      "train.json", to_text(to_json(profile::reference_profile(data::Dataset::open(source, ctx), {"a", "b"}, ctx))));
  for (const std::string& file : {table, stored}) {
    const auto holds = [&](const std::string& rest) { return limit_holds(csv, rest, file); };
    CHECK(holds(R"("column": "b", "measure": "psi", "maximum": 0.0975183)"));
    CHECK_FALSE(holds(R"("column": "b", "measure": "psi", "maximum": 0.0975182)"));
    CHECK(holds(R"("column": "b", "measure": "js", "maximum": 0.1322664)"));
    CHECK_FALSE(holds(R"("column": "b", "measure": "js", "maximum": 0.1322663)"));
    CHECK(holds(R"("column": "b", "measure": "chi2", "minimum": 0.0895732)"));
    CHECK_FALSE(holds(R"("column": "b", "measure": "chi2", "minimum": 0.0895733)"));
    CHECK(holds(R"("column": "a", "measure": "psi", "maximum": 1.5999)"));
    CHECK_FALSE(holds(R"("column": "a", "measure": "psi", "maximum": 1.5998)"));
    CHECK(holds(R"("column": "a", "measure": "chi2", "minimum": 0.0004387)"));
    CHECK_FALSE(holds(R"("column": "a", "measure": "chi2", "minimum": 0.0004388)"));
    CHECK_FALSE(holds(R"("column": "a", "measure": "js", "maximum": 0.37)"));  // 0.37113929
    CHECK(holds(R"("column": "a", "measure": "js", "maximum": 0.372)"));
  }
  const auto failing = only(check(csv, two_columns + R"("checks": [{"check": "distribution", "reference": "train",
      "column": "b", "measure": "psi", "maximum": 0.05}]})",
                                  [&](ValidateOptions& options) { options.references = {{"train", table}}; }),
                            CheckKind::distribution);
  CHECK(failing.expected == "psi at most 0.05 from 'train'");
  CHECK(failing.reason == "population stability index is 0.09752, most in 'y', from 30% to 45%");
  CHECK(holds_text(refusal_of([&] { limit_holds(csv, R"("column": "b", "measure": "ks", "maximum": 0.5)", table); }),
                   "js, psi and chi2 measure categories"));
}

TEST_CASE("distribution: values that the profile does not list are no news") {
  const Folder folder;
  profile::Profile profile;
  profile.rows = 4;
  profile::ColumnProfile& column = profile.columns.emplace_back();
  column.name = "b";
  column.type = data::ColumnType::text;
  column.kind = profile::Kind::categorical;
  column.rows = 4;
  column.categories = {{{"x", 2}}, 2, 2};  // and two values once each
  const std::string file = folder.file("profile.json", to_text(to_json(profile)));
  const std::string csv = counted({{"1,x", 2}, {"1,p", 1}, {"1,q", 1}});
  CHECK(limit_holds(csv, R"("column": "b", "maximum": 0)", file));
  CHECK_FALSE(limit_holds(counted({{"1,x", 1}, {"1,p", 3}}), R"("column": "b", "maximum": 0.1)", file));
}

TEST_CASE("association: how inputs go with the label, against a table or a printed profile") {
  // AUC of x: 1 in the reference, where it orders the labels, and 3 of 4 pairs, 0.75, in the data. The correlation
  // ratio of c, by hand: in the reference p is always 0 and q always 1, so 1; in the data p has 1 and 0, q has 0 and 1:
  // 0.
  const std::string reference = "id,x,c,k,y\n1,1,p,,0\n2,2,p,,0\n3,3,q,,1\n4,4,q,,1\n";
  const std::string csv = "id,x,c,k,y\n4,1,p,1,0\n3,2,q,2,1\n2,3,q,3,0\n1,4,p,4,1\n";
  const std::string fields = R"({"fields": [{"name": "id", "type": "integer"}, {"name": "x", "type": "integer"},
      {"name": "c", "type": "string"}, {"name": "k", "type": "integer"}, {"name": "y", "type": "integer"}],
      "roles": {"id": "id", "target": "y"}, "checks": [{"check": "association", "label": "y", "reference": "ref", )";
  const Folder folder;
  const std::string table = folder.file("ref.csv", reference);
  Context ctx;
  profile::ProfileOptions options;
  options.source.argument = table;
  options.target = "y";
  const std::string printed = folder.file("printed.json", to_text(to_json(profile::profile(options, ctx))));
  const auto against = [&](const std::string& file, const std::string& rest, const std::string& data) {
    return only(
        check(data, fields + rest + "}]}", [&](ValidateOptions& validate) { validate.references = {{"ref", file}}; }),
        CheckKind::association);
  };
  for (const std::string& file : {table, printed}) {
    CHECK(against(file, R"("maximum": 0)", reference).passed);
    const auto both = against(file, R"("maximum": 0.2)", csv);
    CHECK(both.failures == 2);
    CHECK(both.failing_share == 1);  // k has no association there, and id is not asked
    CHECK(both.reason == "auc: 'x' went from 1 to 0.75, 'c' went from 1 to 0");
    CHECK(against(file, R"("maximum": 0.25, "inputs": ["x"])", csv).passed);
    CHECK_FALSE(against(file, R"("maximum": 0.2499, "inputs": ["x"])", csv).passed);
    CHECK(against(file, R"("maximum": 1, "inputs": ["k"])", csv).reason ==
          "not evaluated: no input has an association in the reference");
    CHECK(against(file, R"("maximum": 0.2)", "id,x,c,k,y\n1,1,p,5,7\n2,2,p,5,8\n3,3,q,5,9\n").reason ==
          "the label is measured by correlation, in the reference by auc");
    CHECK(against(file, R"("maximum": 0.2, "inputs": ["x"])", "id,x,c,k,y\n1,1,p,5,0\n2,1,p,5,1\n").reason ==
          "auc: 'x' went from 1 to 0.5");
  }
  data::SourceOptions source;
  source.argument = table;
  const auto stored = profile::reference_profile(data::Dataset::open(source, ctx), {"x", "y"}, ctx);
  const std::string saved = folder.file("saved.json", to_text(to_json(stored)));
  CHECK(holds_text(refusal_of([&] { against(saved, R"("maximum": 0.2)", csv); }), "--target y --json"));
  options.target = "x";
  const std::string other = folder.file("other.json", to_text(to_json(profile::profile(options, ctx))));
  CHECK(holds_text(refusal_of([&] { against(other, R"("maximum": 0.2)", csv); }), "says how columns go with 'x'"));
}

TEST_CASE("label leakage: one input that tells the label, by value, by category or by being missing") {
  Random random(5);
  std::string csv = "id,noise,leak,kind,gap,day,code,y\n";
  for (int i = 0; i < 400; ++i) {
    const bool y = random.below(2) == 1;
    csv += std::to_string(i) + "," + std::to_string(random.below(1000)) + "," +
           std::to_string(y ? 100 + random.below(50) : random.below(99)) + "," +
           (y ? (i % 3 == 0 ? "p" : "q") : (i % 3 == 0 ? "m" : "n")) + "," + (y ? "7" : "") + ",2026-01-" +
           std::to_string(10 + random.below(18)) + ",u" + std::to_string(i) + "," + (y ? "yes" : "no") + "\n";
  }
  const std::string fields = R"({"fields": [{"name": "id"}, {"name": "noise"}, {"name": "leak"}, {"name": "kind"},
      {"name": "gap"}, {"name": "day"}, {"name": "code"}, {"name": "y"}], "checks": [{"check": "label_leakage", )";
  const auto result = only(check(csv, fields + R"("label": "y"}]})"), CheckKind::label_leakage);
  CHECK(result.failures == 3);
  CHECK(result.reason == "'leak' has 1, 'kind' has 1, 'gap' has 1");
  // Every code is another one: it tells nothing about other rows.
  CHECK(check(csv, fields + R"("label": "y", "inputs": ["id", "noise", "day", "code"]}]})").passed);
  CHECK_FALSE(check(csv, fields + R"("label": "y", "inputs": ["noise"], "maximum": 0.5}]})").passed);
  // Classes that alternate are no way to hide.
  std::string alternating = "kind,y\n";
  for (int i = 0; i < 400; ++i) alternating += i % 2 == 0 ? "a,no\n" : "b,yes\n";
  const auto hidden = only(check(alternating, R"({"fields": [{"name": "kind"}, {"name": "y"}],
      "checks": [{"check": "label_leakage", "label": "y"}]})"),
                           CheckKind::label_leakage);
  CHECK(hidden.reason == "'kind' has 1");
  // A label that is a number of many values: correlation.
  const auto number = only(check(csv, fields + R"("label": "id", "inputs": ["noise"]}]})"), CheckKind::label_leakage);
  CHECK(number.passed);
  CHECK(number.expected == "correlation of each input at most 0.99");
  std::string line = "a,b\n";
  for (int i = 0; i < 50; ++i) line += std::to_string(i) + "," + std::to_string(-3 * i) + "\n";
  const std::string ab = R"({"fields": [{"name": "a"}, {"name": "b"}], "checks": [
      {"check": "label_leakage", "label": "a"}]})";
  CHECK_FALSE(check(line, ab).passed);
  // One class only: nothing was checked.
  CHECK_FALSE(check("a,b\n1,1\n1,2\n", ab).passed);
}
