// What is made from the declared command line: Markdown manuals (turned into man pages and plain text by lowdown) and
// completion scripts. Input is the JSON of mlsys::frame::describe().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/json_fwd.hpp"

namespace mlsys::docs {

// The manual of one command. `prose` is man/<command>.md: what it does and what to know, without headings for what is
// filled in here (name, synopsis, options, examples, exit status).
std::string manual(const Json& command, std::string_view summary, std::string_view prose);

// The page of a topic, whose prose may have headings of its own.
std::string topic(std::string_view name, std::string_view summary, std::string_view prose);

std::string bash_completion(const std::vector<Json>& commands);
std::string zsh_completion(const std::vector<Json>& commands);
std::string fish_completion(const std::vector<Json>& commands);

}  // namespace mlsys::docs
