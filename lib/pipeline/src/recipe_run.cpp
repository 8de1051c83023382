#include "mlsys/pipeline/recipe_run.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include "lock.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "process.hpp"

namespace mlsys::pipeline {

namespace fs = std::filesystem;

namespace {

// Which steps were asked for, by index.
std::set<std::size_t> selected(const Recipe& recipe, const RunOptions& options) {
  std::vector<std::string> names;
  for (const Step& step : recipe.steps) names.push_back(step.name);
  const auto index_of = [&](const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      const std::string suggestion = did_you_mean(name, names);
      throw Error(Code::usage, "recipe " + quoted(recipe.name) + " has no step " + quoted(name),
                  suggestion.empty() ? "its steps are: " + join(names, ", ") : suggestion);
    }
    return static_cast<std::size_t>(found - names.begin());
  };

  std::set<std::size_t> chosen;
  for (const std::string& name : options.only) chosen.insert(index_of(name));
  std::set<std::size_t> sources;
  for (const std::string& name : options.downstream) sources.insert(index_of(name));
  for (std::size_t i = 0; i < recipe.steps.size(); ++i) {
    const std::vector<std::size_t> before = upstream(recipe, i);
    const auto follows = [&](std::size_t j) { return sources.contains(j); };
    if (std::any_of(before.begin(), before.end(), follows)) sources.insert(i);
  }
  chosen.insert(sources.begin(), sources.end());
  if (options.only.empty() && options.downstream.empty()) {
    for (std::size_t i = 0; i < recipe.steps.size(); ++i) chosen.insert(i);
  }
  return chosen;
}

// What a step's exit code says of the run. Only mlsys keeps to its codes: that 3 is a verdict, 4 that something was not
// found. Of another program, or of mlsys when it was killed, any code but 0 is a failure.
Code code_of(const Step& step, int exit_code) {
  if (exit_code == 0) return Code::ok;
  if (step.command.front() != "mlsys") return Code::failed;
  const auto code = static_cast<Code>(exit_code);
  switch (code) {
    case Code::usage:
    case Code::verdict:
    case Code::not_found:
    case Code::integrity:
    case Code::conflict:
    case Code::remote:
    case Code::interrupted:
      return code;
    default:
      return Code::failed;
  }
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_write_error(folder, error.value());
}

class Runner {
 public:
  Runner(const RunOptions& options, RunListener& listener, Context& context)
      : options_(options),
        listener_(listener),
        context_(context),
        recipe_(read_recipe(options.recipe, options.settings, options.directory)),
        lock_file_(options.state / "recipes" / (recipe_.name + ".json")) {}

  RunReport run() {
    const std::set<std::size_t> chosen = selected(recipe_, options_);
    std::optional<FileLock> guard;
    if (!options_.dry_run) guard.emplace(hold());
    lock_ = read_lock(lock_file_);

    report_.name = recipe_.name;
    for (std::size_t i = 0; i < recipe_.steps.size(); ++i) {
      StepOutcome outcome;
      outcome.name = recipe_.steps[i].name;
      if (!chosen.contains(i)) {
        outcome.status = StepStatus::not_selected;
        outcome.reason = "not asked for";
      } else if (report_.code != Code::ok) {
        outcome.reason = "a step before it failed";
      } else {
        visit(i, outcome);
        listener_.end(outcome);
      }
      report_.steps.push_back(std::move(outcome));
    }
    return std::move(report_);
  }

 private:
  FileLock hold() const {
    make_folder(lock_file_.parent_path());
    try {
      return {fs::path(lock_file_).replace_extension(".lock"), FileLock::Mode::exclusive, 0};
    } catch (const Error& error) {
      if (error.code() != Code::conflict) throw;
      throw Error(Code::conflict, "recipe " + quoted(recipe_.name) + " is being run by another process",
                  "wait until it has ended");
    }
  }

  void visit(std::size_t index, StepOutcome& outcome) {
    const Step& step = recipe_.steps[index];
    context_.check_stop();
    outcome.reason = pending_input(index);
    Digests deps;
    if (outcome.reason.empty()) {
      deps = digest_paths(step.deps, options_.directory, context_);
      require_deps(step, deps);
      const auto before = lock_.steps.find(step.name);
      outcome.reason = why_run(step, before == lock_.steps.end() ? nullptr : &before->second, deps,
                               digest_paths(step.outs, options_.directory, context_));
      if (outcome.reason.empty() && options_.force) outcome.reason = "forced";
    }
    if (outcome.reason.empty()) {
      outcome.status = StepStatus::unchanged;
      outcome.reason = "nothing it depends on changed";
    } else if (options_.dry_run) {
      outcome.status = StepStatus::would_run;
      for (const std::string& out : step.outs) uncertain_[out] = step.name;
    } else {
      execute(step, deps, outcome);
    }
  }

  // In a dry run: the reason why a step may have to run although its inputs look as before.
  [[nodiscard]] std::string pending_input(std::size_t index) const {
    for (const std::size_t before : upstream(recipe_, index)) {
      const std::vector<std::string>& outs = recipe_.steps[before].outs;
      if (std::any_of(outs.begin(), outs.end(), [&](const std::string& out) { return uncertain_.contains(out); })) {
        return "step " + quoted(recipe_.steps[before].name) + " may make other files for it";
      }
    }
    return {};
  }

  static void require_deps(const Step& step, const Digests& deps) {
    for (const auto& [path, digest] : deps) {
      if (digest.empty()) {
        throw Error(Code::not_found,
                    "step " + quoted(step.name) + " depends on " + quoted(path) + ", which does not exist",
                    "give its place with --set, or run the steps that make it");
      }
    }
  }

  void execute(const Step& step, const Digests& deps, StepOutcome& outcome) {
    listener_.begin(step, outcome.reason);
    // Whatever happens now, the step is not as the lock says any more.
    if (lock_.steps.erase(step.name) > 0) write_lock(lock_file_, lock_);
    for (const std::string& out : step.outs) make_folder((options_.directory / out).parent_path());

    std::optional<PendingFile> captured;
    Command command{step.command, {}, options_.directory, {}};
    if (step.command.front() == "mlsys") command.program = options_.program;
    if (!step.stdout_file.empty()) {
      captured.emplace(options_.directory / step.stdout_file);
      command.out_file = fs::absolute(captured->path());
    }
    const auto start = std::chrono::steady_clock::now();
    std::string error_line;
    const auto on_line = [&](Stream stream, std::string_view text) {
      if (stream == Stream::err && !trim(text).empty() && !text.starts_with("hint:")) {
        const bool is_error = text.starts_with("error:");
        if (is_error || !error_line.starts_with("error:")) error_line = std::string(text);
      }
      listener_.line(step, text);
    };
    outcome.exit_code = run_command(command, on_line, context_);
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    outcome.code = code_of(step, outcome.exit_code);
    if (captured && (outcome.code == Code::ok || outcome.code == Code::verdict)) captured->commit();
    if (outcome.code != Code::ok) {
      outcome.status = StepStatus::failed;
      outcome.last_line = error_line;
      report_.code = outcome.code;
      return;
    }
    outcome.status = StepStatus::ran;
    remember(step, deps);
  }

  void remember(const Step& step, const Digests& deps) {
    StepLock now = describe(step);
    now.deps = deps;
    now.outs = digest_paths(step.outs, options_.directory, context_);
    for (const auto& [path, digest] : now.outs) {
      if (digest.empty()) {
        throw Error(Code::failed, "step " + quoted(step.name) + " succeeded but did not make " + quoted(path),
                    "correct its outs or its command in " + quoted(options_.recipe.string()));
      }
    }
    if (digest_paths(step.deps, options_.directory, context_) != deps) {
      throw Error(Code::conflict, "a file that step " + quoted(step.name) + " depends on changed while it ran",
                  "run it again");
    }
    lock_.steps[step.name] = std::move(now);
    write_lock(lock_file_, lock_);
  }

  const RunOptions& options_;
  RunListener& listener_;
  Context& context_;
  Recipe recipe_;
  fs::path lock_file_;
  Lock lock_;
  RunReport report_;
  std::map<std::string, std::string> uncertain_;  // dry run: outs that would be made anew, and by which step
};

}  // namespace

RunListener::~RunListener() = default;

RunReport run_recipe(const RunOptions& options, RunListener& listener, Context& context) {
  return Runner(options, listener, context).run();
}

Json to_json(const RunReport& report) {
  Json steps = Json::array();
  for (const StepOutcome& step : report.steps) {
    Json json = {{"name", step.name}, {"status", name_of(step.status)}, {"reason", step.reason}};
    json["exit_code"] = step.exit_code;
    json["seconds"] = step.seconds;
    if (!step.last_line.empty()) json["last_line"] = step.last_line;
    steps.push_back(std::move(json));
  }
  return {{"schema", "mlsys.recipe.run/1"},
          {"name", report.name},
          {"exit_code", static_cast<int>(report.code)},
          {"steps", std::move(steps)}};
}

}  // namespace mlsys::pipeline
