// Where this installation lies. Found from the running library's own path, so that a moved install works.
#pragma once

#include <filesystem>

#include "mlsys/base/export.hpp"

namespace mlsys {

struct InstallPaths {
  std::filesystem::path libraries;  // <root>/lib/mlsys
  std::filesystem::path commands;   // <root>/lib/mlsys/commands
  std::filesystem::path engines;    // <root>/lib/mlsys/engines
  std::filesystem::path share;      // <root>/share/mlsys
};

MLSYS_EXPORT const InstallPaths& install_paths();
MLSYS_EXPORT const char* version();   // "0.1.0"
MLSYS_EXPORT const char* build_id();  // changes with any public header; see mlsys/base/build_id.hpp

}  // namespace mlsys
