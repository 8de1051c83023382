#include "mlsys/predict/description.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"

namespace mlsys::predict {
namespace {

namespace fs = std::filesystem;
using bundle::Task;

constexpr std::string_view schema_name = "mlsys.predictions";
constexpr int newest_schema = 1;

bool holds(const fs::path& file, const FileContent& content, Context& context) {
  std::error_code error;
  return fs::file_size(file, error) == content.bytes && digest::sha256_file(file, context) == content.sha256;
}

std::optional<Description> read_sidecar(const fs::path& predictions, std::vector<std::string>& warnings,
                                        Context& context) {
  const fs::path path = predictions.string() + std::string(sidecar_ending);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  const std::string text = read_file(path);
  // A file of that name may be anybody's: it is ours when it says so.
  if (text.find(std::string(schema_name) + "/") == std::string::npos) return std::nullopt;
  auto description = parse_description(text, quoted(path.filename().string()));
  if (description.file && !holds(predictions, *description.file, context)) {
    warnings.push_back(fmt::format("{} describes other bytes than {} holds now, and is set aside",
                                   quoted(path.filename().string()), quoted(predictions.filename().string())));
    return std::nullopt;
  }
  return description;
}

FileContent read_content(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject + ": file");
  FileContent content;
  const auto bytes = reader.integer("bytes");
  content.sha256 = reader.text("sha256");
  if (bytes < 0) reader.fail("bytes", "must not be negative");
  if (!digest::is_sha256(content.sha256)) reader.fail("sha256", "must be 64 lower-case hexadecimal digits");
  content.bytes = static_cast<std::uint64_t>(bytes);
  return content;
}

std::vector<std::string> read_classes(const Json& json, const ObjectReader& reader) {
  std::vector<std::string> classes;
  for (const auto& item : json) {
    auto label = bundle::class_from_json(item);
    if (!label) reader.fail("classes", "holds something that is no label");
    classes.push_back(*std::move(label));
  }
  return classes;
}

// What no single key can tell.
void check_consistency(const Description& description, const ObjectReader& reader) {
  const std::size_t classes = description.classes.size();
  const bool fits = description.task == Task::binary       ? classes == 2
                    : description.task == Task::multiclass ? classes >= 2
                                                           : classes == 0;
  if (!fits) reader.fail("classes", fmt::format("has {} entries, which does not fit the task", classes));
  if (description.task == Task::binary && description.positive != description.classes[1])
    reader.fail("positive", "is not the second class");
}

}  // namespace

std::vector<std::string> score_columns(Task task, const std::vector<std::string>& classes) {
  switch (task) {
    case Task::binary:
    case Task::ranking:
      return {"score"};
    case Task::regression:
      return {"prediction"};
    case Task::multiclass:
      break;
  }
  std::vector<std::string> names;
  for (const auto& label : classes) names.push_back("p_" + label);
  return names;
}

Json describe(const bundle::Manifest& manifest, const std::string& model_digest, const std::string& model_name) {
  Json json;
  json["schema"] = "mlsys.predictions/1";
  json["model"] = model_name;
  json["model_digest"] = model_digest;
  json["run_id"] = manifest.run_id;
  json["task"] = name_of(manifest.task);
  json["target"] = manifest.target.name;
  json["classes"] = Json::array();
  for (std::size_t i = 0; i < manifest.classes.size(); ++i) json["classes"].push_back(class_to_json(manifest, i));
  if (!manifest.positive.empty()) json["positive"] = class_to_json(manifest, 1);
  if (manifest.threshold) json["threshold"] = manifest.threshold->value;
  json["calibration"] = manifest.calibration;
  if (!manifest.roles.weight.empty()) json["weight"] = manifest.roles.weight;
  if (!manifest.roles.query.empty()) json["query"] = manifest.roles.query;
  return json;
}

Description parse_description(std::string_view text, std::string_view subject) {
  const Json json = parse_json(text, subject);
  check_schema(json, schema_name, newest_schema, subject);
  ObjectReader reader(json, std::string(subject));
  reader.ignore("schema");
  Description description;
  description.model = reader.text("model");
  description.model_digest = reader.text("model_digest");
  description.run_id = reader.text("run_id");
  description.task = parse_name<Task>(reader.text("task"));
  description.target = reader.text("target");
  description.classes = read_classes(reader.array("classes"), reader);
  if (const Json* positive = reader.maybe("positive"))
    description.positive = bundle::class_from_json(*positive).value_or("");
  description.threshold = reader.maybe_number("threshold");
  description.calibration = reader.text("calibration");
  description.weight = reader.text("weight", "");
  description.query = reader.text("query", "");
  if (const Json* file = reader.maybe("file")) description.file = read_content(*file, std::string(subject));
  check_consistency(description, reader);
  return description;  // other keys are of later versions of this schema, which only add some
}

std::optional<Description> description_of(const data::Dataset& predictions, std::vector<std::string>& warnings,
                                          Context& context) {
  const auto& files = predictions.files();
  const auto embedded = predictions.metadata(metadata_key, context);
  std::optional<Description> first;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto description = embedded[i]
                           ? parse_description(*embedded[i], "the metadata of " + quoted(files[i].filename().string()))
                           : read_sidecar(files[i], warnings, context);
    if (description) {
      description->model.clear();
      description->file.reset();
    }
    if (i == 0) {
      first = std::move(description);
    } else if (description != first) {
      throw Error(
          Code::usage,
          fmt::format("cannot read {}: {} and {} do not hold predictions of the same model", predictions.subject(),
                      quoted(files[0].filename().string()), quoted(files[i].filename().string())),
          "give the predictions of one model");
    }
  }
  return first;
}

}  // namespace mlsys::predict
