#include "docs.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::docs {
namespace {

std::string words(const Json& array) {
  std::string text;
  for (const auto& word : array) text += (text.empty() ? "" : " ") + word.get<std::string>();
  return text;
}

std::string verb_names(const Json& command) {
  std::string text;
  for (const auto& verb : command["verbs"])
    if (const auto name = verb["name"].get<std::string>(); !name.empty()) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string option_names(const Json& verb) {
  std::string text;
  for (const auto& option : verb["options"])
    if (!option["positional"].get<bool>()) text += (text.empty() ? "" : " ") + words(option["names"]);
  return text;
}

std::string path_of(const Json& command, const Json& verb) {
  const auto name = verb["name"].get<std::string>();
  return command["name"].get<std::string>() + (name.empty() ? "" : " " + name);
}

template <class Visit>
void each_verb(const std::vector<Json>& commands, Visit visit) {
  for (const auto& command : commands)
    for (const auto& verb : command["verbs"]) visit(command, verb);
}

std::string command_names(const std::vector<Json>& commands) {
  std::string text;
  for (const auto& command : commands) text += (text.empty() ? "" : " ") + command["name"].get<std::string>();
  return text;
}

// What completes the value of an option: its choices, else a kind the shells know.
std::string zsh_action(const Json& option) {
  if (!option["choices"].empty()) return "(" + words(option["choices"]) + ")";
  const auto kind = option["completes"].get<std::string>();
  if (kind == "directory") return "_files -/";
  return kind == "file" || kind == "model" ? "_files" : " ";
}

std::string zsh_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string bash_completion(const std::vector<Json>& commands) {
  std::string text = R"(# bash completion of mlsys: source it, or put it into bash-completion's folder as "mlsys".
_mlsys() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path=${COMP_WORDS[1]} verbs= options=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ")" +
                     command_names(commands) + R"( --help --version" -- "$word"))
    return
  fi
  case $path in
)";
  for (const auto& command : commands)
    if (const auto names = verb_names(command); !names.empty())
      text += "    " + command["name"].get<std::string>() + ") verbs='" + names + "' ;;\n";
  text += R"(  esac
  if [[ -n $verbs ]]; then
    if ((COMP_CWORD == 2)); then
      COMPREPLY=($(compgen -W "$verbs" -- "$word"))
      return
    fi
    path="$path ${COMP_WORDS[2]}"
  fi
  case "$path $before" in
)";
  each_verb(commands, [&](const Json& command, const Json& verb) {
    for (const auto& option : verb["options"])
      if (!option["choices"].empty() && !option["positional"].get<bool>())
        for (const auto& name : option["names"])
          text += "    '" + path_of(command, verb) + " " + name.get<std::string>() + "') COMPREPLY=($(compgen -W '" +
                  words(option["choices"]) + "' -- \"$word\")); return ;;\n";
  });
  text += "  esac\n  case $path in\n";
  each_verb(commands, [&](const Json& command, const Json& verb) {
    text += "    '" + path_of(command, verb) + "') options='" + option_names(verb) + "' ;;\n";
  });
  text += R"(  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _mlsys mlsys
)";
  return text;
}

std::string zsh_completion(const std::vector<Json>& commands) {
  std::string text = "#compdef mlsys\n_mlsys() {\n  local path=$words[2] skip=2\n  if ((CURRENT == 2)); then\n";
  text += "    compadd -- " + command_names(commands) + " --help --version\n    return\n  fi\n  case $path in\n";
  for (const auto& command : commands)
    if (const auto names = verb_names(command); !names.empty())
      text += "    " + command["name"].get<std::string>() + ") if ((CURRENT == 3)); then compadd -- " + names +
              "; return; fi; path=\"$path $words[3]\"; skip=3 ;;\n";
  text += "  esac\n  shift $((skip - 1)) words\n  ((CURRENT -= skip - 1))\n  case $path in\n";
  each_verb(commands, [&](const Json& command, const Json& verb) {
    text += "    " + shell_word(path_of(command, verb)) + ") _arguments -s";
    for (const auto& option : verb["options"]) {
      if (option["positional"].get<bool>()) continue;
      const auto value = option["value"].get<std::string>();
      for (const auto& name : option["names"]) {
        std::string spec = option["repeatable"].get<bool>() ? "*" : "";
        spec += name.get<std::string>() + "[" + zsh_escaped(option["help"].get<std::string>()) + "]";
        if (!value.empty()) spec += ":" + zsh_escaped(value) + ":" + zsh_action(option);
        text += " \\\n      " + shell_word(spec);
      }
    }
    text += " \\\n      '*:file:_files' ;;\n";
  });
  return text + "  esac\n}\n_mlsys \"$@\"\n";
}

std::string fish_completion(const std::vector<Json>& commands) {
  std::string text = "# fish completion of mlsys\n";
  text += "complete -c mlsys -n __fish_use_subcommand -f -a " + shell_word(command_names(commands)) + "\n";
  for (const auto& command : commands)
    if (const auto names = verb_names(command); !names.empty())
      text += "complete -c mlsys -n '__fish_seen_subcommand_from " + command["name"].get<std::string>() +
              "; and not __fish_seen_subcommand_from " + names + "' -f -a " + shell_word(names) + "\n";
  each_verb(commands, [&](const Json& command, const Json& verb) {
    std::string when = "__fish_seen_subcommand_from " + command["name"].get<std::string>();
    if (const auto name = verb["name"].get<std::string>(); !name.empty())
      when += "; and __fish_seen_subcommand_from " + name;
    for (const auto& option : verb["options"]) {
      if (option["positional"].get<bool>()) continue;
      text += "complete -c mlsys -n " + shell_word(when);
      for (const auto& each : option["names"]) {
        const auto name = each.get<std::string>();
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option["value"].get<std::string>().empty()) text += " -r";
      if (!option["choices"].empty()) text += " -f -a " + shell_word(words(option["choices"]));
      text += " -d " + shell_word(option["help"].get<std::string>()) + "\n";
    }
  });
  return text;
}

}  // namespace mlsys::docs
