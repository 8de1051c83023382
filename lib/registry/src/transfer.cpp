#include "mlsys/registry/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <system_error>
#include <utility>

#include "changes.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"
#include "mlsys/registry/reference.hpp"
#include "mlsys/registry/registry.hpp"
#include "mlsys/track/track.hpp"
#include "rows.hpp"

namespace mlsys::registry {

namespace fs = std::filesystem;
using store::Statement;
using store::Store;
using store::Write;

namespace {

constexpr const char* file_name = "registry.json";
constexpr const char* bundles_name = "bundles";

std::string label(const std::string& name, std::int64_t version) { return fmt::format("{}/{}", name, version); }

// ---- Writing ----

// The models with the versions that were asked for.
std::vector<Model> chosen(Store& store, const std::vector<std::string>& references) {
  if (references.empty()) return models(store);
  std::map<std::string, std::set<std::int64_t>> wanted;
  for (const auto& text : references) {
    const ModelReference reference = parse_model_reference(text);
    if (!reference.model)
      throw Error(Code::usage, fmt::format("{} is not a registered model", quoted(text)),
                  "write fraud, fraud/3 or fraud@champion");
    auto& versions = wanted[*reference.model];
    if (reference.version)
      versions.insert(version(store, *reference.model, *reference.version).version);
    else if (reference.alias)
      versions.insert(by_alias(store, *reference.model, *reference.alias).version);
    else
      for (const auto& one : model(store, *reference.model).versions) versions.insert(one.version);
  }
  std::vector<Model> found;
  for (const auto& [name, versions] : wanted) {
    found.push_back(model(store, name));
    std::erase_if(found.back().versions, [&](const Version& one) { return !versions.contains(one.version); });
    std::erase_if(found.back().aliases, [&](const auto& alias) { return !versions.contains(alias.second); });
  }
  return found;
}

Json alias_json(const std::vector<Promotion>& decisions, const std::string& alias, std::int64_t version) {
  const auto last = std::find_if(decisions.begin(), decisions.end(),
                                 [&](const Promotion& decision) { return decision.alias == alias; });
  Json json = to_json(*last);
  for (const char* key : {"name", "alias", "previous"}) json.erase(key);
  json["version"] = version;
  return json;
}

Json model_json(Store& store, const Model& model) {
  Json json = to_json(model);
  json["versions"] = Json::array();
  // Oldest first: a new version adds to the end.
  for (const auto& one : model.versions | std::views::reverse) {
    Json version = to_json(one);
    for (const char* key : {"name", "aliases", "model", "origin"}) version.erase(key);
    // What was imported goes on as what it was at first.
    if (one.origin) {
      if (one.run_id.empty() && !one.origin->run_id.empty()) version["run_id"] = one.origin->run_id;
      if (one.origin->registered) version["created"] = iso_time(*one.origin->registered);
    }
    json["versions"].push_back(std::move(version));
  }
  const auto decisions = promotions(store, model.name);
  for (const auto& [alias, version] : model.aliases) json["aliases"][alias] = alias_json(decisions, alias, version);
  return json;
}

// The first entry, by name, that would be lost if an export replaced the folder; empty when there is none.
std::string foreign_entry(const fs::path& target) {
  std::vector<std::string> foreign;
  std::error_code error;
  const bool is_export = fs::is_regular_file(target / file_name, error);
  for (const auto& entry : fs::directory_iterator(target)) {
    const std::string name = entry.path().filename();
    const bool known = is_export && (name == file_name || (name == bundles_name && entry.is_directory(error)));
    if (!known) foreign.push_back(name);
  }
  if (is_export && fs::is_directory(target / bundles_name, error))
    for (const auto& entry : fs::directory_iterator(target / bundles_name))
      if (const std::string name = entry.path().filename(); !digest::is_sha256(name))
        foreign.push_back(std::string(bundles_name) + "/" + name);
  return foreign.empty() ? std::string() : *std::min_element(foreign.begin(), foreign.end());
}

void require_replaceable(const fs::path& target) {
  std::error_code error;
  const auto refuse = [&](const std::string& why) {
    throw Error(Code::usage, fmt::format("cannot export to {}: {}", quoted(target.native(), 200), why),
                "name a new folder");
  };
  if (!fs::exists(target, error)) return;
  if (!fs::is_directory(target, error)) refuse("it is no folder");
  if (const std::string foreign = foreign_entry(target); !foreign.empty())
    refuse(fmt::format("it holds {}, which is no part of an export", quoted(foreign)));
}

// ---- Reading ----

struct VersionFile {
  std::int64_t number = 0;
  std::string digest, run_id, source, description, user;
  Millis created;
  std::map<std::string, std::string> tags;
};
struct AliasFile {
  std::int64_t version = 0;
  std::string reason, evidence;
};
struct ModelFile {
  std::string name, description;
  std::map<std::string, std::string> tags;
  std::vector<VersionFile> versions;
  std::map<std::string, AliasFile> aliases;
};

std::map<std::string, std::string> read_tags(ObjectReader& reader) {
  std::map<std::string, std::string> tags;
  for (const auto& [key, value] : reader.object("tags").items()) {
    if (!value.is_string()) reader.fail("tags", "must have texts by their keys");
    tags[key] = value.get<std::string>();
    track::check_tag(key, tags[key]);
  }
  return tags;
}

// As strict as what writes them here.
std::string read_note(ObjectReader& reader, std::string_view key) {
  std::string text = reader.text(key);
  if (!is_note(text)) reader.fail(key, "must be text without zero bytes");
  return text;
}

// Empty where there is none.
std::string read_run_id(ObjectReader& reader) {
  constexpr std::size_t digits = 32;
  std::string id = reader.maybe_text("run_id").value_or("");
  if (!id.empty() && (id.size() != digits || id.find_first_not_of("0123456789abcdef") != std::string::npos))
    reader.fail("run_id", "must be the id of a run");
  return id;
}

VersionFile read_version(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  VersionFile version;
  version.number = reader.integer("version");
  if (version.number < 1) reader.fail("version", "must be 1 or more");
  version.digest = reader.text("digest");
  if (!digest::is_sha256(version.digest)) reader.fail("digest", "must be a SHA-256 digest");
  version.run_id = read_run_id(reader);
  version.source = read_note(reader, "source");
  version.description = read_note(reader, "description");
  version.user = read_note(reader, "user");
  const auto created = parse_iso_time(reader.text("created"));
  if (!created) reader.fail("created", "must be an ISO 8601 time");
  version.created = *created;
  version.tags = read_tags(reader);
  return version;
}

AliasFile read_alias(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  AliasFile alias;
  alias.version = reader.integer("version");
  alias.reason = read_note(reader, "reason");
  if (const Json* evidence = reader.maybe("evidence"); evidence != nullptr && !evidence->is_null())
    alias.evidence = to_line(*evidence);
  return alias;
}

ModelFile read_model(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  ModelFile model;
  model.name = reader.text("name");
  check_model_name(model.name);
  model.description = read_note(reader, "description");
  model.tags = read_tags(reader);
  std::set<std::int64_t> numbers;
  std::set<std::string> bundles;
  for (const Json& item : reader.array("versions")) {
    model.versions.push_back(read_version(item, subject + ": " + quoted(model.name)));
    if (!numbers.insert(model.versions.back().number).second) reader.fail("versions", "has a number twice");
    if (!bundles.insert(model.versions.back().digest).second) reader.fail("versions", "has a bundle twice");
  }
  for (const auto& [alias, item] : reader.object("aliases").items()) {
    check_alias(alias);
    const AliasFile read = read_alias(item, subject + ": " + quoted(model.name + "@" + alias));
    if (!numbers.contains(read.version)) reader.fail("aliases", "must point to versions that are there");
    model.aliases.emplace(alias, read);
  }
  return model;
}

std::vector<ModelFile> read_export(const fs::path& source) {
  const std::string subject = quoted((source / file_name).native(), 200);
  std::error_code error;
  if (!fs::exists(source / file_name, error))
    throw Error(Code::not_found, fmt::format("cannot import {}: it has no {}", quoted(source.native(), 200), file_name),
                "name a folder that 'mlsys models export' made");
  const Json json = parse_json(read_file(source / file_name), subject, Code::integrity);
  try {
    check_schema(json, "mlsys.registry", 1, subject);
  } catch (const Error& wrong) {
    throw Error(Code::failed, "cannot import " + wrong.message(), wrong.hint());
  }
  try {
    ObjectReader reader(json, subject);
    std::vector<ModelFile> models;
    std::set<std::string> names;
    for (const Json& item : reader.array("models")) {
      models.push_back(read_model(item, subject));
      if (!names.insert(models.back().name).second)
        reader.fail("models", "has " + quoted(models.back().name) + " twice");
    }
    return models;
  } catch (const Error& wrong) {
    // The readers speak of what somebody typed; here it is a file that is not as it was written.
    throw Error(Code::integrity, "cannot import " + wrong.message(), "export it again");
  }
}

// ---- What is to be done ----

struct Plan {
  struct OneVersion {
    const ModelFile* model;
    const VersionFile* version;
  };
  struct NewAlias {
    const ModelFile* model;
    std::string alias;
    const AliasFile* file;
  };
  std::vector<OneVersion> versions;  // new here
  std::vector<OneVersion> known;
  std::vector<NewAlias> aliases;
  [[nodiscard]] bool empty() const { return versions.empty() && aliases.empty(); }
};

[[noreturn]] void refuse(const std::string& what, const std::string& why, const std::string& hint) {
  throw Error(Code::conflict, fmt::format("cannot import {}: {}", what, why), hint);
}

// True when it is here already.
bool is_known(Store& store, const ModelFile& model, const VersionFile& version) {
  const std::string name = label(model.name, version.number);
  Statement same = store.prepare(
      "SELECT digest, deleted FROM versions JOIN models ON models.id = model WHERE name = ? AND version = ?");
  if (same.bind(model.name, version.number).step()) {
    if (!same.is_null(1)) refuse(name, "it was deleted here, and numbers are never used again", "leave it out");
    if (same.text(0) != version.digest)
      refuse(name,
             fmt::format("here that number is another bundle ({} instead of {})", same.text(0).substr(0, 12),
                         version.digest.substr(0, 12)),
             "import into another store, or register its bundle under another name");
    return true;
  }
  Statement twin = store.prepare(
      "SELECT version FROM versions JOIN models ON models.id = model WHERE name = ? AND digest = ? AND deleted IS "
      "NULL");
  if (twin.bind(model.name, version.digest).step())
    refuse(name, fmt::format("here its bundle is {}", label(model.name, twin.integer(0))),
           "import into another store, or leave it out");
  return false;
}

Plan plan_import(Store& store, const std::vector<ModelFile>& models, bool move_aliases) {
  Plan plan;
  for (const ModelFile& model : models) {
    for (const VersionFile& version : model.versions)
      (is_known(store, model, version) ? plan.known : plan.versions).push_back({&model, &version});
    for (const auto& [alias, file] : model.aliases) {
      Statement here = store.prepare(
          "SELECT versions.version FROM aliases JOIN versions ON versions.id = aliases.version"
          " JOIN models ON models.id = aliases.model WHERE models.name = ? AND aliases.name = ?");
      const std::int64_t target = here.bind(model.name, alias).step() ? here.integer(0) : 0;
      if (target == file.version) continue;
      if (target != 0 && !move_aliases)
        refuse(fmt::format("{}@{} as {}", model.name, alias, label(model.name, file.version)),
               "here it is " + label(model.name, target), "to follow the export, add --move-aliases");
      plan.aliases.push_back({&model, alias, &file});
    }
  }
  return plan;
}

void add_version(Store& store, const Write& write, const ModelFile& model, const VersionFile& version,
                 const fs::path& from) {
  store.content().require({version.digest, 0, store.content().bundles() / version.digest});
  const std::int64_t row = model_for_writing(store, model.name, write);
  Statement runs = store.prepare("SELECT id FROM runs WHERE run_id = ?");
  std::optional<std::int64_t> run;
  if (runs.bind(version.run_id).step()) run = runs.integer(0);
  runs.reset();
  store
      .prepare(
          "INSERT INTO versions (model, version, digest, run, source, description, user, created, origin_run,"
          " origin_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(row, version.number, version.digest, run, version.source, version.description, version.user,
            to_ms(write.time), version.run_id.empty() ? std::nullopt : std::optional(version.run_id),
            to_ms(version.created))
      .run();
  const std::int64_t id = store.last_row();
  for (const auto& [key, value] : version.tags)
    store.prepare("INSERT INTO version_tags VALUES (?, ?, ?)").bind(id, key_number(store, key), value).run();
  record(store, write, "import", model.name, label(model.name, version.number),
         Json{{"digest", version.digest},
              {"run_id", version.run_id},
              {"source", version.source},
              {"registered", iso_time(version.created)},
              {"by", version.user},
              {"from", from.native()}});
}

void add_model(Store& store, const Write& write, const ModelFile& model) {
  if (store.prepare("SELECT 1 FROM models WHERE name = ?").bind(model.name).step()) return;
  const std::int64_t row = model_for_writing(store, model.name, write);
  store.prepare("UPDATE models SET description = ? WHERE id = ?").bind(model.description, row).run();
  for (const auto& [key, value] : model.tags)
    store.prepare("INSERT INTO model_tags VALUES (?, ?, ?)").bind(row, key_number(store, key), value).run();
}

void carry_out(Store& store, const Write& write, const Plan& plan, const fs::path& from) {
  for (const auto& [model, version] : plan.versions) {
    add_model(store, write, *model);
    add_version(store, write, *model, *version, from);
  }
  for (const auto& [model, alias, file] : plan.aliases) {
    const std::int64_t row = model_for_writing(store, model->name, write);
    Statement to = store.prepare("SELECT id FROM versions WHERE model = ? AND version = ?");
    to.bind(row, file->version).step();
    move_alias(store, write, row, model->name, alias, "promote", alias_target(store, row, alias),
               {to.integer(0), file->version}, file->reason.empty() ? "imported" : "imported: " + file->reason,
               file->evidence);
  }
}

// Whether the files of a version that is known are there and what they were.
bool is_stored(Store& store, const std::string& digest, Context& context) {
  try {
    store.content().bundle(digest, store::Check::digest, context);
    return true;
  } catch (const Error& error) {
    if (error.code() != Code::not_found && error.code() != Code::integrity) throw;
    return false;
  }
}

void take_bundle(Store& store, const ModelFile& model, const VersionFile& version, const ImportOptions& options,
                 Context& context) {
  context.check_stop();
  const fs::path bundle = options.source / bundles_name / version.digest;
  const std::string found = digest::sha256_hex(read_file(bundle / "bundle.json"));
  if (found != version.digest)
    throw Error(Code::integrity,
                fmt::format("cannot import {}: its bundle has the digest {} instead of {}",
                            label(model.name, version.number), found.substr(0, 12), version.digest.substr(0, 12)),
                "export it again");
  if (options.check) options.check(bundle);
  if (!options.dry_run) store.content().put_bundle(bundle, true, context);
}

}  // namespace

namespace {

// The registry at one moment, and the bundles that it names.
struct Exported {
  ExportReport report;
  Json json{{"schema", "mlsys.registry/1"}, {"models", Json::array()}};
  std::set<std::string> digests;
};

Exported read_registry(Store& store, const ExportOptions& options) {
  Exported exported;
  exported.report.target = options.target;
  store.read([&] {
    for (const Model& model : chosen(store, options.models)) {
      exported.json["models"].push_back(model_json(store, model));
      for (auto one = model.versions.rbegin(); one != model.versions.rend(); ++one) {
        exported.report.versions.push_back(label(model.name, one->version));
        exported.digests.insert(one->digest);
      }
      for (const auto& [alias, version] : model.aliases)
        exported.report.aliases.push_back(fmt::format("{}@{}", model.name, alias));
    }
  });
  return exported;
}

// False when a version was deleted, and its bundle collected, before it could be copied.
bool copy_bundles(const Store& store, Exported& exported, const fs::path& to, Context& context) {
  store::Content files(to);
  for (const auto& digest : exported.digests) {
    context.check_stop();
    const bool copied = store.unless_purged({digest, true}, [&] {
      const auto stored = store.content().bundle(digest, store::Check::exists, context);
      exported.report.bytes += files.put_bundle(stored.path, false, context).bytes;
    });
    if (!copied) return false;
    ++exported.report.bundles;
  }
  return true;
}

}  // namespace

ExportReport export_models(Store& store, const ExportOptions& options, Context& context) {
  require_replaceable(options.target);
  while (true) {
    Exported exported = read_registry(store, options);
    PendingDirectory pending(options.target);
    if (!copy_bundles(store, exported, pending.path(), context)) continue;
    write_file(pending.path() / file_name, to_text(exported.json));
    pending.commit(true);
    return exported.report;
  }
}

ImportReport import_models(Store& store, const ImportOptions& options, Context& context) {
  ImportReport report;
  report.source = options.source;
  report.dry_run = options.dry_run;
  const std::vector<ModelFile> models = read_export(options.source);
  Plan plan;
  store.read([&] { plan = plan_import(store, models, options.move_aliases); });
  for (const auto& [model, version] : plan.versions) take_bundle(store, *model, *version, options, context);
  for (const auto& [model, version] : plan.known) {
    if (is_stored(store, version->digest, context)) continue;
    take_bundle(store, *model, *version, options, context);
    report.restored.push_back(label(model->name, version->number));
  }
  const fs::path from = fs::absolute(options.source).lexically_normal();
  if (!options.dry_run && !plan.empty())
    store.write({{}, "models.import", 0}, store::Durability::power, context, [&](const Write& write) {
      plan = plan_import(store, models, options.move_aliases);  // others may have been faster
      carry_out(store, write, plan, from);
      return std::string();
    });
  for (const auto& [model, version] : plan.versions) report.versions.push_back(label(model->name, version->number));
  for (const auto& [model, alias, file] : plan.aliases)
    report.aliases.push_back(fmt::format("{}@{}", model->name, alias));
  for (const auto& [model, version] : plan.known) report.known.push_back(label(model->name, version->number));
  return report;
}

Json to_json(const ExportReport& report) {
  return Json{{"schema", "mlsys.models/1"}, {"export", report.target.native()}, {"versions", report.versions},
              {"aliases", report.aliases},  {"bundles", report.bundles},        {"bytes", report.bytes}};
}

Json to_json(const ImportReport& report) {
  return Json{{"schema", "mlsys.models/1"}, {"import", report.source.native()},
              {"dry_run", report.dry_run},  {"versions", report.versions},
              {"known", report.known},      {"restored", report.restored},
              {"aliases", report.aliases}};
}

}  // namespace mlsys::registry
