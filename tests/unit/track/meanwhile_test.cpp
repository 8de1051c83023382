// Runs that others change while they are read or purged: at the moment when the clock is asked.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/track/purge.hpp"
#include "mlsys/track/tail.hpp"
#include "mlsys/track/track.hpp"
#include "store/scratch.hpp"

using namespace mlsys;
using namespace mlsys::track;
using store::Mode;
using store::Store;

namespace {

struct Disturbed {
  test::Scratch scratch;
  Context other;  // of the one who disturbs
  Store elsewhere = Store::open(scratch / "s", Mode::write, other);
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);

  // `work` is done once, when the clock is asked for the `nth` time.
  void meanwhile(int nth, std::function<void()> work) {
    context.now = [this, nth, work = std::move(work), asked = 0]() mutable {
      if (++asked == nth) work();
      return other.now();
    };
  }
  std::string deleted_run() {
    StartOptions options;
    options.experiment = "e";
    const std::string run = start(elsewhere, options, other);
    set_lifecycle(elsewhere, run, Lifecycle::deleted, other);
    return run;
  }
  void collect() { elsewhere.collect({.min_age_seconds = 0}, other); }
};

PurgeOptions all(bool dry_run = false) {
  PurgeOptions options;
  options.min_age = std::chrono::seconds(0);
  options.dry_run = dry_run;
  return options;
}

}  // namespace

TEST_CASE_FIXTURE(Disturbed, "a run that is restored while it is to be purged is kept, and that is said") {
  const std::string run = deleted_run();
  PurgeOptions options = all();
  options.runs = {run};
  meanwhile(1, [&] { set_lifecycle(elsewhere, run, Lifecycle::active, other); });
  const PurgeReport report = purge(store, options, context);
  CHECK(report.purged.empty());
  REQUIRE(report.kept.size() == 1);
  CHECK(report.kept.front().why == "it was restored meanwhile");
  CHECK(get(store, run, other).lifecycle == Lifecycle::active);
}

TEST_CASE_FIXTURE(Disturbed, "of two who purge the same run at once one removes it, and no one keeps it") {
  const std::string run = deleted_run();
  std::size_t by_other = 0;
  meanwhile(1, [&] { by_other = purge(elsewhere, all(), other).purged.size(); });
  const PurgeReport report = purge(store, all(), context);
  CHECK(by_other == 1);
  CHECK(report.purged.empty());
  CHECK(report.kept.empty());
}

TEST_CASE_FIXTURE(Disturbed, "what would be purged is said of one moment") {
  const std::string run = deleted_run();
  set_experiment_lifecycle(elsewhere, "e", Lifecycle::deleted, other);
  meanwhile(2, [&] {  // the runs are known, the experiments not yet
    set_experiment_lifecycle(elsewhere, "e", Lifecycle::active, other);
    set_lifecycle(elsewhere, run, Lifecycle::active, other);
  });
  const PurgeReport report = purge(store, all(true), context);
  REQUIRE(report.purged.size() == 1);
  CHECK(report.purged.front().run_id == run);
  CHECK(report.kept.empty());
  CHECK(report.experiments == std::vector<std::string>{"e"});
}

TEST_CASE_FIXTURE(Disturbed, "an artifact that is replaced and collected while it is fetched is fetched as it is now") {
  const std::string run = start(elsewhere, {}, other);
  const auto log = [&](const std::string& content) {
    write_file(scratch / "file", content);
    log_artifact(elsewhere, run, "plots/a.txt", scratch / "file", other);
    collect();
  };
  log("before");
  const auto disturb = [&] { meanwhile(1, [&] { log("after"); }); };  // when the run is read
  SUBCASE("as a file") {
    disturb();
    const auto fetched = fetch_artifacts(store, run, "plots/a.txt", scratch / "out", context);
    CHECK(fetched.front().bytes == 5);
    CHECK(read_file(scratch / "out") == "after");
  }
  SUBCASE("in a folder") {
    disturb();
    fetch_artifacts(store, run, "", scratch / "out", context);
    CHECK(read_file(scratch / "out/plots/a.txt") == "after");
  }
  SUBCASE("together with its run") {
    meanwhile(1, [&] {
      set_lifecycle(elsewhere, run, Lifecycle::deleted, other);
      purge(elsewhere, all(), other);
      collect();
    });
    Code code = Code::ok;
    try {
      fetch_artifacts(store, run, "", scratch / "out", context);
    } catch (const Error& error) {
      code = error.code();
      CHECK(error.message() == "no run '" + run + "'");
    }
    CHECK(code == Code::not_found);
    CHECK_FALSE(std::filesystem::exists(scratch / "out"));
  }
}

TEST_CASE_FIXTURE(Disturbed, "runs are compared as they were at one moment") {
  StartOptions options;
  options.tags = {{"t", "before"}};
  const std::string a = start(elsewhere, options, other);
  const std::string b = start(elsewhere, options, other);
  meanwhile(1, [&] {
    for (const auto& run : {a, b}) log(elsewhere, run, {{}, {}, {{"t", "after"}}, {}}, other);
  });
  const Comparison comparison = compare(store, {a, b}, context);
  CHECK(comparison.runs[0].tags.at("t") == "before");
  CHECK(comparison.runs[1].tags.at("t") == "before");
  CHECK(comparison.differences.empty());
}

TEST_CASE_FIXTURE(Disturbed, "a run that ends, and then its process, while it is read has not failed") {
  const pid_t process = fork();
  REQUIRE(process >= 0);
  if (process == 0) {
    pause();
    _exit(0);
  }
  StartOptions options;
  options.process = process;
  const std::string run = start(elsewhere, options, other);
  bool ends_itself = true;
  const auto disturb = [&] {
    meanwhile(1, [&] {
      if (ends_itself) end(elsewhere, run, RunStatus::finished, other);
      kill(process, SIGKILL);
      waitpid(process, nullptr, 0);
    });
  };
  SUBCASE("read alone") {
    disturb();
    const Run found = get(store, run, context);
    CHECK(found.status == RunStatus::running);  // as of the moment that is read
    CHECK_FALSE(found.stale);
    CHECK(get(store, run, context).status == RunStatus::finished);
  }
  SUBCASE("followed") {
    Tail tail(store, run, {});
    disturb();
    CHECK_FALSE(tail.next(10, context).over());
    CHECK(tail.next(10, context).status == RunStatus::finished);
  }
  SUBCASE("searched for by status, in a state that is older") {
    store.read([&] {
      get(store, run, context);  // the state that is read from now on
      end(elsewhere, run, RunStatus::finished, other);
      kill(process, SIGKILL);
      waitpid(process, nullptr, 0);
      SearchOptions failed;
      failed.filter = "status = 'FAILED'";
      CHECK(search(store, failed, context).runs.empty());
    });
  }
  SUBCASE("a process that ends without a word has failed") {
    ends_itself = false;
    disturb();
    CHECK(get(store, run, context).stale);
  }
}
