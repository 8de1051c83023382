#include "mlsys/store/store.hpp"

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/store/identity.hpp"
#include "scratch.hpp"

using namespace mlsys;
using namespace mlsys::store;
namespace fs = std::filesystem;

namespace {

// One experiment per write: the simplest thing that can be lost or doubled.
std::string add(Store& store, const std::string& name, Context& context, const std::string& id = {},
                Durability durability = Durability::process) {
  Operation operation{id, "test.add", RequestHash().add(name).value()};
  return store.write(operation, durability, context, [&](const Write& write) {
    store.prepare("INSERT INTO experiments (name, created, updated) VALUES (?, ?, ?)")
        .bind(name, write.time.time_since_epoch().count(), 0)
        .run();
    return std::to_string(store.last_row());
  });
}

std::int64_t count(Store& store, const std::string& table) {
  Statement rows = store.prepare("SELECT count(*) FROM " + table);
  REQUIRE(rows.step());
  return rows.integer(0);
}

Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error was thrown");
  return {Code::ok, ""};
}

// SQL by another program than ours.
void tamper(const fs::path& folder, const std::string& sql) {
  const std::string command = "sqlite3 '" + (folder / "mlsys.db").native() + "' \"" + sql + "\"";
  REQUIRE(std::system(command.c_str()) == 0);
}

bool have_sqlite_shell() { return std::system("command -v sqlite3 >/dev/null 2>&1") == 0; }

}  // namespace

TEST_CASE("a store is made on the first write and found again") {
  const test::Scratch scratch;
  Context context;
  const fs::path folder = scratch / "project/.mlsys";
  {
    Store store = Store::open(folder, Mode::write, context);
    CHECK(add(store, "one", context) == "1");
    CHECK(store.schema_version() >= 1);
  }
  CHECK(read_file(folder / ".gitignore") == "*\n");
  Store store = Store::open(folder, Mode::read, context);
  CHECK(count(store, "experiments") == 1);
  CHECK(error_of([&] { add(store, "two", context); }).code() == Code::failed);
}

TEST_CASE("reading what is not there") {
  const test::Scratch scratch;
  Context context;
  const Error missing = error_of([&] { Store::open(scratch / "nowhere", Mode::read, context); });
  CHECK(missing.code() == Code::not_found);
  CHECK_FALSE(missing.hint().empty());
  CHECK(error_of([&] { Store::open(scratch / "nowhere", Mode::update, context); }).code() == Code::not_found);
  CHECK_FALSE(fs::exists(scratch / "nowhere"));
  // A project that has recorded nothing yet is an empty store, and reading makes no file.
  fs::create_directory(scratch / "empty");
  Store store = Store::open(scratch / "empty", Mode::read, context);
  CHECK(count(store, "runs") == 0);
  CHECK(fs::is_empty(scratch / "empty"));
}

TEST_CASE("a project that has recorded nothing yet can be changed") {
  const test::Scratch scratch;
  Context context;
  fs::create_directory(scratch / "empty");
  Store store = Store::open(scratch / "empty", Mode::update, context);
  store.write({{}, "test", 0}, Durability::process, context, [](const Write&) { return std::string(); });
  CHECK(count(store, "operations") == 1);
}

TEST_CASE("an operation id makes a repetition harmless") {
  const test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  CHECK(add(store, "first", context, "op-1") == "1");
  CHECK(add(store, "first", context, "op-1") == "1");
  CHECK(count(store, "experiments") == 1);
  CHECK(error_of([&] { add(store, "second", context, "op-1"); }).code() == Code::conflict);
  CHECK(add(store, "second", context, "op-2") == "2");
  CHECK(error_of([&] { add(store, "x", context, std::string(251, 'x')); }).code() == Code::usage);
}

TEST_CASE("a write that throws leaves nothing, not even its operation") {
  const test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  CHECK_THROWS_AS(store.write({"op", "test", 0}, Durability::power, context,
                              [&](const Write&) -> std::string {
                                store.prepare("INSERT INTO keys (name) VALUES ('k')").run();
                                throw Error(Code::failed, "no");
                              }),
                  Error);
  CHECK(count(store, "keys") == 0);
  CHECK(count(store, "operations") == 0);
  add(store, "after", context, "op");
  CHECK(count(store, "experiments") == 1);
}

TEST_CASE("the recorded time never goes back, and a clock that did is reported") {
  struct Listener : Progress {
    void warning(std::string_view text) override { heard += text; }
    std::string heard;
  } listener;
  const test::Scratch scratch;
  Context context;
  context.progress = &listener;
  Store store = Store::open(scratch / "s", Mode::write, context);
  const auto at = [&](std::int64_t ms) {
    context.now = [ms] { return Millis(std::chrono::milliseconds(ms)); };
    std::int64_t recorded = 0;
    store.write({}, Durability::process, context, [&](const Write& write) {
      recorded = write.time.time_since_epoch().count();
      return std::string();
    });
    return recorded;
  };
  CHECK(at(1'000'000'000'000) == 1'000'000'000'000);
  CHECK(listener.heard.empty());
  CHECK(at(900'000'000'000) == 1'000'000'000'001);
  CHECK(listener.heard.find("2001-09-09") != std::string::npos);
  CHECK(at(900'000'000'000) == 1'000'000'000'002);
  CHECK(at(1'000'000'000'002) == 1'000'000'000'002);  // a moment may have several writes
  CHECK(at(1'000'000'000'003) == 1'000'000'000'003);
}

TEST_CASE("processes that write at once lose and double nothing") {
  const test::Scratch scratch;
  const fs::path folder = scratch / "s";
  constexpr int processes = 12;
  constexpr int writes = 60;
  // No store yet: they also race to make it.
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        Context context;
        for (int i = 0; i < writes; ++i) {
          const std::string name = std::to_string(p) + "/" + std::to_string(i);
          Store store = Store::open(folder, Mode::write, context);
          add(store, name, context, "op " + name);
          if (i % 3 == 0) add(store, name, context, "op " + name);  // a retry
        }
      } catch (const std::exception& error) {
        fprintf(stderr, "%s\n", error.what());
        _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  }
  Context context;
  Store store = Store::open(folder, Mode::read, context);
  CHECK(count(store, "experiments") == processes * writes);
  CHECK(count(store, "operations") == processes * writes);
  CHECK(store.check(context).problems.empty());
}

TEST_CASE("a killed writer leaves every acknowledged write and no half of one") {
  const test::Scratch scratch;
  const fs::path folder = scratch / "s";
  srand(7);  // only when the kill falls, which nothing depends on
  std::set<std::string> acknowledged;
  for (int round = 0; round < 30 || (acknowledged.size() <= 100 && round < 200); ++round) {
    int pipes[2];
    REQUIRE(pipe(pipes) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      close(pipes[0]);
      try {
        Context context;
        Store store = Store::open(folder, Mode::write, context);
        for (int i = 0;; ++i) {
          const std::string name = std::to_string(round) + "-" + std::to_string(i);
          store.write(
              {name, "test.pair", 0}, i % 5 == 0 ? Durability::power : Durability::process, context, [&](const Write&) {
                // Two rows that belong together, and bulk so that checkpoints happen too.
                for (const char* half : {"a", "b"})
                  store.prepare("INSERT INTO keys (name) VALUES (?)").bind(half + name + std::string(3000, '.')).run();
                return name;
              });
          const std::string line = name + "\n";
          if (::write(pipes[1], line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
        }
      } catch (...) {
        _exit(2);  // seen as too few acknowledgements
      }
    }
    close(pipes[1]);
    usleep(static_cast<useconds_t>(2'000 + rand() % 60'000));
    kill(child, SIGKILL);
    std::string said;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(pipes[0], buffer, sizeof buffer)) > 0;)
      said.append(buffer, static_cast<std::size_t>(got));
    close(pipes[0]);
    REQUIRE(waitpid(child, nullptr, 0) == child);
    for (std::size_t at = 0, end = 0; (end = said.find('\n', at)) != std::string::npos; at = end + 1)
      acknowledged.insert(said.substr(at, end - at));
  }
  REQUIRE(acknowledged.size() > 100);
  Context context;
  Store store = Store::open(folder, Mode::write, context);
  const CheckReport report = store.check(context);
  CHECK(report.problems.empty());
  Statement found = store.prepare("SELECT 1 FROM keys WHERE name = ?");
  for (const auto& name : acknowledged) {
    CHECK(found.bind("a" + name + std::string(3000, '.')).step());
    CHECK(found.bind("b" + name + std::string(3000, '.')).step());
  }
  // At most one unacknowledged write per round, and whole.
  CHECK(count(store, "keys") == 2 * count(store, "operations"));
  CHECK(count(store, "operations") <= static_cast<std::int64_t>(acknowledged.size()) + 200);
  // The log of writes was copied into the database now and then, not kept for ever.
  CHECK(fs::file_size(folder / "mlsys.db-wal") < 32U << 20);
}

TEST_CASE("writes from short processes, each alone, keep the log of writes short") {
  const test::Scratch scratch;
  Context context;
  std::uintmax_t longest = 0;
  for (int i = 0; i < 400; ++i) {
    Store store = Store::open(scratch / "s", Mode::write, context);
    add(store, std::to_string(i), context);
    longest = std::max(longest, fs::file_size(scratch / "s" / "mlsys.db-wal"));
  }
  CHECK(longest < 2U << 20);
  Store store = Store::open(scratch / "s", Mode::read, context);
  CHECK(count(store, "experiments") == 400);
}

TEST_CASE("a full disk is an error that says so and leaves the store usable") {
  const test::Scratch scratch;
  const fs::path disk = scratch / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") != 0) {
    MESSAGE("skipped: a small file system cannot be mounted here");
    return;
  }
  struct Unmount {
    fs::path path;
    ~Unmount() { umount2(path.c_str(), MNT_DETACH); }
  } const unmount{disk};
  Context context;
  {
    Store store = Store::open(disk / "s", Mode::write, context);
    add(store, "before", context);
    const Error full = error_of([&] {
      for (int i = 0; i < 10'000; ++i) add(store, std::to_string(i) + std::string(5000, 'x'), context);
    });
    CHECK(full.code() == Code::failed);
    CHECK(full.hint().find("disk full") != std::string::npos);
    const auto written = count(store, "experiments");
    CHECK(written == count(store, "operations"));
    // The same connection, and artifacts.
    std::ofstream(scratch / "big") << std::string(3 << 20, 'x');
    CHECK(error_of([&] { store.content().put_file(scratch / "big", false, context); }).code() == Code::failed);
  }
  REQUIRE(mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
  Store store = Store::open(disk / "s", Mode::write, context);
  CHECK(store.check(context).problems.empty());
  add(store, "after", context);
  for (const auto& entry : fs::recursive_directory_iterator(disk / "s")) {
    const std::string name = entry.path().filename();
    CHECK_MESSAGE((name.starts_with("mlsys.") || name == ".gitignore"), "left over: ", name);
  }
}

TEST_CASE("a read-only store can be read and says why it cannot be written") {
  const test::Scratch scratch;
  const fs::path disk = scratch / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=8m") != 0) {
    MESSAGE("skipped: a file system cannot be mounted here");
    return;
  }
  struct Unmount {
    fs::path path;
    ~Unmount() { umount2(path.c_str(), MNT_DETACH); }
  } const unmount{disk};
  Context context;
  {
    Store store = Store::open(disk / "s", Mode::write, context);
    add(store, "one", context);
    REQUIRE(store.backup({.target = disk / "copy"}, context).made);
  }
  REQUIRE(mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0);
  // With a WAL (as a writer leaves it) and without (as a backup has it).
  for (const char* name : {"s", "copy"}) {
    Store store = Store::open(disk / name, Mode::read, context);
    CHECK(count(store, "experiments") == 1);
    const Error refused = error_of([&] {
      Store writer = Store::open(disk / name, Mode::write, context);
      add(writer, "two", context);
    });
    CHECK(refused.code() == Code::failed);
    CHECK_FALSE(refused.hint().empty());
  }
}

TEST_CASE("a damaged database is an integrity error, never a crash") {
  const test::Scratch scratch;
  Context context;
  const fs::path folder = scratch / "s";
  {
    Store store = Store::open(folder, Mode::write, context);
    for (int i = 0; i < 300; ++i) add(store, std::to_string(i), context);
    REQUIRE(store.backup({.target = scratch / "copy"}, context).made);
  }
  const std::string whole = read_file(scratch / "copy/mlsys.db");
  SUBCASE("not a database at all") {
    write_file(scratch / "copy/mlsys.db",
               "This is a letter, not a database, and it is long enough to be read as one."
               "...........................................................");
    CHECK(error_of([&] { Store::open(scratch / "copy", Mode::read, context); }).code() == Code::integrity);
    CHECK(error_of([&] { Store::open(scratch / "copy", Mode::write, context); }).code() == Code::integrity);
  }
  SUBCASE("cut off") {
    write_file(scratch / "copy/mlsys.db", whole.substr(0, whole.size() / 2));
    const Error error = error_of([&] {
      Store store = Store::open(scratch / "copy", Mode::read, context);
      if (!store.check(context).problems.empty()) throw Error(Code::integrity, "problems");
    });
    CHECK(error.code() == Code::integrity);
  }
  SUBCASE("pages overwritten") {
    for (std::size_t page = 1; page * 4096 < whole.size(); ++page) {
      std::string damaged = whole;
      damaged.replace(page * 4096, 64, std::string(64, '\x7f'));
      write_file(scratch / "copy/mlsys.db", damaged);
      const Error error = error_of([&] {
        Store store = Store::open(scratch / "copy", Mode::read, context);
        if (!store.check(context).problems.empty()) throw Error(Code::integrity, "problems");
      });
      CHECK_MESSAGE(error.code() == Code::integrity, "page ", page, ": ", error.message());
    }
  }
}

TEST_CASE("a newer or altered schema is refused before anything is written") {
  if (!have_sqlite_shell()) {
    MESSAGE("skipped: needs the sqlite3 shell");
    return;
  }
  const test::Scratch scratch;
  Context context;
  const fs::path folder = scratch / "s";
  {
    Store store = Store::open(folder, Mode::write, context);
  }
  const auto refused = [&](Code code, const char* part) {
    for (const Mode mode : {Mode::read, Mode::write}) {
      const Error error = error_of([&] { Store::open(folder, mode, context); });
      CHECK(error.code() == code);
      CHECK_MESSAGE(error.message().find(part) != std::string::npos, error.message());
      CHECK_FALSE(error.hint().empty());
    }
  };
  SUBCASE("newer") {
    tamper(folder, "INSERT INTO schema_migrations VALUES (999, 'future', 'x', 0)");
    refused(Code::failed, "newer");
  }
  SUBCASE("a column more") {
    tamper(folder, "ALTER TABLE runs ADD COLUMN surprise TEXT");
    refused(Code::integrity, "changed by something other");
  }
  SUBCASE("a trigger less") {
    tamper(folder, "DROP TRIGGER audit_keep");
    refused(Code::integrity, "changed by something other");
  }
  SUBCASE("another history") {
    tamper(folder, "UPDATE schema_migrations SET digest = 'x' WHERE version = 1");
    refused(Code::integrity, "not the one this program knows");
  }
  SUBCASE("somebody else's database") {
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(folder / (std::string("mlsys.db") + suffix));
    tamper(folder, "CREATE TABLE other (x)");
    refused(Code::integrity, "not made by mlsys");
  }
  SUBCASE("statistics are no change") {
    tamper(folder, "ANALYZE");
    CHECK_NOTHROW(Store::open(folder, Mode::write, context));
  }
}

TEST_CASE("a store that a newer program migrates is not written to any more by those who had it open") {
  if (!have_sqlite_shell()) {
    MESSAGE("skipped: needs the sqlite3 shell");
    return;
  }
  const test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  add(store, "before", context);
  tamper(scratch / "s", "INSERT INTO schema_migrations VALUES (999, 'future', 'x', 0)");
  const Error refused = error_of([&] { add(store, "after", context); });
  CHECK(refused.code() == Code::failed);
  CHECK(refused.message().find("newer") != std::string::npos);
  CHECK(count(store, "experiments") == 1);
}

// Databases as older schemas left them: a run by hand, one of a training, its model registered and promoted.
TEST_CASE("a store of every older schema is brought up to date with all that is in it") {
  const test::Scratch scratch;
  Context context;
  const auto design = [](Store& store) {
    std::vector<std::string> parts;
    Statement rows = store.prepare(
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
        " ORDER BY type, name");
    while (rows.step()) parts.push_back(rows.string(0));
    return parts;
  };
  Store made = Store::open(scratch / "new", Mode::write, context);
  REQUIRE(made.schema_version() > 1);
  for (int version = 1; version < made.schema_version(); ++version) {
    const fs::path old = fs::path(MLSYS_TEST_DATA) / "stores" / ("schema-" + std::to_string(version) + ".db");
    for (const Mode mode : {Mode::read, Mode::write}) {
      const fs::path folder = scratch / (std::to_string(version) + (mode == Mode::read ? "r" : "w")).c_str();
      fs::create_directories(folder);
      fs::copy_file(old, folder / "mlsys.db");
      Store store = Store::open(folder, mode, context);
      CHECK(store.schema_version() == made.schema_version());
      CHECK(design(store) == design(made));
      const std::pair<const char*, std::int64_t> tables[] = {{"runs", 2},     {"params", 9},   {"tags", 5},
                                                             {"metrics", 16}, {"versions", 1}, {"promotions", 1},
                                                             {"aliases", 1},  {"audit", 2}};
      for (const auto& [table, rows] : tables) CHECK_MESSAGE(count(store, table) == rows, table);
      Statement point = store.prepare(
          "SELECT m.value, m.step, m.time, r.name FROM metrics AS m JOIN runs AS r ON r.id = m.run"
          " WHERE r.name = 'first'");
      REQUIRE(point.step());
      CHECK(point.real(0) == 0.3);
      CHECK(point.integer(1) == 7);
      CHECK(point.integer(2) == 1'772'323'200'000);
      point.reset();
      if (mode == Mode::write) CHECK_NOTHROW(add(store, "one more", context));
    }
  }
}

TEST_CASE("a store that imported versions learns from its record where they came from") {
  if (!have_sqlite_shell()) return;
  const test::Scratch scratch;
  Context context;
  fs::create_directories(scratch / "s");
  fs::copy_file(fs::path(MLSYS_TEST_DATA) / "stores" / "schema-3.db", scratch / "s" / "mlsys.db");
  tamper(scratch / "s",
         "INSERT INTO versions (model, version, digest, source, description, user, created)"
         " VALUES (1, 2, 'd', 's', '', 'u', 5), (1, 3, 'e', 's', '', 'u', 6);"
         "INSERT INTO audit (time, user, host, action, model, subject, detail, operation) VALUES"
         " (5, 'u', 'h', 'import', 'fraud', 'fraud/2', json_object('run_id', 'abc', 'registered',"
         " '2026-03-01T12:30:00.123Z'), 'o'), (6, 'u', 'h', 'import', 'fraud', 'fraud/3',"
         " json_object('run_id', '', 'registered', '1970-01-01T00:00:01.000Z'), 'p')");
  Store store = Store::open(scratch / "s", Mode::write, context);
  Statement rows = store.prepare("SELECT version, origin_run, origin_time FROM versions ORDER BY version");
  REQUIRE(rows.step());
  CHECK(rows.is_null(1));
  CHECK(rows.is_null(2));
  REQUIRE(rows.step());
  CHECK(rows.text(1) == "abc");
  CHECK(rows.integer(2) == 1'772'368'200'123);  // date -ud 2026-03-01T12:30:00 +%s
  REQUIRE(rows.step());
  CHECK(rows.is_null(1));
  CHECK(rows.integer(2) == 1000);
}

TEST_CASE("audit entries and promotions cannot be changed") {
  const test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  store.write({}, Durability::power, context, [&](const Write&) {
    store
        .prepare(
            "INSERT INTO audit (time, user, host, action, model, subject, detail, operation)"
            " VALUES (1, 'u', 'h', 'register', 'm', 'm/1', '{}', 'o')")
        .run();
    return std::string();
  });
  for (const char* sql : {"UPDATE audit SET user = 'x'", "DELETE FROM audit"}) {
    CHECK_THROWS_AS(store.write({}, Durability::power, context,
                                [&](const Write&) {
                                  store.prepare(sql).run();
                                  return std::string();
                                }),
                    Error);
  }
  CHECK(count(store, "audit") == 1);
}

TEST_CASE("a backup is a whole store") {
  const test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  add(store, "one", context);
  CHECK(store.backup({.target = scratch / "copy"}, context).made);
  CHECK(error_of([&] { static_cast<void>(store.backup({.target = scratch / "copy"}, context)); }).code() ==
        Code::usage);
  add(store, "two", context);
  Store copy = Store::open(scratch / "copy", Mode::write, context);
  CHECK(count(copy, "experiments") == 1);
  add(copy, "three", context);
  CHECK(count(copy, "experiments") == 2);
  CHECK(count(store, "experiments") == 2);
}

TEST_CASE("a process is known by its machine's boot, whose name may change meanwhile") {
  const auto renamed = [](const std::string& identity) { return "renamed" + identity.substr(identity.find(' ')); };
  const pid_t child = fork();
  if (child == 0) {
    pause();
    _exit(0);
  }
  const std::string identity = process_identity(child);
  CHECK_FALSE(process_gone(identity));
  CHECK_FALSE(process_gone(renamed(identity)));
  kill(child, SIGKILL);
  REQUIRE(waitpid(child, nullptr, 0) == child);
  CHECK(process_gone(identity));
  CHECK(process_gone(renamed(identity)));
  std::string elsewhere = identity;
  elsewhere.replace(identity.find(' ') + 1, 4, "0000");  // of another boot: nothing is known
  CHECK_FALSE(process_gone(elsewhere));
}
