// What changes from one contract to the next, and for whom it matters.
//
// A reader relies on what the old contract promises of the data: a change breaks readers when data that keep the new
// contract can break the old one (a field is gone, a type is wider, values may be missing, a range is larger, a check
// is gone or only warns). A writer has to keep the contract: a change breaks writers when data that keep the old one
// can break the new one. Titles, descriptions and roles break nobody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/contract/contract.hpp"

namespace mlsys::contract {

struct Change {
  std::string place;  // "field 'delay'", "contract"
  std::string text;   // "minimum is -100, was -60"
  bool breaks_readers = false;
  bool breaks_writers = false;
};

struct CompareReport {
  std::vector<Change> changes;  // of fields in the old contract's order, of new fields, of the contract
  bool compatible = true;       // no change breaks readers
};

MLSYS_EXPORT CompareReport compare(const Contract& before, const Contract& after);
// Schema "mlsys.data.contracts/1"; `before` and `after` name the contracts.
MLSYS_EXPORT Json to_json(const CompareReport& report, std::string_view before, std::string_view after);

}  // namespace mlsys::contract
