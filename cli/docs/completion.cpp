#include "docs.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/frame/frame.hpp"
#include "mlsys/frame/settings.hpp"

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

bool is_positional(const Json& option) { return option["positional"].get<bool>(); }
bool is_repeatable(const Json& option) { return option["repeatable"].get<bool>(); }
bool has_value(const Json& option) { return !option["value"].get<std::string>().empty(); }

std::string option_names(const Json& verb) {
  std::string text;
  for (const auto& option : verb["options"])
    if (!is_positional(option)) text += (text.empty() ? "" : " ") + words(option["names"]);
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

std::string names(const auto& described, auto member) {
  std::string text;
  for (const auto& each : described) text += (text.empty() ? "" : " ") + std::string(each.*member);
  return text;
}

// What an option's value or a place of the command line is completed with.
struct Completed {
  std::string words;
  bool files = false;
  bool folders = false;
};

Completed completed(const Json& option) {
  const auto kind = option["completes"].get<std::string>();
  if (kind == "command")
    return {names(frame::commands(), &frame::CommandSummary::name) + " " + names(frame::topics(), &frame::Topic::name)};
  if (kind == "setting") return {names(frame::known_settings(), &frame::SettingInfo::key)};
  return {words(option["choices"]), kind == "file" || kind == "model", kind == "directory"};
}

std::string bash_kind(const Json& option) {
  const Completed by = completed(option);
  return shell_word(by.files ? "@files" : by.folders ? "@folders" : by.words);
}

// The variables of _mlsys that describe one verb.
std::string bash_verb(const Json& verb) {
  std::string values;
  std::string places;
  bool many = false;
  for (const auto& option : verb["options"]) {
    if (is_positional(option)) {
      places += (places.empty() ? "" : " ") + bash_kind(option);
      many = is_repeatable(option);
    } else if (has_value(option)) {
      for (const auto& name : option["names"])
        values += (values.empty() ? "[" : " [") + name.get<std::string>() + "]=" + bash_kind(option);
    }
  }
  return "options=" + shell_word(option_names(verb)) + " values=(" + values + ") places=(" + places + ")" +
         (many ? " many=1" : "");
}

std::string zsh_action(const Json& option) {
  const Completed by = completed(option);
  if (!by.words.empty()) return "(" + by.words + ")";
  return by.folders ? "_files -/" : by.files ? "_files" : " ";
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
  # bash cuts words at = : and @ as well: they are put together again.
  local args=() rest=$COMP_LINE i IFS=$' \t\n'
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    if ((i == 0)) || [[ $rest == [[:space:]]* ]]; then args+=(''); fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    args[-1]+=${COMP_WORDS[i]}
    rest=${rest#"${COMP_WORDS[i]}"}
  done
  local last=$((${#args[@]} - 1)) word=${args[-1]} command=${args[1]} first=2 verbs= options= places=() many= kind=
  local -A values=()
  COMPREPLY=()
  if ((last == 1)); then
    mapfile -t COMPREPLY < <(compgen -W ')" +
                     command_names(commands) + R"( --help --version' -- "$word")
    return
  fi
  case $command in
)";
  for (const auto& command : commands)
    if (const auto verbs = verb_names(command); !verbs.empty())
      text += "    " + command["name"].get<std::string>() + ") verbs='" + verbs + "' ;;\n";
  text += R"(  esac
  if [[ -n $verbs ]]; then
    if ((last == 2)); then
      mapfile -t COMPREPLY < <(compgen -W "$verbs --help" -- "$word")
      return
    fi
    command="$command ${args[2]}" first=3
  fi
  case $command in
)";
  each_verb(commands, [&](const Json& command, const Json& verb) {
    text += "    " + shell_word(path_of(command, verb)) + ") " + bash_verb(verb) + " ;;\n";
  });
  text += R"(  esac
  # Where the word stands: behind an option that has a value, or in which place.
  local place=0 option= only_places=
  for ((i = first; i < last; ++i)); do
    if [[ -n $only_places || ${args[i]} != -?* ]]; then
      ((++place))
    elif [[ ${args[i]} == -- ]]; then
      only_places=1
    elif [[ -n ${values[${args[i]}]+set} ]]; then
      ((++i == last)) && option=${args[last - 1]}
    fi
  done
  if [[ -n $option ]]; then
    kind=${values[$option]}
  elif [[ -n $only_places || $word != -* ]]; then
    [[ -n $many ]] && ((place >= ${#places[@]})) && place=$((${#places[@]} - 1))
    kind=${places[place]-}
  elif [[ $word == --*=* ]]; then
    kind=${values[${word%%=*}]-} word=${word#*=}
  else
    kind=$options
  fi
  case $kind in
    @files) compopt -o default ;;
    @folders) compopt -o dirnames ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$kind" -- "$word") ;;
  esac
}
complete -F _mlsys mlsys
)";
  return text;
}

std::string zsh_completion(const std::vector<Json>& commands) {
  // Not `path`: that is $PATH in zsh.
  std::string text = "#compdef mlsys\n_mlsys() {\n  local command=$words[2] skip=2\n  if ((CURRENT == 2)); then\n";
  text += "    compadd -- " + command_names(commands) + " --help --version\n    return\n  fi\n  case $command in\n";
  for (const auto& command : commands)
    if (const auto verbs = verb_names(command); !verbs.empty())
      text += "    " + command["name"].get<std::string>() + ") if ((CURRENT == 3)); then compadd -- " + verbs +
              " --help; return; fi; command=\"$command $words[3]\"; skip=3 ;;\n";
  text += "  esac\n  shift $((skip - 1)) words\n  ((CURRENT -= skip - 1))\n  case $command in\n";
  each_verb(commands, [&](const Json& command, const Json& verb) {
    text += "    " + shell_word(path_of(command, verb)) + ") _arguments -s";
    int place = 0;
    for (const auto& option : verb["options"]) {
      const std::string value = zsh_escaped(option["value"].get<std::string>()) + ":" + zsh_action(option);
      if (is_positional(option)) {
        text += " \\\n      " + shell_word((is_repeatable(option) ? "*" : std::to_string(++place)) + ":" + value);
        continue;
      }
      for (const auto& each : option["names"]) {
        const auto name = each.get<std::string>();
        std::string spec = (is_repeatable(option) ? "*" : "") + name;
        if (has_value(option) && name.starts_with("--")) spec += "=";
        spec += "[" + zsh_escaped(option["help"].get<std::string>()) + "]";
        if (has_value(option)) spec += ":" + value;
        text += " \\\n      " + shell_word(spec);
      }
    }
    text += " ;;\n";
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
      const std::string words = completed(option).words;
      if (is_positional(option) && words.empty()) continue;
      text += "complete -c mlsys -n " + shell_word(when);
      if (is_positional(option)) {
        text += " -f -a " + shell_word(words) + "\n";
        continue;
      }
      for (const auto& each : option["names"]) {
        const auto name = each.get<std::string>();
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (has_value(option)) text += " -r";
      if (!words.empty()) text += " -f -a " + shell_word(words);
      text += " -d " + shell_word(option["help"].get<std::string>()) + "\n";
    }
  });
  return text;
}

}  // namespace mlsys::docs
