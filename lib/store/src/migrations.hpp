// The schema's history: forward-only steps, each applied once, in one transaction, and recorded with its digest.
#pragma once

#include <span>
#include <string_view>

#include "ext/sqlite/sqlite.hpp"

namespace mlsys::store {

struct Migration {
  int version;  // 1, 2, …
  std::string_view name;
  std::string_view digest;  // SHA-256 of the text
  std::string_view sql;
};

// In order.
std::span<const Migration> known_migrations();

enum class SchemaState {
  none,   // an empty database
  older,  // migrate() brings it up to date
  current,
};

// Throws Code::failed when the schema is newer than `known`, Code::integrity when it is not what the recorded
// migrations made, be it by another migration of the same number or by a change from outside. Looks at one moment's
// schema, also while another process is migrating.
SchemaState inspect_schema(ext::sqlite::Database& database, std::span<const Migration> known);

// For a database that was current when it was opened: another process, of a newer program, may have migrated it since.
// Throws Code::failed.
void require_not_newer(ext::sqlite::Database& database, std::span<const Migration> known);

// Applies what is missing, one transaction each, looking again once the right to write is held: another process may
// have been faster. The caller holds the writer lock.
void migrate(ext::sqlite::Database& database, std::span<const Migration> known);

int schema_version(ext::sqlite::Database& database);

}  // namespace mlsys::store
