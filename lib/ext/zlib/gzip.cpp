#include "ext/zlib/gzip.hpp"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "mlsys/base/error.hpp"

namespace mlsys::ext {

namespace {

constexpr std::size_t output_bytes = 1 << 18;
constexpr int gzip_only = 15 + 16;  // the largest window, and gzip's header and trailer

class Inflater {
 public:
  explicit Inflater(const std::function<bool(std::span<const char>)>& take) : take_(take) {
    if (inflateInit2(&stream_, gzip_only) != Z_OK) throw Error(Code::failed, "zlib cannot be started");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Goes through `block`; false when nobody wants more, or it holds something else after the end of a member.
  bool feed(std::span<const char> block) {
    stream_.next_in = reinterpret_cast<const Bytef*>(block.data());
    stream_.avail_in = static_cast<uInt>(block.size());
    while (stream_.avail_in > 0) {
      if (ended_) {
        // A byte of 0x1f begins another member; anything else is for others to judge.
        if (*stream_.next_in != 0x1f) return false;
        inflateReset(&stream_);
        ended_ = false;
      }
      stream_.next_out = output_.data();
      stream_.avail_out = static_cast<uInt>(output_.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_MEM_ERROR) throw Error(Code::failed, "zlib has no memory left");
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        throw Error(Code::failed, "its compressed data are damaged");
      ended_ = result == Z_STREAM_END;
      const std::size_t made = output_.size() - stream_.avail_out;
      if (made > 0 && !take_({reinterpret_cast<const char*>(output_.data()), made})) return false;
    }
    return true;
  }

  [[nodiscard]] bool ended() const { return ended_; }

 private:
  const std::function<bool(std::span<const char>)>& take_;
  z_stream stream_{};
  std::vector<Bytef> output_ = std::vector<Bytef>(output_bytes);
  bool ended_ = false;
};

}  // namespace

void decompress_gzip(const std::function<std::span<const char>()>& next_block,
                     const std::function<bool(std::span<const char>)>& take) {
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  Inflater inflater(take);
  for (auto block = next_block(); !block.empty(); block = next_block())
    for (; !block.empty(); block = block.subspan(std::min(block.size(), most)))
      if (!inflater.feed(block.first(std::min(block.size(), most)))) return;
  if (!inflater.ended()) throw Error(Code::failed, "its compressed data are cut short");
}

}  // namespace mlsys::ext
