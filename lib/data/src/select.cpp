#include "select.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "expression_sql.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

// The relation as a query whose columns are c0, c1, … and source_row; afterwards the relation is that query.
void settle_names(Relation& relation) {
  std::string selected;
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    selected += fmt::format("{} AS {}, ", relation.columns[i].expression, column_name(i));
    relation.columns[i].expression = column_name(i);
  }
  relation.from = fmt::format("(SELECT {}{} AS source_row FROM {})", selected, relation.row, relation.from);
  relation.row = "source_row";
}

void apply_where(Relation& relation, const std::string& expression, const std::string& subject, Engine& engine,
                 Context& ctx) {
  const std::string doing = "cannot select rows of " + subject;
  std::vector<std::string> names;
  for (const Relation::Column& column : relation.columns) names.push_back(column.name);
  const CheckedExpression checked = check_expression(expression, names, doing, engine, ctx);
  settle_names(relation);
  const std::string filtered = fmt::format("(SELECT * FROM {} WHERE {})", relation.from, checked.sql);
  try {
    engine.try_run("DESCRIBE " + filtered.substr(1, filtered.size() - 2), ctx);
  } catch (const duck::Failure& failure) {
    throw Error(Code::usage, fmt::format("{}: {}", doing, plain_reason(failure.text())),
                "types can be changed with CAST or TRY_CAST");
  }
  relation.from = filtered;
  relation.rows.reset();
}

// The user's SQL sees the relation under the name `data`, with its own column names. The result is kept, since SQL need
// not give the same rows in the same order twice.
void apply_sql(Relation& relation, const std::string& sql, const std::string& subject, Engine& engine, Context& ctx) {
  const std::string doing = "cannot run the SQL over " + subject;
  std::string selected;
  std::vector<std::string> lower;
  for (const Relation::Column& column : relation.columns) {
    selected += fmt::format("{}{} AS {}", selected.empty() ? "" : ", ", column.expression, sql_identifier(column.name));
    lower.push_back(to_lower_ascii(column.name));
  }
  std::sort(lower.begin(), lower.end());
  if (const auto same = std::adjacent_find(lower.begin(), lower.end()); same != lower.end())
    throw Error(Code::usage,
                fmt::format("{}: two columns are named {} but for upper and lower case", doing, quoted(*same)),
                "SQL cannot tell them apart: rename one");
  engine.run(fmt::format("CREATE VIEW data AS SELECT {} FROM {}", selected, relation.from), doing, ctx);
  std::string statement(trim(sql));
  while (statement.ends_with(';')) statement.pop_back();
  std::vector<std::pair<std::string, std::string>> described;
  try {
    duck::Result result = engine.try_run("DESCRIBE " + statement, ctx);
    while (const auto chunk = result.next(ctx))
      for (std::uint64_t row = 0; row < chunk->size(); ++row)
        described.emplace_back(chunk->column(0).text(row), chunk->column(1).text(row));
    if (described.empty()) throw Error(Code::usage, doing + ": it returns no columns");
    engine.try_run(
        fmt::format("CREATE TABLE selected AS SELECT * FROM ({}\n) {}", statement, positional_alias(described.size())),
        ctx, Engine::progress_of(ctx));
  } catch (const duck::Failure& failure) {
    std::vector<std::string> names;
    for (const Relation::Column& column : relation.columns) names.push_back(column.name);
    throw Error(Code::usage, fmt::format("{}: {}", doing, plain_reason(failure.text())),
                "write SELECT … FROM data; columns are " + join(names, ", ").substr(0, 200));
  }
  engine.run("DROP VIEW data", doing, ctx);
  std::vector<std::string> names;
  for (const auto& [name, type] : described) names.push_back(name);
  refuse_duplicates(names, "the result of the SQL over " + subject);
  relation.from = "selected";
  relation.columns = canonical_columns(described, "selected", engine, subject, ctx);
  relation.row = "rowid + 1";
  relation.rows.reset();
}

// A row mask that SQL can ask.
std::string register_mask(std::shared_ptr<const std::vector<bool>> mask, Engine& engine) {
  const std::string name = "mlsys_in_sample";
  engine.connection().register_function(
      name, {duck::Type::int64}, duck::Type::boolean,
      [mask = std::move(mask)](const std::vector<duck::Vector>& arguments, std::uint64_t rows, duck::Output& output) {
        const auto* positions = arguments[0].values<std::int64_t>();
        for (std::uint64_t row = 0; row < rows; ++row) {
          const auto position = static_cast<std::uint64_t>(positions[row]);
          output.set(row, position < mask->size() && (*mask)[position]);
        }
      });
  return name;
}

void apply_sample(Relation& relation, std::uint64_t size, std::uint64_t seed, const std::string& subject,
                  Engine& engine, Context& ctx) {
  const std::string doing = "cannot sample " + subject;
  std::vector<std::uint64_t> candidates;
  duck::Result result = engine.stream(fmt::format("SELECT {} AS r FROM {}", relation.row, relation.from), doing, ctx);
  while (const auto chunk = result.next(ctx)) {
    const auto* rows = chunk->column(0).values<std::int64_t>();
    for (std::uint64_t i = 0; i < chunk->size(); ++i) candidates.push_back(static_cast<std::uint64_t>(rows[i]));
  }
  if (candidates.size() <= size) {
    relation.rows = candidates.size();
    return;
  }
  // The first `size` of a random permutation.
  Random random(seed);
  auto mask = std::make_shared<std::vector<bool>>(*std::max_element(candidates.begin(), candidates.end()) + 1);
  for (std::uint64_t i = 0; i < size; ++i) {
    std::swap(candidates[i], candidates[i + random.below(candidates.size() - i)]);
    (*mask)[candidates[i]] = true;
  }
  const std::string in_sample = register_mask(std::move(mask), engine);
  settle_names(relation);
  relation.from = fmt::format("(SELECT * FROM {} WHERE {}(source_row))", relation.from, in_sample);
  relation.rows = size;
}

}  // namespace

void select_rows(Relation& relation, const SourceOptions& options, const std::string& subject, Engine& engine,
                 Context& ctx) {
  if (!options.where.empty()) apply_where(relation, options.where, subject, engine, ctx);
  if (!options.sql.empty()) apply_sql(relation, options.sql, subject, engine, ctx);
  if (options.sample) apply_sample(relation, *options.sample, options.seed.value_or(ctx.seed), subject, engine, ctx);
  if (options.limit) {
    settle_names(relation);
    relation.from = fmt::format("(SELECT * FROM {} LIMIT {})", relation.from, *options.limit);
    if (relation.rows) relation.rows = std::min(*relation.rows, *options.limit);
  }
}

}  // namespace mlsys::data
