#include "mlsys/train/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ranges>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/booster/constraints.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// XGBoost weighs queries, not rows.
std::vector<float> query_weights(const Rows& rows, const std::vector<std::uint32_t>& sizes, const std::string& column) {
  std::vector<float> weights;
  std::size_t row = 0;
  for (const auto size : sizes) {
    weights.push_back(rows.weight[row]);
    for (std::uint32_t i = 0; i < size; ++i, ++row)
      if (rows.weight[row] != weights.back())
        throw Error(Code::failed, fmt::format("the weight {} differs within a query", quoted(column)),
                    "ranking takes one weight per query");
  }
  return weights;
}

// What a row of each class weighs so that all classes weigh the same in total and the sum stays.
std::vector<double> class_factors(const Rows& rows, std::size_t classes) {
  std::vector<double> sums(classes);
  for (std::size_t i = 0; i < rows.rows(); ++i)
    sums[static_cast<std::size_t>(rows.classes[i])] += rows.weight.empty() ? 1.0 : static_cast<double>(rows.weight[i]);
  double total = 0;
  for (const double sum : sums) total += sum;
  for (double& sum : sums) sum = sum > 0 ? total / (static_cast<double>(classes) * sum) : 1.0;
  return sums;
}

std::vector<float> balanced(const Rows& rows, const std::vector<double>& factors) {
  std::vector<float> weights;
  weights.reserve(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i)
    weights.push_back(static_cast<float>((rows.weight.empty() ? 1.0 : static_cast<double>(rows.weight[i])) *
                                         factors[static_cast<std::size_t>(rows.classes[i])]));
  return weights;
}

void apply_defaults(const data::Dataset& dataset, data::Roles& roles) {
  if (dataset.format() == data::SourceFormat::libsvm) {
    if (roles.target.empty()) roles.target = "label";
    if (roles.query.empty() && dataset.find("qid") != nullptr) roles.query = "qid";
  }
  if (!roles.target.empty()) return;
  std::vector<std::string> names;
  for (const auto& column : dataset.columns()) names.push_back(column.name);
  throw Error(Code::usage, fmt::format("cannot train on {}: which column is the target?", dataset.subject()),
              fmt::format("say --target COLUMN; the columns are {}", truncate_width(join(names, ", "), 200)));
}

// The columns and everything they are computed from.
std::set<std::string> with_sources(std::vector<std::string> columns, const std::vector<data::Derivation>& derivations) {
  std::set<std::string> needed(columns.begin(), columns.end());
  for (const auto& derivation : derivations | std::views::reverse)
    if (needed.contains(derivation.name)) needed.insert(derivation.inputs.begin(), derivation.inputs.end());
  return needed;
}

class Trainer {
 public:
  Trainer(const TrainOptions& options, Context& ctx)
      : options_(options), ctx_(ctx), source_(options.source), roles_(options.roles) {}

  TrainReport run() {
    const auto start = Clock::now();
    check_options(options_);
    const auto parameters = prepare();
    report_.seconds_read = seconds_since(start);
    if (options_.on_start) report_.run_id = report_.manifest.run_id = options_.on_start(report_);
    boost_rows(parameters);
    write();
    report_.seconds_total = seconds_since(start);
    return std::move(report_);
  }

 private:
  // Everything that needs the data. The engine's memory is given back before boosting takes its own.
  booster::Parameters prepare() {
    auto dataset = open();
    dataset.require_rows("train on");
    for (const auto& derivation : options_.derivations) dataset.derive(derivation.name, derivation.expression);
    apply_defaults(dataset, roles_);
    data::check_roles(roles_, dataset.columns(), "train on", dataset.subject());
    refuse_unread_dates(roles_, formats_, dataset.subject());
    target_ = settle_target(dataset, roles_, options_.task, ctx_);
    auto parameters = settle_parameters(options_, target_, ctx_);
    const auto plan = plan_valid(options_.valid, source_, dataset);
    auto features = choose_features(dataset, roles_, {.split_column = plan.column, .date_formats = formats_}, ctx_);
    report_.left_out = std::move(features.left_out);
    read(dataset, features.columns, plan);
    parameters = booster::place_constraints(std::move(parameters), constrained_features());
    describe(dataset, features.columns, parameters);
    contract_ = contract_of_inputs(options_, dataset, report_.manifest, ctx_);
    profile_ = profile_rows(train_, target_, ctx_);
    warn_of_columns(train_, target_, features.columns, report_);
    if (valid_) warn_of_shared_rows(train_, *valid_, report_);
    return parameters;
  }

  // The types of a contract rule; what it does not say is settled over all rows.
  data::Dataset open() {
    if (!options_.contract) return data::Dataset::open(source_, ctx_);
    const auto& missing = options_.contract->missing_values;
    source_.null_tokens.insert(source_.null_tokens.end(), missing.begin(), missing.end());
    formats_ = date_formats(*options_.contract);
    std::erase_if(formats_, [&](const auto& entry) { return is_derived(entry.first); });
    for (const auto& [name, format] : formats_) source_.known_dates.push_back(name);
    auto dataset = data::Dataset::open(source_, contract_types(), ctx_);
    dataset.refuse_cast_failures("train on " + dataset.subject(), "which the contract says");
    return dataset;
  }

  [[nodiscard]] bool is_derived(const std::string& column) const {
    return std::ranges::find(options_.derivations, column, &data::Derivation::name) != options_.derivations.end();
  }

  // Of the contract's fields that are not derived.
  std::vector<data::ColumnInfo> contract_types() {
    std::vector<data::ColumnInfo> types;
    std::optional<data::Dataset> settled;
    for (const auto& field : options_.contract->fields) {
      if (is_derived(field.name)) continue;
      auto type = contract::read_as(field);
      if (!type) {
        if (!settled) settled = data::Dataset::open(source_, ctx_);
        const auto* column = settled->find(field.name);
        type = column != nullptr ? column->type : data::ColumnType::text;  // reading says what is not there
      }
      types.push_back({.name = field.name, .type = *type});
    }
    if (settled) source_ = settled->again(source_);
    return types;
  }

  [[nodiscard]] booster::ConstrainedFeatures constrained_features() const {
    booster::ConstrainedFeatures features;
    for (const auto& column : train_.frame.columns) {
      features.names.push_back(column.name);
      features.categorical.push_back(column.as == data::As::category);
    }
    for (const auto& entry : report_.left_out) features.left_out.push_back(entry.column);
    return features;
  }

  [[noreturn]] void nothing_left(const data::Dataset& dataset) const {
    auto hint = std::string("give the columns to learn from with --features or --derive");
    if (!report_.left_out.empty())
      hint = fmt::format("column {} was left out: it {}", quoted(report_.left_out.front().column),
                         report_.left_out.front().reason);
    throw Error(Code::failed, fmt::format("cannot train on {}: no column is left as a feature", dataset.subject()),
                hint);
  }

  void read(const data::Dataset& dataset, const std::vector<data::ColumnInfo>& features, const ValidPlan& plan) {
    if (features.empty()) nothing_left(dataset);
    ctx_.progress->begin("reading", 0, "rows");
    auto requests = feature_requests(features);
    for (auto& request : role_requests(target_, roles_)) requests.push_back(std::move(request));
    auto frame = dataset.read(requests, ctx_);
    check_features(frame, features.size(), dataset.subject(), report_.notes);
    train_ = take_apart(std::move(frame), features.size(), target_, roles_, dataset.subject());
    note_source("train", options_.source, dataset);
    if (plan.kind == ValidPlan::Kind::source)
      read_valid(dataset, plan, features);
    else if (plan.kind != ValidPlan::Kind::none)
      divide_rows(dataset, plan);
    ctx_.progress->end();

    auto* valid_frame = valid_ ? &valid_->frame : nullptr;
    if (drop_constant({&train_.frame, valid_frame}, features.size(), report_.left_out) == 0) nothing_left(dataset);
    for (const auto& [column, rows] : compact_categories(train_.frame, valid_frame)) note_unseen(column, rows);
    report_.train_rows = train_.rows();
    report_.valid_rows = valid_ ? valid_->rows() : 0;
    if (target_.task == Task::binary &&
        std::ranges::adjacent_find(train_.classes, std::ranges::not_equal_to{}) == train_.classes.end())
      throw Error(
          Code::failed,
          fmt::format("cannot train on {}: without the validation rows only one class is left", dataset.subject()),
          "choose other validation rows");
    check_weighted(train_, valid_ ? &*valid_ : nullptr, target_, roles_.weight, dataset.subject());
  }

  void note_unseen(const std::string& column, std::uint64_t rows) {
    report_.notes.push_back(fmt::format("column {}: {} with values that training does not have count as missing",
                                        quoted(column), counted(rows, "validation row")));
  }

  void note_source(std::string role, const data::SourceOptions& source, const data::Dataset& dataset) {
    report_.manifest.data.push_back(
        {.role = std::move(role), .source = source.argument, .digest = dataset.digest(), .rows = dataset.rows()});
  }

  void divide_rows(const data::Dataset& dataset, const ValidPlan& plan) {
    if (target_.task == Task::ranking) {
      if (plan.kind == ValidPlan::Kind::column)
        throw Error(Code::usage, "a ranking takes its validation rows from a fraction or a file of their own",
                    "--valid 0.2 keeps the rows of a query together");
      if (!roles_.time.empty() || !roles_.group.empty())
        throw Error(Code::usage, "a ranking is split by query, not by --time or --group", "leave that option out");
    }
    const auto parts = assign_parts(plan, dataset, train_, target_, roles_, ctx_, report_.valid_method);
    auto [train, valid] = divide(std::move(train_), parts);
    train_ = std::move(train);
    valid_ = std::move(valid);
  }

  void read_valid(const data::Dataset& dataset, const ValidPlan& plan, const std::vector<data::ColumnInfo>& features) {
    std::vector<std::string> wanted = {roles_.target};
    for (const auto& column : features) wanted.push_back(column.name);
    if (!roles_.weight.empty()) wanted.push_back(roles_.weight);
    if (target_.task == Task::ranking) wanted.push_back(roles_.query);
    const auto needed = with_sources(wanted, dataset.derivations());
    auto valid = data::Dataset::open(plan.source, raw_columns(dataset, needed), ctx_);
    valid.require_rows("validate on");
    valid.refuse_cast_failures("validate on " + valid.subject(), "which the training data have");
    for (const auto& derivation : dataset.derivations())
      if (needed.contains(derivation.name)) valid.derive(derivation.name, derivation.expression);

    auto requests = feature_requests(features);
    for (std::size_t i = 0; i < features.size(); ++i)
      if (requests[i].as == data::As::category) requests[i].dictionary = &train_.frame.columns[i].categories;
    for (auto& request : role_requests(target_, roles_)) requests.push_back(std::move(request));
    auto frame = valid.read(requests, ctx_);
    for (std::size_t i = 0; i < features.size(); ++i)
      if (frame.columns[i].unseen > 0) note_unseen(frame.columns[i].name, frame.columns[i].unseen);
    check_features(frame, features.size(), valid.subject(), report_.notes);
    valid_ = take_apart(std::move(frame), features.size(), target_, roles_, valid.subject());
    report_.valid_method = plan.described;
    note_source("valid", plan.source, valid);
  }

  static std::vector<data::ColumnInfo> raw_columns(const data::Dataset& dataset, const std::set<std::string>& needed) {
    std::vector<data::ColumnInfo> columns;
    for (const auto& column : dataset.columns()) {
      const bool derived = std::ranges::any_of(dataset.derivations(),
                                               [&](const auto& derivation) { return derivation.name == column.name; });
      if (!derived && needed.contains(column.name)) columns.push_back(column);
    }
    return columns;
  }

  // The manifest, apart from what only training can tell.
  void describe(const data::Dataset& dataset, const std::vector<data::ColumnInfo>& features,
                const booster::Parameters& parameters) {
    auto& manifest = report_.manifest;
    manifest.task = target_.task;
    report_.task_reason = target_.reason;
    manifest.objective = parameters.at("objective");
    manifest.target = {.name = target_.column.name, .type = target_.column.type};
    manifest.roles = roles_;
    manifest.roles.features.clear();  // listed below with their types
    manifest.roles.exclude.clear();
    manifest.classes = target_.classes;
    if (target_.task == Task::binary) manifest.positive = manifest.roles.positive = target_.classes[1];
    if (options_.balance || parameters.contains("scale_pos_weight")) {
      manifest.calibration = "distorted";
      report_.notes.emplace_back("classes were balanced: the scores rank rows, but are no probabilities");
    }
    std::vector<std::string> wanted = {roles_.target};
    for (const auto& column : train_.frame.columns) {
      const bool categorical = column.as == data::As::category;
      const auto info = std::ranges::find(features, column.name, &data::ColumnInfo::name);
      manifest.features.push_back(
          {.name = column.name,
           .type = info->type,
           .kind = categorical ? bundle::FeatureKind::categorical : bundle::FeatureKind::numeric,
           .categories = column.categories});
      wanted.push_back(column.name);
    }
    for (const auto* role : {&roles_.id, &roles_.weight, &roles_.time, &roles_.query, &roles_.group})
      if (!role->empty()) wanted.push_back(*role);
    wanted.insert(wanted.end(), roles_.slices.begin(), roles_.slices.end());
    const auto needed = with_sources(wanted, dataset.derivations());
    manifest.inputs = raw_columns(dataset, needed);
    for (const auto& derivation : dataset.derivations())
      if (needed.contains(derivation.name)) manifest.derivations.push_back(derivation);
    manifest.reading = reading_of(source_, dataset.format());
    manifest.parameters = parameters;
    manifest.versions = {{"mlsys", version()}, {"xgboost", booster::library_version()}};
    manifest.created = iso_time(ctx_.now());
  }

  [[nodiscard]] booster::Matrix matrix(Rows& rows, const std::vector<double>& factors,
                                       const booster::Matrix* reference) const {
    const auto max_bin = report_.manifest.parameters.find("max_bin");
    const int bins =
        max_bin == report_.manifest.parameters.end() ? 256 : static_cast<int>(parse_int(max_bin->second).value_or(256));
    booster::RowInfo info{.label = rows.label, .weight = rows.weight, .queries = {}};
    std::vector<std::uint32_t> sizes;
    std::vector<float> weights;
    if (target_.task == Task::ranking) {
      sizes = query_sizes(rows);
      if (!rows.weight.empty()) weights = query_weights(rows, sizes, roles_.weight);
      info.queries = sizes;
      info.weight = weights;
    } else if (!factors.empty()) {
      weights = balanced(rows, factors);
      info.weight = weights;
    }
    booster::Matrix result(rows.frame, rows.frame.columns.size(), info, bins, ctx_.threads, reference);
    rows.frame.columns = {};  // the bins are all that training needs
    return result;
  }

  void boost_rows(const booster::Parameters& parameters) {
    const auto factors = options_.balance ? class_factors(train_, target_.classes.size()) : std::vector<double>();
    const auto begin = Clock::now();
    const auto train_matrix = matrix(train_, factors, nullptr);
    std::optional<booster::Matrix> valid_matrix;
    if (valid_) valid_matrix = matrix(*valid_, factors, &train_matrix);
    report_.seconds_quantize = seconds_since(begin);
    auto boosted = boost(options_, parameters, train_matrix, valid_matrix ? &*valid_matrix : nullptr, ctx_, report_);
    report_.manifest.rounds = boosted.rounds;
    report_.manifest.best_iteration = boosted.rounds - 1;
    measure(options_, train_, valid_ ? *valid_ : train_, boosted.margins, target_, valid_.has_value(), ctx_, report_);
    if (target_.task != Task::multiclass)
      profile_.columns.push_back(
          profile_scores(bundle::score_column(report_.manifest),
                         booster::scores_from_margins(report_.manifest.objective, 1,
                                                      valid_ ? boosted.train_margins : boosted.margins)));
    model_ = std::move(boosted.model);
  }

  void write() {
    // Evidence comes from the bytes that are written, not from the booster that trained them.
    const auto model = booster::Booster::load(model_, ctx_.threads, "the new model");
    const auto evidence = make_evidence(model, model_, report_.manifest);
    note_parity(evidence.parity);
    bundle::Writer writer(options_.output);
    writer.add(bundle::model_file, model_);
    writer.add(bundle::golden_file, to_text(bundle::to_json(evidence.golden)));
    writer.add(bundle::contract_file, to_text(contract::to_json(contract_)));
    writer.add(bundle::profile_file, profile_text());
    report_.digest = writer.commit(report_.manifest);
    report_.model = options_.output;
  }

  // What nobody could read again is no profile: better no model than one whose drift is never seen.
  [[nodiscard]] std::string profile_text() const {
    auto text = to_text(profile::to_json(profile_));
    static_cast<void>(profile::parse_profile(text, "the new model's profile"));
    return text;
  }

  void note_parity(const bundle::Parity& parity) {
    report_.manifest.parity = parity;
    if (!parity.uncovered.empty())
      report_.notes.push_back(fmt::format("XGBoost will score, not the faster forest: {}", parity.uncovered));
    else if (parity.different > 0)
      report_.warnings.push_back(fmt::format(
          "XGBoost will score, not the faster forest: {} of {} margins differ in bits", parity.different, parity.rows));
  }

  const TrainOptions& options_;
  Context& ctx_;
  data::SourceOptions source_;  // with what the contract says of missing values
  DateFormats formats_;
  data::Roles roles_;
  TargetPlan target_;
  TrainReport report_;
  Rows train_;
  std::optional<Rows> valid_;
  std::string model_;
  contract::Contract contract_;
  profile::Profile profile_;
};

Json value_json(const metrics::Value& value) { return value.value ? Json(*value.value) : Json(); }

}  // namespace

TrainReport train(const TrainOptions& options, Context& context) { return Trainer(options, context).run(); }

Json to_json(const TrainReport& report) {
  const auto& manifest = report.manifest;
  Json json;
  json["schema"] = "mlsys.train/1";
  json["run_id"] = report.run_id;
  json["model"] = report.model.string();
  json["digest"] = report.digest;
  json["status"] = name_of(report.status);
  json["task"] = name_of(manifest.task);
  json["task_reason"] = report.task_reason;
  json["objective"] = manifest.objective;
  json["target"] = manifest.target.name;
  json["classes"] = Json::array();
  for (std::size_t i = 0; i < manifest.classes.size(); ++i)
    json["classes"].push_back(bundle::class_to_json(manifest, i));
  if (!manifest.positive.empty()) json["positive"] = bundle::class_to_json(manifest, 1);
  if (manifest.threshold)
    json["threshold"] = {{"value", manifest.threshold->value}, {"source", manifest.threshold->source}};
  json["calibration"] = manifest.calibration;
  json["rows"] = {{"train", report.train_rows}, {"valid", report.valid_rows}};
  json["valid"] = report.valid_method;
  json["features"] = bundle::feature_names(manifest);
  json["left_out"] = Json::array();
  for (const auto& entry : report.left_out)
    json["left_out"].push_back({{"column", entry.column}, {"reason", entry.reason}});
  json["rounds"] = manifest.rounds;
  json["rounds_run"] = report.rounds_run;
  json["best_iteration"] = manifest.best_iteration;
  json["stopped_early"] = report.stopped_early;
  json["eval_metric"] = report.eval_metric;
  json["best_score"] = report.best_score ? Json(*report.best_score) : Json();
  json["measured_on"] = report.measured_on;
  json["metrics"] = Json::object();
  json["baseline"] = Json::object();
  json["definitions"] = Json::object();
  json["undefined"] = Json::object();
  for (const auto& metric : report.metrics) {
    json["metrics"][metric.name] = value_json(metric.value);
    json["baseline"][metric.name] = value_json(metric.baseline);
    json["definitions"][metric.name] = metric.definition;
    if (!metric.value.value) json["undefined"][metric.name] = metric.value.reason;
  }
  json["parameters"] = Json::object();
  for (const auto& [name, value] : manifest.parameters) json["parameters"][name] = value;
  json["seconds"] = {{"read", report.seconds_read},
                     {"quantize", report.seconds_quantize},
                     {"boost", report.seconds_boost},
                     {"total", report.seconds_total}};
  json["notes"] = report.notes;
  json["warnings"] = report.warnings;
  return json;
}

}  // namespace mlsys::train
