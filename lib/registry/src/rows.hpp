#pragma once

#include <chrono>
#include <cstdint>

#include "mlsys/base/context.hpp"

namespace mlsys::registry {

inline std::int64_t to_ms(Millis time) { return time.time_since_epoch().count(); }
inline Millis from_ms(std::int64_t ms) { return Millis{std::chrono::milliseconds(ms)}; }

}  // namespace mlsys::registry
