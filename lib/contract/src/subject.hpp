// What is checked, with everything that checks need to know of it.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/validate.hpp"
#include "mlsys/data/dataset.hpp"
#include "references.hpp"

namespace mlsys::contract {

// A column's name as it stands within the quotes of an expression, where a quote is written twice.
inline std::string within_quotes(const std::string& column) {
  std::string written;
  for (const char c : column) written += c == '"' ? std::string("\"\"") : std::string(1, c);
  return written;
}

// Whether an expression can name this column.
inline bool may_name(const std::string& expression, const std::string& column) {
  return expression.find(within_quotes(column)) != std::string::npos;
}

struct Subject {
  data::Dataset& dataset;
  const ValidateOptions& options;
  const Contract& contract;
  std::vector<std::string> absent;                // fields that are no columns
  std::vector<std::string> excused;               // of these, those that may be absent this time
  std::map<std::string, std::string> formatted;   // dates with a format: the field, and the column of its values
  std::map<std::string, std::uint64_t> mistyped;  // how many values of a field do not fit its type
  References& references;
  Context& ctx;

  [[nodiscard]] bool has(const std::string& name) const {
    return std::find(absent.begin(), absent.end(), name) == absent.end();
  }
  // Why a check of these fields cannot be evaluated; nothing when all are columns.
  struct Lack {
    std::string reason;
    bool excused = true;  // each of them may be absent: the check has not failed
  };
  [[nodiscard]] std::optional<Lack> lack_of(const std::vector<std::string>& fields) const {
    Lack lack;
    std::vector<std::string> names;
    for (const auto& name : fields) {
      if (has(name)) continue;
      names.push_back(quoted(name));
      lack.excused = lack.excused && std::find(excused.begin(), excused.end(), name) != excused.end();
    }
    if (names.empty()) return std::nullopt;
    lack.reason = "the data have no column " + join(names, ", ");
    return lack;
  }
  // The column of a field's values.
  [[nodiscard]] const std::string& column(const std::string& field) const {
    const auto found = formatted.find(field);
    return found == formatted.end() ? field : found->second;
  }
  [[nodiscard]] std::string sql(const std::string& field) const { return dataset.sql(column(field)); }
  [[nodiscard]] std::vector<std::string> present_fields() const {
    std::vector<std::string> names;
    for (const auto& field : contract.fields)
      if (has(field.name)) names.push_back(field.name);
    return names;
  }
};

}  // namespace mlsys::contract
