// models import: a module of its own, since it scores golden rows.
#include <fmt/format.h>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/predict/predictor.hpp"
#include "mlsys/registry/transfer.hpp"
#include "models.hpp"

namespace mlsys::frame {
namespace {

class Import final : public Verb {
  void declare(Options& options) override {
    options.positional(options_.source, "FOLDER", "What 'mlsys models export' wrote").completes(Completes::directory);
    options.flag(options_.move_aliases, "--move-aliases", "Move aliases that point elsewhere here");
    options.flag(options_.dry_run, "--dry-run", "Only check, and say what would be done");
  }

  Code run(Session& session) override {
    // A model that this machine computes differently must not become a version.
    options_.check = [&](const std::filesystem::path& folder) {
      predict::replay_golden(bundle::Bundle::load(folder), session.context());
    };
    store::Store store = options_.dry_run
                             ? store::Store::open(session.project().state, store::Mode::read, session.context())
                             : store::Store::open(session.state_for_writing(), store::Mode::write, session.context());
    const registry::ImportReport report = registry::import_models(store, options_, session.context());
    Output& out = session.out();
    out.document(to_json(report));
    for (const auto* list : {&report.versions, &report.aliases})
      for (const auto& name : *list) {
        out.id(name);
        out.line(name);
      }
    if (!report.restored.empty())
      out.note(fmt::format("{} the files of {}, which were lost or altered here",
                           report.dry_run ? "would restore" : "restored", join(report.restored, ", ")));
    out.note(fmt::format("{} {} and {}; {} here already", report.dry_run ? "would import" : "imported",
                         counted(report.versions.size(), "version"), counted(report.aliases.size(), "alias", "aliases"),
                         counted(report.known.size(), "version was", "versions were")));
    return Code::ok;
  }

  registry::ImportOptions options_;
};

constexpr VerbInfo verbs[] = {{"", "Read models that were exported from another store", {}, make_verb<Import>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("models_import", mlsys::frame::verbs)
