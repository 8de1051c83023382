// The dispatcher: finds the subcommand, loads its module, parses, runs, and turns the one Error into text and status.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {

// The group of the options that every verb has.
inline constexpr std::string_view kCommonGroup = "Common options";

struct CommandSummary {
  std::string_view name;
  std::string_view group;
  std::string_view summary;
};

// Every subcommand, in the order of the help text. Made from commands.def.
MLSYS_EXPORT std::span<const CommandSummary> commands();

// What `mlsys help` explains besides commands; each has man/<name>.md too.
struct Topic {
  std::string_view name;
  std::string_view summary;
};
MLSYS_EXPORT std::span<const Topic> topics();

// Loads <commands>/<name>.so. Throws Error(Code::failed) when it is missing or of another build.
MLSYS_EXPORT const CommandInfo& load_command(std::string_view name);

// The verb of a module that has but one: for a verb that needs more libraries than those beside it.
MLSYS_EXPORT std::unique_ptr<Verb> load_verb(std::string_view module);

// The text of `mlsys <command> [verb] --help`, `columns` wide.
MLSYS_EXPORT std::string help_text(const CommandInfo& command, const VerbInfo& verb, std::size_t columns, bool colour);
MLSYS_EXPORT std::string usage_line(const CommandInfo& command, const VerbInfo& verb, const Options& options);

// The whole command line as JSON: what manuals and completion are made from.
MLSYS_EXPORT Json describe(const CommandInfo& command);

// Runs `mlsys` and returns its exit status.
MLSYS_EXPORT int run(const std::vector<std::string>& arguments);

}  // namespace mlsys::frame
