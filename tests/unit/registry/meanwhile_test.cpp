// A registry that others change while it is read.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <set>
#include <string>

#include "fixture.hpp"
#include "mlsys/registry/lineage.hpp"
#include "mlsys/registry/reference.hpp"
#include "mlsys/registry/transfer.hpp"

using namespace mlsys;
using namespace mlsys::registry;

namespace {

// Registers version after version as champion, each time deleting the one before for good.
void replace_champions(const std::filesystem::path& folder, const std::filesystem::path& scratch) {
  Context context;
  store::Store store = store::Store::open(folder, store::Mode::write, context);
  for (std::int64_t number = 2;; ++number) {
    test::make_bundle(store, scratch, std::to_string(number), context);
    RegisterOptions options;
    options.name = "fraud";
    options.bundle = scratch;
    options.aliases = {"champion"};
    register_model(store, options, context);
    delete_version(store, "fraud", number - 1, "", context);
    store.collect({.min_age_seconds = 0}, context);
  }
}

}  // namespace

TEST_CASE_FIXTURE(test::Registry, "a champion is found, read and exported while others replace and delete it") {
  add("fraud", "1");
  promote(1);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    try {
      replace_champions(store.folder(), scratch / "next");
    } catch (const std::exception& error) {
      fprintf(stderr, "%s\n", error.what());
    }
    _exit(1);
  }
  Context other;
  store::Store reader = store::Store::open(store.folder(), store::Mode::read, other);
  std::string wrong;
  int resolved = 0;
  std::set<std::int64_t> versions;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2500);
  int status = 0;
  bool changing = true;  // a slow machine takes longer until there was something to see
  while (wrong.empty() && changing && (versions.size() <= 3 || std::chrono::steady_clock::now() < end)) {
    changing = waitpid(child, &status, WNOHANG) == 0;
    try {
      versions.insert(resolve(reader, "fraud@champion", {}, other).version.value_or(0));
      std::size_t bytes = 0;  // outside of CHECK, which would keep what is thrown to itself
      load_resolved(reader, "fraud", {}, other,
                    [&](const ResolvedModel& model) { bytes = read_file(model.path / "model.ubj").size(); });
      CHECK(bytes > 0);
      CHECK(lineage(reader, "fraud", other).digest.size() == 64);
      if (++resolved % 10 == 0) {
        const ExportReport report = export_models(reader, {.models = {}, .target = scratch / "out"}, other);
        CHECK(report.aliases == std::vector<std::string>{"fraud@champion"});
        CHECK(report.bundles == report.versions.size());
        std::size_t bundles = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(scratch / "out/bundles"))
          ++bundles;
        CHECK(bundles == report.bundles);
      }
    } catch (const Error& error) {
      wrong = error.message();
    }
  }
  REQUIRE(changing);
  kill(child, SIGKILL);
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(wrong == "");
  CHECK(versions.size() > 3);
}

TEST_CASE_FIXTURE(
    test::Registry,
    "looking back at a version that was deleted and collected ends: it was there, and its files are lost") {
  const Version version = add("fraud", "one");
  const Millis then = version.created;
  context.now = [then] { return then + std::chrono::hours(1); };
  delete_version(store, "fraud", 1, "", context);
  store.collect({.min_age_seconds = 0}, context);
  const Error gone = error_of([&] { resolve(store, "fraud/1", {then, store::Check::exists}, context); });
  CHECK(gone.code() == Code::integrity);
  CHECK(gone.message() == "the files of the model fraud/1 are lost: it was deleted, and they were collected");
}

TEST_CASE_FIXTURE(test::Registry, "what a promotion did is told although its version is deleted before that") {
  add("fraud", "one");
  add("fraud", "two");
  const Promotion promotion = promote(1);
  context.now = [&] { return promotion.time + std::chrono::seconds(1); };
  promote(2);
  delete_version(store, "fraud", 1, "", context);
  const Version then = version(store, "fraud", promotion.version, promotion.time);
  CHECK(then.aliases == std::vector<std::string>{"champion"});
}

TEST_CASE_FIXTURE(test::Registry, "a bundle that is replaced between being checked and being registered is refused") {
  const Version known = add("fraud", "one");
  test::make_bundle(store, scratch / "made", "two", context);
  RegisterOptions options;
  options.name = "fraud";
  options.bundle = scratch / "made";
  options.digest = known.digest;  // of what was checked
  CHECK(code_of([&] { register_model(store, options, context); }) == Code::conflict);
  CHECK(model(store, "fraud").versions.size() == 1);
  test::make_bundle(store, scratch / "made", "one", context);
  CHECK(register_model(store, options, context).known);
}
