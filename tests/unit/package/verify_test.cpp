#include "mlsys/package/verify.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "fixture.hpp"
#include "mlsys/base/json.hpp"

using namespace mlsys;
using namespace mlsys::package;
namespace fs = std::filesystem;

namespace {

struct VerifyFixture {
  Context context;
  TempDirectory temp{context.temp_dir};
  fs::path bundle = temp.path() / "bundle";
  fs::path file = temp.path() / "p.tar.zst";

  VerifyFixture() {
    make_bundle(bundle);
    write_package({bundle, file, "fraud", "3"}, context);
  }
  VerifyReport check(const fs::path& subject) { return verify({subject, {}, true}, context); }
  std::string problem(const fs::path& subject) {
    const VerifyReport report = check(subject);
    CHECK(report.passed == report.problem.empty());
    return report.problem;
  }
};

}  // namespace

TEST_CASE_FIXTURE(VerifyFixture, "a package, its bundle and its unpacked form verify alike") {
  const fs::path unpacked = temp.path() / "unpacked";
  {
    const OpenedPackage opened = open_package(file, context);
    fs::copy(opened.bundle(), unpacked, fs::copy_options::recursive);
    write_file(unpacked / "package.json", to_text(to_json(opened.manifest())));
  }
  const std::string digest = digest::sha256_file(bundle / "bundle.json", context);
  for (const fs::path& subject : {file, bundle, unpacked}) {
    const VerifyReport report = check(subject);
    CHECK(report.passed);
    CHECK(report.problem.empty());
    CHECK(report.digest == digest);
    CHECK(report.files == digest::tree_digest(bundle, context).files);
    const Json json = to_json(report);
    CHECK(json.at("verdict") == "pass");
    CHECK(json.at("package") == subject.string());
    CHECK(json.at("signed_by").is_null());
    CHECK(json.at("files").size() == 3);
    CHECK_FALSE(json.contains("reason"));
  }
  CHECK(check(file).name == "fraud");
  CHECK(check(file).version == "3");
}

TEST_CASE_FIXTURE(VerifyFixture, "a damaged package is a report, not an exception") {
  std::string bytes = read_file(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file(file, bytes);
  const VerifyReport report = check(file);
  CHECK_FALSE(report.passed);
  CHECK(contains(report.problem, "do not match the seal"));
  CHECK_FALSE(report.hint.empty());
  const Json json = to_json(report);
  CHECK(json.at("verdict") == "fail");
  CHECK(json.at("digest").is_null());
  CHECK(json.at("files").empty());
  CHECK(json.at("reason") == report.problem);
}

TEST_CASE_FIXTURE(VerifyFixture, "every fault of a bundle directory is found") {
  SUBCASE("each file changed, by one byte in the same size") {
    for (const char* name : {"bundle.json", "model.ubj"}) {
      const std::string good = read_file(bundle / name);
      for (const std::size_t place : {std::size_t{0}, good.size() / 2, good.size() - 1}) {
        std::string bad = good;
        bad[place] = static_cast<char>(bad[place] ^ 1);
        write_file(bundle / name, bad);
        // White space at the end of the manifest may read the same; without a package nothing holds its digest.
        if (name == std::string("bundle.json") && place == good.size() - 1) continue;
        CAPTURE(name);
        CAPTURE(place);
        CHECK_FALSE(problem(bundle).empty());
      }
      write_file(bundle / name, good);
      CHECK(problem(bundle).empty());
    }
  }
  SUBCASE("a file too many") {
    write_file(bundle / "extra", "");
    CHECK(contains(problem(bundle), "it holds 'extra', which 'bundle.json' does not list"));
  }
  SUBCASE("a file too few") {
    fs::remove(bundle / "contract.json");
    CHECK(contains(problem(bundle), "contract.json"));
  }
  SUBCASE("no manifest") {
    fs::remove(bundle / "bundle.json");
    CHECK(contains(problem(bundle), "holds no 'bundle.json'"));
  }
  SUBCASE("a link, a folder of links, a pipe") {
    fs::create_symlink("model.ubj", bundle / "link");
    CHECK(contains(problem(bundle), "'link' is a link"));
    fs::remove(bundle / "link");
    REQUIRE(::mkfifo((bundle / "pipe").c_str(), 0600) == 0);
    CHECK(contains(problem(bundle), "'pipe' is a link or a special file"));
  }
}

TEST_CASE_FIXTURE(VerifyFixture, "an unpacked package is held to its package.json") {
  const fs::path unpacked = temp.path() / "unpacked";
  fs::copy(bundle, unpacked, fs::copy_options::recursive);
  const auto write_manifest = [&](const Manifest& manifest) {
    write_file(unpacked / "package.json", to_text(to_json(manifest)));
  };
  Manifest manifest = open_package(file, context).manifest();
  SUBCASE("even white space in bundle.json counts") {
    write_manifest(manifest);
    write_file(unpacked / "bundle.json", read_file(unpacked / "bundle.json") + "\n");
    CHECK(contains(problem(unpacked), "'bundle.json' does not have the digest that 'package.json' states"));
  }
  SUBCASE("a file that only package.json lists") {
    manifest.files.push_back({"z", digest::sha256_hex("z"), 1});
    write_manifest(manifest);
    CHECK(contains(problem(unpacked), "'z' is missing"));
    write_file(unpacked / "z", "z");
    CHECK(contains(problem(unpacked), "it holds 'z', which 'bundle.json' does not list"));
  }
  SUBCASE("a broken manifest") {
    write_file(unpacked / "package.json", "{");
    CHECK_FALSE(problem(unpacked).empty());
  }
}

TEST_CASE_FIXTURE(VerifyFixture, "what is not there is not found, and what cannot be read failed") {
  CHECK(caught([&] { check(temp.path() / "none"); }).code == Code::not_found);
  CHECK(caught([&] { check(temp.path() / "none" / "deeper"); }).code == Code::not_found);
  REQUIRE(::mkfifo((temp.path() / "pipe").c_str(), 0600) == 0);
  CHECK(caught([&] { check(temp.path() / "pipe"); }).code == Code::failed);
}
