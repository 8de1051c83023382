// The options that every verb has.
#pragma once

#include <optional>
#include <string>

#include "mlsys/frame/frame.hpp"

namespace mlsys::frame {

struct CommonOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool help = false;
  std::optional<std::string> color, store, threads, memory, temp_dir;
};

void declare_common(Options& options, CommonOptions& common);

}  // namespace mlsys::frame
