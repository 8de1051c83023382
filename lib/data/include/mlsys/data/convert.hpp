// A table written again: in another format, with some of its rows and columns. `data convert` and `data sample`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/data/expression.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

struct ConvertOptions {
  SourceOptions source;  // with `sample`: that many rows at random, the same ones for the same seed
  std::vector<Derivation> derivations;
  std::vector<std::string> columns;  // in this order; empty: all, derived ones last
  std::filesystem::path output;      // its ending decides the format
  bool force = false;                // replace a file that exists
};

struct ConvertReport {
  std::string subject;
  std::filesystem::path output;
  std::uint64_t rows = 0;
  std::vector<ColumnInfo> columns;
  std::optional<std::uint64_t> seed;  // of a sample
};

// Rows keep their order. Types are settled over all rows and written as such, so that "007" stays text and 1.50 becomes
// 1.5. Throws Error(Code::usage) for a name without a format, for one that exists and for unknown columns.
MLSYS_EXPORT ConvertReport convert(const ConvertOptions& options, Context& ctx);
// Schema "mlsys.data.sample/1" of a sample, "mlsys.data.convert/1" otherwise.
MLSYS_EXPORT Json to_json(const ConvertReport& report);

}  // namespace mlsys::data
