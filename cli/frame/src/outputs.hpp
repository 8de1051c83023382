// Outputs that would destroy what is read.
#pragma once

#include "parser.hpp"

namespace mlsys::frame {

// Throws Error(Code::usage) when an option that writes a file names one that another argument reads: the same file by
// device and inode, so that links and other spellings count, or a file of a folder that is read. Reports in such a
// folder (.html, .md, .xml) are no data and may be written again.
void refuse_outputs_that_are_read(const Parsed& parsed);

}  // namespace mlsys::frame
