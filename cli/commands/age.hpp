// Ages as people write them: 30d, 12h, 90m.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {

// Throws Code::usage, naming the option.
inline std::chrono::seconds parse_age(std::string_view option, const std::string& text) {
  constexpr double longest = 1000 * 366 * 86400.0;
  constexpr std::string_view units = "smhdw";
  constexpr int seconds[] = {1, 60, 3600, 86400, 7 * 86400};
  const auto unit = text.empty() ? std::string_view::npos : units.find(text.back());
  const auto count =
      unit == std::string_view::npos ? std::nullopt : parse_double(std::string_view(text).substr(0, text.size() - 1));
  if (text == "0") return {};
  if (!count || !(*count >= 0 && *count * seconds[unit] <= longest))
    throw Error(Code::usage, fmt::format("{} {} is not an age", option, quoted(text)), "write 30d, 12h, 90m or 0");
  return std::chrono::seconds(static_cast<std::int64_t>(*count * seconds[unit]));
}

}  // namespace mlsys::frame
