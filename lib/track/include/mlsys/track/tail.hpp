// What is logged to a run while it is under way, as it comes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::track {

struct Arrival {
  std::string metric;
  HistoryPoint point;
};
// {"schema": "mlsys.runs/1", "run_id", "metric", "step", "time", "value"}
MLSYS_EXPORT Json to_json(const std::string& run, const Arrival& arrival);

// The run at one moment, and what came between the moment before and this one.
struct Moment {
  std::vector<Arrival> points;  // in the order in which they were logged
  RunStatus status = RunStatus::running;
  bool stale = false;  // as in Run
  std::optional<Millis> end_time;
  // RUNNING and SCHEDULED runs are not over. One that is over can still be logged to.
  [[nodiscard]] bool over() const { return status != RunStatus::running && status != RunStatus::scheduled; }
};
// {"schema": "mlsys.runs/1", "run_id", "status", "end_time"} and "stale" when it is
MLSYS_EXPORT Json to_json(const std::string& run, const Moment& moment);

// Reads every point once. What a call costs depends on the points that are new, not on those that are there, as long as
// steps do not go back.
class MLSYS_EXPORT Tail {
 public:
  // `run` is a whole id. Only these metrics, which the run need not have yet; all when empty. The store must outlive
  // it.
  Tail(store::Store& store, std::string run, std::vector<std::string> metrics);

  // The first call returns `most` points, those with the greatest steps; later ones everything logged since the call
  // before, whatever `most` is. Throws Code::not_found when there is no such run (any more).
  Moment next(std::size_t most, Context& context);

 private:
  store::Store& store_;
  std::string run_;
  std::vector<std::string> metrics_;
  std::optional<std::int64_t> seen_;  // ordinals below it are known
  struct Series {
    std::int64_t points = 0;
    std::int64_t step = 0;  // the greatest
  };
  std::map<std::int64_t, Series> series_;  // by key
};

}  // namespace mlsys::track
