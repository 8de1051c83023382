#include "separators.inl"

namespace mlsys::data {

Separators::Found separators_portable(const char* text, std::size_t bytes, char delimiter, std::uint32_t* positions) {
  return find_all(text, bytes, delimiter, positions);
}

}  // namespace mlsys::data
