#include "mlsys/track/purge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "rows.hpp"

namespace mlsys::track {

using store::Durability;
using store::Statement;
using store::Store;
using store::Write;

namespace {

struct Candidate {
  std::int64_t id = 0;
  PurgeReport::Run run;
};

Millis newest_deletion(const PurgeOptions& options, const Context& context) {
  return std::chrono::floor<std::chrono::milliseconds>(context.now() - options.min_age);
}

// Within a read: a run that is named is found, or said not to be deleted.
std::vector<Candidate> candidates(Store& store, const PurgeOptions& options, Context& context) {
  const auto named = [&](const std::string& run) {
    return std::find(options.runs->begin(), options.runs->end(), run) != options.runs->end();
  };
  for (const auto& run : options.runs.value_or(std::vector<std::string>()))
    if (find_run(store, run).lifecycle != Lifecycle::deleted)
      throw Error(Code::failed, fmt::format("cannot purge run {}: it is not deleted", quoted(run)),
                  fmt::format("delete it first: mlsys runs delete {}", run));
  std::vector<Candidate> found;
  Statement rows = store.prepare(
      "SELECT r.id, r.run_id, r.name, e.name, r.deleted FROM runs AS r JOIN experiments AS e ON e.id = r.experiment"
      " WHERE r.lifecycle = 'deleted' ORDER BY r.id DESC");
  const Millis newest = newest_deletion(options, context);
  while (rows.step()) {
    const std::string id = rows.string(1);
    const Millis deleted = from_ms(rows.integer(4));
    // Those named are answered for, old enough or not.
    if (options.runs ? named(id) : deleted <= newest)
      found.push_back({rows.integer(0), {id, rows.string(2), rows.string(3), deleted}});
  }
  return found;
}

// Why it has to stay, or "". `gone` are runs that count as purged although they are there.
std::string needed_by(Store& store, const Candidate& candidate, Millis newest, const std::set<std::string>& gone) {
  if (candidate.run.deleted > newest) return "it was deleted at " + iso_time(candidate.run.deleted);
  Statement versions = store.prepare(
      "SELECT models.name, version FROM versions JOIN models ON models.id = model WHERE run = ? AND deleted IS NULL"
      " ORDER BY version DESC LIMIT 1");
  if (versions.bind(candidate.id).step())
    return fmt::format("{}/{} was registered from it", versions.text(0), versions.integer(1));
  Statement parts = store.prepare(
      "SELECT run_id FROM tags JOIN runs ON runs.id = run"
      " WHERE key = (SELECT id FROM keys WHERE name = 'mlflow.parentRunId') AND value = ? ORDER BY run");
  parts.bind(candidate.run.run_id);
  while (parts.step())
    if (!gone.contains(parts.string(0)) && parts.text(0) != candidate.run.run_id)
      return fmt::format("run {} is a part of it", parts.text(0));
  return {};
}

void remove_run(Store& store, std::int64_t id) {
  std::vector<std::int64_t> datasets;
  Statement inputs = store.prepare("SELECT DISTINCT dataset FROM inputs WHERE run = ?");
  inputs.bind(id);
  while (inputs.step()) datasets.push_back(inputs.integer(0));
  for (const char* table : {"metrics", "latest_metrics", "params", "tags", "inputs", "artifacts"})
    store.prepare(fmt::format("DELETE FROM {} WHERE run = ?", table)).bind(id).run();
  Statement unused = store.prepare(
      "DELETE FROM datasets WHERE id = ? AND NOT EXISTS (SELECT 1 FROM inputs WHERE dataset = datasets.id)");
  for (const std::int64_t dataset : datasets) unused.bind(dataset).run();
  store.prepare("UPDATE versions SET run = NULL WHERE run = ?").bind(id).run();
  store.prepare("DELETE FROM runs WHERE id = ?").bind(id).run();
}

enum class Outcome { purged, kept, gone };

// Looks again within the write: others may have restored the run or registered its model meanwhile, or purged it.
Outcome purge_one(Store& store, const Candidate& candidate, const PurgeOptions& options, Context& context,
                  std::string& why) {
  Outcome outcome = Outcome::kept;
  store.write({{}, "runs.purge", 0}, Durability::process, context, [&](const Write&) {
    Statement rows = store.prepare("SELECT deleted FROM runs WHERE id = ?");
    if (!rows.bind(candidate.id).step()) {
      outcome = Outcome::gone;
      return std::string();
    }
    const auto deleted = rows.maybe_integer(0);
    rows.reset();
    why = deleted != to_ms(candidate.run.deleted) ? "it was restored meanwhile"
                                                  : needed_by(store, candidate, newest_deletion(options, context), {});
    if (!why.empty()) return std::string();
    remove_run(store, candidate.id);
    outcome = Outcome::purged;
    return std::string();
  });
  return outcome;
}

std::vector<std::string> empty_experiments(Store& store, const PurgeOptions& options, const std::set<std::string>& gone,
                                           Context& context) {
  std::vector<std::string> names;
  if (options.runs) return names;
  Statement rows = store.prepare(
      "SELECT name, (SELECT group_concat(run_id) FROM runs WHERE experiment = e.id) FROM experiments AS e"
      " WHERE lifecycle = 'deleted' AND updated <= ? ORDER BY id");
  rows.bind(to_ms(newest_deletion(options, context)));
  while (rows.step()) {
    bool empty = true;
    if (!rows.is_null(1))
      for (const auto& run : split(rows.text(1), ',')) empty = empty && gone.contains(run);
    if (empty) names.push_back(rows.string(0));
  }
  return names;
}

bool remove_experiment(Store& store, const std::string& name, const PurgeOptions& options, Context& context) {
  bool removed = false;
  store.write({{}, "experiments.purge", 0}, Durability::process, context, [&](const Write&) {
    Statement rows = store.prepare(
        "SELECT id FROM experiments AS e WHERE name = ? AND lifecycle = 'deleted' AND updated <= ?"
        " AND NOT EXISTS (SELECT 1 FROM runs WHERE experiment = e.id)");
    if (!rows.bind(name, to_ms(newest_deletion(options, context))).step()) return std::string();
    const std::int64_t id = rows.integer(0);
    rows.reset();
    store.prepare("DELETE FROM experiment_tags WHERE experiment = ?").bind(id).run();
    store.prepare("DELETE FROM experiments WHERE id = ?").bind(id).run();
    removed = true;
    return std::string();
  });
  return removed;
}

Json run_json(const PurgeReport::Run& run) {
  return Json{
      {"run_id", run.run_id}, {"name", run.name}, {"experiment", run.experiment}, {"deleted", iso_time(run.deleted)}};
}

PurgeReport carry_out(Store& store, const PurgeOptions& options, Context& context) {
  PurgeReport report;
  report.dry_run = options.dry_run;
  std::vector<Candidate> left;
  store.read([&] { left = candidates(store, options, context); });
  std::vector<std::string> reasons(left.size());
  std::set<std::string> gone;  // only with dry_run is any of them still there
  // A parent can go once its parts are gone: again as long as something was.
  for (bool progress = true; progress;) {
    progress = false;
    std::vector<Candidate> kept;
    reasons.clear();
    for (Candidate& candidate : left) {
      context.check_stop();
      std::string why;
      Outcome outcome = Outcome::purged;
      if (options.dry_run) {
        why = needed_by(store, candidate, newest_deletion(options, context), gone);
        if (!why.empty()) outcome = Outcome::kept;
      } else {
        outcome = purge_one(store, candidate, options, context, why);
      }
      if (outcome == Outcome::kept) {
        reasons.push_back(std::move(why));
        kept.push_back(std::move(candidate));
        continue;
      }
      progress = true;
      gone.insert(candidate.run.run_id);
      if (outcome == Outcome::purged) report.purged.push_back(std::move(candidate.run));
    }
    left = std::move(kept);
  }
  for (std::size_t i = 0; i < left.size(); ++i) report.kept.push_back({std::move(left[i].run), std::move(reasons[i])});
  for (const auto& name : empty_experiments(store, options, gone, context))
    if (options.dry_run || remove_experiment(store, name, options, context)) report.experiments.push_back(name);
  return report;
}

}  // namespace

PurgeReport purge(Store& store, const PurgeOptions& options, Context& context) {
  if (!options.dry_run) return carry_out(store, options, context);
  PurgeReport report;  // of one moment
  store.read([&] { report = carry_out(store, options, context); });
  return report;
}

Json to_json(const PurgeReport& report) {
  Json json{{"schema", "mlsys.runs/1"},
            {"dry_run", report.dry_run},
            {"purged", Json::array()},
            {"kept", Json::array()},
            {"experiments", report.experiments}};
  for (const auto& run : report.purged) json["purged"].push_back(run_json(run));
  for (const auto& kept : report.kept) {
    json["kept"].push_back(run_json(kept.run));
    json["kept"].back()["why"] = kept.why;
  }
  return json;
}

}  // namespace mlsys::track
