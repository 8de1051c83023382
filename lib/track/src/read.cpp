// Finding and comparing runs.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/identity.hpp"
#include "rows.hpp"

namespace mlsys::track {

using store::Statement;
using store::Store;

namespace {

void read_files(Store& store, Found& found) {
  Statement inputs = store.prepare(
      "SELECT name, digest, source_type, source, schema, profile, context FROM inputs"
      " JOIN datasets ON datasets.id = dataset WHERE run = ? ORDER BY dataset, context");
  inputs.bind(found.id);
  while (inputs.step())
    found.run.inputs.push_back({inputs.string(0), inputs.string(1), inputs.string(2), inputs.string(3),
                                inputs.string(4), inputs.string(5), inputs.string(6)});
  Statement artifacts = store.prepare("SELECT name, digest, bytes, kind FROM artifacts WHERE run = ? ORDER BY name");
  artifacts.bind(found.id);
  while (artifacts.step())
    found.run.artifacts.push_back({artifacts.string(0), artifacts.string(1),
                                   static_cast<std::uint64_t>(artifacts.integer(2)), artifacts.text(3) == "bundle"});
}

Json texts(const std::map<std::string, std::string>& values) {
  Json json = Json::object();
  for (const auto& [key, value] : values) json[key] = value;
  return json;
}

bool is_id_part(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string newest_run(Store& store, std::int64_t before_it, std::string_view reference) {
  Statement rows = store.prepare(
      "SELECT run_id FROM runs WHERE lifecycle = 'active' ORDER BY start_time DESC, id DESC LIMIT 1 OFFSET ?");
  if (rows.bind(before_it).step()) return rows.string(0);
  throw Error(Code::not_found, fmt::format("no run {}: there are not so many", quoted(reference)),
              "list runs with 'mlsys runs list'");
}

bool seems_gone(const std::string& process, std::optional<std::int64_t> heartbeat, Millis now) {
  constexpr std::int64_t patience = std::int64_t{5} * 60 * 1000;
  return store::process_gone(process) || (heartbeat && to_ms(now) - *heartbeat > patience);
}

}  // namespace

bool is_gone(const Store& store, std::int64_t run, const std::string& process, std::optional<std::int64_t> heartbeat,
             Millis now) {
  if (!seems_gone(process, heartbeat, now)) return false;
  // A process ends after its run: both may have happened since this state of the database.
  Statement latest = store.prepare_latest("SELECT process, heartbeat FROM runs WHERE id = ? AND status = 'RUNNING'");
  return latest.bind(run).step() && seems_gone(latest.string(0), latest.maybe_integer(1), now);
}

Found read_run(const Store& store, const Statement& row, Millis now) {
  Found found{row.integer(0), {}};
  Run& run = found.run;
  run.run_id = row.string(1);
  run.name = row.string(2);
  run.experiment = row.string(3);
  run.experiment_id = row.integer(4);
  run.status = parse_name<RunStatus>(row.text(5));
  run.lifecycle = parse_name<Lifecycle>(row.text(6));
  run.start_time = from_ms(row.integer(7));
  if (const auto ended = row.maybe_integer(8)) run.end_time = from_ms(*ended);
  run.user = row.string(9);
  run.source = row.string(10);
  if (run.status == RunStatus::running && !row.is_null(11) &&
      is_gone(store, found.id, row.string(11), row.maybe_integer(12), now)) {
    run.status = RunStatus::failed;
    run.stale = true;
  }
  return found;
}

Details::Details(Store& store)
    : params_(store.prepare("SELECT name, value FROM params JOIN keys ON keys.id = key WHERE run = ?")),
      tags_(store.prepare("SELECT name, value FROM tags JOIN keys ON keys.id = key WHERE run = ?")),
      metrics_(store.prepare("SELECT name, value, step, time, points, least, most FROM latest_metrics"
                             " JOIN keys ON keys.id = key WHERE run = ?")) {}

void Details::read(Found& found) {
  params_.bind(found.id);
  while (params_.step()) found.run.params.emplace(params_.string(0), params_.string(1));
  tags_.bind(found.id);
  while (tags_.step()) found.run.tags.emplace(tags_.string(0), tags_.string(1));
  metrics_.bind(found.id);
  while (metrics_.step())
    found.run.metrics.emplace(
        metrics_.string(0),
        Latest{metrics_.real(1), metrics_.integer(2), from_ms(metrics_.integer(3)),
               static_cast<std::uint64_t>(metrics_.integer(4)), metrics_.real(5), metrics_.real(6)});
}

std::string resolve_run(Store& store, std::string_view reference) {
  std::string_view text = reference;
  if (text.starts_with("run:")) text.remove_prefix(4);
  if (text.starts_with("@last")) {
    text.remove_prefix(5);
    if (text.empty()) return newest_run(store, 0, reference);
    const auto back = text.front() == '~' ? parse_int(text.substr(1)) : std::nullopt;
    if (back && *back >= 0) return newest_run(store, *back, reference);
    throw Error(Code::usage, fmt::format("{} is not a run", quoted(reference)), "write @last or @last~2");
  }
  if (!is_id_part(text) || text.size() > 32)
    throw Error(Code::not_found, fmt::format("no run {}", quoted(reference)),
                "a run is an id, the beginning of one, @last or @last~2; list runs with 'mlsys runs list'");
  if (text.size() < 4)
    throw Error(Code::usage, fmt::format("{} is too short for a run", quoted(reference)),
                "give at least 4 digits of its id");
  // Everything that begins with it sorts between it and it followed by something greater than any digit.
  Statement rows = store.prepare("SELECT run_id FROM runs WHERE run_id >= ? AND run_id < ? LIMIT 5");
  rows.bind(text, std::string(text) + "g");
  std::vector<std::string> ids;
  while (rows.step()) ids.push_back(rows.string(0));
  if (ids.empty())
    throw Error(Code::not_found, fmt::format("no run {}", quoted(reference)), "list runs with 'mlsys runs list'");
  if (ids.size() > 1)
    throw Error(Code::usage, fmt::format("{} is the beginning of several runs: {}", quoted(reference), join(ids, ", ")),
                "give more digits");
  return ids.front();
}

Run get(Store& store, const std::string& run, Context& context) {
  context.check_stop();
  Found found;
  store.read([&] {
    Statement rows = store.prepare(std::string(run_columns) + "WHERE r.run_id = ?");
    if (!rows.bind(run).step()) find_run(store, run);
    found = read_run(store, rows, context.now());
    Details(store).read(found);
    read_files(store, found);
  });
  return std::move(found.run);
}

namespace {

[[noreturn]] void no_metric(Store& store, std::int64_t row, const std::string& run, const std::string& metric) {
  std::vector<std::string> names;
  Statement known =
      store.prepare("SELECT name FROM latest_metrics JOIN keys ON keys.id = key WHERE run = ? ORDER BY name");
  known.bind(row);
  while (known.step()) names.push_back(known.string(0));
  const std::string hint = did_you_mean(metric, names);
  throw Error(Code::not_found, fmt::format("run {} has no metric {}", quoted(run), quoted(metric)),
              !hint.empty()   ? hint
              : names.empty() ? "it has none"
                              : "it has " + join(names, ", "));
}

}  // namespace

void history(Store& store, const std::string& run, const std::string& metric,
             const std::function<bool(const HistoryPoint&)>& each) {
  store.read([&] {
    const std::int64_t row = find_run(store, run).id;
    const auto key = find_key(store, metric);
    Statement points =
        store.prepare("SELECT step, time, value FROM metrics WHERE run = ? AND key = ? ORDER BY step, time, ordinal");
    bool any = false;
    if (key) {
      points.bind(row, *key);
      while (points.step()) {
        any = true;
        if (!each({points.integer(0), from_ms(points.integer(1)), points.real(2)})) return;
      }
    }
    if (!any) no_metric(store, row, run, metric);
  });
}

Comparison compare(Store& store, const std::vector<std::string>& runs, Context& context) {
  Comparison comparison;
  store.read([&] {
    for (const auto& run : runs) comparison.runs.push_back(get(store, run, context));
  });
  const auto add = [&](const char* section, const std::string& key, const auto& value_of) {
    Difference difference{section, key, {}};
    for (const Run& run : comparison.runs) difference.values.push_back(value_of(run));
    const auto& values = difference.values;
    if (std::any_of(values.begin(), values.end(), [&](const auto& value) { return value != values.front(); }))
      comparison.differences.push_back(std::move(difference));
  };
  const auto add_map = [&](const char* section, const auto& map_of, const auto& text_of) {
    std::set<std::string> names;
    for (const Run& run : comparison.runs)
      for (const auto& [key, value] : map_of(run)) names.insert(key);
    for (const auto& name : names)
      add(section, name, [&](const Run& run) {
        const auto& map = map_of(run);
        const auto found = map.find(name);
        return found == map.end() ? std::nullopt : std::optional<std::string>(text_of(found->second));
      });
  };
  const auto same = [](const std::string& text) { return text; };
  add("attribute", "experiment", [](const Run& run) { return run.experiment; });
  add("attribute", "status", [](const Run& run) { return std::string(name_of(run.status)); });
  add("attribute", "user", [](const Run& run) { return run.user; });
  add("attribute", "source", [](const Run& run) { return run.source; });
  add_map("param", [](const Run& run) -> const auto& { return run.params; }, same);
  add_map(
      "metric", [](const Run& run) -> const auto& { return run.metrics; },
      [](const Latest& latest) { return shortest(latest.value); });
  add_map("tag", [](const Run& run) -> const auto& { return run.tags; }, same);
  const auto inputs = [](const Run& run) {
    std::map<std::string, std::multiset<std::string>> digests;
    for (const Dataset& input : run.inputs)
      digests[input.context.empty() ? input.name : input.context].insert(input.digest);
    return digests;
  };
  const auto all_of_them = [](const std::multiset<std::string>& digests) {
    return join({digests.begin(), digests.end()}, ", ");
  };
  const auto artifacts = [](const Run& run) {
    std::map<std::string, std::string> digests;
    for (const Artifact& artifact : run.artifacts) digests[artifact.name] = artifact.digest;
    return digests;
  };
  add_map("input", inputs, all_of_them);
  add_map("artifact", artifacts, same);
  return comparison;
}

Json to_json(const Run& run) {
  Json json{{"run_id", run.run_id},
            {"name", run.name},
            {"experiment", run.experiment},
            {"status", name_of(run.status)},
            {"start_time", nullptr},
            {"end_time", nullptr},
            {"user", run.user},
            {"source", run.source},
            {"lifecycle", name_of(run.lifecycle)},
            {"params", texts(run.params)},
            {"metrics", Json::object()},
            {"tags", texts(run.tags)}};
  if (run.start_time) json["start_time"] = iso_time(*run.start_time);
  if (run.end_time) json["end_time"] = iso_time(*run.end_time);
  if (run.stale) json["stale"] = true;
  for (const auto& [key, latest] : run.metrics) json["metrics"][key] = number_json(latest.value);
  for (const Dataset& input : run.inputs)
    json["inputs"].push_back({{"name", input.name},
                              {"digest", input.digest},
                              {"context", input.context},
                              {"source_type", input.source_type},
                              {"source", input.source}});
  for (const Artifact& artifact : run.artifacts) json["artifacts"].push_back(to_json(artifact));
  return json;
}

Json to_json(const HistoryPoint& point) {
  return Json{{"step", point.step}, {"time", iso_time(point.time)}, {"value", number_json(point.value)}};
}

Json to_json(const Comparison& comparison) {
  Json json{{"schema", "mlsys.runs/1"}, {"runs", Json::array()}, {"differences", Json::array()}};
  for (const Run& run : comparison.runs) json["runs"].push_back(to_json(run));
  for (const Difference& difference : comparison.differences) {
    Json values = Json::object();
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
      values[comparison.runs[i].run_id] = difference.values[i] ? Json(*difference.values[i]) : Json(nullptr);
    json["differences"].push_back({{"section", difference.section}, {"key", difference.key}, {"values", values}});
  }
  return json;
}

}  // namespace mlsys::track
