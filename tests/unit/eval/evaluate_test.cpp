// Evaluations of files of predictions; those of models are in the golden runs, which can train one.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/eval/evaluate.hpp"
#include "mlsys/eval/render.hpp"

namespace mlsys::eval {

namespace {

struct Folder {
  TempDirectory temp{std::filesystem::temp_directory_path()};

  EvalOptions options(const std::string& csv) const {
    const auto path = temp.path() / "p.csv";
    std::ofstream(path) << csv;
    EvalOptions options;
    options.source.argument = path.string();
    options.roles.target = "y";
    return options;
  }
};

// `n` rows with columns y, score, w, place; the rows of "bad" are scored at random.
std::string predictions(int n) {
  Random random(3);
  std::ostringstream out;
  out << "y,score,w,place\n";
  for (int i = 0; i < n; ++i) {
    const bool bad = i % 4 == 0;
    const int y = random.uniform() < 0.4 ? 1 : 0;
    const double score = bad ? random.uniform() : 0.6 * random.uniform() + 0.4 * y;
    out << y << ',' << score << ',' << 1 + i % 3 << ',' << (bad ? "bad" : i % 4 == 1 ? "good" : "fine") << '\n';
  }
  return out.str();
}

std::string message(const EvalOptions& options) {
  Context ctx;
  try {
    evaluate(options, ctx);
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

double value_of(const EvalReport& report, metrics::Metric metric) {
  const MetricResult* result = report.find({metric, {}});
  REQUIRE(result != nullptr);
  REQUIRE_MESSAGE(result->value.value.has_value(), result->value.reason);
  return *result->value.value;
}

}  // namespace

TEST_CASE("slices add up to the whole, and a slice that is worse beyond chance is marked") {
  const Folder folder;
  EvalOptions options = folder.options(predictions(4000));
  options.roles.slices = {"place"};
  Context ctx;
  const EvalReport report = evaluate(options, ctx);
  CHECK(report.task == metrics::Family::binary);
  CHECK(report.rows == 4000);
  REQUIRE(report.slices.size() == 3);
  std::uint64_t rows = 0;
  double right = 0;
  for (const SliceResult& slice : report.slices) {
    rows += slice.rows;
    for (const MetricResult& result : slice.metrics)
      if (result.metric.metric == metrics::Metric::accuracy)
        right += *result.value.value * static_cast<double>(slice.rows);
    CHECK(slice.worst == (slice.value == "bad"));
  }
  CHECK(rows == 4000);
  CHECK(right / 4000 == doctest::Approx(value_of(report, metrics::Metric::accuracy)).epsilon(1e-12));
  CHECK(report.slices[0].rows >= report.slices[1].rows);
}

TEST_CASE("more than fifty values are gathered in one slice, missing ones in another") {
  const Folder folder;
  std::ostringstream csv;
  csv << "y,score,k\n";
  for (int i = 0; i < 700; ++i)
    csv << i % 2 << ',' << 0.01 * (i % 100) << ',' << (i < 70 ? "" : std::to_string(i % 60)) << '\n';
  EvalOptions options = folder.options(csv.str());
  options.roles.slices = {"k"};
  Context ctx;
  const EvalReport report = evaluate(options, ctx);
  REQUIRE(report.slices.size() == 51);
  CHECK(report.slices[0].value == "(missing)");
  CHECK(report.slices[0].rows == 70);
  CHECK(report.slices[50].other);
  std::uint64_t rows = 0;
  for (const auto& slice : report.slices) rows += slice.rows;
  CHECK(rows == 700);
}

TEST_CASE("gates are checked on what is reported, and undefined ones fail") {
  const Folder folder;
  EvalOptions options = folder.options(predictions(500));
  options.require = {"roc_auc >= 0.5", "kappa >= -1", "precision >= 0"};
  options.threshold = 2;
  Context ctx;
  const EvalReport report = evaluate(options, ctx);
  REQUIRE(report.gates.size() == 3);
  CHECK(report.gates[0].passed);
  CHECK(report.gates[1].passed);
  CHECK_FALSE(report.gates[2].passed);
  CHECK(report.gates[2].reason == "precision is undefined: no row is predicted positive");
  CHECK_FALSE(report.passed);
  const Json json = to_json(report);
  CHECK(json.at("schema") == "mlsys.eval/1");
  CHECK(json.at("verdict") == "fail");
  CHECK(json.at("metrics").at("precision").at("value").is_null());
  CHECK(json.at("metrics").at("precision").at("reason") == "no row is predicted positive");
  CHECK(junit(report).find("failures=\"1\"") != std::string::npos);
  CHECK(github(report).find("::error") == 0);
}

TEST_CASE("the same options and seed give the same bytes on any number of threads") {
  const Folder folder;
  EvalOptions options = folder.options(predictions(600));
  options.roles.slices = {"place"};
  options.roles.weight = "w";
  options.bootstrap = true;
  options.replicates = 40;
  options.curves = true;
  const auto run = [&](unsigned threads) {
    Context ctx;
    ctx.seed = 5;
    ctx.threads = threads;
    const EvalReport report = evaluate(options, ctx);
    return to_text(to_json(report)) + html(report, "test") + markdown(report);
  };
  const std::string once = run(1);
  CHECK(once == run(2));
  CHECK(once.find("bootstrap") != std::string::npos);
}

TEST_CASE("a hostile name stays text in every form") {
  const Folder folder;
  const std::string hostile = "<script>alert(1)</script>";
  EvalOptions options = folder.options("y,score," + hostile + "\n0,0.2," + hostile + "\n1,0.4,b\n0,0.3,b\n1,0.6,b\n");
  options.roles.slices = {hostile};
  options.model_name = hostile;
  options.curves = true;
  options.require = {"roc_auc >= 2"};
  Context ctx;
  const EvalReport report = evaluate(options, ctx);
  for (const std::string& text : {html(report, hostile), markdown(report), junit(report)}) {
    CHECK(text.find("<script") == std::string::npos);
    CHECK(text.find("&lt;script&gt;") != std::string::npos);
  }
}

TEST_CASE("tasks are recognised, or asked for") {
  const Folder folder;
  Context ctx;
  CHECK(evaluate(folder.options("y,score\ntrue,0.2\nfalse,0.1\n"), ctx).classes[1] == "true");
  CHECK(evaluate(folder.options("y,prediction\n1.5,0.2\n2.5,0.1\n"), ctx).task == metrics::Family::regression);
  CHECK(evaluate(folder.options("y,p_a,p_b,p_c\na,1,0,0\nb,0,1,0\nc,0,0,1\n"), ctx).task ==
        metrics::Family::multiclass);
  EvalOptions ranking = folder.options("y,score,q\n1,0.2,a\n0,0.1,a\n");
  ranking.roles.query = "q";
  CHECK(evaluate(ranking, ctx).task == metrics::Family::ranking);
  EvalOptions named = folder.options("y,score\nyes,0.2\nno,0.1\n");
  CHECK(message(named).find("the positive class must be named") != std::string::npos);
  named.roles.positive = "yes";
  CHECK(evaluate(named, ctx).classes == std::vector<std::string>{"no", "yes"});
  named.roles.positive = "maybe";
  CHECK(message(named).find("never is the positive class 'maybe'") != std::string::npos);
  CHECK(message(folder.options("y,score\n3,0.2\n1,0.1\n")).find("classes or amounts") != std::string::npos);
}

TEST_CASE("rows without a value, negative weights and unknown classes are refused with their row") {
  const Folder folder;
  CHECK(message(folder.options("y,score\n0,0.1\n1,0.3\n1,\n"))
            .find("the score 'score' has no value in 1 row, first in row 3") != std::string::npos);
  CHECK(
      message(folder.options("y,score\n0,0.1\n,0.3\n")).find("the target 'y' has no value in 1 row, first in row 2") !=
      std::string::npos);
  EvalOptions weighted = folder.options("y,score,w\n0,0.1,1\n1,0.3,-2\n");
  weighted.roles.weight = "w";
  CHECK(message(weighted).find("the weight 'w' is -2 in row 2") != std::string::npos);
  CHECK(message(folder.options("y,p_a,p_b\na,1,0\nc,0,1\n")).find("holds 'c' in 1 row, which is none of: a, b") !=
        std::string::npos);
  CHECK(message(folder.options("y,x\n0,1\n")).find("it has no column 'score'") != std::string::npos);
}

TEST_CASE("options that cannot be meant are refused before data is read") {
  EvalOptions options;
  options.source.argument = "/nonexistent.csv";
  options.roles.target = "y";
  options.require = {"roc_acu >= 1"};
  CHECK(message(options).find("unknown metric") != std::string::npos);
  options.require.clear();
  options.level = 1;
  CHECK(message(options).find("level") != std::string::npos);
  options.level = 0.95;
  options.bootstrap = true;
  options.replicates = 1;
  CHECK(message(options).find("replicates") != std::string::npos);
}

}  // namespace mlsys::eval
