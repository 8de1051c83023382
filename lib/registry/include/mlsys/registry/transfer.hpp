// Registered models as files: a folder to keep in a CI cache, in Git or on another machine, and to read into another
// store.
//
//   registry.json       models, versions, aliases, and the decisions behind the aliases (schema mlsys.registry/1)
//   bundles/<sha256>/   the versions' bundles, as in the store
//
// The same state of the registry gives the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::registry {

struct ExportOptions {
  std::vector<std::string> models;  // "fraud", "fraud/3", "fraud@champion"; every model when empty
  std::filesystem::path target;     // a new folder, or an export, which is replaced at once
};
struct ExportReport {
  std::filesystem::path target;
  std::vector<std::string> versions;  // "fraud/1"
  std::vector<std::string> aliases;   // "fraud@champion"
  std::uint64_t bundles = 0;
  std::uint64_t bytes = 0;  // of the bundles
};
// Aliases are exported with the versions that they point to. Every bundle is checked against its digest. Throws
// Code::not_found, Code::usage for a target that is something else, Code::integrity.
MLSYS_EXPORT ExportReport export_models(store::Store& store, const ExportOptions& options, Context& context);
// {"schema": "mlsys.models/1", "export", "versions", "aliases", "bundles", "bytes"}
MLSYS_EXPORT Json to_json(const ExportReport& report);

struct ImportOptions {
  std::filesystem::path source;
  bool move_aliases = false;  // aliases that point elsewhere here are moved instead of being a conflict
  bool dry_run = false;
  // Called with the bundle of each version whose files are taken, before anything is written: to replay its golden
  // rows.
  std::function<void(const std::filesystem::path& bundle)> check;
};
struct ImportReport {
  std::filesystem::path source;
  bool dry_run = false;
  std::vector<std::string> versions;  // those that are new: "fraud/3"
  std::vector<std::string> known;     // those that were here already
  std::vector<std::string> restored;  // of these, those whose files were lost or altered and are there again
  std::vector<std::string> aliases;   // those that were set: "fraud@champion"
};
// Versions keep their numbers, so that fraud/3 means the same everywhere, and aliases the evidence they were set on.
// Importing again changes nothing, but for files that were lost or altered here, which are restored. All of it happens
// in one step, or nothing: Code::conflict when a number is taken by another bundle or was deleted, when a bundle is
// here under another number, or when an alias points elsewhere; Code::integrity when a file is not what its digest
// says, Code::not_found when `source` is no export. The link to a run is kept when the run is here; its id and the time
// of registration there are kept in any case.
MLSYS_EXPORT ImportReport import_models(store::Store& store, const ImportOptions& options, Context& context);
// {"schema": "mlsys.models/1", "import", "dry_run", "versions", "known", "restored", "aliases"}
MLSYS_EXPORT Json to_json(const ImportReport& report);

}  // namespace mlsys::registry
