// A validation for people and for continuous integration.
#pragma once

#include <string>
#include <string_view>

#include "mlsys/base/export.hpp"
#include "mlsys/contract/validate.hpp"
#include "mlsys/report/verdict.hpp"

namespace mlsys::contract {

// "range of 'delay'", "schema"
MLSYS_EXPORT std::string title(const CheckResult& check);
// "12 rows (0.02%) are not between 0 and 10", or the reason.
MLSYS_EXPORT std::string explanation(const CheckResult& check);
// "row 3, key 17: 99"
MLSYS_EXPORT std::string text(const Sample& sample);

MLSYS_EXPORT report::Verdict verdict(const ValidateReport& report, std::string_view contract);
// A short page; `footer` says what made it.
MLSYS_EXPORT std::string html(const ValidateReport& report, std::string_view contract, std::string_view footer);

}  // namespace mlsys::contract
