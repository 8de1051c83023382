// What a program prints, passed on as it comes and kept in files.
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "mlsys/base/descriptor.hpp"
#include "mlsys/base/files.hpp"

namespace mlsys::track {

class Captured {
 public:
  explicit Captured(const std::filesystem::path& temp_dir);
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured();

  // Its standard output and error.
  [[nodiscard]] int output() const { return streams_[0].theirs.get(); }
  [[nodiscard]] int error() const { return streams_[1].theirs.get(); }
  // Once it was started. Signals that the caller blocks are blocked in the thread that reads.
  void begin();
  // Once it has ended: what is left in the pipes is taken. What programs that it left behind print later is not.
  void finish();

  struct Kept {
    std::string name;  // "stdout.log"
    std::filesystem::path file;
  };
  [[nodiscard]] std::vector<Kept> kept() const;        // those with something in them
  [[nodiscard]] bool whole() const { return whole_; }  // false when the disk was full, say

 private:
  struct Stream {
    const char* name;
    int ours;  // where it is passed on to
    Descriptor pipe = Descriptor();
    Descriptor theirs = Descriptor();
    Descriptor file = Descriptor();
  };
  void read();
  std::size_t take(Stream& stream, std::size_t most);  // how many bytes; 0 at its end
  void take_rest(Stream& stream);

  TempDirectory folder_;
  std::array<Stream, 2> streams_;
  std::atomic<bool> ended_ = false;
  bool whole_ = true;
  std::thread reader_;
};

}  // namespace mlsys::track
