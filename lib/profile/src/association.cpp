#include "mlsys/profile/association.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/profile/moments.hpp"
#include "mlsys/profile/profile.hpp"

namespace mlsys::profile {

std::optional<double> auc(std::span<const double> values, std::span<const double> labels) {
  std::vector<std::uint32_t> order;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i]) && !std::isnan(labels[i])) order.push_back(static_cast<std::uint32_t>(i));
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return values[a] < values[b]; });
  double pairs = 0;  // (negative below positive) counted twice, ties once
  double negatives = 0;
  double positives = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    double ones = 0;
    double zeros = 0;
    std::size_t end = begin;
    for (; end < order.size() && values[order[end]] == values[order[begin]]; ++end)
      (labels[order[end]] > 0 ? ones : zeros) += 1;
    pairs += ones * (2 * negatives + zeros);
    negatives += zeros;
    positives += ones;
    begin = end;
  }
  if (negatives == 0 || positives == 0) return std::nullopt;
  return pairs / (2 * negatives * positives);
}

std::optional<double> correlation_ratio(std::span<const std::int32_t> groups, std::size_t count,
                                        std::span<const double> targets) {
  std::vector<std::vector<double>> members(count);
  std::vector<double> all;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!std::isfinite(targets[i])) continue;
    members[static_cast<std::size_t>(groups[i])].push_back(targets[i]);
    all.push_back(targets[i]);
  }
  const Moments whole = moments_of(all);
  if (whole.m2 <= 0) return std::nullopt;
  double between = 0;
  for (const auto& group : members) {
    const Moments part = moments_of(group);
    if (part.count > 0)
      between += static_cast<double>(part.count) * (part.mean - whole.mean) * (part.mean - whole.mean);
  }
  return std::sqrt(std::clamp(between / whole.m2, 0.0, 1.0));
}

std::optional<double> correlation(std::span<const double> values, std::span<const double> targets) {
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]) || !std::isfinite(targets[i])) continue;
    x.push_back(values[i]);
    y.push_back(targets[i]);
  }
  const Moments of_x = moments_of(x);
  const Moments of_y = moments_of(y);
  if (x.size() < 2 || of_x.m2 <= 0 || of_y.m2 <= 0) return std::nullopt;
  std::vector<double> products(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) products[i] = (x[i] - of_x.mean) * (y[i] - of_y.mean);
  const Moments of_products = moments_of(products);
  const double covariance = of_products.mean * static_cast<double>(of_products.count);
  return std::clamp(covariance / (std::sqrt(of_x.m2) * std::sqrt(of_y.m2)), -1.0, 1.0);
}

Target read_target(const data::Dataset& dataset, const std::string& name, std::string positive, Context& ctx) {
  Target target;
  target.name = name;
  const data::ColumnInfo& info = dataset.require(name, "profile");
  std::vector<std::string> classes;
  const std::string column = dataset.sql(info.name);
  const data::Result found =
      dataset.query("SELECT DISTINCT " + column + " FROM data WHERE " + column + " IS NOT NULL LIMIT 3", ctx);
  for (std::uint64_t row = 0; row < found.rows(); ++row) classes.push_back(found.text(row, 0));
  std::sort(classes.begin(), classes.end());
  if (!positive.empty() && std::find(classes.begin(), classes.end(), positive) == classes.end() && classes.size() < 3)
    throw Error(
        Code::usage,
        "cannot profile " + dataset.subject() + ": column " + quoted(info.name) + " never is " + quoted(positive),
        "its values are " + join(classes, ", "));
  if (positive.empty() && classes == std::vector<std::string>{"0", "1"}) positive = "1";
  if (positive.empty() && classes == std::vector<std::string>{"false", "true"}) positive = "true";
  if (classes.size() == 2 && !positive.empty()) {
    const data::Frame frame = dataset.read({{info.name, data::As::category}}, ctx);
    const data::Column& codes = frame.columns.front();
    for (const std::int32_t code : codes.codes)
      target.values.push_back(code < 0 ? std::nan("") : codes.categories[static_cast<std::size_t>(code)] == positive);
    target.measure = "auc";
  } else if (info.type == data::ColumnType::integer || info.type == data::ColumnType::real) {
    target.values = std::move(dataset.read({{info.name, data::As::float64}}, ctx).columns.front().f64);
    target.measure = "correlation";
  }
  return target;
}

std::optional<double> association(std::span<const double> values, const Target& target) {
  if (target.measure == "auc") return auc(values, target.values);
  return target.measure == "correlation" ? correlation(values, target.values) : std::nullopt;
}

std::optional<double> association(const data::Dataset& dataset, const std::string& column, const Target& target,
                                  Context& ctx) {
  if (target.measure.empty()) return std::nullopt;
  switch (dataset.require(column, "profile").type) {
    case data::ColumnType::integer:
    case data::ColumnType::real:
      return association(dataset.read({{column, data::As::float64}}, ctx).columns.front().f64, target);
    case data::ColumnType::date:
    case data::ColumnType::timestamp: {
      const data::Frame frame = dataset.read({{column, data::As::int64}}, ctx);
      const data::Column& times = frame.columns.front();
      std::vector<double> values;
      for (std::size_t row = 0; row < times.i64.size(); ++row)
        values.push_back(times.valid[row] != 0 ? static_cast<double>(times.i64[row]) : std::nan(""));
      return association(values, target);
    }
    default:
      break;
  }
  const data::Frame frame = dataset.read({{column, data::As::category}}, ctx);
  const data::Column& codes = frame.columns.front();
  if (codes.categories.empty() || codes.categories.size() > ProfileReport::most_associated) return std::nullopt;
  std::vector<std::int32_t> groups = codes.codes;
  for (std::int32_t& group : groups) ++group;  // missing is -1
  return correlation_ratio(groups, codes.categories.size() + 1, target.values);
}

Associations parse_associations(std::string_view text, std::string_view subject) {
  const std::string name = "profile " + quoted(subject);
  const Json document = parse_json(text, name, Code::integrity);
  check_schema(document, "mlsys.data.profile", 1, name);
  Associations associations;
  try {
    ObjectReader reader(document, name);
    if (reader.has("association")) {
      ObjectReader measure(reader.object("association"), name + " 'association'");
      associations.target = measure.text("target");
      associations.measure = measure.text("measure");
    }
    for (const Json& item : reader.array("columns")) {
      ObjectReader column(item, name + " 'columns'");
      if (const auto value = column.maybe_number("association")) associations.of[column.text("name")] = *value;
    }
  } catch (const Error& error) {
    throw Error(Code::integrity, error.message(), error.hint());
  }
  return associations;
}

}  // namespace mlsys::profile
