// Removing what nothing refers to.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <system_error>
#include <vector>

#include "impl.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/store.hpp"
#include "references.hpp"

namespace mlsys::store {

namespace fs = std::filesystem;

namespace {

std::uint64_t bytes_below(const fs::path& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) return fs::file_size(path, error);
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, error))
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  return bytes;
}

// A bundle loses its name before its files, so that nobody meets a part of one, not even when this is killed.
void remove_at_once(const fs::path& path) {
  std::error_code error;
  fs::path removed = path;
  if (fs::is_directory(path, error) && !path.filename().native().starts_with('.')) {
    removed.replace_filename("." + path.filename().native() + "." + random_id().substr(0, 8) + ".part");
    fs::rename(path, removed, error);
  }
  if (!error) fs::remove_all(removed, error);
  if (error)
    throw Error(Code::failed, fmt::format("cannot remove {}: {}", quoted(path.native(), 200), error.message()));
}

class FileCollector {
 public:
  FileCollector(const std::set<Reference>& wanted, const CollectOptions& options)
      : wanted_(wanted),
        dry_run_(options.dry_run),
        oldest_(fs::file_time_type::clock::now() - std::chrono::seconds(options.min_age_seconds)) {}

  void consider(const fs::path& path, bool bundle) {
    std::error_code error;
    if (wanted_.contains({path.filename().native(), bundle})) return;
    if (fs::last_write_time(path, error) > oldest_ || error) return;
    bytes += bytes_below(path);
    if (!dry_run_) remove_at_once(path);
    removed.push_back(path);
  }

  std::uint64_t bytes = 0;
  std::vector<fs::path> removed;

 private:
  const std::set<Reference>& wanted_;
  bool dry_run_;
  fs::file_time_type oldest_;
};

// In batches, so that others write in between and the log of writes stays short. Each is a write itself and so leaves
// an operation that is younger: the newest is never forgotten.
std::uint64_t forget_operations(Store& store, Millis before, Context& context) {
  constexpr std::int64_t batch = 10'000;
  const std::int64_t oldest = before.time_since_epoch().count();
  std::int64_t forgotten = 0;
  for (std::int64_t last = batch; last == batch;) {
    context.check_stop();
    store.write({{}, "store.gc", 0}, Durability::process, context, [&](const Write& write) {
      store
          .prepare(
              "DELETE FROM operations WHERE sequence IN (SELECT sequence FROM operations"
              " WHERE time < ? AND sequence < ? ORDER BY sequence LIMIT ?)")
          .bind(oldest, write.sequence, batch)
          .run();
      last = store.changes();
      return std::string();
    });
    forgotten += last;
  }
  return static_cast<std::uint64_t>(forgotten);
}

std::uint64_t old_operations(Store& store, Millis before) {
  Statement rows = store.prepare("SELECT count(*) FROM operations WHERE time < ?");
  rows.bind(before.time_since_epoch().count()).step();
  return static_cast<std::uint64_t>(rows.integer(0));
}

}  // namespace

CollectReport Store::collect(const CollectOptions& options, Context& context) {
  CollectReport report;
  report.dry_run = options.dry_run;
  const auto consider_files = [&] {
    const auto wanted = references(impl_->database);
    FileCollector files(wanted, options);
    std::error_code error;
    for (const auto& bundle : fs::directory_iterator(content().bundles(), error)) {
      context.check_stop();
      files.consider(bundle.path(), true);
    }
    for (const auto& folder : fs::directory_iterator(content().objects(), error))
      for (const auto& object : fs::directory_iterator(folder.path(), error)) {
        context.check_stop();
        files.consider(object.path(), false);
      }
    report.bytes = files.bytes;
    for (const auto& path : files.removed) report.removed.push_back(path.lexically_relative(impl_->folder).native());
  };
  if (options.dry_run) {
    consider_files();  // which a store that may only be read allows, too
  } else {
    // Nobody can come to refer to a file while the lock is held.
    const auto held = impl_->lock.acquire("the store " + quoted(impl_->folder.native(), 200), context);
    consider_files();
  }
  std::sort(report.removed.begin(), report.removed.end());
  if (options.operations_min_age_seconds) {
    const Millis before = context.now() - std::chrono::seconds(*options.operations_min_age_seconds);
    report.operations = options.dry_run ? old_operations(*this, before) : forget_operations(*this, before, context);
  }
  return report;
}

Json to_json(const CollectReport& report) {
  return Json{{"schema", "mlsys.store/1"},
              {"dry_run", report.dry_run},
              {"bytes", report.bytes},
              {"removed", report.removed},
              {"operations", report.operations}};
}

}  // namespace mlsys::store
