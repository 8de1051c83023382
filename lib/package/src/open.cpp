#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "ext/archive/tar_zstd.hpp"
#include "ext/zstd/zstd.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/package/package.hpp"
#include "seal.hpp"

namespace mlsys::package {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 18;
constexpr std::uint64_t max_manifest_bytes = std::uint64_t{1} << 20;
constexpr std::uint64_t tar_block_bytes = 512;
constexpr std::uint64_t max_padding_bytes = std::uint64_t{1} << 20;  // tars end with 1,024 zeros, or a few more
constexpr std::array<unsigned char, 4> zstd_magic = {0x28, 0xB5, 0x2F, 0xFD};

// Reasons alone; open_package() puts the file's name before them.
[[noreturn]] void refuse(const std::string& why, const std::string& hint = {}) {
  throw Error(Code::integrity, why, hint);
}

// The package file, read in blocks without its seal.
class PackageFile {
 public:
  explicit PackageFile(const fs::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) {
      const Code code = errno == ENOENT || errno == ENOTDIR ? Code::not_found : Code::failed;
      throw Error(code, std::strerror(errno));
    }
    struct stat status{};
    if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(fd_);
      throw Error(Code::failed, "it is not a regular file");
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    buffer_.resize(block_bytes);
  }
  PackageFile(const PackageFile&) = delete;
  PackageFile& operator=(const PackageFile&) = delete;
  ~PackageFile() { ::close(fd_); }

  // Throws unless the file ends with the seal of all its other bytes.
  void check_seal(const Context& context) {
    const std::string_view start = read_at(0, zstd_magic.size());
    if (size_ == 0) refuse("the file is empty");
    if (start.size() < zstd_magic.size() || std::memcmp(start.data(), zstd_magic.data(), zstd_magic.size()) != 0) {
      refuse("it is not a package: it does not start with a zstd frame");
    }
    const std::string hint =
        "copy it again; contents that were packed by other tools can be unpacked and verified as a directory";
    if (size_ < zstd_magic.size() + seal_bytes) refuse("it is cut short", hint);
    const std::string seal(read_at(size_ - seal_bytes, seal_bytes));
    if (seal.substr(0, 8) != make_seal(std::string(64, '0')).substr(0, 8)) {
      refuse("the seal at its end is missing, so it is cut short, damaged, or packed by another tool", hint);
    }
    digest::Sha256 sha;
    while (true) {
      context.check_stop();
      const std::string_view block = next();
      if (block.empty()) break;
      sha.update(block);
    }
    if (make_seal(sha.hex()) != seal) refuse("its bytes do not match the seal at its end, so it is damaged", hint);
    position_ = 0;
  }

  // The next block before the seal; empty at its end. Valid until the next call.
  std::string_view next() {
    const std::string_view block = read_at(position_, std::min<std::uint64_t>(block_bytes, body() - position_));
    position_ += block.size();
    return block;
  }

 private:
  [[nodiscard]] std::uint64_t body() const { return size_ - seal_bytes; }

  std::string_view read_at(std::uint64_t offset, std::uint64_t bytes) {
    std::size_t filled = 0;
    while (filled < bytes) {
      const ssize_t got = ::pread(fd_, buffer_.data() + filled, static_cast<std::size_t>(bytes) - filled,
                                  static_cast<off_t>(offset + filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw Error(Code::failed, std::strerror(errno));
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    return {buffer_.data(), filled};
  }

  int fd_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
  std::vector<char> buffer_;
};

// What a package file holds when it is decompressed, and how much of it is not zeros.
class Content {
 public:
  explicit Content(PackageFile& file)
      : frame_([&file] {
          const std::string_view block = file.next();
          return std::span<const char>(block.data(), block.size());
        }) {}

  std::span<const char> next() {
    const std::span<const char> block = frame_.next();
    const auto zeros = std::find_if(block.rbegin(), block.rend(), [](char byte) { return byte != 0; }) - block.rbegin();
    if (std::cmp_less(zeros, block.size())) used_ = bytes_ + block.size() - static_cast<std::uint64_t>(zeros);
    bytes_ += block.size();
    return block;
  }

  // Throws unless the content ends after `used` bytes and the zeros that end a tar.
  void require_end(std::uint64_t used, const Context& context) {
    while (!next().empty() && bytes_ <= used + max_padding_bytes) context.check_stop();
    if (used_ > used || bytes_ > used + max_padding_bytes) refuse("something follows its last file");
  }

 private:
  ext::ZstdFrameReader frame_;
  std::uint64_t bytes_ = 0;
  std::uint64_t used_ = 0;  // up to the last byte that is not zero
};

// What a file takes in a tar: a header and its content, in whole blocks.
std::uint64_t tar_bytes(std::uint64_t content) {
  return (1 + (content + tar_block_bytes - 1) / tar_block_bytes) * tar_block_bytes;
}

void require_regular(const ext::TarMember& member) {
  switch (member.kind) {
    case ext::TarMember::Kind::regular:
      return;
    case ext::TarMember::Kind::directory:
      refuse("it holds a directory entry, " + quoted(member.name));
    case ext::TarMember::Kind::symlink:
      refuse("it holds a symbolic link, " + quoted(member.name));
    case ext::TarMember::Kind::hardlink:
      refuse("it holds a hard link, " + quoted(member.name));
    case ext::TarMember::Kind::other:
      refuse("it holds a special file, " + quoted(member.name));
  }
}

// Adds what it takes in the tar to `used`.
Manifest read_manifest(ext::TarReader& tar, std::uint64_t& used) {
  const std::optional<ext::TarMember> member = tar.next();
  if (!member) refuse("it is empty");
  require_regular(*member);
  if (member->name != manifest_name) {
    refuse("its first member is " + quoted(member->name) + ", not 'package.json'");
  }
  if (member->bytes > max_manifest_bytes)
    refuse("its 'package.json' is larger than " + human_bytes(max_manifest_bytes));
  std::string text(static_cast<std::size_t>(member->bytes) + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const std::size_t got = tar.read(std::span(text).subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  if (filled != member->bytes) refuse("its 'package.json' has not the declared size");
  text.resize(filled);
  used += tar_bytes(member->bytes);
  return parse_manifest(text, "its 'package.json'");
}

void check_limits(const Manifest& manifest, const Limits& limits) {
  if (manifest.files.size() > limits.files) {
    refuse("it holds " + with_thousands(manifest.files.size()) + " files, more than the limit of " +
           with_thousands(limits.files));
  }
  std::uint64_t left = limits.bytes;
  for (const digest::FileDigest& file : manifest.files) {
    if (file.bytes > left) {
      refuse("its files take more than the limit of " + human_bytes(limits.bytes) + " when unpacked",
             "if you trust where it came from, raise the limit: mlsys config set max_unpacked 8GiB");
    }
    left -= file.bytes;
  }
}

// Throws unless `member` is the file that must come next, and says what is wrong with it.
void check_member(const ext::TarMember& member, const Manifest& manifest, std::size_t position) {
  const auto listed = [&](const digest::FileDigest& file) { return file.name == member.name; };
  const auto next = manifest.files.begin() + static_cast<std::ptrdiff_t>(position);
  if (!is_safe_name(member.name)) refuse("unsafe file name " + quoted(member.name));
  require_regular(member);
  if (member.name == manifest_name || std::any_of(manifest.files.begin(), next, listed)) {
    refuse("it holds " + quoted(member.name) + " twice");
  }
  if (std::none_of(next, manifest.files.end(), listed)) {
    refuse("it holds " + quoted(member.name) + ", which its 'package.json' does not list");
  }
  if (member.name != next->name) refuse(quoted(next->name) + " is missing or out of order");
  if (member.bytes != next->bytes) {
    refuse(quoted(member.name) + " has " + with_thousands(member.bytes) + " bytes instead of " +
           with_thousands(next->bytes));
  }
}

[[noreturn]] void cannot_unpack(const fs::path& folder, const std::string& why) {
  throw Error(Code::failed, "cannot unpack into " + quoted(folder.string()) + ": " + why,
              "choose a folder with more space with --temp-dir");
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) cannot_unpack(folder, error.message());
}

void unpack_member(ext::TarReader& tar, const digest::FileDigest& file, const fs::path& target,
                   const Context& context) {
  make_folder(target.parent_path());
  std::ofstream stream(target, std::ios::binary);
  digest::Sha256 sha;
  std::uint64_t bytes = 0;
  std::vector<char> buffer(block_bytes);
  while (true) {
    context.check_stop();
    const std::string_view got(buffer.data(), tar.read(buffer));
    if (got.empty()) break;
    bytes += got.size();
    if (bytes > file.bytes) refuse(quoted(file.name) + " is larger than declared");
    sha.update(got);
    stream.write(got.data(), static_cast<std::streamsize>(got.size()));
  }
  stream.close();
  if (!stream) cannot_unpack(target.parent_path(), std::strerror(errno));
  if (bytes != file.bytes) refuse(quoted(file.name) + " is smaller than declared");
  if (sha.hex() != file.sha256) refuse("the digest of " + quoted(file.name) + " does not match");
}

OpenedPackage unpack(const fs::path& path, const Context& context, const Limits& limits) {
  PackageFile file(path);
  file.check_seal(context);
  Content content(file);
  ext::TarReader tar([&] { return content.next(); });
  std::uint64_t used = 0;
  Manifest manifest = read_manifest(tar, used);
  check_limits(manifest, limits);

  auto scratch = std::make_unique<TempDirectory>(context.temp_dir);
  for (std::size_t i = 0;; ++i) {
    const std::optional<ext::TarMember> member = tar.next();
    if (!member) {
      if (i < manifest.files.size()) refuse(quoted(manifest.files[i].name) + " is missing");
      break;
    }
    check_member(*member, manifest, i);
    unpack_member(tar, manifest.files[i], scratch->path() / "bundle" / member->name, context);
    used += tar_bytes(member->bytes);
  }
  content.require_end(used, context);
  make_folder(scratch->path() / "bundle");
  return {std::move(scratch), std::move(manifest)};
}

}  // namespace

OpenedPackage::OpenedPackage(std::unique_ptr<TempDirectory> scratch, Manifest manifest)
    : scratch_(std::move(scratch)), manifest_(std::move(manifest)) {}
OpenedPackage::OpenedPackage(OpenedPackage&&) noexcept = default;
OpenedPackage& OpenedPackage::operator=(OpenedPackage&&) noexcept = default;
OpenedPackage::~OpenedPackage() = default;

fs::path OpenedPackage::bundle() const { return scratch_->path() / "bundle"; }

OpenedPackage open_package(const fs::path& package, Context& context, const Limits& limits) {
  try {
    return unpack(package, context, limits);
  } catch (const Error& error) {
    if (error.code() == Code::interrupted) throw;
    throw Error(error.code(), "cannot open package " + quoted(package.string()) + ": " + error.message(), error.hint());
  }
}

bool looks_like_package(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  std::ifstream stream(path, std::ios::binary);
  std::array<char, 4> start{};
  stream.read(start.data(), start.size());
  return stream && std::memcmp(start.data(), zstd_magic.data(), start.size()) == 0;
}

void refuse_other_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || path.string().ends_with(".tar.zst") || looks_like_package(path)) return;
  throw Error(Code::usage, quoted(path.string()) + " is not a model: it is no package, but another kind of file",
              path.filename() == "model.ubj"
                  ? "name the folder that holds it"
                  : "write run:ID, @last, name, name@alias, name/version, a bundle directory or a package file");
}

}  // namespace mlsys::package
