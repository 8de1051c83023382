#include "mlsys/digest/digest.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <memory>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"

using namespace mlsys;
using namespace mlsys::digest;
namespace fs = std::filesystem;

namespace {

// The first word printed by a shell command: the oracle is GNU sha256sum.
std::string first_word(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  std::array<char, 256> buffer{};
  while (pipe && std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe.get()) != nullptr)
    text += buffer.data();
  return text.substr(0, text.find(' '));
}

Code code_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return Code::ok;
}

}  // namespace

// NIST, "Example Algorithms: SHA256" and the CAVP vectors of FIPS 180-4.
TEST_CASE("published vectors") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(
      sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnop"
                 "qrstnopqrstu") == "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  CHECK(sha256_hex(std::string(1'000'000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("pieces of any size give the digest of the whole") {
  const std::string text(1000, 'x');
  const std::string whole = sha256_hex(text);
  for (const std::size_t piece : {1U, 7U, 63U, 64U, 65U, 999U}) {
    Sha256 sha;
    for (std::size_t at = 0; at < text.size(); at += piece) sha.update(std::string_view(text).substr(at, piece));
    CHECK(sha.hex() == whole);
  }
}

TEST_CASE("hex does not end the computation") {
  Sha256 sha;
  sha.update("a");
  CHECK(sha.hex() == sha256_hex("a"));
  CHECK(sha.hex() == sha256_hex("a"));
  sha.update("bc");
  CHECK(sha.hex() == sha256_hex("abc"));
}

TEST_CASE("a digest is 64 lower-case hexadecimal digits") {
  CHECK(is_sha256(sha256_hex("")));
  CHECK_FALSE(is_sha256(""));
  CHECK_FALSE(is_sha256(std::string(63, 'a')));
  CHECK_FALSE(is_sha256(std::string(64, 'A')));
  CHECK_FALSE(is_sha256(std::string(64, 'g')));
}

TEST_CASE("files") {
  Context context;
  const TempDirectory temp(context.temp_dir);
  const fs::path file = temp.path() / "f";

  SUBCASE("around the block size, against sha256sum") {
    for (const std::size_t size : {0UL, 1UL, (1UL << 20) - 1, 1UL << 20, (1UL << 20) + 1, 3UL << 20}) {
      write_file(file, std::string(size, 'z'));
      CHECK(sha256_file(file, context) == first_word("sha256sum '" + file.string() + "'"));
    }
  }
  SUBCASE("a link is followed") {
    write_file(file, "abc");
    fs::create_symlink(file, temp.path() / "link");
    CHECK(sha256_file(temp.path() / "link", context) == sha256_hex("abc"));
  }
  SUBCASE("what is not a readable regular file is refused, and a pipe does not hang") {
    CHECK(code_of([&] { sha256_file(temp.path() / "none", context); }) == Code::not_found);
    CHECK(code_of([&] { sha256_file(temp.path(), context); }) == Code::failed);
    REQUIRE(::mkfifo((temp.path() / "pipe").c_str(), 0600) == 0);
    CHECK(code_of([&] { sha256_file(temp.path() / "pipe", context); }) == Code::failed);
  }
  SUBCASE("stops when asked to") {
    write_file(file, "abc");
    const std::atomic<bool> stop{true};
    context.stop = &stop;
    CHECK(code_of([&] { sha256_file(file, context); }) == Code::interrupted);
  }
}

TEST_CASE("trees") {
  Context context;
  const TempDirectory temp(context.temp_dir);
  const fs::path tree = temp.path() / "tree";
  fs::create_directories(tree / "a");
  fs::create_directories(tree / "empty");
  // Order by component and order by byte differ here: 'a-b' and 'a.c' sort before 'a/x', since '-' and '.' < '/'.
  write_file(tree / "a" / "x", "1");
  write_file(tree / "a-b", "2");
  write_file(tree / "a.c", "");
  write_file(tree / "new\nline", "3");
  write_file(tree / "\xC3\xBC b", "4");

  SUBCASE("is the documented pipeline of GNU tools") {
    const TreeDigest digest = tree_digest(tree, context);
    CHECK(digest.sha256 == first_word("cd '" + tree.string() +
                                      "' && find . -type f -printf '%P\\0' | LC_ALL=C sort -z | "
                                      "xargs -0 sha256sum -z | sha256sum"));
    REQUIRE(digest.files.size() == 5);
    CHECK(digest.files[0] == FileDigest{"a-b", sha256_hex("2"), 1});
    CHECK(digest.files[1] == FileDigest{"a.c", sha256_hex(""), 0});
    CHECK(digest.files[2] == FileDigest{"a/x", sha256_hex("1"), 1});
    CHECK(to_json(digest.files[1]).dump() == "{\"name\":\"a.c\",\"sha256\":\"" + sha256_hex("") + "\",\"bytes\":0}");
  }
  SUBCASE("does not depend on threads, times, modes, where it lies, or a trailing slash") {
    const std::string before = tree_digest(tree, context).sha256;
    fs::copy(tree, temp.path() / "copy", fs::copy_options::recursive);
    fs::permissions(temp.path() / "copy" / "a-b", fs::perms::owner_all);
    context.threads = 1;
    CHECK(tree_digest(temp.path() / "copy", context).sha256 == before);
    CHECK(tree_digest(tree.string() + "/", context).sha256 == before);
  }
  SUBCASE("depends on every name and content") {
    const std::string before = tree_digest(tree, context).sha256;
    write_file(tree / "a" / "x", "5");
    const std::string changed = tree_digest(tree, context).sha256;
    CHECK(changed != before);
    fs::rename(tree / "a" / "x", tree / "a" / "y");
    CHECK(tree_digest(tree, context).sha256 != changed);
  }
  SUBCASE("a list in any order has the tree's digest") {
    TreeDigest digest = tree_digest(tree, context);
    std::swap(digest.files.front(), digest.files.back());
    CHECK(list_digest(digest.files) == digest.sha256);
  }
  SUBCASE("links and special files are refused") {
    fs::create_symlink("a-b", tree / "link");
    CHECK(code_of([&] { tree_digest(tree, context); }) == Code::failed);
    fs::remove(tree / "link");
    fs::create_directory_symlink("a", tree / "linked");
    CHECK(code_of([&] { tree_digest(tree, context); }) == Code::failed);
    fs::remove(tree / "linked");
    REQUIRE(::mkfifo((tree / "pipe").c_str(), 0600) == 0);
    CHECK(code_of([&] { tree_digest(tree, context); }) == Code::failed);
  }
  SUBCASE("what is not a directory is refused") {
    CHECK(code_of([&] { tree_digest(temp.path() / "none", context); }) == Code::not_found);
    CHECK(code_of([&] { tree_digest(tree / "a-b", context); }) == Code::failed);
  }
  SUBCASE("an empty tree has the digest of no bytes") {
    CHECK(tree_digest(tree / "empty", context).sha256 == sha256_hex(""));
  }
}
