#include "mlsys/predict/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "data_options.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "model_argument.hpp"

namespace mlsys::frame {
namespace {

namespace fs = std::filesystem;

class Predict final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "Run, registered model, bundle or package").completes(Completes::model);
    options.positional(data_.source.argument, "DATA", "Rows to score").completes(Completes::file);

    declare_as_of(options, as_of_);
    options.group("Scores");
    options.value(output_, "-o,--output", "FILE", "Write .csv, .tsv, .parquet or .ndjson")
        .default_text("CSV on standard output")
        .writes();
    options.value(predict_.keep, "--keep", "COLUMN",
                  "Copy this column of DATA, may be repeated or 'a,b'; a name with a comma: '\"a,b\"'");
    options.flag(predict_.margin, "--margin", "Add the margin: what the score is before it becomes a probability");
    options.value(predict_.unseen, "--unseen", "HOW", "Categories that training did not see").default_text("missing");
    options.value(predict_.engine, "--predictor", "NAME", "Who walks the trees").default_text("forest");
    data_.declare(options, {.model = true, .derive = ""});
  }

  Code run(Session& session) override {
    data_.settle();
    if (!data_.derive.empty())
      throw Error(Code::usage, "cannot derive columns for scoring: a model derives its own", "leave out --derive");
    const bool to_stdout = output_.empty() || output_ == "-";
    if (to_stdout && session.out().mode() == Mode::json)
      throw Error(Code::usage, "the scores and --json both want stdout", "add -o FILE");
    predict_.keep = data::split_names(predict_.keep);
    const auto model = load_model(model_, session, as_of_);
    check_as_of(as_of_, {&model.resolved});
    predict_.source = data_.source;
    predict_.model_name = model.label();

    std::optional<TempDirectory> scratch;
    if (to_stdout) {
      scratch.emplace(session.context().temp_dir);
      predict_.output = scratch->path() / "scores.csv";
      predict_.sidecar = false;
      predict_.shown = "standard output";
    } else {
      predict_.output = output_;
    }
    const auto report = predict::predict(model.bundle, predict_, session.context());
    Output& out = session.out();
    for (const auto& [column, rows] : report.unseen)
      out.warn(fmt::format("column {}: {} with values that training did not see, scored as missing: {}", quoted(column),
                           counted(rows, "row"), printable(join(report.unseen_examples.at(column), ", "))));
    if (report.rows == 0) out.warn(data_.source.argument + " has no rows: there is nothing to score");
    if (to_stdout) {
      copy_to(out, predict_.output);
      return Code::ok;
    }
    out.document(predict::to_json(report));
    out.id(report.output.string());
    out.line(fmt::format("scored {} in {}: {} with {}", counted(report.rows, "row"),
                         human_seconds(report.seconds.total), report.output.string(),
                         printable(join(report.columns, ", "))));
    const std::string& target = model.bundle.manifest().target.name;
    if (std::ranges::find(predict_.keep, target) != predict_.keep.end())
      out.line(
          out.paint(Tone::faint, "next: " + shell_line({"mlsys", "eval", report.output.string(), "--target", target})));
    return Code::ok;
  }

  static void copy_to(Output& out, const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string block(1 << 20, '\0');
    while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0)
      out.raw(std::string_view(block).substr(0, static_cast<std::size_t>(file.gcount())));
    if (!file.eof())
      throw Error(Code::failed,
                  "cannot write the scores: the temporary file " + quoted(path.string()) + " cannot be read back",
                  "write them to a file: add -o FILE");
  }

  std::string model_;
  std::string as_of_;
  fs::path output_;
  DataOptions data_;
  predict::PredictOptions predict_;
};

constexpr Example examples[] = {
    {"mlsys predict fraud rows.csv -o scores.csv", "score with the champion of 'fraud'"},
    {"mlsys predict @last test.parquet -o scores.parquet --keep id,y", "keep columns for eval"},
    {"mlsys predict model/ rows.csv --margin -o out.csv", "score with a bundle directory, margins as well"},
    {"mlsys predict run:1f3a - --input-format csv <rows.csv", "from standard input to standard output"},
};
constexpr VerbInfo verbs[] = {{"", "Score data with a model", examples, make_verb<Predict>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("predict", mlsys::frame::verbs)
