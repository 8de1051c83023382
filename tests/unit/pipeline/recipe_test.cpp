#include "mlsys/pipeline/recipe.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "mlsys/base/context.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "support.hpp"

using namespace mlsys;
using namespace mlsys::pipeline;
namespace fs = std::filesystem;

using mlsys_test::contains;

namespace {

std::string recipe(const std::string& steps, const std::string& more = "") {
  return R"({"schema": "mlsys.recipe/1", "name": "r", )" + more + R"("steps": [)" + steps + "]}";
}

std::string step(const std::string& name, const std::string& deps, const std::string& outs) {
  return R"({"name": ")" + name + R"(", "command": ["true"], "deps": [)" + deps + R"(], "outs": [)" + outs + "]}";
}

std::string refused(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.code() == Code::usage);
    return error.message() + " | " + error.hint();
  }
  FAIL("was accepted");
  return {};
}

std::string parse_refused(const std::string& text) {
  return refused([&] { parse_recipe(text, "recipe"); });
}

std::string bind_refused(const std::string& text, const std::map<std::string, std::string>& settings = {}) {
  const Recipe parsed = parse_recipe(text, "recipe");
  return refused([&] { resolve(parsed, settings, "folder", "/project"); });
}

std::vector<std::string> order(const std::string& text) {
  std::vector<std::string> names;
  for (const Step& s : resolve(parse_recipe(text, "recipe"), {}, ".", "/project").steps) names.push_back(s.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a whole recipe") {
  const Recipe r = parse_recipe(R"({"schema": "mlsys.recipe/1", "name": "flight-delay", "description": "late?",
    "variables": {"data": "in.csv", "rounds": 60},
    "steps": [{"name": "train", "description": "d", "command": ["mlsys", "train", "${data}"], "params": {"eta": 0.1, "deep": true},
               "deps": ["${data}"], "outs": ["model"], "stdout": "train.json", "always": true},
              {"name": "last", "command": ["true"]}]})",
                                "recipe");
  CHECK(r.name == "flight-delay");
  CHECK(r.description == "late?");
  CHECK(r.variables == std::map<std::string, std::string>{{"data", "in.csv"}, {"rounds", "60"}});
  REQUIRE(r.steps.size() == 2);
  CHECK(r.steps[0].params == std::map<std::string, std::string>{{"deep", "true"}, {"eta", "0.1"}});
  CHECK(r.steps[0].outs == Names{"model", "train.json"});
  CHECK(r.steps[0].stdout_file == "train.json");
  CHECK(r.steps[0].always);
  CHECK_FALSE(r.steps[1].always);
}

TEST_CASE("what is not a recipe is refused with the place") {
  CHECK_FALSE(parse_refused("").empty());
  CHECK_FALSE(parse_refused("{").empty());
  CHECK_FALSE(parse_refused("[]").empty());
  CHECK(contains(parse_refused(R"({"schema": "mlsys.recipe/2", "name": "r", "steps": []})"), "newer"));
  CHECK(contains(parse_refused(recipe("")), "nothing to do"));
  CHECK(contains(parse_refused(recipe(R"({"name": "a", "command": ["x"], "dep": []})")), "dep"));
  CHECK(contains(parse_refused(recipe(R"({"name": "a", "command": ["x"], "dep": []})")), "deps"));
  CHECK(contains(parse_refused(recipe(R"({"name": "a", "command": "x"})")), "steps[0]"));
  CHECK(contains(parse_refused(recipe(R"({"name": "a", "command": []})")), "program"));
  CHECK(contains(parse_refused(recipe(R"({"name": "a", "command": [""]})")), "program"));
  CHECK(contains(parse_refused(recipe(R"({"name": "a/b", "command": ["x"]})")), "'a/b'"));
  CHECK(contains(parse_refused(recipe(R"({"name": "", "command": ["x"]})")), "name"));
  CHECK(contains(parse_refused(recipe(R"({"name": "a", "command": ["x\u0000y"]})")), "zero byte"));
  CHECK(contains(parse_refused(recipe(step("a", "", "") + "," + step("a", "", ""))), "two steps"));
  CHECK(contains(parse_refused(recipe(step("a", "", ""), R"("variables": {"x": null}, )")), "'x'"));
  CHECK(contains(parse_refused(recipe(step("a", "", ""), R"("variables": {"recipe": "x"}, )")), "recipe"));
}

TEST_CASE("variables") {
  const std::string text = recipe(
      R"({"name": "a", "command": ["x", "${v}-${p}", "$$HOME", "${recipe}/c.json"], "params": {"p": 1, "w": "step"},
          "deps": ["./${v}//d/"], "outs": ["${w}/../o"]},
         {"name": "b", "command": ["${w}"]})",
      R"("variables": {"v": "file", "w": "global"}, )");
  const Recipe bound = resolve(parse_recipe(text, "recipe"), {}, "some/folder", "/project");
  CHECK(bound.steps[0].command == Names{"x", "file-1", "$HOME", "some/folder/c.json"});
  CHECK(bound.steps[0].deps == Names{"file/d"});
  CHECK(bound.steps[0].outs == Names{"o"});
  CHECK(bound.steps[1].command == Names{"global"});  // params belong to their step

  const Recipe set = resolve(parse_recipe(text, "recipe"), {{"v", "other ${w}"}, {"a.p", "2"}}, "f", "/project");
  CHECK(set.steps[0].command[1] == "other ${w}-2");  // values are not expanded again

  CHECK(contains(bind_refused(text, {{"vv", "x"}}), "did you mean 'v'?"));
  CHECK(contains(bind_refused(text, {{"p", "x"}}), "no variable 'p'"));
  CHECK(contains(bind_refused(recipe(R"({"name": "a", "command": ["${x}"]})")), "no variable 'x'"));
  CHECK(contains(bind_refused(recipe(R"({"name": "a", "command": ["${x"]})")), "$$"));
  CHECK(contains(bind_refused(recipe(R"({"name": "a", "command": ["$x"]})")), "$$"));
  CHECK(contains(bind_refused(recipe(R"({"name": "a", "command": ["a$"]})")), "$$"));
  CHECK(contains(bind_refused(recipe(R"({"name": "a", "command": ["x"], "deps": [""]})")), "empty path"));
}

TEST_CASE("steps come after what they depend on, otherwise as written") {
  CHECK(order(recipe(step("b", "\"x\"", "") + "," + step("c", "", "") + "," + step("a", "", "\"x\""))) ==
        Names{"a", "b", "c"});
  CHECK(order(recipe(step("z", "", "") + "," + step("y", "", "") + "," + step("x", "", ""))) == Names{"z", "y", "x"});
  // A folder that a step makes, or a file inside the folder that it reads.
  CHECK(order(recipe(step("b", "\"m/model.ubj\"", "") + "," + step("a", "", "\"m\""))) == Names{"a", "b"});
  CHECK(order(recipe(step("b", "\"m\"", "") + "," + step("a", "", "\"m/model.ubj\""))) == Names{"a", "b"});
  CHECK(order(recipe(step("b", "\"m2\"", "") + "," + step("a", "", "\"m\""))) == Names{"b", "a"});
  CHECK(order(recipe(step("b", "\"./x/../m/\"", "") + "," + step("a", "", "\"m\""))) == Names{"a", "b"});
}

TEST_CASE("one file is one path, however it is written") {
  // The recipe's own folder is absolute for whoever runs it; the files in it are the project's all the same.
  const std::string text = recipe(step("b", "\"${recipe}/x\"", "") + "," + step("a", "", "\"x\"") + "," +
                                  step("c", "\"../project/y\", \"/project/z/\", \"../data/w\"", ""));
  for (const char* folder : {"/project", "/project/", ".", "/elsewhere/../project"}) {
    const Recipe bound = resolve(parse_recipe(text, "recipe"), {}, folder, "/project/");
    CHECK(bound.steps[0].name == "a");
    CHECK(bound.steps[1].deps == Names{"x"});
    CHECK(bound.steps[2].deps == Names{"y", "z", "/data/w"});
  }
  const Recipe installed = resolve(parse_recipe(text, "recipe"), {}, "/usr/share/r", "/project");
  CHECK(installed.steps[0].deps == Names{"/usr/share/r/x"});
  const std::string twice = recipe(step("a", "", "\"/project/x\"") + "," + step("b", "", "\"x\""));
  CHECK(contains(bind_refused(twice), "both make 'x'"));
  CHECK(contains(bind_refused(recipe(step("a", "", "\"..\""))), "cannot be an output"));
  CHECK(contains(bind_refused(recipe(step("a", "", "\"/project\""))), "cannot be an output"));
}

TEST_CASE("impossible graphs") {
  CHECK(contains(bind_refused(recipe(step("a", "\"x\"", "\"y\"") + "," + step("b", "\"y\"", "\"z\"") + "," +
                                     step("c", "\"z\"", "\"x\""))),
                 "a needs c needs b needs a"));
  CHECK(contains(bind_refused(recipe(step("a", "\"x\"", "\"x/y\""))), "itself"));
  CHECK(contains(bind_refused(recipe(step("a", "", "\"x\"") + "," + step("b", "", "\"x/y\""))), "both make 'x/y'"));
  CHECK(contains(bind_refused(recipe(step("a", "", "\"x\", \"./x\""))), "step 'a' makes 'x' twice"));
  CHECK(contains(bind_refused(recipe(step("a", "", "\".\""))), "'.'"));
}

TEST_CASE("a long chain") {
  std::string steps;
  for (int i = 999; i >= 0; --i) {
    const std::string from = i == 0 ? "" : "\"f" + std::to_string(i - 1) + "\"";
    steps += (steps.empty() ? "" : ",") + step("s" + std::to_string(i), from, "\"f" + std::to_string(i) + "\"");
  }
  const Names names = order(recipe(steps));
  REQUIRE(names.size() == 1000);
  CHECK(names.front() == "s0");
  CHECK(names.back() == "s999");
}

TEST_CASE("graphs") {
  const Recipe bound = resolve(
      parse_recipe(
          recipe(
              R"({"name": "end", "command": ["cat", "x y", "it's", ""], "deps": ["x"], "outs": ["y"], "description": "D"})"
              "," +
              step("a", "", "\"x\"")),
          "recipe"),
      {}, ".", "/project");
  CHECK(graph(bound, GraphFormat::mermaid) == "flowchart TD\n  s0[\"a\"]\n  s1[\"end\"]\n  s0 --> s1\n");
  CHECK(graph(bound, GraphFormat::dot) ==
        "digraph \"r\" {\n  s0 [label=\"a\"];\n  s1 [label=\"end\"];\n  s0 -> s1;\n}\n");
  CHECK(graph(bound, GraphFormat::text) ==
        "1. a\n   makes  x\n   runs   true\n2. end  (after a)\n   D\n   reads  x\n   makes  y\n   runs   cat 'x y' "
        "'it'\\''s' ''\n");
  CHECK(graph_json(bound).at("steps")[1].at("after")[0] == "a");
}

TEST_CASE("finding a recipe") {
  Context context;
  const TempDirectory temp(context.temp_dir);
  const fs::path project = temp.path() / "project";
  const fs::path installed = temp.path() / "installed";
  write_file(project / "recipe.json", "1");
  write_file(project / "recipes" / "mine" / "recipe.json", "2");
  write_file(installed / "mine" / "recipe.json", "3");
  write_file(installed / "theirs" / "recipe.json", "4");
  const auto found = [&](const std::string& argument) { return read_file(find_recipe(argument, project, installed)); };
  CHECK(found("") == "1");
  CHECK(found("mine") == "2");
  CHECK(found("theirs") == "4");
  CHECK(found((installed / "mine").string()) == "3");
  CHECK(found((installed / "mine" / "recipe.json").string()) == "3");
  for (const char* absent : {"none", "../installed/mine/..", "/"}) {
    try {
      found(absent);
      FAIL("found");
    } catch (const Error& error) {
      CHECK(error.code() == Code::not_found);
    }
  }
}
