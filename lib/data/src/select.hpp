// --where, --sql, --sample and --limit.
#pragma once

#include <string>

#include "relation.hpp"

namespace mlsys::data {

// Replaces the relation by what the options take of it.
void select_rows(Relation& relation, const SourceOptions& options, const std::string& subject, Engine& engine,
                 Context& ctx);

}  // namespace mlsys::data
