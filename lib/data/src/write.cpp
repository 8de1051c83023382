// Dataset::write: rows of the view `data` to a file.
#include <fmt/format.h>

#include "copy.hpp"
#include "dataset_impl.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

// Selects rows of the source by a byte per row of the dataset. With a selection of its own the dataset's rows are not
// numbered in a row, so they are counted as they come.
std::string register_keep(const std::vector<std::uint8_t>& keep, std::uint8_t value, unsigned number, Engine& engine) {
  const std::string name = fmt::format("mlsys_keep_{}", number);
  engine.connection().register_function(
      name, {duck::Type::int64}, duck::Type::boolean,
      [&keep, value](const std::vector<duck::Vector>& arguments, std::uint64_t rows, duck::Output& output) {
        const auto* positions = arguments[0].values<std::int64_t>();
        for (std::uint64_t row = 0; row < rows; ++row) {
          const auto position = static_cast<std::uint64_t>(positions[row]) - 1;
          output.set(row, position < keep.size() && keep[position] == value);
        }
      });
  return name;
}

// The name of each row's part, by the row's position.
std::string register_parts(const Dataset::PartColumn& column, unsigned number, Engine& engine) {
  const std::string name = fmt::format("mlsys_part_name_{}", number);
  std::vector<std::int64_t> numbers;
  for (const std::string& part : column.names)
    if (const auto value = parse_int(part)) numbers.push_back(*value);
  const bool whole = numbers.size() == column.names.size();
  engine.connection().register_function(
      name, {duck::Type::int64}, whole ? duck::Type::int64 : duck::Type::text,
      [&column, whole, numbers](const std::vector<duck::Vector>& arguments, std::uint64_t rows, duck::Output& output) {
        const auto* positions = arguments[0].values<std::int64_t>();
        for (std::uint64_t row = 0; row < rows; ++row) {
          const std::uint8_t part = (*column.parts)[static_cast<std::uint64_t>(positions[row]) - 1];
          if (whole)
            output.set(row, numbers[part]);
          else
            output.set_text(row, column.names[part]);
        }
      });
  return name;
}

}  // namespace

std::uint64_t Dataset::write(const std::filesystem::path& file, std::string_view ending, const WriteOptions& options,
                             Context& ctx) const {
  Impl& impl = *impl_;
  const std::string subject = quoted((options.shown.empty() ? file : options.shown).string());
  if (options.keep != nullptr && options.keep->size() != impl.rows)
    throw Error(Code::failed,
                fmt::format("cannot write {}: {} marks for {} rows", subject, options.keep->size(), impl.rows));
  std::vector<CopyColumn> columns;
  const auto add = [&](const ColumnInfo& column) {
    columns.push_back({sql(column.name), column.name, duck_type(column.type)});
  };
  if (options.columns.empty())
    for (const ColumnInfo& column : impl.columns) add(column);
  for (const std::string& name : options.columns) add(require(name, "write"));

  std::string from = "data";
  if ((options.keep != nullptr || options.part_column != nullptr) && !impl.contiguous)
    from = "(SELECT * REPLACE (row_number() OVER () AS source_row) FROM data)";
  if (options.part_column != nullptr) {
    const std::string part = register_parts(*options.part_column, impl.functions++, *impl.engine);
    columns.push_back({part + "(source_row)", options.part_column->name});
  }
  if (options.keep != nullptr) {
    const std::string keep = register_keep(*options.keep, options.keep_value, impl.functions++, *impl.engine);
    from += " WHERE " + keep + "(source_row)";
  }
  return copy_to(*impl.engine, columns, from, file, ending, options.writer, subject, ctx);
}

}  // namespace mlsys::data
