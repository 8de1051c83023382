#include "mlsys/drift/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mlsys/base/text.hpp"
#include "mlsys/report/chart.hpp"
#include "mlsys/report/page.hpp"

namespace mlsys::drift {
namespace {

using report::Tone;

std::string number(const std::optional<double>& value, int digits) { return value ? significant(*value, digits) : "–"; }

std::string percent(double share) { return fmt::format("{:.1f}%", 100 * share); }

std::string side(const std::string& subject, const std::string& where) {
  return where.empty() ? subject : subject + " where " + where;
}

std::string sizes(const DriftReport& report) {
  return fmt::format("{} of {}, {} of {}", counted(report.reference_rows, "row"), reference_side(report),
                     counted(report.current_rows, "row"), current_side(report));
}

report::Figure figure(const ColumnDrift& column) {
  std::string svg;
  if (column.categories.empty()) {
    report::HistogramPair chart;
    chart.title = column.name;
    chart.x_label = column.name;
    chart.low = column.low;
    chart.high = column.high;
    chart.first_name = "reference";
    chart.second_name = "current";
    chart.first = column.reference.shares;
    chart.second = column.current.shares;
    svg = report::histogram_pair(chart);
  } else {
    svg = report::bar_pair(
        {column.name, column.categories, "reference", "current", column.reference.shares, column.current.shares});
  }
  std::string caption = (column.drifted ? "Drifted. " : "") + change(column);
  if (!column.reason.empty()) caption += (caption.empty() ? "" : ". ") + column.reason;
  return {column.name, svg, caption};
}

report::Table tested_columns(const DriftReport& report) {
  report::Table table;
  table.columns = {{"column", false}, {"test", false},   {"statistic", true}, {"p corrected", true},
                   {"effect", true},  {"missing", true}, {"", false}};
  const auto missing = [](const SideSummary& side) {
    return percent(side.rows == 0 ? 0.0 : static_cast<double>(side.missing) / static_cast<double>(side.rows));
  };
  for (const auto& column : report.columns) {
    if (!column.tested) continue;
    const Tone tone = column.drifted ? Tone::bad : Tone::plain;
    const std::string role = column.role.empty() ? "" : ", " + column.role;
    table.rows.push_back({{column.name, tone, {}, std::string(name_of(column.type)) + role},
                          {column.test, Tone::plain, {}, ""},
                          {number(column.statistic, 5), Tone::plain, {}, ""},
                          {number(column.p_adjusted, 3), Tone::plain, {}, "p " + number(column.p_value, 3)},
                          {number(column.effect, 4), tone, {}, "of " + shortest(column.threshold)},
                          {missing(column.current), Tone::plain, {}, "from " + missing(column.reference)},
                          {column.reason, Tone::muted, {}, change(column)}});
  }
  return table;
}

report::Table skipped_columns(const DriftReport& report) {
  report::Table table;
  table.columns = {{"column", false}, {"type", false}, {"why", false}};
  for (const auto& column : report.columns)
    if (!column.tested)
      table.rows.push_back({{column.name, Tone::plain, {}, ""},
                            {std::string(name_of(column.type)), Tone::muted, {}, ""},
                            {column.reason, Tone::muted, {}, ""}});
  return table;
}

// Each definition once, with the columns it holds for.
report::Table definitions(const DriftReport& report) {
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  for (const auto& column : report.columns) {
    if (column.definition.empty()) continue;
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == column.definition; });
    if (known == all.end())
      all.push_back({column.definition, {column.name}});
    else
      known->second.push_back(column.name);
  }
  report::Table table;
  table.columns = {{"definition", false}, {"columns", false}};
  for (const auto& [definition, columns] : all)
    table.rows.push_back({{definition, Tone::plain, {}, ""}, {join(columns, ", "), Tone::muted, {}, ""}});
  return table;
}

}  // namespace

std::string reference_side(const DriftReport& report) { return side(report.reference, report.reference_where); }
std::string current_side(const DriftReport& report) { return side(report.current, report.current_where); }

std::string change(const ColumnDrift& column) {
  if (column.test == "ks" && column.reference.mean && column.current.mean)
    return "mean " + significant(*column.reference.mean, 4) + " → " + significant(*column.current.mean, 4);
  std::size_t most = column.categories.size();
  for (std::size_t i = 0; i < column.categories.size(); ++i) {
    if (i + 1 == column.categories.size() && i > 0 && column.categories[i] == "(other)") continue;
    const auto moved = [&](std::size_t k) { return std::abs(column.current.shares[k] - column.reference.shares[k]); };
    if (most == column.categories.size() || moved(i) > moved(most)) most = i;
  }
  if (most == column.categories.size()) return {};
  return quoted(column.categories[most], 30) + " " + percent(column.reference.shares[most]) + " → " +
         percent(column.current.shares[most]);
}

report::Verdict verdict(const DriftReport& report) {
  report::Verdict verdict{
      "mlsys drift", current_side(report) + " against " + reference_side(report), !report.drifted, {}};
  for (const auto& column : report.columns) {
    report::Case& one = verdict.cases.emplace_back();
    one.name = "column " + quoted(column.name);
    one.message = column.reason;
    if (!column.tested)
      one.outcome = report::Outcome::skipped;
    else if (column.drifted)
      // Drift of a share that is allowed does not fail the gate.
      one.outcome = report.drifted ? report::Outcome::failed : report::Outcome::warned;
    if (const std::string what = change(column); column.drifted && !what.empty()) one.details.push_back(what);
  }
  return verdict;
}

std::string html(const DriftReport& report, std::string_view footer) {
  report::Page page("Drift", current_side(report) + " against " + reference_side(report));
  page.verdict(fmt::format("{}: {} of {} columns drifted", report.drifted ? "Drifted" : "Stable",
                           report.drifted_columns, report.tested),
               report.drifted ? Tone::bad : Tone::good);
  page.text(
      sizes(report) +
      fmt::format(
          ". A column drifts when its p-value, corrected by Benjamini and Hochberg, is below {} and the "
          "effect reaches its threshold. Whether values are missing is tested by itself, by Pearson's chi-squared "
          "of missing and present rows, with the change of their share as the effect.",
          shortest(report.alpha)));
  page.section("Columns");
  page.table(tested_columns(report));
  std::vector<const ColumnDrift*> drawn;
  for (const auto& column : report.columns)
    if (!column.reference.shares.empty()) drawn.push_back(&column);
  std::stable_sort(drawn.begin(), drawn.end(), [](const ColumnDrift* a, const ColumnDrift* b) {
    if (a->drifted != b->drifted) return a->drifted;
    return a->effect.value_or(0) > b->effect.value_or(0);
  });
  constexpr std::size_t most_figures = 60;
  std::string which = "Shares of each side's own rows; the largest effects first.";
  if (drawn.size() > most_figures) {
    which += fmt::format(" {} of {} columns are drawn; the table above has all.", most_figures, drawn.size());
    drawn.resize(most_figures);
  }
  std::vector<report::Figure> figures;
  for (const auto* column : drawn) figures.push_back(figure(*column));
  if (!figures.empty()) {
    page.section("Distributions", which);
    page.figures(figures);
  }
  if (const report::Table how = definitions(report); !how.rows.empty()) {
    page.section("How it was tested");
    page.table(how);
  }
  if (const report::Table skipped = skipped_columns(report); !skipped.rows.empty()) {
    page.section("Not compared");
    page.table(skipped);
  }
  return page.html(footer);
}

}  // namespace mlsys::drift
