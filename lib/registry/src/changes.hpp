// What every change of the registry is made of. All of it happens within a write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mlsys/base/json_fwd.hpp"
#include "mlsys/registry/registry.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::registry {

std::int64_t key_number(store::Store& store, const std::string& key);  // made when it does not exist
// The model's row, made when it does not exist.
std::int64_t model_for_writing(store::Store& store, const std::string& name, const store::Write& write);

// What is no text could not be read as it was written. The second throws Code::failed for it.
bool is_note(std::string_view text);
void check_note(std::string_view what, std::string_view text);

// Adds to the audit log.
void record(store::Store& store, const store::Write& write, std::string_view action, const std::string& model,
            const std::string& subject, const Json& detail);

// Of a model or version that exists.
void annotate_within(store::Store& store, const store::Write& write, const Annotation& annotation);

struct AliasTarget {
  std::int64_t id = 0;       // of the row in versions
  std::int64_t version = 0;  // its number; 0: there is none
};

AliasTarget alias_target(store::Store& store, std::int64_t model, const std::string& alias);

// Moves the alias and records it. Returns the promotion's id as the write's result.
std::string move_alias(store::Store& store, const store::Write& write, std::int64_t model, const std::string& name,
                       const std::string& alias, std::string_view action, AliasTarget from, AliasTarget to,
                       const std::string& reason, const std::string& evidence);

}  // namespace mlsys::registry
