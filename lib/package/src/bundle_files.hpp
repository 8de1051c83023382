// What a package lists of a bundle.
#pragma once

#include <vector>

#include "mlsys/bundle/bundle.hpp"
#include "mlsys/digest/digest.hpp"

namespace mlsys::package {

// Every file of the bundle, bundle.json too, sorted by name.
std::vector<digest::FileDigest> files_of(const bundle::Bundle& bundle);

}  // namespace mlsys::package
