// Files that are either whole or not there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "mlsys/base/export.hpp"

namespace mlsys {

// What whoever named a file that does not exist may have meant: "did you mean 'train.csv'?" of the same folder, "there
// is no folder 'data'", or "".
MLSYS_EXPORT std::string hint_for_missing(const std::filesystem::path& path);

// Reads a whole file. Throws Code::not_found when it does not exist, Code::failed when it cannot be read or is
// larger than `max_bytes`.
MLSYS_EXPORT std::string read_file(const std::filesystem::path& path, std::uint64_t max_bytes = 1ULL << 30);

// Writes beside `path` and renames over it; on any failure the old file stays and nothing else remains.
// `durable` also syncs the file and its folder.
MLSYS_EXPORT void write_file(const std::filesystem::path& path, std::string_view bytes, bool durable = false);

// Writes all of it to a descriptor, and waits for its reader also where the descriptor says that it would not: pipes of
// other programs are often non-blocking. Returns 0, or the errno of the write that failed.
[[nodiscard]] MLSYS_EXPORT int write_fully(int fd, std::string_view bytes);

// The error of an output that cannot be written for the reason `error` (errno), with a hint. Always Code::failed: that
// something is missing then is not the user's input missing.
[[noreturn]] MLSYS_EXPORT void throw_write_error(const std::filesystem::path& target, int error);

// An output that appears under its final name only on commit(). The destructor of an uncommitted one removes it.
// The parent folder must exist or be creatable. Symlinked targets are replaced at their destination, which is then
// what target() says; an existing file's permissions are kept. Devices, FIFOs and /dev/stdout are written in place.
class MLSYS_EXPORT PendingFile {
 public:
  explicit PendingFile(std::filesystem::path target);
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  ~PendingFile();
  [[nodiscard]] const std::filesystem::path& path() const { return pending_; }  // write here
  [[nodiscard]] const std::filesystem::path& target() const { return target_; }
  void write(std::string_view bytes);  // the whole content
  void commit(bool durable = false);

 private:
  std::filesystem::path target_;
  std::filesystem::path pending_;
  std::filesystem::path created_;  // the topmost parent made for it, removed again when there is no commit
  bool done_ = false;
};

// The same for a directory. An existing target is exchanged for the new one at once (renameat2) and removed after.
class MLSYS_EXPORT PendingDirectory {
 public:
  explicit PendingDirectory(std::filesystem::path target);
  PendingDirectory(const PendingDirectory&) = delete;
  PendingDirectory& operator=(const PendingDirectory&) = delete;
  ~PendingDirectory();
  [[nodiscard]] const std::filesystem::path& path() const { return pending_; }
  [[nodiscard]] const std::filesystem::path& target() const { return target_; }
  void commit(bool durable = false);

 private:
  std::filesystem::path target_;
  std::filesystem::path pending_;
  std::filesystem::path created_;  // the topmost parent made for it, removed again when there is no commit
  bool done_ = false;
};

// A scratch directory that is removed with its contents. One whose process was killed is removed when the next one is
// made in the same folder: a lock tells them apart.
class MLSYS_EXPORT TempDirectory {
 public:
  explicit TempDirectory(const std::filesystem::path& parent);
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

// An advisory lock on a file (flock), held until destruction. The file is created when missing.
class MLSYS_EXPORT FileLock {
 public:
  enum class Mode { shared, exclusive };
  // Waits up to `timeout_ms`, then throws Error(Code::conflict).
  FileLock(const std::filesystem::path& path, Mode mode, std::int64_t timeout_ms);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  int fd_ = -1;
};

// True when `path` (or its nearest existing parent) lies on NFS, CIFS, 9p, FUSE-based or another network file system.
MLSYS_EXPORT bool on_network_filesystem(const std::filesystem::path& path);

}  // namespace mlsys
