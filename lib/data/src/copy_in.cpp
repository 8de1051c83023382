// Dataset::add_table and Dataset::mistyped: tables of ours beside the view `data`.
#include <fmt/format.h>

#include "dataset_impl.hpp"
#include "mlsys/base/error.hpp"

namespace mlsys::data {

namespace {

void put(const duck::Vector& from, duck::Type type, std::uint64_t begin, std::uint64_t count, duck::Output& to) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t row = begin + i;
    if (!from.valid(row)) {
      to.set_null(i);
      continue;
    }
    switch (type) {
      case duck::Type::boolean:
        to.set(i, from.values<std::uint8_t>()[row]);
        break;
      case duck::Type::date:
        to.set(i, from.values<std::int32_t>()[row]);
        break;
      case duck::Type::float64:
        to.set(i, from.values<double>()[row]);
        break;
      case duck::Type::text:
        to.set_text(i, from.text(row));
        break;
      default:
        to.set(i, from.values<std::int64_t>()[row]);
        break;
    }
  }
}

}  // namespace

void Dataset::add_table(const std::string& name, const Dataset& other, std::string_view sql, Context& ctx) {
  const std::string doing = other.impl_->doing("cannot query");
  std::vector<duck::Type> types;
  std::string definition;
  const auto described = describe(*other.impl_->engine, std::string(sql), doing, ctx);
  for (std::size_t i = 0; i < described.size(); ++i) {
    const auto type = scalar_type(described[i].second);
    if (!type || described[i].second != sql_type(*type))
      throw Error(Code::failed, fmt::format("{}: a column of type {}", doing, described[i].second));
    types.push_back(duck_type(*type));
    definition += fmt::format("{}k{} {}", i == 0 ? "" : ", ", i, sql_type(*type));
  }
  impl_->engine->run(fmt::format("CREATE TABLE {} ({})", name, definition), doing, ctx);
  try {
    duck::Appender appender(impl_->engine->connection(), name, types);
    duck::Result result = other.impl_->engine->stream(sql, doing, ctx);
    while (const auto chunk = result.next(ctx)) {
      for (std::uint64_t begin = 0; begin < chunk->size(); begin += duck::Appender::capacity()) {
        const std::uint64_t count = std::min(duck::Appender::capacity(), chunk->size() - begin);
        for (std::size_t c = 0; c < types.size(); ++c)
          put(chunk->column(c), types[c], begin, count, appender.column(c));
        appender.flush_chunk(count);
      }
    }
    appender.close();
  } catch (const duck::Failure& failure) {
    Engine::fail(failure, doing);
  }
}

std::string Dataset::mistyped(std::string_view column, Context& ctx) const {
  for (std::size_t i = 0; i < impl_->failures.size(); ++i) {
    if (impl_->failures[i].column != column) continue;
    const std::string table = fmt::format("mistyped_{}", i);
    impl_->engine->run(fmt::format("CREATE TABLE IF NOT EXISTS {} AS SELECT CAST(r AS BIGINT) AS r FROM ({})", table,
                                   impl_->failing[i]),
                       impl_->doing("cannot read"), ctx);
    return fmt::format("source_row IN (SELECT r FROM {})", table);
  }
  return "false";
}

}  // namespace mlsys::data
