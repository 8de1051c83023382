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
  void declare(Options& options) override {
    options.positional(page_, "COMMAND", "Command or topic to explain").completes(Completes::command);
    options.positional(verb_, "VERB", "One of its verbs alone").optional();
  }

  [[nodiscard]] bool runs_with_wrong_settings() const override { return true; }

  Code run(Session& session) override {
    std::vector<std::string> known;
    for (const auto& command : commands()) known.emplace_back(command.name);
    const std::size_t topic = known.size();
    for (const auto& each : topics()) known.emplace_back(each.name);
    const auto found = static_cast<std::size_t>(std::ranges::find(known, page_) - known.begin());
    if (found == known.size()) throw Error(Code::usage, "unknown command " + quoted(page_), did_you_mean(page_, known));
    if (!verb_.empty()) return show_verb(session);
    const auto& share = install_paths().share;
    const std::string section = found < topic ? "1" : "7";
    const auto page = share.parent_path() / "man" / ("man" + section) / ("mlsys-" + page_ + "." + section);
    Output& out = session.out();
    if (out.mode() == Mode::human && out.out_stream().tty && std::filesystem::exists(page))
      execlp("man", "man", page.c_str(), nullptr);  // returns only when there is no man
    const std::string text = read_file(share / "manual" / (page_ + ".txt"));
    if (out.mode() == Mode::json)
      out.document({{"schema", "mlsys.help/1"}, {"topic", page_}, {"text", text}});
    else
      out.raw(text);
    return Code::ok;
  }

  // As its --help, since the manual explains all verbs together.
  Code show_verb(Session& session) const {
    if (std::ranges::find(commands(), page_, &CommandSummary::name) == commands().end())
      throw Error(Code::usage, quoted(page_) + " has no verbs", "mlsys help " + page_);
    const CommandInfo& command = load_command(page_);
    std::vector<std::string> known;
    for (const auto& verb : command.verbs) {
      known.emplace_back(verb.name);
      if (verb.name.empty() || verb.name != verb_) continue;
      Output& out = session.out();
      const auto& stream = out.out_stream();
      const bool human = out.mode() == Mode::human;
      const std::string text =
          help_text(command, verb, std::min<std::size_t>(stream.width, 100), human && stream.colour);
      if (out.mode() == Mode::json)
        out.document({{"schema", "mlsys.help/1"}, {"topic", page_ + " " + verb_}, {"text", text}});
      else
        out.raw(text);
      return Code::ok;
    }
    const std::string close = did_you_mean(verb_, known);
    throw Error(Code::usage, "mlsys " + page_ + " has no verb " + quoted(verb_),
                close.empty() ? "mlsys help " + page_ + " explains what there is" : close);
  }

  std::string page_;
  std::string verb_;
};

constexpr Example kExamples[] = {{"mlsys help train", "the manual of mlsys train"},
                                 {"mlsys help data profile", "one of its verbs"},
                                 {"mlsys help json", "what --json prints, and where its schemas are"}};
constexpr VerbInfo kVerbs[] = {{"", "Show the manual of a command", kExamples, make_verb<Help>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("help", mlsys::frame::kVerbs)
