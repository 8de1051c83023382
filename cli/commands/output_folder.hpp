// A folder that a command writes as a whole, in the place of what is there.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {

// True when `path` is `folder` or lies in it, symlinks followed; neither need exist.
inline bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  const auto whole = [](const fs::path& given) {
    std::error_code error;
    const fs::path found = fs::weakly_canonical(fs::absolute(given, error), error);
    return found.has_filename() ? found : found.parent_path();  // "new/" is "new"
  };
  const fs::path inner = whole(path);
  const fs::path outer = whole(folder);
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

// Refuses folders that must not be replaced whatever they hold: where the store `state` lies, what lies in it, and
// where the user stands. `doing` is "write a model to".
inline void check_output_folder(std::string_view doing, const std::filesystem::path& output,
                                const std::filesystem::path& state) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  const auto refuse = [&](std::string_view why) {
    throw Error(Code::usage, fmt::format("cannot {} {}: {}", doing, quoted(output.string()), why), "name a new folder");
  };
  if (lies_in(state, output)) refuse("the store of runs and models lies there");
  if (lies_in(output, state)) refuse("it lies in the store of runs and models");
  if (!error && lies_in(here, output)) refuse("it is the current folder, or holds it");
}

}  // namespace mlsys::frame
