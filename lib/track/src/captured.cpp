#include "captured.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::track {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t piece = 1 << 16;  // bytes taken at once

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
  while (!ended_) {
    std::vector<pollfd> waiting;
    std::vector<Stream*> under_way;
    for (Stream& stream : streams_) {
      if (!stream.pipe.is_open()) continue;
      waiting.push_back({stream.pipe.get(), POLLIN, 0});
      under_way.push_back(&stream);
    }
    if (under_way.empty()) return;
    poll(waiting.data(), waiting.size(), pause);
    for (std::size_t i = 0; i < under_way.size(); ++i)
      if (waiting[i].revents != 0 && take(*under_way[i], piece) == 0) under_way[i]->pipe.close();
  }
  for (Stream& stream : streams_) take_rest(stream);
}

std::size_t Captured::take(Stream& stream, std::size_t most) {
  std::array<char, piece> buffer;
  ssize_t got = -1;
  do got = ::read(stream.pipe.get(), buffer.data(), std::min(most, buffer.size()));
  while (got < 0 && errno == EINTR);
  if (got <= 0) return 0;
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  [[maybe_unused]] const int gone = write_fully(stream.ours, bytes);  // the file is kept all the same
  if (stream.file.is_open() && write_fully(stream.file.get(), bytes) != 0) {
    stream.file.close();
    whole_ = false;
  }
  return bytes.size();
}

void Captured::take_rest(Stream& stream) {
  // All that the program printed is in the pipe by now. Programs that it left behind may print for ever: what they add
  // from here on is not waited for.
  int left = 0;
  if (!stream.pipe.is_open() || ioctl(stream.pipe.get(), FIONREAD, &left) != 0) return;
  for (auto rest = static_cast<std::size_t>(left); rest > 0;) {
    const std::size_t taken = take(stream, rest);
    if (taken == 0) return;
    rest -= taken;
  }
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
