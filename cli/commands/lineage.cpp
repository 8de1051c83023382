// What a model was made from: version, bundle, run, its data, and the versions that came of the same run.
#include "mlsys/registry/lineage.hpp"

#include <fmt/format.h>

#include "as_of.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {
namespace {

using registry::Lineage;

class ShowLineage final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Model in the store: fraud, fraud/3, fraud@champion, run:ID, @last")
        .completes(Completes::model);
    declare_as_of(options, as_of_);
  }

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::read, session.context());
    const Lineage lineage = registry::lineage(store, model_, session.context(), parse_as_of(as_of_));
    session.out().document(to_json(lineage));
    show(session.out(), lineage);
    return Code::ok;
  }

  static void show(Output& out, const Lineage& lineage) {
    out.line(out.paint(Tone::strong, lineage.model));
    out.line("├─ bundle " + lineage.digest);
    for (const auto& version : lineage.versions) out.line("├─ " + describe(version));
    if (!lineage.contract.empty()) out.line("├─ contract sha256:" + printable(lineage.contract));
    for (const auto& data : lineage.data) out.line("├─ " + describe(data));
    if (lineage.run)
      show_run(out, *lineage.run, lineage.parent);
    else if (lineage.made_by.empty())
      out.line("└─ made by no run that is known");
    else
      out.line(fmt::format("└─ run {}, which is not in this store", printable(lineage.made_by)));
  }

  static std::string describe(const registry::Version& version) {
    std::string text = fmt::format("version {}/{}", version.name, version.version);
    if (!version.aliases.empty()) text += " (" + join(version.aliases, ", ") + ")";
    const std::string user = printable(version.user);
    if (!version.origin) return text + fmt::format(", registered {} by {}", iso_time(version.created), user);
    text += fmt::format(", imported {}; ", iso_time(version.created));
    if (version.origin->registered) text += fmt::format("registered {} ", iso_time(*version.origin->registered));
    return text + fmt::format("by {} from {}", user, printable(version.source));
  }

  static std::string describe(const Lineage::Data& data) {
    std::string text = fmt::format("data {} ({})", printable(data.source), printable(data.role));
    if (data.rows > 0) text += ", " + counted(data.rows, "row");
    return text + ", " + printable(data.digest);
  }

  static void show_run(Output& out, const track::Run& run, const std::string& parent) {
    out.line(fmt::format("└─ run {} {} in {}", run.run_id, run.name, quoted(run.experiment)));
    std::vector<std::string> lines;
    if (!parent.empty()) lines.push_back("part of run " + printable(parent));
    if (!run.source.empty()) lines.push_back("made by " + printable(run.source));
    for (const auto& input : run.inputs)
      lines.push_back(printable(fmt::format("data {} ({}) {}", input.name, input.context, input.digest)));
    if (!run.params.empty()) {
      std::vector<std::string> params;
      for (const auto& [key, value] : run.params) params.push_back(key + "=" + printable(value));
      lines.push_back("parameters " + join(params, " "));
    }
    for (std::size_t i = 0; i < lines.size(); ++i)
      out.line(fmt::format("   {} {}", i + 1 == lines.size() ? "└─" : "├─", lines[i]));
  }

  std::string model_, as_of_;
};

constexpr Example examples[] = {{"mlsys lineage fraud@champion", "down to the digests of its data"},
                                {"mlsys lineage fraud/3 --json", "for scripts"}};
constexpr VerbInfo verbs[] = {{"", "Show what a model was made from", examples, make_verb<ShowLineage>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("lineage", mlsys::frame::verbs)
