#include "mlsys/profile/distinct.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include "mlsys/base/random.hpp"

namespace mlsys::profile {
namespace {

constexpr std::size_t register_count = std::size_t{1} << DistinctSketch::precision;
constexpr unsigned rank_bits = 64 - DistinctSketch::precision;
constexpr unsigned highest_rank = rank_bits + 1;  // of a hash whose other bits are all zero
constexpr std::size_t hash_digits = 16;
constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static_assert(highest_rank < digits.size());

// Ertl's σ and τ: the sums that stand for the registers that are still empty, and for those that are full.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double sum = x;
  for (double before = 0; sum != before;) {
    x *= x;
    before = sum;
    sum += x * y;
    y += y;
  }
  return sum;
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double sum = 1 - x;
  for (double before = 0; sum != before;) {
    x = std::sqrt(x);
    before = sum;
    y /= 2;
    sum -= (1 - x) * (1 - x) * y;
  }
  return sum / 3;
}

double estimate(const std::vector<std::uint8_t>& registers) {
  std::array<double, highest_rank + 1> with{};  // how many registers have each rank
  for (const std::uint8_t rank : registers) with[rank] += 1;
  constexpr auto count = static_cast<double>(register_count);
  double sum = count * tau(1 - with[highest_rank] / count);
  for (unsigned rank = rank_bits; rank >= 1; --rank) sum = (sum + with[rank]) / 2;
  sum += count * sigma(with[0] / count);
  return count * count / (2 * std::numbers::ln2 * sum);
}

}  // namespace

void DistinctSketch::put(std::uint64_t hash) {
  const auto place = static_cast<std::size_t>(hash >> rank_bits);
  const std::uint64_t rest = hash << precision;
  const unsigned rank = rest == 0 ? highest_rank : static_cast<unsigned>(std::countl_zero(rest)) + 1;
  registers_[place] = std::max(registers_[place], static_cast<std::uint8_t>(rank));
}

void DistinctSketch::spill() {
  registers_.assign(register_count, 0);
  for (const std::uint64_t hash : hashes_) put(hash);
  hashes_.clear();
}

void DistinctSketch::add(std::uint64_t hash) {
  if (!exact()) return put(hash);
  const auto place = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
  if (place != hashes_.end() && *place == hash) return;
  hashes_.insert(place, hash);
  if (hashes_.size() > exact_values) spill();
}

void DistinctSketch::merge(const DistinctSketch& other) {
  if (other.exact()) {
    for (const std::uint64_t hash : other.hashes_) add(hash);
    return;
  }
  if (exact()) spill();
  for (std::size_t i = 0; i < register_count; ++i) registers_[i] = std::max(registers_[i], other.registers_[i]);
}

std::uint64_t DistinctSketch::count() const {
  if (exact()) return hashes_.size();
  const double most = 1e18;  // all registers full: nothing that could be counted
  // That there were more than can be counted is known, whatever the estimate.
  return std::max<std::uint64_t>(exact_values + 1,
                                 static_cast<std::uint64_t>(std::llround(std::min(most, estimate(registers_)))));
}

std::string DistinctSketch::text() const {
  std::string text;
  for (const std::uint64_t hash : hashes_) text += fmt::format("{:016x}", hash);
  for (const std::uint8_t rank : registers_) text += digits[rank];
  return text;
}

std::optional<DistinctSketch> DistinctSketch::from_hashes(std::string_view text) {
  DistinctSketch sketch;
  if (text.size() % hash_digits != 0 || text.size() / hash_digits > exact_values ||
      text.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return std::nullopt;
  for (std::size_t at = 0; at < text.size(); at += hash_digits) {
    std::uint64_t hash = 0;
    std::from_chars(text.data() + at, text.data() + at + hash_digits, hash, 16);
    if (!sketch.hashes_.empty() && sketch.hashes_.back() >= hash) return std::nullopt;
    sketch.hashes_.push_back(hash);
  }
  return sketch;
}

std::optional<DistinctSketch> DistinctSketch::from_registers(std::string_view text) {
  DistinctSketch sketch;
  if (text.size() != register_count) return std::nullopt;
  for (const char digit : text) {
    const std::size_t rank = digits.find(digit);
    if (rank > highest_rank) return std::nullopt;
    sketch.registers_.push_back(static_cast<std::uint8_t>(rank));
  }
  return sketch;
}

std::uint64_t distinct_hash(double value) { return mix64(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)); }

std::uint64_t distinct_hash(std::int64_t value) { return mix64(std::bit_cast<std::uint64_t>(value)); }

std::uint64_t distinct_hash(std::string_view value) {
  std::uint64_t hash = mix64(value.size());
  constexpr std::size_t word_bytes = 8;
  for (std::size_t at = 0; at < value.size(); at += word_bytes) {
    std::uint64_t word = 0;  // put together by hand: the same on machines of either byte order
    for (std::size_t i = at; i < std::min(value.size(), at + word_bytes); ++i)
      word |= std::uint64_t{static_cast<unsigned char>(value[i])} << (8 * (i - at));
    hash = mix64(hash ^ word);
  }
  return hash;
}

}  // namespace mlsys::profile
