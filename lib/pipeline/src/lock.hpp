// What is remembered of the last run of each step: <state>/recipes/<name>.json, schema mlsys.recipe.lock/1.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/pipeline/recipe.hpp"

namespace mlsys::pipeline {

// Path to digest: the SHA-256 of a file, "tree:" and the tree digest of a folder, "" for what is not there.
using Digests = std::map<std::string, std::string>;

struct StepLock {
  std::vector<std::string> command;
  std::map<std::string, std::string> params;
  std::string mlsys;  // version of mlsys when the command is its own
  Digests deps;
  Digests outs;
};

struct Lock {
  std::map<std::string, StepLock> steps;
};

// An absent file is an empty lock. Throws Error for a damaged one, with a hint how to go on.
Lock read_lock(const std::filesystem::path& file);
void write_lock(const std::filesystem::path& file, const Lock& lock);

Digests digest_paths(const std::vector<std::string>& paths, const std::filesystem::path& directory, Context& context);

// The lock of a step as it would be written if it ran now, without its outs.
StepLock describe(const Step& step);

// Why a step must run; empty when it need not. `deps` and `outs` are as they are now.
std::string why_run(const Step& step, const StepLock* before, const Digests& deps, const Digests& outs);

}  // namespace mlsys::pipeline
