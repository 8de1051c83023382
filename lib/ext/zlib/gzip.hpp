// Reads gzip files by zlib.
#pragma once

#include <functional>
#include <span>

namespace mlsys::ext {

// Decompresses all members of a gzip file and compares each with its length and CRC. What follows the last member and
// does not begin like another one is not looked at. `next_block` returns the next piece of the file, valid until the
// next call, empty at its end. `take` is given what is decompressed, piece by piece, and ends it by returning false.
// Throws Code::failed with the reason alone; exceptions of both functions pass through.
void decompress_gzip(const std::function<std::span<const char>()>& next_block,
                     const std::function<bool(std::span<const char>)>& take);

}  // namespace mlsys::ext
