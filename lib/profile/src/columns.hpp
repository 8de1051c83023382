// What the profile of a column says of its values.
#pragma once

#include <optional>

#include "mlsys/profile/reference.hpp"

namespace mlsys::profile {

// Rows that have a value, infinite ones apart.
std::uint64_t values_of(const ColumnProfile& column);
// Whether every different value can be read off the profile.
bool lists_values(const ColumnProfile& column);
// The sketch of a column's values, made from its list of them where there is one; nothing where neither is there.
std::optional<DistinctSketch> sketch_of(const ColumnProfile& column);

}  // namespace mlsys::profile
