#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mlsys/base/build_id.hpp"
#include "mlsys/base/context.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/parallel.hpp"

namespace fs = std::filesystem;
using mlsys::Code;
using mlsys::parallel_for;

TEST_CASE("every piece is done once, by at most the threads allowed") {
  for (const unsigned threads : {0U, 1U, 2U, 7U}) {
    std::vector<std::atomic<int>> done(1000);
    std::mutex mutex;
    std::set<std::thread::id> ids;
    parallel_for(done.size(), threads, [&](std::size_t i) {
      ++done[i];
      const std::lock_guard lock(mutex);
      ids.insert(std::this_thread::get_id());
    });
    for (const auto& count : done) CHECK(count == 1);
    CHECK(ids.size() <= std::max(1U, threads));
  }
  parallel_for(0, 4, [](std::size_t) { FAIL("no pieces"); });
}

TEST_CASE("one thread works in order on the caller's own") {
  std::vector<std::size_t> order;
  const auto caller = std::this_thread::get_id();
  parallel_for(10, 1, [&](std::size_t i) {
    CHECK(std::this_thread::get_id() == caller);
    order.push_back(i);
  });
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("the first exception stops the rest and is rethrown") {
  for (const unsigned threads : {1U, 4U}) {
    std::atomic<int> started{0};
    CHECK_THROWS_WITH_AS(parallel_for(1000000, threads,
                                      [&](std::size_t i) {
                                        ++started;
                                        if (i == 5) throw std::runtime_error("piece 5");
                                        std::this_thread::yield();
                                      }),
                         "piece 5", std::runtime_error);
    CHECK(started < 1000000);
  }
}

TEST_CASE("errors have stable codes and names") {
  const mlsys::Error error(Code::conflict, "what", "hint");
  CHECK(error.code() == Code::conflict);
  CHECK(std::string(error.what()) == "what");
  CHECK(error.hint() == "hint");
  const std::pair<Code, const char*> names[] = {{Code::ok, "ok"},
                                                {Code::failed, "failed"},
                                                {Code::usage, "usage"},
                                                {Code::verdict, "verdict"},
                                                {Code::not_found, "not_found"},
                                                {Code::integrity, "integrity"},
                                                {Code::conflict, "conflict"},
                                                {Code::remote, "remote"},
                                                {Code::interrupted, "interrupted"}};
  for (const auto& [code, name] : names) CHECK(std::string(mlsys::code_name(code)) == name);
}

TEST_CASE("a context is ready to use and can be stopped") {
  mlsys::Context context;
  CHECK(context.threads >= 1);
  CHECK(context.memory_budget > 0);
  CHECK(context.memory_budget < mlsys::available_memory());
  CHECK(fs::is_directory(context.temp_dir));
  REQUIRE(context.progress != nullptr);
  context.progress->warning("ignored");
  CHECK(context.now() > mlsys::Millis(std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)));
  CHECK_NOTHROW(context.check_stop());
  std::atomic<bool> stop{false};
  context.stop = &stop;
  CHECK_NOTHROW(context.check_stop());
  stop = true;
  CHECK_NOTHROW(context.unstoppable().check_stop());
  try {
    context.check_stop();
    FAIL("no error");
  } catch (const mlsys::Error& error) {
    CHECK(error.code() == Code::interrupted);
  }
}

TEST_CASE("limits of control groups, version 2") {
  const mlsys::TempDirectory temp(fs::temp_directory_path());
  const auto limits = [&] { return mlsys::cgroup_limits("0::/a/b/c\n", temp.path()); };
  CHECK_FALSE(limits().cpus.has_value());
  CHECK_FALSE(limits().memory.has_value());
  mlsys::write_file(temp.path() / "a/b/c/memory.max", "max\n");
  mlsys::write_file(temp.path() / "a/b/c/cpu.max", "max 100000\n");
  CHECK_FALSE(limits().cpus.has_value());
  CHECK_FALSE(limits().memory.has_value());
  mlsys::write_file(temp.path() / "a/memory.max", "1073741824\n");
  mlsys::write_file(temp.path() / "a/b/memory.max", "2147483648\n");
  mlsys::write_file(temp.path() / "a/b/cpu.max", "150000 100000\n");
  CHECK(limits().cpus == 1.5);
  CHECK(limits().memory == 1073741824U);
  // Inside a container the root is the group itself, whatever the path says.
  mlsys::write_file(temp.path() / "memory.max", "4096\n");
  CHECK(mlsys::cgroup_limits("0::/../elsewhere\n", temp.path()).memory == 4096U);
  CHECK(mlsys::cgroup_limits("0::/\n", temp.path()).memory == 4096U);
  CHECK_FALSE(mlsys::cgroup_limits("garbage\n\n1:\n", temp.path()).memory.has_value());
}

TEST_CASE("limits of control groups, version 1") {
  const mlsys::TempDirectory temp(fs::temp_directory_path());
  mlsys::write_file(temp.path() / "memory/job/memory.limit_in_bytes", "5000\n");
  mlsys::write_file(temp.path() / "memory/memory.limit_in_bytes", "9223372036854771712\n");
  mlsys::write_file(temp.path() / "cpu/job/cpu.cfs_quota_us", "50000\n");
  mlsys::write_file(temp.path() / "cpu/job/cpu.cfs_period_us", "100000\n");
  mlsys::write_file(temp.path() / "cpu/cpu.cfs_quota_us", "-1\n");
  mlsys::write_file(temp.path() / "cpu/cpu.cfs_period_us", "100000\n");
  const auto limits = mlsys::cgroup_limits("5:cpu,cpuacct:/job\n4:memory:/job\n1:name=systemd:/x:y\n", temp.path());
  CHECK(limits.cpus == 0.5);
  CHECK(limits.memory == 5000U);
  CHECK_FALSE(mlsys::cgroup_limits("4:memory:/\n5:cpu:/\n", temp.path()).memory.has_value());
}

TEST_CASE("an installation finds itself") {
  const auto& paths = mlsys::install_paths();
  CHECK(fs::exists(paths.libraries / "libmlsys-base.so"));
  CHECK(paths.libraries.filename() == "mlsys");
  CHECK(paths.engines.parent_path() == paths.libraries);
  CHECK(paths.commands == paths.libraries / "commands");
  CHECK(paths.share == paths.libraries.parent_path().parent_path() / "share" / "mlsys");
  CHECK(std::string(mlsys::build_id()) == MLSYS_BUILD_ID);
  CHECK(std::string(mlsys::build_id()).starts_with(std::string(mlsys::version()) + "+"));
}
