#include "data_options.hpp"
#include "data_verbs.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/profile/profile.hpp"
#include "mlsys/profile/reference.hpp"
#include "mlsys/profile/render.hpp"

namespace mlsys::frame {
namespace {

class DataProfile final : public Verb {
  void declare(Options& options) override {
    options.positional(data_.source.argument, "DATA", "Table to describe").completes(Completes::file);
    options.value(profile_.columns, "--column", "COLUMN", "Only this column, may be repeated");
    options.value(profile_.target, "--target,--label", "COLUMN", "Say how each column goes with this one");
    options.value(profile_.positive, "--positive", "VALUE", "The target's positive class").default_text("1 or true");
    options.value(profile_.top, "--top", "N", "Most frequent values kept").default_text("10");
    options.value(profile_.bins, "--bins", "N", "Bins of histograms").default_text("20");
    options.value(profile_.exact_distinct, "--exact-distinct", "N", "Count distinct texts exactly up to this many")
        .default_text("1000000");
    options.value(save_, "--save", "FILE", "Write a profile that can be merged and compared with").writes();
    options.value(report_, "--report", "FILE", "Write an HTML report").writes();
    data_.declare(options);
  }

  Code run(Session& session) override {
    data_.settle();
    if (profile_.bins == 0 || profile_.bins > 1000) throw Error(Code::usage, "--bins must lie between 1 and 1000");
    profile_.source = data_.source;
    profile_.derivations = data_.derivations();
    data::Dataset dataset = data::Dataset::open(profile_.source, session.context());
    for (const auto& derivation : profile_.derivations) dataset.derive(derivation.name, derivation.expression);
    const profile::ProfileReport report = profile::profile(dataset, profile_, session.context());
    if (!save_.empty()) save(dataset, session.context());
    if (!report_.empty()) write_file(report_, profile::html(report, std::string("mlsys ") + version()));
    show(session.out(), report);
    return Code::ok;
  }

  void save(const data::Dataset& dataset, Context& ctx) const {
    std::vector<std::string> columns = profile_.columns;
    if (columns.empty())
      for (const auto& column : dataset.columns()) columns.push_back(column.name);
    write_file(save_, to_text(profile::to_json(profile::reference_profile(dataset, columns, ctx))));
  }

  void show(Output& out, const profile::ProfileReport& report) const {
    out.document(profile::to_json(report));
    out.id(report.digest);
    out.line(report.subject + ": " + counted(report.rows, "row") + ", " + counted(report.columns.size(), "column"));
    out.line();
    Table table;
    table.column("column");
    table.column("type");
    for (const char* title : {"missing", "distinct", "min", "mean", "max"}) table.column(title, Table::Align::right);
    if (!report.association.empty()) table.column(report.association, Table::Align::right);
    table.column("distribution");
    for (const auto& column : report.columns) add_row(table, column, report);
    out.table(table);
    if (!save_.empty()) out.line("profile: " + save_.string());
    if (!report_.empty()) out.line("report: " + report_.string());
    out.line();
    out.line("next:");
    out.line("  mlsys data infer " + shell_word(data_.source.argument) + " -o contract.json");
  }

  static void add_row(Table& table, const profile::ColumnReport& column, const profile::ProfileReport& report) {
    const auto value = [&](const std::optional<std::string>& text) -> std::string {
      if (!text || column.type == data::ColumnType::text) return "";
      const auto number = column.mean ? parse_double(*text) : std::nullopt;
      return number ? significant(*number, 5) : *text;
    };
    std::vector<Table::Cell> row = {{column.name, Tone::strong},
                                    {std::string(name_of(column.type)), Tone::faint},
                                    {column.nulls == 0 ? "" : with_thousands(column.nulls), Tone::warn},
                                    {(column.distinct_exact ? "" : "≈") + with_thousands(column.distinct), Tone::plain},
                                    {value(column.min), Tone::plain},
                                    {column.mean ? significant(*column.mean, 5) : "", Tone::plain},
                                    {value(column.max), Tone::plain}};
    if (!report.association.empty()) row.emplace_back(profile::association_text(column));
    row.emplace_back(column.histogram ? profile::sparkline(*column.histogram) : profile::summary(column, report.rows));
    table.row(std::move(row));
  }

  DataOptions data_;
  profile::ProfileOptions profile_;
  std::filesystem::path report_, save_;
};

constexpr Example profile_examples[] = {
    {"mlsys data profile train.csv", "types, missing and distinct values, ranges and distributions"},
    {"mlsys data profile train.parquet --target late --report profile.html", "and how columns go with the target"},
};

}  // namespace

const VerbInfo data_profile_verb{"profile", "Describe the columns of a table", profile_examples,
                                 make_verb<DataProfile>};

}  // namespace mlsys::frame
