// Runs one command and hands on what it writes, line by line.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"

namespace mlsys::pipeline {

enum class Stream { out, err };

struct Command {
  std::vector<std::string> words;
  std::filesystem::path program;    // run instead of a search for words[0] when not empty
  std::filesystem::path directory;  // where it runs
  std::filesystem::path out_file;   // receives its standard output when not empty
};

// Called for each line without its newline; lines longer than 64 KiB come in pieces.
using OnLine = std::function<void(Stream, std::string_view)>;

// Returns the exit code, 128 + N when signal N ended it. The command has no standard input and its own process group,
// which is told when `context` is stopped; then throws Code::interrupted once it has ended. Throws Code::failed when it
// cannot be started, with the reason.
int run_command(const Command& command, const OnLine& on_line, const Context& context);

}  // namespace mlsys::pipeline
