// Rows scored by a model.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "columns.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/family.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/predict/predictor.hpp"
#include "rows.hpp"

namespace mlsys::eval {

using data::As;
using metrics::Family;

namespace {

// Roles of the bundle where none were given.
data::Roles merged(const data::Roles& asked, const bundle::Manifest& manifest) {
  data::Roles roles = asked;
  const auto take = [](std::string& role, const std::string& known) {
    if (role.empty()) role = known;
  };
  take(roles.target, manifest.target.name);
  take(roles.weight, manifest.roles.weight);
  take(roles.query, manifest.roles.query);
  take(roles.id, manifest.roles.id);
  if (roles.slices.empty()) roles.slices = manifest.roles.slices;
  return roles;
}

bool known_to(const bundle::Manifest& manifest, const std::string& column) {
  const auto named = [&](const auto& entry) { return entry.name == column; };
  return std::any_of(manifest.inputs.begin(), manifest.inputs.end(), named) ||
         std::any_of(manifest.derivations.begin(), manifest.derivations.end(), named);
}

// The values of the whole dataset, in its order; says which values training did not see.
std::vector<float> scores_of(const predict::Predictor& predictor, const data::Dataset& data, const EvalOptions& options,
                             const std::string& name, std::vector<std::string>& warnings, Context& ctx) {
  std::vector<float> scores;
  const std::size_t width =
      predictor.manifest().task == bundle::Task::multiclass ? predictor.manifest().classes.size() : 1;
  scores.reserve(data.rows() * width);
  const auto unseen = predictor.scan(data, {}, options.unseen, ctx, [&](data::Frame&, const predict::Scores& batch) {
    scores.insert(scores.end(), batch.values.begin(), batch.values.end());
  });
  for (const auto& [column, count] : unseen.rows)
    warnings.push_back(fmt::format("{}: {} with a value of {} that training did not see, scored as missing", name,
                                   counted(count, "row"), quoted(column)));
  return scores;
}

// Rows that a model has learned from, or that were used to choose among its rounds, are no evidence for it.
void warn_of_known_rows(const bundle::Manifest& manifest, const std::string& digest, const std::string& name,
                        std::vector<std::string>& warnings) {
  const auto known = std::ranges::find(manifest.data, digest, &bundle::DataSource::digest);
  if (known == manifest.data.end()) return;
  warnings.push_back(fmt::format("{} was {} on these very rows: what is measured here flatters it", name,
                                 known->role == "train" ? "trained" : "validated in training"));
}

// What the target is: "a column of the data", or how it comes from those.
std::string origin_of_target(const bundle::Manifest& manifest) {
  std::vector<std::string> steps;
  for (const auto& derivation : bundle::derivations_for(manifest, {manifest.target.name}))
    steps.push_back(derivation.name + " = " + derivation.expression);
  return steps.empty() ? "a column of the data" : join(steps, ", ");
}

// Both are measured by the same values of the target, so both must have learned what these say.
void check_comparable(const bundle::Manifest& ours, const bundle::Manifest& theirs, const std::string& rival) {
  if (ours.task != theirs.task)
    throw Error(Code::usage, fmt::format("cannot compare with {}: it is a model of {}, not of {}", quoted(rival),
                                         name_of(theirs.task), name_of(ours.task)));
  if (ours.classes != theirs.classes)
    throw Error(Code::usage, fmt::format("cannot compare with {}: its classes are {}, not {}", quoted(rival),
                                         join(theirs.classes, ", "), join(ours.classes, ", ")));
  const std::string hint = "evaluate each by itself: mlsys eval MODEL DATA";
  if (ours.target.name != theirs.target.name)
    throw Error(Code::usage,
                fmt::format("cannot compare with {}: it is a model of {}, not of {}", quoted(rival),
                            quoted(theirs.target.name), quoted(ours.target.name)),
                hint);
  const std::string origin = origin_of_target(ours);
  const std::string other = origin_of_target(theirs);
  if (origin != other)
    throw Error(Code::usage,
                fmt::format("cannot compare with {}: its target {} is {}, and not {}", quoted(rival),
                            quoted(ours.target.name), other, origin),
                hint);
}

}  // namespace

Rows score_rows(const EvalOptions& options, Context& ctx) {
  const bundle::Manifest& manifest = options.model->manifest();
  const data::Roles roles = merged(options.roles, manifest);
  const predict::Predictor predictor(*options.model, ctx, options.engine);
  if (!options.derivations.empty())
    throw Error(Code::usage, "cannot evaluate a model on derived columns of its own",
                "the model derives its columns itself; --derive is for files of predictions");

  Rows rows;
  rows.family = bundle::family_of(manifest.task);
  rows.threshold = manifest.threshold;
  rows.convention = convention_of(options, rows.family == Family::ranking);
  rows.family_reason = "the model's";
  rows.target = roles.target;
  rows.classes = manifest.classes;
  rows.class_type = manifest.target.type;
  const bool classes = rows.family == Family::binary || rows.family == Family::multiclass;
  const bool by_id = rows.family == Family::ranking && !roles.id.empty() &&
                     metrics::ranking_rules(rows.convention).ties == metrics::Ties::id;

  std::vector<data::ColumnRequest> requests;
  const auto request = [&](const std::string& name, As as) {
    requests.push_back({name, as, nullptr});
    return requests.size() - 1;
  };
  request(roles.target, classes ? As::category : As::float64);
  if (classes) requests[0].dictionary = &manifest.classes;
  const std::size_t at_weight = roles.weight.empty() ? 0 : request(roles.weight, As::float64);
  const std::size_t at_query = rows.family != Family::ranking ? 0 : request(roles.query, As::category);
  const std::size_t at_id = by_id ? request(roles.id, As::text) : 0;
  const std::size_t at_slices = requests.size();
  for (const auto& slice : roles.slices) request(slice, As::category);

  std::vector<std::string> also;
  std::vector<std::string> extra;
  for (const auto& wanted : requests) {
    auto& list = known_to(manifest, wanted.name) ? also : extra;
    if (std::find(list.begin(), list.end(), wanted.name) == list.end()) list.push_back(wanted.name);
  }
  const data::Dataset data = predictor.open(options.source, ctx, also, extra);
  rows.source = data.subject();
  rows.count = data.rows();
  rows.digest = data.digest();
  data::Frame frame = data.read(requests, ctx);
  auto& columns = frame.columns;
  require_values(columns[0], rows.source, "target");
  if (rows.family == Family::binary)
    rows.labels = binary_labels(columns[0]);
  else if (rows.family == Family::multiclass)
    rows.class_codes = std::move(columns[0].codes);
  else
    rows.targets = std::move(columns[0].f64);
  if (at_weight != 0) rows.weights = weights_of(std::move(columns[at_weight]), rows.source);
  if (at_query != 0) {
    require_values(columns[at_query], rows.source, "query");
    rows.queries = queries_of(columns[at_query]);
  }
  if (at_id != 0) rows.ids = std::move(columns[at_id].texts);
  for (std::size_t i = 0; i < roles.slices.size(); ++i) {
    data::Column& column = columns[at_slices + i];
    rows.slices.push_back({column.name, std::move(column.codes), std::move(column.categories)});
  }

  warn_of_known_rows(manifest, rows.digest, "the model", rows.warnings);
  rows.floats = scores_of(predictor, data, options, "the model", rows.warnings, ctx);
  if (manifest.calibration == "distorted") rows.warnings.emplace_back(distorted_warning);
  if (options.rival) {
    check_comparable(manifest, options.rival->bundle->manifest(), options.rival->name);
    warn_of_known_rows(options.rival->bundle->manifest(), rows.digest, options.rival->name, rows.warnings);
    const predict::Predictor rival(*options.rival->bundle, ctx, options.engine);
    const data::Dataset same = rival.open(data.again(options.source), ctx);
    if (same.rows() != data.rows())
      throw Error(Code::failed,
                  fmt::format("cannot compare with {}: it reads other rows", quoted(options.rival->name)));
    rows.rival_threshold = options.rival->bundle->manifest().threshold;
    rows.rival = scores_of(rival, same, options, options.rival->name, rows.warnings, ctx);
  }
  return rows;
}

}  // namespace mlsys::eval
