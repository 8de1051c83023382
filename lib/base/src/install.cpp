#include "mlsys/base/install.hpp"

#include <dlfcn.h>

#include <system_error>

#include "mlsys/base/build_id.hpp"
#include "mlsys/base/error.hpp"

namespace mlsys {
namespace {

InstallPaths find_paths() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&install_paths), &info) == 0 || info.dli_fname == nullptr)
    throw Error(Code::failed, "cannot find where mlsys is installed");
  std::error_code error;
  const auto library = std::filesystem::canonical(info.dli_fname, error);
  if (error) throw Error(Code::failed, "cannot find where mlsys is installed: " + error.message());
  InstallPaths paths;
  paths.libraries = library.parent_path();
  paths.commands = paths.libraries / "commands";
  paths.engines = paths.libraries / "engines";
  paths.share = paths.libraries.parent_path().parent_path() / "share" / "mlsys";
  return paths;
}

}  // namespace

const InstallPaths& install_paths() {
  static const InstallPaths paths = find_paths();
  return paths;
}

const char* version() { return MLSYS_VERSION; }

const char* build_id() { return MLSYS_BUILD_ID; }

}  // namespace mlsys
