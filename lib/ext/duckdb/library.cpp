#include <dlfcn.h>
#include <fmt/format.h>

#include "ext/duckdb/api.hpp"
#include "ext/duckdb/duckdb.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::ext::duckdb {
namespace {

constexpr int oldest_major = 1;
constexpr int oldest_minor = 4;

// "v1.5.6", also "v1.5.6-dev12"
bool new_enough(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  const auto parts = split(version, '.');
  if (parts.size() < 2) return false;
  const auto major = parse_int(parts[0]);
  const auto minor = parse_int(parts[1]);
  return major && minor &&
         std::pair(*major, *minor) >= std::pair<std::int64_t, std::int64_t>(oldest_major, oldest_minor);
}

Api open() {
  const auto path = install_paths().engines / "libduckdb.so";
  constexpr auto hint = "run `mlsys doctor`; reinstalling mlsys puts DuckDB 1.5 back";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Error(Code::failed, fmt::format("cannot load DuckDB: {}", dlerror()), hint);
  Api table;
  const auto find = [&](const char* name) {
    void* symbol = dlsym(library, name);
    if (symbol == nullptr)
      throw Error(Code::failed, fmt::format("cannot use {}: it has no function {}", quoted(path.string()), name), hint);
    return symbol;
  };
  table.duckdb_library_version = reinterpret_cast<decltype(&::duckdb_library_version)>(find("duckdb_library_version"));
  if (!new_enough(table.duckdb_library_version()))
    throw Error(Code::failed,
                fmt::format("cannot use {}: it is DuckDB {}, and {}.{} or newer is needed", quoted(path.string()),
                            table.duckdb_library_version(), oldest_major, oldest_minor),
                hint);
#define MLSYS_LOAD(name) table.name = reinterpret_cast<decltype(&::name)>(find(#name));
  MLSYS_DUCKDB_FUNCTIONS(MLSYS_LOAD)
#undef MLSYS_LOAD
  return table;
}

}  // namespace

const Api& api() {
  static const Api table = open();  // never unloaded: its threads may outlive every handle
  return table;
}

std::string library_version() { return api().duckdb_library_version(); }

}  // namespace mlsys::ext::duckdb
