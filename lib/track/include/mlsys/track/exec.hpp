// Any program under a run: started, watched, and what it took written down.
//
// The program has our standard streams, so that its output comes as it comes, and a process group of its own, which
// owns the terminal when we do. SIGINT, SIGTERM, SIGHUP and SIGQUIT are passed on to the whole group, but those that
// this process ignores, which the program ignores as well, as under nohup(1). It finds in its environment
//
//   MLSYS_RUN_ID      the run:  mlsys runs log $MLSYS_RUN_ID --metric loss=0.3
//   MLSYS_STORE       the store's folder, whatever folder the program works in
//   MLSYS_EXPERIMENT  the experiment, for runs that it starts itself
//
// The run gets the metrics exec.wall_seconds, exec.user_seconds, exec.system_seconds and exec.peak_bytes (of the
// largest process that was waited for; a few MiB are ours), the tag mlsys.exit_code, and, within a Git work tree, the
// tags mlflow.source.git.commit, mlflow.source.git.branch and mlsys.git.dirty, with the changes to tracked files as the
// artifact git/dirty.diff.
//
// It ends as FINISHED with exit code 0; as KILLED when it was stopped by a signal that people send, or failed after one
// was passed on; else as FAILED. Until then a heartbeat is written: a run reads as FAILED when its process is gone, and
// where that cannot be seen, when the last heartbeat is five minutes old.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "mlsys/track/track.hpp"

namespace mlsys::track {

struct ExecOptions {
  StartOptions start;  // `process` is set here, `source` to the command line when it is empty
  std::vector<std::string> command;
  bool git = true;
  // What it prints is passed on through us, so that it sees no terminal, and kept as the artifacts exec/stdout.log and
  // exec/stderr.log.
  bool capture = false;
  std::chrono::seconds heartbeat{30};
};
struct ExecReport {
  std::string run_id;
  std::string name;
  std::string experiment;
  RunStatus status = RunStatus::finished;
  int exit_code = 0;  // 128 + N when signal N ended it, as shells say
  double seconds = 0;
  double user_seconds = 0;
  double system_seconds = 0;
  std::uint64_t peak_bytes = 0;
  std::string git_commit;  // "" outside a work tree
  bool git_dirty = false;
};
// Returns once the program has ended. A program that cannot be started is Code::not_found or Code::failed, and its run
// FAILED.
MLSYS_EXPORT ExecReport exec(store::Store& store, const ExecOptions& options, Context& context);
// {"schema": "mlsys.runs/1", "run_id", "name", "experiment", "status", "exit_code", "seconds", ...}
MLSYS_EXPORT Json to_json(const ExecReport& report);

}  // namespace mlsys::track
