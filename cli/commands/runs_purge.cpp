// purge
#include <fmt/format.h>

#include "age.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/track/purge.hpp"
#include "next.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

class Purge final : public Verb {
  void declare(Options& options) override {
    options.positional(options_.runs, "RUN", "Deleted runs; all of them when left out")
        .optional()
        .completes(Completes::run);
    options.value(age_, "--older-than", "AGE", "Only what was deleted so long ago: 30d, 12h, 0").default_text("30d");
    options.flag(options_.dry_run, "--dry-run", "Only say what would be removed");
  }

  Code run(Session& session) override {
    options_.min_age = age_of("--older-than", age_);
    store::Store store = options_.dry_run ? open_for_reading(session) : open_for_writing(session);
    for (auto& run : options_.runs) run = track::resolve_run(store, run);
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
  std::string age_ = "30d";
};

}  // namespace

std::unique_ptr<Verb> make_runs_purge() { return std::make_unique<Purge>(); }

}  // namespace mlsys::frame
