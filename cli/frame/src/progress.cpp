#include "progress.hpp"

#include <unistd.h>

#include <algorithm>

#include "mlsys/base/text.hpp"

namespace mlsys::frame {
namespace {
constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr std::size_t kBar = 24;
}  // namespace

TerminalProgress::TerminalProgress(Output& output, bool draw) : output_(output), enabled_(draw) {}

TerminalProgress::~TerminalProgress() { erase(); }

void TerminalProgress::begin(std::string_view what, std::uint64_t total, std::string_view unit) {
  what_ = what;
  unit_ = unit;
  total_ = total;
  started_ = last_ = Clock::now();
  if (!enabled_) output_.verbose(what_);
}

void TerminalProgress::update(std::uint64_t done, std::string_view detail) {
  if (!enabled_) return;
  const auto now = Clock::now();
  if (now - last_ < kInterval) return;
  last_ = now;
  draw(done, detail);
}

void TerminalProgress::draw(std::uint64_t done, std::string_view detail) {
  const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
  std::string line = what_ + " ";
  if (total_ > 0) {
    const std::uint64_t shown = std::min(done, total_);
    const std::size_t filled = static_cast<std::size_t>(kBar * shown / total_);
    for (std::size_t i = 0; i < kBar; ++i) line += i < filled ? "━" : "╌";
    if (unit_.empty())  // a share of something that nobody counts
      line += " " + std::to_string(100 * shown / total_) + "%";
    else
      line += " " + with_thousands(shown) + "/" + with_thousands(total_) + " " + unit_;
    if (shown > 0 && elapsed > 1)
      line +=
          ", " + human_seconds(elapsed * static_cast<double>(total_ - shown) / static_cast<double>(shown)) + " left";
  } else {
    line += with_thousands(done) + " " + unit_ + ", " + human_seconds(elapsed);
  }
  if (!detail.empty()) line += "  " + std::string(detail);
  const std::string text = "\r" + truncate_width(line, output_.err_stream().width - 1) + "\x1b[K";
  drawn_ = ::write(output_.err_stream().fd, text.data(), text.size()) > 0;
}

void TerminalProgress::erase() {
  if (!drawn_) return;
  constexpr std::string_view clear = "\r\x1b[K";
  drawn_ = ::write(output_.err_stream().fd, clear.data(), clear.size()) < 0;
}

void TerminalProgress::end() { erase(); }

void TerminalProgress::warning(std::string_view text) {
  erase();
  output_.warn(text);
}

void TerminalProgress::note(std::string_view text) {
  if (!noted_.emplace(text).second) return;
  erase();
  output_.note("note: " + std::string(text));
}

}  // namespace mlsys::frame
