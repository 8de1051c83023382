// What the fuzz targets share: any bytes are either understood or refused by an Error that people can read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace fuzz {

// Ends the process the way libFuzzer notices.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

// Any other exception ends the process.
template <class Work>
int run(const std::uint8_t* data, std::size_t size, const Work& work) {
  const std::string text(data, data + size);
  try {
    work(std::string_view(text));
  } catch (const mlsys::Error& error) {
    require(error.code() != mlsys::Code::ok && error.code() != mlsys::Code::verdict, "an error's code is a failure");
    require(!error.message().empty(), "an error says what is wrong");
    require(mlsys::is_utf8(error.message()) && mlsys::is_utf8(error.hint()), "an error's text is UTF-8");
  }
  return 0;
}

}  // namespace fuzz
