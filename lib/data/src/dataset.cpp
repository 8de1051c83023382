#include "mlsys/data/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>

#include "dataset_impl.hpp"
#include "expression_sql.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/roles.hpp"
#include "mlsys/digest/digest.hpp"
#include "result_data.hpp"
#include "select.hpp"

namespace mlsys::data {

namespace {

Relation load(const LoadRequest& request, Engine& engine, Context& ctx) {
  switch (request.source.format) {
    case SourceFormat::csv:
    case SourceFormat::tsv:
      return load_csv(request, engine, ctx);
    case SourceFormat::parquet:
      return load_parquet(request, engine, ctx);
    case SourceFormat::json:
    case SourceFormat::ndjson:
      return load_json(request, engine, ctx);
    case SourceFormat::libsvm:
      return load_libsvm(request, engine, ctx);
    case SourceFormat::sqlite:
      try {
        return load_sqlite(request, engine, ctx);
      } catch (const Error& error) {
        // A damaged store is one thing, a file of data that cannot be read another.
        if (error.code() != Code::integrity) throw;
        throw Error(Code::failed, error.message(), "sqlite: takes a database; other files are named as they are");
      }
  }
  throw Error(Code::failed, "a data format without a reader");
}

std::uint64_t total_size(const std::vector<std::filesystem::path>& files) {
  std::uint64_t total = 0;
  for (const auto& file : files) total += std::filesystem::file_size(file);
  return total;
}

// Nobody is told where rows go as long as they fit. Files that are compressed hold more than their size.
void note_memory_plan(const ResolvedSource& source, const Context& ctx) {
  std::uint64_t bytes = 0;
  try {
    bytes = total_size(source.files);
  } catch (const std::filesystem::filesystem_error&) {
    return;  // opening it will say why
  }
  if (bytes <= ctx.memory_budget) return;
  ctx.progress->note(
      fmt::format("{} is {}, more than the {} of --memory: as many rows as fit are held in memory, the rest is "
                  "put aside in {} (--temp-dir) while this runs",
                  source.subject, human_bytes(bytes), human_bytes(ctx.memory_budget), quoted(ctx.temp_dir.string())));
}

std::vector<std::string> names_of_columns(const std::vector<ColumnInfo>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const ColumnInfo& column : columns) names.push_back(column.name);
  return names;
}

// Decimals become reals, everything that is no scalar becomes text.
std::string readable(const std::string& expression, const std::string& duck_type) {
  if (duck_type.starts_with("DECIMAL(") || duck_type == "UHUGEINT") return "CAST(" + expression + " AS DOUBLE)";
  const auto type = scalar_type(duck_type);
  if (!type || *type == ColumnType::text) return "CAST(" + expression + " AS VARCHAR)";
  if (*type == ColumnType::timestamp) return "CAST(" + expression + " AS TIMESTAMP)";
  return expression;
}

}  // namespace

std::optional<std::size_t> Dataset::Impl::position(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == name) return i;
  return std::nullopt;
}

void Dataset::Impl::make_view(Context& ctx) {
  engine->run("CREATE OR REPLACE VIEW data AS " + relation, doing("cannot read"), ctx);
}

Dataset::Dataset(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Dataset::Dataset(Dataset&&) noexcept = default;
Dataset& Dataset::operator=(Dataset&&) noexcept = default;
Dataset::~Dataset() = default;

std::unique_ptr<Dataset::Impl> find_source(const SourceOptions& options, Context& ctx) {
  auto impl = std::make_unique<Dataset::Impl>();
  impl->options = options;
  impl->options.seed = options.seed.value_or(ctx.seed);
  impl->source = *found(options, ctx).resolved;
  std::vector<std::filesystem::path> touched = impl->source.files;
  touched.insert(touched.end(), impl->source.unmarked.begin(), impl->source.unmarked.end());
  for (const auto& file : options.may_write) touched.push_back(std::filesystem::absolute(file).lexically_normal());
  impl->engine = std::make_unique<Engine>(touched, ctx);
  return impl;
}

static std::unique_ptr<Dataset::Impl> open_source(const SourceOptions& options, const std::vector<ColumnInfo>* types,
                                                  Context& ctx) {
  auto impl = find_source(options, ctx);
  Engine& engine = *impl->engine;

  // A selection may look at columns that nobody else wants, so the types can only rule after it; but what is to be text
  // must not be read as a number first: 1.10 would become 1.1.
  const bool selected = !options.where.empty() || !options.sql.empty();
  SourceOptions reading = options;
  if (selected && types != nullptr)
    for (const ColumnInfo& column : *types)
      if (column.type == ColumnType::text) reading.text_columns.push_back(column.name);
  Relation relation = load({reading, impl->source, selected ? nullptr : types}, engine, ctx);
  select_rows(relation, options, impl->source.subject, engine, ctx);
  if (selected && types != nullptr)
    apply_types(relation, *types, engine, impl->source.subject, ctx);
  else if (options.sample || options.limit)
    keep_selected_failures(relation, engine, impl->source.subject, ctx);

  std::string body = "SELECT ";
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    Relation::Column& column = relation.columns[i];
    body += fmt::format("{} AS {}, ", column.expression, column_name(i));
    impl->columns.push_back({std::move(column.name), column.type});
  }
  impl->relation = fmt::format("{}{} AS source_row FROM {}", body, relation.row, relation.from);
  impl->failures = std::move(relation.failures);
  impl->failing = std::move(relation.failing);
  impl->delimiter = relation.delimiter;
  impl->fields = relation.fields;
  impl->contiguous = options.where.empty() && !options.sample;
  impl->make_view(ctx);
  impl->rows =
      relation.rows ? *relation.rows : engine.count("SELECT count(*) FROM data", impl->doing("cannot read"), ctx);
  return impl;
}

Dataset Dataset::open(const SourceOptions& options, Context& ctx) {
  return Dataset(open_source(options, nullptr, ctx));
}

Dataset Dataset::open(const SourceOptions& options, const std::vector<ColumnInfo>& types, Context& ctx) {
  return Dataset(open_source(options, &types, ctx));
}

const std::string& Dataset::subject() const { return impl_->source.subject; }
const std::vector<ColumnInfo>& Dataset::columns() const { return impl_->columns; }
std::uint64_t Dataset::rows() const { return impl_->rows; }

void Dataset::require_rows(std::string_view doing) const {
  if (rows() > 0) return;
  const SourceOptions& options = impl_->options;
  const bool selected = !options.where.empty() || !options.sql.empty() || options.limit || options.sample;
  const bool has_header = format() == SourceFormat::csv || format() == SourceFormat::tsv;
  throw Error(Code::failed, fmt::format("cannot {} {}: it has no rows{}", doing, subject(), selected ? " left" : ""),
              selected     ? "check --where, --sql, --limit and --sample"
              : has_header ? "it has a header only; give a file with rows"
                           : "give a file with rows");
}

SourceOptions Dataset::again(const SourceOptions& options) const {
  SourceOptions copy = options;
  copy.resolved = std::make_shared<ResolvedSource>(impl_->source);
  return copy;
}

SourceOptions found(const SourceOptions& options, Context& ctx) {
  SourceOptions copy = options;
  if (copy.resolved != nullptr) return copy;
  const auto source = std::make_shared<ResolvedSource>(resolve_source(options, ctx));
  check_compressed(*source, ctx);
  note_memory_plan(*source, ctx);
  copy.resolved = source;
  return copy;
}

SourceFormat Dataset::format() const { return impl_->source.format; }
const std::vector<std::filesystem::path>& Dataset::files() const { return impl_->source.files; }
const std::vector<CastFailures>& Dataset::cast_failures() const { return impl_->failures; }

void Dataset::refuse_cast_failures(std::string_view doing, std::string_view why) const {
  if (impl_->failures.empty()) return;
  const auto& failure = impl_->failures.front();
  std::string where;
  if (!failure.samples.empty())
    where = fmt::format(": row {} has {}", failure.samples.front().row, quoted(failure.samples.front().value));
  const bool one = failure.count == 1;
  throw Error(
      Code::failed,
      fmt::format("cannot {}: {} value{} of column {} {} not of type {}, {}{}", doing, with_thousands(failure.count),
                  one ? "" : "s", quoted(failure.column), one ? "is" : "are", name_of(failure.type), why, where),
      "correct the values; --null TEXT reads a text as missing");
}
const std::vector<Derivation>& Dataset::derivations() const { return impl_->derivations; }

const ColumnInfo* Dataset::find(std::string_view name) const {
  const auto position = impl_->position(name);
  return position ? &impl_->columns[*position] : nullptr;
}

const ColumnInfo& Dataset::require(std::string_view name, std::string_view doing) const {
  if (const ColumnInfo* column = find(name)) return *column;
  throw Error(Code::usage, fmt::format("cannot {} {}: no column {}", doing, subject(), quoted(name)),
              hint_for_column(name, names_of_columns(impl_->columns)));
}

std::string Dataset::sql(std::string_view column) const {
  const ColumnInfo& found = require(column, "read");
  return column_name(static_cast<std::size_t>(&found - impl_->columns.data()));
}

std::string Dataset::sql_text(std::string_view value) { return data::sql_text(value); }

void Dataset::derive(const std::string& name, const std::string& expression) {
  Context ctx;
  const std::string doing = "cannot derive " + quoted(name);
  if (name.empty()) throw Error(Code::usage, doing + ": a column needs a name");
  if (find(name) != nullptr)
    throw Error(Code::usage, fmt::format("{}: {} has a column of that name", doing, subject()), "choose another name");
  CheckedExpression checked =
      check_expression(expression, names_of_columns(impl_->columns), doing, *impl_->engine, ctx);
  std::vector<std::pair<std::string, std::string>> described;
  try {
    duck::Result result = impl_->engine->try_run("DESCRIBE SELECT " + checked.sql + " FROM data", ctx);
    while (const auto chunk = result.next(ctx)) described.emplace_back(name, chunk->column(1).text(0));
  } catch (const duck::Failure& failure) {
    throw Error(Code::usage, fmt::format("{}: {}", doing, plain_reason(failure.text())),
                "types can be changed with CAST or TRY_CAST");
  }
  const auto type = scalar_type(described.at(0).second);
  if (!type)
    throw Error(Code::usage, fmt::format("{}: its values would be of type {}", doing, described[0].second),
                "make it a number, a text or a time");
  impl_->relation = fmt::format("SELECT *, CAST({} AS {}) AS {} FROM ({})", checked.sql, sql_type(*type),
                                column_name(impl_->columns.size()), impl_->relation);
  impl_->make_view(ctx);
  impl_->columns.push_back({name, *type});
  impl_->derivations.push_back({name, expression, std::move(checked.inputs)});
}

Result Dataset::query(std::string_view sql, Context& ctx) const {
  Engine& engine = *impl_->engine;
  const std::string doing = impl_->doing("cannot query");
  const auto collect = [&](duck::Result result) -> std::unique_ptr<Result::Data> {
    auto data = std::make_unique<Result::Data>();
    for (const auto& column : result.columns())
      if (!data->add_column(column)) return nullptr;
    while (const auto chunk = result.next(ctx)) data->append(*chunk);
    return data;
  };
  auto data = collect(engine.run(sql, doing, ctx));
  if (data == nullptr) {
    // Decimals, lists and so on: asked for again in types that can be read.
    const auto described = describe(engine, std::string(sql), doing, ctx);
    std::string casts;
    for (std::size_t i = 0; i < described.size(); ++i)
      casts += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", readable(column_name(i), described[i].second),
                           sql_identifier(described[i].first));
    data = collect(
        engine.run(fmt::format("SELECT {} FROM ({}) {}", casts, sql, positional_alias(described.size())), doing, ctx));
    if (data == nullptr) throw Error(Code::failed, doing + ": a type of the result cannot be read");
  }
  return Result(std::move(data));
}

// ---- digest

namespace {

// Of a huge file: its size and time, and its last bytes, where Parquet keeps its footer.
std::string quick_digest(const std::filesystem::path& file) {
  constexpr std::uint64_t tail_bytes = 1 << 20;
  digest::Sha256 hash;
  const std::uint64_t size = std::filesystem::file_size(file);
  hash.update(fmt::format("{} {} {}\n", file.filename().string(), size,
                          std::filesystem::last_write_time(file).time_since_epoch().count()));
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(size - std::min(size, tail_bytes)));
  std::string tail(std::min(size, tail_bytes), '\0');
  stream.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  hash.update(tail);
  return hash.hex();
}

// What the folders' names say, and how the bytes are read; "" for the usual way.
std::string reading_text(const SourceOptions& options, const ResolvedSource& source) {
  std::string text;
  for (const auto& values : source.partition_values)
    for (std::size_t key = 0; key < values.size(); ++key)
      text += "partition " + source.partition_names[key] + (values[key] ? "=" + *values[key] : "") + '\0';
  if (source.format_is_imposed) text += fmt::format("format {}", name_of(source.format)) + '\0';
  if (source.format == SourceFormat::libsvm) {
    if (const auto absent = options.sparse_absent.value_or(SparseAbsent::missing); absent != SparseAbsent::missing)
      text += fmt::format("sparse {}", name_of(absent)) + '\0';
    return text;
  }
  for (const std::string& token : std::set<std::string>(options.null_tokens.begin(), options.null_tokens.end()))
    text += "null " + token + '\0';
  if (source.format != SourceFormat::csv && source.format != SourceFormat::tsv) return text;
  if (options.delimiter) text += std::string("delimiter ") + *options.delimiter + '\0';
  if (!options.header) text += std::string("no header") + '\0';
  return text;
}

// What was taken of the source, "" for all of it.
std::string selection_text(const SourceOptions& options, const std::string& table) {
  std::string text;
  if (!table.empty()) text += "table " + table + '\0';
  if (!options.where.empty()) text += "where " + options.where + '\0';
  if (!options.sql.empty()) text += "sql " + options.sql + '\0';
  if (options.sample) text += fmt::format("sample {} {}", *options.sample, options.seed.value_or(0)) + '\0';
  if (options.limit) text += fmt::format("limit {}", *options.limit) + '\0';
  return text;
}

}  // namespace

std::string Dataset::digest(std::uint64_t full_limit) const {
  Impl& impl = *impl_;
  if (!impl.digest.empty() && impl.digest_limit == full_limit) return impl.digest;
  Context ctx;
  try {
    const auto& files = impl.source.files;
    const bool full = total_size(files) <= full_limit;
    const auto of_file = [&](const std::filesystem::path& file) {
      return full ? digest::sha256_file(file, ctx) : quick_digest(file);
    };
    const std::string selection =
        reading_text(impl.options, impl.source) + selection_text(impl.options, impl.source.table);
    std::string hex;
    if (files.size() == 1 && selection.empty()) {
      hex = of_file(files[0]);  // what sha256sum says
    } else {
      digest::Sha256 hash;
      for (const auto& file : files) hash.update(of_file(file) + "\n");
      hash.update(selection);
      hex = hash.hex();
    }
    impl.digest = (full ? "sha256:" : "quick:") + hex;
    impl.digest_limit = full_limit;
  } catch (const std::filesystem::filesystem_error& error) {
    throw Error(Code::failed, impl.doing("cannot compute the digest of") + ": " + error.code().message());
  }
  return impl.digest;
}

}  // namespace mlsys::data
