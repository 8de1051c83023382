// runs export: a module of its own, since it writes tables with DuckDB.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/writer.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::frame {
namespace {

using data::As;
using data::Column;
using data::ColumnType;

Column make_column(std::string name, ColumnType type, As as) {
  Column column;
  column.name = std::move(name);
  column.type = type;
  column.as = as;
  return column;
}

void put_text(Column& column, const std::string& text) {
  column.texts.push_back(text);
  column.valid.push_back(1);
}

void put_time(Column& column, std::optional<Millis> time) {
  column.i64.push_back(time ? std::chrono::microseconds(time->time_since_epoch()).count() : 0);
  column.valid.push_back(time ? 1 : 0);
}

// A row for each run. Which columns there are is known when all have been seen, so they are kept in memory.
class RunTable {
 public:
  RunTable() {
    for (const char* name : {"run_id", "run_name", "experiment", "status"}) text(name);
    for (const char* name : {"start_time", "end_time"})
      fixed_.push_back(make_column(name, ColumnType::timestamp, As::int64));
    for (const char* name : {"user_id", "source"}) text(name);
  }

  void add(const track::Run& run) {
    std::size_t at = 0;
    for (const std::string& value : {run.run_id, run.name, run.experiment, std::string(name_of(run.status))})
      put_text(fixed_[at++], value);
    put_time(fixed_[at++], run.start_time);
    put_time(fixed_[at++], run.end_time);
    put_text(fixed_[at++], run.user);
    put_text(fixed_[at++], run.source);
    for (const auto& [key, value] : run.params) put_text(padded(params_, "params." + key, As::text), value);
    for (const auto& [key, latest] : run.metrics)
      padded(metrics_, "metrics." + key, As::float64).f64.push_back(latest.value);
    for (const auto& [key, value] : run.tags) put_text(padded(tags_, "tags." + key, As::text), value);
    ++rows_;
  }

  data::Frame take() {
    data::Frame frame;
    frame.rows = rows_;
    frame.columns = std::move(fixed_);
    for (auto* section : {&params_, &metrics_, &tags_})
      for (auto& [name, column] : *section) {
        pad(column);
        frame.columns.push_back(std::move(column));
      }
    return frame;
  }

 private:
  void text(const char* name) { fixed_.push_back(make_column(name, ColumnType::text, As::text)); }

  void pad(Column& column) const {
    if (column.as == As::float64) {
      column.f64.resize(rows_, std::numeric_limits<double>::quiet_NaN());
    } else {
      column.texts.resize(rows_);
      column.valid.resize(rows_, 0);
    }
  }
  Column& padded(std::map<std::string, Column>& section, const std::string& name, As as) const {
    auto found = section.find(name);
    if (found == section.end())
      found = section.emplace(name, make_column(name, as == As::text ? ColumnType::text : ColumnType::real, as)).first;
    pad(found->second);
    return found->second;
  }

  std::vector<Column> fixed_;
  std::map<std::string, Column> params_, metrics_, tags_;
  std::uint64_t rows_ = 0;
};

// A row for each point, written as they come.
class PointTable {
 public:
  explicit PointTable(data::Writer& writer) : writer_(writer) { begin(); }

  void add(const std::string& run, const std::string& metric, const track::HistoryPoint& point) {
    put_text(frame_.columns[0], run);
    put_text(frame_.columns[1], metric);
    frame_.columns[2].i64.push_back(point.step);
    frame_.columns[2].valid.push_back(1);
    put_time(frame_.columns[3], point.time);
    frame_.columns[4].f64.push_back(point.value);
    ++rows_;
    if (++frame_.rows == most) flush();
  }
  std::uint64_t finish() {
    if (frame_.rows > 0 || rows_ == 0) flush();
    return rows_;
  }

 private:
  static constexpr std::uint64_t most = 1 << 16;

  void begin() {
    frame_ = {};
    frame_.columns = {
        make_column("run_id", ColumnType::text, As::text), make_column("metric", ColumnType::text, As::text),
        make_column("step", ColumnType::integer, As::int64), make_column("time", ColumnType::timestamp, As::int64),
        make_column("value", ColumnType::real, As::float64)};
  }
  void flush() {
    writer_.append(frame_);
    begin();
  }

  data::Writer& writer_;
  data::Frame frame_;
  std::uint64_t rows_ = 0;
};

class Export final : public Verb {
  void declare(Options& options) override {
    options.positional(search_.filter, "FILTER", "Which runs, as in 'mlsys runs search'").optional().may_be_empty();
    options.value(output_, "-o,--output", "FILE", "Write .csv, .tsv, .parquet or .ndjson")
        .default_text("CSV on standard output")
        .writes();
    options.value(search_.experiments, "-e,--experiment", "NAME", "Only runs of this experiment; may be repeated");
    options.value(search_.order_by, "--order-by", "KEY", "Column to sort by, with DESC for the greatest first")
        .default_text("start_time DESC");
    options.value(limit_, "-n,--limit", "N", "At most so many runs").default_text("all");
    options.flag(deleted_, "--deleted", "Deleted runs instead");
    options.flag(history_, "--history", "A row for each point: run_id, metric, step, time, value");
    options.value(metrics_, "--metric", "NAME", "With --history: only this metric; may be repeated")
        .completes(Completes::metric);
  }

  Code run(Session& session) override {
    const bool to_stdout = output_.empty() || output_ == "-";
    if (to_stdout && session.out().mode() == Mode::json)
      throw Error(Code::usage, "the table and --json both want stdout", "add -o FILE");
    if (!metrics_.empty() && !history_)
      throw Error(Code::usage, "--metric chooses points: it needs --history", "add --history");
    if (deleted_) search_.lifecycle = track::Lifecycle::deleted;
    search_.limit = limit_.value_or(0);
    if (limit_ && *limit_ == 0) throw Error(Code::usage, "--limit 0 leaves nothing to write");
    Context& context = session.context();
    std::optional<TempDirectory> scratch;
    std::filesystem::path target = output_;
    if (to_stdout) {
      scratch.emplace(context.temp_dir);
      target = scratch->path() / "runs.csv";
    }
    store::Store store = store::Store::open(session.project().state, store::Mode::read, context);
    data::WriterOptions options;
    if (to_stdout) options.subject = "standard output";
    data::Writer writer(target, options, context);
    const Counts counts = history_ ? write_points(session, store, writer) : write_runs(session, store, writer);
    writer.commit();
    if (to_stdout) {
      session.out().raw(read_file(target, std::numeric_limits<std::uint64_t>::max()));
    } else {
      session.out().document({{"schema", "mlsys.runs/1"},
                              {"output", target.native()},
                              {"runs", counts.runs},
                              {"rows", counts.rows},
                              {"columns", counts.columns}});
      session.out().id(target.native());
      session.out().line(fmt::format("{}: {}, {}, {}", quoted(target.native(), 200), counted(counts.runs, "run"),
                                     counted(counts.rows, "row"), counted(counts.columns, "column")));
    }
    return Code::ok;
  }

  struct Counts {
    std::uint64_t runs = 0;
    std::uint64_t rows = 0;
    std::size_t columns = 0;
  };

  Counts write_runs(Session& session, store::Store& store, data::Writer& writer) {
    RunTable table;
    Counts counts;
    const auto notes = track::each_run(store, search_, session.context(), [&](const track::Run& run) {
      table.add(run);
      ++counts.runs;
    });
    for (const auto& note : notes) session.out().note(note);
    data::Frame frame = table.take();
    part_case_twins(session, frame);
    writer.append(frame);
    counts.rows = frame.rows;
    counts.columns = frame.columns.size();
    return counts;
  }

  Counts write_points(Session& session, store::Store& store, data::Writer& writer) {
    PointTable table(writer);
    Counts counts;
    counts.columns = 5;
    store.read([&] {
      const auto notes = track::each_run(store, search_, session.context(), [&](const track::Run& run) {
        ++counts.runs;
        for (const auto& [metric, latest] : run.metrics) {
          if (!metrics_.empty() && std::find(metrics_.begin(), metrics_.end(), metric) == metrics_.end()) continue;
          track::history(store, run.run_id, metric, [&](const track::HistoryPoint& point) {
            table.add(run.run_id, metric, point);
            return true;
          });
        }
      });
      for (const auto& note : notes) session.out().note(note);
    });
    counts.rows = table.finish();
    return counts;
  }

  // Most readers of tables take names that differ in case alone for the same.
  static void part_case_twins(Session& session, data::Frame& frame) {
    std::map<std::string, int> seen;
    for (Column& column : frame.columns) {
      const int before = seen[to_lower_ascii(column.name)]++;
      if (before == 0) continue;
      const std::string name = fmt::format("{} ({})", column.name, before + 1);
      session.out().note(fmt::format("column {} is written as {}: another differs from it in case only",
                                     quoted(column.name), quoted(name)));
      column.name = name;
    }
  }

  track::SearchOptions search_;
  std::string output_;
  std::vector<std::string> metrics_;
  std::optional<std::size_t> limit_;
  bool deleted_ = false, history_ = false;
};

constexpr VerbInfo verbs[] = {{"", "Write runs, or every point of their metrics, to a table", {}, make_verb<Export>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("runs_export", mlsys::frame::verbs)
