// JSON and NDJSON: the keys of all objects become columns, values are settled over all rows.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "relation.hpp"

namespace mlsys::data {

namespace {

// The line of a record, which is a line that is not blank.
std::uint64_t line_of_record(const std::filesystem::path& file, std::uint64_t record) {
  std::ifstream stream(file, std::ios::binary);
  std::uint64_t line = 0;
  for (std::string text; record > 0 && std::getline(stream, text); ++line)
    record -= text.find_first_not_of(" \t\r") == std::string::npos ? 0 : 1;
  return line;
}

// "at byte 2 in line 3: …" with the number that the line has: DuckDB counts from 2, and passes over blank lines.
std::string with_true_line(std::string text, const std::filesystem::path& file, bool is_compressed) {
  for (const std::string_view label : {" in line ", " in record/value "}) {
    const std::size_t at = text.find(label);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + label.size();
    const std::size_t end = std::min(text.size(), text.find_first_not_of("0123456789", begin));
    const auto number = parse_int(text.substr(begin, end - begin));
    if (!number || *number < 2) return text;
    const auto record = static_cast<std::uint64_t>(*number) - 1;
    const bool is_line = label == " in line " && !is_compressed;
    return text.replace(
        at, end - at,
        is_line ? fmt::format(" in line {}", line_of_record(file, record)) : fmt::format(" in record {}", record));
  }
  return text;
}

// "Malformed JSON in file "x", at byte 7 in line 3: unexpected end of data. Try …" without the advice and, when there
// is one file, without its name.
std::string reason_of(const duck::Failure& failure, const ResolvedSource& source) {
  std::string text = plain_reason(failure.text());
  text.resize(std::min(text.size(), text.find(". Try ")));
  for (std::size_t i = 0; i < source.files.size(); ++i) {
    const std::string named = fmt::format(" in file \"{}\",", source.unmarked[i].string());
    const std::size_t at = text.find(named);
    if (at == std::string::npos) continue;
    text.replace(at, named.size(),
                 source.files.size() == 1 ? "" : fmt::format(" in file {},", quoted(source.files[i].string())));
    return with_true_line(std::move(text), source.unmarked[i], !source.compression.empty());
  }
  return text;
}

[[noreturn]] void explain(const duck::Failure& failure, const ResolvedSource& source, const std::string& doing) {
  const std::string text = reason_of(failure, source);
  if (text.find("duplicate key") != std::string::npos)
    throw Error(Code::failed, fmt::format("{}: {}", doing, text), "an object must not have a key twice");
  throw Error(Code::failed, fmt::format("{}: {}", doing, text),
              source.format == SourceFormat::ndjson ? "each line must be an object like {\"a\": 1}"
                                                    : "it must be a list of objects like [{\"a\": 1}]");
}

std::string compression_of(const ResolvedSource& source) {
  return source.compression.empty() ? "uncompressed" : source.compression;
}

std::string scan_of(const ResolvedSource& source) {
  return fmt::format(
      "read_json({}, format = '{}', sample_size = -1, maximum_depth = 1, map_inference_threshold = -1, "
      "union_by_name = true, hive_partitioning = false, compression = '{}')",
      sql_file_list(source.unmarked), source.format == SourceFormat::ndjson ? "newline_delimited" : "auto",
      compression_of(source));
}

// A value as it is written, strings in quotes; NULL where its text stands for a missing one.
std::string written(const std::string& json, const SourceOptions& options) {
  std::string value = fmt::format("CAST({} AS VARCHAR)", json);
  if (options.null_tokens.empty()) return value;
  return fmt::format("CASE WHEN starts_with({0}, '\"') AND {1} IS NULL THEN NULL ELSE {0} END", value,
                     without_null_tokens("(" + value + "::JSON->>'$')", options));
}

// The records as they are.
std::string objects_of(const ResolvedSource& source) {
  return fmt::format("read_json_objects({}, hive_partitioning = false, compression = '{}')",
                     sql_file_list(source.unmarked), compression_of(source));
}

// DuckDB names the key 'A' beside 'a' 'A_1'. Such a name is looked up, so that one that is really there is left alone.
void refuse_renamed(const std::vector<std::pair<std::string, std::string>>& described, const ResolvedSource& source,
                    const std::string& doing, Engine& engine, Context& ctx) {
  for (const auto& [name, type] : described) {
    const std::size_t mark = name.rfind('_');
    if (mark == std::string::npos || !parse_int(name.substr(mark + 1))) continue;
    const std::string stem = name.substr(0, mark);
    for (const auto& [other, other_type] : described) {
      if (to_lower_ascii(other) != to_lower_ascii(stem) || other == name) continue;
      const std::uint64_t real =
          engine.count(fmt::format("SELECT count(*) FROM {} AS t(j) WHERE list_contains(json_keys(j), {})",
                                   objects_of(source), sql_text(name)),
                       doing, ctx);
      if (real == 0)
        throw Error(Code::failed,
                    fmt::format("{}: the keys {} and {} differ only in case", doing, quoted(other), quoted(stem)),
                    "rename one of them, or convert the file to CSV or Parquet");
    }
  }
}

}  // namespace

Relation load_json(const LoadRequest& request, Engine& engine, Context& ctx) {
  const ResolvedSource& source = request.source;
  const std::string doing = "cannot read " + source.subject;
  const std::string scan = scan_of(source);

  std::vector<std::pair<std::string, std::string>> described;
  ctx.progress->begin("read " + source.subject, Engine::progress_total, "");
  try {
    {
      duck::Result result = engine.try_run("DESCRIBE SELECT * FROM " + scan, ctx, Engine::progress_of(ctx));
      while (const auto chunk = result.next(ctx))
        for (std::uint64_t row = 0; row < chunk->size(); ++row)
          described.emplace_back(chunk->column(0).text(row), chunk->column(1).text(row));
    }
    if (described.size() > request.options.max_columns)
      throw Error(Code::usage,
                  fmt::format("{}: {} keys are more columns than the limit of {}", doing,
                              with_thousands(described.size()), with_thousands(request.options.max_columns)),
                  fmt::format("allow them with --max-columns {}", described.size()));
    std::string selected;
    for (std::size_t i = 0; i < described.size() + source.partition_names.size(); ++i)
      selected +=
          fmt::format("{}{} AS {}", i == 0 ? "" : ", ",
                      i < described.size() ? written(column_name(i), request.options) : column_name(i), column_name(i));
    engine.try_run(fmt::format("CREATE TABLE parsed AS SELECT {} FROM {}", selected,
                               with_partitions(scan, described.size(), request)),
                   ctx, Engine::progress_of(ctx));
  } catch (const duck::Failure& failure) {
    ctx.progress->end();
    explain(failure, source, doing);
  }
  ctx.progress->end();
  // Records that are not all objects come as one column of whole records.
  if (described.size() == 1 && described[0].first == "json" &&
      engine.count(fmt::format("SELECT count(*) FROM {} AS t(j) WHERE json_type(j) <> 'OBJECT'", objects_of(source)),
                   doing, ctx) > 0)
    throw Error(Code::failed, doing + ": its records are not all objects", "each record must look like {\"a\": 1}");
  refuse_renamed(described, source, doing, engine, ctx);
  for (const std::string& name : source.partition_names) described.emplace_back(name, "VARCHAR");
  std::vector<std::string> names;
  for (const auto& [name, type] : described) names.push_back(name);
  refuse_duplicates(names, source.subject);

  // Values and their types; partition keys are plain text already.
  Relation relation;
  relation.from = "raw";
  relation.row = "rowid + 1";
  std::string masks;
  const auto is_json = [&](std::size_t i) { return described[i].second == "JSON"; };
  for (std::size_t i = 0; i < described.size(); ++i)
    masks += fmt::format("{}bit_and({})", i == 0 ? "" : ", ",
                         is_json(i) ? Engine::json_type_mask(column_name(i)) : Engine::type_mask(column_name(i)));
  duck::Result result = engine.run(fmt::format("SELECT {} FROM parsed", masks), doing, ctx);
  const auto chunk = result.next(ctx);
  std::string selected;
  for (std::size_t i = 0; i < described.size(); ++i) {
    TypeCandidates candidates;
    if (chunk->column(i).valid(0)) candidates.add(chunk->column(i).values<std::uint8_t>()[0]);
    const ColumnType type = candidates.settled();
    const std::string text = is_json(i) ? "(c" + std::to_string(i) + "::JSON->>'$')" : column_name(i);
    selected +=
        fmt::format("{}{} AS {}", i == 0 ? "" : ", ", Engine::settled(text, type, Reading::strict, i), column_name(i));
    relation.columns.push_back({described[i].first, type, column_name(i)});
  }
  engine.reset_failures(described.size());
  engine.run(fmt::format("CREATE TABLE raw AS SELECT {} FROM parsed", selected), doing, ctx);
  engine.run("DROP TABLE parsed", doing, ctx);
  if (request.types != nullptr) apply_types(relation, *request.types, engine, source.subject, ctx);
  return relation;
}

}  // namespace mlsys::data
