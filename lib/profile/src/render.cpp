#include "mlsys/profile/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mlsys/base/text.hpp"
#include "mlsys/report/chart.hpp"
#include "mlsys/report/page.hpp"

namespace mlsys::profile {
namespace {

using report::Tone;

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "0%" : fmt::format("{:.1f}%", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

// Values that one row has are that row's, and tell nothing of the others: a report of aggregates leaves them out.
bool has_picture(const ColumnReport& column) {
  return (column.histogram && column.histogram->counts.size() > 1) ||
         std::ranges::any_of(column.top, [](const auto& one) { return one.count > 1; });
}

report::Figure figure(const ColumnReport& column, std::uint64_t rows) {
  if (column.histogram && column.histogram->counts.size() > 1 && column.mean) {
    const Histogram& histogram = *column.histogram;
    report::LineChart chart{column.name, {column.name, {}, {}}, {"rows", 0, {}}, {}};
    report::Series series{"rows", {}, {}, report::Mark::steps, 1};
    const double width = (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
      series.x.push_back(histogram.low + width * static_cast<double>(i));
      series.y.push_back(static_cast<double>(histogram.counts[i]));
    }
    series.x.push_back(histogram.high);
    series.y.push_back(series.y.back());
    chart.series = {std::move(series)};
    return {column.name, report::line_chart(chart), summary(column, rows)};
  }
  report::BarChart chart{column.name, "% of all rows", {}, {}, 0};
  const auto add = [&](const std::string& label, std::uint64_t count) {
    chart.labels.push_back(label);
    chart.values.push_back(100 * static_cast<double>(count) / static_cast<double>(rows));
  };
  const bool time = column.type == data::ColumnType::date || column.type == data::ColumnType::timestamp;
  if (time && column.histogram) {
    const Histogram& histogram = *column.histogram;
    const double width = (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
    for (std::size_t i = 0; i < histogram.counts.size(); ++i)
      add("from " + data::format_timestamp(static_cast<std::int64_t>(histogram.low + width * static_cast<double>(i)))
                        .substr(0, 16),
          histogram.counts[i]);
  } else {
    for (const auto& one : column.top)
      if (one.count > 1) add(one.value, one.count);
  }
  return {column.name, report::bar_chart(chart), summary(column, rows)};
}

}  // namespace

std::string sparkline(const Histogram& histogram) {
  constexpr const char* levels[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::uint64_t most =
      histogram.counts.empty() ? 0 : *std::max_element(histogram.counts.begin(), histogram.counts.end());
  std::string line;
  for (const std::uint64_t count : histogram.counts) {
    if (count == 0) {
      line += ' ';
      continue;
    }
    const double height = static_cast<double>(count) / static_cast<double>(most);
    line += levels[std::min(7, static_cast<int>(std::ceil(8 * height)) - 1)];
  }
  return line;
}

std::string summary(const ColumnReport& column, std::uint64_t rows) {
  if (column.gaps && column.gaps->days_without == 0) return "a value on each of " + counted(column.gaps->days, "day");
  if (column.gaps)
    return fmt::format("{} of {} days without a value; longest gap {} to {}", with_thousands(column.gaps->days_without),
                       with_thousands(column.gaps->days), column.gaps->from, column.gaps->to);
  if (column.quantiles.empty()) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, column.top.size()); ++i)
      parts.push_back(quoted(column.top[i].value, 24) + " " + percent(column.top[i].count, rows));
    if (column.min_length)
      parts.push_back(*column.min_length == *column.max_length
                          ? fmt::format("length {}", *column.min_length)
                          : fmt::format("length {} to {}", *column.min_length, *column.max_length));
    return join(parts, ", ");
  }
  const auto at = [&](double share) -> std::string {
    for (const auto& [known, value] : column.quantiles)
      if (known == share) {
        const auto number = parse_double(value);
        return number ? significant(*number, 4) : value;
      }
    return {};
  };
  return "quartiles " + at(0.25) + ", " + at(0.5) + ", " + at(0.75);
}

std::string association_text(const ColumnReport& column) {
  if (!column.association) return {};
  const bool ratio = column.type == data::ColumnType::text || column.type == data::ColumnType::boolean;
  return (ratio ? "η " : "") + significant(*column.association, 3);
}

std::string html(const ProfileReport& report, std::string_view footer) {
  report::Page page("Profile", report.subject);
  page.cards({{"rows", with_thousands(report.rows), "", Tone::plain},
              {"columns", std::to_string(report.columns.size()), "", Tone::plain}});
  page.section("Columns");
  report::Table table;
  table.columns = {{"column", false}, {"type", false}, {"missing", true}, {"distinct", true}, {"min", true},
                   {"median", true},  {"max", true},   {"mean", true},    {"sd", true}};
  if (!report.association.empty())
    table.columns.push_back({(report.association == "auc" ? "AUC for " : "correlation with ") + report.target, true});
  const auto shown = [](const std::optional<std::string>& value) {
    return value ? truncate_width(*value, 24) : std::string("–");
  };
  const auto number = [](const std::optional<double>& value) {
    return value ? significant(*value, 5) : std::string("–");
  };
  for (const auto& column : report.columns) {
    const bool text = column.type == data::ColumnType::text;  // its least and greatest are single rows' values
    std::string median = "–";
    for (const auto& [share, value] : column.quantiles)
      if (share == 0.5) median = value;
    std::vector<report::Cell> row = {
        {column.name, Tone::plain, {}, ""},
        {std::string(name_of(column.type)), Tone::muted, {}, ""},
        {percent(column.nulls, report.rows), column.nulls > 0 ? Tone::warn : Tone::plain, {}, ""},
        {(column.distinct_exact ? "" : "≈ ") + with_thousands(column.distinct), Tone::plain, {}, ""},
        {text ? "–" : shown(column.min), Tone::plain, {}, ""},
        {median, Tone::plain, {}, ""},
        {text ? "–" : shown(column.max), Tone::plain, {}, ""},
        {number(column.mean), Tone::plain, {}, ""},
        {number(column.sd), Tone::plain, {}, ""}};
    if (!report.association.empty())
      row.push_back({column.association ? association_text(column) : "–", Tone::plain, {}, ""});
    table.rows.push_back(std::move(row));
  }
  page.table(table);
  constexpr std::size_t most_figures = 200;
  std::vector<report::Figure> figures;
  for (const auto& column : report.columns)
    if (has_picture(column) && figures.size() < most_figures) figures.push_back(figure(column, report.rows));
  if (!figures.empty()) {
    page.section("Distributions");
    page.figures(figures);
  }
  return page.html(footer);
}

}  // namespace mlsys::profile
