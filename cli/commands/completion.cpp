#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {
namespace {

enum class Shell { bash, zsh, fish };

}  // namespace
}  // namespace mlsys::frame

template <>
struct mlsys::NameTable<mlsys::frame::Shell> {
  static constexpr std::string_view what = "shell";
  static constexpr auto entries = std::to_array<NameEntry<mlsys::frame::Shell>>({
      {mlsys::frame::Shell::bash, "bash"},
      {mlsys::frame::Shell::zsh, "zsh"},
      {mlsys::frame::Shell::fish, "fish"},
  });
};

namespace mlsys::frame {
namespace {

class Completion final : public Verb {
  void declare(Options& options) override { options.positional(shell_, "SHELL", "Shell to complete in"); }

  [[nodiscard]] bool runs_with_wrong_settings() const override { return true; }

  Code run(Session& session) override {
    const std::string script = read_file(install_paths().share / "completion" / name_of(shell_));
    if (session.out().mode() == Mode::json)
      session.out().document({{"schema", "mlsys.completion/1"}, {"shell", name_of(shell_)}, {"script", script}});
    else
      session.out().raw(script);
    return Code::ok;
  }

  Shell shell_ = Shell::bash;
};

constexpr Example kExamples[] = {
    {"source <(mlsys completion bash)", "complete in this shell"},
    {"mlsys completion fish > ~/.config/fish/completions/mlsys.fish", "complete in every fish"},
};
constexpr VerbInfo kVerbs[] = {{"", "Print a completion script", kExamples, make_verb<Completion>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("completion", mlsys::frame::kVerbs)
