// Files that are not whole, and sources that can be read only once.
#include <fcntl.h>
#include <sys/stat.h>

#include <csignal>
#include <thread>

#include "fixture.hpp"
#include "mlsys/base/text.hpp"

using namespace mlsys;
using namespace mlsys::data;
using namespace mlsys::data::test;

namespace {

// 300 rows as a file of the given name, by our own writer.
std::string whole_file(const Folder& folder, const std::string& name, Context& ctx) {
  std::string content = "a,b\n";
  for (int i = 0; i < 300; ++i) content += std::to_string(i) + "," + std::to_string(i * i % 97) + "\n";
  SourceOptions options;
  options.argument = folder.file("source.csv", content);
  options.may_write = {folder.path(name)};
  const Dataset source = Dataset::open(options, ctx);
  CHECK(source.write(folder.path(name), name, {}, ctx) == 300);
  return read_file(folder.path(name));
}

}  // namespace

TEST_CASE("a compressed file that was cut anywhere is refused, also between two rows") {
  Folder folder;
  Context ctx;
  for (const std::string name : {"t.csv.gz", "t.csv.zst", "t.ndjson.gz"}) {
    CAPTURE(name);
    const std::string bytes = whole_file(folder, name, ctx);
    CHECK(open(folder.path(name).string(), ctx).rows() == 300);
    for (std::size_t size = bytes.size() - 1; size > 8; size -= std::min<std::size_t>(size, 101)) {
      CAPTURE(size);
      const std::string cut = folder.file("cut" + name.substr(1), bytes.substr(0, size));
      CHECK_CONTAINS(error_of([&] { open(cut, ctx); }), "its compressed data are cut short");
    }
  }
}

TEST_CASE("a gzip file whose content does not have its CRC is refused, and its members follow each other") {
  Folder folder;
  Context ctx;
  std::string bytes = whole_file(folder, "t.csv.gz", ctx);
  const std::string twice = folder.file("twice.csv.gz", bytes + bytes);
  SourceOptions options;
  options.argument = twice;
  CHECK(Dataset::open(options, {{"a", ColumnType::text}}, ctx).rows() == 601);  // the second header is a row here
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);
  const std::string wrong = folder.file("wrong.csv.gz", bytes);
  CHECK_CONTAINS(error_of([&] { open(wrong, ctx); }), "failed: cannot read");
  CHECK_CONTAINS(error_of([&] { open(wrong, ctx); }), "its compressed data are damaged | fetch or write it again");
}

TEST_CASE("Parquet without its end, or with a damaged one, is refused in plain words") {
  Folder folder;
  Context ctx;
  std::string bytes = whole_file(folder, "t.parquet", ctx);
  const std::string cut = folder.file("cut.parquet", bytes.substr(0, bytes.size() / 2));
  CHECK_CONTAINS(error_of([&] { open(cut, ctx); }), "its end is missing, so it was cut short | fetch or write");
  const std::string other = folder.file("other.parquet", "a,b\n1,2\n");
  CHECK_CONTAINS(error_of([&] { open(other, ctx); }), "it is no Parquet file | say what it is with --input-format");
  const std::string tiny = folder.file("tiny.parquet", "P");
  CHECK_CONTAINS(error_of([&] { open(tiny, ctx); }), "it is no Parquet file");
  bytes.replace(bytes.size() - 40, 20, 20, '\xff');
  const std::string damaged = folder.file("damaged.parquet", bytes);
  // In the footer's text or in its structure, which depends on what the writer put last.
  CHECK_CONTAINS(error_of([&] { open(damaged, ctx); }), "damaged (");
  CHECK_CONTAINS(error_of([&] { open(damaged, ctx); }), "fetch or write the file again");
}

TEST_CASE("a date that could be in two months is text, and this is said") {
  Folder folder;
  RecordedProgress progress;
  Context ctx;
  ctx.progress = &progress;
  CHECK(type_names(open_csv(folder, "d,x\n03/04/2001,1\n,2\n5-6-01,3\n", ctx)) ==
        std::vector<std::string>{"text", "integer"});
  REQUIRE(progress.notes.size() == 1);
  CHECK_CONTAINS(progress.notes[0], "column 'd' holds dates such as '03/04/2001'");
  CHECK_CONTAINS(progress.notes[0], "strptime(\"d\", '%d/%m/%Y')");
  // One value that is none, or a version number, is enough to leave it.
  for (const std::string content : {"d\n03/04/2001\nsoon\n", "d\n1.2.3.4\n", "d\n1.2.x\n", "d\n2001-13-01\n"})
    open_csv(folder, content, ctx);
  CHECK(progress.notes.size() == 1);
}

TEST_CASE("a dataset without rows can be refused, with a hint at what selected them") {
  Folder folder;
  Context ctx;
  const Dataset none = open_csv(folder, "a\n", ctx);
  CHECK_CONTAINS(error_of([&] { none.require_rows("train on"); }), "failed: cannot train on ");
  CHECK_CONTAINS(error_of([&] { none.require_rows("train on"); }), ": it has no rows | it has a header only");
  SourceOptions options;
  options.argument = folder.file("t.csv", "a\n1\n");
  CHECK(error_of([&] { Dataset::open(options, ctx).require_rows("train on"); }).empty());
  options.where = "a > 1";
  CHECK_CONTAINS(error_of([&] { Dataset::open(options, ctx).require_rows("train on"); }),
                 "no rows left | check --where");
}

TEST_CASE("a pipe is read once and can be opened again from its dataset") {
  Folder folder;
  Context ctx;
  const std::string pipe = folder.path("pipe").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::thread writer([&] {
    std::FILE* file = std::fopen(pipe.c_str(), "w");
    std::fputs("a,b\n1,x\n2,y\n", file);
    std::fclose(file);
  });
  SourceOptions options;
  options.argument = pipe;
  auto first = std::make_optional(Dataset::open(options, ctx));
  writer.join();
  const Dataset second = Dataset::open(first->again(options), {{"b", ColumnType::text}}, ctx);
  first.reset();
  CHECK(texts(second, "b", ctx) == std::vector<std::string>{"x", "y"});
  CHECK(second.subject() == quoted(pipe));
}

TEST_CASE("waiting for a pipe's writer ends with a stop") {
  Folder folder;
  Context ctx;
  std::atomic<bool> stop{false};
  ctx.stop = &stop;
  const std::string pipe = folder.path("pipe").string();
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  struct sigaction action{};
  action.sa_handler = [](int) {};  // without SA_RESTART, as the command line's
  struct sigaction before{};
  sigaction(SIGUSR1, &action, &before);
  const pthread_t reader = pthread_self();
  std::atomic<bool> done{false};
  std::thread interrupter([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    stop = true;
    while (!done) {
      pthread_kill(reader, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  CHECK_CONTAINS(error_of([&] { open(pipe, ctx); }), "interrupted");
  done = true;
  interrupter.join();
  sigaction(SIGUSR1, &before, nullptr);
}
