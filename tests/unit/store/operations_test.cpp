// The ids of writes, and forgetting them.
#include <doctest/doctest.h>

#include <string>

#include "mlsys/store/store.hpp"
#include "scratch.hpp"

using namespace mlsys;
using namespace mlsys::store;

TEST_CASE("old operations are forgotten when that is asked for, and numbers and times go on") {
  const test::Scratch scratch;
  Context context;
  const Millis then{std::chrono::hours(24 * 365 * 50)};
  Millis now = then;
  context.now = [&] { return now; };
  Store store = Store::open(scratch / "s", Mode::write, context);
  const auto add = [&](const std::string& name, const std::string& id) {
    return store.write({id, "test.add", 0}, Durability::process, context, [&](const Write&) {
      store.prepare("INSERT INTO experiments (name, created, updated) VALUES (?, 0, 0)").bind(name).run();
      return std::to_string(store.last_row());
    });
  };
  const auto number = [&](const char* sql) {
    Statement rows = store.prepare(sql);
    REQUIRE(rows.step());
    return rows.integer(0);
  };
  add("first", "old");
  // More than are forgotten at once.
  store.write({}, Durability::process, context, [&](const Write& write) {
    store
        .prepare(
            "INSERT INTO operations (id, kind, request, time, result) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
            " SELECT i + 1 FROM n WHERE i < 25000) SELECT 'n' || i, 'test', 0, ?, '' FROM n")
        .bind(write.time.time_since_epoch().count())
        .run();
    return std::string();
  });
  now += std::chrono::hours(24 * 10);
  add("second", "young");
  const auto newest = [&] { return number("SELECT max(sequence) FROM operations"); };
  const std::int64_t before = newest();
  now += std::chrono::hours(24);
  CollectOptions options;
  CHECK(store.collect(options, context).operations == 0);
  options.operations_min_age_seconds = 5 * 86400;
  options.dry_run = true;
  CHECK(store.collect(options, context).operations == 25'002);
  CHECK(newest() == before);
  options.dry_run = false;
  CHECK(store.collect(options, context).operations == 25'002);
  CHECK(newest() > before);
  CHECK(number("SELECT count(*) FROM operations") == 1 + 3);  // the young one, and those of three batches
  CHECK(add("second", "young") == "2");
  CHECK(number("SELECT count(*) FROM experiments") == 2);
  CHECK(add("third", "old") == "3");  // another write, since the old one is forgotten
  // Everything is older: what is left is the newest write, which is the collecting itself.
  now += std::chrono::hours(24 * 365);
  const std::int64_t sequence = newest();
  CHECK(store.collect(options, context).operations == 5);
  CHECK(number("SELECT count(*) FROM operations") == 1);
  CHECK(newest() > sequence);
  now = then;  // a clock that goes back
  std::int64_t recorded = 0;
  store.write({}, Durability::process, context, [&](const Write& write) {
    recorded = write.time.time_since_epoch().count();
    return std::string();
  });
  CHECK(recorded > then.time_since_epoch().count() + 365LL * 86'400'000);
  CHECK(store.check(context).problems.empty());
}
