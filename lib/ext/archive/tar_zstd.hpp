// Tar files by libarchive: written compressed by zstd, so that the same members give the same bytes (with the same
// version of zstd), and read, decompressed, without trusting them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mlsys::ext {

// Writes regular files of mode 0644 owned by 0:0 with time 0, in the order they are added, handing the compressed
// bytes to `sink`. Throws Code::failed; exceptions of `sink` pass through.
class TarZstdWriter {
 public:
  using Sink = std::function<void(std::string_view)>;

  explicit TarZstdWriter(Sink sink);
  ~TarZstdWriter();
  TarZstdWriter(const TarZstdWriter&) = delete;
  TarZstdWriter& operator=(const TarZstdWriter&) = delete;

  // `name` must fit a ustar header; exactly `bytes` bytes of content must follow by write().
  void begin(const std::string& name, std::uint64_t bytes);
  void write(std::string_view content);
  // Writes the end of the archive. Without it the file is of no use.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct TarMember {
  enum class Kind { regular, directory, symlink, hardlink, other };
  std::string name;  // as in the archive: anything
  Kind kind = Kind::other;
  std::uint64_t bytes = 0;  // as declared; the content may turn out longer or shorter
};

// Reads members one after the other from `next_block`, which returns the next piece of the tar, valid until its next
// call and empty at the end. Anything but a tar of plain ustar members throws Code::integrity with the reason alone
// ("it is cut short"): no other format's headers, which hold more than a member's name and size. What follows the last
// member is not looked at. Exceptions of `next_block` pass through.
class TarReader {
 public:
  using NextBlock = std::function<std::span<const char>()>;

  explicit TarReader(NextBlock next_block);
  ~TarReader();
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  std::optional<TarMember> next();
  // Up to buffer.size() bytes of the current member's content; 0 at its end.
  std::size_t read(std::span<char> buffer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mlsys::ext
