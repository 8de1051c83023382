// What the tests of training share: a folder with a table, its options, and a table that can be learnt.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/train/train.hpp"

namespace mlsys::test {

struct Bench {
  TempDirectory directory{std::filesystem::temp_directory_path()};
  Context context;
  train::TrainOptions options;

  Bench() {
    context.threads = 2;
    options.source.argument = path("t.csv");
    options.output = directory.path() / "bundle";
    options.rounds = 10;
    options.roles.target = "y";
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (directory.path() / name).string(); }
  void write(const std::string& text, const std::string& name = "t.csv") const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  train::TrainReport train() { return train::train(options, context); }
  Error error() {
    try {
      train();
    } catch (const Error& error) {
      CHECK_FALSE(std::filesystem::exists(options.output));
      return error;
    }
    FAIL("no error");
    return {Code::ok, ""};
  }
};

// y follows x and c; k is constant, e is empty, when is a date.
inline std::string table(std::size_t rows, std::uint64_t seed, bool header = true) {
  Random random(seed);
  std::string text = header ? "x,c,y,k,e,when\n" : "";
  for (std::size_t i = 0; i < rows; ++i) {
    const double x = std::round(random.uniform() * 1000) / 100;
    const auto c = random.below(4);
    const double push = x - 5 + (c == 2 ? 3 : 0);
    const int y = random.uniform() < 1 / (1 + std::exp(-push)) ? 1 : 0;
    text += (random.below(20) == 0 ? "" : shortest(x)) + ",";
    text += (c == 3 ? "" : std::string(1, static_cast<char>('a' + c))) + "," + std::to_string(y) + ",7,,2024-01-" +
            (i % 28 < 9 ? "0" : "") + std::to_string(i % 28 + 1) + "\n";
  }
  return text;
}

inline const train::Metric& metric(const train::TrainReport& report, const std::string& name) {
  const auto found = std::ranges::find(report.metrics, name, &train::Metric::name);
  REQUIRE(found != report.metrics.end());
  return *found;
}

}  // namespace mlsys::test
