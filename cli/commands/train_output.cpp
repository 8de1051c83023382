#include "train_output.hpp"

#include <fmt/format.h>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "next.hpp"

namespace mlsys::frame {
namespace {

std::string number(const metrics::Value& value) { return value.value ? significant(*value.value, 4) : "–"; }

void show_left_out(Output& out, const train::TrainReport& report) {
  constexpr std::size_t most = 8;
  for (std::size_t i = 0; i < std::min(most, report.left_out.size()); ++i)
    out.note(fmt::format("note: column {} is no feature: it {}", quoted(report.left_out[i].column),
                         report.left_out[i].reason));
  if (report.left_out.size() > most)
    out.note(fmt::format("note: {} more columns are no features, see --json", report.left_out.size() - most));
}

std::string rows_text(const train::TrainReport& report) {
  auto text = counted(report.train_rows, "row");
  if (report.valid_rows > 0)
    text += fmt::format(", {} for validation: {}", with_thousands(report.valid_rows), report.valid_method);
  return text;
}

std::string rounds_text(const train::TrainReport& report) {
  const int kept = report.manifest.rounds;
  auto text = counted(static_cast<std::uint64_t>(kept), "round");
  if (report.rounds_run > kept)
    text += fmt::format(" of {}, the best {} on validation", report.rounds_run, report.eval_metric);
  text += fmt::format(" in {}; the whole run took {}", human_seconds(report.seconds_boost),
                      human_seconds(report.seconds_total));
  return text;
}

Table metrics_table(const train::TrainReport& report, const std::optional<PreviousRun>& previous) {
  Table table;
  table.column(report.measured_on == "validation" ? "on validation" : "on training rows");
  for (const char* title : {"model", "baseline"}) table.column(title, Table::Align::right);
  if (previous) table.column("last run", Table::Align::right);
  for (const auto& metric : report.metrics) {
    std::vector<Table::Cell> row = {metric.name, number(metric.value), number(metric.baseline)};
    if (previous) {
      const auto known = previous->metrics.find(metric.name);
      row.emplace_back(known == previous->metrics.end() ? "–" : significant(known->second, 4));
    }
    table.row(std::move(row));
  }
  return table;
}

Json document(const train::TrainReport& report, const std::optional<PreviousRun>& previous) {
  Json json = train::to_json(report);
  if (previous)
    json["previous"] = {{"run_id", previous->run_id}, {"name", previous->name}, {"metrics", previous->metrics}};
  return json;
}

}  // namespace

void show_training(Session& session, const train::TrainReport& report, const std::optional<PreviousRun>& previous) {
  Output& out = session.out();
  const auto& manifest = report.manifest;
  const bool interrupted = report.status == train::Status::interrupted;
  out.document(document(report, previous));
  if (const auto id = report.run_id.empty() ? report.model.string() : report.run_id; !id.empty()) out.id(id);

  show_left_out(out, report);
  for (const auto& note : report.notes) out.note("note: " + note);
  for (const auto& warning : report.warnings) out.warn(warning);
  if (interrupted)
    out.warn(fmt::format("interrupted after {}: {}", counted(static_cast<std::uint64_t>(report.rounds_run), "round"),
                         report.model.empty() ? "nothing is kept, since no run is recorded"
                                              : "the best model so far is kept with the run"));

  out.line(fmt::format("{} model of {}: {}", name_of(manifest.task), quoted(manifest.target.name), report.task_reason));
  out.line(fmt::format("{}; {}", rows_text(report), counted(manifest.features.size(), "feature")));
  out.line(rounds_text(report));
  if (manifest.threshold)
    out.line(fmt::format("threshold {} ({})", significant(manifest.threshold->value, 4), manifest.threshold->source));
  out.line();
  out.table(metrics_table(report, previous));
  out.line(out.paint(Tone::faint, "baseline: " + report.baseline));
  if (previous)
    out.line(out.paint(Tone::faint, fmt::format("last run: {} (run:{}), measured on the same rows", previous->name,
                                                previous->run_id.substr(0, 8))));
  if (report.measured_on == "training")
    out.line(out.paint(Tone::faint, "measured on the rows it learned from, which flatters it: use --valid or eval"));
  out.line();
  if (!report.run_id.empty()) out.line("run   " + report.run_id);
  if (!report.model.empty()) out.line("model " + report.model.string());
  if (interrupted) return;
  const auto model = report.run_id.empty() ? report.model.string() : "run:" + report.run_id.substr(0, 8);
  const auto name =
      manifest.target.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos
          ? manifest.target.name
          : std::string("NAME");
  out.line(out.paint(Tone::faint, "next:"));
  out.line("  " + next_command(session, {"eval", model, "TEST-DATA"}));
  out.line("  " + next_command(session, {"register", model, "--name", name}));
}

}  // namespace mlsys::frame
