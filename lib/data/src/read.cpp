// From the view `data` to typed columns: DuckDB scans and casts on all threads, chunks arrive in row order and are
// appended here.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dataset_impl.hpp"
#include "dictionary.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

namespace {

constexpr std::int64_t largest_float_integer = std::int64_t{1} << 24;
constexpr std::uint64_t most_categories = 1ULL << 31;
constexpr std::size_t most_unseen_names = 100;

bool is_number(ColumnType type) {
  return type == ColumnType::boolean || type == ColumnType::integer || type == ColumnType::real;
}

// One requested column: how it is selected and how chunks are appended to it.
struct Reader {
  std::size_t source;  // position in the dataset
  As as;
  std::string expression;                        // in SQL over `data`
  std::shared_ptr<const Dictionary> dictionary;  // category
};

void append_missing_aware(std::vector<std::uint8_t>& valid, std::uint64_t& missing, const duck::Vector& from,
                          std::uint64_t count) {
  if (from.all_valid()) {
    valid.resize(valid.size() + count, 1);
    return;
  }
  for (std::uint64_t row = 0; row < count; ++row) {
    const bool present = from.valid(row);
    valid.push_back(present ? 1 : 0);
    missing += present ? 0 : 1;
  }
}

template <class T, class Source>
void append_integers_as(std::vector<T>& to, Column& column, const duck::Vector& from, std::uint64_t count) {
  const Source* values = from.values<Source>();
  const std::size_t before = to.size();
  to.resize(before + count, std::numeric_limits<T>::quiet_NaN());
  for (std::uint64_t row = 0; row < count; ++row) {
    if (!from.valid(row)) {
      ++column.missing;
      continue;
    }
    const auto value = static_cast<std::int64_t>(values[row]);
    if constexpr (std::is_same_v<T, float>)
      if (value > largest_float_integer || value < -largest_float_integer)
        column.inexact += static_cast<std::int64_t>(static_cast<double>(static_cast<float>(value))) != value ? 1 : 0;
    to[before + row] = static_cast<T>(value);
  }
}

template <class T>
void append_reals_as(std::vector<T>& to, Column& column, const duck::Vector& from, std::uint64_t count) {
  const auto* values = from.values<double>();
  for (std::uint64_t row = 0; row < count; ++row) {
    if (!from.valid(row)) {
      to.push_back(std::numeric_limits<T>::quiet_NaN());
      ++column.missing;
      continue;
    }
    const T value = static_cast<T>(values[row]);
    if (!std::isfinite(value)) ++(std::isnan(value) ? column.nan : column.infinite);
    to.push_back(value);
  }
}

template <class T>
void append_floats(std::vector<T>& to, Column& column, const duck::Vector& from, std::uint64_t count) {
  switch (column.type) {
    case ColumnType::boolean:
      append_integers_as<T, std::uint8_t>(to, column, from, count);
      break;
    case ColumnType::integer:
      append_integers_as<T, std::int64_t>(to, column, from, count);
      break;
    default:
      append_reals_as<T>(to, column, from, count);
      break;
  }
}

template <class Source>
void append_int64(Column& column, const duck::Vector& from, std::uint64_t count, std::int64_t scale) {
  const Source* values = from.values<Source>();
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() / scale;
  for (std::uint64_t row = 0; row < count; ++row) {
    const std::int64_t value = from.valid(row) ? static_cast<std::int64_t>(values[row]) : 0;
    // Only a date can be so far away, and only in Parquet: text has years of four digits.
    if (scale > 1 && (value > most || value < -most))
      throw Error(Code::failed,
                  "cannot read column " + quoted(column.name) + ": a date in it, " + format_date(value) +
                      ", has no microseconds that 64 bits can count",
                  "leave such rows out with --where, or take the column as text");
    column.i64.push_back(value * scale);
  }
  append_missing_aware(column.valid, column.missing, from, count);
}

void append_codes(Column& column, const duck::Vector& from, std::uint64_t count) {
  const auto* codes = from.values<std::int32_t>();
  for (std::uint64_t row = 0; row < count; ++row) {
    const std::int32_t code = codes[row];
    if (code >= 0) {
      column.codes.push_back(code);
      continue;
    }
    column.codes.push_back(-1);
    ++(code == Dictionary::unseen ? column.unseen : column.missing);
  }
}

void append_texts(Column& column, const duck::Vector& from, std::uint64_t count) {
  for (std::uint64_t row = 0; row < count; ++row)
    column.texts.emplace_back(from.valid(row) ? from.text(row) : std::string_view());
  append_missing_aware(column.valid, column.missing, from, count);
}

void append(Column& column, const duck::Vector& from, std::uint64_t count) {
  switch (column.as) {
    case As::float32:
      append_floats(column.f32, column, from, count);
      break;
    case As::float64:
      append_floats(column.f64, column, from, count);
      break;
    case As::category:
      append_codes(column, from, count);
      break;
    case As::text:
      append_texts(column, from, count);
      break;
    case As::int64:
      switch (column.type) {
        case ColumnType::boolean:
          append_int64<std::uint8_t>(column, from, count, 1);
          break;
        case ColumnType::date:
          append_int64<std::int32_t>(column, from, count, day_microseconds);
          break;
        default:
          append_int64<std::int64_t>(column, from, count, 1);
          break;
      }
      break;
  }
}

void reserve(Column& column, std::uint64_t rows) {
  switch (column.as) {
    case As::float32:
      column.f32.reserve(rows);
      break;
    case As::float64:
      column.f64.reserve(rows);
      break;
    case As::category:
      column.codes.reserve(rows);
      break;
    case As::int64:
      column.i64.reserve(rows);
      column.valid.reserve(rows);
      break;
    case As::text:
      column.texts.reserve(rows);
      column.valid.reserve(rows);
      break;
  }
}

// Dictionaries live as long as the function, that is as long as the dataset's engine.
std::string register_dictionary(std::shared_ptr<const Dictionary> dictionary, unsigned number, Engine& engine) {
  const std::string name = fmt::format("mlsys_code_{}", number);
  engine.connection().register_function(
      name, {duck::Type::text}, duck::Type::int32,
      [dictionary = std::move(dictionary)](const std::vector<duck::Vector>& arguments, std::uint64_t rows,
                                           duck::Output& output) {
        for (std::uint64_t row = 0; row < rows; ++row)
          output.set(row, arguments[0].valid(row) ? dictionary->code(arguments[0].text(row)) : std::int32_t{-1});
      });
  return name;
}

}  // namespace

// Reads requests chunk by chunk; behind read() and scan().
class FrameReader {
 public:
  FrameReader(const Dataset& dataset, Dataset::Impl& impl, const std::vector<ColumnRequest>& requests, Context& ctx)
      : dataset_(dataset), impl_(impl), ctx_(ctx) {
    for (const ColumnRequest& request : requests) add(request);
  }

  [[nodiscard]] Frame empty_frame(std::uint64_t expected_rows) const {
    Frame frame;
    for (const Reader& reader : readers_) {
      Column& column = frame.columns.emplace_back();
      column.name = impl_.columns[reader.source].name;
      column.type = impl_.columns[reader.source].type;
      column.as = reader.as;
      if (reader.dictionary) column.categories = reader.dictionary->categories();
      reserve(column, expected_rows);
    }
    return frame;
  }

  // Calls `each` with every frame of at least `batch_rows` rows, and with the last one.
  void run(std::uint64_t batch_rows, std::uint64_t expected_rows, const std::function<void(Frame&)>& each) {
    std::string selected;
    for (const Reader& reader : readers_) selected += (selected.empty() ? "" : ", ") + reader.expression;
    if (selected.empty()) selected = "true";
    const std::string doing = impl_.doing("cannot read");
    duck::Result result = impl_.engine->stream("SELECT " + selected + " FROM data", doing, ctx_);
    Frame frame = empty_frame(expected_rows);
    bool delivered = false;
    try {
      while (const auto chunk = result.next(ctx_)) {
        for (std::size_t i = 0; i < readers_.size(); ++i) append(frame.columns[i], chunk->column(i), chunk->size());
        frame.rows += chunk->size();
        if (frame.rows >= batch_rows) {
          each(frame);
          frame = empty_frame(expected_rows);
          delivered = true;
        }
      }
    } catch (const duck::Failure& failure) {
      Engine::fail(failure, doing);
    }
    if (frame.rows > 0 || !delivered) each(frame);
  }

  // The values that were not in a dictionary.
  void name_unseen(Frame& frame) {
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      Column& column = frame.columns[i];
      if (column.unseen == 0) continue;
      const std::string text = Engine::as_text(column_name(readers_[i].source), impl_.columns[readers_[i].source].type);
      duck::Result result = impl_.engine->run(
          fmt::format("SELECT {0}, count(*) FROM data WHERE {1} = {2} GROUP BY ALL ORDER BY 2 DESC, 1 LIMIT {3}", text,
                      readers_[i].expression, Dictionary::unseen, most_unseen_names),
          impl_.doing("cannot read"), ctx_);
      while (const auto chunk = result.next(ctx_))
        for (std::uint64_t row = 0; row < chunk->size(); ++row)
          column.unseen_names.emplace(chunk->column(0).text(row),
                                      static_cast<std::uint64_t>(chunk->column(1).values<std::int64_t>()[row]));
    }
  }

 private:
  void add(const ColumnRequest& request) {
    const ColumnType type = dataset_.require(request.name, "read").type;
    const std::size_t source = *impl_.position(request.name);
    Reader reader{source, request.as, column_name(source), nullptr};
    switch (request.as) {
      case As::float32:
      case As::float64:
        if (!is_number(type))
          refuse(request.name, type, "numbers",
                 type == ColumnType::text
                     ? "look at its values with mlsys data profile"
                     : "derive numbers from it, for example --derive 'hour=hour(\"" + request.name + "\")'");
        break;
      case As::int64:
        if (type == ColumnType::real || type == ColumnType::text) refuse(request.name, type, "integers or times", {});
        break;
      case As::text:
        reader.expression = Engine::as_text(reader.expression, type);
        break;
      case As::category: {
        reader.dictionary = std::make_shared<const Dictionary>(
            request.dictionary != nullptr ? *request.dictionary
                                          : dataset_.distinct(request.name, most_categories, ctx_));
        reader.expression =
            fmt::format("{}({})", register_dictionary(reader.dictionary, impl_.functions++, *impl_.engine),
                        Engine::as_text(reader.expression, type));
        break;
      }
    }
    readers_.push_back(std::move(reader));
  }

  [[noreturn]] void refuse(const std::string& name, ColumnType type, std::string_view wanted, std::string hint) const {
    throw Error(Code::failed,
                fmt::format("{}: column {} holds {}, not {}", impl_.doing("cannot read"), quoted(name),
                            type == ColumnType::text ? "text" : fmt::format("{} values", name_of(type)), wanted),
                std::move(hint));
  }

  const Dataset& dataset_;
  Dataset::Impl& impl_;
  Context& ctx_;
  std::vector<Reader> readers_;
};

Frame Dataset::read(const std::vector<ColumnRequest>& requests, Context& ctx) const {
  FrameReader reader(*this, *impl_, requests, ctx);
  Frame all;
  reader.run(std::numeric_limits<std::uint64_t>::max(), impl_->rows, [&](Frame& frame) { all = std::move(frame); });
  reader.name_unseen(all);
  return all;
}

void Dataset::scan(const std::vector<ColumnRequest>& requests, std::uint64_t batch_rows, Context& ctx,
                   const std::function<void(Frame& batch)>& each) const {
  for (const ColumnRequest& request : requests)
    if (request.as == As::category && request.dictionary == nullptr)
      throw Error(Code::failed, impl_->doing("cannot scan") + ": categories need a dictionary");
  FrameReader reader(*this, *impl_, requests, ctx);
  reader.run(std::max<std::uint64_t>(1, batch_rows), std::min(impl_->rows, batch_rows + duck::Appender::capacity()),
             each);
}

std::vector<std::string> Dataset::distinct(std::string_view column, std::uint64_t limit, Context& ctx) const {
  const ColumnInfo& info = require(column, "read");
  const std::string name = sql(column);
  // Distinct values first: making their text can be dear.
  duck::Result result = impl_->engine->run(
      fmt::format("SELECT {} FROM (SELECT DISTINCT {} AS v FROM data WHERE {} IS NOT NULL LIMIT {})",
                  Engine::as_text("v", info.type), name, name, limit == UINT64_MAX ? limit / 2 : limit + 1),
      impl_->doing("cannot read"), ctx);
  std::vector<std::string> values;
  while (const auto chunk = result.next(ctx))
    for (std::uint64_t row = 0; row < chunk->size(); ++row) values.emplace_back(chunk->column(0).text(row));
  if (values.size() > limit)
    throw Error(Code::failed, fmt::format("{}: column {} has more than {} different values",
                                          impl_->doing("cannot read"), quoted(column), with_thousands(limit)));
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace mlsys::data
