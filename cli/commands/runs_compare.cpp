// runs compare: a module of its own, since it draws.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "curves.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

class Compare final : public Verb {
  void declare(Options& options) override {
    options.positional(runs_, "RUN", "Runs to compare, two or more").completes(Completes::run);
    options.value(metrics_, "--metric", "NAME", "With a picture: draw this metric, whether or not it differs")
        .default_text("those that differ")
        .completes(Completes::metric);
    options.flag(chart_, "--chart", "Draw the metrics that differ");
    options.value(report_, "--report", "FILE", "Write an HTML report with a chart of each of them").writes();
  }

  Code run(Session& session) override {
    if (runs_.size() < 2)
      throw Error(Code::usage, "cannot compare fewer than two runs", "mlsys runs compare @last @last~1");
    if (!metrics_.empty() && !chart_ && report_.empty())
      throw Error(Code::usage, "--metric says what is drawn: it needs --chart or --report FILE", "add --chart");
    store::Store store = open_for_reading(session);
    track::Comparison comparison;
    std::vector<Drawn> drawn;
    store.read([&] {
      std::vector<std::string> ids;
      for (const auto& run : runs_) ids.push_back(track::resolve_run(store, run));
      comparison = track::compare(store, ids, session.context());
      if (chart_ || !report_.empty()) drawn = draw(store, comparison, session);
    });
    if (!report_.empty()) write_file(report_, page(session, comparison, drawn));
    Json document = to_json(comparison);
    if (chart_)
      for (const Drawn& metric : drawn)
        for (const NamedCurve& named : metric.curves) document["curves"].push_back(curve_json(metric.name, named));
    session.out().document(document);
    if (comparison.differences.empty())
      session.out().note("nothing differs");
    else
      show_table(session, comparison);
    if (chart_ && session.out().mode() == Mode::human) show_pictures(session, drawn);
    if (!report_.empty()) session.out().line("report: " + report_.string());
    return Code::ok;
  }

  static void show_table(Session& session, const track::Comparison& comparison) {
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
  }

  // ---- Pictures ----

  struct Drawn {
    std::string name;
    std::vector<NamedCurve> curves;
    [[nodiscard]] bool series() const {
      return std::any_of(curves.begin(), curves.end(), [](const auto& named) { return named.curve.total > 1; });
    }
  };

  std::vector<Drawn> draw(store::Store& store, const track::Comparison& comparison, Session& session) const {
    std::vector<std::string> names = metrics_;
    if (names.empty())
      for (const auto& difference : comparison.differences)
        if (difference.section == "metric") names.push_back(difference.key);
    std::vector<Drawn> drawn;
    for (const auto& name : names) {
      drawn.push_back({name, curves_of(store, comparison.runs, name, session.context())});
      if (drawn.back().curves.empty()) throw no_metric(comparison, name);
    }
    return drawn;
  }

  static Error no_metric(const track::Comparison& comparison, const std::string& name) {
    std::set<std::string> known;
    for (const auto& run : comparison.runs)
      for (const auto& [key, latest] : run.metrics) known.insert(key);
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string hint = did_you_mean(name, names);
    return {Code::not_found, fmt::format("none of these runs has a metric {}", quoted(name)),
            !hint.empty()   ? hint
            : names.empty() ? "they have none"
                            : "they have " + join(names, ", ")};
  }

  // Metrics of one point each are in the table already.
  static void show_pictures(Session& session, const std::vector<Drawn>& drawn) {
    constexpr std::size_t most = 12;
    Output& out = session.out();
    std::size_t shown = 0, left = 0;
    for (const Drawn& metric : drawn) {
      if (!metric.series()) continue;
      if (shown == most) {
        ++left;
        continue;
      }
      ++shown;
      out.line();
      for (const auto& line :
           sparklines(metric.name, metric.curves, std::min<std::size_t>(100, out.out_stream().width)))
        out.line(line);
      for (const NamedCurve& named : metric.curves)
        if (const std::string note = reduction_note(named.curve); !note.empty())
          out.note(fmt::format("{} of {}: {}", metric.name, named.label, note));
    }
    if (shown == 0) out.note("no metric that differs has more than a point");
    if (left > 0)
      out.note(fmt::format("{} more: name them with --metric, or see all with --report FILE", counted(left, "metric")));
  }

  static std::string page(Session& session, const track::Comparison& comparison, const std::vector<Drawn>& drawn) {
    report::Page page("Runs compared", counted(comparison.runs.size(), "run") + ", what differs between them");
    report::Table runs{
        "",
        {{"run", false}, {"name", false}, {"experiment", false}, {"status", false}, {"started", false}, {"took", true}},
        {}};
    report::Table table{"", {{"what", false}, {"name", false}}, {}};
    const auto plain = [](std::string text) { return report::Cell{std::move(text), {}, {}, ""}; };
    for (const auto& run : comparison.runs) {
      runs.rows.push_back({plain(run.run_id), plain(run.name), plain(run.experiment), plain(shown_status(run).text),
                           plain(shown_time(run.start_time)), plain(shown_duration(run, session.context().now()))});
      table.columns.push_back({short_id(run.run_id) + " " + run.name, true});
    }
    for (const auto& difference : comparison.differences) {
      std::vector<report::Cell> cells = {plain(difference.section), plain(difference.key)};
      for (auto& value : shown(difference)) cells.push_back(plain(std::move(value)));
      table.rows.push_back(std::move(cells));
    }
    page.section("Runs").table(runs);
    if (comparison.differences.empty())
      page.text("Nothing differs.");
    else
      page.section("Differences").table(table);
    std::vector<report::Figure> figures;
    for (const Drawn& metric : drawn) figures.push_back(figure_of(metric.name, metric.curves));
    if (!figures.empty()) page.section("Metrics").figures(figures);
    return page.html(std::string("mlsys ") + version());
  }

  // Metrics with as many digits as tell them apart, everything else cut where a table can hold it; --json has it all.
  static std::vector<std::string> shown(const track::Difference& difference) {
    std::vector<std::string> whole, texts;
    for (const auto& value : difference.values) {
      if (!value || value->empty()) {
        whole.emplace_back(value ? "''" : "-");
        texts.push_back(whole.back());
      } else {
        whole.push_back(*value);
        texts.push_back(shortened(difference.section, *value));
      }
    }
    return std::set<std::string>(texts.begin(), texts.end()).size() < 2 ? whole : texts;
  }

  static std::string shortened(std::string_view section, const std::string& value) {
    constexpr std::size_t of_digest = 12;
    if (section == "metric")
      if (const auto number = parse_double(value)) return significant(*number, 5);
    if (section != "input" && section != "artifact") return truncate_width(value, 40);
    std::vector<std::string> digests = split(value, ',');
    for (auto& digest : digests) digest = trim(digest).substr(0, of_digest);
    return truncate_width(join(digests, ", "), 40);
  }

  static std::string change(const track::Difference& difference) {
    if (difference.section != "metric" || !difference.values.front() || !difference.values.back()) return "";
    const auto before = parse_double(*difference.values.front());
    const auto after = parse_double(*difference.values.back());
    if (!before || !after) return "";
    return (*after > *before ? "+" : "") + significant(*after - *before, 3);
  }

  std::vector<std::string> runs_, metrics_;
  std::filesystem::path report_;
  bool chart_ = false;
};

constexpr VerbInfo verbs[] = {{"", "Show what differs between runs", {}, make_verb<Compare>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("runs_compare", mlsys::frame::verbs)
