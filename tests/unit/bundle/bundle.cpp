#include "mlsys/bundle/bundle.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/bundle/golden.hpp"

namespace {

using namespace mlsys;
namespace fs = std::filesystem;

bundle::Manifest small_manifest() {
  bundle::Manifest manifest;
  manifest.task = bundle::Task::binary;
  manifest.objective = "binary:logistic";
  manifest.target = {.name = "late", .type = data::ColumnType::boolean};
  manifest.roles.target = "late";
  manifest.roles.positive = "true";
  manifest.inputs = {{"date", data::ColumnType::timestamp},
                     {"from \"x\"", data::ColumnType::text},
                     {"delay", data::ColumnType::integer}};
  manifest.derivations = {{.name = "hour", .expression = "hour(date)", .inputs = {"date"}},
                          {.name = "half", .expression = "hour / 12", .inputs = {"hour"}},
                          {.name = "late", .expression = "delay > 15", .inputs = {"delay"}}};
  manifest.reading = {.null_tokens = {"-999", "n/a"}, .sparse_absent = data::SparseAbsent::zero};
  manifest.features = {
      {.name = "half", .type = data::ColumnType::integer, .kind = bundle::FeatureKind::numeric, .categories = {}},
      {.name = "from \"x\"",
       .type = data::ColumnType::text,
       .kind = bundle::FeatureKind::categorical,
       .categories = {"", "A\n", "Ü"}}};
  manifest.classes = {"false", "true"};
  manifest.positive = "true";
  manifest.threshold = bundle::Threshold{.value = 0.25, .source = "given"};
  manifest.rounds = 7;
  manifest.best_iteration = 6;
  manifest.parameters = {{"eta", "0.1"}};
  manifest.versions = {{"mlsys", "0.1.0"}, {"xgboost", "3.4.1"}};
  manifest.data = {{.role = "train", .source = "t.csv", .digest = "sha256:00", .rows = 12}};
  manifest.parity = bundle::Parity{.rows = 48, .different = 0, .uncovered = ""};
  manifest.created = "2026-01-01T00:00:00Z";
  manifest.files = {{.name = "model.ubj", .sha256 = std::string(64, 'a'), .bytes = 3}};
  return manifest;
}

std::string text_of(const bundle::Manifest& manifest) { return to_text(bundle::to_json(manifest)); }

Code code_of(const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK_FALSE(error.message().empty());
    return error.code();
  }
  return Code::ok;
}

struct Folder {
  TempDirectory directory{fs::temp_directory_path()};
  [[nodiscard]] fs::path bundle() const { return directory.path() / "bundle"; }
  std::string write() const {
    bundle::Writer writer(bundle());
    writer.add("model.ubj", "not really a model");
    writer.add("contract.json", "{}");
    return writer.commit(small_manifest(), false);
  }
};

void put(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

TEST_CASE("a manifest reads back as it was written") {
  const auto manifest = small_manifest();
  CHECK(bundle::parse_manifest(text_of(manifest)) == manifest);
  auto numbers = manifest;
  numbers.task = bundle::Task::multiclass;
  numbers.objective = "multi:softprob";
  numbers.target.type = data::ColumnType::integer;
  numbers.classes = {"-1", "2", "10"};
  numbers.positive.clear();
  numbers.roles.positive.clear();
  numbers.threshold.reset();
  CHECK(bundle::parse_manifest(text_of(numbers)) == numbers);
  CHECK(bundle::to_json(numbers)["classes"] == Json::parse("[-1, 2, 10]"));
}

TEST_CASE("a manifest of before its reading was kept says nothing of it") {
  auto manifest = small_manifest();
  manifest.reading = {};
  const auto json = bundle::to_json(manifest);
  CHECK_FALSE(json.contains("reading"));
  CHECK(bundle::parse_manifest(to_text(json)) == manifest);
  data::SourceOptions asked;
  asked.null_tokens = {"?"};
  const auto options = bundle::as_trained(manifest, asked);
  CHECK(options.null_tokens == std::vector<std::string>{"?"});
  CHECK_FALSE(options.sparse_absent.has_value());
}

TEST_CASE("data are read with the model's words for missing and with those of the command line") {
  const auto manifest = small_manifest();
  data::SourceOptions asked;
  asked.null_tokens = {"?", "n/a"};
  auto options = bundle::as_trained(manifest, asked);
  CHECK(options.null_tokens == std::vector<std::string>{"?", "n/a", "-999"});
  CHECK(options.sparse_absent == data::SparseAbsent::zero);
  options = bundle::as_trained(manifest, options);  // a second time changes nothing
  CHECK(options.null_tokens == std::vector<std::string>{"?", "n/a", "-999"});
  asked.sparse_absent = data::SparseAbsent::zero;
  CHECK(bundle::as_trained(manifest, asked).sparse_absent == data::SparseAbsent::zero);
  asked.sparse_absent = data::SparseAbsent::missing;
  CHECK(code_of([&] { static_cast<void>(bundle::as_trained(manifest, asked)); }) == Code::usage);
  auto dense = manifest;  // of a table without absent entries: the command line decides
  dense.reading.sparse_absent.reset();
  CHECK(bundle::as_trained(dense, asked).sparse_absent == data::SparseAbsent::missing);
}

TEST_CASE("scoring needs the inputs of features and not those of the target") {
  const auto manifest = small_manifest();
  const auto features = bundle::feature_names(manifest);
  const auto inputs = bundle::inputs_for(manifest, features);
  REQUIRE(inputs.size() == 2);
  CHECK(inputs[0].name == "date");
  CHECK(inputs[1].name == "from \"x\"");
  const auto derivations = bundle::derivations_for(manifest, features);
  REQUIRE(derivations.size() == 2);
  CHECK(derivations[0].name == "hour");  // before what is computed from it
  CHECK(derivations[1].name == "half");
  const auto labelled = bundle::inputs_for(manifest, {"late"});
  REQUIRE(labelled.size() == 1);
  CHECK(labelled[0].name == "delay");
}

TEST_CASE("scores have a name that no feature has") {
  auto manifest = small_manifest();
  CHECK(bundle::score_column(manifest) == "score");
  manifest.features[0].name = "score";
  CHECK(bundle::score_column(manifest) == "score_");
  manifest.target.name = "score_";
  CHECK(bundle::score_column(manifest) == "score__");
}

TEST_CASE("a label has the target's type where it can") {
  using data::ColumnType;
  CHECK(bundle::label_to_json("3", ColumnType::integer) == Json(3));
  CHECK(bundle::label_to_json("-1", ColumnType::integer) == Json(-1));
  CHECK(bundle::label_to_json("not 3", ColumnType::integer) == Json("not 3"));
  for (const char* label : {"007", "-0", "+3"})  // as a number each would be another label
    CHECK(bundle::label_to_json(label, ColumnType::integer) == Json(label));
  CHECK(bundle::class_from_json(Json(-0.0)) == bundle::class_from_json(Json(0)));
  CHECK(bundle::label_to_json("3", ColumnType::text) == Json("3"));
  CHECK(bundle::label_to_json("true", ColumnType::boolean) == Json(true));
  CHECK(bundle::label_to_json("false", ColumnType::boolean) == Json(false));
  CHECK(bundle::label_to_json("not true", ColumnType::boolean) == Json("not true"));
}

TEST_CASE("a manifest that contradicts itself is refused") {
  const auto good = bundle::to_json(small_manifest());
  const auto refused = [&](const auto& change) {
    Json json = good;
    change(json);
    return code_of([&] { bundle::parse_manifest(to_text(json)); }) == Code::integrity;
  };
  CHECK(refused([](Json& json) { json["extra"] = 1; }));
  for (const char* other : {"reg:squarederror", "multi:softprob", "rank:ndcg", "count:poisson", "binary", ""})
    CHECK(refused([other](Json& json) { json["objective"] = other; }));
  CHECK(refused([](Json& json) { json["reading"]["null"] = {"b", "a"}; }));
  CHECK(refused([](Json& json) { json["reading"]["null"] = {"a", "a"}; }));
  CHECK(refused([](Json& json) { json["reading"]["null"] = {""}; }));
  CHECK(refused([](Json& json) { json["reading"]["sparse_absent"] = "none"; }));
  CHECK(refused([](Json& json) { json["reading"]["else"] = 1; }));
  CHECK(refused([](Json& json) { json.erase("features"); }));
  CHECK(refused([](Json& json) { json["task"] = "magic"; }));
  CHECK(refused([](Json& json) { json["features"] = Json::array(); }));
  CHECK(refused([](Json& json) { json["features"][0]["name"] = "unknown"; }));
  CHECK(refused([](Json& json) { json["features"].push_back(json["features"][0]); }));
  CHECK(refused([](Json& json) { json["features"][0]["kind"] = "categorical"; }));
  CHECK(refused([](Json& json) { json["features"][1]["categories"] = {"b", "a"}; }));
  CHECK(refused([](Json& json) { json["features"][1]["categories"] = {"a", "a"}; }));
  CHECK(refused([](Json& json) { json["derivations"][0]["inputs"] = {"half"}; }));  // later ones are not known yet
  CHECK(refused([](Json& json) { json["classes"] = {false}; }));
  CHECK(refused([](Json& json) { json["classes"] = {true, false}; }));
  CHECK(refused([](Json& json) { json["threshold"]["value"] = 1.5; }));
  CHECK(refused([](Json& json) { json.erase("threshold"); }));
  CHECK(refused([](Json& json) { json["rounds"] = 0; }));
  CHECK(refused([](Json& json) { json["best_iteration"] = 7; }));
  CHECK(refused([](Json& json) { json["rounds"] = 1e10; }));
  CHECK(refused([](Json& json) { json["files"] = Json::array(); }));
  CHECK(refused([](Json& json) { json["files"][0]["sha256"] = std::string(64, 'G'); }));
  CHECK(refused([](Json& json) { json["files"][0]["bytes"] = -1; }));
  CHECK(refused([](Json& json) { json["target"]["name"] = "half"; }));
  CHECK(refused([](Json& json) { json["schema"] = "mlsys.contract/1"; }));
  for (const char* name :
       {"../model.ubj", "/etc/passwd", "a/b", "", ".", "..", ".hidden", "bundle.json", "a\\b", "a b"})
    CHECK(refused([&](Json& json) {
      json["files"].push_back({{"name", name}, {"sha256", std::string(64, 'a')}, {"bytes", 1}});
    }));
}

TEST_CASE("a newer schema asks for an upgrade, damaged text is an integrity failure") {
  auto json = bundle::to_json(small_manifest());
  json["schema"] = "mlsys.bundle/2";
  json["something"] = "new";
  try {
    bundle::parse_manifest(to_text(json));
    FAIL("read a manifest from the future");
  } catch (const Error& error) {
    CHECK(error.code() == Code::usage);
    CHECK_FALSE(error.hint().empty());
  }
  const auto text = text_of(small_manifest());
  for (std::size_t length = 0; length + 2 < text.size(); length += 7)
    CHECK(code_of([&] { bundle::parse_manifest(std::string_view(text).substr(0, length)); }) == Code::integrity);
  CHECK(code_of([] { bundle::parse_manifest("[]"); }) == Code::integrity);
  CHECK(code_of([] { bundle::parse_manifest("{\"schema\": 1}"); }) == Code::integrity);
}

TEST_CASE("a bundle is written whole and verified when it is read") {
  const Folder folder;
  const auto digest = folder.write();
  const auto loaded = bundle::Bundle::load(folder.bundle());
  CHECK(loaded.digest() == digest);
  CHECK(loaded.manifest().files.size() == 2);
  CHECK(loaded.has("model.ubj"));
  CHECK_FALSE(loaded.has("golden.json"));
  CHECK(loaded.read("model.ubj") == "not really a model");
  CHECK(code_of([&] { static_cast<void>(loaded.read("golden.json")); }) == Code::not_found);

  // Replaced by the same content: the same digest.
  CHECK(folder.write() == digest);
  put(folder.bundle() / "notes.txt", "not part of it");
  CHECK(bundle::Bundle::load(folder.bundle()).digest() == digest);
}

TEST_CASE("every kind of damage is noticed") {
  const Folder folder;
  const auto damaged = [&](const auto& damage) {
    fs::remove_all(folder.bundle());
    folder.write();
    damage(folder.bundle());
    return code_of([&] { bundle::Bundle::load(folder.bundle()); });
  };
  CHECK(damaged([](const fs::path& path) { put(path / "model.ubj", "not really a modem"); }) == Code::integrity);
  CHECK(damaged([](const fs::path& path) { put(path / "model.ubj", "short"); }) == Code::integrity);
  CHECK(damaged([](const fs::path& path) { put(path / "model.ubj", std::string(100000, 'x')); }) == Code::integrity);
  CHECK(damaged([](const fs::path& path) { fs::remove(path / "model.ubj"); }) == Code::integrity);
  CHECK(damaged([](const fs::path& path) {
          fs::rename(path / "model.ubj", path / "elsewhere");
          fs::create_symlink("elsewhere", path / "model.ubj");
        }) == Code::integrity);
  CHECK(damaged([](const fs::path& path) { put(path / "bundle.json", ""); }) == Code::integrity);
  CHECK(damaged([](const fs::path& path) { fs::remove(path / "bundle.json"); }) == Code::not_found);
  CHECK(damaged([](const fs::path& path) { fs::remove_all(path); }) == Code::not_found);
}

TEST_CASE("a writer that does not commit leaves the old bundle alone") {
  const Folder folder;
  const auto digest = folder.write();
  {
    bundle::Writer writer(folder.bundle());
    writer.add("model.ubj", "another");
    CHECK(code_of([&] { writer.add("model.ubj", "twice"); }) == Code::failed);
    CHECK(code_of([&] { writer.add("../escape", "out"); }) == Code::failed);
    auto broken = small_manifest();
    broken.rounds = 0;
    CHECK(code_of([&] { writer.commit(broken, false); }) == Code::integrity);
  }
  CHECK(bundle::Bundle::load(folder.bundle()).digest() == digest);
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder.directory.path())) ++entries;
  CHECK(entries == 1);
}

TEST_CASE("a folder with anything but a bundle is never replaced") {
  const Folder folder;
  const auto refused = [&] {
    const bool checked = code_of([&] { bundle::require_replaceable(folder.bundle()); }) == Code::usage;
    return checked && code_of([&] { folder.write(); }) == Code::usage;
  };
  folder.write();
  CHECK_NOTHROW(folder.write());  // a bundle replaces a bundle
  fs::remove(folder.bundle() / "model.ubj");
  CHECK_NOTHROW(folder.write());  // a damaged one, too: nothing else is lost
  put(folder.bundle() / "notes.txt", "mine");
  CHECK(refused());
  fs::remove(folder.bundle() / "notes.txt");
  fs::create_directory(folder.bundle() / ".mlsys");
  CHECK(refused());
  fs::remove(folder.bundle() / ".mlsys");
  fs::remove(folder.bundle() / "model.ubj");
  fs::create_directory(folder.bundle() / "model.ubj");  // a folder of that name can hold anything
  CHECK(refused());
  fs::remove(folder.bundle() / "model.ubj");
  put(folder.bundle() / "bundle.json", "{}");  // somebody else's
  CHECK(refused());
  fs::remove_all(folder.bundle());
  fs::create_directory(folder.bundle());
  CHECK_NOTHROW(folder.write());  // an empty folder
  put(folder.bundle() / "notes.txt", "mine");
  CHECK(refused());
  CHECK(read_file(folder.bundle() / "notes.txt") == "mine");
}

TEST_CASE("golden rows keep every bit") {
  const auto manifest = small_manifest();
  bundle::Golden golden;
  golden.rows.rows = 4;
  data::Column number;
  number.name = "half";
  number.as = data::As::float32;
  number.type = data::ColumnType::integer;
  number.f32 = {-0.0F, 1e-45F, std::numeric_limits<float>::max(), std::numeric_limits<float>::quiet_NaN()};
  data::Column category;
  category.name = "from \"x\"";
  category.as = data::As::category;
  category.type = data::ColumnType::text;
  category.categories = {"", "A\n", "Ü"};
  category.codes = {0, 2, -1, 1};
  golden.rows.columns = {number, category};
  golden.margins = {0.1F, -0.0F, 3e38F, 1.0F};
  const auto text = to_text(bundle::to_json(golden));
  const auto read = bundle::parse_golden(text, manifest);
  CHECK(to_text(bundle::to_json(read)) == text);
  CHECK(std::signbit(read.rows.columns[0].f32[0]));
  CHECK(read.rows.columns[0].f32[1] == 1e-45F);
  CHECK(read.rows.columns[1].codes == std::vector<std::int32_t>{0, 2, -1, 1});
  CHECK(read.margins == golden.margins);

  auto json = bundle::to_json(golden);
  const auto refused = [&](const auto& change) {
    Json changed = json;
    change(changed);
    return code_of([&] { bundle::parse_golden(to_text(changed), manifest); }) == Code::integrity;
  };
  CHECK(refused([](Json& j) { j["features"] = {"half"}; }));
  CHECK(refused([](Json& j) { j["rows"] = Json::array(); }));
  CHECK(refused([](Json& j) { j["rows"][0]["values"].push_back(1); }));
  CHECK(refused([](Json& j) { j["rows"][0]["values"][0] = 0.5; }));
  CHECK(refused([](Json& j) { j["rows"][0]["values"][0] = "0x3f80000"; }));
  CHECK(refused([](Json& j) { j["rows"][0]["values"][0] = "0x3f80000g"; }));
  CHECK(refused([](Json& j) { j["rows"][0]["values"][1] = "B"; }));
  CHECK(refused([](Json& j) { j["rows"][0]["margins"] = Json::array(); }));
}
