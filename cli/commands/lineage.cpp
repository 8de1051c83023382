// What a model was made from: version, bundle, run, its data, and the versions that came of the same run.
#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/registry/reference.hpp"
#include "mlsys/registry/registry.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::frame {
namespace {

class Lineage final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Model in the store: fraud, fraud/3, fraud@champion, run:ID, @last")
        .completes(Completes::model);
  }

  Code run(Session& session) override {
    Context& context = session.context();
    store::Store store = store::Store::open(session.project().state, store::Mode::read, context);
    const auto resolved = registry::resolve(store, model_, {{}, store::Check::exists}, context);
    if (resolved.digest.empty())
      throw Error(Code::usage, fmt::format("{} is not in the store", quoted(model_)),
                  fmt::format("register it first: mlsys register {} --name NAME", model_));
    Json document{{"schema", "mlsys.lineage/1"}, {"model", resolved.label()}, {"digest", resolved.digest}};
    Output& out = session.out();
    out.line(out.paint(Tone::strong, resolved.label()));
    out.line(fmt::format("├─ bundle {}", resolved.digest));
    document["versions"] = Json::array();
    for (const auto& model : registry::models(store))
      for (const auto& version : model.versions)
        if (version.digest == resolved.digest) {
          document["versions"].push_back(to_json(version));
          out.line(fmt::format("├─ version {}/{}{}, registered {} by {}", version.name, version.version,
                               version.aliases.empty() ? "" : " (" + join(version.aliases, ", ") + ")",
                               iso_time(version.created), version.user));
        }
    document["run"] = nullptr;
    if (resolved.run_id.empty()) {
      out.line("└─ made by no run of this store");
    } else {
      show_run(session, track::get(store, resolved.run_id, context), document);
    }
    out.document(document);
    return Code::ok;
  }

  static void show_run(Session& session, const track::Run& run, Json& document) {
    Output& out = session.out();
    document["run"] = to_json(run);
    out.line(fmt::format("└─ run {} {} in {}", run.run_id, run.name, quoted(run.experiment)));
    std::vector<std::string> lines;
    if (const auto parent = run.tags.find("mlflow.parentRunId"); parent != run.tags.end())
      lines.push_back("part of run " + parent->second);
    if (!run.source.empty()) lines.push_back("made by " + run.source);
    for (const auto& input : run.inputs)
      lines.push_back(fmt::format("data {} ({}) {}", input.name, input.context, input.digest));
    if (!run.params.empty()) {
      std::vector<std::string> params;
      for (const auto& [key, value] : run.params) params.push_back(key + "=" + value);
      lines.push_back("parameters " + join(params, " "));
    }
    for (std::size_t i = 0; i < lines.size(); ++i)
      out.line(fmt::format("   {} {}", i + 1 == lines.size() ? "└─" : "├─", lines[i]));
  }

  std::string model_;
};

constexpr Example examples[] = {{"mlsys lineage fraud@champion", "down to the digests of its data"},
                                {"mlsys lineage fraud/3 --json", "for scripts"}};
constexpr VerbInfo verbs[] = {{"", "Show what a model was made from", examples, make_verb<Lineage>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("lineage", mlsys::frame::verbs)
