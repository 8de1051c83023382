// What runs and versions refer to.
#pragma once

#include <set>

#include "ext/sqlite/sqlite.hpp"
#include "mlsys/store/content.hpp"

namespace mlsys::store {

// Everything that a run or a version that exists refers to. Deleted runs count: they can be restored.
std::set<Reference> references(const ext::sqlite::Database& database);

}  // namespace mlsys::store
