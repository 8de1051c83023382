// Tables and contracts written in the test.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/validate.hpp"

namespace mlsys::contract::test {

struct Folder {
  TempDirectory temp{std::filesystem::temp_directory_path()};
  std::string file(const std::string& name, std::string_view content) const {
    write_file(temp.path() / name, content);
    return (temp.path() / name).string();
  }
};

// Checks a table given as CSV text against a contract given as JSON.
inline ValidateReport check(const std::string& csv, const std::string& contract,
                            const std::function<void(ValidateOptions&)>& change = {}) {
  const Folder folder;
  Context ctx;
  ValidateOptions options;
  options.source.argument = folder.file("data.csv", csv);
  options.contract = parse_contract(contract);
  if (change) change(options);
  return validate(options, ctx);
}

inline const CheckResult& only(const ValidateReport& report, CheckKind kind, const std::string& column = {}) {
  const CheckResult* found = nullptr;
  for (const auto& one : report.checks)
    if (one.kind == kind && (column.empty() || one.columns == std::vector<std::string>{column})) {
      REQUIRE(found == nullptr);
      found = &one;
    }
  REQUIRE(found != nullptr);
  return *found;
}

inline std::vector<std::uint64_t> rows_of(const CheckResult& result) {
  std::vector<std::uint64_t> rows;
  for (const auto& sample : result.samples) rows.push_back(sample.row);
  return rows;
}

inline std::vector<std::string> failed(const ValidateReport& report) {
  std::vector<std::string> names;
  for (const auto& one : report.checks)
    if (!one.passed) names.push_back(std::string(name_of(one.kind)) + "(" + join(one.columns, ",") + ")");
  return names;
}

// "code: message | hint", or nothing without an error.
inline std::string refusal_of(const std::function<void()>& act) {
  try {
    act();
    return {};
  } catch (const Error& error) {
    return std::string(code_name(error.code())) + ": " + error.message() + " | " + error.hint();
  }
}

inline bool holds_text(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline const std::string two_columns =
    R"({"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}], )";

using Rows = std::vector<std::uint64_t>;

}  // namespace mlsys::contract::test
