#include "lock.hpp"

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"

namespace mlsys::pipeline {

namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> read_map(ObjectReader& reader, std::string_view key) {
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : reader.object(key).items()) {
    if (!value.is_string()) reader.fail(key, quoted(name) + " must be text");
    values[name] = value.get<std::string>();
  }
  return values;
}

StepLock read_step_lock(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  StepLock step;
  step.command = reader.texts("command");
  step.params = read_map(reader, "params");
  step.mlsys = reader.text("mlsys", "");
  step.deps = read_map(reader, "deps");
  step.outs = read_map(reader, "outs");
  reader.finish();
  return step;
}

std::string digest_of(const fs::path& path, Context& context) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none)  // not even that it is missing is known
    throw Error(Code::failed, "cannot read " + quoted(path.string()) + ": " + error.message());
  if (!fs::exists(status)) return "";
  if (fs::is_directory(status)) return "tree:" + digest::tree_digest(path, context).sha256;
  return digest::sha256_file(path, context);
}

// "'x' changed", "'x' is missing", for the first path that differs.
std::string difference(const Digests& before, const Digests& now, std::string_view changed) {
  for (const auto& [path, digest] : now) {
    const auto found = before.find(path);
    if (found == before.end()) return quoted(path) + " is new";
    if (found->second == digest) continue;
    return quoted(path) + (digest.empty() ? " is missing" : " " + std::string(changed));
  }
  return {};
}

}  // namespace

Lock read_lock(const fs::path& file) {
  Lock lock;
  std::error_code unreadable;  // then writing it says why
  if (!fs::exists(file, unreadable)) return lock;
  const std::string subject = quoted(file.string());
  try {
    const Json document = parse_json(read_file(file), subject);
    check_schema(document, "mlsys.recipe.lock", 1, subject);
    ObjectReader reader(document, subject);
    reader.ignore("schema");
    for (const auto& [name, json] : reader.object("steps").items()) {
      lock.steps[name] = read_step_lock(json, subject + ", steps." + name);
    }
    reader.finish();
  } catch (const Error& error) {
    throw Error(error.code(), error.message(),
                error.hint().empty() ? "remove it to run every step again: rm " + subject : error.hint());
  }
  return lock;
}

void write_lock(const fs::path& file, const Lock& lock) {
  Json steps = Json::object();
  for (const auto& [name, step] : lock.steps) {
    Json json = {{"command", step.command}, {"params", step.params}};
    if (!step.mlsys.empty()) json["mlsys"] = step.mlsys;
    json["deps"] = step.deps;
    json["outs"] = step.outs;
    steps[name] = std::move(json);
  }
  write_file(file, to_text({{"schema", "mlsys.recipe.lock/1"}, {"steps", std::move(steps)}}));
}

Digests digest_paths(const std::vector<std::string>& paths, const fs::path& directory, Context& context) {
  Digests digests;
  for (const std::string& path : paths) digests[path] = digest_of(directory / path, context);
  return digests;
}

StepLock describe(const Step& step) {
  return {step.command, step.params, step.command.front() == "mlsys" ? version() : "", {}, {}};
}

std::string why_run(const Step& step, const StepLock* before, const Digests& deps, const Digests& outs) {
  if (step.always) return "it always runs";
  if (before == nullptr) return "it has not run before";
  const StepLock now = describe(step);
  for (const auto& [name, value] : now.params) {
    const auto found = before->params.find(name);
    if (found == before->params.end()) return "param " + quoted(name) + " is new";
    if (found->second != value)
      return "param " + quoted(name) + " was " + quoted(found->second) + ", is " + quoted(value);
  }
  if (now.command != before->command || now.params != before->params) return "its command changed";
  if (now.mlsys != before->mlsys) return "it ran with mlsys " + before->mlsys + ", this is " + now.mlsys;
  if (std::string why = difference(before->deps, deps, "changed"); !why.empty()) return why;
  if (deps.size() != before->deps.size()) return "it depends on fewer files";
  if (std::string why = difference(before->outs, outs, "was altered"); !why.empty()) return why;
  if (outs.size() != before->outs.size()) return "it makes fewer files";
  return {};
}

}  // namespace mlsys::pipeline
