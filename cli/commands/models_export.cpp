// export
#include <fmt/format.h>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/registry/transfer.hpp"
#include "models.hpp"
#include "output_folder.hpp"

namespace mlsys::frame {
namespace {

class Export final : public Verb {
  void declare(Options& options) override {
    options.positional(options_.models, "MODEL", "fraud, fraud/3 or fraud@champion; every model when left out")
        .optional()
        .completes(Completes::model);
    options.value(options_.target, "-o,--output", "FOLDER", "New folder, or an export to replace")
        .required()
        .completes(Completes::directory);
  }

  Code run(Session& session) override {
    check_output_folder("export to", options_.target, session.project().state);
    store::Store store = store::Store::open(session.project().state, store::Mode::read, session.context());
    const registry::ExportReport report = registry::export_models(store, options_, session.context());
    Output& out = session.out();
    out.document(to_json(report));
    out.id(report.target.native());
    out.line(fmt::format("{}: {}, {}, {} of {}", quoted(report.target.native(), 200),
                         counted(report.versions.size(), "version"), counted(report.aliases.size(), "alias", "aliases"),
                         counted(report.bundles, "bundle"), human_bytes(report.bytes)));
    return Code::ok;
  }

  registry::ExportOptions options_;
};

}  // namespace

std::unique_ptr<Verb> make_models_export() { return std::make_unique<Export>(); }

}  // namespace mlsys::frame
