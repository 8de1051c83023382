// mlsys-docs MAN_PROSE_DIR SHARE_DIR LOWDOWN: run by the build.
#include "docs.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/frame.hpp"

namespace {

using namespace mlsys;
namespace fs = std::filesystem;

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw Error(Code::failed, "failed: " + command);
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

void make(const fs::path& prose, const fs::path& share, const std::string& lowdown) {
  const fs::path data = share / "mlsys";
  for (const auto& folder : {data / "manual", data / "completion", share / "man" / "man1"})
    fs::create_directories(folder);
  std::vector<Json> all;
  for (const auto& summary : frame::commands()) {
    const std::string name(summary.name);
    if (!fs::exists(install_paths().commands / (name + ".so")) || !fs::exists(prose / (name + ".md"))) continue;
    const Json command = frame::describe(frame::load_command(name));
    const std::string page = docs::manual(command, summary.summary, read_file(prose / (name + ".md")));
    const fs::path markdown = data / "manual" / (name + ".md");
    write_file(markdown, page);
    const std::string source = shell_quoted(markdown.string());
    run(shell_quoted(lowdown) + " -s -Tman --out-no-smarty -M title=mlsys-" + name +
        " -M section=1 -M source=" + shell_quoted(std::string("mlsys ") + version()) + " -o " +
        shell_quoted((share / "man" / "man1" / ("mlsys-" + name + ".1")).string()) + " " + source);
    run(shell_quoted(lowdown) + " -Tterm --out-no-smarty --term-no-ansi --term-columns=88 --term-width=88 -o " +
        shell_quoted((data / "manual" / (name + ".txt")).string()) + " " + source);
    all.push_back(command);
  }
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
  } catch (const mlsys::Error& error) {
    std::fprintf(stderr, "mlsys-docs: %s\n", error.what());
    return 1;
  }
}
