#include "relation.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/roles.hpp"

namespace mlsys::data {

namespace {

constexpr std::size_t most_samples = 20;

// "DECIMAL(18,3)" -> {18, 3}
std::optional<std::pair<int, int>> decimal_of(std::string_view type) {
  constexpr std::string_view prefix = "DECIMAL(";
  if (!type.starts_with(prefix) || !type.ends_with(')')) return std::nullopt;
  const auto parts = split(type.substr(prefix.size(), type.size() - prefix.size() - 1), ',');
  if (parts.size() != 2) return std::nullopt;
  const auto precision = parse_int(parts[0]);
  const auto scale = parse_int(parts[1]);
  if (!precision || !scale) return std::nullopt;
  return std::pair(static_cast<int>(*precision), static_cast<int>(*scale));
}

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> set) {
  return std::find(set.begin(), set.end(), value) != set.end();
}

// Whole numbers of which some fit into 64 bits and some do not. 18 digits always fit.
bool is_wide_integer(std::string_view duck_type) {
  if (const auto decimal = decimal_of(duck_type)) return decimal->second == 0 && decimal->first > 18;
  return is_one_of(duck_type, {"UBIGINT", "HUGEINT", "UHUGEINT"});
}

// Nested values, bytes, intervals.
bool is_opaque(std::string_view duck_type) {
  return !is_one_of(duck_type, {"VARCHAR", "UUID", "TIME", "JSON"}) && !duck_type.starts_with("ENUM(") &&
         !duck_type.starts_with("DECIMAL(");
}

ColumnType canonical_type(std::string_view duck_type) {
  if (duck_type == "BOOLEAN") return ColumnType::boolean;
  if (is_one_of(duck_type, {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}))
    return ColumnType::integer;
  if (is_one_of(duck_type, {"FLOAT", "DOUBLE"})) return ColumnType::real;
  if (const auto decimal = decimal_of(duck_type)) {
    if (decimal->second > 0) return ColumnType::real;
    return is_wide_integer(duck_type) ? ColumnType::text : ColumnType::integer;
  }
  if (duck_type == "DATE") return ColumnType::date;
  if (duck_type.starts_with("TIMESTAMP")) return ColumnType::timestamp;
  return ColumnType::text;
}

// How a column of one type is seen as another, and whether values can fail to fit.
struct Conversion {
  std::string expression;
  std::string text;  // of the value before; empty when nothing can fail
};

Conversion convert(const Relation::Column& column, ColumnType wanted, std::size_t counter) {
  if (column.type == wanted) return {column.expression, {}};
  const std::string text = Engine::as_text(column.expression, column.type);
  if (wanted == ColumnType::text) return {text, {}};
  if (column.type == ColumnType::integer && wanted == ColumnType::real)
    return {"CAST(" + column.expression + " AS DOUBLE)", {}};
  if (column.type == ColumnType::date && wanted == ColumnType::timestamp)
    return {"CAST(" + column.expression + " AS TIMESTAMP)", {}};
  // The empty text is missing, as it is in CSV.
  const std::string present = column.type == ColumnType::text ? "nullif(" + text + ", '')" : text;
  return {Engine::settled(present, wanted, Reading::lenient, counter), present};
}

}  // namespace

void refuse_duplicates(const std::vector<std::string>& names, const std::string& subject) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (const auto [first, is_new] = seen.emplace(names[i], i); !is_new)
      throw Error(Code::failed,
                  fmt::format("cannot read {}: columns {} and {} are both named {}", subject, first->second + 1, i + 1,
                              quoted(names[i])),
                  "rename one of them");
}

std::vector<std::size_t> find_wanted(const std::vector<ColumnInfo>& wanted, const std::vector<std::string>& names,
                                     const std::string& subject) {
  std::map<std::string_view, std::size_t> positions;
  for (std::size_t i = 0; i < names.size(); ++i) positions.emplace(names[i], i);
  std::vector<std::size_t> found;
  std::vector<std::string> missing;
  std::string hint;
  for (const ColumnInfo& column : wanted) {
    if (const auto position = positions.find(column.name); position != positions.end()) {
      found.push_back(position->second);
      continue;
    }
    missing.push_back(quoted(column.name));
    if (hint.empty()) hint = hint_for_column(column.name, names);
  }
  if (missing.empty()) return found;
  if (missing.size() > 20) {
    const std::size_t more = missing.size() - 20;
    missing.resize(20);
    missing.push_back(fmt::format("{} more", more));
  }
  throw Error(
      Code::failed,
      fmt::format("cannot read {}: no column{} {}", subject, missing.size() == 1 ? "" : "s", join(missing, ", ")),
      hint);
}

std::optional<ColumnType> scalar_type(std::string_view duck_type) {
  if (is_wide_integer(duck_type)) return ColumnType::real;
  const ColumnType type = canonical_type(duck_type);
  if (type == ColumnType::text && is_opaque(duck_type)) return std::nullopt;
  return type;
}

std::optional<std::string> common_type(const std::string& one, const std::string& other) {
  if (one == other) return one;
  const bool wide = is_wide_integer(one) || is_wide_integer(other);
  const auto kind_of = [](const std::string& type) {
    return is_wide_integer(type) ? ColumnType::integer : canonical_type(type);
  };
  const ColumnType kind = kind_of(one);
  const ColumnType other_kind = kind_of(other);
  const auto both_of = [&](ColumnType first, ColumnType second) {
    return (kind == first || kind == second) && (other_kind == first || other_kind == second);
  };
  if (both_of(ColumnType::integer, ColumnType::integer)) return wide ? "HUGEINT" : "BIGINT";
  if (both_of(ColumnType::integer, ColumnType::real)) return "DOUBLE";
  if (both_of(ColumnType::date, ColumnType::timestamp)) return "TIMESTAMP";
  if (both_of(ColumnType::text, ColumnType::text) && !is_opaque(one) && !is_opaque(other)) return "VARCHAR";
  return std::nullopt;
}

std::vector<Relation::Column> canonical_columns(const std::vector<std::pair<std::string, std::string>>& described,
                                                const std::string& from, Engine& engine, const std::string& subject,
                                                Context& ctx) {
  std::vector<Relation::Column> columns;
  std::vector<std::size_t> wide;
  std::vector<std::string> opaque;
  std::string fits;
  for (std::size_t i = 0; i < described.size(); ++i) {
    const std::string& duck_type = described[i].second;
    const std::string expression = column_name(i);
    const ColumnType type = canonical_type(duck_type);
    columns.push_back(
        {described[i].first, type,
         duck_type == sql_type(type) ? expression : fmt::format("CAST({} AS {})", expression, sql_type(type))});
    if (is_wide_integer(duck_type)) {
      wide.push_back(i);
      fits += fmt::format("{}count(*) = count(TRY_CAST({} AS BIGINT)) + count(*) - count({})", fits.empty() ? "" : ", ",
                          expression, expression);
    } else if (type == ColumnType::text && is_opaque(duck_type)) {
      opaque.push_back(quoted(described[i].first));
    }
  }
  if (!wide.empty()) {
    duck::Result result = engine.run(fmt::format("SELECT {} FROM {}", fits, from), "cannot read " + subject, ctx);
    const auto chunk = result.next(ctx);
    for (std::size_t k = 0; k < wide.size(); ++k) {
      const ColumnType type = chunk->column(k).values<bool>()[0] ? ColumnType::integer : ColumnType::text;
      columns[wide[k]].type = type;
      columns[wide[k]].expression = fmt::format("CAST({} AS {})", column_name(wide[k]), sql_type(type));
    }
  }
  if (!opaque.empty())
    ctx.progress->note(fmt::format("{}: nested or binary values are read as text: {}", subject, join(opaque, ", ")));
  return columns;
}

void refuse_nul(std::uint64_t row, const std::string& doing) {
  throw Error(Code::failed, fmt::format("{}: row {} holds a NUL byte", doing, with_thousands(row)),
              "it is no text, or damaged; `tr -d '\\000' <FILE >NEW` takes such bytes out");
}

std::vector<std::pair<std::string, std::string>> describe(Engine& engine, const std::string& query,
                                                          const std::string& doing, Context& ctx) {
  std::vector<std::pair<std::string, std::string>> columns;
  duck::Result result = engine.run("DESCRIBE " + query, doing, ctx);
  while (const auto chunk = result.next(ctx))
    for (std::uint64_t row = 0; row < chunk->size(); ++row)
      columns.emplace_back(chunk->column(0).text(row), chunk->column(1).text(row));
  return columns;
}

std::string failing_rows(const std::string& rows, ColumnType type) {
  constexpr std::size_t no_counter = 0x7fffffff;
  return fmt::format("SELECT r, v FROM ({}) AS t(r, v) WHERE v IS NOT NULL AND {} IS NULL", rows,
                     Engine::settled("v", type, Reading::lenient, no_counter));
}

std::vector<CastFailures::Sample> failing_samples(Engine& engine, const std::string& failing, const std::string& doing,
                                                  Context& ctx) {
  duck::Result result = engine.run(fmt::format("{} ORDER BY r LIMIT {}", failing, most_samples), doing, ctx);
  std::vector<CastFailures::Sample> samples;
  while (const auto chunk = result.next(ctx))
    for (std::uint64_t row = 0; row < chunk->size(); ++row)
      samples.push_back({static_cast<std::uint64_t>(chunk->column(0).values<std::int64_t>()[row]),
                         std::string(chunk->column(1).text(row))});
  return samples;
}

void apply_types(Relation& relation, const std::vector<ColumnInfo>& wanted, Engine& engine, const std::string& subject,
                 Context& ctx) {
  const std::string doing = "cannot read " + subject;
  std::vector<std::string> names;
  names.reserve(relation.columns.size());
  for (const Relation::Column& column : relation.columns) names.push_back(column.name);
  const std::vector<std::size_t> positions = find_wanted(wanted, names, subject);

  std::vector<Relation::Column> columns;
  std::vector<std::size_t> fallible;
  std::vector<std::string> texts;
  std::string counted;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    Conversion conversion = convert(relation.columns[positions[i]], wanted[i].type, fallible.size());
    if (!conversion.text.empty()) {
      fallible.push_back(i);
      texts.push_back(conversion.text);
      counted +=
          fmt::format("{}count({}) - count({})", counted.empty() ? "" : ", ", conversion.text, conversion.expression);
    }
    columns.push_back({wanted[i].name, wanted[i].type, std::move(conversion.expression)});
  }
  relation.columns = std::move(columns);
  if (fallible.empty()) return;

  // Not by the functions' own counters: values of a dictionary are converted once, however many rows have them.
  duck::Result result = engine.run(fmt::format("SELECT {} FROM {}", counted, relation.from), doing, ctx);
  const auto chunk = result.next(ctx);
  for (std::size_t k = 0; k < fallible.size(); ++k) {
    const auto failures = static_cast<std::uint64_t>(chunk->column(k).values<std::int64_t>()[0]);
    if (failures == 0) continue;
    const ColumnInfo& column = wanted[fallible[k]];
    relation.failing.push_back(
        failing_rows(fmt::format("SELECT {}, {} FROM {}", relation.row, texts[k], relation.from), column.type));
    relation.failures.push_back(
        {column.name, column.type, failures, failing_samples(engine, relation.failing.back(), doing, ctx)});
  }
}

void keep_selected_failures(Relation& relation, Engine& engine, const std::string& subject, Context& ctx) {
  const std::string doing = "cannot read " + subject;
  std::vector<CastFailures> failures;
  std::vector<std::string> failing;
  for (std::size_t i = 0; i < relation.failures.size(); ++i) {
    CastFailures& one = relation.failures[i];
    std::string rows = fmt::format("SELECT r, v FROM ({}) WHERE r IN (SELECT {} FROM {})", relation.failing[i],
                                   relation.row, relation.from);
    one.count = engine.count(fmt::format("SELECT count(*) FROM ({})", rows), doing, ctx);
    if (one.count == 0) continue;
    one.samples = failing_samples(engine, rows, doing, ctx);
    failures.push_back(std::move(one));
    failing.push_back(std::move(rows));
  }
  relation.failures = std::move(failures);
  relation.failing = std::move(failing);
}

std::string reading_in_pieces(std::uint64_t longest_line) {
  // A line may begin in one piece and end in the next, no later.
  constexpr std::uint64_t usual_piece = 32ULL << 20;
  return fmt::format("max_line_size = {}, buffer_size = {}", longest_line, std::max(usual_piece, 2 * longest_line));
}

std::string raw_lines(const std::filesystem::path& file, const std::string& compression) {
  // One column, with a separator that no text holds and no quotes.
  constexpr std::string_view separator = "\x01\x02\x03";
  constexpr std::uint64_t longest_line = 16ULL << 20;
  return fmt::format(
      "SELECT l FROM read_csv({}, auto_detect = false, header = false, delim = {}, quote = '', escape = '', "
      "{}, compression = {}, hive_partitioning = false, columns = {{'l': 'VARCHAR'}})",
      sql_file(file), sql_text(separator), reading_in_pieces(longest_line),
      sql_text(compression.empty() ? "none" : compression));
}

std::string partition_value(const LoadRequest& request, std::size_t key, std::size_t first, std::size_t files) {
  std::string values;
  for (std::size_t file = first; file < first + files; ++file) {
    const auto& value = request.source.partition_values[file][key];
    const bool missing = !value || is_null_token(*value, request.options);
    values += fmt::format("{}{}", values.empty() ? "" : ", ", missing ? "NULL" : sql_text(*value));
  }
  return fmt::format("CAST([{}] AS VARCHAR[])[CAST(file_index AS BIGINT) + 1]", values);
}

std::string with_partitions(const std::string& scan, std::size_t fields, const LoadRequest& request) {
  const ResolvedSource& source = request.source;
  std::string columns = fmt::format("{} {}", scan, positional_alias(fields));
  if (source.partition_names.empty()) return columns;
  std::string keys;
  for (std::size_t key = 0; key < source.partition_names.size(); ++key)
    keys += fmt::format(", {} AS {}", partition_value(request, key, 0, source.files.size()), column_name(fields + key));
  return fmt::format("(SELECT *{} FROM {}) AS t", keys, columns);
}

bool is_null_token(std::string_view text, const SourceOptions& options) {
  return std::find(options.null_tokens.begin(), options.null_tokens.end(), text) != options.null_tokens.end();
}

std::string without_null_tokens(const std::string& text, const SourceOptions& options) {
  if (options.null_tokens.empty()) return text;
  std::string tokens;
  for (const std::string& token : options.null_tokens) tokens += (tokens.empty() ? "" : ", ") + sql_text(token);
  return fmt::format("CASE WHEN {0} IN ({1}) THEN NULL ELSE {0} END", text, tokens);
}

std::string positional_alias(std::size_t count) {
  std::string alias = "AS t(";
  for (std::size_t i = 0; i < count; ++i) alias += (i == 0 ? "" : ", ") + column_name(i);
  return alias + ")";
}

}  // namespace mlsys::data
