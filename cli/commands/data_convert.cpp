#include "mlsys/data/convert.hpp"

#include "data_options.hpp"
#include "data_verbs.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {
namespace {

// What writing a table has in common.
class Rewrite : public Verb {
 protected:
  void declare_output(Options& options) {
    options.value(convert_.output, "-o,--output", "FILE", "Write .csv, .tsv, .parquet, .ndjson or .json")
        .required()
        .completes(Completes::file);
    options.value(convert_.columns, "--column", "COLUMN", "Only this column, may be repeated");
    options.flag(convert_.force, "--force", "Replace a file that exists");
  }

  Code rewrite(Session& session) {
    data_.settle();
    convert_.source = data_.source;
    convert_.derivations = data_.derivations();
    const data::ConvertReport report = data::convert(convert_, session.context());
    Output& out = session.out();
    out.document(data::to_json(report));
    out.id(report.output.string());
    out.line(report.output.string() + ": " + counted(report.rows, "row") + ", " +
             counted(report.columns.size(), "column") + " of " + report.subject +
             (report.seed ? ", seed " + std::to_string(*report.seed) : ""));
    return Code::ok;
  }

  DataOptions data_;
  data::ConvertOptions convert_;
};

class DataConvert final : public Rewrite {
  void declare(Options& options) override {
    options.positional(data_.source.argument, "DATA", "Table to write again").completes(Completes::file);
    declare_output(options);
    data_.declare(options);
  }
  Code run(Session& session) override { return rewrite(session); }
};

class DataSample final : public Rewrite {
  void declare(Options& options) override {
    options.positional(data_.source.argument, "DATA", "Table to take rows of").completes(Completes::file);
    options.value(rows_, "-n,--rows", "N", "How many").required();
    declare_output(options);
    data_.declare(options);
  }
  Code run(Session& session) override {
    if (data_.source.sample) throw Error(Code::usage, "cannot take a sample of a sample", "leave --sample out");
    data_.source.sample = rows_;
    return rewrite(session);
  }
  std::uint64_t rows_ = 0;
};

constexpr Example convert_examples[] = {
    {"mlsys data convert all.csv.gz -o all.parquet", "read faster from then on"},
    {"mlsys data convert all.parquet -o june.csv --where 'month(date) = 6' --derive 'late=delay > 15'",
     "some rows, and a new column"},
};
constexpr Example sample_examples[] = {
    {"mlsys data sample all.parquet -n 10000 --seed 7 -o small.csv", "the same rows for the same seed"},
};

}  // namespace

const VerbInfo data_convert_verb{"convert", "Write a table in another format", convert_examples,
                                 make_verb<DataConvert>};
const VerbInfo data_sample_verb{"sample", "Take rows at random", sample_examples, make_verb<DataSample>};

}  // namespace mlsys::frame
