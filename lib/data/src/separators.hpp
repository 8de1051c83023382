// Where the delimiters and line feeds of a text stand, found 64 bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace mlsys::data {

class Separators {
 public:
  // Texts of up to this many bytes, which is less than 4 GiB.
  explicit Separators(std::size_t most_bytes);

  // Replaces what was found before.
  void find(std::string_view text, char delimiter);

  // Of delimiters and line feeds, in order: positions()[0] is the one that would stand before the text (-1), then come
  // count() others.
  [[nodiscard]] const std::uint32_t* positions() const { return positions_.get(); }
  [[nodiscard]] std::size_t count() const { return found_.count; }
  [[nodiscard]] std::size_t line_feeds() const { return found_.line_feeds; }
  // What else the text holds: a quote, a carriage return or NUL; a byte above 127.
  [[nodiscard]] bool foreign() const { return found_.foreign; }
  [[nodiscard]] bool non_ascii() const { return found_.non_ascii; }

  struct Found {
    std::size_t count;
    std::size_t line_feeds;
    bool foreign;
    bool non_ascii;
  };

 private:
  std::unique_ptr<std::uint32_t[]> positions_;
  Found found_{};
};

// The ways to find them, which differ in the instructions they use. `positions` has room for 64 more than are found.
using SeparatorKernel = Separators::Found (*)(const char* text, std::size_t bytes, char delimiter,
                                              std::uint32_t* positions);
Separators::Found separators_portable(const char* text, std::size_t bytes, char delimiter, std::uint32_t* positions);
// Null where the processor has no AVX2.
SeparatorKernel separators_avx2();

}  // namespace mlsys::data
