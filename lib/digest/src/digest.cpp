#include "mlsys/digest/digest.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "ext/crypto/sha256.hpp"
#include "mlsys/base/descriptor.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/parallel.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::digest {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;

[[noreturn]] void fail(const fs::path& path, const char* why, Code code = Code::failed) {
  throw Error(code, "cannot read " + quoted(path.string()) + ": " + why);
}

struct Hashed {
  std::string sha256;
  std::uint64_t bytes = 0;
};

Hashed hash_file(const fs::path& path, int extra_flags, const Context& context) {
  // O_NONBLOCK: opening a pipe by mistake must not hang; it means nothing for a regular file.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | extra_flags));
  if (file.get() < 0) {
    const int error = errno;
    fail(path, std::strerror(error), error == ENOENT || error == ENOTDIR ? Code::not_found : Code::failed);
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) fail(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) fail(path, "not a regular file");

  Sha256 sha;
  Hashed hashed;
  std::vector<char> buffer(block_bytes);
  while (true) {
    context.check_stop();
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, std::strerror(errno));
    if (got == 0) break;
    sha.update(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    hashed.bytes += static_cast<std::uint64_t>(got);
  }
  hashed.sha256 = sha.hex();
  return hashed;
}

std::vector<std::string> regular_files(const fs::path& directory) {
  std::error_code error;
  const fs::file_status root = fs::status(directory, error);
  if (!fs::exists(root)) fail(directory, "no such directory", Code::not_found);
  if (!fs::is_directory(root)) fail(directory, "not a directory");

  std::vector<std::string> names;
  fs::recursive_directory_iterator entry(directory, error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    const fs::file_status status = entry->symlink_status();
    if (fs::is_regular_file(status)) {
      names.push_back(entry->path().lexically_relative(directory).generic_string());
    } else if (fs::is_symlink(status)) {
      fail(entry->path(), "symbolic links are not allowed here");
    } else if (!fs::is_directory(status)) {
      fail(entry->path(), "only regular files and directories are allowed here");
    }
    entry.increment(error);
  }
  if (error) fail(directory, error.message().c_str());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

struct Sha256::State {
  ext::Sha256State sha;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

Sha256& Sha256::update(std::string_view bytes) {
  state_->sha.update(bytes.data(), bytes.size());
  return *this;
}

Sha256& Sha256::update(std::span<const std::byte> bytes) {
  state_->sha.update(bytes.data(), bytes.size());
  return *this;
}

std::string Sha256::hex() const {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(64);
  for (const unsigned char byte : state_->sha.digest()) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) { return Sha256().update(bytes).hex(); }

std::string sha256_file(const fs::path& path, Context& context) { return hash_file(path, 0, context).sha256; }

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Json to_json(const FileDigest& file) { return {{"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}}; }

std::string list_digest(std::vector<FileDigest> files) {
  std::sort(files.begin(), files.end(), [](const FileDigest& a, const FileDigest& b) { return a.name < b.name; });
  Sha256 sha;
  for (const FileDigest& file : files) {
    sha.update(file.sha256).update("  ").update(file.name).update(std::string_view("\0", 1));
  }
  return sha.hex();
}

TreeDigest tree_digest(const fs::path& directory, Context& context) {
  const std::vector<std::string> names = regular_files(directory);
  TreeDigest tree;
  tree.files.resize(names.size());
  parallel_for(names.size(), context.threads, [&](std::size_t i) {
    // O_NOFOLLOW: a file exchanged for a link since it was listed is refused too.
    const Hashed hashed = hash_file(directory / names[i], O_NOFOLLOW, context);
    tree.files[i] = {names[i], hashed.sha256, hashed.bytes};
  });
  tree.sha256 = list_digest(tree.files);
  return tree;
}

}  // namespace mlsys::digest
