// How one column goes with another, row by row, and all columns with a target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::profile {

// Area under the ROC curve of values as scores; ties count one half. NaN pairs are left out; nothing when a class is
// missing. `labels` are 1, 0 or NaN.
MLSYS_EXPORT std::optional<double> auc(std::span<const double> values, std::span<const double> labels);
// The root of the share of the targets' variance that lies between the groups, which are numbered from 0; rows whose
// target is not finite are left out. Nothing when the targets do not vary.
MLSYS_EXPORT std::optional<double> correlation_ratio(std::span<const std::int32_t> groups, std::size_t count,
                                                     std::span<const double> targets);
// Pearson's, of the pairs of finite numbers; nothing when either does not vary.
MLSYS_EXPORT std::optional<double> correlation(std::span<const double> values, std::span<const double> targets);

// A column that others are held against. See ProfileReport::association for what that says.
struct Target {
  std::string name;
  std::string measure;         // "auc" of a column of two classes, "correlation" of other numbers; empty: neither
  std::vector<double> values;  // 0 and 1, or the numbers; NaN where there is none
};
// `positive` is the class that is 1; empty: 1 of 0 and 1, true of booleans. Throws Error(Code::usage) for an unknown
// column, and for a positive class that never occurs where there are fewer than three.
MLSYS_EXPORT Target read_target(const data::Dataset& dataset, const std::string& name, std::string positive,
                                Context& ctx);
// Of numbers and times, in the rows of the target.
MLSYS_EXPORT std::optional<double> association(std::span<const double> values, const Target& target);
// Of any column. Nothing where it has no value or the target does not vary, for numbers that do not vary where the
// measure is correlation, and for categories of more than ProfileReport::most_associated values.
MLSYS_EXPORT std::optional<double> association(const data::Dataset& dataset, const std::string& column,
                                               const Target& target, Context& ctx);

// What a printed profile (mlsys.data.profile/1) says of its columns and its target.
struct Associations {
  std::string target;
  std::string measure;  // empty: it was made without a target
  std::map<std::string, double> of;
};
// Throws Error(Code::integrity) for text that is no such document.
MLSYS_EXPORT Associations parse_associations(std::string_view text, std::string_view subject);

}  // namespace mlsys::profile
