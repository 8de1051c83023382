// What pandas found in random tables, made by tests/conformance/validate_pandas.py, which also compares live.
#include <algorithm>

#include "fixture.hpp"
#include "mlsys/base/json.hpp"

using namespace mlsys;
using namespace mlsys::contract;
using namespace mlsys::contract::test;

TEST_CASE("random tables: which checks fail, in how many rows and in which, as pandas has it") {
  const Json stored = parse_json(read_file(std::string(MLSYS_TEST_DATA) + "/validate_pandas.json"), "expectations");
  REQUIRE(stored["cases"].size() == 12);
  for (const Json& one : stored["cases"]) {
    const Folder folder;
    folder.file("other.csv", one["other"].get<std::string>());
    const auto report = check(one["csv"].get<std::string>(), one["contract"].dump(), [&](ValidateOptions& options) {
      options.folder = folder.temp.path();
      options.max_samples = 1000;
    });
    std::size_t seen = 0;
    for (const auto& result : report.checks) {
      const std::string name = std::string(name_of(result.kind)) + "(" + join(result.columns, ",") + ")";
      CAPTURE(one["csv"].get<std::string>());
      CAPTURE(name);
      if (const auto rows = one["rows"].find(name); rows != one["rows"].end()) {
        ++seen;
        CHECK(result.failures == rows->size());
        // Of values of the wrong type the first twenty are kept.
        if (result.kind != CheckKind::type || rows->size() <= 20) CHECK(Json(rows_of(result)) == *rows);
      } else if (const auto count = one["counts"].find(name); count != one["counts"].end()) {
        ++seen;
        CHECK(result.failures == count->get<std::uint64_t>());
      }
    }
    CHECK(seen == one["rows"].size() + one["counts"].size());
  }
}
