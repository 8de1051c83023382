// golden.json, schema mlsys.golden/1: rows made up from a model's thresholds and categories (never training data) with
// the exact margins of the booster that was saved. Replayed wherever a bundle arrives, so that a library or machine
// that computes something else is noticed before it scores anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/bundle/manifest.hpp"
#include "mlsys/data/frame.hpp"

namespace mlsys::bundle {

struct Golden {
  data::Frame rows;            // the features in the booster's order: float32 or codes with the manifest's dictionary
  std::size_t width = 1;       // margins per row
  std::vector<float> margins;  // rows × width
};

// Numbers are written as the bits of a float32 ("0x3f800000"), categories by name, missing as null.
MLSYS_EXPORT Json to_json(const Golden& golden);
// Throws Code::integrity when the text is malformed or does not fit the manifest's features.
MLSYS_EXPORT Golden parse_golden(std::string_view text, const Manifest& manifest,
                                 std::string_view subject = "golden.json");

}  // namespace mlsys::bundle
