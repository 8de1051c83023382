#include "clean_text.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <system_error>

#include "mlsys/base/parallel.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

constexpr std::uint64_t piece_bytes = 256 << 10;  // stays in the processor's cache while it is looked at
constexpr std::uint64_t longest_rest = 3;         // of a code point after its first byte

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// A piece of a file: the code points that begin between two offsets. `buffer` has room for the last one's rest.
bool is_clean_piece(std::ifstream& file, std::uint64_t begin, std::uint64_t end, std::string& buffer) {
  file.clear();
  file.seekg(static_cast<std::streamoff>(begin));
  file.read(buffer.data(), static_cast<std::streamsize>(end - begin + longest_rest));
  std::string_view bytes(buffer.data(), static_cast<std::size_t>(file.gcount()));
  if (bytes.size() < end - begin) return false;
  std::size_t stop = end - begin;
  while (stop < bytes.size() && continues(bytes[stop])) ++stop;
  std::size_t start = 0;
  if (begin > 0)  // the rest of the piece before
    while (start < std::min<std::size_t>(longest_rest, stop) && continues(bytes[start])) ++start;
  bytes = bytes.substr(start, stop - start);
  return bytes.find('\0') == std::string_view::npos && is_utf8(bytes);
}

bool is_clean_file(const std::filesystem::path& path, std::uint64_t size, Context& ctx) {
  std::atomic<bool> clean{true};
  const std::uint64_t pieces = (size + piece_bytes - 1) / piece_bytes;
  const auto lanes = static_cast<unsigned>(std::min<std::uint64_t>(std::max(1U, ctx.threads), pieces));
  parallel_for(lanes, lanes, [&](std::size_t lane) {
    std::ifstream file(path, std::ios::binary);
    std::string buffer(piece_bytes + longest_rest, '\0');
    for (std::uint64_t piece = lane; piece < pieces && clean; piece += lanes) {
      ctx.check_stop();
      const std::uint64_t begin = piece * piece_bytes;
      if (!is_clean_piece(file, begin, std::min(begin + piece_bytes, size), buffer)) clean = false;
    }
  });
  return clean;
}

}  // namespace

bool is_clean_text(const std::vector<std::filesystem::path>& files, Context& ctx) {
  std::uint64_t left = ctx.memory_budget / 2;
  for (const auto& file : files) {
    std::error_code failed;
    const std::uint64_t size = std::filesystem::file_size(file, failed);
    if (failed || size > left || !is_clean_file(file, size, ctx)) return false;
    left -= size;
  }
  return true;
}

}  // namespace mlsys::data
