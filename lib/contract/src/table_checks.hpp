// Checks that look at the whole table and find no single rows.
#pragma once

#include "mlsys/profile/moments.hpp"
#include "subject.hpp"

namespace mlsys::contract {

bool is_of_the_table(CheckKind kind);
// Of names and order of the columns, whatever is in them.
bool is_of_the_columns(CheckKind kind);

// Of the finite values of a field, which must be numbers.
profile::Moments moments_of_column(const Subject& subject, const std::string& field);

// The inputs of label_leakage and association, and these with the label as columns of a reference.
std::vector<std::string> inputs_of(const Check& check, const Subject& subject);
std::vector<data::ColumnInfo> columns_of(const Check& check, const Subject& subject);

// Evaluates such a check whose column is there.
void check_table(const Check& check, const Subject& subject, CheckResult& result);

// "at least 3", "between 0 and 1"
std::string limits_text(const std::optional<double>& minimum, const std::optional<double>& maximum);

}  // namespace mlsys::contract
