// Deleted runs, removed for good.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::track {

struct PurgeOptions {
  std::optional<std::vector<std::string>>
      runs;  // whole ids of deleted runs; all deleted ones, and experiments, without
  std::chrono::seconds min_age = std::chrono::hours(24 * 30);  // since they were deleted
  bool dry_run = false;
};
struct PurgeReport {
  struct Run {
    std::string run_id;
    std::string name;
    std::string experiment;
    Millis deleted;
  };
  struct Kept {
    Run run;
    std::string why;  // "fraud/3 was registered from it"
  };
  bool dry_run = false;
  std::vector<Run> purged;
  std::vector<Kept> kept;                // still needed, or named and too young
  std::vector<std::string> experiments;  // deleted ones that had no runs left: their names are free again
};
// Removes everything that was recorded of these runs; the files that only they had are then for Store::collect(). A run
// stays while a version that exists came from it, or while it is the parent of a run that stays. Versions that were
// deleted forget their run; the audit log does not.
// Each run is removed in one step, so that an interrupted purge can be repeated. Throws Code::failed for a run in
// `runs` that is not deleted.
MLSYS_EXPORT PurgeReport purge(store::Store& store, const PurgeOptions& options, Context& context);
// {"schema": "mlsys.runs/1", "dry_run", "purged": [...], "kept": [{..., "why"}], "experiments": [...]}
MLSYS_EXPORT Json to_json(const PurgeReport& report);

}  // namespace mlsys::track
