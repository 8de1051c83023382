#include <fmt/format.h>

#include "dataset_impl.hpp"

namespace mlsys::data {

std::vector<std::optional<std::string>> Dataset::metadata(std::string_view key, Context& ctx) const {
  std::vector<std::optional<std::string>> found(files().size());
  if (format() != SourceFormat::parquet) return found;
  for (std::size_t i = 0; i < found.size(); ++i) {
    // Keys and values are bytes. A key may be there twice; the last one counts, as for other readers.
    auto result = impl_->engine->run(
        fmt::format("SELECT decode(value) FROM parquet_kv_metadata({}) WHERE key = encode({}) AND value IS NOT NULL",
                    sql_file(files()[i]), data::sql_text(key)),
        impl_->doing("cannot read the metadata of"), ctx);
    while (const auto chunk = result.next(ctx))
      for (std::uint64_t row = 0; row < chunk->size(); ++row) found[i] = std::string(chunk->column(0).text(row));
  }
  return found;
}

}  // namespace mlsys::data
