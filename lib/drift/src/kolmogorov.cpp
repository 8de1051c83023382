// The distribution of the Kolmogorov-Smirnov statistics.
//   J. L. Hodges, "The significance probability of the Smirnov two-sample test", Arkiv för Matematik 3 (1957)
//   R. Simard and P. L'Ecuyer, "Computing the two-sided Kolmogorov-Smirnov distribution", J. Stat. Softw. 39 (2011)
//   W. Pelz and I. J. Good, "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample statistic",
//   J. R. Stat. Soc. B 38 (1976)
#include <math.h>  // lgamma_r: std::lgamma writes to a global

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include "mlsys/drift/statistics.hpp"

namespace mlsys::drift {
namespace {

constexpr std::uint64_t exact_limit = 100'000'000;  // n1 * n2
constexpr std::uint64_t sum_limit = 1'000'000;      // terms of Smirnov's sum

// The probability that a random path of n1 steps right and n2 steps up touches a point (i, j) with
// |i/n1 - j/n2| >= h / lcm(n1, n2). Along each diagonal i + j = k:
//   P(i, j) = 1 outside the band, else P(i-1, j) i/k + P(i, j-1) j/k,
// the last step into (i, j) having been to the right with probability i/k. Terms are positive: nothing cancels.
double share_of_paths_outside(std::int64_t n1, std::int64_t n2, std::int64_t h) {
  if (n1 < n2) std::swap(n1, n2);
  const std::int64_t g = std::gcd(n1, n2);
  const std::int64_t step1 = n2 / g;  // of i
  const std::int64_t step2 = n1 / g;  // of j
  // By j: the longer side would only make the diagonals longer. `row[j]` is P(k - j, j).
  std::vector<double> row(static_cast<std::size_t>(n2) + 1, 0.0);
  std::vector<double> last = row;
  // |i step1 - j step2| < h with i = k - j  <=>  (k step1 - h) / (step1 + step2) < j < (k step1 + h) / (step1 + step2)
  const std::int64_t pace = step1 + step2;
  for (std::int64_t k = 1; k <= n1 + n2; ++k) {
    std::swap(row, last);
    const std::int64_t begin = std::max<std::int64_t>(0, k - n1);
    const std::int64_t end = std::min(n2, k);  // inclusive
    const std::int64_t low = k * step1 - h;    // j is inside when j * pace > low
    const std::int64_t high = k * step1 + h;   // and j * pace < high
    const std::int64_t first = std::clamp(low < 0 ? std::int64_t{0} : low / pace + 1, begin, end + 1);
    const std::int64_t stop = std::clamp((high + pace - 1) / pace, first, end + 1);
    if (first == stop) return 1;  // no point of this diagonal is inside
    const double over = 1.0 / static_cast<double>(k);
    const double* const from = last.data();
    double* const to = row.data();
    // Along the edge j = 0 every step was to the right, along i = 0 none: P(i, 0) = P(i-1, 0), and the term of i is 0.
    if (first == 0) to[0] = from[0];
    for (std::int64_t j = std::max<std::int64_t>(first, 1); j < stop; ++j)
      to[j] = (from[j] * static_cast<double>(k - j) + from[j - 1] * static_cast<double>(j)) * over;
    // The next diagonal looks one place to either side of this one's inside, and no further.
    if (first > 0) to[first - 1] = 1;
    if (stop <= n2) to[stop] = 1;
  }
  return row[static_cast<std::size_t>(n2)];
}

double log_gamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

// P(D+_n >= d), Smirnov's one-sided probability, for 0 < d < 1:
//   d * sum_{j=0}^{floor(n(1-d))} C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j)
double smirnov_survival(std::uint64_t n, double d) {
  const double size = static_cast<double>(n);
  if (n > sum_limit) {  // error O(1/n): Maag and Dicaire (1971)
    const double z = 6 * size * d + 1;
    return std::exp(-z * z / (18 * size));
  }
  const double log_factorial = log_gamma(size + 1);
  double total = 0;
  const auto last = static_cast<std::uint64_t>(std::floor(size * (1 - d)));
  for (std::uint64_t j = 0; j <= last; ++j) {
    const double at = static_cast<double>(j);
    const double rest = 1 - d - at / size;
    if (rest <= 0) {
      if (j == n) total += std::pow(d + 1, size - 1);  // 0^0; only for d = 0
      continue;
    }
    const double log_term = log_factorial - log_gamma(at + 1) - log_gamma(size - at + 1) +
                            (at - 1) * std::log(d + at / size) + (size - at) * std::log(rest);
    total += std::exp(log_term);
  }
  return std::min(1.0, d * total);
}

// P(D_n <= d) ~ K0(z) + K1(z)/sqrt(n) + K2(z)/n + K3(z)/n^1.5 with z = d sqrt(n), in Jacobi's form for small z.
double pelz_good_cdf(double n, double d) {
  using std::numbers::pi;
  const double z = std::sqrt(n) * d;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  const double z6 = z4 * z2;
  const double pi2 = pi * pi;
  const double pi4 = pi2 * pi2;
  const double pi6 = pi4 * pi2;
  const double root_two_pi = std::sqrt(2 * pi);
  if (-pi2 / 8 / z2 < -708) return 0;

  double k0 = 0;
  double k1 = 0;
  double k2 = 0;
  double k3 = 0;
  const int terms = static_cast<int>(std::ceil(16 * z / pi));
  for (int k = terms; k >= 1; --k) {
    const double m = 2 * k - 1;
    const double m2 = m * m;
    const double m4 = m2 * m2;
    const double m6 = m4 * m2;
    const double q = std::exp(-pi2 * m2 / 8 / z2);
    k0 += q;
    k1 += q * (-z2 + pi2 / 4 * m2);
    k2 += q * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * pi2 / 4 * m2 + pi4 * (1 - 2 * z2) / 16 * m4);
    k3 += q * (-30 * z6 - 90 * z4 * z4 + pi2 * (135 * z4 - 96 * z6) / 4 * m2 + pi4 * (-60 * z2 + 212 * z4) / 16 * m4 +
               pi6 * (5 - 30 * z2) / 64 * m6);
  }
  k0 *= root_two_pi / z;
  k1 *= root_two_pi / (6 * z4);
  k2 *= root_two_pi / (72 * z6 * z);
  k3 *= root_two_pi / (6480 * z6 * z4);

  double extra2 = 0;
  double extra3 = 0;
  for (int k = terms; k >= 1; --k) {
    const double square = static_cast<double>(k) * k;
    const double q = std::exp(-pi2 / 2 / z2 * square);
    extra2 += square * q;
    extra3 += (3 * z2 - pi2 * square) * square * q;
  }
  k2 -= extra2 * pi2 * root_two_pi / (36 * z2 * z);
  k3 += extra3 * pi2 * root_two_pi / (216 * z6);
  return k0 + k1 / std::sqrt(n) + k2 / n + k3 / (n * std::sqrt(n));
}

}  // namespace

double kolmogorov_survival(std::uint64_t n, double d) {
  const double size = static_cast<double>(n);
  if (d >= 1) return 0;
  if (size * d <= 0.5) return 1;
  const double scaled = size * d * d;
  if (scaled >= 370) return 0;  // below the smallest double
  if (d >= 0.5 || scaled >= 2.2) return std::min(1.0, 2 * smirnov_survival(n, d));
  return std::clamp(1 - pelz_good_cdf(size, d), 0.0, 1.0);
}

KsResult ks_p_value(double statistic, std::uint64_t n1, std::uint64_t n2) {
  KsResult result;
  result.statistic = statistic;
  if (n1 <= exact_limit / n2) {
    result.exact = true;
    const std::uint64_t common = n1 / std::gcd(n1, n2) * n2;
    const auto steps = static_cast<std::int64_t>(std::llround(statistic * static_cast<double>(common)));
    result.p_value = steps == 0 ? 1.0
                                : std::min(1.0, share_of_paths_outside(static_cast<std::int64_t>(n1),
                                                                       static_cast<std::int64_t>(n2), steps));
    return result;
  }
  const double size1 = static_cast<double>(n1);
  const double size2 = static_cast<double>(n2);
  const auto size = static_cast<std::uint64_t>(std::llround(size1 * size2 / (size1 + size2)));
  result.p_value = kolmogorov_survival(std::max<std::uint64_t>(size, 1), statistic);
  return result;
}

}  // namespace mlsys::drift
