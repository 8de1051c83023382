#include "mlsys/frame/settings.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <unistd.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {
namespace {

constexpr std::array kSettings = std::to_array<SettingInfo>({
    {"store", "MLSYS_STORE", "path", ".mlsys of the project", "Folder of the tracking and registry database", ""},
    {"experiment", "MLSYS_EXPERIMENT", "text", "default", "Experiment that new runs belong to", ""},
    {"threads", "MLSYS_THREADS", "count", "all", "Most threads to use", ""},
    {"memory", "MLSYS_MEMORY", "bytes", "80%", "Memory to stay within, e.g. 4GiB", ""},
    {"temp_dir", "MLSYS_TEMP_DIR", "path", "$TMPDIR or /tmp", "Where to spill what exceeds memory", ""},
    {"max_unpacked", "MLSYS_MAX_UNPACKED", "size", "4GiB", "Refuse packages that take more when unpacked", ""},
    {"color", "MLSYS_COLOR", "choice", "auto", "When to colour output", "auto|always|never"},
});

// Says where an unknown key stands.
const SettingInfo& known_in(std::string_view key, std::string_view subject) {
  try {
    return setting_info(key);
  } catch (const Error& error) {
    throw Error(error.code(), std::string(subject) + ": " + error.message(), error.hint());
  }
}

// The text of a JSON setting: numbers and booleans are allowed where text is meant.
std::string setting_text(const Json& value, std::string_view key, std::string_view subject) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return to_line(value);
  throw Error(Code::usage, std::string(subject) + ": setting " + quoted(key) + " must be text or a number");
}

std::string checked_text(const std::string& key, const Json& value, std::string_view subject) {
  const SettingInfo& info = known_in(key, subject);
  std::string text = setting_text(value, key, subject);
  check_setting(info, text, std::string(subject) + ", setting '" + key + "'");
  return text;
}

}  // namespace

std::span<const SettingInfo> known_settings() { return kSettings; }

const SettingInfo& setting_info(std::string_view key) {
  for (const auto& info : kSettings)
    if (info.key == key) return info;
  std::vector<std::string> known;
  for (const auto& info : kSettings) known.emplace_back(info.key);
  const std::string close = did_you_mean(key, known);
  throw Error(Code::usage, "unknown setting " + quoted(key), close.empty() ? "mlsys config show lists them" : close);
}

void check_setting(const SettingInfo& info, std::string_view value, std::string_view where) {
  const auto fail = [&](const std::string& wanted) {
    throw Error(Code::usage, std::string(where) + ": " + quoted(value) + " is not " + wanted);
  };
  if (info.kind == "count") {
    const auto number = parse_int(value);
    if (!number || *number < 1 || *number > 4096) fail("a number of threads (1 to 4096)");
  } else if (info.kind == "bytes") {
    const auto bytes = parse_bytes(value);
    if (!bytes || *bytes < (64U << 20)) fail("an amount of memory of at least 64MiB, such as 4GiB");
  } else if (info.kind == "size") {
    if (!parse_bytes(value)) fail("a size, such as 8GiB");
  } else if (info.kind == "choice") {
    const auto choices = split(info.choices, '|');
    if (std::ranges::find(choices, value) == choices.end()) fail("one of " + join(choices, ", "));
  } else if (value.empty() || value.find('\0') != std::string_view::npos) {
    fail("a value");
  }
}

std::map<std::string, std::string> parse_settings(std::string_view text, std::string_view subject,
                                                  std::vector<Error>* faults) {
  const Json document = parse_json(text, subject, Code::usage);
  check_schema(document, "mlsys.config", 1, subject);
  ObjectReader reader(document, std::string(subject));
  reader.ignore("schema");
  reader.ignore("name");
  std::map<std::string, std::string> values;
  if (const Json* settings = reader.maybe("settings")) {
    if (!settings->is_object()) reader.fail("settings", "must be an object");
    for (const auto& [key, value] : settings->items()) {
      try {
        values[key] = checked_text(key, value, subject);
      } catch (const Error& error) {
        if (!faults) throw;
        faults->push_back(error);
      }
    }
  }
  reader.finish();
  return values;
}

std::filesystem::path user_config_path() {
  if (const char* xdg = std::getenv("XDG_CONFIG_HOME"); xdg && *xdg)
    return std::filesystem::path(xdg) / "mlsys" / "config.json";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::filesystem::path(home) / ".config" / "mlsys" / "config.json";
  return {};
}

Settings Settings::load(const std::filesystem::path& project) {
  Settings settings;
  for (const auto& info : kSettings) settings.values_[std::string(info.key)] = {std::string(info.fallback), {}, ""};
  settings.read_file(user_config_path(), Origin::user);
  if (!project.empty()) settings.read_file(project / "mlsys.json", Origin::project);
  settings.note_strangers();
  settings.read_environment();
  return settings;
}

void Settings::read_file(const std::filesystem::path& file, Origin origin) {
  std::error_code unseen;
  if (file.empty() || (!std::filesystem::exists(file, unseen) && !unseen)) return;
  const std::string subject = "configuration " + quoted(file.string());
  std::string text;
  try {
    text = mlsys::read_file(file, 1U << 20);
  } catch (const Error& error) {
    const auto weight = origin == Origin::user ? SettingsProblem::Weight::warning : SettingsProblem::Weight::error;
    problems_.push_back({Error(error.code(), subject + ": " + error.message(), error.hint()), weight});
    return;
  }
  std::vector<Error> faults;
  try {
    for (auto& [key, value] : parse_settings(text, subject, &faults)) {
      if (setting_info(key).kind == "path" && origin == Origin::project)
        value = (file.parent_path() / value).lexically_normal().string();
      set(key, value, origin, file.string());
    }
  } catch (const Error& error) {
    problems_.push_back({error});
  }
  for (const Error& fault : faults) problems_.push_back({fault});
}

// A misspelt variable would otherwise have no effect and no sign of it. Others may be meant for other programs.
void Settings::note_strangers() {
  constexpr std::string_view prefix = "MLSYS_";
  constexpr std::string_view given_to_programs = "RUN_ID";  // by runs exec
  std::vector<std::string> known;
  for (const auto& info : kSettings) known.emplace_back(info.environment.substr(prefix.size()));
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string_view name = *entry;
    name = name.substr(0, name.find('='));
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = name.substr(prefix.size());
    if (rest == given_to_programs || std::ranges::find(known, rest) != known.end()) continue;
    const auto similar = closest(rest, known);
    problems_.push_back(
        {Error(Code::usage, "environment variable " + quoted(name) + " is no setting",
               similar ? "did you mean " + std::string(prefix) + *similar + "?" : "mlsys config show lists them"),
         similar ? SettingsProblem::Weight::error : SettingsProblem::Weight::notice});
  }
}

void Settings::read_environment() {
  for (const auto& info : kSettings) {
    const std::string variable(info.environment);
    const char* value = std::getenv(variable.c_str());
    if (!value || !*value) continue;
    try {
      check_setting(info, value, "environment variable " + variable);
      set(info.key, value, Origin::environment, variable);
    } catch (const Error& error) {
      problems_.push_back({error});
    }
  }
}

void Settings::set(std::string_view key, std::string value, Origin origin, std::string where) {
  setting_info(key);
  values_[std::string(key)] = {std::move(value), origin, std::move(where)};
}

const Settings::Value& Settings::get(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) throw Error(Code::failed, "no setting " + quoted(key));
  return found->second;
}

}  // namespace mlsys::frame
