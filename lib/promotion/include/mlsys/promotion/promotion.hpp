// Promotion on evidence: a version is measured anew on given data, and the alias moves only when every gate holds. What
// was measured is stored with the decision.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/eval/evaluate.hpp"
#include "mlsys/registry/registry.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::promotion {

struct PromotionOptions {
  // The version, the alias, the reason and the operation; evidence and expectation are filled in here.
  registry::PromoteOptions to;

  // The data in `source.argument`, the gates in `require`, and how to read and measure; the model and its rival are
  // filled in here. Numbers that were recorded with the run are never evidence.
  eval::EvalOptions evaluation;

  // A model to beat on the same rows: an alias of the same model, such as "champion", or any model reference. When it
  // is the alias that is moved, the move is given up (Code::conflict) if the alias is moved by others meanwhile.
  std::optional<std::string> require_better;
  double margin = 0;
  std::optional<double> alpha;
  std::optional<std::uint64_t> max_unpacked;  // bytes of a rival in a package; else package::Limits
  bool pass_if_missing = false;               // there is no such model yet: counts as beaten instead of Code::not_found
};

struct PromotionReport {
  bool passed = true;
  registry::Version version;                     // as it is after the decision
  std::optional<registry::Promotion> promotion;  // absent when a gate did not hold: nothing was changed
  std::optional<eval::EvalReport> evidence;      // absent when no data were given, or none were measured now
  // The operation was decided before: nothing was measured or changed now. The evidence of then, JSON text or empty.
  std::optional<std::string> repeated;
};

// Throws Code::usage for gates without data or a model to beat without a name, and what eval::evaluate,
// registry::promote and registry::resolve throw. The golden rows of the model are not replayed: registering did that.
MLSYS_EXPORT PromotionReport promote(store::Store& store, const PromotionOptions& options, Context& context);

// The keys of the version, "verdict", "gates", "alias", "previous" and, with data, "evidence".
MLSYS_EXPORT Json to_json(const PromotionReport& report);

}  // namespace mlsys::promotion
