// uses: data
#include "fuzz.hpp"
#include "mlsys/data/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    const auto derivation = mlsys::data::parse_derivation(text);
    fuzz::require(!derivation.name.empty() && !derivation.expression.empty(), "NAME=EXPR has both sides");
  });
}
