#include "mlsys/predict/predictor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <optional>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/booster/booster.hpp"
#include "mlsys/bundle/golden.hpp"
#include "trees.hpp"

namespace mlsys::predict {
namespace {

constexpr std::uint64_t batch_rows = 1 << 16;
constexpr std::size_t most_examples = 5;

std::size_t width_of(const bundle::Manifest& manifest) {
  return manifest.task == bundle::Task::multiclass ? manifest.classes.size() : 1;
}

// The most frequent values of a column that are not in its dictionary.
std::vector<std::string> unseen_examples(const data::Dataset& dataset, const bundle::Feature& feature,
                                         Context& context) {
  std::vector<std::string> known;
  for (const auto& category : feature.categories) known.push_back(data::Dataset::sql_text(category));
  const auto found = dataset.query(
      fmt::format("SELECT v FROM (SELECT CAST({} AS VARCHAR) AS v FROM data) WHERE v NOT IN ({}) GROUP BY v "
                  "ORDER BY count(*) DESC, v LIMIT {}",
                  dataset.sql(feature.name), join(known, ", "), most_examples),
      context);
  std::vector<std::string> examples;
  for (std::uint64_t row = 0; row < found.rows(); ++row) examples.push_back(found.text(row, 0));
  return examples;
}

}  // namespace

struct Predictor::Impl {
  std::string digest;
  Trees trees;
  std::size_t width;
};

Predictor::Predictor(const bundle::Bundle& bundle, Context& context, Engine engine)
    : impl_(std::make_unique<Impl>(Impl{
          .digest = bundle.digest(), .trees = Trees(bundle, context, engine), .width = width_of(bundle.manifest())})) {}

Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

const bundle::Manifest& Predictor::manifest() const { return impl_->trees.manifest(); }
const std::string& Predictor::digest() const { return impl_->digest; }
Engine Predictor::engine() const { return impl_->trees.engine(); }

data::Dataset Predictor::open(const data::SourceOptions& asked, Context& context, const std::vector<std::string>& also,
                              const std::vector<std::string>& extra) const {
  const auto& manifest = impl_->trees.manifest();
  const auto options = bundle::as_trained(manifest, asked);
  auto wanted = bundle::feature_names(manifest);
  wanted.insert(wanted.end(), also.begin(), also.end());
  const auto named = [](const auto& list, const std::string& name) {
    return std::ranges::any_of(list, [&](const auto& entry) { return entry.name == name; });
  };
  std::vector<data::ColumnInfo> unknown;  // to the model; their types are settled by a reading of their own
  std::optional<data::Dataset> settled;
  for (const auto& name : extra) {
    if (named(bundle::derivations_for(manifest, wanted), name) || named(unknown, name)) continue;
    if (!named(manifest.inputs, name)) {
      if (!settled) settled = data::Dataset::open(options, context);
      if (settled->find(name) != nullptr || !named(manifest.derivations, name)) {
        unknown.push_back(settled->require(name, "score"));
        continue;
      }
    }
    wanted.push_back(name);
  }
  auto columns = bundle::inputs_for(manifest, wanted);
  columns.insert(columns.end(), unknown.begin(), unknown.end());
  const auto derivations = bundle::derivations_for(manifest, wanted);
  auto dataset = data::Dataset::open(settled ? settled->again(options) : options, columns, context);
  dataset.refuse_cast_failures("score " + dataset.subject(), "which the model was trained on");
  for (const auto& derivation : derivations) dataset.derive(derivation.name, derivation.expression);
  return dataset;
}

std::vector<data::ColumnRequest> Predictor::requests() const {
  std::vector<data::ColumnRequest> result;
  for (const auto& feature : impl_->trees.manifest().features) {
    data::ColumnRequest request{.name = feature.name, .as = data::As::float32};
    if (feature.kind == bundle::FeatureKind::categorical) {
      request.as = data::As::category;
      request.dictionary = &feature.categories;
    }
    result.push_back(std::move(request));
  }
  return result;
}

Scores Predictor::score(const data::Frame& frame) const {
  const auto start = std::chrono::steady_clock::now();
  Scores scores{.rows = frame.rows, .width = impl_->width, .margins = impl_->trees.margins(frame), .values = {}};
  if (scores.margins.size() != scores.rows * scores.width)
    throw Error(Code::integrity, fmt::format("the model gives {} outputs for {} rows; its manifest says {} each",
                                             scores.margins.size(), scores.rows, scores.width));
  scores.values = booster::scores_from_margins(impl_->trees.manifest().objective, scores.width, scores.margins);
  scores.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return scores;
}

Unseens Predictor::scan(const data::Dataset& dataset, const std::vector<data::ColumnRequest>& more, Unseen unseen,
                        Context& context, const std::function<void(data::Frame&, const Scores&)>& each) const {
  auto wanted = requests();
  const auto features = wanted.size();
  wanted.insert(wanted.end(), more.begin(), more.end());
  Unseens result;
  std::uint64_t done = 0;
  dataset.scan(wanted, batch_rows, context, [&](data::Frame& frame) {
    context.check_stop();
    for (std::size_t i = 0; i < features; ++i) {
      const auto& column = frame.columns[i];
      if (column.infinite > 0)
        throw Error(
            Code::failed,
            fmt::format("cannot score {}: column {} holds {} among rows {} to {}", dataset.subject(),
                        quoted(column.name), counted(column.infinite, "infinite value"), done + 1, done + frame.rows),
            "leave them out with --where, or replace them with --derive");
      if (column.unseen == 0) continue;
      if (unseen == Unseen::error) {
        const auto examples = unseen_examples(dataset, impl_->trees.manifest().features[i], context);
        throw Error(Code::failed,
                    fmt::format("cannot score {}: column {} holds {}, which training did not see", dataset.subject(),
                                quoted(column.name), quoted(examples.empty() ? std::string() : examples.front())),
                    "--unseen missing scores such values as missing");
      }
      result.rows[column.name] += column.unseen;
    }
    each(frame, score(frame));
    done += frame.rows;
  });
  for (const auto& feature : impl_->trees.manifest().features)
    if (result.rows.contains(feature.name)) result.examples[feature.name] = unseen_examples(dataset, feature, context);
  return result;
}

std::size_t predicted_class(const bundle::Manifest& manifest, std::span<const float> row) {
  if (manifest.task == bundle::Task::binary)
    return static_cast<double>(row.front()) >= manifest.threshold.value_or(bundle::Threshold{}).value ? 1 : 0;
  return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

std::uint64_t replay_golden(const bundle::Bundle& bundle, Context& context) {
  if (!bundle.has(bundle::golden_file)) {
    check_model_file(bundle);
    return 0;
  }
  const auto subject = quoted((bundle.directory() / bundle::golden_file).string());
  const auto golden = bundle::parse_golden(bundle.read(bundle::golden_file), bundle.manifest(), subject);
  const auto scores = Predictor(bundle, context).score(golden.rows);
  for (std::size_t i = 0; i < golden.margins.size(); ++i)
    if (std::bit_cast<std::uint32_t>(golden.margins[i]) != std::bit_cast<std::uint32_t>(scores.margins[i]))
      throw Error(Code::integrity,
                  fmt::format("golden row {} of model bundle {} gives margin {} here and gave {} when it was trained",
                              i / golden.width + 1, quoted(bundle.directory().string()),
                              shortest(static_cast<double>(scores.margins[i])),
                              shortest(static_cast<double>(golden.margins[i]))),
                  "the model was changed, or this machine computes differently: do not use it here");
  return golden.rows.rows;
}

}  // namespace mlsys::predict
