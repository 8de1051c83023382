// What another project does with the installed modules: reads a table, computes a metric, handles the one error.
#include <cstdio>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/metrics/binary.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  mlsys::Context context;
  try {
    const auto dataset = mlsys::data::Dataset::open({.argument = argv[1]}, context);
    const auto frame = dataset.read(
        {{.name = "y", .as = mlsys::data::As::float64}, {.name = "score", .as = mlsys::data::As::float64}}, context);
    const auto auc = mlsys::metrics::roc_auc({.scores = frame.at("score").f64, .labels = frame.at("y").f64});
    std::printf("%llu rows, roc_auc %.3f\n", static_cast<unsigned long long>(frame.rows), auc.value.value_or(-1));
    if (frame.rows != 4 || auc.value != 0.75) return 1;
  } catch (const mlsys::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  try {
    mlsys::data::Dataset::open({.argument = "missing.csv"}, context);
  } catch (const mlsys::Error& error) {
    return error.code() == mlsys::Code::not_found ? 0 : 1;  // thrown in a library, caught by its type here
  }
  return 1;
}
