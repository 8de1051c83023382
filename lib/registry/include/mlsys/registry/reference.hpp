// How people name models on the command line.
//
//   run:ID  run:@last        the model of a run; ID may be any unique beginning of an id
//   @last   @last~2          the model of the newest run, of the one two before it
//   name@alias               the version an alias points to
//   name/3  name/v3          a version
//   name    model:name       its champion, else its only version
//   dir/    ./dir   a.tar.zst   a bundle directory or a package file
//   ID                       a run, when nothing else has that name
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::registry {

// What the words of a reference can mean; text alone cannot tell a name from a folder. Several may be set.
struct ModelReference {
  std::string text;
  std::optional<std::string> run;       // id, beginning of one, "@last" or "@last~N"
  std::optional<std::string> model;     // a registered model's name
  std::optional<std::string> alias;     // with `model`
  std::optional<std::int64_t> version;  // with `model`
  std::optional<std::filesystem::path> path;
};

// Only reads the text. Throws Error(Code::usage) when it can mean nothing.
MLSYS_EXPORT ModelReference parse_model_reference(std::string_view text);

struct MLSYS_EXPORT ResolvedModel {
  enum class Kind { bundle, package };
  Kind kind = Kind::bundle;
  std::filesystem::path path;               // the bundle directory, or the package file for the caller to unpack
  std::string digest;                       // of a bundle in the store; empty for paths
  std::string name;                         // of a registered model
  std::optional<std::int64_t> version;      // with `name`
  std::string run_id;                       // empty when not known
  [[nodiscard]] std::string label() const;  // "fraud/3", "run:1f3a…", or the path: for messages and records
};

struct ResolveOptions {
  std::optional<Millis> as_of;  // read the registry as it was then
  store::Check check = store::Check::digest;
};

// Throws Code::not_found when nothing has that name, Code::usage when it can be read in two ways (naming both) or is
// a bare name without champion and with several versions (listing them), Code::integrity when the stored bundle is
// damaged or lost. What others delete and collect meanwhile is looked up again: then it is not found, or the alias
// points elsewhere. `folder` is the store's; it need not exist when the reference is a path.
MLSYS_EXPORT ResolvedModel resolve(const std::filesystem::path& folder, std::string_view reference,
                                   const ResolveOptions& options, Context& context);
MLSYS_EXPORT ResolvedModel resolve(store::Store& store, std::string_view reference, const ResolveOptions& options,
                                   Context& context);

// Resolves and has `load` read the files of what was found. When it was deleted and collected before that was done,
// both happen again, with what the reference means then. Errors are those of both.
MLSYS_EXPORT void load_resolved(const std::filesystem::path& folder, std::string_view reference,
                                const ResolveOptions& options, Context& context,
                                const std::function<void(const ResolvedModel&)>& load);
MLSYS_EXPORT void load_resolved(store::Store& store, std::string_view reference, const ResolveOptions& options,
                                Context& context, const std::function<void(const ResolvedModel&)>& load);

// As resolve(), but nothing when there is no such model yet; `reason` then says so. An alias that reads like one that
// the registered model has, or like "champion", and a version that it does not have are slips and stay Code::not_found.
MLSYS_EXPORT std::optional<ResolvedModel> resolve_if_any(const std::filesystem::path& folder,
                                                         std::string_view reference, const ResolveOptions& options,
                                                         Context& context, std::string& reason);
MLSYS_EXPORT std::optional<ResolvedModel> resolve_if_any(store::Store& store, std::string_view reference,
                                                         const ResolveOptions& options, Context& context,
                                                         std::string& reason);

// Only registered models have a past. Throws Code::usage when a time was given and none of these (some may be null) is
// one, since it would be ignored in silence.
MLSYS_EXPORT void require_past(std::optional<Millis> as_of, std::initializer_list<const ResolvedModel*> models);

}  // namespace mlsys::registry
