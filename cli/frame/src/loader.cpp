#include <dlfcn.h>

#include <array>
#include <cstring>

#include "mlsys/base/install.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/frame.hpp"

namespace mlsys::frame {
namespace {

constexpr std::array kCommands = std::to_array<CommandSummary>({
#define COMMAND(name, group, summary) {name, group, summary},
#include "../commands.def"
#undef COMMAND
});

constexpr std::array kTopics = std::to_array<Topic>({
    {"json", "Documents that --json prints, files, and the schemas of both"},
});

}  // namespace

std::span<const CommandSummary> commands() { return kCommands; }
std::span<const Topic> topics() { return kTopics; }

const CommandInfo& load_command(std::string_view name) {
  const auto file = install_paths().commands / (std::string(name) + ".so");
  const auto broken = [&](const std::string& why) {
    return Error(Code::failed, "cannot load the command " + quoted(name) + ": " + why,
                 "this installation is incomplete or mixed; install mlsys again");
  };
  // Never closed: exceptions and vtables of the module live on until the process ends.
  void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!module) throw broken(dlerror());
  const auto entry = reinterpret_cast<CommandEntry>(dlsym(module, "mlsys_command"));
  if (!entry) throw broken(file.string() + " is not a command module");
  const CommandInfo* info = entry();
  if (std::strcmp(info->build, build_id()) != 0)
    throw broken(file.string() + " is of build " + info->build + ", not " + build_id());
  return *info;
}

std::unique_ptr<Verb> load_verb(std::string_view module) { return load_command(module).verbs.front().make(); }

}  // namespace mlsys::frame
