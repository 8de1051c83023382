#include "mlsys/package/package.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "fixture.hpp"
#include "hostile_tar.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"

using namespace mlsys;
using namespace mlsys::package;
using hostile::Member;
namespace fs = std::filesystem;

namespace {

// What any bundle must have; content does not matter here.
const Member core{"bundle.json", "{}"};

struct Fixture {
  Context context;
  TempDirectory temp{context.temp_dir};
  fs::path bundle = temp.path() / "bundle";
  fs::path file = temp.path() / "p.tar.zst";

  Fixture() { make_bundle(bundle); }

  PackageReport pack() { return write_package({bundle, file, "fraud", "3"}, context); }
  Caught open(const std::string& bytes) {
    write_file(file, bytes);
    return caught([&] { open_package(file, context); });
  }
  std::size_t scratch_entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(temp.path()), fs::directory_iterator()));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a package holds the bundle") {
  const PackageReport report = pack();
  const digest::TreeDigest tree = digest::tree_digest(bundle, context);
  const std::string bundle_digest = digest::sha256_file(bundle / "bundle.json", context);
  CHECK(report.manifest.digest == bundle_digest);
  CHECK(report.manifest.files == tree.files);
  CHECK(report.bytes == fs::file_size(file));
  CHECK(looks_like_package(file));
  CHECK_FALSE(looks_like_package(bundle / "model.ubj"));
  CHECK_FALSE(looks_like_package(bundle));
  CHECK_FALSE(looks_like_package(temp.path() / "none"));
  // Neither by name nor by content a package: another file. What could be a damaged one is left to open_package().
  CHECK_THROWS_WITH_AS(refuse_other_file(bundle / "model.ubj"), doctest::Contains("is not a model"), Error);
  CHECK_NOTHROW(refuse_other_file(file));
  CHECK_NOTHROW(refuse_other_file(bundle));
  CHECK_NOTHROW(refuse_other_file(temp.path() / "none"));
  write_file(temp.path() / "damaged.tar.zst", "hello");
  CHECK_NOTHROW(refuse_other_file(temp.path() / "damaged.tar.zst"));

  fs::path unpacked;
  {
    const OpenedPackage opened = open_package(file, context);
    unpacked = opened.bundle();
    CHECK(digest::tree_digest(unpacked, context).sha256 == tree.sha256);
    CHECK(opened.manifest().name == "fraud");
    CHECK(opened.manifest().version == "3");
    CHECK(opened.manifest().files == tree.files);
  }
  CHECK_FALSE(fs::exists(unpacked));

  const Json json = to_json(report);
  CHECK(json.at("schema") == "mlsys.package/1");
  CHECK(json.at("digest") == bundle_digest);
  CHECK(json.at("files").size() == 3);
  CHECK(json.at("files")[0].at("name") == "bundle.json");
  CHECK(json.at("signed_by").is_null());
  CHECK(json.at("verdict") == "pass");
}

TEST_CASE_FIXTURE(Fixture, "the same bundle gives the same bytes, whenever and wherever it lies") {
  pack();
  const std::string first = read_file(file);
  const fs::path moved = temp.path() / "moved";
  fs::copy(bundle, moved, fs::copy_options::recursive);
  fs::permissions(moved / "model.ubj", fs::perms::owner_all);
  fs::last_write_time(moved / "bundle.json", fs::file_time_type::clock::now() - std::chrono::hours(24));
  context.threads = 1;
  write_package({moved, temp.path() / "second.tar.zst", "fraud", "3"}, context);
  CHECK(read_file(temp.path() / "second.tar.zst") == first);
}

TEST_CASE_FIXTURE(Fixture, "tar and zstd can read a package") {
  pack();
  const std::string listing = (temp.path() / "listing").string();
  const std::string command = "tar --zstd -tvf '" + file.string() + "' --numeric-owner --full-time > '" + listing + "'";
  if (std::system("command -v zstd > /dev/null") != 0) return;
  REQUIRE(std::system(command.c_str()) == 0);
  const std::string text = read_file(listing);
  std::vector<std::string> names;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    CHECK(line.starts_with("-rw-r--r-- 0/0"));
    CHECK(contains(line, "1970-01-01 00:00:00"));
    names.push_back(line.substr(line.rfind(' ') + 1));
  }
  CHECK(names == std::vector<std::string>{"package.json", "bundle.json", "contract.json", "model.ubj"});
}

TEST_CASE_FIXTURE(Fixture, "what cannot be packaged is refused, and nothing is left behind") {
  const auto packing = [&] { return caught([&] { pack(); }); };
  SUBCASE("no such bundle") {
    fs::remove_all(bundle);
    CHECK(packing().code == Code::not_found);
  }
  SUBCASE("a damaged bundle") {
    write_file(bundle / "model.ubj", "other");
    CHECK(packing().code == Code::integrity);
  }
  SUBCASE("a bundle file that is a link") {
    fs::rename(bundle / "model.ubj", temp.path() / "elsewhere");
    fs::create_symlink(temp.path() / "elsewhere", bundle / "model.ubj");
    CHECK(packing().code == Code::integrity);
    fs::remove(temp.path() / "elsewhere");
  }
  SUBCASE("interrupted") {
    const std::atomic<bool> stop{true};
    context.stop = &stop;
    CHECK(packing().code == Code::interrupted);
  }
  CHECK_FALSE(fs::exists(file));
  CHECK(scratch_entries() <= 1);
}

TEST_CASE_FIXTURE(Fixture, "files that are not part of the bundle stay out of the package") {
  write_file(bundle / "notes.txt", "private");
  pack();
  CHECK_FALSE(fs::exists(open_package(file, context).bundle() / "notes.txt"));
}

TEST_CASE_FIXTURE(Fixture, "an existing package stays when packing fails") {
  pack();
  const std::string old = read_file(file);
  write_file(bundle / "model.ubj", "other");
  CHECK(caught([&] { pack(); }).code == Code::integrity);
  CHECK(read_file(file) == old);
}

TEST_CASE_FIXTURE(Fixture, "a file that is no package is not replaced by one") {
  write_file(file, "old");
  CHECK(caught([&] { pack(); }).code == Code::usage);
  CHECK(read_file(file) == "old");
}

TEST_CASE_FIXTURE(Fixture, "every flipped byte of a package is noticed") {
  pack();
  const std::string good = read_file(file);
  Random random(1);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < 64; ++i) places.push_back(i);
  for (std::size_t i = 1; i <= 64; ++i) places.push_back(good.size() - i);
  for (int i = 0; i < 200; ++i) places.push_back(random.below(good.size()));
  for (const std::size_t place : places) {
    std::string bad = good;
    bad[place] = static_cast<char>(bad[place] ^ (1 << random.below(8)));
    CAPTURE(place);
    REQUIRE(open(bad).code == Code::integrity);
  }
  CHECK(open(good).code == Code::ok);
}

TEST_CASE_FIXTURE(Fixture, "every cut and every appended byte is noticed") {
  pack();
  const std::string good = read_file(file);
  for (std::size_t part = 0; part < 50; ++part) {
    CAPTURE(part);
    REQUIRE(open(good.substr(0, good.size() * part / 50)).code == Code::integrity);
  }
  for (std::size_t cut = 1; cut <= 45; ++cut) REQUIRE(open(good.substr(0, good.size() - cut)).code == Code::integrity);
  CHECK(open(good + "x").code == Code::integrity);
  CHECK(open(good + good).code == Code::integrity);
  CHECK(contains(open("").message, "empty"));
  CHECK(contains(open("hello").message, "not a package"));
}

TEST_CASE_FIXTURE(Fixture, "a hand-made package opens, so that the others are refused for their own fault") {
  const std::vector<Member> files = {{"a", std::string(300'000, 'x')}, {"b/c", ""}, core, {"d", "1"}};
  CHECK(open(hostile::package({hostile::manifest_of(files), files[0], files[1], files[2], files[3]})).message.empty());
}

TEST_CASE_FIXTURE(Fixture, "every flipped byte inside a resealed member is noticed") {
  std::vector<Member> files = {{"a", "0123456789"}, {"b", std::string(700, 'y')}, core};
  const Member manifest = hostile::manifest_of(files);
  for (Member& member : files) {
    for (std::size_t i = 0; i < member.content.size(); ++i) {
      const std::string content = member.content;
      member.content[i] = static_cast<char>(member.content[i] ^ 1);
      CAPTURE(i);
      REQUIRE(open(hostile::package({manifest, files[0], files[1], files[2]})).code == Code::integrity);
      member.content = content;
    }
  }
  for (std::size_t i = 0; i < manifest.content.size(); ++i) {
    Member bad = manifest;
    bad.content[i] = static_cast<char>(bad.content[i] ^ 1);
    CAPTURE(bad.content);
    REQUIRE(open(hostile::package({bad, files[0], files[1], files[2]})).code == Code::integrity);
  }
}

TEST_CASE_FIXTURE(Fixture, "hostile archives") {
  const Member a{"a", "1"};
  const Member b{"b", "2"};
  const Member manifest = hostile::manifest_of({a, b, core});
  const auto refused = [&](const std::vector<Member>& members, const std::string& why) {
    const Caught result = open(hostile::package(members));
    CAPTURE(result.message);
    CHECK(result.code == Code::integrity);
    CHECK(contains(result.message, why));
    CHECK(scratch_entries() == 2);  // the bundle and the package: nothing was put beside them
  };

  SUBCASE("members that are missing, extra, twice or out of order") {
    refused({manifest, a, b}, "'bundle.json' is missing");
    refused({manifest, b, a}, "'a' is missing or out of order");
    refused({manifest, a, b, core, {"c", "3"}}, "'c', which its 'package.json' does not list");
    refused({manifest, a, a, b}, "'a' twice");
    refused({manifest, a, b, core, b}, "'b' twice");
    refused({manifest, a, b, core, manifest}, "'package.json' twice");
    refused({a, b, manifest}, "first member");
    refused({}, "empty");
  }
  SUBCASE("names that lead elsewhere") {
    for (const char* name : {"../a", "/a", "b/../../a", "./a", "a/./b", "a//b", "a/", "..", "C:\\a", "a\nb", "\xff"}) {
      refused({manifest, {name, "1"}, b}, "unsafe file name");
    }
    refused({hostile::manifest_of({{"../a", "1"}}), {"../a", "1"}}, "unsafe file name '../a'");
    refused({hostile::manifest_of({{"/tmp/a", "1"}}), {"/tmp/a", "1"}}, "unsafe file name '/tmp/a'");
  }
  SUBCASE("what is not a regular file") {
    refused({manifest, {"a", "", '2', "/etc/passwd"}, b}, "symbolic link");
    refused({manifest, a, {"b", "", '1', "a"}}, "hard link");
    refused({manifest, {"a", "", '1', "/etc/passwd"}, b}, "hard link");
    refused({manifest, {"a", "", '3'}, b}, "special file");
    refused({manifest, {"a", "", '6'}, b}, "special file");
    refused({manifest, {"a", "", '5'}, b}, "a");
    refused({{"package.json", "", '2', "/etc/passwd"}, a, b}, "symbolic link");
  }
  SUBCASE("sizes that lie") {
    Member larger = a;
    larger.content = "11";
    refused({manifest, larger, b}, "'a' has 2 bytes instead of 1");
    Member bomb{"a", "1"};
    bomb.declared = std::uint64_t{8} << 30;
    refused({hostile::manifest_of({bomb, core}), bomb, core}, "more than the limit");
    Member cut{"a", "1"};
    cut.declared = 100'000;
    refused({hostile::manifest_of({cut, core}), cut, core}, "");
    refused({{"package.json", std::string(2 << 20, ' ')}}, "larger than");
  }
  SUBCASE("manifests that contradict themselves") {
    refused({hostile::manifest_of({a, {"a/b", ""}, core}), a, {"a/b", ""}, core}, "both a file and a folder");
    refused({hostile::manifest_of({{"package.json", ""}})}, "its own manifest");
    refused({hostile::manifest_of({a, a}), a, a}, "distinct");
    refused({hostile::manifest_of({a, b}), a, b}, "'bundle.json' is not among them");
    std::string other = manifest.content;
    other.replace(other.find("digest\":\"") + 9, 64, digest::sha256_hex("other"));
    refused({{"package.json", other}, a, b, core}, "is not that of 'bundle.json'");
    refused({{"package.json", "{\"schema\":\"mlsys.package.manifest/2\"}"}}, "newer");
    refused({{"package.json", "[]"}}, "object");
    refused({{"package.json", std::string(100'000, '[')}}, "");
    std::string extra = manifest.content;
    extra.replace(extra.size() - 1, 1, ",\"x\":1}");
    refused({{"package.json", extra}, a, b, core}, "x");
  }
  SUBCASE("more files than allowed") {
    std::vector<Member> many = {core};
    for (int i = 1000; i < 2001; ++i) many.push_back({"f" + std::to_string(i), ""});
    refused({hostile::manifest_of(many)}, "1,002 files");
  }
}

TEST_CASE_FIXTURE(Fixture, "a chain of zstd blocks that repeat one byte does not fill memory or disk") {
  // 40,000 RLE blocks of 128 KiB: 5 GiB of zeros in 160 KB, after a manifest that does not list them.
  const std::string start = hostile::tar({hostile::manifest_of({{"a", "1"}, core})});
  std::string frame("\x28\xB5\x2F\xFD\x00\x58", 6);
  const auto block = [&](std::size_t size, unsigned kind, const std::string& content) {
    const std::uint64_t header = (size << 3) | (kind << 1);
    for (int i = 0; i < 3; ++i) frame += static_cast<char>(header >> (8 * i));
    frame += content;
  };
  const std::string body = start.substr(0, start.size() - 1024) + hostile::tar_header({"a", "", '0', "", 7ULL << 30});
  block(body.size(), 0, body);
  for (int i = 0; i < 40'000; ++i) block(131'072, 1, std::string(1, '\0'));
  const Caught result = open(hostile::sealed(frame));
  CHECK(result.code == Code::integrity);
  CHECK(contains(result.message, "instead of 1"));
}

TEST_CASE_FIXTURE(Fixture, "zstd inside zstd is refused") {
  const Member a{"a", "1"};
  const std::string tar = hostile::tar({hostile::manifest_of({a, core}), a, core});
  CHECK(open(hostile::sealed(hostile::zstd(tar))).code == Code::ok);
  const Caught twice = open(hostile::sealed(hostile::zstd(hostile::zstd(tar))));
  CHECK(twice.code == Code::integrity);
  CHECK(contains(twice.message, "compressed by zstd once"));
}

TEST_CASE_FIXTURE(Fixture, "nothing follows what is listed") {
  const Member a{"a", "1"};
  const Member evil{"evil.sh", "#!/bin/sh"};
  const std::string tar = hostile::tar({hostile::manifest_of({a, core}), a, core});
  const std::string other = hostile::tar({evil});
  const std::string skippable("\x50\x2A\x4D\x18\x04\0\0\0evil", 12);
  const auto refused = [&](const std::string& frames, const std::string& why) {
    const Caught result = open(hostile::sealed(frames));
    CAPTURE(result.message);
    CHECK(result.code == Code::integrity);
    CHECK(contains(result.message, why));
    CHECK(scratch_entries() == 2);
  };
  SUBCASE("behind the frame") {
    for (const std::string& more : {hostile::zstd(other), hostile::zstd(""), skippable, std::string("x"),
                                    hostile::zstd(std::string("\x8f\x11 random", 9)), std::string(512, '\0')})
      refused(hostile::zstd(tar) + more, "something follows its compressed data");
  }
  SUBCASE("within it") {
    refused(hostile::zstd(tar + other), "something follows its last file");
    refused(hostile::zstd(tar + std::string(9000, '\0') + "x"), "something follows its last file");
    refused(hostile::zstd(tar + std::string(2 << 20, '\0')), "something follows its last file");
    // One block of zeros ends what libarchive reads; a header behind it is there for `tar --ignore-zeros`.
    refused(hostile::zstd(tar.substr(0, tar.size() - 512) + other), "something follows its last file");
  }
  SUBCASE("padding is no content") {
    CHECK(open(hostile::sealed(hostile::zstd(tar))).code == Code::ok);
    CHECK(open(hostile::sealed(hostile::zstd(tar + std::string(10'240 - 1024, '\0')))).code == Code::ok);
    CHECK(open(hostile::sealed(hostile::zstd(tar.substr(0, tar.size() - 1024)))).code == Code::ok);
  }
  SUBCASE("headers of other formats, which hold more than names and sizes") {
    const std::string record = "20 comment=evil evil\n";
    for (const char type : {'x', 'g', 'L'}) {
      const Member more{"more", record, type};
      refused(hostile::zstd(hostile::tar({hostile::manifest_of({a, core}), more, a, core})), "");
      refused(hostile::zstd(hostile::tar({hostile::manifest_of({a, core}), a, core, more})), "");
    }
  }
}

TEST_CASE_FIXTURE(Fixture, "limits can be raised and lowered") {
  pack();
  CHECK(caught([&] { open_package(file, context, {.files = 3, .bytes = 25'000}); }).code == Code::ok);
  CHECK(caught([&] { open_package(file, context, {.files = 2, .bytes = 25'000}); }).code == Code::integrity);
  CHECK(caught([&] { open_package(file, context, {.files = 3, .bytes = 20'000}); }).code == Code::integrity);
}

TEST_CASE_FIXTURE(Fixture, "what is no package file at all") {
  CHECK(caught([&] { open_package(temp.path() / "none", context); }).code == Code::not_found);
  CHECK(caught([&] { open_package(bundle, context); }).code == Code::failed);
  REQUIRE(::mkfifo((temp.path() / "pipe").c_str(), 0600) == 0);
  CHECK(caught([&] { open_package(temp.path() / "pipe", context); }).code == Code::failed);
}

TEST_CASE("names") {
  for (const char* good : {"a", "model.ubj", "a/b", ".a", "a..b", "...", "A-Z_0.9"}) CHECK(is_safe_name(good));
  for (const char* bad :
       {"", ".", "..", "/", "a/", "/a", "a//b", "a/../b", "a b", "a\\b", "a:b", "\xC3\xBC", "1/2/3/4/5/6/7/8/9"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_safe_name(bad));
  }
  CHECK(is_safe_name(std::string(200, 'a')));
  CHECK_FALSE(is_safe_name(std::string(201, 'a')));
}

TEST_CASE("a manifest reads as it was written") {
  const Manifest manifest{"fraud",
                          "3",
                          digest::sha256_hex("x"),
                          {{"a", digest::sha256_hex(""), 0}, {"bundle.json", digest::sha256_hex("x"), 1}}};
  const Manifest read = parse_manifest(to_text(to_json(manifest)), "m");
  CHECK(read.name == "fraud");
  CHECK(read.version == "3");
  CHECK(read.digest == manifest.digest);
  CHECK(read.files == manifest.files);
}
