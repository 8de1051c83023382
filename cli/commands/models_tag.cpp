// tag
#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/registry/reference.hpp"
#include "mlsys/registry/registry.hpp"
#include "models.hpp"
#include "pairs.hpp"

namespace mlsys::frame {
namespace {

class Tag final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Model, or one version: fraud, fraud/3, fraud@champion")
        .completes(Completes::model);
    options.positional(tags_, "KEY=VALUE", "Tag to set").optional();
    options.value(annotation_.untag, "--remove", "KEY", "Tag to remove; may be repeated");
    options.value(annotation_.description, "--description", "TEXT", "Describe it").may_be_empty();
  }

  Code run(Session& session) override {
    annotation_.tags = parse_tags("", tags_);
    if (annotation_.tags.empty() && annotation_.untag.empty() && !annotation_.description)
      throw Error(Code::usage, "nothing to change", "give KEY=VALUE, --remove KEY or --description TEXT");
    const auto reference = registry::parse_model_reference(model_);
    if (!reference.model)
      throw Error(Code::usage, fmt::format("{} is not a registered model", quoted(model_)),
                  "write fraud, fraud/3 or fraud@champion");
    store::Store store = store::Store::open(session.project().state, store::Mode::update, session.context());
    annotation_.name = *reference.model;
    annotation_.version = reference.version;
    if (reference.alias) annotation_.version = registry::by_alias(store, *reference.model, *reference.alias).version;
    registry::annotate(store, annotation_, session.context());
    Json document{{"schema", models_schema}};
    if (annotation_.version)
      document.update(to_json(registry::version(store, annotation_.name, *annotation_.version)));
    else
      document["models"].push_back(to_json(registry::model(store, annotation_.name)));
    session.out().document(document);
    session.out().id(annotation_.version ? fmt::format("{}/{}", annotation_.name, *annotation_.version)
                                         : annotation_.name);
    return Code::ok;
  }

  std::string model_;
  std::vector<std::string> tags_;
  registry::Annotation annotation_;
};

}  // namespace

std::unique_ptr<Verb> make_models_tag() { return std::make_unique<Tag>(); }

}  // namespace mlsys::frame
