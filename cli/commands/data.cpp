#include "data_verbs.hpp"

namespace mlsys::frame {
namespace {

std::span<const VerbInfo> verbs() {
  static const VerbInfo all[] = {data_profile_verb, data_merge_verb,   data_infer_verb, data_diff_verb,
                                 data_split_verb,   data_convert_verb, data_sample_verb};
  return all;
}

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("data", mlsys::frame::verbs())
