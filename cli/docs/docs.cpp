// mlsys-docs MAN_PROSE_DIR SHARE_DIR LOWDOWN: run by the build.
#include "docs.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/frame.hpp"

namespace {

using namespace mlsys;
namespace fs = std::filesystem;

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw Error(Code::failed, "failed: " + command);
}

// What the compiler cannot see to: a command without prose, an option without help.
void check(const Json& command) {
  const auto name = command["name"].get<std::string>();
  const auto refuse = [&](const std::string& verb, const std::string& what) {
    throw Error(Code::failed,
                "'mlsys " + name + (verb.empty() ? "" : " " + verb) + "' " + what + ": cli/commands/" + name + "*.cpp");
  };
  for (const auto& verb : command["verbs"]) {
    const auto verb_name = verb["name"].get<std::string>();
    if (verb["summary"].get<std::string>().empty()) refuse(verb_name, "has no summary");
    if (verb["examples"].empty()) refuse(verb_name, "has no example");
    for (const auto& example : verb["examples"])
      if (example["what"].get<std::string>().empty())
        refuse(verb_name, "does not say what the example " + example["command"].dump() + " is for");
    for (const auto& option : verb["options"])
      if (option["help"].get<std::string>().empty())
        refuse(verb_name, "has no help for " + (option["names"].empty() ? option["value"] : option["names"][0]).dump());
  }
}

// man/<name>.md of every page, and nothing else in that folder.
std::string prose_of(const fs::path& folder, const std::string& name) {
  const fs::path file = folder / (name + ".md");
  if (!fs::exists(file)) throw Error(Code::failed, "no manual of '" + name + "': write man/" + name + ".md");
  std::string text = read_file(file);
  if (trim(text).empty()) throw Error(Code::failed, "man/" + name + ".md is empty");
  return text;
}

class Pages {
 public:
  Pages(fs::path share, std::string lowdown) : share_(std::move(share)), lowdown_(std::move(lowdown)) {
    for (const auto& folder : {"man/man1", "man/man7", "mlsys/manual", "mlsys/completion"})
      fs::create_directories(share_ / folder);
  }

  void write(const std::string& name, const std::string& section, const std::string& page) {
    written_.insert(name + ".md");
    const fs::path markdown = share_ / "mlsys" / "manual" / (name + ".md");
    write_file(markdown, page);
    const std::string source = shell_word(markdown.string());
    run(shell_word(lowdown_) + " -s -Tman --out-no-smarty -M title=mlsys-" + name + " -M section=" + section +
        " -M source=" + shell_word(std::string("mlsys ") + version()) + " -o " +
        shell_word((share_ / "man" / ("man" + section) / ("mlsys-" + name + "." + section)).string()) + " " + source);
    run(shell_word(lowdown_) + " -Tterm --out-no-smarty --term-no-ansi --term-columns=88 --term-width=88 -o " +
        shell_word((share_ / "mlsys" / "manual" / (name + ".txt")).string()) + " " + source);
  }

  void refuse_others(const fs::path& folder) const {
    for (const auto& entry : fs::directory_iterator(folder))
      if (!written_.contains(entry.path().filename()))
        throw Error(Code::failed, entry.path().string() + " belongs to no command: cli/frame/commands.def");
  }

 private:
  fs::path share_;
  std::string lowdown_;
  std::set<std::string> written_;
};

void make(const fs::path& prose, const fs::path& share, const std::string& lowdown) {
  const fs::path data = share / "mlsys";
  Pages pages(share, lowdown);
  std::vector<Json> all;
  for (const auto& summary : frame::commands()) {
    const std::string name(summary.name);
    Json command = frame::describe(frame::load_command(name));
    check(command);
    pages.write(name, "1", docs::manual(command, summary.summary, prose_of(prose, name)));
    all.push_back(std::move(command));
  }
  for (const auto& topic : frame::topics()) {
    const std::string name(topic.name);
    pages.write(name, "7", docs::topic(name, topic.summary, prose_of(prose, name)));
  }
  pages.refuse_others(prose);
  Json document;
  document["schema"] = "mlsys.cli/1";
  document["version"] = version();
  document["commands"] = all;
  write_file(data / "cli.json", to_text(document));
  write_file(data / "completion" / "bash", docs::bash_completion(all));
  write_file(data / "completion" / "zsh", docs::zsh_completion(all));
  write_file(data / "completion" / "fish", docs::fish_completion(all));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: mlsys-docs MAN_PROSE_DIR SHARE_DIR LOWDOWN\n", stderr);
    return 2;
  }
  try {
    make(argv[1], argv[2], argv[3]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mlsys-docs: %s\n", error.what());
    return 1;
  }
}
