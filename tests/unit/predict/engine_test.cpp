// Forest and XGBoost score alike, and the forest steps back when it cannot show it.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/bundle/golden.hpp"
#include "mlsys/predict/predictor.hpp"
#include "mlsys/train/train.hpp"

namespace {

using namespace mlsys;
namespace fs = std::filesystem;

struct Notes final : Progress {
  std::vector<std::string> texts;
  void note(std::string_view text) override { texts.emplace_back(text); }
};

struct Engines {
  TempDirectory directory{fs::temp_directory_path()};
  Context context;
  Notes notes;

  explicit Engines(const booster::Parameters& parameters = {}) {
    context.threads = 2;
    std::string text = "x,c,y\n";
    for (int i = 0; i < 400; ++i)
      text += (i % 11 == 0 ? "" : std::to_string(i * 7 % 100)) + "," +
              (i % 3 == 0   ? "red"
               : i % 3 == 1 ? "blue"
                            : "") +
              "," + std::to_string(i * 7 % 100 + i % 3 * 30 > 60 ? 1 : 0) + "\n";
    std::ofstream(directory.path() / "t.csv", std::ios::binary) << text;
    train::TrainOptions options;
    options.source.argument = (directory.path() / "t.csv").string();
    options.roles.target = "y";
    options.rounds = 8;
    options.parameters = parameters;
    options.output = directory.path() / "model";
    train::train(options, context);
    context.progress = &notes;
  }
  [[nodiscard]] bundle::Bundle model(const std::string& name = "model") const {
    return bundle::Bundle::load(directory.path() / name);
  }
  std::vector<float> margins(predict::Engine engine) {
    const auto bundle = model();
    const predict::Predictor predictor(bundle, context, engine);
    CHECK(predictor.engine() == engine);
    data::SourceOptions source;
    source.argument = (directory.path() / "t.csv").string();
    const auto dataset = predictor.open(source, context);
    return predictor.score(dataset.read(predictor.requests(), context)).margins;
  }
  // The model's bundle with another model, manifest or golden rows; without golden rows when these are empty.
  struct Change {
    std::function<void(bundle::Manifest&)> manifest = [](bundle::Manifest&) {};
    std::function<void(std::string&)> model = [](std::string&) {};
    std::function<void(std::string&)> golden = [](std::string&) {};
  };
  bundle::Bundle changed(const Change& change) {
    const auto original = model();
    auto ubj = original.read(bundle::model_file);
    auto golden = original.read(bundle::golden_file);
    auto manifest = original.manifest();
    change.model(ubj);
    change.golden(golden);
    change.manifest(manifest);
    bundle::Writer writer(directory.path() / "changed");
    writer.add(bundle::model_file, ubj);
    if (!golden.empty()) writer.add(bundle::golden_file, golden);
    manifest.files.clear();
    writer.commit(manifest, false);
    return model("changed");
  }
  // Scores with XGBoost although the forest was asked for, and says why.
  void steps_back(const Change& change, const std::string& reason) {
    const auto bundle = changed(change);
    const predict::Predictor predictor(bundle, context);
    CHECK(predictor.engine() == predict::Engine::xgboost);
    REQUIRE(notes.texts.size() == 1);
    CHECK(notes.texts[0] == "scoring with XGBoost, the slower predictor: " + reason);
  }
};

void same_bits(const std::vector<float>& first, const std::vector<float>& second) {
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    CHECK(std::bit_cast<std::uint32_t>(first[i]) == std::bit_cast<std::uint32_t>(second[i]));
}

}  // namespace

TEST_CASE("forest and XGBoost give the same margins") {
  Engines engines;
  const auto forest = engines.margins(predict::Engine::forest);
  CHECK(forest.size() == 400);
  CHECK(engines.notes.texts.empty());
  same_bits(forest, engines.margins(predict::Engine::xgboost));
}

TEST_CASE("so they do for dropped trees") {
  Engines engines({{"booster", "dart"}, {"rate_drop", "0.5"}, {"one_drop", "1"}});
  same_bits(engines.margins(predict::Engine::forest), engines.margins(predict::Engine::xgboost));
}

TEST_CASE("training records that they do") {
  Engines engines;
  const auto parity = engines.model().manifest().parity;
  REQUIRE(parity);
  CHECK(*parity == bundle::Parity{.rows = 4096, .different = 0, .uncovered = ""});
}

TEST_CASE("a model that the forest does not cover is left to XGBoost") {
  Engines engines;
  const auto older = [](std::string& model) {
    const auto at = model.rfind("i\3i\4i\1");
    REQUIRE(at != std::string::npos);
    model.replace(at, 6, "i\1i\7i\4");
  };
  engines.steps_back({.model = older}, "the model is not covered: XGBoost 1.7.4 wrote it, older than 2.0");
}

TEST_CASE("one that differed when it was made, too") {
  Engines engines;
  engines.steps_back({.manifest = [](bundle::Manifest& manifest) { manifest.parity->different = 3; }},
                     "3 margins differed when the model was made");
}

TEST_CASE("and one without golden rows to compare with") {
  Engines engines;
  engines.steps_back({.golden = [](std::string& golden) { golden.clear(); }},
                     "the bundle has no golden rows to compare with");
}

TEST_CASE("golden rows that neither reaches are an integrity failure") {
  Engines engines;
  const auto original = engines.model();
  auto golden = bundle::parse_golden(original.read(bundle::golden_file), original.manifest());
  CHECK(predict::replay_golden(original, engines.context) == golden.rows.rows);
  REQUIRE(golden.margins.size() > 1);
  golden.margins[1] += 1;
  const auto bundle = engines.changed({.golden = [&](std::string& text) { text = to_line(bundle::to_json(golden)); }});
  CHECK(predict::Predictor(bundle, engines.context).engine() == predict::Engine::xgboost);
  REQUIRE(engines.notes.texts.size() == 1);
  CHECK(engines.notes.texts[0].find("golden row 2 gives margin") != std::string::npos);
  try {
    predict::replay_golden(bundle, engines.context);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == Code::integrity);
  }
}

TEST_CASE("a damaged model scores or is refused, whoever scores") {
  Engines engines;
  const auto rows = bundle::parse_golden(engines.model().read(bundle::golden_file), engines.model().manifest()).rows;
  Random random(11);
  int refused = 0;
  constexpr int tries = 300;
  for (int i = 0; i < tries; ++i) {
    const auto bundle = engines.changed({.model =
                                             [&](std::string& model) {
                                               for (std::uint64_t n = 1 + random.below(3); n > 0; --n)
                                                 model[random.below(model.size())] =
                                                     static_cast<char>(random.below(256));
                                             },
                                         .golden = [](std::string& golden) { golden.clear(); }});
    try {
      const predict::Predictor predictor(bundle, engines.context, predict::Engine::xgboost);
      CHECK(predictor.score(rows).rows == rows.rows);
    } catch (const Error& error) {
      CHECK(error.code() == Code::integrity);
      ++refused;
    }
  }
  CHECK(refused > tries / 4);
  CHECK(refused < tries);
}

TEST_CASE("a parent that lies outside of its tree is found before XGBoost follows it") {
  Engines engines;
  const auto damage = [](std::string& model) {
    const std::string begin = "parents[$l#L";
    const auto at = model.find(begin);
    REQUIRE(at != std::string::npos);
    model[at + begin.size() + 8 + 4] = '\x7f';  // behind the length and the root, the parent of node 1
  };
  for (const bool golden : {true, false}) {
    const auto bundle = engines.changed({.manifest = [](bundle::Manifest& manifest) { manifest.parity->different = 1; },
                                         .model = damage,
                                         .golden =
                                             [&](std::string& text) {
                                               if (!golden) text.clear();
                                             }});
    for (const auto engine : {predict::Engine::forest, predict::Engine::xgboost}) {
      try {
        const predict::Predictor predictor(bundle, engines.context, engine);
        FAIL("no error");
      } catch (const Error& error) {
        CHECK(error.code() == Code::integrity);
        CHECK(error.message().find("trees[0].parents points outside the tree") != std::string::npos);
      }
    }
    CHECK_THROWS_AS(predict::replay_golden(bundle, engines.context), Error);
  }
}

TEST_CASE("rows with other categories than the model's are refused") {
  Engines engines;
  const auto bundle = engines.model();
  const predict::Predictor predictor(bundle, engines.context);
  auto rows = bundle::parse_golden(bundle.read(bundle::golden_file), bundle.manifest()).rows;
  CHECK(predictor.score(rows).rows == rows.rows);
  std::ranges::reverse(rows.at("c").categories);
  CHECK_THROWS_AS(static_cast<void>(predictor.score(rows)), Error);
}
