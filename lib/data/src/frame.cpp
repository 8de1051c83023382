#include "mlsys/data/frame.hpp"

#include <cmath>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

template <class T>
void take_into(std::vector<T>& to, const std::vector<T>& from, const std::vector<std::uint64_t>& indices) {
  if (from.empty()) return;
  to.reserve(indices.size());
  for (const std::uint64_t index : indices) to.push_back(from[index]);
}

template <class T>
void count_floats(Column& to, const Column& from, const std::vector<T>& values) {
  if (values.empty()) return;
  std::uint64_t not_a_number = 0;
  for (const T value : values) {
    if (std::isnan(value)) ++not_a_number;
    if (std::isinf(value)) ++to.infinite;
  }
  // A NaN of the source and a missing value look alike from here on; they are told apart only when one kind is absent.
  const bool only_nan = from.nan > 0 && from.missing == 0;
  (only_nan ? to.nan : to.missing) = not_a_number;
}

}  // namespace

const Column* Frame::find(std::string_view name) const {
  for (const Column& column : columns)
    if (column.name == name) return &column;
  return nullptr;
}

const Column& Frame::at(std::string_view name) const {
  if (const Column* column = find(name)) return *column;
  throw Error(Code::failed, "no column " + quoted(name) + " was read");
}

Column& Frame::at(std::string_view name) {
  for (Column& column : columns)
    if (column.name == name) return column;
  throw Error(Code::failed, "no column " + quoted(name) + " was read");
}

Frame take(const Frame& frame, const std::vector<std::uint64_t>& indices) {
  Frame taken;
  taken.rows = indices.size();
  taken.columns.reserve(frame.columns.size());
  for (const Column& from : frame.columns) {
    Column& to = taken.columns.emplace_back();
    to.name = from.name;
    to.type = from.type;
    to.as = from.as;
    to.categories = from.categories;
    take_into(to.f32, from.f32, indices);
    take_into(to.f64, from.f64, indices);
    take_into(to.i64, from.i64, indices);
    take_into(to.codes, from.codes, indices);
    take_into(to.texts, from.texts, indices);
    take_into(to.valid, from.valid, indices);
    count_floats(to, from, to.f32);
    count_floats(to, from, to.f64);
    for (const std::uint8_t valid : to.valid) to.missing += valid == 0 ? 1 : 0;
    for (const std::int32_t code : to.codes) to.missing += code < 0 ? 1 : 0;
  }
  return taken;
}

}  // namespace mlsys::data
