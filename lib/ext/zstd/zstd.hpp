// Checks zstd files by libzstd.
#pragma once

#include <functional>
#include <span>

namespace mlsys::ext {

// Decompresses all frames of a zstd file, and compares those that have a checksum with it. `next_block` returns the
// next piece of the file, valid until the next call, empty at its end. Throws Code::failed with the reason alone;
// exceptions of `next_block` pass through.
void check_zstd(const std::function<std::span<const char>()>& next_block);

}  // namespace mlsys::ext
