// A folder for one test case, removed afterwards.
#pragma once

#include <filesystem>

#include "mlsys/base/context.hpp"
#include "mlsys/base/files.hpp"

namespace mlsys::test {

struct Scratch {
  Scratch() : directory(std::filesystem::temp_directory_path()) {}
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return directory.path() / name; }
  TempDirectory directory;
};

}  // namespace mlsys::test
