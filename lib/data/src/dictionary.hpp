// Categories by their text, found by hash.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mlsys::data {

class Dictionary {
 public:
  static constexpr std::int32_t unseen = -2;

  // Of equal categories the first counts.
  explicit Dictionary(const std::vector<std::string>& categories)
      : categories_(categories), slots_(std::bit_ceil(4 * categories.size() + 1)) {
    for (std::size_t i = 0; i < categories_.size(); ++i) {
      Slot& slot = slots_[place_of(categories_[i])];
      if (slot.code == unseen) slot = {hash_of(categories_[i]), categories_[i].size(), static_cast<std::int32_t>(i)};
    }
  }
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
  ~Dictionary() = default;

  [[nodiscard]] std::int32_t code(std::string_view text) const { return slots_[place_of(text)].code; }
  [[nodiscard]] const std::vector<std::string>& categories() const { return categories_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t length = 0;
    std::int32_t code = unseen;  // it is free
  };

  // Where the text is, or the free place where it would be: three of four places are free.
  [[nodiscard]] std::size_t place_of(std::string_view text) const {
    const std::uint64_t hash = hash_of(text);
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = hash & mask;
    while (slots_[place].code != unseen && !holds(slots_[place], hash, text)) place = (place + 1) & mask;
    return place;
  }

  // Texts of the same length that fit in a word have the same hash only when they are the same.
  [[nodiscard]] bool holds(const Slot& slot, std::uint64_t hash, std::string_view text) const {
    return slot.hash == hash && slot.length == text.size() &&
           (text.size() < sizeof(std::uint64_t) || categories_[static_cast<std::size_t>(slot.code)] == text);
  }

  // Values are short: eight bytes at a time, without a call.
  static std::uint64_t hash_of(std::string_view text) {
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15;
    std::uint64_t hash = text.size();
    const auto mix = [&](std::uint64_t word) {
      hash = (hash ^ word) * factor;
      hash ^= hash >> 32;
    };
    for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
      std::uint64_t word = 0;
      std::memcpy(&word, text.data(), sizeof word);
      mix(word);
    }
    // At most seven bytes: two halves that overlap, or the first, the middle and the last of three.
    std::uint64_t rest = 0;
    if (const std::size_t size = text.size(); size >= sizeof(std::uint32_t)) {
      std::uint32_t halves[2];
      std::memcpy(&halves[0], text.data(), sizeof halves[0]);
      std::memcpy(&halves[1], text.data() + size - sizeof halves[1], sizeof halves[1]);
      rest = halves[0] | std::uint64_t{halves[1]} << 32;
    } else if (size > 0) {
      const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(text[i])}; };
      rest = byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
    }
    mix(rest);
    return hash;
  }

  std::vector<std::string> categories_;
  std::vector<Slot> slots_;
};

}  // namespace mlsys::data
