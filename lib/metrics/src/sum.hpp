// A compensated sum (Neumaier 1974): the error does not grow with the number of terms.
#pragma once

#include <cmath>

namespace mlsys::metrics {

class Sum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  [[nodiscard]] double total() const { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace mlsys::metrics
