#include "mlsys/predict/predict.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/golden.hpp"
#include "mlsys/digest/digest.hpp"
#include "mlsys/predict/description.hpp"
#include "mlsys/train/train.hpp"

namespace {

using namespace mlsys;
namespace fs = std::filesystem;

// A model of y from a number, a category and a boolean.
struct Bench {
  TempDirectory directory{fs::temp_directory_path()};
  Context context;

  explicit Bench(const std::string& labels = "0,1") {
    context.threads = 2;
    const auto values = split(labels, ',');
    std::string text = "x,c,b,y\n";
    for (std::size_t i = 0; i < 400; ++i)
      text += std::to_string(i * 7 % 100) + ".5," +
              (i % 3 == 0   ? "red"
               : i % 3 == 1 ? "blue"
                            : "") +
              "," + (i % 5 < 2 ? "true" : "false") + "," + values[(i * 7 % 100 + i % 3 * 30) / 60 % values.size()] +
              "\n";
    write("t.csv", text);
    train::TrainOptions options;
    options.source.argument = path("t.csv");
    options.roles.target = "y";
    options.rounds = 8;
    options.output = directory.path() / "model";
    train::train(options, context);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (directory.path() / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  [[nodiscard]] bundle::Bundle model() const { return bundle::Bundle::load(directory.path() / "model"); }

  predict::PredictReport run(const std::string& data, predict::PredictOptions options = {}) {
    write("in.csv", data);
    options.source.argument = path("in.csv");
    if (options.output.empty()) options.output = path("out.csv");
    return predict::predict(model(), options, context);
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    auto result = split(read_file(path("out.csv")), '\n');
    result.pop_back();
    return result;
  }
  Error error(const std::string& data, const predict::PredictOptions& options = {}) {
    try {
      run(data, options);
    } catch (const Error& error) {
      CHECK_FALSE(fs::exists(path("out.csv")));
      CHECK_FALSE(fs::exists(path("out.csv.json")));
      return error;
    }
    FAIL("no error");
    return {Code::ok, ""};
  }
};

}  // namespace

TEST_CASE("columns are found by name, others are ignored") {
  Bench bench;
  const auto report = bench.run("x,c,b\n5,red,true\n70,blue,false\n,,\n");
  CHECK(report.rows == 3);
  CHECK(report.columns == std::vector<std::string>{"score"});
  CHECK(report.unseen.empty());
  const auto first = bench.lines();
  REQUIRE(first.size() == 4);
  CHECK(first[0] == "score");
  bench.run("more,b,x,c\nz,true,5,red\nz,false,70,blue\nz,,,\n");
  CHECK(bench.lines() == first);
  const auto about = parse_json(read_file(bench.path("out.csv.json")), "sidecar");
  CHECK(about["model_digest"] == bench.model().digest());
  CHECK(about["task"] == "binary");
}

TEST_CASE("predictions describe themselves beside a text file and inside a Parquet file, and other files do not") {
  Bench bench;
  std::vector<std::string> warnings;
  const auto described = [&](const std::string& name) {
    data::SourceOptions source;
    source.argument = bench.path(name);
    return predict::description_of(data::Dataset::open(source, bench.context), warnings, bench.context);
  };
  for (const char* name : {"p.csv", "p.parquet", "p.csv.gz"}) {
    CAPTURE(name);
    predict::PredictOptions options;
    options.output = bench.path(name);
    bench.run("x,c,b\n5,red,true\n70,blue,false\n", options);
    const auto found = described(name);
    REQUIRE(found.has_value());
    CHECK(found->task == bundle::Task::binary);
    CHECK(found->target == "y");
    CHECK(found->classes == bench.model().manifest().classes);
    CHECK(found->positive == found->classes.at(1));
    CHECK(found->model_digest == bench.model().digest());
    CHECK(found->threshold == bench.model().manifest().threshold->value);
  }
  CHECK_FALSE(described("t.csv").has_value());
  // Two files of one folder must be of one model.
  fs::create_directory(bench.path("both"));
  for (const char* name : {"both/a.csv", "both/b.csv"}) fs::copy(bench.path("p.csv"), bench.path(name));
  CHECK_FALSE(described("both/*.csv").has_value());
  fs::copy(bench.path("p.csv.json"), bench.path("both/a.csv.json"));
  CHECK_THROWS_AS(described("both/*.csv"), Error);
  fs::copy(bench.path("p.csv.json"), bench.path("both/b.csv.json"));
  CHECK(described("both/*.csv").has_value());
  CHECK(warnings.empty());
}

TEST_CASE("a description of other bytes is set aside, which is said") {
  Bench bench;
  predict::PredictOptions options;
  options.output = bench.path("p.csv");
  bench.run("x,c,b\n5,red,true\n70,blue,false\n", options);
  const auto sidecar = bench.path("p.csv.json");
  const auto about = parse_json(read_file(sidecar), "sidecar");
  const std::string bytes = read_file(bench.path("p.csv"));
  CHECK(about["file"]["bytes"] == bytes.size());
  CHECK(about["file"]["sha256"] == digest::sha256_hex(bytes));
  std::vector<std::string> warnings;
  const auto described = [&] {
    warnings.clear();
    data::SourceOptions source;
    source.argument = bench.path("p.csv");
    return predict::description_of(data::Dataset::open(source, bench.context), warnings, bench.context);
  };
  const std::vector<std::string> said{"'p.csv.json' describes other bytes than 'p.csv' holds now, and is set aside"};
  CHECK(described().has_value());
  CHECK(warnings.empty());
  std::string other = bytes;
  other[other.size() - 2] = other[other.size() - 2] == '1' ? '2' : '1';  // a digit of the last score
  for (const std::string& now : {other, bytes + "0.5\n", std::string("score\n0.5\n")}) {
    write_file(bench.path("p.csv"), now);
    CHECK_FALSE(described().has_value());
    CHECK(warnings == said);
  }
  write_file(bench.path("p.csv"), bytes);
  CHECK(described().has_value());
  // Those of before do not say.
  auto older = about;
  older.erase("file");
  write_file(sidecar, to_text(older));
  write_file(bench.path("p.csv"), other);
  CHECK(described().has_value());
  CHECK(warnings.empty());
  for (const char* broken :
       {R"({"bytes": -1, "sha256": ""})", R"({"bytes": 3})", R"({"bytes": 3, "sha256": "0a"})", "3"}) {
    auto bad = about;
    bad["file"] = Json::parse(broken);
    write_file(sidecar, to_text(bad));
    CHECK_THROWS_AS(described(), Error);
  }
}

TEST_CASE("a missing or mistyped column is an error that says which") {
  Bench bench;
  auto error = bench.error("x,cc,b\n5,red,true\n");
  CHECK(error.code() == Code::failed);
  CHECK(error.message().find("'c'") != std::string::npos);
  error = bench.error("x,c,b\n5,red,true\nfive,red,true\n");
  CHECK(error.code() == Code::failed);
  CHECK(error.message().find("'x'") != std::string::npos);
  CHECK(error.message().find("row 2 has 'five'") != std::string::npos);
  CHECK(bench.error("x,c,b\n1e39,red,true\n").message().find("infinite") != std::string::npos);
}

TEST_CASE("values that training did not see are missing, counted, or refused") {
  Bench bench;
  const auto report = bench.run("x,c,b\n5,green,true\n5,,true\n5,violet,true\n5,red,true\n");
  CHECK(report.unseen == std::map<std::string, std::uint64_t>{{"c", 2}});
  CHECK(report.unseen_examples.at("c") == std::vector<std::string>{"green", "violet"});
  const auto lines = bench.lines();
  CHECK(lines[1] == lines[2]);
  CHECK(lines[3] == lines[2]);
  CHECK(lines[4] != lines[2]);
  fs::remove(bench.path("out.csv"));
  fs::remove(bench.path("out.csv.json"));
  predict::PredictOptions strict;
  strict.unseen = predict::Unseen::error;
  const auto error = bench.error("x,c,b\n5,green,true\n", strict);
  CHECK(error.code() == Code::failed);
  CHECK(error.message().find("'green'") != std::string::npos);
}

TEST_CASE("kept columns keep their values, and margins explain scores") {
  Bench bench;
  predict::PredictOptions options;
  options.keep = {"name", "x"};
  options.margin = true;
  const auto report = bench.run("name,x,c,b\n\"a,b\",5.25,red,true\n007,70.5,blue,false\n", options);
  CHECK(report.columns == std::vector<std::string>{"name", "x", "score", "margin"});
  const auto lines = bench.lines();
  CHECK(lines[1].starts_with("\"a,b\",5.25,"));
  CHECK(lines[2].starts_with("007,70.5,"));
  const auto fields = split(lines[2], ',');
  const double score = parse_double(fields[2]).value();
  const double margin = parse_double(fields[3]).value();
  CHECK(score == doctest::Approx(1 / (1 + std::exp(-margin))).epsilon(1e-6));
  options.keep = {"score"};
  fs::remove(bench.path("out.csv"));
  fs::remove(bench.path("out.csv.json"));
  CHECK(bench.error("score,x,c,b\n1,5,red,true\n", options).code() == Code::usage);
}

TEST_CASE("multiclass gives a probability for every class and the class itself") {
  Bench bench("no,perhaps,yes");
  const auto report = bench.run("x,c,b\n5,red,true\n70,blue,false\n99,,true\n");
  CHECK(report.columns == std::vector<std::string>{"p_no", "p_perhaps", "p_yes", "class"});
  const auto lines = bench.lines();
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto fields = split(lines[i], ',');
    std::vector<double> p;
    for (std::size_t k = 0; k < 3; ++k) p.push_back(parse_double(fields[k]).value());
    CHECK(p[0] + p[1] + p[2] == doctest::Approx(1).epsilon(1e-6));
    const auto best = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
    CHECK(fields[3] == std::vector<std::string>{"no", "perhaps", "yes"}[best]);
  }
}

TEST_CASE("pieces of any size give the scores of the whole") {
  Bench bench;
  // More rows than one piece of the scan.
  std::string data = "x,c,b\n";
  for (int i = 0; i < 70000; ++i) data += std::to_string(i % 100) + (i % 2 ? ",red,true\n" : ",,false\n");
  CHECK(bench.run(data).rows == 70000);
  const auto lines = bench.lines();
  REQUIRE(lines.size() == 70001);
  for (std::size_t i = 201; i < lines.size(); ++i) {
    if (lines[i] == lines[1 + (i - 1) % 200]) continue;
    FAIL("row ", i, " differs from an equal row");
  }
}

TEST_CASE("data without rows give an empty table") {
  Bench bench;
  predict::PredictOptions options;
  options.margin = true;
  CHECK(bench.run("x,c,b\n", options).rows == 0);
  CHECK(bench.lines() == std::vector<std::string>{"score,margin"});
}

TEST_CASE("golden rows are replayed bit by bit") {
  Bench bench;
  CHECK(predict::replay_golden(bench.model(), bench.context) > 20);
  // The same bundle with one bit of one margin changed and all digests right.
  const auto model = bench.model();
  auto json = parse_json(model.read(bundle::golden_file), "golden");
  auto& margin = json["rows"][7]["margins"][0];
  auto text = margin.get<std::string>();
  text.back() = text.back() == '0' ? '1' : '0';
  margin = text;
  bundle::Writer writer(bench.directory.path() / "changed");
  for (const auto& file : model.manifest().files)
    writer.add(file.name, file.name == bundle::golden_file ? to_text(json) : model.read(file.name));
  writer.commit(model.manifest(), false);
  const auto changed = bundle::Bundle::load(bench.directory.path() / "changed");
  try {
    predict::replay_golden(changed, bench.context);
    FAIL("a changed margin went unnoticed");
  } catch (const Error& error) {
    CHECK(error.code() == Code::integrity);
    CHECK(error.message().find("golden row 8") != std::string::npos);
  }
}
