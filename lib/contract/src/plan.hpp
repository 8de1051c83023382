// Checks as SQL over the relation `data`: one number per check tells how many rows fail, and a second query fetches
// some of them for those that do.
#pragma once

#include <string>
#include <vector>

#include "mlsys/contract/validate.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::contract {

struct Planned {
  CheckResult result;
  std::string count;          // an aggregate expression over `data`, BIGINT
  std::uint64_t excused = 0;  // failures that another check reports: values of the wrong type are not missing
  // Samples: "SELECT source_row, <columns> FROM <from> WHERE <where> ORDER BY source_row".
  std::string from = "data";
  std::string where;
  std::vector<std::string> shown;  // columns whose values describe the failure
};

// All checks that SQL decides, for the fields that are columns of `dataset`. Expressions are derived into it.
std::vector<Planned> plan_checks(data::Dataset& dataset, const ValidateOptions& options,
                                 const std::vector<std::string>& absent, Context& ctx);

}  // namespace mlsys::contract
