// Files of runs: kept, and copied out.
#include <doctest/doctest.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/track/track.hpp"
#include "track/fixture.hpp"

using namespace mlsys;
using namespace mlsys::track;

TEST_CASE_FIXTURE(test::Track, "artifacts are copied, named by their path and replaced by a new content") {
  const std::string id = begin();
  write_file(scratch / "plot.svg", "abc");
  write_file(scratch / "d/x.txt", "1");
  write_file(scratch / "d/sub/y.txt", "2");
  CHECK(log_artifact(store, id, "plots/plot.svg", scratch / "plot.svg", context) ==
        std::vector<std::string>{"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"});
  CHECK(log_artifact(store, id, "d", scratch / "d", context).size() == 2);
  write_file(scratch / "plot.svg", "changed");
  log_artifact(store, id, "plots/plot.svg", scratch / "plot.svg", context);
  const Run run = get(store, id, context);
  REQUIRE(run.artifacts.size() == 3);
  CHECK(run.artifacts[0].name == "d/sub/y.txt");
  CHECK(run.artifacts[1].name == "d/x.txt");
  CHECK(run.artifacts[2].name == "plots/plot.svg");
  CHECK(run.artifacts[2].bytes == 7);
  CHECK(read_file(store.content().file(run.artifacts[2].digest, store::Check::digest, context).path) == "changed");
  for (const char* name : {"/abs", "../up", "a//b", "", "a/./b"})
    CHECK_MESSAGE(code_of([&] { log_artifact(store, id, name, scratch / "plot.svg", context); }) == Code::failed, name);
  CHECK(code_of([&] { log_artifact(store, id, "x", scratch / "nothing", context); }) == Code::not_found);
}

TEST_CASE_FIXTURE(test::Track, "several artifacts are kept together or not at all, each under a name of its own") {
  const std::string id = begin();
  write_file(scratch / "a/m.txt", "abc");
  write_file(scratch / "b/m.txt", "");
  const auto log_two = [&](const std::string& first, const std::string& second, const char* path = "b/m.txt") {
    return code_of(
        [&] { log_artifacts(store, id, {{first, scratch / "a/m.txt"}, {second, scratch / path}}, context); });
  };
  CHECK(log_two("m", "m") == Code::usage);
  CHECK(log_two("m", "m/n") == Code::usage);
  CHECK(log_two("m/n/o", "m") == Code::usage);
  CHECK(log_two("m", "n", "nothing") == Code::not_found);
  CHECK(get(store, id, context).artifacts.empty());
  CHECK(log_two("m-1", "m") == Code::ok);
  CHECK(get(store, id, context).artifacts.size() == 2);
}

TEST_CASE_FIXTURE(test::Track, "artifacts are copied out whole, and never when they were altered") {
  const std::string run = begin();
  write_file(scratch / "in" / "a", "one");
  write_file(scratch / "in" / "deep" / "b", "two");
  log_artifact(store, run, "plots", scratch / "in", context);
  CHECK(fetch_artifacts(store, run, "plots/a", scratch / "a", context).size() == 1);
  CHECK(read_file(scratch / "a") == "one");
  write_file(scratch / "a", "can be written");
  CHECK(fetch_artifacts(store, run, "", scratch / "all", context).size() == 2);
  CHECK(read_file(scratch / "all" / "plots" / "deep" / "b") == "two");
  fetch_artifacts(store, run, "plots", scratch / "plots", context);
  CHECK(read_file(scratch / "plots" / "a") == "one");
  // A folder that has something is not replaced.
  CHECK(code_of([&] { fetch_artifacts(store, run, "plots", scratch / "plots", context); }) == Code::usage);
  CHECK(code_of([&] { fetch_artifacts(store, run, "plot", scratch / "p", context); }) == Code::not_found);
  const auto stored = store.content().file(artifacts_named(get(store, run, context), "plots/a").front().digest,
                                           store::Check::exists, context);
  std::filesystem::permissions(stored.path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
  write_file(stored.path, "altered");
  CHECK(code_of([&] { fetch_artifacts(store, run, "plots/a", scratch / "b", context); }) == Code::integrity);
  CHECK(code_of([&] { fetch_artifacts(store, run, "", scratch / "c", context); }) == Code::integrity);
  CHECK_FALSE(std::filesystem::exists(scratch / "b"));
  CHECK_FALSE(std::filesystem::exists(scratch / "c"));
  CHECK_NOTHROW(fetch_artifacts(store, run, "plots/deep/b", scratch / "d", context));
}
