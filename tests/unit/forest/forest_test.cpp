// Models written by hand: meaning, refusals, misuse.
#include "mlsys/forest/forest.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/random.hpp"

using namespace mlsys;
using forest::Forest;
using forest::Kernel;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

// Feature 0 is a number (left when < 0.5, missing left), feature 1 a category ({1, 33} right, missing right).
struct Parts {
  std::string version = "[3,4,1]";
  std::string base_score = "[2.5E-1]";
  std::string classes = "0";
  std::string objective = "binary:logistic";
  std::string booster = "gbtree";
  std::string left = "[1,-1,3,-1,-1]";
  std::string right = "[2,-1,4,-1,-1]";
  std::string parents = "[2147483647,0,0,2,2]";
  std::string id = "0";
  std::string features = "[0,0,1,0,0]";
  std::string conditions = "[5E-1,1E0,0E0,2E0,4E0]";
  std::string default_left = "[1,0,0,0,0]";
  std::string split_type = "[0,0,1,0,0]";
  std::string owners = "[2]";
  std::string segments = "[0]";
  std::string sizes = "[2]";
  std::string categories = "[1,33]";
  std::string nodes = "5";
  std::string vector = "1";
  std::string rounds = "[0,1]";
  std::string groups = "[0]";
  std::string extra;
};

std::string json(const Parts& parts) {
  return R"({"version":)" + parts.version +
         R"(,"learner":{"attributes":{},"feature_names":["number","word"],"feature_types":["float","c"],)"
         R"("learner_model_param":{"base_score":")" +
         parts.base_score + R"(","num_class":")" + parts.classes + R"(","num_feature":"2","num_target":"1"},)" +
         R"("objective":{"name":")" + parts.objective + R"("},"gradient_booster":{"name":")" + parts.booster +
         R"(","model":{"gbtree_model_param":{"num_trees":"1","num_parallel_tree":"1"},"tree_info":)" + parts.groups +
         R"(,"iteration_indptr":)" + parts.rounds + parts.extra + R"(,"trees":[{"id":)" + parts.id +
         R"(,"tree_param":{"num_nodes":")" + parts.nodes + R"(","size_leaf_vector":")" + parts.vector +
         R"("},"left_children":)" + parts.left + R"(,"right_children":)" + parts.right + R"(,"parents":)" +
         parts.parents + R"(,"split_indices":)" + parts.features + R"(,"split_conditions":)" + parts.conditions +
         R"(,"default_left":)" + parts.default_left + R"(,"split_type":)" + parts.split_type +
         R"(,"categories_nodes":)" + parts.owners + R"(,"categories_segments":)" + parts.segments +
         R"(,"categories_sizes":)" + parts.sizes + R"(,"categories":)" + parts.categories + "}]}}}}";
}

forest::Compilation compile(const std::string& bytes) {
  return Forest::compile(std::as_bytes(std::span(bytes)), "model 'm'");
}

Forest good(const Parts& parts = {}) { return std::move(*compile(json(parts)).forest); }

// The message of the Error, "unsupported: <reason>", or "compiled".
std::string outcome(const std::string& bytes) {
  try {
    const auto result = compile(bytes);
    return result.forest ? "compiled" : "unsupported: " + result.unsupported;
  } catch (const Error& error) {
    CHECK(error.code() == Code::integrity);
    return error.message();
  }
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string refusal(const Parts& parts) {
  const auto text = outcome(json(parts));
  CHECK(has(text, "cannot read model 'm': it is no model of XGBoost's: "));
  return text;
}

}  // namespace

TEST_CASE("a tree by hand: thresholds, missing values and categories") {
  const Forest model = good();
  CHECK(model.features() == 2);
  CHECK(model.outputs() == 1);
  CHECK(model.rounds() == 1);
  CHECK(model.feature_names() == std::vector<std::string>{"number", "word"});
  CHECK(model.objective() == "binary:logistic");
  CHECK(!model.categorical(0));
  CHECK(model.categorical(1));
  CHECK(model.bytes() > 0);
  // logit(0.25) in float32
  const float base = -std::log(1.0F / 0.25F - 1.0F);
  const std::vector<std::pair<std::array<float, 2>, float>> rows = {
      {{0.4F, 1}, 1},          {{0.5F, 0}, 2},    {{0.5F, 1}, 4},     {{0.6F, 33}, 4},     {{0.6F, 32}, 2},
      {{missing, 1}, 1},       {{1, missing}, 4}, {{1, -1}, 2},       {{1, 1.9F}, 4},      {{1, 34}, 2},
      {{1, 16777216}, 2},      {{1, 3e9F}, 2},    {{infinity, 1}, 4}, {{-infinity, 1}, 1}, {{-0.F, 1}, 1},
      {{missing, missing}, 1}, {{1, -0.5F}, 2},   {{1, infinity}, 2}, {{1, 0.99F}, 2},     {{1, 1e6F}, 2}};
  std::vector<float> matrix;
  // Enough copies for every kernel to work on whole blocks and on a last part of one.
  constexpr std::size_t copies = 30;
  for (std::size_t i = 0; i < copies; ++i)
    for (const auto& row : rows) matrix.insert(matrix.end(), row.first.begin(), row.first.end());
  std::vector<float> out(rows.size() * copies);
  for (const auto& [kernel, name, help] : NameTable<Kernel>::entries) {
    if (!forest::available(kernel)) continue;
    model.margins(forest::RowMajor{matrix, out.size(), 2}, out, {.kernel = kernel});
    for (std::size_t i = 0; i < out.size(); ++i) CHECK(out[i] == base + rows[i % rows.size()].second);
  }
  std::vector<std::int32_t> leaves(2);
  model.leaves(forest::RowMajor{std::span(matrix).subspan(0, 4), 2, 2}, leaves);
  CHECK(leaves == std::vector<std::int32_t>{1, 3});
}

TEST_CASE("codes and floats of a category are the same") {
  const Forest model = good();
  const std::vector<float> number(5, 1.F);
  const std::vector<std::int32_t> codes{1, -1, 0, 33, 2147483647};
  const std::vector<float> as_float{1, missing, 0, 33, 2147483648.F};
  std::vector<float> first(5);
  std::vector<float> second(5);
  for (const auto& [kernel, name, help] : NameTable<Kernel>::entries) {
    if (!forest::available(kernel)) continue;
    const std::vector<forest::Column> with_codes{{number, {}}, {{}, codes}};
    const std::vector<forest::Column> with_floats{{number, {}}, {as_float, {}}};
    model.margins(forest::Columns{with_codes, 5}, first, {.kernel = kernel});
    model.margins(forest::Columns{with_floats, 5}, second, {.kernel = kernel});
    CHECK(first == second);
  }
  CHECK(first[0] - first[2] == doctest::Approx(2));
}

TEST_CASE("names of categories") {
  Parts parts;
  parts.extra = R"(,"cats":{"enc":[{"offsets":[],"values":[]},{"offsets":[0,1,3],"values":[97,98,99]}],)"
                R"("feature_segments":[0,0,2],"sorted_idx":[0,1]})";
  const Forest model = good(parts);
  CHECK(model.categories(0).empty());
  CHECK(model.categories(1) == std::vector<std::string>{"a", "bc"});
  parts.extra = R"(,"cats":{"enc":[{},{"offsets":[0,1,9],"values":[97,98,99]}],"feature_segments":[],"sorted_idx":[]})";
  CHECK(has(refusal(parts), "cats.enc.offsets"));
}

TEST_CASE("weights of dropped trees") {
  Parts parts;
  parts.objective = "reg:squarederror";
  parts.base_score = "[0E0]";
  parts.extra = R"(,"weight_drop":[2.5E-1])";
  const Forest model = good(parts);
  std::vector<float> out(1);
  const std::vector<float> row{1, 1};
  model.margins(forest::RowMajor{row, 1, 2}, out);
  CHECK(out[0] == 1.F);  // 4 × 0.25
}

TEST_CASE("good models that are not covered say why") {
  const auto changed = [](auto change) {
    Parts parts;
    change(parts);
    return outcome(json(parts));
  };
  CHECK(changed([](Parts& parts) { parts.version = "[3,5,0]"; }) ==
        "unsupported: XGBoost 3.5.0 wrote it, newer than 3.4");
  CHECK(changed([](Parts& parts) { parts.version = "[1,7,4]"; }) ==
        "unsupported: XGBoost 1.7.4 wrote it, older than 2.0");
  CHECK(changed([](Parts& parts) { parts.booster = "gblinear"; }) == "unsupported: its booster is 'gblinear'");
  CHECK(changed([](Parts& parts) { parts.objective = "mine"; }) == "unsupported: its objective is 'mine'");
  CHECK(changed([](Parts& parts) { parts.vector = "3"; }) == "unsupported: it has vector leaves");
  CHECK(changed([](Parts& parts) { parts.conditions = "[5E-1,Infinity,0E0,2E0,4E0]"; }) ==
        "unsupported: it has leaves that are not finite");
  CHECK(changed([](Parts& parts) { parts.features = "[1,0,1,0,0]"; }) ==
        "unsupported: feature 1 is split both as a number and as a category");
  CHECK(changed([](Parts& parts) { parts.extra = R"(,"weight_drop":[1E0,2E0])"; }) ==
        "unsupported: only some of its trees have weights");
}

TEST_CASE("models that are not covered are checked before others evaluate them") {
  const auto checked = [](const Parts& parts) -> std::string {
    const std::string bytes = json(parts);
    try {
      return forest::check(std::as_bytes(std::span(bytes)), "model 'm'");
    } catch (const Error& error) {
      CHECK(error.code() == Code::integrity);
      return error.message();
    }
  };
  CHECK(checked({}) == "binary:logistic");
  std::vector<Parts> uncovered(5);
  uncovered[0].version = "[3,5,0]";
  uncovered[1].version = "[1,7,4]";
  uncovered[2].objective = "mine";
  uncovered[3].conditions = "[5E-1,Infinity,0E0,2E0,4E0]";
  uncovered[4].features = "[1,0,1,0,0]";
  for (Parts& parts : uncovered) {
    CHECK(checked(parts) == parts.objective);
    parts.parents = "[2147483647,0,0,2,7]";
    CHECK(has(refusal(parts), "parents points outside the tree"));
    CHECK(has(checked(parts), "parents points outside the tree"));
  }
  Parts apart;  // root 0, its children 1 and 3, then 2 and 4 below 3
  apart.left = "[1,-1,-1,2,-1]";
  apart.right = "[3,-1,-1,4,-1]";
  apart.parents = "[-1,0,3,0,3]";
  apart.split_type = "[0,0,0,1,0]";
  apart.owners = "[3]";
  CHECK(outcome(json(apart)) == "unsupported: it has siblings that are not neighbours");
  CHECK(checked(apart) == "binary:logistic");
  apart.right = "[3,-1,-1,5,-1]";
  CHECK(has(checked(apart), "left_children points outside the tree"));
  apart.right = "[3,-1,-1,1,-1]";
  CHECK(has(checked(apart), "left_children is no tree"));

  Parts unknown;
  unknown.vector = "2";
  CHECK(has(checked(unknown), "nothing checks such a model before XGBoost reads it: it has vector leaves"));
  unknown.vector = "1";
  unknown.booster = "gblinear";
  CHECK(has(checked(unknown), "nothing checks such a model before XGBoost reads it: its booster is 'gblinear'"));
  unknown.booster = "gbtree";
  unknown.extra = R"(,"weight_drop":[1E0,2E0])";
  CHECK(has(checked(unknown), "only some of its trees have weights"));
}

TEST_CASE("broken models are refused") {
  Parts parts;
  SUBCASE("cycle") {
    parts.left = "[1,-1,0,-1,-1]";
    parts.right = "[2,-1,1,-1,-1]";
    CHECK(has(refusal(parts), "left_children is no tree"));
  }
  SUBCASE("shared child") {
    parts.left = "[1,3,3,-1,-1]";
    parts.right = "[2,4,4,-1,-1]";
    CHECK(has(refusal(parts), "left_children is no tree"));
  }
  SUBCASE("child outside") {
    parts.right = "[2,-1,5,-1,-1]";
    parts.left = "[1,-1,4,-1,-1]";
    CHECK(has(refusal(parts), "points outside the tree"));
  }
  SUBCASE("parent outside, of a node that is not reached as well") {
    parts.parents = "[2147483647,0,0,2,99999]";
    CHECK(has(refusal(parts), "trees[0].parents points outside the tree"));
    parts.parents = "[2147483647,0,0,2,-1]";
    CHECK(has(refusal(parts), "trees[0].parents points outside the tree"));
    parts.left = "[-1,-1,-1,-1,-1]";
    parts.right = "[-1,-1,-1,-1,-1]";
    parts.split_type = "[0,0,0,0,0]";
    parts.owners = parts.segments = parts.sizes = parts.categories = "[]";
    parts.parents = "[-1,0,0,2,5]";
    CHECK(has(refusal(parts), "trees[0].parents points outside the tree"));
    parts.parents = "[-1,0,0,2,4]";
    CHECK(outcome(json(parts)) == "compiled");
  }
  SUBCASE("parent that is another's") {
    parts.parents = "[2147483647,0,0,2,0]";
    CHECK(has(refusal(parts), "trees[0].parents does not fit the children"));
  }
  SUBCASE("parent of the root") {
    parts.parents = "[0,0,0,2,2]";
    CHECK(has(refusal(parts), "trees[0].parents gives the root one"));
  }
  SUBCASE("number of parents") {
    parts.parents = "[2147483647,0,0,2]";
    CHECK(has(refusal(parts), "arrays of different lengths"));
  }
  SUBCASE("place of a tree") {
    for (const char* id : {"1", "-1", "\"0\""}) {
      parts.id = id;
      CHECK(has(refusal(parts), "trees[0].id is not its place"));
    }
  }
  SUBCASE("order of categories") {
    const std::string begin = R"(,"cats":{"enc":[{"offsets":[],"values":[]},{"offsets":[0,1,3],"values":[97,98,99]}],)";
    parts.extra = begin + R"("feature_segments":[0,0,3],"sorted_idx":[0,1]})";
    CHECK(has(refusal(parts), "cats.feature_segments does not fit the categories"));
    parts.extra = begin + R"("feature_segments":[],"sorted_idx":[0,1]})";
    CHECK(has(refusal(parts), "cats.feature_segments does not fit the categories"));
    parts.extra = begin + R"("feature_segments":[0,0,2],"sorted_idx":[0]})";
    CHECK(has(refusal(parts), "cats.sorted_idx does not fit the categories"));
    parts.extra = begin + R"("feature_segments":[0,0,2],"sorted_idx":[0,2]})";
    CHECK(has(refusal(parts), "cats.sorted_idx is out of range"));
    parts.extra = begin + R"("feature_segments":[0,0,2],"sorted_idx":[]})";
    CHECK(outcome(json(parts)) == "compiled");
  }
  SUBCASE("feature outside") {
    parts.features = "[0,0,2,0,0]";
    CHECK(has(refusal(parts), "names a feature that is not there"));
  }
  SUBCASE("threshold that is no number") {
    parts.conditions = "[NaN,1E0,0E0,2E0,4E0]";
    CHECK(has(refusal(parts), "split_conditions is not a number"));
  }
  SUBCASE("lengths") {
    parts.default_left = "[1,0,0,0]";
    CHECK(has(refusal(parts), "arrays of different lengths"));
  }
  SUBCASE("number of nodes") {
    parts.nodes = "4";
    CHECK(has(refusal(parts), "arrays of different lengths"));
  }
  SUBCASE("segments of categories") {
    parts.sizes = "[3]";
    CHECK(has(refusal(parts), "categories has broken segments"));
  }
  SUBCASE("owners of categories") {
    parts.owners = "[1]";
    CHECK(has(refusal(parts), "categories_nodes"));
  }
  SUBCASE("category out of range") {
    parts.categories = "[1,16777216]";
    CHECK(has(refusal(parts), "categories is out of range"));
  }
  SUBCASE("rounds") {
    parts.rounds = "[0,2]";
    CHECK(has(refusal(parts), "iteration_indptr"));
  }
  SUBCASE("group") {
    parts.groups = "[1]";
    CHECK(has(refusal(parts), "tree_info"));
  }
  SUBCASE("base score") {
    for (const char* score : {"[1.5E0]", "[NaN]", "[1E-1,2E-1]", "x", ""}) {
      parts.base_score = score;
      refusal(parts);
    }
  }
  SUBCASE("what is no model") {
    for (const std::string bytes : {"", "{", "{}", "[]", "null", "{\"version\":[3,4,1]}", "{L", "binf"})
      CHECK(has(outcome(bytes), "it is no model of XGBoost's"));
  }
  SUBCASE("nesting") {
    CHECK(has(outcome("{\"a\":" + std::string(100000, '[')), "nested too deeply"));
    CHECK(has(outcome("{i\1a" + std::string(100000, '[')), "nested too deeply"));
  }
  SUBCASE("lengths that are not there") {
    CHECK(has(outcome(std::string("{i\1a[$d#L\x7f\0\0\0\0\0\0\0", 17)), "exceeds the bytes"));
    CHECK(has(outcome(std::string("{L\xff\xff\xff\xff\xff\xff\xff\xff", 10)), "exceeds the bytes"));
    CHECK(has(outcome(std::string("{i\1a[$Z#L\0\0\0\0\0\1\0\0", 17)), "unknown type"));
  }
  SUBCASE("keys twice") { CHECK(has(outcome(R"({"a":1,"a":2})"), "same key twice")); }
}

TEST_CASE("damaged models never crash") {
  int tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MLSYS_TEST_DATA "/forest")) {
    if (entry.path().extension() != ".case" || entry.file_size() > 8000) continue;
    const std::string file = read_file(entry.path());
    const std::string model = file.substr(53);
    Random random(7);
    for (int i = 0; i < 60; ++i) {
      std::string broken = model;
      const auto changes = 1 + random.below(3);
      for (std::uint64_t change = 0; change < changes; ++change)
        broken[random.below(broken.size())] = static_cast<char>(random.below(256));
      broken.resize(random.below(2) == 0 ? broken.size() : random.below(broken.size()));
      const auto text = outcome(broken);
      CHECK(!text.empty());
      ++tried;
    }
  }
  CHECK(tried > 300);
}

TEST_CASE("misuse is refused") {
  const Forest model = good();
  std::vector<float> out(2);
  const std::vector<float> values(4, 0.F);
  const std::vector<std::int32_t> codes(2, 0);
  const auto message = [&](auto call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      CHECK(error.code() == Code::usage);
      return error.message();
    }
    return {};
  };
  using forest::Columns;
  using forest::RowMajor;
  CHECK(message([&] { model.margins(RowMajor{values, 2, 2}, out); }).empty());
  CHECK(has(message([&] { model.margins(RowMajor{values, 2, 1}, out); }), "2 features"));
  CHECK(has(message([&] { model.margins(RowMajor{values, 3, 2}, out); }), "end before the last row"));
  CHECK(has(message([&] { model.margins(RowMajor{values, 1, 2}, out); }), "one element per row"));
  CHECK(has(message([&] { model.margins(RowMajor{values, 2, 2}, out, {.begin = 1, .end = 2}); }), "1 rounds"));
  CHECK(has(message([&] { model.margins(RowMajor{values, 2, 2}, out, {.base_margin = values}); }), "base margin"));
  const std::vector<forest::Column> swapped{{{}, codes}, {std::span(values).first(2), {}}};
  CHECK(has(message([&] { model.margins(Columns{swapped, 2}, out); }), "feature 0 is a number"));
  const std::vector<forest::Column> one{{values, {}}};
  CHECK(has(message([&] { model.margins(Columns{one, 2}, out); }), "it has 2 features"));
  std::vector<std::int32_t> leaves(3);
  CHECK(has(message([&] { model.leaves(RowMajor{values, 2, 2}, leaves); }), "row and tree"));
  CHECK(has(message([&] { model.transform(values, out); }), "same rows"));
  // No rows are no mistake.
  CHECK(message([&] { model.margins(RowMajor{{}, 0, 2}, {}); }).empty());
}

TEST_CASE("many threads use one forest") {
  const Forest model = good();
  constexpr std::size_t rows = 5000;
  std::vector<float> matrix(rows * 2);
  Random random(3);
  for (float& value : matrix) value = static_cast<float>(random.uniform() * 40 - 1);
  std::vector<float> expected(rows);
  model.margins(forest::RowMajor{matrix, rows, 2}, expected, {.kernel = Kernel::walk});
  std::vector<std::vector<float>> results(4, std::vector<float>(rows));
  std::vector<std::thread> threads;
  for (auto& result : results)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) model.margins(forest::RowMajor{matrix, rows, 2}, result, {.threads = 2});
    });
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) CHECK(result == expected);
}
