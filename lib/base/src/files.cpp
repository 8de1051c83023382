#include "mlsys/base/files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "mlsys/base/descriptor.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys {
namespace {

namespace fs = std::filesystem;

std::string shown(const fs::path& path) { return quoted(path.native(), 200); }

std::string describe(int error) {
  const char* text = strerrordesc_np(error);  // unlike strerror: never translated, safe with threads
  return text != nullptr ? text : "error " + std::to_string(error);
}

[[noreturn]] void io_error(const std::string& doing, const fs::path& path, int error) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::string hint;
  switch (error) {
    case EROFS:
      hint = shown(folder) + " is on a read-only file system; choose another folder";
      break;
    case EACCES:
    case EPERM:
      hint = "check the permissions of " + shown(path) + " and of " + shown(folder);
      break;
    case ENOSPC:
    case EDQUOT:
      hint = "there is no space left for " + shown(folder) + "; free some or choose another folder";
      break;
    case ENOENT:
      hint = hint_for_missing(path);
      break;
    default:
      break;
  }
  throw Error(error == ENOENT ? Code::not_found : Code::failed,
              "cannot " + doing + " " + shown(path) + ": " + describe(error), hint);
}

Descriptor opened(const fs::path& path, int flags, mode_t mode = 0666) {
  int fd = -1;
  do fd = open(path.c_str(), flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  return Descriptor(fd);
}

fs::path parent_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

// "out/" and "out/." are "out".
fs::path without_trailing_slash(fs::path path) {
  path = path.lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

// Where a chain of symlinks ends, which need not exist.
fs::path follow(fs::path path) {
  for (int i = 0; i < 40; ++i) {
    std::error_code error;
    if (!fs::is_symlink(fs::symlink_status(path, error))) return path;
    const fs::path next = fs::read_symlink(path, error);
    if (error) return path;
    path = next.is_absolute() ? next : parent_of(path) / next;
  }
  throw_write_error(path, ELOOP);
}

// /dev/stdout, /dev/fd/N and the like, also when they are regular files: others hold them open.
bool is_open_file(const fs::path& path) {
  std::error_code error;
  fs::path at = path;
  for (int i = 0; i < 40; ++i) {
    const fs::path folder = fs::weakly_canonical(parent_of(at), error);
    if (folder.native().starts_with("/proc/") && folder.filename() == "fd") return true;
    if (!fs::is_symlink(fs::symlink_status(at, error))) return false;
    const fs::path next = fs::read_symlink(at, error);
    if (error) return false;
    at = next.is_absolute() ? next : parent_of(at) / next;
  }
  return false;
}

// Makes the missing parents of `target` and returns the topmost of them, or nothing.
fs::path make_parents(const fs::path& target) {
  const fs::path parent = parent_of(target);
  fs::path topmost;
  std::error_code error;
  for (fs::path at = parent; !at.empty() && !fs::exists(at, error); at = at.parent_path()) {
    topmost = at;
    if (at == at.parent_path()) break;
  }
  if (topmost.empty()) {
    if (!fs::is_directory(parent, error)) throw_write_error(target, error ? error.value() : ENOTDIR);
    return topmost;
  }
  fs::create_directories(parent, error);
  if (error) throw_write_error(target, error.value());
  return topmost;
}

// Removes what make_parents() made, as far as it is empty.
void remove_parents(const fs::path& target, const fs::path& topmost) {
  if (topmost.empty()) return;
  for (fs::path at = parent_of(target);; at = at.parent_path()) {
    if (rmdir(at.c_str()) != 0 || at == topmost || at == at.parent_path()) return;
  }
}

fs::path pending_name(const fs::path& target) {
  // The whole must stay within the 255 bytes of a name.
  return parent_of(target) /
         ("." + target.filename().native().substr(0, 230) + "." + random_id().substr(0, 8) + ".part");
}

void sync_path(const fs::path& path, const fs::path& target) {
  const Descriptor file = opened(path, O_RDONLY);
  if (!file.is_open()) throw_write_error(target, errno);
  // Some file systems cannot sync a folder; there is nothing to be done about it.
  if (fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS) throw_write_error(target, errno);
}

void sync_tree(const fs::path& folder, const fs::path& target) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_symlink() && (entry.is_regular_file() || entry.is_directory())) sync_path(entry.path(), target);
  sync_path(folder, target);
}

void wait_for_reader(int fd) {
  pollfd ready{fd, POLLOUT, 0};
  poll(&ready, 1, -1);
}

}  // namespace

int write_fully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(done));
    else if (errno == EAGAIN)
      wait_for_reader(fd);
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

std::string hint_for_missing(const fs::path& path) {
  constexpr std::size_t most = 1000;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<std::string> neighbours;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && neighbours.size() < most;
       entry.increment(error))
    neighbours.push_back(entry->path().filename().string());
  std::string hint = did_you_mean(path.filename().string(), neighbours);
  return hint.empty() && error ? "there is no folder " + shown(folder) : hint;
}

std::string read_file(const fs::path& path, std::uint64_t max_bytes) {
  const Descriptor file = opened(path, O_RDONLY);
  if (!file.is_open()) io_error("read", path, errno);
  struct stat info{};
  if (fstat(file.get(), &info) != 0) io_error("read", path, errno);
  if (S_ISDIR(info.st_mode)) io_error("read", path, EISDIR);
  const auto too_large = [&] {
    throw Error(Code::failed, "cannot read " + shown(path) + ": it is larger than " + human_bytes(max_bytes));
  };
  const auto size = static_cast<std::uint64_t>(std::max<off_t>(0, info.st_size));
  if (size > max_bytes) too_large();
  // One byte more than expected, so that the end is seen without growing. Pseudo files say 0.
  std::string bytes(static_cast<std::size_t>(size) + 1, '\0');
  std::size_t filled = 0;
  while (true) {
    if (filled == bytes.size()) bytes.resize(bytes.size() * 2 + 4096);
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0) {
      if (errno == EINTR) continue;
      io_error("read", path, errno);
    }
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes) too_large();
  }
  bytes.resize(filled);
  return bytes;
}

void throw_write_error(const fs::path& target, int error) {
  try {
    io_error("write", target, error);
  } catch (const Error& thrown) {
    throw Error(Code::failed, thrown.message(), thrown.hint());
  }
}

void write_file(const fs::path& path, std::string_view bytes, bool durable) {
  PendingFile pending(path);
  pending.write(bytes);
  pending.commit(durable);
}

PendingFile::PendingFile(fs::path target) : target_(std::move(target)) {
  if (target_.empty()) throw Error(Code::usage, "cannot write a file with an empty name");
  std::error_code error;
  const fs::file_status status = fs::status(target_, error);
  if (fs::is_directory(status) || !target_.has_filename())
    throw Error(Code::usage, "cannot write " + shown(target_) + ": it is a folder", "name a file inside it");
  if ((fs::exists(status) && !fs::is_regular_file(status)) || is_open_file(target_)) {
    pending_ = target_;
    return;
  }
  target_ = follow(std::move(target_));
  created_ = make_parents(target_);
  pending_ = pending_name(target_);
  // Made at once: a folder that cannot be written to is better found before the work than after.
  const Descriptor file = opened(pending_, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) {
    const int why = errno;
    remove_parents(target_, created_);
    throw_write_error(target_, why);
  }
  struct stat old{};
  if (stat(target_.c_str(), &old) == 0) [[maybe_unused]]
    const int best_effort = fchmod(file.get(), old.st_mode & 0777);
}

PendingFile::~PendingFile() {
  if (done_ || pending_ == target_) return;
  unlink(pending_.c_str());
  remove_parents(target_, created_);
}

void PendingFile::write(std::string_view bytes) {
  Descriptor file = opened(pending_, O_WRONLY | O_TRUNC);
  if (!file.is_open()) throw_write_error(target_, errno);
  if (const int error = write_fully(file.get(), bytes); error != 0) throw_write_error(target_, error);
  if (!file.close()) throw_write_error(target_, errno);
}

void PendingFile::commit(bool durable) {
  if (done_) return;
  if (pending_ != target_) {
    if (durable) sync_path(pending_, target_);
    if (rename(pending_.c_str(), target_.c_str()) != 0) throw_write_error(target_, errno);
    done_ = true;
    if (durable) sync_path(parent_of(target_), target_);
  }
  done_ = true;
}

PendingDirectory::PendingDirectory(fs::path target) {
  if (target.empty()) throw Error(Code::usage, "cannot write a folder with an empty name");
  target_ = without_trailing_slash(std::move(target));
  std::error_code error;
  const fs::file_status status = fs::status(target_, error);
  if (fs::exists(status) && !fs::is_directory(status))
    throw Error(Code::usage, "cannot write the folder " + shown(target_) + ": a file of that name exists",
                "remove it or choose another name");
  target_ = follow(std::move(target_));
  // "." and ".." cannot be exchanged under that name.
  if (target_ == "." || target_.filename() == "..") target_ = fs::absolute(fs::canonical(target_, error));
  if (!target_.has_filename()) throw Error(Code::usage, "cannot replace the folder " + shown(target_));
  created_ = make_parents(target_);
  pending_ = pending_name(target_);
  if (mkdir(pending_.c_str(), 0777) != 0) {
    const int why = errno;
    remove_parents(target_, created_);
    throw_write_error(target_, why);
  }
}

PendingDirectory::~PendingDirectory() {
  if (done_) return;
  std::error_code error;
  fs::remove_all(pending_, error);
  remove_parents(target_, created_);
}

void PendingDirectory::commit(bool durable) {
  if (done_) return;
  if (durable) sync_tree(pending_, target_);
  const auto move = [](const fs::path& from, const fs::path& to, unsigned flags) {
    return renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0 ? 0 : errno;
  };
  const auto unsupported = [](int error) { return error == EINVAL || error == ENOSYS || error == ENOTSUP; };
  bool replaced = false;
  int error = move(pending_, target_, RENAME_NOREPLACE);
  if (error == EEXIST) {
    std::error_code ignored;
    if (!fs::is_directory(target_, ignored))
      throw_write_error(target_, ENOTDIR);  // a file came first: not ours to remove
    error = move(pending_, target_, RENAME_EXCHANGE);
    replaced = error == 0;
  }
  if (unsupported(error)) {
    // Not atomic, but the old one is never lost.
    const fs::path old = pending_name(target_);
    const int aside = move(target_, old, 0);
    error = aside == 0 || aside == ENOENT ? move(pending_, target_, 0) : aside;
    if (aside == 0) {
      if (error != 0) {
        move(old, target_, 0);
      } else {
        std::error_code ignored;
        fs::remove_all(old, ignored);
      }
    }
  }
  if (error != 0) throw_write_error(target_, error);
  done_ = true;
  if (durable) sync_path(parent_of(target_), target_);
  if (replaced) {
    std::error_code ignored;
    fs::remove_all(pending_, ignored);  // now the old one
  }
}

namespace {

constexpr std::string_view temporary_prefix = "mlsys-tmp-";
constexpr std::size_t temporary_digits = 12;

[[noreturn]] void no_temporary(const fs::path& parent, int error) {
  try {
    throw_write_error(parent, error);
  } catch (const Error& thrown) {
    throw Error(Code::failed, "cannot make temporary files in " + shown(parent) + ": " + describe(error),
                "choose another folder with --temp-dir");
  }
}

// Ours, and nobody holds its lock any more.
void remove_if_abandoned(const fs::path& folder) {
  const Descriptor held = opened(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  struct stat info{};
  if (!held.is_open() || fstat(held.get(), &info) != 0 || info.st_uid != geteuid()) return;
  if (flock(held.get(), LOCK_EX | LOCK_NB) != 0) return;
  std::error_code best_effort;
  fs::remove_all(folder, best_effort);
}

void remove_abandoned(const fs::path& parent) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(temporary_prefix) && name.size() == temporary_prefix.size() + temporary_digits)
      found.push_back(entry->path());
  }
  for (const auto& folder : found) remove_if_abandoned(folder);
}

bool is_at(int descriptor, const fs::path& path) {
  struct stat held{};
  struct stat there{};
  return fstat(descriptor, &held) == 0 && lstat(path.c_str(), &there) == 0 && held.st_ino == there.st_ino &&
         held.st_dev == there.st_dev;
}

}  // namespace

TempDirectory::TempDirectory(const fs::path& parent) {
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) no_temporary(parent, error.value());
  remove_abandoned(parent);
  while (lock_ < 0) {
    path_ = parent / (std::string(temporary_prefix) + random_id().substr(0, temporary_digits));
    if (mkdir(path_.c_str(), 0700) != 0) no_temporary(parent, errno);
    Descriptor made = opened(path_, O_RDONLY | O_DIRECTORY);
    if (const int why = errno; !made.is_open() && why != ENOENT) {
      rmdir(path_.c_str());
      no_temporary(parent, why);
    }
    // Before it was locked, somebody else may have taken it for abandoned.
    const bool taken = made.is_open() && flock(made.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (made.is_open() && !taken && is_at(made.get(), path_)) lock_ = made.release();
  }
}

TempDirectory::~TempDirectory() {
  std::error_code error;
  fs::remove_all(path_, error);
  close(lock_);
}

FileLock::FileLock(const fs::path& path, Mode mode, std::int64_t timeout_ms) {
  // Created for everyone who may write to the folder; a reader without that right can still share.
  Descriptor file = opened(path, O_RDWR | O_CREAT);
  if (!file.is_open() && mode == Mode::shared && (errno == EACCES || errno == EROFS || errno == EPERM))
    fd_ = opened(path, O_RDONLY).release();
  else
    fd_ = file.release();
  if (fd_ < 0) {
    const int why = errno;
    try {
      io_error("lock", path, why);
    } catch (const Error& thrown) {
      throw Error(Code::failed, thrown.message(), thrown.hint());
    }
  }
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(std::clamp<std::int64_t>(timeout_ms, 0, 1LL << 40));
  auto pause = std::chrono::milliseconds(1);
  while (flock(fd_, (mode == Mode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    const int why = errno;
    if (why == EINTR) continue;
    const auto now = Clock::now();
    if (why != EWOULDBLOCK || now >= deadline) {
      close(std::exchange(fd_, -1));
      if (why != EWOULDBLOCK) io_error("lock", path, why);
      throw Error(Code::conflict, "cannot lock " + shown(path) + ": another process holds it", "try again later");
    }
    std::this_thread::sleep_for(std::min(
        pause, std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now) + std::chrono::milliseconds(1)));
    pause = std::min(pause * 2, std::chrono::milliseconds(50));
  }
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

bool on_network_filesystem(const fs::path& path) {
  struct statfs info{};
  std::error_code error;
  fs::path at = fs::absolute(path, error);
  while (statfs(at.c_str(), &info) != 0) {
    const fs::path parent = at.parent_path();
    if (parent == at || at.empty()) return false;
    at = parent;
  }
  constexpr std::uint64_t remote[] = {
      0x6969,      // NFS
      0x517B,      // SMB
      0xFF534D42,  // CIFS
      0xFE534D42,  // SMB2
      0x01021997,  // 9P
      0x65735546,  // FUSE: sshfs, s3fs, GlusterFS and the like
      0x00C36400,  // Ceph
      0x5346414F,  // AFS
      0x6B414653,  // kAFS
      0x73757245,  // Coda
      0x0BD00BD0,  // Lustre
      0x47504653,  // GPFS
      0x19830326,  // BeeGFS
      0x7461636F,  // OCFS2
      0x01161970,  // GFS2
      0x564C,      // NCP
      0xAAD7AAEA,  // PanFS
      0x786F4256,  // VirtualBox shared folders
  };
  // The type is a signed long on some machines; only 32 bits are ever used.
  const auto type = static_cast<std::uint64_t>(info.f_type) & 0xFFFFFFFF;
  return std::find(std::begin(remote), std::end(remote), type) != std::end(remote);
}

}  // namespace mlsys
