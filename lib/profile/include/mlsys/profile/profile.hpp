// What is in a table: `data profile`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::profile {

struct ProfileOptions {
  data::SourceOptions source;
  std::vector<data::Derivation> derivations;
  std::vector<std::string> columns;          // empty: all
  std::string target;                        // adds each column's association with this column
  std::string positive;                      // the target's positive value, when it has two
  std::uint64_t exact_distinct = 1'000'000;  // texts with more distinct values are counted by HyperLogLog
  std::size_t top = 10;                      // most frequent values kept
  std::size_t bins = 20;                     // of the histogram
};

struct ValueCount {
  std::string value;
  std::uint64_t count = 0;
};

// Equal-width bins from low to high; a bin includes its lower end, the last one both.
struct Histogram {
  double low = 0;
  double high = 0;  // microseconds since 1970 for dates and timestamps
  std::vector<std::uint64_t> counts;
};

// What lies between the first and the last of dates and timestamps.
struct TimeGaps {
  std::uint64_t days = 0;          // calendar days (UTC) from the first to the last, both included
  std::uint64_t days_without = 0;  // of these, those on which no value lies
  std::string from, to;            // the two neighbouring values that are furthest apart, the first of equals
};

struct ColumnReport {
  std::string name;
  data::ColumnType type = data::ColumnType::text;
  std::uint64_t nulls = 0;
  std::uint64_t nan = 0;       // numbers: NaN literals; part of nothing else
  std::uint64_t infinite = 0;  // numbers: part of distinct and top alone
  std::uint64_t distinct = 0;
  bool distinct_exact = true;           // otherwise HyperLogLog, within about 5%
  std::optional<std::string> min, max;  // in the type's own order; text by byte
  std::optional<double> mean, sd;       // integers and reals, of finite values; sd of the sample (n - 1)
  std::vector<std::pair<double, std::string>> quantiles;  // share and value; exact, linear between ranks (R type 7);
                                                          // dates and timestamps: the value at the rank below
  std::vector<ValueCount> top;                            // by falling count, then by value
  std::optional<std::uint64_t> min_length, max_length;    // text, code points
  std::optional<double> mean_length;
  std::optional<TimeGaps> gaps;        // dates and timestamps with two different values
  std::optional<Histogram> histogram;  // numbers and times
  std::optional<double> association;   // with the target, see ProfileReport::association
};

struct ProfileReport {
  std::string subject;
  std::string digest;
  std::uint64_t rows = 0;
  std::string target;
  // What `association` is: "auc" (of the number as a score for the positive class; 0.5 says nothing, 0 and 1 say all;
  // rows without the number or the class are left out) or "correlation" (Pearson); empty without a usable target. Times
  // are numbers here. Of text and booleans with at most most_associated values it is the correlation ratio: the root of
  // the share of the target's variance that lies between the values (0 says nothing, 1 says all), which is Cramér's V
  // for a target of two classes. A missing value is a value of its own.
  std::string association;
  static constexpr std::uint64_t most_associated = 1000;
  std::vector<ColumnReport> columns;
};

// Throws Error(Code::usage) for unknown columns and whatever Dataset::open throws.
MLSYS_EXPORT ProfileReport profile(const ProfileOptions& options, Context& ctx);
MLSYS_EXPORT ProfileReport profile(const data::Dataset& dataset, const ProfileOptions& options, Context& ctx);
// Schema "mlsys.data.profile/1".
MLSYS_EXPORT Json to_json(const ProfileReport& report);

}  // namespace mlsys::profile
