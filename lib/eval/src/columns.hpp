// Turning columns of a frame into what metrics take, with refusals that name column, row and remedy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlsys/data/frame.hpp"

namespace mlsys::eval {

// Throws Error(Code::failed) naming the first row of the column that has no value (or, for numbers, is infinite).
void require_values(const data::Column& column, const std::string& subject, std::string_view role);

// Codes 0 and 1 as labels of two classes; require_values() has refused those that are neither.
std::vector<std::uint8_t> binary_labels(const data::Column& codes);

// 0 and 1; throws naming the first other value.
std::vector<std::uint8_t> binary_labels_from_numbers(const data::Column& numbers, const std::string& subject);

std::vector<double> weights_of(data::Column column, const std::string& subject);

std::vector<std::uint32_t> queries_of(const data::Column& column);

}  // namespace mlsys::eval
