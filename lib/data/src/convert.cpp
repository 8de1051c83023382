#include "mlsys/data/convert.hpp"

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::data {

ConvertReport convert(const ConvertOptions& options, Context& ctx) {
  const std::string name = quoted(options.output.string());
  if (!is_writable_name(options.output))
    throw Error(Code::usage, "cannot write " + name + ": its ending names no format",
                "known are .csv .tsv .parquet .ndjson .json, text also with .gz or .zst");
  std::error_code ignored;
  if (!options.force && std::filesystem::is_regular_file(options.output, ignored))
    throw Error(Code::usage, "cannot write " + name + ": it exists", "replace it with --force");
  PendingFile file(options.output);
  SourceOptions source = options.source;
  source.may_write.push_back(file.path());
  Dataset data = Dataset::open(source, ctx);
  for (const auto& derivation : options.derivations) data.derive(derivation.name, derivation.expression);
  ConvertReport report;
  report.subject = data.subject();
  report.output = options.output;
  if (options.columns.empty()) report.columns = data.columns();
  for (const auto& column : options.columns) report.columns.push_back(data.require(column, "convert"));
  if (source.sample) report.seed = source.seed.value_or(ctx.seed);
  Dataset::WriteOptions write;
  write.columns = options.columns;
  write.shown = options.output;
  report.rows = data.write(file.path(), options.output.filename().string(), write, ctx);
  file.commit();
  return report;
}

Json to_json(const ConvertReport& report) {
  Json columns = Json::array();
  for (const auto& column : report.columns) columns.push_back({{"name", column.name}, {"type", name_of(column.type)}});
  Json json = {{"schema", report.seed ? "mlsys.data.sample/1" : "mlsys.data.convert/1"},
               {"subject", report.subject},
               {"output", report.output.string()},
               {"rows", report.rows},
               {"columns", std::move(columns)}};
  if (report.seed) json["seed"] = *report.seed;
  return json;
}

}  // namespace mlsys::data
