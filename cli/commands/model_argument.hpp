// A model named on the command line, made ready to use: resolved, unpacked when it is a package, loaded and verified.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "mlsys/bundle/bundle.hpp"
#include "mlsys/frame/session.hpp"
#include "mlsys/package/package.hpp"
#include "mlsys/registry/reference.hpp"

namespace mlsys::frame {

struct LoadedModel {
  registry::ResolvedModel resolved;
  std::optional<package::OpenedPackage> package;  // keeps the unpacked files
  bundle::Bundle bundle;

  [[nodiscard]] std::string label() const { return resolved.label(); }
};

// Errors are those of registry::resolve, package::open_package and bundle::Bundle::load.
inline LoadedModel load_model(const std::string& reference, Session& session) {
  auto resolved = registry::resolve(session.project().state, reference, {}, session.context());
  std::optional<package::OpenedPackage> opened;
  if (resolved.kind == registry::ResolvedModel::Kind::package)
    opened.emplace(package::open_package(resolved.path, session.context()));
  auto bundle = bundle::Bundle::load(opened ? opened->bundle() : resolved.path);
  return {std::move(resolved), std::move(opened), std::move(bundle)};
}

}  // namespace mlsys::frame
