#include "mlsys/base/random.hpp"

#include <doctest/doctest.h>

#include <set>

using mlsys::Random;

TEST_CASE("the generator matches the reference implementation") {
  Random random = Random::from_state({1, 2, 3, 4});
  CHECK(random.next() == 11520U);
  CHECK(random.next() == 0U);
  CHECK(random.next() == 1509978240U);
  CHECK(random.next() == 1215971899390074240U);
}

TEST_CASE("seeds and streams differ and repeat") {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    CHECK(Random(seed).next() == Random(seed).next());
    first.insert(Random(seed).next());
    for (std::uint64_t stream = 0; stream < 20; ++stream) first.insert(Random(seed, stream).next());
  }
  CHECK(first.size() == 50 * 21);
}

TEST_CASE("splitmix64 has its published values") {
  CHECK(mlsys::mix64(0) == 0xe220a8397b1dcdafU);
  CHECK(mlsys::mix64(0x9e3779b97f4a7c15U) == 0x6e789e6aa1b965f4U);
}

TEST_CASE("uniform numbers lie in [0, 1) with the right mean") {
  Random random(7);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = random.uniform();
    REQUIRE(value >= 0);
    REQUIRE(value < 1);
    sum += value;
  }
  CHECK(sum / 10000 == doctest::Approx(0.5).epsilon(0.02));
}

TEST_CASE("below() reaches every value and none beyond") {
  Random random(3);
  int counts[6] = {};
  for (int i = 0; i < 6000; ++i) {
    const auto value = random.below(6);
    REQUIRE(value < 6);
    ++counts[value];
  }
  for (const int count : counts) {
    CHECK(count > 800);
    CHECK(count < 1200);
  }
  CHECK(random.below(1) == 0U);
  // More than half of the range: every second draw or so is refused.
  for (int i = 0; i < 100; ++i) CHECK(random.below((1ULL << 63) + 1) <= (1ULL << 63));
}

TEST_CASE("identifiers are 32 hexadecimal digits and differ") {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    const std::string id = mlsys::random_id();
    CHECK(id.size() == 32);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    ids.insert(id);
  }
  CHECK(ids.size() == 100);
}
