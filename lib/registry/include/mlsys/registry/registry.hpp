// Registered models: numbered versions of a name, aliases such as "champion", and an append-only record of who changed
// what, when and on which evidence. Everything here survives power loss once it has returned.
//
//   - versions count from 1 and are never used again
//   - an alias points to one version; it is neither "latest" nor v1, v2, …; 1 to 250 characters A-Z a-z 0-9 _ - .
//   - model names have 1 to 250 characters without / @ : and control characters, and do not begin with . or -
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::registry {

// Of a version that was imported: what it was where it came from.
struct Origin {
  std::string run_id;  // that made it, and need not be in this store; empty when none is known
  std::optional<Millis> registered;
};

struct Version {
  std::string name;
  std::int64_t version = 0;
  std::vector<std::string> aliases;  // sorted
  std::string run_id;                // of this store; empty when it has none
  std::string digest;                // of the bundle
  std::filesystem::path model;       // where the bundle lies
  std::string source;                // what was registered, as it was written
  std::string description;
  std::string user;
  Millis created;
  std::map<std::string, std::string> tags;
  std::optional<Origin> origin;
};
// {"name", "version", "aliases", "run_id", "model", "digest", ...} and, when it was imported, "origin"
MLSYS_EXPORT Json to_json(const Version& version);

struct RegisterOptions {
  std::string name;              // made when it does not exist
  std::filesystem::path bundle;  // a bundle directory: checked by the caller, copied into the store here
  std::string digest;            // of the bundle that was checked: another one by now is a conflict; any when empty
  std::string run_id;            // the run it came from, if any
  std::string source;            // "run:1f3a…" or the path as it was written
  std::string description;
  std::map<std::string, std::string> tags;
  std::vector<std::string> aliases;  // set at once
  bool new_alias = false;            // make them without asking check_new_alias()
  std::string operation;
};
struct Registered {
  Version version;
  bool known = false;  // it was there before
};
// Registering the same bundle under the same name again makes no new version: it returns the existing one, with the
// description and the tags that are given now, which is recorded as a change of it.
MLSYS_EXPORT Registered register_model(store::Store& store, const RegisterOptions& options, Context& context);

struct PromoteOptions {
  std::string name;
  std::int64_t version = 0;
  std::string alias = "champion";
  std::string reason;
  std::string evidence;  // JSON text: gates and their fresh values; empty when there were none
  // When set: Code::conflict unless the alias points to this version (0: to none) when the change is made, so that a
  // decision against one champion is not carried out against another.
  std::optional<std::int64_t> expected;
  bool new_alias = false;  // make it without asking check_new_alias()
  std::string operation;
  std::string asked;  // in words of the caller's: the gates and their data; others make another operation of it
};
struct Promotion {
  std::int64_t id = 0;
  std::string name;
  std::string alias;
  std::int64_t version = 0;   // 0: the alias was removed
  std::int64_t previous = 0;  // 0: there was none
  std::string action;         // "promote", "rollback", "remove"
  std::string reason;
  std::string evidence;  // JSON text or empty
  std::string user;
  Millis time;
};
MLSYS_EXPORT Json to_json(const Promotion& promotion);

// Points the alias at the version, in one step. Pointing it where it points already changes nothing and is recorded.
MLSYS_EXPORT Promotion promote(store::Store& store, const PromoteOptions& options, Context& context);
// Adds to the record that this was asked for and refused on that evidence. Changes nothing else.
MLSYS_EXPORT void refuse(store::Store& store, const PromoteOptions& options, Context& context);

// What came of it when this operation was asked for before.
struct Decision {
  std::optional<Promotion> promotion;  // absent: it was refused
  std::string evidence;                // JSON text or empty
};
// Nothing when there was no such operation, or none is named. Throws Code::conflict when it was another write.
MLSYS_EXPORT std::optional<Decision> earlier_decision(store::Store& store, const PromoteOptions& options);
// Points the alias to where it pointed before its present version was promoted: a second rollback goes one further
// back. Code::not_found when there is nothing to go back to.
MLSYS_EXPORT Promotion rollback(store::Store& store, const std::string& name, const std::string& alias,
                                const std::string& reason, Context& context, const std::string& operation = {});
MLSYS_EXPORT Promotion remove_alias(store::Store& store, const std::string& name, const std::string& alias,
                                    const std::string& reason, Context& context);

struct Model {
  std::string name;
  std::string description;
  Millis created;
  std::map<std::string, std::int64_t> aliases;
  std::map<std::string, std::string> tags;
  std::vector<Version> versions;  // newest first
};
MLSYS_EXPORT Json to_json(const Model& model);

// All reads take the time at which to look: nothing for now.
MLSYS_EXPORT std::vector<Model> models(store::Store& store, std::optional<Millis> as_of = std::nullopt);
MLSYS_EXPORT Model model(store::Store& store, const std::string& name, std::optional<Millis> as_of = std::nullopt);
MLSYS_EXPORT Version version(store::Store& store, const std::string& name, std::int64_t number,
                             std::optional<Millis> as_of = std::nullopt);
// Code::not_found, with what there is instead.
MLSYS_EXPORT Version by_alias(store::Store& store, const std::string& name, const std::string& alias,
                              std::optional<Millis> as_of = std::nullopt);
// The champion, else the only version; Code::usage listing the versions when there are several.
MLSYS_EXPORT Version by_name(store::Store& store, const std::string& name, std::optional<Millis> as_of = std::nullopt);

// Newest first.
MLSYS_EXPORT std::vector<Promotion> promotions(store::Store& store, const std::string& name,
                                               std::optional<Millis> as_of = std::nullopt);

struct AuditEntry {
  std::int64_t id = 0;
  Millis time;
  std::string user;
  std::string host;
  std::string action;   // "register", "promote", "rollback", "delete", ...
  std::string subject;  // "fraud/3"
  std::string detail;   // JSON text
  std::string operation;
};
MLSYS_EXPORT Json to_json(const AuditEntry& entry);
// Everything that happened to a model, newest first; to all models when `name` is empty.
MLSYS_EXPORT std::vector<AuditEntry> audit(store::Store& store, const std::string& name,
                                           std::optional<Millis> as_of = std::nullopt);

// A version that an alias points to cannot be deleted (Code::failed). The record of it stays.
MLSYS_EXPORT void delete_version(store::Store& store, const std::string& name, std::int64_t number,
                                 const std::string& reason, Context& context);

// What people say of a model, or of one version of it. Recorded, and not part of what --as-of reads.
struct Annotation {
  std::string name;
  std::optional<std::int64_t> version;  // the model itself when empty
  std::optional<std::string> description;
  std::map<std::string, std::string> tags;  // set or replaced
  std::vector<std::string> untag;           // Code::not_found when there is no such tag
};
// All of it or nothing.
MLSYS_EXPORT void annotate(store::Store& store, const Annotation& annotation, Context& context);

// Throw Code::usage.
MLSYS_EXPORT void check_model_name(const std::string& name);
MLSYS_EXPORT void check_alias(const std::string& alias);
// An alias that the model does not have is made when something is promoted to it. Throws Code::not_found when it reads
// like one that the model has, or like "champion": whoever asks for that one would never learn of the promotion.
MLSYS_EXPORT void check_new_alias(store::Store& store, const std::string& name, const std::string& alias);
// The same of an alias that is only asked for: what reads like another one is a slip, not something that is yet to
// come.
MLSYS_EXPORT void check_asked_alias(store::Store& store, const std::string& name, const std::string& alias);

}  // namespace mlsys::registry
