#include "table_checks.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "label_leakage.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/profile/association.hpp"
#include "mlsys/profile/distance.hpp"
#include "mlsys/profile/moments.hpp"
#include "type_names.hpp"

namespace mlsys::contract {
namespace {

using data::ColumnType;

bool is_time(ColumnType type) { return type == ColumnType::date || type == ColumnType::timestamp; }

class TableCheck {
 public:
  TableCheck(const Check& check, const Subject& subject, CheckResult& result)
      : check_(check), subject_(subject), dataset_(subject.dataset), ctx_(subject.ctx), result_(result) {}

  void run() {
    switch (check_.kind) {
      case CheckKind::rows:
        return rows();
      case CheckKind::class_ratio:
        return class_ratio();
      case CheckKind::freshness:
        return freshness();
      case CheckKind::statistic:
        return statistic();
      case CheckKind::distribution:
        return distribution();
      case CheckKind::label_leakage:
        return label_leakage();
      case CheckKind::association:
        return association();
      default:
        break;
    }
  }

 private:
  [[nodiscard]] bool within(double value) const {
    return (!check_.minimum || value >= *check_.minimum) && (!check_.maximum || value <= *check_.maximum);
  }

  // The same of what the check is about, which is reported.
  [[nodiscard]] bool measured_within(double value) {
    result_.value = value;
    return within(value);
  }

  [[nodiscard]] std::string limits() const { return limits_text(check_.minimum, check_.maximum); }

  [[nodiscard]] double share_of(std::uint64_t part, std::uint64_t whole) const {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  }

  void fail(std::string reason) {
    result_.failures = 1;
    result_.failing_share = 1;
    result_.reason = std::move(reason);
  }

  void not_evaluated(const std::string& why) {
    result_.passed = false;
    result_.reason = "not evaluated: " + why;
  }

  [[noreturn]] void refuse(const std::string& why, const std::string& hint = {}) const {
    throw Error(Code::usage,
                subject_.options.contract_subject + ": the check " + quoted(result_.name) + " of column " +
                    quoted(check_.column) + ": " + why,
                hint);
  }

  // Of a table its rows, of a profile those it was made from.
  [[nodiscard]] std::uint64_t rows_of_reference() const {
    if (const profile::Profile* profile = subject_.references.profile(check_.reference)) return profile->rows;
    return subject_.references.table(check_.reference, {}).rows();
  }

  void compare_rows() {
    const std::uint64_t there = rows_of_reference();
    result_.expected = "rows " + limits() + " of those of " + quoted(check_.reference, 40);
    if (there == 0) return not_evaluated("the reference has no rows");
    const double share = static_cast<double>(dataset_.rows()) / static_cast<double>(there);
    if (!measured_within(share))
      fail(counted(dataset_.rows(), "row") + ", " + significant(share, 4) + " of " + with_thousands(there));
  }

  void rows() {
    if (!check_.reference.empty()) return compare_rows();
    result_.expected = limits() + (check_.minimum == 1 && !check_.maximum ? " row" : " rows");
    if (!measured_within(static_cast<double>(dataset_.rows()))) fail(counted(dataset_.rows(), "row"));
  }

  void class_ratio() {
    result_.expected = "share of each class " + limits();
    const std::string column = subject_.sql(check_.column);
    const data::Result classes = dataset_.query(
        "SELECT " + column + ", count(*) AS n FROM data WHERE " + column + " IS NOT NULL GROUP BY ALL ORDER BY ALL",
        ctx_);
    std::vector<std::pair<std::string, std::uint64_t>> counts;
    std::set<std::string> seen;
    std::uint64_t labelled = 0;
    for (std::uint64_t row = 0; row < classes.rows(); ++row) {
      counts.emplace_back(classes.text(row, 0), static_cast<std::uint64_t>(classes.integer(row, 1)));
      seen.insert(counts.back().first);
      labelled += counts.back().second;
    }
    for (const auto& name : known_classes())
      if (!seen.contains(name)) counts.emplace_back(name, 0);
    if (labelled == 0) return not_evaluated("no row has a class");
    std::vector<std::string> failing;
    for (const auto& [name, count] : counts) {
      const double share = share_of(count, labelled);
      if (within(share)) continue;
      result_.failures += 1;
      result_.failing_share += share_of(count, dataset_.rows());
      if (failing.size() < 10) failing.push_back("class " + quoted(name, 40) + " has " + significant(share, 4));
    }
    if (!failing.empty()) result_.reason = join(failing, ", ");
  }

  // The classes that the contract says there are: one that no row has is the rarest of all.
  [[nodiscard]] std::vector<std::string> known_classes() const {
    const Field& field = *subject_.contract.find(check_.column);
    if (field.values.empty() && field.type == ColumnType::boolean) return {"false", "true"};
    return field.values;
  }

  void freshness() {
    const ColumnType type = dataset_.require(subject_.column(check_.column), "validate").type;
    if (!is_time(type)) refuse("it holds " + std::string(name_of(type)) + " values, and only times have an age");
    result_.expected = "a row that is at most " + age_text(check_.maximum_age) + " old";
    const std::string column = "CAST(" + subject_.sql(check_.column) + " AS TIMESTAMP)";
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(ctx_.now().time_since_epoch()).count();
    // A clock that runs ahead must not make old data look fresh: rows of the future do not count.
    const std::string past = column + " <= make_timestamp(" + std::to_string(now) + ")";
    const data::Result times = dataset_.query("SELECT max(CASE WHEN " + past + " THEN " + column + " END), count(" +
                                                  column + ") - count(CASE WHEN " + past + " THEN 1 END) FROM data",
                                              ctx_);
    const auto newest = times.maybe_integer(0, 0);
    const auto ahead = static_cast<std::uint64_t>(times.integer(0, 1));
    const std::string future = ahead > 0 ? "; " + counted(ahead, "row is", "rows are") + " of the future" : "";
    if (!newest) return fail("no row has a time of the past" + future);
    const auto age = static_cast<std::uint64_t>((now - *newest) / 1'000'000);
    result_.value = static_cast<double>(age);
    if (age <= check_.maximum_age) return;
    fail("the newest row is of " + data::format_timestamp(*newest) + ", " + human_seconds(static_cast<double>(age)) +
         " ago" + future);
  }

  // The value as a number, nothing when there is none.
  std::optional<double> measure(ColumnType type) const {
    const std::string column = subject_.sql(check_.column);
    const auto ask = [&](const std::string& what) {
      const bool whole = what.find(" FROM ") != std::string::npos;
      return dataset_.query("SELECT " + what + (whole ? "" : " FROM data"), ctx_).maybe_real(0, 0);
    };
    if (check_.statistic == Statistic::distinct) return ask("count(DISTINCT " + column + ")");
    if (check_.statistic == Statistic::top_share) {
      const auto most =
          ask("max(n) FROM (SELECT count(*) AS n FROM data WHERE " + column + " IS NOT NULL GROUP BY " + column + ")");
      return most ? std::optional(share_of(static_cast<std::uint64_t>(*most), dataset_.rows())) : std::nullopt;
    }
    if (check_.statistic == Statistic::missing_share) {
      // Of the values as they are written: one that does not fit the type or format is not missing.
      const auto without = ask("count(*) - count(" + dataset_.sql(check_.column) + ")");
      const auto mistyped = subject_.mistyped.find(check_.column);
      return share_of(
          static_cast<std::uint64_t>(*without) - (mistyped == subject_.mistyped.end() ? 0 : mistyped->second),
          dataset_.rows());
    }
    if (type != ColumnType::integer && type != ColumnType::real)
      refuse("it holds " + std::string(name_of(type)) + " values, and " + std::string(name_of(check_.statistic)) +
                 " is of numbers",
             "distinct, top_share and missing_share are of any column");
    const std::string value = "CAST(" + column + " AS DOUBLE)";
    const std::string finite = "CASE WHEN isfinite(" + value + ") THEN " + value + " END";
    switch (check_.statistic) {
      case Statistic::minimum:
        return ask("min(" + finite + ")");
      case Statistic::maximum:
        return ask("max(" + finite + ")");
      case Statistic::quantile:
        return ask("quantile_cont(" + finite + ", " + shortest(check_.share) + ")");
      default:
        break;
    }
    if (check_.statistic == Statistic::sum && type == ColumnType::integer)
      return ask("CAST(sum(" + column + ") AS DOUBLE)");
    const profile::Moments moments = moments_of_column(subject_, check_.column);
    if (check_.statistic == Statistic::sum)
      return moments.count > 0 ? std::optional(moments.mean * static_cast<double>(moments.count)) : std::nullopt;
    const std::uint64_t needed = check_.statistic == Statistic::sd ? 2 : 1;
    if (moments.count < needed) return std::nullopt;
    return check_.statistic == Statistic::sd ? moments.deviation() : moments.mean;
  }

  void statistic() {
    std::string what(name_of(check_.statistic));
    if (check_.statistic == Statistic::quantile) what += " " + shortest(check_.share);
    result_.expected = what + " " + limits();
    const auto value = measure(dataset_.require(subject_.column(check_.column), "validate").type);
    if (!value) return not_evaluated("there is no value that has one");
    if (!measured_within(*value)) fail(what + " is " + significant(*value, 6));
  }

  // The profile of a column: every category, and every number that `like` has or, without it, that there is.
  [[nodiscard]] profile::ColumnProfile profile_of(const data::Dataset& data, const std::string& column, data::As as,
                                                  const profile::ColumnProfile* like) const {
    const data::Frame frame = data.read({{column, as}}, ctx_);
    profile::ColumnProfile made = profile::column_profile(frame.columns.front(), like, profile::Points::all);
    if (as == data::As::category) made.categories = profile::count_categories(frame.columns.front());
    return made;
  }

  // Which cell changed most: "most in 'ATL', from 20% to 35%".
  [[nodiscard]] static std::string most_changed(const profile::ColumnProfile& reference,
                                                const profile::ColumnProfile& current) {
    const auto share = [](std::uint64_t count, std::uint64_t whole) {
      return 100 * static_cast<double>(count) / static_cast<double>(whole);
    };
    const auto cells = profile::align(reference, current);
    const auto change = [&](const profile::Cell& cell) {
      return std::abs(share(cell.current, values_of(current)) - share(cell.reference, values_of(reference)));
    };
    const auto most = std::max_element(cells.begin(), cells.end(),
                                       [&](const auto& a, const auto& b) { return change(a) < change(b); });
    return "most in " + quoted(most->value, 40) + ", from " +
           significant(share(most->reference, values_of(reference)), 3) + "% to " +
           significant(share(most->current, values_of(current)), 3) + "%";
  }

  [[nodiscard]] static std::uint64_t values_of(const profile::ColumnProfile& column) {
    return column.rows - column.missing - column.infinite;
  }

  [[nodiscard]] static std::string_view full_name(profile::Measure measure) {
    switch (measure) {
      case profile::Measure::ks:
        return "Kolmogorov-Smirnov D";
      case profile::Measure::js:
        return "Jensen-Shannon distance";
      case profile::Measure::psi:
        return "population stability index";
      case profile::Measure::chi2:
        return "p-value of chi-squared";
    }
    return "distance";
  }

  void distribution() {
    result_.expected = (check_.measure ? std::string(name_of(*check_.measure)) + " " : "") + limits() + " from " +
                       quoted(check_.reference, 40);
    const std::string& column = subject_.column(check_.column);
    const data::ColumnInfo& info = dataset_.require(column, "validate");
    if (is_time(info.type)) refuse("times have no distribution to compare");
    const bool numeric = info.type == ColumnType::integer || info.type == ColumnType::real;
    if (!numeric && check_.measure == profile::Measure::ks)
      refuse("its values have no order, which ks needs", "js, psi and chi2 measure categories");
    profile::ColumnProfile made;
    const profile::ColumnProfile* reference = &made;
    if (const profile::Profile* whole = subject_.references.profile(check_.reference)) {
      reference = whole->find(check_.column);
      if (reference == nullptr) refuse("the profile " + quoted(check_.reference) + " has no such column");
    } else {
      const data::Dataset& table = subject_.references.table(check_.reference, {{check_.column, info.type}});
      made = profile_of(table, check_.column, numeric ? data::As::float64 : data::As::category, nullptr);
    }
    if (reference->kind != (numeric ? profile::Kind::numeric : profile::Kind::categorical))
      return fail("the reference holds " + std::string(name_of(reference->type)) + " values, the data " +
                  std::string(name_of(info.type)));
    const data::As as = !numeric ? data::As::category : reference->float32 ? data::As::float32 : data::As::float64;
    const profile::ColumnProfile current = profile_of(dataset_, column, as, reference);
    if (values_of(*reference) == 0) return not_evaluated("the reference has no value");
    if (values_of(current) == 0) return fail("the data have no value");
    const profile::Measure measure = check_.measure.value_or(profile::usual_measure(reference->kind));
    const double value = profile::measure(*reference, current, measure);
    if (measured_within(value)) return;
    std::string reason = std::string(full_name(measure)) + " is " + significant(value, 4);
    if (measure != profile::Measure::ks) reason += ", " + most_changed(*reference, current);
    fail(std::move(reason));
  }

  void label_leakage() {
    const std::vector<std::string> inputs = inputs_of(check_, subject_);
    std::vector<std::string> columns;
    for (const auto& name : inputs) columns.push_back(subject_.column(name));
    std::string measure;
    std::string why;
    const auto powers = input_powers(dataset_, subject_.column(check_.column), columns, measure, why, ctx_);
    if (!why.empty()) return not_evaluated(why);
    if (powers.empty()) return not_evaluated("there is no input column");
    result_.expected = measure + " of each input at most " + shortest(*check_.maximum);
    std::vector<std::string> telling;
    for (std::size_t i = 0; i < powers.size(); ++i) {
      if (powers[i].power <= *check_.maximum) continue;
      result_.failures += 1;
      if (telling.size() < 10) telling.push_back(quoted(inputs[i], 40) + " has " + significant(powers[i].power, 4));
    }
    result_.failing_share = share_of(result_.failures, powers.size());
    if (!telling.empty()) result_.reason = join(telling, ", ");
  }

  // What the reference says of its inputs, be it a table or a printed profile.
  [[nodiscard]] profile::Associations associations_there(const std::vector<std::string>& inputs) const {
    if (const auto* printed = subject_.references.associations(check_.reference)) {
      if (printed->measure.empty())
        refuse("the profile " + quoted(check_.reference) + " was made without a target",
               "mlsys data profile FILE --target " + check_.column + " --json");
      if (printed->target != check_.column)
        refuse("the profile " + quoted(check_.reference) + " says how columns go with " + quoted(printed->target));
      return *printed;
    }
    if (subject_.references.profile(check_.reference) != nullptr)
      refuse("the profile " + quoted(check_.reference) + " does not say how columns go with another",
             "name a table, or what this prints: mlsys data profile FILE --target " + check_.column + " --json");
    const data::Dataset& table = subject_.references.table(check_.reference, columns_of(check_, subject_));
    profile::Associations there;
    const profile::Target target = profile::read_target(table, check_.column, subject_.contract.roles.positive, ctx_);
    there.measure = target.measure;
    for (const auto& name : inputs)
      if (const auto value = profile::association(table, name, target, ctx_)) there.of[name] = *value;
    return there;
  }

  void association() {
    result_.expected = "association of each input with the label within " + shortest(*check_.maximum) + " of that in " +
                       quoted(check_.reference, 40);
    const std::vector<std::string> inputs = inputs_of(check_, subject_);
    const profile::Associations there = associations_there(inputs);
    const profile::Target target =
        profile::read_target(dataset_, subject_.column(check_.column), subject_.contract.roles.positive, ctx_);
    if (target.measure.empty()) return not_evaluated("the label is neither a number nor of two classes");
    if (target.measure != there.measure)
      return fail("the label is measured by " + target.measure + ", in the reference by " +
                  (there.measure.empty() ? "nothing" : there.measure));
    std::uint64_t compared = 0;
    std::vector<std::string> changed;
    for (const auto& name : inputs) {
      const auto before = there.of.find(name);
      if (before == there.of.end()) continue;  // it has none there, so there is nothing to be kept
      ++compared;
      const auto now = profile::association(dataset_, subject_.column(name), target, ctx_);
      if (now && std::abs(*now - before->second) <= *check_.maximum) continue;
      result_.failures += 1;
      if (changed.size() < 10)
        changed.push_back(quoted(name, 40) + " went from " + significant(before->second, 4) + " to " +
                          (now ? significant(*now, 4) : std::string("none")));
    }
    if (compared == 0) return not_evaluated("no input has an association in the reference");
    result_.failing_share = share_of(result_.failures, compared);
    if (!changed.empty()) result_.reason = target.measure + ": " + join(changed, ", ");
  }

  const Check& check_;
  const Subject& subject_;
  const data::Dataset& dataset_;
  Context& ctx_;
  CheckResult& result_;
};

}  // namespace

profile::Moments moments_of_column(const Subject& subject, const std::string& field) {
  profile::MomentsAccumulator sum;
  subject.dataset.scan({{subject.column(field), data::As::float64}}, 1 << 16, subject.ctx, [&](data::Frame& batch) {
    auto& values = batch.columns.front().f64;
    std::erase_if(values, [](double one) { return !std::isfinite(one); });
    sum.add(std::span<const double>(values));
  });
  return sum.result();
}

std::vector<std::string> inputs_of(const Check& check, const Subject& subject) {
  if (!check.columns.empty()) return check.columns;
  std::vector<std::string> inputs;
  const auto& roles = subject.contract.roles;
  for (const auto& name : subject.present_fields())
    if (name != check.column && name != roles.weight && name != roles.score &&
        (check.kind != CheckKind::association || name != roles.id))
      inputs.push_back(name);
  return inputs;
}

std::vector<data::ColumnInfo> columns_of(const Check& check, const Subject& subject) {
  std::vector<std::string> names = inputs_of(check, subject);
  names.push_back(check.column);
  std::vector<data::ColumnInfo> columns;
  for (const auto& name : names)
    columns.push_back({name, subject.dataset.require(subject.column(name), "validate").type});
  return columns;
}

bool is_of_the_table(CheckKind kind) {
  switch (kind) {
    case CheckKind::rows:
    case CheckKind::class_ratio:
    case CheckKind::freshness:
    case CheckKind::statistic:
    case CheckKind::distribution:
    case CheckKind::label_leakage:
    case CheckKind::association:
      return true;
    default:
      return false;
  }
}

bool is_of_the_columns(CheckKind kind) {
  return kind == CheckKind::schema || kind == CheckKind::new_columns || kind == CheckKind::column_order;
}

void check_table(const Check& check, const Subject& subject, CheckResult& result) {
  TableCheck(check, subject, result).run();
}

std::string limits_text(const std::optional<double>& minimum, const std::optional<double>& maximum) {
  if (!maximum) return "at least " + shortest(*minimum);
  if (!minimum) return "at most " + shortest(*maximum);
  return "between " + shortest(*minimum) + " and " + shortest(*maximum);
}

}  // namespace mlsys::contract
