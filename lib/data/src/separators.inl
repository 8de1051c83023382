// The kernel, compiled once for each instruction set. It calls nothing of the standard library: a function that is
// compiled here and elsewhere would be either one's when it is linked.
#include <bit>

#include "separators.hpp"

namespace mlsys::data {

namespace {

#ifdef __AVX2__
constexpr std::size_t lane_bytes = 32;
#else
constexpr std::size_t lane_bytes = 16;
#endif
using Lane = unsigned char __attribute__((vector_size(lane_bytes)));
using SignedLane = char __attribute__((vector_size(lane_bytes)));
using Words = std::uint64_t __attribute__((vector_size(lane_bytes)));
constexpr std::size_t block_bytes = 64;  // a bit each in a word
constexpr std::uint64_t highest_bit = std::uint64_t{1} << 63;

static_assert(std::endian::native == std::endian::little, "the lowest bit is the first byte");

// A bit for each byte of a comparison, which are 0 or 255.
inline std::uint64_t bits_of(const Lane& equal) {
#if defined(__AVX2__)
  return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(reinterpret_cast<SignedLane>(equal)));
#elif defined(__SSE2__)
  return static_cast<std::uint16_t>(__builtin_ia32_pmovmskb128(reinterpret_cast<SignedLane>(equal)));
#else
  constexpr std::uint64_t one_each = 0x8040201008040201;    // another bit of each of eight bytes
  constexpr std::uint64_t to_the_top = 0x0101010101010101;  // a product's highest byte is the sum of all
  const auto words = reinterpret_cast<Words>(equal);
  return ((words[0] & one_each) * to_the_top >> 56) | ((words[1] & one_each) * to_the_top >> 56 << 8);
#endif
}

inline bool is_any(const Lane& bytes) {
  const auto words = reinterpret_cast<Words>(bytes);
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < lane_bytes / sizeof any; ++i) any |= words[i];
  return any != 0;
}

inline std::size_t count_ones(std::uint64_t bits) {
#ifdef __POPCNT__
  return static_cast<std::size_t>(__builtin_popcountll(bits));
#else  // without such an instruction that would be a call
  bits -= (bits >> 1) & 0x5555555555555555;
  bits = (bits & 0x3333333333333333) + ((bits >> 2) & 0x3333333333333333);
  bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return bits * 0x0101010101010101 >> 56;
#endif
}

struct State {
  std::uint32_t* out;
  std::size_t line_feeds = 0;
  Lane foreign{};
  Lane high{};
};

inline void look(const char* bytes, std::size_t at, unsigned char delimiter, State& state) {
  std::uint64_t ends = 0;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < block_bytes; i += lane_bytes) {
    Lane lane;
    __builtin_memcpy(&lane, bytes + i, sizeof lane);
    const auto line_feed = reinterpret_cast<Lane>(lane == '\n');
    ends |= bits_of(line_feed) << i;
    bits |= bits_of(line_feed | reinterpret_cast<Lane>(lane == delimiter)) << i;
    state.foreign |= reinterpret_cast<Lane>((lane == '"') | (lane == '\r') | (lane == 0));
    state.high |= lane;
  }
  state.line_feeds += count_ones(ends);
  const std::size_t count = count_ones(bits);
  // Behind the last one there is room to write into: a loop of a fixed length is one that is foreseen.
  for (std::size_t done = 0; done < count; done += 8)
    for (std::size_t i = done; i < done + 8; ++i) {
      // The highest bit stands for none: what is written for it is not looked at.
      state.out[i] = static_cast<std::uint32_t>(at) + static_cast<std::uint32_t>(__builtin_ctzll(bits | highest_bit));
      bits &= bits - 1;
    }
  state.out += count;
}

Separators::Found find_all(const char* text, std::size_t size, char delimiter, std::uint32_t* positions) {
  const auto wanted = static_cast<unsigned char>(delimiter);
  State state{positions};
  std::size_t at = 0;
  for (; at + block_bytes <= size; at += block_bytes) look(text + at, at, wanted, state);
  if (at < size) {
    char last[block_bytes];
    __builtin_memset(last, delimiter == ' ' ? '_' : ' ', sizeof last);
    __builtin_memcpy(last, text + at, size - at);
    look(last, at, wanted, state);
  }
  return {static_cast<std::size_t>(state.out - positions), state.line_feeds, is_any(state.foreign),
          is_any(state.high & 0x80)};
}

}  // namespace

}  // namespace mlsys::data
