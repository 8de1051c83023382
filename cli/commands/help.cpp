#include <unistd.h>

#include <algorithm>

#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/frame/frame.hpp"

namespace mlsys::frame {
namespace {

class Help final : public Verb {
  void declare(Options& options) override { options.positional(command_, "COMMAND", "Command to explain"); }

  Code run(Session& session) override {
    std::vector<std::string> known;
    for (const auto& command : commands()) known.emplace_back(command.name);
    if (std::ranges::find(known, command_) == known.end())
      throw Error(Code::usage, "unknown command " + quoted(command_), did_you_mean(command_, known));
    const auto& share = install_paths().share;
    if (session.out().mode() == Mode::json) {
      session.out().document({{"schema", "mlsys.help/1"},
                              {"topic", command_},
                              {"text", read_file(share / "manual" / (command_ + ".txt"))}});
      return Code::ok;
    }
    const auto page = share.parent_path() / "man" / "man1" / ("mlsys-" + command_ + ".1");
    if (session.out().out_stream().tty && std::filesystem::exists(page))
      execlp("man", "man", page.c_str(), nullptr);  // returns only when there is no man
    session.out().raw(read_file(share / "manual" / (command_ + ".txt")));
    return Code::ok;
  }

  std::string command_;
};

constexpr Example kExamples[] = {{"mlsys help train", "the manual of mlsys train"}};
constexpr VerbInfo kVerbs[] = {{"", "Show the manual of a command", kExamples, make_verb<Help>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("help", mlsys::frame::kVerbs)
