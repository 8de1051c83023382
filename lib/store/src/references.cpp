#include "references.hpp"

#include "impl.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/store/store.hpp"

namespace mlsys::store {

std::set<Reference> references(const ext::sqlite::Database& database) {
  std::set<Reference> found;
  ext::sqlite::Statement rows = database.prepare(
      "SELECT digest, kind = 'bundle' FROM artifacts UNION SELECT digest, 1 FROM versions WHERE deleted IS NULL");
  while (rows.step()) found.insert({rows.string(0), rows.integer(1) != 0});
  return found;
}

bool Store::refers_to(const Reference& file) const {
  Statement rows = prepare_latest(
      "SELECT 1 FROM artifacts WHERE digest = ?1 AND (kind = 'bundle') = ?2"
      " UNION ALL SELECT 1 FROM versions WHERE digest = ?1 AND ?2 AND deleted IS NULL");
  return rows.bind(file.digest, file.bundle ? 1 : 0).step();
}

bool Store::unless_purged(const Reference& file, const std::function<void()>& work) const {
  for (bool again = false;; again = true) {
    try {
      work();
      return true;
    } catch (const Error& error) {
      if (error.code() != Code::not_found && error.code() != Code::integrity) throw;
      if (!refers_to(file)) return false;
      // Once more for what was purged and stored anew in between; then it is there, and damaged.
      if (again) throw;
    }
  }
}

}  // namespace mlsys::store
