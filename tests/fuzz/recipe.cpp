// uses: pipeline
#include "mlsys/pipeline/recipe.hpp"
#include "fuzz.hpp"
#include "json_mutator.hpp"
#include "mlsys/base/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    const auto recipe = mlsys::pipeline::parse_recipe(text, "'recipe.json'");
    const auto resolved = mlsys::pipeline::resolve(recipe, {}, "recipes/fuzz", "/project");
    fuzz::require(resolved.steps.size() == recipe.steps.size(), "every step is kept");
    for (std::size_t index = 0; index < resolved.steps.size(); ++index)
      for (const std::size_t before : mlsys::pipeline::upstream(resolved, index))
        fuzz::require(before < index, "a step comes after those it depends on");
    fuzz::require(mlsys::is_utf8(mlsys::to_text(mlsys::pipeline::graph_json(resolved))), "the graph is UTF-8");
  });
}
