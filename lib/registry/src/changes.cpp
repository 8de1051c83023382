#include "changes.hpp"

#include <fmt/format.h>

#include <optional>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/identity.hpp"
#include "rows.hpp"

namespace mlsys::registry {

using store::Statement;
using store::Store;
using store::Write;

namespace {

std::optional<std::int64_t> row_or_null(std::int64_t id) { return id == 0 ? std::nullopt : std::optional(id); }

}  // namespace

std::int64_t key_number(Store& store, const std::string& key) {
  Statement find = store.prepare("SELECT id FROM keys WHERE name = ?");
  if (find.bind(key).step()) return find.integer(0);
  store.prepare("INSERT INTO keys (name) VALUES (?)").bind(key).run();
  return store.last_row();
}

std::int64_t model_for_writing(Store& store, const std::string& name, const Write& write) {
  Statement models = store.prepare("SELECT id FROM models WHERE name = ?");
  if (models.bind(name).step()) return models.integer(0);
  const std::int64_t now = to_ms(write.time);
  store.prepare("INSERT INTO models (name, description, created, updated) VALUES (?, '', ?, ?)")
      .bind(name, now, now)
      .run();
  return store.last_row();
}

bool is_note(std::string_view text) { return is_utf8(text) && text.find('\0') == std::string_view::npos; }

void check_note(std::string_view what, std::string_view text) {
  if (is_note(text)) return;
  throw Error(Code::failed, fmt::format("cannot record the {} {}: it is not UTF-8 text", what, quoted(text)),
              "write it in UTF-8");
}

void record(Store& store, const Write& write, std::string_view action, const std::string& model,
            const std::string& subject, const Json& detail) {
  store
      .prepare(
          "INSERT INTO audit (time, user, host, action, model, subject, detail, operation)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(to_ms(write.time), store::current_user(), store::current_host(), action, model, subject, to_line(detail),
            write.id)
      .run();
}

AliasTarget alias_target(Store& store, std::int64_t model, const std::string& alias) {
  Statement rows = store.prepare(
      "SELECT versions.id, versions.version FROM aliases JOIN versions ON versions.id = aliases.version"
      " WHERE aliases.model = ? AND aliases.name = ?");
  if (!rows.bind(model, alias).step()) return {};
  return {rows.integer(0), rows.integer(1)};
}

std::string move_alias(Store& store, const Write& write, std::int64_t model, const std::string& name,
                       const std::string& alias, std::string_view action, AliasTarget from, AliasTarget to,
                       const std::string& reason, const std::string& evidence) {
  if (to.id == 0)
    store.prepare("DELETE FROM aliases WHERE model = ? AND name = ?").bind(model, alias).run();
  else
    store
        .prepare(
            "INSERT INTO aliases VALUES (?, ?, ?, ?) ON CONFLICT (model, name)"
            " DO UPDATE SET version = excluded.version, updated = excluded.updated")
        .bind(model, alias, to.id, to_ms(write.time))
        .run();
  store.prepare("UPDATE models SET updated = ? WHERE id = ?").bind(to_ms(write.time), model).run();
  store
      .prepare(
          "INSERT INTO promotions (model, alias, action, version, previous, reason, evidence, user, time)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(model, alias, action, row_or_null(to.id), row_or_null(from.id), reason, evidence, store::current_user(),
            to_ms(write.time))
      .run();
  const std::string promotion = std::to_string(store.last_row());
  Json detail{{"alias", alias}, {"version", nullptr}, {"previous", nullptr}, {"reason", reason}};
  if (to.version != 0) detail["version"] = to.version;
  if (from.version != 0) detail["previous"] = from.version;
  if (!evidence.empty()) detail["evidence"] = true;
  record(store, write, action, name, fmt::format("{}@{}", name, alias), detail);
  return promotion;
}

}  // namespace mlsys::registry
