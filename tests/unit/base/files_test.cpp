#include "mlsys/base/files.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <thread>

#include "mlsys/base/error.hpp"
#include "support.hpp"

namespace fs = std::filesystem;
using mlsys::Code;
using mlsys::Error;
using mlsys::FileLock;
using mlsys::PendingDirectory;
using mlsys::PendingFile;
using mlsys::read_file;
using mlsys::TempDirectory;
using mlsys::write_file;
using mlsys::write_fully;

using mlsys_test::error_of;

namespace {

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

void put(const fs::path& path, std::string_view text) { std::ofstream(path) << text; }

}  // namespace

TEST_CASE("files survive a round trip") {
  const TempDirectory temp(fs::temp_directory_path());
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes += static_cast<char>(i * 7);
  for (const std::string& text : {std::string(), std::string("\0a\n", 3), bytes}) {
    write_file(temp.path() / "file é", text);
    CHECK(read_file(temp.path() / "file é") == text);
  }
  write_file(temp.path() / "deep/er/file", "x", true);
  CHECK(read_file(temp.path() / "deep/er/file", 1) == "x");
  CHECK(entries_in(temp.path() / "deep/er") == 1);
}

TEST_CASE("reading tells what is wrong") {
  const TempDirectory temp(fs::temp_directory_path());
  const Error missing = error_of([&] { read_file(temp.path() / "none"); });
  CHECK(missing.code() == Code::not_found);
  CHECK(missing.message() == "cannot read '" + (temp.path() / "none").string() + "': No such file or directory");
  CHECK(missing.hint().empty());
  CHECK(error_of([&] { read_file(temp.path()); }).code() == Code::failed);
  put(temp.path() / "large", "12345");
  CHECK(error_of([&] { read_file(temp.path() / "lagre"); }).hint() == "did you mean 'large'?");
  CHECK(error_of([&] { read_file(temp.path() / "no" / "large"); }).hint() ==
        "there is no folder '" + (temp.path() / "no").string() + "'");
  CHECK(read_file(temp.path() / "large", 5) == "12345");
  CHECK(error_of([&] { read_file(temp.path() / "large", 4); }).message().find("larger than 4 B") != std::string::npos);
  CHECK_FALSE(read_file("/proc/self/status").empty());  // says it has 0 bytes
  CHECK(error_of([&] { read_file("/dev/zero", 10000); }).code() == Code::failed);
}

TEST_CASE("an output appears on commit only") {
  const TempDirectory temp(fs::temp_directory_path());
  const fs::path target = temp.path() / "out";
  write_file(target, "old");
  {
    PendingFile pending(target);
    put(pending.path(), "new");
    CHECK(pending.path().parent_path() == target.parent_path());
    CHECK(pending.path().filename().string().starts_with(".out."));
    CHECK(pending.path().extension() == ".part");
    CHECK(read_file(target) == "old");
  }
  CHECK(read_file(target) == "old");
  CHECK(entries_in(temp.path()) == 1);
  try {
    PendingFile pending(target);
    put(pending.path(), "new");
    throw std::runtime_error("stop");
  } catch (const std::runtime_error&) {
  }
  CHECK(read_file(target) == "old");
  CHECK(entries_in(temp.path()) == 1);
  {
    PendingFile pending(target);
    put(pending.path(), "new");
    pending.commit();
    CHECK(read_file(target) == "new");
  }
  CHECK(read_file(target) == "new");
  CHECK(entries_in(temp.path()) == 1);
}

TEST_CASE("a failed commit leaves the old file") {
  const TempDirectory temp(fs::temp_directory_path());
  const fs::path target = temp.path() / "out";
  write_file(target, "old");
  PendingFile pending(target);
  fs::remove(pending.path());
  CHECK(error_of([&] { pending.commit(); }).code() == Code::failed);
  CHECK(read_file(target) == "old");
}

TEST_CASE("folders made for an output go with it") {
  const TempDirectory temp(fs::temp_directory_path());
  {
    const PendingFile pending(temp.path() / "a/b/c/out");
  }
  CHECK(entries_in(temp.path()) == 0);
  {
    const PendingDirectory pending(temp.path() / "a/b/c/");
  }
  CHECK(entries_in(temp.path()) == 0);
  {
    const PendingFile pending(temp.path() / "a/b/out");
    put(temp.path() / "a/other", "x");
  }
  CHECK(fs::exists(temp.path() / "a/other"));
  CHECK_FALSE(fs::exists(temp.path() / "a/b"));
}

TEST_CASE("permissions of a replaced file are kept") {
  const TempDirectory temp(fs::temp_directory_path());
  const fs::path target = temp.path() / "out";
  write_file(target, "old");
  fs::permissions(target, fs::perms(0640));
  write_file(target, "new");
  CHECK(fs::status(target).permissions() == fs::perms(0640));
}

TEST_CASE("a symlinked output is replaced where it lies") {
  const TempDirectory temp(fs::temp_directory_path());
  fs::create_directory(temp.path() / "real");
  put(temp.path() / "real/file", "old");
  fs::create_symlink("real/file", temp.path() / "link");
  write_file(temp.path() / "link", "new");
  CHECK(fs::is_symlink(temp.path() / "link"));
  CHECK(read_file(temp.path() / "real/file") == "new");
  fs::create_symlink("real/none", temp.path() / "dangling");
  write_file(temp.path() / "dangling", "new");
  CHECK(read_file(temp.path() / "real/none") == "new");
  fs::create_symlink("loop", temp.path() / "loop");
  CHECK(error_of([&] { write_file(temp.path() / "loop", "x"); }).code() == Code::failed);
}

TEST_CASE("impossible outputs are named with the reason") {
  const TempDirectory temp(fs::temp_directory_path());
  const Error folder = error_of([&] { PendingFile pending(temp.path()); });
  CHECK(folder.code() == Code::usage);
  CHECK(error_of([&] { PendingFile pending(temp.path() / "x/"); }).code() == Code::usage);
  CHECK(error_of([&] { PendingFile pending(""); }).code() == Code::usage);
  CHECK(error_of([&] { PendingDirectory pending("/"); }).code() == Code::usage);
  put(temp.path() / "file", "x");
  CHECK(error_of([&] { PendingFile pending(temp.path() / "file/out"); }).code() == Code::failed);
  CHECK(error_of([&] { PendingDirectory pending(temp.path() / "file"); }).code() == Code::usage);
  for (const char* path : {"/proc/out", "/proc/none/out"}) {
    const Error error = error_of([&] { write_file(path, "x"); });
    CAPTURE(error.message());
    CHECK(error.code() == Code::failed);
    CHECK(error.message().find(path) != std::string::npos);
    CHECK(error.message().find(".part") == std::string::npos);
    CHECK(error_of([&] { PendingDirectory pending(path); }).code() == Code::failed);
  }
}

TEST_CASE("long names still fit") {
  const TempDirectory temp(fs::temp_directory_path());
  const fs::path target = temp.path() / std::string(255, 'a');
  write_file(target, "x");
  CHECK(read_file(target) == "x");
}

TEST_CASE("devices and pipes are written in place") {
  const TempDirectory temp(fs::temp_directory_path());
  write_file("/dev/null", "x");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(error_of([] { write_file("/dev/full", "x"); }).code() == Code::failed);
  CHECK(fs::exists("/dev/full"));
  const fs::path fifo = temp.path() / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  std::string seen;
  {
    const std::jthread reader([&] { seen = read_file(fifo); });
    write_file(fifo, "through");
  }
  CHECK(seen == "through");
  CHECK(fs::is_fifo(fifo));
  // A regular file that somebody holds open, as /dev/stdout often is.
  const fs::path held = temp.path() / "held";
  const int fd = open(held.c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(fd >= 0);
  write_file("/dev/fd/" + std::to_string(fd), "held");
  CHECK(lseek(fd, 0, SEEK_END) == 4);
  close(fd);
}

TEST_CASE("a descriptor that does not block is waited for") {
  int ends[2];
  REQUIRE(pipe2(ends, O_NONBLOCK) == 0);
  REQUIRE(fcntl(ends[0], F_SETFL, 0) == 0);  // only its writer must not wait
  const std::string text(1'000'000, 'x');    // a pipe holds 65,536
  std::size_t seen = 0;
  {
    const std::jthread reader([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      std::string part(10'000, ' ');
      for (ssize_t got = 0; (got = read(ends[0], part.data(), part.size())) > 0;) seen += static_cast<std::size_t>(got);
    });
    CHECK(write_fully(ends[1], text) == 0);
    close(ends[1]);
  }
  CHECK(seen == text.size());
  close(ends[0]);
  CHECK(write_fully(ends[1], text) == EBADF);
}

TEST_CASE("a folder appears whole and replaces the old one at once") {
  const TempDirectory temp(fs::temp_directory_path());
  const fs::path target = temp.path() / "out";
  {
    PendingDirectory pending(target.string() + "/");
    CHECK(pending.target() == target);
    put(pending.path() / "a", "1");
    CHECK_FALSE(fs::exists(target));
    pending.commit(true);
  }
  CHECK(read_file(target / "a") == "1");
  {
    const PendingDirectory pending(target);
    put(pending.path() / "b", "2");
  }
  CHECK(read_file(target / "a") == "1");
  CHECK(entries_in(temp.path()) == 1);
  {
    PendingDirectory pending(target);
    put(pending.path() / "b", "2");
    pending.commit();
  }
  CHECK_FALSE(fs::exists(target / "a"));
  CHECK(read_file(target / "b") == "2");
  CHECK(entries_in(temp.path()) == 1);
  {
    PendingDirectory pending(target);
    fs::remove(pending.path());
    CHECK(error_of([&] { pending.commit(); }).code() == Code::failed);
  }
  CHECK(read_file(target / "b") == "2");
  {
    PendingDirectory pending(temp.path() / "late");
    put(temp.path() / "late", "a file came first");
    CHECK(error_of([&] { pending.commit(); }).code() == Code::failed);
  }
  CHECK(read_file(temp.path() / "late") == "a file came first");
}

TEST_CASE("a process that may open no more files gets no temporary folder, and leaves none") {
  const TempDirectory outside(fs::temp_directory_path());
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const Error error = error_of([&] { const TempDirectory inside(outside.path()); });
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(error.code() == Code::failed);
  CHECK(error.message().find("Too many open files") != std::string::npos);
  CHECK(fs::is_empty(outside.path()));
}

TEST_CASE("a scratch folder goes with its contents") {
  fs::path path;
  {
    const TempDirectory temp(fs::temp_directory_path());
    path = temp.path();
    fs::create_directories(path / "a/b");
    put(path / "a/b/c", "x");
    CHECK(fs::status(path).permissions() == fs::perms::owner_all);
  }
  CHECK_FALSE(fs::exists(path));
  const Error error = error_of([] { TempDirectory temp("/proc/none"); });
  CHECK(error.code() == Code::failed);
  CHECK(error.hint() == "choose another folder with --temp-dir");
}

TEST_CASE("a scratch folder whose process was killed is removed by the next one, one in use is not") {
  const TempDirectory parent(fs::temp_directory_path());
  const TempDirectory in_use(parent.path());
  put(in_use.path() / "a", "x");
  const pid_t child = fork();
  if (child == 0) {
    const TempDirectory abandoned(parent.path());
    put(abandoned.path() / "b", "x");
    raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  put(parent.path() / "mlsys-tmp-0123456789ab", "a file is not ours");
  fs::create_directory(parent.path() / "mlsys-tmp-of-others");
  CHECK(entries_in(parent.path()) == 4);
  const TempDirectory next(parent.path());
  CHECK(entries_in(parent.path()) == 4);
  CHECK(read_file(in_use.path() / "a") == "x");
  CHECK(fs::exists(parent.path() / "mlsys-tmp-of-others"));
  CHECK(fs::exists(parent.path() / "mlsys-tmp-0123456789ab"));
}

TEST_CASE("locks exclude, share, time out and end") {
  const TempDirectory temp(fs::temp_directory_path());
  const fs::path path = temp.path() / "lock";
  {
    const FileLock first(path, FileLock::Mode::shared, 0);
    const FileLock second(path, FileLock::Mode::shared, 0);
    const auto start = std::chrono::steady_clock::now();
    const Error error = error_of([&] { FileLock third(path, FileLock::Mode::exclusive, 60); });
    CHECK(error.code() == Code::conflict);
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(60));
  }
  FileLock exclusive(path, FileLock::Mode::exclusive, 0);
  CHECK(error_of([&] { FileLock other(path, FileLock::Mode::shared, 0); }).code() == Code::conflict);
  {
    const FileLock moved(std::move(exclusive));
    CHECK(error_of([&] { FileLock other(path, FileLock::Mode::shared, 0); }).code() == Code::conflict);
  }
  CHECK_NOTHROW(FileLock(path, FileLock::Mode::exclusive, 0));
  CHECK(error_of([&] { FileLock none(temp.path() / "no/lock", FileLock::Mode::shared, 0); }).code() == Code::failed);
}

TEST_CASE("a waiting lock is granted as soon as the other ends") {
  const TempDirectory temp(fs::temp_directory_path());
  const fs::path path = temp.path() / "lock";
  auto first = std::make_unique<FileLock>(path, FileLock::Mode::exclusive, 0);
  const std::jthread release([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    first.reset();
  });
  CHECK_NOTHROW(FileLock(path, FileLock::Mode::exclusive, 20000));
}

TEST_CASE("kernel file systems are not remote, present or not") {
  CHECK_FALSE(mlsys::on_network_filesystem("/proc/self/none/at/all"));
  CHECK_FALSE(mlsys::on_network_filesystem("/sys"));
}
