#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "mlsys/base/context.hpp"

namespace mlsys::registry {

inline std::int64_t to_ms(Millis time) { return time.time_since_epoch().count(); }
inline Millis from_ms(std::int64_t ms) { return Millis{std::chrono::milliseconds(ms)}; }

// A time to look at, for a comparison with those of rows: now is after all of them.
inline std::int64_t moment(std::optional<Millis> as_of) {
  return as_of ? to_ms(*as_of) : std::numeric_limits<std::int64_t>::max() - 1;
}
// Versions (v) that existed then: `?` twice, the moment.
inline constexpr std::string_view existed = " v.created <= ? AND (v.deleted IS NULL OR v.deleted > ?)";

}  // namespace mlsys::registry
