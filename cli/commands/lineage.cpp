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
    branch(out, "├─ ", "│  ", "bundle " + lineage.digest);
    for (const auto& version : lineage.versions) branch(out, "├─ ", "│  ", describe(version));
    if (!lineage.contract.empty()) branch(out, "├─ ", "│  ", "contract sha256:" + lineage.contract);
    for (const auto& data : lineage.data) branch(out, "├─ ", "│  ", describe(data));
    if (lineage.run)
      show_run(out, *lineage.run, lineage.parent);
    else if (lineage.made_by.empty())
      branch(out, "└─ ", "   ", "made by no run that is known");
    else
      branch(out, "└─ ", "   ", fmt::format("run {}, which is not in this store", lineage.made_by));
  }

  static void branch(Output& out, std::string_view first, std::string_view others, std::string_view text) {
    out.line(std::string(first) + wrapped(printable(text), others, out.out_stream().width));
  }

  static std::string describe(const registry::Version& version) {
    std::string text = fmt::format("version {}/{}", version.name, version.version);
    if (!version.aliases.empty()) text += " (" + join(version.aliases, ", ") + ")";
    if (!version.origin) return text + fmt::format(", registered {} by {}", iso_time(version.created), version.user);
    text += fmt::format(", imported {}; ", iso_time(version.created));
    if (version.origin->registered) text += fmt::format("registered {} ", iso_time(*version.origin->registered));
    return text + fmt::format("by {} from {}", version.user, version.source);
  }

  static std::string describe(const Lineage::Data& data) {
    std::string text = fmt::format("data {} ({})", data.source, data.role);
    if (data.rows > 0) text += ", " + counted(data.rows, "row");
    return text + ", " + data.digest;
  }

  static void show_run(Output& out, const track::Run& run, const std::string& parent) {
    branch(out, "└─ ", "   ", fmt::format("run {} {} in {}", run.run_id, run.name, quoted(run.experiment)));
    struct Line {
      std::string text;
      bool copied = false;  // a command, which a line break would spoil
    };
    std::vector<Line> lines;
    if (!parent.empty()) lines.push_back({"part of run " + parent});
    if (!run.source.empty()) lines.push_back({"made by " + run.source, true});
    for (const auto& input : run.inputs)
      lines.push_back({fmt::format("data {} ({}) {}", input.name, input.context, input.digest)});
    if (!run.params.empty()) {
      std::vector<std::string> params;
      for (const auto& [key, value] : run.params) params.push_back(key + "=" + value);
      lines.push_back({"parameters " + join(params, " ")});
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool last = i + 1 == lines.size();
      const std::string_view first = last ? "   └─ " : "   ├─ ";
      if (lines[i].copied)
        out.line(std::string(first) + printable(lines[i].text));
      else
        branch(out, first, last ? "      " : "   │  ", lines[i].text);
    }
  }

  std::string model_, as_of_;
};

constexpr Example examples[] = {{"mlsys lineage fraud@champion", "down to the digests of its data"},
                                {"mlsys lineage fraud/3 --json", "for scripts"}};
constexpr VerbInfo verbs[] = {{"", "Show what a model was made from", examples, make_verb<ShowLineage>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("lineage", mlsys::frame::verbs)
