// Expressions checked and rewritten to the internal names of columns.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine.hpp"
#include "mlsys/base/context.hpp"

namespace mlsys::data {

struct CheckedExpression {
  std::string sql;                  // over internal names
  std::vector<std::string> inputs;  // the user's names, in order of first use
};

// `doing` begins the messages: "cannot derive 'late'". `columns` are the user's names; column i is column_name(i).
CheckedExpression check_expression(const std::string& text, const std::vector<std::string>& columns,
                                   const std::string& doing, Engine& engine, Context& ctx);

}  // namespace mlsys::data
