#include "mlsys/drift/drift.hpp"

#include <filesystem>

#include "data_options.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/drift/render.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/predict/predictor.hpp"
#include "model_argument.hpp"
#include "verdict_files.hpp"

namespace mlsys::frame {
namespace {

namespace fs = std::filesystem;

// A model is a folder with a manifest, a package, or what is neither a file nor named like data.
bool names_a_model(const std::string& argument) {
  const data::SourceArgument parsed = data::parse_source_argument(argument);
  if (parsed.kind != data::SourceArgument::Kind::path) return false;
  std::error_code ignored;
  if (fs::is_directory(argument, ignored)) return fs::exists(fs::path(argument) / bundle::manifest_file, ignored);
  if (argument.ends_with(".tar.zst")) return true;
  return !parsed.format && !fs::exists(argument, ignored) && argument.find_first_of("*?[") == std::string::npos;
}

class Drift final : public Verb {
  void declare(Options& options) override {
    options.positional(reference_, "REFERENCE|MODEL", "Table to compare with, its saved profile, or a model")
        .completes(Completes::model);
    options.positional(data_.source.argument, "DATA", "Current table").completes(Completes::file);
    declare_as_of(options, as_of_);
    options.group("Verdict");
    options.value(drift_.alpha, "--alpha", "P", "Corrected p-values below this are significant").default_text("0.05");
    options.value(effect_, "--effect", "X", "Effects from here are large: D of numbers, distance of categories")
        .default_text("0.1");
    options
        .value(drift_.missing_effect, "--missing-effect", "X",
               "Changes of the share of missing values from here are large")
        .default_text("0.1");
    options.value(drift_.max_share, "--max-share", "X", "Share of columns that may drift").default_text("0");
    options.flag(exit_zero_, "--exit-zero", "Look only: exit with 0 whatever the verdict");
    options.group("Columns");
    data::Roles& roles = drift_.roles;
    options.value(roles.id, "--id", "COLUMN", "Names the row: not compared");
    options.value(roles.time, "--time", "COLUMN", "When the row happened: not compared");
    options.value(roles.target, "--target,--label", "COLUMN", "What is predicted: compared, and marked");
    options.value(roles.score, "--score", "COLUMN", "A prediction: compared, and marked");
    options.value(roles.weight, "--weight", "COLUMN", "Weight of each row: not compared");
    options.value(roles.query, "--query", "COLUMN", "Ranking: rows to be ranked together: not compared");
    options.value(roles.group, "--group", "COLUMN", "Rows that belong together: not compared");
    options.value(roles.exclude, "--exclude", "COLUMN", "Not compared; 'a,b' or repeated");
    options.value(roles.features, "--features", "COLUMN", "Only these; 'a,b' or repeated");
    options.group("Rows");
    options.value(reference_where_, "--reference-where", "EXPR", "Only rows of the reference where this holds");
    options.value(current_where_, "--current-where", "EXPR", "Only rows of the current table where this holds");
    files_.declare(options);
    data_.declare(options, {.model = true});
  }

  Code run(Session& session) override {
    files_.settle(session.out());
    data_.settle();
    if (effect_) drift_.numeric_effect = drift_.categorical_effect = *effect_;
    drift_.current = data_.source;
    drift_.current.where = both(data_.source.where, current_where_);
    drift_.derivations = data_.derivations();
    data::split_names(drift_.roles);
    if (is_document(data_.source.argument, "mlsys.profile"))
      throw Error(Code::usage, quoted(data_.source.argument) + " is a profile, and current data are a table",
                  "the profile is the reference: mlsys drift PROFILE DATA");
    if (names_a_model(reference_)) {
      use_model(session);
    } else if (check_as_of(as_of_, {}); is_document(reference_, "mlsys.profile")) {
      use_profile();
    } else {
      if (is_document(reference_, "mlsys.data.profile"))
        throw Error(Code::usage, quoted(reference_) + " is what 'mlsys data profile --json' says of a table",
                    "compare with a profile: mlsys data profile FILE --save profile.json");
      drift_.reference = data_.source;
      drift_.reference.argument = reference_;
      drift_.reference.where = both(data_.source.where, reference_where_);
    }
    const drift::DriftReport report = drift::drift(drift_, session.context());
    const report::Verdict verdict = drift::verdict(report);
    files_.write(verdict);
    if (!files_.report.empty()) write_file(files_.report, drift::html(report, std::string("mlsys ") + version()));
    show(session.out(), report, verdict);
    return report.drifted && !exit_zero_ ? Code::verdict : Code::ok;
  }

  static std::string both(const std::string& first, const std::string& second) {
    if (first.empty() || second.empty()) return first + second;
    return "(" + first + ") AND (" + second + ")";
  }

  void require_no_reference_where(const char* what) const {
    if (!reference_where_.empty())
      throw Error(Code::usage, "--reference-where needs a table: " + quoted(reference_) + " is " + what);
  }

  // Both sides with the types they have, as if the table itself were still there.
  void use_profile() {
    require_no_reference_where("a profile");
    drift_.profile = profile::parse_profile(read_file(reference_), reference_);
    drift_.profile_subject = quoted(reference_);
  }

  // The model's inputs with its types, derived as it derives them.
  void use_model(Session& session) {
    require_no_reference_where("a model");
    const LoadedModel model = load_model(reference_, session, as_of_);
    check_as_of(as_of_, {&model.resolved});
    const bundle::Manifest& manifest = model.bundle.manifest();
    if (!model.bundle.has(bundle::profile_file))
      throw Error(Code::failed, "cannot compare with " + model.label() + ": it carries no profile",
                  "compare with the data it was trained on");
    drift_.profile = profile::parse_profile(model.bundle.read(bundle::profile_file));
    drift_.profile_subject = model.label();
    std::vector<std::string> columns = bundle::feature_names(manifest);
    if (drift_.roles.features.empty()) drift_.roles.features = columns;
    if (drift_.roles.target == manifest.target.name)
      columns.push_back(manifest.target.name);
    else  // what is scored today seldom has a target yet
      std::erase_if(drift_.profile->columns, [&](const auto& column) { return column.name == manifest.target.name; });
    drift_.current = bundle::as_trained(manifest, std::move(drift_.current));
    drift_.current_types = bundle::inputs_for(manifest, columns);
    auto derivations = bundle::derivations_for(manifest, columns);
    derivations.insert(derivations.end(), drift_.derivations.begin(), drift_.derivations.end());
    drift_.derivations = std::move(derivations);
    score(model.bundle, session.context());
  }

  // What the model says of the current rows, against what it said of the rows it was trained on.
  void score(const bundle::Bundle& bundle, Context& ctx) {
    const std::string name = bundle::score_column(bundle.manifest());
    if (drift_.profile->find(name) == nullptr) return;
    drift_.current = data::found(drift_.current, ctx);  // it is read once more to be compared
    const predict::Predictor predictor(bundle, ctx);
    const data::Dataset rows = predictor.open(drift_.current, ctx);
    drift::Computed scores{name, {}};
    bool single = true;
    predictor.scan(rows, {}, predict::Unseen::missing, ctx, [&](data::Frame&, const predict::Scores& batch) {
      single = single && batch.width == 1;
      scores.values.insert(scores.values.end(), batch.values.begin(), batch.values.end());
    });
    if (!single) return;
    drift_.roles.score = name;
    drift_.computed.push_back(std::move(scores));
  }

  void show(Output& out, const drift::DriftReport& report, const report::Verdict& verdict) const {
    out.document(drift::to_json(report));
    out.id(report.drifted ? "drifted" : "stable");
    if (files_.print(out, verdict)) return;
    out.line(drift::current_side(report) + " (" + with_thousands(report.current_rows) + " rows) against " +
             drift::reference_side(report) + " (" + with_thousands(report.reference_rows) + " rows)");
    out.line();
    Table table;
    table.column("column");
    table.column("test");
    for (const char* title : {"statistic", "p corrected", "effect"}) table.column(title, Table::Align::right);
    table.column("");
    table.column("change");
    for (const auto& column : report.columns)
      if (column.tested) add_row(table, column);
    out.table(table);
    out.line();
    if (const std::string skipped = not_compared(report); !skipped.empty())
      out.line("not compared: " + printable(skipped));
    out.line(out.paint(report.drifted ? Tone::bad : Tone::good, report.drifted ? "drifted" : "stable") + ": " +
             std::to_string(report.drifted_columns) + " of " + std::to_string(report.tested) + " columns drifted");
    if (!files_.report.empty()) out.line("report: " + files_.report.string());
  }

  // "id, late (not among the features), note (no value on either side)"
  static std::string not_compared(const drift::DriftReport& report) {
    std::vector<std::pair<std::string, std::vector<std::string>>> reasons;
    for (const auto& column : report.columns) {
      if (column.tested) continue;
      const auto same = std::ranges::find(reasons, column.reason, &decltype(reasons)::value_type::first);
      auto& names =
          same == reasons.end() ? reasons.emplace_back(column.reason, std::vector<std::string>()).second : same->second;
      names.push_back(column.name);
    }
    std::string text;
    for (const auto& [reason, names] : reasons)
      text += (text.empty() ? "" : ", ") + join(names, ", ") + " (" + reason + ")";
    return text;
  }

  static void add_row(Table& table, const drift::ColumnDrift& column) {
    const auto number = [](const std::optional<double>& value, int digits) {
      return value ? significant(*value, digits) : std::string();
    };
    std::string what = drift::change(column);
    if (what.empty())
      what = column.reason;
    else if (!column.notes.empty())
      what += "; " + column.notes;
    const bool large = column.drifted && column.effect && *column.effect >= column.threshold;
    table.row({{column.name, Tone::strong},
               {column.test, Tone::faint},
               {number(column.statistic, 4), Tone::plain},
               {number(column.p_adjusted, 3), Tone::plain},
               {number(column.effect, 4), large ? Tone::bad : Tone::plain},
               {column.drifted ? "drifted" : "", Tone::bad},
               {what, Tone::plain}});
  }

  std::string reference_;
  std::string as_of_;
  DataOptions data_;
  drift::DriftOptions drift_;
  std::optional<double> effect_;
  bool exit_zero_ = false;
  std::string reference_where_;
  std::string current_where_;
  VerdictFiles files_;
};

constexpr Example kExamples[] = {
    {"mlsys drift old.csv new.csv --json", "has the table changed? exit code 3 when it has"},
    {"mlsys drift fraud@champion today.parquet --report drift.html", "against the profile that a model carries"},
    {"mlsys data profile old.csv --save old.json; mlsys drift old.json new.csv",
     "against what was written down of a table that need not be kept"},
    {"mlsys drift flights.parquet flights.parquet --reference-where \"month(date) = 1\" --current-where \"month(date) "
     "= "
     "6\"",
     "January against June of one table"},
};
constexpr VerbInfo kVerbs[] = {
    {"", "Compare current data with a reference, its profile or a model's", kExamples, make_verb<Drift>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("drift", mlsys::frame::kVerbs)
