#include "captured.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::track {

namespace fs = std::filesystem;

namespace {

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

Captured::Captured(const fs::path& temp_dir)
    : folder_(temp_dir), streams_{Stream{"stdout.log", STDOUT_FILENO}, Stream{"stderr.log", STDERR_FILENO}} {
  for (Stream& stream : streams_) {
    int ends[2];
    const fs::path file = folder_.path() / stream.name;
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw Error(Code::failed, std::string("cannot capture what a program prints: ") + strerrordesc_np(errno));
    stream.pipe = Descriptor(ends[0]);
    stream.theirs = Descriptor(ends[1]);
    stream.file = Descriptor(open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    if (!stream.file.is_open()) throw_write_error(file, errno);
  }
}

Captured::~Captured() { finish(); }

void Captured::begin() {
  for (Stream& stream : streams_) stream.theirs.close();  // or the pipes would never end
  reader_ = std::thread([this] { read(); });
}

void Captured::finish() {
  ended_ = true;
  if (reader_.joinable()) reader_.join();
}

void Captured::read() {
  constexpr int pause = 100;  // milliseconds
  while (true) {
    std::vector<pollfd> waiting;
    std::vector<Stream*> under_way;
    for (Stream& stream : streams_) {
      if (!stream.pipe.is_open()) continue;
      waiting.push_back({stream.pipe.get(), POLLIN, 0});
      under_way.push_back(&stream);
    }
    if (under_way.empty()) return;
    const bool ended = ended_;  // before looking, so that nothing printed before the end is missed
    const int ready = poll(waiting.data(), waiting.size(), pause);
    if (ready == 0 && ended) return;
    for (std::size_t i = 0; i < under_way.size(); ++i)
      if (waiting[i].revents != 0 && !take(*under_way[i])) under_way[i]->pipe.close();
  }
}

bool Captured::take(Stream& stream) {
  std::array<char, 1 << 16> buffer;
  const ssize_t got = ::read(stream.pipe.get(), buffer.data(), buffer.size());
  if (got < 0) return errno == EINTR;
  if (got == 0) return false;
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  write_all(stream.ours, bytes);  // whose reader may have gone: the file is kept all the same
  if (stream.file.is_open() && !write_all(stream.file.get(), bytes)) {
    stream.file.close();
    whole_ = false;
  }
  return true;
}

std::vector<Captured::Kept> Captured::kept() const {
  std::vector<Kept> found;
  for (const Stream& stream : streams_) {
    std::error_code error;
    const fs::path file = folder_.path() / stream.name;
    if (fs::file_size(file, error) > 0 && !error) found.push_back({stream.name, file});
  }
  return found;
}

}  // namespace mlsys::track
