#include "bundle_files.hpp"

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::package {

std::vector<digest::FileDigest> files_of(const bundle::Bundle& bundle) {
  std::vector<digest::FileDigest> files;
  for (const bundle::FileEntry& file : bundle.manifest().files) files.push_back({file.name, file.sha256, file.bytes});
  const std::string name(bundle::manifest_file);
  const std::filesystem::path path = bundle.directory() / name;
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (error) throw Error(Code::failed, "cannot read " + quoted(path.string()) + ": " + error.message());
  files.push_back({name, bundle.digest(), bytes});
  std::sort(files.begin(), files.end(),
            [](const digest::FileDigest& a, const digest::FileDigest& b) { return a.name < b.name; });
  return files;
}

}  // namespace mlsys::package
