#include "mlsys/contract/compare.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "type_names.hpp"
#include "values.hpp"

namespace mlsys::contract {
namespace {

using data::ColumnType;

// Whether every value of one type is one of the other.
bool is_part_of(std::optional<ColumnType> narrow, std::optional<ColumnType> wide) {
  if (narrow == wide || !wide) return true;
  if (!narrow) return false;
  return (narrow == ColumnType::integer && wide == ColumnType::real) ||
         (narrow == ColumnType::date && wide == ColumnType::timestamp) || wide == ColumnType::text;
}

class FieldComparison {
 public:
  FieldComparison(const Field& before, const Field& after, std::vector<Change>& changes)
      : before_(before), after_(after), changes_(changes), place_("field " + quoted(before.name)) {}

  void run() {
    compare_types();
    compare_flag("required", before_.required, after_.required, "values may be missing", "values may not be missing");
    compare_flag("unique", before_.unique, after_.unique, "values may occur twice", "values may not occur twice");
    const auto type = before_.type.value_or(ColumnType::text);
    const bool comparable = before_.type == after_.type;
    const auto ordered = [&](const std::string& a, const std::string& b) { return comparable && less(a, b, type); };
    compare_bound("minimum", before_.minimum, after_.minimum,
                  [&](const auto& a, const auto& b) { return ordered(a, b); });
    compare_bound("maximum", before_.maximum, after_.maximum,
                  [&](const auto& a, const auto& b) { return ordered(b, a); });
    const auto number = [](const std::string& text) { return parse_int(text).value(); };
    compare_bound("minLength", length(before_.min_length), length(after_.min_length),
                  [&](const auto& a, const auto& b) { return number(a) < number(b); });
    compare_bound("maxLength", length(before_.max_length), length(after_.max_length),
                  [&](const auto& a, const auto& b) { return number(b) < number(a); });
    compare_text("pattern", before_.pattern.value_or(""), after_.pattern.value_or(""));
    compare_text("format", before_.format, after_.format);
    compare_values();
    compare_flag("serving", before_.serving, after_.serving, "it is not there when a model is used",
                 "it is there when a model is used");
    compare_severities();
    compare_tolerances();
  }

 private:
  void add(std::string text, bool readers, bool writers) {
    changes_.push_back({place_, std::move(text), readers, writers});
  }

  static std::optional<std::string> length(const std::optional<std::uint64_t>& value) {
    return value ? std::optional(std::to_string(*value)) : std::nullopt;
  }

  void compare_types() {
    if (before_.type == after_.type) return;
    add("type is " + std::string(type_name(after_.type)) + ", was " + std::string(type_name(before_.type)),
        !is_part_of(after_.type, before_.type), !is_part_of(before_.type, after_.type));
  }

  // A promise that is there or not.
  void compare_flag(const std::string& name, bool before, bool after, const std::string& given_up,
                    const std::string& made) {
    if (before != after) add(name + ": " + (after ? made : given_up), before, after);
  }

  // `looser(a, b)`: a lets more values pass than b.
  void compare_bound(const std::string& name, const std::optional<std::string>& before,
                     const std::optional<std::string>& after,
                     const std::function<bool(const std::string&, const std::string&)>& looser) {
    if (before == after) return;
    if (!after) return add(name + " " + *before + " is gone", true, false);
    if (!before) return add(name + " " + *after + " is new", false, true);
    const bool more = looser(*after, *before);
    const bool fewer = looser(*before, *after);
    // Of different types there is no saying which is looser.
    add(name + " is " + *after + ", was " + *before, more || !fewer, fewer || !more);
  }

  // Which of two expressions lets more pass cannot be told.
  void compare_text(const std::string& name, const std::string& before, const std::string& after) {
    if (before == after) return;
    if (after.empty()) return add(name + " " + before + " is gone", true, false);
    if (before.empty()) return add(name + " " + after + " is new", false, true);
    add(name + " is " + after + ", was " + before, true, true);
  }

  void compare_values() {
    if (before_.values == after_.values) return;
    if (after_.values.empty()) return add("enum is gone", true, false);
    if (before_.values.empty()) return add("enum is new", false, true);
    const auto lacking = [](const std::vector<std::string>& from, const std::vector<std::string>& in) {
      std::vector<std::string> names;
      for (const auto& value : from)
        if (std::find(in.begin(), in.end(), value) == in.end()) names.push_back(quoted(value, 40));
      return names;
    };
    const auto shown = [](const std::vector<std::string>& names) { return some_of(names, 5); };
    const auto fresh = lacking(after_.values, before_.values);
    const auto gone = lacking(before_.values, after_.values);
    if (!fresh.empty()) add("enum also has " + shown(fresh), true, false);
    if (!gone.empty()) add("enum no longer has " + shown(gone), false, true);
  }

  void compare_severities() {
    for (const auto& entry : NameTable<CheckKind>::entries) {
      const Severity was = severity_of(before_, entry.value);
      const Severity is = severity_of(after_, entry.value);
      if (was != is)
        add(std::string(entry.name) + " is of severity " + std::string(name_of(is)) + ", was " +
                std::string(name_of(was)),
            is == Severity::warn, is == Severity::error);
    }
  }

  void compare_tolerances() {
    const auto of = [](const Field& field, CheckKind kind) {
      const auto found = field.tolerance.find(kind);
      return found == field.tolerance.end() ? 0.0 : found->second;
    };
    for (const auto& entry : NameTable<CheckKind>::entries) {
      const double was = of(before_, entry.value);
      const double is = of(after_, entry.value);
      if (was != is)
        add("tolerance of " + std::string(entry.name) + " is " + shortest(is) + ", was " + shortest(was), is > was,
            is < was);
    }
  }

  const Field& before_;
  const Field& after_;
  std::vector<Change>& changes_;
  std::string place_;
};

// What is checked, whatever the limits and the severity.
Check subject_of(const Check& check) {
  Check subject = check;
  subject.name.clear();
  subject.severity = Severity::error;
  subject.tolerance = 0;
  subject.minimum = subject.maximum = std::nullopt;
  subject.maximum_age = 0;
  return subject;
}

// The names of checks are for people.
bool same_check(const Check& a, const Check& b) {
  Check named = a;
  named.name = b.name;
  return named == b;
}

std::string title_of(const Check& check) {
  std::vector<std::string> names;
  if (!check.column.empty()) names.push_back(quoted(check.column));
  for (const auto& column : check.columns) names.push_back(quoted(column));
  return "check " + (check.name.empty() ? std::string(name_of(check.kind)) : quoted(check.name)) +
         (names.empty() ? "" : " of " + join(names, ", "));
}

// Two checks of the same subject.
class CheckComparison {
 public:
  CheckComparison(const Check& before, const Check& after, std::vector<Change>& changes)
      : before_(before), after_(after), changes_(changes) {}

  void run() {
    if (before_.severity != after_.severity)
      add("severity", std::string(name_of(before_.severity)), std::string(name_of(after_.severity)),
          after_.severity == Severity::warn);
    if (before_.tolerance != after_.tolerance)
      add("tolerance", shortest(before_.tolerance), shortest(after_.tolerance), after_.tolerance > before_.tolerance);
    if (before_.maximum_age != after_.maximum_age)
      add("maximum_age", age_text(before_.maximum_age), age_text(after_.maximum_age),
          after_.maximum_age > before_.maximum_age);
    compare_limit("minimum", before_.minimum, after_.minimum, -std::numeric_limits<double>::infinity(),
                  [](double a, double b) { return a < b; });
    compare_limit("maximum", before_.maximum, after_.maximum, std::numeric_limits<double>::infinity(),
                  [](double a, double b) { return a > b; });
  }

 private:
  void add(const std::string& what, const std::string& was, const std::string& is, bool looser) {
    changes_.push_back({title_of(after_), what + " is " + is + ", was " + was, looser, !looser});
  }

  void compare_limit(const std::string& what, std::optional<double> was, std::optional<double> is, double none,
                     bool (*looser)(double, double)) {
    if (was == is) return;
    const auto text = [](std::optional<double> limit) { return limit ? shortest(*limit) : std::string("none"); };
    add(what, text(was), text(is), looser(is.value_or(none), was.value_or(none)));
  }

  const Check& before_;
  const Check& after_;
  std::vector<Change>& changes_;
};

void compare_checks(const std::vector<Check>& before, const std::vector<Check>& after, const Json& old_json,
                    const Json& new_json, std::vector<Change>& changes) {
  std::vector<std::uint8_t> matched(after.size(), 0);
  const auto match = [&](const auto& fits) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < after.size(); ++i)
      if (matched[i] == 0 && fits(after[i])) {
        matched[i] = 1;
        return i;
      }
    return std::nullopt;
  };
  // Those that are the same first: of two limits on one subject, each finds itself.
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (!match([&](const Check& other) { return same_check(before[i], other); })) changed.push_back(i);
  for (const std::size_t i : changed) {
    const auto other = match([&](const Check& one) { return subject_of(one) == subject_of(before[i]); });
    if (other)
      CheckComparison(before[i], after[*other], changes).run();
    else
      changes.push_back({"contract", "check is gone: " + to_line(old_json["checks"][i]), true, false});
  }
  for (std::size_t i = 0; i < after.size(); ++i)
    if (matched[i] == 0)
      changes.push_back({"contract", "check is new: " + to_line(new_json["checks"][i]), false, true});
}

// Promises of the table that are either the same or not: keys.
void compare_lists(const std::string& what, std::vector<std::string> before, std::vector<std::string> after,
                   std::vector<Change>& changes) {
  for (const auto& one : before) {
    const auto same = std::find(after.begin(), after.end(), one);
    if (same == after.end())
      changes.push_back({"contract", what + " is gone: " + one, true, false});
    else
      after.erase(same);
  }
  for (const auto& one : after) {
    const auto same = std::find(before.begin(), before.end(), one);
    if (same == before.end())
      changes.push_back({"contract", what + " is new: " + one, false, true});
    else
      before.erase(same);
  }
}

// What the contract says beside its fields, in pieces.
std::vector<std::string> pieces(const Json& contract, const char* key) {
  std::vector<std::string> lines;
  if (const auto found = contract.find(key); found != contract.end())
    for (const auto& one : *found) lines.push_back(to_line(one));
  return lines;
}

}  // namespace

CompareReport compare(const Contract& before, const Contract& after) {
  CompareReport report;
  auto& changes = report.changes;
  for (const auto& field : before.fields) {
    if (const Field* other = after.find(field.name))
      FieldComparison(field, *other, changes).run();
    else
      changes.push_back({"field " + quoted(field.name), "is gone", true, false});
  }
  for (const auto& field : after.fields)
    if (before.find(field.name) == nullptr) changes.push_back({"field " + quoted(field.name), "is new", false, true});

  if (before.primary_key != after.primary_key)
    changes.push_back({"contract",
                       "primaryKey is " + (after.primary_key.empty() ? "gone" : join(after.primary_key, ", ")) +
                           ", was " + (before.primary_key.empty() ? "none" : join(before.primary_key, ", ")),
                       !before.primary_key.empty(), !after.primary_key.empty()});
  const auto sorted = [](std::vector<std::string> values) {
    std::sort(values.begin(), values.end());
    return values;
  };
  if (sorted(before.missing_values) != sorted(after.missing_values))
    changes.push_back({"contract", "missingValues are others", true, true});
  for (const CheckKind kind : {CheckKind::schema, CheckKind::new_columns, CheckKind::column_order,
                               CheckKind::primary_key, CheckKind::foreign_key}) {
    const Severity was = severity_of(before, kind);
    const Severity is = severity_of(after, kind);
    if (kind == CheckKind::column_order && before.severity.contains(kind) != after.severity.contains(kind))
      changes.push_back({"contract",
                         after.severity.contains(kind) ? "columns have an order" : "columns no longer have an order",
                         before.severity.contains(kind), after.severity.contains(kind)});
    else if (was != is)
      changes.push_back({"contract",
                         std::string(name_of(kind)) + " is of severity " + std::string(name_of(is)) + ", was " +
                             std::string(name_of(was)),
                         is == Severity::warn, is == Severity::error});
  }
  const Json old_json = to_json(before);
  const Json new_json = to_json(after);
  compare_lists("foreignKey", pieces(old_json, "foreignKeys"), pieces(new_json, "foreignKeys"), changes);
  compare_checks(before.checks, after.checks, old_json, new_json, changes);
  report.compatible =
      std::none_of(changes.begin(), changes.end(), [](const Change& change) { return change.breaks_readers; });
  return report;
}

Json to_json(const CompareReport& report, std::string_view before, std::string_view after) {
  Json changes = Json::array();
  for (const auto& change : report.changes)
    changes.push_back({{"place", change.place},
                       {"change", change.text},
                       {"breaks_readers", change.breaks_readers},
                       {"breaks_writers", change.breaks_writers}});
  return {{"schema", "mlsys.data.contracts/1"},
          {"verdict", report.compatible ? "compatible" : "breaking"},
          {"before", before},
          {"after", after},
          {"changes", std::move(changes)}};
}

}  // namespace mlsys::contract
