#include "columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::eval {

namespace {

std::size_t first_without_value(const data::Column& column) {
  for (std::size_t row = 0; row < column.f64.size(); ++row)
    if (!std::isfinite(column.f64[row])) return row;
  for (std::size_t row = 0; row < column.codes.size(); ++row)
    if (column.codes[row] < 0) return row;
  for (std::size_t row = 0; row < column.valid.size(); ++row)
    if (column.valid[row] == 0) return row;
  return 0;
}

}  // namespace

void require_values(const data::Column& column, const std::string& subject, std::string_view role) {
  if (column.unseen > 0) {
    const auto& [value, rows] = *column.unseen_names.begin();
    throw Error(Code::failed,
                fmt::format("cannot evaluate {}: the {} {} holds {} in {}, which is none of: {}", subject, role,
                            quoted(column.name), quoted(value), counted(rows, "row"), join(column.categories, ", ")));
  }
  const std::uint64_t bad = column.missing + column.nan + column.infinite;
  if (bad == 0) return;
  throw Error(Code::failed,
              fmt::format("cannot evaluate {}: the {} {} has no {} in {}, first in row {}", subject, role,
                          quoted(column.name), column.infinite == 0 ? "value" : "finite value", counted(bad, "row"),
                          first_without_value(column) + 1),
              fmt::format("leave them out: --where '\"{}\" IS NOT NULL'", column.name));
}

std::vector<std::uint8_t> binary_labels(const data::Column& codes) {
  std::vector<std::uint8_t> labels(codes.codes.size());
  std::transform(codes.codes.begin(), codes.codes.end(), labels.begin(),
                 [](std::int32_t code) { return static_cast<std::uint8_t>(code == 1 ? 1 : 0); });
  return labels;
}

std::vector<std::uint8_t> binary_labels_from_numbers(const data::Column& numbers, const std::string& subject) {
  std::vector<std::uint8_t> labels(numbers.f64.size());
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double value = numbers.f64[row];
    if (value != 0 && value != 1)
      throw Error(Code::usage,
                  fmt::format("cannot evaluate {}: the target {} holds {} in row {}; two classes are 0 and 1", subject,
                              quoted(numbers.name), shortest(value), row + 1),
                  "name the class that counts as positive with --positive, or another --task");
    labels[row] = value == 1 ? 1 : 0;
  }
  return labels;
}

std::vector<double> weights_of(data::Column column, const std::string& subject) {
  require_values(column, subject, "weight");
  for (std::size_t row = 0; row < column.f64.size(); ++row)
    if (column.f64[row] < 0)
      throw Error(Code::failed,
                  fmt::format("cannot evaluate {}: the weight {} is {} in row {}; it must not be negative", subject,
                              quoted(column.name), shortest(column.f64[row]), row + 1));
  return std::move(column.f64);
}

std::vector<std::uint32_t> queries_of(const data::Column& column) { return {column.codes.begin(), column.codes.end()}; }

}  // namespace mlsys::eval
