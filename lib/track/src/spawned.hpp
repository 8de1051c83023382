// Another program, as posix_spawn starts it.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace mlsys::track {

struct Spawned {
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> variables;  // of its environment, beside ours
  sigset_t mask{};
  bool own_group = false;
  bool own_terminal = false;  // its group is in the foreground of the terminal at standard input
  int out = -1;               // what its standard output and error are to be; ours when -1
  int err = -1;
  std::string output;  // a file for its standard output; its other streams are then empty

  // Throws Code::not_found when there is no such program, else Code::failed.
  [[nodiscard]] pid_t start() const;
};

}  // namespace mlsys::track
