// What every operation is handed instead of global state: the time, the seed, how many threads and how much memory
// it may use, where it may put temporary files, whom to tell about progress, and whether to stop.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mlsys/base/export.hpp"

namespace mlsys {

// Milliseconds since 1970-01-01T00:00:00Z.
using Millis = std::chrono::sys_time<std::chrono::milliseconds>;

// Receives the progress of long work. The default ignores everything. Called from the operation's own thread.
class MLSYS_EXPORT Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress();
  // A phase begins; `total` is in units of `unit`, 0 when unknown.
  virtual void begin(std::string_view /*what*/, std::uint64_t /*total*/, std::string_view /*unit*/) {}
  // `done` so far; `detail` is a short text such as "valid auc 0.731".
  virtual void update(std::uint64_t /*done*/, std::string_view /*detail*/) {}
  virtual void end() {}
  // Something the user should know although the operation goes on. Never repeated by the operation itself.
  virtual void warning(std::string_view /*text*/) {}
  virtual void note(std::string_view /*text*/) {}
};

struct MLSYS_EXPORT Context {
  Context();

  std::function<Millis()> now;      // the clock; the system's unless a test sets it
  std::uint64_t seed = 0;           // the seed of everything random
  unsigned threads = 1;             // at most this many threads; the constructor sets available_threads()
  std::uint64_t memory_budget = 0;  // bytes; the constructor sets 80% of what the machine or cgroup offers
  std::filesystem::path temp_dir;   // for spilling; the constructor sets $TMPDIR or /tmp
  Progress* progress;               // never null
  const std::atomic<bool>* stop;    // never null; set by Ctrl-C

  // Throws Error(Code::interrupted) when a stop was asked for. Call it at every safe point of long work.
  void check_stop() const;
  // The same, deaf to a stop: for keeping what there was when one came.
  [[nodiscard]] Context unstoppable() const;
};

// The smaller of the CPU affinity mask and the cgroup's CPU quota; at least 1.
MLSYS_EXPORT unsigned available_threads();
// What the control groups of a process allow; nothing when there is no limit. `membership` is the text of
// /proc/self/cgroup, `mount` is where version 2 (or the controllers of version 1) are mounted.
struct CgroupLimits {
  std::optional<double> cpus;
  std::optional<std::uint64_t> memory;  // bytes
};
MLSYS_EXPORT CgroupLimits cgroup_limits(std::string_view membership, const std::filesystem::path& mount);
// Physical memory or the cgroup's limit, whichever is smaller, in bytes.
MLSYS_EXPORT std::uint64_t available_memory();

}  // namespace mlsys
