#include "mlsys/track/tail.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/track/purge.hpp"
#include "store/scratch.hpp"

using namespace mlsys;
using namespace mlsys::track;

namespace {

struct Followed {
  test::Scratch scratch;
  Context context;
  store::Store store = store::Store::open(scratch / "s", store::Mode::write, context);
  std::string run = start(store, {}, context);

  void put(const std::string& metric, const std::vector<std::int64_t>& steps) {
    Batch batch;
    for (const auto step : steps) batch.metrics.push_back({metric, static_cast<double>(step), step, {}});
    log(store, run, batch, context);
  }
  // "a0 a1 b7": metrics and steps in the order in which they came.
  static std::string text(const Moment& moment) {
    std::string all;
    for (const auto& [metric, point] : moment.points)
      all += (all.empty() ? "" : " ") + metric + std::to_string(point.step);
    return all;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Followed, "a tail gives every point once, in the order of arrival, wherever its step lies") {
  put("a", {0, 1, 2});
  put("b", {7});
  put("a", {3});
  Tail tail(store, run, {});
  CHECK(text(tail.next(3, context)) == "a2 b7 a3");
  CHECK(text(tail.next(3, context)).empty());
  put("a", {5, 4});  // backwards within a batch
  put("c", {1});     // a new series
  CHECK(text(tail.next(0, context)) == "a5 a4 c1");
  put("a", {2});  // far back, and equal to a point that was there
  put("b", {7});
  CHECK(text(tail.next(0, context)) == "a2 b7");
  put("a", {9, 1});  // ahead and back at once
  Moment moment = tail.next(0, context);
  CHECK(text(moment) == "a9 a1");
  CHECK_FALSE(moment.over());
  end(store, run, RunStatus::killed, context);
  moment = tail.next(0, context);
  CHECK(moment.over());
  CHECK(moment.status == RunStatus::killed);
  CHECK(moment.end_time.has_value());
}

TEST_CASE_FIXTURE(Followed, "a tail of some metrics waits for those that are not there yet") {
  put("a", {0});
  Tail tail(store, run, {"b"});
  CHECK(text(tail.next(10, context)).empty());
  put("a", {1});
  put("b", {0, 1});
  CHECK(text(tail.next(10, context)) == "b0 b1");
  set_lifecycle(store, run, Lifecycle::deleted, context);
  purge(store, {{}, std::chrono::seconds(0), false}, context);
  CHECK_THROWS_AS(tail.next(10, context), Error);
}

TEST_CASE_FIXTURE(Followed, "a purge leaves nothing of a run and everything of the others") {
  const std::string other = start(store, {}, context);
  const Dataset shared{"train.csv", "1", "file", "x", "", "", "train"};
  const Dataset own{"own.csv", "2", "file", "y", "", "", "train"};
  for (const auto& id : {run, other})
    log(store, id, {{{"loss", 1, 0, {}}}, {{"depth", "6"}}, {{"team", "a"}}, {shared}}, context);
  log(store, run, {{}, {}, {}, {own}}, context);
  const auto count = [&](const std::string& table) {
    store::Statement rows = store.prepare("SELECT count(*) FROM " + table);
    rows.step();
    return rows.integer(0);
  };
  set_lifecycle(store, run, Lifecycle::deleted, context);
  CHECK(purge(store, {}, context).purged.empty());  // too young
  const std::vector<std::string> none;
  CHECK(purge(store, {none, std::chrono::seconds(0), false}, context).purged.empty());  // of none of them
  const PurgeReport would = purge(store, {{}, std::chrono::seconds(0), true}, context);
  CHECK(would.purged.size() == 1);
  CHECK(count("runs") == 2);
  CHECK(purge(store, {{}, std::chrono::seconds(0), false}, context).purged.front().run_id == run);
  for (const char* table : {"runs", "params", "tags", "metrics", "latest_metrics", "inputs", "datasets"}) {
    CAPTURE(table);
    CHECK(count(table) == 1);
  }
  CHECK(store.check(context).problems.empty());
  CHECK(get(store, other, context).inputs.size() == 1);
}

TEST_CASE_FIXTURE(Followed, "a deleted parent goes with the last of its parts, in whatever order they were made") {
  const std::string child = start(store, {}, context);
  // The parent is younger than its part: made for it afterwards.
  StartOptions options;
  const std::string parent = start(store, options, context);
  log(store, child, {{}, {}, {{"mlflow.parentRunId", parent}}, {}}, context);
  log(store, run, {{}, {}, {{"mlflow.parentRunId", child}}, {}}, context);
  for (const auto& id : {parent, child}) set_lifecycle(store, id, Lifecycle::deleted, context);
  const PurgeOptions now{{}, std::chrono::seconds(0), false};
  const PurgeReport kept = purge(store, now, context);
  CHECK(kept.purged.empty());
  REQUIRE(kept.kept.size() == 2);
  for (const auto& one : kept.kept) CHECK(one.why.find("is a part of it") != std::string::npos);
  set_lifecycle(store, run, Lifecycle::deleted, context);
  PurgeOptions dry = now;
  dry.dry_run = true;
  CHECK(purge(store, dry, context).purged.size() == 3);  // as it then happens
  CHECK(purge(store, now, context).purged.size() == 3);
}
