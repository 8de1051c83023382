// What a model in the store was made from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/registry/registry.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::registry {

struct Lineage {
  struct Data {
    std::string role;  // "train", "valid"
    std::string source;
    std::string digest;
    std::uint64_t rows = 0;  // 0: not recorded
  };
  std::string model;              // "fraud/3", "run:1f3a…"
  std::string digest;             // of the bundle
  std::string contract;           // SHA-256 of the data contract within it; empty when it has none
  std::vector<Data> data;         // what it was trained on, by the bundle
  std::vector<Version> versions;  // of the same bundle
  std::string made_by;            // id of the run that made it, in this store or not; empty when none is known
  std::optional<track::Run> run;  // the same when it is in this store
  std::string parent;             // id of the run that it is a part of; empty when there is none
};
// Bundles carry what they were made from, so that versions which came from another store have it too. Throws
// Code::usage for a model that is not in the store, and what resolve() does. With a time it is that of what `reference`
// named then, with the versions and aliases of then.
MLSYS_EXPORT Lineage lineage(store::Store& store, std::string_view reference, Context& context,
                             std::optional<Millis> as_of = std::nullopt);
// {"schema": "mlsys.lineage/1", "model", "digest", "contract", "data", "versions", "made_by", "parent", "run"}
MLSYS_EXPORT Json to_json(const Lineage& lineage);

}  // namespace mlsys::registry
