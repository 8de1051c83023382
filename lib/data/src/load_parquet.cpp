// Parquet is read where it lies, through a view.
#include <fmt/format.h>

#include <fstream>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "relation.hpp"

namespace mlsys::data {

namespace {

// DuckDB's words for a file whose end says nothing are about magic bytes and Thrift.
[[noreturn]] void explain(const duck::Failure& failure, const std::filesystem::path& file, const std::string& doing) {
  std::ifstream stream(file, std::ios::binary);
  std::string first(4, '\0');
  std::string last(4, '\0');
  stream.read(first.data(), 4);
  stream.seekg(-4, std::ios::end);
  stream.read(last.data(), 4);
  if (!stream) {
    std::error_code error;
    if (std::filesystem::file_size(file, error) < 4 && !error)
      throw Error(Code::failed, doing + ": it is no Parquet file", "say what it is with --input-format");
    throw Error(Code::failed, doing + ": it cannot be opened", "check its permissions");
  }
  if (first != "PAR1" && first != "PARE")
    throw Error(Code::failed, doing + ": it is no Parquet file", "say what it is with --input-format");
  if (last != first)
    throw Error(Code::failed, doing + ": its end is missing, so it was cut short", "fetch or write the file again");
  throw Error(Code::failed, fmt::format("{}: its footer is damaged ({})", doing, plain_reason(failure.text())),
              "fetch or write the file again");
}

// The top-level columns of one file, with the names they have there. DuckDB renames those that differ only in case.
std::vector<std::string> file_columns(const std::filesystem::path& file, const std::string& doing, Engine& engine,
                                      Context& ctx) {
  std::vector<std::string> names;
  std::uint64_t skip = 0;  // nodes below the current top-level column
  bool root = true;
  try {
    duck::Result result = engine.try_run(
        fmt::format("SELECT name, coalesce(num_children, 0)::BIGINT FROM parquet_schema({})", sql_file(file)), ctx);
    while (const auto chunk = result.next(ctx))
      for (std::uint64_t row = 0; row < chunk->size(); ++row) {
        const auto children = static_cast<std::uint64_t>(chunk->column(1).values<std::int64_t>()[row]);
        if (root) {
          root = false;
        } else if (skip > 0) {
          skip += children - 1;
        } else {
          names.emplace_back(chunk->column(0).text(row));
          skip = children;
        }
      }
  } catch (const duck::Failure& failure) {
    explain(failure, file, doing);
  }
  return names;
}

std::vector<std::uint64_t> file_rows(const ResolvedSource& source, const std::string& doing, Engine& engine,
                                     Context& ctx) {
  std::vector<std::uint64_t> rows;
  for (const auto& file : source.files)
    rows.push_back(engine.count(
        fmt::format("SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({})", sql_file(file)), doing, ctx));
  return rows;
}

using Described = std::vector<std::pair<std::string, std::string>>;

// Columns of local times in nanoseconds of which a value has some.
std::vector<std::string> cut_local_times(const Described& described, const std::string& from, const std::string& doing,
                                         Engine& engine, Context& ctx) {
  std::vector<std::string> names;
  std::string cut;
  for (std::size_t i = 0; i < described.size(); ++i) {
    if (described[i].second != "TIMESTAMP_NS") continue;
    cut += fmt::format("{}coalesce(bool_or(epoch_ns({}) % 1000 <> 0), false)", cut.empty() ? "" : ", ", column_name(i));
    names.push_back(quoted(described[i].first));
  }
  if (names.empty()) return names;
  duck::Result result = engine.run(fmt::format("SELECT {} FROM {}", cut, from), doing, ctx);
  const auto chunk = result.next(ctx);
  std::vector<std::string> found;
  for (std::size_t k = 0; k < names.size(); ++k)
    if (chunk->column(k).values<bool>()[0]) found.push_back(names[k]);
  return found;
}

// Columns of times of UTC in nanoseconds: whether a value has some, DuckDB does not show.
std::vector<std::string> cut_utc_times(const Described& described, const std::filesystem::path& file,
                                       const std::string& doing, Engine& engine, Context& ctx) {
  std::vector<std::string> names;
  duck::Result result = engine.run(
      fmt::format("SELECT name FROM parquet_schema({}) WHERE contains(logical_type, 'isAdjustedToUTC=1') AND "
                  "contains(logical_type, 'NANOS=NanoSeconds')",
                  sql_file(file)),
      doing, ctx);
  while (const auto chunk = result.next(ctx))
    for (std::uint64_t row = 0; row < chunk->size(); ++row)
      for (const auto& [name, type] : described)
        if (name == chunk->column(0).text(row) && type == "TIMESTAMP WITH TIME ZONE") names.push_back(quoted(name));
  return names;
}

// Our times are in microseconds.
void note_nanoseconds(const Described& described, const LoadRequest& request, const std::string& from, Engine& engine,
                      Context& ctx) {
  const std::string doing = "cannot read " + request.source.subject;
  std::vector<std::string> cut = cut_local_times(described, from, doing, engine, ctx);
  for (std::string& name : cut_utc_times(described, request.source.files.front(), doing, engine, ctx))
    cut.push_back(std::move(name));
  if (!cut.empty())
    ctx.progress->note(
        fmt::format("{}: times in nanoseconds are cut to microseconds: {}", request.source.subject, join(cut, ", ")));
}

}  // namespace

Relation load_parquet(const LoadRequest& request, Engine& engine, Context& ctx) {
  const ResolvedSource& source = request.source;
  const std::string doing = "cannot read " + source.subject;
  std::vector<std::string> names = file_columns(source.files.front(), doing, engine, ctx);
  for (const auto& file : source.files)
    if (file != source.files.front() && file_columns(file, doing, engine, ctx) != names)
      throw Error(Code::failed,
                  fmt::format("{}: {} and {} have different columns", doing,
                              quoted(source.files.front().filename().string()), quoted(file.filename().string())),
                  "files that are read together need the same columns in the same order");
  if (names.size() > request.options.max_columns)
    throw Error(Code::usage,
                fmt::format("{}: {} columns are more than the limit of {}", doing, with_thousands(names.size()),
                            with_thousands(request.options.max_columns)),
                fmt::format("allow them with --max-columns {}", names.size()));
  names.insert(names.end(), source.partition_names.begin(), source.partition_names.end());
  refuse_duplicates(names, source.subject);

  Relation relation;
  const std::string scan = fmt::format("read_parquet({}{})", sql_file_list(source.files), hive_options(source));
  relation.from = scan + " " + positional_alias(names.size());
  try {  // a footer whose list of columns is readable may still be damaged elsewhere
    engine.try_run("DESCRIBE SELECT * FROM " + scan, ctx);
  } catch (const duck::Failure& failure) {
    explain(failure, source.files.front(), doing);
  }
  auto described = describe(engine, "SELECT * FROM " + scan, doing, ctx);
  if (described.size() != names.size())
    throw Error(Code::failed, doing + ": a folder's name and a column of the file are the same", "rename one of them");
  for (std::size_t i = 0; i < names.size(); ++i) described[i].first = names[i];
  note_nanoseconds(described, request, relation.from, engine, ctx);
  relation.columns = canonical_columns(described, relation.from, engine, source.subject, ctx);

  const std::vector<std::uint64_t> rows = file_rows(source, doing, engine, ctx);
  std::uint64_t total = 0;
  std::string offsets;  // of each file's first row
  for (const std::uint64_t count : rows) {
    offsets += (offsets.empty() ? "[" : ", ") + std::to_string(total + 1);
    total += count;
  }
  relation.rows = total;
  relation.row = rows.size() == 1 ? "file_row_number + 1"
                                  : fmt::format("file_row_number + {}][CAST(file_index AS BIGINT) + 1]", offsets);
  if (request.types != nullptr) apply_types(relation, *request.types, engine, source.subject, ctx);
  return relation;
}

}  // namespace mlsys::data
