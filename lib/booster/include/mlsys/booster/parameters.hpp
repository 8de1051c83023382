// The names of XGBoost's parameters, so that a misspelt one is an error (XGBoost itself only warns).
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "mlsys/base/export.hpp"

namespace mlsys::booster {

using Parameters = std::map<std::string, std::string>;

struct Parameter {
  std::string_view name;   // as in XGBoost's manual
  std::string_view alias;  // another name for it, or empty
  std::string_view help;
};

// What may be set, in the order of the manual.
MLSYS_EXPORT std::span<const Parameter> parameters();

// "eta=0.1" taken apart; the name is replaced by the manual's when an alias was given. Throws Code::usage when there is
// no '=', for an unknown name (with a suggestion) and for one that mlsys sets itself (with the option to use instead).
MLSYS_EXPORT std::pair<std::string, std::string> parse_parameter(std::string_view text);

// Lets XGBoost check names and values before any data are read. Throws Code::usage for a value that is malformed or out
// of range, and for a parameter that has no effect in this combination (rate_drop without booster=dart). Of constraints
// on features (constraints.hpp) only the form is checked here.
MLSYS_EXPORT void check_parameters(const Parameters& asked);

// True when a larger value of this eval_metric of XGBoost's is better: auc, aucpr, ndcg, map, pre, ams, each also with
// its "@n" and "-".
MLSYS_EXPORT bool larger_is_better(std::string_view eval_metric);

}  // namespace mlsys::booster
