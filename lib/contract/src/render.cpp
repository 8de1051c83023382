#include "mlsys/contract/render.hpp"

#include <fmt/format.h>

#include "mlsys/base/text.hpp"
#include "mlsys/report/page.hpp"
#include "table_checks.hpp"

namespace mlsys::contract {
namespace {

std::string percent(double share) {
  const double value = 100 * share;
  return (value > 0 && value < 0.01 ? std::string("<0.01") : significant(value, 3)) + "%";
}

}  // namespace

std::string title(const CheckResult& check) {
  if (is_of_the_columns(check.kind) || check.columns.empty()) return check.name;
  std::vector<std::string> names;
  for (const auto& column : check.columns) names.push_back(quoted(column, 40));
  return check.name + " of " + some_of(names, 10);
}

std::string explanation(const CheckResult& check) {
  if (check.passed) return check.reason.empty() ? check.expected : check.reason;
  if (is_of_the_columns(check.kind) || check.failures == 0) return check.reason;
  if (is_of_the_table(check.kind)) return check.reason + ", expected " + check.expected;
  std::string text = fmt::format("{} ({})", counted(check.failures, "row"), percent(check.failing_share));
  if (!check.expected.empty()) text += ", expected " + check.expected;
  if (!check.reason.empty()) text += "; " + check.reason;
  return text;
}

std::string text(const Sample& sample) {
  std::string text = "row " + std::to_string(sample.row);
  if (sample.line)
    text += " (" + (sample.file.empty() ? "" : sample.file + " ") + "line " + std::to_string(*sample.line) + ")";
  if (sample.key) text += ", key " + quoted(*sample.key, 40);
  return text + ": " + (sample.value ? quoted(*sample.value, 60) : std::string("missing"));
}

report::Verdict verdict(const ValidateReport& report, std::string_view contract) {
  report::Verdict verdict{"mlsys validate", report.subject + " against " + std::string(contract), report.passed, {}};
  for (const auto& check : report.checks) {
    report::Case& one = verdict.cases.emplace_back();
    one.name = title(check);
    one.message = explanation(check);
    if (!check.passed)
      one.outcome = check.severity == Severity::error ? report::Outcome::failed : report::Outcome::warned;
    for (const auto& sample : check.samples) one.details.push_back(text(sample));
    one.file = report.file;
    if (check.samples.empty()) continue;
    const Sample& first = check.samples.front();
    one.line = first.line.value_or(0);
    if (!first.file.empty())
      one.file = std::filesystem::path(first.file).lexically_proximate(std::filesystem::current_path()).string();
  }
  return verdict;
}

std::string html(const ValidateReport& report, std::string_view contract, std::string_view footer) {
  report::Page page("Validation", report.subject + " against " + std::string(contract));
  page.verdict(report.passed ? "The contract holds" : "The contract is violated",
               report.passed ? report::Tone::good : report::Tone::bad);
  page.cards({{"rows", with_thousands(report.rows), "", report::Tone::plain},
              {"checks", std::to_string(report.checks.size()), "", report::Tone::plain},
              {"errors", std::to_string(report.errors), "", report.errors > 0 ? report::Tone::bad : report::Tone::good},
              {"warnings", std::to_string(report.warnings), "",
               report.warnings > 0 ? report::Tone::warn : report::Tone::good}});
  for (const bool failed : {true, false}) {
    report::Table table;
    table.columns = {{"check", false}, {"expected", false}, {"failures", true}, {"first rows", false}};
    for (const auto& check : report.checks) {
      if (check.passed == failed) continue;
      const auto tone = check.passed                        ? report::Tone::plain
                        : check.severity == Severity::error ? report::Tone::bad
                                                            : report::Tone::warn;
      std::vector<std::string> rows;
      for (const auto& sample : check.samples) rows.push_back(text(sample));
      table.rows.push_back({{title(check), tone, {}, check.reason},
                            {check.expected, report::Tone::plain, {}, ""},
                            {with_thousands(check.failures), report::Tone::plain, {}, percent(check.failing_share)},
                            {join(rows, "; "), report::Tone::muted, {}, ""}});
    }
    if (table.rows.empty()) continue;
    page.section(failed ? "What fails" : "What holds");
    page.table(table);
  }
  return page.html(footer);
}

}  // namespace mlsys::contract
