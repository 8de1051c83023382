// The checks that look beyond a single row. Expectations were worked out by hand.
#include <chrono>

#include "fixture.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/profile/reference.hpp"

using namespace mlsys;
using namespace mlsys::contract;
using namespace mlsys::contract::test;

namespace {

// Checks `csv` against fields and checks, with files beside the contract.
ValidateReport with_files(const std::string& csv, const std::string& contract,
                          const std::map<std::string, std::string>& files, bool serving = false) {
  const Folder folder;
  for (const auto& [name, content] : files) folder.file(name, content);
  return check(csv, contract, [&](ValidateOptions& options) {
    options.folder = folder.temp.path();
    options.serving = serving;
  });
}

}  // namespace

TEST_CASE("format: strings by name, dates by pattern; ranges then hold for the date") {
  const std::string contract = R"({"fields": [
      {"name": "mail", "type": "string", "format": "email"}, {"name": "link", "type": "string", "format": "uri"},
      {"name": "key", "type": "string", "format": "uuid"}, {"name": "blob", "type": "string", "format": "binary"},
      {"name": "day", "type": "date", "format": "%d/%m/%Y", "constraints": {"required": true, "minimum": "2024-02-01"}},
      {"name": "at", "type": "datetime", "format": "%Y%m%d%H%M"}]})";
  const std::string csv =
      "mail,link,key,blob,day,at\n"
      "a.b+c@example.org,https://x.org/a?b=%20#c,123e4567-e89b-12d3-a456-426614174000,TWFu,01/02/2024,202402291230\n"
      "no at sign,no scheme,123e4567e89b12d3a456426614174000,TWF,31/01/2024,202402301230\n"
      ",mailto:a@b,123E4567-E89B-12D3-A456-42661417400G,TQ==,30/02/2024,\n"
      "a@-b.org,urn:x y,,T===,,202401010000\n";
  const auto report = check(csv, contract);
  CHECK(rows_of(only(report, CheckKind::format, "mail")) == Rows{2, 4});
  CHECK(rows_of(only(report, CheckKind::format, "link")) == Rows{2, 4});
  CHECK(rows_of(only(report, CheckKind::format, "key")) == Rows{2, 3});
  CHECK(rows_of(only(report, CheckKind::format, "blob")) == Rows{2, 4});
  CHECK(rows_of(only(report, CheckKind::format, "day")) == Rows{3});
  CHECK(only(report, CheckKind::format, "day").samples[0].value == "30/02/2024");
  CHECK(rows_of(only(report, CheckKind::format, "at")) == Rows{2});
  CHECK(rows_of(only(report, CheckKind::range, "day")) == Rows{2});
  CHECK(only(report, CheckKind::range, "day").samples[0].value == "31/01/2024");
  CHECK(rows_of(only(report, CheckKind::required, "day")) == Rows{4});
  CHECK(failed(check("mail,link,key,blob,day,at\n,,,,01/02/2024,\n", contract)).empty());
}

TEST_CASE("foreign keys: values of another file, of the table itself, combinations; missing ones do not count") {
  const std::string fields = R"({"fields": [{"name": "id", "type": "integer"}, {"name": "parent", "type": "integer"},
      {"name": "code", "type": "string"}], "foreignKeys": [)";
  const std::string csv = "id,parent,code\n1,,ATL\n2,1,BOS\n3,9,\n4,1,QQQ\n";
  const auto airports = with_files(csv, fields + R"({"fields": "code", "reference": {"resource": "airports.csv",
      "fields": "iata"}}]})",
                                   {{"airports.csv", "name,iata\nAtlanta,ATL\nBoston,BOS\nBoston,BOS\nNowhere,\n"}});
  CHECK(rows_of(only(airports, CheckKind::foreign_key)) == Rows{4});
  CHECK(only(airports, CheckKind::foreign_key).samples[0].value == "QQQ");
  const auto self = check(csv, fields + R"({"fields": "parent", "reference": {"resource": "", "fields": "id"}}]})");
  CHECK(rows_of(only(self, CheckKind::foreign_key)) == Rows{3});
  const std::string pairs = fields + R"({"fields": ["id", "code"], "reference": {"resource": "pairs.csv",
      "fields": ["n", "c"]}}]})";
  const auto both = with_files(csv, pairs, {{"pairs.csv", "c,n\nATL,1\nBOS,1\nQQQ,4\n"}});
  CHECK(rows_of(only(both, CheckKind::foreign_key)) == Rows{2});
  CHECK(with_files(csv, pairs, {{"pairs.csv", "c,n\nATL,1\nBOS,2\nQQQ,4\n"}}).passed);
  // The contract's types hold for the other table as well: 007 is a text there.
  const auto padded = with_files("a,b\n1,007\n", two_columns + R"("foreignKeys": [{"fields": "b", "reference":
      {"resource": "t.csv", "fields": "k"}}]})",
                                 {{"t.csv", "k\n7\n"}});
  CHECK(rows_of(only(padded, CheckKind::foreign_key)) == Rows{1});
}

TEST_CASE("a contract cannot choose what is read: references are named by the user or lie below it") {
  const auto refused = [&](const std::string& resource) {
    return refusal_of([&] {
      with_files("a,b\n1,x\n", two_columns + R"("checks": [{"check": "overlap", "reference": ")" + resource + "\"}]}",
                 {{"t.csv", "a,b\n1,x\n"}});
    });
  };
  for (const char* outside : {"/etc/passwd", "../t.csv", "x/../../t.csv", "-", "sqlite:t.db?table=t", "absent.csv"})
    CHECK(holds_text(refused(outside), "not_found: contract: there is no table"));
  CHECK(holds_text(refused("absent.csv"), "--reference NAME=FILE"));
  CHECK(refused("t.csv").empty());
  // Without a folder of its own a contract has no files.
  CHECK(holds_text(refusal_of([] {
                     check("a,b\n1,x\n", two_columns + R"("checks": [{"check": "overlap", "reference": "t.csv"}]})");
                   }),
                   "not_found"));
}

TEST_CASE("overlap: rows that the reference has too, missing values included") {
  const std::string csv = "a,b\n1,x\n2,y\n3,\n,\n1,x\n";
  const std::string train = "b,a,more\nx,1,0\nz,2,0\n,3,0\n";
  const auto all = with_files(csv, two_columns + R"("checks": [{"check": "overlap", "reference": "train.csv"}]})",
                              {{"train.csv", train}});
  CHECK(only(all, CheckKind::overlap).failures == 3);
  CHECK(rows_of(only(all, CheckKind::overlap)) == Rows{1, 3, 5});
  const auto one =
      with_files(csv, two_columns + R"("checks": [{"check": "overlap", "columns": ["a"], "reference": "train.csv"}]})",
                 {{"train.csv", train}});
  CHECK(rows_of(only(one, CheckKind::overlap)) == Rows{1, 2, 3, 5});
  CHECK(with_files("a,b\n9,x\n", two_columns + R"("checks": [{"check": "overlap", "reference": "train.csv"}]})",
                   {{"train.csv", train}})
            .passed);
}

TEST_CASE("unseen categories: of a table, or of a profile when it lists all") {
  const std::string contract =
      two_columns + R"("checks": [{"check": "unseen_categories", "column": "b", "reference": "ref"}]})";
  const std::string csv = "a,b\n1,x\n2,new\n3,\n4,newer\n";
  const Folder folder;
  const auto against = [&](const std::string& file) {
    return check(csv, contract, [&](ValidateOptions& options) { options.references = {{"ref", file}}; });
  };
  const std::string table = folder.file("train.csv", "b\nx\ny\nx\n");
  CHECK(rows_of(only(against(table), CheckKind::unseen_categories)) == Rows{2, 4});

  Context ctx;
  data::SourceOptions source;
  source.argument = table;
  profile::Profile profile = profile::reference_profile(data::Dataset::open(source, ctx), {"b"}, ctx);
  const std::string listed = folder.file("profile.json", to_text(to_json(profile)));
  CHECK(rows_of(only(against(listed), CheckKind::unseen_categories)) == Rows{2, 4});
  CHECK(check("a,b\n1,y\n", contract, [&](ValidateOptions& o) { o.references = {{"ref", listed}}; }).passed);
  profile.columns[0].categories = {{{"x", 2}}, 1, 1};
  const auto cut = against(folder.file("cut.json", to_text(to_json(profile))));
  CHECK_FALSE(only(cut, CheckKind::unseen_categories).passed);
  CHECK(holds_text(only(cut, CheckKind::unseen_categories).reason, "does not list all"));
}

TEST_CASE("order: of rows as they come, within groups, strictly, descending") {
  const std::string csv = "a,b\n1,x\n1,y\n3,x\n,x\n2,y\n2,x\n";
  const auto order = [&](const std::string& more) {
    return check(csv, two_columns + R"("checks": [{"check": "order", "columns": ["a"])" + more + "}]}");
  };
  CHECK(rows_of(only(order(""), CheckKind::order)) == Rows{5});  // 1 1 3 - 2 2
  CHECK(rows_of(only(order(R"(, "strict": true)"), CheckKind::order)) == Rows{2, 5, 6});
  CHECK(rows_of(only(order(R"(, "descending": true)"), CheckKind::order)) == Rows{3});
  CHECK(rows_of(only(order(R"(, "by": ["b"])"), CheckKind::order)) == Rows{6});  // x: 1 3 2, y: 1 2
  CHECK(check("a,b\n1,x\n2,y\n2,x\n", two_columns + R"("checks": [{"check": "order", "columns": ["a"]}]})").passed);
  // Several columns compare like words: the second decides where the first is alike.
  const auto pairs = check("a,b\n1,x\n1,y\n2,a\n2,a\n1,z\n",
                           two_columns + R"("checks": [{"check": "order", "columns": ["a", "b"]}]})");
  CHECK(rows_of(only(pairs, CheckKind::order)) == Rows{5});
}

TEST_CASE("freshness: the newest time of the past, by the clock of the context") {
  const auto at = [](const std::string& csv, const std::string& age) {
    const Folder folder;
    Context ctx;
    ctx.now = [] { return *parse_iso_time("2026-03-10T12:00:00Z"); };
    ValidateOptions options;
    options.source.argument = folder.file("data.csv", csv);
    options.contract = parse_contract(R"({"fields": [{"name": "t", "type": "datetime"}], "checks": [
        {"check": "freshness", "column": "t", "maximum_age": ")" +
                                      age + "\"}]}");
    return validate(options, ctx);
  };
  const std::string csv = "t\n2026-03-01 00:00:00\n2026-03-09 12:00:00\n\n";
  CHECK(at(csv, "24h").passed);  // to the second
  CHECK_FALSE(at(csv, "1439 min").passed);
  CHECK(only(at(csv, "1h"), CheckKind::freshness).failures == 1);
  // A row of the future does not make the table fresh.
  const auto ahead = at("t\n2026-03-01 00:00:00\n2099-01-01 00:00:00\n", "24h");
  CHECK_FALSE(ahead.passed);
  CHECK(holds_text(only(ahead, CheckKind::freshness).reason, "1 row is of the future"));
  CHECK_FALSE(at("t\n\"\"\n", "24h").passed);
}

TEST_CASE("statistics of a column") {
  // 1, 2, 2, 4, and a missing one: mean 2.25, sd sqrt(4.75/3), median 2, 0.75-quantile 2.5, 3 different, 1/5 missing
  const std::string csv = "a,b\n1,x\n2,x\n2,y\n4,z\n,z\n";
  const auto of = [&](const std::string& statistic, double low, double high, const std::string& column = "a") {
    return only(check(csv, two_columns + R"("checks": [{"check": "statistic", "column": ")" + column +
                               R"(", "statistic": )" + statistic + R"(, "minimum": )" + shortest(low) +
                               R"(, "maximum": )" + shortest(high) + "}]}"),
                CheckKind::statistic)
        .passed;
  };
  const auto is = [&](const std::string& statistic, double value, const std::string& column = "a") {
    return of(statistic, value, value, column);
  };
  CHECK(is(R"("mean")", 2.25));
  CHECK_FALSE(is(R"("mean")", 2.2500001));
  CHECK(of(R"("sd")", 1.2583057, 1.2583058));
  CHECK_FALSE(of(R"("sd")", 1.2583058, 1.26));
  CHECK(is(R"("minimum")", 1));
  CHECK(is(R"("maximum")", 4));
  CHECK_FALSE(is(R"("maximum")", 5));
  CHECK(is(R"("quantile", "share": 0.5)", 2));
  CHECK(is(R"("quantile", "share": 0.75)", 2.5));
  CHECK_FALSE(is(R"("quantile", "share": 1)", 2.5));
  CHECK(is(R"("distinct")", 3));
  CHECK(is(R"("distinct")", 3, "b"));
  CHECK_FALSE(is(R"("distinct")", 4));
  CHECK(is(R"("missing_share")", 0.2));
  CHECK(is(R"("missing_share")", 0, "b"));
  CHECK_FALSE(is(R"("missing_share")", 0));
  CHECK(holds_text(refusal_of([&] { is(R"("mean")", 1, "b"); }), "usage: contract: the check 'statistic'"));
  // Nothing to take the mean of: not a pass.
  CHECK_FALSE(check("a,b\n,x\n", two_columns + R"("checks": [{"check": "statistic", "column": "a",
      "statistic": "mean", "minimum": -1e300}]})")
                  .passed);
}

TEST_CASE("sums and the most frequent value") {
  const auto passes = [](const std::string& csv, const std::string& limits) {
    return check(csv, two_columns + R"("checks": [{"check": "statistic", )" + limits + "}]}").passed;
  };
  // 2^53 + 1 + 1 + 1 is 2^53 + 3, which rounds to 2^53 + 4; added one after the other as doubles it would stay 2^53.
  const std::string large = "a,b\n9007199254740992,x\n1,x\n1,y\n1,\n";
  CHECK(
      passes(large, R"("column": "a", "statistic": "sum", "minimum": 9007199254740996, "maximum": 9007199254740996)"));
  CHECK_FALSE(passes(large, R"("column": "a", "statistic": "sum", "maximum": 9007199254740992)"));
  CHECK(passes(large, R"("column": "b", "statistic": "top_share", "minimum": 0.5, "maximum": 0.5)"));
  CHECK_FALSE(passes(large, R"("column": "b", "statistic": "top_share", "maximum": 0.49)"));
  CHECK(check("a\n0.25\n0.5\n", R"({"fields": [{"name": "a", "type": "number"}], "checks": [{"check": "statistic",
      "column": "a", "statistic": "sum", "minimum": 0.75, "maximum": 0.75}]})")
            .passed);
}

TEST_CASE("outliers: far from the mean in standard deviations, or from the quartiles in their range") {
  const auto found = [](const std::string& csv, const std::string& rest) {
    return only(check(csv, two_columns + R"("checks": [{"check": "outliers", "column": "a", )" + rest + "}]}"),
                CheckKind::outliers);
  };
  // Python's statistics: mean 14.5, stdev 30.15239…, so 100 is 2.8356 deviations away; quartiles 3.25 and 7.75,
  // range 4.5
  std::string csv = "a,b\n";
  for (const int value : {1, 2, 3, 4, 5, 6, 7, 8, 9, 100}) csv += std::to_string(value) + ",x\n";
  CHECK(rows_of(found(csv, R"("method": "zscore", "factor": 2.83)")) == Rows{10});
  CHECK(found(csv, R"("method": "zscore", "factor": 2.84)").passed);
  CHECK(found(csv, R"("method": "zscore")").passed);             // 3
  CHECK(rows_of(found(csv, R"("method": "iqr")")) == Rows{10});  // beyond 7.75 + 1.5 * 4.5 = 14.5
  CHECK(rows_of(found(csv, R"("method": "iqr", "factor": 0.25)")) == Rows{1, 2, 9, 10});  // below 2.125, beyond 8.875
  CHECK(found(csv, R"("method": "iqr", "factor": 20.5)").passed);
  CHECK(found(csv, R"("method": "iqr", "tolerance": 0.1)").passed);
  // Constant values, a single one, none: nothing is far. An infinity is, NaN is not, and a missing value is none.
  CHECK(found("a,b\n5,x\n5,x\n5,x\n", R"("method": "zscore")").passed);
  CHECK(found("a,b\n5,x\n", R"("method": "zscore")").passed);
  CHECK(found("a,b\n,x\n", R"("method": "iqr")").passed);
  const auto real = check("a\n1\n2\ninf\nnan\n\"\"\n3\n", R"({"fields": [{"name": "a", "type": "number"}],
      "checks": [{"check": "outliers", "column": "a", "method": "iqr", "factor": 9}]})");
  CHECK(rows_of(only(real, CheckKind::outliers)) == Rows{3});
  CHECK(holds_text(refusal_of([] {
                     check("a,b\n1,x\n",
                           two_columns + R"("checks": [{"check": "outliers", "column": "b", "method": "iqr"}]})");
                   }),
                   "only numbers are far"));
}

TEST_CASE("null words: texts that are blank or mean that there is no value") {
  const std::string csv = "a,b\n1,x\n2,NA\n3,\" \"\n4,n/a \n5,\n6,nap\n7,Null\n8,-\n9,-1\n";
  const auto all = only(check(csv, two_columns + R"("checks": [{"check": "null_words"}]})"), CheckKind::null_words);
  CHECK(rows_of(all) == Rows{2, 3, 4, 7, 8});  // the empty field of row 5 is missing, and not a word
  CHECK(all.columns == std::vector<std::string>{"b"});
  CHECK(
      only(check("a,b\n1,x\n", two_columns + R"("checks": [{"check": "null_words"}]})"), CheckKind::null_words).passed);
  // Said to be missing, it is.
  CHECK(check("a,b\n1,NA\n", R"({"missingValues": ["", "NA"], )" + two_columns.substr(1) +
                                 R"("checks": [{"check": "null_words", "columns": ["b"]}]})")
            .passed);
}

TEST_CASE("rows: as many as another table has, within shares") {
  const Folder folder;
  const std::string before = folder.file("before.csv", "a,b\n1,x\n2,x\n3,x\n4,x\n");
  const auto of = [&](const std::string& limits) {
    return only(check("a,b\n1,x\n2,x\n3,x\n",
                      two_columns + R"("checks": [{"check": "rows", "reference": "before", )" + limits + "}]}",
                      [&](ValidateOptions& options) { options.references["before"] = before; }),
                CheckKind::rows);
  };
  CHECK(of(R"("minimum": 0.75, "maximum": 0.75)").passed);
  CHECK_FALSE(of(R"("minimum": 0.76)").passed);
  CHECK_FALSE(of(R"("maximum": 0.74)").passed);
  CHECK(of(R"("minimum": 1)").reason == "3 rows, 0.75 of 4");
}

TEST_CASE("column order: fields where the contract has them, other columns anywhere") {
  const std::string contract =
      R"({"fields": [{"name": "a"}, {"name": "b"}, {"name": "c"}], "severity": {"column_order": "error"}})";
  CHECK(check("a,b,c\n1,2,3\n", contract).passed);
  CHECK(check("x,a,y,b,c\n0,1,0,2,3\n", contract).errors == 0);
  const auto moved = only(check("a,c,b\n1,3,2\n", contract), CheckKind::column_order);
  CHECK_FALSE(moved.passed);
  CHECK(moved.columns == std::vector<std::string>{"c", "b"});
  CHECK(check("a,c,b\n1,3,2\n", R"({"fields": [{"name": "a"}, {"name": "b"}, {"name": "c"}]})").passed);
}

TEST_CASE("checks of a column that may be absent are not failures, others are") {
  const std::string contract = R"({"fields": [{"name": "a", "type": "integer"}, {"name": "y", "type": "boolean"},
      {"name": "paid", "type": "integer", "serving": false}], "roles": {"target": "y"}, "checks": [
      {"check": "conflicting_labels", "label": "y"}, {"check": "unique", "columns": ["a", "y"]},
      {"check": "expression", "expression": "y OR a > 0"}, {"check": "class_ratio", "column": "y", "minimum": 0.1},
      {"check": "order", "columns": ["a"], "by": ["y"]}, {"check": "null_words", "columns": ["y"]},
      {"check": "duplicates", "columns": ["y"]}, {"check": "label_leakage", "label": "y"}]})";
  const auto without_target = check("a,paid\n1,2\n", contract, [](ValidateOptions& o) { o.without_target = true; });
  CHECK(failed(without_target).empty());
  CHECK(
      holds_text(only(without_target, CheckKind::conflicting_labels).reason, "not evaluated: the data have no column"));
  CHECK(check("a\n1\n", contract, [](ValidateOptions& o) { o.serving = true; }).passed);
  CHECK(failed(check("a,paid\n1,2\n", contract)).size() == 9);  // and the schema
  // The target may be absent, the other column of the check may not.
  CHECK_FALSE(
      only(check("y2,paid\n1,2\n", contract, [](ValidateOptions& o) { o.without_target = true; }), CheckKind::unique)
          .passed);
}

TEST_CASE("class ratio: a class that the contract knows and no row has is the rarest of all") {
  const auto ratio = [](const std::string& field, const std::string& csv) {
    return only(check(csv, R"({"fields": [{"name": "y", )" + field + R"(}], "checks": [{"check": "class_ratio",
        "column": "y", "minimum": 0.01}]})"),
                CheckKind::class_ratio);
  };
  CHECK(ratio(R"("type": "boolean")", "y\ntrue\nfalse\n").passed);
  const auto one_class = ratio(R"("type": "boolean")", "y\ntrue\ntrue\n");
  CHECK_FALSE(one_class.passed);
  CHECK(one_class.reason == "class 'false' has 0");
  CHECK(ratio(R"("type": "string", "constraints": {"enum": ["a", "b", "c"]})", "y\na\nb\n").failures == 1);
  CHECK(ratio(R"("type": "string")", "y\na\na\n").passed);  // nobody says that there are others
  const auto unlabelled = ratio(R"("type": "string")", "y\n\"\"\n\"\"\n");
  CHECK_FALSE(unlabelled.passed);
  CHECK(unlabelled.reason == "not evaluated: no row has a class");
}

TEST_CASE("missing share: values that do not fit are there, as they are for required") {
  const auto share = [](const std::string& field, const std::string& value, double limit) {
    const std::string contract = R"({"fields": [{"name": "a", )" + field + R"(}], "checks": [{"check": "statistic",
        "column": "a", "statistic": "missing_share", "maximum": )" +
                                 shortest(limit) + "}]}";
    const auto passes = [&](bool where) {
      return only(check("a\n" + value + "\nbad\n\"\"\nworse\n", contract,
                        [&](ValidateOptions& options) { options.source.where = where ? "true" : ""; }),
                  CheckKind::statistic)
          .passed;
    };
    CHECK(passes(true) == passes(false));
    return passes(false);
  };
  CHECK(share(R"("type": "integer")", "1", 0.25));
  CHECK_FALSE(share(R"("type": "integer")", "1", 0.24));
  CHECK(share(R"("type": "date", "format": "%d/%m/%Y")", "31/01/2024", 0.25));
}

TEST_CASE("a negative zero is zero in lists of values, short and long") {
  for (const char* values : {"[0, 1, 2]", "[-0.0, 1, 2]", "[0, 1, 2, 3, 4, 5, 6, 7]", "[-0.0, 1, 2, 3, 4, 5, 6, 7]"})
    CHECK(check("a\n-0.0\n0.0\n1\n0\n", R"({"fields": [{"name": "a", "type": "number", "constraints": {"enum": )" +
                                            std::string(values) + "}}]}")
              .passed);
}

TEST_CASE("an expression that fails on a value says how not to") {
  const std::string contract =
      two_columns + R"("checks": [{"check": "expression", "expression": "CAST(b AS INTEGER) > 3"}]})";
  for (const char* where : {"", "true"}) {
    const std::string refused = refusal_of(
        [&] { check("a,b\n1,x\n", contract, [&](ValidateOptions& options) { options.source.where = where; }); });
    CHECK(holds_text(refused, "failed: cannot"));
    CHECK(holds_text(refused, "could not convert string 'x'"));
    CHECK(holds_text(refused, "TRY_CAST"));
  }
}

TEST_CASE("a name with a quote is found in an expression, in which it is written twice") {
  const std::string contract = R"({"fields": [{"name": "a\"b"}], "checks": [{"check": "expression",
      "expression": "\"a\"\"b\" < 9"}]})";
  CHECK(rows_of(only(check("\"a\"\"b\"\n10\n8\n", contract), CheckKind::expression)) == Rows{1});
}

TEST_CASE("a tolerance lets a share of rows fail, to the row") {
  const auto passes = [](double share) {
    return check("a\n1\n\n\"\"\n2\n3\n", R"({"fields": [{"name": "a", "type": "integer",
        "constraints": {"required": true}, "tolerance": {"required": )" +
                                             shortest(share) + "}}]}");
  };
  const auto report = passes(0.4);
  CAPTURE(report.rows);
  CHECK(report.passed);
  CHECK(only(report, CheckKind::required).failures == 2);
  CHECK(only(report, CheckKind::required).samples.size() == 2);
  CHECK_FALSE(passes(0.39).passed);
  CHECK(check("a\n1\n2\n-1\n", R"({"fields": [{"name": "a"}], "checks": [{"check": "expression",
      "expression": "a > 0", "tolerance": 0.34}]})")
            .passed);
}

TEST_CASE("serving: columns that are not there then may be absent") {
  const std::string contract = R"({"fields": [{"name": "x"}, {"name": "y"}, {"name": "refund", "serving": false}],
      "roles": {"target": "y"}})";
  CHECK(with_files("x\n1\n", contract, {}, true).passed);
  CHECK_FALSE(with_files("x\n1\n", contract, {}, false).passed);
  CHECK_FALSE(with_files("y,refund\n1,2\n", contract, {}, true).passed);
}

TEST_CASE("missing values and values of the wrong type are told apart in every row") {
  std::string csv = "n\n";
  for (int i = 0; i < 100; ++i) csv += i < 60 ? "bad\n" : (i < 90 ? "1\n" : "\"\"\n");
  const auto report =
      check(csv, R"({"fields": [{"name": "n", "type": "integer", "constraints": {"required": true}}]})");
  CHECK(only(report, CheckKind::type).failures == 60);
  CHECK(only(report, CheckKind::required).failures == 10);
  CHECK(rows_of(only(report, CheckKind::required)) == Rows{91, 92, 93, 94, 95});
}

TEST_CASE("a limit or a sample leaves out the violations of rows that were not taken") {
  const std::string contract = R"({"fields": [{"name": "n", "type": "integer"}]})";
  const std::string csv = "n\n1\nbad\n2\nworse\n";
  const auto first = [&](std::uint64_t rows) {
    return check(csv, contract, [&](ValidateOptions& options) { options.source.limit = rows; });
  };
  CHECK(first(1).passed);
  CHECK(only(first(3), CheckKind::type).failures == 1);
  CHECK(rows_of(only(first(4), CheckKind::type)) == Rows{2, 4});
}

TEST_CASE("samples say on which line their record begins") {
  const std::string contract = R"({"fields": [{"name": "n", "type": "integer", "constraints": {"minimum": 0}},
      {"name": "t"}]})";
  const auto lines = [&](const std::string& csv) {
    std::vector<std::uint64_t> found;
    const auto report = check(csv, contract);
    for (const auto& sample : only(report, CheckKind::range, "n").samples) found.push_back(sample.line.value_or(0));
    return found;
  };
  CHECK(lines("n,t\n-1,a\n1,b\n-2,c\n") == Rows{2, 4});
  CHECK(holds_text(refusal_of([&] { check("\nn\n-1\n", contract); }), "line 1 is blank"));
  // In one column a blank line is a missing value.
  const auto one =
      check("n\n-1\n\n-3\n", R"({"fields": [{"name": "n", "type": "integer", "constraints": {"minimum": 0}}]})");
  REQUIRE(rows_of(only(one, CheckKind::range)) == Rows{1, 3});
  CHECK(only(one, CheckKind::range).samples[1].line == 4);
  // Line ends and quotes inside quotes, blank lines, and a header of two lines.
  CHECK(lines("n,\"t\"\n1,\"two\nlines\"\n\n-2,\"a \"\"b\"\"\n\"\n-3,c\n") == Rows{5, 7});
  CHECK(lines("\xef\xbb\xbfn,t\r\n1,a\r\n-2,b\r\n\r\n-3,c\r\n") == Rows{3, 5});
  CHECK(lines("n,t\n1,5\" pipe\n-2,it's\n") == Rows{3});

  const Folder folder;
  folder.file("a.ndjson", "{\"n\": 1}\n{\"n\": -2}\n\n{\"n\": -3}\n");
  Context ctx;
  ValidateOptions options;
  options.contract = parse_contract(R"({"fields": [{"name": "n", "type": "integer", "constraints": {"minimum": 0}}]})");
  options.source.argument = (folder.temp.path() / "a.ndjson").string();
  const auto json = validate(options, ctx);
  REQUIRE(only(json, CheckKind::range).samples.size() == 2);
  CHECK(only(json, CheckKind::range).samples[0].line == 2);
  CHECK(only(json, CheckKind::range).samples[1].line == 4);

  // Of two files, the line within each.
  std::filesystem::create_directory(folder.temp.path() / "parts");
  folder.file("parts/a.csv", "n\n1\n-2\n");
  folder.file("parts/b.csv", "n\n-3\n4\n");
  options.source.argument = (folder.temp.path() / "parts").string();
  const auto parts = validate(options, ctx);
  REQUIRE(only(parts, CheckKind::range).samples.size() == 2);
  CHECK(only(parts, CheckKind::range).samples[0].line == 3);
  CHECK(only(parts, CheckKind::range).samples[1].row == 3);
  CHECK(only(parts, CheckKind::range).samples[1].line == 2);
  CHECK(holds_text(only(parts, CheckKind::range).samples[1].file, "b.csv"));
}

TEST_CASE("valid and invalid rows are written as they were, and every row lands in one of the two") {
  const Folder folder;
  const auto path = [&](const std::string& name) { return folder.temp.path() / name; };
  const std::string csv = "id,n,t\n1,5,a\n2,bad,b\n3,50,c\n3,6,d\n4,,e\n5,7,zzz\n";
  const std::string contract = R"({"fields": [{"name": "id", "type": "integer"}, {"name": "n", "type": "integer",
      "constraints": {"required": true, "maximum": 10}}, {"name": "t", "type": "string", "constraints": {"maxLength": 1},
      "severity": "warn"}], "primaryKey": "id"})";
  const auto write = [&](bool strict, const std::string& where) {
    return check(csv, contract, [&](ValidateOptions& options) {
      options.valid = path("good.csv");
      options.invalid = path("bad.csv");
      options.strict = strict;
      options.source.where = where;
    });
  };
  auto report = write(false, "");
  CHECK(report.valid_rows == 2);
  CHECK(report.invalid_rows == 4);
  CHECK(read_file(path("good.csv")) == "id,n,t\n1,5,a\n5,7,zzz\n");
  CHECK(read_file(path("bad.csv")) == "id,n,t\n2,bad,b\n3,50,c\n3,6,d\n4,,e\n");
  report = write(true, "");
  CHECK(read_file(path("good.csv")) == "id,n,t\n1,5,a\n");
  // A selection: the rows that it leaves out are in neither.
  report = write(false, "id > 2");
  CHECK(report.valid_rows == 1);
  CHECK(read_file(path("good.csv")) == "id,n,t\n5,7,zzz\n");
  CHECK(read_file(path("bad.csv")) == "id,n,t\n3,50,c\n3,6,d\n4,,e\n");

  const auto refused = [&](const std::string& valid, const std::string& invalid) {
    return refusal_of([&] {
      check(csv, contract, [&](ValidateOptions& options) {
        options.valid = path(valid);
        options.invalid = path(invalid);
      });
    });
  };
  CHECK(holds_text(refused("x.csv", "x.csv"), "usage: cannot write valid and invalid rows to the same file"));
  CHECK(holds_text(refused("x.csv", "./sub/../x.csv"), "usage: cannot write valid and invalid rows to the same file"));
  CHECK(holds_text(refused("x.txt", "y.csv"), "its ending names no format"));
  CHECK_FALSE(std::filesystem::exists(path("x.csv")));
}

TEST_CASE("keys that rise are unique without being counted; any others are counted") {
  const auto failures = [](const std::string& type, const std::vector<std::string>& values, const std::string& more) {
    std::string csv = "k,x\n";
    for (const auto& value : values) csv += value + ",1\n";
    const std::string fields = R"({"fields": [{"name": "k", "type": ")" + type + "\"" + more;
    return check(csv, fields);
  };
  struct Case {
    std::string type;
    std::vector<std::string> values;
    std::uint64_t repeated, without_key;  // by hand
  };
  const std::vector<Case> cases = {{"integer", {"1", "2", "3"}, 0, 0},
                                   {"integer", {"1", "2", "2", "3"}, 1, 1},
                                   {"integer", {"3", "1", "2"}, 0, 0},
                                   {"integer", {"1", "3", "2", "3"}, 1, 1},
                                   {"integer", {"1", "", "2", "", "3"}, 0, 2},
                                   {"integer", {"2", "", "2", "1"}, 1, 2},
                                   {"integer", {"", "", ""}, 0, 3},
                                   {"integer", {"5"}, 0, 0},
                                   {"number", {"0.5", "1", "nan"}, 0, 0},
                                   {"number", {"0.5", "nan", "nan"}, 1, 1},
                                   {"number", {"-0", "0"}, 1, 1},
                                   {"string", {"B", "a", "\u00e4", "\U0001F600"}, 0, 0},
                                   {"string", {"a", "B", "a"}, 1, 1},
                                   {"string", {"a", "A"}, 0, 0},
                                   {"date", {"2024-01-01", "2024-01-02"}, 0, 0}};
  for (const auto& one : cases) {
    CAPTURE(one.type);
    CAPTURE(join(one.values, " "));
    CHECK(only(failures(one.type, one.values, R"(, "constraints": {"unique": true}}]})"), CheckKind::unique).failures ==
          one.repeated);
    CHECK(only(failures(one.type, one.values, R"(}], "primaryKey": "k"})"), CheckKind::primary_key).failures ==
          one.without_key);
  }
}

TEST_CASE("lengths are in code points, whether bytes decide or not") {
  // One to four bytes each; six of them are the limit.
  const std::string contract = R"({"fields": [{"name": "s", "type": "string", "constraints": )";
  for (const std::string letter : {"a", "\u00e4", "\u7ea2", "\U0001F600"}) {
    std::string csv = "s,x\n";
    std::string text;
    for (int length = 1; length <= 30; ++length) csv += (text += letter) + ",1\n";
    CAPTURE(letter);
    CHECK(only(check(csv, contract + R"({"minLength": 6}}]})"), CheckKind::length).failures == 5);
    CHECK(only(check(csv, contract + R"({"maxLength": 6}}]})"), CheckKind::length).failures == 24);
    CHECK(only(check(csv, contract + R"({"minLength": 6, "maxLength": 6}}]})"), CheckKind::length).failures == 29);
    CHECK(only(check(csv, contract + R"({"minLength": 9000000000000000000}}]})"), CheckKind::length).failures == 30);
  }
}
