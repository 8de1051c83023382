#include "mlsys/pipeline/recipe.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::pipeline {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_steps = 1000;

// Names appear in file names, graphs and settings.
bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void require_name(ObjectReader& reader, std::string_view key, const std::string& name) {
  if (!is_name(name)) reader.fail(key, quoted(name) + " is not 1 to 64 letters, digits, '-' and '_'");
}

// Variables and params: text, numbers and booleans, kept as text.
std::map<std::string, std::string> read_values(ObjectReader& reader, std::string_view key) {
  std::map<std::string, std::string> values;
  const Json* object = reader.maybe(key);
  if (object == nullptr) return values;
  if (!object->is_object()) reader.fail(key, "must be an object");
  for (const auto& [name, value] : object->items()) {
    require_name(reader, key, name);
    if (name == "recipe") reader.fail(key, "'recipe' is the recipe's folder; choose another name");
    if (value.is_structured() || value.is_null()) {
      reader.fail(key, quoted(name) + " must be text, a number, true or false");
    }
    values[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return values;
}

void require_no_zero_bytes(const ObjectReader& reader, std::string_view key, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (text.find('\0') != std::string::npos) reader.fail(key, "must not hold a zero byte");
  }
}

Step read_step(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  Step step;
  step.name = reader.text("name");
  step.description = reader.text("description", "");
  step.command = reader.texts("command");
  step.params = read_values(reader, "params");
  step.deps = reader.texts("deps");
  step.outs = reader.texts("outs");
  step.stdout_file = reader.text("stdout", "");
  if (!step.stdout_file.empty()) step.outs.push_back(step.stdout_file);
  step.always = reader.boolean("always", false);
  reader.finish();  // first, since a misspelt key explains a missing one

  require_name(reader, "name", step.name);
  if (step.command.empty()) reader.fail("command", "must be a list of words, the program first");
  if (step.command.front().empty()) reader.fail("command", "has no program");
  require_no_zero_bytes(reader, "command", step.command);
  require_no_zero_bytes(reader, "deps", step.deps);
  require_no_zero_bytes(reader, "outs", step.outs);
  return step;
}

// A path in one form only, so that equal paths are equal texts: relative to the project when it lies inside, else
// absolute. `project` is absolute.
std::string path_in(const fs::path& path, const fs::path& project) {
  const fs::path whole = (project / path).lexically_normal();
  const fs::path inside = whole.lexically_relative(project);
  std::string text = (inside.empty() || *inside.begin() == ".." ? whole : inside).generic_string();
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

class Substitution {
 public:
  Substitution(const std::map<std::string, std::string>& variables, const Step& step, const std::string& folder)
      : values_(variables), step_(step.name) {
    for (const auto& [name, value] : step.params) values_[name] = value;
    values_["recipe"] = folder;
  }

  std::string operator()(const std::string& text) const {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
      if (text[at] != '$') {
        result += text[at++];
      } else if (text.compare(at, 2, "$$") == 0) {
        result += '$';
        at += 2;
      } else {
        const std::size_t end = text.find('}', at);
        if (text.compare(at, 2, "${") != 0 || end == std::string::npos) {
          fail("a '$' in " + quoted(text) + " begins no ${variable}", "write $$ for a dollar sign");
        }
        result += value(text.substr(at + 2, end - at - 2));
        at = end + 1;
      }
    }
    return result;
  }

  std::string path(const std::string& text, const fs::path& project) const {
    const std::string replaced = (*this)(text);
    if (replaced.empty()) fail("an empty path, " + quoted(text));
    return path_in(replaced, project);
  }

 private:
  [[noreturn]] void fail(const std::string& why, const std::string& hint = {}) const {
    throw Error(Code::usage, "step " + quoted(step_) + ": " + why, hint);
  }

  const std::string& value(const std::string& name) const {
    const auto found = values_.find(name);
    if (found != values_.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& entry : values_) known.push_back(entry.first);
    fail("no variable " + quoted(name), did_you_mean(name, known));
  }

  std::map<std::string, std::string> values_;
  std::string step_;
};

void apply_settings(Recipe& recipe, const std::map<std::string, std::string>& settings) {
  for (const auto& [name, value] : settings) {
    std::string* target = nullptr;
    std::vector<std::string> known;
    const auto offer = [&](const std::string& full_name, std::string& slot) {
      known.push_back(full_name);
      if (full_name == name) target = &slot;
    };
    for (auto& [variable, slot] : recipe.variables) offer(variable, slot);
    for (Step& step : recipe.steps) {
      for (auto& [param, slot] : step.params) offer(step.name + "." + param, slot);
    }
    if (target == nullptr) {
      const std::string suggestion = did_you_mean(name, known);
      throw Error(Code::usage, "recipe " + quoted(recipe.name) + " has no variable " + quoted(name),
                  !suggestion.empty() || known.empty() ? suggestion : "it has: " + join(known, ", "));
    }
    *target = value;
  }
}

// True when one path is the other or lies inside it.
bool overlap(const std::string& a, const std::string& b) {
  const auto inside = [](const std::string& inner, const std::string& outer) {
    return outer == "." || outer == "/" || (inner.starts_with(outer) && inner[outer.size()] == '/');
  };
  if (a == b) return true;
  return a.size() > b.size() ? inside(a, b) : a.size() < b.size() && inside(b, a);
}

bool any_overlap(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::any_of(left.begin(), left.end(), [&](const std::string& a) {
    return std::any_of(right.begin(), right.end(), [&](const std::string& b) { return overlap(a, b); });
  });
}

void check_outs(const Recipe& recipe, const std::string& project) {
  std::vector<std::pair<std::string, std::string>> made;  // output and step
  for (const Step& step : recipe.steps) {
    for (const std::string& out : step.outs) {
      if (out == "." || overlap(out, project)) {  // the project itself, or a folder around it
        throw Error(Code::usage, "step " + quoted(step.name) + ": " + quoted(out) + " cannot be an output");
      }
      for (const auto& [other, maker] : made) {
        if (!overlap(other, out)) continue;
        throw Error(Code::usage, maker == step.name ? "step " + quoted(maker) + " makes " + quoted(out) + " twice"
                                                    : "steps " + quoted(maker) + " and " + quoted(step.name) +
                                                          " both make " + quoted(out));
      }
      made.emplace_back(out, step.name);
    }
  }
}

// Orders the steps so that each comes after those it depends on, otherwise as written.
void order_steps(Recipe& recipe) {
  enum class Mark { none, open, done };
  std::vector<Mark> marks(recipe.steps.size(), Mark::none);
  std::vector<std::size_t> order;
  std::vector<std::size_t> path;
  const std::function<void(std::size_t)> visit = [&](std::size_t index) {
    if (marks[index] == Mark::done) return;
    if (marks[index] == Mark::open) {
      const auto start = std::find(path.begin(), path.end(), index);
      std::vector<std::string> names;
      for (auto at = start; at != path.end(); ++at) names.push_back(recipe.steps[*at].name);
      names.push_back(recipe.steps[index].name);
      throw Error(Code::usage, "the steps depend on each other in a circle: " + join(names, " needs "));
    }
    marks[index] = Mark::open;
    path.push_back(index);
    for (const std::size_t before : upstream(recipe, index)) visit(before);
    path.pop_back();
    marks[index] = Mark::done;
    order.push_back(index);
  };
  for (std::size_t i = 0; i < recipe.steps.size(); ++i) visit(i);

  std::vector<Step> sorted;
  for (const std::size_t index : order) sorted.push_back(std::move(recipe.steps[index]));
  recipe.steps = std::move(sorted);
}

}  // namespace

Recipe parse_recipe(std::string_view text, std::string_view subject) {
  const Json document = parse_json(text, subject, Code::usage);
  check_schema(document, "mlsys.recipe", 1, subject);
  ObjectReader reader(document, std::string(subject));
  reader.ignore("schema");
  Recipe recipe;
  recipe.name = reader.text("name");
  require_name(reader, "name", recipe.name);
  recipe.description = reader.text("description", "");
  recipe.variables = read_values(reader, "variables");
  const Json& steps = reader.array("steps");
  if (steps.empty()) reader.fail("steps", "there is nothing to do");
  if (steps.size() > max_steps) reader.fail("steps", "more than " + std::to_string(max_steps));
  std::set<std::string> names;
  for (const Json& json : steps) {
    Step step = read_step(json, std::string(subject) + ", steps[" + std::to_string(recipe.steps.size()) + "]");
    if (!names.insert(step.name).second) reader.fail("steps", "two steps are named " + quoted(step.name));
    recipe.steps.push_back(std::move(step));
  }
  reader.finish();
  return recipe;
}

fs::path find_recipe(const std::string& argument, const fs::path& project, const fs::path& installed) {
  const auto usable = [](const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
  };
  std::vector<fs::path> candidates;
  if (argument.empty()) {
    candidates = {project / "recipe.json"};
  } else {
    candidates = {argument, fs::path(argument) / "recipe.json"};
    if (is_name(argument)) {
      candidates.push_back(project / "recipes" / argument / "recipe.json");
      candidates.push_back(installed / argument / "recipe.json");
    }
  }
  const auto found = std::find_if(candidates.begin(), candidates.end(), usable);
  if (found != candidates.end()) return *found;
  throw Error(Code::not_found,
              argument.empty() ? "no recipe.json in " + quoted(project.string()) : "no recipe " + quoted(argument),
              "mlsys recipe list");
}

Recipe read_recipe(const fs::path& file, const std::map<std::string, std::string>& settings, const fs::path& project) {
  return resolve(parse_recipe(read_file(file), "recipe " + quoted(file.string())), settings,
                 fs::absolute(file).parent_path(), fs::absolute(project));
}

Recipe resolve(const Recipe& recipe, const std::map<std::string, std::string>& settings, const fs::path& recipe_folder,
               const fs::path& project) {
  Recipe resolved = recipe;
  apply_settings(resolved, settings);
  fs::path root = project.lexically_normal();
  if (!root.has_filename()) root = root.parent_path();  // "/project/" is "/project"
  const std::string folder = path_in(recipe_folder, root);
  for (Step& step : resolved.steps) {
    const Substitution substitute(resolved.variables, step, folder);
    for (std::string& word : step.command) word = substitute(word);
    for (std::string& path : step.deps) path = substitute.path(path, root);
    for (std::string& path : step.outs) path = substitute.path(path, root);
    if (!step.stdout_file.empty()) step.stdout_file = substitute.path(step.stdout_file, root);
    if (any_overlap(step.outs, step.deps)) {
      throw Error(Code::usage, "step " + quoted(step.name) + " depends on what it makes itself");
    }
  }
  check_outs(resolved, root.generic_string());
  order_steps(resolved);
  return resolved;
}

std::vector<std::size_t> upstream(const Recipe& resolved, std::size_t index) {
  std::vector<std::size_t> before;
  for (std::size_t i = 0; i < resolved.steps.size(); ++i) {
    if (i != index && any_overlap(resolved.steps[index].deps, resolved.steps[i].outs)) before.push_back(i);
  }
  return before;
}

}  // namespace mlsys::pipeline
