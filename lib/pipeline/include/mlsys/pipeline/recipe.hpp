// A recipe: steps that make files from files, each one command. recipe.json, schema mlsys.recipe/1:
//
//   {"schema": "mlsys.recipe/1",
//    "name": "flight-delay",
//    "description": "…",                                 optional
//    "variables": {"data": "flights.parquet"},           optional; --set data=… gives them other values
//    "steps": [
//      {"name": "train",
//       "description": "…",                              optional
//       "command": ["mlsys", "train", "${data}", "--target", "late", "--rounds", "${rounds}", "-o", "model"],
//       "params": {"rounds": 60},                        optional; variables of this step alone (--set train.rounds=80)
//       "deps": ["${data}"],                             files and folders it reads
//       "outs": ["model"],                               files and folders it makes
//       "stdout": "train.json",                          optional; this file gets its standard output, and is an out
//       "always": false}                                 optional; never skipped: for what depends on more than files
//    ]}
//
// Commands are run as they are, without a shell. `mlsys` as the first word means the program that runs the recipe.
// In command, deps, outs and stdout, ${name} is a param of the step, a variable, or ${recipe}, the folder of the recipe
// file; $$ is a dollar sign. Relative paths belong to the project's folder, where commands run too.
//
// A step comes after the steps whose outs it depends on: the same path, a folder around it or something inside it.
// Otherwise steps keep the order of the file.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"

namespace mlsys::pipeline {

struct Step {
  std::string name;
  std::string description;
  std::vector<std::string> command;
  std::vector<std::string> deps;
  std::vector<std::string> outs;              // with `stdout_file` last, when there is one
  std::string stdout_file;                    // empty: shown
  std::map<std::string, std::string> params;  // numbers and booleans as they were written
  bool always = false;
};

struct Recipe {
  std::string name;
  std::string description;
  std::map<std::string, std::string> variables;
  std::vector<Step> steps;
};

// Strict and without looking at any file. Throws Error(Code::usage) that names `subject` and the key.
MLSYS_EXPORT Recipe parse_recipe(std::string_view text, std::string_view subject);

// The file meant by an argument: a file, a folder with a recipe.json, the name of a recipe in <project>/recipes or in
// `installed` (share/mlsys/recipes), or, when empty, <project>/recipe.json. Throws Code::not_found.
MLSYS_EXPORT std::filesystem::path find_recipe(const std::string& argument, const std::filesystem::path& project,
                                               const std::filesystem::path& installed);

// All variables and params replaced by their values and paths brought into one form: relative to `project`, an absolute
// path, when they lie inside it, absolute otherwise, `recipe_folder` too; then orders the steps. `settings` are "name"
// for variables and "step.name" for params. Throws Error(Code::usage) for an unknown or unfinished variable, an unknown
// setting (with a suggestion), two steps that make the same file, and steps that depend on each other in a circle.
MLSYS_EXPORT Recipe resolve(const Recipe& recipe, const std::map<std::string, std::string>& settings,
                            const std::filesystem::path& recipe_folder, const std::filesystem::path& project);

// Reads, parses and resolves a recipe file.
MLSYS_EXPORT Recipe read_recipe(const std::filesystem::path& file, const std::map<std::string, std::string>& settings,
                                const std::filesystem::path& project);

// Indices of the steps that step `index` of a resolved recipe depends on directly, ascending.
MLSYS_EXPORT std::vector<std::size_t> upstream(const Recipe& resolved, std::size_t index);

enum class GraphFormat { text, mermaid, dot };

// The steps and files of a resolved recipe.
MLSYS_EXPORT std::string graph(const Recipe& resolved, GraphFormat format);
// {"schema": "mlsys.recipe.graph/1", name, steps: [{name, description, command, deps, outs, after}]}
MLSYS_EXPORT Json graph_json(const Recipe& resolved);

}  // namespace mlsys::pipeline

template <>
struct mlsys::NameTable<mlsys::pipeline::GraphFormat> {
  using T = mlsys::pipeline::GraphFormat;
  static constexpr std::string_view what = "graph format";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::text, "text", "a numbered list"},
      {T::mermaid, "mermaid", "for Markdown"},
      {T::dot, "dot", "for Graphviz"},
  });
};
