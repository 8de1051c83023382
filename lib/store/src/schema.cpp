#include <fmt/format.h>

#include <cstdint>
#include <string>

#include "migrations.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::store {
namespace {

using ext::sqlite::Database;
using ext::sqlite::Transaction;

// `fingerprint` is a hash of the whole schema as it was when the migration had run.
constexpr const char* bookkeeping =
    "CREATE TABLE schema_migrations ("
    " version INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, fingerprint INTEGER NOT NULL) STRICT";

bool has_bookkeeping(Database& database) {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'").step();
}

std::int64_t fingerprint(Database& database) {
  RequestHash hash;
  ext::sqlite::Statement rows = database.prepare(
      "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema"
      // ANALYZE's statistics are no part of the design.
      " WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name");
  while (rows.step())
    for (int column = 0; column < 4; ++column) hash.add(rows.text(column));
  return static_cast<std::int64_t>(hash.value());
}

[[noreturn]] void refuse_newer(const Database& database, std::int64_t version, std::span<const Migration> known) {
  throw Error(Code::failed,
              fmt::format("cannot use {}: its schema {} is newer than this program's, which is {}", database.subject(),
                          version, known.size()),
              "use a newer version of mlsys");
}

SchemaState inspect_at_once(Database& database, std::span<const Migration> known) {
  if (!has_bookkeeping(database)) {
    if (!database.prepare("SELECT 1 FROM sqlite_schema").step()) return SchemaState::none;
    throw Error(Code::integrity, fmt::format("cannot use {}: the database was not made by mlsys", database.subject()),
                "choose another folder with --store");
  }
  int count = 0;
  std::int64_t recorded = 0;
  ext::sqlite::Statement rows =
      database.prepare("SELECT version, name, digest, fingerprint FROM schema_migrations ORDER BY version");
  while (rows.step()) {
    const auto version = rows.integer(0);
    if (version > static_cast<std::int64_t>(known.size())) refuse_newer(database, version, known);
    if (version != ++count || rows.text(2) != known[static_cast<std::size_t>(count - 1)].digest)
      throw Error(Code::integrity,
                  fmt::format("cannot use {}: its migration {} ('{}') is not the one this program knows",
                              database.subject(), version, rows.text(1)),
                  "it was made by another build of mlsys: use that one, or restore a backup");
    recorded = rows.integer(3);
  }
  if (count > 0 && fingerprint(database) != recorded)
    throw Error(Code::integrity,
                fmt::format("cannot use {}: its tables were changed by something other than mlsys", database.subject()),
                "undo the change, or restore a backup");
  return count < static_cast<int>(known.size()) ? SchemaState::older : SchemaState::current;
}

}  // namespace

int schema_version(Database& database) {
  if (!has_bookkeeping(database)) return 0;
  ext::sqlite::Statement newest = database.prepare("SELECT coalesce(max(version), 0) FROM schema_migrations");
  newest.step();
  return static_cast<int>(newest.integer(0));
}

void require_not_newer(Database& database, std::span<const Migration> known) {
  ext::sqlite::Statement newest = database.prepare("SELECT max(version) FROM schema_migrations");
  newest.step();
  if (newest.integer(0) > static_cast<std::int64_t>(known.size())) refuse_newer(database, newest.integer(0), known);
}

SchemaState inspect_schema(Database& database, std::span<const Migration> known) {
  if (database.in_transaction()) return inspect_at_once(database, known);
  // One view for all statements: another process may be migrating between them.
  Transaction transaction(database, Transaction::Kind::deferred);
  const SchemaState state = inspect_at_once(database, known);
  transaction.commit();
  return state;
}

void migrate(Database& database, std::span<const Migration> known) {
  while (true) {
    Transaction transaction(database, Transaction::Kind::immediate);
    const SchemaState state = inspect_schema(database, known);
    if (state == SchemaState::current) return;
    if (state == SchemaState::none) database.execute(bookkeeping);
    const Migration& next = known[static_cast<std::size_t>(schema_version(database))];
    database.execute(std::string(next.sql));
    database.prepare("INSERT INTO schema_migrations VALUES (?, ?, ?, ?)")
        .bind(next.version, next.name, next.digest, fingerprint(database))
        .run();
    transaction.commit();
  }
}

}  // namespace mlsys::store
