#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "mlsys/base/descriptor.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/signals.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::pipeline {

namespace {

constexpr std::size_t max_line = std::size_t{64} * 1024;
constexpr int poll_ms = 100;

[[noreturn]] void fail(const Command& command, int error) {
  throw Error(Code::failed, "cannot run " + quoted(command.words.front()) + ": " + std::strerror(error));
}

struct Pipe {
  Descriptor reader;
  Descriptor writer;
};

Pipe make_pipe(const Command& command) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(command, errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// Cuts a stream into lines.
class Lines {
 public:
  Lines(Stream stream, const OnLine& on_line) : stream_(stream), on_line_(on_line) {}

  void add(std::string_view bytes) {
    rest_ += bytes;
    std::size_t start = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
      on_line_(stream_, std::string_view(rest_).substr(start, end - start));
      start = end + 1;
    }
    rest_.erase(0, start);
    if (rest_.size() > max_line) finish();
  }

  void finish() {
    if (!rest_.empty()) on_line_(stream_, rest_);
    rest_.clear();
  }

 private:
  Stream stream_;
  const OnLine& on_line_;
  std::string rest_;
};

// What must be ready before fork(): afterwards only async-signal-safe calls are allowed.
struct Child {
  std::vector<char*> words;
  const char* program;
  const char* directory;
  int out;
  int err;
  int failure;  // errno goes here when exec() fails
  pid_t parent;
};

[[noreturn]] void become(const Child& child) {
  ::setpgid(0, 0);
  // Nobody would read its results any more. If the parent has gone already, the signal would never come.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != child.parent) ::_exit(127);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int null = ::open("/dev/null", O_RDONLY);
  if (null >= 0 && ::dup2(null, 0) >= 0 && ::dup2(child.out, 1) >= 0 && ::dup2(child.err, 2) >= 0 &&
      ::chdir(child.directory) == 0) {
    ::execvp(child.program, child.words.data());
  }
  const int error = errno;
  [[maybe_unused]] const ssize_t ignored = ::write(child.failure, &error, sizeof error);
  ::_exit(127);
}

// Asks the process group to end, more firmly as time goes by.
class Stopper {
 public:
  void tick(pid_t group) {
    const auto now = std::chrono::steady_clock::now();
    if (sent_ == 0) since_ = now;
    if (sent_ < plan_.size() && now - since_ >= plan_[sent_].first) ::kill(-group, plan_[sent_++].second);
  }
  [[nodiscard]] bool stopping() const { return sent_ > 0; }

 private:
  // What ignores SIGINT, as the jobs of a script do, has it from us.
  std::array<std::pair<std::chrono::seconds, int>, 3> plan_ = {
      {{std::chrono::seconds(0), is_ignored(SIGINT) ? SIGTERM : SIGINT},
       {std::chrono::seconds(10), SIGTERM},
       {std::chrono::seconds(20), SIGKILL}}};
  std::size_t sent_ = 0;
  std::chrono::steady_clock::time_point since_;
};

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// What exec() says when it fails; 0 when the pipe is closed without a word, since the program runs.
int start_error(const Descriptor& failure) {
  int error = 0;
  ssize_t got = -1;
  do got = ::read(failure.get(), &error, sizeof error);
  while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof error) ? error : 0;
}

// Reads what is there; closes at the end of the stream.
void drain(Descriptor& reader, Lines& lines) {
  std::array<char, 8192> buffer{};
  const ssize_t got = ::read(reader.get(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got > 0) return lines.add({buffer.data(), static_cast<std::size_t>(got)});
  lines.finish();
  reader.close();
}

}  // namespace

int run_command(const Command& command, const OnLine& on_line, const Context& context) {
  context.check_stop();
  Pipe out;
  if (command.out_file.empty()) {
    out = make_pipe(command);
  } else {
    out.writer = Descriptor(::open(command.out_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!out.writer.is_open()) fail(command, errno);
  }
  Pipe err = make_pipe(command);
  Pipe failure = make_pipe(command);

  std::vector<std::string> words = command.words;
  Child child{};
  for (std::string& word : words) child.words.push_back(word.data());
  child.words.push_back(nullptr);
  child.program = command.program.empty() ? child.words.front() : command.program.c_str();
  child.directory = command.directory.c_str();
  child.out = out.writer.get();
  child.err = err.writer.get();
  child.failure = failure.writer.get();
  child.parent = ::getpid();

  const pid_t pid = ::fork();
  if (pid < 0) fail(command, errno);
  if (pid == 0) become(child);
  ::setpgid(pid, pid);  // in both, since either may come first
  out.writer.close();
  err.writer.close();
  failure.writer.close();
  if (const int error = start_error(failure.reader); error != 0) {
    wait_for(pid);
    fail(command, error);
  }

  Lines out_lines(Stream::out, on_line);
  Lines err_lines(Stream::err, on_line);
  Stopper stopper;
  int status = 0;
  bool ended = false;
  while (!ended || out.reader.is_open() || err.reader.is_open()) {
    if (context.stop->load()) stopper.tick(pid);
    std::array<pollfd, 2> waits = {{{out.reader.get(), POLLIN, 0}, {err.reader.get(), POLLIN, 0}}};
    const int ready = ::poll(waits.data(), waits.size(), poll_ms);
    if (ready > 0 && waits[0].revents != 0) drain(out.reader, out_lines);
    if (ready > 0 && waits[1].revents != 0) drain(err.reader, err_lines);
    if (!ended && ::waitpid(pid, &status, WNOHANG) == pid) ended = true;
    // Something it left running may hold the pipes open for ever; what was written before its end is still read.
    if (ended && ready == 0) break;
  }
  out_lines.finish();
  err_lines.finish();
  if (stopper.stopping()) context.check_stop();
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace mlsys::pipeline
