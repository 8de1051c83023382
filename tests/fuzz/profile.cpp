// uses: profile
#include "fuzz.hpp"
#include "json_mutator.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/profile/reference.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    const auto profile = mlsys::profile::parse_profile(text);
    const auto again = mlsys::profile::parse_profile(mlsys::to_text(mlsys::profile::to_json(profile)));
    fuzz::require(again == profile, "a written profile is read back the same");
  });
}
