#include "parser.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {
namespace {

std::string cli11_name(const OptionSpec& spec) { return spec.positional ? spec.names.front() : join(spec.names, ","); }

const OptionSpec* find(const Options& options, std::string_view name) {
  for (const auto& spec : options.specs())
    if (std::ranges::find(spec->names, name) != spec->names.end()) return spec.get();
  return nullptr;
}

[[noreturn]] void unknown_argument(const Options& options, const std::string& argument, bool may_be_output) {
  if (argument.size() < 2 || argument.front() != '-') {
    // As cp and many other programs take it.
    throw Error(Code::usage, "unexpected argument " + quoted(argument),
                may_be_output ? "name what to write with -o: -o " + shell_word(argument) : "");
  }
  std::vector<std::string> known;
  for (const auto& spec : options.specs())
    if (!spec->positional && !spec->hidden) known.insert(known.end(), spec->names.begin(), spec->names.end());
  const std::string name = argument.substr(0, argument.find('='));
  throw Error(Code::usage, "unknown option " + quoted(name), did_you_mean(name, known));
}

// Every value that an option needs, as a word of its own. CLI11 would take the next option for it, both of `--null
// --json` and of `--null= --json`.
std::vector<std::string> with_values(const Options& options, std::vector<std::string> arguments) {
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const bool empty = arguments[i].ends_with('=');
    const std::string name = empty ? arguments[i].substr(0, arguments[i].size() - 1) : arguments[i];
    const OptionSpec* spec = find(options, name);
    if (!spec || spec->flag || spec->positional) continue;
    if (empty) {
      arguments[i] = name;
      arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::string());
    }
    if (i + 1 == arguments.size())
      throw Error(Code::usage, "option " + name + " needs a value: " + name + " " + spec->value);
    ++i;
    if (const OptionSpec* next = find(options, arguments[i]); next && !next->positional)
      throw Error(Code::usage, "option " + name + " needs a value: " + arguments[i] + " is another option",
                  "if it is the value: " + shown_name(*spec) + "=" + arguments[i]);
  }
  return arguments;
}

void assign(const OptionSpec& spec, const std::vector<std::string>& values) {
  if (!spec.may_be_empty && std::ranges::find(values, "") != values.end())
    throw Error(Code::usage, shown_name(spec) + " is empty",
                "leave it out, or give it a value: is a variable not set?");
  try {
    if (!spec.choices.empty())
      for (const auto& value : values)
        if (std::ranges::find(spec.choices, value) == spec.choices.end())
          throw Error(Code::usage, quoted(value) + " is not one of " + join(spec.choices, ", "),
                      did_you_mean(value, spec.choices));
    spec.assign(values);
  } catch (const Error& error) {
    throw Error(error.code(), shown_name(spec) + ": " + error.message(), error.hint());
  }
}

// The positional that takes any number of words, which comes last. CLI11 never sees it: it would read `[a,b]` as two.
const OptionSpec* rest_of(const Options& options) {
  for (const auto& spec : options.specs())
    if (spec->positional && spec->repeatable) return spec.get();
  return nullptr;
}

}  // namespace

std::string shown_name(const OptionSpec& spec) { return spec.positional ? spec.value : spec.names.back(); }

Parsed parse_arguments(const Options& options, std::vector<std::string> arguments) {
  arguments = with_values(options, std::move(arguments));
  const OptionSpec* rest = rest_of(options);
  CLI::App app;
  app.set_help_flag();
  app.allow_windows_style_options(false);
  std::vector<std::pair<CLI::Option*, const OptionSpec*>> bound;
  for (const auto& spec : options.specs()) {
    if (spec.get() == rest) continue;
    CLI::Option* option = nullptr;
    if (spec->flag) {
      option = app.add_flag(cli11_name(*spec));
      option->disable_flag_override();
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else {
      option = app.add_option(cli11_name(*spec));
      option->expected(1);
      option->allow_extra_args(false);
      if (spec->repeatable) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    bound.emplace_back(option, spec.get());
  }
  app.allow_extras(true);
  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    app.parse(std::move(arguments));
  } catch (const CLI::ArgumentMismatch& error) {
    for (const auto& [option, spec] : bound)
      if (!spec->repeatable && option->count() > 1)
        throw Error(Code::usage, "option " + shown_name(*spec) + " was given more than once");
    throw Error(Code::usage, error.what());
  } catch (const CLI::ParseError& error) {
    throw Error(Code::usage, error.what());
  }
  const OptionSpec* output = find(options, "--output");
  const bool output_given =
      std::ranges::any_of(bound, [&](const auto& entry) { return entry.second == output && entry.first->count() > 0; });
  std::vector<std::string> words;  // for the rest
  bool marked = false;             // by "--", which CLI11 leaves among what it did not understand
  for (auto& extra : app.remaining()) {
    if (!marked && extra == "--")
      marked = true;
    else if (rest != nullptr && (marked || extra.size() < 2 || extra.front() != '-'))
      words.push_back(std::move(extra));
    else
      unknown_argument(options, extra, output != nullptr && !output_given);
  }

  Parsed parsed;
  const auto take = [&](const OptionSpec& spec, std::size_t count, std::vector<std::string> values) {
    if (count == 0) {
      if (spec.required)
        throw Error(Code::usage, "missing " + shown_name(spec),
                    &spec == output ? "name what to write with -o: -o " + spec.value : "");
      return;
    }
    assign(spec, values);
    parsed.given.emplace_back(&spec, std::move(values));
  };
  for (const auto& [option, spec] : bound)
    take(*spec, option->count(), spec->flag ? std::vector<std::string>{} : option->results());
  if (rest != nullptr) take(*rest, words.size(), words);
  return parsed;
}

}  // namespace mlsys::frame
