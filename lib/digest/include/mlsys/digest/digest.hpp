// SHA-256 (FIPS 180-4) of bytes, files and directory trees, as 64 lower-case hexadecimal digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"

namespace mlsys::digest {

// Incremental: update() in any pieces, hex() of everything so far; more may follow after hex().
class MLSYS_EXPORT Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  Sha256& update(std::string_view bytes);
  Sha256& update(std::span<const std::byte> bytes);
  [[nodiscard]] std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

MLSYS_EXPORT std::string sha256_hex(std::string_view bytes);

// Streamed in blocks of 1 MiB; symbolic links are followed. Throws Code::not_found when `path` does not exist,
// Code::failed when it is not a regular file or cannot be read.
MLSYS_EXPORT std::string sha256_file(const std::filesystem::path& path, Context& context);

// True for 64 lower-case hexadecimal digits.
MLSYS_EXPORT bool is_sha256(std::string_view text);

struct FileDigest {
  std::string name;  // relative to the tree, '/' between components
  std::string sha256;
  std::uint64_t bytes = 0;

  friend bool operator==(const FileDigest&, const FileDigest&) = default;
};

// {"name", "sha256", "bytes"}
MLSYS_EXPORT Json to_json(const FileDigest& file);

struct TreeDigest {
  std::string sha256;
  std::vector<FileDigest> files;  // sorted by the bytes of their names
};

// The digest of a list of files: SHA-256 over "<sha256>  <name>\0" of each in the order of the bytes of their names.
// `files` need not be sorted; names must be distinct. With GNU tools, in the directory itself:
//   find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum -z | sha256sum
MLSYS_EXPORT std::string list_digest(std::vector<FileDigest> files);

// The digests of all regular files below `directory`, and the list_digest of them. Only names and contents count:
// not modes, times or owners, and not empty directories. Files are hashed by up to `context.threads` threads.
// Throws Code::not_found when there is no such directory, Code::failed for a symbolic link, device, socket or pipe
// inside it, since those mean something else on another machine.
MLSYS_EXPORT TreeDigest tree_digest(const std::filesystem::path& directory, Context& context);

}  // namespace mlsys::digest
