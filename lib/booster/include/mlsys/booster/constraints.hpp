// XGBoost's constraints on features: monotone_constraints and interaction_constraints. XGBoost itself takes positions
// among the features; here features can be named, since training may leave columns out, and positions then shift.
#pragma once

#include <string>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/booster/parameters.hpp"

namespace mlsys::booster {

// Throws Code::usage for values of another form than these:
//   monotone_constraints     a:1,b:-1  {"a": 1, "b": -1}  (1,0,-1)      1 rising, -1 falling, 0 free
//   interaction_constraints  [["a", "b"], ["c"]]  [[0, 1], [2]]         groups of features that may interact
MLSYS_EXPORT void check_constraints(const Parameters& parameters);

// What constraints need to know of the features, in the booster's order.
struct ConstrainedFeatures {
  std::vector<std::string> names;
  std::vector<bool> categorical;      // by name
  std::vector<std::string> left_out;  // columns that would be features but for what the data hold
};

// The parameters with constraints as XGBoost takes them. Names that were left out are skipped: a model does not depend
// on them. Throws Code::usage for other names, for positions when any column was left out, for a list of positions that
// is not of one value per feature or out of range, and for a rising or falling categorical feature.
MLSYS_EXPORT Parameters place_constraints(Parameters parameters, const ConstrainedFeatures& features);

}  // namespace mlsys::booster
