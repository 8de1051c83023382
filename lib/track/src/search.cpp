#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/identity.hpp"
#include "rows.hpp"
#include "search_plan.hpp"

namespace mlsys::track {

using filter::Column;
using filter::Kind;
using filter::Node;
using filter::Operator;
using filter::Section;
using filter::SortKey;
using filter::Test;
using store::Statement;
using store::Store;

namespace {

void each_test(const Node& node, const std::function<void(const Test&)>& work) {
  if (node.kind == Node::Kind::test) work(node.test);
  for (const Node& child : node.children) each_test(child, work);
}

bool is_status(const Column& column) { return column.section == Section::attribute && column.key == "status"; }

// The rows of runs under way whose process is gone, as JSON; "" when there are none.
std::string gone_runs(Store& store, Millis now) {
  std::string rows;
  Statement under_way = store.prepare(
      "SELECT id, process, heartbeat FROM runs WHERE status = 'RUNNING' AND process IS NOT NULL ORDER BY id");
  while (under_way.step())
    if (is_gone(store, under_way.integer(0), under_way.string(1), under_way.maybe_integer(2), now))
      rows += fmt::format("{}{}", rows.empty() ? "[" : ",", under_way.integer(0));
  return rows.empty() ? rows : rows + "]";
}

std::uint64_t hash_of(const SearchOptions& options) {
  store::RequestHash hash;
  hash.add(options.filter).add(name_of(options.lifecycle));
  hash.add(static_cast<std::int64_t>(options.experiments.size()));  // or a key would read like one of them
  for (const auto& name : options.experiments) hash.add(name);
  for (const auto& key : options.order_by) hash.add(key);
  return hash.value();
}

Search read_search(Store& store, const SearchOptions& options, const std::vector<Column>& columns, Context& context) {
  Search search;
  search.filter = Filter::parse(options.filter, context.now());
  search.lifecycle = options.lifecycle;
  search.limit = options.limit;
  for (const auto& text : options.order_by)
    for (SortKey& key : filter::parse_order(text)) search.order.push_back(std::move(key));
  if (search.order.size() > 8) throw Error(Code::usage, "cannot sort by more than 8 keys");
  if (!options.page.empty()) search.after = position_of(options.page, hash_of(options), search.order);
  for (const auto& name : options.experiments) {
    Statement rows = store.prepare("SELECT id FROM experiments WHERE name = ?");
    if (!rows.bind(name).step())
      throw Error(Code::not_found, fmt::format("no experiment {}", quoted(name)),
                  "list experiments with 'mlsys experiments list'");
    search.experiments.push_back(rows.integer(0));
  }
  bool by_status =
      std::any_of(columns.begin(), columns.end(), is_status) ||
      std::any_of(search.order.begin(), search.order.end(), [](const auto& key) { return is_status(key.column); });
  if (!search.filter.empty())
    each_test(*search.filter.root(), [&](const Test& test) { by_status = by_status || is_status(test.column); });
  if (by_status) search.gone = gone_runs(store, context.now());
  return search;
}

SqlValue read_value(const Statement& row, int index, Kind kind) {
  if (row.is_null(index)) return nullptr;
  if (kind == Kind::text) return row.string(index);
  if (kind == Kind::time) return row.integer(index);
  return row.real(index);
}

struct Hits {
  std::vector<std::int64_t> ids;
  std::string next;
};

Hits find(Store& store, const Search& search, std::uint64_t query, Context& context) {
  Hits hits;
  Position last;
  for (const Phase& phase : plan_of(store, search).phases) {
    Statement rows = prepare(store, phase.sql);
    while (rows.step()) {
      context.check_stop();
      if (hits.ids.size() == search.limit) {
        if (!hits.ids.empty()) hits.next = page_of(last, query);
        return hits;
      }
      hits.ids.push_back(rows.integer(0));
      last = {{}, rows.integer(1), rows.integer(0)};
      for (std::size_t i = 0; i < search.order.size(); ++i) {
        const int at = static_cast<int>(2 + 2 * i);
        last.keys.push_back(
            {static_cast<int>(rows.integer(at)), read_value(rows, at + 1, search.order[i].column.kind)});
      }
    }
  }
  return hits;
}

// ---- What was perhaps not meant ----

struct Keyed {
  std::string_view section;
  std::string_view table;
};
std::optional<Keyed> keyed(const Column& column) {
  if (column.section == Section::metric) return Keyed{"metric", "latest_metrics"};
  if (column.section == Section::param) return Keyed{"parameter", "params"};
  if (column.section == Section::tag) return Keyed{"tag", "tags"};
  return std::nullopt;
}

std::vector<std::string> notes_on(Store& store, const Search& search, std::vector<Column> columns) {
  std::vector<std::string> notes;
  for (const SortKey& key : search.order) columns.push_back(key.column);
  const auto add = [&](std::string note) {
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(std::move(note));
  };
  if (!search.filter.empty())
    each_test(*search.filter.root(), [&](const Test& test) {
      columns.push_back(test.column);
      if (!is_status(test.column) || (test.op != Operator::equal && test.op != Operator::in)) return;
      const auto known = names_of<RunStatus>();
      for (const auto& literal : test.values) {
        const auto& status = std::get<std::string>(literal.value);
        if (std::find(known.begin(), known.end(), status) == known.end())
          add(fmt::format("no run has the status {}: there are {}", quoted(status), join(known, ", ")));
      }
    });
  for (const Column& column : columns) {
    const auto what = keyed(column);
    if (!what) continue;
    Statement any = store.prepare(fmt::format(
        "SELECT 1 FROM {0} INDEXED BY {0}_by_value WHERE key = (SELECT id FROM keys WHERE name = ?) LIMIT 1",
        what->table));
    if (any.bind(column.key).step()) continue;
    std::vector<std::string> names;
    Statement known = store.prepare(fmt::format(
        "SELECT name FROM keys WHERE EXISTS (SELECT 1 FROM {0} INDEXED BY {0}_by_value WHERE key = keys.id) LIMIT 1000",
        what->table));
    while (known.step()) names.push_back(known.string(0));
    const std::string hint = did_you_mean(column.key, names);
    add(fmt::format("no run has a {} {}{}", what->section, quoted(column.key), hint.empty() ? "" : ": " + hint));
  }
  return notes;
}

Cell cell_of(SqlValue value, Kind kind) {
  if (kind == Kind::time && std::holds_alternative<std::int64_t>(value)) return from_ms(std::get<std::int64_t>(value));
  return std::visit([](auto& held) -> Cell { return std::move(held); }, value);
}

Json to_json(const SqlValue& value) {
  if (const auto* real = std::get_if<double>(&value)) return number_json(*real);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

Json to_json(const Explanation::Statement& statement) {
  Json json{{"what", statement.what}, {"sql", statement.sql.text}, {"values", Json::array()}, {"plan", statement.plan}};
  for (const SqlValue& value : statement.sql.values) json["values"].push_back(to_json(value));
  return json;
}

void read_runs(Store& store, const std::vector<std::int64_t>& ids, Context& context,
               const std::function<void(Run)>& each) {
  Statement rows = store.prepare(std::string(run_columns) + "WHERE r.id = ?");
  Details details(store);
  for (const std::int64_t id : ids) {
    context.check_stop();
    rows.bind(id).step();
    Found found = read_run(store, rows, context.now());
    details.read(found);
    each(std::move(found.run));
  }
}

}  // namespace

RunPage search(Store& store, const SearchOptions& options, Context& context) {
  RunPage page;
  store.read([&] {
    const Search search = read_search(store, options, {}, context);
    Hits hits = find(store, search, hash_of(options), context);
    page.next = std::move(hits.next);
    page.notes = notes_on(store, search, {});
    read_runs(store, hits.ids, context, [&](Run run) { page.runs.push_back(std::move(run)); });
  });
  return page;
}

std::vector<std::string> each_run(Store& store, const SearchOptions& options, Context& context,
                                  const std::function<void(Run)>& each) {
  std::vector<std::string> notes;
  SearchOptions whole = options;
  whole.page.clear();
  if (whole.limit == 0) whole.limit = std::numeric_limits<std::int32_t>::max();
  store.read([&] {
    const Search search = read_search(store, whole, {}, context);
    const Hits hits = find(store, search, hash_of(whole), context);
    notes = notes_on(store, search, {});
    read_runs(store, hits.ids, context, each);
  });
  return notes;
}

RunTable select(Store& store, const SearchOptions& options, const std::string& columns, Context& context) {
  RunTable table;
  const std::vector<Column> shown = filter::parse_columns(columns);
  for (const Column& column : shown) table.columns.push_back(to_text(column));
  store.read([&] {
    const Search search = read_search(store, options, shown, context);
    Hits hits = find(store, search, hash_of(options), context);
    table.next = std::move(hits.next);
    table.notes = notes_on(store, search, shown);
    // A statement for each column: all of them in one would be too many for the database.
    const filter::Place place{"r.id", search.gone};
    Statement names = store.prepare("SELECT run_id FROM runs WHERE id = ?");
    table.rows.resize(hits.ids.size());
    for (const std::int64_t id : hits.ids) {
      names.bind(id).step();
      table.run_ids.push_back(names.string(0));
    }
    for (const Column& column : shown) {
      filter::SqlText sql;
      sql << "SELECT " << filter::value_of(column, place);
      const bool metric = column.section == Section::metric;
      if (metric) sql << ", " << filter::has_series(column, place);
      sql << " FROM runs AS r WHERE r.id = ";
      sql.bind(nullptr);
      Statement value = prepare(store, sql.sql);
      const int run = static_cast<int>(sql.sql.values.size());
      for (std::size_t i = 0; i < hits.ids.size(); ++i) {
        context.check_stop();
        value.reset();
        value.bind_at(run, hits.ids[i]);
        value.step();
        Cell cell = cell_of(read_value(value, 0, column.kind), column.kind);
        if (metric && value.is_null(0) && value.integer(1) != 0) cell = std::nan("");
        table.rows[i].push_back(std::move(cell));
      }
    }
  });
  return table;
}

Explanation explain(Store& store, const SearchOptions& options, Context& context) {
  Explanation explanation;
  store.read([&] {
    const Search search = read_search(store, options, {}, context);
    explanation.filter = search.filter.text();
    Plan plan = plan_of(store, search);
    const auto add = [&](std::vector<Phase>& phases, std::vector<Explanation::Statement>& to) {
      for (Phase& phase : phases) {
        Explanation::Statement statement{std::move(phase.what), std::move(phase.sql), {}};
        Statement rows = prepare(store, {"EXPLAIN QUERY PLAN " + statement.sql.text, statement.sql.values});
        std::map<std::int64_t, std::size_t> depth;
        while (rows.step()) {
          const auto parent = depth.find(rows.integer(1));
          const std::size_t level = parent == depth.end() ? 0 : parent->second + 1;
          depth[rows.integer(0)] = level;
          statement.plan.push_back(std::string(2 * level, ' ') + rows.string(3));
        }
        to.push_back(std::move(statement));
      }
    };
    add(plan.phases, explanation.statements);
    add(plan.considered, explanation.considered);
  });
  return explanation;
}

Json to_json(const RunPage& page) {
  Json json{{"schema", "mlsys.runs/1"}, {"runs", Json::array()}, {"next_page", nullptr}};
  for (const Run& run : page.runs) json["runs"].push_back(to_json(run));
  if (!page.next.empty()) json["next_page"] = page.next;
  return json;
}

Json to_json(const RunTable& table) {
  Json json{{"schema", "mlsys.runs/1"}, {"columns", table.columns}, {"runs", Json::array()}, {"next_page", nullptr}};
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    Json run{{"run_id", table.run_ids[i]}};
    for (std::size_t column = 0; column < table.columns.size(); ++column) {
      const Cell& cell = table.rows[i][column];
      Json& value = run[table.columns[column]];
      if (const auto* real = std::get_if<double>(&cell))
        value = number_json(*real);
      else if (const auto* text = std::get_if<std::string>(&cell))
        value = *text;
      else if (const auto* time = std::get_if<Millis>(&cell))
        value = iso_time(*time);
      else
        value = nullptr;
    }
    json["runs"].push_back(std::move(run));
  }
  if (!table.next.empty()) json["next_page"] = table.next;
  return json;
}

Json to_json(const Explanation& explanation) {
  Json json{{"schema", "mlsys.runs/1"},
            {"filter", explanation.filter},
            {"statements", Json::array()},
            {"considered", Json::array()}};
  for (const auto& statement : explanation.statements) json["statements"].push_back(to_json(statement));
  for (const auto& statement : explanation.considered) json["considered"].push_back(to_json(statement));
  return json;
}

}  // namespace mlsys::track
