// A frame as XGBoost sees it: pointers into its columns, no copy but the bits of missing codes.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "ext/xgboost/xgboost.hpp"
#include "mlsys/booster/booster.hpp"
#include "mlsys/data/frame.hpp"

namespace mlsys::booster {

class Batch {
 public:
  // The first `features` columns; the frame must outlive the batch.
  Batch(const data::Frame& frame, std::size_t features, const RowInfo* info);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  [[nodiscard]] const ext::xgboost::BatchView& view() const { return view_; }
  [[nodiscard]] const ext::xgboost::MatrixNames& names() const { return names_; }

 private:
  ext::xgboost::BatchView view_;
  ext::xgboost::MatrixNames names_;
  std::deque<ext::xgboost::CategoryNames> categories_;
  std::deque<std::vector<std::uint8_t>> masks_;
};

}  // namespace mlsys::booster
