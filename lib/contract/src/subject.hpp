// What is checked, with everything that checks need to know of it.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/contract/validate.hpp"
#include "mlsys/data/dataset.hpp"
#include "references.hpp"

namespace mlsys::contract {

struct Subject {
  data::Dataset& dataset;
  const ValidateOptions& options;
  const Contract& contract;
  std::vector<std::string> absent;               // fields that are no columns
  std::map<std::string, std::string> formatted;  // dates with a format: the field, and the column of its values
  References& references;
  Context& ctx;

  [[nodiscard]] bool has(const std::string& name) const {
    return std::find(absent.begin(), absent.end(), name) == absent.end();
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
