#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <tuple>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/pipeline/recipe_run.hpp"
#include "support.hpp"

using namespace mlsys;
using namespace mlsys::pipeline;
namespace fs = std::filesystem;

using mlsys_test::contains;

namespace {

class Recorder final : public RunListener {
 public:
  void line(const Step& step, std::string_view text) override { lines.push_back(step.name + ": " + std::string(text)); }
  std::vector<std::string> lines;
};

struct Fixture {
  Context context;
  TempDirectory temp{context.temp_dir};
  fs::path dir = temp.path() / "project";
  Recorder recorder;
  RunOptions options;

  Fixture() {
    fs::create_directories(dir);
    options.recipe = temp.path() / "recipe.json";
    options.directory = dir;
    options.state = dir / ".mlsys";
    options.program = "/bin/sh";
  }

  // Steps as {"name", shell script, deps, outs}.
  void steps(const std::vector<Json>& list) {
    Json array = Json::array();
    for (const Json& s : list) {
      Json step = {{"name", s[0]}, {"command", {"sh", "-c", s[1]}}, {"deps", s[2]}, {"outs", s[3]}};
      if (s.size() > 4) step.update(s[4]);
      array.push_back(std::move(step));
    }
    write_file(options.recipe,
               to_text({{"schema", "mlsys.recipe/1"}, {"name", "r"}, {"variables", {{"v", "1"}}}, {"steps", array}}));
  }

  // A chain a -> b -> c; b forgets the second line of what it reads.
  void chain() {
    write_file(dir / "in", "1\n2\n");
    steps({{"a", "cat in > x", {"in"}, {"x"}}, {"b", "head -1 x > y", {"x"}, {"y"}}, {"c", "cat y > z", {"y"}, {"z"}}});
  }

  RunReport run() { return run_recipe(options, recorder, context); }

  // "ran unchanged …": the status of each step.
  std::string statuses() {
    std::string text;
    for (const StepOutcome& s : run().steps) text += (text.empty() ? "" : " ") + std::string(name_of(s.status));
    return text;
  }
  std::string reason(std::size_t index) { return run().steps.at(index).reason; }

  Code code() {
    try {
      run();
    } catch (const Error& error) {
      message = error.message();
      return error.code();
    }
    return Code::ok;
  }
  std::string message;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "steps run once, then only when something they depend on changes") {
  chain();
  CHECK(statuses() == "ran ran ran");
  CHECK(read_file(dir / "z") == "1\n");
  CHECK(statuses() == "unchanged unchanged unchanged");

  SUBCASE("a touched file is not a changed file") {
    write_file(dir / "in", "1\n2\n");
    CHECK(statuses() == "unchanged unchanged unchanged");
  }
  SUBCASE("a change runs what follows, as far as it matters") {
    write_file(dir / "in", "1\n3\n");
    CHECK(statuses() == "ran ran unchanged");
    write_file(dir / "in", "4\n3\n");
    CHECK(statuses() == "ran ran ran");
  }
  SUBCASE("an altered or missing output is made again") {
    write_file(dir / "y", "other");
    CHECK(reason(1) == "'y' was altered");
    CHECK(read_file(dir / "y") == "1\n");
    fs::remove(dir / "y");
    CHECK(statuses() == "unchanged ran unchanged");
  }
  SUBCASE("another command, dependency or param") {
    steps({{"a", "cat in  > x", {"in"}, {"x"}},
           {"b", "head -1 x > y", {"x", "in"}, {"y"}},
           {"c", "cat y > z", {"y"}, {"z"}}});
    const RunReport report = run();
    CHECK(report.steps[0].reason == "its command changed");
    CHECK(report.steps[1].reason == "'in' is new");
    CHECK(report.steps[2].status == StepStatus::unchanged);
  }
  SUBCASE("forced") {
    options.force = true;
    CHECK(statuses() == "ran ran ran");
    CHECK(reason(0) == "forced");
  }
  SUBCASE("selected") {
    options.force = true;
    options.only = {"b"};
    CHECK(statuses() == "not_selected ran not_selected");
    options.only = {};
    options.downstream = {"b"};
    CHECK(statuses() == "not_selected ran ran");
    options.downstream = {"bb"};
    CHECK(code() == Code::usage);
  }
  SUBCASE("a dry run says what it would do, and does nothing") {
    write_file(dir / "in", "1\n3\n");
    options.dry_run = true;
    const RunReport report = run();
    CHECK(report.steps[0].status == StepStatus::would_run);
    CHECK(report.steps[0].reason == "'in' changed");
    CHECK(report.steps[1].status == StepStatus::would_run);
    CHECK(contains(report.steps[1].reason, "step 'a' may make other files"));
    CHECK(read_file(dir / "x") == "1\n2\n");
    CHECK(statuses() == "would_run would_run would_run");
  }
}

TEST_CASE_FIXTURE(Fixture, "params and settings") {
  steps({{"a", "echo ${v} ${p} > x", Json::array(), {"x"}, {{"params", {{"p", 1}}}}}});
  CHECK(statuses() == "ran");
  CHECK(read_file(dir / "x") == "1 1\n");
  options.settings = {{"a.p", "2"}};
  CHECK(reason(0) == "param 'p' was '1', is '2'");
  options.settings["v"] = "3";
  CHECK(reason(0) == "its command changed");
  CHECK(read_file(dir / "x") == "3 2\n");
  CHECK(statuses() == "unchanged");
}

TEST_CASE_FIXTURE(Fixture, "a step that fails ends the run, and only mlsys says with which code") {
  // Options::program is a shell here, so that "mlsys" can end in any way.
  const std::vector<std::tuple<std::string, int, Code>> cases = {
      {"mlsys", 1, Code::failed},    {"mlsys", 2, Code::usage},    {"mlsys", 3, Code::verdict},
      {"mlsys", 5, Code::integrity}, {"mlsys", 6, Code::conflict}, {"mlsys", 42, Code::failed},
      {"mlsys", 139, Code::failed},  {"sh", 1, Code::failed},      {"sh", 2, Code::failed},
      {"sh", 3, Code::failed},       {"sh", 42, Code::failed},
  };
  for (const auto& [program, exit_code, code] : cases) {
    CAPTURE(program);
    CAPTURE(exit_code);
    write_file(dir / "in", program + std::to_string(exit_code));
    const std::string script =
        "echo made; echo 'error: no good' >&2; echo 'hint: try' >&2; exit " + std::to_string(exit_code);
    steps({{"a", "cat in", {"in"}, Json::array()},
           {"b", script, {"in"}, Json::array(), {{"stdout", "out"}, {"command", {program, "-c", script}}}},
           {"c", "true", {"in"}, Json::array()}});
    const RunReport report = run();
    CHECK(report.code == code);
    CHECK(report.steps[0].status == StepStatus::ran);
    CHECK(report.steps[1].status == StepStatus::failed);
    CHECK(report.steps[1].exit_code == exit_code);
    CHECK(report.steps[1].last_line == "error: no good");
    CHECK(report.steps[2].status == StepStatus::not_reached);
    // A negative verdict is a result; what a failure had printed is none.
    CHECK(fs::exists(dir / "out") == (code == Code::verdict));
    CHECK(statuses() == "unchanged failed not_reached");
    fs::remove(dir / "out");
  }
}

TEST_CASE_FIXTURE(Fixture, "a step ended by a signal") {
  steps({{"a", "kill -9 $$$$", Json::array(), Json::array()}});
  const RunReport report = run();
  CHECK(report.steps[0].exit_code == 137);
  CHECK(report.code == Code::failed);
}

TEST_CASE_FIXTURE(Fixture, "output is handed on by lines, both streams, with the last one unfinished") {
  steps({{"a", "printf 'one\\ntwo'; printf 'three\\n' >&2", Json::array(), Json::array()}});
  run();
  std::sort(recorder.lines.begin(), recorder.lines.end());
  CHECK(recorder.lines == std::vector<std::string>{"a: one", "a: three", "a: two"});
}

TEST_CASE_FIXTURE(Fixture, "a megabyte of output without a newline") {
  steps({{"a", "head -c 1000000 /dev/zero | tr '\\0' x", Json::array(), Json::array()}});
  CHECK(run().code == Code::ok);
  std::size_t total = 0;
  for (const std::string& line : recorder.lines) {
    CHECK(line.size() < 100'000);
    total += line.size() - 3;
  }
  CHECK(total == 1'000'000);
}

TEST_CASE_FIXTURE(Fixture, "standard output becomes a file") {
  steps({{"a", "echo result; echo log >&2", Json::array(), Json::array(), {{"stdout", "deep/out.txt"}}}});
  run();
  CHECK(read_file(dir / "deep" / "out.txt") == "result\n");
  CHECK(recorder.lines == std::vector<std::string>{"a: log"});
}

TEST_CASE_FIXTURE(Fixture, "commands run in the project without standard input") {
  steps({{"a", "pwd > here; cat > nothing", Json::array(), {"here", "nothing"}}});
  run();
  CHECK(read_file(dir / "here") == fs::canonical(dir).string() + "\n");
  CHECK(read_file(dir / "nothing").empty());
}

TEST_CASE_FIXTURE(Fixture, "mlsys means the program that runs the recipe") {
  write_file(options.recipe, R"({"schema": "mlsys.recipe/1", "name": "r",
    "steps": [{"name": "a", "command": ["mlsys", "-c", "echo $$0 > name"], "outs": ["name"]}]})");
  CHECK(statuses() == "ran");
  CHECK(read_file(dir / "name") == "mlsys\n");
}

TEST_CASE_FIXTURE(Fixture, "folders are compared by content") {
  fs::create_directories(dir / "data");
  write_file(dir / "data" / "one", "1");
  steps({{"a", "mkdir -p made && cp data/* made/", {"data"}, {"made"}}});
  CHECK(statuses() == "ran");
  CHECK(statuses() == "unchanged");
  write_file(dir / "data" / "two", "2");
  CHECK(reason(0) == "'data' changed");
  fs::remove(dir / "made" / "one");
  CHECK(reason(0) == "'made' was altered");
}

TEST_CASE_FIXTURE(Fixture, "a step that always runs") {
  steps({{"a", "true", Json::array(), Json::array(), {{"always", true}}}});
  CHECK(statuses() == "ran");
  CHECK(reason(0) == "it always runs");
}

TEST_CASE_FIXTURE(Fixture, "mistakes") {
  SUBCASE("a file that is not there") {
    steps({{"a", "true", {"none"}, Json::array()}});
    CHECK(code() == Code::not_found);
    CHECK(contains(message, "'none'"));
  }
  SUBCASE("a promised file that is not made") {
    steps({{"a", "true", Json::array(), {"none"}}});
    CHECK(code() == Code::failed);
    CHECK(contains(message, "did not make 'none'"));
    CHECK(code() == Code::failed);
  }
  SUBCASE("a program that is not there") {
    write_file(options.recipe, R"({"schema": "mlsys.recipe/1", "name": "r",
      "steps": [{"name": "a", "command": ["no-such-program"]}]})");
    CHECK(code() == Code::failed);
    CHECK(contains(message, "'no-such-program'"));
  }
  SUBCASE("an input that the step itself changes") {
    write_file(dir / "in", "1");
    steps({{"a", "echo 2 > in", {"in"}, Json::array()}});
    CHECK(code() == Code::conflict);
  }
  SUBCASE("a damaged lock") {
    steps({{"a", "true", Json::array(), Json::array()}});
    write_file(options.state / "recipes" / "r.json", "{");
    CHECK(code() != Code::ok);
  }
}

TEST_CASE_FIXTURE(Fixture, "the same recipe does not run twice at once") {
  steps({{"a", "true", Json::array(), Json::array()}});
  run();
  const FileLock held(options.state / "recipes" / "r.lock", FileLock::Mode::exclusive, 0);
  CHECK(code() == Code::conflict);
}

TEST_CASE_FIXTURE(Fixture, "a stop ends the command and its children, and the next run goes on from there") {
  std::atomic<bool> stop{false};
  context.stop = &stop;
  steps(
      {{"a", "echo 1 > x", Json::array(), {"x"}}, {"b", "sleep 60 & echo $$! > pid; wait; echo 1 > y", {"x"}, {"y"}}});
  std::thread stopper([&] {
    for (int i = 0; i < 500 && !fs::exists(dir / "pid"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop = true;
  });
  const auto start = std::chrono::steady_clock::now();
  CHECK(code() == Code::interrupted);
  stopper.join();
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  CHECK_FALSE(fs::exists(dir / "y"));

  stop = false;
  steps({{"a", "echo 1 > x", Json::array(), {"x"}}, {"b", "echo 1 > y", {"x"}, {"y"}}});
  CHECK(statuses() == "unchanged ran");
}

TEST_CASE_FIXTURE(Fixture, "the report as JSON") {
  steps({{"a", "exit 3", Json::array(), Json::array()}, {"b", "true", Json::array(), Json::array()}});
  const Json json = to_json(run());
  CHECK(json.at("schema") == "mlsys.recipe.run/1");
  CHECK(json.at("exit_code") == 1);
  CHECK(json.at("steps")[0].at("exit_code") == 3);
  CHECK(json.at("steps")[0].at("status") == "failed");
  CHECK(json.at("steps")[1].at("status") == "not_reached");
}
