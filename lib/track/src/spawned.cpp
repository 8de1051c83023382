#include "spawned.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::track {
namespace {

struct Actions {
  Actions() { posix_spawn_file_actions_init(&raw); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  ~Actions() { posix_spawn_file_actions_destroy(&raw); }
  posix_spawn_file_actions_t raw{};
};

struct Attributes {
  Attributes() { posix_spawnattr_init(&raw); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&raw); }
  posix_spawnattr_t raw{};
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

pid_t Spawned::start() const {
  Attributes attributes;
  posix_spawnattr_setsigmask(&attributes.raw, &mask);
  posix_spawnattr_setflags(&attributes.raw,
                           static_cast<short>(POSIX_SPAWN_SETSIGMASK | (own_group ? POSIX_SPAWN_SETPGROUP : 0)));
  Actions actions;
  if (own_terminal) posix_spawn_file_actions_addtcsetpgrp_np(&actions.raw, STDIN_FILENO);
  if (out >= 0) posix_spawn_file_actions_adddup2(&actions.raw, out, STDOUT_FILENO);
  if (err >= 0) posix_spawn_file_actions_adddup2(&actions.raw, err, STDERR_FILENO);
  if (!output.empty()) {
    posix_spawn_file_actions_addopen(&actions.raw, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions.raw, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions.raw, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const bool replaced = std::any_of(variables.begin(), variables.end(), [&](const auto& variable) {
      return text.starts_with(variable.first) && text.substr(variable.first.size()).starts_with('=');
    });
    if (!replaced) environment.emplace_back(text);
  }
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  std::vector<std::string> arguments = command;
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments.front().c_str(), &actions.raw, &attributes.raw,
                                 pointers(arguments).data(), pointers(environment).data());
  if (error != 0)
    throw Error(error == ENOENT ? Code::not_found : Code::failed,
                fmt::format("cannot run {}: {}", quoted(command.front()), strerrordesc_np(error)),
                error == ENOENT ? "check its name and $PATH" : "");
  return child;
}

}  // namespace mlsys::track
