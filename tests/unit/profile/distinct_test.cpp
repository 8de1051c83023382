// Sketches of different values: exact counts below the limit, the stated error above it, and merges to the bit.
#include "mlsys/profile/distinct.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "mlsys/base/random.hpp"

using namespace mlsys;
using namespace mlsys::profile;

namespace {

DistinctSketch sketch_of_numbers(std::uint64_t begin, std::uint64_t end) {
  DistinctSketch sketch;
  for (std::uint64_t i = begin; i < end; ++i) sketch.add(distinct_hash(static_cast<std::int64_t>(i)));
  return sketch;
}

}  // namespace

TEST_CASE("up to the limit different values are counted, however often they occur") {
  DistinctSketch sketch;
  CHECK(sketch.count() == 0);
  for (int round = 0; round < 3; ++round)
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(DistinctSketch::exact_values); ++i)
      sketch.add(distinct_hash(i * i));
  CHECK(sketch.exact());
  CHECK(sketch.count() == DistinctSketch::exact_values);
  sketch.add(distinct_hash(std::int64_t{-1}));
  CHECK_FALSE(sketch.exact());
  CHECK(sketch.count() > DistinctSketch::exact_values);
}

// 40 sketches of each size: their mean error is far smaller than that of one, a fifth of them may be beyond 1.3
// standard errors, and none beyond 4.
TEST_CASE("beyond it the estimate is within the stated error over the whole range") {
  for (const std::uint64_t size : {600ULL, 2000ULL, 5000ULL, 12'000ULL, 20'000ULL, 100'000ULL, 1'000'000ULL}) {
    CAPTURE(size);
    const std::uint64_t rounds = size < 100'000 ? 40 : 8;
    double sum = 0;
    double squares = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
      DistinctSketch sketch = sketch_of_numbers(round * 10'000'000, round * 10'000'000 + size);
      const double error = static_cast<double>(sketch.count()) / static_cast<double>(size) - 1;
      CHECK(std::abs(error) < 4 * DistinctSketch::standard_error);
      sum += error;
      squares += error * error;
    }
    const double n = static_cast<double>(rounds);
    CHECK(std::abs(sum / n) < 3.5 * DistinctSketch::standard_error / std::sqrt(n));
    CHECK(std::sqrt(squares / n) < 1.5 * DistinctSketch::standard_error);
  }
}

TEST_CASE("the merge of parts is the sketch of the whole, to the bit, in any order") {
  Random random(31);
  for (const std::uint64_t size : {100ULL, 512ULL, 513ULL, 3000ULL, 50'000ULL}) {
    DistinctSketch whole;
    std::vector<DistinctSketch> parts(8);
    for (std::uint64_t i = 0; i < size; ++i) {
      const std::uint64_t hash = distinct_hash(static_cast<double>(i) / 7);
      whole.add(hash);
      for (int copies = 0; copies < 2; ++copies) parts[random.below(8)].add(hash);
    }
    DistinctSketch forth;
    DistinctSketch back;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      forth.merge(parts[i]);
      back.merge(parts[parts.size() - 1 - i]);
    }
    CHECK(forth == whole);
    CHECK(back == whole);
    forth.merge(whole);
    CHECK(forth == whole);
  }
}

TEST_CASE("hashes tell values apart: numbers always, texts of every length") {
  CHECK(distinct_hash(0.0) == distinct_hash(-0.0));
  CHECK(distinct_hash(0.1) != distinct_hash(static_cast<double>(0.1F)));
  std::set<std::uint64_t> hashes;
  std::string text;
  for (int length = 0; length < 40; ++length, text += '\0') hashes.insert(distinct_hash(text));
  for (int i = 0; i < 20'000; ++i) hashes.insert(distinct_hash("user " + std::to_string(i)));
  CHECK(hashes.size() == 20'040);
  DistinctSketch texts;
  for (int i = 0; i < 20'000; ++i) texts.add(distinct_hash("user " + std::to_string(i)));
  CHECK(std::abs(static_cast<double>(texts.count()) / 20'000 - 1) < 4 * DistinctSketch::standard_error);
}

// The same on every machine and in every version: profiles are stored. Worked out in Python by the definition of
// splitmix64, finalise(value + 0x9e3779b97f4a7c15).
TEST_CASE("hashes never change") {
  CHECK(distinct_hash(std::int64_t{0}) == 0xe220a8397b1dcdafULL);
  CHECK(distinct_hash(1.0) == 0x88d7c35bbbf3ededULL);
  CHECK(distinct_hash("") == 0xe220a8397b1dcdafULL);
  CHECK(distinct_hash("München!?") == 0x9fa31bf3e0ff3958ULL);
}

TEST_CASE("sketches are written and read without change; other text is none") {
  for (const std::uint64_t size : {0ULL, 1ULL, 512ULL, 5000ULL}) {
    const DistinctSketch sketch = sketch_of_numbers(0, size);
    const auto again =
        sketch.exact() ? DistinctSketch::from_hashes(sketch.text()) : DistinctSketch::from_registers(sketch.text());
    CHECK(again == sketch);
  }
  const std::string two = sketch_of_numbers(0, 2).text();
  CHECK(two.size() == 32);
  CHECK(!DistinctSketch::from_hashes(two.substr(16) + two.substr(0, 16)));
  CHECK(!DistinctSketch::from_hashes(two.substr(0, 16) + two.substr(0, 16)));
  CHECK(!DistinctSketch::from_hashes("00000000000000G0"));
  CHECK(!DistinctSketch::from_hashes("0"));
  CHECK(!DistinctSketch::from_registers(""));
  CHECK(!DistinctSketch::from_registers(std::string(4095, '0')));
  CHECK(!DistinctSketch::from_registers(std::string(4096, 'z')));  // a rank no hash has
  CHECK(!DistinctSketch::from_registers(std::string(4096, '-')));
  const auto full = DistinctSketch::from_registers(std::string(4096, 'r'));  // 53 everywhere
  REQUIRE(full);
  CHECK(full->count() > 1'000'000'000);
}
