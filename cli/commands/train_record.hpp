// The run that a training leaves in the store.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"
#include "mlsys/train/train.hpp"

namespace mlsys::frame {

struct RecordOptions {
  std::filesystem::path state;
  std::string experiment;
  std::string name;
  std::map<std::string, std::string> tags;
  std::string command;  // the command line, as the run's source
};

// A run that measured the same metrics on the same rows.
struct PreviousRun {
  std::string run_id;
  std::string name;
  std::map<std::string, double> metrics;
};

class TrainRecord {
 public:
  // Opens the store, so that one that cannot be written is noticed before anything is trained.
  TrainRecord(const RecordOptions& options, const train::TrainOptions& train, Context& ctx);

  std::string start(const train::TrainReport& report);  // returns the run's id
  void add(const train::Round& round);                  // written about twice a second
  // Records results and model; FINISHED, or KILLED when training was stopped. Returns where the bundle lies.
  std::filesystem::path finish(const train::TrainReport& report);
  // The last finished run of the experiment that this one can be compared with; known after finish().
  [[nodiscard]] const std::optional<PreviousRun>& previous() const { return previous_; }
  void fail(const Error& error) noexcept;  // FAILED, or KILLED for Ctrl-C; nothing when not started

 private:
  void flush();
  [[nodiscard]] std::string measured(const train::TrainReport& report) const;
  void find_previous(const train::TrainReport& report, const std::string& measured);

  const RecordOptions& options_;
  const train::TrainOptions& train_;
  Context ctx_;  // training heeds a stop; what it has made until then is recorded
  store::Store store_;
  std::string run_;
  std::optional<PreviousRun> previous_;
  track::Batch pending_;
  std::chrono::steady_clock::time_point flushed_;
};

}  // namespace mlsys::frame
