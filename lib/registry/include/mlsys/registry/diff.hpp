// What differs between two models: what they were trained for, on what and how, what they ask of their inputs, and how
// their runs measured them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/registry/reference.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::registry {

struct ModelDifference {
  // "model"      what bundle.json says of the whole: task, target, rounds, threshold, …
  // "parameter"  of training: of the bundle, and what else the run logged as parameters
  // "feature"    its type, kind and number of categories
  // "derivation" how a column is computed
  // "contract"   what is asked of a column, or (keys, severity, checks) of the table
  // "data"       what it was trained and validated on, by role
  // "engine"     versions of the programs that made it
  // "metric"     the latest points of the run's metrics
  std::string section;
  std::string key;
  std::string before;  // JSON text; empty when it has none
  std::string after;
  std::string change;  // for people: "+0.012", "3 categories added, 1 removed"
};
struct ModelDiff {
  std::string before;  // what was compared, as ResolvedModel::label() says
  std::string after;
  std::string before_digest;  // of the bundles; equal ones have no differences but those of their runs
  std::string after_digest;
  std::vector<ModelDifference> differences;  // by section in the order above, then by key
  std::vector<std::string> notes;            // what could not be compared: a run that is not in this store
};
// Bundles of the store are checked against their digests, folders are read as they are. Throws what resolve() throws,
// and Code::usage for packages, which are to be unpacked or registered first, and for a time when neither is
// registered.
MLSYS_EXPORT ModelDiff diff(store::Store& store, std::string_view before, std::string_view after,
                            const ResolveOptions& options, Context& context);
// {"before", "after", "same": whether the bundles are, "differences": [{"section", "key", "before", "after",
// "change"}]}
MLSYS_EXPORT Json to_json(const ModelDiff& diff);

}  // namespace mlsys::registry
