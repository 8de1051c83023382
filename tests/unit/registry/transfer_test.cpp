#include "mlsys/registry/transfer.hpp"

#include <map>

#include "fixture.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/registry/diff.hpp"
#include "mlsys/registry/lineage.hpp"

using namespace mlsys;
using namespace mlsys::registry;
namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> files_below(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[entry.path().lexically_relative(folder).native()] = read_file(entry.path());
  return files;
}

}  // namespace

TEST_CASE_FIXTURE(test::Registry, "an export is read into another store as it was, and once more changes nothing") {
  add("fraud", "one", run_with_model("one"));
  add("fraud", "two");
  add("churn", "one");  // the same bundle as fraud/1
  promote(2);
  const ExportReport report = export_models(store, {{}, scratch / "out"}, context);
  CHECK(report.versions == std::vector<std::string>{"churn/1", "fraud/1", "fraud/2"});
  CHECK(report.aliases == std::vector<std::string>{"fraud@champion"});
  CHECK(report.bundles == 2);
  export_models(store, {{}, scratch / "again"}, context);
  CHECK(files_below(scratch / "out") == files_below(scratch / "again"));

  store::Store other = store::Store::open(scratch / "other", store::Mode::write, context);
  std::vector<fs::path> checked;
  ImportOptions options;
  options.source = scratch / "out";
  options.check = [&](const fs::path& bundle) { checked.push_back(bundle); };
  options.dry_run = true;
  CHECK(import_models(other, options, context).versions.size() == 3);
  CHECK(models(other).empty());
  options.dry_run = false;
  checked.clear();
  const ImportReport imported = import_models(other, options, context);
  CHECK(checked.size() == 3);
  CHECK(imported.versions.size() == 3);
  CHECK(by_alias(other, "fraud", "champion").digest == by_alias(store, "fraud", "champion").digest);
  const Version here = version(store, "fraud", 1), there = version(other, "fraud", 1);
  CHECK_FALSE(here.origin);
  CHECK(there.run_id.empty());  // that run is not there
  REQUIRE(there.origin);
  CHECK(there.origin->run_id == here.run_id);
  CHECK(there.origin->registered == here.created);
  CHECK(lineage(other, "fraud/1", context).made_by == here.run_id);
  CHECK_FALSE(lineage(other, "fraud/1", context).run);
  CHECK(lineage(store, "fraud/1", context).run->run_id == here.run_id);
  CHECK(version(other, "fraud", 2).origin->run_id.empty());
  // Exported again it is what it was, but for when the model and its alias came to be here.
  export_models(other, {{}, scratch / "onward"}, context);
  CHECK(parse_json(read_file(scratch / "onward" / "registry.json"), "it")["models"][1]["versions"] ==
        parse_json(read_file(scratch / "out" / "registry.json"), "it")["models"][1]["versions"]);
  CHECK(other.check(context).problems.empty());
  const auto entries = audit(other, "").size();
  checked.clear();
  CHECK(import_models(other, options, context).known.size() == 3);
  CHECK(checked.empty());
  CHECK(audit(other, "").size() == entries);  // nothing was done, so nothing is recorded
  // Into the store it came from: everything is there.
  CHECK(import_models(store, options, context).versions.empty());
}

TEST_CASE_FIXTURE(test::Registry, "what conflicts is refused as a whole, also a registration that was faster") {
  add("fraud", "one");
  add("fraud", "two");
  promote(1);
  export_models(store, {{}, scratch / "out"}, context);
  store::Store other = store::Store::open(scratch / "other", store::Mode::write, context);
  ImportOptions options;
  options.source = scratch / "out";
  // Between the plan and the write somebody registers another fraud/1.
  options.check = [&](const fs::path&) {
    if (!models(other).empty()) return;
    test::make_bundle(other, scratch / "made", "three", context);
    RegisterOptions to;
    to.name = "fraud";
    to.bundle = scratch / "made";
    register_model(other, to, context);
  };
  CHECK(code_of([&] { import_models(other, options, context); }) == Code::conflict);
  CHECK(model(other, "fraud").versions.size() == 1);
  CHECK(model(other, "fraud").aliases.empty());
}

TEST_CASE_FIXTURE(test::Registry, "a damaged export is an integrity error, whatever is wrong with it") {
  add("fraud", "one");
  promote(1);
  export_models(store, {{}, scratch / "out"}, context);
  const fs::path file = scratch / "out" / "registry.json";
  const std::string good = read_file(file);
  store::Store other = store::Store::open(scratch / "other", store::Mode::write, context);
  ImportOptions options;
  options.source = scratch / "out";
  const auto import_of = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    write_file(file, text.replace(at, from.size(), to));
    return code_of([&] { import_models(other, options, context); });
  };
  CHECK(import_of(R"("fraud")", R"("a/b")") == Code::integrity);
  CHECK(import_of(R"("champion")", R"("v1")") == Code::integrity);
  CHECK(import_of(R"("tags": {})", R"("tags": {"a": 1})") == Code::integrity);
  CHECK(import_of(R"("versions": [)", R"("versions": [1, )") == Code::integrity);
  CHECK(import_of(R"("digest": ")", R"("digest": "x)") == Code::integrity);
  CHECK(import_of(R"("models")", R"("model")") == Code::integrity);
  CHECK(import_of("{", "[") == Code::integrity);
  // What could not be written here is not imported either.
  CHECK(import_of(R"("description": ")", R"("description": "\u0000)") == Code::integrity);
  for (const std::string key : {"description", "source", "user", "reason"}) {  // of the version, and of its alias
    CAPTURE(key);
    const std::string value = good.substr(good.rfind('"' + key + "\": \""));
    const auto text = key.size() + 5;
    CHECK(import_of(value, value.substr(0, text) + "\\u0000" + value.substr(text)) == Code::integrity);
  }
  CHECK(import_of(R"("tags": {})", R"("tags": {"a\n": "b"})") == Code::integrity);
  CHECK(import_of(R"("run_id": null)", R"("run_id": "x")") == Code::integrity);
  const auto models_at = good.find(R"("models": [)") + 11;
  const auto end = good.rfind(']');
  const std::string all = good.substr(models_at, end - models_at);
  CHECK(import_of(all, all + "," + all) == Code::integrity);  // a model twice
  const auto from = good.find('{', good.find(R"("versions": [)"));
  const std::string version = good.substr(from, good.find(']', from) - from);
  std::string again = version;
  again.replace(again.find(R"("version": 1)"), 12, R"("version": 2)");
  CHECK(import_of(version, version + "," + again) == Code::integrity);  // a bundle twice
  CHECK(import_of("mlsys.registry/1", "mlsys.registry/2") == Code::failed);
  CHECK(models(other).empty());
  CHECK(import_of("fraud", "fraud") == Code::ok);
  for (const char* target : {"full", "file"}) {
    fs::create_directory(scratch / "full");
    write_file(scratch / "full" / "x", "x");
    write_file(scratch / "file", "x");
    CHECK(code_of([&] { export_models(store, {{}, scratch / target}, context); }) == Code::usage);
  }
}

TEST_CASE_FIXTURE(test::Registry, "differences are found in every part of a bundle") {
  const auto bundle = [&](const std::string& folder, const std::string& rest) {
    write_file(scratch / folder.c_str() / "bundle.json", R"({"schema": "mlsys.bundle/1", "files": [], )" + rest + "}");
    return (scratch / folder.c_str()).native() + "/";
  };
  const std::string a = bundle("a", R"("task": "binary", "rounds": 5, "parameters": {"eta": "0.3"},
    "versions": {"mlsys": "1"}, "data": [{"role": "train", "digest": "x"}], "derivations": [],
    "features": [{"name": "o", "kind": "categorical", "categories": ["A", "B"]}, {"name": "n", "kind": "numeric"}])");
  const std::string b = bundle("b", R"("task": "binary", "rounds": 7, "parameters": {"eta": "0.1"},
    "versions": {"mlsys": "1"}, "data": [{"role": "train", "digest": "y"}],
    "derivations": [{"name": "n", "expression": "a + 1"}],
    "features": [{"name": "o", "kind": "categorical", "categories": ["B", "C"]}, {"name": "n", "kind": "numeric"}])");
  write_file(scratch / "b" / "contract.json", R"({"fields": [{"name": "o"}], "primaryKey": "id"})");
  const ModelDiff found = diff(store, a, b, {}, context);
  std::string text;
  for (const auto& one : found.differences)
    text += one.section + " " + one.key + ": " + one.before + " -> " + one.after + " [" + one.change + "]\n";
  CHECK(text == R"(model rounds: 5 -> 7 [+2]
parameter eta: "0.3" -> "0.1" []
feature o: {"kind":"categorical","categories":2} -> {"kind":"categorical","categories":2} [1 categories added, 1 removed]
derivation n:  -> "a + 1" [added]
contract (primaryKey):  -> "id" [added]
contract o:  -> {} [added]
data train: {"digest":"x"} -> {"digest":"y"} []
)");
  CHECK(found.notes.size() == 2);  // neither has a run
  CHECK(diff(store, a, a, {}, context).differences.empty());
  write_file(scratch / "a" / "bundle.json", R"({"features": 1})");
  CHECK(code_of([&] { diff(store, a, b, {}, context); }) == Code::integrity);
}
