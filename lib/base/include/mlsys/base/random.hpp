// Random numbers that are the same on every machine for the same seed, and identifiers that are different everywhere.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "mlsys/base/export.hpp"

namespace mlsys {

// xoshiro256** (Blackman and Vigna, https://prng.di.unimi.it, public domain reference), seeded by splitmix64.
class MLSYS_EXPORT Random {
 public:
  explicit Random(std::uint64_t seed);
  // An independent generator for part `stream` of the same work.
  Random(std::uint64_t seed, std::uint64_t stream);
  // For reference sequences; the state must not be all zeros.
  static Random from_state(const std::array<std::uint64_t, 4>& state);
  std::uint64_t next();
  double uniform();                          // [0, 1), 53 bits
  std::uint64_t below(std::uint64_t bound);  // [0, bound) without bias; bound > 0

 private:
  std::array<std::uint64_t, 4> state_;
};

// A 64-bit hash for sampling and splitting by value (not cryptographic): stable across versions and machines.
MLSYS_EXPORT std::uint64_t mix64(std::uint64_t value);

// 32 lower-case hexadecimal digits from the operating system's generator.
MLSYS_EXPORT std::string random_id();

}  // namespace mlsys
