#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/predict/predictor.hpp"
#include "mlsys/registry/registry.hpp"
#include "model_argument.hpp"
#include "next.hpp"
#include "pairs.hpp"

namespace mlsys::frame {
namespace {

bool is_known_run(store::Store& store, const std::string& run_id) {
  return !run_id.empty() && store.prepare("SELECT 1 FROM runs WHERE run_id = ?").bind(run_id).step();
}

class Register final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "What to register: run:ID, @last, a bundle directory or a package")
        .completes(Completes::model);
    options.value(name_, "--name", "NAME", "Name of the model, made when it does not exist").required();
    options.value(aliases_, "--alias", "ALIAS", "Point this alias at the version; may be repeated");
    options.flag(new_alias_, "--new-alias", "Make the alias although it reads like another one");
    options.value(description_, "--description", "TEXT", "What is special about this version");
    options.value(tags_, "--tag", "KEY=VALUE", "Tag of the version; may be repeated");
    options.value(operation_, "--operation", "ID", "Name of this write: repeating it changes nothing");
  }

  Code run(Session& session) override {
    registry::RegisterOptions to;
    to.name = name_;
    registry::check_model_name(to.name);
    to.tags = parse_tags("--tag", tags_);
    const LoadedModel loaded = load_model(model_, session);
    // A model that this machine computes differently must not become a version.
    const std::uint64_t golden = predict::replay_golden(loaded.bundle, session.context());
    store::Store store = store::Store::open(session.state_for_writing(), store::Mode::write, session.context());
    to.bundle = loaded.bundle.directory();
    to.digest = loaded.bundle.digest();
    to.run_id = loaded.resolved.run_id;
    // A directory that a run of this store wrote is that run's model.
    if (to.run_id.empty() && is_known_run(store, loaded.bundle.manifest().run_id))
      to.run_id = loaded.bundle.manifest().run_id;
    // "@last" and the beginning of an id mean something else later.
    to.source = loaded.resolved.digest.empty() ? model_ : loaded.resolved.label();
    to.description = description_;
    to.aliases = aliases_;
    to.new_alias = new_alias_;
    to.operation = operation_;
    const auto [version, known] = registry::register_model(store, to, session.context());
    Json document{{"schema", "mlsys.register/1"}};
    document.update(to_json(version));
    document["golden_rows"] = golden;
    document["known"] = known;
    session.out().document(document);
    const std::string label = fmt::format("{}/{}", version.name, version.version);
    session.out().id(label);
    session.out().line(fmt::format(
        "{}{}{}, {}", session.out().paint(Tone::strong, label),
        version.aliases.empty() ? "" : fmt::format(" ({})", join(version.aliases, ", ")),
        known ? ", registered before" : "",
        golden == 0 ? std::string("without golden rows") : counted(golden, "golden row") + " replayed exactly"));
    if (version.aliases.empty())
      session.out().note("next: " + next_command(session, {"promote", label, "--to", "champion"}));
    return Code::ok;
  }

  std::string model_, name_, description_, operation_;
  std::vector<std::string> aliases_, tags_;
  bool new_alias_ = false;
};

constexpr Example examples[] = {
    {"mlsys register run:3f2a --name fraud", "the model of a run becomes fraud/1, fraud/2, …"},
    {"mlsys register model/ --name fraud --alias challenger", "a bundle directory, with an alias"}};
constexpr VerbInfo verbs[] = {
    {"", "Make a version of a model from a run, a bundle or a package", examples, make_verb<Register>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("register", mlsys::frame::verbs)
