#include <algorithm>

#include "mlsys/base/parallel.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/contract/infer.hpp"
#include "mlsys/profile/reference.hpp"
#include "work.hpp"

namespace mlsys::train {

profile::Profile profile_rows(const Rows& rows, const TargetPlan& target, Context& ctx) {
  profile::Profile result;
  result.rows = rows.rows();
  const auto& columns = rows.frame.columns;
  result.columns.resize(columns.size() + 1);
  parallel_for(columns.size() + 1, ctx.threads, [&](std::size_t i) {
    ctx.check_stop();
    if (i < columns.size()) {
      result.columns[i] = profile::column_profile(columns[i]);
      return;
    }
    data::Column label;
    label.name = target.column.name;
    label.type = target.column.type;
    const bool numbers = label.type == data::ColumnType::integer || label.type == data::ColumnType::real;
    if (target.classes.empty() || numbers) {  // in the form that its type has wherever it is compared
      label.as = data::As::float64;
      // Class numbers are not the labels themselves.
      std::vector<double> values;
      for (const auto& text : target.classes) values.push_back(parse_double(text).value_or(0));
      label.f64.reserve(rows.rows());
      for (std::size_t row = 0; row < rows.rows(); ++row)
        label.f64.push_back(values.empty() ? rows.target[row] : values[static_cast<std::size_t>(rows.classes[row])]);
    } else {
      label.as = data::As::category;
      label.categories = target.classes;
      label.codes = rows.classes;
    }
    result.columns[i] = profile::column_profile(label);
  });
  return result;
}

profile::ColumnProfile profile_scores(std::string name, std::vector<float> scores) {
  data::Column column;
  column.name = std::move(name);
  column.type = data::ColumnType::real;
  column.as = data::As::float32;
  column.f32 = std::move(scores);
  return profile::column_profile(column);
}

bundle::Reading reading_of(const data::SourceOptions& source, data::SourceFormat format) {
  bundle::Reading reading;
  if (format == data::SourceFormat::libsvm)
    reading.sparse_absent = source.sparse_absent.value_or(data::SparseAbsent::missing);
  if (format != data::SourceFormat::csv && format != data::SourceFormat::tsv) return reading;
  auto& tokens = reading.null_tokens;
  tokens = source.null_tokens;
  std::ranges::sort(tokens);
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  std::erase(tokens, "");
  return reading;
}

contract::Contract contract_of_inputs(const TrainOptions& options, const data::Dataset& dataset,
                                      const bundle::Manifest& manifest, Context& ctx) {
  std::vector<std::string> inputs;
  for (const auto& column : bundle::inputs_for(manifest, bundle::feature_names(manifest)))
    inputs.push_back(column.name);
  auto contract =
      contract::restrict_to(options.contract ? *options.contract : contract::infer(dataset, {}, ctx), inputs);
  for (const auto& token : manifest.reading.null_tokens)
    if (std::ranges::find(contract.missing_values, token) == contract.missing_values.end())
      contract.missing_values.push_back(token);
  return contract;
}

}  // namespace mlsys::train
