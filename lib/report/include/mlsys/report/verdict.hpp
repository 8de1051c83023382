// A verdict for continuous integration: JUnit XML, GitHub's workflow commands, Markdown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"

namespace mlsys::report {

enum class Outcome { passed, warned, failed, skipped };

struct Case {
  std::string name;  // "range of delay"
  Outcome outcome = Outcome::passed;
  std::string message;               // one line; why it failed, warned or was skipped
  std::vector<std::string> details;  // a line each, such as offending rows
  std::string file = {};             // where it is to be seen, relative to where the command runs; empty: nowhere
  std::uint64_t line = 0;            // of the file, from 1; 0: none
};

struct Verdict {
  std::string suite;  // "mlsys validate"
  std::string title;  // "'x.csv' against 'contract.json'"
  bool passed = true;
  std::vector<Case> cases;
};

// One test suite; what warned has passed, with its message as output.
MLSYS_EXPORT std::string junit(const Verdict& verdict);
// ::error and ::warning commands, one line each; a ::notice when there are none.
MLSYS_EXPORT std::string github(const Verdict& verdict);
// A heading, a sentence and a table; cases that passed are only counted.
MLSYS_EXPORT std::string markdown(const Verdict& verdict);
// Text for a Markdown table: pipes and line ends would end the cell, HTML and emphasis would be read.
MLSYS_EXPORT std::string markdown_cell(std::string_view text);

}  // namespace mlsys::report
