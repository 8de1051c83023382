// Removing what nothing refers to.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>

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

}  // namespace

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
    if (!options.dry_run) remove_at_once(path);
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

Json to_json(const CollectReport& report) {
  return Json{
      {"schema", "mlsys.store/1"}, {"dry_run", report.dry_run}, {"bytes", report.bytes}, {"removed", report.removed}};
}

}  // namespace mlsys::store
