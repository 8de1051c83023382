#include "mlsys/train/train.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "data_options.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/contract/validate.hpp"
#include "mlsys/frame/command.hpp"
#include "output_folder.hpp"
#include "pairs.hpp"
#include "train_output.hpp"
#include "train_record.hpp"

namespace mlsys::frame {
namespace {

namespace fs = std::filesystem;

// Before anything is trained.
void check_output(const fs::path& output, const fs::path& state) {
  check_output_folder("write a model to", output, state);
  bundle::require_replaceable(output);
}

// The bundle also where the user wants it, all at once.
void copy_bundle(const fs::path& from, const fs::path& to) {
  bundle::require_replaceable(to);
  PendingDirectory target(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    std::error_code error;
    fs::copy_file(entry.path(), target.path() / entry.path().filename(), error);
    if (error) throw_write_error(target.target(), error.value());
  }
  target.commit();
}

class Train final : public Verb {
  void declare(Options& options) override {
    options.positional(data_.source.argument, "DATA", "Table to train on").completes(Completes::file);

    options.group("Columns");
    data::Roles& roles = train_.roles;
    options.value(roles.target, "--target,--label", "COLUMN", "What to predict");
    options.value(roles.positive, "--positive", "VALUE", "The class that counts as positive").default_text("1 or true");
    options.value(roles.features, "--features", "COLUMN", "Learn from these only; 'a,b' or repeated")
        .default_text("all columns without a role");
    options.value(roles.exclude, "--exclude", "COLUMN", "Not a feature; 'a,b' or repeated");
    options.value(roles.id, "--id", "COLUMN", "Names the row; not a feature");
    options.value(roles.weight, "--weight", "COLUMN", "Weight of each row");
    options.value(roles.time, "--time", "COLUMN", "When the row happened: --valid takes the latest rows");
    options.value(roles.group, "--group", "COLUMN", "Rows that --valid must not part");
    options.value(roles.query, "--query", "COLUMN", "Ranking: rows to be ranked together");
    options.value(roles.slices, "--slice", "COLUMN", "Reported by eval for each value; 'a,b' or repeated");

    options.group("Training");
    options.value(train_.task, "--task", "TASK", "What kind of target it is").default_text("auto");
    options.value(train_.valid, "--valid", "DATA|0.2|COLUMN=VALUE", "Validation rows, for early stopping")
        .completes(Completes::file);
    options.value(train_.rounds, "--rounds", "N", "Boosting rounds, with --valid at most").default_text("100");
    options.value(train_.early_stop, "--early-stop", "K", "Stop after K rounds without improvement; 0: never")
        .default_text("20 with --valid");
    options.value(params_, "--param", "NAME=VALUE", "XGBoost parameter, may be repeated");
    options.flag(train_.balance, "--balance", "Weigh classes equally; scores are then no probabilities");
    options.value(train_.threshold, "--threshold", "X|best-f1", "Where a probability becomes the positive class")
        .default_text("0.5");
    options.value(contract_, "--contract", "FILE", "Data contract: checked first (3 when violated), kept in the bundle")
        .completes(Completes::file);
    options.value(seed_, "--seed", "N", "Seed of everything random").default_text("0");

    options.group("Result");
    options.value(output_, "-o,--output", "DIR", "Write the model bundle here as well").completes(Completes::directory);
    options.value(record_.experiment, "-e,--experiment", "NAME", "Experiment of the run, made when it does not exist")
        .setting("experiment");
    options.value(record_.name, "--name", "NAME", "Name of the run").default_text("made up");
    options.value(tags_, "--tag", "KEY=VALUE", "Tag of the run, may be repeated");
    options.flag(no_record_, "--no-record", "Do not record a run; needs -o");
    data_.declare(options, {.seed = false});
  }

  Code run(Session& session) override {
    data_.settle();
    if (no_record_ && output_.empty())
      throw Error(Code::usage, "--no-record without -o would train and keep nothing", "add -o DIR");
    if (!output_.empty()) check_output(output_, session.project().state);
    for (const auto& text : params_) {
      auto [name, value] = booster::parse_parameter(text);
      const auto [known, fresh] = train_.parameters.try_emplace(name, value);
      if (!fresh && known->second != value)
        throw Error(Code::usage, fmt::format("parameter {} is given twice, as {} and {}", name, known->second, value));
    }
    record_.tags = parse_tags("--tag", tags_);
    Context& ctx = session.context();
    ctx.seed = seed_;
    if (!contract_.empty()) data_.source = data::found(data_.source, ctx);  // read to be validated, then to train
    train_.source = data_.source;
    train_.derivations = data_.derivations();
    data::split_names(train_.roles);
    if (!contract_.empty() && !holds(session)) return Code::verdict;

    const TempDirectory scratch(ctx.temp_dir);
    train_.output = scratch.path() / "bundle";
    std::optional<TrainRecord> record;
    if (!no_record_) {
      record_.state = session.state_for_writing();
      if (record_.experiment.empty()) record_.experiment = session.settings().get("experiment").text;
      record_.command = join(session.arguments(), " ");
      record.emplace(record_, train_, ctx);
      train_.on_start = [&](const train::TrainReport& report) { return record->start(report); };
      train_.on_round = [&](const train::Round& round) { record->add(round); };
    }
    train::TrainReport report;
    try {
      report = train::train(train_, ctx);
      const bool finished = report.status == train::Status::finished;
      if (finished && !output_.empty()) copy_bundle(report.model, output_);
      if (record) report.model = record->finish(report);
      if (finished && !output_.empty()) report.model = output_;
      if (!finished && !record) report.model.clear();  // it goes with the temporary folder
    } catch (const Error& error) {
      if (record) record->fail(error);
      throw;
    }
    show_training(session, report, record ? record->previous() : std::nullopt);
    return report.status == train::Status::interrupted ? Code::interrupted : Code::ok;
  }

  // Validates the data against the contract; says what is violated.
  bool holds(Session& session) {
    const auto subject = "contract " + quoted(contract_.string());
    contract::ValidateOptions validate;
    validate.contract = contract::read_contract(contract_);
    validate.contract_subject = subject;
    validate.folder = std::filesystem::absolute(contract_).parent_path();
    validate.source = data_.source;
    validate.derivations = train_.derivations;
    const auto report = contract::validate(validate, session.context());
    train_.contract = std::move(validate.contract);
    for (const auto& check : report.checks)
      if (!check.passed)
        session.out().warn(fmt::format("{}: {} of column {}: {}, expected {}", subject, check.name,
                                       quoted(join(check.columns, ", ")), counted(check.failures, "row"),
                                       check.expected));
    if (report.passed) return true;
    session.out().document(contract::to_json(report));
    session.out().line(fmt::format("not trained: {} violates {}", report.subject, subject));
    session.out().line("next:");
    session.out().line("  " + shell_line({"mlsys", "validate", data_.source.argument, "-c", contract_.string()}));
    return false;
  }

  train::TrainOptions train_;
  DataOptions data_;
  fs::path contract_;
  RecordOptions record_;
  std::vector<std::string> params_;
  std::vector<std::string> tags_;
  fs::path output_;
  std::uint64_t seed_ = 0;
  bool no_record_ = false;
};

constexpr Example examples[] = {
    {"mlsys train train.csv --target y --exclude id", "100 rounds on all other columns"},
    {"mlsys train t.parquet --target late --valid 0.2 --rounds 500", "stop when validation stops improving"},
    {"mlsys train t.csv --target y --time day --valid 0.2", "validate on the latest fifth"},
    {"mlsys train t.csv --target y --rounds 60 --seed 7 --param eta=0.1 -o model", "keep the bundle in a folder, too"},
    {"mlsys train t.csv --target y --contract contract.json", "only when the data keep their contract"},
    {"mlsys train clicks.csv --target grade --query search --task ranking", "learn to rank"},
    {"RUN=$(mlsys train t.csv --target y -q)", "capture the run's id"},
};
constexpr VerbInfo verbs[] = {{"", "Train a model with XGBoost", examples, make_verb<Train>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("train", mlsys::frame::verbs)
