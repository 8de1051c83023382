// Evaluations of files of predictions; those of models are in the golden runs, which can train one.
#include <doctest/doctest.h>

#include <cmath>
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

  // What `mlsys predict` leaves beside the file: the task and more keys, each with its comma before it.
  void describe(const std::string& task, const std::string& more) const {
    std::ofstream(temp.path() / "p.csv.json")
        << R"({"schema": "mlsys.predictions/1", "model": "m", "model_digest": "d", "run_id": "", "target": "y", )"
        << R"("calibration": "none", "task": ")" << task << '"' << more << '}';
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
  CHECK(report::junit(verdict_of(report)).find("failures=\"1\"") != std::string::npos);
  CHECK(report::github(verdict_of(report)).find("::error") == 0);
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
  for (const std::string& text : {html(report, hostile), markdown(report), report::junit(verdict_of(report))}) {
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

TEST_CASE("a description beside predictions says what they are, and nothing has to be asked for") {
  const Folder folder;
  Context ctx;
  EvalOptions options = folder.options("y,score\nyes,0.35\nno,0.1\nyes,0.9\nno,0.4\n");
  options.roles.target.clear();
  folder.describe("binary", R"(, "classes": ["no", "yes"], "positive": "yes", "threshold": 0.3)");
  const EvalReport report = evaluate(options, ctx);
  CHECK(report.target == "y");
  CHECK(report.task_reason == "the predictions'");
  CHECK(report.classes == std::vector<std::string>{"no", "yes"});
  CHECK(report.threshold == 0.3);
  CHECK(report.threshold_source == "the predictions'");
  // By hand: at 0.3 two right positives, one wrong, none missed; at 0.5 one right, one missed.
  CHECK(value_of(report, metrics::Metric::f1) == doctest::Approx(0.8));
  options.threshold = 0.5;
  CHECK(value_of(evaluate(options, ctx), metrics::Metric::f1) == doctest::Approx(2.0 / 3));
  options.roles.positive = "no";
  CHECK(message(options).find("its scores are the probability of 'yes', not of 'no'") != std::string::npos);

  // A class that happens to be absent from these rows is still the one that the model knows.
  options = folder.options("y,score\nno,0.1\nno,0.4\n");
  CHECK(evaluate(options, ctx).classes == std::vector<std::string>{"no", "yes"});
  CHECK(message(folder.options("y,score\nno,0.1\nmaybe,0.4\n")).find("'maybe'") != std::string::npos);

  // Whole numbers with few values are amounts when a model of amounts predicted them.
  options = folder.options("y,prediction\n3,2.5\n1,1.5\n");
  folder.describe("regression", R"(, "classes": [])");
  CHECK(evaluate(options, ctx).task == metrics::Family::regression);

  options = folder.options("y,score,q\n1,0.2,a\n0,0.1,a\n");
  folder.describe("ranking", R"(, "classes": [], "query": "q", "weight": "w")");
  const EvalReport ranking = evaluate(options, ctx);
  CHECK(ranking.queries == 1);
  REQUIRE(ranking.warnings.size() == 1);
  CHECK(ranking.warnings[0].find("weighs rows by 'w'") != std::string::npos);
}

TEST_CASE("a description speaks of its own columns and task only, and has to be readable") {
  const Folder folder;
  Context ctx;
  EvalOptions options = folder.options("y,score,margin\n1,0.9,2\n0,0.2,-1\n1,0.6,0.4\n");
  folder.describe("binary", R"(, "classes": [0, 1], "positive": 1, "threshold": 0.7)");
  options.roles.score = "margin";
  CHECK(evaluate(options, ctx).threshold_source == "default");
  options.roles.score.clear();
  options.task = metrics::Family::regression;
  // Mean of 0.01, 0.04 and 0.16.
  CHECK(value_of(evaluate(options, ctx), metrics::Metric::rmse) == doctest::Approx(std::sqrt(0.07)));

  CHECK(message(folder.options("y,other\n1,0.9\n")).find("where its description says that the scores are") !=
        std::string::npos);
  folder.describe("binary", R"(, "classes": [0])");
  CHECK(message(folder.options("y,score\n1,0.9\n")).find("does not fit the task") != std::string::npos);
  std::ofstream(folder.temp.path() / "p.csv.json") << R"({"schema": "mlsys.predictions/2"})";
  CHECK(message(folder.options("y,score\n1,0.9\n")).find("newer") != std::string::npos);
  std::ofstream(folder.temp.path() / "p.csv.json") << "anybody's file";
  CHECK(evaluate(folder.options("y,score\n1,0.9\n0,0.1\n"), ctx).threshold_source == "default");
}

TEST_CASE("a column is no class because its name begins with p_, nor a score because of its name") {
  const Folder folder;
  Context ctx;
  const std::string kept = "y,p_width,p_a,p_b\na,3.2,0.9,0.1\nb,0.4,0.2,0.8\n";
  CHECK(message(folder.options(kept)).find("not the probabilities of classes: 'p_width' is 3.2 in row 1") !=
        std::string::npos);
  CHECK(message(folder.options("y,p_w,p_a,p_b\na,0.5,0.9,0.1\n")).find("they sum to 1.5 in row 1") !=
        std::string::npos);
  folder.describe("multiclass", R"(, "classes": ["a", "b"])");
  const EvalReport report = evaluate(folder.options(kept), ctx);
  CHECK(report.classes == std::vector<std::string>{"a", "b"});
  CHECK(value_of(report, metrics::Metric::accuracy) == 1);
  CHECK(value_of(evaluate(folder.options("y,score,p_a,p_b\na,7,0.9,0.1\nb,7,0.2,0.8\n"), ctx),
                 metrics::Metric::accuracy) == 1);

  std::filesystem::remove(folder.temp.path() / "p.csv.json");
  const std::string both = "y,score,p_a,p_b\n1,0.9,0.1,0.2\n0,0.2,0.3,0.4\n";
  CHECK(message(folder.options(both)).find("the scores may be in 'score' or in p_a, p_b") != std::string::npos);
  // The name of the predicted class is no score.
  CHECK(evaluate(folder.options("y,prediction,p_a,p_b\na,a,0.9,0.1\nb,b,0.2,0.8\n"), ctx).task ==
        metrics::Family::multiclass);
  EvalOptions named = folder.options(both);
  named.roles.score = "score";
  CHECK(evaluate(named, ctx).task == metrics::Family::binary);
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
  options.bootstrap = false;
  CHECK(message(options).find("replicates") != std::string::npos);
}

TEST_CASE("a comparison at a level takes at least 20 / alpha replicates") {
  const bundle::Bundle* never_read = nullptr;
  EvalOptions options;
  options.source.argument = "/nonexistent.csv";
  options.rival = Rival{never_read, "r", "log_loss", 0, 0.05};
  options.replicates = 399;
  // Without a model there is nothing to compare; replicates are looked at before that is said.
  CHECK(message(options).find("at least 400 bootstrap replicates, not 399") != std::string::npos);
  options.replicates = 400;
  CHECK(message(options).find("replicates") == std::string::npos);
}

TEST_CASE("targets beyond whole numbers of 64 bits are amounts") {
  const Folder folder;
  Context ctx;
  CHECK(message(folder.options("y,prediction\n1e300,1e300\n1e301,1e301\n")).find("classes or amounts") !=
        std::string::npos);
  const EvalReport report = evaluate(folder.options("y,prediction\n1e300,1e290\n0.5,0.5\n"), ctx);
  CHECK(report.task == metrics::Family::regression);
  CHECK(report.find({metrics::Metric::rmse, {}})->value.reason.find("overflows") != std::string::npos);
}

TEST_CASE("slices name the class that has no value") {
  const Folder folder;
  Context ctx;
  EvalOptions options = folder.options("y,p_a,p_b,k\na,0.9,0.1,x\nb,0.1,0.9,x\na,0.8,0.2,z\nb,0.7,0.3,z\n");
  options.roles.slices = {"k"};
  const EvalReport report = evaluate(options, ctx);
  REQUIRE(report.slices.size() == 2);
  for (const MetricResult& result : report.slices[1].metrics)
    if (result.metric.metric == metrics::Metric::precision)
      CHECK(result.value.reason == "class 'b' is never predicted");
}

TEST_CASE("queries without a relevant document are counted under every convention") {
  const Folder folder;
  Context ctx;
  EvalOptions options = folder.options("y,score,q\n1,0.2,a\n0,0.1,a\n0,0.3,b\n0,0.4,b\n");
  options.roles.query = "q";
  for (const auto convention : {metrics::Convention::standard, metrics::Convention::xgboost}) {
    options.convention = convention;
    CHECK(evaluate(options, ctx).queries_skipped == 1);
  }
}

}  // namespace mlsys::eval
