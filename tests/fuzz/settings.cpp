// uses: frame
#include "mlsys/frame/settings.hpp"
#include "fuzz.hpp"
#include "json_mutator.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    for (const auto& [key, value] : mlsys::frame::parse_settings(text, "'mlsys.json'"))
      mlsys::frame::check_setting(mlsys::frame::setting_info(key), value, "'mlsys.json'");
  });
}
