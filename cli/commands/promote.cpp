#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/registry/reference.hpp"
#include "mlsys/registry/registry.hpp"

namespace mlsys::frame {
namespace {

class Promote final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Version to promote: fraud/3, or fraud@challenger").completes(Completes::model);
    options.value(alias_, "--to", "ALIAS", "Alias to point at it").default_text("champion");
    options.value(reason_, "--reason", "TEXT", "Why; kept in the record");
    options.value(operation_, "--operation", "ID", "Name of this write: repeating it changes nothing");
  }

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.state_for_writing(), store::Mode::write, session.context());
    const auto resolved = registry::resolve(store, model_, {}, session.context());
    if (!resolved.version)
      throw Error(Code::usage,
                  fmt::format("cannot promote {}: it is not a version of a registered model", quoted(model_)),
                  fmt::format("register it first: mlsys register {} --name NAME", model_));
    registry::PromoteOptions to;
    to.name = resolved.name;
    to.version = *resolved.version;
    to.alias = alias_;
    to.reason = reason_;
    to.operation = operation_;
    const auto promotion = registry::promote(store, to, session.context());
    const auto version = registry::version(store, to.name, to.version);
    Json document{{"schema", "mlsys.promote/1"}};
    document.update(to_json(version));
    document["alias"] = promotion.alias;
    document["previous"] = promotion.previous == 0 ? Json(nullptr) : Json(promotion.previous);
    session.out().document(document);
    const std::string label = fmt::format("{}/{}", version.name, version.version);
    session.out().id(label);
    session.out().line(fmt::format("{} is {}@{}{}", session.out().paint(Tone::strong, label), version.name,
                                   promotion.alias,
                                   promotion.previous == 0 ? ""
                                   : promotion.previous == promotion.version
                                       ? ", as before"
                                       : fmt::format(", before it was {}/{}", version.name, promotion.previous)));
    return Code::ok;
  }

  std::string model_, reason_, operation_;
  std::string alias_ = "champion";
};

constexpr Example examples[] = {
    {"mlsys promote fraud/3 --to champion", "fraud@champion is fraud/3 from now on"},
    {"mlsys promote fraud@challenger --reason 'won the test'", "with a reason for the record"}};
constexpr VerbInfo verbs[] = {{"", "Point an alias such as champion at a version", examples, make_verb<Promote>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("promote", mlsys::frame::verbs)
