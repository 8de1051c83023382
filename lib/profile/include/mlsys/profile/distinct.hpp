// How many different values there are: counted up to a stated number, estimated beyond it, and mergeable: the sketch of
// the whole is the merge of the sketches of its parts, to the bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"

namespace mlsys::profile {

// Up to exact_values different values are told apart by their 64-bit hashes, and counted. Of more there stays a
// HyperLogLog of 4096 registers (Flajolet, Fusy, Gandouet and Meunier 2007; 64-bit hashes as in Heule, Nunkesser and
// Hall 2013), read by the improved estimator of Ertl 2017 ("New cardinality estimation algorithms for HyperLogLog
// sketches", algorithm 6), which has no bias to correct. Its standard error is 1.04 / sqrt(4096) = 1.6%, three of which
// are 4.9%.
class MLSYS_EXPORT DistinctSketch {
 public:
  static constexpr std::size_t exact_values = 512;  // their hashes take the room of the registers
  static constexpr unsigned precision = 12;         // bits of a hash that choose its register
  static constexpr double standard_error = 1.04 / 64;

  void add(std::uint64_t hash);
  void merge(const DistinctSketch& other);
  [[nodiscard]] bool exact() const { return registers_.empty(); }
  [[nodiscard]] std::uint64_t count() const;

  // As text: 16 hexadecimal digits for each hash, ascending; or a digit of 0-9A-Za-z for each register.
  [[nodiscard]] std::string text() const;
  // Nothing for text that is none of such a sketch.
  static std::optional<DistinctSketch> from_hashes(std::string_view text);
  static std::optional<DistinctSketch> from_registers(std::string_view text);
  friend bool operator==(const DistinctSketch&, const DistinctSketch&) = default;

 private:
  void put(std::uint64_t hash);  // into its register
  void spill();

  std::vector<std::uint64_t> hashes_;    // ascending; empty once there are registers
  std::vector<std::uint8_t> registers_;  // empty at first
};

// The same on every machine. Different numbers have different hashes; zero and negative zero are one.
MLSYS_EXPORT std::uint64_t distinct_hash(double value);
MLSYS_EXPORT std::uint64_t distinct_hash(std::int64_t value);
MLSYS_EXPORT std::uint64_t distinct_hash(std::string_view value);

}  // namespace mlsys::profile
