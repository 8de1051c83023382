#include "mlsys/promotion/promotion.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/package/package.hpp"
#include "mlsys/registry/reference.hpp"

namespace mlsys::promotion {
namespace {

struct Loaded {
  std::string label;
  std::optional<package::OpenedPackage> package;  // keeps the unpacked files
  bundle::Bundle bundle;
};

Loaded load(const registry::ResolvedModel& resolved, const PromotionOptions& options, Context& context) {
  std::optional<package::OpenedPackage> opened;
  if (resolved.kind == registry::ResolvedModel::Kind::package) {
    package::Limits limits;
    limits.bytes = options.max_unpacked.value_or(limits.bytes);
    package::refuse_other_file(resolved.path);
    opened.emplace(package::open_package(resolved.path, context, limits));
  }
  auto bundle = bundle::Bundle::load(opened ? opened->bundle() : resolved.path);
  return {resolved.label(), std::move(opened), std::move(bundle)};
}

// "champion" is the alias of this model when there is such a one, or when it is the one to be moved.
std::string rival_reference(store::Store& store, const PromotionOptions& options) {
  const std::string& given = *options.require_better;
  const auto aliases = registry::model(store, options.to.name).aliases;
  if (given == options.to.alias || aliases.contains(given)) return fmt::format("model:{}@{}", options.to.name, given);
  return given;
}

// Nothing, and the gate that passes for it, when there is no such model yet and that may be. The look-up alone: a model
// that is known but cannot be loaded is not a missing one.
std::optional<registry::ResolvedModel> resolve_rival(store::Store& store, const std::string& reference,
                                                     const PromotionOptions& options,
                                                     std::optional<eval::GateResult>& missing, Context& context) {
  if (!options.pass_if_missing) return registry::resolve(store, reference, {}, context);
  std::string reason;
  auto resolved = registry::resolve_if_any(store, reference, {}, context, reason);
  if (resolved) return resolved;
  // A bare word may have been meant as an alias of the model that is promoted.
  if (reference == options.require_better) registry::check_asked_alias(store, options.to.name, reference);
  missing =
      eval::GateResult{"better than " + *options.require_better, true, "there is no such model yet: " + reason, {}, {}};
  return std::nullopt;
}

// What the decision rests on, so that a repetition with stricter gates or other rows is another operation.
std::string asked(const PromotionOptions& options) {
  const eval::EvalOptions& evaluation = options.evaluation;
  const data::SourceOptions& source = evaluation.source;
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  return to_line({evaluation.require, or_null(options.require_better), options.margin, or_null(options.alpha),
                  options.pass_if_missing, evaluation.metrics, source.argument, source.where, source.sql,
                  or_null(source.sample), or_null(source.limit), or_null(source.seed)});
}

}  // namespace

PromotionReport promote(store::Store& store, const PromotionOptions& options, Context& context) {
  PromotionReport report;
  registry::PromoteOptions to = options.to;
  to.asked = asked(options);
  registry::check_alias(to.alias);
  for (const auto& gate : options.evaluation.require) eval::parse_gate(gate);
  if (options.require_better && options.require_better->empty())
    throw Error(Code::usage, fmt::format("cannot promote {}/{}: the model to beat has no name", to.name, to.version),
                "name it: --require-better champion");
  const bool gated = !options.evaluation.require.empty() || options.require_better;
  if (gated && options.evaluation.source.argument.empty())
    throw Error(Code::usage, fmt::format("cannot promote {}/{} on evidence without data", to.name, to.version),
                "gates are measured anew: name the rows with --data test.parquet");
  if (const auto earlier = registry::earlier_decision(store, to)) {
    report.promotion = earlier->promotion;
    report.passed = earlier->promotion.has_value();
    report.repeated = earlier->evidence;
    report.version = registry::version(store, to.name, to.version,
                                       report.promotion ? std::optional(report.promotion->time) : std::nullopt);
    return report;
  }
  report.version = registry::version(store, to.name, to.version);
  if (!to.new_alias) registry::check_new_alias(store, to.name, to.alias);  // before measuring takes its time

  if (!options.evaluation.source.argument.empty()) {
    eval::EvalOptions evaluation = options.evaluation;
    std::optional<Loaded> model;
    registry::load_resolved(
        store, fmt::format("model:{}/{}", to.name, to.version), {}, context,
        [&](const registry::ResolvedModel& resolved) { model.emplace(load(resolved, options, context)); });
    evaluation.model = &model->bundle;
    evaluation.model_name = model->label;
    std::optional<Loaded> rival;
    std::optional<eval::GateResult> missing;
    if (options.require_better) {
      const std::string reference = rival_reference(store, options);
      const auto resolved = resolve_rival(store, reference, options, missing, context);
      // What is measured now is what the alias must still point to when it is moved.
      if (reference == fmt::format("model:{}@{}", to.name, to.alias))
        to.expected = resolved ? resolved->version.value_or(0) : 0;
      if (resolved) {
        rival.emplace(load(*resolved, options, context));
        evaluation.rival =
            eval::Rival{&rival->bundle, rival->label, evaluation.metrics.empty() ? "" : evaluation.metrics.front(),
                        options.margin, options.alpha};
      }
    }
    report.evidence = eval::evaluate(evaluation, context);
    if (missing) report.evidence->gates.push_back(*missing);
    report.passed = report.evidence->passed && std::all_of(report.evidence->gates.begin(), report.evidence->gates.end(),
                                                           [](const auto& gate) { return gate.passed; });
    to.evidence = to_line(eval::to_json(*report.evidence));
  }
  if (report.passed) {
    report.promotion = registry::promote(store, to, context);
    // As it was then: others may have moved the alias on and deleted the version.
    report.version = registry::version(store, to.name, to.version, report.promotion->time);
  } else {
    registry::refuse(store, to, context);
  }
  return report;
}

Json to_json(const PromotionReport& report) {
  Json json{{"schema", "mlsys.promote/1"}};
  json.update(registry::to_json(report.version));
  json["verdict"] = report.passed ? "pass" : "fail";
  json["gates"] = Json::array();
  Json evidence;
  if (report.evidence)
    evidence = eval::to_json(*report.evidence);
  else if (report.repeated && !report.repeated->empty())
    evidence = parse_json(*report.repeated, "the evidence");
  if (evidence.contains("gates")) json["gates"] = evidence["gates"];
  if (report.promotion) {
    json["alias"] = report.promotion->alias;
    json["previous"] = report.promotion->previous == 0 ? Json(nullptr) : Json(report.promotion->previous);
  }
  if (!evidence.is_null()) json["evidence"] = std::move(evidence);
  return json;
}

}  // namespace mlsys::promotion
