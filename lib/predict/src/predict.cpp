#include "mlsys/predict/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/writer.hpp"
#include "mlsys/digest/digest.hpp"
#include "mlsys/predict/description.hpp"

namespace mlsys::predict {
namespace {

using bundle::Task;

data::As form_of(data::ColumnType type) {
  switch (type) {
    case data::ColumnType::real:
      return data::As::float64;
    case data::ColumnType::text:
      return data::As::text;
    default:
      return data::As::int64;
  }
}

data::Column float_column(std::string name) {
  data::Column column;
  column.name = std::move(name);
  column.type = data::ColumnType::real;
  column.as = data::As::float32;
  return column;
}

// The columns of scores for one batch; names in the order in which they are written.
class ScoreColumns {
 public:
  ScoreColumns(const bundle::Manifest& manifest, bool margin) : manifest_(manifest), margin_(margin) {
    names_ = score_columns(manifest.task, manifest.classes);
    if (manifest.task == Task::multiclass) names_.emplace_back("class");
    if (!margin) return;
    if (manifest.task == Task::multiclass)
      for (const auto& label : manifest.classes) names_.push_back("margin_" + label);
    else
      names_.emplace_back("margin");
  }

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  void append(const Scores& scores, data::Frame& frame) const {
    auto name = names_.begin();
    add(scores.values, scores, name, frame);
    if (manifest_.task == Task::multiclass) frame.columns.push_back(classes(scores, *name++));
    if (margin_) add(scores.margins, scores, name, frame);
  }

 private:
  static void add(const std::vector<float>& values, const Scores& scores,
                  std::vector<std::string>::const_iterator& name, data::Frame& frame) {
    for (std::size_t output = 0; output < scores.width; ++output) {
      auto column = float_column(*name++);
      column.f32.reserve(scores.rows);
      for (std::size_t i = output; i < values.size(); i += scores.width) column.f32.push_back(values[i]);
      frame.columns.push_back(std::move(column));
    }
  }

  // Labels keep their type: integers stay integers.
  [[nodiscard]] data::Column classes(const Scores& scores, std::string name) const {
    const bool whole = manifest_.target.type == data::ColumnType::integer;
    std::vector<std::int64_t> numbers;
    for (const auto& label : manifest_.classes) numbers.push_back(whole ? parse_int(label).value_or(0) : 0);
    data::Column column;
    column.name = std::move(name);
    column.type = whole ? data::ColumnType::integer : data::ColumnType::text;
    column.as = whole ? data::As::int64 : data::As::text;
    column.valid.assign(scores.rows, 1);
    for (std::uint64_t i = 0; i < scores.rows; ++i) {
      const auto best = predicted_class(manifest_, scores.row(i));
      if (whole)
        column.i64.push_back(numbers[best]);
      else
        column.texts.push_back(manifest_.classes[best]);
    }
    return column;
  }

  const bundle::Manifest& manifest_;
  bool margin_;
  std::vector<std::string> names_;
};

}  // namespace

PredictReport predict(const bundle::Bundle& bundle, const PredictOptions& options, Context& context) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  const auto start = Clock::now();
  const auto& manifest = bundle.manifest();
  if (!data::is_writable_name(options.output))
    throw Error(Code::usage,
                fmt::format("cannot write scores to {}: unknown file type", quoted(options.output.string())),
                "end the name in .csv, .tsv, .parquet or .ndjson");
  const ScoreColumns columns(manifest, options.margin);
  std::set<std::string> names(columns.names().begin(), columns.names().end());
  for (const auto& kept : options.keep)
    if (!names.insert(kept).second)
      throw Error(Code::usage, fmt::format("cannot keep column {}: the output has another of that name", quoted(kept)));

  PredictReport report;
  const auto loading = Clock::now();
  const Predictor predictor(bundle, context, options.engine);
  report.seconds.load = since(loading);
  const auto dataset = predictor.open(options.source, context, {}, options.keep);
  std::vector<data::ColumnRequest> kept;
  for (const auto& name : options.keep)
    kept.push_back({.name = name, .as = form_of(dataset.require(name, "keep a column of").type)});

  auto about = describe(manifest, bundle.digest(), options.model_name);
  const bool parquet = options.output.extension() == ".parquet";
  data::WriterOptions writer_options;
  writer_options.metadata = {{std::string(metadata_key), to_line(about)},
                             {"mlsys.model_digest", bundle.digest()},
                             {"mlsys.model", options.model_name},
                             {"mlsys.task", std::string(name_of(manifest.task))},
                             {"mlsys.target", manifest.target.name}};
  writer_options.subject = options.shown;
  data::Writer writer(options.output, writer_options, context);

  context.progress->begin("scoring", dataset.rows(), "rows");
  const auto features = manifest.features.size();
  const auto unseen =
      predictor.scan(dataset, kept, options.unseen, context, [&](data::Frame& frame, const Scores& scores) {
        frame.columns.erase(frame.columns.begin(), frame.columns.begin() + static_cast<std::ptrdiff_t>(features));
        report.seconds.score += scores.seconds;
        const auto writing = Clock::now();
        columns.append(scores, frame);
        writer.append(frame);
        report.seconds.write += since(writing);
        report.rows += frame.rows;
        context.progress->update(report.rows, {});
      });
  context.progress->end();

  const auto writing = Clock::now();
  if (options.sidecar && !parquet) {
    // A pipe has no bytes that stay.
    if (const auto& file = writer.finish(); std::filesystem::is_regular_file(file))
      about["file"] = {{"bytes", std::filesystem::file_size(file)}, {"sha256", digest::sha256_file(file, context)}};
    PendingFile sidecar(options.output.string() + std::string(sidecar_ending));
    sidecar.write(to_text(about));
    sidecar.commit();  // first: scores without it would be measured by defaults
    writer.commit();
  } else {
    writer.commit();
  }
  report.seconds.write += since(writing);
  report.output = options.output;
  report.columns = options.keep;
  report.columns.insert(report.columns.end(), columns.names().begin(), columns.names().end());
  report.digest = bundle.digest();
  report.engine = predictor.engine();
  report.unseen = unseen.rows;
  report.unseen_examples = unseen.examples;
  PredictSeconds& seconds = report.seconds;
  seconds.total = since(start);
  seconds.read = seconds.total - seconds.load - seconds.score - seconds.write;
  return report;
}

Json to_json(const PredictReport& report) {
  Json json;
  json["schema"] = "mlsys.predict/1";
  json["rows"] = report.rows;
  json["output"] = report.output.string();
  json["columns"] = report.columns;
  json["model_digest"] = report.digest;
  json["predictor"] = name_of(report.engine);
  json["unseen"] = Json::object();
  for (const auto& [column, rows] : report.unseen) json["unseen"][column] = rows;
  json["unseen_examples"] = Json::object();
  for (const auto& [column, examples] : report.unseen_examples) json["unseen_examples"][column] = examples;
  const PredictSeconds& seconds = report.seconds;
  json["seconds"] = {{"load", seconds.load},
                     {"read", seconds.read},
                     {"score", seconds.score},
                     {"write", seconds.write},
                     {"total", seconds.total}};
  return json;
}

}  // namespace mlsys::predict
