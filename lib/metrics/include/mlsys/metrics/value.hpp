// What every metric takes and returns.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mlsys::metrics {

// A number, or the reason why there is none. A metric that is not defined on its data (one class only, no relevant
// document, nothing predicted positive) is never given a conventional value such as 0.5 or 0, and one whose sums leave
// the range of doubles is not infinite or NaN but undefined.
struct Value {
  std::optional<double> value;
  std::string reason;  // empty exactly when `value` is there

  static Value of(double number) {
    if (!std::isfinite(number)) return undefined("it overflows: the values are too large to be summed");
    return {number, {}};
  }
  static Value undefined(std::string why) { return {std::nullopt, std::move(why)}; }
};

// A view of floats, doubles or 0/1 bytes that reads as doubles. Nothing is copied: the viewed memory must outlive it.
class Reals {
 public:
  Reals() = default;
  // NOLINTBEGIN(google-explicit-constructor): a view converts from what it views, as std::span does
  Reals(std::span<const float> values) : floats_(values.data()), size_(values.size()) {}
  Reals(std::span<const double> values) : doubles_(values.data()), size_(values.size()) {}
  Reals(std::span<const std::uint8_t> values) : bytes_(values.data()), size_(values.size()) {}
  Reals(const std::vector<float>& values) : Reals(std::span<const float>(values)) {}
  Reals(const std::vector<double>& values) : Reals(std::span<const double>(values)) {}
  Reals(const std::vector<std::uint8_t>& values) : Reals(std::span<const std::uint8_t>(values)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  double operator[](std::size_t i) const {
    if (doubles_ != nullptr) return doubles_[i];
    return floats_ != nullptr ? static_cast<double>(floats_[i]) : static_cast<double>(bytes_[i]);
  }
  // The viewed floats, or nullptr when the view is of something else.
  [[nodiscard]] const float* floats() const { return floats_; }

 private:
  const float* floats_ = nullptr;
  const double* doubles_ = nullptr;
  const std::uint8_t* bytes_ = nullptr;
  std::size_t size_ = 0;
};

// How often each row or query counts in a bootstrap replicate; empty means once each.
using Times = std::span<const std::uint16_t>;

// A confidence interval, or the reason why there is none.
struct Interval {
  std::optional<double> low;
  std::optional<double> high;
  std::string method;  // delong, bootstrap
  std::string reason;  // empty exactly when the bounds are there
};

}  // namespace mlsys::metrics
