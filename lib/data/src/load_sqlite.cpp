// A table of an SQLite database, through our SQLite. Its values have types of their own, row by row, so they are
// settled over all rows as everywhere.
#include <fmt/format.h>

#include "ext/sqlite/sqlite.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "relation.hpp"

namespace mlsys::data {

namespace {

namespace sqlite = ext::sqlite;

constexpr auto time_mask = static_cast<TypeCandidates::Mask>((1U << static_cast<unsigned>(ColumnType::date)) |
                                                             (1U << static_cast<unsigned>(ColumnType::timestamp)));
constexpr auto real_mask = static_cast<TypeCandidates::Mask>(1U << static_cast<unsigned>(ColumnType::real));

// Numbers are numbers, text is text or a time: SQLite has no other form for times.
TypeCandidates::Mask mask_of(const sqlite::Statement& row, int column) {
  switch (row.kind(column)) {
    case sqlite::Kind::integer:
      return TypeCandidates::of(std::to_string(row.integer(column)));
    case sqlite::Kind::real:
      return real_mask;
    case sqlite::Kind::text:
      return static_cast<TypeCandidates::Mask>(TypeCandidates::of(row.text(column)) & time_mask);
    default:
      return 0;
  }
}

bool is_missing(const sqlite::Statement& row, int column, const SourceOptions& options) {
  return row.is_null(column) || (row.kind(column) == sqlite::Kind::text && is_null_token(row.text(column), options));
}

// A value that is not missing.
void put(const sqlite::Statement& from, int column, ColumnType type, std::uint64_t row, duck::Output& to) {
  switch (type) {
    case ColumnType::boolean:
      break;  // SQLite has none
    case ColumnType::integer:
      to.set(row, from.integer(column));
      break;
    case ColumnType::real:
      to.set(row, from.real(column));
      break;
    case ColumnType::text: {
      if (from.kind(column) == sqlite::Kind::real) {  // SQLite's own text has 15 digits
        to.set_text(row, shortest(from.real(column)));
        break;
      }
      const std::string_view text = from.text(column);
      if (!is_utf8(text))
        throw Error(Code::failed,
                    fmt::format("column {} holds text that is not UTF-8", quoted(from.column_name(column))));
      to.set_text(row, text);
      break;
    }
    case ColumnType::date:
      to.set(row, static_cast<std::int32_t>(parse_date(from.text(column)).value_or(0)));
      break;
    case ColumnType::timestamp:
      to.set(row, parse_timestamp(from.text(column)).value_or(0));
      break;
  }
}

[[noreturn]] void no_such_table(sqlite::Database& database, const ResolvedSource& source, const std::string& doing) {
  std::vector<std::string> tables;
  auto query = database.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name");
  while (query.step()) tables.push_back(query.string(0));
  std::string hint = did_you_mean(source.table, tables);
  if (hint.empty() && !tables.empty()) hint = "its tables are " + join(tables, ", ");
  throw Error(Code::not_found, fmt::format("{}: no table {}", doing, quoted(source.table)), hint);
}

}  // namespace

Relation load_sqlite(const LoadRequest& request, Engine& engine, Context& ctx) {
  const ResolvedSource& source = request.source;
  const std::string doing = "cannot read " + source.subject;
  sqlite::Database database(source.files.front(), sqlite::OpenMode::read, source.subject);
  sqlite::Transaction view(database, sqlite::Transaction::Kind::deferred);  // both passes see the same rows

  auto exists = database.prepare("SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?");
  exists.bind(source.table);
  if (!exists.step()) no_such_table(database, source, doing);
  auto rows = database.prepare("SELECT * FROM " + sql_identifier(source.table));
  const int count = rows.columns();
  if (static_cast<std::uint64_t>(count) > request.options.max_columns)
    throw Error(Code::usage,
                fmt::format("{}: {} columns are more than the limit of {}", doing, count, request.options.max_columns),
                fmt::format("allow them with --max-columns {}", count));

  std::vector<TypeCandidates> candidates(static_cast<std::size_t>(count));
  std::vector<bool> blobs(static_cast<std::size_t>(count));
  std::uint64_t total = 0;
  while (rows.step()) {
    if (++total % 4096 == 0) ctx.check_stop();
    for (int c = 0; c < count; ++c) {
      if (is_missing(rows, c, request.options)) continue;
      candidates[static_cast<std::size_t>(c)].add(mask_of(rows, c));
      if (rows.kind(c) == sqlite::Kind::blob) blobs[static_cast<std::size_t>(c)] = true;
    }
  }

  Relation relation;
  relation.from = "raw";
  relation.row = "rowid + 1";
  relation.rows = total;
  std::vector<int> positions;
  std::vector<duck::Type> types;
  std::vector<std::string> names;
  std::vector<std::string> left_out;
  std::string definition;
  for (int c = 0; c < count; ++c) {
    std::string name(rows.column_name(c));
    if (blobs[static_cast<std::size_t>(c)]) {
      left_out.push_back(quoted(name));
      continue;
    }
    const ColumnType type = candidates[static_cast<std::size_t>(c)].settled();
    definition += fmt::format("{}{} {}", positions.empty() ? "" : ", ", column_name(positions.size()), sql_type(type));
    relation.columns.push_back({name, type, column_name(positions.size())});
    positions.push_back(c);
    types.push_back(duck_type(type));
    names.push_back(std::move(name));
  }
  if (!left_out.empty())
    ctx.progress->note(fmt::format("{}: columns of bytes are left out: {}", source.subject, join(left_out, ", ")));
  if (positions.empty()) throw Error(Code::failed, doing + ": it has no column that can be read");
  refuse_duplicates(names, source.subject);

  engine.run("CREATE TABLE raw (" + definition + ")", doing, ctx);
  try {
    duck::Appender appender(engine.connection(), "raw", types);
    std::uint64_t filled = 0;
    while (rows.step()) {
      for (std::size_t i = 0; i < positions.size(); ++i) {
        if (is_missing(rows, positions[i], request.options))
          appender.column(i).set_null(filled);
        else
          put(rows, positions[i], relation.columns[i].type, filled, appender.column(i));
      }
      if (++filled == duck::Appender::capacity()) {
        appender.flush_chunk(filled);
        filled = 0;
        ctx.check_stop();
      }
    }
    if (filled > 0) appender.flush_chunk(filled);
    appender.close();
  } catch (const duck::Failure& failure) {
    Engine::fail(failure, doing);
  }
  if (request.types != nullptr) apply_types(relation, *request.types, engine, source.subject, ctx);
  return relation;
}

}  // namespace mlsys::data
