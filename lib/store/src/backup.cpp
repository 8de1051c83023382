// Copying a whole store.
#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "impl.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/store.hpp"
#include "problems.hpp"
#include "references.hpp"

namespace mlsys::store {

namespace fs = std::filesystem;
namespace sql = ext::sqlite;

namespace {

// The files of a backup, copied as far as the store has them.
class FileCopies {
 public:
  FileCopies(Store& store, Content target, bool skip_damaged)
      : store_(store), target_(std::move(target)), skip_damaged_(skip_damaged) {}

  // Adds what is missing of these and removes what is no longer wanted. False when one was purged meanwhile.
  bool bring_to(const std::set<Reference>& wanted, Context& context) {
    keep_only(wanted, context);
    context.progress->begin("copying files", wanted.size(), "files");
    std::uint64_t done = 0;
    bool all = true;
    for (const auto& reference : wanted) {
      context.check_stop();
      all = add(reference, context) && all;
      context.progress->update(++done, "");
    }
    context.progress->end();
    return all;
  }

  // There will be no backup: nothing more is copied, but everything is looked at.
  [[nodiscard]] bool refused() const { return !skip_damaged_ && !problems_.empty(); }

  void tell(BackupReport& report) const {
    report.objects = sound_.size();
    for (const auto& [reference, file] : sound_) report.bytes += file.bytes;
    for (const auto& [reference, what] : problems_) report.problems.push_back({reference.name(), what});
  }

 private:
  struct Sound {
    std::uint64_t bytes = 0;
    bool copied = false;
  };

  void keep_only(const std::set<Reference>& wanted, Context& context) {
    std::erase_if(problems_, [&](const auto& problem) { return !wanted.contains(problem.first); });
    std::erase_if(sound_, [&](const auto& file) {
      if (wanted.contains(file.first)) return false;
      if (file.second.copied) fs::remove_all(target_.get(file.first, Check::exists, context).path);
      return true;
    });
  }

  bool add(const Reference& reference, Context& context) {
    if (problems_.contains(reference)) return true;
    const auto known = sound_.find(reference);
    if (known != sound_.end() && (known->second.copied || refused())) return true;
    Stored stored;
    try {
      const auto read = [&] { stored = store_.content().get(reference, Check::digest, context); };
      if (!store_.unless_purged(reference, read)) return false;
    } catch (const Error& error) {
      // Whatever keeps it from being read is a problem of this file alone; what keeps it from being written is not.
      if (error.code() == Code::interrupted) throw;
      problems_.emplace(reference, error.message());
      return true;
    }
    const bool copied = !refused();
    if (copied && !store_.unless_purged(reference, [&] { copy(reference, stored, context); })) return false;
    sound_[reference] = {stored.bytes, copied};
    return true;
  }

  void copy(const Reference& reference, const Stored& stored, Context& context) {
    if (reference.bundle)
      target_.put_bundle(stored.path, false, context);
    else
      target_.put_file(stored.path, false, context);
  }

  Store& store_;
  Content target_;
  bool skip_damaged_;
  std::map<Reference, Sound> sound_;
  std::map<Reference, std::string> problems_;
};

void require_empty(const fs::path& target) {
  std::error_code error;
  if (fs::exists(target, error) && !fs::is_empty(target, error))
    throw Error(Code::usage, fmt::format("cannot back up to {}: it exists", quoted(target.native(), 200)),
                "name a new folder");
}

}  // namespace

BackupReport Store::backup(const BackupOptions& options, Context& context) {
  constexpr int most_rounds = 10;
  const std::string shown = quoted(options.target.native(), 200);
  require_empty(options.target);
  PendingDirectory pending(options.target);
  const fs::path file = pending.path() / "mlsys.db";
  FileCopies files(*this, Content(pending.path()), options.skip_damaged);
  // The copy of the database comes first: what it refers to was stored before. What is purged before it was copied is
  // in no later copy of the database.
  for (int round = 1;; ++round) {
    if (round > most_rounds)
      throw Error(Code::conflict,
                  fmt::format("cannot back up to {}: others purge files all the time while they are copied", shown),
                  "try again later");
    fs::remove(file);
    impl_->database.prepare("VACUUM INTO ?").bind(file.native()).run();
    const sql::Database copy(file, sql::OpenMode::immutable, "the backup " + shown);
    if (files.bring_to(references(copy), context)) break;
  }
  BackupReport report;
  report.target = options.target;
  files.tell(report);
  report.made = report.problems.empty() || options.skip_damaged;
  if (!report.made) return report;
  require_empty(options.target);  // what others put there meanwhile would be replaced
  pending.commit(true);
  return report;
}

Json to_json(const BackupReport& report) {
  return Json{{"schema", "mlsys.store/1"},
              {"backup", report.made ? Json(report.target.native()) : Json(nullptr)},
              {"verdict", report.problems.empty() ? "pass" : "fail"},
              {"objects", report.objects},
              {"bytes", report.bytes},
              {"problems", problems_json(report.problems)}};
}

}  // namespace mlsys::store
