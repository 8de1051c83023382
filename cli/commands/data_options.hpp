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
  std::vector<std::string> derive;

  void declare(Options& options) {
    options.group("Data");
    options.value(source.where, "--where", "EXPR", "Only rows where this holds");
    options.value(source.sql, "--sql", "SELECT", "Take the result of this query over the table 'data'");
    options.value(source.sample, "--sample", "N", "This many rows at random, see --seed");
    options.value(source.limit, "--limit", "N", "The first rows only");
    options.value(derive, "--derive", "NAME=EXPR", "Add a column computed from each row");
    options.value(source.null_tokens, "--null", "TEXT", "Read this text as missing, besides the empty field");
    options.value(delimiter, "--delimiter", "C", "Field separator of CSV").default_text("found in the file");
    options.value(source.format, "--input-format", "FORMAT", "Format of the data").default_text("by the file's name");
    options.value(source.sparse_absent, "--sparse-absent", "MEANING", "What an absent entry of LibSVM or LETOR means")
        .default_text("missing");
  }

  // Checks what declare() could not; throws Error(Code::usage).
  void settle() {
    if (delimiter == "\\t") delimiter = "\t";
    if (delimiter.size() > 1)
      throw Error(Code::usage, "the delimiter must be one character", "--delimiter ';' or --delimiter '\\t'");
    if (!delimiter.empty()) source.delimiter = delimiter[0];
  }

  [[nodiscard]] std::vector<data::Derivation> derivations() const {
    std::vector<data::Derivation> parsed;
    for (const auto& text : derive) parsed.push_back(data::parse_derivation(text));
    return parsed;
  }
};

}  // namespace mlsys::frame
