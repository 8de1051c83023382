#include "mlsys/contract/validate.hpp"

#include "data_options.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/render.hpp"
#include "mlsys/frame/command.hpp"
#include "verdict_files.hpp"

namespace mlsys::frame {
namespace {

using contract::CheckResult;
using contract::Severity;

class Validate final : public Verb {
  void declare(Options& options) override {
    options.positional(data_.source.argument, "DATA", "Table to check").completes(Completes::file);
    options.value(contract_, "-c,--contract", "FILE", "Contract to check against")
        .required()
        .completes(Completes::file);
    options.group("Checks");
    options.flag(validate_.strict, "--strict", "Warnings fail as well");
    options.flag(validate_.without_target, "--without-target", "The target's column may be absent");
    options.flag(validate_.serving, "--serving",
                 "As when a model is used: columns that are not there then may be absent");
    options.value(references_, "--reference", "NAME=FILE", "What the contract calls NAME: a table, or a profile")
        .completes(Completes::file);
    options.value(validate_.id, "--id", "COLUMN", "Names the offending rows").default_text("the contract's key");
    options.value(validate_.max_samples, "--samples", "N", "Offending rows shown per check").default_text("5");
    files_.declare(options);
    options.value(validate_.valid, "--valid", "FILE", "Write the rows that pass").writes();
    options.value(validate_.invalid, "--invalid", "FILE", "Write the rows that fail").writes();
    data_.declare(options);
  }

  Code run(Session& session) override {
    files_.settle(session.out());
    data_.settle();
    const std::string subject = "contract " + quoted(contract_.string());
    validate_.contract = contract::read_contract(contract_);
    validate_.contract_subject = subject;
    validate_.folder = std::filesystem::absolute(contract_).parent_path();
    for (const auto& text : references_) {
      const std::size_t mark = text.find('=');
      if (mark == std::string::npos || mark == 0 || mark + 1 == text.size())
        throw Error(Code::usage, "cannot use the reference " + quoted(text) + ": it is not NAME=FILE",
                    "for example: --reference train=train.parquet");
      validate_.references[text.substr(0, mark)] = text.substr(mark + 1);
    }
    validate_.source = data_.source;
    validate_.derivations = data_.derivations();
    const contract::ValidateReport report = contract::validate(validate_, session.context());
    const std::string against = quoted(contract_.string());
    const report::Verdict verdict = contract::verdict(report, against);
    files_.write(verdict);
    if (!files_.report.empty())
      write_file(files_.report, contract::html(report, against, std::string("mlsys ") + version()));
    show(session.out(), report, verdict, against);
    return report.passed ? Code::ok : Code::verdict;
  }

  void show(Output& out, const contract::ValidateReport& report, const report::Verdict& verdict,
            const std::string& against) const {
    out.document(contract::to_json(report));
    out.id(report.passed ? "pass" : "fail");
    if (files_.print(out, verdict)) return;
    out.line(report.subject + " against " + against + ": " + counted(report.rows, "row") + ", " +
             counted(report.checks.size(), "check"));
    Table table;
    table.column("check");
    table.column("column");
    table.column("failures", Table::Align::right);
    table.column("expected");
    table.column("first rows");
    for (const auto& check : report.checks)
      if (!check.passed) add_row(table, check);
    if (!table.empty()) {
      out.line();
      out.table(table);
      out.line();
    }
    const std::size_t held = report.checks.size() - report.errors - report.warnings;
    out.line(out.paint(report.passed ? Tone::good : Tone::bad, report.passed ? "pass" : "fail") + ": " +
             std::to_string(held) + " hold, " + std::to_string(report.errors) + " violated, " +
             counted(report.warnings, "warning"));
    if (report.valid_rows) out.line("valid: " + counted(*report.valid_rows, "row") + " in " + validate_.valid.string());
    if (report.invalid_rows)
      out.line("invalid: " + counted(*report.invalid_rows, "row") + " in " + validate_.invalid.string());
    if (!files_.report.empty()) out.line("report: " + files_.report.string());
  }

  static void add_row(Table& table, const CheckResult& check) {
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < std::min<std::size_t>(2, check.samples.size()); ++i)
      rows.push_back(contract::text(check.samples[i]));
    if (check.failures > rows.size() && !rows.empty()) rows.emplace_back("…");
    if (rows.empty() && !check.reason.empty()) rows.push_back(check.reason);
    table.row({{check.name, check.severity == Severity::error ? Tone::bad : Tone::warn},
               {some_of(check.columns, 10), Tone::plain},
               {with_thousands(check.failures), Tone::plain},
               {check.expected, Tone::plain},
               {join(rows, "; "), Tone::faint}});
  }

  DataOptions data_;
  std::filesystem::path contract_;
  std::vector<std::string> references_;
  contract::ValidateOptions validate_;
  VerdictFiles files_;
};

constexpr Example kExamples[] = {
    {"mlsys validate test.csv --contract contract.json", "check a table; exit code 3 when the contract is violated"},
    {"mlsys validate new.parquet -c contract.json --strict --json", "warnings fail as well; the result as JSON"},
    {"mlsys validate today.csv -c contract.json --without-target --junit result.xml --format github",
     "in CI, before the labels are known"},
    {"mlsys validate new.csv -c contract.json --valid good.csv --invalid bad.csv", "go on with the rows that pass"},
    {"mlsys validate test.csv -c contract.json --reference train=train.csv", "with checks that compare two tables"},
};
constexpr VerbInfo kVerbs[] = {{"", "Check a table against a data contract", kExamples, make_verb<Validate>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("validate", mlsys::frame::kVerbs)
