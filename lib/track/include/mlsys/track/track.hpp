// Runs: what was tried, with which parameters, and how it went. The model of MLflow's tracking, with its rules:
//
//   - a run belongs to one experiment; experiments have unique names, and the one of a run is made when it does not
//   exist
//   - a parameter is written once: the same value again is fine, another is Code::failed
//   - a tag is replaced when it is written again
//   - a metric is a series of points, kept whole; its latest point is the greatest (step, time, value), a NaN being
//     less than any number
//   - keys have 1 to 250 characters and no control characters; parameter values at most 6,000, tags 8,000 characters
//
// Every write is acknowledged when it returns: it survives the process being killed. Each takes an operation id
// (store::Operation::id); an empty one is made up, a repeated one does nothing again.
//
// Times that are left out are those of the write (store::Write::time), which never go back although clocks do.
//
// A run started by a process that recorded itself and is gone, on this machine, reads as FAILED (`stale`), and so does
// one whose heartbeats (exec.hpp) have stopped for five minutes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/filter.hpp"

namespace mlsys::track {

enum class RunStatus { running, scheduled, finished, failed, killed };
enum class Lifecycle { active, deleted };

// ---- Writing ----------------------------------------------------------------------------------------------------

struct StartOptions {
  std::string experiment = "default";  // made when it does not exist
  std::string name;                    // made from the id when empty: "brave-otter-417"
  RunStatus status = RunStatus::running;
  std::optional<Millis> start_time;  // now
  std::string user;                  // the login name when empty
  std::string source;                // what started it, such as a command line; bytes that are no UTF-8 become U+FFFD
  std::string parent;                // run id; becomes the tag mlflow.parentRunId
  std::vector<std::pair<std::string, std::string>> params;
  std::map<std::string, std::string> tags;
  std::optional<int> process;  // whose end ends the run: getpid() for a run within this process
  std::string operation;
};
// With its parameters and tags, or not at all. Returns the run's id: 32 hexadecimal digits.
MLSYS_EXPORT std::string start(store::Store& store, const StartOptions& options, Context& context);

struct Point {
  std::string key;
  double value = 0;
  std::int64_t step = 0;
  std::optional<Millis> time;  // now
};

struct Dataset {
  std::string name;
  std::string digest;
  std::string source_type;  // "file", "sqlite", ...
  std::string source;       // a path or query
  std::string schema;       // JSON text
  std::string profile;      // JSON text
  std::string context;      // "train", "valid", "test"
};

struct Batch {
  std::vector<Point> metrics;
  std::vector<std::pair<std::string, std::string>> params;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<Dataset> inputs;
  [[nodiscard]] bool empty() const { return metrics.empty() && params.empty() && tags.empty() && inputs.empty(); }
};
// The rules for keys, values and times, which log() applies too. Throws Code::failed.
MLSYS_EXPORT void check(const Batch& batch);
// All of it or nothing. `run` is a whole id.
MLSYS_EXPORT void log(store::Store& store, const std::string& run, const Batch& batch, Context& context,
                      const std::string& operation = {});

struct ArtifactSource {
  std::string name;            // a relative path
  std::filesystem::path path;  // a file or a folder
};
// Copies each file, and every file below each folder (links to folders are not followed, and that is said), into the
// store and records it under its name, all of them or none. Another content under the same name replaces what the run
// had before; Code::usage when two of these would. Returns the digests of the files, in the order of `sources` and,
// within a folder, of their names.
MLSYS_EXPORT std::vector<std::string> log_artifacts(store::Store& store, const std::string& run,
                                                    const std::vector<ArtifactSource>& sources, Context& context,
                                                    const std::string& operation = {});
// The same of one.
MLSYS_EXPORT std::vector<std::string> log_artifact(store::Store& store, const std::string& run, const std::string& name,
                                                   const std::filesystem::path& path, Context& context,
                                                   const std::string& operation = {});
// The run's model: a bundle directory, recorded as the artifact "model". What `run:ID` resolves to. Returns its digest.
MLSYS_EXPORT std::string log_model(store::Store& store, const std::string& run, const std::filesystem::path& bundle,
                                   Context& context, const std::string& operation = {});

// Ends a run, or sets it to `status` again. `end_time` is now when left out, and nothing for RUNNING and SCHEDULED.
MLSYS_EXPORT void end(store::Store& store, const std::string& run, RunStatus status, Context& context,
                      std::optional<Millis> end_time = std::nullopt, const std::string& operation = {});

struct Edit {
  std::optional<std::string> name;
  std::optional<std::string> experiment;  // to move to, made when it does not exist
  std::vector<std::string> untag;         // Code::not_found when the run has no such tag
};
// All of it or nothing.
MLSYS_EXPORT void edit(store::Store& store, const std::string& run, const Edit& edit, Context& context,
                       const std::string& operation = {});
// Deleted runs are kept, listed only when asked for, and can be restored.
MLSYS_EXPORT void set_lifecycle(store::Store& store, const std::string& run, Lifecycle lifecycle, Context& context);

// ---- Reading ----------------------------------------------------------------------------------------------------

struct Latest {
  double value = 0;
  std::int64_t step = 0;
  Millis time;
  std::uint64_t count = 0;  // points of the series
  double min = 0;           // of the series without NaN; NaN when there is nothing else
  double max = 0;
};

struct Artifact {
  std::string name;
  std::string digest;
  std::uint64_t bytes = 0;
  bool bundle = false;
};

struct Run {
  std::string run_id;
  std::string name;
  std::string experiment;
  std::int64_t experiment_id = 0;
  RunStatus status = RunStatus::running;
  bool stale = false;  // status is FAILED because the process is gone, not because it said so
  Lifecycle lifecycle = Lifecycle::active;
  std::optional<Millis> start_time;
  std::optional<Millis> end_time;
  std::string user;
  std::string source;
  std::map<std::string, std::string> params;
  std::map<std::string, Latest> metrics;
  std::map<std::string, std::string> tags;
  std::vector<Dataset> inputs;      // get() only
  std::vector<Artifact> artifacts;  // get() only
};
// {"run_id", "name", "experiment", "status", "start_time", "end_time", "params", "metrics", "tags"} and, when there
// are any, "inputs" and "artifacts". A metric that is not finite is the text "NaN", "Infinity" or "-Infinity".
MLSYS_EXPORT Json to_json(const Run& run);

// `reference` is an id or a unique beginning of one of at least 4 digits, @last (the newest active run), @last~2
// (two before it), or either with "run:" before it. Throws Code::not_found, and Code::usage when it is ambiguous.
MLSYS_EXPORT std::string resolve_run(store::Store& store, std::string_view reference);

// Throws Code::not_found. `run` is a whole id.
MLSYS_EXPORT Run get(store::Store& store, const std::string& run, Context& context);

// Copies artifacts out of the store, each checked against its digest: Code::integrity when it was altered. `name` is an
// artifact, which becomes `target` or, when that is a folder, lies in it; or a folder of artifacts ("plots"), or
// nothing for all of them, which lie below `target` then. All of it or nothing. Bundles and several files go into a new
// or empty folder only: Code::usage for another. Returns what was copied; Code::not_found when there is nothing of that
// name.
MLSYS_EXPORT std::vector<Artifact> fetch_artifacts(store::Store& store, const std::string& run, const std::string& name,
                                                   const std::filesystem::path& target, Context& context);
// Of these artifacts, those that `name` means: itself, or those of a folder, or all when it is empty. Code::not_found,
// with what there is instead.
MLSYS_EXPORT std::vector<Artifact> artifacts_named(const Run& run, const std::string& name);
MLSYS_EXPORT Json to_json(const Artifact& artifact);

struct SearchOptions {
  std::vector<std::string> experiments;  // names; all when empty
  std::string filter;                    // see filter.hpp; every run when empty
  // Columns of filters, each with ASC or DESC: "metrics.auc DESC", or several with commas; at most 8. Numbers in order,
  // texts by their bytes; NaN, then runs without the value, come last either way. The newest runs come first among
  // equals, and when this is empty.
  std::vector<std::string> order_by;
  Lifecycle lifecycle = Lifecycle::active;
  std::size_t limit = 100;
  std::string page;  // `next` of the page before, of the same search
};
struct RunPage {
  std::vector<Run> runs;
  std::string next;                // empty on the last page
  std::vector<std::string> notes;  // what the reader may have meant otherwise: a metric that no run has
};
// Pages do not overlap, and what is added between two of them moves nothing from one to the other. Throws Code::usage
// for a filter, key or page that cannot be read, Code::not_found for an experiment.
MLSYS_EXPORT RunPage search(store::Store& store, const SearchOptions& options, Context& context);
// {"schema": "mlsys.runs/1", "runs": [...], "next_page": ...}
MLSYS_EXPORT Json to_json(const RunPage& page);

// Calls `each` with every run of a search, in its order, as the store is at one moment; `page` is ignored, and so is
// `limit` when it is 0. Returns the notes of the search.
MLSYS_EXPORT std::vector<std::string> each_run(store::Store& store, const SearchOptions& options, Context& context,
                                               const std::function<void(Run)>& each);

// The same search with only some columns of its runs.
using Cell = std::variant<std::nullptr_t, std::int64_t, double, std::string, Millis>;  // nullptr_t: the run has none
struct RunTable {
  std::vector<std::string> columns;  // as they are written back: metric.auc is metrics.auc
  std::vector<std::string> run_ids;
  std::vector<std::vector<Cell>> rows;
  std::string next;
  std::vector<std::string> notes;
};
// `columns` are those of filters with commas between: "run_name,params.depth,max(metrics.auc)"; at most 1,000.
MLSYS_EXPORT RunTable select(store::Store& store, const SearchOptions& options, const std::string& columns,
                             Context& context);
// {"schema": "mlsys.runs/1", "columns": [...], "runs": [{"run_id": ..., "metrics.auc": ...}], "next_page": ...}
MLSYS_EXPORT Json to_json(const RunTable& table);

// What a search asks of the database: statements that are run one after the other until the page is full.
struct Explanation {
  struct Statement {
    std::string what;
    Sql sql;
    std::vector<std::string> plan;  // the database's, indented
  };
  std::string filter;                 // as it was understood
  std::vector<Statement> statements;  // of the page
  std::vector<Statement> considered;  // counts that decided where to begin, with their results as `what`
};
MLSYS_EXPORT Explanation explain(store::Store& store, const SearchOptions& options, Context& context);
MLSYS_EXPORT Json to_json(const Explanation& explanation);

struct HistoryPoint {
  std::int64_t step = 0;
  Millis time;
  double value = 0;
};
// {"step", "time", "value"}
MLSYS_EXPORT Json to_json(const HistoryPoint& point);
// Calls `each` with every point in the order of step, time and arrival; stops when it returns false. Throws
// Code::not_found when the run has no such metric.
MLSYS_EXPORT void history(store::Store& store, const std::string& run, const std::string& metric,
                          const std::function<bool(const HistoryPoint&)>& each);

struct Difference {
  std::string section;  // "attribute", "param", "metric", "tag", "input", "artifact"
  std::string key;
  // One per run, nothing where it has none. Of data, the digests of all that it used in one context, in order.
  std::vector<std::optional<std::string>> values;
};
struct Comparison {
  std::vector<Run> runs;
  std::vector<Difference> differences;  // only what differs
};
MLSYS_EXPORT Comparison compare(store::Store& store, const std::vector<std::string>& runs, Context& context);
MLSYS_EXPORT Json to_json(const Comparison& comparison);

// ---- Experiments ------------------------------------------------------------------------------------------------

struct Experiment {
  std::int64_t id = 0;
  std::string name;
  Lifecycle lifecycle = Lifecycle::active;
  Millis created;
  std::uint64_t runs = 0;  // active ones
  std::optional<Millis> newest_run;
  std::map<std::string, std::string> tags;
};
MLSYS_EXPORT Json to_json(const Experiment& experiment);
MLSYS_EXPORT std::vector<Experiment> experiments(store::Store& store, Lifecycle lifecycle);
// Code::conflict when the name is taken.
MLSYS_EXPORT Experiment create_experiment(store::Store& store, const std::string& name,
                                          const std::map<std::string, std::string>& tags, Context& context);
// Sets and then removes tags, all or nothing. Throws Code::not_found for an experiment that does not exist and for a
// tag to remove that it does not have; Code::failed when it is deleted.
MLSYS_EXPORT Experiment tag_experiment(store::Store& store, const std::string& name,
                                       const std::map<std::string, std::string>& tags,
                                       const std::vector<std::string>& untag, Context& context);
MLSYS_EXPORT void rename_experiment(store::Store& store, const std::string& name, const std::string& to,
                                    Context& context);
// Its runs are deleted, or restored, with it.
MLSYS_EXPORT void set_experiment_lifecycle(store::Store& store, const std::string& name, Lifecycle lifecycle,
                                           Context& context);

// The rules for tags, wherever they are. Throws Code::failed.
MLSYS_EXPORT void check_tag(std::string_view key, std::string_view value);

// "brave-otter-417", always the same for one id.
MLSYS_EXPORT std::string run_name(std::string_view run_id);

}  // namespace mlsys::track

template <>
struct mlsys::NameTable<mlsys::track::RunStatus> {
  static constexpr std::string_view what = "run status";
  static constexpr auto entries = std::to_array<NameEntry<track::RunStatus>>({
      {track::RunStatus::running, "RUNNING", "under way"},
      {track::RunStatus::scheduled, "SCHEDULED", "not begun"},
      {track::RunStatus::finished, "FINISHED", "ended well"},
      {track::RunStatus::failed, "FAILED", "ended with an error"},
      {track::RunStatus::killed, "KILLED", "stopped by someone"},
  });
};

template <>
struct mlsys::NameTable<mlsys::track::Lifecycle> {
  static constexpr std::string_view what = "lifecycle";
  static constexpr auto entries = std::to_array<NameEntry<track::Lifecycle>>({
      {track::Lifecycle::active, "active", "in use"},
      {track::Lifecycle::deleted, "deleted", "kept, but not listed"},
  });
};
