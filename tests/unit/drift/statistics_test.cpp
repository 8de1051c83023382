// Against SciPy (tests/data/drift_scipy.json, made by tests/conformance/drift_scipy.py, or the file in
// MLSYS_DRIFT_CASES), by hand, and as properties.
#include "mlsys/drift/statistics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"

using namespace mlsys;
using namespace mlsys::drift;

namespace {

const Json& oracle() {
  static const Json document = [] {
    const char* cases = std::getenv("MLSYS_DRIFT_CASES");
    return parse_json(read_file(cases != nullptr ? cases : MLSYS_TEST_DATA "/drift_scipy.json"), "the cases");
  }();
  return document;
}

std::vector<double> numbers(const Json& texts) {
  std::vector<double> values;
  for (const auto& text : texts) values.push_back(parse_double(text.get<std::string>()).value());
  return values;
}

bool close(double actual, double expected, double relative) {
  return std::abs(actual - expected) <= relative * std::abs(expected) + 1e-300;
}

std::vector<double> uniform_sample(Random& random, std::size_t count, double shift, double grid) {
  std::vector<double> values(count);
  for (auto& value : values) value = shift + (grid > 0 ? std::floor(random.uniform() * grid) : random.uniform());
  std::sort(values.begin(), values.end());
  return values;
}

// By definition, at every value of either sample.
double brute_force_ks(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (const auto* sample : {&a, &b})
    for (const double x : *sample) {
      const auto below_a = std::upper_bound(a.begin(), a.end(), x) - a.begin();
      const auto below_b = std::upper_bound(b.begin(), b.end(), x) - b.begin();
      largest = std::max(largest, std::abs(static_cast<double>(below_a) / static_cast<double>(a.size()) -
                                           static_cast<double>(below_b) / static_cast<double>(b.size())));
    }
  return largest;
}

}  // namespace

TEST_CASE("KS: statistic and exact p are SciPy's") {
  for (const auto& one : oracle()["ks"]) {
    CAPTURE(one["name"].get<std::string>());
    const KsResult result = ks_two_sample(numbers(one["first"]), numbers(one["second"]));
    CHECK(result.exact);
    CHECK(result.statistic == doctest::Approx(one["statistic"].get<double>()).epsilon(1e-14));
    CHECK(close(result.p_value, one["p_value"].get<double>(), 1e-9));
  }
}

TEST_CASE("KS: the finite distribution of Kolmogorov is SciPy's kstwo") {
  for (const auto& one : oracle()["ks_survival"]) {
    const auto n = one["n"].get<std::uint64_t>();
    const double p = kolmogorov_survival(n, one["d"].get<double>());
    CAPTURE(n);
    CAPTURE(one["d"].get<double>());
    // Pelz and Good's series stops at n^-1.5; where it is used, samples are large.
    CHECK(std::abs(p - one["p"].get<double>()) <= (n >= 1000 ? 1e-8 * one["p"].get<double>() + 1e-10 : 0.02));
  }
}

TEST_CASE("KS: exact and limiting p agree where the one takes over from the other") {
  for (const double d : {0.01, 0.014, 0.02, 0.03}) {
    const KsResult exact = ks_p_value(d, 10'000, 10'000);
    const KsResult limit = ks_p_value(d, 10'001, 10'000);
    CHECK(exact.exact);
    CHECK_FALSE(limit.exact);
    CHECK(std::abs(exact.p_value - limit.p_value) < 0.05 * exact.p_value);
  }
}

TEST_CASE("KS: symmetric, the definition itself, and 0 for a sample against itself") {
  Random random(11);
  for (int round = 0; round < 40; ++round) {
    const double grid = round % 2 == 0 ? 0 : 7;
    const auto a = uniform_sample(random, 1 + random.below(60), 0, grid);
    const auto b = uniform_sample(random, 1 + random.below(60), 0.1 * static_cast<double>(round % 5), grid);
    const KsResult forth = ks_two_sample(a, b);
    const KsResult back = ks_two_sample(b, a);
    CHECK(forth.statistic == back.statistic);
    CHECK(close(forth.p_value, back.p_value, 1e-12));
    CHECK(forth.statistic == doctest::Approx(brute_force_ks(a, b)).epsilon(1e-14));
    CHECK(ks_two_sample(a, a).statistic == 0);
    CHECK(ks_two_sample(a, a).p_value == 1);
  }
}

TEST_CASE("KS: monotone in D and within [0, 1], at every size") {
  for (const std::uint64_t n1 : {1ULL, 2ULL, 7ULL, 1000ULL, 3'000'000ULL})
    for (const std::uint64_t n2 : {1ULL, 3ULL, 500ULL, 200'000ULL}) {
      double last = 1;
      for (int step = 0; step <= 20; ++step) {
        const double p = ks_p_value(step / 20.0, n1, n2).p_value;
        CAPTURE(n1);
        CAPTURE(n2);
        CAPTURE(step);
        CHECK(p >= 0);
        CHECK(p <= last + 1e-12);
        last = p;
      }
    }
}

TEST_CASE("KS from cumulative counts equals KS from the values when every value is a point") {
  Random random(5);
  const auto a = uniform_sample(random, 500, 0, 20);
  const auto b = uniform_sample(random, 300, 1, 20);
  std::vector<std::uint64_t> ca;
  std::vector<std::uint64_t> cb;
  for (int x = 0; x <= 22; ++x) {
    ca.push_back(static_cast<std::uint64_t>(std::upper_bound(a.begin(), a.end(), x) - a.begin()));
    cb.push_back(static_cast<std::uint64_t>(std::upper_bound(b.begin(), b.end(), x) - b.begin()));
  }
  CHECK(ks_statistic_of_cumulative(ca, cb) == ks_two_sample(a, b).statistic);
}

TEST_CASE("chi-squared and Jensen-Shannon are SciPy's") {
  for (const auto& one : oracle()["categorical"]) {
    const auto first = one["first"].get<std::vector<std::uint64_t>>();
    const auto second = one["second"].get<std::vector<std::uint64_t>>();
    const ChiSquaredResult chi = chi_squared_homogeneity(first, second);
    CAPTURE(one["chi2"].get<double>());
    CHECK(close(chi.statistic, one["chi2"].get<double>(), 1e-12));
    CHECK(chi.degrees == one["degrees"].get<std::uint64_t>());
    CHECK(close(chi.p_value, one["p_value"].get<double>(), 1e-10));
    CHECK(jensen_shannon_distance(first, second) == doctest::Approx(one["js"].get<double>()).epsilon(1e-9));
    CHECK(profile::population_stability_index(first, second) ==
          doctest::Approx(one["psi"].get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("categorical tests: symmetric, blind to the order of categories, and defined at the edges") {
  const std::vector<std::uint64_t> a{10, 20, 30};
  const std::vector<std::uint64_t> b{15, 10, 75};
  const std::vector<std::uint64_t> a_turned{30, 10, 20};
  const std::vector<std::uint64_t> b_turned{75, 15, 10};
  CHECK(close(chi_squared_homogeneity(a, b).statistic, chi_squared_homogeneity(b, a).statistic, 1e-14));
  CHECK(close(chi_squared_homogeneity(a, b).statistic, chi_squared_homogeneity(a_turned, b_turned).statistic, 1e-14));
  CHECK(jensen_shannon_distance(a, b) == doctest::Approx(jensen_shannon_distance(b_turned, a_turned)).epsilon(1e-14));
  CHECK(jensen_shannon_distance(a, a) == 0);
  CHECK(chi_squared_homogeneity(a, a).p_value == 1);
  // One shared category: nothing to compare.
  const std::vector<std::uint64_t> constant{0, 12};
  const std::vector<std::uint64_t> constant2{0, 7};
  CHECK(chi_squared_homogeneity(constant, constant2).degrees == 0);
  CHECK(chi_squared_homogeneity(constant, constant2).p_value == 1);
  // Nothing shared: one bit apart.
  const std::vector<std::uint64_t> left{5, 0};
  const std::vector<std::uint64_t> right{0, 9};
  CHECK(jensen_shannon_distance(left, right) == 1);
}

TEST_CASE("Benjamini-Hochberg is SciPy's, in the order given") {
  for (const auto& one : oracle()["benjamini_hochberg"]) {
    const auto p = one["p"].get<std::vector<double>>();
    const auto expected = one["adjusted"].get<std::vector<double>>();
    const auto adjusted = benjamini_hochberg(p);
    REQUIRE(adjusted.size() == expected.size());
    for (std::size_t i = 0; i < p.size(); ++i) CHECK(adjusted[i] == doctest::Approx(expected[i]).epsilon(1e-14));
  }
  CHECK(benjamini_hochberg({}).empty());
}
