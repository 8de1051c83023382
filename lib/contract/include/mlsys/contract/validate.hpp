// Data against a contract.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/contract/contract.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/source.hpp"

namespace mlsys::contract {

struct ValidateOptions {
  data::SourceOptions source;
  std::vector<data::Derivation> derivations;
  Contract contract;
  std::string contract_subject = "contract";  // names it in errors
  std::string id;                 // the column that names rows in samples; otherwise the primary key or the id role
  std::uint64_t max_samples = 5;  // offending rows kept per check
  bool strict = false;            // warnings fail as well
  bool without_target = false;    // the field with the role target may be absent: there are no labels yet
  bool serving = false;           // as when a model is used: nor need fields with "serving": false be there
  // What checks compare with: the name in the contract, and a data argument or the file of a profile (mlsys.profile/1).
  // Other names are files below `folder`, which is the contract's own; without a folder there are none.
  std::map<std::string, std::string> references;
  std::filesystem::path folder;
  // Files for the rows that pass, and for those that fail, a check of rows with severity error (strict: or warn),
  // within its tolerance or not; empty: none. With the columns of the source and their values as they are there.
  std::filesystem::path valid, invalid;
};

// A row that fails a check.
struct Sample {
  std::uint64_t row = 0;              // 1 is the first record of the source
  std::optional<std::uint64_t> line;  // of the file on which the record begins; nothing for Parquet and the like
  std::string file;                   // of several, the one that `line` is of
  std::optional<std::string> key;     // values of the key columns, joined by ", "; nothing without a key
  std::optional<std::string> value;   // the value; of several columns "a=1, b=x"; nothing when missing
};

struct CheckResult {
  CheckKind kind = CheckKind::schema;
  std::string name;  // the kind's, or the one that the contract gives
  std::vector<std::string> columns;
  Severity severity = Severity::error;
  bool passed = true;
  // Rows that fail. For schema, new_columns and column_order: columns. unique, duplicates and primary_key count the
  // rows after the first of their kind; conflicting_labels all rows of a group that conflicts; class_ratio the classes
  // outside the limits; label_leakage and association inputs; rows, freshness, statistic and distribution 0 or 1.
  std::uint64_t failures = 0;
  double failing_share = 0;     // of all rows (schema: of all fields, new_columns: of all columns, label_leakage: of
                                // all inputs, association: of those compared)
  double tolerance = 0;         // the failing share with which the check still passes
  std::vector<Sample> samples;  // the first offending rows, in row order
  std::string expected;         // "between 0 and 10"
  // What was measured, passed or not: rows (or their ratio to the reference's), statistic, distribution, and of
  // freshness the age in seconds. Nothing for other checks, and where there was nothing to measure.
  std::optional<double> value = {};
  std::string reason;  // a failed check in words, where the numbers do not say it all
};

struct ValidateReport {
  std::string subject;
  std::string file;  // the source, when it is one file that has a name
  std::uint64_t rows = 0;
  bool passed = true;        // no check failed with severity error (strict: or warn)
  std::uint64_t errors = 0;  // failed checks of each severity
  std::uint64_t warnings = 0;
  std::vector<CheckResult> checks;  // schema, then by field in the contract's order, then of the table
  std::optional<std::uint64_t> valid_rows, invalid_rows;  // when one of the files was asked for
};

// Every check is evaluated; all row-local ones share one pass, and only those that fail look for their rows. Throws
// what Dataset::open throws for data and references that cannot be read, Error(Code::not_found) for a reference that is
// none, and Error(Code::usage) for patterns and expressions that are none and for expressions that are not row-local
// (data/expression.hpp).
MLSYS_EXPORT ValidateReport validate(const ValidateOptions& options, Context& ctx);

MLSYS_EXPORT Json to_json(const ValidateReport& report);

}  // namespace mlsys::contract
