#include <cstdlib>
#include <set>

#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/pipeline/recipe_run.hpp"

namespace mlsys::frame {
namespace {

namespace fs = std::filesystem;

fs::path installed_recipes() { return install_paths().share / "recipes"; }

// "name=value", split at the first '='.
std::map<std::string, std::string> parse_settings_arguments(const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> settings;
  for (const std::string& argument : arguments) {
    const std::size_t at = argument.find('=');
    if (at == std::string::npos || at == 0) {
      throw Error(Code::usage, "--set " + quoted(argument) + " is not NAME=VALUE");
    }
    settings[argument.substr(0, at)] = argument.substr(at + 1);
  }
  return settings;
}

// What the verbs that read one recipe have in common.
class RecipeVerb : public Verb {
 protected:
  void declare_recipe(Options& options) {
    options.positional(recipe_, "RECIPE", "recipe.json, its folder, or the name of a recipe")
        .optional()
        .completes(Completes::file);
    options.value(set_, "--set", "NAME=VALUE", "Another value for a variable, or for a param as STEP.PARAM");
  }
  fs::path file(const Session& session) const {
    return fs::absolute(pipeline::find_recipe(recipe_, session.project().root, installed_recipes()));
  }

  std::string recipe_;
  std::vector<std::string> set_;
};

// Shows steps as they happen, on stderr.
class Narrator final : public pipeline::RunListener {
 public:
  explicit Narrator(Output& out) : out_(out) {}

  void begin(const pipeline::Step& step, std::string_view reason) override {
    out_.note(out_.paint_error(Tone::strong, step.name) + ": " + std::string(reason));
    out_.verbose(step.name + " runs " + join(step.command, " "));
  }
  void line(const pipeline::Step& step, std::string_view text) override {
    out_.note(out_.paint_error(Tone::faint, step.name + " |") + " " + std::string(text));
  }
  void end(const pipeline::StepOutcome& outcome) override {
    using pipeline::StepStatus;
    if (outcome.status == StepStatus::ran) {
      out_.note(outcome.name + ": " + out_.paint_error(Tone::good, "done") + " in " + human_seconds(outcome.seconds));
    } else if (outcome.status == StepStatus::unchanged) {
      out_.note(outcome.name + ": " + out_.paint_error(Tone::faint, "skipped, " + outcome.reason));
    }
  }

 private:
  Output& out_;
};

class Run final : public RecipeVerb {
  void declare(Options& options) override {
    declare_recipe(options);
    options.flag(run_.dry_run, "-n,--dry-run", "Say what would run and why, and do nothing");
    options.flag(run_.force, "--force", "Run steps even when nothing they depend on changed");
    options.value(run_.only, "--only", "STEP", "Only this step").completes(Completes::nothing);
    options.value(run_.downstream, "--downstream", "STEP", "Only this step and all that depend on it");
  }

  Code run(Session& session) override {
    run_.recipe = file(session);
    run_.directory = session.project().root;
    run_.state = run_.dry_run ? session.project().state : session.state_for_writing();
    run_.program = fs::read_symlink("/proc/self/exe");
    run_.settings = parse_settings_arguments(set_);
    hand_down(session.settings());

    Narrator narrator(session.out());
    const pipeline::RunReport report = pipeline::run_recipe(run_, narrator, session.context());
    show(session.out(), report);
    return report.code;
  }

  // What was set for this process holds for the steps, too.
  static void hand_down(const Settings& settings) {
    for (const SettingInfo& info : known_settings()) {
      const Settings::Value& value = settings.get(info.key);
      if (value.origin != Origin::flag) continue;
      const std::string text = info.kind == "path" ? fs::absolute(value.text).string() : value.text;
      ::setenv(std::string(info.environment).c_str(), text.c_str(), 1);
    }
  }

  void show(Output& out, const pipeline::RunReport& report) const {
    out.document(to_json(report));
    std::size_t ran = 0;
    std::size_t skipped = 0;
    for (const pipeline::StepOutcome& step : report.steps) {
      using pipeline::StepStatus;
      if (step.status == StepStatus::would_run) out.line(step.name + " would run: " + step.reason);
      if (step.status == StepStatus::failed) complain(out, step);
      ran += step.status == StepStatus::ran || step.status == StepStatus::would_run ? 1 : 0;
      skipped += step.status == StepStatus::unchanged ? 1 : 0;
    }
    if (report.code != Code::ok) return;
    out.line(report.name + ": " + std::to_string(ran) + (run_.dry_run ? " would run, " : " run, ") +
             std::to_string(skipped) + " unchanged");
  }

  static void complain(Output& out, const pipeline::StepOutcome& step) {
    const bool verdict = step.code == Code::verdict;
    std::string text = out.paint_error(Tone::bad, verdict ? "stopped:" : "error:") + " step " + quoted(step.name) +
                       (verdict ? " ended with a negative verdict (exit code 3)"
                                : " failed with exit code " + std::to_string(step.exit_code));
    if (!step.last_line.empty()) text += ": " + step.last_line;
    out.error_text(text + "\n");
  }

  pipeline::RunOptions run_;
};

class List final : public Verb {
  void declare(Options&) override {}

  Code run(Session& session) override {
    Json list = Json::array();
    Table table;
    table.column("recipe");
    table.column("steps", Table::Align::right);
    table.column("what it does");
    table.column("file");
    for (const fs::path& file : candidates(session.project().root)) {
      try {
        const pipeline::Recipe recipe = pipeline::parse_recipe(read_file(file), "recipe " + quoted(file.string()));
        list.push_back({{"name", recipe.name},
                        {"description", recipe.description},
                        {"path", file.string()},
                        {"variables", recipe.variables},
                        {"steps", recipe.steps.size()}});
        table.row({recipe.name, std::to_string(recipe.steps.size()), recipe.description, file.string()});
      } catch (const Error& error) {
        session.out().warn(error.message());
      }
    }
    session.out().document({{"schema", "mlsys.recipe.list/1"}, {"recipes", std::move(list)}});
    if (table.empty()) {
      session.out().line("no recipes here");
    } else {
      session.out().table(table);
    }
    return Code::ok;
  }

  // The project's own come first.
  static std::vector<fs::path> candidates(const fs::path& project) {
    std::vector<fs::path> files;
    std::error_code error;
    if (fs::is_regular_file(project / "recipe.json", error)) files.push_back(project / "recipe.json");
    for (const fs::path& folder : {project / "recipes", installed_recipes()}) {
      std::set<fs::path> inside;
      for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
           entry.increment(error)) {
        const fs::path file = entry->path() / "recipe.json";
        std::error_code ignored;
        if (fs::is_regular_file(file, ignored)) inside.insert(file);
      }
      files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
  }
};

class Graph final : public RecipeVerb {
  void declare(Options& options) override {
    declare_recipe(options);
    options.value(format_, "--format", "FORMAT", "How to draw it").default_text("text");
  }

  Code run(Session& session) override {
    const pipeline::Recipe recipe =
        pipeline::read_recipe(file(session), parse_settings_arguments(set_), session.project().root);
    session.out().document(pipeline::graph_json(recipe));
    std::string text = pipeline::graph(recipe, format_);
    text.pop_back();  // line() ends it
    session.out().line(text);
    return Code::ok;
  }

  pipeline::GraphFormat format_ = pipeline::GraphFormat::text;
};

constexpr Example kRunExamples[] = {
    {"mlsys recipe run", "run what is out of date of ./recipe.json"},
    {"mlsys recipe run flight-delay --set data=flights.parquet", "a recipe that came with mlsys, on your data"},
    {"mlsys recipe run -n", "say what would run, and why"},
    {"mlsys recipe run --downstream train --force", "run a step again and all that depend on it"}};
constexpr Example kListExamples[] = {{"mlsys recipe list", "recipes of this project and of mlsys"}};
constexpr Example kGraphExamples[] = {{"mlsys recipe graph", "steps, what they read and make"},
                                      {"mlsys recipe graph --format mermaid >> README.md", "a picture for a web page"}};
constexpr VerbInfo kVerbs[] = {
    {"run", "Run the steps whose inputs changed", kRunExamples, make_verb<Run>},
    {"list", "List the recipes at hand", kListExamples, make_verb<List>},
    {"graph", "Show the steps and what depends on what", kGraphExamples, make_verb<Graph>},
};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("recipe", mlsys::frame::kVerbs)
