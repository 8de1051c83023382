#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/contract.hpp"
#include "parse.hpp"
#include "string_formats.hpp"
#include "type_names.hpp"
#include "values.hpp"

namespace mlsys::contract {
namespace {

constexpr std::string_view schema_name = "mlsys.contract";
constexpr int schema_version = 1;

constexpr CheckKind field_kinds[] = {CheckKind::type,    CheckKind::required, CheckKind::range,  CheckKind::enumeration,
                                     CheckKind::pattern, CheckKind::length,   CheckKind::format, CheckKind::unique};
constexpr CheckKind table_kinds[] = {CheckKind::schema, CheckKind::new_columns, CheckKind::column_order,
                                     CheckKind::primary_key, CheckKind::foreign_key};

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
    severities[read_kind(name, allowed, reader.subject())] = read_severity(reader, "severity", value);
  return severities;
}

std::map<CheckKind, double> read_tolerances(ObjectReader& reader) {
  std::map<CheckKind, double> tolerances;
  if (!reader.has("tolerance")) return tolerances;
  ObjectReader shares(reader.object("tolerance"), reader.subject() + " 'tolerance'");
  for (const auto& [name, value] : reader.object("tolerance").items())
    tolerances[read_kind(name, field_kinds, reader.subject())] = read_tolerance(shares, name);
  return tolerances;
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

// strptime's directives of dates and times; DuckDB has the last word when the contract is used.
bool is_time_pattern(std::string_view text) {
  constexpr std::string_view directives = "YymdHMSfjbBpIzuaAeTDF%-";
  bool any = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    ++i;
    if (i == text.size() || directives.find(text[i]) == std::string_view::npos) return false;
    any = any || text[i] != '%';
  }
  return any;
}

std::string read_format(ObjectReader& reader, std::optional<data::ColumnType> type) {
  std::string format = reader.text("format", "default");
  if (format == "default") return {};
  if (type == data::ColumnType::text) {
    if (!string_format(format)) unknown_name("string format", format, string_formats(), reader.subject());
  } else if (type == data::ColumnType::date || type == data::ColumnType::timestamp) {
    if (!is_time_pattern(format))
      reader.fail("format", "must be \"default\" or a pattern of strptime such as %d/%m/%Y");
  } else {
    reader.fail("format", "of a field of type '" + std::string(type_name(type)) + "' can only be \"default\"");
  }
  return format;
}

[[noreturn]] void unknown_type(const std::string& type, const std::string& subject) {
  if (const auto ours = type_elsewhere(to_lower_ascii(type)))
    throw Error(Code::usage,
                "unknown field type " + quoted(type) + " in " + subject + "; known: " + join(type_names(), ", "),
                "here it is called '" + std::string(type_name(ours)) + "'");
  unknown_name("field type", type, type_names(), subject);
}

Field read_field(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  Field field;
  field.name = reader.text("name");
  if (field.name.empty()) reader.fail("name", "must not be empty");
  const std::string type = reader.text("type", "any");
  if (!read_type(type, field.type)) unknown_type(type, subject);
  field.title = reader.text("title", "");
  field.description = reader.text("description", "");
  reader.ignore("example");
  field.format = read_format(reader, field.type);
  field.serving = reader.boolean("serving", true);
  const std::string inside = subject + " (" + quoted(field.name, 40) + ")";
  if (reader.has("constraints")) read_constraints(reader.object("constraints"), inside + " 'constraints'", field);
  field.severity = read_severities(reader, field_kinds);
  field.tolerance = read_tolerances(reader);
  reader.finish();
  return field;
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

// A key into the table itself: fields of types whose values can be the same.
void require_own_fields(const Contract& contract, const ForeignKey& key, const ObjectReader& reader) {
  require_fields(contract, key.references, reader, "reference");
  const auto written = [&](const std::string& name) {
    const auto type = contract.find(name)->type;
    if (type == data::ColumnType::real) return std::optional(data::ColumnType::integer);
    return type == data::ColumnType::timestamp ? std::optional(data::ColumnType::date) : type;
  };
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const auto here = written(key.columns[i]);
    const auto there = written(key.references[i]);
    if (here && there && here != there)
      reader.fail("reference",
                  "names " + quoted(key.references[i]) + ", whose type is not that of " + quoted(key.columns[i]));
  }
}

// One name or a list of them.
std::vector<std::string> read_names(ObjectReader& reader, std::string_view key) {
  const Json* json = reader.maybe(key);
  if (json == nullptr) return {};
  if (json->is_string()) return {json->get<std::string>()};
  return reader.texts(key);
}

ForeignKey read_foreign_key(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  ForeignKey key;
  key.columns = read_names(reader, "fields");
  if (key.columns.empty()) reader.fail("fields", "must name at least one field");
  ObjectReader reference(reader.object("reference"), subject + " 'reference'");
  key.resource = reference.text("resource", "");
  key.references = read_names(reference, "fields");
  if (key.references.size() != key.columns.size()) reference.fail("fields", "must be as many as the key's own");
  reference.finish();
  reader.finish();
  return key;
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
  std::size_t index = 0;
  std::set<std::string> names;
  for (const Json& item : reader.array("fields")) {
    Field field = read_field(item, name + " 'fields[" + std::to_string(index++) + "]'");
    if (!names.insert(field.name).second) reader.fail("fields", "has two fields named " + quoted(field.name));
    contract.fields.push_back(std::move(field));
  }
  if (contract.fields.empty()) reader.fail("fields", "must hold at least one field");

  contract.primary_key = read_names(reader, "primaryKey");
  require_fields(contract, contract.primary_key, reader, "primaryKey");
  if (reader.has("foreignKeys")) {
    index = 0;
    for (const Json& item : reader.array("foreignKeys")) {
      const std::string place = name + " 'foreignKeys[" + std::to_string(index++) + "]'";
      ForeignKey key = read_foreign_key(item, place);
      const ObjectReader inside(item, place);
      require_fields(contract, key.columns, inside, "fields");
      if (key.resource.empty()) require_own_fields(contract, key, inside);
      contract.foreign_keys.push_back(std::move(key));
    }
  }
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
      const bool labels = has_label(check.kind);
      require_fields(contract, check.columns, inside, labels ? "inputs" : "columns");
      require_fields(contract, check.by, inside, "by");
      if (!check.column.empty()) require_fields(contract, {check.column}, inside, labels ? "label" : "column");
      contract.checks.push_back(std::move(check));
    }
  }
  reader.finish();
  return contract;
}

Contract read_contract(const std::filesystem::path& file) {
  const std::string subject = "contract " + quoted(file.string());
  std::string text;
  try {
    text = read_file(file);
  } catch (const Error& error) {
    if (error.code() != Code::not_found || !error.hint().empty()) throw;
    throw Error(error.code(), error.message(), "draft one: mlsys data infer DATA -o " + shell_word(file.string()));
  }
  return parse_contract(text, subject);
}

}  // namespace mlsys::contract
