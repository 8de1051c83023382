// The verbs of `mlsys data`, one file each.
#pragma once

#include "mlsys/frame/command.hpp"

namespace mlsys::frame {

extern const VerbInfo data_profile_verb;
extern const VerbInfo data_merge_verb;
extern const VerbInfo data_infer_verb;
extern const VerbInfo data_split_verb;
extern const VerbInfo data_diff_verb;
extern const VerbInfo data_convert_verb;
extern const VerbInfo data_sample_verb;

}  // namespace mlsys::frame
