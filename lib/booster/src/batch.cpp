#include "batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::booster {
namespace {

// A bit per code, set where there is one; nothing when all are there.
std::vector<std::uint8_t> present(const std::vector<std::int32_t>& codes) {
  if (std::ranges::none_of(codes, [](std::int32_t code) { return code < 0; })) return {};
  std::vector<std::uint8_t> bits((codes.size() + 7) / 8);
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (codes[i] >= 0) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1U << (i % 8)));
  return bits;
}

}  // namespace

Batch::Batch(const data::Frame& frame, std::size_t features, const RowInfo* info) {
  if (features == 0 || frame.columns.size() < features)
    throw Error(Code::failed,
                fmt::format("cannot hand {} columns to a booster of {} features", frame.columns.size(), features));
  view_.rows = frame.rows;
  if (info != nullptr) {
    view_.label = info->label;
    view_.weight = info->weight;
    view_.groups = info->queries;
  }
  for (std::size_t i = 0; i < features; ++i) {
    const auto& column = frame.columns[i];
    ext::xgboost::ColumnView view;
    if (column.as == data::As::float32 && column.f32.size() == frame.rows) {
      view.values = column.f32.data();
    } else if (column.as == data::As::category && column.codes.size() == frame.rows && !column.categories.empty()) {
      view.codes = column.codes.data();
      view.names = &categories_.emplace_back(column.categories);
      if (auto bits = present(column.codes); !bits.empty()) view.valid = masks_.emplace_back(std::move(bits)).data();
    } else {
      throw Error(Code::failed, fmt::format("column {} cannot be a feature: it is neither float32 nor categorical",
                                            quoted(column.name)));
    }
    view_.columns.push_back(view);
    names_.features.push_back(column.name);
    names_.types.emplace_back(column.as == data::As::category ? "c" : "float");
  }
}

}  // namespace mlsys::booster
