// Progress of long work on a terminal: one line on stderr, redrawn at most ten times a second.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "mlsys/base/context.hpp"
#include "mlsys/frame/output.hpp"

namespace mlsys::frame {

class TerminalProgress final : public Progress {
 public:
  // Draws only on a terminal and not in quiet mode; warnings and notes are shown in every case, a note once however
  // often what it is about is opened.
  TerminalProgress(Output& output, bool draw);
  ~TerminalProgress() override;
  void begin(std::string_view what, std::uint64_t total, std::string_view unit) override;
  void update(std::uint64_t done, std::string_view detail) override;
  void end() override;
  void warning(std::string_view text) override;
  void note(std::string_view text) override;

 private:
  using Clock = std::chrono::steady_clock;
  void draw(std::uint64_t done, std::string_view detail);
  void erase();

  Output& output_;
  std::set<std::string, std::less<>> noted_;
  bool enabled_;
  bool drawn_ = false;
  std::string what_;
  std::string unit_;
  std::uint64_t total_ = 0;
  Clock::time_point started_;
  Clock::time_point last_;
};

}  // namespace mlsys::frame
