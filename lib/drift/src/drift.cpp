#include "mlsys/drift/drift.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "compare.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/parallel.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/drift/statistics.hpp"

namespace mlsys::drift {
namespace {

using data::ColumnInfo;
using data::ColumnType;

bool is_number(ColumnType type) { return type == ColumnType::integer || type == ColumnType::real; }
bool is_time(ColumnType type) { return type == ColumnType::date || type == ColumnType::timestamp; }

// Types of one family are compared with each other.
bool same_family(ColumnType a, ColumnType b) {
  return a == b || (is_number(a) && is_number(b)) || (is_time(a) && is_time(b));
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void require_share(double value, std::string_view option, bool open) {
  const bool good = open ? value > 0 && value < 1 : value >= 0 && value <= 1;
  if (!good) throw Error(Code::usage, std::string(option) + " is " + shortest(value) + ": it must lie between 0 and 1");
}

class Comparison {
 public:
  Comparison(const DriftOptions& options, Context& ctx) : options_(options), ctx_(ctx) {}

  DriftReport run() {
    require_share(options_.alpha, "alpha", true);
    require_share(options_.numeric_effect, "the effect of numbers", false);
    require_share(options_.categorical_effect, "the effect of categories", false);
    require_share(options_.missing_effect, "the least change of the share of missing values", false);
    require_share(options_.max_share, "the greatest share of drifted columns", false);
    if (!options_.profile && !options_.computed.empty())
      throw Error(Code::usage, "computed columns can only be compared with a profile");
    open();
    settle_columns();
    compare();
    decide();
    return std::move(report_);
  }

 private:
  void open() {
    if (options_.profile) {
      if (options_.profile->rows == 0)
        throw Error(Code::failed, "cannot compare with " + options_.profile_subject + ": it is of no row");
      report_.reference = options_.profile_subject;
      report_.reference_rows = options_.profile->rows;
      for (const auto& column : options_.profile->columns) reference_columns_.push_back({column.name, column.type});
    } else {
      reference_.emplace(data::Dataset::open(options_.reference, ctx_));
      reference_->require_rows("compare");
      derive(*reference_);
      report_.reference = reference_->subject();
      report_.reference_where = options_.reference.where;
      report_.reference_rows = reference_->rows();
      reference_columns_ = reference_->columns();
    }
    current_.emplace(options_.current_types.empty()
                         ? data::Dataset::open(options_.current, ctx_)
                         : data::Dataset::open(options_.current, options_.current_types, ctx_));
    current_->require_rows("compare");
    // A model's inputs have types; values without them are no drift but another kind of data.
    current_->refuse_cast_failures("compare " + current_->subject() + " with " + report_.reference,
                                   "which the model was trained on");
    derive(*current_);
    current_columns_ = current_->columns();
    for (const auto& computed : options_.computed) {
      if (computed.values.size() != current_->rows())
        throw Error(Code::failed, "cannot compare " + current_->subject() + ": " + quoted(computed.name) +
                                      " does not have one value per row");
      current_columns_.push_back({computed.name, ColumnType::real});
    }
    report_.current = current_->subject();
    report_.current_where = options_.current.where;
    report_.current_rows = current_->rows();
    report_.alpha = options_.alpha;
    report_.max_share = options_.max_share;
  }

  void derive(data::Dataset& dataset) const {
    for (const auto& derivation : options_.derivations) dataset.derive(derivation.name, derivation.expression);
  }

  // ---- which columns, and how

  void settle_columns() {
    std::vector<ColumnInfo> all = reference_columns_;
    for (const auto& column : current_columns_)
      if (find(reference_columns_, column.name) == nullptr) all.push_back(column);
    data::check_roles(options_.roles, all, "compare", report_.reference + " with " + report_.current);
    for (const auto& name : options_.roles.features) {
      require_in(reference_columns_, name, report_.reference);
      require_in(current_columns_, name, report_.current);
    }
    for (const auto& column : all) {
      ColumnDrift& drift = report_.columns.emplace_back();
      drift.name = column.name;
      drift.type = column.type;
      drift.role = role_of(column.name);
      drift.reason = why_not(column);
      drift.threshold = is_number(column.type) ? options_.numeric_effect : options_.categorical_effect;
    }
  }

  static const ColumnInfo* find(const std::vector<ColumnInfo>& columns, std::string_view name) {
    const auto it = std::find_if(columns.begin(), columns.end(), [&](const ColumnInfo& c) { return c.name == name; });
    return it == columns.end() ? nullptr : &*it;
  }

  void require_in(const std::vector<ColumnInfo>& columns, const std::string& name, const std::string& subject) const {
    if (find(columns, name) != nullptr) return;
    std::vector<std::string> names;
    for (const auto& column : columns) names.push_back(column.name);
    throw Error(Code::usage,
                "cannot compare " + report_.reference + " with " + report_.current + ": " + subject +
                    " has no column " + quoted(name),
                data::hint_for_column(name, names));
  }

  std::string role_of(const std::string& name) const {
    const auto& roles = options_.roles;
    const std::pair<const std::string*, const char*> named[] = {
        {&roles.target, "target"}, {&roles.score, "score"}, {&roles.id, "id"},       {&roles.time, "time"},
        {&roles.weight, "weight"}, {&roles.query, "query"}, {&roles.group, "group"},
    };
    for (const auto& [column, role] : named)
      if (*column == name) return role;
    return {};
  }

  // Why a column is not compared, or nothing.
  std::string why_not(const ColumnInfo& column) const {
    const std::string role = role_of(column.name);
    for (const std::string_view skipped : {"id", "time", "weight", "query", "group"})
      if (role == skipped) return "its role is " + role;
    if (contains(options_.roles.exclude, column.name)) return "excluded";
    if (!options_.roles.features.empty() && !contains(options_.roles.features, column.name) && role.empty())
      return "not among the features";
    const ColumnInfo* before = find(reference_columns_, column.name);
    const ColumnInfo* now = find(current_columns_, column.name);
    if (before == nullptr) return "only in the current data";
    if (now == nullptr) return "only in the reference";
    if (is_time(before->type) && is_time(now->type)) return "a point in time";
    return {};
  }

  // ---- comparing

  data::As form_of(const ColumnDrift& drift) const {
    const ColumnInfo& before = *find(reference_columns_, drift.name);
    const ColumnInfo& now = *find(current_columns_, drift.name);
    return is_number(before.type) && is_number(now.type) ? data::As::float64 : data::As::category;
  }

  void compare() {
    std::vector<ColumnDrift*> open;
    for (auto& column : report_.columns)
      if (column.reason.empty() && !compare_computed(column)) open.push_back(&column);
    const std::uint64_t rows = report_.current_rows + (reference_ ? report_.reference_rows : 0);
    const std::uint64_t bytes = std::max<std::uint64_t>(rows, 1) * 2 * sizeof(double);
    const std::uint64_t group = std::max<std::uint64_t>(1, ctx_.memory_budget / 4 / bytes);
    ctx_.progress->begin("Comparing", open.size(), "columns");
    for (std::uint64_t begin = 0; begin < open.size(); begin += group) {
      const std::uint64_t end = std::min<std::uint64_t>(open.size(), begin + group);
      std::vector<data::ColumnRequest> requests;
      for (std::uint64_t i = begin; i < end; ++i) requests.push_back({open[i]->name, form_of(*open[i])});
      data::Frame before;
      if (reference_) before = reference_->read(requests, ctx_);
      data::Frame now = current_->read(requests, ctx_);
      parallel_for(end - begin, ctx_.threads, [&](std::size_t i) {
        ctx_.check_stop();
        compare_column(*open[begin + i], reference_ ? &before.columns[i] : nullptr, now.columns[i]);
      });
      ctx_.progress->update(end, {});
    }
    ctx_.progress->end();
  }

  // True when the column is a computed one.
  bool compare_computed(ColumnDrift& drift) const {
    for (const auto& computed : options_.computed) {
      if (computed.name != drift.name) continue;
      data::Column column;
      column.name = computed.name;
      column.type = ColumnType::real;
      column.as = data::As::float64;
      column.f64 = computed.values;
      column.missing = static_cast<std::uint64_t>(
          std::count_if(column.f64.begin(), column.f64.end(), [](double value) { return std::isnan(value); }));
      compare_column(drift, nullptr, column);
      return true;
    }
    return false;
  }

  void compare_column(ColumnDrift& drift, data::Column* before, data::Column& now) const {
    const profile::ColumnProfile* model = before == nullptr ? options_.profile->find(drift.name) : nullptr;
    const ColumnType type_before = find(reference_columns_, drift.name)->type;
    const ColumnType type_now = find(current_columns_, drift.name)->type;
    drift.reference.rows = report_.reference_rows;
    drift.reference.missing = model != nullptr ? model->missing : before->missing + before->nan;
    drift.current.rows = report_.current_rows;
    drift.current.missing = now.missing + now.nan;
    if (!same_family(type_before, type_now)) return compare_types(drift, type_before, type_now);
    const Reference reference = model != nullptr ? Reference(model) : Reference(before);
    const bool feature = contains(options_.roles.features, drift.name);
    if (now.as == data::As::float64)
      compare_numbers(drift, reference, now, feature);
    else
      compare_categories(drift, reference, now, feature);
    compare_missing(drift, options_.missing_effect);
  }

  // Columns without a value have no type of their own.
  void compare_types(ColumnDrift& drift, ColumnType before, ColumnType now) const {
    const bool none_before = drift.reference.missing == drift.reference.rows;
    const bool none_now = drift.current.missing == drift.current.rows;
    drift.tested = !(none_before && none_now);
    drift.drifted = drift.tested;
    if (none_before && none_now)
      drift.reason = "no value on either side";
    else if (none_before || none_now)
      drift.reason = std::string("no value in the ") + (none_before ? "reference" : "current") + " data";
    else
      drift.reason = "its type has changed from " + std::string(name_of(before)) + " to " + std::string(name_of(now));
  }

  // ---- the verdict

  // Every test counts, those of missing values too.
  void correct() {
    std::vector<double> p_values;
    for (const auto& column : report_.columns) {
      if (column.p_value) p_values.push_back(*column.p_value);
      if (column.missing) p_values.push_back(column.missing->p_value);
    }
    const std::vector<double> adjusted = benjamini_hochberg(p_values);
    auto next = adjusted.begin();
    for (auto& column : report_.columns) {
      if (column.p_value) column.p_adjusted = *next++;
      if (column.missing) column.missing->p_adjusted = *next++;
    }
  }

  void judge(ColumnDrift& column) const {
    std::vector<std::string> why;
    const auto drifts = [&](const std::string& of, double p, double effect, double threshold) {
      if (!(p < options_.alpha && effect >= threshold)) return false;
      why.push_back(of + "p " + significant(p, 3) + " < " + shortest(options_.alpha) + " and effect " +
                    significant(effect, 3) + " ≥ " + shortest(threshold));
      return true;
    };
    if (column.p_value) column.drifted = drifts("", *column.p_adjusted, *column.effect, column.threshold);
    if (auto& missing = column.missing) {
      missing->drifted = drifts("missing values: ", missing->p_adjusted, missing->effect, missing->threshold);
      column.drifted = column.drifted || missing->drifted;
    }
    if (!column.notes.empty()) why.push_back(column.notes);
    if (!column.p_value && !column.reason.empty()) why.push_back(column.reason);
    if (column.p_value || column.missing) column.reason = join(why, "; ");
  }

  void decide() {
    correct();
    for (auto& column : report_.columns) {
      judge(column);
      report_.tested += column.tested;
      report_.drifted_columns += column.drifted;
    }
    if (report_.tested == 0)
      throw Error(Code::usage,
                  "cannot compare " + report_.reference + " with " + report_.current + ": no column is left to test",
                  "every column has a role, is a time or an identifier, or is on one side only");
    report_.share = static_cast<double>(report_.drifted_columns) / static_cast<double>(report_.tested);
    report_.drifted = report_.share > options_.max_share;
  }

  const DriftOptions& options_;
  Context& ctx_;
  std::optional<data::Dataset> reference_;
  std::optional<data::Dataset> current_;
  std::vector<ColumnInfo> reference_columns_;
  std::vector<ColumnInfo> current_columns_;  // computed ones last
  DriftReport report_;
};

Json maybe(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json side_to_json(const SideSummary& side) {
  const double share = side.rows == 0 ? 0.0 : static_cast<double>(side.missing) / static_cast<double>(side.rows);
  Json json = {{"rows", side.rows}, {"missing", side.missing}, {"missing_share", share}};
  if (side.mean) json["mean"] = *side.mean;
  if (side.sd) json["sd"] = *side.sd;
  if (!side.shares.empty()) json["shares"] = side.shares;
  return json;
}

Json column_to_json(const ColumnDrift& column) {
  const auto text = [](const std::string& value) { return value.empty() ? Json(nullptr) : Json(value); };
  Json json = {{"name", column.name},
               {"type", name_of(column.type)},
               {"role", text(column.role)},
               {"test", text(column.test)},
               {"statistic", maybe(column.statistic)},
               {"p_value", maybe(column.p_value)},
               {"p_adjusted", maybe(column.p_adjusted)},
               {"effect", maybe(column.effect)},
               {"threshold", column.threshold},
               {"tested", column.tested},
               {"drifted", column.drifted},
               {"reason", text(column.reason)}};
  if (column.missing)
    json["missing_test"] = {{"test", "chi2"},
                            {"statistic", column.missing->statistic},
                            {"p_value", column.missing->p_value},
                            {"p_adjusted", column.missing->p_adjusted},
                            {"effect", column.missing->effect},
                            {"threshold", column.missing->threshold},
                            {"drifted", column.missing->drifted}};
  if (!column.tested) return json;
  json["definition"] = text(column.definition);
  json["reference"] = side_to_json(column.reference);
  json["current"] = side_to_json(column.current);
  if (!column.categories.empty())
    json["categories"] = column.categories;
  else if (column.low < column.high)
    json["bins"] = {{"low", column.low}, {"high", column.high}};
  if (!column.new_categories.empty()) {
    json["new_categories"] = Json::array();
    for (const auto& one : column.new_categories)
      json["new_categories"].push_back({{"value", one.value}, {"count", one.count}});
  }
  return json;
}

Json source_to_json(const std::string& subject, const std::string& where, std::uint64_t rows) {
  return {{"subject", subject}, {"where", where.empty() ? Json() : Json(where)}, {"rows", rows}};
}

}  // namespace

DriftReport drift(const DriftOptions& options, Context& ctx) { return Comparison(options, ctx).run(); }

Json to_json(const DriftReport& report) {
  Json columns = Json::array();
  for (const auto& column : report.columns) columns.push_back(column_to_json(column));
  return {{"schema", "mlsys.drift/1"},
          {"verdict", report.drifted ? "drifted" : "stable"},
          {"reference", source_to_json(report.reference, report.reference_where, report.reference_rows)},
          {"current", source_to_json(report.current, report.current_where, report.current_rows)},
          {"alpha", report.alpha},
          {"tested", report.tested},
          {"drifted_columns", report.drifted_columns},
          {"share", report.share},
          {"max_share", report.max_share},
          {"columns", std::move(columns)}};
}

}  // namespace mlsys::drift
