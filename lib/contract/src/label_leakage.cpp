#include "label_leakage.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/profile/association.hpp"

namespace mlsys::contract {
namespace {

using data::ColumnType;

constexpr std::size_t most_classes = 20;

// The label as one column of numbers per question asked of it: 0 and 1 for each class, or its own values.
struct Label {
  bool classes = false;
  std::vector<std::vector<double>> targets;  // NaN where it is missing
};

double power_of(std::span<const double> score, std::span<const double> target, bool classes) {
  if (!classes) return std::abs(profile::correlation(score, target).value_or(0));
  const double auc = profile::auc(score, target).value_or(0.5);
  return std::max(auc, 1 - auc);
}

double power_of_numbers(std::span<const double> values, const Label& label) {
  std::vector<double> present(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) present[i] = std::isnan(values[i]) ? 0.0 : 1.0;
  double best = 0;
  for (const auto& target : label.targets)
    best = std::max({best, power_of(values, target, label.classes), power_of(present, target, label.classes)});
  return best;
}

// At random, but always the same one: rows of one kind may alternate with those of another.
std::size_t half_of(std::size_t row) { return mix64(row) & 1U; }

double power_of_categories(const data::Column& column, const Label& label) {
  struct Sum {
    double rows = 0;
    double target = 0;
    [[nodiscard]] double mean(double otherwise) const { return rows > 0 ? target / rows : otherwise; }
  };
  double best = 0;
  std::vector<double> encoded(column.codes.size());
  for (const auto& target : label.targets) {
    std::vector<Sum> sums[2];
    Sum all[2];
    for (auto& half : sums) half.resize(column.categories.size() + 1);  // the first is of missing values
    const auto place = [&](std::size_t row) { return static_cast<std::size_t>(std::int64_t{column.codes[row]} + 1); };
    for (std::size_t row = 0; row < target.size(); ++row) {
      if (std::isnan(target[row])) continue;
      for (Sum* sum : {&sums[half_of(row)][place(row)], &all[half_of(row)]}) {
        sum->rows += 1;
        sum->target += target[row];
      }
    }
    // What is said of each half comes from the other, and so does what is said where that knows nothing; their means
    // may differ, and that alone must not tell the halves apart.
    Sum both{all[0].rows + all[1].rows, all[0].target + all[1].target};
    for (std::size_t row = 0; row < target.size(); ++row)
      encoded[row] = sums[1 - half_of(row)][place(row)].mean(both.mean(0));
    best = std::max(best, power_of(encoded, target, label.classes));
  }
  return best;
}

std::optional<Label> read_label(const data::Dataset& dataset, const std::string& name, std::string& reason,
                                Context& ctx) {
  const data::ColumnInfo& info = dataset.require(name, "validate");
  Label label;
  if (info.type == ColumnType::date || info.type == ColumnType::timestamp) {
    reason = "a time is no label";
    return std::nullopt;
  }
  label.classes = info.type == ColumnType::boolean || info.type == ColumnType::text;
  if (info.type == ColumnType::integer) {
    const std::string column = dataset.sql(name);
    const auto found = dataset.query("SELECT count(*) FROM (SELECT DISTINCT " + column + " FROM data WHERE " + column +
                                         " IS NOT NULL LIMIT " + std::to_string(most_classes + 1) + ")",
                                     ctx);
    label.classes = found.integer(0, 0) <= static_cast<std::int64_t>(most_classes);
  }
  if (!label.classes) {
    label.targets.push_back(std::move(dataset.read({{name, data::As::float64}}, ctx).columns.front().f64));
    return label;
  }
  const data::Frame frame = dataset.read({{name, data::As::category}}, ctx);
  const data::Column& column = frame.columns.front();
  const std::size_t classes = column.categories.size();
  if (classes > most_classes || classes < 2) {
    reason = "the label has " + counted(classes, "class", "classes");
    return std::nullopt;
  }
  for (std::size_t k = classes == 2 ? 1 : 0; k < classes; ++k) {
    auto& target = label.targets.emplace_back();
    for (const std::int32_t code : column.codes)
      target.push_back(code < 0 ? std::nan("") : static_cast<double>(static_cast<std::size_t>(code) == k));
  }
  return label;
}

}  // namespace

std::vector<InputPower> input_powers(const data::Dataset& dataset, const std::string& label_name,
                                     const std::vector<std::string>& inputs, std::string& measure, std::string& reason,
                                     Context& ctx) {
  const auto label = read_label(dataset, label_name, reason, ctx);
  if (!label) return {};
  measure = label->classes ? "AUC" : "correlation";
  std::vector<InputPower> powers;
  for (const auto& name : inputs) {
    ctx.check_stop();
    const ColumnType type = dataset.require(name, "validate").type;
    InputPower& power = powers.emplace_back();
    power.column = name;
    if (type == ColumnType::text || type == ColumnType::boolean) {
      power.power = power_of_categories(dataset.read({{name, data::As::category}}, ctx).columns.front(), *label);
    } else if (type == ColumnType::date || type == ColumnType::timestamp) {
      const data::Frame frame = dataset.read({{name, data::As::int64}}, ctx);
      const data::Column& times = frame.columns.front();
      std::vector<double> values;
      for (std::size_t row = 0; row < times.i64.size(); ++row)
        values.push_back(times.valid[row] != 0 ? static_cast<double>(times.i64[row]) : std::nan(""));
      power.power = power_of_numbers(values, *label);
    } else {
      power.power = power_of_numbers(dataset.read({{name, data::As::float64}}, ctx).columns.front().f64, *label);
    }
  }
  return powers;
}

}  // namespace mlsys::contract
