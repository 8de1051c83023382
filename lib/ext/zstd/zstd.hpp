// Reads zstd files by libzstd.
#pragma once

#include <functional>
#include <memory>
#include <span>

namespace mlsys::ext {

// Decompresses all frames of a zstd file, and compares those that have a checksum with it. `next_block` returns the
// next piece of the file, valid until the next call, empty at its end. `take` is given what is decompressed, piece by
// piece, and ends it by returning false. Throws Code::failed with the reason alone; exceptions of both functions pass
// through.
void decompress_zstd(const std::function<std::span<const char>()>& next_block,
                     const std::function<bool(std::span<const char>)>& take);

// The content of a file that is one zstd frame and nothing else. `next_block` as above. Anything else throws
// Code::integrity with the reason alone; exceptions of `next_block` pass through. Memory is bounded by the largest
// window that zstd accepts from a stranger, 128 MiB.
class ZstdFrameReader {
 public:
  using NextBlock = std::function<std::span<const char>()>;

  explicit ZstdFrameReader(NextBlock next_block);
  ~ZstdFrameReader();
  ZstdFrameReader(const ZstdFrameReader&) = delete;
  ZstdFrameReader& operator=(const ZstdFrameReader&) = delete;

  // The next piece of the content, valid until the next call; empty at its end, which is that of the file.
  std::span<const char> next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mlsys::ext
