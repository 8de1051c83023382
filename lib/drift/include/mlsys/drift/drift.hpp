// Has the data changed? A reference (a table, its saved profile, or the one that a model carries) against current data.
//
// A column drifts when two gates agree: its p-value, corrected for the number of columns (Benjamini-Hochberg), is below
// alpha, and the effect is large enough to matter, so that millions of rows do not make everything drift.
//
//   column                test   statistic          effect
//   integer, real         ks     D                  D
//   boolean, text         chi2   Pearson's chi²     Jensen-Shannon distance, base 2 (0 same, 1 nothing in common)
//
// Missing values and NaN take no part in that test, infinite ones only where both sides are tables. Whether values are
// missing is tested by itself, by Pearson's chi² of missing and present rows; its effect is the change of their share.
// A column drifts by either. All p-values are corrected together. Without a test:
//   drifted   all values of one side are missing; the type has changed (between numbers, booleans, text, times)
//   not       the column is absent on one side; an id, time, weight, query or group; excluded; dates and timestamps;
//             identifiers; no value on either side
// Identifiers are texts of which no value occurs twice on either side, and integers that moreover lie as close as those
// of a sequence: greatest less least is below four times their number, on either side. Features (roles.features) are
// compared all the same. Whether identifiers are missing is tested as anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/roles.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/profile/reference.hpp"

namespace mlsys::drift {

// Numbers made from the current rows, in their order, such as a model's scores; NaN is missing.
struct Computed {
  std::string name;
  std::vector<double> values;
};

struct DriftOptions {
  data::SourceOptions reference;  // unless there is a profile
  std::optional<profile::Profile> profile;
  std::string profile_subject;  // "model 'm'" or "'old.json'", for messages and the report
  data::SourceOptions current;
  // Types that rule when the current data are read (a model's inputs); empty: as the data have them.
  std::vector<data::ColumnInfo> current_types;
  std::vector<Computed> computed;  // compared with the profile's columns of these names; only beside a profile
  std::vector<data::Derivation> derivations;  // for both sides, the current one only beside a profile
  data::Roles roles;
  double alpha = 0.05;              // of the corrected p-value, in (0, 1)
  double numeric_effect = 0.1;      // least D, in [0, 1]
  double categorical_effect = 0.1;  // least distance, in [0, 1]
  double missing_effect = 0.1;      // least change of the share of missing values, in [0, 1]
  double max_share = 0;             // the verdict is "drifted" when a greater share of columns has
};

// One side of a column.
struct SideSummary {
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;
  std::optional<double> mean, sd;  // numeric
  std::vector<double> shares;      // of the bins or categories of ColumnDrift
};

// Missing against present rows of both sides. There is none where nothing is missing.
struct MissingTest {
  double statistic = 0;
  double p_value = 1, p_adjusted = 1;
  double effect = 0;     // absolute difference of the shares
  double threshold = 0;  // of the effect
  bool drifted = false;
};

struct ColumnDrift {
  std::string name;
  data::ColumnType type = data::ColumnType::text;
  std::string role;  // "target", "score", … or empty
  std::string test;  // "ks", "chi2", or empty when none applies
  std::optional<double> statistic, p_value, p_adjusted, effect;
  double threshold = 0;  // of the effect
  bool tested = false;   // counts in the share: a test or one of the two cases without
  bool drifted = false;
  std::optional<MissingTest> missing;
  std::string notes;       // worth knowing whatever the verdict: missing and infinite values, new categories
  std::string reason;      // why it drifted and the notes, or why there is no test
  std::string definition;  // of statistic, p-value and effect
  SideSummary reference, current;
  // What the shares are of: bins of equal width between the 1st and 99th percentile of both (values beyond are in the
  // first and last; those of whole numbers begin and end half way between two), or the most frequent categories and
  // last "(other)" where there are more.
  double low = 0;
  double high = 0;
  std::vector<std::string> categories;
  std::vector<profile::CategoryCount> new_categories;  // not in the reference; at most 20, by falling count
};

struct DriftReport {
  std::string reference, current;              // subjects
  std::string reference_where, current_where;  // which of their rows; empty for all
  std::uint64_t reference_rows = 0;
  std::uint64_t current_rows = 0;
  double alpha = 0;
  double max_share = 0;
  std::uint64_t tested = 0;
  std::uint64_t drifted_columns = 0;
  double share = 0;                  // drifted of tested; 0 when there are none
  bool drifted = false;              // the verdict
  std::vector<ColumnDrift> columns;  // in the reference's order; columns of the current data alone last
};

// Throws Error(Code::usage) for thresholds out of range and unknown columns in roles, for roles.features that either
// side lacks, and when nothing is left to test.
MLSYS_EXPORT DriftReport drift(const DriftOptions& options, Context& ctx);

MLSYS_EXPORT Json to_json(const DriftReport& report);  // schema "mlsys.drift/1"

}  // namespace mlsys::drift
