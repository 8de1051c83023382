#include "docs.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/frame.hpp"

namespace mlsys::docs {
namespace {

constexpr std::string_view kExitStatus = R"(# EXIT STATUS

**0**
: Success.

**1**
: The operation failed: unreadable input, I/O, internal.

**2**
: Usage or configuration error.

**3**
: It ran fine and the verdict is negative (validate, eval, drift, promote). Never the result of a failure.

**4**
: Not found: a file, run, model, version or alias.

**5**
: Integrity failure: a digest, signature or golden row does not match.

**6**
: Busy or conflicting: try again.

**7**
: A remote is unavailable: try again.

**130**
: Interrupted.

)";

// Markdown would read these as markup.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>#|~").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string term_of(const Json& option) {
  if (option["positional"].get<bool>()) return "**" + escaped(option["value"].get<std::string>()) + "**";
  std::string term;
  for (const auto& name : option["names"])
    term += (term.empty() ? "**" : ", **") + escaped(name.get<std::string>()) + "**";
  if (const auto value = option["value"].get<std::string>(); !value.empty()) term += " *" + escaped(value) + "*";
  return term;
}

// The options of one verb: its own, or those that every verb has.
std::string options_of(const Json& verb, bool common) {
  std::string text;
  std::string group;
  for (const auto& option : verb["options"]) {
    if ((option["group"].get<std::string>() == frame::kCommonGroup) != common) continue;
    if (option["positional"].get<bool>()) {
      text += term_of(option) + "\n: " + escaped(option["help"].get<std::string>()) + "\n\n";
      continue;
    }
    if (const auto name = option["group"].get<std::string>(); name != group && !name.empty() && !common) {
      group = name;
      text += "*" + escaped(group) + "*\n\n";
    }
    text += term_of(option) + "\n: " + escaped(option["help"].get<std::string>()) + "\n\n";
  }
  return text;
}

}  // namespace

std::string manual(const Json& command, std::string_view summary, std::string_view prose) {
  const std::string name = command["name"].get<std::string>();
  std::string text = "# NAME\n\nmlsys-" + name + " - " + escaped(summary) + "\n\n# SYNOPSIS\n\n";
  for (const auto& verb : command["verbs"])
    text += "    " + verb["usage"].get<std::string>().substr(std::string_view("usage: ").size()) + "\n";
  text += "\n# DESCRIPTION\n\n" + std::string(trim(prose)) + "\n\n";
  for (const auto& verb : command["verbs"]) {
    const auto verb_name = verb["name"].get<std::string>();
    text += verb_name.empty() ? "# OPTIONS\n\n" : "# VERB " + verb_name + "\n\n";
    if (!verb_name.empty()) text += escaped(verb["summary"].get<std::string>()) + ".\n\n";
    text += options_of(verb, false);
  }
  text += "# COMMON OPTIONS\n\n" + options_of(command["verbs"].front(), true);
  text += "# EXAMPLES\n\n";
  for (const auto& verb : command["verbs"])
    for (const auto& example : verb["examples"])
      text +=
          escaped(example["what"].get<std::string>()) + ":\n\n    " + example["command"].get<std::string>() + "\n\n";
  return text + std::string(kExitStatus);
}

std::string topic(std::string_view name, std::string_view summary, std::string_view prose) {
  return "# NAME\n\nmlsys-" + std::string(name) + " - " + escaped(summary) + "\n\n# DESCRIPTION\n\n" +
         std::string(trim(prose)) + "\n";
}

}  // namespace mlsys::docs
