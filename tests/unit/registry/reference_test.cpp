#include "mlsys/registry/reference.hpp"

#include "fixture.hpp"

using namespace mlsys;
using namespace mlsys::registry;

namespace {

// "run=… model=… alias=… version=… path=…", or the code of the error.
std::string parsed(std::string_view text) {
  try {
    const ModelReference r = parse_model_reference(text);
    std::string shown;
    if (r.run) shown += " run=" + *r.run;
    if (r.model) shown += " model=" + *r.model;
    if (r.alias) shown += " alias=" + *r.alias;
    if (r.version) shown += " version=" + std::to_string(*r.version);
    if (r.path) shown += " path=" + r.path->native();
    return shown.substr(1);
  } catch (const Error& error) {
    return code_name(error.code());
  }
}

}  // namespace

TEST_CASE("a reference's text is read without looking at anything") {
  CHECK(parsed("run:3f2a") == "run=3f2a");
  CHECK(parsed("run:@last~2") == "run=@last~2");
  CHECK(parsed("@last") == "run=@last");
  CHECK(parsed("@last~12") == "run=@last~12");
  CHECK(parsed("fraud") == "model=fraud path=fraud");
  CHECK(parsed("model:fraud") == "model=fraud");
  CHECK(parsed("fraud@champion") == "model=fraud alias=champion path=fraud@champion");
  CHECK(parsed("fraud/3") == "model=fraud version=3 path=fraud/3");
  CHECK(parsed("fraud/v3") == "model=fraud version=3 path=fraud/v3");
  CHECK(parsed("model:fraud/3") == "model=fraud version=3");
  CHECK(parsed("./fraud") == "path=./fraud");
  CHECK(parsed("/m/fraud") == "path=/m/fraud");
  CHECK(parsed("../fraud") == "path=../fraud");
  CHECK(parsed("fraud/") == "path=fraud/");
  CHECK(parsed(".") == "path=.");
  CHECK(parsed("a/b/c") == "path=a/b/c");
  CHECK(parsed("a/b") == "path=a/b");
  CHECK(parsed("out/fraud/3") == "path=out/fraud/3");  // a model's name has no slash
  CHECK(parsed("fraud.tar.zst") == "model=fraud.tar.zst path=fraud.tar.zst");
  CHECK(parsed("abcd1234") == "run=abcd1234 model=abcd1234 path=abcd1234");
  CHECK(parsed("abc") == "model=abc path=abc");  // too short for a run
  CHECK(parsed("fraud/0") == "path=fraud/0");
  CHECK(parsed("fraud/99999999999999999999") == "path=fraud/99999999999999999999");
  CHECK(parsed("user@host:x") == "path=user@host:x");
  for (const char* text : {"", "run:", "run:xyz1", "run:abc", "@last~", "@last~-1", "@lastly", "model:", "model:a/b",
                           "model:a@latest", "model:a@v1", "model:.hidden"})
    CHECK_MESSAGE(parsed(text) == "usage", text);
  CHECK(parsed(std::string_view("a\0b", 3)) == "usage");
}

TEST_CASE_FIXTURE(test::Registry, "a reference means the run, the version or the file that has that name") {
  const std::string run = run_with_model("one");
  const std::string later = run_with_model("two");
  const Version first = add("fraud", "one", run);
  const auto kind = [&](std::string_view text) { return resolve(store, text, {}, context); };

  CHECK(kind("run:" + run).digest == first.digest);
  CHECK(kind("run:" + run.substr(0, 8)).run_id == run);
  CHECK(kind(run).digest == first.digest);
  CHECK(kind("@last").run_id == later);
  CHECK(kind("@last~1").run_id == run);
  CHECK(kind("run:" + run).label() == "run:" + run);
  CHECK(kind("fraud").label() == "fraud/1");
  CHECK(kind("fraud").run_id == run);
  CHECK(kind("fraud/1").path == store.content().bundles() / first.digest);
  CHECK(code_of([&] { kind("fraud/2"); }) == Code::not_found);
  CHECK(code_of([&] { kind("fraud@champion"); }) == Code::not_found);
  CHECK(error_of([&] { kind("fruad"); }).hint() == "did you mean 'fraud'?");
  CHECK(code_of([&] { kind("@last~2"); }) == Code::not_found);
  CHECK(code_of([&] { kind("deadbeef"); }) == Code::not_found);
  CHECK(code_of([&] { kind("./nowhere"); }) == Code::not_found);

  add("fraud", "two");
  const Error several = error_of([&] { kind("fraud"); });
  CHECK(several.code() == Code::usage);
  CHECK(several.message().find("fraud/2, fraud/1") != std::string::npos);
  promote(2);
  CHECK(kind("fraud").version == 2);
  CHECK(kind("fraud@champion").version == 2);

  test::make_bundle(store, scratch / "bundle", "three", context);
  CHECK(kind((scratch / "bundle").native()).kind == ResolvedModel::Kind::bundle);
  CHECK(kind((scratch / "bundle").native()).label() == (scratch / "bundle").native());
  write_file(scratch / "x.tar.zst", "package");
  CHECK(kind((scratch / "x.tar.zst").native()).kind == ResolvedModel::Kind::package);
  CHECK(resolve(scratch / "no store", (scratch / "bundle").native(), {}, context).digest.empty());
  const Error no_store = error_of([&] { resolve(scratch / "no store", "fraud", {}, context); });
  CHECK(no_store.code() == Code::not_found);
  CHECK(no_store.hint().find("--store") != std::string::npos);

  const std::string bare = track::start(store, {}, context);
  const Error without = error_of([&] { kind(bare); });
  CHECK(without.code() == Code::not_found);
  CHECK(without.message().find("has no model") != std::string::npos);
}

TEST_CASE_FIXTURE(test::Registry, "a model may be yet to come, but a misspelt alias is a slip") {
  std::string reason;
  const auto found = [&](const std::string& text) {
    return resolve_if_any(store, text, {}, context, reason).has_value();
  };
  CHECK_FALSE(found("fraud@champion"));
  CHECK(reason == "no model 'fraud@champion'");
  add("fraud", "one");
  CHECK_FALSE(found("fraud@champion"));  // not promoted yet
  CHECK(reason == "the model 'fraud' has no alias 'champion'");
  CHECK(error_of([&] { found("fraud@champoin"); }).code() == Code::not_found);  // two letters exchanged
  promote(1);
  CHECK(found("fraud@champion"));
  CHECK_FALSE(found("fraud@shadow"));
  CHECK(error_of([&] { found("fraud/2"); }).code() == Code::not_found);
  CHECK_FALSE(found("nobody/2"));
  const Error slip = error_of([&] { found("model:fraud@champoin"); });
  CHECK(slip.code() == Code::not_found);
  CHECK(slip.message() == "the model 'fraud' has no alias 'champoin'");
  CHECK(slip.hint() == "did you mean 'champion'?");
  CHECK_FALSE(resolve_if_any(scratch / "nowhere", "fraud@champoin", {}, context, reason).has_value());
}

TEST_CASE_FIXTURE(test::Registry, "a name that a folder and a model share is refused, naming both") {
  add("fraud", "one");
  struct Back {
    std::filesystem::path path = std::filesystem::current_path();
    ~Back() { std::filesystem::current_path(path); }
  } const back;
  std::filesystem::current_path(scratch.directory.path());
  CHECK(resolve(store, "fraud", {}, context).version == 1);
  std::filesystem::create_directory("fraud");  // not a bundle: no other meaning
  CHECK(resolve(store, "fraud", {}, context).version == 1);
  test::make_bundle(store, "fraud", "two", context);
  const Error both = error_of([&] { resolve(store, "fraud", {}, context); });
  CHECK(both.code() == Code::usage);
  CHECK(both.message().find("the directory 'fraud'") != std::string::npos);
  CHECK(both.message().find("the registered model 'fraud'") != std::string::npos);
  CHECK(both.hint() == "write ./fraud or model:fraud");
  CHECK(resolve(store, "model:fraud", {}, context).version == 1);
  CHECK(resolve(store, "./fraud", {}, context).path == "./fraud");
}

TEST_CASE_FIXTURE(test::Registry,
                  "a bundle that the registry has and the disk has lost is damage, not a missing model") {
  const Version version = add("fraud", "one");
  std::filesystem::remove_all(version.model);
  for (const auto check : {store::Check::digest, store::Check::exists}) {
    const Error lost = error_of([&] { resolve(store, "fraud", {{}, check}, context); });
    CHECK(lost.code() == Code::integrity);
    CHECK(lost.message().find("the files of the model fraud/1 are lost") == 0);
  }
  CHECK(code_of([&] { resolve(store, "fraud@challenger", {}, context); }) == Code::not_found);
}

TEST_CASE_FIXTURE(test::Registry, "a stored bundle that was altered is refused") {
  const Version version = add("fraud", "one");
  const auto file = version.model / "model.ubj";
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  write_file(file, "altered");
  CHECK(code_of([&] { resolve(store, "fraud", {}, context); }) == Code::integrity);
  CHECK(code_of([&] { resolve(store, "fraud", {{}, store::Check::exists}, context); }) == Code::ok);
}
