#include "git_state.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <filesystem>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "spawned.hpp"

namespace mlsys::track {

namespace fs = std::filesystem;

namespace {

// Whether it succeeded. Nothing in the work tree is run or locked by it.
bool git(std::vector<std::string> arguments, const fs::path& output) {
  Spawned spawn;
  spawn.command = {"git", "-c", "core.fsmonitor=false"};
  spawn.command.insert(spawn.command.end(), arguments.begin(), arguments.end());
  spawn.variables = {{"GIT_OPTIONAL_LOCKS", "0"}};
  spawn.output = output;
  sigemptyset(&spawn.mask);
  try {
    const pid_t child = spawn.start();
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
      if (errno != EINTR) return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  } catch (const Error&) {
    return false;  // there is no Git
  }
}

std::string first_line(const fs::path& file) {
  const std::string text = read_file(file);
  return text.substr(0, text.find('\n'));
}

}  // namespace

GitState git_state(Context& context) {
  GitState state;
  auto folder = std::make_shared<TempDirectory>(context.temp_dir);
  const fs::path answer = folder->path() / "answer";
  if (!git({"rev-parse", "--verify", "-q", "HEAD"}, answer)) return state;
  state.commit = first_line(answer);
  if (git({"symbolic-ref", "--short", "-q", "HEAD"}, answer)) state.branch = first_line(answer);
  if (git({"status", "--porcelain"}, answer)) state.dirty = fs::file_size(answer) > 0;
  const fs::path diff = folder->path() / "dirty.diff";
  const bool compared =
      state.dirty && git({"diff", "--binary", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD"}, diff);
  if (compared && fs::file_size(diff) > 0) state.changes = std::move(folder);
  return state;
}

}  // namespace mlsys::track
