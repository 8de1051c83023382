// The options of every command that reads data, declared once.
#pragma once

#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/data/expression.hpp"
#include "mlsys/data/roles.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/frame/options.hpp"

namespace mlsys::frame {

struct DataOptions {
  data::SourceOptions source;  // `argument` is bound by the verb
  std::string delimiter;
  bool no_header = false;
  std::vector<std::string> derive;

  struct Offers {
    bool seed = true;    // commands with a --seed of their own pass it on as Context::seed
    bool model = false;  // a model says, too, what is missing: bundle::as_trained()
    // Help of --derive; where it is empty the verb refuses the option, and no help or manual names it.
    std::string derive = "Add a column computed from each row";
  };

  void declare(Options& options, const Offers& offers) {
    options.group("Data");
    options.value(source.where, "--where", "EXPR", "Only rows where this holds");
    options.value(source.sql, "--sql", "SELECT", "Take the result of this query over the table 'data'");
    options.value(source.sample, "--sample", "N", "This many rows at random, see --seed");
    if (offers.seed) options.value(source.seed, "--seed", "N", "Seed of --sample").default_text("0");
    options.value(source.limit, "--limit", "N", "The first rows only");
    auto derived = options.value(derive, "--derive", "NAME=EXPR", offers.derive);
    if (offers.derive.empty()) derived.hidden();
    options.value(source.null_tokens, "--null", "TEXT",
                  std::string("Read this text as missing, besides the empty field of CSV") +
                      (offers.model ? " and the model's" : ""));
    options.value(delimiter, "--delimiter", "C", "Field separator of CSV").default_text("found in the file");
    options.flag(no_header, "--no-header", "CSV without a header line: columns are column1, column2, …");
    options.value(source.max_columns, "--max-columns", "N", "Refuse tables of more columns").default_text("20000");
    options.value(source.format, "--input-format", "FORMAT", "Format of the data").default_text("by the file's name");
    options.value(source.sparse_absent, "--sparse-absent", "MEANING", "What an absent entry of LibSVM or LETOR means")
        .default_text(offers.model ? "the model's, else missing" : "missing");
  }

  void declare(Options& options) { declare(options, Offers{}); }

  // Checks what declare() could not; throws Error(Code::usage).
  void settle() {
    source.header = !no_header;
    if (delimiter == "\\t" || delimiter == "tab") delimiter = "\t";
    if (delimiter.size() > 1)
      throw Error(Code::usage, "the delimiter must be one character", "--delimiter ';' or --delimiter tab");
    if (!delimiter.empty()) source.delimiter = delimiter[0];
  }

  [[nodiscard]] std::vector<data::Derivation> derivations() const {
    std::vector<data::Derivation> parsed;
    for (const auto& text : derive) parsed.push_back(data::parse_derivation(text));
    return parsed;
  }
};

}  // namespace mlsys::frame
