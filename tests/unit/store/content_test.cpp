#include "mlsys/store/content.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/store/store.hpp"
#include "scratch.hpp"

using namespace mlsys;
using namespace mlsys::store;
namespace fs = std::filesystem;

namespace {

// printf abc | sha256sum: FIPS 180-4, appendix B.1.
constexpr const char* abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

Code code_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  return Code::ok;
}

void make_bundle(const fs::path& folder) {
  write_file(folder / "model.ubj", "abc");
  write_file(folder / "bundle.json",
             std::string(R"({"schema": "mlsys.bundle/1", "files": [{"name": "model.ubj", "sha256": ")") + abc +
                 R"(", "bytes": 3}]})");
}

}  // namespace

TEST_CASE("files are stored once under their digest and checked when read") {
  const test::Scratch scratch;
  Context context;
  Content content(scratch / "s");
  write_file(scratch / "a", "abc");
  write_file(scratch / "b", "abc");
  const Stored stored = content.put_file(scratch / "a", true, context);
  CHECK(stored.digest == abc);
  CHECK(stored.bytes == 3);
  CHECK(stored.path == scratch / "s" / "objects" / "ba" / abc);
  CHECK(content.put_file(scratch / "b", false, context).path == stored.path);
  CHECK(content.put_bytes("abc", false, context).path == stored.path);
  CHECK(read_file(content.file(abc, Check::digest, context).path) == "abc");

  SUBCASE("the original may change") {
    write_file(scratch / "a", "other");
    CHECK_NOTHROW(content.file(abc, Check::digest, context));
  }
  SUBCASE("the stored one may not") {
    fs::permissions(stored.path, fs::perms::owner_all);
    std::ofstream(stored.path) << "abd";
    CHECK(code_of([&] { content.file(abc, Check::digest, context); }) == Code::integrity);
    CHECK(code_of([&] { content.file(abc, Check::exists, context); }) == Code::ok);
  }
  SUBCASE("what is not there") {
    CHECK(code_of([&] { content.file(std::string(64, '0'), Check::exists, context); }) == Code::not_found);
    CHECK(code_of([&] { content.file("../../etc/passwd", Check::exists, context); }) == Code::usage);
    CHECK(code_of([&] { content.put_file(scratch / "nothing", false, context); }) == Code::not_found);
    CHECK(code_of([&] { content.put_file(scratch.directory.path(), false, context); }) == Code::usage);
  }
}

TEST_CASE("a bundle is stored under the digest of its manifest, with what that lists and nothing else") {
  const test::Scratch scratch;
  Context context;
  Content content(scratch / "s");
  make_bundle(scratch / "b");
  write_file(scratch / "b/report.html", "not part of it");
  const Stored stored = content.put_bundle(scratch / "b", true, context);
  CHECK(stored.path == scratch / "s" / "bundles" / stored.digest);
  CHECK(read_file(stored.path / "model.ubj") == "abc");
  CHECK_FALSE(fs::exists(stored.path / "report.html"));
  CHECK(content.put_bundle(scratch / "b", false, context).digest == stored.digest);
  CHECK(content.put_bundle(stored.path, false, context).digest == stored.digest);
  CHECK(content.bundle(stored.digest, Check::digest, context).bytes == stored.bytes);

  SUBCASE("altered in the store") {
    for (const char* name : {"model.ubj", "bundle.json"}) {
      const fs::path file = stored.path / name;
      const std::string before = read_file(file);
      fs::permissions(file, fs::perms::owner_all);
      std::ofstream(file) << before << " ";
      CHECK(code_of([&] { content.bundle(stored.digest, Check::digest, context); }) == Code::integrity);
      std::ofstream(file) << before;
    }
    fs::remove(stored.path / "model.ubj");
    CHECK(code_of([&] { content.bundle(stored.digest, Check::digest, context); }) == Code::integrity);
  }
  SUBCASE("altered before it is stored") {
    write_file(scratch / "b/model.ubj", "abd");
    CHECK(code_of([&] { content.put_bundle(scratch / "b", false, context); }) == Code::integrity);
    write_file(scratch / "b/bundle.json", "{");
    CHECK(code_of([&] { content.put_bundle(scratch / "b", false, context); }) == Code::integrity);
    fs::remove(scratch / "b/bundle.json");
    CHECK(code_of([&] { content.put_bundle(scratch / "b", false, context); }) == Code::not_found);
  }
  SUBCASE("names that lead out of it") {
    for (const char* name : {"../model.ubj", "/etc/passwd", ".hidden", "", "bundle.json"}) {
      write_file(scratch / "b/bundle.json",
                 std::string(R"({"files": [{"name": ")") + name + R"(", "sha256": ")" + abc + R"("}]})");
      CHECK(code_of([&] { content.put_bundle(scratch / "b", false, context); }) == Code::integrity);
    }
    for (const auto& entry : fs::directory_iterator(scratch / "s/bundles"))
      CHECK(entry.path().filename() == stored.digest);
  }
}

TEST_CASE("collecting removes what nothing refers to, when it is old enough") {
  const test::Scratch scratch;
  Context context;
  Store store = Store::open(scratch / "s", Mode::write, context);
  const Stored kept = store.content().put_bytes("kept", false, context);
  const Stored loose = store.content().put_bytes("loose", false, context);
  store.write({}, Durability::process, context, [&](const Write&) {
    test::add_run(store);
    store.prepare("INSERT INTO artifacts VALUES (1, 'a', 'file', ?, 4, 0)").bind(kept.digest).run();
    return std::string();
  });
  CHECK(store.collect({.dry_run = false, .min_age_seconds = 3600}, context).removed.empty());
  const CollectReport dry = store.collect({.dry_run = true, .min_age_seconds = 0}, context);
  CHECK(dry.removed == std::vector<std::string>{"objects/" + loose.digest.substr(0, 2) + "/" + loose.digest});
  CHECK(dry.bytes == 5);
  CHECK(fs::exists(loose.path));
  CHECK(store.collect({.dry_run = false, .min_age_seconds = 0}, context).removed == dry.removed);
  CHECK_FALSE(fs::exists(loose.path));
  CHECK(fs::exists(kept.path));
  CHECK(store.check(context).problems.empty());
  fs::remove(kept.path);
  CHECK(store.check(context).problems.size() == 1);
}
