#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/contract.hpp"
#include "type_names.hpp"
#include "values.hpp"

namespace mlsys::contract {
namespace {

constexpr std::string_view schema_name = "mlsys.contract";
constexpr int schema_version = 1;

constexpr CheckKind field_kinds[] = {CheckKind::type,    CheckKind::required, CheckKind::range, CheckKind::enumeration,
                                     CheckKind::pattern, CheckKind::length,   CheckKind::unique};
constexpr CheckKind table_kinds[] = {CheckKind::schema, CheckKind::new_columns, CheckKind::primary_key};
constexpr CheckKind listed_kinds[] = {
    CheckKind::expression,         CheckKind::rows,       CheckKind::unique, CheckKind::duplicates,
    CheckKind::conflicting_labels, CheckKind::class_ratio};

// The kind among `allowed`, or an error that lists those.
CheckKind read_kind(std::string_view name, std::span<const CheckKind> allowed) {
  std::vector<std::string> names;
  for (const CheckKind kind : allowed) {
    if (name_of(kind) == name) return kind;
    names.emplace_back(name_of(kind));
  }
  unknown_name("check", name, names);
}

Severity read_severity(ObjectReader& reader, std::string_view key, const Json& value) {
  if (!value.is_string()) reader.fail(key, "must be \"warn\" or \"error\"");
  return parse_name<Severity>(value.get<std::string>());
}

std::map<CheckKind, Severity> read_severities(ObjectReader& reader, std::span<const CheckKind> allowed) {
  std::map<CheckKind, Severity> severities;
  const Json* json = reader.maybe("severity");
  if (json == nullptr) return severities;
  if (json->is_string()) {
    for (const CheckKind kind : allowed) severities[kind] = read_severity(reader, "severity", *json);
    return severities;
  }
  if (!json->is_object()) reader.fail("severity", "must be \"warn\", \"error\" or an object of check and severity");
  for (const auto& [name, value] : json->items())
    severities[read_kind(name, allowed)] = read_severity(reader, "severity", value);
  return severities;
}

std::optional<std::uint64_t> read_count(ObjectReader& reader, std::string_view key) {
  if (!reader.has(key)) return std::nullopt;
  const std::int64_t value = reader.integer(key);
  if (value < 0) reader.fail(key, "must not be negative");
  return static_cast<std::uint64_t>(value);
}

// A bound or enumerated value in its canonical text.
std::string read_value(ObjectReader& reader, std::string_view key, const Json& json, data::ColumnType type) {
  const auto text = value_from_json(json, type);
  if (!text)
    reader.fail(key, "has " + quoted(to_line(json)) + ", which is not of type '" + std::string(type_name(type)) + "'");
  return *text;
}

void read_constraints(const Json& json, const std::string& subject, Field& field) {
  ObjectReader reader(json, subject);
  field.required = reader.boolean("required", false);
  field.unique = reader.boolean("unique", false);
  const auto type = field.type;
  const auto only_for = [&](std::string_view key, std::initializer_list<data::ColumnType> types) {
    if (!reader.has(key)) return false;
    if (!type) reader.fail(key, "needs a field with a type");
    if (std::find(types.begin(), types.end(), *type) == types.end())
      reader.fail(key, "cannot constrain a field of type '" + std::string(type_name(type)) + "'");
    return true;
  };
  using enum data::ColumnType;
  for (const auto& [key, bound] : {std::pair{"minimum", &field.minimum}, std::pair{"maximum", &field.maximum}})
    if (only_for(key, {integer, real, date, timestamp})) *bound = read_value(reader, key, reader.any(key), *type);
  if (only_for("minLength", {text})) field.min_length = read_count(reader, "minLength");
  if (only_for("maxLength", {text})) field.max_length = read_count(reader, "maxLength");
  if (only_for("pattern", {text})) field.pattern = reader.text("pattern");
  if (only_for("enum", {boolean, integer, real, text, date, timestamp})) {
    std::set<std::string> seen;
    for (const Json& item : reader.array("enum")) {
      std::string value = read_value(reader, "enum", item, *type);
      if (!seen.insert(value).second) reader.fail("enum", "lists " + quoted(value) + " twice");
      field.values.push_back(std::move(value));
    }
    if (field.values.empty()) reader.fail("enum", "lists no value");
  }
  reader.finish();

  if (field.minimum && field.maximum && less(*field.maximum, *field.minimum, *type))
    reader.fail("minimum", "is above 'maximum'");
  if (field.min_length && field.max_length && *field.min_length > *field.max_length)
    reader.fail("minLength", "is above 'maxLength'");
  for (const auto& value : field.values)
    if ((field.minimum && less(value, *field.minimum, *type)) || (field.maximum && less(*field.maximum, value, *type)))
      reader.fail("enum", "lists " + quoted(value) + ", which is outside 'minimum' and 'maximum'");
}

Field read_field(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  Field field;
  field.name = reader.text("name");
  if (field.name.empty()) reader.fail("name", "must not be empty");
  const std::string type = reader.text("type", "any");
  if (!read_type(type, field.type)) unknown_name("field type", type, type_names());
  field.title = reader.text("title", "");
  field.description = reader.text("description", "");
  reader.ignore("example");
  if (reader.text("format", "default") != "default") reader.fail("format", "can only be \"default\"");
  const std::string inside = subject + " (" + quoted(field.name, 40) + ")";
  if (reader.has("constraints")) read_constraints(reader.object("constraints"), inside + " 'constraints'", field);
  field.severity = read_severities(reader, field_kinds);
  reader.finish();
  return field;
}

void read_limits(ObjectReader& reader, Check& check, double highest) {
  check.minimum = reader.maybe_number("minimum");
  check.maximum = reader.maybe_number("maximum");
  if (!check.minimum && !check.maximum) reader.fail("minimum", "or 'maximum' must be given");
  for (const auto& [key, limit] : {std::pair{"minimum", check.minimum}, std::pair{"maximum", check.maximum}})
    if (limit && !(*limit >= 0 && *limit <= highest)) reader.fail(key, "must lie between 0 and " + shortest(highest));
  if (check.minimum && check.maximum && *check.minimum > *check.maximum) reader.fail("minimum", "is above 'maximum'");
}

Check read_check(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  Check check;
  check.kind = read_kind(reader.text("check"), listed_kinds);
  check.name = reader.text("name", "");
  if (const Json* severity = reader.maybe("severity")) check.severity = read_severity(reader, "severity", *severity);
  switch (check.kind) {
    case CheckKind::expression:
      check.expression = reader.text("expression");
      if (trim(check.expression).empty()) reader.fail("expression", "must not be empty");
      break;
    case CheckKind::rows: {
      constexpr double exact = 9007199254740992.0;  // 2^53
      read_limits(reader, check, exact);
      for (const auto& [key, limit] : {std::pair{"minimum", check.minimum}, std::pair{"maximum", check.maximum}})
        if (limit && *limit != std::floor(*limit)) reader.fail(key, "must be a whole number");
      break;
    }
    case CheckKind::unique:
      check.columns = reader.texts("columns");
      if (check.columns.empty()) reader.fail("columns", "must name at least one column");
      break;
    case CheckKind::duplicates:
      check.columns = reader.texts("columns");
      break;
    case CheckKind::conflicting_labels:
      check.column = reader.text("label");
      check.columns = reader.texts("inputs");
      if (std::find(check.columns.begin(), check.columns.end(), check.column) != check.columns.end())
        reader.fail("inputs", "holds the label");
      break;
    case CheckKind::class_ratio:
      check.column = reader.text("column");
      read_limits(reader, check, 1);
      break;
    default:
      break;
  }
  reader.finish();
  return check;
}

// Every column is a field, and none is named twice.
void require_fields(const Contract& contract, const std::vector<std::string>& columns, const ObjectReader& reader,
                    std::string_view key) {
  std::vector<std::string> names;
  for (const auto& field : contract.fields) names.push_back(field.name);
  std::set<std::string> seen;
  for (const auto& column : columns) {
    if (contract.find(column) == nullptr)
      throw Error(
          Code::usage,
          reader.subject() + ": key '" + std::string(key) + "' names " + quoted(column) + ", which is not a field",
          did_you_mean(column, names));
    if (!seen.insert(column).second) reader.fail(key, "names " + quoted(column) + " twice");
  }
}

std::vector<std::string> read_key(ObjectReader& reader) {
  const Json* json = reader.maybe("primaryKey");
  if (json == nullptr) return {};
  if (json->is_string()) return {json->get<std::string>()};
  return reader.texts("primaryKey");
}

}  // namespace

Contract parse_contract(std::string_view text, std::string_view subject) {
  const std::string name(subject);
  const Json document = parse_json(text, name, Code::usage);
  ObjectReader reader(document, name);
  if (reader.has("schema")) check_schema(document, schema_name, schema_version, name);
  reader.ignore("schema");
  reader.ignore("$schema");  // of Frictionless: says which edition of the standard, never what the data are
  Contract contract;
  contract.title = reader.text("title", "");
  contract.description = reader.text("description", "");
  for (const auto& value : reader.texts("missingValues"))
    if (!value.empty()) contract.missing_values.push_back(value);
  if (reader.has("foreignKeys")) reader.fail("foreignKeys", "is not supported");

  std::size_t index = 0;
  std::set<std::string> names;
  for (const Json& item : reader.array("fields")) {
    Field field = read_field(item, name + " 'fields[" + std::to_string(index++) + "]'");
    if (!names.insert(field.name).second) reader.fail("fields", "has two fields named " + quoted(field.name));
    contract.fields.push_back(std::move(field));
  }
  if (contract.fields.empty()) reader.fail("fields", "must hold at least one field");

  contract.primary_key = read_key(reader);
  require_fields(contract, contract.primary_key, reader, "primaryKey");
  if (const Json* roles = reader.maybe("roles")) {
    contract.roles = data::roles_from_json(*roles, name + " 'roles'");
    std::vector<data::ColumnInfo> columns;
    for (const auto& field : contract.fields)
      columns.push_back({field.name, field.type.value_or(data::ColumnType::text)});
    data::check_roles(contract.roles, columns, "use the roles of", name);
  }
  contract.severity = read_severities(reader, table_kinds);
  if (reader.has("checks")) {
    index = 0;
    for (const Json& item : reader.array("checks")) {
      const std::string place = name + " 'checks[" + std::to_string(index++) + "]'";
      Check check = read_check(item, place);
      const ObjectReader inside(item, place);
      require_fields(contract, check.columns, inside,
                     check.kind == CheckKind::conflicting_labels ? "inputs" : "columns");
      if (!check.column.empty())
        require_fields(contract, {check.column}, inside,
                       check.kind == CheckKind::conflicting_labels ? "label" : "column");
      contract.checks.push_back(std::move(check));
    }
  }
  reader.finish();
  return contract;
}

}  // namespace mlsys::contract
