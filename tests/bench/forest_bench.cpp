// Times the forest beside XGBoost's own predictor in one process:
//   forest-bench LIBXGBOOST MODEL.ubj MATRIX.f32 [THREADS [TURNS [ROWS]]]
// The matrix is row-major float32 as forest_models.py writes it. XGBoost is given a fresh DMatrix each time, since it
// keeps the result for one that it has seen; few rows also in place, which is faster. All take turns, and the least
// time of each counts. Prints one JSON document; the status is 1 when any bit differs.
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mlsys/base/files.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/forest/forest.hpp"

using namespace mlsys;
using forest::Kernel;

namespace {

// The few functions of XGBoost's C API that are timed, by hand: vendor headers stay in lib/ext.
class Xgboost {
 public:
  Xgboost(const char* path, std::string_view model) : library_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) throw std::runtime_error(dlerror());
    find(create_matrix_, "XGDMatrixCreateFromMat");
    find(free_matrix_, "XGDMatrixFree");
    find(set_, "XGBoosterSetParam");
    find(predict_, "XGBoosterPredictFromDMatrix");
    find(predict_dense_, "XGBoosterPredictFromDense");
    int (*create)(void* const*, std::uint64_t, void**) = nullptr;
    int (*load)(void*, const void*, std::uint64_t) = nullptr;
    find(create, "XGBoosterCreate");
    find(load, "XGBoosterLoadModelFromBuffer");
    check(create(nullptr, 0, &booster_));
    check(load(booster_, model.data(), model.size()));
  }

  void threads(unsigned count) { check(set_(booster_, "nthread", std::to_string(count).c_str())); }

  // Margins, valid until the next call.
  const float* fresh(const float* rows, std::uint64_t count, std::uint64_t features) {
    void* matrix = nullptr;
    check(create_matrix_(rows, count, features, std::numeric_limits<float>::quiet_NaN(), &matrix));
    check(predict_(booster_, matrix, config, &shape_, &dimensions_, &result_));
    check(free_matrix_(matrix));
    return result_;
  }
  const float* in_place(const float* rows, std::uint64_t count, std::uint64_t features) {
    const auto array = fmt::format(R"({{"data": [{}, true], "shape": [{}, {}], "typestr": "<f4", "version": 3}})",
                                   reinterpret_cast<std::uintptr_t>(rows), count, features);
    check(predict_dense_(booster_, array.c_str(), config, nullptr, &shape_, &dimensions_, &result_));
    return result_;
  }

 private:
  template <class Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library_, name));
    if (function == nullptr) throw std::runtime_error(name);
  }
  static void check(int status) {
    if (status != 0) throw std::runtime_error("XGBoost failed");
  }

  static constexpr auto config =
      R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": true, "missing": NaN})";
  void* library_;
  void* booster_ = nullptr;
  const std::uint64_t* shape_ = nullptr;
  std::uint64_t dimensions_ = 0;
  const float* result_ = nullptr;
  int (*create_matrix_)(const float*, std::uint64_t, std::uint64_t, float, void**) = nullptr;
  int (*free_matrix_)(void*) = nullptr;
  int (*set_)(void*, const char*, const char*) = nullptr;
  int (*predict_)(void*, void*, const char*, const std::uint64_t**, std::uint64_t*, const float**) = nullptr;
  int (*predict_dense_)(void*, const char*, const char*, void*, const std::uint64_t**, std::uint64_t*,
                        const float**) = nullptr;
};

struct Contestant {
  std::string name;
  std::function<void()> work;
  double best = std::numeric_limits<double>::infinity();  // seconds of a call
};

// Each turn of each contestant is as many calls as fit into `budget` seconds, timed in runs of at least 0.2 ms.
void compete(std::vector<Contestant>& contestants, int turns, double budget) {
  const auto seconds = [](const std::function<void()>& work, int calls) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  for (int turn = 0; turn < turns; ++turn) {
    for (auto& contestant : contestants) {
      double spent = seconds(contestant.work, 1);
      contestant.best = std::min(contestant.best, spent);
      const int calls = std::max(1, static_cast<int>(2e-4 / std::max(contestant.best, 1e-9)));
      while (spent < budget) {
        const double took = seconds(contestant.work, calls);
        contestant.best = std::min(contestant.best, took / calls);
        spent += took;
      }
    }
  }
}

std::string json(const std::vector<Contestant>& contestants) {
  std::vector<std::string> members;
  for (const auto& contestant : contestants)
    members.push_back(fmt::format(R"("{}": {:.9f})", contestant.name, contestant.best));
  return "{" + fmt::format("{}", fmt::join(members, ", ")) + "}";
}

int bench(const std::vector<std::string>& arguments) {
  const std::string model = read_file(arguments.at(2), std::uint64_t{1} << 30);
  const std::string bytes = read_file(arguments.at(3), std::uint64_t{1} << 34);
  const auto threads = static_cast<unsigned>(arguments.size() > 4 ? parse_int(arguments[4]).value_or(2) : 2);
  const auto turns = static_cast<int>(arguments.size() > 5 ? parse_int(arguments[5]).value_or(3) : 3);
  Xgboost xgboost(arguments.at(1).c_str(), model);

  const auto compile = [&] { return forest::Forest::compile(std::as_bytes(std::span(model)), arguments[2]); };
  const auto compiled = compile();
  if (!compiled.forest) throw std::runtime_error(compiled.unsupported);
  const forest::Forest& forest = *compiled.forest;
  std::vector<Contestant> compiling{{"compile", [&] { compile(); }}};
  compete(compiling, turns, 0.2);

  std::vector<float> matrix(bytes.size() / sizeof(float));
  std::memcpy(matrix.data(), bytes.data(), matrix.size() * sizeof(float));
  const std::size_t features = forest.features();
  std::size_t rows = matrix.size() / features;
  if (arguments.size() > 6) rows = std::min(rows, static_cast<std::size_t>(parse_int(arguments[6]).value_or(1000)));
  if (rows < 256) throw std::runtime_error("at least 256 rows are needed");
  std::vector<float> columns(rows * features);
  std::vector<forest::Column> views;
  for (std::size_t i = 0; i < features; ++i) {
    for (std::size_t row = 0; row < rows; ++row) columns[i * rows + row] = matrix[row * features + i];
    views.push_back({std::span(columns).subspan(i * rows, rows), {}});
  }
  const auto row_major = [&](std::size_t count) {
    return forest::RowMajor{std::span(matrix).first(count * features), count, features};
  };

  std::vector<float> expected(rows * forest.outputs());
  std::vector<float> margins(expected.size());
  bool same = true;
  const auto check = [&](std::size_t count) {
    const std::size_t size = count * forest.outputs() * sizeof(float);
    same = same && std::memcmp(margins.data(), expected.data(), size) == 0;
    std::ranges::fill(margins, 0.F);
  };

  xgboost.threads(threads);
  std::vector<Contestant> batch{{"xgboost", [&] {
                                   const float* result = xgboost.fresh(matrix.data(), rows, features);
                                   std::copy_n(result, expected.size(), expected.begin());
                                 }}};
  for (const Kernel kernel : {Kernel::portable, Kernel::avx2, Kernel::avx512}) {
    if (!forest::available(kernel)) continue;
    const forest::Options options{.threads = threads, .kernel = kernel};
    const std::string name(name_of(kernel));
    batch.push_back({name + " rows", [&, options] { forest.margins(row_major(rows), margins, options); }});
    batch.push_back(
        {name + " columns", [&, options] { forest.margins(forest::Columns{views, rows}, margins, options); }});
  }
  compete(batch, turns, 0);
  for (const auto& contestant : batch) {
    contestant.work();
    if (&contestant != &batch.front()) check(rows);
  }

  xgboost.threads(1);
  std::vector<std::string> few;
  for (const std::size_t count : {1U, 4U, 16U, 64U, 256U}) {
    std::vector<Contestant> contestants{
        {"xgboost", [&] { xgboost.fresh(matrix.data(), count, features); }},
        {"xgboost in place", [&] { xgboost.in_place(matrix.data(), count, features); }}};
    for (const Kernel kernel : {Kernel::automatic, Kernel::portable, Kernel::portable_rows, Kernel::avx2,
                                Kernel::avx2_rows, Kernel::avx512, Kernel::avx512_rows}) {
      if (!forest::available(kernel)) continue;
      contestants.push_back({std::string(name_of(kernel)), [&, kernel] {
                               forest.margins(row_major(count), std::span(margins).first(count * forest.outputs()),
                                              {.kernel = kernel});
                             }});
    }
    compete(contestants, turns, 0.05);
    for (std::size_t i = 2; i < contestants.size(); ++i) {
      contestants[i].work();
      check(count);
    }
    few.push_back(fmt::format(R"("{}": {})", count, json(contestants)));
  }
  fmt::print(
      R"({{"rows": {}, "features": {}, "trees": {}, "threads": {}, "bytes": {}, "same_bits": {}, "compile": {:.6f}, )"
      R"("batch": {}, "few": {{{}}}}})"
      "\n",
      rows, features, forest.trees(), threads, forest.bytes(), same, compiling.front().best, json(batch),
      fmt::join(few, ", "));
  return same ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return bench({arguments, arguments + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "forest-bench: {}\n", error.what());
    return 1;
  }
}
