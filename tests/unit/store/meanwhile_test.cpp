// Stores that others purge and collect while they are checked, copied and written to.
#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/store/store.hpp"
#include "scratch.hpp"
#include "store/meanwhile.hpp"

using namespace mlsys;
using namespace mlsys::store;
namespace fs = std::filesystem;

namespace {

struct Files {
  test::Scratch scratch;
  Context context;  // of the one who is disturbed
  test::Meanwhile meanwhile{context};
  Store store = Store::open(scratch / "s", Mode::write, context);

  Files() {
    store.write({}, Durability::process, context, [&](const Write&) {
      test::add_run(store);
      return std::string();
    });
  }

  // An artifact of that content, whose name is the content.
  Stored keep(const std::string& content) {
    const Stored stored = store.content().put_bytes(content, false, context);
    store.write({}, Durability::process, context, [&](const Write&) {
      store.prepare("INSERT INTO artifacts VALUES (1, ?, 'file', ?, ?, 0)")
          .bind(content, stored.digest, static_cast<std::int64_t>(stored.bytes))
          .run();
      return std::string();
    });
    return stored;
  }

  // By another process, as far as the store can tell.
  void purge(const std::string& content) const {
    Context other;
    Store elsewhere = Store::open(store.folder(), Mode::write, other);
    elsewhere.write({}, Durability::process, other, [&](const Write&) {
      elsewhere.prepare("DELETE FROM artifacts WHERE name = ?").bind(content).run();
      return std::string();
    });
    elsewhere.collect({.min_age_seconds = 0}, other);
  }

  static void damage(const Stored& stored) {
    fs::permissions(stored.path, fs::perms::owner_all);
    std::ofstream(stored.path) << "something else";
  }
};

std::vector<std::string> subjects(const std::vector<Problem>& problems) {
  std::vector<std::string> names;
  for (const auto& problem : problems) names.push_back(problem.subject);
  return names;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE_FIXTURE(Files, "what is purged while a store is checked is no damage") {
  const Stored gone = keep("gone");
  keep("stays");
  meanwhile.at_begin = [&] { purge("gone"); };
  const CheckReport report = store.check(context);
  CHECK_FALSE(fs::exists(gone.path));
  CHECK(subjects(report.problems).empty());
  CHECK(report.objects == 1);
  CHECK(report.bytes == 5);
}

TEST_CASE_FIXTURE(Files, "what is lost while a store is checked is damage, and so is what another run still needs") {
  const Stored lost = keep("lost");
  meanwhile.at_begin = [&] { fs::remove(lost.path); };
  CHECK(subjects(store.check(context).problems) == std::vector{"objects/" + lost.digest});
}

TEST_CASE_FIXTURE(Files,
                  "whether something refers to a file is asked of this moment, also while an older one is read") {
  const Stored file = keep("file");
  const Reference reference{file.digest, false};
  const auto look = [&] { store.content().get(reference, Check::digest, context); };
  const auto artifacts = [&] {
    Statement rows = store.prepare("SELECT count(*) FROM artifacts");
    REQUIRE(rows.step());
    return rows.integer(0);
  };
  store.read([&] {
    CHECK(artifacts() == 1);  // the moment that is read from now on
    CHECK(store.refers_to(reference));
    CHECK(store.unless_purged(reference, look));
    purge("file");
    CHECK(artifacts() == 1);
    CHECK_FALSE(store.refers_to(reference));
    CHECK_FALSE(store.unless_purged(reference, look));
  });
  CHECK(artifacts() == 0);
  CHECK_FALSE(store.refers_to({file.digest, true}));
}

TEST_CASE_FIXTURE(Files, "a backup is whole although files are purged before and after they are copied") {
  const Stored a = keep("a");
  const Stored b = keep("b");
  const Stored c = keep("c");
  REQUIRE(a.digest > b.digest);  // printf a | sha256sum: ca97…, b: 3e23…, c: 2e7d…, which is the order of copying
  REQUIRE(b.digest > c.digest);
  keep("d");
  meanwhile.at_begin = [&] { purge("a"); };     // before it is copied
  meanwhile.after_first = [&] { purge("d"); };  // after: printf d | sha256sum is 18ac…
  const BackupReport report = store.backup({.target = scratch / "copy"}, context);
  CHECK(report.made);
  CHECK(subjects(report.problems).empty());
  CHECK(report.objects == 2);
  CHECK(report.bytes == 2);
  Context quiet;
  Store copy = Store::open(scratch / "copy", Mode::write, quiet);
  const CheckReport checked = copy.check(quiet);
  CHECK(subjects(checked.problems).empty());
  CHECK(checked.objects == 2);
  CHECK(copy.collect({.min_age_seconds = 0}, quiet).removed.empty());
}

TEST_CASE_FIXTURE(Files, "a backup names every damaged file and is not made, or only of the rest") {
  const Stored altered = keep("altered");
  const Stored lost = keep("lost");
  keep("one");
  keep("two");
  damage(altered);
  fs::remove(lost.path);
  const auto both = sorted({"objects/" + altered.digest, "objects/" + lost.digest});
  const BackupReport refused = store.backup({.target = scratch / "copy"}, context);
  CHECK_FALSE(refused.made);
  CHECK(subjects(refused.problems) == both);
  CHECK(refused.objects == 2);
  CHECK_FALSE(fs::exists(scratch / "copy"));
  const BackupReport rest = store.backup({.target = scratch / "copy", .skip_damaged = true}, context);
  CHECK(rest.made);
  CHECK(subjects(rest.problems) == both);
  CHECK(rest.objects == 2);
  CHECK(rest.bytes == 6);
  Context quiet;
  Store copy = Store::open(scratch / "copy", Mode::read, quiet);
  const CheckReport checked = copy.check(quiet);
  CHECK(subjects(checked.problems) == both);
  CHECK(checked.bytes == 6);
}

TEST_CASE_FIXTURE(Files, "a damaged file that is purged while the rest is looked at keeps nothing from a backup") {
  const Stored damaged = keep("d");  // the first: see above
  keep("c");
  keep("b");
  keep("a");
  damage(damaged);
  meanwhile.after_first = [&] {
    purge("d");
    purge("c");  // which is met as missing, so that the database is copied anew
  };
  const BackupReport report = store.backup({.target = scratch / "copy"}, context);
  CHECK(report.made);
  CHECK(subjects(report.problems).empty());
  Context quiet;
  const CheckReport checked = Store::open(scratch / "copy", Mode::read, quiet).check(quiet);
  CHECK(subjects(checked.problems).empty());
  CHECK(checked.objects == 2);
}

TEST_CASE_FIXTURE(Files, "a backup does not replace what others put into its folder while it was made") {
  keep("one");
  meanwhile.at_begin = [&] { write_file(scratch / "copy/mine", "mine"); };
  Code code = Code::ok;
  try {
    static_cast<void>(store.backup({.target = scratch / "copy"}, context));
  } catch (const Error& error) {
    code = error.code();
  }
  CHECK(code == Code::usage);
  CHECK(read_file(scratch / "copy/mine") == "mine");
}

TEST_CASE("a bundle is collected at once: nobody sees a part of one") {
  const test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  // printf abc | sha256sum: FIPS 180-4, appendix B.1.
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  constexpr int files = 2000;  // removing them takes some milliseconds
  std::string list;
  for (int i = 0; i < files; ++i) {
    const std::string name = "f" + std::to_string(i);
    write_file(scratch / "b" / name, "abc");
    list += (i == 0 ? "" : ", ") + std::string(R"({"name": ")") + name + R"(", "sha256": ")" + abc + R"("})";
  }
  write_file(scratch / "b/bundle.json", R"({"files": [)" + list + "]}");
  const fs::path stored = store.content().put_bundle(scratch / "b", false, context).path;
  std::atomic<bool> over = false;
  std::atomic<bool> part = false;
  std::thread watching([&] {
    while (!over) {
      for (const char* name : {"f0", "f999", "f1999", "bundle.json"})
        if (!fs::exists(stored / name) && fs::exists(stored)) part = true;
    }
  });
  CHECK(store.collect({.min_age_seconds = 0}, context).removed.size() == 1);
  over = true;
  watching.join();
  CHECK_FALSE(part);
  CHECK(fs::is_empty(store.content().bundles()));
}

TEST_CASE("what is collected while it is stored anew is stored, or a conflict") {
  const test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  const pid_t collector = fork();
  REQUIRE(collector >= 0);
  if (collector == 0) {
    Context other;
    Store elsewhere = Store::open(scratch / "s", Mode::write, other);
    while (true) elsewhere.collect({.min_age_seconds = 3600}, other);
  }
  write_file(scratch / "file", std::string(100'000, 'x'));
  int stored = 0;
  std::string wrong;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  for (int i = 0; wrong.empty() && (stored <= 10 || std::chrono::steady_clock::now() < end); ++i) {
    try {
      const Stored put = i % 2 == 0 ? store.content().put_file(scratch / "file", false, context)
                                    : store.content().put_bytes(std::string(50'000, 'y'), false, context);
      store.content().require(put);
      ++stored;
      std::error_code error;  // may be gone already
      fs::last_write_time(put.path, fs::file_time_type::clock::now() - std::chrono::hours(2), error);
    } catch (const Error& error) {
      if (error.code() != Code::conflict) wrong = error.message();
    } catch (const std::exception& error) {
      wrong = error.what();
    }
  }
  kill(collector, SIGKILL);
  REQUIRE(waitpid(collector, nullptr, 0) == collector);
  CHECK(wrong == "");
  CHECK(stored > 10);
}

TEST_CASE("who may only read a store sees what others write to it, and one state at a time") {
  const test::Scratch scratch;
  Context context;
  const fs::path view = scratch / "view";
  fs::create_directory(view);
  Store writer = Store::open(scratch / "s", Mode::write, context);
  const auto add = [&](int many) {
    for (int i = 0; i < many; ++i)
      writer.write({}, Durability::process, context, [&](const Write& write) {
        writer.prepare("INSERT INTO keys (name) VALUES (?)").bind(write.id + std::string(2000, 'x')).run();
        return std::string();
      });
  };
  const auto wal = [&] { return fs::file_size(scratch / "s" / "mlsys.db-wal"); };
  for (int i = 0; i == 0 || wal() > 0; ++i) add(1);  // until everything is in the database itself
  if (mount((scratch / "s").c_str(), view.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
      mount(nullptr, view.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0) {
    umount2(view.c_str(), MNT_DETACH);
    MESSAGE("skipped: a folder cannot be mounted here");
    return;
  }
  struct Unmount {
    fs::path path;
    ~Unmount() { umount2(path.c_str(), MNT_DETACH); }
  } const unmount{view};
  Store reader = Store::open(view, Mode::read, context);
  const auto rows = [](Store& store) {
    Statement count = store.prepare("SELECT count(*) FROM keys");
    REQUIRE(count.step());
    return count.integer(0);
  };
  CHECK(rows(reader) == rows(writer));
  add(300);  // several times what is copied from the log of writes into the database
  CHECK(rows(reader) == rows(writer));
  CHECK(reader.check(context).problems.empty());
}
