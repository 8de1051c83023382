// Words of command lines that are printed for people to type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"

namespace mlsys {

// One word as a POSIX shell reads it: as it is when every character is plain, else in single quotes.
MLSYS_EXPORT std::string shell_word(std::string_view text);
// The same of each, with blanks between.
MLSYS_EXPORT std::string shell_line(const std::vector<std::string>& words);

}  // namespace mlsys
