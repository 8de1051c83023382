// What writing and reading share: rules for keys, and the numbers behind names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::track {

inline std::int64_t to_ms(Millis time) { return time.time_since_epoch().count(); }
inline Millis from_ms(std::int64_t ms) { return Millis{std::chrono::milliseconds(ms)}; }

// JSON has no NaN and no infinities: "NaN", "Infinity", "-Infinity".
Json number_json(double value);

// Throw Code::failed. `what` is "parameter", "metric" or "tag".
void check_key(std::string_view what, std::string_view key);
void check_value(std::string_view what, std::string_view key, std::string_view value, std::size_t most);

// Throws Code::failed for what ISO 8601 cannot write, which is what milliseconds that are microseconds come to. `doing`
// is "log metric 'loss'".
void check_time(const std::string& doing, std::optional<Millis> time);

// The place of a point within its operation takes 20 bits of its ordinal, the operation's sequence those above.
inline constexpr std::size_t most_points = std::size_t{1} << 20;

inline constexpr std::size_t most_param = 6000;
inline constexpr std::size_t most_tag = 8000;

// The numbers of keys, looked up once.
class Keys {
 public:
  explicit Keys(store::Store& store);
  std::int64_t number(const std::string& key);  // made when it does not exist
 private:
  store::Store& store_;
  store::Statement find_;
  std::map<std::string, std::int64_t, std::less<>> known_;
};
std::optional<std::int64_t> find_key(store::Store& store, std::string_view key);

struct RunRow {
  std::int64_t id;
  Lifecycle lifecycle;
};
// Throws Code::not_found.
RunRow find_run(store::Store& store, const std::string& run);
// The same, and Code::failed when the run is deleted.
std::int64_t run_for_writing(store::Store& store, const std::string& run);

// Made when it does not exist; Code::failed when it is deleted. Within a write.
std::int64_t experiment_for_writing(store::Store& store, const std::string& name, const store::Write& write);
void check_experiment_name(const std::string& name);

inline constexpr std::string_view run_columns =
    "SELECT r.id, r.run_id, r.name, e.name, e.id, r.status, r.lifecycle, r.start_time, r.end_time, r.user, r.source,"
    " r.process, r.heartbeat FROM runs AS r JOIN experiments AS e ON e.id = r.experiment ";

struct Found {
  std::int64_t id;
  Run run;
};
// Whether a run that says RUNNING is no longer: its process is gone, or its heartbeats have stopped, and it has not
// come to say something else since the state that is being read.
bool is_gone(const store::Store& store, std::int64_t run, const std::string& process,
             std::optional<std::int64_t> heartbeat, Millis now);
// A row of run_columns.
Found read_run(const store::Store& store, const store::Statement& row, Millis now);

// Fills in what was logged, with statements prepared once for many runs.
class Details {
 public:
  explicit Details(store::Store& store);
  void read(Found& found);

 private:
  store::Statement params_;
  store::Statement tags_;
  store::Statement metrics_;
};

void set_tag(store::Store& store, Keys& keys, std::int64_t run, const std::string& key, const std::string& value);

}  // namespace mlsys::track
