#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "rows.hpp"

namespace mlsys::track {

using store::Durability;
using store::RequestHash;
using store::Statement;
using store::Store;
using store::Write;

namespace {

constexpr std::string_view columns =
    "SELECT e.id, e.name, e.lifecycle, e.created,"
    " (SELECT count(*) FROM runs WHERE experiment = e.id AND lifecycle = 'active'),"
    " (SELECT max(start_time) FROM runs WHERE experiment = e.id AND lifecycle = 'active') FROM experiments AS e ";

Experiment read_row(Store& store, Statement& rows) {
  Experiment experiment;
  experiment.id = rows.integer(0);
  experiment.name = rows.string(1);
  experiment.lifecycle = parse_name<Lifecycle>(rows.text(2));
  experiment.created = from_ms(rows.integer(3));
  experiment.runs = static_cast<std::uint64_t>(rows.integer(4));
  if (const auto newest = rows.maybe_integer(5)) experiment.newest_run = from_ms(*newest);
  Statement tags =
      store.prepare("SELECT name, value FROM experiment_tags JOIN keys ON keys.id = key WHERE experiment = ?");
  tags.bind(experiment.id);
  while (tags.step()) experiment.tags.emplace(tags.string(0), tags.string(1));
  return experiment;
}

std::int64_t find_experiment(Store& store, const std::string& name) {
  Statement rows = store.prepare("SELECT id FROM experiments WHERE name = ?");
  if (rows.bind(name).step()) return rows.integer(0);
  std::vector<std::string> names;
  Statement all = store.prepare("SELECT name FROM experiments ORDER BY id DESC LIMIT 1000");
  while (all.step()) names.push_back(all.string(0));
  const std::string hint = did_you_mean(name, names);
  throw Error(Code::not_found, fmt::format("no experiment {}", quoted(name)),
              hint.empty() ? "list experiments with 'mlsys experiments list'" : hint);
}

void require_free(Store& store, const std::string& name) {
  Statement rows = store.prepare("SELECT lifecycle FROM experiments WHERE name = ?");
  if (!rows.bind(name).step()) return;
  const bool deleted = rows.text(0) == name_of(Lifecycle::deleted);
  throw Error(Code::conflict,
              fmt::format("an experiment {} exists{}", quoted(name), deleted ? ", although it is deleted" : ""),
              deleted ? fmt::format("restore it: mlsys experiments restore {}", quoted(name)) : "choose another name");
}

void set_tags(Store& store, std::int64_t experiment, const std::map<std::string, std::string>& tags) {
  Keys keys(store);
  for (const auto& [key, value] : tags)
    store
        .prepare(
            "INSERT INTO experiment_tags VALUES (?, ?, ?)"
            " ON CONFLICT (experiment, key) DO UPDATE SET value = excluded.value")
        .bind(experiment, keys.number(key), value)
        .run();
}

Experiment read_experiment(Store& store, std::int64_t id) {
  Statement rows = store.prepare(std::string(columns) + "WHERE e.id = ?");
  rows.bind(id).step();
  return read_row(store, rows);
}

}  // namespace

std::vector<Experiment> experiments(Store& store, Lifecycle lifecycle) {
  std::vector<Experiment> found;
  store.read([&] {
    Statement rows = store.prepare(std::string(columns) + "WHERE e.lifecycle = ? ORDER BY e.id");
    rows.bind(name_of(lifecycle));
    while (rows.step()) found.push_back(read_row(store, rows));
  });
  return found;
}

Experiment create_experiment(Store& store, const std::string& name, const std::map<std::string, std::string>& tags,
                             Context& context) {
  check_experiment_name(name);
  for (const auto& [key, value] : tags) check_tag(key, value);
  Experiment made;  // read within the write: others may rename it at once
  store.write({{}, "experiments.create", 0}, Durability::process, context, [&](const Write& write) {
    require_free(store, name);
    const std::int64_t id = experiment_for_writing(store, name, write);
    set_tags(store, id, tags);
    made = read_experiment(store, id);
    return std::string();
  });
  return made;
}

Experiment tag_experiment(Store& store, const std::string& name, const std::map<std::string, std::string>& tags,
                          const std::vector<std::string>& untag, Context& context) {
  for (const auto& [key, value] : tags) check_tag(key, value);
  Experiment tagged;
  store.write({{}, "experiments.tag", 0}, Durability::process, context, [&](const Write& write) {
    const std::int64_t id = find_experiment(store, name);
    experiment_for_writing(store, name, write);  // refuses a deleted one, whose time of deletion must stay
    set_tags(store, id, tags);
    for (const auto& key : untag) {
      store.prepare("DELETE FROM experiment_tags WHERE experiment = ? AND key = ?")
          .bind(id, find_key(store, key))
          .run();
      if (store.changes() == 0)
        throw Error(Code::not_found, fmt::format("experiment {} has no tag {}", quoted(name), quoted(key)),
                    "see its tags: mlsys experiments list --json");
    }
    store.prepare("UPDATE experiments SET updated = ? WHERE id = ?").bind(to_ms(write.time), id).run();
    tagged = read_experiment(store, id);
    return std::string();
  });
  return tagged;
}

void rename_experiment(Store& store, const std::string& name, const std::string& to, Context& context) {
  check_experiment_name(to);
  store.write({{}, "experiments.rename", 0}, Durability::process, context, [&](const Write& write) {
    const std::int64_t id = find_experiment(store, name);
    if (name == to) return std::string();
    experiment_for_writing(store, name, write);  // refuses a deleted one, whose time of deletion must stay
    require_free(store, to);
    store.prepare("UPDATE experiments SET name = ?, updated = ? WHERE id = ?").bind(to, to_ms(write.time), id).run();
    return std::string();
  });
}

void set_experiment_lifecycle(Store& store, const std::string& name, Lifecycle lifecycle, Context& context) {
  store.write({{}, "experiments.lifecycle", 0}, Durability::process, context, [&](const Write& write) {
    const std::int64_t id = find_experiment(store, name);
    const std::int64_t now = to_ms(write.time);
    Statement before = store.prepare("SELECT lifecycle, updated FROM experiments WHERE id = ?");
    before.bind(id).step();
    if (before.text(0) == name_of(lifecycle)) return std::string();
    const std::int64_t deleted_at = before.integer(1);
    before.reset();
    store.prepare("UPDATE experiments SET lifecycle = ?, updated = ? WHERE id = ?")
        .bind(name_of(lifecycle), now, id)
        .run();
    // The runs that go with it are those restored with it; one deleted by itself before stays deleted.
    if (lifecycle == Lifecycle::deleted)
      store.prepare("UPDATE runs SET lifecycle = 'deleted', deleted = ? WHERE experiment = ? AND lifecycle = 'active'")
          .bind(now, id)
          .run();
    else
      store.prepare("UPDATE runs SET lifecycle = 'active', deleted = NULL WHERE experiment = ? AND deleted = ?")
          .bind(id, deleted_at)
          .run();
    return std::string();
  });
}

Json to_json(const Experiment& experiment) {
  Json json{{"experiment_id", experiment.id},
            {"name", experiment.name},
            {"lifecycle", name_of(experiment.lifecycle)},
            {"created", iso_time(experiment.created)},
            {"runs", experiment.runs},
            {"newest_run", nullptr},
            {"tags", Json::object()}};
  if (experiment.newest_run) json["newest_run"] = iso_time(*experiment.newest_run);
  for (const auto& [key, value] : experiment.tags) json["tags"][key] = value;
  return json;
}

}  // namespace mlsys::track
