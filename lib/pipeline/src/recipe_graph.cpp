#include <fmt/format.h>

#include <iterator>

#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/pipeline/recipe.hpp"

namespace mlsys::pipeline {

namespace {

std::vector<std::string> names_of(const Recipe& resolved, const std::vector<std::size_t>& indices) {
  std::vector<std::string> names;
  for (const std::size_t index : indices) names.push_back(resolved.steps[index].name);
  return names;
}

std::string text_graph(const Recipe& resolved) {
  std::string text;
  auto out = std::back_inserter(text);
  for (std::size_t i = 0; i < resolved.steps.size(); ++i) {
    const Step& step = resolved.steps[i];
    const std::vector<std::string> after = names_of(resolved, upstream(resolved, i));
    fmt::format_to(out, "{}. {}{}\n", i + 1, step.name, after.empty() ? "" : "  (after " + join(after, ", ") + ")");
    if (!step.description.empty()) fmt::format_to(out, "   {}\n", step.description);
    if (!step.deps.empty()) fmt::format_to(out, "   reads  {}\n", join(step.deps, ", "));
    if (!step.outs.empty()) fmt::format_to(out, "   makes  {}\n", join(step.outs, ", "));
    fmt::format_to(out, "   runs   {}\n", shell_line(step.command));
  }
  return text;
}

// Step names are safe in both languages: letters, digits, '-' and '_'. Identifiers are numbered nevertheless, since a
// step may be called "end".
std::string edges(const Recipe& resolved, std::string_view arrow, std::string_view end) {
  std::string text;
  for (std::size_t i = 0; i < resolved.steps.size(); ++i) {
    for (const std::size_t before : upstream(resolved, i)) {
      fmt::format_to(std::back_inserter(text), "  s{} {} s{}{}\n", before, arrow, i, end);
    }
  }
  return text;
}

std::string nodes(const Recipe& resolved, std::string_view pattern) {
  std::string text;
  for (std::size_t i = 0; i < resolved.steps.size(); ++i) {
    fmt::format_to(std::back_inserter(text), fmt::runtime(pattern), i, resolved.steps[i].name);
  }
  return text;
}

}  // namespace

std::string graph(const Recipe& resolved, GraphFormat format) {
  switch (format) {
    case GraphFormat::mermaid:
      return "flowchart TD\n" + nodes(resolved, "  s{}[\"{}\"]\n") + edges(resolved, "-->", "");
    case GraphFormat::dot:
      return "digraph \"" + resolved.name + "\" {\n" + nodes(resolved, "  s{} [label=\"{}\"];\n") +
             edges(resolved, "->", ";") + "}\n";
    case GraphFormat::text:
      break;
  }
  return text_graph(resolved);
}

Json graph_json(const Recipe& resolved) {
  Json steps = Json::array();
  for (std::size_t i = 0; i < resolved.steps.size(); ++i) {
    const Step& step = resolved.steps[i];
    steps.push_back({{"name", step.name},
                     {"description", step.description},
                     {"command", step.command},
                     {"deps", step.deps},
                     {"outs", step.outs},
                     {"after", names_of(resolved, upstream(resolved, i))}});
  }
  return {{"schema", "mlsys.recipe.graph/1"}, {"name", resolved.name}, {"steps", std::move(steps)}};
}

}  // namespace mlsys::pipeline
