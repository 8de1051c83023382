// A model named on the command line, made ready to use: resolved, unpacked when it is a package, loaded and verified.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "as_of.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/frame/session.hpp"
#include "mlsys/package/package.hpp"
#include "mlsys/registry/reference.hpp"
#include "package_limits.hpp"

namespace mlsys::frame {

struct LoadedModel {
  registry::ResolvedModel resolved;
  std::optional<package::OpenedPackage> package;  // keeps the unpacked files
  bundle::Bundle bundle;

  [[nodiscard]] std::string label() const { return resolved.label(); }
};

// Names and aliases mean what they meant `as_of` then (as_of.hpp). Errors are those of registry::resolve.
inline registry::ResolvedModel resolve_model(const std::string& reference, Session& session,
                                             const std::string& as_of = {}) {
  registry::ResolveOptions options;
  options.as_of = parse_as_of(as_of);
  return registry::resolve(session.project().state, reference, options, session.context());
}

// The same, and nothing with a reason when there is no such model yet: see registry::resolve_if_any.
inline std::optional<registry::ResolvedModel> resolve_model_if_any(const std::string& reference, Session& session,
                                                                   const std::string& as_of, std::string& reason) {
  registry::ResolveOptions options;
  options.as_of = parse_as_of(as_of);
  return registry::resolve_if_any(session.project().state, reference, options, session.context(), reason);
}

// Errors are those of package::refuse_other_file, package::open_package and bundle::Bundle::load.
inline LoadedModel load_model(registry::ResolvedModel resolved, Session& session) {
  std::optional<package::OpenedPackage> opened;
  if (resolved.kind == registry::ResolvedModel::Kind::package) {
    package::refuse_other_file(resolved.path);
    opened.emplace(package::open_package(resolved.path, session.context(), package_limits(session)));
  }
  auto bundle = bundle::Bundle::load(opened ? opened->bundle() : resolved.path);
  return {std::move(resolved), std::move(opened), std::move(bundle)};
}

// Those and the errors of registry::load_resolved.
inline LoadedModel load_model(const std::string& reference, Session& session, const std::string& as_of = {}) {
  registry::ResolveOptions options;
  options.as_of = parse_as_of(as_of);
  std::optional<LoadedModel> loaded;
  registry::load_resolved(session.project().state, reference, options, session.context(),
                          [&](const registry::ResolvedModel& model) { loaded.emplace(load_model(model, session)); });
  return std::move(*loaded);
}

}  // namespace mlsys::frame
