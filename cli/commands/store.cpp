#include "mlsys/store/store.hpp"

#include <fmt/format.h>

#include "age.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "output_folder.hpp"

namespace mlsys::frame {
namespace {

void show(Output& out, const std::vector<store::Problem>& problems) {
  for (const auto& problem : problems)
    out.line(fmt::format("{}  {}: {}", out.paint(Tone::bad, "damaged"), problem.subject, problem.what));
}

class Check final : public Verb {
  void declare(Options&) override {}

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::read, session.context());
    const auto report = store.check(session.context());
    session.out().document(to_json(report));
    show(session.out(), report.problems);
    if (!report.problems.empty()) return Code::integrity;
    session.out().line(fmt::format("{}  {}, {}, {} of {}", session.out().paint(Tone::good, "sound"),
                                   counted(report.runs, "run"), counted(report.versions, "version"),
                                   counted(report.objects, "file"), human_bytes(report.bytes)));
    return Code::ok;
  }
};

class Backup final : public Verb {
  void declare(Options& options) override {
    options.positional(options_.target, "FOLDER", "New folder for the copy").completes(Completes::directory);
    options.flag(options_.skip_damaged, "--skip-damaged", "Leave out files that are damaged or lost; ends with 5");
  }

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::read, session.context());
    check_output_folder("back up to", options_.target, store.folder());
    const store::BackupReport report = store.backup(options_, session.context());
    Output& out = session.out();
    out.document(to_json(report));
    show(out, report.problems);
    const std::string damage = fmt::format("{} of {} files are damaged or lost", with_thousands(report.problems.size()),
                                           with_thousands(report.problems.size() + report.objects));
    if (!report.made)
      throw Error(Code::integrity, fmt::format("cannot back up {}: {}", quoted(store.folder().native(), 200), damage),
                  "restore them, or make a backup of everything else: add --skip-damaged");
    out.id(report.target.native());
    if (!report.problems.empty()) out.warn(damage + ", and not in the backup");
    out.note(fmt::format("to use it: mlsys runs list --store {}", quoted(report.target.native(), 200)));
    return report.problems.empty() ? Code::ok : Code::integrity;
  }

  store::BackupOptions options_;
};

class Collect final : public Verb {
  void declare(Options& options) override {
    options.flag(options_.dry_run, "--dry-run", "Only say what would be removed");
    options.value(age_, "--older-than", "AGE", "Leave younger files alone, such as 2d").default_text("24h");
    options.value(operations_age_, "--operations-older-than", "AGE",
                  "Also forget the ids of writes that are older, such as 30d; repeating one does it again");
  }

  Code run(Session& session) override {
    options_.min_age_seconds = age_of("--older-than", age_).count();
    if (operations_age_) options_.operations_min_age_seconds = settled_age(*operations_age_).count();
    const auto mode = options_.dry_run ? store::Mode::read : store::Mode::update;
    store::Store store = store::Store::open(session.project().state, mode, session.context());
    const auto report = store.collect(options_, session.context());
    Output& out = session.out();
    out.document(to_json(report));
    for (const auto& name : report.removed) {
      out.line(name);
      out.id(name);
    }
    out.note(fmt::format("{} {}, {}", report.dry_run ? "would remove" : "removed",
                         counted(report.removed.size(), "file or bundle", "files and bundles"),
                         human_bytes(report.bytes)));
    if (operations_age_)
      out.note(
          fmt::format("{} {}", report.dry_run ? "would forget" : "forgot", counted(report.operations, "operation")));
    return Code::ok;
  }

  // Whoever repeats a write does it within hours; one that is forgotten by then would be there twice.
  static std::chrono::seconds settled_age(const std::string& text) {
    constexpr std::string_view option = "--operations-older-than";
    const std::chrono::seconds age = age_of(option, text);
    if (age < std::chrono::hours(24))
      throw Error(Code::usage,
                  fmt::format("{} {} is less than a day: others may still repeat these writes", option, text),
                  "write 30d");
    return age;
  }

  store::CollectOptions options_;
  std::string age_ = "24h";
  std::optional<std::string> operations_age_;
};

constexpr Example check_examples[] = {{"mlsys store check", "the database, and every file against its digest"}};
constexpr Example backup_examples[] = {
    {"mlsys store backup /backup/mlsys-monday", "while others go on working"},
    {"mlsys store backup /backup/mlsys-monday --skip-damaged", "of all the rest, when files are damaged"}};
constexpr Example gc_examples[] = {{"mlsys store gc --dry-run", "what nothing refers to any more"},
                                   {"mlsys store gc --operations-older-than 90d", "and the ids of old writes"}};

constexpr VerbInfo verbs[] = {
    {"check", "Check the database, and every stored file against its digest", check_examples, make_verb<Check>},
    {"backup", "Copy the whole store while it is in use", backup_examples, make_verb<Backup>},
    {"gc", "Remove files that no run or version refers to", gc_examples, make_verb<Collect>},
};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("store", mlsys::frame::verbs)
