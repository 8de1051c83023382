// A folder for one test case, removed afterwards.
#pragma once

#include <filesystem>

#include "mlsys/base/context.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::test {

struct Scratch {
  Scratch() : directory(std::filesystem::temp_directory_path()) {}
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return directory.path() / name; }
  TempDirectory directory;
};

// A finished run 'r', the first of a new store, so that something can be its artifact. Within a write.
inline void add_run(store::Store& store) {
  store.prepare("INSERT INTO experiments (name, created, updated) VALUES ('e', 0, 0)").run();
  store
      .prepare(
          "INSERT INTO runs (run_id, experiment, name, status, start_time, user, source)"
          " VALUES ('r', 1, 'n', 'FINISHED', 0, '', '')")
      .run();
}

}  // namespace mlsys::test
