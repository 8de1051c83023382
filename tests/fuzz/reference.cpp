// uses: registry
#include "mlsys/registry/reference.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    const auto reference = mlsys::registry::parse_model_reference(text);
    fuzz::require(reference.run || reference.model || reference.path, "a reference means something");
    fuzz::require(!(reference.alias && reference.version), "a version is named in one way");
    fuzz::require(reference.model || !(reference.alias || reference.version), "versions belong to models");
  });
}
