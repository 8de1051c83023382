// Ages as options.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {

// 30d, 12h, 90m or 0. Throws Code::usage, naming the option.
inline std::chrono::seconds age_of(std::string_view option, const std::string& text) {
  if (text == "0") return {};
  const auto seconds = parse_age(text);
  if (!seconds)
    throw Error(Code::usage, fmt::format("{} {} is not an age", option, quoted(text)), "write 30d, 12h, 90m or 0");
  return std::chrono::seconds(*seconds);
}

}  // namespace mlsys::frame
