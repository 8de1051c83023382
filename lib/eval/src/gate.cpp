#include "mlsys/eval/gate.hpp"

#include <fmt/format.h>

#include <cmath>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::eval {

namespace {

[[noreturn]] void refuse(std::string_view expression, std::string_view why, std::string hint = {}) {
  throw Error(Code::usage, fmt::format("cannot read the requirement {}: {}", quoted(expression), why),
              hint.empty() ? "write it like 'roc_auc >= 0.75'" : std::move(hint));
}

bool holds(Compare compare, double value, double bound) {
  switch (compare) {
    case Compare::at_least:
      return value >= bound;
    case Compare::at_most:
      return value <= bound;
    case Compare::above:
      return value > bound;
    case Compare::below:
      return value < bound;
    case Compare::equal:
      return value == bound;
    case Compare::different:
      return value != bound;
  }
  return false;
}

// As few digits, but four at least (six from a thousand on), as show on which side of the bound the value is.
std::string beside(double value, double bound) {
  for (int digits = std::abs(value) < 1e3 ? 4 : 6; digits < 17; ++digits) {
    const auto text = significant(value, digits);
    const auto shown = parse_double(text).value_or(value);
    if ((shown < bound) == (value < bound) && (shown == bound) == (value == bound)) return text;
  }
  return shortest(value);
}

}  // namespace

Gate parse_gate(std::string_view expression) {
  const std::string_view text = trim(expression);
  const auto at = text.find_first_of("<>=!");
  if (at == std::string_view::npos) refuse(text, "there is no comparison");
  Gate gate;
  std::string_view symbol;
  for (const auto& entry : NameTable<Compare>::entries) {
    if (!text.substr(at).starts_with(entry.name)) continue;
    gate.compare = entry.value;
    symbol = entry.name;
    break;
  }
  if (symbol.empty()) refuse(text, "comparisons are >= > <= < == !=");
  const std::string_view name = trim(text.substr(0, at));
  const std::string_view number = trim(text.substr(at + symbol.size()));
  if (name.empty()) refuse(text, "there is no metric before the comparison");
  try {
    gate.metric = metrics::parse_metric(name);
  } catch (const Error& error) {
    refuse(text, error.message(), error.hint());
  }
  const auto bound = parse_double(number);
  if (!bound || !std::isfinite(*bound)) refuse(text, fmt::format("{} is not a finite number", quoted(number)));
  gate.bound = *bound;
  gate.expression = std::string(text);
  return gate;
}

Gate parse_gate(std::string_view expression, metrics::Family family) {
  Gate gate = parse_gate(expression);
  try {
    metrics::parse_metric(metrics::to_string(gate.metric), family);
  } catch (const Error& error) {
    refuse(gate.expression, error.message(), error.hint());
  }
  return gate;
}

GateResult check_gate(const Gate& gate, const metrics::Value& value, std::string definition) {
  GateResult result{gate.expression, false, {}, value.value, std::move(definition)};
  const std::string name = metrics::to_string(gate.metric);
  if (!value.value || std::isnan(*value.value)) {
    result.reason = fmt::format("{} is undefined: {}", name, value.reason.empty() ? "not a number" : value.reason);
    return result;
  }
  result.passed = holds(gate.compare, *value.value, gate.bound);
  result.reason = fmt::format("{} is {}", name, beside(*value.value, gate.bound));
  return result;
}

Json to_json(const GateResult& result) {
  Json json{{"expression", result.expression}, {"passed", result.passed}, {"reason", result.reason}};
  json["value"] = result.value ? Json(*result.value) : Json(nullptr);
  json["definition"] = result.definition;
  return json;
}

}  // namespace mlsys::eval
