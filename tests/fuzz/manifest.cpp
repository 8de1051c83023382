// uses: bundle
#include "mlsys/bundle/manifest.hpp"
#include "fuzz.hpp"
#include "json_mutator.hpp"
#include "mlsys/base/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    const auto manifest = mlsys::bundle::parse_manifest(text);
    const auto again = mlsys::bundle::parse_manifest(mlsys::to_text(mlsys::bundle::to_json(manifest)));
    fuzz::require(again == manifest, "a written manifest is read back the same");
    for (const auto& file : manifest.files)
      fuzz::require(file.name.find('/') == std::string::npos && file.name != "..", "files stay in the bundle");
  });
}
