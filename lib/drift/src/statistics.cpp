#include "mlsys/drift/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace mlsys::drift {
namespace {

double as_double(std::uint64_t value) { return static_cast<double>(value); }

// Products of row counts. __extension__, which keeps -Wpedantic quiet, goes with typedef alone.
__extension__ typedef unsigned __int128 Wide;  // NOLINT(modernize-use-using)

// |a/n1 - b/n2| as a fraction of n1 * n2, exact in integers.
Wide difference(std::uint64_t a, std::uint64_t n1, std::uint64_t b, std::uint64_t n2) {
  const Wide left = Wide{a} * n2;
  const Wide right = Wide{b} * n1;
  return left > right ? left - right : right - left;
}

}  // namespace

KsResult ks_two_sample(std::span<const double> first, std::span<const double> second) {
  const std::uint64_t n1 = first.size();
  const std::uint64_t n2 = second.size();
  Wide largest = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < n1 && j < n2) {
    const double value = std::min(first[i], second[j]);
    while (i < n1 && first[i] == value) ++i;
    while (j < n2 && second[j] == value) ++j;
    largest = std::max(largest, difference(i, n1, j, n2));
  }
  const double d = static_cast<double>(largest) / (as_double(n1) * as_double(n2));
  return ks_p_value(d, n1, n2);
}

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return p_values[a] != p_values[b] ? p_values[a] > p_values[b] : a > b;
  });
  std::vector<double> adjusted(p_values.size());
  double smallest = 1;
  const double count = static_cast<double>(p_values.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    const double rank = count - static_cast<double>(k);
    smallest = std::min(smallest, p_values[order[k]] * (count / rank));
    adjusted[order[k]] = smallest;
  }
  return adjusted;
}

}  // namespace mlsys::drift
