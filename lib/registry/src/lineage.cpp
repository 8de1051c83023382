#include "mlsys/registry/lineage.hpp"

#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"
#include "mlsys/registry/reference.hpp"
#include "rows.hpp"

namespace mlsys::registry {
namespace {

constexpr std::string_view parent_tag = "mlflow.parentRunId";

Json stored_manifest(const ResolvedModel& model) {
  const std::string subject = "the bundle of " + quoted(model.label(), 200);
  const std::string manifest = read_file(model.path / "bundle.json");
  if (const std::string found = digest::sha256_hex(manifest); found != model.digest)
    throw Error(Code::integrity,
                fmt::format("cannot read {}: it has changed (its digest is {} instead of {})", subject,
                            found.substr(0, 12), model.digest.substr(0, 12)),
                "restore it from a backup or its source");
  return parse_json(manifest, subject, Code::integrity);
}

// Bundles of any version: what is not there was not recorded.
void read_manifest(const Json& manifest, Lineage& lineage) {
  const auto text = [](const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto each_object = [&](const char* key, const auto& work) {
    const auto found = manifest.find(key);
    if (found == manifest.end() || !found->is_array()) return;
    for (const Json& item : *found)
      if (item.is_object()) work(item);
  };
  if (!manifest.is_object()) return;
  lineage.made_by = text(manifest, "run_id");
  each_object("data", [&](const Json& item) {
    const auto rows = item.find("rows");
    lineage.data.push_back({text(item, "role"), text(item, "source"), text(item, "digest"),
                            rows != item.end() && rows->is_number_unsigned() ? rows->get<std::uint64_t>() : 0});
  });
  each_object("files", [&](const Json& item) {
    if (text(item, "name") == "contract.json") lineage.contract = text(item, "sha256");
  });
}

std::vector<Version> versions_of(store::Store& store, const std::string& digest, std::optional<Millis> as_of) {
  std::vector<Version> found;
  store::Statement rows = store.prepare(
      "SELECT m.name, v.version FROM versions AS v JOIN models AS m ON m.id = v.model WHERE v.digest = ? AND" +
      std::string(existed) + " ORDER BY m.name, v.version");
  rows.bind(digest, moment(as_of), moment(as_of));
  while (rows.step()) found.push_back(version(store, rows.string(0), rows.integer(1), as_of));
  return found;
}

bool has_run(store::Store& store, const std::string& run) {
  return store.prepare("SELECT 1 FROM runs WHERE run_id = ?").bind(run).step();
}

Json text_or_nothing(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

Lineage lineage(store::Store& store, std::string_view reference, Context& context, std::optional<Millis> as_of) {
  ResolvedModel resolved;
  Lineage lineage;
  load_resolved(store, reference, {as_of, store::Check::exists}, context, [&](const ResolvedModel& model) {
    require_past(as_of, {&model});
    if (model.digest.empty())
      throw Error(Code::usage, fmt::format("{} is not in the store", quoted(reference)),
                  fmt::format("register it first: mlsys register {} --name NAME", reference));
    resolved = model;
    read_manifest(stored_manifest(model), lineage);
  });
  lineage.model = resolved.label();
  lineage.digest = resolved.digest;
  store.read([&] {
    lineage.versions = versions_of(store, resolved.digest, as_of);
    if (!resolved.run_id.empty()) lineage.made_by = resolved.run_id;
    for (const Version& one : lineage.versions)
      if (lineage.made_by.empty() && one.origin) lineage.made_by = one.origin->run_id;
    if (lineage.made_by.empty() || !has_run(store, lineage.made_by)) return;
    lineage.run = track::get(store, lineage.made_by, context);
    if (const auto parent = lineage.run->tags.find(std::string(parent_tag)); parent != lineage.run->tags.end())
      lineage.parent = parent->second;
  });
  return lineage;
}

Json to_json(const Lineage& lineage) {
  Json json{{"schema", "mlsys.lineage/1"},
            {"model", lineage.model},
            {"digest", lineage.digest},
            {"contract", text_or_nothing(lineage.contract)},
            {"data", Json::array()},
            {"versions", Json::array()},
            {"made_by", text_or_nothing(lineage.made_by)},
            {"parent", text_or_nothing(lineage.parent)},
            {"run", lineage.run ? track::to_json(*lineage.run) : Json(nullptr)}};
  for (const Lineage::Data& data : lineage.data)
    json["data"].push_back({{"role", data.role},
                            {"source", data.source},
                            {"digest", data.digest},
                            {"rows", data.rows == 0 ? Json(nullptr) : Json(data.rows)}});
  for (const Version& version : lineage.versions) json["versions"].push_back(to_json(version));
  return json;
}

}  // namespace mlsys::registry
