#include <fmt/format.h>

#include <algorithm>

#include "mlsys/base/error.hpp"
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
  hash.add(run);
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

}  // namespace

std::vector<std::string> log_artifact(store::Store& store, const std::string& run, const std::string& name,
                                      const fs::path& path, Context& context, const std::string& operation) {
  check_artifact_name(name);
  run_for_writing(store, run);  // before anything is copied
  std::vector<std::pair<std::string, fs::path>> files;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file())
        files.emplace_back(name + "/" + entry.path().lexically_relative(path).generic_string(), entry.path());
    std::sort(files.begin(), files.end());
  } else {
    files.emplace_back(name, path);
  }
  std::vector<Item> items;
  std::vector<std::string> digests;
  for (const auto& [file_name, file] : files) {
    context.check_stop();
    check_artifact_name(file_name);
    items.push_back({file_name, store.content().put_file(file, false, context)});
    digests.push_back(items.back().stored.digest);
  }
  record(store, run, "file", items, context, operation);
  return digests;
}

std::string log_model(store::Store& store, const std::string& run, const fs::path& bundle, Context& context,
                      const std::string& operation) {
  run_for_writing(store, run);
  const store::Stored stored = store.content().put_bundle(bundle, false, context);
  record(store, run, "bundle", {{"model", stored}}, context, operation);
  return stored.digest;
}

}  // namespace mlsys::track
