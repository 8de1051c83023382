#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>

#include "ext/xgboost/api.hpp"
#include "ext/xgboost/xgboost.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::ext::xgboost {
namespace {

// XGBoost keeps its callback and its verbosity per thread, so what it says is kept per thread as well.
std::vector<std::string>& warnings() {
  thread_local std::vector<std::string> collected;
  return collected;
}

void collect(const char* text) {
  if (text == nullptr || warnings().size() >= 100) return;
  try {
    warnings().push_back(meaningful_line(text));
  } catch (...) {  // out of memory inside a C callback: a lost warning is the smaller loss
  }
}

// libgomp's threads spin for milliseconds at each barrier. On processors that are shared with other work, or counted by
// a container's quota, a round then takes ten times as long; sleeping at once costs microseconds where they are idle.
void share_processors() {
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) setenv("GOMP_SPINCOUNT", "1000", 0);
}

Api open() {
  share_processors();
  const auto path = install_paths().engines / "xgboost/lib/libxgboost.so";
  constexpr auto hint = "run `mlsys doctor`; reinstalling mlsys puts XGBoost 3.4 back";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Error(Code::failed, fmt::format("cannot load XGBoost: {}", dlerror()), hint);
  Api table;
  const auto find = [&](const char* name) {
    void* symbol = dlsym(library, name);
    if (symbol == nullptr)
      throw Error(Code::failed, fmt::format("cannot use {}: it has no function {}", quoted(path.string()), name), hint);
    return symbol;
  };
  table.XGBoostVersion = reinterpret_cast<decltype(&::XGBoostVersion)>(find("XGBoostVersion"));
  int release = 0;
  int feature = 0;
  int patch = 0;
  table.XGBoostVersion(&release, &feature, &patch);
  if (std::pair(release, feature) < std::pair(3, 1))
    throw Error(Code::failed,
                fmt::format("cannot use {}: it is XGBoost {}.{}.{}, and category names need 3.1 or newer",
                            quoted(path.string()), release, feature, patch),
                hint);
#define MLSYS_LOAD(name) table.name = reinterpret_cast<decltype(&::name)>(find(#name));
  MLSYS_XGBOOST_FUNCTIONS(MLSYS_LOAD)
#undef MLSYS_LOAD
  return table;
}

}  // namespace

const Api& api() {
  static const Api table = open();  // never unloaded: its threads outlive every handle
  thread_local bool quiet = false;
  if (!quiet) {
    table.XGBRegisterLogCallback(collect);
    table.XGBSetGlobalConfig(R"({"verbosity": 1})");
    quiet = true;
  }
  return table;
}

void check(int status, std::string_view doing) {
  if (status == 0) return;
  throw Error(Code::failed, fmt::format("{}: {}", doing, meaningful_line(api().XGBGetLastError())));
}

std::array<int, 3> version() {
  std::array<int, 3> numbers{};
  auto& [major, minor, patch] = numbers;
  api().XGBoostVersion(&major, &minor, &patch);
  return numbers;
}

std::vector<std::string> take_warnings() { return std::exchange(warnings(), {}); }

// XGBoost writes "[12:00:00] WARNING: /src/learner.cc:793: \nParameters: { "x" } are not used.\n" and
// "[12:00:00] /src/x.cc:12: Check failed: a == b (1 vs. 2) : Label must be in [0,1].\nStack trace:\n ...".
std::string meaningful_line(std::string_view text) {
  if (const auto trace = text.find("Stack trace:"); trace != text.npos) text = text.substr(0, trace);
  text = trim(text);
  if (text.starts_with('[')) {
    if (const auto end = text.find("] "); end < 12) text = text.substr(end + 2);
  }
  for (const std::string_view level : {"WARNING: ", "INFO: ", "ERROR: "})
    if (text.starts_with(level)) text.remove_prefix(level.size());
  // "/any/file.cc:123: "
  if (const auto colon = text.find(": "); colon != text.npos) {
    const auto position = text.substr(0, colon);
    const auto last = position.rfind(':');
    if (last != position.npos && position.find(' ') == position.npos && position.find('.') != position.npos)
      text = trim(text.substr(colon + 1));
  }
  if (text.starts_with("Check failed: ")) {
    // The reason follows " : " or, without operands, the expression's own ": ".
    const auto reason = text.find(" : ");
    if (reason != text.npos && !trim(text.substr(reason + 3)).empty()) text = trim(text.substr(reason + 3));
  }
  const auto line = text.substr(0, text.find('\n'));
  return line.empty() ? std::string("XGBoost gave no reason") : std::string(trim(line));
}

}  // namespace mlsys::ext::xgboost
