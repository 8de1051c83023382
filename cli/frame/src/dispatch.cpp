#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "common.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/signals.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/frame.hpp"
#include "outputs.hpp"
#include "parser.hpp"
#include "progress.hpp"

namespace mlsys::frame {
namespace {

// The only state a signal handler may touch.
std::atomic<bool> stop_requested{false};
std::atomic<std::int64_t> stop_requested_at{0};  // nanoseconds on CLOCK_MONOTONIC

// The first signal asks for an orderly end; one more is taken as "at once", but not within a second of the first:
// timeout(1), process supervisors and CI runners signal a process and its group, so one wish arrives twice.
void on_signal(int) {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  const std::int64_t now = time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
  std::int64_t first = 0;
  if (!stop_requested_at.compare_exchange_strong(first, now) && now - first > 1'000'000'000)
    _exit(static_cast<int>(Code::interrupted));
  stop_requested = true;
}

// A reader that goes away shows as EPIPE on the next write, which ends output quietly. SIG_IGN would do the same here,
// and be handed on to programs that we start.
void on_broken_pipe(int) {}

void handle(int signal, void (*handler)(int), int flags = 0) {
  if (is_ignored(signal)) return;
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

void install_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle(signal, on_signal);
  handle(SIGPIPE, on_broken_pipe, SA_RESTART);
  // The one wish that cannot be kept: nobody could wait for the programs that we start.
  if (is_ignored(SIGCHLD)) ::signal(SIGCHLD, SIG_DFL);
}

// Wide enough that nothing is cut for a file or a pipe.
constexpr std::size_t kUnlimited = 1U << 20;
// Prose is read, so it keeps a readable width everywhere.
constexpr std::size_t kProse = 100;

bool set_and_not_empty(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value;
}

Output::Stream open_stream(int fd, std::string_view when) {
  Output::Stream stream{fd, isatty(fd) == 1, false, kUnlimited};
  winsize size = {};
  if (stream.tty && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) stream.width = size.ws_col;
  const char* terminal = std::getenv("TERM");
  if (when != "auto")
    stream.colour = when == "always";
  else if (set_and_not_empty("NO_COLOR"))
    stream.colour = false;
  else if (set_and_not_empty("FORCE_COLOR"))
    stream.colour = true;
  else
    stream.colour = stream.tty && !(terminal && std::string_view(terminal) == "dumb");
  return stream;
}

// What is known of the output before anything could be parsed.
struct Early {
  bool json = false;
  std::string color = "auto";
};

Early look_ahead(const std::vector<std::string>& arguments) {
  Early early;
  for (std::size_t i = 1; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (arguments[i] == "--json") early.json = true;
    if (arguments[i] == "--color" && i + 1 < arguments.size()) early.color = arguments[i + 1];
    if (arguments[i].starts_with("--color=")) early.color = arguments[i].substr(8);
  }
  if (early.color != "always" && early.color != "never") early.color = "auto";
  return early;
}

int report(const Error& error, const Early& early, std::string_view usage) {
  const int status = static_cast<int>(error.code());
  Output output(Mode::human, false, open_stream(STDOUT_FILENO, early.color), open_stream(STDERR_FILENO, early.color));
  if (early.json) {
    Json json;
    json["schema"] = "mlsys.error/1";
    json["error"] = {{"code", code_name(error.code())},
                     {"message", error.message()},
                     {"hint", error.hint().empty() ? Json(nullptr) : Json(error.hint())},
                     {"exit", status}};
    output.error_text(to_text(json));
    return status;
  }
  std::string text = output.paint_error(Tone::bad, "error:") + " " + error.message() + "\n";
  if (!error.hint().empty()) text += output.paint_error(Tone::strong, "hint:") + " " + error.hint() + "\n";
  if (error.code() == Code::usage && !usage.empty()) text += wrapped_usage(usage, output.err_stream().width) + "\n";
  output.error_text(text);
  return status;
}

std::string top_help(std::size_t columns, bool colour) {
  const auto title = [&](std::string_view text) {
    return colour ? "\x1b[1m" + std::string(text) + "\x1b[0m" : std::string(text);
  };
  std::string text =
      wrapped("mlsys: the whole life of a tabular model: validate, train, track, evaluate, register, watch, deliver",
              "", columns);
  text += "\n\n";
  text += title("A first look") + "\n";
  text += "  mlsys init flights --example && cd flights\n";
  text += "  mlsys train flights.parquet --derive late='delay > 15' --target late --exclude delay\n\n";
  text += "usage: mlsys COMMAND [options]\n";
  std::string_view group;
  for (const auto& command : commands()) {
    if (command.group != group) {
      group = command.group;
      text += "\n" + title(group) + "\n";
    }
    std::string line = "  " + std::string(command.name);
    line += std::string(16 - std::min<std::size_t>(15, line.size()), ' ') + std::string(command.summary);
    text += truncate_width(line, columns) + "\n";
  }
  text += "\nmlsys COMMAND --help explains one command, mlsys help COMMAND shows its manual,\n";
  text += "mlsys help json says what --json prints.\n";
  return text;
}

std::string verbs_help(const CommandInfo& command) {
  std::string text = "usage: mlsys " + std::string(command.name) + " VERB [options]\n\nVerbs\n";
  for (const auto& verb : command.verbs) {
    std::string line = "  " + std::string(verb.name);
    text += line + std::string(16 - std::min<std::size_t>(15, line.size()), ' ') + std::string(verb.summary) + "\n";
  }
  text += "\nmlsys " + std::string(command.name) + " VERB --help explains one.\n";
  return text;
}

const CommandSummary& find_command(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& command : commands()) {
    if (command.name == name) return command;
    known.emplace_back(command.name);
  }
  const std::string close = did_you_mean(name, known);
  throw Error(Code::usage, "unknown command " + quoted(name),
              close.empty() ? "mlsys --help lists the commands" : close);
}

bool is_help(const std::string& argument) { return argument == "-h" || argument == "--help"; }

// The invoked verb and where its arguments start.
struct Invocation {
  const CommandInfo* command;
  const VerbInfo* verb;
  std::size_t first;
};

Invocation find_verb(const CommandInfo& command, const std::vector<std::string>& arguments) {
  if (command.verbs.size() == 1 && command.verbs.front().name.empty()) return {&command, &command.verbs.front(), 2};
  const std::string usage = "mlsys " + std::string(command.name) + " --help";
  if (arguments.size() < 3)
    throw Error(Code::usage, "mlsys " + std::string(command.name) + " needs a verb", usage + " lists them");
  std::vector<std::string> known;
  for (const auto& verb : command.verbs) {
    if (verb.name == arguments[2]) return {&command, &verb, 3};
    known.emplace_back(verb.name);
  }
  const std::string close = did_you_mean(arguments[2], known);
  throw Error(Code::usage, "mlsys " + std::string(command.name) + " has no verb " + quoted(arguments[2]),
              close.empty() ? usage + " lists them" : close);
}

void apply(Settings& settings, const char* key, const std::optional<std::string>& value) {
  if (!value) return;
  std::string option = std::string("--") + key;
  std::ranges::replace(option, '_', '-');
  check_setting(setting_info(key), *value, option);
  settings.set(key, *value, Origin::flag, option);
}

void fill(Context& context, const Settings& settings) {
  if (!settings.is_default("threads"))
    context.threads = static_cast<unsigned>(*parse_int(settings.get("threads").text));
  if (!settings.is_default("memory")) context.memory_budget = *parse_bytes(settings.get("memory").text);
  if (!settings.is_default("temp_dir")) context.temp_dir = settings.get("temp_dir").text;
}

void refuse_wrong(const Settings& settings) {
  for (const auto& problem : settings.problems())
    if (problem.weight == SettingsProblem::Weight::error) throw problem.error;
}

void warn_of_unread(const Settings& settings, Output& output) {
  for (const auto& problem : settings.problems())
    if (problem.weight == SettingsProblem::Weight::warning) output.warn(problem.error.message());
}

int run_verb(const Invocation& invocation, const std::vector<std::string>& arguments, Early& early,
             std::string& usage) {
  const auto verb = invocation.verb->make();
  Options options;
  verb->declare(options);
  CommonOptions common;
  declare_common(options, common);
  usage = usage_line(*invocation.command, *invocation.verb, options);

  const std::vector<std::string> rest(arguments.begin() + static_cast<std::ptrdiff_t>(invocation.first),
                                      arguments.end());
  if (std::any_of(rest.begin(), std::ranges::find(rest, "--"), is_help)) {
    const auto stream = open_stream(STDOUT_FILENO, early.color);
    Output(Mode::human, false, stream, stream)
        .raw(help_text(*invocation.command, *invocation.verb, std::min(stream.width, kProse), stream.colour));
    return 0;
  }
  const Parsed parsed = parse_arguments(options, rest);
  if (common.json && common.quiet) throw Error(Code::usage, "--json and --quiet exclude each other");

  std::error_code failed;
  const auto here = std::filesystem::current_path(failed);
  if (failed) throw Error(Code::failed, "cannot find the current folder: " + failed.message());
  Project project = find_project(here);
  Settings settings = Settings::load(project.found ? project.root : std::filesystem::path());
  if (!verb->runs_with_wrong_settings()) refuse_wrong(settings);
  apply(settings, "color", common.color);
  apply(settings, "store", common.store);
  apply(settings, "threads", common.threads);
  apply(settings, "memory", common.memory);
  apply(settings, "temp_dir", common.temp_dir);
  refuse_outputs_that_are_read(parsed);
  if (!settings.is_default("store")) project.state = settings.get("store").text;

  early.color = settings.get("color").text;
  const Mode mode = common.json ? Mode::json : common.quiet ? Mode::quiet : Mode::human;
  Output output(mode, common.verbose, open_stream(STDOUT_FILENO, early.color), open_stream(STDERR_FILENO, early.color));
  if (!verb->runs_with_wrong_settings()) warn_of_unread(settings, output);
  TerminalProgress progress(output, mode != Mode::quiet && output.err_stream().tty);
  Context context;
  fill(context, settings);
  context.progress = &progress;
  context.stop = &stop_requested;
  Session session(context, output, settings, std::move(project), arguments);
  return static_cast<int>(verb->run(session));
}

int dispatch(const std::vector<std::string>& arguments, Early& early, std::string& usage) {
  const auto stream = open_stream(STDOUT_FILENO, early.color);
  Output output(Mode::human, false, stream, open_stream(STDERR_FILENO, early.color));
  if (arguments.size() < 2) {
    output.error_text(top_help(std::min(output.err_stream().width, kProse), output.err_stream().colour));
    return static_cast<int>(Code::usage);
  }
  const std::string& name = arguments[1];
  if (is_help(name) || (name == "help" && arguments.size() == 2)) {
    output.raw(top_help(std::min(stream.width, kProse), stream.colour));
    return 0;
  }
  if (name == "--version" || name == "-V") {
    output.raw(std::string("mlsys ") + version() + "\n");
    return 0;
  }
  const CommandInfo& command = load_command(find_command(name).name);
  if (command.verbs.size() > 1 && arguments.size() > 2 && is_help(arguments[2])) {
    output.raw(verbs_help(command));
    return 0;
  }
  return run_verb(find_verb(command, arguments), arguments, early, usage);
}

}  // namespace

// What a file system refuses is no mistake of the program's.
static Error file_error(const std::filesystem::filesystem_error& error) {
  std::string subject = quoted(error.path1().native(), 200);
  if (!error.path2().empty()) subject += " and " + quoted(error.path2().native(), 200);
  return {Code::failed, "cannot use " + subject + ": " + error.code().message(), "check its name and its permissions"};
}

int run(const std::vector<std::string>& arguments) {
  install_signals();
  Early early = look_ahead(arguments);
  std::string usage;
  try {
    return dispatch(arguments, early, usage);
  } catch (const Error& error) {
    return report(error, early, usage);
  } catch (const std::bad_alloc&) {
    return report(Error(Code::failed, "out of memory", "--memory bounds what reading data may use"), early, usage);
  } catch (const std::filesystem::filesystem_error& error) {
    return report(file_error(error), early, usage);
  } catch (const std::exception& error) {
    return report(Error(Code::failed, std::string("internal error: ") + error.what()), early, usage);
  }
}

}  // namespace mlsys::frame
