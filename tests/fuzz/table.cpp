// uses: data
// A table in separated values, read once by its conditions, where lines without quotes are cut, and read into a table
// by DuckDB's parser: the same texts, or the same refusal.
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "fuzz.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/data/dataset.hpp"

namespace {

using mlsys::data::Dataset;

std::string outcome(const std::function<std::string()>& read) {
  try {
    return read();
  } catch (const mlsys::Error& error) {
    return "error: " + error.message();
  }
}

std::string rows_of(const Dataset& data, mlsys::Context& ctx) {
  std::string columns;
  for (const auto& column : data.columns()) columns += ", " + data.sql(column.name);
  const auto result = data.query("SELECT source_row" + columns + " FROM data ORDER BY source_row", ctx);
  std::string text = std::to_string(data.rows());
  for (std::uint64_t row = 0; row < result.rows(); ++row)
    for (std::size_t i = 0; i <= data.columns().size(); ++i) {
      const auto value = result.maybe_text(row, i);
      text += value ? "\n" + std::to_string(value->size()) + ":" + *value : std::string("\nmissing");
    }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    static const mlsys::TempDirectory folder(std::filesystem::temp_directory_path());
    mlsys::Context ctx;
    ctx.threads = 2;
    mlsys::data::SourceOptions options;
    options.argument = (folder.path() / "t.csv").string();
    options.delimiter = ',';
    options.null_tokens = {"NA"};
    options.max_columns = 50;  // many take long to plan, and say nothing new
    mlsys::write_file(options.argument, text);
    auto once = Dataset::open_unread(options, {}, ctx);
    fuzz::require(once.has_value(), "separated values can be read once");
    std::vector<mlsys::data::ColumnInfo> types;
    for (const auto& column : once->columns()) types.push_back({column.name, mlsys::data::ColumnType::text});
    const std::string read_once = outcome([&] {
      std::string wanted;
      for (const auto& column : once->columns()) wanted += once->sql(column.name) + " ";
      once->mark({}, wanted, ctx);
      return rows_of(*once, ctx);
    });
    const std::string stored = outcome([&] { return rows_of(Dataset::open(options, types, ctx), ctx); });
    if (read_once != stored) std::fprintf(stderr, "once:   %s\nstored: %s\n", read_once.c_str(), stored.c_str());
    fuzz::require(read_once == stored, "both ways of reading agree");
  });
}
