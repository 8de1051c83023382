#include "mlsys/contract/validate.hpp"

#include "fixture.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/infer.hpp"

using namespace mlsys;
using namespace mlsys::contract;
using namespace mlsys::contract::test;

TEST_CASE("every kind of field check finds its rows, counts them exactly and names value and key") {
  const std::string csv =
      "id,n,r,t,b,d\n"
      "1,5,0.5,AB,true,2024-01-01\n"
      "2,,1.5,abc,false,2024-01-02\n"
      "3,x,nan,AB,maybe,2024-13-01\n"
      "4,50,-1,ABCDE,true,2023-12-31\n"
      "4,7,0.25,,true,2024-01-05\n";
  const std::string contract = R"({"fields": [
      {"name": "id", "type": "integer", "constraints": {"unique": true}},
      {"name": "n", "type": "integer", "constraints": {"required": true, "maximum": 10}},
      {"name": "r", "type": "number", "constraints": {"minimum": 0, "maximum": 1}},
      {"name": "t", "type": "string", "constraints": {"pattern": "[A-Z]+", "maxLength": 4, "enum": ["AB", "ABCDE"]}},
      {"name": "b", "type": "boolean"},
      {"name": "d", "type": "date", "constraints": {"minimum": "2024-01-01"}}],
      "primaryKey": "id"})";
  const ValidateReport report = check(csv, contract);
  CHECK_FALSE(report.passed);
  CHECK(report.rows == 5);

  const auto& type = only(report, CheckKind::type, "n");
  CHECK(type.failures == 1);
  REQUIRE(type.samples.size() == 1);
  CHECK(type.samples[0].row == 3);
  CHECK(type.samples[0].value == "x");
  CHECK(type.samples[0].key == "3");
  CHECK(type.failing_share == doctest::Approx(0.2));

  // The row with 'x' is mistyped, not missing.
  const auto& required = only(report, CheckKind::required, "n");
  CHECK(required.failures == 1);
  CHECK(rows_of(required) == Rows{2});
  CHECK(required.samples[0].key == "2");
  CHECK(!required.samples[0].value);

  CHECK(rows_of(only(report, CheckKind::range, "n")) == Rows{4});
  CHECK(only(report, CheckKind::range, "n").samples[0].value == "50");
  // NaN is outside of every range.
  CHECK(rows_of(only(report, CheckKind::range, "r")) == Rows{2, 3, 4});
  CHECK(rows_of(only(report, CheckKind::pattern, "t")) == Rows{2});
  CHECK(rows_of(only(report, CheckKind::length, "t")) == Rows{4});
  CHECK(rows_of(only(report, CheckKind::enumeration, "t")) == Rows{2});
  CHECK(rows_of(only(report, CheckKind::type, "b")) == Rows{3});
  CHECK(rows_of(only(report, CheckKind::type, "d")) == Rows{3});
  CHECK(rows_of(only(report, CheckKind::range, "d")) == Rows{4});
  CHECK(rows_of(only(report, CheckKind::unique, "id")) == Rows{5});
  CHECK(only(report, CheckKind::unique, "id").failures == 1);
  CHECK(only(report, CheckKind::primary_key, "id").failures == 1);
  CHECK(only(report, CheckKind::type, "r").passed);
}

TEST_CASE("missing and new columns") {
  const std::string contract = R"({"fields": [{"name": "a", "type": "integer"}, {"name": "gone", "type": "string",
      "constraints": {"required": true}}], "checks": [{"check": "expression", "expression": "gone = 'x'"},
      {"check": "unique", "columns": ["gone"]}]})";
  const ValidateReport report = check("a,more\n1,2\n", contract);
  CHECK(only(report, CheckKind::schema).failures == 1);
  CHECK(only(report, CheckKind::schema).columns == std::vector<std::string>{"gone"});
  const auto& extra = only(report, CheckKind::new_columns);
  CHECK(extra.columns == std::vector<std::string>{"more"});
  CHECK(extra.severity == Severity::warn);
  CHECK_FALSE(extra.passed);
  // What cannot be evaluated has not passed.
  CHECK_FALSE(only(report, CheckKind::expression).passed);
  CHECK_FALSE(only(report, CheckKind::unique).passed);
  CHECK(report.errors == 3);
  CHECK(report.warnings == 1);

  const std::string labelled =
      R"({"fields": [{"name": "a"}, {"name": "y", "type": "integer"}], "roles": {"target": "y"}})";
  CHECK_FALSE(check("a\n1\n", labelled).passed);
  CHECK(check("a\n1\n", labelled, [](ValidateOptions& options) { options.without_target = true; }).passed);
}

TEST_CASE("warnings alone pass unless strict") {
  const std::string contract =
      R"({"fields": [{"name": "a", "type": "integer", "constraints": {"maximum": 1}, "severity": "warn"}]})";
  const ValidateReport lenient = check("a\n1\n2\n", contract);
  CHECK(lenient.passed);
  CHECK(lenient.warnings == 1);
  CHECK(lenient.errors == 0);
  CHECK_FALSE(check("a\n1\n2\n", contract, [](ValidateOptions& options) { options.strict = true; }).passed);
}

TEST_CASE("checks of the whole table") {
  const std::string fields = R"({"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"},
      {"name": "y", "type": "integer"}], "checks": [)";
  const std::string csv = "a,b,y\n1,x,0\n1,x,0\n1,x,1\n2,x,1\n2,,1\n,x,0\n";

  auto report = check(csv, fields + R"({"check": "expression", "name": "small", "expression": "a < 2 OR y = 0"}]})");
  const auto& expression = only(report, CheckKind::expression);
  CHECK(expression.name == "small");
  CHECK(expression.failures == 2);
  CHECK(rows_of(expression) == Rows{4, 5});
  CHECK(expression.samples[0].value == "a=2, y=1");

  report = check(csv, fields + R"({"check": "duplicates"}]})");
  CHECK(rows_of(only(report, CheckKind::duplicates)) == Rows{2});

  report = check(csv, fields + R"({"check": "unique", "columns": ["a", "b"]}]})");
  CHECK(rows_of(only(report, CheckKind::unique)) == Rows{2, 3});  // missing values do not count
  CHECK(only(report, CheckKind::unique).samples[0].value == "a=1, b=x");

  report = check(csv, fields + R"({"check": "conflicting_labels", "label": "y"}]})");
  CHECK(only(report, CheckKind::conflicting_labels).failures == 3);
  CHECK(rows_of(only(report, CheckKind::conflicting_labels)) == Rows{1, 2, 3});

  report = check(csv, fields + R"({"check": "class_ratio", "column": "y", "minimum": 0.5}]})");
  CHECK(report.passed);
  report = check(csv, fields + R"({"check": "class_ratio", "column": "y", "minimum": 0.6}]})");
  CHECK(only(report, CheckKind::class_ratio).failures == 2);

  report = check(csv, fields + R"({"check": "rows", "minimum": 6, "maximum": 6}]})");
  CHECK(report.passed);
  report = check(csv, fields + R"({"check": "rows", "minimum": 7}]})");
  CHECK(only(report, CheckKind::rows).failures == 1);
}

TEST_CASE("samples are capped, counts are not") {
  std::string csv = "a\n";
  for (int i = 0; i < 1000; ++i) csv += "-1\n";
  const auto report = check(csv, R"({"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": 0}}]})",
                            [](ValidateOptions& options) { options.max_samples = 3; });
  CHECK(only(report, CheckKind::range).failures == 1000);
  CHECK(rows_of(only(report, CheckKind::range)) == Rows{1, 2, 3});
}

TEST_CASE("expressions and patterns that are none, or not allowed, are bad contracts") {
  const auto code = [](const std::string& contract) {
    try {
      static_cast<void>(check("a,b\n1,x\n", contract));
      return Code::ok;
    } catch (const Error& error) {
      return error.code();
    }
  };
  const auto expression = [&](const std::string& text) {
    return code(R"({"fields": [{"name": "a"}, {"name": "b", "type": "string"}], "checks": [{"check": "expression",
                    "expression": ")" +
                text + R"("}]})");
  };
  CHECK(expression("a >") == Code::usage);
  CHECK(expression("nobody > 1") == Code::usage);
  CHECK(expression("a + 1") == Code::usage);
  CHECK(expression("a > (SELECT 1)") == Code::usage);
  CHECK(expression("read_csv('/etc/passwd') IS NULL") == Code::usage);
  CHECK(expression("sum(a) > 1") == Code::usage);
  CHECK(expression("a > 0; DROP TABLE data") == Code::usage);
  CHECK(expression("a > 0") == Code::ok);
  CHECK(code(R"({"fields": [{"name": "b", "type": "string", "constraints": {"pattern": "("}}]})") == Code::usage);
}

TEST_CASE("hostile tables have defined results") {
  const std::string contract = R"({"fields": [{"name": "a", "type": "number", "constraints": {"minimum": 0}},
      {"name": "b", "type": "string", "constraints": {"pattern": "x", "unique": true}}], "checks":
      [{"check": "duplicates"}]})";
  // No row violates a check, but nothing was checked: not a pass, unless the contract speaks of the number of rows.
  CHECK_FALSE(check("a,b\n", contract).passed);
  CHECK(failed(check("a,b\n", contract)) == std::vector<std::string>{"rows()"});
  CHECK(check("a,b\n", R"({"fields": [{"name": "a"}, {"name": "b"}], "checks": [{"check": "rows", "minimum": 0}]})")
            .passed);
  CHECK(check("a,b\n", contract).rows == 0);
  CHECK(check("a,b\n1,x\n", contract).passed);
  CHECK(failed(check("a,b\n,\n,\n", contract)) == std::vector<std::string>{"duplicates()"});
  CHECK_THROWS_AS(check("", contract), Error);
}

TEST_CASE("names with quotes, line ends, SQL and Unicode are only names") {
  const std::string name = "x\"; DROP TABLE data; --\n'ü🚆";
  Contract contract;
  Field field;
  field.name = name;
  field.type = data::ColumnType::text;
  field.values = {"it's", "\"q\""};
  field.unique = true;
  contract.fields = {field};
  contract.primary_key = {name};
  Check duplicates;
  duplicates.kind = CheckKind::duplicates;
  contract.checks = {duplicates};
  std::string header = "\"";
  for (const char c : name) header += c == '"' ? std::string("\"\"") : std::string(1, c);
  const auto report = check(header + "\"\nit's\n\"\"\"q\"\"\"\nother\nit's\n", to_text(to_json(contract)));
  CHECK(report.rows == 4);
  CHECK(rows_of(only(report, CheckKind::enumeration)) == Rows{3});
  CHECK(rows_of(only(report, CheckKind::unique)) == Rows{4});
  CHECK(rows_of(only(report, CheckKind::duplicates)) == Rows{4});
}

// ---- inference

namespace {

// A random table of the types that data come in, with missing values, as rows of CSV fields.
struct RandomTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  explicit RandomTable(Random& random) {
    const std::size_t columns = 1 + random.below(6);
    const std::size_t count = random.below(60);
    std::vector<std::uint64_t> kinds;
    std::vector<bool> sparse;
    for (std::size_t c = 0; c < columns; ++c) {
      header.push_back("c" + std::to_string(c));
      kinds.push_back(random.below(7));
      sparse.push_back(random.below(3) == 0);
    }
    for (std::size_t r = 0; r < count; ++r) {
      std::vector<std::string> row;
      for (std::size_t c = 0; c < columns; ++c)
        row.push_back(sparse[c] && random.below(4) == 0 ? "" : value(random, kinds[c]));
      rows.push_back(row);
    }
  }

  static std::string value(Random& random, std::uint64_t kind) {
    switch (kind) {
      case 0:
        return std::to_string(static_cast<std::int64_t>(random.below(2000)) - 1000);
      case 1:
        return shortest(random.uniform() * 1e6 - 5e5);
      case 2:
        return random.below(2) == 0 ? "true" : "false";
      case 3:
        return "2024-0" + std::to_string(1 + random.below(9)) + "-1" + std::to_string(random.below(10));
      case 4:
        return "2024-01-01T0" + std::to_string(random.below(10)) + ":00:00Z";
      case 5:
        return {static_cast<char>('a' + random.below(4))};
      default:
        return "text ü " + std::to_string(random.below(1'000'000));
    }
  }

  std::string csv() const {
    std::string text = join(header, ",") + "\n";
    for (const auto& row : rows) {
      const std::string line = join(row, ",");
      text += (line.empty() ? "\"\"" : line) + "\n";
    }
    return text;
  }
};

Contract infer_from(const std::string& csv, const data::Roles& roles = {}) {
  const Folder folder;
  Context ctx;
  InferOptions options;
  options.source.argument = folder.file("data.csv", csv);
  options.roles = roles;
  return infer(options, ctx).contract;
}

}  // namespace

TEST_CASE("property: inferred contracts hold on their own data, strictly, for 50 random tables") {
  Random random(2026);
  for (int round = 0; round < 50; ++round) {
    const RandomTable table(random);
    CAPTURE(table.csv());
    if (table.rows.empty()) {
      CHECK_THROWS_AS(infer_from(table.csv()), Error);
      continue;
    }
    const Contract contract = infer_from(table.csv());
    CHECK(parse_contract(to_text(to_json(contract))) == contract);
    const auto report = check(table.csv(), to_text(to_json(contract)), [](ValidateOptions& o) { o.strict = true; });
    CHECK(failed(report).empty());
    CHECK(report.passed);
  }
}

TEST_CASE("property: injected faults are all found, and nothing else") {
  Random random(77);
  std::string clean = "id,n,share,kind,day\n";
  for (int i = 0; i < 200; ++i)
    clean += std::to_string(i) + "," + std::to_string(i % 50) + "," + shortest((i % 10) / 10.0) + "," +
             std::string(1, static_cast<char>('a' + i % 3)) + ",2024-01-" + (i % 28 < 9 ? "0" : "") +
             std::to_string(1 + i % 28) + "\n";
  const Contract contract = infer_from(clean);
  CHECK(contract.primary_key == std::vector<std::string>{"id"});
  CHECK(contract.find("kind")->values == std::vector<std::string>{"a", "b", "c"});
  const auto lines = split(clean, '\n');
  for (int round = 0; round < 20; ++round) {
    auto faulty = lines;
    std::map<std::string, std::uint64_t> expected;  // check and column -> row
    // One fault of every kind, each in a row of its own.
    std::vector<std::size_t> at;
    while (at.size() < 6) {
      const std::size_t row = 2 + random.below(199);
      if (std::find(at.begin(), at.end(), row) == at.end()) at.push_back(row);
    }
    const auto change = [&](std::size_t which, std::size_t column, const std::string& value, const std::string& name) {
      auto fields = split(faulty[at[which]], ',');
      fields[column] = value;
      faulty[at[which]] = join(fields, ",");
      expected[name] = at[which];
    };
    change(0, 1, "999", "range(n)");
    change(1, 1, "", "required(n)");
    change(2, 2, "often", "type(share)");
    change(3, 3, "d", "enum(kind)");
    change(4, 4, "2024-02-30", "type(day)");
    change(5, 0, "0", "primary_key(id)");
    const auto report = check(join(faulty, "\n"), to_text(to_json(contract)));
    std::map<std::string, std::uint64_t> found;
    for (const auto& one : report.checks)
      if (!one.passed) {
        CHECK(one.failures == 1);
        REQUIRE(one.samples.size() == 1);
        found[std::string(name_of(one.kind)) + "(" + join(one.columns, ",") + ")"] = one.samples[0].row;
      }
    CHECK(found == expected);
  }
}

TEST_CASE("what infer drafts") {
  std::string csv = "user_id,age,income,city,when,empty,flag,code\n";
  for (int i = 0; i < 40; ++i)
    csv += "u" + std::to_string(i) + "," + std::to_string(20 + i % 30) + "," + (i == 3 ? "" : "1.5") + "," +
           (i % 2 == 0 ? "Oslo" : "Rome") + ",2024-01-01T00:00:00Z,," + (i % 2 == 0 ? "true" : "false") + "," +
           std::to_string(1000 + i) + "\n";
  const Contract contract = infer_from(csv);
  CHECK(contract.primary_key == std::vector<std::string>{"user_id"});
  const Field& age = *contract.find("age");
  CHECK(age.type == data::ColumnType::integer);
  CHECK(age.required);
  CHECK(age.minimum == "20");
  CHECK(age.maximum == "49");
  CHECK(severity_of(age, CheckKind::range) == Severity::warn);
  CHECK(severity_of(age, CheckKind::required) == Severity::error);
  CHECK(severity_of(age, CheckKind::type) == Severity::error);
  CHECK_FALSE(contract.find("income")->required);
  CHECK(contract.find("city")->values == std::vector<std::string>{"Oslo", "Rome"});
  CHECK(contract.find("user_id")->values.empty());
  CHECK(!contract.find("empty")->type);
  CHECK_FALSE(contract.find("empty")->required);
  CHECK(!contract.find("when")->maximum);  // later data are later
  for (const auto& field : contract.fields) CHECK_FALSE(field.unique);

  data::Roles roles;
  roles.target = "flag";
  roles.id = "age";  // not a key: values repeat
  const Contract with_roles = infer_from(csv, roles);
  CHECK(with_roles.roles.target == "flag");
  CHECK(with_roles.primary_key.empty());
}

TEST_CASE("property: the order of rows does not matter to the counts") {
  Random random(9);
  std::vector<std::string> lines;
  for (int i = 0; i < 100; ++i)
    lines.push_back(std::to_string(random.below(30)) + "," + std::to_string(random.below(3)));
  const std::string contract = R"({"fields": [{"name": "a", "type": "integer", "constraints": {"unique": true,
      "maximum": 25}}, {"name": "b", "type": "integer", "constraints": {"enum": [0, 1]}}], "primaryKey": ["a", "b"],
      "checks": [{"check": "duplicates"}, {"check": "conflicting_labels", "label": "b"}]})";
  const auto counts = [&] {
    std::vector<std::uint64_t> all;
    for (const auto& one : check("a,b\n" + join(lines, "\n") + "\n", contract).checks) all.push_back(one.failures);
    return all;
  };
  const auto before = counts();
  for (std::size_t i = lines.size(); i > 1; --i) std::swap(lines[i - 1], lines[random.below(i)]);
  CHECK(counts() == before);
}
