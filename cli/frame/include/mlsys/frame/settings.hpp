// Settings and where each value came from: flag > environment > project mlsys.json > user configuration > default.
// Unknown keys are errors, but not to who explains or mends them. Secrets are never settings.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/export.hpp"

namespace mlsys::frame {

enum class Origin { fallback, user, project, environment, flag };

struct SettingInfo {
  std::string_view key;          // "memory"
  std::string_view environment;  // "MLSYS_MEMORY"
  std::string_view kind;         // "text", "count", "bytes" (of memory), "size", "path", "choice"
  std::string_view fallback;     // shown default
  std::string_view help;
  std::string_view choices;  // for a choice: "auto|always|never"
};

MLSYS_EXPORT std::span<const SettingInfo> known_settings();
// Throws Error(Code::usage) with a suggestion when no setting has that key.
MLSYS_EXPORT const SettingInfo& setting_info(std::string_view key);
// Throws Error(Code::usage) when `value` is not of the setting's kind; `where` names its origin.
MLSYS_EXPORT void check_setting(const SettingInfo& info, std::string_view value, std::string_view where);

// A configuration file: {"schema": "mlsys.config/1", "settings": {"threads": 4}}. Strict, but that what is wrong with
// one key goes to `faults` when there are any wanted, and the key is left out.
MLSYS_EXPORT std::map<std::string, std::string> parse_settings(std::string_view text, std::string_view subject,
                                                               std::vector<Error>* faults = nullptr);

// What of a file or of the environment cannot be used; everything else holds.
struct SettingsProblem {
  enum class Weight {
    notice,   // may be meant for another program
    warning,  // the user's configuration cannot be read, as by a service in somebody's home
    error     // commands refuse to run, since something would not be as it was asked for
  };
  Error error;
  Weight weight = Weight::error;
};

class MLSYS_EXPORT Settings {
 public:
  struct Value {
    std::string text;
    Origin origin = Origin::fallback;
    std::string where;  // the file, variable or option
  };
  // Reads the environment and both files; `project` is empty outside a project. Throws nothing of what is wrong there.
  static Settings load(const std::filesystem::path& project);
  [[nodiscard]] const std::vector<SettingsProblem>& problems() const { return problems_; }

  void set(std::string_view key, std::string value, Origin origin, std::string where);
  [[nodiscard]] const Value& get(std::string_view key) const;
  [[nodiscard]] bool is_default(std::string_view key) const { return get(key).origin == Origin::fallback; }

 private:
  void read_file(const std::filesystem::path& file, Origin origin);
  void read_environment();
  void note_strangers();

  std::map<std::string, Value, std::less<>> values_;
  std::vector<SettingsProblem> problems_;
};

// $XDG_CONFIG_HOME/mlsys/config.json
MLSYS_EXPORT std::filesystem::path user_config_path();

}  // namespace mlsys::frame
