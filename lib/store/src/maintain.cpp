// Checking, copying and cleaning a whole store.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <system_error>
#include <vector>

#include "impl.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::store {

namespace fs = std::filesystem;
namespace sql = ext::sqlite;

namespace {

struct Reference {
  std::string digest;
  bool bundle;
  auto operator<=>(const Reference&) const = default;
};

// Everything that a run or a version that exists refers to. Deleted runs count: they can be restored.
std::set<Reference> references(sql::Database& database) {
  std::set<Reference> found;
  sql::Statement rows = database.prepare(
      "SELECT digest, kind = 'bundle' FROM artifacts UNION SELECT digest, 1 FROM versions WHERE deleted IS NULL");
  while (rows.step()) found.insert({rows.string(0), rows.integer(1) != 0});
  return found;
}

std::uint64_t count(sql::Database& database, std::string_view query) {
  sql::Statement rows = database.prepare(query);
  rows.step();
  return static_cast<std::uint64_t>(rows.integer(0));
}

std::uint64_t bytes_below(const fs::path& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) return fs::file_size(path, error);
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, error))
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  return bytes;
}

void check_database(sql::Database& database, CheckReport& report) {
  sql::Statement structure = database.prepare("PRAGMA integrity_check(100)");
  while (structure.step())
    if (structure.text(0) != "ok") report.problems.push_back({"database", structure.string(0)});
  sql::Statement dangling = database.prepare("PRAGMA foreign_key_check");
  while (dangling.step())
    report.problems.push_back({dangling.string(0), fmt::format("row {} refers to a missing row of {}",
                                                               dangling.integer(1), dangling.text(2))});
  sql::Statement series = database.prepare(
      "SELECT runs.run_id, keys.name FROM latest_metrics AS latest JOIN runs ON runs.id = latest.run"
      " JOIN keys ON keys.id = latest.key WHERE (points, least, most, latest.step) IS NOT"
      " (SELECT count(*), min(value), max(value), max(step) FROM metrics"
      "  WHERE metrics.run = latest.run AND metrics.key = latest.key)"
      " UNION ALL SELECT ifnull(runs.run_id, '?'), ifnull(keys.name, '?') FROM"
      " (SELECT run, key FROM metrics EXCEPT SELECT run, key FROM latest_metrics) AS lone"
      " LEFT JOIN runs ON runs.id = lone.run LEFT JOIN keys ON keys.id = lone.key");
  while (series.step())
    report.problems.push_back({"metrics", fmt::format("the summary of {} of run {} does not match its points",
                                                      quoted(series.text(1)), series.text(0))});
}

}  // namespace

CheckReport Store::check(Context& context) {
  CheckReport report;
  sql::Database& database = impl_->database;
  check_database(database, report);
  if (!report.problems.empty()) return report;  // nothing read from it can be relied on
  report.runs = count(database, "SELECT count(*) FROM runs");
  report.versions = count(database, "SELECT count(*) FROM versions WHERE deleted IS NULL");
  const auto wanted = references(database);
  context.progress->begin("checking files", wanted.size(), "files");
  for (const auto& reference : wanted) {
    context.check_stop();
    try {
      const Stored stored = reference.bundle ? content().bundle(reference.digest, Check::digest, context)
                                             : content().file(reference.digest, Check::digest, context);
      report.bytes += stored.bytes;
    } catch (const Error& error) {
      if (error.code() == Code::interrupted) throw;
      report.problems.push_back({(reference.bundle ? "bundles/" : "objects/") + reference.digest, error.message()});
    }
    context.progress->update(++report.objects, "");
  }
  context.progress->end();
  return report;
}

void Store::backup(const fs::path& target, Context& context) {
  std::error_code error;
  if (fs::exists(target, error) && !fs::is_empty(target, error))
    throw Error(Code::usage, fmt::format("cannot back up to {}: it exists", quoted(target.native(), 200)),
                "name a new folder");
  PendingDirectory pending(target);
  const fs::path file = pending.path() / "mlsys.db";
  impl_->database.prepare("VACUUM INTO ?").bind(file.native()).run();
  // The copy of the database comes first: what it refers to was stored before.
  sql::Database copy(file, sql::OpenMode::write, "the backup " + quoted(target.native(), 200));
  Content files(pending.path());
  const auto wanted = references(copy);
  context.progress->begin("copying files", wanted.size(), "files");
  std::uint64_t done = 0;
  for (const auto& reference : wanted) {
    context.check_stop();
    if (reference.bundle)
      files.put_bundle(content().bundle(reference.digest, Check::digest, context).path, false, context);
    else
      files.put_file(content().file(reference.digest, Check::digest, context).path, false, context);
    context.progress->update(++done, "");
  }
  context.progress->end();
  pending.commit(true);
}

CollectReport Store::collect(const CollectOptions& options, Context& context) {
  CollectReport report;
  report.dry_run = options.dry_run;
  // Nobody can come to refer to a file while the lock is held.
  const auto held = impl_->lock.acquire("the store " + quoted(impl_->folder.native(), 200), context);
  const auto wanted = references(impl_->database);
  const auto oldest = fs::file_time_type::clock::now() - std::chrono::seconds(options.min_age_seconds);
  const auto consider = [&](const fs::path& path, bool bundle) {
    context.check_stop();
    std::error_code error;
    if (wanted.contains({path.filename().native(), bundle})) return;
    if (fs::last_write_time(path, error) > oldest || error) return;
    const std::uint64_t bytes = bytes_below(path);
    if (!options.dry_run) {
      fs::remove_all(path, error);
      if (error)
        throw Error(Code::failed, fmt::format("cannot remove {}: {}", quoted(path.native(), 200), error.message()));
    }
    report.bytes += bytes;
    report.removed.push_back(path.lexically_relative(impl_->folder).native());
  };
  std::error_code error;
  for (const auto& bundle : fs::directory_iterator(content().bundles(), error)) consider(bundle.path(), true);
  for (const auto& folder : fs::directory_iterator(content().objects(), error))
    for (const auto& object : fs::directory_iterator(folder.path(), error)) consider(object.path(), false);
  std::sort(report.removed.begin(), report.removed.end());
  return report;
}

Json to_json(const CheckReport& report) {
  Json problems = Json::array();
  for (const auto& problem : report.problems)
    problems.push_back(Json{{"subject", problem.subject}, {"problem", problem.what}});
  return Json{{"schema", "mlsys.store/1"}, {"verdict", report.problems.empty() ? "pass" : "fail"},
              {"runs", report.runs},       {"versions", report.versions},
              {"objects", report.objects}, {"bytes", report.bytes},
              {"problems", problems}};
}

Json to_json(const CollectReport& report) {
  return Json{
      {"schema", "mlsys.store/1"}, {"dry_run", report.dry_run}, {"bytes", report.bytes}, {"removed", report.removed}};
}

}  // namespace mlsys::store
