// purge
#include <fmt/format.h>

#include "age.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/track/purge.hpp"
#include "next.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

class Purge final : public Verb {
  void declare(Options& options) override {
    options.positional(runs_, "RUN", "Deleted runs").optional().completes(Completes::run);
    options.flag(all_, "--all", "All deleted runs that are older, and deleted experiments that have no runs left");
    options.value(age_, "--older-than", "AGE", "Only what was deleted so long ago: 30d, 12h, 0").default_text("30d");
    options.flag(options_.dry_run, "--dry-run", "Only say what would be removed");
  }

  Code run(Session& session) override {
    // No runs must not mean all of them: a script that found none, and xargs, would remove what nobody named.
    if (runs_.empty() && !all_)
      throw Error(Code::usage, "no runs to purge",
                  "name deleted runs, or see what --all means: mlsys runs purge --all --dry-run");
    if (!runs_.empty() && all_) throw Error(Code::usage, "--all means every deleted run: it excludes naming some");
    options_.min_age = age_of("--older-than", age_);
    store::Store store = options_.dry_run ? open_for_reading(session) : open_for_writing(session);
    for (auto& run : runs_) run = track::resolve_run(store, run);
    if (!all_) options_.runs = runs_;
    const track::PurgeReport report = track::purge(store, options_, session.context());
    Output& out = session.out();
    out.document(to_json(report));
    Table table;
    for (const char* title : {"run", "name", "experiment", "deleted", "what"}) table.column(title);
    const auto add = [&](const track::PurgeReport::Run& run, const std::string& why) {
      table.row({short_id(run.run_id), run.name, run.experiment, shown_time(run.deleted), why});
    };
    for (const auto& run : report.purged) {
      out.id(run.run_id);
      add(run, report.dry_run ? "would be removed" : "removed");
    }
    for (const auto& kept : report.kept) add(kept.run, "kept: " + kept.why);
    if (!table.empty()) out.table(table);
    for (const auto& name : report.experiments) out.line("experiment " + quoted(name));
    out.note(fmt::format("{} {} and {}, kept {}", report.dry_run ? "would remove" : "removed",
                         counted(report.purged.size(), "run"), counted(report.experiments.size(), "experiment"),
                         with_thousands(report.kept.size())));
    if (!report.dry_run && !report.purged.empty())
      out.note("their files go with: " + next_command(session, {"store", "gc"}));
    return Code::ok;
  }

  track::PurgeOptions options_;
  std::vector<std::string> runs_;
  bool all_ = false;
  std::string age_ = "30d";
};

}  // namespace

std::unique_ptr<Verb> make_runs_purge() { return std::make_unique<Purge>(); }

}  // namespace mlsys::frame
