// Tags and descriptions of models and versions.
#include <fmt/format.h>

#include "changes.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/registry/registry.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::registry {

using store::Statement;
using store::Store;
using store::Write;

namespace {

// The row in models or versions. What does not exist is reported by the readers, with what there is instead.
std::int64_t subject_row(Store& store, const Annotation& annotation) {
  if (!annotation.version) model(store, annotation.name);
  if (annotation.version) version(store, annotation.name, *annotation.version);
  Statement rows = annotation.version ? store.prepare(
                                            "SELECT v.id FROM versions AS v JOIN models AS m ON m.id = v.model"
                                            " WHERE m.name = ? AND v.version = ?")
                                      : store.prepare("SELECT id FROM models WHERE name = ? AND ? IS NULL");
  rows.bind(annotation.name, annotation.version).step();
  return rows.integer(0);
}

}  // namespace

void annotate_within(Store& store, const Write& write, const Annotation& annotation) {
  const std::string table = annotation.version ? "version" : "model";
  const std::string subject =
      annotation.version ? fmt::format("{}/{}", annotation.name, *annotation.version) : annotation.name;
  const std::int64_t row = subject_row(store, annotation);
  Json detail = Json::object();
  if (annotation.description) {
    store.prepare(fmt::format("UPDATE {}s SET description = ? WHERE id = ?", table))
        .bind(*annotation.description, row)
        .run();
    detail["description"] = *annotation.description;
  }
  for (const auto& [key, value] : annotation.tags) {
    store
        .prepare(fmt::format("INSERT INTO {0}_tags VALUES (?, ?, ?) ON CONFLICT ({0}, key)"
                             " DO UPDATE SET value = excluded.value",
                             table))
        .bind(row, key_number(store, key), value)
        .run();
    detail["tags"][key] = value;
  }
  for (const auto& key : annotation.untag) {
    store
        .prepare(
            fmt::format("DELETE FROM {0}_tags WHERE {0} = ? AND key = (SELECT id FROM keys WHERE name = ?)", table))
        .bind(row, key)
        .run();
    if (store.changes() == 0)
      throw Error(Code::not_found, fmt::format("{} has no tag {}", quoted(subject), quoted(key)),
                  "see its tags: mlsys models show " + subject + " --json");
    detail["untag"].push_back(key);
  }
  record(store, write, "annotate", annotation.name, subject, detail);
}

void annotate(Store& store, const Annotation& annotation, Context& context) {
  for (const auto& [key, value] : annotation.tags) track::check_tag(key, value);
  if (annotation.description) check_note("description", *annotation.description);
  store.write({{}, "annotate", 0}, store::Durability::power, context, [&](const Write& write) {
    annotate_within(store, write, annotation);
    return std::string();
  });
}

}  // namespace mlsys::registry
