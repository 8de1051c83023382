// Settings and where each value came from: flag > environment > project mlsys.json > user configuration > default.
// Unknown keys are errors. Secrets are never settings.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

// A configuration file: {"schema": "mlsys.config/1", "settings": {"threads": 4}}. Strict.
MLSYS_EXPORT std::map<std::string, std::string> parse_settings(std::string_view text, std::string_view subject);

class MLSYS_EXPORT Settings {
 public:
  struct Value {
    std::string text;
    Origin origin = Origin::fallback;
    std::string where;  // the file, variable or option
  };
  // Reads the environment and both files; `project` is empty outside a project.
  static Settings load(const std::filesystem::path& project);

  void set(std::string_view key, std::string value, Origin origin, std::string where);
  [[nodiscard]] const Value& get(std::string_view key) const;
  [[nodiscard]] bool is_default(std::string_view key) const { return get(key).origin == Origin::fallback; }

 private:
  std::map<std::string, Value, std::less<>> values_;
};

// $XDG_CONFIG_HOME/mlsys/config.json
MLSYS_EXPORT std::filesystem::path user_config_path();

}  // namespace mlsys::frame
