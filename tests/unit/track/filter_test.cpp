#include "mlsys/track/filter.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <limits>
#include <set>

#include "filter_oracle.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/track/track.hpp"
#include "store/scratch.hpp"

using namespace mlsys;
using namespace mlsys::track;
using store::Mode;
using store::Store;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::int64_t now_ms = 1'760'000'000'000;

Millis at(std::int64_t ms) { return Millis(std::chrono::milliseconds(ms)); }

struct Fixture {
  test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  Fixture() {
    context.now = [] { return at(now_ms); };
  }

  std::vector<std::string> found(const std::string& filter, std::vector<std::string> order = {}) {
    SearchOptions options;
    options.filter = filter;
    options.order_by = std::move(order);
    options.limit = 1000;
    std::vector<std::string> names;
    for (const Run& run : search(store, options, context).runs) names.push_back(run.name);
    return names;
  }
  std::size_t count(const std::string& filter) { return found(filter).size(); }
  std::string begin(const std::string& name, std::int64_t start_time, const std::string& experiment = "e") {
    StartOptions options;
    options.experiment = experiment;
    options.name = name;
    options.start_time = at(start_time);
    options.user = "ann";
    return start(store, options, context);
  }
};

std::string pick(Random& random, const std::vector<std::string>& texts) { return texts[random.below(texts.size())]; }

// Runs at random, in the store and in memory alike.
std::vector<oracle::Run> random_runs(Store& store, Context& context, Random& random, std::size_t count) {
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  std::vector<oracle::Run> runs;
  const std::vector<std::string> texts = {
      "1",   "2",    "10", " 2.5", "2.50", "a",    "A",     "ab", "cnn", "CNN-2", "it's",  "\"q\"", "50%", "a_b",
      "axb", "grün", "",   "inf",  "1e1",  "0x10", "[a-z]", "*",  "?",   "a\\b",  "25e-1", "+2",    "2 ",  "1e400"};
  for (std::size_t i = 0; i < count; ++i) {
    oracle::Run run;
    run.experiment = "e" + std::to_string(random.below(3));
    run.name = pick(random, texts);
    if (run.name.empty()) run.name = "ab";
    run.user = pick(random, {"ann", "bob"});
    run.source = pick(random, {"", "a", "cnn"});
    run.start = now_ms - static_cast<std::int64_t>(random.below(15)) * 1000;
    StartOptions options;
    options.experiment = run.experiment;
    options.name = run.name;
    options.user = run.user;
    options.source = run.source;
    options.start_time = at(run.start);
    const bool dying = random.below(5) == 0;
    if (dying) options.process = child;
    run.id = start(store, options, context);
    run.status = "RUNNING";
    Batch batch;
    for (const char* key : {"depth", "odd key", "1st"})
      if (random.below(3) != 0) run.params[key] = pick(random, texts);
    for (const char* key : {"team", "mlflow.user"})
      if (random.below(3) != 0) run.tags[key] = pick(random, texts);
    for (const auto& [key, value] : run.params) batch.params.emplace_back(key, value);
    for (const auto& [key, value] : run.tags) batch.tags.emplace_back(key, value);
    for (const char* key : {"loss", "f1 score", "ndcg@10"}) {
      const auto points = random.below(4);
      for (std::uint64_t step = 0; step < points; ++step) {
        const double values[] = {0, 1, 2, 2.5, 0.25, 0.75, -1, 10, nan_value, infinite, -infinite};
        const double value = values[random.below(random.below(3) == 0 ? 11 : 8)];
        run.metrics[key].push_back(value);
        batch.metrics.push_back({key, value, static_cast<std::int64_t>(step), at(run.start)});
      }
    }
    for (auto inputs = random.below(3); inputs > 0; --inputs) {
      oracle::Input input{pick(random, {"ab", "cnn", "a"}), pick(random, {"1", "2"}), pick(random, {"train", "test"})};
      run.inputs.push_back(input);
      batch.inputs.push_back({input.name, input.digest, "file", "cnn", "", "", input.context});
    }
    if (!batch.empty()) log(store, run.id, batch, context);
    if (dying) {
      run.status = "FAILED";
    } else if (random.below(3) != 0) {
      const RunStatus status = random.below(2) == 0 ? RunStatus::finished : RunStatus::killed;
      run.status = name_of(status);
      run.end = run.start + static_cast<std::int64_t>(random.below(4)) * 500;
      end(store, run.id, status, context, at(*run.end));
    }
    runs.push_back(std::move(run));
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return runs;
}

std::vector<oracle::Column> columns() {
  using oracle::Column;
  using oracle::Run;
  using oracle::Value;
  using Values = std::vector<Value>;
  std::vector<Column> all;
  const auto text = [&](const char* typed, auto of) {
    all.push_back({typed, Column::Kind::text, [of](const Run& run) { return Values{std::string(of(run))}; }});
  };
  text("attributes.run_id", [](const Run& run) { return run.id; });
  text("attr.\"Run Name\"", [](const Run& run) { return run.name; });
  text("run_name", [](const Run& run) { return run.name; });
  text("experiment", [](const Run& run) { return run.experiment; });
  text("status", [](const Run& run) { return run.status; });
  text("run.user_id", [](const Run& run) { return run.user; });
  text("source", [](const Run& run) { return run.source; });
  text("`artifact_uri`", [](const Run& run) { return "runs:/" + run.id; });
  const auto time = [&](const char* typed, auto of) {
    all.push_back({typed, Column::Kind::number, of});
    all.back().time = true;
  };
  time("attributes.Created", [](const Run& run) { return Values{static_cast<double>(run.start)}; });
  time("start_time", [](const Run& run) { return Values{static_cast<double>(run.start)}; });
  time("end_time", [](const Run& run) { return run.end ? Values{static_cast<double>(*run.end)} : Values{}; });
  all.push_back({"duration", Column::Kind::number, [](const Run& run) {
                   return run.end ? Values{static_cast<double>(*run.end - run.start) / 1000} : Values{};
                 }});
  const auto keyed = [&](const char* typed, const char* key, auto member) {
    all.push_back({typed, Column::Kind::free, [key, member](const Run& run) {
                     const auto found = (run.*member).find(key);
                     return found == (run.*member).end() ? Values{} : Values{found->second};
                   }});
  };
  keyed("params.depth", "depth", &Run::params);
  keyed("parameter.`depth`", "depth", &Run::params);
  keyed("param.\"odd key\"", "odd key", &Run::params);
  keyed("params.1st", "1st", &Run::params);
  keyed("params.never", "never", &Run::params);
  keyed("tags.team", "team", &Run::tags);
  keyed("tag.mlflow.user", "mlflow.user", &Run::tags);
  const auto metric = [&](const std::string& typed, const char* key, auto of, bool nan = true) {
    all.push_back({typed, Column::Kind::number, [key, of](const Run& run) {
                     const auto found = run.metrics.find(key);
                     return found == run.metrics.end() ? Values{} : Values{of(found->second)};
                   }});
    all.back().metric = nan;
  };
  using Series = std::vector<double>;
  for (const auto& [typed, key] :
       {std::pair{"metrics.loss", "loss"}, {"metric.\"f1 score\"", "f1 score"}, {"metrics.ndcg@10", "ndcg@10"}}) {
    const auto function = [&typed = typed](const char* name) { return std::string(name) + "(" + typed + ")"; };
    const auto extreme = [](auto choose) {
      return [choose](const Series& series) {
        double best = nan_value;
        for (const double value : series) best = choose(best, value);
        return best;
      };
    };
    metric(typed, key, [](const Series& series) { return series.back(); });
    metric(function("LAST"), key, [](const Series& series) { return series.back(); });
    metric(function("first"), key, [](const Series& series) { return series.front(); });
    metric(function("min"), key, extreme([](double a, double b) { return std::fmin(a, b); }));
    metric(function("Max"), key, extreme([](double a, double b) { return std::fmax(a, b); }));
    metric(function("avg"), key, [](const Series& series) {
      double sum = 0, count = 0;
      for (const double value : series)
        if (!std::isnan(value)) sum += value, ++count;
      return count == 0 ? nan_value : sum / count;
    });
    metric(function("step"), key, [](const Series& series) { return static_cast<double>(series.size() - 1); });
    all.push_back({function("count"), Column::Kind::number, [key = key](const Run& run) {
                     const auto found = run.metrics.find(key);
                     return Values{found == run.metrics.end() ? 0.0 : static_cast<double>(found->second.size())};
                   }});
  }
  const auto dataset = [&](const char* typed, auto of) {
    all.push_back({typed, Column::Kind::text, [of](const Run& run) {
                     Values values;
                     for (const oracle::Input& input : run.inputs) values.emplace_back(std::string(of(input)));
                     return values;
                   }});
    all.back().many = true;
  };
  dataset("datasets.name", [](const oracle::Input& input) { return input.name; });
  dataset("dataset.digest", [](const oracle::Input& input) { return input.digest; });
  dataset("datasets.context", [](const oracle::Input& input) { return input.context; });
  dataset("datasets.source", [](const oracle::Input&) { return "cnn"; });
  return all;
}

}  // namespace

// 2,000 filters here; MLSYS_FILTERS=10000 for a longer run.
TEST_CASE("filters, orders and pages agree with an evaluator that looks at one run after the other") {
  const char* wanted = std::getenv("MLSYS_FILTERS");
  const int total = wanted != nullptr ? std::atoi(wanted) : 2'000;
  constexpr int each = 100;
  std::size_t matched = 0, empty = 0;
  for (int round = 0; round < std::max(1, total / each); ++round) {
    Fixture fixture;
    Random random(20'250'000 + static_cast<std::uint64_t>(round));
    const auto runs = random_runs(fixture.store, fixture.context, random, random.below(30));
    oracle::Generator generator(7'000 + static_cast<std::uint64_t>(round), columns(), now_ms);
    for (int query = 0; query < each; ++query) {
      const oracle::Filter filter = generator.filter(static_cast<int>(generator.random().below(4)));
      const auto order = generator.order();
      std::vector<const oracle::Run*> matching;
      for (const oracle::Run& run : runs)
        if (filter.of(run).value_or(false)) matching.push_back(&run);
      std::vector<std::string> expected;
      for (const oracle::Run* run : oracle::sorted(matching, order)) expected.push_back(run->id);
      matched += expected.size();
      empty += expected.empty() ? 1 : 0;

      SearchOptions options;
      options.filter = filter.text;
      std::string keys;
      for (const auto& key : order) {
        options.order_by.push_back(key.text);
        keys += key.text + ", ";
      }
      options.limit = 1 + generator.random().below(random.below(2) == 0 ? 4 : 40);
      std::vector<std::string> actual;
      do {
        const RunPage page = search(fixture.store, options, fixture.context);
        for (const Run& run : page.runs) actual.push_back(run.run_id);
        REQUIRE((page.next.empty() || page.runs.size() == options.limit));
        options.page = page.next;
      } while (!options.page.empty() && actual.size() <= runs.size());
      REQUIRE_MESSAGE(actual == expected, "filter: ", filter.text, "\norder: ", keys, "\nlimit: ", options.limit);
      const std::string again = Filter::parse(filter.text, at(now_ms)).text();
      REQUIRE(Filter::parse(again, at(now_ms)).text() == again);
      options.filter = again;
      options.limit = 1000;
      options.page.clear();
      std::vector<std::string> rewritten;
      for (const Run& run : search(fixture.store, options, fixture.context).runs) rewritten.push_back(run.run_id);
      REQUIRE_MESSAGE(rewritten == expected, "written back: ", again, "\nfilter: ", filter.text);
    }
  }
  // The filters are worth asking: neither all nor none of them find something.
  CHECK(matched > static_cast<std::size_t>(total));
  CHECK(empty > static_cast<std::size_t>(total) / 20);
}

// The ten runs that MLflow's page "Search Runs" makes (https://mlflow.org/docs/latest/ml/search/search-runs), and its
// examples as they are written there, with what they find among these runs by the page's own rules.
TEST_CASE_FIXTURE(Fixture, "every example of MLflow's documentation is understood as written") {
  const std::vector<std::string> models = {"GPT-2", "GPT-3", "GPT-3.5", "GPT-4"};
  const std::vector<std::string> tasks = {"classification", "regression", "causal lm"};
  for (int i = 0; i < 10; ++i) {
    const std::string run = begin(std::to_string(i), 1'670'628'787'527 - 5 + i);
    const double accuracy = i * 0.1, loss = 1 - i * 0.1;
    Batch batch;
    batch.metrics = {{"loss", loss, 0, {}},
                     {"accuracy", accuracy, 0, {}},
                     {"log-scale-loss", std::log(loss), 0, {}},
                     {"f1 score", accuracy, 0, {}}};
    batch.params = {{"batch_size", i < 5 ? "2" : "4"},
                    {"learning rate", i % 2 == 0 ? "0.001" : "0.01"},
                    {"model", i < 4 ? models[static_cast<std::size_t>(i)] : "None"}};
    batch.tags = {{"task", i < 3 ? tasks[static_cast<std::size_t>(i)] : "None"},
                  {"environment", i < 5 ? "notebook" : "None"}};
    batch.inputs = {{i < 5 ? "custom" : "also custom",
                     i == 0   ? "s8ds293b"
                     : i == 1 ? "jks834s2"
                              : "other" + std::to_string(i),
                     "file", "", "", "", i < 5 ? "train" : "test"}};
    log(store, run, batch, context);
    if (i != 9) end(store, run, RunStatus::finished, context, at(1'670'628'800'000));
  }
  const std::vector<std::pair<const char*, std::size_t>> examples = {
      {"metrics.loss > 0.8", 2},
      {"metrics.accuracy > 0.72", 2},
      {"metrics.loss <= 0.15", 1},
      {"metrics.accuracy != 0.15", 10},
      {"params.model = \"GPT-4o\"", 0},
      {"params.model LIKE \"GPT%\"", 4},
      {"params.model ILIKE \"gpt%\"", 4},
      {"datasets.name IN ('custom', 'also custom', 'another custom name')", 10},
      {"datasets.digest IN ('s8ds293b', 'jks834s2')", 2},
      {"attributes.run_id IN ('5984a3488161440f92de9847e846b342')", 0},
      {"attributes.run_id IN ('5984a3488161440f92de9847e846b342', 'babe221a676b4fa4b204f8240f2c4f14')", 0},
      {"metrics.`cross-entropy-loss` < 0.5", 0},
      {"params.`1st_iteration_timestamp` = \"2022-01-01\"", 0},
      {"metrics.\"accuracy\" > 0.72", 2},
      {"metrics.`log-scale-loss` <= 0", 10},
      {"metrics.`f1 score` >= 0.5", 5},
      {"metrics.accuracy > 0.72 AND metrics.loss <= 0.15", 1},
      {"params.batch_size = \"2\"", 5},
      {"params.model ILIKE \"gPt%\"", 4},
      {"params.model LIKE \"GPT%\" AND params.batch_size = \"2\"", 4},
      {"tags.\"environment\" = \"notebook\"", 5},
      {"tags.environment = \"notebook\"", 5},
      {"tags.task = \"Classification\"", 0},
      {"tags.task ILIKE \"classif%\"", 1},
      {"datasets.name LIKE \"custom\"", 5},
      {"datasets.context = \"train\"", 5},
      {"attributes.status = \"ACTIVE\"", 0},
      {"attributes.status = 'ACTIVE'", 0},
      {"attributes.user_id LIKE \"user1\"", 0},
      {"attributes.user_id = 'user1'", 0},
      {"attributes.run_name = \"my-run\"", 0},
      {"attributes.run_id = \"a1b2c3d4\"", 0},
      {"attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')", 0},
      {"attributes.start_time >= 1664067852747", 10},
      {"attributes.end_time < 1664067852747", 0},
      {"attributes.created > 1664067852747", 10},
      {"attributes.created > 1670628787527", 4},
      {"attributes.Created > 1670628787527", 4},
      {"attributes.start_time > 1670628787527", 4},
      {"datasets.name IN ('custom', 'also custom')", 10},
      {"metrics.accuracy > 0.72 AND metrics.batch_size != 0", 0},
      {"metrics.accuracy > 0.72 AND metrics.batch_size != 0 AND attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')", 0},
      {"metrics.loss <= 0.15 AND metrics.loss >= 0.1", 0},  // 1 - 0.9 is less than 0.1
      {"params.batch_size != \"None\"", 10},
      {"\nattributes.run_id IN ('22db81f070f6413588641c8c343cdd72','c3680e37d0fa44eb9c9fb7828f6b5481')\n"
       "  AND metrics.loss > 0.3\n  AND metrics.\"f1 score\" < 0.5\n  AND params.model LIKE \"GPT%\"\n",
       0},
      {"params.model = 'GPT-4'", 1},
      {"metrics.rmse < 0.9 and tags.production = 'true'", 0},
      {"metrics.accuracy_score < 99.90", 0},
      {"tag.`test` = 'abc'", 0},
      {"tag.`test` = \"abc\"", 0},
      // Pages of earlier versions.
      {"metrics.accuracy > 0.92", 0},
      {"attributes.status = \"FINISHED\"", 9},
      {"attributes.status = \"FAILED\"", 0},
      {"tags.`mlflow.user` = 'john@mlflow.com'", 0},
      {"tags.`model` LIKE 'sklearn%'", 0},
      {"tags.`type` ILIKE '%Logistic%'", 0},
      {"attributes.`run_name` IN ('alpha', 'beta', 'gamma')", 0},
      {"attributes.`run name` IN ('alpha', 'beta', 'gamma')", 0},
      {"attributes.`Run name` IN ('alpha', 'beta', 'gamma')", 0},
      {"attributes.`Run Name` ILIKE \"%7%\"", 1},
      {"params.alpha = \"0.3\" and params.lambda = \"0.001\" and metrics.error <= 0.05", 0},
      {"params.\"model-type\" != 'x'", 0},
      {"metrics.`error rate` > 1", 0},
      {"metrics.\"2019-04-02 error rate\" > 1", 0},
      {"attributes.artifact_uri = 'models:/mymodel/1'", 0},
      {"params.model = 'CNN' and params.layers = '10' and metrics.`prediction accuracy` >= 0.945", 0},
      {"", 10},
  };
  for (const auto& [text, runs] : examples) CHECK_MESSAGE(count(text) == runs, text);
  // What that page calls wrong, and is wrong here.
  for (const char* text :
       {"tag.`test` = `abc`", "tag.`test` = abc", "tag.'test' = 'abc'", "metrics.accuracy != \"None\""})
    CHECK_THROWS_AS(count(text), Error);
  CHECK(found("", {"metrics.accuracy DESC"}).front() == "9");
  CHECK(found("", {"params.lr DESC"}).front() == "9");  // nobody has it: the newest first
  CHECK(found("metrics.accuracy > 0.45", {"params.`learning rate`", "metrics.loss"}) ==
        std::vector<std::string>{"8", "6", "9", "7", "5"});
}

TEST_CASE_FIXTURE(Fixture, "mistakes are shown where they are, with what to do") {
  struct Mistake {
    const char* text;
    const char* place;
    const char* part;
    const char* hint;
  };
  for (const auto& [text, place, part, hint] : std::vector<Mistake>{
           {"metric.loss >> 3", "character 14", "'>' stands where a value should follow", ""},
           {"metrics.loss > ", "character 16", "ends where a value should follow", ""},
           {"stauts = 'FAILED'", "character 1", "no attribute 'stauts'", "did you mean 'status'?"},
           {"grün = 1 AND metrik.x > 1", "character 1", "'grün'",
            "write metrics.`grün`, params.`grün` or tags.`grün`; attributes are run_id"},
           {"tags.grün = 'ü' AND metrik.x > 1", "character 21", "no section 'metrik'", "did you mean 'metrics'?"},
           {"metrics.loss > 'a'", "character 16", "is a number, 'a' a text", ""},
           {"metrics.loss > '0.5'", "character 16", "is a number, '0.5' a text", "without quotes: 0.5"},
           {"status = 5", "character 10", "is a text", "put it in quotes: '5'"},
           {"params.a = b", "character 12", "'b' stands where a value", "single quotes"},
           {"params.a = `b`", "character 12", "backticks are for names", "single quotes"},
           {"params.a LIKE 5", "character 15", "a pattern", "LIKE 'cnn%'"},
           {"metrics.a LIKE 'x'", "character 11", "only texts are LIKE", ""},
           {"(status = 'a'", "character 14", "ends where AND, OR or ) should follow", ""},
           {"status = 'a')", "character 13", "')' stands where AND, OR or the end", ""},
           {"status = 'a", "character 10", "not closed", ""},
           {"status 'a'", "character 8", "a comparison", "LIKE"},
           {"medium(metrics.a) > 1", "character 1", "no function 'medium'", "there are"},
           {"maxx(metrics.a) > 1", "character 1", "no function 'maxx'", "did you mean 'max'?"},
           {"max(params.a) > 1", "character 5", "max is of a metric", "max(metrics.loss)"},
           {"status IN ()", "character 12", "a value", ""},
           {"params.a IN ('x', 5)", "character 21", "mixed", ""},
           {"start_time > 'yesterday'", "character 14", "a time", "7d ago"},
           {"start_time > 7d", "character 16", "AGO", "7d ago"},
           {"duration > 5parsecs", "character 12", "neither a number nor a duration", "1.5h"},
           {"datasets.nam = 'x'", "character 1", "datasets have no 'nam'", "did you mean 'name'?"},
           {"params.a IS 5", "character 13", "NULL or NAN", ""},
           {"params.a IS NAN", "character 13", "only metrics", ""},
           {"5 < metrics.a", "character 1", "a column", "the column comes first"},
           {"status = 'a'; DROP TABLE runs", "character 13", "no meaning to ';'", ""},
           {"metrics. > 1", "character 9", "no name after 'metrics.'", ""},
           {"a = 1 OR", "character 1", "no attribute 'a'", ""},
           {"tags.x LIKE 'a!' ESCAPE '!'", "character 13", "ends with its escape", ""},
           {"metrics.a > 1e999", "character 13", "does not fit", ""},
           {"start_time > 99999999999w ago", "character 14", "3,000 years", ""},
       }) {
    try {
      count(text);
      FAIL_CHECK("accepted: ", text);
    } catch (const Error& error) {
      CHECK(error.code() == Code::usage);
      CHECK_MESSAGE(error.message().find(std::string(place) + ":") != std::string::npos, text, ": ", error.message());
      CHECK_MESSAGE(error.message().find(part) != std::string::npos, text, ": ", error.message());
      CHECK_MESSAGE(error.hint().find(hint) != std::string::npos, text, ": ", error.hint());
    }
  }
}

TEST_CASE_FIXTURE(Fixture, "texts that look like SQL are values, and names that nobody has are said") {
  const std::string run = begin("o'brien", 1);
  log(store, run, {{{"loss", 1, 0, {}}}, {{"p'; DROP TABLE runs; --", "' OR 1=1"}}, {}, {}}, context);
  CHECK(count("run_name = 'o''brien'") == 1);
  CHECK(count("run_name = \"o'brien\"") == 1);
  CHECK(count("params.`p'; DROP TABLE runs; --` = ''' OR 1=1'") == 1);
  CHECK(count("params.`p'; DROP TABLE runs; --` = 'x'' OR 1=1 --'") == 0);
  SearchOptions options;
  options.filter = "metrics.los < 5 OR status = 'ACTIVE' OR tags.q IS NULL";
  options.order_by = {"metrics.los"};
  const Explanation explanation = explain(store, options, context);
  for (const auto* statements : {&explanation.statements, &explanation.considered})
    for (const auto& statement : *statements) {
      for (const char* typed : {"los ", "ACTIVE", "'q'"}) CHECK(statement.sql.text.find(typed) == std::string::npos);
      CHECK_FALSE(statement.plan.empty());
    }
  CHECK(
      search(store, options, context).notes ==
      std::vector<std::string>{"no run has the status 'ACTIVE': there are RUNNING, SCHEDULED, FINISHED, FAILED, KILLED",
                               "no run has a metric 'los': did you mean 'loss'?", "no run has a tag 'q'"});
}

TEST_CASE_FIXTURE(Fixture, "limits of a filter hold") {
  begin("a", 1);
  const auto repeated = [](const std::string& text, std::size_t times, const std::string& between) {
    std::string all = text;
    for (std::size_t i = 1; i < times; ++i) all += between + text;
    return all;
  };
  CHECK(count(repeated("status = 'RUNNING'", 256, " AND ")) == 1);
  CHECK(count(repeated("status = 'x'", 255, " OR ") + " OR status = 'RUNNING'") == 1);
  CHECK_THROWS_AS(count(repeated("status = 'x'", 257, " OR ")), Error);
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '(') + "status = 'RUNNING'" + std::string(levels, ')');
  };
  CHECK(count(nested(63)) == 1);
  CHECK_THROWS_AS(count(nested(64)), Error);
  CHECK_THROWS_AS(count(nested(30'000)), Error);
  std::string negations;
  for (int i = 0; i < 62; ++i) negations += "NOT ";
  CHECK(count(negations + "status = 'RUNNING'") == 1);
  CHECK_THROWS_AS(count(negations + "NOT NOT status = 'RUNNING'"), Error);
  CHECK(count("status IN (" + repeated("'RUNNING'", 1000, ",") + ")") == 1);
  CHECK_THROWS_AS(count("status IN (" + repeated("'RUNNING'", 1001, ",") + ")"), Error);
  CHECK_THROWS_AS(count("status = '" + std::string(70'000, 'x') + "'"), Error);
  CHECK_THROWS_AS(count("status LIKE '" + repeated("%a", 65, "") + "'"), Error);
  CHECK_THROWS_AS(count(std::string("status = '\0'", 12)), Error);
  CHECK_THROWS_AS(count("status = '\xff'"), Error);
  // The deepest of everything at once still fits the database.
  const auto alternating = [](int levels) {
    std::string deep = "NOT tags.d NOT ILIKE 'x%'";
    for (int i = 0; i < levels; ++i)
      deep = "(avg(metrics.b) NOT BETWEEN 1 AND 2 OR params.c IN (1, 2) AND NOT (" + deep + "))";
    return deep;
  };
  CHECK_NOTHROW(count(alternating(7) + " OR status = 'FAILED'"));
  CHECK_THROWS_AS(count(alternating(17)), Error);
  std::string chain = "status = 'RUNNING'";
  for (int i = 0; i < 60; ++i) chain = "(" + chain + " AND status = 'RUNNING')";
  CHECK(count(chain) == 1);
}

TEST_CASE_FIXTURE(Fixture, "a page belongs to its search, and what comes between two pages moves nothing") {
  for (int i = 0; i < 6; ++i) {
    const std::string run = begin("r" + std::to_string(i), 1000);
    log(store, run, {{{"auc", 0.1 * (i / 2), 0, {}}}, {}, {}, {}}, context);
  }
  SearchOptions options;
  options.order_by = {"metrics.auc DESC"};
  options.limit = 3;
  const RunPage first = search(store, options, context);
  REQUIRE(first.runs.size() == 3);
  CHECK(first.runs[0].name == "r5");
  CHECK(first.runs[2].name == "r3");
  const std::string better = begin("better", 2000);
  log(store, better, {{{"auc", 0.9, 0, {}}}, {}, {}, {}}, context);
  set_lifecycle(store, first.runs[0].run_id, Lifecycle::deleted, context);
  options.page = first.next;
  const RunPage second = search(store, options, context);
  REQUIRE(second.runs.size() == 3);
  CHECK(second.runs[0].name == "r2");
  CHECK(second.runs[2].name == "r0");
  CHECK(second.next.empty());
  options.order_by = {"metrics.auc"};
  CHECK_THROWS_AS(search(store, options, context), Error);
  for (const char* page : {"nonsense", "!", "W10", "WzEsMiwzXQ", ""}) {
    options.page = page;
    if (*page != '\0') CHECK_THROWS_AS(search(store, options, context), Error);
  }
}

TEST_CASE_FIXTURE(Fixture, "columns of a result") {
  const std::string one = begin("one", 1000, "churn");
  log(store, one, {{{"auc", 0.5, 0, {}}, {"auc", 0.25, 1, {}}, {"bad", nan_value, 0, {}}}, {{"depth", "6"}}, {}, {}},
      context);
  end(store, one, RunStatus::finished, context, at(3500));
  begin("two", 500, "churn");
  const RunTable table =
      select(store, {}, "run_name, metric.auc, max(metrics.auc),metrics.bad,params.depth,duration,end_time", context);
  CHECK(table.columns == std::vector<std::string>{"run_name", "metrics.auc", "max(metrics.auc)", "metrics.bad",
                                                  "params.depth", "duration", "end_time"});
  CHECK(to_line(to_json(table)["runs"][0]) ==
        "{\"run_id\":\"" + one +
            R"json(","run_name":"one","metrics.auc":0.25,"max(metrics.auc)":0.5,"metrics.bad":"NaN",)json"
            R"json("params.depth":"6","duration":2.5,"end_time":"1970-01-01T00:00:03.500Z"})json");
  REQUIRE(table.rows.size() == 2);
  for (std::size_t i = 1; i < 7; ++i) CHECK(std::holds_alternative<std::nullptr_t>(table.rows[1][i]));
  CHECK_THROWS_AS(select(store, {}, "datasets.name", context), Error);
  CHECK_THROWS_AS(select(store, {}, "", context), Error);
}
