#include "mlsys/contract/contract.hpp"

#include <algorithm>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "parse.hpp"
#include "type_names.hpp"
#include "values.hpp"

namespace mlsys::contract {
namespace {

Json severities_to_json(const std::map<CheckKind, Severity>& severities) {
  Json json = Json::object();
  for (const auto& [kind, severity] : severities) json[std::string(name_of(kind))] = name_of(severity);
  return json;
}

Json constraints_to_json(const Field& field) {
  Json json = Json::object();
  if (field.required) json["required"] = true;
  if (field.unique) json["unique"] = true;
  if (field.minimum) json["minimum"] = value_to_json(*field.minimum, field.type.value());
  if (field.maximum) json["maximum"] = value_to_json(*field.maximum, field.type.value());
  if (field.min_length) json["minLength"] = *field.min_length;
  if (field.max_length) json["maxLength"] = *field.max_length;
  if (field.pattern) json["pattern"] = *field.pattern;
  for (const auto& value : field.values) json["enum"].push_back(value_to_json(value, field.type.value()));
  return json;
}

Json field_to_json(const Field& field) {
  Json json = {{"name", field.name}, {"type", type_name(field.type)}};
  if (!field.format.empty()) json["format"] = field.format;
  if (!field.title.empty()) json["title"] = field.title;
  if (!field.description.empty()) json["description"] = field.description;
  if (Json constraints = constraints_to_json(field); !constraints.empty()) json["constraints"] = std::move(constraints);
  if (!field.severity.empty()) json["severity"] = severities_to_json(field.severity);
  for (const auto& [kind, share] : field.tolerance) json["tolerance"][std::string(name_of(kind))] = share;
  if (!field.serving) json["serving"] = false;
  return json;
}

// Whole numbers as integers.
Json number_to_json(double value, bool whole) {
  if (whole) return static_cast<std::uint64_t>(value);
  return value;
}

Json check_to_json(const Check& check) {
  Json json = {{"check", name_of(check.kind)}};
  if (!check.name.empty()) json["name"] = check.name;
  if (!check.expression.empty()) json["expression"] = check.expression;
  const bool labels = has_label(check.kind);
  if (!check.column.empty()) json[labels ? "label" : "column"] = check.column;
  if (!check.columns.empty()) json[labels ? "inputs" : "columns"] = check.columns;
  if (!check.by.empty()) json["by"] = check.by;
  if (check.descending) json["descending"] = true;
  if (check.strict) json["strict"] = true;
  if (check.kind == CheckKind::freshness) json["maximum_age"] = age_text(check.maximum_age);
  if (check.kind == CheckKind::statistic) json["statistic"] = name_of(check.statistic);
  if (check.kind == CheckKind::statistic && check.statistic == Statistic::quantile) json["share"] = check.share;
  if (!check.reference.empty()) json["reference"] = check.reference;
  if (check.measure) json["measure"] = name_of(*check.measure);
  if (check.kind == CheckKind::outliers) {
    json["method"] = name_of(check.method);
    json["factor"] = check.factor;
  }
  const bool whole =
      (check.kind == CheckKind::rows && check.reference.empty()) || check.statistic == Statistic::distinct;
  if (check.minimum) json["minimum"] = number_to_json(*check.minimum, whole);
  if (check.maximum) json["maximum"] = number_to_json(*check.maximum, whole);
  if (check.tolerance > 0) json["tolerance"] = check.tolerance;
  json["severity"] = name_of(check.severity);
  return json;
}

}  // namespace

const Field* Contract::find(std::string_view name) const {
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return it == fields.end() ? nullptr : &*it;
}

std::optional<data::ColumnType> read_as(const Field& field) {
  return field.format.empty() ? field.type : std::optional(data::ColumnType::text);
}

Severity severity_of(const Contract& contract, CheckKind kind) {
  const auto it = contract.severity.find(kind);
  if (it != contract.severity.end()) return it->second;
  return kind == CheckKind::new_columns ? Severity::warn : Severity::error;
}

Severity severity_of(const Field& field, CheckKind kind) {
  const auto it = field.severity.find(kind);
  return it == field.severity.end() ? Severity::error : it->second;
}

Json to_json(const Contract& contract) {
  Json json = {{"schema", "mlsys.contract/1"}};
  if (!contract.title.empty()) json["title"] = contract.title;
  if (!contract.description.empty()) json["description"] = contract.description;
  if (!contract.missing_values.empty()) {
    json["missingValues"] = Json::array({""});
    for (const auto& value : contract.missing_values) json["missingValues"].push_back(value);
  }
  json["fields"] = Json::array();
  for (const auto& field : contract.fields) json["fields"].push_back(field_to_json(field));
  if (!contract.primary_key.empty()) json["primaryKey"] = contract.primary_key;
  for (const auto& key : contract.foreign_keys)
    json["foreignKeys"].push_back(
        {{"fields", key.columns}, {"reference", {{"resource", key.resource}, {"fields", key.references}}}});
  if (contract.roles != data::Roles{}) json["roles"] = data::to_json(contract.roles);
  if (!contract.severity.empty()) json["severity"] = severities_to_json(contract.severity);
  for (const auto& check : contract.checks) json["checks"].push_back(check_to_json(check));
  return json;
}

Contract restrict_to(const Contract& contract, const std::vector<std::string>& columns) {
  Contract part;
  part.title = contract.title;
  part.description = contract.description;
  part.missing_values = contract.missing_values;
  part.severity = contract.severity;
  part.severity.erase(CheckKind::primary_key);
  part.severity.erase(CheckKind::foreign_key);
  for (const auto& column : columns)
    if (const Field* field = contract.find(column)) part.fields.push_back(*field);
  return part;
}

}  // namespace mlsys::contract
