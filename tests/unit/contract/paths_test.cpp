// A table is read in one of two ways: once, by the checks, or into a table that is queried (validate.cpp, open). The
// second is taken, among other reasons, when rows are selected or written; both must give the same report, byte for
// byte. Tables and contracts are random; every kind of check is among them.
#include <algorithm>

#include "fixture.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"

using namespace mlsys;
using namespace mlsys::contract;
using namespace mlsys::contract::test;

namespace {

using Texts = std::vector<std::string>;

// Columns with values that they may and may not hold.
struct Kind {
  std::string name, type;
  Texts values;
};
const std::vector<Kind> kinds = {
    {"id", "integer", {}},  // numbered
    {"n", "integer", {"-5", "0", "3", "7", "12", " 8 ", "+4", "007", "1e1", "x", "2.5", "99999999999999999999", ""}},
    {"r", "number", {"0.5", "-1.25", "3", "1e3", ".5", "nan", "inf", "-Infinity", "1,5", "abc", ""}},
    {"s", "string", {"red", "green", "blue", "NA", "none", " ", "Ärger", "红", "a\nb", "say \"hi\"", "red,green", ""}},
    {"u", "string", {"A1", "B22", "C333", "a1", "D4444", "E", "null", ""}},
    {"d", "date", {"2024-01-31", "2024-02-29", "2023-02-29", "2021-12-01", " 2024-03-01", "01/02/2024", ""}},
    {"t", "datetime", {"2024-01-31 10:00:00", "2024-02-29T23:59:59.5Z", "2024-01-01", "2024-13-01 00:00:00", ""}},
    {"m", "date", {"31/01/2024", "29/02/2024", "30/02/2024", "2024-01-31", ""}},
    {"b", "boolean", {"true", "false", "TRUE", "1", "0", "yes", ""}},
    {"y", "integer", {"0", "1", ""}},
    {"x", "", {"free", "te\"xt", "Ünicode", "two\nlines", "5", ""}}};  // no field of the contract

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  bool chance(double share) { return random_.uniform() < share; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[random_.below(from.size())];
  }

  std::string table() {
    std::string csv;
    for (const auto& kind : kinds) csv += (csv.empty() ? "" : ",") + kind.name;
    csv += '\n';
    const std::uint64_t rows = random_.below(40);
    const bool clean = chance(0.3);  // of each column the first values only, which are right
    for (std::uint64_t row = 0; row < rows; ++row) {
      for (const auto& kind : kinds) {
        const std::size_t some = clean ? std::min<std::size_t>(2, kind.values.size()) : kind.values.size();
        const std::string value =
            kind.name == "id" ? std::to_string(chance(0.1) ? 1 : row) : kind.values[random_.below(some)];
        csv += (kind.name == "id" ? "" : ",") + written(value);
      }
      csv += '\n';
    }
    return csv;
  }

  Json contract() {
    Json fields = Json::array();
    for (const auto& kind : kinds)
      if (!kind.type.empty() && (kind.name == "y" || chance(0.9))) fields.push_back(field(kind));
    if (chance(0.2)) std::swap(fields.front(), fields.back());
    if (chance(0.2)) fields.push_back({{"name", "gone"}, {"type", "string"}});
    Json contract = {{"fields", fields}, {"missingValues", Json::array({"NA"})}};
    if (chance(0.3)) contract["primaryKey"] = chance(0.5) ? Json("id") : Json::array({"id", "s"});
    if (contract.contains("primaryKey") && !has(contract, {"id", "s"})) contract.erase("primaryKey");
    if (chance(0.2)) contract["severity"] = {{"column_order", "warn"}};
    if (chance(0.3) && has(contract, {"u", "n"}))
      contract["foreignKeys"] = Json::array(
          {{{"fields", "u"}, {"reference", {{"resource", "other.csv"}, {"fields", "u"}}}},
           {{"fields", Json::array({"n"})}, {"reference", {{"resource", ""}, {"fields", Json::array({"y"})}}}}});
    Json checks = Json::array();
    for (const auto& check : possible_checks())
      if (chance(0.3) && all_fields(contract, check)) checks.push_back(check);
    contract["checks"] = checks;
    return contract;
  }

 private:
  std::string written(const std::string& value) {
    if (value.find_first_of(",\"\n") == std::string::npos && !chance(0.05)) return value;
    std::string text = "\"";
    for (const char c : value) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + '"';
  }

  Json field(const Kind& kind) {
    Json constraints = Json::object();
    if (chance(0.4)) constraints["required"] = true;
    if (chance(0.2)) constraints["unique"] = true;
    if (kind.type == "integer" && chance(0.5)) constraints["minimum"] = 0;
    if (kind.type == "number" && chance(0.5)) constraints["maximum"] = 1.5;
    if (kind.type == "date" && chance(0.5)) constraints["maximum"] = "2024-02-01";
    if (kind.type == "datetime" && chance(0.5)) constraints["minimum"] = "2024-01-15T00:00:00";
    if (kind.type == "string" && chance(0.5)) constraints["pattern"] = "[A-Za-z]+[0-9]*";
    if (kind.type == "string" && chance(0.5)) constraints.update({{"minLength", 2}, {"maxLength", 4}});
    if (kind.type == "string" && chance(0.4))
      constraints["enum"] = pick<Texts>({{"red", "green"},
                                         {"A1", "B22"},
                                         {"A1", "B22", "C333", "red", "blue", "green"},
                                         {"A1", "B22", "D4444", "x y", "green", "blue"}});
    if (kind.type == "integer" && chance(0.2)) constraints["enum"] = Json::array({0, 1, 3, 7, 8, 12, 100});
    Json field = {{"name", kind.name}, {"type", kind.type}, {"constraints", constraints}};
    if (kind.name == "m") field["format"] = "%d/%m/%Y";
    if (kind.name == "u" && chance(0.3)) field["format"] = "email";
    if (chance(0.2)) field["severity"] = "warn";
    if (chance(0.2)) field["tolerance"] = {{"type", 0.2}};
    if (kind.name == "x") field.erase("type");
    return field;
  }

  std::vector<Json> possible_checks() {
    std::vector<Json> checks = {
        {{"check", "expression"}, {"expression", "n >= y"}},
        {{"check", "expression"}, {"expression", "length(s) < 5 OR b"}, {"severity", "warn"}},
        {{"check", "rows"}, {"minimum", 5}, {"maximum", 30}},
        {{"check", "rows"}, {"reference", "other"}, {"minimum", 0.5}, {"maximum", 2}},
        {{"check", "unique"}, {"columns", {"s", "d"}}, {"tolerance", 0.5}},
        {{"check", "duplicates"}},
        {{"check", "duplicates"}, {"columns", {"u", "y"}}},
        {{"check", "conflicting_labels"}, {"label", "y"}, {"inputs", {"u"}}},
        {{"check", "conflicting_labels"}, {"label", "y"}},
        {{"check", "class_ratio"}, {"column", "y"}, {"minimum", 0.4}},
        {{"check", "order"}, {"columns", {"id"}}, {"strict", true}},
        {{"check", "order"}, {"columns", {"t", "m"}}, {"by", {"u"}}, {"descending", true}},
        {{"check", "freshness"}, {"column", "t"}, {"maximum_age", "30d"}},
        {{"check", "null_words"}},
        {{"check", "null_words"}, {"columns", {"s"}}, {"tolerance", 0.1}},
        {{"check", "outliers"}, {"column", "n"}, {"method", "iqr"}, {"factor", 0.5}},
        {{"check", "outliers"}, {"column", "r"}, {"method", "zscore"}, {"factor", 1}},
        {{"check", "distribution"}, {"column", "n"}, {"reference", "other"}, {"maximum", 0.3}},
        {{"check", "distribution"}, {"column", "s"}, {"reference", "other"}, {"maximum", 0.3}},
        {{"check", "distribution"}, {"column", "s"}, {"reference", "other"}, {"measure", "chi2"}, {"minimum", 0.2}},
        {{"check", "distribution"}, {"column", "r"}, {"reference", "other"}, {"measure", "psi"}, {"maximum", 0.2}},
        {{"check", "association"}, {"label", "y"}, {"reference", "other"}, {"maximum", 0.1}},
        {{"check", "unseen_categories"}, {"column", "s"}, {"reference", "other"}},
        {{"check", "overlap"}, {"columns", {"s", "y"}}, {"reference", "other"}},
        {{"check", "label_leakage"}, {"label", "y"}, {"maximum", 0.6}},
        {{"check", "label_leakage"}, {"label", "y"}, {"inputs", {"n", "s"}}, {"maximum", 0.8}}};
    for (const auto* statistic : {"mean", "sd", "sum", "minimum", "maximum"})
      for (const auto* column : {"n", "r"})
        checks.push_back({{"check", "statistic"}, {"statistic", statistic}, {"column", column}, {"maximum", 4.5}});
    checks.push_back(
        {{"check", "statistic"}, {"statistic", "quantile"}, {"share", 0.3}, {"column", "n"}, {"maximum", 2}});
    checks.push_back({{"check", "statistic"}, {"statistic", "distinct"}, {"column", "d"}, {"maximum", 3}});
    checks.push_back({{"check", "statistic"}, {"statistic", "top_share"}, {"column", "u"}, {"maximum", 0.2}});
    checks.push_back({{"check", "statistic"}, {"statistic", "missing_share"}, {"column", "b"}, {"maximum", 0.1}});
    return checks;
  }

  static bool has(const Json& contract, const Texts& names) {
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      return std::any_of(contract["fields"].begin(), contract["fields"].end(),
                         [&](const Json& field) { return field["name"] == name; });
    });
  }

  // A contract must have the fields that its checks name.
  static bool all_fields(const Json& contract, const Json& check) {
    Texts names;
    for (const auto* key : {"columns", "by", "inputs"})
      if (check.contains(key))
        for (const auto& name : check[key]) names.push_back(name);
    for (const auto* key : {"column", "label"})
      if (check.contains(key)) names.push_back(check[key]);
    if (check["check"] == "expression")
      for (const auto& kind : kinds)
        if (check["expression"].get<std::string>().find(kind.name) != std::string::npos) names.push_back(kind.name);
    return has(contract, names);
  }

  Random random_;
};

// The document, or the error.
std::string outcome(const Folder& folder, const Contract& contract,
                    const std::function<void(ValidateOptions&)>& change = {}) {
  Context ctx;
  ctx.now = [] { return *parse_iso_time("2024-03-15T00:00:00Z"); };
  ValidateOptions options;
  options.source.argument = (folder.temp.path() / "data.csv").string();
  options.contract = contract;
  options.folder = folder.temp.path();
  options.references["other"] = (folder.temp.path() / "other.csv").string();
  if (change) change(options);
  try {
    ValidateReport report = validate(options, ctx);
    report.valid_rows.reset();
    return to_text(to_json(report));
  } catch (const Error& error) {
    return "error: " + error.message() + " | " + error.hint();
  }
}

}  // namespace

TEST_CASE("rows that are read once and rows that are stored give the same report") {
  std::uint64_t documents = 0;
  std::map<std::string, std::uint64_t> failed;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    Maker maker(seed);
    const Folder folder;
    const std::string csv = maker.table();
    folder.file("data.csv", csv);
    folder.file("other.csv", maker.table());
    const std::string text = to_text(maker.contract());
    CAPTURE(seed);
    CAPTURE(csv);
    CAPTURE(text);
    const Contract contract = parse_contract(text);
    const std::string once = outcome(folder, contract);
    const std::string selected =
        outcome(folder, contract, [](ValidateOptions& options) { options.source.where = "true"; });
    const std::string stored =
        outcome(folder, contract, [&](ValidateOptions& options) { options.valid = folder.temp.path() / "valid.csv"; });
    CHECK(once == stored);
    CHECK(once == selected);
    if (once.starts_with("error")) continue;
    ++documents;
    const Json document = Json::parse(once);
    for (const auto& check : document["checks"])
      if (check["passed"] == false) ++failed[check["check"]];
  }
  CHECK(documents > 60);
  // Otherwise nothing was compared.
  for (const auto& entry : NameTable<CheckKind>::entries) {
    CAPTURE(entry.name);
    CHECK(failed[std::string(entry.name)] > 0);
  }
}
