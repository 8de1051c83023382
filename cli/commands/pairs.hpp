// KEY=VALUE, as --tag and --param take it.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Each parted at its first `=`; what is before it must not be empty. `option` names them in errors: "--tag", or nothing
// for arguments.
inline Pairs parse_pairs(std::string_view option, const std::vector<std::string>& texts) {
  Pairs pairs;
  for (const auto& text : texts) {
    const auto at = text.find('=');
    if (at == std::string::npos || at == 0)
      throw Error(Code::usage, fmt::format("{}{}{} is not KEY=VALUE", option, option.empty() ? "" : " ", quoted(text)),
                  fmt::format("write {}{}team=growth", option, option.empty() ? "" : " "));
    pairs.emplace_back(text.substr(0, at), text.substr(at + 1));
  }
  return pairs;
}

// The last of those with the same key holds.
inline std::map<std::string, std::string> parse_tags(std::string_view option, const std::vector<std::string>& texts) {
  std::map<std::string, std::string> tags;
  for (auto& [key, value] : parse_pairs(option, texts)) tags[key] = value;
  return tags;
}

}  // namespace mlsys::frame
