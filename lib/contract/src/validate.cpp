#include "mlsys/contract/validate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "parse.hpp"
#include "plan.hpp"
#include "split_rows.hpp"
#include "table_checks.hpp"
#include "type_names.hpp"

namespace mlsys::contract {
namespace {

using data::ColumnInfo;
using data::ColumnType;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

// True when every value of a column with the settled type is one of the field's type, so that it need not be read
// again.
bool fits(ColumnType settled, std::optional<ColumnType> wanted) {
  if (!wanted || settled == *wanted) return true;
  return (settled == ColumnType::integer && *wanted == ColumnType::real) ||
         (settled == ColumnType::date && *wanted == ColumnType::timestamp);
}

class Validation {
 public:
  Validation(const ValidateOptions& options, Context& ctx)
      : options_(options), contract_(options.contract), ctx_(ctx) {}

  ValidateReport run() {
    SplitOutputs outputs(options_);
    data::SourceOptions source = options_.source;
    for (const auto& text : contract_.missing_values) source.null_tokens.push_back(text);
    for (const auto& field : contract_.fields) {
      if (!field.format.empty()) source.known_dates.push_back(field.name);
      if (read_as(field) == ColumnType::text) source.text_columns.push_back(field.name);
    }
    outputs.allow(source);
    std::optional<data::Dataset> as_written;  // with the values that do not fit, when these are to be written
    data::Dataset dataset = open(source, outputs.wanted(), as_written);
    for (const auto& column : dataset.columns()) written_.push_back(column.name);
    auto formatted = derive_formatted(dataset, contract_, options_.contract_subject);
    References references(options_, ctx_);
    Subject subject{dataset, options_, contract_, absent_, excused_, std::move(formatted), {}, references, ctx_};

    if (!dataset.unread()) check_types(subject);
    std::vector<Planned> planned = plan_checks(subject);
    settle_key(dataset);
    if (dataset.unread()) with_a_hint([&] { mark(planned, subject); });
    report_.rows = dataset.rows();
    name_mistyped(dataset);
    for (auto& one : planned)
      if (one.settle) one.settle(one);
    with_a_hint([&] { count(planned, dataset); });
    for (auto& one : planned)
      if (one.result.failures > 0) one.result.samples = fetch(one, dataset);
    if (outputs.wanted()) {
      const data::Dataset& from = as_written ? *as_written : dataset;
      outputs.write(from, written_, failing_rows(planned, dataset), report_, ctx_);
    }
    for (auto& one : planned) {
      if (marked_ && one.local) valued_by_file_.insert(report_.checks.size());
      report_.checks.push_back(std::move(one.result));
    }
    for (const auto& check : report_.checks)
      if (check.kind == CheckKind::type && check.reason.empty())
        subject.mistyped[check.columns.front()] = check.failures;
    for (const auto& check : contract_.checks)
      if (is_of_the_table(check.kind)) add_table_check(check, subject);
    require_a_row(subject);
    find_places(dataset);
    conclude();
    outputs.commit();
    return std::move(report_);
  }

 private:
  // Where the contract says all that is to be known of the types, rows are read once, by the checks. Otherwise types
  // are settled first, and where they do not fit the contract's the rows are read again with those.
  data::Dataset open(const data::SourceOptions& source, bool outputs, std::optional<data::Dataset>& as_written) {
    if (auto unread = open_unread(source, outputs)) {
      report_.subject = unread->subject();
      compare_columns(*unread);
      return std::move(*unread);
    }
    data::Dataset dataset = data::Dataset::open(source, ctx_);
    derive(dataset);
    report_.subject = dataset.subject();
    compare_columns(dataset);
    report_.rows = dataset.rows();
    if (!needs_types(dataset)) return dataset;
    data::Dataset typed = data::Dataset::open(dataset.again(source), typed_columns(dataset), ctx_);
    derive(typed);
    if (outputs) as_written = std::move(dataset);
    return typed;
  }

  std::optional<data::Dataset> open_unread(const data::SourceOptions& source, bool outputs) const {
    if (outputs || !options_.derivations.empty() || source.argument == "-") return std::nullopt;
    std::vector<ColumnInfo> known;
    for (const auto& field : contract_.fields)
      if (const auto type = read_as(field)) known.push_back({field.name, *type});
    auto dataset = data::Dataset::open_unread(source, known, ctx_);
    if (!dataset) return std::nullopt;
    for (const auto& column : dataset->columns()) {
      const Field* field = contract_.find(column.name);
      if ((field == nullptr || !field->type) && is_looked_at(column.name)) return std::nullopt;
    }
    return dataset;
  }

  // Whether a check depends on the type that the column would have by its values.
  bool is_looked_at(const std::string& name) const {
    const auto names = [&](const std::vector<std::string>& columns) {
      return std::find(columns.begin(), columns.end(), name) != columns.end();
    };
    const Field* field = contract_.find(name);
    if ((field != nullptr && field->unique) || names(contract_.primary_key)) return true;
    for (const auto& key : contract_.foreign_keys)
      if (names(key.columns) || (key.resource.empty() && names(key.references))) return true;
    return std::any_of(contract_.checks.begin(), contract_.checks.end(), [&](const Check& check) {
      if (check.kind == CheckKind::expression) return may_name(check.expression, name);
      const bool all = check.columns.empty() && check.kind != CheckKind::rows && check.column.empty();
      return (all && field != nullptr) || check.column == name || names(check.columns) || names(check.by) ||
             has_label(check.kind);
    });
  }

  // An expression may fail on a value, such as a cast of a text that is no number; which one it was is not known where
  // many are computed at once.
  void with_a_hint(const std::function<void()>& compute) const {
    try {
      compute();
    } catch (const Error& error) {
      std::vector<std::string> expressions;
      for (const Check& check : contract_.checks)
        if (check.kind == CheckKind::expression) expressions.push_back(quoted(check.expression));
      if (error.code() != Code::failed || !error.hint().empty() || expressions.empty()) throw;
      throw Error(error.code(), error.message(),
                  (expressions.size() == 1 ? "if " : "if one of ") + some_of(expressions, 3) +
                      " fails on such a value: TRY_CAST and try_strptime make it missing");
    }
  }

  // Reads the rows: what each row says by itself is decided on the way, for the rest the columns are kept.
  void mark(std::vector<Planned>& planned, const Subject& subject) {
    std::vector<std::string> conditions;
    std::vector<std::string> wanted;
    const auto keep = [&](const std::vector<std::string>& fields) {
      for (const auto& name : fields)
        if (subject.has(name)) wanted.insert(wanted.end(), {subject.sql(name), subject.dataset.sql(name)});
    };
    for (const auto& one : planned) {
      if (one.local) {
        conditions.push_back(one.where);
        continue;
      }
      wanted.insert(wanted.end(), {one.count, one.from, one.where});
      keep(one.shown);
    }
    for (const auto& check : contract_.checks) {
      if (!is_of_the_table(check.kind)) continue;
      if (!check.column.empty()) keep({check.column});
      keep(check.columns);
      if (has_label(check.kind) && check.columns.empty()) keep(subject.present_fields());
    }
    for (const auto& name : key_) wanted.push_back(subject.dataset.sql(name));
    const auto held = subject.dataset.mark(conditions, join(wanted, " "), ctx_);
    std::size_t next = 0;
    for (auto& one : planned) {
      if (!one.local) continue;
      one.where = held[next].condition;
      one.result.failures = held[next].rows;
      one.result.failing_share = share(one.result.failures, subject.dataset.rows());
      one.count.clear();
      ++next;
    }
    marked_ = true;
  }

  void derive(data::Dataset& dataset) const {
    for (const auto& derivation : options_.derivations) dataset.derive(derivation.name, derivation.expression);
  }

  bool may_be_absent(const std::string& name) const {
    if ((options_.without_target || options_.serving) && name == contract_.roles.target) return true;
    const Field* field = contract_.find(name);
    return options_.serving && field != nullptr && !field->serving;
  }

  CheckResult& add(CheckKind kind, Severity severity, std::vector<std::string> columns) {
    CheckResult& result = report_.checks.emplace_back();
    result.kind = kind;
    result.name = name_of(kind);
    result.severity = severity;
    result.columns = std::move(columns);
    return result;
  }

  void compare_columns(const data::Dataset& dataset) {
    std::vector<std::string> missing;
    for (const auto& field : contract_.fields) {
      if (dataset.find(field.name) != nullptr) continue;
      absent_.push_back(field.name);
      (may_be_absent(field.name) ? excused_ : missing).push_back(field.name);
    }
    std::vector<std::string> names;
    std::vector<std::string> fresh;
    for (const auto& column : dataset.columns()) {
      names.push_back(column.name);
      if (contract_.find(column.name) == nullptr) fresh.push_back(column.name);
    }
    CheckResult& schema = add(CheckKind::schema, severity_of(contract_, CheckKind::schema), missing);
    schema.expected =
        contract_.fields.size() == 1 ? "the one field" : "all " + counted(contract_.fields.size(), "field");
    schema.failures = missing.size();
    schema.failing_share = share(missing.size(), contract_.fields.size());
    if (!missing.empty()) {
      schema.reason = "missing: " + names_text(missing);
      if (const std::string hint = did_you_mean(missing.front(), fresh); !hint.empty())
        schema.reason += " (" + hint + ")";
    }
    CheckResult& extra = add(CheckKind::new_columns, severity_of(contract_, CheckKind::new_columns), fresh);
    extra.expected = "no other columns";
    extra.failures = fresh.size();
    extra.failing_share = share(fresh.size(), names.size());
    if (!fresh.empty()) extra.reason = "new: " + names_text(fresh);
    if (contract_.severity.contains(CheckKind::column_order)) compare_order(dataset);
  }

  // Columns that are no fields may stand anywhere.
  void compare_order(const data::Dataset& dataset) {
    std::vector<std::string> wanted;
    for (const auto& field : contract_.fields)
      if (dataset.find(field.name) != nullptr) wanted.push_back(field.name);
    std::vector<std::string> found;
    for (const auto& column : dataset.columns())
      if (contract_.find(column.name) != nullptr) found.push_back(column.name);
    std::vector<std::string> moved;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i] != found[i]) moved.push_back(found[i]);
    CheckResult& order = add(CheckKind::column_order, severity_of(contract_, CheckKind::column_order), moved);
    order.expected = "the contract's order";
    order.failures = moved.size();
    order.failing_share = share(moved.size(), found.size());
    if (!moved.empty()) order.reason = "in another place: " + names_text(moved);
  }

  static std::string names_text(const std::vector<std::string>& names) {
    std::vector<std::string> texts;
    for (const auto& name : names) texts.push_back(quoted(name, 40));
    return some_of(texts, 10);
  }

  bool is_derived(const std::string& name) const {
    return std::any_of(options_.derivations.begin(), options_.derivations.end(),
                       [&](const data::Derivation& derivation) { return derivation.name == name; });
  }

  bool needs_types(const data::Dataset& dataset) const {
    return std::any_of(dataset.columns().begin(), dataset.columns().end(), [&](const ColumnInfo& column) {
      const Field* field = contract_.find(column.name);
      return field != nullptr && !is_derived(column.name) && !fits(column.type, read_as(*field));
    });
  }

  std::vector<ColumnInfo> typed_columns(const data::Dataset& dataset) const {
    std::vector<ColumnInfo> typed;
    for (const auto& column : dataset.columns()) {
      if (is_derived(column.name)) continue;
      const Field* field = contract_.find(column.name);
      typed.push_back({column.name, field != nullptr ? read_as(*field).value_or(column.type) : column.type});
    }
    return typed;
  }

  void check_types(const Subject& subject) {
    const data::Dataset& dataset = subject.dataset;
    std::map<std::string_view, const data::CastFailures*> failures;
    for (const auto& failure : dataset.cast_failures()) failures[failure.column] = &failure;
    for (const auto& field : contract_.fields) {
      const ColumnInfo* column = dataset.find(field.name);
      if (column == nullptr || !field.type || subject.formatted.contains(field.name)) continue;  // see its format
      CheckResult& result = add(CheckKind::type, severity_of(field, CheckKind::type), {field.name});
      if (const auto share = field.tolerance.find(CheckKind::type); share != field.tolerance.end())
        result.tolerance = share->second;
      result.expected = type_name(field.type);
      // Only a derived column can still have another type.
      if (!fits(column->type, field.type)) {
        result.failures = report_.rows;
        result.failing_share = share(report_.rows, report_.rows);
        result.passed = false;
        result.reason = "derived as " + std::string(name_of(column->type));
        continue;
      }
      const auto found = failures.find(field.name);
      if (found == failures.end()) continue;
      result.failures = found->second->count;
      for (const auto& sample : found->second->samples)
        if (result.samples.size() < options_.max_samples)
          result.samples.push_back({sample.row, {}, {}, {}, sample.value});
    }
  }

  // The columns whose values name a row.
  void settle_key(const data::Dataset& dataset) {
    if (!options_.id.empty()) {
      static_cast<void>(dataset.require(options_.id, "validate"));
      key_ = {options_.id};
    } else if (!contract_.primary_key.empty()) {
      key_ = contract_.primary_key;
    } else if (!contract_.roles.id.empty()) {
      key_ = {contract_.roles.id};
    }
    for (const auto& name : key_)
      if (dataset.find(name) == nullptr) return key_.clear();
  }

  // Rows with a value of the wrong type were found before there was a key.
  void name_mistyped(const data::Dataset& dataset) {
    for (auto& check : report_.checks)
      if (check.kind == CheckKind::type) name_rows(check.samples, dataset);
  }

  std::string key_columns(const data::Dataset& dataset) const {
    std::string columns;
    for (const auto& name : key_) columns += ", " + dataset.sql(name);
    return columns;
  }

  std::optional<std::string> key_of(const data::Result& result, std::uint64_t row) const {
    if (key_.empty()) return std::nullopt;
    std::vector<std::string> parts;
    bool any = false;
    for (std::size_t i = 0; i < key_.size(); ++i) {
      const auto value = result.maybe_text(row, 1 + i);
      any = any || value.has_value();
      parts.push_back(value.value_or(""));
    }
    return any ? std::optional(join(parts, ", ")) : std::nullopt;
  }

  void name_rows(std::vector<Sample>& samples, const data::Dataset& dataset) const {
    if (key_.empty() || samples.empty()) return;
    std::vector<std::string> rows;
    for (const auto& sample : samples) rows.push_back(std::to_string(sample.row));
    const data::Result result = dataset.query(
        "SELECT source_row" + key_columns(dataset) + " FROM data WHERE source_row IN (" + join(rows, ", ") + ")", ctx_);
    for (std::uint64_t row = 0; row < result.rows(); ++row)
      for (auto& sample : samples)
        if (sample.row == static_cast<std::uint64_t>(result.integer(row, 0))) sample.key = key_of(result, row);
  }

  // One pass for all checks; very wide contracts in a few.
  void count(std::vector<Planned>& planned, const data::Dataset& dataset) {
    constexpr std::size_t checks_per_query = 1000;
    std::vector<Planned*> open;
    for (auto& one : planned)
      if (!one.count.empty()) open.push_back(&one);
    ctx_.progress->begin("Checking", open.size(), "checks");
    for (std::size_t begin = 0; begin < open.size(); begin += checks_per_query) {
      const std::size_t end = std::min(open.size(), begin + checks_per_query);
      std::vector<std::string> parts;
      for (std::size_t i = begin; i < end; ++i) parts.push_back(open[i]->count);
      const data::Result result = dataset.query("SELECT " + join(parts, ", ") + " FROM data", ctx_);
      for (std::size_t i = begin; i < end; ++i) {
        auto& check = open[i]->result;
        check.failures = static_cast<std::uint64_t>(result.integer(0, i - begin));
        check.failing_share = share(check.failures, report_.rows);
      }
      ctx_.progress->update(end, {});
    }
    ctx_.progress->end();
  }

  std::vector<Sample> fetch(const Planned& planned, const data::Dataset& dataset) const {
    const bool from_file = marked_ && planned.local;  // see find_places
    std::string columns = key_columns(dataset);
    if (!from_file)
      for (const auto& name : planned.shown) columns += ", " + dataset.sql(name);
    constexpr std::uint64_t most_mistyped = 20;
    const std::uint64_t limit =
        planned.result.kind == CheckKind::type ? std::min(most_mistyped, options_.max_samples) : options_.max_samples;
    const data::Result result = dataset.query("SELECT source_row" + columns + " FROM " + planned.from + " WHERE " +
                                                  planned.where + " ORDER BY source_row LIMIT " + std::to_string(limit),
                                              ctx_);
    std::vector<Sample> samples;
    for (std::uint64_t row = 0; row < result.rows(); ++row) {
      Sample& sample = samples.emplace_back();
      sample.row = static_cast<std::uint64_t>(result.integer(row, 0));
      sample.key = key_of(result, row);
      if (!from_file) sample.value = value_of(planned, result, row);
    }
    return samples;
  }

  std::optional<std::string> value_of(const Planned& planned, const data::Result& result, std::uint64_t row) const {
    const std::size_t first = 1 + key_.size();
    if (planned.shown.empty()) return std::nullopt;
    if (planned.shown.size() == 1) return result.maybe_text(row, first);
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < planned.shown.size(); ++i)
      parts.push_back(planned.shown[i] + "=" + result.maybe_text(row, first + i).value_or(""));
    return join(parts, ", ");
  }

  // The values of a record's text that fail the check, as a query would give them.
  std::optional<std::string> value_of(const CheckResult& check, const std::vector<std::string>& fields,
                                      const data::Dataset& dataset) const {
    const auto value = [&](const std::string& name) -> std::optional<std::string> {
      const ColumnInfo& column = dataset.require(name, "validate");
      const auto index = static_cast<std::size_t>(&column - dataset.columns().data());
      if (index >= fields.size() || is_null(fields[index])) return std::nullopt;
      return check.kind == CheckKind::type ? fields[index] : data::canonical_text(fields[index], column.type);
    };
    if (check.columns.empty()) return std::nullopt;
    if (check.columns.size() == 1) return value(check.columns.front());
    std::vector<std::string> parts;
    for (const auto& name : check.columns) parts.push_back(name + "=" + value(name).value_or(""));
    return join(parts, ", ");
  }

  bool is_null(const std::string& text) const {
    const auto among = [&](const std::vector<std::string>& tokens) {
      return std::find(tokens.begin(), tokens.end(), text) != tokens.end();
    };
    return text.empty() || among(options_.source.null_tokens) || among(contract_.missing_values);
  }

  void add_table_check(const Check& check, const Subject& subject) {
    std::vector<std::string> columns;
    if (!check.column.empty()) columns.push_back(check.column);
    CheckResult& result = add(check.kind, check.severity, columns);
    if (!check.name.empty()) result.name = check.name;
    columns.insert(columns.end(), check.columns.begin(), check.columns.end());
    if (const auto lack = subject.lack_of(columns)) {
      result.passed = lack->excused;
      result.reason = "not evaluated: " + lack->reason;
      return;
    }
    check_table(check, subject, result);
  }

  // Every check holds for a table without rows. Unless the contract has its own idea of their number, that is no pass.
  void require_a_row(const Subject& subject) {
    const auto is_about_rows = [](const Check& check) { return check.kind == CheckKind::rows; };
    if (report_.rows > 0 || std::any_of(contract_.checks.begin(), contract_.checks.end(), is_about_rows)) return;
    Check check;
    check.kind = CheckKind::rows;
    check.minimum = 1;
    add_table_check(check, subject);
  }

  // The source's numbers of rows that fail a check that counts for the verdict.
  std::vector<std::uint64_t> failing_rows(const std::vector<Planned>& planned, const data::Dataset& dataset) const {
    std::vector<std::uint64_t> rows;
    const auto take = [&](const std::string& from, const std::string& where) {
      const data::Result result = dataset.query("SELECT source_row FROM " + from + " WHERE " + where, ctx_);
      for (std::uint64_t row = 0; row < result.rows(); ++row)
        rows.push_back(static_cast<std::uint64_t>(result.integer(row, 0)));
    };
    const auto counts = [&](const CheckResult& check) {
      return check.failures > 0 && (check.severity == Severity::error || options_.strict);
    };
    for (const auto& check : report_.checks)
      if (check.kind == CheckKind::type && counts(check))
        take("data", check.reason.empty() ? dataset.mistyped(check.columns.front(), ctx_) : "true");
    for (const auto& one : planned)
      if (counts(one.result)) take(one.from, one.where);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
  }

  // The lines of the samples, and their values where the columns were not kept.
  void find_places(const data::Dataset& dataset) {
    std::error_code ignored;
    if (dataset.files().size() == 1 &&
        std::filesystem::equivalent(dataset.files().front(), options_.source.argument, ignored))
      report_.file = options_.source.argument;
    std::vector<std::uint64_t> rows;
    for (const auto& check : report_.checks)
      for (const auto& sample : check.samples) rows.push_back(sample.row);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    const auto places = dataset.places(rows, ctx_);
    if (places.empty()) return;
    for (std::size_t i = 0; i < report_.checks.size(); ++i)
      for (auto& sample : report_.checks[i].samples) {
        const auto at = std::lower_bound(rows.begin(), rows.end(), sample.row) - rows.begin();
        const auto& place = places[static_cast<std::size_t>(at)];
        sample.line = place.line;
        if (valued_by_file_.contains(i)) sample.value = value_of(report_.checks[i], place.fields, dataset);
        if (dataset.files().size() > 1) sample.file = dataset.files()[place.file].string();
      }
  }

  void conclude() {
    for (auto& check : report_.checks) {
      if (check.kind == CheckKind::type) check.failing_share = share(check.failures, report_.rows);
      const bool tolerated = check.tolerance > 0 && check.failing_share <= check.tolerance;
      check.passed = check.passed && (check.failures == 0 || tolerated);
      if (check.tolerance > 0 && !check.expected.empty())
        check.expected += " in all but " + significant(100 * check.tolerance, 4) + "% of the rows";
      if (check.passed) continue;
      ++(check.severity == Severity::error ? report_.errors : report_.warnings);
    }
    report_.passed = report_.errors == 0 && (!options_.strict || report_.warnings == 0);
    // A field's checks stand together, the table's last.
    std::map<std::string_view, std::size_t> order;
    for (std::size_t i = 0; i < contract_.fields.size(); ++i) order[contract_.fields[i].name] = i + 1;
    const auto place = [&](const CheckResult& check) -> std::size_t {
      if (is_of_the_columns(check.kind)) return 0;
      if (check.kind > CheckKind::unique || check.columns.size() != 1) return contract_.fields.size() + 1;
      const auto found = order.find(check.columns.front());
      return found == order.end() ? contract_.fields.size() + 1 : found->second;
    };
    std::stable_sort(report_.checks.begin(), report_.checks.end(),
                     [&](const CheckResult& a, const CheckResult& b) { return place(a) < place(b); });
  }

  const ValidateOptions& options_;
  const Contract& contract_;
  Context& ctx_;
  std::vector<std::string> absent_;   // fields that are no columns
  std::vector<std::string> excused_;  // of these, those that may be absent
  std::vector<std::string> written_;  // columns of outputs: those of the source and derived ones
  std::vector<std::string> key_;
  bool marked_ = false;                   // rows were read by the checks
  std::set<std::size_t> valued_by_file_;  // of report_.checks: values of samples are looked up in the file
  ValidateReport report_;
};

Json sample_to_json(const Sample& sample) {
  Json json = {{"row", sample.row},
               {"line", sample.line ? Json(*sample.line) : Json(nullptr)},
               {"key", sample.key ? Json(*sample.key) : Json(nullptr)},
               {"value", sample.value ? Json(*sample.value) : Json(nullptr)}};
  if (!sample.file.empty()) json["file"] = sample.file;
  return json;
}

}  // namespace

ValidateReport validate(const ValidateOptions& options, Context& ctx) { return Validation(options, ctx).run(); }

Json to_json(const ValidateReport& report) {
  Json checks = Json::array();
  for (const auto& check : report.checks) {
    Json samples = Json::array();
    for (const auto& sample : check.samples) samples.push_back(sample_to_json(sample));
    Json json = {{"name", check.name},
                 {"check", name_of(check.kind)},
                 {"columns", check.columns},
                 {"severity", name_of(check.severity)},
                 {"passed", check.passed},
                 {"failures", check.failures},
                 {"failing_share", check.failing_share},
                 {"samples", std::move(samples)}};
    if (check.tolerance > 0) json["tolerance"] = check.tolerance;
    if (check.value && std::isfinite(*check.value)) json["value"] = *check.value;
    if (!check.expected.empty()) json["expected"] = check.expected;
    if (!check.reason.empty()) json["reason"] = check.reason;
    checks.push_back(std::move(json));
  }
  Json json = {{"schema", "mlsys.validate/1"}, {"verdict", report.passed ? "pass" : "fail"},
               {"subject", report.subject},    {"rows", report.rows},
               {"errors", report.errors},      {"warnings", report.warnings},
               {"checks", std::move(checks)}};
  if (report.valid_rows) json["valid_rows"] = *report.valid_rows;
  if (report.invalid_rows) json["invalid_rows"] = *report.invalid_rows;
  return json;
}

}  // namespace mlsys::contract
