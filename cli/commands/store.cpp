#include "mlsys/store/store.hpp"

#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "output_folder.hpp"

namespace mlsys::frame {
namespace {

class Check final : public Verb {
  void declare(Options&) override {}

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::read, session.context());
    const auto report = store.check(session.context());
    session.out().document(to_json(report));
    for (const auto& problem : report.problems)
      session.out().line(
          fmt::format("{}  {}: {}", session.out().paint(Tone::bad, "damaged"), problem.subject, problem.what));
    if (!report.problems.empty()) return Code::integrity;
    session.out().line(fmt::format("{}  {} runs, {} versions, {} files of {}", session.out().paint(Tone::good, "sound"),
                                   with_thousands(report.runs), with_thousands(report.versions),
                                   with_thousands(report.objects), human_bytes(report.bytes)));
    return Code::ok;
  }
};

class Backup final : public Verb {
  void declare(Options& options) override {
    options.positional(target_, "FOLDER", "New folder for the copy").completes(Completes::directory);
  }

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::read, session.context());
    check_output_folder("back up to", target_, store.folder());
    store.backup(target_, session.context());
    session.out().document({{"schema", "mlsys.store/1"}, {"backup", target_.native()}});
    session.out().id(target_.native());
    session.out().note(fmt::format("to use it: mlsys runs list --store {}", quoted(target_.native(), 200)));
    return Code::ok;
  }

  std::filesystem::path target_;
};

class Collect final : public Verb {
  void declare(Options& options) override {
    options.flag(dry_run_, "--dry-run", "Only say what would be removed");
    options.value(age_, "--older-than", "HOURS", "Leave younger files alone").default_text("24");
  }

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::write, session.context());
    const auto report = store.collect({dry_run_, static_cast<std::int64_t>(age_) * 3600}, session.context());
    session.out().document(to_json(report));
    for (const auto& name : report.removed) {
      session.out().line(name);
      session.out().id(name);
    }
    session.out().note(fmt::format("{} {} files and bundles, {}", dry_run_ ? "would remove" : "removed",
                                   report.removed.size(), human_bytes(report.bytes)));
    return Code::ok;
  }

  bool dry_run_ = false;
  std::uint32_t age_ = 24;
};

constexpr Example check_examples[] = {{"mlsys store check", "the database, and every file against its digest"}};
constexpr Example backup_examples[] = {{"mlsys store backup /backup/mlsys-monday", "while others go on working"}};
constexpr Example gc_examples[] = {{"mlsys store gc --dry-run", "what nothing refers to any more"}};

constexpr VerbInfo verbs[] = {
    {"check", "Check the database, and every stored file against its digest", check_examples, make_verb<Check>},
    {"backup", "Copy the whole store while it is in use", backup_examples, make_verb<Backup>},
    {"gc", "Remove files that no run or version refers to", gc_examples, make_verb<Collect>},
};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("store", mlsys::frame::verbs)
