#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mlsys/base/text.hpp"
#include "mlsys/eval/render.hpp"
#include "mlsys/report/chart.hpp"
#include "mlsys/report/page.hpp"

namespace mlsys::eval {

using metrics::Family;
using report::Cell;
using report::Tone;

namespace {

report::Series series_of(const std::vector<metrics::CurvePoint>& points, std::string name, report::Mark mark) {
  report::Series series{std::move(name), {}, {}, mark, 0};
  for (const auto& point : points) {
    series.x.push_back(point.x);
    series.y.push_back(point.y);
  }
  return series;
}

std::string percent(double share) { return fmt::format("{:.1f}%", 100 * share); }

// "roc_auc 0.7184" for a legend.
std::string with_value(std::string_view label, const EvalReport& report, metrics::Metric metric) {
  const MetricResult* result = report.find({metric, std::nullopt});
  if (result == nullptr) return std::string(label);
  return fmt::format("{}, {} {}", label, name_of(metric), value_text(result->value));
}

report::Figure calibration_figure(const EvalReport& report) {
  report::LineChart chart;
  chart.title = "Calibration";
  chart.x = {report.task == Family::binary ? "predicted probability" : "probability of the predicted class", 0, 1};
  chart.y = {report.task == Family::binary ? "share of positives" : "share of correct predictions", 0, 1};
  report::Series bins{with_value("bins", report, metrics::Metric::ece), {}, {}, report::Mark::dots, 1};
  for (const auto& bin : report.calibration) {
    bins.x.push_back(bin.predicted);
    bins.y.push_back(bin.observed);
  }
  chart.series = {std::move(bins), {"perfect", {0, 1}, {0, 1}, report::Mark::dashes, 2}};
  return {chart.title, report::line_chart(chart),
          "Below the dashed line the model promises more than happens, above it less."};
}

std::vector<report::Figure> binary_figures(const EvalReport& report) {
  std::vector<report::Figure> figures;
  if (!report.curves.roc.empty()) {
    report::LineChart roc{"ROC curve", {"false positive rate", 0, 1}, {"true positive rate", 0, 1}, {}};
    roc.series = {
        series_of(report.curves.roc, with_value("model", report, metrics::Metric::roc_auc), report::Mark::line),
        {"chance", {0, 1}, {0, 1}, report::Mark::dashes, 2}};
    figures.push_back({roc.title, report::line_chart(roc), "How many negatives are let in for the positives found."});
  }
  if (!report.curves.precision_recall.empty()) {
    report::LineChart pr{"Precision and recall", {"recall", 0, 1}, {"precision", 0, 1}, {}};
    const double base = report.weight > 0 ? report.class_weights[1] / report.weight : 0;
    pr.series = {series_of(report.curves.precision_recall,
                           with_value("model", report, metrics::Metric::average_precision), report::Mark::line),
                 {"share of positives, " + percent(base), {0, 1}, {base, base}, report::Mark::dashes, 2}};
    figures.push_back({pr.title, report::line_chart(pr),
                       "How many of the rows picked are positive, for the share of positives found."});
  }
  if (!report.calibration.empty()) figures.push_back(calibration_figure(report));
  if (!report.curves.histogram.positives.empty()) {
    const auto& h = report.curves.histogram;
    report::HistogramPair pair{"Scores of the two classes", "score",           h.low,       h.high,
                               report.classes[1],           report.classes[0], h.positives, h.negatives};
    figures.push_back({pair.title, report::histogram_pair(pair), "Each class as shares of its own rows."});
  }
  return figures;
}

std::vector<report::Figure> other_figures(const EvalReport& report) {
  std::vector<report::Figure> figures;
  if (report.task == Family::multiclass && !report.calibration.empty()) figures.push_back(calibration_figure(report));
  if (!report.curves.fit.empty()) {
    report::LineChart fit{"Predicted and actual", {"mean prediction", {}, {}}, {"mean target", {}, {}}, {}};
    report::Series bins{"twentieths of the rows", {}, {}, report::Mark::dots, 1};
    for (const auto& bin : report.curves.fit) {
      bins.x.push_back(bin.predicted);
      bins.y.push_back(bin.observed);
    }
    const double low = bins.x.front();
    const double high = bins.x.back();
    fit.series = {bins, {"perfect", {low, high}, {low, high}, report::Mark::dashes, 2}};
    figures.push_back(
        {fit.title, report::line_chart(fit), "Rows sorted by prediction, in twenty groups of equal size."});
  }
  if (!report.curves.ndcg.empty()) {
    report::LineChart ndcg{"NDCG by cutoff", {"cutoff", 0, {}}, {"NDCG", 0, 1}, {}};
    ndcg.series = {series_of(report.curves.ndcg, "", report::Mark::dots)};
    figures.push_back({ndcg.title, report::line_chart(ndcg), {}});
  }
  return figures;
}

void add_metrics(const EvalReport& report, report::Page& page) {
  report::Table table;
  table.columns = {{"metric", false},
                   {"value", true},
                   {significant(100 * report.level, 3) + "% interval", true},
                   {"definition", false}};
  for (const MetricResult& result : report.metrics) {
    Cell value{value_text(result.value), result.value.value ? Tone::plain : Tone::warn, {}, result.value.reason};
    Cell interval{interval_text(result.interval), Tone::plain, {}, result.interval.low ? result.interval.method : ""};
    table.rows.push_back({{metrics::to_string(result.metric), Tone::plain, {}, {}},
                          std::move(value),
                          std::move(interval),
                          {result.definition, Tone::muted, {}, {}}});
  }
  page.section("Metrics", "Each value with the definition it was computed by.").table(table);
}

void add_confusion(const EvalReport& report, report::Page& page) {
  if (report.confusion.empty() || report.classes.size() > 30) return;
  report::Table table;
  table.columns = {{"actual", false}};
  for (const auto& name : report.classes) table.columns.push_back({"predicted " + truncate_width(name, 24), true});
  for (std::size_t actual = 0; actual < report.classes.size(); ++actual) {
    double row_total = 0;
    for (const double weight : report.confusion[actual]) row_total += weight;
    std::vector<Cell> row{{truncate_width(report.classes[actual], 40), Tone::plain, {}, {}}};
    for (const double weight : report.confusion[actual]) {
      const double share = row_total > 0 ? weight / row_total : 0;
      const bool whole = weight == std::floor(weight) && weight < 1e15;
      row.push_back({whole ? with_thousands(static_cast<std::uint64_t>(weight)) : significant(weight, 6), Tone::plain,
                     share, percent(share)});
    }
    table.rows.push_back(std::move(row));
  }
  const std::string lead =
      report.task == Family::binary
          ? fmt::format("A row is predicted {} when its score is at least {} (threshold: {}).",
                        quoted(report.classes[1]), shortest(report.threshold), report.threshold_source)
          : "The predicted class is the most probable one.";
  page.section("Confusion", lead).table(table);
}

// The slices of one column: worst first, so that what matters is on the first screen.
void add_slices(const EvalReport& report, report::Page& page) {
  if (report.slices.empty()) return;
  page.section("Slices",
               fmt::format("Rows by value, worst {} first. A marked slice, of 30 rows or more, is worse "
                           "than the whole beyond chance, or among the three worst where no interval is known.",
                           metrics::to_string(report.metrics[0].metric)));
  constexpr std::size_t most_metrics = 6;
  const std::size_t shown = std::min(most_metrics, report.metrics.size());
  const bool higher = metrics::info(report.metrics[0].metric.metric).better == metrics::Direction::higher;
  for (std::size_t begin = 0; begin < report.slices.size();) {
    std::size_t end = begin;
    while (end < report.slices.size() && report.slices[end].column == report.slices[begin].column) ++end;
    std::vector<const SliceResult*> order;
    for (std::size_t i = begin; i < end; ++i) order.push_back(&report.slices[i]);
    std::stable_sort(order.begin(), order.end(), [&](const SliceResult* a, const SliceResult* b) {
      const auto& x = a->metrics[0].value.value;
      const auto& y = b->metrics[0].value.value;
      if (x.has_value() != y.has_value()) return x.has_value();
      if (!x || *x == *y) return false;
      return higher ? *x < *y : *x > *y;
    });
    report::Table table;
    table.caption = report.slices[begin].column;
    table.columns = {{"value", false}, {"rows", true}};
    for (std::size_t m = 0; m < shown; ++m)
      table.columns.push_back({metrics::to_string(report.metrics[m].metric), true});
    for (const SliceResult* slice : order) {
      std::vector<Cell> row{{truncate_width(slice->value, 60), slice->worst ? Tone::bad : Tone::plain, {}, {}},
                            {with_thousands(slice->rows), Tone::plain, {}, {}}};
      for (std::size_t m = 0; m < shown; ++m) {
        const MetricResult& result = slice->metrics[m];
        const Tone tone = !result.value.value ? Tone::muted : m == 0 && slice->worst ? Tone::bad : Tone::plain;
        row.push_back({result.value.value ? value_text(result.value) : "–",
                       tone,
                       {},
                       m == 0 ? (result.value.value ? interval_text(result.interval) : result.value.reason) : ""});
      }
      table.rows.push_back(std::move(row));
    }
    page.table(table);
    begin = end;
  }
}

void add_gates(const EvalReport& report, report::Page& page) {
  if (report.gates.empty()) return;
  report::Table table;
  table.columns = {{"requirement", false}, {"", false}, {"reason", false}};
  for (const GateResult& gate : report.gates)
    table.rows.push_back({{gate.expression, Tone::plain, {}, {}},
                          {gate.passed ? "passed" : "failed", gate.passed ? Tone::good : Tone::bad, {}, {}},
                          {gate.reason, Tone::plain, {}, {}}});
  page.section("Gates").table(table);
}

}  // namespace

std::string html(const EvalReport& report, std::string_view made_by) {
  const std::string what = report.model.empty() ? "predictions" : report.model;
  report::Page page("Evaluation of " + what,
                    fmt::format("{} of {}, target {}, {} ({})", counted(report.rows, "row"), report.source,
                                report.target, name_of(report.task), report.task_reason));
  if (!report.gates.empty())
    page.verdict(report.passed ? "All gates passed" : "The gates did not pass", report.passed ? Tone::good : Tone::bad);
  for (const auto& warning : report.warnings) page.verdict(warning, Tone::warn);

  std::vector<report::Card> cards;
  for (std::size_t m = 0; m < std::min<std::size_t>(5, report.metrics.size()); ++m) {
    const MetricResult& result = report.metrics[m];
    cards.push_back({metrics::to_string(result.metric), value_text(result.value),
                     result.value.value ? interval_text(result.interval) : result.value.reason,
                     result.value.value ? Tone::plain : Tone::warn});
  }
  if (report.task == Family::binary && report.weight > 0)
    cards.push_back({"share of " + truncate_width(report.classes[1], 20),
                     percent(report.class_weights[1] / report.weight), "of the rows", Tone::plain});
  if (report.task == Family::ranking)
    cards.push_back({"queries", with_thousands(report.queries),
                     with_thousands(report.queries_skipped) + " without a relevant document", Tone::plain});
  page.cards(cards);

  add_gates(report, page);
  const auto figures = report.task == Family::binary ? binary_figures(report) : other_figures(report);
  if (!figures.empty()) page.section("Curves").figures(figures);
  add_confusion(report, page);
  add_slices(report, page);
  add_metrics(report, page);
  return page.html(fmt::format("{} · data {}{}", made_by, report.data_digest,
                               report.model_digest.empty() ? "" : " · model " + report.model_digest));
}

}  // namespace mlsys::eval
