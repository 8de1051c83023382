#include <functional>

#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/booster/booster.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/frame/frame.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::frame {
namespace {

namespace fs = std::filesystem;

enum class Health { good, notice, broken };

struct Finding {
  std::string subject;
  Health health = Health::good;
  std::string detail;
  std::string hint;
};

// A check that throws is broken, with the error's own words.
Finding examine(std::string subject, const std::function<Finding()>& check) {
  Finding finding;
  try {
    finding = check();
  } catch (const Error& error) {
    finding = {{}, Health::broken, error.message(), error.hint()};
  }
  finding.subject = std::move(subject);
  return finding;
}

Finding good(std::string detail) { return {{}, Health::good, std::move(detail), {}}; }

// Looks for the build id in each module instead of loading it: this command should map no more than others.
Finding check_commands() {
  constexpr std::uint64_t largest = 64U << 20;
  for (const auto& command : commands()) {
    const auto file = install_paths().commands / (std::string(command.name) + ".so");
    if (read_file(file, largest).find(build_id()) == std::string::npos)
      return {{}, Health::broken, file.string() + " is of another build", "install mlsys again"};
  }
  return good(std::to_string(commands().size()) + " commands of build " + build_id());
}

// One for each problem: whoever asks may have to mend several.
std::vector<Finding> check_settings(const Settings& settings) {
  std::vector<Finding> findings;
  for (const auto& [error, weight] : settings.problems()) {
    const Health health = weight == SettingsProblem::Weight::error ? Health::broken : Health::notice;
    findings.push_back({"settings", health, error.message(), error.hint()});
  }
  if (!findings.empty()) return findings;
  std::vector<std::string> given;
  for (const auto& info : known_settings())
    if (!settings.is_default(info.key))
      given.push_back(std::string(info.key) + " from " + settings.get(info.key).where);
  return {{"settings", Health::good, given.empty() ? "all at their defaults" : join(given, ", "), {}}};
}

Finding check_memory(const Context& context) {
  return good(human_bytes(available_memory()) + " available, " + human_bytes(context.memory_budget) + " to be used");
}

Finding check_temp(const Context& context) {
  const TempDirectory probe(context.temp_dir);
  std::error_code failed;
  const auto space = fs::space(probe.path(), failed);
  const std::string where = context.temp_dir.string();
  if (failed) return good(where);
  constexpr std::uintmax_t least = 1ULL << 30;
  if (space.available < least)
    return {{},
            Health::notice,
            where + " has only " + human_bytes(space.available) + " left",
            "set temp_dir to a folder on a larger disk"};
  return good(where + ", " + human_bytes(space.available) + " free");
}

class Doctor final : public Verb {
  void declare(Options& options) override {
    options.flag(full_, "--full", "Also compute the digest of every stored file");
  }

  [[nodiscard]] bool runs_with_wrong_settings() const override { return true; }

  Code run(Session& session) override {
    Context& context = session.context();
    std::vector<Finding> findings = {
        examine("commands", check_commands),
        examine("DuckDB", [] { return good(data::engine_version()); }),
        examine("XGBoost", [] { return good(booster::library_version()); }),
        examine("SQLite", [] { return good(store::engine_version()); }),
        examine("threads", [&] { return good(std::to_string(context.threads)); }),
        examine("memory", [&] { return check_memory(context); }),
        examine("temporary files", [&] { return check_temp(context); }),
        examine("store", [&] { return check_store(session); }),
    };
    const auto settings = check_settings(session.settings());
    findings.insert(findings.end() - 1, settings.begin(), settings.end());
    bool broken = false;
    Json list = Json::array();
    Table table;
    for (const char* title : {"", "check", "found"}) table.column(title);
    for (const auto& finding : findings) {
      constexpr const char* names[] = {"ok", "notice", "broken"};
      constexpr Tone tones[] = {Tone::good, Tone::warn, Tone::bad};
      const auto index = static_cast<std::size_t>(finding.health);
      broken = broken || finding.health == Health::broken;
      table.row({{names[index], tones[index]}, finding.subject, finding.detail});
      list.push_back({{"check", finding.subject},
                      {"health", names[index]},
                      {"found", finding.detail},
                      {"hint", finding.hint.empty() ? Json(nullptr) : Json(finding.hint)}});
    }
    session.out().document({{"schema", "mlsys.doctor/1"},
                            {"version", version()},
                            {"healthy", !broken},
                            {"libraries", install_paths().libraries.string()},
                            {"checks", std::move(list)}});
    session.out().line(std::string("mlsys ") + version() + " in " + install_paths().libraries.string());
    session.out().table(table);
    for (const auto& finding : findings)
      if (!finding.hint.empty()) session.out().line("hint for " + finding.subject + ": " + finding.hint);
    return broken ? Code::failed : Code::ok;
  }

  Finding check_store(Session& session) const {
    const fs::path& folder = session.project().state;
    if (!fs::exists(folder)) return {{}, Health::notice, "none here yet", "mlsys init makes a project"};
    auto opened = store::Store::open(folder, store::Mode::read, session.context());
    std::string detail = folder.string() + ", schema " + std::to_string(opened.schema_version());
    if (full_) {
      const auto report = opened.check(session.context());
      if (!report.problems.empty())
        return {{},
                Health::broken,
                report.problems.front().subject + ": " + report.problems.front().what + " (" +
                    counted(report.problems.size(), "problem") + ")",
                {}};
      detail += ", " + counted(report.objects, "file") + " (" + human_bytes(report.bytes) + ") intact";
    }
    if (!opened.writable())
      return {{},
              Health::notice,
              detail + ", can be read but not written",
              "to record runs and models, mend its permissions or choose another store with --store"};
    return good(detail);
  }

  bool full_ = false;
};

constexpr Example kExamples[] = {{"mlsys doctor", "check the installation and this project"},
                                 {"mlsys doctor --full --json", "and every stored file, as JSON"}};
constexpr VerbInfo kVerbs[] = {{"", "Check this installation and project", kExamples, make_verb<Doctor>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("doctor", mlsys::frame::kVerbs)
