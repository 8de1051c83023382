#include "mlsys/base/json.hpp"

#include "mlsys/base/text.hpp"
#include "mlsys/registry/registry.hpp"

namespace mlsys::registry {
namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json number_or_null(std::int64_t number) { return number == 0 ? Json(nullptr) : Json(number); }

Json texts(const std::map<std::string, std::string>& values) {
  Json json = Json::object();
  for (const auto& [key, value] : values) json[key] = value;
  return json;
}

}  // namespace

Json to_json(const Version& version) {
  Json json{{"name", version.name},
            {"version", version.version},
            {"aliases", version.aliases},
            {"run_id", text_or_null(version.run_id)},
            {"model", version.model.native()},
            {"digest", version.digest},
            {"source", version.source},
            {"description", version.description},
            {"user", version.user},
            {"created", iso_time(version.created)},
            {"tags", texts(version.tags)}};
  if (version.origin)
    json["origin"] = {
        {"run_id", text_or_null(version.origin->run_id)},
        {"registered", version.origin->registered ? Json(iso_time(*version.origin->registered)) : Json(nullptr)}};
  return json;
}

Json to_json(const Promotion& promotion) {
  return Json{{"name", promotion.name},
              {"alias", promotion.alias},
              {"action", promotion.action},
              {"version", number_or_null(promotion.version)},
              {"previous", number_or_null(promotion.previous)},
              {"reason", promotion.reason},
              {"evidence", promotion.evidence.empty() ? Json(nullptr) : parse_json(promotion.evidence, "the evidence")},
              {"user", promotion.user},
              {"time", iso_time(promotion.time)}};
}

Json to_json(const Model& model) {
  Json json{{"name", model.name},        {"description", model.description}, {"created", iso_time(model.created)},
            {"aliases", Json::object()}, {"tags", texts(model.tags)},        {"versions", Json::array()}};
  for (const auto& [alias, version] : model.aliases) json["aliases"][alias] = version;
  for (const Version& version : model.versions) json["versions"].push_back(to_json(version));
  return json;
}

Json to_json(const AuditEntry& entry) {
  return Json{{"time", iso_time(entry.time)}, {"user", entry.user},
              {"host", entry.host},           {"action", entry.action},
              {"subject", entry.subject},     {"detail", parse_json(entry.detail, "the audit log")},
              {"operation", entry.operation}};
}

}  // namespace mlsys::registry
