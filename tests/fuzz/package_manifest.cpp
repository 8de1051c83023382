// uses: package
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/package/package.hpp"

using namespace mlsys;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  try {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const package::Manifest manifest = package::parse_manifest(text, "package.json");
    for (const digest::FileDigest& file : manifest.files) {
      if (!package::is_safe_name(file.name)) __builtin_trap();
    }
    // What was read is written in a form that reads the same.
    if (package::parse_manifest(to_text(to_json(manifest)), "again").files != manifest.files) __builtin_trap();
  } catch (const Error& error) {
    if (error.code() != Code::integrity || error.message().empty()) __builtin_trap();
  }
  return 0;
}
