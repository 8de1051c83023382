// Requirements on metrics: `roc_auc >= 0.75`. They fail closed: a gate passes only when it is known to be true.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/metrics/catalogue.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::eval {

enum class Compare { at_least, at_most, above, below, equal, different };

// METRIC[@K] OP NUMBER
struct Gate {
  metrics::MetricSpec metric;
  Compare compare = Compare::at_least;
  double bound = 0;
  std::string expression;  // as written, blanks trimmed
};

// Strict: one metric, one operator, one finite number in full. Throws Error(Code::usage) that says which part is wrong,
// with a suggestion for an unknown metric.
MLSYS_EXPORT Gate parse_gate(std::string_view expression);
// The same, and the metric must be one of this family's.
MLSYS_EXPORT Gate parse_gate(std::string_view expression, metrics::Family family);

struct GateResult {
  std::string expression;
  bool passed = false;
  std::string reason;  // why it passed or failed, with the value
  std::optional<double> value;
  std::string definition;  // of the metric
};

// An undefined value fails with its reason.
MLSYS_EXPORT GateResult check_gate(const Gate& gate, const metrics::Value& value, std::string definition);

// {"expression", "passed", "reason", "value", "definition"}
MLSYS_EXPORT Json to_json(const GateResult& result);

}  // namespace mlsys::eval

template <>
struct mlsys::NameTable<mlsys::eval::Compare> {
  using C = mlsys::eval::Compare;
  static constexpr std::string_view what = "comparison";
  // Longer ones first: the first that fits is taken.
  static constexpr auto entries = std::to_array<NameEntry<C>>({{C::at_least, ">="},
                                                               {C::at_most, "<="},
                                                               {C::equal, "=="},
                                                               {C::different, "!="},
                                                               {C::above, ">"},
                                                               {C::below, "<"}});
};
