#include "data_options.hpp"
#include "data_verbs.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/split.hpp"

namespace mlsys::frame {
namespace {

class DataSplit final : public Verb {
  void declare(Options& options) override {
    options.positional(data_.source.argument, "DATA", "Table to divide").completes(Completes::file);
    options.value(split_.output, "-o,--output", "DIR", "Folder of the parts")
        .required()
        .completes(Completes::directory);
    options.value(parts_, "--parts", "NAME=SHARE,…", "The parts and their shares").default_text(parts_);
    options.value(split_.stratify, "--stratify", "COLUMN", "The same share of each value in every part");
    options.value(split_.time, "--time", "COLUMN", "Earliest rows to the first part, latest to the last");
    options.value(split_.group, "--group", "COLUMN", "Rows of one value stay in one part");
    options.value(split_.ending, "--to", "ENDING", "csv, tsv, parquet, ndjson or json, text also with .gz or .zst")
        .default_text("as the source");
    options.flag(split_.force, "--force", "Replace files that exist");
    data_.declare(options);
  }

  Code run(Session& session) override {
    data_.settle();
    if (!data_.derive.empty())
      throw Error(Code::usage, "cannot derive columns while splitting", "derive them where the parts are read");
    split_.source = data_.source;
    split_.parts = data::parse_split_parts(parts_);
    const data::SplitReport report = data::split(split_, session.context());
    Output& out = session.out();
    out.document(data::to_json(report));
    show(out, report);
    return Code::ok;
  }

  static void show(Output& out, const data::SplitReport& report) {
    std::string how = std::string(name_of(report.method));
    if (!report.column.empty()) how += " by " + report.column;
    const bool seeded = report.method != data::SplitMethod::time;
    out.line(report.subject + ": " + with_thousands(report.rows) + " rows, " + how +
             (seeded ? ", seed " + std::to_string(report.seed) : ""));
    out.line();
    Table table;
    const bool timed = !report.parts.empty() && !report.parts.front().first.empty();
    table.column("part");
    table.column("rows", Table::Align::right);
    table.column("share", Table::Align::right);
    if (timed) {
      table.column("from");
      table.column("to");
    }
    table.column("file");
    for (const data::SplitReport::Part& part : report.parts) {
      const double share = static_cast<double>(part.rows) / static_cast<double>(report.rows);
      std::vector<Table::Cell> cells = {part.name, with_thousands(part.rows), significant(share, 3)};
      if (timed) {
        cells.emplace_back(part.first);
        cells.emplace_back(part.last);
      }
      cells.emplace_back(part.path.string());
      table.row(std::move(cells));
      out.id(part.path.string());
    }
    out.table(table);
    for (const data::SplitReport::Part& part : report.parts)
      if (part.shared_rows > 0)
        out.warn(with_thousands(part.shared_rows) + (part.shared_rows == 1 ? " row" : " rows") + " of " +
                 quoted(part.name) +
                 " have the same values as rows of an earlier part: what is learned there is known here");
    out.line();
    out.line("next:");
    out.line("  mlsys train " + shell_word(report.parts.front().path.string()) + " --target COLUMN --valid " +
             shell_word(report.parts.at(1).path.string()));
  }

  DataOptions data_;
  data::SplitOptions split_;
  std::string parts_ = "train=0.8,test=0.2";
};

constexpr Example split_examples[] = {
    {"mlsys data split all.csv -o parts --parts train=0.7,valid=0.15,test=0.15 --stratify y",
     "the same mix of classes in each"},
    {"mlsys data split all.parquet -o parts --time date", "learn from the past, test on what came after"},
    {"mlsys data split all.csv -o parts --group user_id", "no user is in two parts"},
};

}  // namespace

const VerbInfo data_split_verb{"split", "Divide a table into parts", split_examples, make_verb<DataSplit>};

}  // namespace mlsys::frame
