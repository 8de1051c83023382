#include "mlsys/data/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "copy.hpp"
#include "engine.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

namespace {

struct CopyFormat {
  std::string_view name;
  std::string_view options;
};

constexpr auto copy_formats = std::to_array<CopyFormat>({
    {"csv", "FORMAT csv, HEADER true, DELIMITER ','"},
    {"tsv", "FORMAT csv, HEADER true, DELIMITER '\t'"},
    {"parquet", "FORMAT parquet, COMPRESSION zstd"},
    {"ndjson", "FORMAT json"},
    {"jsonl", "FORMAT json"},
    {"json", "FORMAT json, ARRAY true"},
});

struct Match {
  const CopyFormat* ending;
  std::string_view compression;
};

std::optional<Match> match(std::string_view name) {
  std::string_view stem = name;
  std::string_view compression;
  if (stem.ends_with(".gz")) {
    compression = "gzip";
    stem.remove_suffix(3);
  } else if (stem.ends_with(".zst")) {
    compression = "zstd";
    stem.remove_suffix(4);
  }
  for (const CopyFormat& ending : copy_formats) {
    const bool whole = stem == ending.name;
    if (!whole && !(stem.ends_with(ending.name) && stem[stem.size() - ending.name.size() - 1] == '.')) continue;
    if (ending.name == "parquet" && !compression.empty()) return std::nullopt;
    return Match{&ending, compression};
  }
  return std::nullopt;
}

// The type in which a column of a frame is written.
duck::Type stored_type(const Column& column) {
  switch (column.as) {
    case As::float32:
      return duck::Type::float32;
    case As::float64:
      return duck::Type::float64;
    case As::category:
    case As::text:
      return duck::Type::text;
    case As::int64:
      break;
  }
  switch (column.type) {
    case ColumnType::boolean:
      return duck::Type::boolean;
    case ColumnType::date:
      return duck::Type::date;
    case ColumnType::timestamp:
      return duck::Type::timestamp;
    default:
      return duck::Type::int64;
  }
}

std::string_view stored_sql(duck::Type type) {
  switch (type) {
    case duck::Type::float32:
      return "FLOAT";
    case duck::Type::float64:
      return "DOUBLE";
    case duck::Type::boolean:
      return "BOOLEAN";
    case duck::Type::date:
      return "DATE";
    case duck::Type::timestamp:
      return "TIMESTAMP";
    case duck::Type::int64:
      return "BIGINT";
    default:
      return "VARCHAR";
  }
}

void put(const Column& column, duck::Type type, std::uint64_t from, std::uint64_t count, duck::Output& to) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t row = from + i;
    switch (column.as) {
      case As::float32:
        if (column.f32[row] == column.f32[row])
          to.set(i, column.f32[row]);
        else
          to.set_null(i);
        break;
      case As::float64:
        if (column.f64[row] == column.f64[row])
          to.set(i, column.f64[row]);
        else
          to.set_null(i);
        break;
      case As::category:
        if (column.codes[row] < 0)
          to.set_null(i);
        else
          to.set_text(i, column.categories[static_cast<std::size_t>(column.codes[row])]);
        break;
      case As::text:
        if (column.valid[row] == 0)
          to.set_null(i);
        else
          to.set_text(i, column.texts[row]);
        break;
      case As::int64: {
        const std::int64_t value = column.i64[row];
        if (column.valid[row] == 0)
          to.set_null(i);
        else if (type == duck::Type::boolean)
          to.set(i, static_cast<std::uint8_t>(value != 0));
        else if (type == duck::Type::date)
          to.set(i, static_cast<std::int32_t>(value / day_microseconds));
        else
          to.set(i, value);
        break;
      }
    }
  }
}

}  // namespace

bool is_writable_name(const std::filesystem::path& path) { return match(path.filename().string()).has_value(); }

namespace {

std::string options_of(const Match& match, const WriterOptions& options) {
  std::string text(match.ending->options);
  if (!match.compression.empty()) text += fmt::format(", COMPRESSION {}", match.compression);
  if (match.ending->name == "parquet" && !options.metadata.empty()) {
    std::string pairs;
    for (const auto& [key, value] : options.metadata)
      pairs += fmt::format("{}{}: {}", pairs.empty() ? "" : ", ", sql_text(key), sql_text(value));
    text += ", KV_METADATA {" + pairs + "}";
  }
  return "(" + text + ", USE_TMP_FILE false)";  // the file is a pending one already
}

void refuse_case_twins(const std::vector<CopyColumn>& columns, const std::string& subject) {
  std::map<std::string, std::string_view> seen;
  for (const CopyColumn& column : columns)
    if (const auto [other, is_new] = seen.emplace(to_lower_ascii(column.name), column.name); !is_new)
      throw Error(Code::failed,
                  fmt::format("cannot write {}: columns {} and {} differ only in case", subject, quoted(other->second),
                              quoted(column.name)),
                  "rename one of them in the source");
}

// The column as text formats hold it, so that it reads back with its type.
std::string in_text(const CopyColumn& column, std::size_t index) {
  switch (column.type) {
    case duck::Type::float32:
    case duck::Type::float64:
      return Engine::finite(column.expression, column.type, index);
    case duck::Type::timestamp:
      return Engine::as_text(column.expression, ColumnType::timestamp);
    case duck::Type::date:
      return Engine::as_text(column.expression, ColumnType::date);
    default:
      return column.expression;
  }
}

void note_not_finite(const std::vector<CopyColumn>& columns, const Engine& engine, const std::string& subject,
                     Context& ctx) {
  constexpr std::size_t most_names = 20;
  Engine::NotFinite total;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Engine::NotFinite one = engine.not_finite(i);
    if (one.nan + one.infinite == 0) continue;
    total.nan += one.nan;
    total.infinite += one.infinite;
    names.push_back(quoted(columns[i].name));
  }
  if (names.empty()) return;
  const std::string where = names.size() == 1 ? "column " : "columns ";
  if (names.size() > most_names) {
    const std::size_t more = names.size() - most_names;
    names.resize(most_names);
    names.push_back(with_thousands(more) + " more");
  }
  std::vector<std::string> values;
  if (total.nan > 0) values.push_back(with_thousands(total.nan) + " NaN");
  if (total.infinite > 0) values.push_back(counted(total.infinite, "infinite value"));
  ctx.progress->note(fmt::format("{}: {} in {}{} {} written as missing, since only Parquet holds such values", subject,
                                 join(values, " and "), where, join(names, ", "),
                                 total.nan + total.infinite == 1 ? "is" : "are"));
}

}  // namespace

void check_ending(std::string_view ending, const std::string& subject) {
  if (!match(ending))
    throw Error(Code::usage, fmt::format("cannot write {}: its ending names no format", subject),
                "known are .csv .tsv .parquet .ndjson .json, text also with .gz or .zst");
}

std::uint64_t copy_to(Engine& engine, const std::vector<CopyColumn>& columns, const std::string& from,
                      const std::filesystem::path& file, std::string_view ending, const WriterOptions& options,
                      const std::string& subject, Context& ctx) {
  check_ending(ending, subject);
  refuse_case_twins(columns, subject);
  const Match format = *match(ending);
  const bool as_text = format.ending->name != "parquet";
  std::string selected;
  for (std::size_t i = 0; i < columns.size(); ++i)
    selected += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", as_text ? in_text(columns[i], i) : columns[i].expression,
                            sql_identifier(columns[i].name));
  engine.reset_not_finite(columns.size());
  const std::string path = std::filesystem::absolute(file).lexically_normal().string();
  try {
    duck::Result result = engine.try_run(
        fmt::format("COPY (SELECT {} FROM {}) TO {} {}", selected, from, sql_text(path), options_of(format, options)),
        ctx);
    const auto chunk = result.next(ctx);
    note_not_finite(columns, engine, subject, ctx);
    return chunk ? static_cast<std::uint64_t>(chunk->column(0).values<std::int64_t>()[0]) : 0;
  } catch (const duck::Failure& failure) {
    Engine::fail(failure, "cannot write " + subject);
  }
}

struct Writer::Impl {
  Impl(const std::filesystem::path& target, WriterOptions writer_options, Context& context)
      : subject(writer_options.subject.empty() ? quoted(target.string()) : writer_options.subject),
        ending(checked_ending(target, subject)),
        options(std::move(writer_options)),
        ctx(context),
        file(target),
        engine({std::filesystem::absolute(file.path()).lexically_normal()}, context) {}

  // Before anything is made.
  static std::string checked_ending(const std::filesystem::path& target, const std::string& subject) {
    std::string name = target.filename().string();
    check_ending(name, subject);
    return name;
  }

  std::string subject;
  std::string ending;
  WriterOptions options;
  Context& ctx;
  PendingFile file;
  Engine engine;
  std::vector<std::string> names;
  std::vector<duck::Type> types;
  std::optional<duck::Appender> appender;
  bool finished = false;

  void define(const Frame& frame) {
    if (frame.columns.empty()) throw Error(Code::failed, "cannot write " + subject + ": a table needs columns");
    std::string definition;
    for (const Column& column : frame.columns) {
      types.push_back(stored_type(column));
      definition +=
          fmt::format("{}{} {}", names.empty() ? "" : ", ", column_name(names.size()), stored_sql(types.back()));
      names.push_back(column.name);
    }
    engine.run("CREATE TABLE rows (" + definition + ")", "cannot write " + subject, ctx);
    appender.emplace(engine.connection(), "rows", types);
  }

  void check_same(const Frame& frame) const {
    bool same = frame.columns.size() == names.size();
    for (std::size_t i = 0; same && i < names.size(); ++i)
      same = frame.columns[i].name == names[i] && stored_type(frame.columns[i]) == types[i];
    if (!same) throw Error(Code::failed, "cannot write " + subject + ": two frames have different columns");
  }
};

Writer::Writer(const std::filesystem::path& target, WriterOptions options, Context& ctx)
    : impl_(std::make_unique<Impl>(target, std::move(options), ctx)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

void Writer::append(const Frame& frame) {
  Impl& impl = *impl_;
  try {
    if (impl.names.empty())
      impl.define(frame);
    else
      impl.check_same(frame);
    const std::uint64_t capacity = duck::Appender::capacity();
    for (std::uint64_t from = 0; from < frame.rows; from += capacity) {
      const std::uint64_t count = std::min(capacity, frame.rows - from);
      for (std::size_t c = 0; c < impl.types.size(); ++c)
        put(frame.columns[c], impl.types[c], from, count, impl.appender->column(c));
      impl.appender->flush_chunk(count);
      impl.ctx.check_stop();
    }
  } catch (const duck::Failure& failure) {
    Engine::fail(failure, "cannot write " + impl.subject);
  }
}

const std::filesystem::path& Writer::finish() {
  Impl& impl = *impl_;
  if (impl.finished) return impl.file.path();
  if (!impl.appender) throw Error(Code::failed, "cannot write " + impl.subject + ": there are no columns");
  try {
    impl.appender->close();
    impl.appender.reset();
  } catch (const duck::Failure& failure) {
    Engine::fail(failure, "cannot write " + impl.subject);
  }
  std::vector<CopyColumn> columns;
  for (std::size_t i = 0; i < impl.names.size(); ++i) columns.push_back({column_name(i), impl.names[i], impl.types[i]});
  copy_to(impl.engine, columns, "rows", impl.file.path(), impl.ending, impl.options, impl.subject, impl.ctx);
  impl.finished = true;
  return impl.file.path();
}

void Writer::commit() {
  finish();
  impl_->file.commit();
}

}  // namespace mlsys::data
