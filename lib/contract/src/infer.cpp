#include "mlsys/contract/infer.hpp"

#include <algorithm>
#include <cmath>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::contract {
namespace {

using data::ColumnType;

// What the fused pass tells about a column.
struct Facts {
  std::uint64_t values = 0;
  std::uint64_t distinct = 0;  // approximately
  std::optional<std::string> minimum, maximum;
};

bool is_number(ColumnType type) { return type == ColumnType::integer || type == ColumnType::real; }

std::vector<Facts> gather(const data::Dataset& dataset, const std::vector<data::ColumnInfo>& columns, Context& ctx) {
  std::vector<Facts> all;
  constexpr std::size_t columns_per_query = 500;  // wide tables would make one query slow to plan
  for (std::size_t begin = 0; begin < columns.size(); begin += columns_per_query) {
    const std::size_t end = std::min(columns.size(), begin + columns_per_query);
    std::vector<std::string> parts;
    for (std::size_t i = begin; i < end; ++i) {
      const std::string column = dataset.sql(columns[i].name);
      parts.push_back("count(" + column + ")");
      if (is_number(columns[i].type)) {
        parts.push_back("min(" + column + ")");
        parts.push_back("max(" + column + ")");
      } else if (columns[i].type == ColumnType::text) {
        parts.push_back("approx_count_distinct(" + column + ")");
      }
    }
    const data::Result result = dataset.query("SELECT " + join(parts, ", ") + " FROM data", ctx);
    std::size_t at = 0;
    for (std::size_t i = begin; i < end; ++i) {
      Facts facts;
      facts.values = static_cast<std::uint64_t>(result.integer(0, at++));
      if (columns[i].type == ColumnType::integer) {
        facts.minimum = result.maybe_text(0, at++);
        facts.maximum = result.maybe_text(0, at++);
      } else if (columns[i].type == ColumnType::real) {
        const auto low = result.maybe_real(0, at++);
        const auto high = result.maybe_real(0, at++);
        // NaN sorts above everything, so it shows in the maximum.
        if (low && high && std::isfinite(*low) && std::isfinite(*high)) {
          facts.minimum = shortest(*low);
          facts.maximum = shortest(*high);
        }
      } else if (columns[i].type == ColumnType::text) {
        facts.distinct = static_cast<std::uint64_t>(result.integer(0, at++));
      }
      all.push_back(std::move(facts));
    }
  }
  return all;
}

// All values of a text column, sorted by byte, when there are few.
std::vector<std::string> few_values(const data::Dataset& dataset, const std::string& name, std::uint64_t limit,
                                    Context& ctx) {
  const std::string column = dataset.sql(name);
  const data::Result result = dataset.query(
      "SELECT DISTINCT " + column + " FROM data WHERE " + column + " IS NOT NULL LIMIT " + std::to_string(limit + 1),
      ctx);
  std::vector<std::string> values;
  if (result.rows() > limit) return values;
  for (std::uint64_t row = 0; row < result.rows(); ++row) values.push_back(result.text(row, 0));
  std::sort(values.begin(), values.end());
  return values;
}

bool named_like_a_key(std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  for (const std::string_view whole : {"id", "key", "uuid", "guid"})
    if (lower == whole) return true;
  for (const std::string_view end : {"_id", "-id", " id", "_key", "_uuid"})
    if (lower.ends_with(end)) return true;
  return name.size() > 2 && name.ends_with("Id") &&
         std::islower(static_cast<unsigned char>(name[name.size() - 3])) != 0;
}

bool names_every_row(const data::Dataset& dataset, const std::string& name, Context& ctx) {
  const std::string column = dataset.sql(name);
  const data::Result result = dataset.query("SELECT count(*), count(DISTINCT " + column + ") FROM data", ctx);
  return result.integer(0, 0) > 0 && result.integer(0, 0) == result.integer(0, 1);
}

std::vector<std::string> find_key(const data::Dataset& dataset, const data::Roles& roles,
                                  const std::vector<data::ColumnInfo>& columns, const std::vector<Facts>& facts,
                                  Context& ctx) {
  if (!roles.id.empty())
    return names_every_row(dataset, roles.id, ctx) ? std::vector<std::string>{roles.id} : std::vector<std::string>{};
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == roles.target || !named_like_a_key(columns[i].name)) continue;
    if (columns[i].type != ColumnType::integer && columns[i].type != ColumnType::text) continue;
    if (facts[i].values == dataset.rows() && names_every_row(dataset, columns[i].name, ctx))
      keys.push_back(columns[i].name);
  }
  return keys.size() == 1 ? keys : std::vector<std::string>{};
}

}  // namespace

Contract infer(const data::Dataset& dataset, const InferOptions& options, Context& ctx) {
  const auto& columns = dataset.columns();
  data::check_roles(options.roles, columns, "draft a contract of", dataset.subject());
  const std::vector<Facts> facts = gather(dataset, columns, ctx);
  Contract contract;
  contract.roles = options.roles;
  contract.primary_key = find_key(dataset, options.roles, columns, facts, ctx);
  for (const auto& token : options.source.null_tokens)
    if (!token.empty()) contract.missing_values.push_back(token);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ctx.check_stop();
    Field field;
    field.name = columns[i].name;
    if (facts[i].values > 0) field.type = columns[i].type;
    field.required = dataset.rows() > 0 && facts[i].values == dataset.rows();
    const bool is_key =
        field.name == options.roles.id ||
        std::find(contract.primary_key.begin(), contract.primary_key.end(), field.name) != contract.primary_key.end();
    if (facts[i].minimum && !is_key) {
      field.minimum = facts[i].minimum;
      field.maximum = facts[i].maximum;
      field.severity[CheckKind::range] = Severity::warn;
    }
    // The count is approximate: leave room before looking exactly.
    if (field.type == ColumnType::text && !is_key &&
        facts[i].distinct <= options.max_values + options.max_values / 4 + 1) {
      auto values = few_values(dataset, field.name, options.max_values, ctx);
      if (!values.empty() && facts[i].values >= 3 * values.size()) {
        field.values = std::move(values);
        field.severity[CheckKind::enumeration] = Severity::warn;
      }
    }
    contract.fields.push_back(std::move(field));
  }
  return contract;
}

InferReport infer(const InferOptions& options, Context& ctx) {
  data::Dataset dataset = data::Dataset::open(options.source, ctx);
  for (const auto& derivation : options.derivations) dataset.derive(derivation.name, derivation.expression);
  dataset.require_rows("draft a contract of");
  InferReport report;
  report.subject = dataset.subject();
  report.rows = dataset.rows();
  report.contract = infer(dataset, options, ctx);
  return report;
}

}  // namespace mlsys::contract
