#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/registry/registry.hpp"

namespace mlsys::frame {
namespace {

class Rollback final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Registered model").completes(Completes::model);
    options.value(alias_, "--alias", "ALIAS", "Alias to give back").default_text("champion");
    options.value(reason_, "--reason", "TEXT", "Why; kept in the record");
    options.value(operation_, "--operation", "ID", "Name of this write: repeating it changes nothing");
  }

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::update, session.context());
    // fraud@champion says the same as fraud --alias champion.
    std::string name = model_;
    std::string alias = alias_;
    if (const auto at = name.rfind('@'); at != std::string::npos) {
      alias = name.substr(at + 1);
      name.resize(at);
    }
    if (name.find('/') != std::string::npos)
      throw Error(Code::usage,
                  fmt::format("cannot roll back to {}: an alias goes back to where it pointed before", quoted(model_)),
                  fmt::format("name the model: mlsys rollback {}; for another version: mlsys promote {} --to {}",
                              shell_word(name.substr(0, name.find('/'))), shell_word(name), shell_word(alias)));
    const auto back = registry::rollback(store, name, alias, reason_, session.context(), operation_);
    // As it was then: others may have moved the alias on and deleted the version.
    const auto version = registry::version(store, name, back.version, back.time);
    Json document{{"schema", "mlsys.rollback/1"}};
    document.update(to_json(version));
    document["alias"] = back.alias;
    document["previous"] = back.previous;
    session.out().document(document);
    const std::string label = fmt::format("{}/{}", name, back.version);
    session.out().id(label);
    session.out().line(fmt::format("{} is {}@{} again, no longer {}/{}", session.out().paint(Tone::strong, label), name,
                                   alias, name, back.previous));
    return Code::ok;
  }

  std::string model_, reason_, operation_;
  std::string alias_ = "champion";
};

constexpr Example examples[] = {{"mlsys rollback fraud", "fraud@champion is the version before again"},
                                {"mlsys rollback fraud --alias shadow --reason 'too slow'", "another alias"}};
constexpr VerbInfo verbs[] = {
    {"", "Give an alias back to the version it pointed to before", examples, make_verb<Rollback>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("rollback", mlsys::frame::verbs)
