#include "writer_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"

namespace mlsys::store {

namespace {
constexpr std::chrono::seconds patience{60};
}

WriterLock::~WriterLock() {
  if (fd_ >= 0) close(fd_);
}

WriterLock::Held WriterLock::acquire(const std::string& subject, const Context& context) {
  if (fd_ < 0) {
    fd_ = open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd_ < 0) {
      const int why = errno;
      throw Error(Code::failed, "cannot write to " + subject + ": " + strerrordesc_np(why),
                  why == ENOSPC ? "disk full: free some space and try again"
                                : "check the permissions of its folder, or choose another with --store");
    }
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::uint64_t pause = 100;  // microseconds: a write takes a few hundred
  while (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK)
      throw Error(Code::failed, "cannot lock " + subject + ": " + strerrordesc_np(errno),
                  "its file system must support flock");
    context.check_stop();
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline)
      throw Error(Code::conflict, "cannot write to " + subject + ": another process has been writing for a minute",
                  "try again later");
    const std::uint64_t jitter = mix64(static_cast<std::uint64_t>(now.time_since_epoch().count())) % pause;
    std::this_thread::sleep_for(std::chrono::microseconds(pause / 2 + jitter));
    pause = std::min<std::uint64_t>(pause * 2, 4'000);
  }
  return Held(*this);
}

void WriterLock::release() noexcept { flock(fd_, LOCK_UN); }

}  // namespace mlsys::store
