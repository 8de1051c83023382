#include "engine.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::data {

namespace {

constexpr std::string_view spill_name = "spill";

std::string quoted_with(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

std::vector<std::pair<std::string, std::string>> settings(const Context& ctx, const std::string& spill) {
  // Half of the budget: the frame that is read, and the model made from it, need the rest.
  constexpr std::uint64_t least_memory = 256ULL << 20;
  return {
      {"threads", std::to_string(std::max(1U, ctx.threads))},
      {"memory_limit", std::to_string(std::max(ctx.memory_budget / 2, least_memory)) + "B"},
      {"temp_directory", spill},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"preserve_insertion_order", "true"},
  };
}

// The pattern that matches this file only. A backslash parts folders in a pattern; a path that holds one is taken as it
// stands once no file matches it as a pattern.
std::string pattern_of(const std::filesystem::path& file) {
  std::string path = file.string();
  if (path.find('\\') != std::string::npos) return path;
  std::string pattern;
  for (const char c : path) {
    const bool special = c == '*' || c == '?' || c == '[';
    pattern += special ? std::string{'[', c, ']'} : std::string(1, c);
  }
  return pattern;
}

// What is read is looked for by its pattern, then opened by its name.
std::string allowed_paths(const std::vector<std::filesystem::path>& files) {
  std::string list;
  const auto allow = [&list](const std::string& path) { list += (list.empty() ? "[" : ", ") + sql_text(path); };
  for (const auto& file : files) {
    allow(file.string());
    if (const std::string pattern = pattern_of(file); pattern != file.string()) allow(pattern);
  }
  return list + "]";
}

// Nothing when it cannot be made: that matters only once there is too little memory.
std::unique_ptr<TempDirectory> spill_folder(const Context& ctx) {
  try {
    return std::make_unique<TempDirectory>(ctx.temp_dir);
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

std::string engine_version() { return ext::duckdb::library_version(); }

std::string sql_text(std::string_view value) { return quoted_with(value, '\''); }
std::string sql_identifier(std::string_view name) { return quoted_with(name, '"'); }
std::string column_name(std::size_t index) { return "c" + std::to_string(index); }

std::string sql_file(const std::filesystem::path& file) { return sql_text(pattern_of(file)); }

std::string sql_file_list(const std::vector<std::filesystem::path>& files) {
  std::string list;
  for (const auto& file : files) list += (list.empty() ? "[" : ", ") + sql_file(file);
  return list + "]";
}

std::string_view sql_type(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return "BOOLEAN";
    case ColumnType::integer:
      return "BIGINT";
    case ColumnType::real:
      return "DOUBLE";
    case ColumnType::text:
      return "VARCHAR";
    case ColumnType::date:
      return "DATE";
    case ColumnType::timestamp:
      return "TIMESTAMP";
  }
  return "VARCHAR";
}

duck::Type duck_type(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return duck::Type::boolean;
    case ColumnType::integer:
      return duck::Type::int64;
    case ColumnType::real:
      return duck::Type::float64;
    case ColumnType::text:
      return duck::Type::text;
    case ColumnType::date:
      return duck::Type::date;
    case ColumnType::timestamp:
      return duck::Type::timestamp;
  }
  return duck::Type::text;
}

std::string plain_reason(std::string_view text) {
  // "Invalid Input Error: Malformed JSON …\n\nLINE 1: select …"
  const std::size_t prefix = text.find("Error: ");
  if (prefix < 40) text.remove_prefix(prefix + 7);
  std::string line(trim(text.substr(0, text.find('\n'))));
  // The column is named as in the statement, which is ours.
  line.resize(std::min(line.size(), line.find(" when casting from source column ")));
  while (!line.empty() && (line.back() == '.' || line.back() == ':')) line.pop_back();
  if (!line.empty() && line.size() > 1 && line[0] >= 'A' && line[0] <= 'Z' && !(line[1] >= 'A' && line[1] <= 'Z'))
    line[0] = static_cast<char>(line[0] - 'A' + 'a');
  return line.empty() ? "unknown reason" : line;
}

Engine::Engine(const std::vector<std::filesystem::path>& files, Context& ctx) try
    : spill_(spill_folder(ctx)),
      database_(settings(ctx, spill_ ? (spill_->path() / spill_name).string() : "")),
      connection_(database_) {
  register_functions();
  // The order matters: after the last of these nothing can be changed any more.
  connection_.run("SET GLOBAL TimeZone = 'UTC'", ctx);
  connection_.run("SET enable_progress_bar = true", ctx);
  connection_.run("SET enable_progress_bar_print = false", ctx);
  // The first takes time by the square of the number of columns: a minute for 10,000. The second makes a join of a list
  // of five values or more, after which rows come in any order.
  connection_.run("SET disabled_optimizers = 'common_subexpressions,in_clause'", ctx);
  if (!files.empty()) connection_.run("SET allowed_paths = " + allowed_paths(files), ctx);
  connection_.run("SET enable_external_access = false", ctx);
  connection_.run("SET lock_configuration = true", ctx);
} catch (const duck::Failure& failure) {
  fail(failure, "cannot start DuckDB");
}

void Engine::fail(const duck::Failure& failure, std::string_view doing) {
  const std::string& text = failure.text();
  if (text.starts_with("Out of Memory"))
    throw Error(Code::failed, fmt::format("{}: {}", doing, plain_reason(text)),
                "give it more memory with --memory, or a --temp-dir with room to spill");
  if (text.find("No space left") != std::string::npos) {
    const bool spilling = text.find(spill_name) != std::string::npos;
    throw Error(Code::failed, fmt::format("{}: no space is left{}", doing, spilling ? " for temporary files" : ""),
                spilling ? "free some, or choose another --temp-dir" : "free some, or choose another folder");
  }
  // Parquet's pages are read, and found damaged, only while something else is being done.
  for (const std::string_view damage : {"ariable-length int", "Out of buffer", "Invalid unicode"})
    if (text.find(damage) != std::string::npos)
      throw Error(Code::failed, fmt::format("{}: the data are damaged ({})", doing, plain_reason(text)),
                  "fetch or write the file again");
  constexpr std::string_view unreadable = "Failed to read file \"";
  if (const std::size_t at = text.find(unreadable); at != std::string::npos) {
    const std::string rest = text.substr(at + unreadable.size());
    const std::size_t end = rest.find('"');
    const std::filesystem::path file = rest.substr(0, end);
    throw Error(Code::failed,
                fmt::format("cannot read {}: its data are damaged ({})", quoted(file.filename().string()),
                            plain_reason(end == std::string::npos ? "" : trim(rest.substr(end + 2)))),
                "fetch or write the file again");
  }
  throw Error(Code::failed, fmt::format("{}: {}", doing, plain_reason(text)));
}

duck::Result Engine::run(std::string_view sql, std::string_view doing, Context& ctx) {
  try {
    return connection_.run(sql, ctx);
  } catch (const duck::Failure& failure) {
    fail(failure, doing);
  }
}

duck::Result Engine::stream(std::string_view sql, std::string_view doing, Context& ctx) {
  try {
    return connection_.stream(sql, ctx);
  } catch (const duck::Failure& failure) {
    fail(failure, doing);
  }
}

duck::Result Engine::try_run(std::string_view sql, Context& ctx, const duck::Report& report) {
  return connection_.run(sql, ctx, report);
}

duck::Report Engine::progress_of(Context& ctx) {
  return [&ctx](double share) {
    if (share > 0) ctx.progress->update(static_cast<std::uint64_t>(share * progress_total), {});
  };
}

std::uint64_t Engine::count(std::string_view sql, std::string_view doing, Context& ctx) {
  duck::Result result = run(sql, doing, ctx);
  const auto chunk = result.next(ctx);
  if (!chunk) return 0;
  return static_cast<std::uint64_t>(chunk->column(0).values<std::int64_t>()[0]);
}

}  // namespace mlsys::data
