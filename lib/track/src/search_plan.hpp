// From a search to the statements that answer it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "filter_ast.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::track {

// Where a page ended: the sort keys' values of its last run. What comes after it is found by these, not by counting,
// so that runs may come and go between two pages.
struct Position {
  struct Key {
    int rank = 0;    // 0 a value, 1 NaN, 2 none
    SqlValue value;  // when there is one
  };
  std::vector<Key> keys;
  std::int64_t start_time = 0;
  std::int64_t id = 0;
};
// As text to pass on; `query` is a hash of the search. Reading throws Code::usage, also when it is of another search.
std::string page_of(const Position& position, std::uint64_t query);
Position position_of(const std::string& page, std::uint64_t query, const std::vector<filter::SortKey>& order);

// What is asked, once it is read.
struct Search {
  Filter filter;
  std::vector<filter::SortKey> order;
  std::vector<std::int64_t> experiments;
  Lifecycle lifecycle = Lifecycle::active;
  std::size_t limit = 0;
  std::optional<Position> after;
  std::string gone;  // as in Filter::condition()
};

struct Phase {
  std::string what;
  Sql sql;  // rows of id, start_time, and rank and value of each sort key
};
struct Plan {
  std::vector<Phase> phases;      // to be run in this order until there are limit + 1 rows; each binds that itself
  std::vector<Phase> considered;  // what was counted to decide
};
Plan plan_of(store::Store& store, const Search& search);

store::Statement prepare(store::Store& store, const Sql& sql);  // with its values bound

}  // namespace mlsys::track
