// Two ways to answer a search. A walk reads an index in the order asked for and stops when the page is full: good when
// many runs match. Starting from the rarest test and sorting what it finds is good when few do. The tests that an index
// can serve are counted, up to a bound, to tell which.
#include "search_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>

#include "mlsys/base/random.hpp"
#include "rows.hpp"

namespace mlsys::track {

using filter::Aggregate;
using filter::Column;
using filter::Node;
using filter::Operator;
using filter::Section;
using filter::SortKey;
using filter::SqlText;
using filter::Test;
using store::Statement;
using store::Store;

namespace {

constexpr std::int64_t count_bound = 12'000;

// Has an index (key, value, run).
bool indexed(const Column& column) {
  return (column.section == Section::metric && column.aggregate == Aggregate::last) ||
         column.section == Section::param || column.section == Section::tag;
}

std::string_view index_of(const Column& column) {
  if (column.section == Section::param) return "params AS k INDEXED BY params_by_value";
  if (column.section == Section::tag) return "tags AS k INDEXED BY tags_by_value";
  return "latest_metrics AS k INDEXED BY latest_metrics_by_value";
}

bool nullable(const Column& column) {
  if (column.section == Section::attribute) return column.key == "end_time" || column.key == "duration";
  return column.aggregate != Aggregate::count;
}

bool is_start_time(const SortKey& key) {
  return key.column.section == Section::attribute && key.column.key == "start_time";
}

void flatten(const Node& node, std::vector<const Node*>& conjuncts) {
  if (node.kind != Node::Kind::all) return conjuncts.push_back(&node);
  for (const Node& child : node.children) flatten(child, conjuncts);
}

// The test of k.value within the index; a NaN there is NULL, of which only negations are true.
Sql on_index(const Test& test) {
  SqlText sql;
  const bool true_of_nan = test.column.section == Section::metric && test.op != Operator::nan &&
                           (test.negated || test.op == Operator::unequal);
  if (test.op == Operator::null) {
    sql << "1";
  } else if (true_of_nan) {
    sql << "ifnull(" << filter::test_of(test, "k.value") << ", 1)";
  } else {
    sql << filter::test_of(test, "k.value");
  }
  const Sql range = filter::range_of(test, "k.value");
  if (!range.text.empty()) sql << " AND " << range;
  return sql.sql;
}

// True when only runs that have the column can pass.
bool needs(const Node& node, const Column& column) {
  if (node.kind != Node::Kind::test) return false;
  const Test& test = node.test;
  if (test.column.section != column.section || test.column.key != column.key) return false;
  return test.column.aggregate != Aggregate::count && (test.op != Operator::null || test.negated);
}

class Planner {
 public:
  Planner(Store& store, const Search& search) : store_(store), search_(search) {
    if (!search.filter.empty()) flatten(*search.filter.root(), conjuncts_);
    const Column* first = search.order.empty() ? nullptr : &search.order.front().column;
    if (first != nullptr && indexed(*first)) walked_ = first;
  }

  Plan plan() {
    const Test* start = choose();
    if (from_common_) {
      add_phase("runs that pass all counted tests", nullptr, "", {}, {}, -1);
    } else if (start != nullptr) {
      phases_from(*start);
    } else if (walked_ != nullptr) {
      phases_along(*walked_);
    } else {
      add_phase("runs", nullptr, "", {}, {}, -1);
    }
    return std::move(plan_);
  }

 private:
  // ---- Where to begin ----

  std::int64_t count(std::string what, const Sql& rows) {
    SqlText sql;
    sql << "SELECT count(*) FROM (SELECT 1 FROM " << rows << " LIMIT ";
    sql.bind(count_bound) << ")";
    Statement counted = prepare(store_, sql.sql);
    counted.step();
    const std::int64_t found = counted.integer(0);
    plan_.considered.push_back(
        {fmt::format("{}: {}{}", what, found == count_bound ? "at least " : "", found), std::move(sql.sql)});
    return found;
  }

  [[nodiscard]] static Sql rows_with(const Test& test) {
    SqlText sql;
    sql << index_of(test.column) << " WHERE k.key = " << filter::key_number(test.column.key) << " AND "
        << on_index(test);
    return sql.sql;
  }

  // The test to begin with; nothing to walk along the order.
  const Test* choose() {
    std::vector<const Test*> candidates;
    for (const Node* node : conjuncts_) {
      if (node->kind != Node::Kind::test || !indexed(node->test.column) ||
          (node->test.op == Operator::null && !node->test.negated))
        continue;
      // Counting what the index cannot seek reads all of it, which the walk along it then does again.
      const bool walked = walked_ != nullptr && node->test.column == *walked_;
      if (!walked || !filter::range_of(node->test, "k.value").text.empty()) candidates.push_back(&node->test);
    }
    if (candidates.empty()) return nullptr;
    const Test* rarest = nullptr;
    std::int64_t fewest = 0, walked = 0;
    for (const Test* test : candidates) {
      const std::int64_t found = count(to_text(test->column), rows_with(*test));
      if (rarest == nullptr || found < fewest) rarest = test;
      fewest = rarest == test ? found : fewest;
      if (found < count_bound) counted_[test] = found;
      if (walked_ != nullptr && test->column == *walked_) walked = found;
      if (fewest <= static_cast<std::int64_t>(search_.limit)) return rarest;  // cheap enough
    }
    visits_ = static_cast<double>(fewest);
    if (counted_.size() > 1) {
      intersect();
      visits_ = static_cast<double>(common_->size());
    }
    from_common_ = common_.has_value();
    const bool ordered = walked_ != nullptr || search_.order.empty() || is_start_time(search_.order.front());
    if (!ordered || visits_ <= static_cast<double>(search_.limit)) return rarest;
    // An entry of the index costs little when all that is asked of it is whether its run is one of those; each of
    // those costs pages from all over the database.
    const bool plain = common_ && std::all_of(conjuncts_.begin(), conjuncts_.end(),
                                              [&](const Node* node) { return counted_.contains(&node->test); });
    constexpr double pages = 10;
    const double walk =
        plain ? walk_of(visits_, static_cast<double>(walked)) : walk_length(static_cast<double>(walked));
    if (walk >= visits_ * (plain ? pages : 1)) return rarest;
    visits_ = walk;
    from_common_ = false;
    return nullptr;
  }

  // The runs that pass every test which was counted. Reading some thousands of them from each index and keeping those
  // in all takes less than looking the others up one by one.
  void intersect() {
    for (const auto& [test, found] : counted_) {
      SqlText sql;
      sql << "SELECT k.run FROM " << rows_with(*test);
      Statement rows = prepare(store_, sql.sql);
      std::vector<std::int64_t> runs;
      runs.reserve(static_cast<std::size_t>(found));
      while (rows.step()) runs.push_back(rows.integer(0));
      std::sort(runs.begin(), runs.end());
      if (!common_) {
        common_ = std::move(runs);
        continue;
      }
      std::vector<std::int64_t> both;
      std::set_intersection(common_->begin(), common_->end(), runs.begin(), runs.end(), std::back_inserter(both));
      common_ = std::move(both);
    }
    std::string ids = "[";
    for (const std::int64_t run : *common_) ids += fmt::format("{}{}", ids.size() == 1 ? "" : ",", run);
    common_ids_ = ids + "]";
  }

  // How many entries are read in order until the page is full, judging by a sample of runs, the same each time.
  // `within` of the entries are walked only, when that is not 0.
  double walk_length(double within) {
    constexpr std::int64_t sample = 200;
    Statement newest = store_.prepare("SELECT ifnull(max(id), 0) FROM runs");
    newest.step();
    const std::int64_t runs = std::max<std::int64_t>(1, newest.integer(0));
    newest.reset();
    std::string ids = "[";
    for (std::int64_t i = 0; i < std::min(sample, runs); ++i) {
      const auto id =
          runs <= sample
              ? i
              : static_cast<std::int64_t>(mix64(static_cast<std::uint64_t>(i)) % static_cast<std::uint64_t>(runs));
      ids += fmt::format("{}{}", i == 0 ? "" : ",", id + 1);
    }
    SqlText sql;
    // CROSS JOIN: SQLite would rather scan all runs than look up these.
    sql << "SELECT count(*) FROM json_each(";
    sql.bind(ids + "]") << ") AS k CROSS JOIN runs AS r ON r.id = k.value WHERE ";
    for (const Node* node : conjuncts_) sql << filter::condition(*node, {"r.id", search_.gone}) << " AND ";
    add_scope(sql);
    Statement counted = prepare(store_, sql.sql);
    counted.step();
    const std::int64_t passed = counted.integer(0);
    plan_.considered.push_back(
        {fmt::format("a sample of {} runs: {}", std::min(sample, runs), passed), std::move(sql.sql)});
    const double share = std::max(static_cast<double>(passed), 0.5) / static_cast<double>(std::min(sample, runs));
    return walk_of(share * static_cast<double>(runs), within > 0 ? within : static_cast<double>(runs));
  }

  // `matching` of the runs pass; 0 entries stand for those of all runs.
  double walk_of(double matching, double entries) {
    if (entries == 0) {
      Statement newest = store_.prepare("SELECT ifnull(max(id), 0) FROM runs");
      newest.step();
      entries = static_cast<double>(newest.integer(0));
    }
    return std::min(entries, static_cast<double>(search_.limit + 1) * entries / matching);
  }

  // ---- Phases ----

  void phases_from(const Test& start) {
    add_phase(fmt::format("runs by {}", to_text(start.column)), &start.column, "", {}, {}, -1);
  }

  void phases_along(const Column& column) {
    const bool metric = column.section == Section::metric;
    const int begun = search_.after ? search_.after->keys.front().rank : 0;
    const std::string name = to_text(column);
    if (begun <= 0)
      add_phase(fmt::format("runs in the order of {}", name), &column, "k.value IS NOT NULL", {}, "k.value", 0);
    if (metric && begun <= 1)
      add_phase(fmt::format("runs whose {} is NaN", name), &column, "k.value IS NULL", {}, "", 1);
    const bool needed =
        std::any_of(conjuncts_.begin(), conjuncts_.end(), [&](const Node* node) { return needs(*node, column); });
    if (needed) return;
    SqlText none;
    none << "NOT EXISTS (SELECT 1 FROM "
         << (metric                             ? "latest_metrics"
             : column.section == Section::param ? "params"
                                                : "tags")
         << " AS x WHERE x.run = r.id AND x.key = " << filter::key_number(column.key) << ")";
    add_phase(fmt::format("runs without {}", name), nullptr, none.sql.text, none.sql.values, "", 2);
  }

  // One statement. `from` is the column whose index it begins with. When `rank` is not -1 it is that of the first sort
  // key in all rows, and `first` its value's expression, or "" when it has none.
  void add_phase(std::string what, const Column* from, const std::string& extra,
                 const std::vector<SqlValue>& extra_values, const std::string& first, int rank) {
    const filter::Place place{from != nullptr ? "k.run" : "r.id", search_.gone};
    std::vector<Sql> ranks, values;
    for (std::size_t i = 0; i < search_.order.size(); ++i) {
      const bool fixed = i == 0 && rank >= 0;
      const Column& column = search_.order[i].column;
      values.push_back(!fixed ? filter::value_of(column, place) : first.empty() ? Sql{"NULL", {}} : Sql{first, {}});
      ranks.push_back(fixed ? Sql{std::to_string(rank), {}} : rank_of(column, values.back(), place));
    }
    SqlText sql;
    sql << "SELECT r.id, r.start_time";
    for (std::size_t i = 0; i < values.size(); ++i) sql << ", " << ranks[i] << ", " << values[i];
    sql << " FROM ";
    if (from != nullptr) sql << index_of(*from) << " CROSS JOIN ";
    if (from_common_) {
      sql << "json_each(";
      sql.bind(common_ids_) << ") AS k CROSS JOIN ";
    }
    sql << "runs AS r"
        << (from != nullptr ? " ON r.id = k.run"
            : from_common_  ? " ON r.id = k.value"
                            : "")
        << " WHERE ";
    if (common_ && !from_common_) {
      sql << place.run << " IN (SELECT value FROM json_each(";
      sql.bind(common_ids_) << ")) AND ";
    }
    if (from != nullptr) sql << "k.key = " << filter::key_number(from->key) << " AND ";
    if (!extra.empty()) sql << Sql{extra, extra_values} << " AND ";
    for (const Node* node : conjuncts_) {
      if (common_ && counted_.contains(&node->test)) continue;
      const bool here = from != nullptr && node->kind == Node::Kind::test && node->test.column == *from &&
                        (node->test.op != Operator::null || node->test.negated);
      if (here)
        sql << on_index(node->test);
      else if (is_set(*node))
        sql << place.run << " IN (SELECT k.run FROM " << rows_with(node->test) << ")";
      else
        sql << filter::condition(*node, place);
      sql << " AND ";
    }
    if (search_.after) sql << after(0, ranks, values, rank) << " AND ";
    add_scope(sql);
    sql << " ORDER BY ";
    bool by_start = false;
    for (std::size_t i = 0; i < search_.order.size(); ++i) {
      const SortKey& key = search_.order[i];
      by_start = by_start || is_start_time(key);
      if (i == 0 && rank >= 0) {
        if (!first.empty()) sql << first << (key.descending ? " DESC, " : ", ");
        continue;
      }
      if (is_start_time(key)) {
        sql << "r.start_time" << (key.descending ? " DESC, " : ", ");
        continue;
      }
      if (nullable(key.column)) sql << std::to_string(3 + 2 * i) << ", ";
      sql << std::to_string(4 + 2 * i) << (key.descending ? " DESC, " : ", ");
    }
    sql << (by_start ? "" : "r.start_time DESC, ") << "r.id DESC LIMIT ";
    sql.bind(static_cast<std::int64_t>(search_.limit + 1));
    plan_.phases.push_back({std::move(what), std::move(sql.sql)});
  }

  // The runs that pass a test are read from its index at once, which touches far fewer pages than looking into each run
  // that is visited, unless there are many more of them than visits.
  [[nodiscard]] bool is_set(const Node& node) const {
    const auto counted = counted_.find(&node.test);
    return counted != counted_.end() && static_cast<double>(counted->second) < 4 * visits_;
  }

  void add_scope(SqlText& sql) const {
    (sql << "r.lifecycle = ").bind(std::string(name_of(search_.lifecycle)));
    if (search_.experiments.size() == 1) {
      (sql << " AND r.experiment = ").bind(search_.experiments.front());
    } else if (!search_.experiments.empty()) {
      sql << " AND r.experiment IN (";
      for (std::size_t i = 0; i < search_.experiments.size(); ++i) {
        if (i > 0) sql << ", ";
        sql.bind(search_.experiments[i]);
      }
      sql << ")";
    }
  }

  static Sql rank_of(const Column& column, const Sql& value, const filter::Place& place) {
    if (!nullable(column)) return {"0", {}};
    SqlText sql;
    sql << "CASE WHEN " << value << " IS NOT NULL THEN 0";
    if (column.section == Section::metric) sql << " WHEN " << filter::has_series(column, place) << " THEN 1";
    sql << " ELSE 2 END";
    return sql.sql;
  }

  // What comes after the page before, from the sort key `i` on.
  [[nodiscard]] Sql after(std::size_t i, const std::vector<Sql>& ranks, const std::vector<Sql>& values,
                          int rank) const {
    const Position& page = *search_.after;
    SqlText sql;
    if (i == values.size()) {
      const bool by_start = std::any_of(search_.order.begin(), search_.order.end(), is_start_time);
      if (by_start) {
        (sql << "r.id < ").bind(page.id);
        return sql.sql;
      }
      (sql << "(r.start_time, r.id) < (").bind(page.start_time) << ", ";
      sql.bind(page.id) << ")";
      return sql.sql;
    }
    const Position::Key& key = page.keys[i];
    const Sql rest = after(i + 1, ranks, values, rank);
    const bool fixed = i == 0 && rank >= 0;
    if (fixed && rank > key.rank) return {"1", {}};
    const bool ranked = !fixed && nullable(search_.order[i].column);
    if (ranked) {
      sql << "(" << ranks[i] << " > " << std::to_string(key.rank) << " OR (" << ranks[i] << " = "
          << std::to_string(key.rank) << " AND ";
    }
    if (key.rank == 0) {
      const std::string_view sign = search_.order[i].descending ? " < " : " > ";
      // The first of these serves the index.
      (sql << "(" << values[i] << sign.substr(0, 2) << "= ").bind(key.value) << " AND (";
      (sql << values[i] << sign).bind(key.value) << " OR " << rest << "))";
    } else {
      sql << rest;
    }
    if (ranked) sql << "))";
    return sql.sql;
  }

  Store& store_;
  const Search& search_;
  std::vector<const Node*> conjuncts_;
  const Column* walked_ = nullptr;
  std::map<const Test*, std::int64_t> counted_;      // tests whose runs were all counted
  std::optional<std::vector<std::int64_t>> common_;  // the runs that pass all of these, when there are several
  std::string common_ids_;                           // as JSON
  bool from_common_ = false;                         // begin with them
  double visits_ = 0;                                // runs that are looked at, about
  Plan plan_;
};

}  // namespace

Plan plan_of(Store& store, const Search& search) { return Planner(store, search).plan(); }

Statement prepare(Store& store, const Sql& sql) {
  Statement statement = store.prepare(sql.text);
  for (std::size_t i = 0; i < sql.values.size(); ++i)
    std::visit([&](const auto& value) { statement.bind_at(static_cast<int>(i + 1), value); }, sql.values[i]);
  return statement;
}

}  // namespace mlsys::track
