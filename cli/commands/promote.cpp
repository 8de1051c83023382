#include <fmt/format.h>

#include "data_options.hpp"
#include "eval_output.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/eval/render.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/promotion/promotion.hpp"
#include "mlsys/registry/reference.hpp"

namespace mlsys::frame {
namespace {

class Promote final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Version to promote: fraud/3, or fraud@challenger").completes(Completes::model);
    options.value(alias_, "--to", "ALIAS", "Alias to point at it").default_text("champion");
    options.flag(promotion_.to.new_alias, "--new-alias", "Make the alias although it reads like another one");
    options.value(reason_, "--reason", "TEXT", "Why; kept in the record");
    options.value(operation_, "--operation", "ID", "Name of this write: repeating it changes nothing");

    eval::EvalOptions& evaluation = promotion_.evaluation;
    options.group("Gates, measured anew");
    options.value(evaluation.source.argument, "--data", "DATA", "Rows with the target, never those of the training")
        .completes(Completes::file);
    options.value(evaluation.require, "--require", "'METRIC >= X'", "Promote only if this holds, may be repeated");
    options
        .value(promotion_.require_better, "--require-better", "MODEL",
               "Promote only if better on the same rows: an alias of this model, or any model")
        .completes(Completes::model);
    options.value(evaluation.metrics, "--metric", "NAME", "Compare by this metric, and report it")
        .default_text("the task's first")
        .completes(Completes::metric);
    options.value(promotion_.margin, "--margin", "X", "Better by more than this").default_text("0");
    options.value(promotion_.alpha, "--alpha", "X", "And significantly at this level");
    options.value(if_missing_, "--if-missing", "VERDICT", "Verdict when the model to beat does not exist")
        .choices({"fail", "pass"})
        .default_text("fail");
    options.value(seed_, "--seed", "N", "Seed of the bootstrap and --sample").default_text("0");

    options.group("Columns");
    data::Roles& roles = evaluation.roles;
    options.value(roles.target, "--target,--label", "COLUMN", "What is predicted").default_text("the model's");
    options.value(roles.weight, "--weight", "COLUMN", "Weight of each row");
    options.value(roles.query, "--query", "COLUMN", "Ranking: the query of each row").default_text("the model's");
    options.value(roles.slices, "--slice", "COLUMN", "Measure each value of this column; 'a,b' or repeated");
    data_.declare(options, {.seed = false, .derive = ""});  // a model derives its own
  }

  Code run(Session& session) override {
    Context& context = session.context();
    store::Store store = store::Store::open(session.project().state, store::Mode::update, context);
    const auto resolved = registry::resolve(store, model_, {{}, store::Check::exists}, context);
    if (!resolved.version)
      throw Error(Code::usage,
                  fmt::format("cannot promote {}: it is not a version of a registered model", quoted(model_)),
                  fmt::format("register it first: mlsys register {} --name NAME", model_));
    data_.settle();
    data_.source.argument = promotion_.evaluation.source.argument;
    promotion_.evaluation.source = data_.source;
    promotion_.evaluation.derivations = data_.derivations();
    data::split_names(promotion_.evaluation.roles);
    context.seed = seed_;
    promotion_.max_unpacked = parse_bytes(session.settings().get("max_unpacked").text);
    promotion_.pass_if_missing = if_missing_ == "pass";
    promotion_.to.name = resolved.name;
    promotion_.to.version = *resolved.version;
    promotion_.to.alias = alias_;
    promotion_.to.reason = reason_;
    promotion_.to.operation = operation_;
    const auto report = promotion::promote(store, promotion_, context);
    show(session.out(), report);
    return report.passed ? Code::ok : Code::verdict;
  }

  void show(Output& out, const promotion::PromotionReport& report) const {
    out.document(to_json(report));
    const registry::Version& version = report.version;
    const std::string label = fmt::format("{}/{}", version.name, version.version);
    if (report.evidence) {
      for (const auto& warning : report.evidence->warnings) out.warn(warning);
      show_evaluation(out, *report.evidence, false);
      out.line();
    }
    if (report.repeated) out.note("decided before by this operation: nothing was measured or changed now");
    if (!report.promotion) {
      out.id("fail");
      out.line(
          fmt::format("{} is not promoted: {}@{} stays as it was", out.paint(Tone::bad, label), version.name, alias_));
      return;
    }
    out.id(label);
    const std::int64_t previous = report.promotion->previous;
    out.line(fmt::format("{} is {}@{}{}", out.paint(Tone::strong, label), version.name, alias_,
                         previous == 0                 ? (alias_ == "champion" ? "" : ", a new alias")
                         : previous == version.version ? ", as before"
                                                       : fmt::format(", before it was {}/{}", version.name, previous)));
  }

  std::string model_, reason_, operation_;
  std::string alias_ = "champion";
  std::string if_missing_ = "fail";
  std::uint64_t seed_ = 0;
  promotion::PromotionOptions promotion_;
  DataOptions data_;
};

constexpr Example examples[] = {
    {"mlsys promote fraud/3 --to champion", "fraud@champion is fraud/3 from now on"},
    {"mlsys promote fraud/3 --data test.csv --require 'roc_auc >= 0.75'", "only if it is good enough there: else 3"},
    {"mlsys promote fraud/3 --data test.csv --require-better champion --alpha 0.05 --if-missing pass",
     "only if it beats the present champion, if there is one"}};
constexpr VerbInfo verbs[] = {
    {"", "Point an alias such as champion at a version, on evidence", examples, make_verb<Promote>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("promote", mlsys::frame::verbs)
