// Compressed files, by the libraries themselves: DuckDB takes one that was cut short for a whole one with fewer rows,
// and gives lines without saying how they ended.
#include <fmt/format.h>

#include <fstream>
#include <vector>

#include "ext/zlib/gzip.hpp"
#include "ext/zstd/zstd.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "relation.hpp"

namespace mlsys::data {

void decompress(const ResolvedSource& source, const std::filesystem::path& file,
                const std::function<bool(std::string_view)>& take, Context& ctx) {
  std::vector<char> buffer(1 << 20);
  const std::string subject = source.files.size() == 1 ? source.subject : quoted(file.string());
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(Code::failed, "cannot read " + subject + ": it cannot be opened", "check its permissions");
  const auto next_block = [&]() -> std::span<const char> {
    ctx.check_stop();
    stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    if (stream.bad()) throw Error(Code::failed, "reading it failed");
    return {buffer.data(), static_cast<std::size_t>(stream.gcount())};
  };
  const auto take_piece = [&](std::span<const char> piece) { return take({piece.data(), piece.size()}); };
  const std::string tool = source.compression == "gzip" ? "gzip" : "zstd";
  try {
    if (tool == "gzip")
      ext::decompress_gzip(next_block, take_piece);
    else
      ext::decompress_zstd(next_block, take_piece);
  } catch (const Error& error) {
    if (error.code() == Code::interrupted) throw;
    throw Error(error.code(), fmt::format("cannot read {}: {}", subject, error.message()),
                fmt::format("fetch or write it again; `{} -t FILE` tests it", tool));
  }
}

void check_compressed(const ResolvedSource& source, Context& ctx) {
  if (source.compression.empty()) return;
  for (const auto& file : source.files) decompress(source, file, [](std::string_view) { return true; }, ctx);
}

}  // namespace mlsys::data
