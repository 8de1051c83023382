#include "data_options.hpp"
#include "data_verbs.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/compare.hpp"
#include "mlsys/data/diff.hpp"

namespace mlsys::frame {
namespace {

class DataDiff final : public Verb {
  void declare(Options& options) override {
    options.positional(before_, "BEFORE", "Table, or contract with --contracts").completes(Completes::file);
    options.positional(after_, "AFTER", "What it is compared with").completes(Completes::file);
    options.flag(contracts_, "--contracts", "Compare two data contracts: which changes break readers?");
    options.value(diff_.key, "--key", "COLUMN", "Match rows by this column, may be repeated");
    options.value(diff_.exclude, "--exclude", "COLUMN", "Do not compare this column, may be repeated");
    options
        .value(diff_.tolerance, "--tolerance", "X", "Numbers whose difference is at most X of the larger are the same")
        .default_text("0");
    options.value(diff_.max_samples, "--samples", "N", "Differences shown of each kind").default_text("5");
    options.flag(exit_zero_, "--exit-zero", "Exit code 0 whatever differs");
    data_.declare(options, {.derive = ""});
  }

  Code run(Session& session) override {
    data_.settle();
    const bool same = contracts_ ? compare_contracts(session.out()) : compare_tables(session);
    return same || exit_zero_ ? Code::ok : Code::verdict;
  }

  bool compare_tables(Session& session) {
    if (!data_.derive.empty())
      throw Error(Code::usage, "cannot derive columns while comparing", "write them first with mlsys data convert");
    diff_.before = diff_.after = data_.source;
    diff_.before.argument = before_;
    diff_.after.argument = after_;
    const data::DiffReport report = data::diff(diff_, session.context());
    Output& out = session.out();
    out.document(data::to_json(report));
    out.id(report.same ? "same" : "different");
    out.line(report.before + ": " + counted(report.rows_before, "row") + "; " + report.after + ": " +
             counted(report.rows_after, "row"));
    show_columns(out, report);
    show_rows(out, report);
    show_values(out, report);
    out.line();
    out.line(out.paint(report.same ? Tone::good : Tone::bad, report.same ? "same" : "different") + ": " +
             with_thousands(report.removed) + " removed, " + with_thousands(report.added) + " added" +
             (report.key.empty() ? "" : ", " + with_thousands(report.changed) + " changed"));
    return report.same;
  }

  static void show_columns(Output& out, const data::DiffReport& report) {
    Table table;
    for (const char* title : {"column", "before", "after"}) table.column(title);
    for (const auto& column : report.columns_removed)
      table.row({column.name, std::string(name_of(column.type)), {"removed", Tone::bad}});
    for (const auto& column : report.columns_added)
      table.row({column.name, {"added", Tone::good}, std::string(name_of(column.type))});
    for (const auto& column : report.columns)
      if (column.before != column.after)
        table.row({column.name, std::string(name_of(column.before)), std::string(name_of(column.after))});
    if (table.empty()) return;
    out.line();
    out.table(table);
  }

  static void show_rows(Output& out, const data::DiffReport& report) {
    if (report.added_rows.empty() && report.removed_rows.empty()) return;
    Table table;
    table.column("");
    table.column("row", Table::Align::right);
    table.column(report.key.empty() ? "values" : join(report.key, ", "));
    for (const auto* rows : {&report.removed_rows, &report.added_rows})
      for (const auto& row : *rows)
        table.row({rows == &report.added_rows ? Table::Cell{"+", Tone::good} : Table::Cell{"-", Tone::bad},
                   std::to_string(row.row), truncate_width(row.key, 1000)});
    out.line();
    out.table(table);
  }

  static void show_values(Output& out, const data::DiffReport& report) {
    Table table;
    table.column("column");
    table.column("changed", Table::Align::right);
    table.column("first");
    for (const auto& column : report.columns) {
      if (column.changed == 0) continue;
      std::vector<std::string> changes;
      for (std::size_t i = 0; i < std::min<std::size_t>(2, column.samples.size()); ++i) {
        const auto& one = column.samples[i];
        changes.push_back("key " + quoted(one.key, 40) + ": " + (one.before ? quoted(*one.before, 40) : "missing") +
                          " to " + (one.after ? quoted(*one.after, 40) : "missing"));
      }
      if (column.changed > changes.size()) changes.emplace_back("…");
      table.row({column.name, with_thousands(column.changed), {join(changes, "; "), Tone::faint}});
    }
    if (table.empty()) return;
    out.line();
    out.table(table);
  }

  bool compare_contracts(Output& out) const {
    if (!diff_.key.empty()) throw Error(Code::usage, "contracts have no rows to match", "leave --key out");
    const contract::CompareReport report =
        contract::compare(contract::read_contract(before_), contract::read_contract(after_));
    out.document(contract::to_json(report, before_, after_));
    out.id(report.compatible ? "compatible" : "breaking");
    Table table;
    for (const char* title : {"where", "change", "breaks"}) table.column(title);
    for (const auto& change : report.changes)
      table.row({change.place, change.text,
                 change.breaks_readers ? Table::Cell{change.breaks_writers ? "readers, writers" : "readers", Tone::bad}
                                       : Table::Cell{change.breaks_writers ? "writers" : "", Tone::warn}});
    if (!table.empty()) {
      out.table(table);
      out.line();
    }
    out.line(report.changes.empty() ? "the contracts promise the same"
             : report.compatible    ? "compatible: who relies on the old contract can read what keeps the new one"
                                    : "breaking: who relies on the old contract cannot rely on the new one");
    return report.compatible;
  }

  std::string before_, after_;
  bool contracts_ = false;
  bool exit_zero_ = false;
  DataOptions data_;
  data::DiffOptions diff_;
};

constexpr Example diff_examples[] = {
    {"mlsys data diff old.csv new.csv --key id", "rows added, removed and changed; exit code 3 when there are any"},
    {"mlsys data diff old.parquet new.csv", "whole rows, in any order and format"},
    {"mlsys data diff --contracts old.json new.json", "does the new contract keep the old one's promises?"},
};

}  // namespace

const VerbInfo data_diff_verb{"diff", "Compare two tables, or two contracts", diff_examples, make_verb<DataDiff>};

}  // namespace mlsys::frame
