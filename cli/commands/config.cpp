#include <array>

#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {
namespace {

constexpr std::array kOrigins = {"default", "user", "project", "environment", "flag"};

class Show final : public Verb {
  void declare(Options&) override {}
  [[nodiscard]] bool runs_with_wrong_settings() const override { return true; }

  Code run(Session& session) override {
    Json list = Json::array();
    Table table;
    table.column("setting");
    table.column("value");
    table.column("from");
    table.column("what it does");
    for (const auto& info : known_settings()) {
      const auto& value = session.settings().get(info.key);
      const std::string origin = kOrigins[static_cast<std::size_t>(value.origin)];
      list.push_back({{"key", std::string(info.key)},
                      {"value", value.text},
                      {"origin", origin},
                      {"where", value.where},
                      {"environment", std::string(info.environment)}});
      table.row(
          {std::string(info.key), value.text, value.where.empty() ? origin : value.where, std::string(info.help)});
    }
    Json document;
    document["schema"] = "mlsys.config.show/1";
    document["settings"] = std::move(list);
    document["problems"] = problems(session);
    session.out().document(document);
    session.out().table(table);
    return Code::ok;
  }

  static Json problems(Session& session) {
    Json list = Json::array();
    for (const auto& [error, weight] : session.settings().problems()) {
      if (weight == SettingsProblem::Weight::notice) continue;
      list.push_back(
          {{"message", error.message()}, {"hint", error.hint().empty() ? Json(nullptr) : Json(error.hint())}});
      session.out().warn(error.message());
    }
    return list;
  }
};

// Reads, changes and writes one configuration file.
class Change : public Verb {
 protected:
  [[nodiscard]] bool runs_with_wrong_settings() const override { return true; }

  void declare_target(Options& options) {
    options.positional(key_, "KEY", "Setting").completes(Completes::setting);
    options.flag(user_, "--user", "Change the user's configuration, not the project's mlsys.json");
  }

  std::filesystem::path file(Session& session) const {
    if (user_) {
      auto path = user_config_path();
      if (path.empty()) throw Error(Code::failed, "there is no home folder to keep the user's configuration in");
      return path;
    }
    if (!session.project().found)
      throw Error(Code::not_found, "cannot change a setting: no project here",
                  "run mlsys init, or use --user for your own configuration");
    return session.project().root / "mlsys.json";
  }

  // Wrong keys and values can be mended here; a file that is wrong otherwise is refused.
  static Json load(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) return {{"schema", "mlsys.config/1"}, {"settings", Json::object()}};
    const std::string text = read_file(path, 1U << 20);
    const std::string subject = subject_of(path);
    std::vector<Error> faults;
    parse_settings(text, subject, &faults);
    Json document = parse_json(text, subject, Code::usage);
    if (!document.contains("settings")) document["settings"] = Json::object();
    return document;
  }

  static std::string subject_of(const std::filesystem::path& path) { return "configuration " + quoted(path.string()); }

  void save(Session& session, const std::filesystem::path& path, const Json& document, const Json& value) const {
    const std::string text = to_text(document);
    write_file(path, text);
    std::vector<Error> left;
    parse_settings(text, subject_of(path), &left);
    for (const Error& fault : left) session.out().warn(fault.message());
    session.out().document(
        {{"schema", "mlsys.config.set/1"}, {"key", key_}, {"value", value}, {"file", path.string()}});
  }

  std::string key_;
  bool user_ = false;
};

class Set final : public Change {
  void declare(Options& options) override {
    declare_target(options);
    options.positional(value_, "VALUE", "New value");
  }

  Code run(Session& session) override {
    check_setting(setting_info(key_), value_, key_);
    const auto path = file(session);
    Json document = load(path);
    document["settings"][key_] = value_;
    save(session, path, document, value_);
    session.out().note(key_ + " = " + value_ + " in " + path.string());
    return Code::ok;
  }

  std::string value_;
};

class Unset final : public Change {
  void declare(Options& options) override { declare_target(options); }

  Code run(Session& session) override {
    const auto path = file(session);
    Json document = load(path);
    if (document["settings"].erase(key_) == 0) {
      setting_info(key_);  // one that there is not may still be there to be removed
      throw Error(Code::not_found, "setting " + quoted(key_) + " is not set in " + quoted(path.string()),
                  "mlsys config show tells where each setting comes from");
    }
    save(session, path, document, nullptr);
    return Code::ok;
  }
};

constexpr Example kShowExamples[] = {{"mlsys config show", "every setting and where it comes from"}};
constexpr Example kSetExamples[] = {{"mlsys config set threads 4", "use 4 threads in this project"},
                                    {"mlsys config set --user color never", "never colour, in all projects"}};
constexpr Example kUnsetExamples[] = {{"mlsys config unset threads", "go back to the default"}};
constexpr VerbInfo kVerbs[] = {
    {"show", "Show every setting and where it came from", kShowExamples, make_verb<Show>},
    {"set", "Change a setting", kSetExamples, make_verb<Set>},
    {"unset", "Remove a setting", kUnsetExamples, make_verb<Unset>},
};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("config", mlsys::frame::kVerbs)
