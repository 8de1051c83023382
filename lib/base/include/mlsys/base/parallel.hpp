// Fork-join over independent pieces of work.
#pragma once

#include <cstddef>
#include <functional>

#include "mlsys/base/export.hpp"

namespace mlsys {

// Calls work(i) for every i in [0, count) on at most `threads` threads, including the caller's. Pieces start in
// order. The first exception stops further pieces from starting and is rethrown after all threads have ended.
MLSYS_EXPORT void parallel_for(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work);

}  // namespace mlsys
