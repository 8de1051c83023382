#include "mlsys/track/exec.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "mlsys/base/files.hpp"
#include "store/scratch.hpp"

using namespace mlsys;
using namespace mlsys::track;

namespace {

// What programs print is passed on to our own streams, which are those of the tests.
class Silence {
 public:
  Silence() {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int fd = 0; fd < 2; ++fd) {
      saved_[fd] = dup(fd + 1);
      dup2(nowhere, fd + 1);
    }
    close(nowhere);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    for (int fd = 0; fd < 2; ++fd) {
      dup2(saved_[fd], fd + 1);
      close(saved_[fd]);
    }
  }

 private:
  int saved_[2];
};

struct Executed {
  test::Scratch scratch;
  Context context;
  store::Store store = store::Store::open(scratch / "s", store::Mode::write, context);

  ExecReport run(const std::string& script) {
    ExecOptions options;
    options.command = {"sh", "-c", script};
    options.git = false;
    options.capture = true;
    const Silence silence;
    return exec(store, options, context);
  }
  std::string printed(const ExecReport& report, const std::string& name) {
    for (const Artifact& artifact : get(store, report.run_id, context).artifacts)
      if (artifact.name == name)
        return read_file(store.content().file(artifact.digest, store::Check::digest, context).path);
    return "nothing was kept";
  }
};

// "1\n2\n…"
std::string counted(int to) {
  std::string lines;
  for (int i = 1; i <= to; ++i) lines += std::to_string(i) + "\n";
  return lines;
}

}  // namespace

TEST_CASE("what a program prints on both streams is kept whole") {
  Executed executed;
  const ExecReport report = executed.run("seq 1 50000; seq 1 30000 >&2; exit 3");
  CHECK(report.exit_code == 3);
  CHECK(report.status == RunStatus::failed);
  CHECK(executed.printed(report, "exec/stdout.log") == counted(50000));
  CHECK(executed.printed(report, "exec/stderr.log") == counted(30000));
}

TEST_CASE("streams that are written at once are kept apart") {
  Executed executed;
  const ExecReport report = executed.run("seq 1 40000 & seq 1 40000 >&2; wait");
  CHECK(report.status == RunStatus::finished);
  CHECK(executed.printed(report, "exec/stdout.log") == counted(40000));
  CHECK(executed.printed(report, "exec/stderr.log") == counted(40000));
}

TEST_CASE("a run ends with its program, though one that it left behind never stops printing") {
  Executed executed;
  const ExecReport report =
      executed.run("seq 1 1000; while :; do echo later; sleep 0.01; done 2>/dev/null & seq 1 10 >&2");
  CHECK(report.status == RunStatus::finished);
  const std::string out = executed.printed(report, "exec/stdout.log");
  CHECK(out.starts_with(counted(1000)));
  CHECK(executed.printed(report, "exec/stderr.log") == counted(10));
}

TEST_CASE("a run with parameters that cannot be is not begun") {
  Executed executed;
  ExecOptions options;
  options.command = {"true"};
  options.git = false;
  options.start.params = {{"depth", "6"}, {"depth", "7"}};
  CHECK_THROWS(exec(executed.store, options, executed.context));
  CHECK(search(executed.store, {}, executed.context).runs.empty());
}
