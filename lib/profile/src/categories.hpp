#pragma once

#include "mlsys/profile/reference.hpp"

namespace mlsys::profile {

// Folds all but the max_categories most frequent values into the rest; the values are sorted by byte before and after.
void keep_most_frequent(Categories& categories);

}  // namespace mlsys::profile
