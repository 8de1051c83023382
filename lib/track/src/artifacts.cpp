#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "rows.hpp"

namespace mlsys::track {

namespace fs = std::filesystem;

namespace {

void check_artifact_name(const std::string& name) {
  const auto refuse = [&](std::string_view why) {
    throw Error(Code::failed, fmt::format("cannot store an artifact as {}: {}", quoted(name), why),
                "use a relative path such as plots/roc.svg");
  };
  check_key("artifact", name);
  if (name.front() == '/') refuse("the name begins with /");
  for (const auto& part : split(name, '/'))
    if (part.empty() || part == "." || part == "..") refuse("it is no plain relative path");
}

struct Item {
  std::string name;
  store::Stored stored;
};

void record(store::Store& store, const std::string& run, std::string_view kind, const std::vector<Item>& items,
            Context& context, const std::string& operation) {
  store::RequestHash hash;
  hash.add(run).add(kind).add(static_cast<std::int64_t>(items.size()));
  for (const auto& item : items) hash.add(item.name).add(item.stored.digest);
  store.write({operation, "runs.artifact", hash.value()}, store::Durability::process, context,
              [&](const store::Write& write) {
                const std::int64_t row = run_for_writing(store, run);
                store::Statement insert = store.prepare(
                    "INSERT INTO artifacts (run, name, kind, digest, bytes, created) VALUES (?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (run, name) DO UPDATE SET kind = excluded.kind, digest = excluded.digest,"
                    " bytes = excluded.bytes, created = excluded.created");
                for (const auto& item : items) {
                  store.content().require(item.stored);
                  insert
                      .bind(row, item.name, kind, item.stored.digest, static_cast<std::int64_t>(item.stored.bytes),
                            to_ms(write.time))
                      .run();
                }
                return std::string();
              });
}

// Two files under one name, or one as the folder of another, would leave one of them only.
void check_artifact_names(const std::vector<ArtifactSource>& sources) {
  std::map<std::string_view, const ArtifactSource*> named;
  const auto find_clash = [&](const ArtifactSource& source) -> const ArtifactSource* {
    const auto same = named.find(source.name);
    if (same != named.end()) return same->second;
    const std::string folder = source.name + "/";
    const auto below = named.lower_bound(folder);
    if (below != named.end() && below->first.starts_with(folder)) return below->second;
    for (auto slash = source.name.find('/'); slash != std::string::npos; slash = source.name.find('/', slash + 1))
      if (const auto above = named.find(std::string_view(source.name).substr(0, slash)); above != named.end())
        return above->second;
    return nullptr;
  };
  for (const ArtifactSource& source : sources) {
    check_artifact_name(source.name);
    if (const ArtifactSource* other = find_clash(source))
      throw Error(Code::usage,
                  fmt::format("cannot store both {} and {} as {}", quoted(other->path.native()),
                              quoted(source.path.native()), quoted(std::min(other->name, source.name))),
                  fmt::format("log one of them by itself, elsewhere: --artifact {} --artifact-path FOLDER",
                              quoted(source.path.native())));
    named.emplace(source.name, &source);
  }
}

// The files of one source, in the order of their names. Throws Code::not_found when there is nothing.
std::vector<ArtifactSource> files_of(const ArtifactSource& source, Context& context) {
  std::error_code error;
  if (!fs::is_directory(source.path, error)) {
    if (error)
      throw Error(error == std::errc::no_such_file_or_directory ? Code::not_found : Code::failed,
                  fmt::format("cannot store {}: {}", quoted(source.path.native(), 200), error.message()));
    return {source};
  }
  std::vector<ArtifactSource> files;
  for (const auto& entry : fs::recursive_directory_iterator(source.path)) {
    if (entry.is_regular_file(error))
      files.push_back(
          {source.name + "/" + entry.path().lexically_relative(source.path).generic_string(), entry.path()});
    else if (entry.is_symlink(error) || !entry.is_directory(error))
      context.progress->warning(
          fmt::format("{} is left out: it is no file, nor a folder by itself", quoted(entry.path().native(), 200)));
  }
  std::sort(files.begin(), files.end(),
            [](const ArtifactSource& a, const ArtifactSource& b) { return a.name < b.name; });
  for (const auto& file : files) check_artifact_name(file.name);
  return files;
}

}  // namespace

std::vector<std::string> log_artifacts(store::Store& store, const std::string& run,
                                       const std::vector<ArtifactSource>& sources, Context& context,
                                       const std::string& operation) {
  check_artifact_names(sources);
  run_for_writing(store, run);  // before anything is copied
  std::vector<ArtifactSource> files;
  for (const auto& source : sources)
    for (auto& file : files_of(source, context)) files.push_back(std::move(file));
  std::vector<Item> items;
  std::vector<std::string> digests;
  for (const auto& [name, path] : files) {
    context.check_stop();
    items.push_back({name, store.content().put_file(path, false, context)});
    digests.push_back(items.back().stored.digest);
  }
  record(store, run, "file", items, context, operation);
  return digests;
}

std::vector<std::string> log_artifact(store::Store& store, const std::string& run, const std::string& name,
                                      const fs::path& path, Context& context, const std::string& operation) {
  return log_artifacts(store, run, {{name, path}}, context, operation);
}

std::string log_model(store::Store& store, const std::string& run, const fs::path& bundle, Context& context,
                      const std::string& operation) {
  run_for_writing(store, run);
  const store::Stored stored = store.content().put_bundle(bundle, false, context);
  record(store, run, "bundle", {{"model", stored}}, context, operation);
  return stored.digest;
}

std::vector<Artifact> artifacts_named(const Run& run, const std::string& name) {
  std::vector<Artifact> found;
  std::vector<std::string> names;
  for (const Artifact& artifact : run.artifacts) {
    names.push_back(artifact.name);
    if (name.empty() || artifact.name == name || artifact.name.starts_with(name + "/")) found.push_back(artifact);
  }
  if (!found.empty()) return found;
  if (names.empty())
    throw Error(Code::not_found, fmt::format("run {} has no artifacts", quoted(run.run_id)),
                fmt::format("log some: mlsys runs log {} --artifact FILE", run.run_id));
  const std::string hint = did_you_mean(name, names);
  throw Error(Code::not_found, fmt::format("run {} has no artifact {}", quoted(run.run_id), quoted(name)),
              hint.empty() ? "see what it has: mlsys runs artifacts " + run.run_id : hint);
}

namespace {

// False when it was removed from its run, and collected, after the run had been read.
bool copy_one(const store::Store& store, const Artifact& artifact, const fs::path& to, Context& context) {
  return store.unless_purged({artifact.digest, artifact.bundle}, [&] {
    if (artifact.bundle)
      store.content().copy_bundle(artifact.digest, to, context);
    else
      store.content().copy_file(artifact.digest, to, context);
  });
}

bool copy_file_to(const store::Store& store, const Artifact& artifact, const fs::path& target, Context& context) {
  std::error_code error;
  PendingFile pending(fs::is_directory(target, error) ? target / fs::path(artifact.name).filename() : target);
  if (!copy_one(store, artifact, pending.path(), context)) return false;
  pending.commit();
  return true;
}

bool copy_folder_to(const store::Store& store, const std::vector<Artifact>& artifacts, const std::string& wanted,
                    const fs::path& target, Context& context) {
  const auto require_empty = [&] {
    std::error_code error;
    if (fs::exists(target, error) && !fs::is_empty(target, error))
      throw Error(Code::usage, fmt::format("cannot copy artifacts to {}: it exists", quoted(target.native(), 200)),
                  "name a new folder");
  };
  require_empty();
  PendingDirectory pending(target);
  for (const Artifact& artifact : artifacts) {
    context.check_stop();
    // A bundle that was named is the folder itself; everything else keeps its name below what was named.
    const fs::path to = artifact.name == wanted ? pending.path()
                        : wanted.empty()        ? pending.path() / artifact.name
                                                : pending.path() / artifact.name.substr(wanted.size() + 1);
    if (!artifact.bundle) fs::create_directories(to.parent_path());
    if (!copy_one(store, artifact, to, context)) return false;
  }
  require_empty();  // what others put there meanwhile would be replaced
  pending.commit();
  return true;
}

}  // namespace

std::vector<Artifact> fetch_artifacts(store::Store& store, const std::string& run, const std::string& name,
                                      const fs::path& target, Context& context) {
  std::string wanted = name;
  while (wanted.ends_with('/')) wanted.pop_back();
  while (true) {
    const std::vector<Artifact> found = artifacts_named(get(store, run, context), wanted);
    const bool one_file = found.size() == 1 && found.front().name == wanted && !found.front().bundle;
    if (one_file ? copy_file_to(store, found.front(), target, context)
                 : copy_folder_to(store, found, wanted, target, context))
      return found;
  }
}

Json to_json(const Artifact& artifact) {
  return Json{
      {"name", artifact.name}, {"digest", artifact.digest}, {"bytes", artifact.bytes}, {"bundle", artifact.bundle}};
}

}  // namespace mlsys::track
