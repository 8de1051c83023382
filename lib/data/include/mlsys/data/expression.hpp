// Derived columns and row filters: single, row-local scalar SQL expressions that are safe to run when they come from
// a file that someone else wrote.
//
// An expression is parsed by DuckDB and its tree is checked against a list of what is allowed: column names,
// constants, arithmetic, comparisons, AND/OR/NOT, BETWEEN, IN (list), IS NULL, LIKE, CASE, CAST and TRY_CAST to plain
// types, COALESCE and the functions of allowed_functions(). Everything else (subqueries, aggregates, windows, file and
// system functions, anything that depends on the time or on chance) is refused with Error(Code::usage).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"

namespace mlsys::data {

struct Derivation {
  std::string name;
  std::string expression;           // as written, over the source's column names and earlier derivations
  std::vector<std::string> inputs;  // the columns it reads, in order of first use; filled by Dataset::derive
  bool operator==(const Derivation&) const = default;
};

// "NAME=EXPR", split at the first '='. Throws Error(Code::usage) when either side is empty.
MLSYS_EXPORT Derivation parse_derivation(std::string_view text);

// Names of the functions an expression may call, sorted.
MLSYS_EXPORT const std::vector<std::string>& allowed_functions();

}  // namespace mlsys::data
