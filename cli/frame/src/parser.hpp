// Parsing of one verb's arguments. CLI11 stays behind this.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "mlsys/frame/options.hpp"

namespace mlsys::frame {

struct Parsed {
  std::set<const OptionSpec*> given;
};

// Assigns every given option to its target. Throws Error(Code::usage); the message names the option.
Parsed parse_arguments(const Options& options, std::vector<std::string> arguments);

}  // namespace mlsys::frame
