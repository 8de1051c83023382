// The option that reads the registry as it was at a time.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <optional>
#include <string>

#include "mlsys/base/context.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/options.hpp"
#include "mlsys/registry/reference.hpp"

namespace mlsys::frame {

inline void declare_as_of(Options& options, std::string& as_of) {
  options.value(as_of, "--as-of", "TIME", "Read the registry as it was then").default_text("now");
}

inline std::optional<Millis> parse_as_of(const std::string& text) {
  if (text.empty()) return {};
  if (const auto time = parse_iso_time(text)) return time;
  throw Error(Code::usage, fmt::format("--as-of {} is not a time", quoted(text)),
              "write 2026-03-01T12:30:00Z, or 2026-03-01");
}

// Of the models that were named, those that a command has: null stands for one that it does not have this time. Throws
// when a time was given that none of them takes note of.
inline void check_as_of(const std::string& as_of, std::initializer_list<const registry::ResolvedModel*> models) {
  registry::require_past(parse_as_of(as_of), models);
}

}  // namespace mlsys::frame
