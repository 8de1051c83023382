// The setting that bounds what a package may take when it is unpacked.
#pragma once

#include "mlsys/base/text.hpp"
#include "mlsys/frame/session.hpp"
#include "mlsys/package/package.hpp"

namespace mlsys::frame {

inline package::Limits package_limits(const Session& session) {
  package::Limits limits;
  limits.bytes = parse_bytes(session.settings().get("max_unpacked").text).value_or(limits.bytes);
  return limits;
}

}  // namespace mlsys::frame
