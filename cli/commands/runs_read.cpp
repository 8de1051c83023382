// list, search.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
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
          .optional()
          .may_be_empty();
    else
      options.value(options_.filter, "--filter", "FILTER", "Only runs for which this is true; see 'mlsys help runs'")
          .may_be_empty();
    options.value(options_.experiments, "-e,--experiment", "NAME", "Only runs of this experiment; may be repeated");
    options
        .value(options_.order_by, "--order-by", "KEY",
               "Column to sort by, with DESC for the greatest first; may be repeated")
        .default_text("start_time DESC");
    options.value(limit_, "-n,--limit", "N", "At most so many").default_text("50; with -q all");
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
    options_.limit = limit_.value_or(50);
    if (deleted_) options_.lifecycle = track::Lifecycle::deleted;
    store::Store store = open_for_reading(session);
    if (explain_) return explain(session, store);
    if (session.out().mode() == Mode::quiet) return list_ids(session, store);
    if (!columns_.empty()) return select(session, store);
    const track::RunPage page = track::search(store, options_, session.context());
    session.out().document(to_json(page));
    if (session.out().mode() == Mode::human) show(session, page);
    for (const auto& note : page.notes) session.out().note(note);
    return Code::ok;
  }

  // Scripts act on what is printed: a list that ended without a word would leave the rest undone.
  Code list_ids(Session& session, store::Store& store) {
    if (!limit_) options_.limit = std::numeric_limits<std::int32_t>::max();
    const auto found = track::select(store, options_, columns_.empty() ? "run_id" : columns_, session.context());
    for (const auto& id : found.run_ids) session.out().id(id);
    for (const auto& note : found.notes) session.out().note(note);
    return Code::ok;
  }

  void show(Session& session, const track::RunPage& page) {
    if (page.runs.empty()) return say_none(session);
    const std::size_t most = session.out().out_stream().width < 100 ? 2 : 3;  // what fits beside the other columns
    const auto metrics = metrics_.empty() ? common_metrics(page.runs, most) : metrics_;
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
    if (options_.filter.empty() && options_.page.empty() && !deleted_ && options_.limit > 0)
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
  std::optional<std::size_t> limit_;
  bool deleted_ = false, explain_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_runs_list() { return std::make_unique<List>(false); }
std::unique_ptr<Verb> make_runs_search() { return std::make_unique<List>(true); }

}  // namespace mlsys::frame
