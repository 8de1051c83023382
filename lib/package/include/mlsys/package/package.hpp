// A model bundle as one file that can be sent anywhere and checked there.
//
// A package is a tar in one zstd frame, followed by a seal.
//   - The first member is package.json (schema mlsys.package.manifest/1): the name, SHA-256 and size of every other
//     member, and the digest of the model, which is that of its bundle: the SHA-256 of bundle.json.
//   - The other members are bundle.json and the files it lists, sorted by the bytes of their names: regular files, mode
//     0644, owner 0:0, time 0. The same bundle gives the same tar; the same version of zstd gives the same package.
//   - The seal is a skippable zstd frame (RFC 8878, 3.1.2) of 40 bytes: magic 0x184D2A5F, length 32, and the SHA-256
//     of all bytes before it. zstd and tar ignore it; here a package without a fitting seal is refused before
//     anything is decompressed.
//
// Reading trusts nothing: only the files listed in package.json, each once, within the limits, all regular, named by
// relative paths of the characters A-Z a-z 0-9 . _ - without "." and ".." components; then zeros, at most 1 MiB, to the
// end of the one frame, which the seal follows at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/digest/digest.hpp"

namespace mlsys::package {

// What package.json says.
struct Manifest {
  std::string name;                       // of the registered model, or empty
  std::string version;                    // of the registered model, or empty
  std::string digest;                     // of the bundle
  std::vector<digest::FileDigest> files;  // sorted by name; package.json itself is not among them
};

inline constexpr std::string_view manifest_name = "package.json";  // the first file of a package

// Strict. Throws Error(Code::integrity) for everything else, for a newer schema with a hint to upgrade.
MLSYS_EXPORT Manifest parse_manifest(std::string_view text, std::string_view subject);
MLSYS_EXPORT Json to_json(const Manifest& manifest);

// True when a name may occur in a package: see above; at most 200 bytes, at most 8 components.
MLSYS_EXPORT bool is_safe_name(std::string_view name);

struct Limits {
  std::uint64_t files = 1000;
  std::uint64_t bytes = std::uint64_t{4} << 30;  // of all members together, decompressed
};

struct PackageOptions {
  std::filesystem::path bundle;  // a bundle directory
  std::filesystem::path output;  // usually NAME.tar.zst
  std::string name;              // of the registered model, recorded in the manifest; may be empty
  std::string version;
};

struct PackageReport {
  std::filesystem::path package;
  std::uint64_t bytes = 0;        // of the package file
  std::uint64_t golden_rows = 0;  // replayed; 0 when the bundle has none
  Manifest manifest;
};

// Writes the package; the output appears whole or not at all. The bundle is verified and its golden rows are replayed
// first. Files in its directory that bundle.json does not list are left out. A file at `output` is replaced when it is
// empty or a package, otherwise it is Code::usage. Throws what bundle::Bundle::load and predict::replay_golden throw,
// and Code::failed for a file that changes meanwhile and for I/O errors.
MLSYS_EXPORT PackageReport write_package(const PackageOptions& options, Context& context);
// {"schema": "mlsys.package/1", package, digest, bytes, files[], golden_rows, signed_by: null,
// verdict: "pass"}
MLSYS_EXPORT Json to_json(const PackageReport& report);

// A package unpacked into a scratch directory, which is removed with this object.
class MLSYS_EXPORT OpenedPackage {
 public:
  OpenedPackage(std::unique_ptr<TempDirectory> scratch, Manifest manifest);
  OpenedPackage(OpenedPackage&&) noexcept;
  OpenedPackage& operator=(OpenedPackage&&) noexcept;
  ~OpenedPackage();

  [[nodiscard]] std::filesystem::path bundle() const;  // the bundle directory
  [[nodiscard]] const Manifest& manifest() const { return manifest_; }

 private:
  std::unique_ptr<TempDirectory> scratch_;
  Manifest manifest_;
};

// Unpacks into context.temp_dir, checking the seal, every name, size and digest. (Bundle::load of the result checks
// that bundle.json lists just these files.) Throws Code::not_found when there is no such file, Code::integrity for
// everything that is not a whole, undamaged package.
MLSYS_EXPORT OpenedPackage open_package(const std::filesystem::path& package, Context& context,
                                        const Limits& limits = {});

// True when `path` is a regular file that starts like a package (a zstd frame). Never throws.
MLSYS_EXPORT bool looks_like_package(const std::filesystem::path& path);

// For a model that somebody named: throws Error(Code::usage) when `path` is a regular file that neither starts like a
// package nor is named like one (.tar.zst), so that it is another kind of file and no damaged package.
MLSYS_EXPORT void refuse_other_file(const std::filesystem::path& path);

}  // namespace mlsys::package
