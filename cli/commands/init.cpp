#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExampleName = "flights.parquet";

// What --example prints: the whole loop in half a minute.
constexpr const char* kTour[] = {
    "mlsys data profile flights.parquet",
    ("mlsys train flights.parquet --where 'month(date) < 6' --derive late='delay > 15' "
     "--derive minute='hour(date) * 60 + minute(date)' --target late --time date --exclude delay --valid 0.2"),
    "mlsys eval @last flights.parquet --where 'month(date) = 6' --slice origin --report report.html",
    "mlsys register @last --name flights",
};

class Init final : public Verb {
  void declare(Options& options) override {
    options.positional(folder_, "DIR", "Folder of the project, made when missing")
        .optional()
        .completes(Completes::directory);
    options.flag(example_, "--example", "Add 60,000 flights and show how to use them, offline");
  }

  Code run(Session& session) override {
    const fs::path folder = folder_.empty() ? fs::current_path() : (fs::current_path() / folder_).lexically_normal();
    std::error_code error;
    if (fs::exists(folder, error) && !fs::is_directory(folder, error)) {
      throw Error(Code::usage, "cannot make a project in " + quoted(folder.string()) + ": it is not a folder");
    }
    const fs::path sample = install_paths().share / "examples" / kExampleName;
    if (example_ && !fs::exists(sample)) {
      throw Error(Code::failed, "this installation has no example data: " + quoted(sample.string()) + " is missing");
    }

    Json made = Json::array();
    make_folder(folder / ".mlsys", made);
    write_new(folder / "mlsys.json", to_text({{"schema", "mlsys.config/1"}, {"settings", Json::object()}}), made);
    write_new(folder / ".gitignore", "/.mlsys/\n", made);
    if (example_) write_new(folder / kExampleName, read_file(sample), made);

    Output& out = session.out();
    out.document({{"schema", "mlsys.init/1"},
                  {"project", folder.string()},
                  {"state", (folder / ".mlsys").string()},
                  {"made", made}});
    out.id(folder.string());
    out.line((made.empty() ? "this is a project already: " : "project in ") + folder.string());
    for (const Json& name : made) out.line("  " + name.get<std::string>());
    show_next(out, folder);
    return Code::ok;
  }

  // Existing files are the user's: they stay as they are.
  static void write_new(const fs::path& file, const std::string& bytes, Json& made) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(file, error))) return;
    write_file(file, bytes);
    made.push_back(file.filename().string());
  }

  static void make_folder(const fs::path& folder, Json& made) {
    std::error_code error;
    if (fs::create_directories(folder, error)) made.push_back(folder.filename().string() + "/");
    if (error) {
      throw Error(Code::failed, "cannot make folder " + quoted(folder.string()) + ": " + error.message(),
                  "choose a folder that you may write to");
    }
  }

  void show_next(Output& out, const fs::path& folder) const {
    const bool elsewhere = !fs::equivalent(folder, fs::current_path());
    out.line();
    out.line("next:");
    if (elsewhere) out.line("  cd " + shell_word(folder_));
    if (example_) {
      for (const char* command : kTour) out.line(std::string("  ") + command);
    } else {
      out.line("  mlsys data profile DATA");
      out.line("  mlsys train DATA --target COLUMN");
    }
  }

  std::string folder_;
  bool example_ = false;
};

constexpr Example kExamples[] = {{"mlsys init", "make the current folder a project"},
                                 {"mlsys init flights --example", "a new one with data to try everything on"}};
constexpr VerbInfo kVerbs[] = {{"", "Make a project, with sample data if wanted", kExamples, make_verb<Init>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("init", mlsys::frame::kVerbs)
