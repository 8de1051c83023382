#include "mlsys/bundle/bundle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"

namespace mlsys::bundle {
namespace fs = std::filesystem;
namespace {

const FileEntry* find(const Manifest& manifest, std::string_view name) {
  const auto found = std::ranges::find(manifest.files, name, &FileEntry::name);
  return found == manifest.files.end() ? nullptr : &*found;
}

std::string read_verified(const fs::path& directory, const FileEntry& file) {
  const auto path = directory / file.name;
  const auto fail = [&](std::string_view why) {
    return Error(Code::integrity,
                 fmt::format("model bundle {} is damaged: {} {}", quoted(directory.string()), file.name, why),
                 "take the bundle from its run, registry or package again");
  };
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  if (error || !fs::is_regular_file(fs::symlink_status(path, error))) throw fail("is missing or not a regular file");
  if (bytes != file.bytes) throw fail(fmt::format("has {} bytes instead of {}", bytes, file.bytes));
  auto content = read_file(path, file.bytes);
  if (digest::sha256_hex(content) != file.sha256) throw fail("does not have the digest that the manifest states");
  return content;
}

// The manifest of a folder that may be no bundle at all.
std::optional<Manifest> manifest_if_any(const fs::path& directory) {
  try {
    return parse_manifest(read_file(directory / manifest_file));
  } catch (const Error&) {
    return std::nullopt;
  }
}

// The first entry, by name, that would be lost if a bundle replaced the folder; empty when there is none.
std::string foreign_entry(const fs::path& directory) {
  const auto manifest = manifest_if_any(directory);
  std::string first;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const auto name = at->path().filename().string();
    const bool known = manifest && (name == manifest_file || find(*manifest, name) != nullptr);
    const bool ours = known && fs::is_regular_file(fs::symlink_status(at->path(), error));
    if (!ours && (first.empty() || name < first)) first = name;
  }
  if (error) throw_write_error(directory, error.value());
  return first;
}

}  // namespace

bool is_bundle_file_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= 200 && name.front() != '.' && name != manifest_file &&
         std::ranges::all_of(name, allowed);
}

Bundle Bundle::load(const fs::path& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error))
    throw Error(Code::not_found, fmt::format("no model bundle at {}", quoted(directory.string())));
  const auto path = directory / manifest_file;
  if (!fs::exists(path, error))
    throw Error(Code::not_found,
                fmt::format("{} is no model bundle: it has no {}", quoted(directory.string()), manifest_file),
                "give the directory that `mlsys train … -o DIR` wrote");
  const auto text = read_file(path);
  Bundle bundle;
  bundle.directory_ = directory;
  bundle.digest_ = digest::sha256_hex(text);
  bundle.manifest_ = parse_manifest(text, quoted(path.string()));
  for (const auto& file : bundle.manifest_.files) read_verified(directory, file);
  return bundle;
}

bool Bundle::has(std::string_view name) const { return find(manifest_, name) != nullptr; }

std::string Bundle::read(std::string_view name) const {
  const auto* file = find(manifest_, name);
  if (file == nullptr)
    throw Error(Code::not_found, fmt::format("model bundle {} has no {}", quoted(directory_.string()), name));
  return read_verified(directory_, *file);
}

namespace {

fs::path checked(fs::path target) {
  require_replaceable(target);
  return target;
}

}  // namespace

void require_replaceable(const fs::path& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) return;  // a file is refused by what writes folders
  const auto foreign = foreign_entry(directory);
  if (foreign.empty()) return;
  throw Error(Code::usage,
              fmt::format("cannot write a model to {}: it holds {}, which is no part of a model",
                          quoted(directory.string()), quoted(foreign)),
              "name a new or an empty folder, or one that holds nothing but a model");
}

Writer::Writer(const fs::path& target) : directory_(checked(target)) {}

void Writer::add(std::string_view name, std::string_view bytes) {
  const auto taken = std::ranges::find(files_, name, &FileEntry::name) != files_.end();
  if (taken || !is_bundle_file_name(name))
    throw Error(Code::failed, fmt::format("cannot write model bundle {}: {} {}", quoted(directory_.target().string()),
                                          quoted(name), taken ? "was added twice" : "is no plain file name"));
  write_file(directory_.path() / name, bytes);
  files_.push_back({.name = std::string(name), .sha256 = digest::sha256_hex(bytes), .bytes = bytes.size()});
}

std::string Writer::commit(Manifest manifest, bool durable) {
  std::ranges::sort(files_, {}, &FileEntry::name);
  manifest.files = files_;
  const auto text = to_text(to_json(manifest));
  parse_manifest(text);  // what cannot be read back must not be written
  write_file(directory_.path() / manifest_file, text);
  directory_.commit(durable);
  return digest::sha256_hex(text);
}

}  // namespace mlsys::bundle
