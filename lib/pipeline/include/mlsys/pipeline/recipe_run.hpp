// Runs the steps of a recipe that need to be run, and says of each why, or why not.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/pipeline/recipe.hpp"

namespace mlsys::pipeline {

enum class StepStatus { ran, unchanged, would_run, failed, not_selected, not_reached };

struct StepOutcome {
  std::string name;
  StepStatus status = StepStatus::not_reached;
  std::string reason;    // why it ran or would run; why it was not
  int exit_code = 0;     // of the command; 128 + N when signal N ended it
  Code code = Code::ok;  // what that says: mlsys' own codes are taken as they are, another program has failed
  double seconds = 0;
  std::string last_line;  // what a failed command said last on its standard error, its "error:" line if it had one
};

struct RunReport {
  std::string name;
  std::vector<StepOutcome> steps;  // in the order of running
  Code code = Code::ok;            // of the step that failed
};

// Hears of steps as they happen.
class MLSYS_EXPORT RunListener {
 public:
  RunListener() = default;
  RunListener(const RunListener&) = delete;
  RunListener& operator=(const RunListener&) = delete;
  virtual ~RunListener();
  virtual void begin(const Step& /*step*/, std::string_view /*reason*/) {}
  // A line that the command wrote on either stream, without its newline.
  virtual void line(const Step& /*step*/, std::string_view /*text*/) {}
  virtual void end(const StepOutcome& /*outcome*/) {}
};

struct RunOptions {
  std::filesystem::path recipe;                 // the file
  std::filesystem::path directory;              // where commands run and relative paths belong
  std::filesystem::path state;                  // the project's .mlsys; the lock is <state>/recipes/<name>.json
  std::filesystem::path program;                // what `mlsys` means as the first word of a command
  std::map<std::string, std::string> settings;  // for resolve()
  bool dry_run = false;
  bool force = false;                   // run selected steps even when nothing changed
  std::vector<std::string> only;        // these steps; empty means all
  std::vector<std::string> downstream;  // these steps and all that depend on them
};

// A step is skipped when it ran before with the same command, params and version of mlsys (if it calls mlsys), its deps
// have the same content as then, and its outs are still there as it left them. What a step made counts by content: when
// a step runs again and its outs stay the same, the steps after it are skipped.
//
// The first command that fails (a negative verdict of mlsys, too) ends the run. Its captured standard output is kept
// when it succeeded or gave a verdict. The lock is written after each step, so an interrupted run
// goes on where it was. Throws Code::interrupted after the running command has ended (it is sent SIGINT, then SIGTERM,
// then SIGKILL), Code::conflict when the same recipe runs already, Code::not_found for a dep that neither exists nor is
// made by a step, Code::failed when a step does not make its outs, Code::usage for a wrong recipe or unknown step.
MLSYS_EXPORT RunReport run_recipe(const RunOptions& options, RunListener& listener, Context& context);

// {"schema": "mlsys.recipe.run/1", name, exit_code, steps: [{name, status, reason, exit_code, seconds}]}
MLSYS_EXPORT Json to_json(const RunReport& report);

}  // namespace mlsys::pipeline

template <>
struct mlsys::NameTable<mlsys::pipeline::StepStatus> {
  using T = mlsys::pipeline::StepStatus;
  static constexpr std::string_view what = "step status";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::ran, "ran", "its command succeeded"},
      {T::unchanged, "unchanged", "skipped, since nothing it depends on changed"},
      {T::would_run, "would_run", "a dry run would have run it"},
      {T::failed, "failed", "its command failed or gave a negative verdict"},
      {T::not_selected, "not_selected", "not asked for"},
      {T::not_reached, "not_reached", "a step before it failed"},
  });
};
