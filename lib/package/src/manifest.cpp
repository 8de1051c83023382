#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/package/package.hpp"

namespace mlsys::package {

namespace {

constexpr std::size_t max_name_bytes = 200;
constexpr std::size_t max_name_components = 8;

bool is_safe_component(std::string_view component) {
  if (component.empty() || component == "." || component == "..") return false;
  return std::all_of(component.begin(), component.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

// Throws unless the names are safe, sorted and distinct, and none is a folder of another.
void check_names(const std::vector<digest::FileDigest>& files, const ObjectReader& reader) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& name = files[i].name;
    if (!is_safe_name(name)) reader.fail("files", "unsafe file name " + quoted(name));
    if (name == "package.json") reader.fail("files", "a package does not list its own manifest");
    if (i > 0 && files[i - 1].name >= name) reader.fail("files", "names must be distinct and sorted");
    const auto inside = [&](const digest::FileDigest& other) { return other.name.starts_with(name + "/"); };
    if (std::any_of(files.begin(), files.end(), inside)) {
      reader.fail("files", quoted(name) + " is both a file and a folder");
    }
  }
}

Manifest read_manifest(std::string_view text, const std::string& subject) {
  const Json document = parse_json(text, subject);
  check_schema(document, "mlsys.package.manifest", 1, subject);
  ObjectReader reader(document, subject);
  reader.ignore("schema");
  Manifest manifest;
  manifest.name = reader.text("name", "");
  manifest.version = reader.text("version", "");
  manifest.digest = reader.text("digest");
  for (const Json& item : reader.array("files")) {
    ObjectReader entry(item, subject + ", files");
    digest::FileDigest file;
    file.name = entry.text("name");
    file.sha256 = entry.text("sha256");
    const std::int64_t bytes = entry.integer("bytes");
    if (bytes < 0) entry.fail("bytes", "must not be negative");
    if (!digest::is_sha256(file.sha256)) entry.fail("sha256", "must be 64 lower-case hexadecimal digits");
    file.bytes = static_cast<std::uint64_t>(bytes);
    entry.finish();
    manifest.files.push_back(std::move(file));
  }
  reader.finish();
  check_names(manifest.files, reader);
  const auto is_bundle = [](const digest::FileDigest& file) { return file.name == bundle::manifest_file; };
  const auto found = std::find_if(manifest.files.begin(), manifest.files.end(), is_bundle);
  if (found == manifest.files.end()) reader.fail("files", "'bundle.json' is not among them");
  if (manifest.digest != found->sha256) reader.fail("digest", "is not that of 'bundle.json'");
  return manifest;
}

}  // namespace

bool is_safe_name(std::string_view name) {
  if (name.size() > max_name_bytes) return false;
  const std::vector<std::string> components = split(name, '/');
  return components.size() <= max_name_components &&
         std::all_of(components.begin(), components.end(), is_safe_component);
}

Manifest parse_manifest(std::string_view text, std::string_view subject) {
  try {
    return read_manifest(text, std::string(subject));
  } catch (const Error& error) {
    throw Error(Code::integrity, error.message(), error.hint());
  }
}

Json to_json(const Manifest& manifest) {
  Json files = Json::array();
  for (const digest::FileDigest& file : manifest.files) files.push_back(digest::to_json(file));
  Json document = {{"schema", "mlsys.package.manifest/1"}};
  if (!manifest.name.empty()) document["name"] = manifest.name;
  if (!manifest.version.empty()) document["version"] = manifest.version;
  document["digest"] = manifest.digest;
  document["files"] = std::move(files);
  return document;
}

}  // namespace mlsys::package
