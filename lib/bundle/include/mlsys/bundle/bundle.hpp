// The model bundle: a directory that is the same wherever a model lies.
//
//   bundle.json    the Manifest, which lists the digests of all other files
//   model.ubj      the booster in XGBoost's own format
//   golden.json    synthetic rows with exact margins (golden.hpp)
//   contract.json, profile.json    when they were made
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/bundle/manifest.hpp"

namespace mlsys::bundle {

inline constexpr std::string_view manifest_file = "bundle.json";
inline constexpr std::string_view model_file = "model.ubj";
inline constexpr std::string_view golden_file = "golden.json";
inline constexpr std::string_view contract_file = "contract.json";
inline constexpr std::string_view profile_file = "profile.json";

class MLSYS_EXPORT Bundle {
 public:
  // Reads the manifest and verifies every file it lists. Throws Code::not_found when `directory` does not exist or has
  // no bundle.json, Code::integrity when a file is missing or differs, Code::usage for a newer schema. Files that the
  // manifest does not list are not part of the bundle and never read.
  static Bundle load(const std::filesystem::path& directory);

  [[nodiscard]] const Manifest& manifest() const { return manifest_; }
  // SHA-256 of bundle.json, and so of everything.
  [[nodiscard]] const std::string& digest() const { return digest_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] bool has(std::string_view name) const;
  // The content of a listed file, verified again. Throws Code::not_found when the bundle has no such file.
  [[nodiscard]] std::string read(std::string_view name) const;

 private:
  std::filesystem::path directory_;
  std::string digest_;
  Manifest manifest_;
};

// Throws Code::usage unless a bundle may be written to `directory` without losing anything else: nothing is there, or
// an empty folder, or one that holds bundle.json and no other files than it lists.
MLSYS_EXPORT void require_replaceable(const std::filesystem::path& directory);

// Makes a bundle beside its target; nothing appears there before commit().
class MLSYS_EXPORT Writer {
 public:
  // Throws as require_replaceable() does.
  explicit Writer(const std::filesystem::path& target);
  // Throws Code::failed when the name is not a plain file name or was added before.
  void add(std::string_view name, std::string_view bytes);
  // Completes `manifest` with the files, writes it and moves the directory to its target. Returns the digest.
  std::string commit(Manifest manifest, bool durable = true);

 private:
  PendingDirectory directory_;
  std::vector<FileEntry> files_;
};

// True for a name that a bundle may list: letters, digits, '.', '_', '-'; not starting with '.'; not bundle.json.
MLSYS_EXPORT bool is_bundle_file_name(std::string_view name);

}  // namespace mlsys::bundle
