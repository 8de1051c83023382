// Parsing of one verb's arguments. CLI11 stays behind this.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mlsys/frame/options.hpp"

namespace mlsys::frame {

struct Parsed {
  // As declared, with their values; a flag has none.
  std::vector<std::pair<const OptionSpec*, std::vector<std::string>>> given;
};

// Assigns every given option to its target. Throws Error(Code::usage); the message names the option.
Parsed parse_arguments(const Options& options, std::vector<std::string> arguments);

// What a message calls the option: "--output", or "DATA" of a positional.
std::string shown_name(const OptionSpec& spec);

}  // namespace mlsys::frame
