// Query results written to a file by DuckDB.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine.hpp"
#include "mlsys/data/types.hpp"
#include "mlsys/data/writer.hpp"

namespace mlsys::data {

struct CopyColumn {
  std::string expression;
  std::string name;
  duck::Type type = duck::Type::text;  // of the expression
};

// Runs COPY (SELECT columns FROM from) TO file and returns the number of rows. `ending` ("csv", "x.csv.gz") decides the
// format; Error(Code::usage) when it names none. Error(Code::failed) for names that differ only in case, which DuckDB
// would change, and when the file cannot be written. In text, timestamps are written as format_timestamp says, and NaN
// and infinities as missing: those of the query are counted, and Context::progress is told.
std::uint64_t copy_to(Engine& engine, const std::vector<CopyColumn>& columns, const std::string& from,
                      const std::filesystem::path& file, std::string_view ending, const WriterOptions& options,
                      const std::string& subject, Context& ctx);

// Throws Error(Code::usage) when the ending names no format.
void check_ending(std::string_view ending, const std::string& subject);

}  // namespace mlsys::data
