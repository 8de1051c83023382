// Reads zstd files by libzstd.
#pragma once

#include <functional>
#include <span>

namespace mlsys::ext {

// Decompresses all frames of a zstd file, and compares those that have a checksum with it. `next_block` returns the
// next piece of the file, valid until the next call, empty at its end. `take` is given what is decompressed, piece by
// piece, and ends it by returning false. Throws Code::failed with the reason alone; exceptions of both functions pass
// through.
void decompress_zstd(const std::function<std::span<const char>()>& next_block,
                     const std::function<bool(std::span<const char>)>& take);

}  // namespace mlsys::ext
