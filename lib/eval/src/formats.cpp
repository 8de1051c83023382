// Plain-text forms for CI.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mlsys/base/text.hpp"
#include "mlsys/eval/render.hpp"
#include "mlsys/report/verdict.hpp"

namespace mlsys::eval {

using report::markdown_cell;

report::Verdict verdict_of(const EvalReport& report) {
  report::Verdict verdict{
      "mlsys eval", report.model.empty() ? report.source : report.model + " on " + report.source, report.passed, {}};
  for (const GateResult& gate : report.gates)
    verdict.cases.push_back(
        {gate.expression, gate.passed ? report::Outcome::passed : report::Outcome::failed, gate.reason, {}});
  return verdict;
}

std::string number_text(double value) {
  const double size = std::abs(value);
  if (size != 0 && (size < 0.001 || size >= 1e9)) return significant(value, 4);
  return fmt::format("{:.{}f}", value, size >= 1000 ? 2 : 4);
}

std::string value_text(const metrics::Value& value) { return value.value ? number_text(*value.value) : "undefined"; }

std::string interval_text(const metrics::Interval& interval) {
  if (!interval.low || !interval.high) return {};
  return number_text(*interval.low) + " to " + number_text(*interval.high);
}

std::string markdown(const EvalReport& report) {
  std::string out = fmt::format("### {}\n\n", markdown_cell(report.model.empty() ? report.source : report.model));
  out += fmt::format("{} of {}, {}", counted(report.rows, "row"), markdown_cell(report.source), name_of(report.task));
  out += report.gates.empty() ? ".\n" : fmt::format(". **The gates {}.**\n", report.passed ? "passed" : "did not pass");
  if (!report.gates.empty()) {
    out += "\n| gate | | |\n|---|---|---|\n";
    for (const GateResult& gate : report.gates)
      out += fmt::format("| {} | {} | {} |\n", markdown_cell(gate.expression), gate.passed ? "✅" : "❌",
                         markdown_cell(gate.reason));
  }
  out += fmt::format("\n| metric | value | {}% interval |\n|---|---:|---|\n", significant(100 * report.level, 3));
  for (const MetricResult& result : report.metrics)
    out +=
        fmt::format("| {} | {} | {} |\n", markdown_cell(metrics::to_string(result.metric)),
                    result.value.value ? value_text(result.value) : "undefined: " + markdown_cell(result.value.reason),
                    interval_text(result.interval));
  std::vector<const SliceResult*> worst;
  for (const SliceResult& slice : report.slices)
    if (slice.worst) worst.push_back(&slice);
  if (!worst.empty()) {
    const std::string headline = metrics::to_string(report.metrics[0].metric);
    out += fmt::format("\n| worst slices | rows | {} |\n|---|---:|---:|\n", markdown_cell(headline));
    for (const SliceResult* slice : worst)
      out += fmt::format("| {} | {} | {} |\n", markdown_cell(slice->column + " = " + slice->value),
                         with_thousands(slice->rows), value_text(slice->metrics[0].value));
  }
  return out;
}

}  // namespace mlsys::eval
