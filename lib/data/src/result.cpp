#include "mlsys/data/result.hpp"

#include <fmt/format.h>

#include <limits>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "result_data.hpp"

namespace mlsys::data {

bool Result::Data::add_column(const duck::Result::Column& from) {
  switch (from.type) {
    case duck::Type::boolean:
      columns.push_back({from.name, ColumnType::boolean});
      break;
    case duck::Type::float32:
    case duck::Type::float64:
      columns.push_back({from.name, ColumnType::real});
      break;
    case duck::Type::text:
      columns.push_back({from.name, ColumnType::text});
      break;
    case duck::Type::date:
      columns.push_back({from.name, ColumnType::date});
      break;
    case duck::Type::timestamp:
      columns.push_back({from.name, ColumnType::timestamp});
      break;
    case duck::Type::other:
      return false;
    default:
      columns.push_back({from.name, ColumnType::integer});
      break;
  }
  values.emplace_back();
  types.push_back(from.type);
  return true;
}

void Result::Data::append(const duck::Chunk& chunk) {
  const std::uint64_t count = chunk.size();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const duck::Vector from = chunk.column(c);
    Values& to = values[c];
    for (std::uint64_t row = 0; row < count; ++row) to.valid.push_back(from.valid(row) ? 1 : 0);
    const auto integers = [&](const auto* data) {
      for (std::uint64_t row = 0; row < count; ++row)
        to.integers.push_back(from.valid(row) ? static_cast<std::int64_t>(data[row]) : 0);
    };
    const auto reals = [&](const auto* data) {
      for (std::uint64_t row = 0; row < count; ++row)
        to.reals.push_back(from.valid(row) ? static_cast<double>(data[row]) : 0);
    };
    switch (types[c]) {
      case duck::Type::boolean:
      case duck::Type::uint8:
        integers(from.values<std::uint8_t>());
        break;
      case duck::Type::int8:
        integers(from.values<std::int8_t>());
        break;
      case duck::Type::int16:
        integers(from.values<std::int16_t>());
        break;
      case duck::Type::uint16:
        integers(from.values<std::uint16_t>());
        break;
      case duck::Type::int32:
        integers(from.values<std::int32_t>());
        break;
      case duck::Type::uint32:
        integers(from.values<std::uint32_t>());
        break;
      case duck::Type::int64:
      case duck::Type::timestamp:
        integers(from.values<std::int64_t>());
        break;
      case duck::Type::date:
        integers(from.values<std::int32_t>());
        break;
      case duck::Type::float32:
        reals(from.values<float>());
        break;
      case duck::Type::float64:
        reals(from.values<double>());
        break;
      case duck::Type::uint64:
        for (std::uint64_t row = 0; row < count; ++row)
          append_wide(c, from.valid(row) ? duck::HugeInt{from.values<std::uint64_t>()[row], 0} : duck::HugeInt{0, 0});
        break;
      case duck::Type::hugeint:
        for (std::uint64_t row = 0; row < count; ++row)
          append_wide(c, from.valid(row) ? from.values<duck::HugeInt>()[row] : duck::HugeInt{0, 0});
        break;
      case duck::Type::text:
        for (std::uint64_t row = 0; row < count; ++row)
          to.texts.emplace_back(from.valid(row) ? from.text(row) : std::string_view());
        break;
      case duck::Type::other:
        break;
    }
  }
  rows += count;
}

// Sums of integers are 128 bits wide. They stay integers while they fit; the whole column becomes real otherwise.
void Result::Data::append_wide(std::size_t column, duck::HugeInt value) {
  Values& to = values[column];
  const bool fits = value.upper == (static_cast<std::int64_t>(value.lower) < 0 ? -1 : 0);
  if (!fits && columns[column].type == ColumnType::integer) {
    columns[column].type = ColumnType::real;
    to.reals.assign(to.integers.begin(), to.integers.end());
    to.integers.clear();
  }
  if (columns[column].type == ColumnType::integer)
    to.integers.push_back(static_cast<std::int64_t>(value.lower));
  else
    to.reals.push_back(static_cast<double>(value.upper) * 0x1p64 + static_cast<double>(value.lower));
}

namespace {

[[noreturn]] void wrong_type(const ColumnInfo& column, std::string_view wanted) {
  throw Error(Code::failed,
              fmt::format("result column {} is of type {}, not {}", quoted(column.name), name_of(column.type), wanted));
}

}  // namespace

Result::Result(std::unique_ptr<Data> data) : data_(std::move(data)) {}
Result::Result(Result&&) noexcept = default;
Result& Result::operator=(Result&&) noexcept = default;
Result::~Result() = default;

std::uint64_t Result::rows() const { return data_->rows; }
const std::vector<ColumnInfo>& Result::columns() const { return data_->columns; }

bool Result::is_null(std::uint64_t row, std::size_t column) const {
  if (column >= data_->columns.size() || row >= data_->rows)
    throw Error(Code::failed, fmt::format("a result of {} rows and {} columns has no value at {}, {}", data_->rows,
                                          data_->columns.size(), row, column));
  return data_->values[column].valid[row] == 0;
}

void Result::Data::require(const Result& result, std::uint64_t row, std::size_t column) {
  if (result.is_null(row, column))
    throw Error(Code::failed,
                fmt::format("result column {} has no value in row {}", quoted(result.columns()[column].name), row));
}

bool Result::boolean(std::uint64_t row, std::size_t column) const {
  Data::require(*this, row, column);
  if (data_->columns[column].type != ColumnType::boolean) wrong_type(data_->columns[column], "boolean");
  return data_->values[column].integers[row] != 0;
}

std::int64_t Result::integer(std::uint64_t row, std::size_t column) const {
  Data::require(*this, row, column);
  const ColumnType type = data_->columns[column].type;
  if (type == ColumnType::real || type == ColumnType::text) wrong_type(data_->columns[column], "integer");
  const std::int64_t value = data_->values[column].integers[row];
  if (type != ColumnType::date) return value;
  constexpr std::int64_t most_days = std::numeric_limits<std::int64_t>::max() / day_microseconds;
  if (value > most_days || value < -most_days)
    throw Error(Code::failed,
                fmt::format("result column {}: a date in it, {}, has no microseconds that 64 bits can count",
                            quoted(data_->columns[column].name), format_date(value)));
  return value * day_microseconds;
}

double Result::real(std::uint64_t row, std::size_t column) const {
  Data::require(*this, row, column);
  switch (data_->columns[column].type) {
    case ColumnType::real:
      return data_->values[column].reals[row];
    case ColumnType::integer:
      return static_cast<double>(data_->values[column].integers[row]);
    default:
      wrong_type(data_->columns[column], "real");
  }
}

std::string Result::text(std::uint64_t row, std::size_t column) const {
  Data::require(*this, row, column);
  const Data::Values& values = data_->values[column];
  switch (data_->columns[column].type) {
    case ColumnType::text:
      return values.texts[row];
    case ColumnType::real:
      return shortest(values.reals[row]);
    case ColumnType::boolean:
      return values.integers[row] != 0 ? "true" : "false";
    case ColumnType::integer:
      return std::to_string(values.integers[row]);
    case ColumnType::date:
      return format_date(values.integers[row]);
    case ColumnType::timestamp:
      return format_timestamp(values.integers[row]);
  }
  return {};
}

std::optional<std::int64_t> Result::maybe_integer(std::uint64_t row, std::size_t column) const {
  return is_null(row, column) ? std::nullopt : std::optional(integer(row, column));
}

std::optional<double> Result::maybe_real(std::uint64_t row, std::size_t column) const {
  return is_null(row, column) ? std::nullopt : std::optional(real(row, column));
}

std::optional<std::string> Result::maybe_text(std::uint64_t row, std::size_t column) const {
  return is_null(row, column) ? std::nullopt : std::optional(text(row, column));
}

}  // namespace mlsys::data
