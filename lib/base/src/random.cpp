#include "mlsys/base/random.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <bit>
#include <cerrno>

#include "mlsys/base/error.hpp"

namespace mlsys {
namespace {

constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;

std::uint64_t finalise(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

std::uint64_t mix64(std::uint64_t value) { return finalise(value + golden); }

Random::Random(std::uint64_t seed) {
  for (auto& word : state_) word = finalise(seed += golden);
}

// Mixed twice, so that streams of one seed never meet and neighbouring seeds do not share streams.
Random::Random(std::uint64_t seed, std::uint64_t stream) : Random(mix64(mix64(seed) + stream)) {}

Random Random::from_state(const std::array<std::uint64_t, 4>& state) {
  Random random(0);
  random.state_ = state;
  return random;
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

std::uint64_t Random::below(std::uint64_t bound) {
  if (bound < 2) return 0;
  // The lowest 2^64 mod bound values would be drawn once too often.
  const std::uint64_t refused = (0 - bound) % bound;
  std::uint64_t value = next();
  while (value < refused) value = next();
  return value % bound;
}

std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (got < 0 && errno != EINTR) throw Error(Code::failed, "cannot get random numbers from the system");
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  std::string id;
  for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
  return id;
}

}  // namespace mlsys
