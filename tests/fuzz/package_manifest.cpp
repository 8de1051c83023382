// uses: package
#include "fuzz.hpp"
#include "json_mutator.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/package/package.hpp"

namespace package = mlsys::package;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    try {
      const auto manifest = package::parse_manifest(text, "package.json");
      for (const auto& file : manifest.files)
        fuzz::require(package::is_safe_name(file.name), "files stay in the package");
      const auto again = package::parse_manifest(mlsys::to_text(package::to_json(manifest)), "again");
      fuzz::require(again.files == manifest.files, "a written manifest is read back the same");
    } catch (const mlsys::Error& error) {
      fuzz::require(error.code() == mlsys::Code::integrity, "what does not fit is damage");
      throw;
    }
  });
}
