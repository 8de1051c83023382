#include "mlsys/base/error.hpp"
#include "relation.hpp"
namespace mlsys::data {
Relation load_libsvm(const LoadRequest& request, Engine&, Context&) {
  throw Error(Code::failed, "cannot read " + request.source.subject + ": LibSVM");
}
Relation load_sqlite(const LoadRequest& request, Engine&, Context&) {
  throw Error(Code::failed, "cannot read " + request.source.subject + ": SQLite");
}
}  // namespace mlsys::data
