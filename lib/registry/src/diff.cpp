#include "mlsys/registry/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::registry {

namespace fs = std::filesystem;

namespace {

using Section = std::map<std::string, Json>;

constexpr const char* sections[] = {"model",    "parameter", "feature", "derivation",
                                    "contract", "data",      "engine",  "metric"};

// One side: what it says, by section and key.
struct Side {
  std::string label;
  std::string digest;
  std::map<std::string, Section> sections;
  std::map<std::string, std::set<std::string>> categories;  // by feature
};

// An array of objects with names, by them.
void add_named(const Json& json, const char* list, const char* name, Section& to) {
  if (!json.contains(list)) return;
  for (const Json& item : json[list]) {
    Json rest = item;
    rest.erase(name);
    to[item.at(name).get<std::string>()] = std::move(rest);
  }
}

void read_bundle(const Json& json, Side& side) {
  for (const char* key :
       {"task", "objective", "target", "classes", "positive", "threshold", "calibration", "rounds", "best_iteration"})
    if (json.contains(key)) side.sections["model"][key] = json[key];
  for (const auto& [key, value] : json.at("parameters").items()) side.sections["parameter"][key] = value;
  for (const auto& [key, value] : json.at("versions").items()) side.sections["engine"][key] = value;
  add_named(json, "features", "name", side.sections["feature"]);
  for (auto& [name, feature] : side.sections["feature"]) {
    if (!feature.contains("categories")) continue;
    for (const Json& category : feature["categories"]) side.categories[name].insert(category.get<std::string>());
    feature["categories"] = side.categories[name].size();
  }
  for (const Json& item : json.at("derivations"))
    side.sections["derivation"][item.at("name").get<std::string>()] = item.at("expression");
  add_named(json, "data", "role", side.sections["data"]);
}

void read_contract(const Json& json, Side& side) {
  add_named(json, "fields", "name", side.sections["contract"]);
  for (const auto& [key, value] : json.items())
    if (key != "fields" && key != "schema" && key != "$schema") side.sections["contract"]["(" + key + ")"] = value;
}

void read_run(store::Store& store, const std::string& run_id, Side& side, std::vector<std::string>& notes,
              Context& context) {
  track::Run run;
  try {
    run = track::get(store, run_id, context);
  } catch (const Error& error) {
    if (error.code() != Code::not_found) throw;
    notes.push_back(fmt::format("the run of {} is not in this store: its metrics are not compared", side.label));
    return;
  }
  for (const auto& [key, value] : run.params)
    if (!side.sections["model"].contains(key)) side.sections["parameter"].emplace(key, value);
  const Json json = track::to_json(run);
  for (const auto& [key, value] : json["metrics"].items()) side.sections["metric"][key] = value;
}

Side read_side(store::Store& store, std::string_view reference, const ResolvedModel& model,
               std::vector<std::string>& notes, Context& context) {
  if (model.kind == ResolvedModel::Kind::package)
    throw Error(Code::usage, fmt::format("cannot compare the package {}", quoted(reference)),
                fmt::format("register it first: mlsys register {} --name NAME", reference));
  Side side;
  side.label = model.label();
  const std::string subject = "the bundle of " + quoted(side.label, 200);
  const std::string manifest = read_file(model.path / "bundle.json");
  side.digest = digest::sha256_hex(manifest);
  const Json json = parse_json(manifest, subject, Code::integrity);
  try {
    read_bundle(json, side);
    std::error_code error;
    if (const fs::path contract = model.path / "contract.json"; fs::exists(contract, error))
      read_contract(parse_json(read_file(contract), "the contract of " + quoted(side.label, 200), Code::integrity),
                    side);
  } catch (const Json::exception&) {
    throw Error(Code::integrity, "cannot compare " + subject + ": it is not as this version of mlsys writes them",
                "train and register it again with this version");
  }
  std::string run_id = model.run_id;
  if (run_id.empty() && json.contains("run_id") && json["run_id"].is_string()) run_id = json["run_id"];
  if (run_id.empty())
    notes.push_back(fmt::format("no run of {} is known: its metrics are not compared", side.label));
  else
    read_run(store, run_id, side, notes, context);
  return side;
}

std::string change_of(const std::string& section, const std::string& key, const Json& before, const Json& after,
                      const Side& a, const Side& b) {
  if (before.is_null()) return "added";
  if (after.is_null()) return "removed";
  if (before.is_number() && after.is_number()) {
    const double change = after.get<double>() - before.get<double>();
    return (change > 0 ? "+" : "") + significant(change, 3);
  }
  const auto old = a.categories.find(key);
  const auto now = b.categories.find(key);
  if (section != "feature" || old == a.categories.end() || now == b.categories.end()) return {};
  const auto missing_in = [](const std::set<std::string>& from, const std::set<std::string>& in) {
    return std::count_if(from.begin(), from.end(), [&](const auto& name) { return !in.contains(name); });
  };
  return fmt::format("{} categories added, {} removed", missing_in(now->second, old->second),
                     missing_in(old->second, now->second));
}

}  // namespace

ModelDiff diff(store::Store& store, std::string_view before, std::string_view after, const ResolveOptions& options,
               Context& context) {
  ModelDiff result;
  const ResolvedModel old_model = resolve(store, before, options, context);
  const ResolvedModel new_model = resolve(store, after, options, context);
  require_past(options.as_of, {&old_model, &new_model});
  Side a = read_side(store, before, old_model, result.notes, context);
  Side b = read_side(store, after, new_model, result.notes, context);
  result.before = a.label;
  result.after = b.label;
  result.before_digest = a.digest;
  result.after_digest = b.digest;
  for (const std::string section : sections) {
    const Section& old = a.sections[section];
    const Section& now = b.sections[section];
    std::set<std::string> keys;
    for (const auto* side : {&old, &now})
      for (const auto& [key, value] : *side) keys.insert(key);
    for (const auto& key : keys) {
      const auto value_in = [&](const Section& side) {
        const auto found = side.find(key);
        return found == side.end() ? Json() : found->second;
      };
      const Json from = value_in(old);
      const Json to = value_in(now);
      const bool recoded = section == "feature" && a.categories[key] != b.categories[key];
      if (from == to && !recoded) continue;
      result.differences.push_back({section, key, from.is_null() ? "" : to_line(from), to.is_null() ? "" : to_line(to),
                                    change_of(section, key, from, to, a, b)});
    }
  }
  return result;
}

Json to_json(const ModelDiff& diff) {
  Json json{{"before", diff.before},
            {"after", diff.after},
            {"same", diff.before_digest == diff.after_digest},
            {"differences", Json::array()}};
  const auto value = [](const std::string& text) { return text.empty() ? Json(nullptr) : parse_json(text, "a value"); };
  for (const ModelDifference& difference : diff.differences)
    json["differences"].push_back({{"section", difference.section},
                                   {"key", difference.key},
                                   {"before", value(difference.before)},
                                   {"after", value(difference.after)},
                                   {"change", difference.change.empty() ? Json(nullptr) : Json(difference.change)}});
  return json;
}

}  // namespace mlsys::registry
