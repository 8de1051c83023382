// Dataset::shared_rows: what the parts of a split have in common.
#include <fmt/format.h>

#include "dataset_impl.hpp"
#include "mlsys/base/error.hpp"

namespace mlsys::data {

std::vector<std::uint64_t> Dataset::shared_rows(const std::vector<std::uint8_t>& parts, std::size_t count,
                                                const Likeness& likeness, Context& ctx) const {
  Impl& impl = *impl_;
  std::vector<std::uint64_t> shared(count);
  if (impl.columns.empty() || impl.rows == 0) return shared;
  const std::string part_of = fmt::format("mlsys_part_{}", impl.functions++);
  impl.engine->connection().register_function(
      part_of, {duck::Type::int64}, duck::Type::int64,
      [&parts](const std::vector<duck::Vector>& arguments, std::uint64_t rows, duck::Output& output) {
        const auto* positions = arguments[0].values<std::int64_t>();
        for (std::uint64_t row = 0; row < rows; ++row) {
          const auto position = static_cast<std::uint64_t>(positions[row]) - 1;
          output.set(row, static_cast<std::int64_t>(position < parts.size() ? parts[position] : 0));
        }
      });
  std::string columns;
  std::string present;
  const auto compare = [&](const std::string& column) {
    columns += (columns.empty() ? "" : ", ") + column;
    present += (present.empty() ? "" : " AND ") + column + " IS NOT NULL";
  };
  for (const std::string& name : likeness.columns) compare(sql(name));
  if (likeness.columns.empty())
    for (std::size_t i = 0; i < impl.columns.size(); ++i) compare(column_name(i));
  // A selection leaves gaps in the numbers of rows.
  std::string from = impl.contiguous ? "data" : "(SELECT * REPLACE (row_number() OVER () AS source_row) FROM data)";
  if (!likeness.missing_is_alike) from += " WHERE " + present;
  const std::string doing = impl.doing("cannot compare the parts of");
  // Hashes find the few rows that may be alike; only these are compared by their values.
  const std::string hashed =
      fmt::format("(SELECT hash({0}) AS h, {1}(source_row) AS part, {0} FROM {2})", columns, part_of, from);
  const std::string suspects = fmt::format("(SELECT h FROM {} GROUP BY h HAVING min(part) < max(part))", hashed);
  const std::string first = fmt::format("min(part) OVER (PARTITION BY {})", columns);
  duck::Result result = impl.engine->run(
      fmt::format("SELECT part, count(*) FROM (SELECT part, {} AS first FROM {} WHERE h IN {}) WHERE part > first "
                  "GROUP BY part",
                  first, hashed, suspects),
      doing, ctx);
  while (const auto chunk = result.next(ctx))
    for (std::uint64_t row = 0; row < chunk->size(); ++row)
      shared[static_cast<std::size_t>(chunk->column(0).values<std::int64_t>()[row])] =
          static_cast<std::uint64_t>(chunk->column(1).values<std::int64_t>()[row]);
  return shared;
}

}  // namespace mlsys::data
