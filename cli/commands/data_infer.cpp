#include "data_options.hpp"
#include "data_verbs.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/infer.hpp"

namespace mlsys::frame {
namespace {

class DataInfer final : public Verb {
  void declare(Options& options) override {
    options.positional(data_.source.argument, "DATA", "Table to draft a contract of").completes(Completes::file);
    options.value(output_, "-o,--output", "FILE", "Write the contract here").default_text("stdout").writes();
    options.value(infer_.max_values, "--max-values", "N", "Texts with more distinct values are not listed")
        .default_text("500");
    options.group("Columns");
    data::Roles& roles = infer_.roles;
    options.value(roles.target, "--target,--label", "COLUMN", "What is predicted");
    options.value(roles.id, "--id", "COLUMN", "Names the row; the key when it does so for every row");
    options.value(roles.weight, "--weight", "COLUMN", "Weight of each row");
    options.value(roles.time, "--time", "COLUMN", "When the row happened");
    options.value(roles.query, "--query", "COLUMN", "Ranking: the query of each row");
    options.value(roles.group, "--group", "COLUMN", "Rows that belong together");
    data_.declare(options);
  }

  Code run(Session& session) override {
    data_.settle();
    infer_.source = data_.source;
    infer_.derivations = data_.derivations();
    const contract::InferReport report = contract::infer(infer_, session.context());
    const Json contract = contract::to_json(report.contract);
    Output& out = session.out();
    if (output_.empty() || output_ == "-") {
      out.document(contract);
      if (out.mode() != Mode::json) out.raw(to_text(contract));
      return Code::ok;
    }
    write_file(output_, to_text(contract));
    out.document(contract);
    out.id(output_.string());
    out.line(output_.string() + ": " + counted(report.contract.fields.size(), "field") + " from " +
             counted(report.rows, "row") + " of " + report.subject);
    out.line();
    out.line("next:");
    out.line("  mlsys validate NEW --contract " + shell_word(output_.string()));
    return Code::ok;
  }

  DataOptions data_;
  contract::InferOptions infer_;
  std::filesystem::path output_;
};

constexpr Example infer_examples[] = {
    {"mlsys data infer train.csv -o contract.json", "draft a contract that the table satisfies"},
    {"mlsys data infer train.csv --target y --id user_id -o contract.json", "and note what columns are for"},
};

}  // namespace

const VerbInfo data_infer_verb{"infer", "Draft a data contract from a table", infer_examples, make_verb<DataInfer>};

}  // namespace mlsys::frame
