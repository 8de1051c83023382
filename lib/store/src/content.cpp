#include "mlsys/store/content.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"

namespace mlsys::store {

namespace fs = std::filesystem;

namespace {

std::string shown(const fs::path& path) { return quoted(path.native(), 200); }

[[noreturn]] void fail(const char* doing, const fs::path& path, int error) {
  throw Error(error == ENOENT ? Code::not_found : Code::failed,
              std::string("cannot ") + doing + " " + shown(path) + ": " + strerrordesc_np(error),
              error == ENOSPC ? "disk full: free some space and try again" : "");
}

class File {
 public:
  File(const fs::path& path, int flags) : path_(path), fd_(open(path.c_str(), flags | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail((flags & O_CREAT) != 0 ? "write" : "read", path, errno);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(fd_); }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  fs::path path_;
  int fd_;
};

// Copies into the file `to`, sharing blocks where the file system can.
void copy_contents(const fs::path& from, const fs::path& to, Context& context) {
  const File source(from, O_RDONLY);
  const File target(to, O_WRONLY | O_CREAT | O_TRUNC);
  if (ioctl(target.fd(), FICLONE, source.fd()) != 0) {
    std::vector<char> buffer(1 << 20);
    while (true) {
      context.check_stop();
      const ssize_t got = ::read(source.fd(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail("read", from, errno);
      if (got == 0) break;
      const int error = write_fully(target.fd(), {buffer.data(), static_cast<std::size_t>(got)});
      if (error != 0) fail("write", to, error);
    }
  }
}

// A stored file must never change.
void make_read_only(const fs::path& path) {
  if (chmod(path.c_str(), 0444) != 0) fail("write", path, errno);
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code error;
  const std::uint64_t bytes = fs::file_size(path, error);
  if (error) fail("read", path, error.value());
  return bytes;
}

// Marks what is there already as in use, so that collecting does not take it for left over. Done before it is looked
// at: what is found then stays.
void touch(const fs::path& path) {
  [[maybe_unused]] const int best_effort = utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
}

struct Listed {
  std::string name;
  std::string sha256;
};

// The files that bundle.json lists. What else it says is the business of the bundle module.
std::vector<Listed> listed_files(const std::string& manifest, const std::string& subject) {
  const Json json = parse_json(manifest, subject, Code::integrity);
  std::vector<Listed> files;
  const auto damaged = [&] {
    return Error(Code::integrity, "cannot read " + subject + ": its list of files is damaged");
  };
  if (!json.is_object() || !json.contains("files") || !json["files"].is_array()) throw damaged();
  for (const auto& file : json["files"]) {
    if (!file.is_object() || !file.contains("name") || !file.contains("sha256") || !file["name"].is_string() ||
        !file["sha256"].is_string())
      throw damaged();
    files.push_back({file["name"].get<std::string>(), file["sha256"].get<std::string>()});
    // Names must not lead out of the directory.
    const std::string& name = files.back().name;
    if (name.empty() || name.front() == '.' || name.find('/') != std::string::npos || name == "bundle.json")
      throw damaged();
  }
  return files;
}

void check_digest(std::string_view digest) {
  if (!digest::is_sha256(digest)) throw Error(Code::usage, quoted(digest) + " is not a SHA-256 digest");
}

[[noreturn]] void damaged(const char* what, std::string_view digest, const std::string& found) {
  throw Error(Code::integrity,
              std::string("cannot use the stored ") + what + " " + std::string(digest.substr(0, 12)) +
                  ": its contents have changed (they now have the digest " + found.substr(0, 12) + ")",
              "restore it from a backup or its source");
}

fs::path object_path(const fs::path& objects, std::string_view digest) {
  return objects / digest.substr(0, 2) / digest;
}

[[noreturn]] void collected(const fs::path& path) {
  throw Error(Code::conflict, "cannot record " + shown(path) + ": it was collected while it was being recorded",
              "try again");
}

// The digest of a stored file; nothing when it is not there, perhaps since this moment.
std::optional<std::string> digest_of(const fs::path& path, Context& context) {
  try {
    return digest::sha256_file(path, context);
  } catch (const Error& error) {
    if (error.code() != Code::not_found) throw;
    return std::nullopt;
  }
}

// False when it is not there, or was altered: then it is to be put again, and that is said.
bool is_intact(const Stored& stored, Context& context) {
  touch(stored.path);
  const auto found = digest_of(stored.path, context);
  if (!found) return false;
  if (found == stored.digest) return true;
  context.progress->warning("the stored artifact " + stored.digest.substr(0, 12) +
                            " had been altered: it is replaced by what is stored now");
  return false;
}

}  // namespace

Stored Content::put_file(const fs::path& file, bool durable, Context& context) {
  if (!fs::is_regular_file(file)) {
    if (!fs::exists(file)) fail("store", file, ENOENT);
    throw Error(Code::usage, "cannot store " + shown(file) + ": it is not a regular file");
  }
  Stored stored;
  stored.digest = digest::sha256_file(file, context);
  stored.path = object_path(objects(), stored.digest);
  if (!is_intact(stored, context)) {
    PendingFile pending(stored.path);
    copy_contents(file, pending.path(), context);
    make_read_only(pending.path());
    if (digest::sha256_file(pending.path(), context) != stored.digest)
      throw Error(Code::conflict, "cannot store " + shown(file) + ": it changed while it was read",
                  "try again when nothing writes to it");
    pending.commit(durable);
  }
  std::error_code error;
  stored.bytes = fs::file_size(stored.path, error);
  if (error) collected(stored.path);
  return stored;
}

Stored Content::put_bytes(std::string_view bytes, bool durable, Context& context) {
  context.check_stop();
  Stored stored{digest::sha256_hex(bytes), bytes.size(), {}};
  stored.path = object_path(objects(), stored.digest);
  if (!is_intact(stored, context)) {
    PendingFile pending(stored.path);
    pending.write(bytes);
    make_read_only(pending.path());
    pending.commit(durable);
  }
  return stored;
}

Stored Content::put_bundle(const fs::path& directory, bool durable, Context& context) {
  std::error_code error;
  if (!fs::exists(directory / "bundle.json", error))
    throw Error(Code::not_found, "cannot store the bundle " + shown(directory) + ": it has no bundle.json",
                "name a directory that 'mlsys train -o' made");
  const std::string manifest = read_file(directory / "bundle.json");
  Stored stored{digest::sha256_hex(manifest), manifest.size(), {}};
  stored.path = bundles() / stored.digest;
  touch(stored.path);
  const bool known = has_intact_bundle(stored.digest, context);
  std::optional<PendingDirectory> pending;
  if (!known) pending.emplace(stored.path);
  for (const auto& file : listed_files(manifest, "the bundle " + shown(directory))) {
    const fs::path from = directory / file.name;
    const fs::path to = known ? from : pending->path() / file.name;
    if (!known) {
      copy_contents(from, to, context);
      make_read_only(to);
    }
    if (digest::sha256_file(to, context) != file.sha256)
      throw Error(Code::integrity,
                  "cannot store the bundle " + shown(directory) + ": " + quoted(file.name) + " was changed",
                  "train it again, or take it from its source");
    stored.bytes += size_of(to);
  }
  if (!known) {
    write_file(pending->path() / "bundle.json", manifest);
    make_read_only(pending->path() / "bundle.json");
    pending->commit(durable);
  }
  return stored;
}

bool Content::has_intact_bundle(const std::string& digest, Context& context) const {
  try {
    bundle(digest, Check::digest, context);
    return true;
  } catch (const Error& error) {
    if (error.code() != Code::not_found && error.code() != Code::integrity) throw;
    std::error_code ignored;
    if (fs::exists(bundles() / digest, ignored))
      context.progress->warning("the stored bundle " + digest.substr(0, 12) +
                                " had been altered: it is replaced by what is stored now");
    return false;
  }
}

Stored Content::file(std::string_view digest, Check check, Context& context) const {
  check_digest(digest);
  Stored stored{std::string(digest), 0, object_path(objects(), digest)};
  std::error_code error;
  stored.bytes = fs::file_size(stored.path, error);
  if (error)
    throw Error(Code::not_found, "no artifact " + stored.digest.substr(0, 12) + " in the store " + shown(folder_),
                "if it was removed by hand, restore it from a backup or log it again");
  if (check == Check::digest) {
    const std::string found = digest::sha256_file(stored.path, context);
    if (found != digest) damaged("artifact", digest, found);
  }
  return stored;
}

Stored Content::bundle(std::string_view digest, Check check, Context& context) const {
  check_digest(digest);
  Stored stored{std::string(digest), 0, bundles() / digest};
  std::error_code error;
  if (!fs::is_directory(stored.path, error))
    throw Error(Code::not_found, "no bundle " + stored.digest.substr(0, 12) + " in the store " + shown(folder_),
                "if it was removed by hand, restore it from a backup or register it again");
  if (check == Check::digest) {
    const std::string manifest = read_file(stored.path / "bundle.json");
    stored.bytes = manifest.size();
    if (const std::string found = digest::sha256_hex(manifest); found != digest) damaged("bundle", digest, found);
    for (const auto& file : listed_files(manifest, "the bundle " + shown(stored.path))) {
      const fs::path path = stored.path / file.name;
      if (!fs::is_regular_file(path, error))
        throw Error(Code::integrity, "cannot use the stored bundle " + stored.digest.substr(0, 12) + ": " +
                                         quoted(file.name) + " is missing");
      if (const std::string found = digest::sha256_file(path, context); found != file.sha256)
        damaged("bundle", digest, found);
      stored.bytes += size_of(path);
    }
  }
  return stored;
}

void Content::copy_file(std::string_view digest, const fs::path& to, Context& context) const {
  copy_contents(file(digest, Check::exists, context).path, to, context);
  // The copy, not the original: what is handed out is what was checked.
  if (const std::string found = digest::sha256_file(to, context); found != digest) damaged("artifact", digest, found);
}

void Content::copy_bundle(std::string_view digest, const fs::path& to, Context& context) const {
  const fs::path from = bundle(digest, Check::exists, context).path;
  const std::string manifest = read_file(from / "bundle.json");
  if (const std::string found = digest::sha256_hex(manifest); found != digest) damaged("bundle", digest, found);
  fs::create_directories(to);
  for (const auto& listed : listed_files(manifest, "the bundle " + shown(from))) {
    copy_contents(from / listed.name, to / listed.name, context);
    if (const std::string found = digest::sha256_file(to / listed.name, context); found != listed.sha256)
      damaged("bundle", digest, found);
  }
  write_file(to / "bundle.json", manifest);
}

void Content::require(const Stored& stored) const {
  std::error_code error;
  if (!fs::exists(stored.path, error)) collected(stored.path);
}

Stored Content::get(const Reference& reference, Check check, Context& context) const {
  return reference.bundle ? bundle(reference.digest, check, context) : file(reference.digest, check, context);
}

}  // namespace mlsys::store
