// Dividing rows into parts: pure functions over rows, and the `data split` verb.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/data/source.hpp"

namespace mlsys::data {

enum class SplitMethod { random, stratified, time, group };

// 2 to 255 fractions that are > 0 and add up to 1 (within 1e-9), else Error(Code::usage).
MLSYS_EXPORT void check_fractions(std::span<const double> fractions);

// Rows of each part, which add up to `rows`: whole ones first, then one more each to the largest remainders (the first
// of equals).
MLSYS_EXPORT std::vector<std::uint64_t> part_sizes(std::uint64_t rows, std::span<const double> fractions);

// The functions below return the part (index into `fractions`) of each row. Fractions are as said above; part sizes are
// rounded by largest remainder, so that they add up exactly. Same arguments, same parts. Throw Error(Code::usage) for
// bad fractions, and when a part would get no row.

// Each row alike.
MLSYS_EXPORT std::vector<std::uint8_t> split_random(std::uint64_t rows, std::span<const double> fractions,
                                                    std::uint64_t seed);
// Every stratum (any integers; -1 is one too) is divided by the fractions by itself; rounding is settled over all
// strata so that no part's total is off by more than one row.
MLSYS_EXPORT std::vector<std::uint8_t> split_stratified(std::span<const std::int32_t> strata,
                                                        std::span<const double> fractions, std::uint64_t seed);
// The earliest rows go to the first part, and so on. Rows of the same instant are not parted, so sizes may differ from
// the fractions. `times` must have no missing value.
MLSYS_EXPORT std::vector<std::uint8_t> split_by_time(std::span<const std::int64_t> times,
                                                     std::span<const double> fractions);
// Rows of one group stay together; groups are dealt at random, each to the part that lacks most rows.
MLSYS_EXPORT std::vector<std::uint8_t> split_by_group(std::span<const std::int32_t> groups,
                                                      std::span<const double> fractions, std::uint64_t seed);

// ---- data split

struct SplitPart {
  std::string name;  // of the file, without its ending; letters, digits, '-', '_' and '.'
  double fraction = 0;
};

// "train=0.7,valid=0.15,test=0.15"
MLSYS_EXPORT std::vector<SplitPart> parse_split_parts(std::string_view text);
// Equal parts for cross-validation: fold1, fold2, … (fold01, … of ten and more); as values of a column 1, 2, …
MLSYS_EXPORT std::vector<SplitPart> fold_parts(std::uint64_t folds, bool as_column);

struct SplitOptions {
  SourceOptions source;
  std::vector<SplitPart> parts = {{"train", 0.8}, {"test", 0.2}};
  std::string stratify;  // at most one of these three columns
  std::string time;
  std::string group;
  std::filesystem::path output;  // folder; with `column` a file
  std::string column;            // one file with all rows and this column of parts' names, instead of a file per part;
                                 // names that are all whole numbers make whole numbers
  std::vector<std::string> exclude;  // columns by which rows are not compared when shared rows are counted: an id
  std::vector<std::string> leak;     // columns whose values should not be in two parts: a user, a patient
  std::string ending;                // "csv", "parquet", "ndjson", "csv.gz", …; empty: as the source, else parquet
  bool force = false;                // replace files that exist
};

struct SplitReport {
  struct Part {
    std::string name;
    std::filesystem::path path;
    std::uint64_t rows = 0;
    std::string first, last;        // by time: the range of the part
    std::uint64_t shared_rows = 0;  // of these, with the same values as a row of an earlier part: leakage
    // Of SplitOptions::leak: rows whose value an earlier part has too.
    std::vector<std::pair<std::string, std::uint64_t>> shared_values;
  };
  std::string subject;
  SplitMethod method = SplitMethod::random;
  std::string column;       // of stratify, time or group
  std::string part_column;  // of the output, when there is one
  std::uint64_t rows = 0;
  std::uint64_t seed = 0;
  std::string digest;
  std::vector<Part> parts;
};

// Writes one file per part, or one with a column, in source order; all of them appear or none.
MLSYS_EXPORT SplitReport split(const SplitOptions& options, Context& ctx);
MLSYS_EXPORT Json to_json(const SplitReport& report);

}  // namespace mlsys::data

template <>
struct mlsys::NameTable<mlsys::data::SplitMethod> {
  using T = mlsys::data::SplitMethod;
  static constexpr std::string_view what = "split method";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::random, "random", "each row alike"},
      {T::stratified, "stratified", "the same share of each value"},
      {T::time, "time", "earliest rows first"},
      {T::group, "group", "rows of a group stay together"},
  });
};
