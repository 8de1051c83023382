// The options that every verb has.
#pragma once

#include <optional>
#include <string>
#include <string_view>

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

// A usage line, the words after the first line below the command's name.
std::string wrapped_usage(std::string_view usage, std::size_t columns);

}  // namespace mlsys::frame
