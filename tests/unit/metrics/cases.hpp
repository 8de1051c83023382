// The stored expectations of tests/conformance/metrics_oracle.py, or the folder in MLSYS_METRIC_CASES.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::metrics {

inline Json oracle_cases(const std::string& name) {
  const char* folder = std::getenv("MLSYS_METRIC_CASES");
  const std::filesystem::path path =
      std::filesystem::path(folder != nullptr ? folder : MLSYS_TEST_DATA "/metrics") / (name + ".json");
  Json document = parse_json(read_file(path), path.string());
  REQUIRE(!document.at("cases").empty());
  return document.at("cases");
}

// An optional list: null is empty.
template <class T>
std::vector<T> list_of(const Json& value) {
  return value.is_null() ? std::vector<T>{} : value.get<std::vector<T>>();
}

// null means undefined.
inline void check_value(const Value& value, const Json& expected, const std::string& what, double tolerance = 1e-12) {
  CAPTURE(what);
  CHECK(value.value.has_value() == value.reason.empty());
  if (expected.is_null()) {
    CHECK_FALSE(value.value.has_value());
  } else {
    CAPTURE(value.reason);
    REQUIRE(value.value.has_value());
    CHECK(*value.value == doctest::Approx(expected.get<double>()).epsilon(tolerance).scale(1));
  }
}

}  // namespace mlsys::metrics
