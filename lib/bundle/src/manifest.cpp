#include "mlsys/bundle/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <ranges>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/digest/digest.hpp"

namespace mlsys::bundle {
namespace {

constexpr int newest_manifest = 1;

data::ColumnType read_type(ObjectReader& reader) { return parse_name<data::ColumnType>(reader.text("type")); }

std::string label_text(const Json& value, ObjectReader& reader) {
  if (auto label = class_from_json(value)) return *std::move(label);
  reader.fail("classes", "holds something that is no label");
}

Feature read_feature(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject + ": features");
  Feature feature;
  feature.name = reader.text("name");
  feature.type = read_type(reader);
  feature.kind = parse_name<FeatureKind>(reader.text("kind"));
  feature.categories = reader.texts("categories");
  reader.finish();
  if (feature.kind == FeatureKind::numeric && !feature.categories.empty())
    reader.fail("categories", "belongs to categorical features");
  if (feature.kind == FeatureKind::categorical && feature.categories.empty())
    reader.fail("categories", "of a categorical feature must not be empty");
  if (std::ranges::adjacent_find(feature.categories, std::ranges::greater_equal{}) != feature.categories.end())
    reader.fail("categories", "must be sorted by byte and distinct");
  return feature;
}

FileEntry read_file_entry(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject + ": files");
  FileEntry file;
  file.name = reader.text("name");
  file.sha256 = reader.text("sha256");
  const auto bytes = reader.integer("bytes");
  reader.finish();
  if (!is_bundle_file_name(file.name)) reader.fail("name", fmt::format("{} is no plain file name", quoted(file.name)));
  if (!digest::is_sha256(file.sha256)) reader.fail("sha256", "must be 64 lower-case hexadecimal digits");
  if (bytes < 0) reader.fail("bytes", "must not be negative");
  file.bytes = static_cast<std::uint64_t>(bytes);
  return file;
}

Reading read_reading(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject + ": reading");
  Reading reading;
  reading.null_tokens = reader.texts("null");
  if (const auto absent = reader.maybe_text("sparse_absent"))
    reading.sparse_absent = parse_name<data::SparseAbsent>(*absent);
  reader.finish();
  if (std::ranges::find(reading.null_tokens, "") != reading.null_tokens.end())
    reader.fail("null", "lists texts besides the empty one");
  if (std::ranges::adjacent_find(reading.null_tokens, std::ranges::greater_equal{}) != reading.null_tokens.end())
    reader.fail("null", "must be sorted by byte and distinct");
  return reading;
}

Json reading_to_json(const Reading& reading) {
  Json json = Json::object();
  if (!reading.null_tokens.empty()) json["null"] = reading.null_tokens;
  if (reading.sparse_absent) json["sparse_absent"] = name_of(*reading.sparse_absent);
  return json;
}

Parity read_parity(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject + ": parity");
  Parity parity;
  const auto rows = reader.integer("rows");
  const auto different = reader.integer("different");
  parity.uncovered = reader.text("uncovered", "");
  reader.finish();
  if (rows < 0 || different < 0) reader.fail("rows", "and different must not be negative");
  if ((rows == 0) == parity.uncovered.empty()) reader.fail("uncovered", "says why no rows were compared");
  parity.rows = static_cast<std::uint64_t>(rows);
  parity.different = static_cast<std::uint64_t>(different);
  return parity;
}

std::map<std::string, std::string> read_texts(const Json& json, ObjectReader& reader, std::string_view key) {
  std::map<std::string, std::string> result;
  for (const auto& [name, value] : json.items()) {
    if (!value.is_string()) reader.fail(key, fmt::format("{} must be text", quoted(name)));
    result[name] = value.get<std::string>();
  }
  return result;
}

// XGBoost's names say what an objective is for.
bool fits(std::string_view objective, Task task) {
  switch (task) {
    case Task::binary:
      return objective.starts_with("binary:");
    case Task::multiclass:
      return objective.starts_with("multi:");
    case Task::ranking:
      return objective.starts_with("rank:");
    case Task::regression:
      break;
  }
  return objective.starts_with("reg:") || objective.starts_with("count:");
}

// What no single key can tell.
void check_consistency(const Manifest& manifest, ObjectReader& reader) {
  std::set<std::string> known;
  for (const auto& input : manifest.inputs)
    if (!known.insert(input.name).second) reader.fail("inputs", fmt::format("{} appears twice", quoted(input.name)));
  for (const auto& derivation : manifest.derivations) {
    for (const auto& input : derivation.inputs)
      if (!known.contains(input))
        reader.fail("derivations",
                    fmt::format("{} refers to {}, which is no input", quoted(derivation.name), quoted(input)));
    if (!known.insert(derivation.name).second)
      reader.fail("derivations", fmt::format("{} appears twice", quoted(derivation.name)));
  }
  std::set<std::string> features;
  for (const auto& feature : manifest.features) {
    if (!known.contains(feature.name))
      reader.fail("features", fmt::format("{} is neither an input nor derived", quoted(feature.name)));
    if (!features.insert(feature.name).second)
      reader.fail("features", fmt::format("{} appears twice", quoted(feature.name)));
  }
  if (features.empty()) reader.fail("features", "must not be empty");
  if (!known.contains(manifest.target.name)) reader.fail("target", "is neither an input nor derived");
  if (features.contains(manifest.target.name)) reader.fail("target", "must not be a feature");

  if (!fits(manifest.objective, manifest.task))
    reader.fail("objective", fmt::format("{} does not fit the task", quoted(manifest.objective)));

  const auto classes = manifest.classes.size();
  if (std::set(manifest.classes.begin(), manifest.classes.end()).size() != classes)
    reader.fail("classes", "must be distinct");
  if (manifest.task == Task::binary) {
    if (classes != 2 || manifest.positive != manifest.classes[1])
      reader.fail("classes", "of a binary task are the negative and the positive one");
    if (!manifest.threshold || !(manifest.threshold->value >= 0 && manifest.threshold->value <= 1))
      reader.fail("threshold", "of a binary task must lie within [0, 1]");
  } else {
    if (!manifest.positive.empty()) reader.fail("positive", "belongs to binary tasks");
    if (manifest.threshold) reader.fail("threshold", "belongs to binary tasks");
    if (manifest.task == Task::multiclass ? classes < 3 : classes != 0) reader.fail("classes", "does not fit the task");
  }
  if (manifest.rounds < 1 || manifest.best_iteration != manifest.rounds - 1)
    reader.fail("rounds", "must be positive and best_iteration one less");
  if (!std::ranges::any_of(manifest.files, [](const FileEntry& file) { return file.name == model_file; }))
    reader.fail("files", fmt::format("must list {}", model_file));
}

Manifest read_manifest(const Json& document, const std::string& subject) {
  ObjectReader reader(document, subject);
  reader.ignore("schema");
  Manifest manifest;
  manifest.task = parse_name<Task>(reader.text("task"));
  manifest.objective = reader.text("objective");
  {
    ObjectReader target(reader.object("target"), subject + ": target");
    manifest.target.name = target.text("name");
    manifest.target.type = read_type(target);
    target.finish();
  }
  manifest.roles = data::roles_from_json(reader.object("roles"), subject + ": roles");
  for (const auto& feature : reader.array("features")) manifest.features.push_back(read_feature(feature, subject));
  for (const auto& input : reader.array("inputs")) {
    ObjectReader column(input, subject + ": inputs");
    manifest.inputs.push_back({.name = column.text("name"), .type = read_type(column)});
    column.finish();
  }
  for (const auto& item : reader.array("derivations")) {
    ObjectReader derivation(item, subject + ": derivations");
    manifest.derivations.push_back({.name = derivation.text("name"),
                                    .expression = derivation.text("expression"),
                                    .inputs = derivation.texts("inputs")});
    derivation.finish();
  }
  if (const auto* reading = reader.maybe("reading")) manifest.reading = read_reading(*reading, subject);
  for (const auto& label : reader.array("classes")) manifest.classes.push_back(label_text(label, reader));
  if (const auto* positive = reader.maybe("positive")) manifest.positive = label_text(*positive, reader);
  if (const auto* json = reader.maybe("threshold")) {
    ObjectReader threshold(*json, subject + ": threshold");
    manifest.threshold = Threshold{.value = threshold.number("value"), .source = threshold.text("source")};
    threshold.finish();
  }
  manifest.calibration = reader.text("calibration");
  const auto rounds = reader.integer("rounds");
  const auto best = reader.integer("best_iteration");
  if (rounds < 1 || rounds > INT_MAX || best < 0 || best > INT_MAX) reader.fail("rounds", "is out of range");
  manifest.rounds = static_cast<int>(rounds);
  manifest.best_iteration = static_cast<int>(best);
  manifest.parameters = read_texts(reader.object("parameters"), reader, "parameters");
  manifest.versions = read_texts(reader.object("versions"), reader, "versions");
  for (const auto& item : reader.array("data")) {
    ObjectReader source(item, subject + ": data");
    DataSource entry{.role = source.text("role"), .source = source.text("source"), .digest = source.text("digest")};
    const auto rows = source.integer("rows");
    if (rows < 0) source.fail("rows", "must not be negative");
    entry.rows = static_cast<std::uint64_t>(rows);
    source.finish();
    manifest.data.push_back(std::move(entry));
  }
  if (const auto* parity = reader.maybe("parity")) manifest.parity = read_parity(*parity, subject);
  manifest.run_id = reader.text("run_id", "");
  manifest.created = reader.text("created");
  for (const auto& file : reader.array("files")) manifest.files.push_back(read_file_entry(file, subject));
  for (std::size_t i = 1; i < manifest.files.size(); ++i)
    if (manifest.files[i - 1].name >= manifest.files[i].name)
      reader.fail("files", "must be sorted by name and distinct");
  reader.finish();
  check_consistency(manifest, reader);
  return manifest;
}

Json named(const data::ColumnInfo& column) { return {{"name", column.name}, {"type", name_of(column.type)}}; }

}  // namespace

Manifest parse_manifest(std::string_view text, std::string_view subject) {
  const std::string name(subject);
  Json document;
  try {
    document = parse_json(text, subject, Code::integrity);
    if (check_schema(document, "mlsys.bundle", INT_MAX, subject) <= newest_manifest)
      return read_manifest(document, name);
  } catch (const Error& error) {
    if (error.code() != Code::usage) throw;
    throw Error(Code::integrity, error.message(), error.hint());
  }
  check_schema(document, "mlsys.bundle", newest_manifest, subject);  // throws: it is newer
  return {};
}

Json label_to_json(const std::string& label, data::ColumnType type) {
  if (type == data::ColumnType::boolean && (label == "true" || label == "false")) return label == "true";
  if (type == data::ColumnType::integer)
    if (const auto number = parse_int(label); number && std::to_string(*number) == label) return *number;
  return label;
}

Json class_to_json(const Manifest& manifest, std::size_t index) {
  return label_to_json(manifest.classes.at(index), manifest.target.type);
}

std::optional<std::string> class_from_json(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number_integer()) return value.dump();
  if (value.is_number()) return shortest(value == 0.0 ? 0.0 : value.get<double>());  // no negative zero
  return std::nullopt;
}

Json to_json(const Manifest& manifest) {
  Json features = Json::array();
  for (const auto& feature : manifest.features) {
    Json item = {{"name", feature.name}, {"type", name_of(feature.type)}, {"kind", name_of(feature.kind)}};
    if (feature.kind == FeatureKind::categorical) item["categories"] = feature.categories;
    features.push_back(std::move(item));
  }
  Json inputs = Json::array();
  for (const auto& input : manifest.inputs) inputs.push_back(named(input));
  Json derivations = Json::array();
  for (const auto& derivation : manifest.derivations)
    derivations.push_back(
        {{"name", derivation.name}, {"expression", derivation.expression}, {"inputs", derivation.inputs}});
  Json classes = Json::array();
  for (std::size_t i = 0; i < manifest.classes.size(); ++i) classes.push_back(class_to_json(manifest, i));
  Json data = Json::array();
  for (const auto& source : manifest.data)
    data.push_back(
        {{"role", source.role}, {"source", source.source}, {"digest", source.digest}, {"rows", source.rows}});
  Json files = Json::array();
  for (const auto& file : manifest.files)
    files.push_back({{"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}});

  Json json;
  json["schema"] = "mlsys.bundle/1";
  json["task"] = name_of(manifest.task);
  json["objective"] = manifest.objective;
  json["target"] = {{"name", manifest.target.name}, {"type", name_of(manifest.target.type)}};
  json["classes"] = std::move(classes);
  if (!manifest.positive.empty()) json["positive"] = label_to_json(manifest.positive, manifest.target.type);
  if (manifest.threshold)
    json["threshold"] = {{"value", manifest.threshold->value}, {"source", manifest.threshold->source}};
  json["calibration"] = manifest.calibration;
  json["rounds"] = manifest.rounds;
  json["best_iteration"] = manifest.best_iteration;
  json["features"] = std::move(features);
  json["derivations"] = std::move(derivations);
  json["inputs"] = std::move(inputs);
  if (auto reading = reading_to_json(manifest.reading); !reading.empty()) json["reading"] = std::move(reading);
  json["roles"] = data::to_json(manifest.roles);
  if (json["roles"].is_null()) json["roles"] = Json::object();
  json["parameters"] = Json::object();
  for (const auto& [key, value] : manifest.parameters) json["parameters"][key] = value;
  json["versions"] = Json::object();
  for (const auto& [key, value] : manifest.versions) json["versions"][key] = value;
  json["data"] = std::move(data);
  if (manifest.parity) {
    json["parity"] = {{"rows", manifest.parity->rows}, {"different", manifest.parity->different}};
    if (!manifest.parity->uncovered.empty()) json["parity"]["uncovered"] = manifest.parity->uncovered;
  }
  json["run_id"] = manifest.run_id;
  json["created"] = manifest.created;
  json["files"] = std::move(files);
  return json;
}

data::SourceOptions as_trained(const Manifest& manifest, data::SourceOptions options) {
  for (const auto& token : manifest.reading.null_tokens)
    if (std::ranges::find(options.null_tokens, token) == options.null_tokens.end())
      options.null_tokens.push_back(token);
  const auto& absent = manifest.reading.sparse_absent;
  if (absent && options.sparse_absent && *absent != *options.sparse_absent)
    throw Error(
        Code::usage,
        fmt::format("cannot read {} like the data the model was trained on: there an absent entry is {}, not {}",
                    quoted(options.argument), name_of(*absent), name_of(*options.sparse_absent)),
        "leave out --sparse-absent: the model says what it means");
  if (absent) options.sparse_absent = absent;
  return options;
}

std::vector<data::Derivation> derivations_for(const Manifest& manifest, const std::vector<std::string>& columns) {
  std::set<std::string> needed(columns.begin(), columns.end());
  std::vector<data::Derivation> result;
  for (const auto& derivation : manifest.derivations | std::views::reverse) {
    if (!needed.contains(derivation.name)) continue;
    needed.insert(derivation.inputs.begin(), derivation.inputs.end());
    result.push_back(derivation);
  }
  std::ranges::reverse(result);
  return result;
}

std::vector<data::ColumnInfo> inputs_for(const Manifest& manifest, const std::vector<std::string>& columns) {
  std::set<std::string> needed(columns.begin(), columns.end());
  for (const auto& derivation : derivations_for(manifest, columns))
    needed.insert(derivation.inputs.begin(), derivation.inputs.end());
  std::vector<data::ColumnInfo> result;
  for (const auto& input : manifest.inputs)
    if (needed.contains(input.name)) result.push_back(input);
  return result;
}

std::vector<std::string> feature_names(const Manifest& manifest) {
  std::vector<std::string> names;
  names.reserve(manifest.features.size());
  for (const auto& feature : manifest.features) names.push_back(feature.name);
  return names;
}

std::string score_column(const Manifest& manifest) {
  std::string name = "score";
  const auto taken = [&] {
    return name == manifest.target.name ||
           std::ranges::find(manifest.features, name, &Feature::name) != manifest.features.end();
  };
  while (taken()) name += '_';
  return name;
}

}  // namespace mlsys::bundle
