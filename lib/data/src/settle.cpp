// The SQL functions by which text becomes typed values: the rules of types.hpp, run inside DuckDB's scans.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "engine.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

std::string function_name(ColumnType type, Reading reading) {
  return fmt::format("mlsys_{}_{}", reading == Reading::strict ? "strict" : "lenient", name_of(type));
}

// Most integers: up to eight bytes, the first of them the lowest of `text`, all digits but perhaps a minus before them.
// False for all else, leading zeros included. (An optional would go through memory, and be waited for.)
inline bool short_integer(std::uint64_t text, std::size_t bytes, std::int64_t& value) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t zeros = 0x3030303030303030;  // "00000000"
  const bool negative = (text & 0xff) == '-';
  if (negative) {
    text >>= 8;
    --bytes;
  }
  if (bytes == 0 || ((text & 0xff) == '0' && bytes > 1)) return false;
  const std::size_t filled = 64 - 8 * bytes;
  std::uint64_t digits = (text << filled | (zeros & ((std::uint64_t{1} << filled) - 1))) ^ zeros;
  if (((digits | (digits + 0x7676767676767676)) & 0x8080808080808080) != 0) return false;
  // Neighbours together, the earlier one ten, a hundred, ten thousand times as much: pairs, fours, all eight.
  digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
  digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffff;
  digits = (digits * 10'000 + (digits >> 32)) & 0x00000000ffffffff;
  value = static_cast<std::int64_t>(digits);
  if (negative) value = -value;
  return true;
}

// Texts to the values that `parse` says they are; what is none is missing and counted. Returns how many are none.
template <class Value, class Parse>
std::uint64_t cast_texts(const duck::Vector& texts, std::uint64_t rows, duck::Output& output, Parse parse) {
  std::uint64_t failures = 0;
  for (std::uint64_t row = 0; row < rows; ++row) {
    Value value{};
    if (!texts.valid(row)) {
      output.set_null(row);
    } else if (parse(texts.text(row), value)) {
      output.set(row, value);
    } else {
      output.set_null(row);
      ++failures;
    }
  }
  return failures;
}

template <class Parsed, class Value>
bool take(const std::optional<Parsed>& parsed, Value& value) {
  if (parsed) value = static_cast<Value>(*parsed);
  return parsed.has_value();
}

std::uint64_t cast_texts(ColumnType type, Reading reading, const duck::Vector& texts, std::uint64_t rows,
                         duck::Output& output) {
  switch (type) {
    case ColumnType::boolean:
      return cast_texts<bool>(texts, rows, output, [reading](std::string_view text, bool& value) {
        return take(parse_boolean(text, reading), value);
      });
    case ColumnType::integer:
      return cast_texts<std::int64_t>(texts, rows, output, [reading](std::string_view text, std::int64_t& value) {
        if (text.size() <= sizeof(std::uint64_t)) {
          std::uint64_t word = 0;  // a vector holds short texts itself, with zeros behind them
          std::memcpy(&word, text.data(), sizeof word);
          if (short_integer(word, text.size(), value)) return true;
        }
        return take(parse_integer(text, reading), value);
      });
    case ColumnType::real:
      return cast_texts<double>(texts, rows, output, [reading](std::string_view text, double& value) {
        return take(parse_real(text, reading), value);
      });
    case ColumnType::timestamp:
      return cast_texts<std::int64_t>(texts, rows, output, [reading](std::string_view text, std::int64_t& value) {
        return take(parse_timestamp(text, reading), value);
      });
    case ColumnType::date:
      return cast_texts<std::int32_t>(texts, rows, output, [](std::string_view text, std::int32_t& value) {
        return take(parse_date(text), value);
      });
    case ColumnType::text:
      break;
  }
  return 0;
}

template <class Real>
Engine::NotFinite keep_finite(const duck::Vector& reals, std::uint64_t rows, duck::Output& output) {
  Engine::NotFinite found;
  for (std::uint64_t row = 0; row < rows; ++row) {
    const Real value = reals.valid(row) ? reals.values<Real>()[row] : Real{};
    if (reals.valid(row) && std::isfinite(value)) {
      output.set(row, value);
      continue;
    }
    output.set_null(row);
    found.nan += std::isnan(value) ? 1 : 0;
    found.infinite += std::isinf(value) ? 1 : 0;
  }
  return found;
}

TypeCandidates::Mask json_mask(std::string_view json) {
  if (json.empty()) return 0;
  if (json.front() != '"') return TypeCandidates::of(json);
  // A string: never a number or a boolean, but times have no other form in JSON.
  if (json.size() < 12) return 0;
  constexpr auto times = static_cast<TypeCandidates::Mask>((1U << static_cast<unsigned>(ColumnType::date)) |
                                                           (1U << static_cast<unsigned>(ColumnType::timestamp)));
  return static_cast<TypeCandidates::Mask>(TypeCandidates::of(json.substr(1, json.size() - 2)) & times);
}

// A function of one argument that gives the text of each value.
template <class Value>
auto texts_of(std::string (*text)(Value)) {
  return [text](const std::vector<duck::Vector>& arguments, std::uint64_t rows, duck::Output& output) {
    for (std::uint64_t row = 0; row < rows; ++row) {
      if (arguments[0].valid(row))
        output.set_text(row, text(arguments[0].values<Value>()[row]));
      else
        output.set_null(row);
    }
  };
}

}  // namespace

void Engine::register_functions() {
  constexpr ColumnType typed[] = {ColumnType::boolean, ColumnType::integer, ColumnType::real, ColumnType::date,
                                  ColumnType::timestamp};
  for (const ColumnType type : typed)
    for (const Reading reading : {Reading::strict, Reading::lenient})
      connection_.register_function(
          function_name(type, reading), {duck::Type::text, duck::Type::int32}, duck_type(type),
          [type, reading, counters = counters_](const std::vector<duck::Vector>& arguments, std::uint64_t rows,
                                                duck::Output& output) {
            if (rows == 0) return;
            const std::uint64_t failures = cast_texts(type, reading, arguments[0], rows, output);
            counters->add(static_cast<std::size_t>(arguments[1].values<std::int32_t>()[0]), failures);
          });

  const auto mask_function = [this](const char* name, TypeCandidates::Mask (*mask)(std::string_view)) {
    connection_.register_function(
        name, {duck::Type::text}, duck::Type::uint8,
        [mask](const std::vector<duck::Vector>& arguments, std::uint64_t rows, duck::Output& output) {
          for (std::uint64_t row = 0; row < rows; ++row) {
            if (arguments[0].valid(row))
              output.set(row, mask(arguments[0].text(row)));
            else
              output.set_null(row);
          }
        });
  };
  mask_function("mlsys_type_mask", TypeCandidates::of);
  mask_function("mlsys_json_type_mask", json_mask);
  register_text_functions();
}

void Engine::register_text_functions() {
  const auto finite_function = [this]<class Real>(const char* name, duck::Type type, Real) {
    connection_.register_function(
        name, {type, duck::Type::int32}, type,
        [counters = not_finite_](const std::vector<duck::Vector>& arguments, std::uint64_t rows, duck::Output& output) {
          if (rows == 0) return;
          const NotFinite found = keep_finite<Real>(arguments[0], rows, output);
          const auto column = static_cast<std::size_t>(arguments[1].values<std::int32_t>()[0]);
          counters->add(2 * column, found.nan);
          counters->add(2 * column + 1, found.infinite);
        },
        true);  // each value counts: neither constants nor repeated values are evaluated once
  };
  finite_function("mlsys_finite_float32", duck::Type::float32, float{});
  finite_function("mlsys_finite_float64", duck::Type::float64, double{});

  connection_.register_function("mlsys_text_real", {duck::Type::float64}, duck::Type::text, texts_of<double>(shortest));
  connection_.register_function("mlsys_text_date", {duck::Type::date}, duck::Type::text,
                                texts_of<std::int32_t>([](std::int32_t days) { return format_date(days); }));
  connection_.register_function("mlsys_text_timestamp", {duck::Type::timestamp}, duck::Type::text,
                                texts_of<std::int64_t>(format_timestamp));
}

std::string Engine::settled(std::string_view text, ColumnType type, Reading reading, std::size_t counter) {
  if (type == ColumnType::text) return std::string(text);
  return fmt::format("{}({}, {})", function_name(type, reading), text, counter);
}

std::string Engine::type_mask(std::string_view text) { return fmt::format("mlsys_type_mask({})", text); }

std::string Engine::json_type_mask(std::string_view json) {
  return fmt::format("mlsys_json_type_mask(nullif(CAST({} AS VARCHAR), 'null'))", json);
}

std::string Engine::as_text(const std::string& expression, ColumnType type) {
  switch (type) {
    case ColumnType::text:
      return expression;
    case ColumnType::real:
      return "mlsys_text_real(" + expression + ")";
    case ColumnType::timestamp:
      return "mlsys_text_timestamp(" + expression + ")";
    case ColumnType::date:  // DuckDB has a word of its own for years before 1
      return fmt::format("CASE WHEN {0} < DATE '0001-01-01' THEN mlsys_text_date({0}) ELSE CAST({0} AS VARCHAR) END",
                         expression);
    default:
      return "CAST(" + expression + " AS VARCHAR)";
  }
}

std::string Engine::finite(std::string_view real, duck::Type type, std::size_t column) {
  return fmt::format("mlsys_finite_{}({}, {})", type == duck::Type::float32 ? "float32" : "float64", real, column);
}

void Engine::Counters::reset(std::size_t counters) {
  values = std::make_unique<std::atomic<std::uint64_t>[]>(counters);
  size = counters;
}

void Engine::Counters::add(std::size_t counter, std::uint64_t count) const {
  if (count > 0 && counter < size) values[counter].fetch_add(count, std::memory_order_relaxed);
}

std::uint64_t Engine::Counters::at(std::size_t counter) const {
  return values[counter].load(std::memory_order_relaxed);
}

void Engine::reset_failures(std::size_t counters) { counters_->reset(counters); }
std::uint64_t Engine::failures(std::size_t counter) const { return counters_->at(counter); }

void Engine::reset_not_finite(std::size_t columns) { not_finite_->reset(2 * columns); }

Engine::NotFinite Engine::not_finite(std::size_t column) const {
  return {not_finite_->at(2 * column), not_finite_->at(2 * column + 1)};
}

}  // namespace mlsys::data
