// Whether columns of text need to be looked at for what no text may hold.
#pragma once

#include <filesystem>
#include <vector>

#include "mlsys/base/context.hpp"

namespace mlsys::data {

// True when the files are UTF-8 without NUL bytes throughout. False as well when one cannot be read, and when they are
// so large that they would have to come from the disk once more afterwards.
bool is_clean_text(const std::vector<std::filesystem::path>& files, Context& ctx);

}  // namespace mlsys::data
