// list, search, show, compare.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

// The metrics that most of these runs have, at most `most` of them, in the order of their names.
std::vector<std::string> common_metrics(const std::vector<track::Run>& runs, std::size_t most) {
  std::map<std::string, std::size_t> count;
  for (const auto& run : runs)
    for (const auto& [key, latest] : run.metrics) ++count[key];
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const auto& [key, number] : count) ranked.emplace_back(number, key);
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (ranked.size() > most) ranked.resize(most);
  std::vector<std::string> names;
  for (const auto& [number, key] : ranked) names.push_back(key);
  std::sort(names.begin(), names.end());
  return names;
}

std::string shown_cell(const track::Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return significant(*number, 5);
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return std::to_string(*whole);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* time = std::get_if<Millis>(&cell)) return shown_time(*time);
  return "-";
}

// `list`, and `search`, whose filter needs no option.
class List final : public Verb {
 public:
  explicit List(bool search) : search_(search) {}

 private:
  void declare(Options& options) override {
    if (search_)
      options.positional(options_.filter, "FILTER", "Which runs, such as \"metrics.auc > 0.8 AND params.depth = '6'\"")
          .optional();
    else
      options.value(options_.filter, "--filter", "FILTER", "Only runs for which this is true; see 'mlsys help runs'");
    options.value(options_.experiments, "-e,--experiment", "NAME", "Only runs of this experiment; may be repeated");
    options
        .value(options_.order_by, "--order-by", "KEY",
               "Column to sort by, with DESC for the greatest first; may be repeated")
        .default_text("start_time DESC");
    options.value(limit_, "-n,--limit", "N", "At most so many").default_text("50");
    options.value(columns_, "--columns", "LIST", "Show these columns only: run_name,metrics.auc,max(metrics.auc)");
    options.value(metrics_, "--metric", "NAME", "Show this metric; may be repeated")
        .default_text("the three most frequent")
        .completes(Completes::metric);
    options.value(params_, "--param", "NAME", "Show this parameter; may be repeated");
    options.flag(deleted_, "--deleted", "List deleted runs instead");
    options.value(options_.page, "--page,--page-token", "PAGE", "Continue a list: its \"next_page\"");
    options.flag(explain_, "--explain", "Show what is asked of the database instead");
  }

  Code run(Session& session) override {
    options_.limit = limit_;
    if (deleted_) options_.lifecycle = track::Lifecycle::deleted;
    store::Store store = open_for_reading(session);
    if (explain_) return explain(session, store);
    if (!columns_.empty()) return select(session, store);
    const track::RunPage page = track::search(store, options_, session.context());
    session.out().document(to_json(page));
    for (const auto& run : page.runs) session.out().id(run.run_id);
    if (session.out().mode() == Mode::human) show(session, page);
    for (const auto& note : page.notes) session.out().note(note);
    return Code::ok;
  }

  void show(Session& session, const track::RunPage& page) {
    if (page.runs.empty()) return say_none(session);
    const auto metrics = metrics_.empty() ? common_metrics(page.runs, 3) : metrics_;
    Table table;
    for (const char* title : {"run", "name", "experiment", "status", "started"}) table.column(title);
    table.column("took", Table::Align::right);
    for (const auto& name : params_) table.column(name, Table::Align::right);
    for (const auto& name : metrics) table.column(name, Table::Align::right);
    const Millis now = session.context().now();
    for (const auto& run : page.runs) {
      std::vector<Table::Cell> cells{
          short_id(run.run_id),    run.name, run.experiment, shown_status(run), shown_time(run.start_time),
          shown_duration(run, now)};
      for (const auto& name : params_) {
        const auto found = run.params.find(name);
        cells.emplace_back(found == run.params.end() ? "-" : found->second);
      }
      for (const auto& name : metrics) {
        const auto found = run.metrics.find(name);
        cells.emplace_back(found == run.metrics.end() ? "-" : significant(found->second.value, 5));
      }
      table.row(std::move(cells));
    }
    session.out().table(table);
    say_more(session, page.next);
  }

  Code select(Session& session, store::Store& store) {
    if (!metrics_.empty() || !params_.empty())
      throw Error(Code::usage, "--columns says what is shown: --metric and --param add nothing to it",
                  "--columns run_name,metrics.auc,params.depth");
    const track::RunTable found = track::select(store, options_, columns_, session.context());
    session.out().document(to_json(found));
    for (const auto& id : found.run_ids) session.out().id(id);
    if (found.rows.empty()) {
      say_none(session);
    } else {
      Table table;
      table.column("run");
      for (std::size_t i = 0; i < found.columns.size(); ++i) {
        const bool number = std::any_of(found.rows.begin(), found.rows.end(),
                                        [&](const auto& row) { return std::holds_alternative<double>(row[i]); });
        table.column(found.columns[i], number ? Table::Align::right : Table::Align::left);
      }
      for (std::size_t row = 0; row < found.rows.size(); ++row) {
        std::vector<Table::Cell> cells{short_id(found.run_ids[row])};
        for (const auto& cell : found.rows[row]) cells.emplace_back(shown_cell(cell));
        table.row(std::move(cells));
      }
      session.out().table(table);
      if (session.out().mode() == Mode::human) say_more(session, found.next);
    }
    for (const auto& note : found.notes) session.out().note(note);
    return Code::ok;
  }

  Code explain(Session& session, store::Store& store) {
    const track::Explanation explanation = track::explain(store, options_, session.context());
    const Json document = to_json(explanation);
    session.out().document(document);
    Output& out = session.out();
    if (!explanation.filter.empty()) out.line("filter: " + explanation.filter);
    for (const auto& counted : explanation.considered) out.line("counted " + counted.what);
    for (std::size_t i = 0; i < explanation.statements.size(); ++i) {
      const auto& statement = explanation.statements[i];
      out.line();
      out.line(out.paint(Tone::strong, fmt::format("{}. {}", i + 1, statement.what)));
      out.line(statement.sql.text);
      out.line("values: " + to_line(document["statements"][i]["values"]));
      for (const auto& step : statement.plan) out.line("  " + step);
    }
    return Code::ok;
  }

  void say_none(Session& session) const {
    if (options_.filter.empty() && options_.page.empty() && !deleted_)
      session.out().note("no runs yet: mlsys train, or mlsys runs start");
    else
      session.out().note("no runs");
  }

  static void say_more(Session& session, const std::string& next) {
    if (!next.empty()) session.out().note(fmt::format("there are more: --limit N, or --page {}", next));
  }

  bool search_;
  track::SearchOptions options_;
  std::vector<std::string> metrics_, params_;
  std::string columns_;
  std::size_t limit_ = 50;
  bool deleted_ = false, explain_ = false;
};

class Show final : public Verb {
  void declare(Options& options) override {
    options.positional(run_, "RUN", run_help).completes(Completes::run);
    options.value(metric_, "--metric", "NAME", "Only this metric").completes(Completes::metric);
    options.flag(history_, "--history", "Every point of the metric");
  }

  Code run(Session& session) override {
    if (history_ && metric_.empty())
      throw Error(Code::usage, "--history needs --metric NAME", "mlsys runs show " + run_ + " --metric loss --history");
    store::Store store = open_for_reading(session);
    const std::string id = track::resolve_run(store, run_);
    if (history_) return show_history(session, store, id);
    const track::Run run = track::get(store, id, session.context());
    if (!metric_.empty()) return show_metric(session, store, run);
    Json document{{"schema", runs_schema}};
    document.update(to_json(run));
    session.out().document(document);
    session.out().id(id);
    if (session.out().mode() == Mode::human) show_all(session, run);
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
    if (!run.source.empty()) out.line("$ " + run.source);
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
  bool history_ = false;
};

class Compare final : public Verb {
  void declare(Options& options) override {
    options.positional(runs_, "RUN", "Runs to compare, two or more").completes(Completes::run);
  }

  Code run(Session& session) override {
    if (runs_.size() < 2)
      throw Error(Code::usage, "cannot compare fewer than two runs", "mlsys runs compare @last @last~1");
    store::Store store = open_for_reading(session);
    std::vector<std::string> ids;
    for (const auto& run : runs_) ids.push_back(track::resolve_run(store, run));
    const track::Comparison comparison = track::compare(store, ids, session.context());
    session.out().document(to_json(comparison));
    if (comparison.differences.empty()) {
      session.out().note("nothing differs");
      return Code::ok;
    }
    const bool pair = comparison.runs.size() == 2;
    Table table;
    table.column("what");
    table.column("name");
    for (const auto& run : comparison.runs) table.column(short_id(run.run_id) + " " + run.name, Table::Align::right);
    if (pair) table.column("change", Table::Align::right);
    for (const auto& difference : comparison.differences) {
      std::vector<Table::Cell> cells{difference.section, difference.key};
      for (auto& value : shown(difference)) cells.emplace_back(std::move(value));
      if (pair) cells.emplace_back(change(difference));
      table.row(std::move(cells));
    }
    session.out().table(table);
    return Code::ok;
  }

  // Metrics with as many digits as tell them apart, everything else cut where a table can hold it; --json has it all.
  static std::vector<std::string> shown(const track::Difference& difference) {
    std::vector<std::string> texts;
    for (const auto& value : difference.values) {
      const auto number = parse_double(value);
      texts.push_back(value.empty()                                                       ? "-"
                      : difference.section == "metric" && number                          ? significant(*number, 5)
                      : difference.section == "input" || difference.section == "artifact" ? value.substr(0, 12)
                                                                                          : truncate_width(value, 40));
    }
    if (std::set<std::string>(texts.begin(), texts.end()).size() < 2) return difference.values;
    return texts;
  }

  static std::string change(const track::Difference& difference) {
    const auto before = parse_double(difference.values.front());
    const auto after = parse_double(difference.values.back());
    if (difference.section != "metric" || !before || !after) return "";
    return (*after > *before ? "+" : "") + significant(*after - *before, 3);
  }

  std::vector<std::string> runs_;
};

}  // namespace

std::unique_ptr<Verb> make_runs_list() { return std::make_unique<List>(false); }
std::unique_ptr<Verb> make_runs_search() { return std::make_unique<List>(true); }
std::unique_ptr<Verb> make_runs_show() { return std::make_unique<Show>(); }
std::unique_ptr<Verb> make_runs_compare() { return std::make_unique<Compare>(); }

}  // namespace mlsys::frame
