#include "eval_output.hpp"

#include <algorithm>

#include "mlsys/base/names.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/eval/render.hpp"

namespace mlsys::frame {

namespace {

constexpr std::size_t most_slices = 8;  // per column; the report and --json have all of them

std::string help_of(metrics::Metric metric) {
  for (const auto& entry : NameTable<metrics::Metric>::entries)
    if (entry.value == metric) return std::string(entry.help);
  return {};
}

void show_metrics(Output& out, const eval::EvalReport& report, bool explain) {
  const bool intervals = std::any_of(report.metrics.begin(), report.metrics.end(),
                                     [](const eval::MetricResult& r) { return r.interval.low.has_value(); });
  Table table;
  table.column("metric");
  table.column("value", Table::Align::right);
  if (intervals) table.column(significant(100 * report.level, 3) + "% interval");
  if (explain) {
    table.column("definition");
    table.column("meaning");
  }
  for (const eval::MetricResult& result : report.metrics) {
    std::vector<Table::Cell> row{{metrics::to_string(result.metric), Tone::plain}};
    row.emplace_back(eval::value_text(result.value), result.value.value ? Tone::strong : Tone::warn);
    if (intervals) row.emplace_back(eval::interval_text(result.interval));
    if (explain) {
      row.emplace_back(result.definition, Tone::faint);
      row.emplace_back(std::string(help_of(result.metric.metric)), Tone::faint);
    }
    table.row(std::move(row));
  }
  out.table(table);
  for (const eval::MetricResult& result : report.metrics)
    if (!result.value.value) out.line(metrics::to_string(result.metric) + " is undefined: " + result.value.reason);
}

// The slices of one column with the worst headline metric.
void show_slices(Output& out, const std::string& headline, std::vector<const eval::SliceResult*> slices, bool higher) {
  std::stable_sort(slices.begin(), slices.end(), [&](const eval::SliceResult* a, const eval::SliceResult* b) {
    const auto& x = a->metrics[0].value.value;
    const auto& y = b->metrics[0].value.value;
    if (x.has_value() != y.has_value()) return x.has_value();
    if (!x || *x == *y) return false;
    return higher ? *x < *y : *x > *y;
  });
  Table table;
  table.column(slices[0]->column);
  table.column("rows", Table::Align::right);
  table.column(headline, Table::Align::right);
  table.column("");
  for (std::size_t i = 0; i < std::min(most_slices, slices.size()); ++i) {
    const eval::SliceResult& slice = *slices[i];
    const eval::MetricResult& result = slice.metrics[0];
    std::string remark = result.value.value ? eval::interval_text(result.interval) : result.value.reason;
    if (slice.worst) remark += remark.empty() ? "worst" : "  worst";
    table.row({{slice.value, Tone::plain},
               {with_thousands(slice.rows), Tone::plain},
               {eval::value_text(result.value), slice.worst ? Tone::bad : Tone::plain},
               {remark, Tone::faint}});
  }
  out.line();
  out.table(table);
  if (slices.size() > most_slices)
    out.line("and " + std::to_string(slices.size() - most_slices) + " more, see --report or --json");
}

}  // namespace

void show_evaluation(Output& out, const eval::EvalReport& report, bool explain) {
  out.line((report.model.empty() ? "" : report.model + " on ") + report.source + ": " + counted(report.rows, "row") +
           ", target " + printable(report.target) + ", " + std::string(name_of(report.task)) + " (" +
           report.task_reason + ")");
  if (report.task == metrics::Family::ranking)
    out.line(counted(report.queries, "query", "queries") + ", " + with_thousands(report.queries_skipped) +
             " of them without a relevant document");
  out.line();
  show_metrics(out, report, explain);
  if (report.task == metrics::Family::binary)
    out.line("positive: " + printable(report.classes[1]) + ", " +
             significant(report.weight > 0 ? 100 * report.class_weights[1] / report.weight : 0, 3) +
             "% of the rows; threshold " + shortest(report.threshold) + " (" + report.threshold_source + ")");
  const bool higher = metrics::info(report.metrics[0].metric.metric).better == metrics::Direction::higher;
  for (std::size_t begin = 0; begin < report.slices.size();) {
    std::vector<const eval::SliceResult*> column;
    const std::size_t first = begin;
    for (; begin < report.slices.size() && report.slices[begin].column == report.slices[first].column; ++begin)
      column.push_back(&report.slices[begin]);
    show_slices(out, metrics::to_string(report.metrics[0].metric), std::move(column), higher);
  }
  if (report.gates.empty()) return;
  out.line();
  for (const eval::GateResult& gate : report.gates)
    out.line(out.paint(gate.passed ? Tone::good : Tone::bad, gate.passed ? "passed" : "failed") + "  " +
             gate.expression + "  (" + gate.reason + ")");
}

}  // namespace mlsys::frame
