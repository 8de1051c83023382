#include "mlsys/track/track.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/track/exec.hpp"
#include "track/fixture.hpp"

using namespace mlsys;
using namespace mlsys::track;
using store::Mode;
using store::Store;

namespace {

using Fixture = test::Track;

Millis at(std::int64_t ms) { return Millis(std::chrono::milliseconds(ms)); }
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a run is started, logged to, ended and read") {
  StartOptions options;
  options.experiment = "churn";
  options.tags = {{"team", "growth"}};
  options.start_time = at(1'000);
  options.user = "ann";
  options.source = "train.py --depth 3";
  const std::string id = start(store, options, context);
  CHECK(id.size() == 32);
  log(store, id, {{{"loss", 0.5, 1, at(2'000)}, {"loss", 0.25, 2, at(3'000)}}, {{"depth", "3"}}, {{"note", "x"}}, {}},
      context);
  log(store, id, {{}, {}, {}, {{"train.csv", "abc", "file", "/d/train.csv", "{}", "{}", "train"}}}, context);
  end(store, id, RunStatus::finished, context, at(5'000));
  const Run run = get(store, id, context);
  CHECK(run.name == run_name(id));
  CHECK(run.experiment == "churn");
  CHECK(run.status == RunStatus::finished);
  CHECK(run.start_time == at(1'000));
  CHECK(run.end_time == at(5'000));
  CHECK(run.user == "ann");
  CHECK(run.source == "train.py --depth 3");
  CHECK(run.params == std::map<std::string, std::string>{{"depth", "3"}});
  CHECK(run.tags == std::map<std::string, std::string>{{"note", "x"}, {"team", "growth"}});
  REQUIRE(run.metrics.size() == 1);
  CHECK(run.metrics.at("loss").value == 0.25);
  CHECK(run.metrics.at("loss").count == 2);
  CHECK(run.metrics.at("loss").min == 0.25);
  CHECK(run.metrics.at("loss").max == 0.5);
  REQUIRE(run.inputs.size() == 1);
  CHECK(run.inputs[0].digest == "abc");
  CHECK(run.inputs[0].context == "train");
  const auto series = points(id, "loss");
  REQUIRE(series.size() == 2);
  CHECK(series[0].value == 0.5);
  CHECK(series[1].time == at(3'000));
}

TEST_CASE_FIXTURE(Fixture, "parameters never change, and a batch with one that would leaves nothing") {
  const std::string id = begin();
  log(store, id, {{}, {{"p", "1"}}, {}, {}}, context);
  log(store, id, {{}, {{"p", "1"}, {"q", "2"}}, {}, {}}, context);
  CHECK(code_of([&] { log(store, id, {{{"m", 1, 0, {}}}, {{"r", "3"}, {"p", "2"}}, {{"t", "x"}}, {}}, context); }) ==
        Code::failed);
  CHECK(code_of([&] { log(store, id, {{}, {{"s", "1"}, {"s", "2"}}, {}, {}}, context); }) == Code::failed);
  const Run run = get(store, id, context);
  CHECK(run.params == std::map<std::string, std::string>{{"p", "1"}, {"q", "2"}});
  CHECK(run.metrics.empty());
  CHECK(run.tags.empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "the latest point is the greatest step, then time, then value, whatever the order of arrival") {
  const std::string id = begin();
  const std::vector<Point> logged = {{"m", 9, 5, at(10)},        {"m", 1, 7, at(10)}, {"m", 2, 7, at(11)},
                                     {"m", 5, 7, at(11)},        {"m", 3, 7, at(11)}, {"m", 8, 6, at(99)},
                                     {"m", nan_value, 7, at(11)}};
  // Each on its own, backwards, and all at once.
  for (const Point& point : logged) log(store, id, {{point}, {}, {}, {}}, context);
  for (auto it = logged.rbegin(); it != logged.rend(); ++it) {
    Point point = *it;
    point.key = "backwards";
    log(store, id, {{point}, {}, {}, {}}, context);
  }
  std::vector<Point> together = logged;
  for (Point& point : together) point.key = "together";
  log(store, id, {together, {}, {}, {}}, context);
  const Run run = get(store, id, context);
  for (const char* key : {"m", "backwards", "together"}) {
    const Latest& latest = run.metrics.at(key);
    CHECK(latest.value == 5);
    CHECK(latest.step == 7);
    CHECK(latest.time == at(11));
    CHECK(latest.count == 7);
    CHECK(latest.min == 1);
    CHECK(latest.max == 9);
    const auto series = points(id, key);
    REQUIRE(series.size() == 7);
    for (std::size_t i = 1; i < series.size(); ++i)
      CHECK(std::pair(series[i - 1].step, series[i - 1].time) <= std::pair(series[i].step, series[i].time));
  }
}

TEST_CASE_FIXTURE(Fixture, "NaN and infinities are kept and shown as words") {
  const std::string id = begin();
  log(store, id, {{{"n", nan_value, 1, {}}, {"p", infinite, 1, {}}, {"m", -infinite, 1, {}}}, {}, {}, {}}, context);
  const Run run = get(store, id, context);
  CHECK(std::isnan(run.metrics.at("n").value));
  CHECK(std::isnan(run.metrics.at("n").min));
  CHECK(run.metrics.at("p").value == infinite);
  CHECK(run.metrics.at("m").value == -infinite);
  CHECK(std::isnan(points(id, "n").at(0).value));
  const Json json = to_json(run);
  CHECK(json["metrics"]["n"] == "NaN");
  CHECK(json["metrics"]["p"] == "Infinity");
  CHECK(json["metrics"]["m"] == "-Infinity");
}

TEST_CASE_FIXTURE(Fixture, "equal points are kept apart, unless they come from one operation repeated") {
  const std::string id = begin();
  const Batch batch{{{"m", 1, 1, at(1)}, {"m", 1, 1, at(1)}}, {}, {}, {}};
  log(store, id, batch, context, "op");
  log(store, id, batch, context, "op");
  CHECK(points(id, "m").size() == 2);
  log(store, id, batch, context);
  CHECK(points(id, "m").size() == 4);
  CHECK(get(store, id, context).metrics.at("m").count == 4);
  CHECK(code_of([&] { log(store, id, {{{"m", 2, 1, at(1)}}, {}, {}, {}}, context, "op"); }) == Code::conflict);
  StartOptions options;
  options.operation = "start-1";
  const std::string first = start(store, options, context);
  CHECK(start(store, options, context) == first);
}

TEST_CASE_FIXTURE(Fixture, "an operation that differs in anything that is written is another one") {
  StartOptions first;
  first.operation = "start";
  first.tags = {{"a", "1"}};
  const std::string id = start(store, first, context);
  const auto differs = [&](const std::function<void(StartOptions&)>& change) {
    StartOptions other = first;
    change(other);
    return code_of([&] { start(store, other, context); }) == Code::conflict;
  };
  CHECK(!differs([](auto&) {}));
  CHECK(differs([](auto& o) { o.start_time = at(1); }));
  CHECK(differs([](auto& o) { o.status = RunStatus::scheduled; }));
  CHECK(differs([](auto& o) { o.user = "somebody"; }));
  CHECK(differs([](auto& o) { o.source = "train.py"; }));
  CHECK(differs([](auto& o) { o.process = getpid(); }));
  CHECK(differs([](auto& o) { o.tags.clear(), o.params = {{"a", "1"}}; }));

  int number = 0;
  const auto same_log = [&](const Batch& once, const Batch& again) {
    const std::string operation = "log " + std::to_string(++number);
    log(store, id, once, context, operation);
    return code_of([&] { log(store, id, again, context, operation); }) == Code::ok;
  };
  const Dataset data{"d.csv", "1", "file", "d.csv", "", "", "train"};
  Dataset described = data;
  described.schema = "{}";
  CHECK(same_log({{}, {{"p", "1"}}, {}, {}}, {{}, {{"p", "1"}}, {}, {}}));
  CHECK(!same_log({{}, {{"p", "1"}}, {}, {}}, {{}, {}, {{"p", "1"}}, {}}));
  CHECK(!same_log({{}, {{"p", "1"}, {"q", "1"}}, {}, {}}, {{}, {{"p", "1"}}, {{"q", "1"}}, {}}));
  CHECK(!same_log({{}, {}, {}, {data}}, {{}, {}, {}, {described}}));
  CHECK(!same_log({{{"m", 1, 1, {}}}, {}, {}, {}}, {{{"m", 1, 1, at(1)}}, {}, {}, {}}));

  edit(store, id, {"named", {}, {}}, context, "edit");
  CHECK(code_of([&] { edit(store, id, {"named", "", {}}, context, "edit"); }) != Code::ok);
  CHECK(code_of([&] { edit(store, id, {{}, "named", {}}, context, "edit"); }) == Code::conflict);
}

TEST_CASE_FIXTURE(Fixture, "keys and values have limits") {
  const std::string id = begin();
  const auto param = [&](const std::string& key, const std::string& value) {
    return code_of([&] { log(store, id, {{}, {{key, value}}, {}, {}}, context); });
  };
  std::string wide;  // 250 characters, 500 bytes
  for (int i = 0; i < 250; ++i) wide += "ä";
  CHECK(param(wide, "x") == Code::ok);
  CHECK(param(wide + "a", "x") == Code::failed);
  CHECK(param("", "x") == Code::failed);
  CHECK(param("a\nb", "x") == Code::failed);
  CHECK(param("bad \xff", "x") == Code::failed);
  CHECK(param("long", std::string(6000, 'x')) == Code::ok);
  CHECK(param("longer", std::string(6001, 'x')) == Code::failed);
  CHECK(param("empty", "") == Code::ok);
  CHECK(param("ndcg@10{gain=exp}", "odd but fine: '\"`") == Code::ok);
  CHECK(code_of([&] { log(store, id, {{}, {}, {{"t", std::string(8001, 'x')}}, {}}, context); }) == Code::failed);
  CHECK(code_of([&] { log(store, std::string(32, '0'), {{}, {}, {{"t", "x"}}, {}}, context); }) == Code::not_found);
}

TEST_CASE_FIXTURE(Fixture, "a run is found by its id, the beginning of one, and how recent it is") {
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    StartOptions options;
    options.start_time = at(1'000 + i / 2);  // two start in the same millisecond: the later started is newer
    ids.push_back(start(store, options, context));
  }
  CHECK(resolve_run(store, ids[0]) == ids[0]);
  CHECK(resolve_run(store, "run:" + ids[1]) == ids[1]);
  CHECK(resolve_run(store, "@last") == ids[3]);
  CHECK(resolve_run(store, "@last~0") == ids[3]);
  CHECK(resolve_run(store, "run:@last~3") == ids[0]);
  CHECK(code_of([&] { resolve_run(store, "@last~4"); }) == Code::not_found);
  CHECK(code_of([&] { resolve_run(store, "@last~x"); }) == Code::usage);
  CHECK(code_of([&] { resolve_run(store, "@lasting"); }) == Code::usage);
  CHECK(code_of([&] { resolve_run(store, ids[0].substr(0, 3)); }) == Code::usage);
  CHECK(code_of([&] { resolve_run(store, "zzzz"); }) == Code::not_found);
  CHECK(code_of([&] { resolve_run(store, ""); }) == Code::not_found);
  CHECK(code_of([&] { resolve_run(store, ids[0] + "0"); }) == Code::not_found);
  // Two that begin alike: ids are random, so they are written by hand.
  store.write({}, store::Durability::process, context, [&](const store::Write&) {
    for (const char* id : {"abcd1000000000000000000000000000", "abcd2000000000000000000000000000"})
      store
          .prepare(
              "INSERT INTO runs (run_id, experiment, name, status, start_time, user, source)"
              " VALUES (?, 1, 'n', 'FINISHED', 0, '', '')")
          .bind(id)
          .run();
    return std::string();
  });
  CHECK(resolve_run(store, "abcd1") == "abcd1000000000000000000000000000");
  CHECK(code_of([&] { resolve_run(store, "abcd"); }) == Code::usage);
  set_lifecycle(store, ids[3], Lifecycle::deleted, context);
  CHECK(resolve_run(store, "@last") == ids[2]);
  CHECK(resolve_run(store, ids[3]) == ids[3]);
}

TEST_CASE_FIXTURE(Fixture, "pages of a list cover every run once, newest first") {
  std::set<std::string> all;
  Random random(3);
  for (int i = 0; i < 57; ++i) {
    StartOptions options;
    options.experiment = i % 3 == 0 ? "a" : "b";
    options.start_time = at(static_cast<std::int64_t>(random.below(20)));  // many ties
    all.insert(start(store, options, context));
  }
  SearchOptions options;
  options.limit = 10;
  std::set<std::string> seen;
  std::optional<Millis> before;
  int pages = 0;
  do {
    const RunPage page = search(store, options, context);
    for (const Run& run : page.runs) {
      CHECK(seen.insert(run.run_id).second);
      if (before) CHECK(*run.start_time <= *before);
      before = run.start_time;
    }
    options.page = page.next;
    ++pages;
  } while (!options.page.empty());
  CHECK(pages == 6);
  CHECK(seen == all);
  SearchOptions only;
  only.experiments = {"a"};
  CHECK(search(store, only, context).runs.size() == 19);
  only.experiments = {"a", "b"};
  CHECK(search(store, only, context).runs.size() == 57);
  only.experiments = {"c"};
  CHECK(code_of([&] { search(store, only, context); }) == Code::not_found);
  only = {};
  only.page = "nonsense";
  CHECK(code_of([&] { search(store, only, context); }) == Code::usage);
}

TEST_CASE_FIXTURE(Fixture, "a run whose process is gone reads as failed, and one of a living process does not") {
  int pipes[2];
  REQUIRE(pipe(pipes) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    char wait = 0;
    close(pipes[1]);
    [[maybe_unused]] const auto got = ::read(pipes[0], &wait, 1);
    _exit(0);
  }
  close(pipes[0]);
  StartOptions options;
  options.process = child;
  const std::string id = start(store, options, context);
  CHECK(get(store, id, context).status == RunStatus::running);
  close(pipes[1]);
  // A zombie has ended, whether its parent has noticed or not.
  siginfo_t info{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK(get(store, id, context).stale);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  const Run gone = get(store, id, context);
  CHECK(gone.status == RunStatus::failed);
  CHECK(gone.stale);
  CHECK(search(store, {}, context).runs.at(0).status == RunStatus::failed);
  end(store, id, RunStatus::finished, context);
  CHECK(get(store, id, context).status == RunStatus::finished);
  options.process = 0x7ffffff0;
  CHECK(code_of([&] { start(store, options, context); }) == Code::not_found);
  const std::string shell = begin();  // no process recorded: nothing to tell
  CHECK(get(store, shell, context).status == RunStatus::running);
}

TEST_CASE_FIXTURE(Fixture, "comparing shows what differs and nothing else") {
  const std::string a = begin("e");
  const std::string b = begin("e");
  log(store, a, {{{"auc", 0.7, 0, {}}, {"same", 1, 0, {}}}, {{"depth", "3"}, {"eta", "0.1"}}, {}, {}}, context);
  log(store, b, {{{"auc", 0.8, 0, {}}, {"same", 1, 0, {}}}, {{"depth", "6"}, {"eta", "0.1"}}, {{"t", "x"}}, {}},
      context);
  const Comparison comparison = compare(store, {a, b}, context);
  REQUIRE(comparison.differences.size() == 3);
  CHECK(comparison.differences[0].key == "depth");
  using Values = std::vector<std::optional<std::string>>;
  CHECK(comparison.differences[0].values == Values{"3", "6"});
  CHECK(comparison.differences[1].key == "auc");
  CHECK(comparison.differences[1].values == Values{"0.7", "0.8"});
  CHECK(comparison.differences[2].key == "t");
  CHECK(comparison.differences[2].values == Values{std::nullopt, "x"});
  CHECK(compare(store, {a, a}, context).differences.empty());
}

TEST_CASE_FIXTURE(Fixture, "comparing tells an empty text from none, and sees all the data of one context") {
  using Values = std::vector<std::optional<std::string>>;
  const std::string a = begin("e");
  const std::string b = begin("e");
  const Dataset one{"one.csv", "1", "file", "one.csv", "", "", "train"};
  const Dataset two{"two.csv", "2", "file", "two.csv", "", "", "train"};
  log(store, a, {{}, {{"x", ""}}, {{"t", ""}}, {two, one}}, context);
  log(store, b, {{}, {}, {}, {two}}, context);
  const Comparison comparison = compare(store, {a, b}, context);
  REQUIRE(comparison.differences.size() == 3);
  CHECK(comparison.differences[0].values == Values{"", std::nullopt});
  CHECK(comparison.differences[1].values == Values{"", std::nullopt});
  CHECK(comparison.differences[2].section == "input");
  CHECK(comparison.differences[2].values == Values{"1, 2", "2"});
  const Json values = to_json(comparison)["differences"][0]["values"];
  CHECK(values[a] == "");
  CHECK(values[b].is_null());
  log(store, b, {{}, {{"x", ""}}, {{"t", ""}}, {one}}, context);  // the same in another order
  CHECK(compare(store, {a, b}, context).differences.empty());
}

TEST_CASE_FIXTURE(Fixture, "deleted runs are kept but neither listed nor written to") {
  const std::string id = begin();
  set_lifecycle(store, id, Lifecycle::deleted, context);
  CHECK(search(store, {}, context).runs.empty());
  SearchOptions deleted;
  deleted.lifecycle = Lifecycle::deleted;
  CHECK(search(store, deleted, context).runs.size() == 1);
  CHECK(code_of([&] { log(store, id, {{{"m", 1, 0, {}}}, {}, {}, {}}, context); }) == Code::failed);
  CHECK(code_of([&] { end(store, id, RunStatus::finished, context); }) == Code::failed);
  set_lifecycle(store, id, Lifecycle::active, context);
  CHECK(search(store, {}, context).runs.size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "experiments are made, renamed, deleted with their runs and restored with the same ones") {
  create_experiment(store, "a", {{"k", "v"}}, context);
  CHECK(code_of([&] { create_experiment(store, "a", {}, context); }) == Code::conflict);
  const std::string kept = begin("a");
  const std::string gone = begin("a");
  set_lifecycle(store, gone, Lifecycle::deleted, context);
  // Times tell what was deleted together; the clock moves on.
  context.now = [] {
    return Millis(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())) +
           std::chrono::seconds(1);
  };
  rename_experiment(store, "a", "b", context);
  CHECK(code_of([&] { rename_experiment(store, "a", "c", context); }) == Code::not_found);
  create_experiment(store, "a", {}, context);
  CHECK(code_of([&] { rename_experiment(store, "a", "b", context); }) == Code::conflict);
  const auto found = experiments(store, Lifecycle::active);
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "b");
  CHECK(found[0].runs == 1);
  CHECK(found[0].tags == std::map<std::string, std::string>{{"k", "v"}});
  set_experiment_lifecycle(store, "b", Lifecycle::deleted, context);
  CHECK(experiments(store, Lifecycle::active).size() == 1);
  CHECK(search(store, {}, context).runs.empty());
  CHECK(code_of([&] { begin("b"); }) == Code::failed);
  set_experiment_lifecycle(store, "b", Lifecycle::active, context);
  const RunPage page = search(store, {}, context);
  REQUIRE(page.runs.size() == 1);
  CHECK(page.runs[0].run_id == kept);
}

TEST_CASE("names of runs are readable and the same for the same id") {
  CHECK(run_name("223868e63ea6345d92c40335060a1aec") == "eager-condor-671");  // never changes between versions
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) names.insert(run_name(random_id()));
  CHECK(names.size() > 990);
}

// MLSYS_CROWD=64x500 for 64 processes of 500 calls.
TEST_CASE("many processes log to one run: every point is there, once, in order") {
  const test::Scratch scratch;
  const auto folder = scratch / "s";
  std::string id;
  {
    Context context;
    Store store = Store::open(folder, Mode::write, context);
    id = start(store, {}, context);
  }
  int processes = 10;
  int calls = 40;
  if (const char* crowd = std::getenv("MLSYS_CROWD")) REQUIRE(std::sscanf(crowd, "%dx%d", &processes, &calls) == 2);
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int status = 0;
      try {
        Context context;
        for (int i = 0; i < calls; ++i) {
          Store store = Store::open(folder, Mode::write, context);
          const Batch batch{{{"m", i + p / 100.0, i, {}}}, {{"p" + std::to_string(p), "v"}}, {}, {}};
          const std::string operation = std::to_string(p) + ":" + std::to_string(i);
          log(store, id, batch, context, operation);
          if (i % 7 == 0) log(store, id, batch, context, operation);
        }
      } catch (...) {
        status = 1;
      }
      _exit(status);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  Context context;
  Store store = Store::open(folder, Mode::read, context);
  std::map<std::int64_t, std::multiset<double>> by_step;
  std::int64_t last = -1;
  history(store, id, "m", [&](const HistoryPoint& point) {
    CHECK(point.step >= last);
    last = point.step;
    by_step[point.step].insert(point.value);
    return true;
  });
  REQUIRE(by_step.size() == static_cast<std::size_t>(calls));
  for (const auto& [step, values] : by_step) {
    std::multiset<double> expected;
    for (int p = 0; p < processes; ++p) expected.insert(static_cast<double>(step) + p / 100.0);
    CHECK(values == expected);
  }
  const Run run = get(store, id, context);
  CHECK(run.params.size() == static_cast<std::size_t>(processes));
  CHECK(run.metrics.at("m").count == static_cast<std::uint64_t>(processes) * static_cast<std::uint64_t>(calls));
  CHECK(run.metrics.at("m").value >= calls - 1);
  CHECK(store.check(context).problems.empty());
}

TEST_CASE_FIXTURE(Fixture, "a check finds summaries that do not tell what the points are, and points without one") {
  for (const char* damage : {"UPDATE latest_metrics SET points = 4", "UPDATE latest_metrics SET most = 9",
                             "UPDATE latest_metrics SET least = 0", "UPDATE latest_metrics SET step = 7",
                             "DELETE FROM latest_metrics", "DELETE FROM metrics WHERE step = 2"}) {
    CAPTURE(damage);
    Context here;
    const test::Scratch folder;
    store::Store damaged = store::Store::open(folder / "s", store::Mode::write, here);
    const std::string run = start(damaged, {}, here);
    log(damaged, run, {{{"loss", 3, 1, {}}, {"loss", std::nan(""), 2, {}}, {"loss", 1, 3, {}}}, {}, {}, {}}, here);
    CHECK(damaged.check(here).problems.empty());
    damaged.write({}, store::Durability::process, here, [&](const store::Write&) {
      damaged.prepare(damage).run();
      return std::string();
    });
    REQUIRE(damaged.check(here).problems.size() == 1);
    CHECK(damaged.check(here).problems.front().subject == "metrics");
  }
}

TEST_CASE_FIXTURE(Fixture, "a run that beat and no longer does reads as failed, wherever its process was") {
  ExecOptions options;
  options.command = {"sleep", "1.3"};
  options.git = false;
  options.heartbeat = std::chrono::seconds(1);
  const ExecReport report = exec(store, options, context);
  CHECK(report.exit_code == 0);
  CHECK(report.seconds >= 1.3);
  const auto beat = [&] {
    store::Statement row = store.prepare("SELECT heartbeat FROM runs");
    row.step();
    return row.maybe_integer(0);
  }();
  REQUIRE(beat);
  // As another machine sees it that reads the store while the program runs.
  store.write({}, store::Durability::process, context, [&](const store::Write&) {
    store.prepare("UPDATE runs SET status = 'RUNNING', end_time = NULL, process = 'elsewhere boot ns 1 1'").run();
    return std::string();
  });
  SearchOptions running;
  running.filter = "status = 'RUNNING'";
  for (const auto& [minutes, status] : {std::pair{4, RunStatus::running}, {6, RunStatus::failed}}) {
    context.now = [now = at(*beat) + std::chrono::minutes(minutes)] { return now; };
    const Run run = get(store, report.run_id, context);
    CHECK(run.status == status);
    CHECK(run.stale == (status == RunStatus::failed));
    CHECK(search(store, running, context).runs.size() == (run.stale ? 0 : 1));
  }
}

TEST_CASE_FIXTURE(Fixture, "a run is edited as a whole or not at all") {
  const std::string run = begin("from");
  log(store, run, {{}, {}, {{"draft", "yes"}, {"team", "a"}}, {}}, context);
  edit(store, run, {"renamed", "to", {"draft"}}, context);
  Run found = get(store, run, context);
  CHECK(found.name == "renamed");
  CHECK(found.experiment == "to");
  CHECK(found.tags == std::map<std::string, std::string>{{"team", "a"}});
  CHECK(code_of([&] { edit(store, run, {"again", "other", {"team", "draft"}}, context); }) == Code::not_found);
  found = get(store, run, context);
  CHECK(found.name == "renamed");
  CHECK(found.experiment == "to");
  CHECK(found.tags.contains("team"));
  for (const auto& experiment : experiments(store, Lifecycle::active)) CHECK(experiment.name != "other");
  CHECK(code_of([&] { edit(store, run, {"", {}, {}}, context); }) == Code::failed);
  set_experiment_lifecycle(store, "from", Lifecycle::deleted, context);
  CHECK(code_of([&] { edit(store, run, {{}, "from", {}}, context); }) == Code::failed);
}

TEST_CASE_FIXTURE(Fixture, "times that cannot be written are refused") {
  const std::string run = begin();
  const auto log_at = [&](std::int64_t ms) {
    return code_of([&] { log(store, run, {{{"m", 1, 0, at(ms)}}, {}, {}, {}}, context); });
  };
  CHECK(log_at(1'700'000'000'000'000) == Code::failed);  // microseconds
  CHECK(log_at(253'402'300'800'000) == Code::failed);    // date -ud 10000-01-01 +%s
  CHECK(log_at(std::numeric_limits<std::int64_t>::max()) == Code::failed);
  CHECK(log_at(std::numeric_limits<std::int64_t>::min()) == Code::failed);
  CHECK(log_at(253'402'300'799'999) == Code::ok);
  CHECK(log_at(0) == Code::ok);
  CHECK(log_at(-1) == Code::ok);
  CHECK(points(run, "m").size() == 3);
  CHECK(code_of([&] { end(store, run, RunStatus::finished, context, at(1'700'000'000'000'000)); }) == Code::failed);
  StartOptions options;
  options.start_time = at(1'700'000'000'000'000);
  CHECK(code_of([&] { start(store, options, context); }) == Code::failed);
}

TEST_CASE_FIXTURE(Fixture, "a deleted experiment is neither renamed nor filled") {
  const std::string run = begin("old");
  set_experiment_lifecycle(store, "old", Lifecycle::deleted, context);
  CHECK(code_of([&] { rename_experiment(store, "old", "new", context); }) == Code::failed);
  CHECK(code_of([&] { set_lifecycle(store, run, Lifecycle::active, context); }) == Code::failed);
  CHECK(get(store, run, context).lifecycle == Lifecycle::deleted);
  set_experiment_lifecycle(store, "old", Lifecycle::active, context);
  CHECK(get(store, run, context).lifecycle == Lifecycle::active);
  rename_experiment(store, "old", "new", context);
  CHECK(get(store, run, context).experiment == "new");
}
