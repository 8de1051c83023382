#include "separators.hpp"

namespace mlsys::data {

namespace {
constexpr std::size_t room_behind = 64;
}

Separators::Separators(std::size_t most_bytes)
    : positions_(std::make_unique_for_overwrite<std::uint32_t[]>(1 + most_bytes + room_behind)) {}

void Separators::find(std::string_view text, char delimiter) {
  static const SeparatorKernel kernel = separators_avx2() != nullptr ? separators_avx2() : separators_portable;
  positions_[0] = ~std::uint32_t{0};
  found_ = kernel(text.data(), text.size(), delimiter, positions_.get() + 1);
}

}  // namespace mlsys::data
