#include "mlsys/track/exec.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <functional>
#include <optional>
#include <utility>

#include "captured.hpp"
#include "git_state.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/signals.hpp"
#include "mlsys/base/text.hpp"
#include "rows.hpp"
#include "spawned.hpp"

namespace mlsys::track {

namespace {

constexpr std::array passed_on = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// Signals wait to be taken one by one, instead of interrupting.
class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&taken_);
    for (const int signal : passed_on)
      if (!is_ignored(signal)) sigaddset(&taken_, signal);
    sigaddset(&taken_, SIGCHLD);
    sigset_t held = taken_;
    sigaddset(&held, SIGTTOU);  // taking the terminal back from the background
    pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  [[nodiscard]] const sigset_t& before() const { return before_; }
  // The next one, or 0 when the time is over.
  [[nodiscard]] int next(std::chrono::seconds within) const {
    const timespec wait{within.count(), 0};
    const int signal = sigtimedwait(&taken_, nullptr, &wait);
    return std::max(signal, 0);
  }

 private:
  sigset_t taken_{};
  sigset_t before_{};
};

struct Ended {
  int status = 0;
  rusage usage{};
  bool signalled = false;  // something was passed on
};

void beat(store::Store& store, const std::string& run, Context& context) {
  store.write({{}, "runs.heartbeat", 0}, store::Durability::process, context, [&](const store::Write& write) {
    store.prepare("UPDATE runs SET heartbeat = ? WHERE run_id = ?").bind(to_ms(write.time), run).run();
    return std::string();
  });
}

Ended watch(pid_t child, bool terminal, const HeldSignals& signals, std::chrono::seconds interval,
            const std::function<void()>& heartbeat) {
  Ended ended;
  while (true) {
    const int signal = signals.next(interval);
    if (signal == 0) {
      heartbeat();
    } else if (signal != SIGCHLD) {
      ended.signalled = true;
      kill(-child, signal);
    }
    // Also after a time-out: one SIGCHLD may stand for several.
    if (wait4(child, &ended.status, WNOHANG | WUNTRACED, &ended.usage) != child) continue;
    if (!WIFSTOPPED(ended.status)) return ended;
    if (!terminal) continue;
    // Ctrl-Z: the shell gets its terminal, and when it continues us, the program gets it back.
    tcsetpgrp(STDIN_FILENO, getpgrp());
    raise(SIGSTOP);
    tcsetpgrp(STDIN_FILENO, child);
    kill(-child, SIGCONT);
  }
}

RunStatus status_of(const Ended& ended) {
  if (WIFEXITED(ended.status)) {
    if (WEXITSTATUS(ended.status) == 0) return RunStatus::finished;
    return ended.signalled ? RunStatus::killed : RunStatus::failed;
  }
  const int signal = WTERMSIG(ended.status);
  const bool sent = signal == SIGKILL || std::find(passed_on.begin(), passed_on.end(), signal) != passed_on.end();
  return sent ? RunStatus::killed : RunStatus::failed;
}

// What it printed matters less than how it ended: that is recorded in any case.
void keep_output(store::Store& store, const std::string& run, Captured& captured, Context& context) {
  captured.finish();
  try {
    for (const auto& [name, file] : captured.kept()) log_artifact(store, run, "exec/" + name, file, context);
  } catch (const Error& error) {
    context.progress->warning("what the program printed was not kept: " + error.message());
  }
  if (!captured.whole()) context.progress->warning("only the beginning of what the program printed was kept");
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ExecReport exec(store::Store& store, const ExecOptions& options, Context& context) {
  if (options.command.empty()) throw Error(Code::usage, "there is no command to run");
  const GitState git = options.git ? git_state(context) : GitState{};
  ExecReport report;
  report.git_commit = git.commit;
  report.git_dirty = git.dirty;
  StartOptions start_options = options.start;
  start_options.process = getpid();
  if (start_options.source.empty()) start_options.source = join(options.command, " ");
  if (!git.commit.empty()) {
    start_options.tags["mlflow.source.git.commit"] = git.commit;
    if (!git.branch.empty()) start_options.tags["mlflow.source.git.branch"] = git.branch;
    start_options.tags["mlsys.git.dirty"] = git.dirty ? "true" : "false";
  }
  report.run_id = start(store, start_options, context);
  const std::string& run = report.run_id;
  const Run started = get(store, run, context);
  report.name = started.name;
  report.experiment = started.experiment;

  const HeldSignals signals;
  const bool terminal = isatty(STDIN_FILENO) != 0 && tcgetpgrp(STDIN_FILENO) == getpgrp();
  pid_t child = 0;
  std::optional<Captured> captured;
  std::chrono::steady_clock::time_point began;
  try {
    if (git.changes) log_artifact(store, run, "git/dirty.diff", git.changes->path() / "dirty.diff", context);
    Spawned spawn;
    spawn.command = options.command;
    spawn.variables = {
        {"MLSYS_RUN_ID", run}, {"MLSYS_STORE", store.folder().native()}, {"MLSYS_EXPERIMENT", report.experiment}};
    spawn.mask = signals.before();
    spawn.own_group = true;
    spawn.own_terminal = terminal;
    if (options.capture) {
      captured.emplace(context.temp_dir);
      spawn.out = captured->output();
      spawn.err = captured->error();
    }
    began = std::chrono::steady_clock::now();
    child = spawn.start();
    if (captured) captured->begin();
  } catch (...) {
    end(store, run, RunStatus::failed, context);
    throw;
  }
  bool said = false;
  const Ended ended = watch(child, terminal, signals, options.heartbeat, [&] {
    try {
      beat(store, run, context);
    } catch (const Error& error) {
      // The program matters more than the word that it is alive.
      if (!std::exchange(said, true)) context.progress->warning("no heartbeat was written: " + error.message());
    }
  });
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (terminal) tcsetpgrp(STDIN_FILENO, getpgrp());
  if (captured) keep_output(store, run, *captured, context);
  report.exit_code = WIFEXITED(ended.status) ? WEXITSTATUS(ended.status) : 128 + WTERMSIG(ended.status);
  report.status = status_of(ended);
  report.user_seconds = seconds_of(ended.usage.ru_utime);
  report.system_seconds = seconds_of(ended.usage.ru_stime);
  report.peak_bytes = static_cast<std::uint64_t>(ended.usage.ru_maxrss) * 1024;
  Batch taken;
  taken.metrics = {{"exec.wall_seconds", report.seconds, 0, {}},
                   {"exec.user_seconds", report.user_seconds, 0, {}},
                   {"exec.system_seconds", report.system_seconds, 0, {}},
                   {"exec.peak_bytes", static_cast<double>(report.peak_bytes), 0, {}}};
  taken.tags = {{"mlsys.exit_code", std::to_string(report.exit_code)}};
  log(store, run, taken, context);
  end(store, run, report.status, context);
  return report;
}

Json to_json(const ExecReport& report) {
  return Json{{"schema", "mlsys.runs/1"},
              {"run_id", report.run_id},
              {"name", report.name},
              {"experiment", report.experiment},
              {"status", name_of(report.status)},
              {"exit_code", report.exit_code},
              {"seconds", report.seconds},
              {"user_seconds", report.user_seconds},
              {"system_seconds", report.system_seconds},
              {"peak_bytes", report.peak_bytes},
              {"git_commit", report.git_commit.empty() ? Json(nullptr) : Json(report.git_commit)},
              {"git_dirty", report.git_dirty}};
}

}  // namespace mlsys::track
