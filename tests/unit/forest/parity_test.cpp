// Cases that tests/conformance/forest_parity.py made with XGBoost: every kernel must give the same bits.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "mlsys/base/files.hpp"
#include "mlsys/forest/forest.hpp"

using namespace mlsys;
using forest::Forest;
using forest::Kernel;

namespace {

struct Case {
  std::size_t rows, features, outputs, predictions, trees, leaf_rows, begin, end, ranged_trees;
  std::string model;
  std::vector<float> matrix, margins, values, ranged, base, based;
  std::vector<std::int32_t> leaves;
};

Case read_case(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  REQUIRE(bytes.starts_with("MLFC2"));
  std::size_t at = 5;
  const auto number = [&] {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, 4);
    at += 4;
    return std::size_t{value};
  };
  Case result;
  result.rows = number();
  result.features = number();
  result.outputs = number();
  result.predictions = number();
  result.trees = number();
  result.leaf_rows = number();
  const std::size_t model = number();
  result.begin = number();
  result.end = number();
  result.ranged_trees = number();
  at += 8;
  result.model = bytes.substr(at, model);
  at += model;
  const auto fill = [&](auto& vector, std::size_t size) {
    vector.resize(size);
    REQUIRE(bytes.size() - at >= size * 4);
    std::memcpy(vector.data(), bytes.data() + at, size * 4);
    at += size * 4;
  };
  fill(result.matrix, result.rows * result.features);
  fill(result.margins, result.rows * result.outputs);
  fill(result.values, result.rows * result.predictions);
  for (auto* margins : {&result.ranged, &result.base, &result.based}) fill(*margins, result.rows * result.outputs);
  fill(result.leaves, result.leaf_rows * result.trees);
  REQUIRE(at == bytes.size());
  return result;
}

Forest compile(const std::string& model) {
  auto compiled = Forest::compile(std::as_bytes(std::span(model)), "a case");
  INFO(compiled.unsupported);
  REQUIRE(compiled.forest.has_value());
  return std::move(*compiled.forest);
}

void same_bits(const std::vector<float>& got, const std::vector<float>& expected) {
  REQUIRE(got.size() == expected.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(got[i]) == std::bit_cast<std::uint32_t>(expected[i])) continue;
    if (++different == 1) MESSAGE("first difference at ", i, ": ", got[i], " instead of ", expected[i]);
  }
  CHECK(different == 0);
}

// The C library's exp and log are chosen for the processor, so that the last bits may differ between machines.
void same_predictions(const std::vector<float>& got, const std::vector<float>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(got[i]) == std::bit_cast<std::uint32_t>(expected[i])) continue;
    CHECK(std::abs(got[i] - expected[i]) <= std::abs(expected[i]) * 3e-7F);
  }
}

void check_case(const Case& test) {
  const Forest forest = compile(test.model);
  CHECK(forest.features() == test.features);
  REQUIRE(forest.outputs() == test.outputs);
  REQUIRE(forest.trees() == test.trees);
  CHECK(forest.version() == "3.4.1");

  const forest::RowMajor rows{test.matrix, test.rows, test.features};
  std::vector<std::vector<float>> columns(test.features, std::vector<float>(test.rows));
  for (std::size_t row = 0; row < test.rows; ++row)
    for (std::size_t i = 0; i < test.features; ++i) columns[i][row] = test.matrix[row * test.features + i];
  std::vector<forest::Column> views;
  for (const auto& column : columns) views.push_back({column, {}});
  const forest::Columns by_column{views, test.rows};

  std::vector<float> margins(test.rows * test.outputs);
  for (const auto& [kernel, name, help] : NameTable<Kernel>::entries) {
    if (!forest::available(kernel)) continue;
    INFO("kernel ", name);
    forest::Options options;
    options.kernel = kernel;
    const auto run = [&](const auto& source, const std::vector<float>& expected) {
      std::ranges::fill(margins, -12345.F);
      forest.margins(source, margins, options);
      same_bits(margins, expected);
    };
    run(rows, test.margins);
    run(by_column, test.margins);
    options.threads = 2;
    options.base_margin = test.base;
    run(by_column, test.based);
    options.base_margin = {};
    options.begin = test.begin;
    options.end = test.end;
    CHECK(forest.trees(options) == test.ranged_trees);
    run(rows, test.ranged);
    // Few rows take other paths than many.
    options = {.kernel = kernel};
    for (const std::size_t count : {std::size_t{1}, std::size_t{3}, std::size_t{16}, std::size_t{100}}) {
      if (count > test.rows) continue;
      const std::size_t first = test.rows - count;
      std::vector<float> some(count * test.outputs);
      forest.margins(forest::RowMajor{std::span(test.matrix).subspan(first * test.features), count, test.features},
                     some, options);
      CHECK(std::memcmp(some.data(), test.margins.data() + first * test.outputs, some.size() * 4) == 0);
    }
  }
  std::vector<std::int32_t> leaves(test.leaf_rows * test.trees);
  forest.leaves(forest::RowMajor{test.matrix, test.leaf_rows, test.features}, leaves);
  CHECK(leaves == test.leaves);

  REQUIRE(forest.predictions() == test.predictions);
  std::vector<float> values(test.rows * test.predictions);
  forest.transform(test.margins, values);
  same_predictions(values, test.values);
}

}  // namespace

TEST_CASE("forest parity with XGBoost") {
  const char* chosen = std::getenv("MLSYS_FOREST_CASES");
  const std::filesystem::path folder = chosen != nullptr ? chosen : MLSYS_TEST_DATA "/forest";
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".case") continue;
    INFO(entry.path().filename().string());
    check_case(read_case(entry.path()));
    ++cases;
  }
  CHECK(cases > 0);
}
