#include <fmt/format.h>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/track/exec.hpp"
#include "pairs.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

class Exec final : public Verb {
  void declare(Options& options) override {
    options.positional(options_.command, "COMMAND", "Program and its arguments, after --")
        .completes(Completes::file)
        .may_be_empty();
    options.value(experiment_, "-e,--experiment", "NAME", "Experiment, made when it does not exist")
        .setting("experiment");
    options.value(options_.start.name, "-n,--name", "NAME", "Name of the run").default_text("made from its id");
    options.value(params_, "--param", "KEY=VALUE", "Parameter; may be repeated");
    options.value(tags_, "--tag", "KEY=VALUE", "Tag; may be repeated");
    options.value(parent_, "--parent", "RUN", "Run that this one is a part of").completes(Completes::run);
    options.flag(options_.capture, "--capture", "Keep what it prints as artifacts; it then sees no terminal");
    options.flag(no_git_, "--no-git", "Do not record the commit and the changes to it");
  }

  Code run(Session& session) override {
    options_.start.params = parse_pairs("--param", params_);
    options_.start.tags = parse_tags("--tag", tags_);
    options_.start.experiment = experiment_.empty() ? session.settings().get("experiment").text : experiment_;
    options_.git = !no_git_;
    store::Store store = open_for_new_run(session, parent_);
    if (!parent_.empty()) options_.start.parent = track::resolve_run(store, parent_);
    const track::ExecReport report = track::exec(store, options_, session.context());
    // Standard output was the program's; the document is its last word.
    session.out().document(to_json(report));
    if (session.out().mode() == Mode::human)
      session.out().note(fmt::format("run {} ({}): {}, exit code {}, {}, {}", short_id(report.run_id), report.name,
                                     name_of(report.status), report.exit_code, human_seconds(report.seconds),
                                     human_bytes(report.peak_bytes)));
    return static_cast<Code>(report.exit_code);
  }

  track::ExecOptions options_;
  std::string experiment_, parent_;
  std::vector<std::string> params_, tags_;
  bool no_git_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_runs_exec() { return std::make_unique<Exec>(); }

}  // namespace mlsys::frame
