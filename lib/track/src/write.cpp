// Starting, logging and ending runs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <tuple>

#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/identity.hpp"
#include "rows.hpp"

namespace mlsys::track {

using store::Durability;
using store::RequestHash;
using store::Statement;
using store::Store;
using store::Write;

namespace {

// What latest_metrics holds of one series.
struct Summary {
  double value = 0;
  std::int64_t step = 0;
  std::int64_t time = 0;
  std::int64_t points = 0;
  double least = std::numeric_limits<double>::quiet_NaN();
  double most = std::numeric_limits<double>::quiet_NaN();

  void add(const Summary& other) {
    const auto rank = [](const Summary& s) { return std::tuple(s.step, s.time, !std::isnan(s.value)); };
    if (points == 0 || rank(other) > rank(*this) || (rank(other) == rank(*this) && other.value > value)) {
      value = other.value;
      step = other.step;
      time = other.time;
    }
    points += other.points;
    least = std::fmin(least, other.least);  // which ignore a NaN
    most = std::fmax(most, other.most);
  }
};

void log_params(Store& store, Keys& keys, std::int64_t run,
                const std::vector<std::pair<std::string, std::string>>& params) {
  if (params.empty()) return;
  Statement find = store.prepare("SELECT value FROM params WHERE run = ? AND key = ?");
  Statement insert = store.prepare("INSERT INTO params VALUES (?, ?, ?)");
  for (const auto& [key, value] : params) {
    const std::int64_t number = keys.number(key);
    if (!find.bind(run, number).step()) {
      insert.bind(run, number, value).run();
    } else if (find.text(0) != value) {
      throw Error(Code::failed,
                  fmt::format("cannot log parameter {} = {}: it was logged as {} and parameters do not change",
                              quoted(key), quoted(value), quoted(find.text(0))),
                  "log what changes as a metric or a tag, or start another run");
    }
  }
}

std::string insert_points(std::size_t rows) {
  std::string sql = "INSERT INTO metrics (run, key, step, time, ordinal, value) VALUES ";
  for (std::size_t i = 0; i < rows; ++i) sql += i == 0 ? "(?, ?, ?, ?, ?, ?)" : ", (?, ?, ?, ?, ?, ?)";
  return sql;
}

void log_metrics(Store& store, Keys& keys, std::int64_t run, const std::vector<Point>& points, const Write& write) {
  if (points.empty()) return;
  std::map<std::int64_t, Summary> series;
  std::int64_t ordinal = write.sequence * static_cast<std::int64_t>(most_points);
  // Many rows a statement: starting and ending one takes as long as a row.
  constexpr std::size_t rows = 32;
  std::optional<Statement> many, one;
  std::string_view name;  // of the point before, which is the same more often than not
  std::int64_t key = 0;
  const auto put = [&](Statement& insert, std::size_t from, std::size_t count) {
    int at = 0;
    for (const Point& point : std::span(points).subspan(from, count)) {
      if (point.key != name || from == 0) key = keys.number(point.key);
      name = point.key;
      const std::int64_t time = to_ms(point.time.value_or(write.time));
      for (const std::int64_t value : {run, key, point.step, time, ordinal++}) insert.bind_at(++at, value);
      insert.bind_at(++at, point.value);
      series[key].add({point.value, point.step, time, 1, point.value, point.value});
    }
    insert.run();
  };
  for (std::size_t from = 0; from < points.size();) {
    const std::size_t count = points.size() - from < rows ? 1 : rows;
    std::optional<Statement>& insert = count == 1 ? one : many;
    if (!insert) insert = store.prepare(insert_points(count));
    put(*insert, from, count);
    from += count;
  }
  Statement find =
      store.prepare("SELECT value, step, time, points, least, most FROM latest_metrics WHERE run = ? AND key = ?");
  Statement replace = store.prepare(
      "INSERT INTO latest_metrics (run, key, value, step, time, points, least, most) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (run, key) DO UPDATE SET value = excluded.value, step = excluded.step, time = excluded.time,"
      " points = excluded.points, least = excluded.least, most = excluded.most");
  for (auto& [number, added] : series) {
    Summary whole;
    if (find.bind(run, number).step())
      whole = {find.real(0), find.integer(1), find.integer(2), find.integer(3), find.real(4), find.real(5)};
    whole.add(added);
    replace.bind(run, number, whole.value, whole.step, whole.time, whole.points, whole.least, whole.most).run();
  }
}

void log_inputs(Store& store, std::int64_t run, const std::vector<Dataset>& inputs) {
  for (const Dataset& input : inputs) {
    Statement find =
        store.prepare("SELECT id FROM datasets WHERE digest = ? AND name = ? AND source_type = ? AND source = ?");
    std::int64_t dataset = 0;
    if (find.bind(input.digest, input.name, input.source_type, input.source).step()) {
      dataset = find.integer(0);
    } else {
      store
          .prepare(
              "INSERT INTO datasets (name, digest, source_type, source, schema, profile) VALUES (?, ?, ?, ?, ?, ?)")
          .bind(input.name, input.digest, input.source_type, input.source, input.schema, input.profile)
          .run();
      dataset = store.last_row();
    }
    store.prepare("INSERT INTO inputs VALUES (?, ?, ?) ON CONFLICT DO NOTHING").bind(run, dataset, input.context).run();
  }
}

void check_params(const std::vector<std::pair<std::string, std::string>>& params) {
  for (const auto& [key, value] : params) {
    check_key("parameter", key);
    check_value("parameter", key, value, most_param);
  }
}

// Command lines hold names of files, which may be any bytes; what is recorded is read as text.
std::string as_utf8(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  constexpr std::size_t longest = 4;
  std::string text;
  while (!bytes.empty()) {
    std::size_t size = 1;
    while (size < std::min(longest, bytes.size()) && !is_utf8(bytes.substr(0, size))) ++size;
    const bool valid = is_utf8(bytes.substr(0, size));
    text += valid ? bytes.substr(0, size) : std::string_view("\xef\xbf\xbd");
    bytes.remove_prefix(valid ? size : 1);
  }
  return text;
}

// Of requests: each list begins with its size and whatever may be left out with whether it is there, so that nothing in
// one place reads like something in another.
template <class Pairs>
void add_pairs(RequestHash& hash, const Pairs& pairs) {
  hash.add(static_cast<std::int64_t>(pairs.size()));
  for (const auto& [key, value] : pairs) hash.add(key).add(value);
}

void add_time(RequestHash& hash, std::optional<Millis> time) {
  hash.add(static_cast<std::int64_t>(time.has_value()));
  if (time) hash.add(to_ms(*time));
}

void add_text(RequestHash& hash, const std::optional<std::string>& text) {
  hash.add(static_cast<std::int64_t>(text.has_value()));
  if (text) hash.add(*text);
}

std::uint64_t request_of(const StartOptions& options) {
  RequestHash hash;
  hash.add(options.experiment).add(options.name).add(options.parent).add(name_of(options.status));
  hash.add(options.user).add(options.source).add(static_cast<std::int64_t>(options.process.value_or(0)));
  add_time(hash, options.start_time);
  add_pairs(hash, options.tags);
  add_pairs(hash, options.params);
  return hash.value();
}

std::uint64_t request_of(const std::string& run, const Batch& batch) {
  RequestHash hash;
  hash.add(run).add(static_cast<std::int64_t>(batch.metrics.size()));
  for (const Point& point : batch.metrics) {
    hash.add(point.key).add(point.value).add(point.step);
    add_time(hash, point.time);
  }
  add_pairs(hash, batch.params);
  add_pairs(hash, batch.tags);
  hash.add(static_cast<std::int64_t>(batch.inputs.size()));
  for (const Dataset& input : batch.inputs)
    for (const auto* text :
         {&input.name, &input.digest, &input.context, &input.source_type, &input.source, &input.schema, &input.profile})
      hash.add(*text);
  return hash.value();
}

std::uint64_t request_of(const std::string& run, const Edit& edit) {
  RequestHash hash;
  hash.add(run);
  add_text(hash, edit.name);
  add_text(hash, edit.experiment);
  hash.add(static_cast<std::int64_t>(edit.untag.size()));
  for (const auto& key : edit.untag) hash.add(key);
  return hash.value();
}

}  // namespace

std::string start(Store& store, const StartOptions& options, Context& context) {
  check_experiment_name(options.experiment);
  if (!options.name.empty()) check_key("run", options.name);
  check_params(options.params);
  check_time("start a run", options.start_time);
  for (const auto& [key, value] : options.tags) check_tag(key, value);
  std::string process;
  if (options.process) {
    process = store::process_identity(*options.process);
    if (process.empty())
      throw Error(Code::not_found, fmt::format("cannot start a run of process {}: there is none", *options.process),
                  "pass the number of a process that is running, such as $$");
  }
  return store.write({options.operation, "runs.start", request_of(options)}, Durability::process, context,
                     [&](const Write& write) {
                       const std::string id = random_id();
                       const std::int64_t experiment = experiment_for_writing(store, options.experiment, write);
                       store
                           .prepare(
                               "INSERT INTO runs (run_id, experiment, name, status, start_time, user, source, process)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                           .bind(id, experiment, options.name.empty() ? run_name(id) : options.name,
                                 name_of(options.status), to_ms(options.start_time.value_or(write.time)),
                                 options.user.empty() ? store::current_user() : options.user, as_utf8(options.source),
                                 process.empty() ? std::optional<std::string>() : process)
                           .run();
                       const std::int64_t run = store.last_row();
                       Keys keys(store);
                       log_params(store, keys, run, options.params);
                       for (const auto& [key, value] : options.tags) set_tag(store, keys, run, key, value);
                       if (!options.parent.empty()) {
                         find_run(store, options.parent);
                         set_tag(store, keys, run, "mlflow.parentRunId", options.parent);
                       }
                       return id;
                     });
}

void check(const Batch& batch) {
  std::string_view checked;  // series come one after another, more often than not
  for (const Point& point : batch.metrics) {
    if (point.time) check_time("log metric " + quoted(point.key), point.time);
    if (point.key == checked && !checked.empty()) continue;
    check_key("metric", point.key);
    checked = point.key;
  }
  check_params(batch.params);
  for (const auto& [key, value] : batch.tags) check_tag(key, value);
}

void log(Store& store, const std::string& run, const Batch& batch, Context& context, const std::string& operation) {
  if (batch.metrics.size() > most_points)
    throw Error(Code::usage, fmt::format("cannot log {} points at once: at most {}", batch.metrics.size(), most_points),
                "log them in several batches");
  check(batch);
  store.write({operation, "runs.log", operation.empty() ? 0 : request_of(run, batch)}, Durability::process, context,
              [&](const Write& write) {
                const std::int64_t row = run_for_writing(store, run);
                Keys keys(store);
                log_params(store, keys, row, batch.params);
                for (const auto& [key, value] : batch.tags) set_tag(store, keys, row, key, value);
                log_metrics(store, keys, row, batch.metrics, write);
                log_inputs(store, row, batch.inputs);
                return std::string();
              });
}

void end(Store& store, const std::string& run, RunStatus status, Context& context, std::optional<Millis> end_time,
         const std::string& operation) {
  const bool over = status != RunStatus::running && status != RunStatus::scheduled;
  check_time("end run " + quoted(run), end_time);
  RequestHash hash;
  hash.add(run).add(name_of(status));
  add_time(hash, end_time);
  store.write({operation, "runs.end", hash.value()}, Durability::process, context, [&](const Write& write) {
    std::optional<std::int64_t> ended;
    if (over) ended = to_ms(end_time.value_or(write.time));
    store.prepare("UPDATE runs SET status = ?, end_time = ? WHERE id = ?")
        .bind(name_of(status), ended, run_for_writing(store, run))
        .run();
    return std::string();
  });
}

void edit(Store& store, const std::string& run, const Edit& edit, Context& context, const std::string& operation) {
  if (edit.name) check_key("run", *edit.name);
  if (edit.experiment) check_experiment_name(*edit.experiment);
  store.write({operation, "runs.edit", request_of(run, edit)}, Durability::process, context, [&](const Write& write) {
    const std::int64_t row = run_for_writing(store, run);
    if (edit.name) store.prepare("UPDATE runs SET name = ? WHERE id = ?").bind(*edit.name, row).run();
    if (edit.experiment)
      store.prepare("UPDATE runs SET experiment = ? WHERE id = ?")
          .bind(experiment_for_writing(store, *edit.experiment, write), row)
          .run();
    for (const auto& key : edit.untag) {
      store.prepare("DELETE FROM tags WHERE run = ? AND key = ?").bind(row, find_key(store, key)).run();
      if (store.changes() == 0)
        throw Error(Code::not_found, fmt::format("run {} has no tag {}", quoted(run), quoted(key)),
                    "see its tags: mlsys runs show " + run);
    }
    return std::string();
  });
}

namespace {

// A run that is listed belongs to an experiment that is.
void refuse_deleted_experiment(Store& store, const std::string& run, std::int64_t row) {
  Statement rows = store.prepare(
      "SELECT e.name FROM runs AS r JOIN experiments AS e ON e.id = r.experiment"
      " WHERE r.id = ? AND e.lifecycle = 'deleted'");
  if (!rows.bind(row).step()) return;
  throw Error(Code::failed,
              fmt::format("cannot restore run {}: its experiment {} is deleted", quoted(run), quoted(rows.text(0))),
              fmt::format("restore the experiment first: mlsys experiments restore {}", quoted(rows.text(0))));
}

}  // namespace

void set_lifecycle(Store& store, const std::string& run, Lifecycle lifecycle, Context& context) {
  store.write({{}, "runs.lifecycle", 0}, Durability::process, context, [&](const Write& write) {
    const auto [row, before] = find_run(store, run);
    if (before == lifecycle) return std::string();  // the time of a deletion stays, and what it went with
    if (lifecycle == Lifecycle::active) refuse_deleted_experiment(store, run, row);
    std::optional<std::int64_t> deleted;
    if (lifecycle == Lifecycle::deleted) deleted = to_ms(write.time);
    store.prepare("UPDATE runs SET lifecycle = ?, deleted = ? WHERE id = ?")
        .bind(name_of(lifecycle), deleted, row)
        .run();
    return std::string();
  });
}

}  // namespace mlsys::track
