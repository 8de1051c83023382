// How well one column alone tells the label.
#pragma once

#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::contract {

struct InputPower {
  std::string column;
  double power = 0;  // in [0, 1]
};

// Classes (booleans, text, integers of at most 20 different values): the area under the ROC curve, or 1 minus it where
// that is more, of the column as a score; of several classes, the largest of one against the rest. Numbers: the
// absolute value of Pearson's correlation.
//   Numbers and times score by their value, over the rows that have one; whether there is one is a score as well, and
//   the better of the two counts.
//   Booleans and text score by the mean of the label among rows of the same value, missing being a value: of the odd
//   rows for the even ones and the other way round, so that a value which occurs once says nothing.
// Rows without a label do not count. The result is in the order of `inputs`; `reason` says why there is none.
std::vector<InputPower> input_powers(const data::Dataset& dataset, const std::string& label,
                                     const std::vector<std::string>& inputs, std::string& measure, std::string& reason,
                                     Context& ctx);

}  // namespace mlsys::contract
