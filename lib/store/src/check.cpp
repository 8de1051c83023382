// Checking a whole store.
#include <fmt/format.h>

#include <set>
#include <vector>

#include "impl.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/store.hpp"
#include "problems.hpp"
#include "references.hpp"

namespace mlsys::store {

namespace sql = ext::sqlite;

namespace {

std::uint64_t count(sql::Database& database, std::string_view query) {
  sql::Statement rows = database.prepare(query);
  rows.step();
  return static_cast<std::uint64_t>(rows.integer(0));
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
  std::set<Reference> wanted;
  read([&] {
    report.runs = count(database, "SELECT count(*) FROM runs");
    report.versions = count(database, "SELECT count(*) FROM versions WHERE deleted IS NULL");
    wanted = references(database);
  });
  // Reading files takes its time, in which others purge.
  context.progress->begin("checking files", wanted.size(), "files");
  std::uint64_t done = 0;
  for (const auto& reference : wanted) {
    context.check_stop();
    try {
      Stored stored;
      const bool kept = unless_purged(reference, [&] { stored = content().get(reference, Check::digest, context); });
      report.bytes += stored.bytes;
      report.objects += kept ? 1 : 0;
    } catch (const Error& error) {
      if (error.code() == Code::interrupted) throw;
      report.problems.push_back({reference.name(), error.message()});
      ++report.objects;
    }
    context.progress->update(++done, "");
  }
  context.progress->end();
  return report;
}

Json problems_json(const std::vector<Problem>& problems) {
  Json list = Json::array();
  for (const auto& problem : problems) list.push_back({{"subject", problem.subject}, {"problem", problem.what}});
  return list;
}

Json to_json(const CheckReport& report) {
  return Json{{"schema", "mlsys.store/1"},
              {"verdict", report.problems.empty() ? "pass" : "fail"},
              {"runs", report.runs},
              {"versions", report.versions},
              {"objects", report.objects},
              {"bytes", report.bytes},
              {"problems", problems_json(report.problems)}};
}

}  // namespace mlsys::store
