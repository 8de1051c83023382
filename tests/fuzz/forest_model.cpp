// uses: forest
// Models from strangers: whatever compiles must also evaluate, and every kernel must agree.
#include <array>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include "fuzz.hpp"
#include "json_mutator.hpp"
#include "mlsys/forest/forest.hpp"

using mlsys::forest::Forest;
using mlsys::forest::Kernel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view bytes) {
    const auto compiled = Forest::compile(std::as_bytes(std::span(bytes)), "model");
    fuzz::require(compiled.forest.has_value() == compiled.unsupported.empty(), "a forest or a reason");
    // Of what compiles the rest is checked for XGBoost as well; what it does not cover may be sound.
    try {
      mlsys::forest::check(std::as_bytes(std::span(bytes)), "model");
    } catch (const mlsys::Error&) {
      fuzz::require(!compiled.forest, "what compiles is sound");
    }
    if (!compiled.forest) return;
    const Forest& model = *compiled.forest;
    if (model.features() > 64 || model.outputs() > 64 || model.trees() > 1000) return;
    constexpr std::size_t rows = 40;
    constexpr std::array<float, 8> choices{0.F,  1.F,   -1.F,    0.5F,
                                           33.F, 1e30F, -1e-30F, std::numeric_limits<float>::quiet_NaN()};
    std::vector<float> values(rows * model.features());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = choices[(i * 7 + i / 5) % choices.size()];
    const mlsys::forest::RowMajor matrix{values, rows, model.features()};
    std::vector<float> expected(rows * model.outputs());
    std::vector<float> margins(expected.size());
    model.margins(matrix, expected, {.kernel = Kernel::walk});
    for (const auto& [kernel, name, help] : mlsys::NameTable<Kernel>::entries) {
      if (!mlsys::forest::available(kernel)) continue;
      model.margins(matrix, margins, {.kernel = kernel});
      fuzz::require(std::memcmp(margins.data(), expected.data(), margins.size() * sizeof(float)) == 0,
                    "kernels agree bit by bit");
    }
  });
}
