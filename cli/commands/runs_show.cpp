// runs show: a module of its own, since it draws.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "curves.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

class Show final : public Verb {
  void declare(Options& options) override {
    options.positional(run_, "RUN", run_help).completes(Completes::run);
    options.value(metric_, "--metric", "NAME", "Only this metric").completes(Completes::metric);
    options.flag(history_, "--history", "Every point of the metric");
    options.flag(chart_, "--chart", "Draw the metric");
    options.value(report_, "--report", "FILE", "Write an HTML report with a chart of each metric").writes();
  }

  Code run(Session& session) override {
    if (history_ && metric_.empty())
      throw Error(Code::usage, "--history needs --metric NAME", "mlsys runs show " + run_ + " --metric loss --history");
    if (chart_ && metric_.empty())
      throw Error(Code::usage, "--chart needs --metric NAME",
                  "mlsys runs show " + run_ + " --metric loss --chart, or --report FILE for all of them");
    if (history_ && (chart_ || !report_.empty()))
      throw Error(Code::usage, "--history lists points: it excludes --chart and --report");
    store::Store store = open_for_reading(session);
    const std::string id = track::resolve_run(store, run_);
    if (history_) return show_history(session, store, id);
    track::Run run;
    std::string html;
    store.read([&] {
      run = track::get(store, id, session.context());
      if (!report_.empty()) html = page(session, store, run);
    });
    if (!report_.empty()) write_file(report_, html);
    if (chart_) return show_chart(session, store, run);
    if (!metric_.empty()) return show_metric(session, store, run);
    Json document{{"schema", runs_schema}};
    document.update(to_json(run));
    session.out().document(document);
    session.out().id(id);
    if (session.out().mode() == Mode::human) show_all(session, run);
    if (!report_.empty()) session.out().line("report: " + report_.string());
    return Code::ok;
  }

  // Written as it is read: a series can be longer than memory.
  Code show_history(Session& session, store::Store& store, const std::string& id) {
    Output& out = session.out();
    const bool json = out.mode() == Mode::json;
    std::string text;
    if (json)
      text = fmt::format("{{\n  \"schema\": \"{}\",\n  \"run_id\": \"{}\",\n  \"metric\": {},\n  \"points\": [",
                         runs_schema, id, to_line(Json(metric_)));
    bool first = true;
    track::history(store, id, metric_, [&](const track::HistoryPoint& point) {
      if (json)
        text += (first ? "\n    " : ",\n    ") + to_line(to_json(point));
      else if (out.mode() == Mode::quiet)
        text += shortest(point.value) + "\n";
      else
        text += fmt::format("{}{:>10}  {}  {}\n", first ? "      step  time                      value\n" : "",
                            point.step, fmt::format("{:<24}", iso_time(point.time)), shortest(point.value));
      first = false;
      if (text.size() > 1 << 16) {
        session.context().check_stop();
        out.raw(text);
        text.clear();
      }
      return out.open();
    });
    if (json) text += "\n  ]\n}\n";
    out.raw(text);
    return Code::ok;
  }

  Code show_chart(Session& session, store::Store& store, const track::Run& run) {
    Output& out = session.out();
    const auto curves = curves_of(store, {run}, metric_, session.context());
    if (curves.empty()) return show_metric(session, store, run);  // which says what there is instead
    const NamedCurve& named = curves.front();
    const track::Curve& curve = named.curve;
    Json document{{"schema", runs_schema}};
    document.update(curve_json(metric_, named));
    out.document(document);
    for (const auto& point : curve.points) out.id(shortest(point.value));
    const std::string range =
        curve.points.empty() ? "none to draw"
                             : fmt::format("{} to {}", significant(curve.least, 5), significant(curve.greatest, 5));
    out.line(fmt::format("{} of {}: {}, {}", out.paint(Tone::strong, metric_), named.label,
                         counted(curve.total, "point"), range));
    for (const auto& line : plot(curve, std::min<std::size_t>(100, out.out_stream().width))) out.line(line);
    if (curve.not_finite > 0)
      out.note(fmt::format("{} of {} points read not drawn: NaN or infinite", with_thousands(curve.not_finite),
                           with_thousands(curve.read)));
    if (const std::string note = reduction_note(curve); !note.empty()) out.note(note);
    return Code::ok;
  }

  std::string page(Session& session, store::Store& store, const track::Run& run) const {
    report::Page page("Run " + run.name, run.run_id);
    page.cards({{"status", std::string(name_of(run.status)), "", report::Tone::plain},
                {"experiment", run.experiment, "", report::Tone::plain},
                {"started", shown_time(run.start_time), "by " + run.user, report::Tone::plain},
                {"took", shown_duration(run, session.context().now()), "", report::Tone::plain}});
    const auto texts = [&](const char* title, const std::map<std::string, std::string>& values) {
      if (values.empty()) return;
      report::Table table{"", {{"name", false}, {"value", false}}, {}};
      for (const auto& [key, value] : values) table.rows.push_back({{key, {}, {}, ""}, {value, {}, {}, ""}});
      page.section(title).table(table);
    };
    texts("Parameters", run.params);
    std::vector<report::Figure> figures;
    for (const auto& [metric, latest] : run.metrics)
      if (metric_.empty() || metric == metric_)
        figures.push_back(figure_of(metric, curves_of(store, {run}, metric, session.context())));
    if (!figures.empty()) page.section("Metrics").figures(figures);
    texts("Tags", run.tags);
    return page.html(std::string("mlsys ") + version());
  }

  Code show_metric(Session& session, store::Store& store, const track::Run& run) {
    const auto found = run.metrics.find(metric_);
    if (found == run.metrics.end()) {
      track::history(store, run.run_id, metric_, [](const auto&) { return false; });  // says what there is instead
      throw Error(Code::not_found, fmt::format("run {} has no metric {}", quoted(run.run_id), quoted(metric_)));
    }
    const track::Latest& latest = found->second;
    Json document{{"schema", runs_schema}, {"run_id", run.run_id}, {"metric", metric_}};
    document.update(to_json(track::HistoryPoint{latest.step, latest.time, latest.value}));
    document["points"] = latest.count;
    session.out().document(document);
    session.out().id(shortest(latest.value));
    session.out().line(shortest(latest.value));
    return Code::ok;
  }

  static void pairs(Output& out, const std::string& title, const std::map<std::string, std::string>& values) {
    if (values.empty()) return;
    Table table;
    table.column(title);
    table.column("value");
    for (const auto& [key, value] : values) table.row({key, value});
    out.line();
    out.table(table);
  }

  static void show_all(Session& session, const track::Run& run) {
    Output& out = session.out();
    out.line(fmt::format("{}  {}", out.paint(Tone::strong, run.run_id), run.name));
    const Table::Cell status = shown_status(run);
    std::string line = fmt::format("{} in {}, started {} by {}", out.paint(status.tone, status.text),
                                   quoted(run.experiment), shown_time(run.start_time), run.user);
    if (run.end_time) line += ", took " + shown_duration(run, session.context().now());
    out.line(line);
    if (run.stale) out.line("its process is gone without having ended it: mlsys runs end RUN --status failed");
    if (!run.source.empty()) out.line("$ " + printable(run.source));
    pairs(out, "parameter", run.params);
    if (!run.metrics.empty()) {
      Table table;
      table.column("metric");
      for (const char* title : {"latest", "step", "points", "least", "greatest"})
        table.column(title, Table::Align::right);
      for (const auto& [key, latest] : run.metrics)
        table.row({key, significant(latest.value, 6), std::to_string(latest.step), with_thousands(latest.count),
                   significant(latest.min, 6), significant(latest.max, 6)});
      out.line();
      out.table(table);
    }
    pairs(out, "tag", run.tags);
    if (!run.inputs.empty()) {
      Table table;
      for (const char* title : {"data", "context", "source", "digest"}) table.column(title);
      for (const auto& input : run.inputs) table.row({input.name, input.context, input.source, input.digest});
      out.line();
      out.table(table);
    }
    if (!run.artifacts.empty()) {
      Table table;
      table.column("artifact");
      table.column("size", Table::Align::right);
      table.column("sha256");
      for (const auto& artifact : run.artifacts)
        table.row({artifact.name, human_bytes(artifact.bytes), artifact.digest.substr(0, 12)});
      out.line();
      out.table(table);
    }
  }

  std::string run_, metric_;
  std::filesystem::path report_;
  bool history_ = false, chart_ = false;
};

constexpr VerbInfo verbs[] = {{"", "Show a run, or the history of a metric", {}, make_verb<Show>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("runs_show", mlsys::frame::verbs)
