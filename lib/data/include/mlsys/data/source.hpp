// What a data argument means and how it is to be read.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/names.hpp"

namespace mlsys::data {

enum class SourceFormat { csv, tsv, parquet, json, ndjson, libsvm, sqlite };

// What an absent entry of a sparse row (LibSVM, LETOR) means.
enum class SparseAbsent { missing, zero };

struct ResolvedSource;  // of the module's own sources

struct SourceOptions {
  // A path, a glob, a folder (Hive partitions become columns), "-" for standard input, or sqlite:FILE?table=T.
  std::string argument;
  std::optional<SourceFormat> format;  // otherwise by the name's ending, or by the first bytes for other endings

  // What to take of it; applied in this order. All row numbers in messages are those of the whole source.
  std::string where;                    // a row-local expression over the columns, see expression.hpp
  std::string sql;                      // "SELECT … FROM data", typed by the user and trusted; the result is the data
  std::optional<std::uint64_t> sample;  // this many rows at random (Context::seed or `seed`), in source order
  std::optional<std::uint64_t> limit;   // the first rows
  std::optional<std::uint64_t> seed;

  // Texts read as missing besides the empty field of CSV, where they are quoted or not. Where values have types of
  // their own (Parquet, JSON, SQLite) only texts are looked at: the number -999 is not the text "-999".
  std::vector<std::string> null_tokens;

  // CSV and TSV.
  std::optional<char> delimiter;          // otherwise detected among comma, tab, semicolon and bar
  std::vector<std::string> text_columns;  // text as it stands, whatever it looks like; names of no column are ignored
  std::vector<std::string> known_dates;   // columns whose local dates the caller reads: no note about them
  bool header = true;                     // otherwise columns are named column1, column2, …

  std::optional<SparseAbsent> sparse_absent;  // LibSVM and LETOR; nothing said: missing
  std::uint64_t max_columns = 20'000;

  // Files this dataset will be asked to write with Dataset::write; nothing else outside the source can be touched.
  std::vector<std::filesystem::path> may_write;

  std::shared_ptr<const ResolvedSource> resolved;  // set by Dataset::again: the files as they were found
};

// A data argument taken apart, without looking at any file.
struct SourceArgument {
  enum class Kind { standard_input, path, sqlite };
  Kind kind = Kind::path;
  std::string path;                    // a path or glob as given; the database file for sqlite
  std::string table;                   // sqlite only
  std::optional<SourceFormat> format;  // by the ending; nothing for folders, globs and unknown endings
  std::string compression;             // "", "gzip" or "zstd"
  bool operator==(const SourceArgument&) const = default;
};

// Pure and total: any bytes give an argument or Error(Code::usage).
MLSYS_EXPORT SourceArgument parse_source_argument(std::string_view argument);

}  // namespace mlsys::data

template <>
struct mlsys::NameTable<mlsys::data::SourceFormat> {
  using T = mlsys::data::SourceFormat;
  static constexpr std::string_view what = "data format";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::csv, "csv", "separated values with a header line"},
      {T::tsv, "tsv", "the same, separated by tabs"},
      {T::parquet, "parquet", "Apache Parquet"},
      {T::json, "json", "an array of objects"},
      {T::ndjson, "ndjson", "one object per line"},
      {T::libsvm, "libsvm", "LibSVM or LETOR: label [qid:N] index:value …"},
      {T::sqlite, "sqlite", "a table of an SQLite database"},
  });
};

template <>
struct mlsys::NameTable<mlsys::data::SparseAbsent> {
  using T = mlsys::data::SparseAbsent;
  static constexpr std::string_view what = "meaning of absent entries";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::missing, "missing", "not known"},
      {T::zero, "zero", "0"},
  });
};
