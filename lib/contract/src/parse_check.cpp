// The entries of "checks".
#include <algorithm>
#include <cmath>
#include <limits>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "parse.hpp"

namespace mlsys::contract {
namespace {

constexpr CheckKind listed_kinds[] = {CheckKind::expression,    CheckKind::rows,
                                      CheckKind::unique,        CheckKind::duplicates,
                                      CheckKind::class_ratio,   CheckKind::conflicting_labels,
                                      CheckKind::order,         CheckKind::freshness,
                                      CheckKind::null_words,    CheckKind::outliers,
                                      CheckKind::statistic,     CheckKind::distribution,
                                      CheckKind::overlap,       CheckKind::unseen_categories,
                                      CheckKind::label_leakage, CheckKind::association};

bool counts_rows(CheckKind kind) {
  switch (kind) {
    case CheckKind::expression:
    case CheckKind::unique:
    case CheckKind::duplicates:
    case CheckKind::conflicting_labels:
    case CheckKind::order:
    case CheckKind::null_words:
    case CheckKind::outliers:
    case CheckKind::overlap:
    case CheckKind::unseen_categories:
      return true;
    default:
      return false;
  }
}

void read_limits(ObjectReader& reader, Check& check, double lowest, double highest) {
  check.minimum = reader.maybe_number("minimum");
  check.maximum = reader.maybe_number("maximum");
  if (!check.minimum && !check.maximum) reader.fail("minimum", "or 'maximum' must be given");
  for (const auto& [key, limit] : {std::pair{"minimum", check.minimum}, std::pair{"maximum", check.maximum}})
    if (limit && !(*limit >= lowest && *limit <= highest))
      reader.fail(key, "must lie between " + shortest(lowest) + " and " + shortest(highest));
  if (check.minimum && check.maximum && *check.minimum > *check.maximum) reader.fail("minimum", "is above 'maximum'");
}

void read_whole_limits(ObjectReader& reader, Check& check) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  read_limits(reader, check, 0, exact);
  for (const auto& [key, limit] : {std::pair{"minimum", check.minimum}, std::pair{"maximum", check.maximum}})
    if (limit && *limit != std::floor(*limit)) reader.fail(key, "must be a whole number");
}

void read_maximum(ObjectReader& reader, Check& check, std::optional<double> fallback, double most = 1) {
  check.maximum = reader.has("maximum") || !fallback ? reader.number("maximum") : *fallback;
  if (!(*check.maximum >= 0 && *check.maximum <= most))
    reader.fail("maximum", "must lie between 0 and " + shortest(most));
}

void read_statistic(ObjectReader& reader, Check& check) {
  check.column = reader.text("column");
  check.statistic = parse_name<Statistic>(reader.text("statistic"), reader.subject());
  switch (check.statistic) {
    case Statistic::distinct:
      return read_whole_limits(reader, check);
    case Statistic::top_share:
    case Statistic::missing_share:
      return read_limits(reader, check, 0, 1);
    case Statistic::quantile:
      check.share = reader.number("share");
      if (!(check.share >= 0 && check.share <= 1)) reader.fail("share", "must lie between 0 and 1");
      break;
    default:
      break;
  }
  constexpr double most = std::numeric_limits<double>::max();
  read_limits(reader, check, check.statistic == Statistic::sd ? 0 : -most, most);
}

void read_labels(ObjectReader& reader, Check& check) {
  check.column = reader.text("label");
  check.columns = reader.texts("inputs");
  if (std::find(check.columns.begin(), check.columns.end(), check.column) != check.columns.end())
    reader.fail("inputs", "holds the label");
}

void read_reference(ObjectReader& reader, Check& check) {
  check.reference = reader.text("reference");
  if (check.reference.empty()) reader.fail("reference", "must not be empty");
}

// How far at most; of a p-value, which is small where much has changed, how small at least.
void read_distribution(ObjectReader& reader, Check& check) {
  check.column = reader.text("column");
  read_reference(reader, check);
  if (reader.has("measure")) check.measure = parse_name<profile::Measure>(reader.text("measure"), reader.subject());
  if (check.measure == profile::Measure::chi2) {
    if (reader.has("maximum")) reader.fail("maximum", "cannot limit chi2, a p-value: give a 'minimum' such as 0.001");
    check.minimum = reader.number("minimum");
    if (!(*check.minimum >= 0 && *check.minimum <= 1)) reader.fail("minimum", "must lie between 0 and 1");
    return;
  }
  if (reader.has("minimum")) reader.fail("minimum", "is of the measure chi2 alone: a distance has a 'maximum'");
  constexpr double most = 1e9;  // an index has no bound of its own
  read_maximum(reader, check, std::nullopt, check.measure == profile::Measure::psi ? most : 1);
}

// Counts, or shares of the rows that another table has.
void read_rows(ObjectReader& reader, Check& check) {
  if (!reader.has("reference")) return read_whole_limits(reader, check);
  constexpr double most = 1e9;
  read_reference(reader, check);
  read_limits(reader, check, 0, most);
}

void read_outliers(ObjectReader& reader, Check& check) {
  check.column = reader.text("column");
  check.method = parse_name<OutlierMethod>(reader.text("method"), reader.subject());
  constexpr double usual[] = {3, 1.5};  // of zscore, of iqr (Tukey)
  check.factor = reader.number("factor", usual[check.method == OutlierMethod::iqr ? 1 : 0]);
  if (!(check.factor > 0)) reader.fail("factor", "must be above 0");
}

void read_order(ObjectReader& reader, Check& check) {
  check.columns = reader.texts("columns");
  if (check.columns.empty()) reader.fail("columns", "must name at least one column");
  check.by = reader.texts("by");
  for (const auto& name : check.by)
    if (std::find(check.columns.begin(), check.columns.end(), name) != check.columns.end())
      reader.fail("by", "names " + quoted(name) + ", which is among 'columns'");
  check.descending = reader.boolean("descending", false);
  check.strict = reader.boolean("strict", false);
}

void read_members(ObjectReader& reader, Check& check) {
  switch (check.kind) {
    case CheckKind::expression:
      check.expression = reader.text("expression");
      if (trim(check.expression).empty()) reader.fail("expression", "must not be empty");
      break;
    case CheckKind::rows:
      read_rows(reader, check);
      break;
    case CheckKind::null_words:
      check.columns = reader.texts("columns");
      break;
    case CheckKind::outliers:
      read_outliers(reader, check);
      break;
    case CheckKind::unique:
      check.columns = reader.texts("columns");
      if (check.columns.empty()) reader.fail("columns", "must name at least one column");
      break;
    case CheckKind::duplicates:
      check.columns = reader.texts("columns");
      break;
    case CheckKind::conflicting_labels:
      read_labels(reader, check);
      break;
    case CheckKind::class_ratio:
      check.column = reader.text("column");
      read_limits(reader, check, 0, 1);
      break;
    case CheckKind::order:
      read_order(reader, check);
      break;
    case CheckKind::freshness: {
      check.column = reader.text("column");
      const auto age = parse_age(reader.text("maximum_age"));
      if (!age) reader.fail("maximum_age", "must be a time such as \"36h\", \"7d\" or \"90 min\"");
      check.maximum_age = *age;
      break;
    }
    case CheckKind::statistic:
      read_statistic(reader, check);
      break;
    case CheckKind::distribution:
      read_distribution(reader, check);
      break;
    case CheckKind::overlap:
      check.columns = reader.texts("columns");
      read_reference(reader, check);
      break;
    case CheckKind::unseen_categories:
      check.column = reader.text("column");
      read_reference(reader, check);
      break;
    case CheckKind::label_leakage:
      read_labels(reader, check);
      read_maximum(reader, check, 0.99);
      break;
    case CheckKind::association: {
      constexpr double widest = 2;  // of correlations, from -1 to 1
      read_labels(reader, check);
      read_reference(reader, check);
      read_maximum(reader, check, std::nullopt, widest);
      break;
    }
    default:
      break;
  }
}

}  // namespace

CheckKind read_kind(std::string_view name, std::span<const CheckKind> allowed, const std::string& where) {
  std::vector<std::string> names;
  for (const CheckKind kind : allowed) {
    if (name_of(kind) == name) return kind;
    names.emplace_back(name_of(kind));
  }
  unknown_name("check", name, names, where);
}

Severity read_severity(ObjectReader& reader, std::string_view key, const Json& value) {
  if (!value.is_string()) reader.fail(key, "must be \"warn\" or \"error\"");
  return parse_name<Severity>(value.get<std::string>(), reader.subject());
}

double read_tolerance(ObjectReader& reader, std::string_view key) {
  const double share = reader.number(key);
  if (!(share >= 0 && share < 1)) reader.fail(key, "must be a share of rows, at least 0 and less than 1");
  return share;
}

Check read_check(const Json& json, const std::string& subject) {
  ObjectReader reader(json, subject);
  Check check;
  check.kind = read_kind(reader.text("check"), listed_kinds, subject);
  check.name = reader.text("name", "");
  if (const Json* severity = reader.maybe("severity")) check.severity = read_severity(reader, "severity", *severity);
  if (counts_rows(check.kind) && reader.has("tolerance")) check.tolerance = read_tolerance(reader, "tolerance");
  read_members(reader, check);
  reader.finish();
  return check;
}

}  // namespace mlsys::contract
