#include "ext/zstd/zstd.hpp"

#include <zstd.h>

#include <memory>
#include <new>
#include <utility>
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

struct ZstdFrameReader::State {
  NextBlock next_block;
  std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream{ZSTD_createDStream(), ZSTD_freeDStream};
  std::vector<char> output = std::vector<char>(ZSTD_DStreamOutSize());
  ZSTD_inBuffer in{nullptr, 0, 0};
  bool ended = false;

  // False at the end of the file.
  bool fill() {
    if (in.pos < in.size) return true;
    const auto block = next_block();
    in = {block.data(), block.size(), 0};
    return !block.empty();
  }
};

ZstdFrameReader::ZstdFrameReader(NextBlock next_block) : state_(std::make_unique<State>()) {
  if (state_->stream == nullptr) throw std::bad_alloc();
  state_->next_block = std::move(next_block);
}

ZstdFrameReader::~ZstdFrameReader() = default;

std::span<const char> ZstdFrameReader::next() {
  State& state = *state_;
  while (!state.ended) {
    // What is held back because the output was full comes out without more input.
    const bool more = state.fill();
    ZSTD_outBuffer out{state.output.data(), state.output.size(), 0};
    const std::size_t left = ZSTD_decompressStream(state.stream.get(), &out, &state.in);
    if (ZSTD_isError(left) != 0) throw Error(Code::integrity, "its compressed data are damaged");
    if (left == 0) {
      state.ended = true;
      if (state.fill()) throw Error(Code::integrity, "something follows its compressed data");
    } else if (!more && out.pos == 0) {
      throw Error(Code::integrity, "it is cut short");
    }
    if (out.pos > 0) return {state.output.data(), out.pos};
  }
  return {};
}

}  // namespace mlsys::ext
