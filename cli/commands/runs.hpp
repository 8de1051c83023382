// The verbs of `mlsys runs` and what they share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mlsys/frame/command.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::frame {

inline constexpr std::string_view runs_schema = "mlsys.runs/1";
inline constexpr const char* run_help = "Run: an id, the beginning of one, @last or @last~2";

// The store of the project: for reading; for writing to the runs that it has; for a run that may be its first and makes
// the store when there is none, unless it has a parent, which must be there.
store::Store open_for_reading(Session& session);
store::Store open_for_writing(Session& session);
store::Store open_for_new_run(Session& session, const std::string& parent);

// "loss=0.3", parted at the last `=`, since definitions within metric names have some; nan, inf and -inf are numbers.
std::pair<std::string, double> parse_metric(const std::string& text);
Millis parse_time_option(std::string_view option, const std::string& text);

// How tables show things.
std::string short_id(const std::string& run_id);
std::string shown_time(std::optional<Millis> time);
Table::Cell shown_status(const track::Run& run);
std::string shown_duration(const track::Run& run, Millis now);

// Batches of JSON Lines, logged as they come; `options` is what the call gives beside them, and is part of the first.
// Returns how many of each kind were logged. Errors say which lines were.
struct LineSource {
  std::string run;  // a whole id
  int fd = -1;
  std::string name;       // in errors: "standard input", "'lines.ndjson'"
  std::string operation;  // of the first batch; others are made from it
};
struct LineCounts {
  std::uint64_t lines = 0;
  std::uint64_t metrics = 0;
  std::uint64_t params = 0;
  std::uint64_t tags = 0;
  std::uint64_t inputs = 0;
};
LineCounts log_lines(store::Store& store, const LineSource& source, track::Batch options, Context& context);

std::unique_ptr<Verb> make_runs_start();
std::unique_ptr<Verb> make_runs_exec();
std::unique_ptr<Verb> make_runs_log();
std::unique_ptr<Verb> make_runs_end();
std::unique_ptr<Verb> make_runs_edit();
std::unique_ptr<Verb> make_runs_delete();
std::unique_ptr<Verb> make_runs_restore();
std::unique_ptr<Verb> make_runs_list();
std::unique_ptr<Verb> make_runs_search();
std::unique_ptr<Verb> make_runs_artifacts();
std::unique_ptr<Verb> make_runs_tail();
std::unique_ptr<Verb> make_runs_purge();

}  // namespace mlsys::frame
