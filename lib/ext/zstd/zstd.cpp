#include "ext/zstd/zstd.hpp"

#include <zstd.h>

#include <memory>
#include <vector>

#include "mlsys/base/error.hpp"

namespace mlsys::ext {

void decompress_zstd(const std::function<std::span<const char>()>& next_block,
                     const std::function<bool(std::span<const char>)>& take) {
  const std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  if (stream == nullptr) throw Error(Code::failed, "zstd cannot be started");
  std::vector<char> output(ZSTD_DStreamOutSize());
  std::size_t left = 0;  // 0 at the end of a frame
  for (auto block = next_block(); !block.empty(); block = next_block()) {
    ZSTD_inBuffer in{block.data(), block.size(), 0};
    ZSTD_outBuffer out{};
    // What is held back when the output is full must come out, too.
    do {
      out = {output.data(), output.size(), 0};
      left = ZSTD_decompressStream(stream.get(), &out, &in);
      if (ZSTD_isError(left) != 0) throw Error(Code::failed, "its compressed data are damaged");
      if (out.pos > 0 && !take({output.data(), out.pos})) return;
    } while (in.pos < in.size || (left != 0 && out.pos == out.size));
  }
  if (left != 0) throw Error(Code::failed, "its compressed data are cut short");
}

}  // namespace mlsys::ext
