#include <optional>

#include "data_options.hpp"
#include "data_verbs.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/split.hpp"

namespace mlsys::frame {
namespace {

constexpr const char* default_parts = "train=0.8,test=0.2";

class DataSplit final : public Verb {
  void declare(Options& options) override {
    options.positional(data_.source.argument, "DATA", "Table to divide").completes(Completes::file);
    options.value(split_.output, "-o,--output", "DIR", "Folder of the parts; with --column the file to write")
        .required()
        .completes(Completes::directory);
    options.value(parts_, "--parts", "NAME=SHARE,…", "The parts and their shares").default_text(default_parts);
    options.value(folds_, "--folds", "K", "K equal parts for cross-validation: fold1, fold2, …");
    options.value(split_.column, "--column", "NAME", "One file with a column that says each row's part");
    options.value(split_.stratify, "--stratify", "COLUMN", "The same share of each value in every part");
    options.value(split_.time, "--time", "COLUMN", "Earliest rows to the first part, latest to the last");
    options.value(split_.group, "--group", "COLUMN", "Rows of one value stay in one part");
    options.value(split_.leak, "--leak", "COLUMN", "Count rows whose value of this column another part has too");
    options.value(split_.exclude, "--exclude", "COLUMN", "Not compared when equal rows are counted: an id");
    options.value(split_.ending, "--to", "ENDING", "csv, tsv, parquet, ndjson or json, text also with .gz or .zst")
        .default_text("as the source");
    options.flag(split_.force, "--force", "Replace files that exist");
    data_.declare(options, {.derive = ""});
  }

  Code run(Session& session) override {
    data_.settle();
    if (!data_.derive.empty())
      throw Error(Code::usage, "cannot derive columns while splitting", "derive them where the parts are read");
    split_.source = data_.source;
    if (folds_ && !parts_.empty())
      throw Error(Code::usage, "--folds and --parts both say what the parts are", "choose one");
    split_.parts = folds_ ? data::fold_parts(*folds_, !split_.column.empty())
                          : data::parse_split_parts(parts_.empty() ? default_parts : parts_);
    const data::SplitReport report = data::split(split_, session.context());
    Output& out = session.out();
    out.document(data::to_json(report));
    show(out, report);
    return Code::ok;
  }

  void show(Output& out, const data::SplitReport& report) const {
    const std::string how = describe(report);
    const bool seeded = report.method != data::SplitMethod::time;
    out.line(report.subject + ": " + counted(report.rows, "row") + ", " + how +
             (seeded ? ", seed " + std::to_string(report.seed) : ""));
    out.line();
    out.table(table_of(report));
    if (report.part_column.empty())
      for (const auto& part : report.parts) out.id(part.path.string());
    else
      out.id(split_.output.string());
    warn_of_leaks(out, report);
    out.line();
    out.line("next:");
    out.line("  " + next(report));
  }

  static std::string describe(const data::SplitReport& report) {
    switch (report.method) {
      case data::SplitMethod::stratified:
        return "stratified by " + report.column;
      case data::SplitMethod::time:
        return "in the order of " + report.column;
      case data::SplitMethod::group:
        return "rows of one " + report.column + " together";
      case data::SplitMethod::random:
        break;
    }
    return "at random";
  }

  static Table table_of(const data::SplitReport& report) {
    Table table;
    const bool timed = !report.parts.front().first.empty();
    table.column("part");
    table.column("rows", Table::Align::right);
    table.column("share", Table::Align::right);
    if (timed) {
      table.column("from");
      table.column("to");
    }
    if (report.part_column.empty()) table.column("file");
    for (const data::SplitReport::Part& part : report.parts) {
      const double share = static_cast<double>(part.rows) / static_cast<double>(report.rows);
      std::vector<Table::Cell> cells = {part.name, with_thousands(part.rows), significant(share, 3)};
      if (timed) {
        cells.emplace_back(part.first);
        cells.emplace_back(part.last);
      }
      if (report.part_column.empty()) cells.emplace_back(part.path.string());
      table.row(std::move(cells));
    }
    return table;
  }

  static void warn_of_leaks(Output& out, const data::SplitReport& report) {
    for (const data::SplitReport::Part& part : report.parts) {
      if (part.shared_rows > 0)
        out.warn(counted(part.shared_rows, "row") + " of " + quoted(part.name) +
                 " have the same values as rows of an earlier part: what is learned there is known here");
      for (const auto& [column, rows] : part.shared_values)
        if (rows > 0)
          out.warn(counted(rows, "row") + " of " + quoted(part.name) + " have a value of " + quoted(column) +
                   " that an earlier part has too; --group " + shell_word(column) + " keeps them together");
    }
  }

  [[nodiscard]] std::string next(const data::SplitReport& report) const {
    const std::string& first = report.parts[0].name;
    const std::string& second = report.parts[1].name;
    if (!report.part_column.empty()) {
      const std::string file = "mlsys train " + shell_word(split_.output.string()) + " --target COLUMN ";
      return file + "--valid " + shell_word(report.part_column + "=" + (folds_ ? first : second));
    }
    if (!folds_)
      return "mlsys train " + shell_word(report.parts[0].path.string()) + " --target COLUMN --valid " +
             shell_word(report.parts[1].path.string());
    std::string others = report.parts[0].path.filename().string();
    others.replace(first.size() - 1, 1, "[!" + first.substr(first.size() - 1) + "]");
    // Ten and more have two digits, and no pattern leaves out one of them.
    if (report.parts.size() >= 10)
      return "mlsys data split " + shell_word(data_.source.argument) + " --folds " +
             std::to_string(report.parts.size()) + " --column fold -o folds.parquet";
    return "mlsys train " + shell_word((split_.output / others).string()) + " --target COLUMN --valid " +
           shell_word(report.parts[0].path.string());
  }

  DataOptions data_;
  data::SplitOptions split_;
  std::string parts_;
  std::optional<std::uint64_t> folds_;
};

constexpr Example split_examples[] = {
    {"mlsys data split all.csv -o parts --parts train=0.7,valid=0.15,test=0.15 --stratify y",
     "the same mix of classes in each"},
    {"mlsys data split all.parquet -o parts --time date", "learn from the past, test on what came after"},
    {"mlsys data split all.csv -o parts --group user_id", "no user is in two parts"},
    {"mlsys data split all.csv -o folds --folds 5 --stratify y", "five files for cross-validation"},
    {"mlsys data split all.csv -o all.parquet --folds 5 --column fold", "one file that says each row's fold"},
};

}  // namespace

const VerbInfo data_split_verb{"split", "Divide a table into parts", split_examples, make_verb<DataSplit>};

}  // namespace mlsys::frame
