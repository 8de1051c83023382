// Checks as SQL over the relation `data`: one number per check tells how many rows fail, and a second query fetches
// some of them for those that do.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "subject.hpp"

namespace mlsys::contract {

struct Planned {
  CheckResult result;
  std::string count;  // an aggregate expression over `data`, BIGINT
  // Samples: "SELECT source_row, <columns> FROM <from> WHERE <where> ORDER BY source_row".
  std::string from = "data";
  std::string where;
  bool local = false;              // `where` looks at its own row alone: it can be evaluated while the rows are read
  std::vector<std::string> shown;  // columns whose values describe the failure
  // Called before anything is counted: for checks that must look at the data to know what they look for.
  std::function<void(Planned&)> settle;
};

// All checks that SQL decides, for the fields that are columns of the dataset. Expressions are derived into it, and
// what they compare with becomes tables beside it.
std::vector<Planned> plan_checks(const Subject& subject);

// Derives the values of dates with a format: the field, and the column that holds them.
std::map<std::string, std::string> derive_formatted(data::Dataset& dataset, const Contract& contract,
                                                    const std::string& contract_subject);

}  // namespace mlsys::contract
