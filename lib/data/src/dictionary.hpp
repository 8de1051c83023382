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
      : categories_(categories), slots_(std::bit_ceil(2 * categories.size() + 1)) {
    for (std::size_t i = 0; i < categories_.size(); ++i) {
      Slot& slot = slots_[place_of(categories_[i])];
      if (slot.code == unseen) slot = {hash_of(categories_[i]), static_cast<std::int32_t>(i)};
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
    std::int32_t code = unseen;  // it is free
  };

  // Where the text is, or the free place where it would be: half of all places are free.
  [[nodiscard]] std::size_t place_of(std::string_view text) const {
    const std::uint64_t hash = hash_of(text);
    const std::size_t mask = slots_.size() - 1;
    std::size_t place = hash & mask;
    while (slots_[place].code != unseen &&
           (slots_[place].hash != hash || categories_[static_cast<std::size_t>(slots_[place].code)] != text))
      place = (place + 1) & mask;
    return place;
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
    std::uint64_t rest = 0;
    for (const char c : text) rest = rest << 8 | static_cast<unsigned char>(c);
    mix(rest);
    return hash;
  }

  std::vector<std::string> categories_;
  std::vector<Slot> slots_;
};

}  // namespace mlsys::data
