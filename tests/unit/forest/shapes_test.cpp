// Random forests of every shape that the plan treats differently: each kernel against the walk, which parity_test.cpp
// compares with XGBoost.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/forest/forest.hpp"

using namespace mlsys;
using forest::Forest;
using forest::Kernel;

namespace {

struct Shape {
  std::size_t trees = 10;
  std::size_t deepest = 6;  // levels of splits; each tree has its own greatest depth up to this
  double stop = 0.1;        // chance that a node above is a leaf
  std::size_t outputs = 1;
  // One element per feature: the thresholds of a number, or how many categories there are.
  std::vector<std::vector<float>> numbers = {};
  std::vector<std::size_t> categories = {};
  std::size_t in_set = 5;  // categories that a split lists
};

class Maker {
 public:
  Maker(const Shape& shape, std::uint64_t seed) : shape_(shape), random_(seed) {}

  std::string model() {
    std::vector<std::string> trees;
    std::vector<std::size_t> groups;
    std::vector<std::size_t> rounds{0};
    for (std::size_t i = 0; i < shape_.trees; ++i) {
      trees.push_back(tree(i, random_.below(shape_.deepest + 1)));
      groups.push_back(i % shape_.outputs);
      if ((i + 1) % shape_.outputs == 0) rounds.push_back(i + 1);
    }
    return fmt::format(
        R"({{"version":[3,4,1],"learner":{{"learner_model_param":{{"base_score":"[5E-1]","num_class":"{}",)"
        R"("num_feature":"{}","num_target":"1"}},"objective":{{"name":"{}"}},"gradient_booster":{{"name":"gbtree",)"
        R"("model":{{"gbtree_model_param":{{}},"tree_info":[{}],"iteration_indptr":[{}],"trees":[{}]}}}}}}}})",
        shape_.outputs == 1 ? 0 : shape_.outputs, features(),
        shape_.outputs == 1 ? "reg:squarederror" : "multi:softprob", fmt::join(groups, ","), fmt::join(rounds, ","),
        fmt::join(trees, ","));
  }

  // Values at, just below and just above thresholds, categories that are listed and not, and what no data should hold.
  std::vector<float> rows(std::size_t count) {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::vector<float> result;
    for (std::size_t row = 0; row < count; ++row) {
      for (const auto& thresholds : shape_.numbers) {
        const float threshold = thresholds[random_.below(thresholds.size())];
        const std::array<float, 8> choices{threshold,
                                           std::nextafter(threshold, infinity),
                                           std::nextafter(threshold, -infinity),
                                           -threshold,
                                           std::numeric_limits<float>::quiet_NaN(),
                                           infinity,
                                           -infinity,
                                           0};
        result.push_back(choices[random_.below(choices.size())]);
      }
      for (const std::size_t categories : shape_.categories) {
        const auto code = static_cast<float>(random_.below(categories));
        const std::array<float, 8> choices{code, code,      code,          code + 0.5F,
                                           -1.F, -infinity, 2 * code + 32, std::numeric_limits<float>::quiet_NaN()};
        result.push_back(choices[random_.below(choices.size())]);
      }
    }
    return result;
  }
  [[nodiscard]] std::size_t features() const { return shape_.numbers.size() + shape_.categories.size(); }

 private:
  std::string tree(std::size_t id, std::size_t deepest) {
    std::vector<int> left, right, features, to_left, types, owners, starts, sizes, codes;
    std::vector<std::string> conditions;
    std::vector<std::size_t> levels{0};
    std::vector<std::size_t> parents{2147483647};
    for (std::size_t node = 0; node < levels.size(); ++node) {
      const bool leaf = levels[node] >= deepest || (levels[node] > 0 && random_.uniform() < shape_.stop);
      left.push_back(leaf ? -1 : static_cast<int>(levels.size()));
      right.push_back(leaf ? -1 : static_cast<int>(levels.size()) + 1);
      const std::size_t feature = random_.below(this->features());
      features.push_back(static_cast<int>(feature));
      to_left.push_back(static_cast<int>(random_.below(2)));
      const bool category = !leaf && feature >= shape_.numbers.size();
      types.push_back(category ? 1 : 0);
      if (leaf) {
        conditions.push_back(fmt::format("{:.9e}", random_.uniform() - 0.5));
        continue;
      }
      levels.insert(levels.end(), 2, levels[node] + 1);
      parents.insert(parents.end(), 2, node);
      if (!category) {
        const auto& thresholds = shape_.numbers[feature];
        conditions.push_back(fmt::format("{:.9e}", static_cast<double>(thresholds[random_.below(thresholds.size())])));
        continue;
      }
      conditions.emplace_back("0E0");
      owners.push_back(static_cast<int>(node));
      starts.push_back(static_cast<int>(codes.size()));
      sizes.push_back(static_cast<int>(1 + random_.below(shape_.in_set)));
      for (int i = 0; i < sizes.back(); ++i)
        codes.push_back(static_cast<int>(random_.below(shape_.categories[feature - shape_.numbers.size()])));
    }
    return fmt::format(
        R"({{"id":{},"tree_param":{{"num_nodes":"{}"}},"left_children":[{}],"right_children":[{}],"parents":[{}],)"
        R"("split_indices":[{}],)"
        R"("split_conditions":[{}],"default_left":[{}],"split_type":[{}],"categories_nodes":[{}],)"
        R"("categories_segments":[{}],"categories_sizes":[{}],"categories":[{}]}})",
        id, left.size(), fmt::join(left, ","), fmt::join(right, ","), fmt::join(parents, ","), fmt::join(features, ","),
        fmt::join(conditions, ","), fmt::join(to_left, ","), fmt::join(types, ","), fmt::join(owners, ","),
        fmt::join(starts, ","), fmt::join(sizes, ","), fmt::join(codes, ","));
  }

  const Shape& shape_;
  Random random_;
};

std::vector<float> spread(std::size_t count, double from, double to) {
  std::vector<float> result;
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(static_cast<float>(from + (to - from) * static_cast<double>(i) / static_cast<double>(count)));
  return result;
}

void kernels_agree(const Shape& shape, std::size_t most = 1000) {
  Maker maker(shape, 1);
  const std::string model = maker.model();
  const auto compiled = Forest::compile(std::as_bytes(std::span(model)), "a model");
  REQUIRE_MESSAGE(compiled.forest, compiled.unsupported);
  const Forest& forest = *compiled.forest;
  const std::size_t width = forest.outputs();
  const auto values = maker.rows(most);
  std::vector<float> base(most * width);
  for (std::size_t i = 0; i < base.size(); ++i) base[i] = static_cast<float>(i % 17) / 3;
  std::vector<float> expected(most * width);
  std::vector<float> margins(most * width);
  // One row, rows that are taken together, parts of a vector, whole vectors and blocks, with one row less and more.
  for (const std::size_t count : {1U,  2U,  3U,  4U,  5U,  7U,  8U,   9U,   15U,  16U,  17U,  31U,  32U,
                                  33U, 63U, 64U, 65U, 71U, 72U, 127U, 128U, 129U, 255U, 256U, 257U, 1000U}) {
    if (count > most) break;
    std::vector<float> turned(count * forest.features());
    std::vector<forest::Column> columns;
    for (std::size_t i = 0; i < forest.features(); ++i) {
      const std::span column = std::span(turned).subspan(i * count, count);
      for (std::size_t row = 0; row < count; ++row) column[row] = values[row * forest.features() + i];
      columns.push_back({column, {}});
    }
    const forest::RowMajor rows{std::span(values).first(count * forest.features()), count, forest.features()};
    forest::Options options;
    if (count % 2 == 1) options.base_margin = std::span(base).first(count * width);
    options.kernel = Kernel::walk;
    forest.margins(rows, std::span(expected).first(count * width), options);
    for (const auto& [kernel, name, help] : NameTable<Kernel>::entries) {
      if (!forest::available(kernel)) continue;
      INFO("kernel ", name, ", ", count, " rows");
      options.kernel = kernel;
      std::ranges::fill(margins, -1.F);
      forest.margins(rows, std::span(margins).first(count * width), options);
      CHECK(std::memcmp(margins.data(), expected.data(), count * width * sizeof(float)) == 0);
      std::ranges::fill(margins, -1.F);
      forest.margins(forest::Columns{columns, count}, std::span(margins).first(count * width), options);
      CHECK(std::memcmp(margins.data(), expected.data(), count * width * sizeof(float)) == 0);
    }
  }
}

}  // namespace

TEST_CASE("every depth, from single leaves to trees that blocks cover in part only") {
  for (std::size_t depth = 0; depth <= 12; ++depth) {
    INFO("depth ", depth);
    kernels_agree({.deepest = depth, .numbers = {spread(40, -1, 1), spread(9, 0, 1)}, .categories = {20}});
  }
  kernels_agree({.trees = 30, .deepest = 40, .stop = 0.45, .numbers = {spread(40, -1, 1)}, .categories = {20}});
}

TEST_CASE("more thresholds than a page has") {
  for (const std::size_t count : {14U, 15U, 16U, 17U, 254U, 255U, 256U, 510U, 511U, 2000U}) {
    INFO(count, " thresholds");
    kernels_agree({.trees = 40, .deepest = 7, .numbers = {spread(count, 0, 1), spread(3, 0, 1)}});
  }
}

TEST_CASE("thresholds that cells cannot tell apart, and of every magnitude") {
  auto crowded = spread(300, 1, 1.0005);
  crowded.push_back(1e30F);
  crowded.push_back(-1e30F);
  std::vector<float> skewed;
  for (int i = 0; i < 275; ++i) skewed.push_back(std::ldexp(i % 2 == 0 ? 1.3F : -1.3F, i - 148));
  const std::vector<float> one{0};
  kernels_agree({.trees = 40, .deepest = 8, .numbers = {crowded, skewed, one}});
}

TEST_CASE("more categorical splits than a vector has bits") {
  for (const std::size_t trees : {1U, 3U, 20U}) kernels_agree({.trees = trees, .deepest = 8, .categories = {300, 12}});
  kernels_agree({.trees = 4, .deepest = 8, .categories = {100'000}, .in_set = 1000});
}

TEST_CASE("a few of very many categories") {
  kernels_agree({.deepest = 5, .numbers = {spread(20, 0, 1)}, .categories = {(1 << 24) - 40, 30}});
}

TEST_CASE("several outputs") {
  kernels_agree({.trees = 21, .deepest = 6, .outputs = 3, .numbers = {spread(60, 0, 1)}, .categories = {9}});
}

TEST_CASE("more features than are fetched together") {
  for (const int features : {20, 50, 100, 200}) {
    std::vector<std::vector<float>> numbers;
    for (int i = 0; i < features; ++i) numbers.push_back(spread(5, i, i + 1));
    kernels_agree({.trees = 60, .deepest = 5, .numbers = numbers, .categories = {12}});
  }
}

TEST_CASE("more comparisons than row kernels can number") {
  std::vector<std::vector<float>> numbers;
  for (int i = 0; i < 40; ++i) numbers.push_back(spread(5000, 0, 1));
  kernels_agree({.trees = 1600, .deepest = 8, .stop = 0, .numbers = numbers}, 33);
}
