// Who may write: one process at a time, by flock on a file of its own. Checkpoints happen while it is held, so that
// no other connection can be writing then, which SQLite before 3.51.3 does not survive in rare cases.
#pragma once

#include <filesystem>
#include <string>

#include "mlsys/base/context.hpp"

namespace mlsys::store {

class WriterLock {
 public:
  explicit WriterLock(std::filesystem::path file) : file_(std::move(file)) {}
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  ~WriterLock();

  class Held {
   public:
    explicit Held(WriterLock& lock) : lock_(&lock) {}
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() { lock_->release(); }

   private:
    WriterLock* lock_;
  };
  // Waits up to a minute, then throws Code::conflict; a stop asked for ends the wait.
  [[nodiscard]] Held acquire(const std::string& subject, const Context& context);

 private:
  void release() noexcept;
  std::filesystem::path file_;
  int fd_ = -1;
};

}  // namespace mlsys::store
