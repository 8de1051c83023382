// Drafting a contract from data. The data that it was drafted from satisfy it, warnings included.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/contract/contract.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/roles.hpp"
#include "mlsys/data/source.hpp"

namespace mlsys::contract {

struct InferOptions {
  data::SourceOptions source;
  std::vector<data::Derivation> derivations;  // derived columns become fields
  data::Roles roles;                          // noted in the contract
  std::uint64_t max_values = 500;             // texts with more distinct values get no "enum"
};

// What is drafted, all of it from every row:
//   type      of each column; "any" where there is no value at all                                             error
//   required  where no value is missing                                                                        error
//   range     of integers and numbers, when all are finite; not of the key                                     warn
//   enum      of text with at most max_values distinct values, each of which occurs three times on average     warn
//   primaryKey  of the id role when it names every row once; without that role of the only column that is named like
//             a key ("id", "key", "uuid", "…_id", "…Id"), is whole numbers or text and names every row once    error
MLSYS_EXPORT Contract infer(const data::Dataset& dataset, const InferOptions& options, Context& ctx);

struct InferReport {
  std::string subject;
  std::uint64_t rows = 0;
  Contract contract;
};
MLSYS_EXPORT InferReport infer(const InferOptions& options, Context& ctx);

}  // namespace mlsys::contract
