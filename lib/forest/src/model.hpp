// A booster as its file states it, checked so that walking it can neither leave its arrays nor loop, whoever walks:
// what the forest does not read but XGBoost goes by is checked as well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "objective.hpp"

namespace mlsys::forest {

// One array element per node; node 0 is the root. Nodes that the root does not reach have arbitrary contents.
struct Tree {
  std::vector<std::int32_t> left;      // -1 for a leaf; the right child is left + 1
  std::vector<std::uint32_t> feature;  // of a split
  std::vector<float> value;            // threshold of a numeric split, or what a leaf adds
  std::vector<std::uint8_t> to_left;   // where a missing value goes
  std::vector<std::int32_t> set;       // of a categorical split: index into `sets`, else -1
  std::vector<std::uint32_t> sets;     // set s is codes[sets[s]] … codes[sets[s + 1] - 1]
  std::vector<std::int32_t> codes;     // ascending within a set; these go right
  std::size_t output = 0;              // to which margin its leaves are added
};

struct Model {
  std::string version;
  std::size_t features = 0;
  std::size_t outputs = 1;
  std::string objective_name;
  Objective objective;
  std::vector<float> base;  // margin of each output before the first tree
  std::vector<Tree> trees;
  std::vector<std::size_t> rounds;                   // round i is trees rounds[i] … rounds[i + 1] - 1
  std::vector<std::string> names;                    // of features, or empty
  std::vector<std::string> types;                    // of features, or empty; "c" is categorical
  std::vector<std::vector<std::string>> categories;  // of the first features; empty for those without names
  std::string uncovered;  // why the forest does not evaluate it although it is sound; `trees` may then be incomplete
};

// Why a model is not covered, found before all of it was checked.
struct Unsupported {
  std::string reason;
};

// Throws Malformed or Unsupported. What is returned has been checked throughout, be it covered or not.
Model read_model(const Value& value);

}  // namespace mlsys::forest
