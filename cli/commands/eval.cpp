#include "mlsys/eval/evaluate.hpp"

#include <algorithm>
#include <array>

#include "data_options.hpp"
#include "eval_output.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/eval/render.hpp"
#include "mlsys/frame/command.hpp"
#include "model_argument.hpp"
#include "next.hpp"
#include "verdict_files.hpp"

namespace mlsys::frame {

enum class IfMissing { fail, pass };

}  // namespace mlsys::frame

template <>
struct mlsys::NameTable<mlsys::frame::IfMissing> {
  static constexpr std::string_view what = "verdict";
  static constexpr auto entries = std::to_array<NameEntry<mlsys::frame::IfMissing>>(
      {{mlsys::frame::IfMissing::fail, "fail"}, {mlsys::frame::IfMissing::pass, "pass"}});
};

namespace mlsys::frame {
namespace {

class Eval final : public Verb {
  void declare(Options& options) override {
    options.positional(first_, "MODEL|PREDICTIONS", "Model to score DATA with, or a file of predictions")
        .completes(Completes::model);
    options.positional(second_, "DATA", "Rows with the target").optional().completes(Completes::file);

    declare_as_of(options, as_of_);
    options.group("Columns");
    data::Roles& roles = eval_.roles;
    options.value(roles.target, "--target,--label", "COLUMN", "What is predicted").default_text("the model's");
    options.value(roles.score, "--score", "COLUMN", "Predictions: the score")
        .default_text("score, prediction or p_<class>");
    options.value(roles.positive, "--positive", "VALUE", "Predictions: the class that counts as positive")
        .default_text("1 or true");
    options.value(roles.weight, "--weight", "COLUMN", "Weight of each row");
    options.value(roles.query, "--query", "COLUMN", "Ranking: the query of each row");
    options.value(roles.id, "--id", "COLUMN", "Ranking: document ids, for conventions that order ties by them");
    options.value(roles.slices, "--slice", "COLUMN", "Report each value of this column; 'a,b' or repeated")
        .default_text("the model's");

    options.group("Metrics");
    options.value(eval_.task, "--task", "TASK", "Predictions: what kind they are").default_text("auto");
    options
        .value(eval_.metrics, "--metric", "NAME",
               "Report this too, like ndcg@5; the first is what --require-better compares")
        .completes(Completes::metric);
    options.value(eval_.threshold, "--threshold", "X", "Scores from here are positive")
        .default_text("the model's, else 0.5");
    options.value(eval_.convention, "--convention", "NAME", "Whose definitions of ranking metrics")
        .default_text("default; a ranker's: xgboost");
    options.value(eval_.calibration_bins, "--bins", "N", "Bins of ece and the calibration curve").default_text("10");
    options.value(eval_.calibration_strategy, "--binning", "HOW", "Edges of these bins").default_text("quantile");
    options.flag(eval_.bootstrap, "--ci", "Bootstrap an interval for every metric");
    options.value(eval_.replicates, "--replicates", "N", "Bootstrap replicates").default_text("1000, or 20 / alpha");
    options.value(eval_.level, "--level", "X", "Level of intervals").default_text("0.95");
    options.value(seed_, "--seed", "N", "Seed of --ci and --sample").default_text("0");
    options.flag(explain_, "--explain", "Print the definition of every metric");
    options.value(unseen_, "--unseen", "HOW", "Model: categories that training did not see").default_text("missing");
    options.value(engine_, "--predictor", "NAME", "Model: who walks the trees").default_text("forest");

    options.group("Gates");
    options.value(eval_.require, "--require", "'METRIC >= X'", "Fail with 3 unless this holds, may be repeated");
    options.value(rival_, "--require-better", "MODEL", "Fail with 3 unless better than this model on the same rows")
        .completes(Completes::model);
    options.value(margin_, "--margin", "X", "By more than this").default_text("0");
    options.value(alpha_, "--alpha", "X", "And significantly at this level");
    options.value(if_missing_, "--if-missing", "VERDICT", "Verdict when the model to beat does not exist")
        .default_text("fail");

    files_.declare(options);
    data_.declare(options,
                  {.seed = false, .model = true, .derive = "Predictions: add a column computed from each row"});
  }

  Code run(Session& session) override {
    files_.settle(session.out());
    check_rival_options();
    check_scoring_options();
    data_.settle();
    session.context().seed = seed_;
    eval_.source = data_.source;
    eval_.source.argument = second_.empty() ? first_ : second_;
    eval_.derivations = data_.derivations();
    data::split_names(eval_.roles);
    eval_.curves = !files_.report.empty();
    for (const auto& text : eval_.require) eval::parse_gate(text);

    std::optional<LoadedModel> model;
    if (!second_.empty()) {
      model.emplace(load_model(first_, session, as_of_));
      eval_.model = &model->bundle;
      eval_.unseen = unseen_.value_or(predict::Unseen::missing);
      eval_.engine = engine_.value_or(predict::Engine::forest);
      eval_.model_name = model->label();
    } else if (first_.starts_with("run:") || first_.starts_with("@")) {
      throw Error(Code::usage, "cannot evaluate " + quoted(first_) + " without data", "mlsys eval " + first_ + " DATA");
    }
    std::optional<LoadedModel> rival;
    std::optional<eval::GateResult> missing;
    if (!rival_.empty()) load_rival(session, rival, missing);
    if (!missing) check_as_of(as_of_, {model ? &model->resolved : nullptr, rival ? &rival->resolved : nullptr});

    eval::EvalReport report = eval::evaluate(eval_, session.context());
    if (missing) report.gates.push_back(*missing);
    write_files(report);
    show(session, report);
    return report.passed ? Code::ok : Code::verdict;
  }

  // Options of a comparison without one would be ignored in silence.
  void check_rival_options() const {
    if (!rival_.empty()) return;
    const char* given = margin_ ? "--margin" : alpha_ ? "--alpha" : if_missing_ ? "--if-missing" : nullptr;
    if (given == nullptr) return;
    throw Error(Code::usage, std::string(given) + " belongs to a comparison, and there is none",
                "name the model to beat: --require-better MODEL");
  }

  // Nor does a file of predictions score anything.
  void check_scoring_options() const {
    const char* given = unseen_ ? "--unseen" : engine_ ? "--predictor" : nullptr;
    if (!second_.empty() || given == nullptr) return;
    throw Error(Code::usage, std::string(given) + " is for a model; " + quoted(first_) + " holds scores already",
                "leave it out, or score rows with a model: mlsys eval MODEL DATA");
  }

  void load_rival(Session& session, std::optional<LoadedModel>& rival, std::optional<eval::GateResult>& missing) {
    if (if_missing_ == IfMissing::pass) {  // the look-up alone: a model that cannot be loaded is not a missing one
      std::string reason;
      auto resolved = resolve_model_if_any(rival_, session, as_of_, reason);
      if (!resolved) {
        missing = eval::GateResult{"better than " + rival_, true, "there is no such model yet: " + reason, {}, {}};
        return;
      }
      rival.emplace(load_model(*std::move(resolved), session));
    } else {
      rival.emplace(load_model(rival_, session, as_of_));
    }
    eval_.rival = eval::Rival{&rival->bundle, rival->label(), eval_.metrics.empty() ? "" : eval_.metrics[0],
                              margin_.value_or(0), alpha_};
  }

  void write_files(const eval::EvalReport& report) const {
    if (!files_.report.empty()) write_file(files_.report, eval::html(report, std::string("mlsys ") + version()));
    files_.write(eval::verdict_of(report), eval::markdown(report));
  }

  void show(Session& session, const eval::EvalReport& report) const {
    Output& out = session.out();
    out.document(eval::to_json(report));
    out.id(report.passed ? "pass" : "fail");
    for (const auto& warning : report.warnings) out.warn(warning);
    if (files_.print(out, eval::verdict_of(report))) return;
    show_evaluation(out, report, explain_);
    if (!files_.report.empty()) out.line("report: " + files_.report.string());
    if (report.passed && model_is_run(report.model)) {
      out.line();
      out.line("next:");
      out.line("  " + next_command(session, {"register", report.model, "--name", "NAME"}));
    }
  }

  static bool model_is_run(const std::string& model) { return model.starts_with("run:"); }

  std::string first_;
  std::string second_;
  std::string as_of_;
  eval::EvalOptions eval_;
  DataOptions data_;
  std::string rival_;
  std::uint64_t seed_ = 0;
  std::optional<double> margin_;
  std::optional<double> alpha_;
  std::optional<IfMissing> if_missing_;  // fail
  bool explain_ = false;
  std::optional<predict::Unseen> unseen_;  // missing
  std::optional<predict::Engine> engine_;  // forest
  VerdictFiles files_;
};

constexpr Example kExamples[] = {
    {"mlsys eval preds.csv --target y --score s --weight w --json", "measure predictions made by any tool"},
    {"mlsys eval @last test.csv --slice region --report report.html", "the newest run's model, with a report"},
    {"mlsys eval run:1f3a test.csv --require 'roc_auc >= 0.75' --require 'ece <= 0.05'", "gates for CI: exit code 3"},
    {"mlsys eval run:1f3a test.csv --require-better fraud@champion --alpha 0.05",
     "better than the champion, and surely"},
    {"mlsys eval ranked.parquet --target relevance --query qid --metric ndcg@5 --convention trec_eval --id doc",
     "a ranking, by trec_eval's definitions"},
};
constexpr VerbInfo kVerbs[] = {
    {"", "Measure a model or its predictions, and gate on the result", kExamples, make_verb<Eval>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("eval", mlsys::frame::kVerbs)
