#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/frame.hpp"
#include "mlsys/registry/reference.hpp"
#include "mlsys/registry/registry.hpp"
#include "models.hpp"

namespace mlsys::frame {

namespace {

constexpr std::string_view schema = models_schema;

store::Store open_for_reading(Session& session) {
  return store::Store::open(session.project().state, store::Mode::read, session.context());
}

std::string shown(Millis time) {
  std::string text = iso_time(std::chrono::floor<std::chrono::seconds>(time));
  text[10] = ' ';
  text.pop_back();
  return text;
}

class List final : public Verb {
  void declare(Options& options) override { declare_as_of(options, as_of_); }

  Code run(Session& session) override {
    const auto as_of = parse_as_of(as_of_);
    store::Store store = open_for_reading(session);
    const auto found = registry::models(store, as_of);
    Json document{{"schema", schema}, {"models", Json::array()}};
    Table table;
    table.column("model");
    table.column("versions", Table::Align::right);
    table.column("newest", Table::Align::right);
    table.column("aliases");
    table.column("changed");
    for (const auto& model : found) {
      document["models"].push_back(to_json(model));
      session.out().id(model.name);
      std::vector<std::string> aliases;
      for (const auto& [alias, version] : model.aliases) aliases.push_back(fmt::format("{} → {}", alias, version));
      table.row({model.name, std::to_string(model.versions.size()),
                 model.versions.empty() ? "-" : std::to_string(model.versions.front().version), join(aliases, ", "),
                 shown(model.versions.empty() ? model.created : model.versions.front().created)});
    }
    session.out().document(document);
    if (found.empty())
      session.out().note(as_of ? "there were no models at " + iso_time(*as_of)
                               : "no models yet: mlsys register run:ID --name NAME");
    else
      session.out().table(table);
    return Code::ok;
  }

  std::string as_of_;
};

class Show final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Model, or one version: fraud, fraud/3, fraud@champion")
        .completes(Completes::model);
    declare_as_of(options, as_of_);
  }

  Code run(Session& session) override {
    const auto as_of = parse_as_of(as_of_);
    store::Store store = open_for_reading(session);
    const auto reference = registry::parse_model_reference(model_);
    if (!reference.model)
      throw Error(Code::usage, fmt::format("{} is not a registered model", quoted(model_)),
                  "write fraud, fraud/3 or fraud@champion");
    if (reference.version || reference.alias) {
      const auto version = reference.version ? registry::version(store, *reference.model, *reference.version, as_of)
                                             : registry::by_alias(store, *reference.model, *reference.alias, as_of);
      show_version(session, version);
    } else {
      show_model(session, registry::model(store, *reference.model, as_of));
    }
    return Code::ok;
  }

  static void show_version(Session& session, const registry::Version& version) {
    Json document{{"schema", schema}};
    document.update(to_json(version));
    session.out().document(document);
    session.out().id(fmt::format("{}/{}", version.name, version.version));
    Table table;
    table.column("version");
    table.column(fmt::format("{}/{}", version.name, version.version));
    table.row({"aliases", join(version.aliases, ", ")});
    table.row({"run", shown_run(version)});
    const auto& origin = version.origin;
    if (origin) table.row({"imported", shown(version.created)});
    if (!origin || origin->registered)
      table.row({"registered", fmt::format("{} by {} from {}", shown(origin ? *origin->registered : version.created),
                                           version.user, version.source)});
    if (!version.description.empty()) table.row({"description", version.description});
    for (const auto& [key, value] : version.tags) table.row({"tag " + key, value});
    table.row({"bundle", version.model.native()});
    table.row({"digest", version.digest});
    session.out().table(table);
  }

  static std::string shown_run(const registry::Version& version) {
    if (!version.run_id.empty()) return version.run_id;
    return version.origin && !version.origin->run_id.empty() ? version.origin->run_id + ", which is not in this store"
                                                             : "-";
  }

  // The keys of a single version are those of the one that the bare name means, if there is such a one; "versions" has
  // each with its aliases.
  static void show_model(Session& session, const registry::Model& model) {
    Json document{{"schema", schema}};
    Json aliases = Json::array();
    const auto champion = model.aliases.find("champion");
    for (const auto& version : model.versions)
      if (champion != model.aliases.end() ? version.version == champion->second : model.versions.size() == 1) {
        document.update(to_json(version));
        aliases = version.aliases;
      }
    document.update(to_json(model));
    document["aliases"] = std::move(aliases);
    session.out().document(document);
    Table table;
    table.column("version", Table::Align::right);
    for (const char* title : {"aliases", "run", "registered", "by", "digest"}) table.column(title);
    for (const auto& version : model.versions) {
      session.out().id(fmt::format("{}/{}", model.name, version.version));
      table.row({std::to_string(version.version),
                 {join(version.aliases, ", "), Tone::good},
                 version.run_id.empty() ? "-" : version.run_id.substr(0, 8),
                 shown(version.created),
                 version.user,
                 version.digest.substr(0, 12)});
    }
    if (!model.description.empty()) session.out().line(printable(model.description));
    session.out().table(table);
  }

  std::string model_, as_of_;
};

class History final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Registered model; all when left out").optional().completes(Completes::model);
    declare_as_of(options, as_of_);
  }

  Code run(Session& session) override {
    const auto as_of = parse_as_of(as_of_);
    store::Store store = open_for_reading(session);
    std::vector<registry::Promotion> promotions;
    std::vector<registry::AuditEntry> entries;
    store.read([&] {
      if (!model_.empty()) promotions = registry::promotions(store, model_, as_of);
      entries = registry::audit(store, model_, as_of);
    });
    Json document{{"schema", schema}, {"history", Json::array()}};
    if (!model_.empty()) {
      document["name"] = model_;
      document["promotions"] = Json::array();
      for (const auto& promotion : promotions) document["promotions"].push_back(to_json(promotion));
    }
    Table table;
    for (const char* title : {"when", "who", "what", "which", "detail"}) table.column(title);
    for (const auto& entry : entries) {
      document["history"].push_back(to_json(entry));
      table.row({shown(entry.time), fmt::format("{}@{}", entry.user, entry.host), entry.action, entry.subject,
                 describe(entry)});
    }
    session.out().document(document);
    if (table.empty())
      session.out().note("nothing has happened yet");
    else
      session.out().table(table);
    return Code::ok;
  }

  // Of a refusal what failed; that of a promotion is in its own record.
  static void add_evidence(const Json& evidence, std::vector<std::string>& parts) {
    if (!evidence.is_object() || !evidence.contains("gates")) {
      parts.emplace_back("on evidence");
      return;
    }
    for (const Json& gate : evidence["gates"])
      if (!gate.value("passed", false))
        parts.push_back(fmt::format("failed {} ({})", gate.value("expression", ""), gate.value("reason", "")));
  }

  static std::string describe(const registry::AuditEntry& entry) {
    const Json detail = parse_json(entry.detail, "the audit log");
    std::vector<std::string> parts;
    for (const auto& [key, value] : detail.items()) {
      if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty()) || key == "alias")
        continue;
      std::string text = value.is_string() ? value.get<std::string>() : to_line(value);
      if (key == "digest") text = text.substr(0, 12);
      if (key == "evidence") {
        add_evidence(value, parts);
        continue;
      }
      parts.push_back(fmt::format("{} {}", key, text));
    }
    return join(parts, ", ");
  }

  std::string model_, as_of_;
};

class Delete final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Version to delete, such as fraud/3").completes(Completes::model);
    options.value(reason_, "--reason", "TEXT", "Why; kept in the record");
  }

  Code run(Session& session) override {
    const auto reference = registry::parse_model_reference(model_);
    if (!reference.model || !reference.version)
      throw Error(Code::usage, fmt::format("{} is not a version", quoted(model_)), "write fraud/3");
    store::Store store = store::Store::open(session.project().state, store::Mode::update, session.context());
    registry::delete_version(store, *reference.model, *reference.version, reason_, session.context());
    session.out().document(
        {{"schema", schema}, {"name", *reference.model}, {"version", *reference.version}, {"deleted", true}});
    session.out().id(fmt::format("{}/{}", *reference.model, *reference.version));
    return Code::ok;
  }

  std::string model_, reason_;
};

class Unalias final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL@ALIAS", "Alias to remove, such as fraud@shadow").completes(Completes::model);
    options.value(reason_, "--reason", "TEXT", "Why; kept in the record");
  }

  Code run(Session& session) override {
    const auto reference = registry::parse_model_reference(model_);
    if (!reference.model || !reference.alias)
      throw Error(Code::usage, fmt::format("{} is not an alias of a model", quoted(model_)), "write fraud@shadow");
    store::Store store = store::Store::open(session.project().state, store::Mode::update, session.context());
    const auto removed = registry::remove_alias(store, *reference.model, *reference.alias, reason_, session.context());
    Json document{{"schema", schema}};
    document.update(to_json(removed));
    session.out().document(document);
    return Code::ok;
  }

  std::string model_, reason_;
};

constexpr Example list_examples[] = {{"mlsys models list", "all models and what their aliases point to"}};
constexpr Example show_examples[] = {{"mlsys models show fraud", "its versions"},
                                     {"mlsys models show fraud@champion --json", "one version, for scripts"},
                                     {"mlsys models show fraud --as-of 2026-03-01", "as it was then"}};
constexpr Example history_examples[] = {{"mlsys models history fraud", "who changed what, when and why"},
                                        {"mlsys models history --as-of 2026-03-01", "what had happened by then"}};
constexpr Example diff_examples[] = {
    {"mlsys models diff fraud@champion fraud/4", "parameters, features, contract, data, metrics"},
    {"mlsys models diff fraud/3 @last --json", "a version and what was just trained"}};
constexpr Example tag_examples[] = {
    {"mlsys models tag fraud/3 team=growth reviewed=yes", "tags of a version"},
    {"mlsys models tag fraud --description 'card payments, daily' --remove draft", "of the model itself"}};
constexpr Example export_examples[] = {
    {"mlsys models export -o registry", "every model, as files"},
    {"mlsys models export fraud@champion -o champion", "what a CI job needs to compare with"}};
constexpr Example import_examples[] = {
    {"mlsys models import registry", "into this store: versions keep their numbers"},
    {"mlsys models import champion --move-aliases", "and its aliases point where they do there"}};
constexpr Example delete_examples[] = {{"mlsys models delete fraud/2", "its number is never used again"}};
constexpr Example unalias_examples[] = {{"mlsys models unalias fraud@shadow", "rollback would bring it back"}};

constexpr VerbInfo verbs[] = {
    {"list", "List registered models", list_examples, make_verb<List>},
    {"show", "Show a model's versions, or one version", show_examples, make_verb<Show>},
    {"history", "Show the record of changes, newest first", history_examples, make_verb<History>},
    {"diff", "Show what differs between two models", diff_examples, make_models_diff},
    {"tag", "Set tags and the description of a model or a version", tag_examples, make_models_tag},
    {"export", "Write models and their aliases as files", export_examples, make_models_export},
    {"import", "Read models that were exported from another store", import_examples,
     [] { return load_verb("models_import"); }},
    {"delete", "Delete a version that no alias points to", delete_examples, make_verb<Delete>},
    {"unalias", "Remove an alias", unalias_examples, make_verb<Unalias>},
};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("models", mlsys::frame::verbs)
