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

// CLI11 reads an option's missing value from the next option, as others do; then `--null --json` is no mistake. Looking
// first finds it.
void check_missing_values(const Options& options, const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const OptionSpec* spec = find(options, arguments[i]);
    if (!spec || spec->flag || spec->positional) continue;
    if (i + 1 == arguments.size())
      throw Error(Code::usage, "option " + arguments[i] + " needs a value: " + arguments[i] + " " + spec->value);
    ++i;
    if (const OptionSpec* next = find(options, arguments[i]); next && !next->positional)
      throw Error(Code::usage, "option " + arguments[i - 1] + " needs a value: " + arguments[i] + " is another option",
                  "if it is the value: " + shown_name(*spec) + "=" + arguments[i]);
  }
}

void assign(const OptionSpec& spec, const std::vector<std::string>& values) {
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

}  // namespace

std::string shown_name(const OptionSpec& spec) { return spec.positional ? spec.value : spec.names.back(); }

Parsed parse_arguments(const Options& options, std::vector<std::string> arguments) {
  check_missing_values(options, arguments);
  CLI::App app;
  app.set_help_flag();
  app.allow_windows_style_options(false);
  std::vector<std::pair<CLI::Option*, const OptionSpec*>> bound;
  for (const auto& spec : options.specs()) {
    CLI::Option* option = nullptr;
    if (spec->flag) {
      option = app.add_flag(cli11_name(*spec));
      option->disable_flag_override();
      option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    } else {
      option = app.add_option(cli11_name(*spec));
      if (spec->positional && spec->repeatable) {
        option->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args();
      } else {
        option->expected(1);
        option->allow_extra_args(false);
        if (spec->repeatable) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      }
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
  // CLI11 leaves the mark before positionals among what it did not understand.
  const OptionSpec* output = find(options, "--output");
  const bool output_given =
      std::ranges::any_of(bound, [&](const auto& entry) { return entry.second == output && entry.first->count() > 0; });
  for (const auto& extra : app.remaining())
    if (extra != "--") unknown_argument(options, extra, output != nullptr && !output_given);

  Parsed parsed;
  for (const auto& [option, spec] : bound) {
    if (option->count() == 0) {
      if (spec->required)
        throw Error(Code::usage, "missing " + shown_name(*spec),
                    spec == output ? "name what to write with -o: -o " + spec->value : "");
      continue;
    }
    auto values = spec->flag ? std::vector<std::string>{} : option->results();
    assign(*spec, values);
    parsed.given.emplace_back(spec, std::move(values));
  }
  return parsed;
}

}  // namespace mlsys::frame
