// What Git says of the folder we work in.
#pragma once

#include <memory>
#include <string>

#include "mlsys/base/context.hpp"
#include "mlsys/base/files.hpp"

namespace mlsys::track {

struct GitState {
  std::string commit;  // "" outside a work tree, without a commit, and without Git
  std::string branch;  // "" when none is checked out
  bool dirty = false;  // tracked files differ from the commit, or there are others that are not ignored
  std::shared_ptr<TempDirectory> changes;  // with dirty.diff, when tracked files differ
};
GitState git_state(Context& context);

}  // namespace mlsys::track
