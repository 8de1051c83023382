// An opened source with settled column types: the one way in which every command reads data.
//
// Reading never guesses from a sample. CSV is read with one dialect, every line must have as many fields as the header
// (empty ones beyond those are let pass), and each column's type is what all of its values have (see types.hpp). Where
// the types are already known (contract, bundle) they rule: values that do not fit are missing and counted. Sources
// that cannot be read (absent, empty, binary, ragged, not UTF-8, two columns of one name, …) throw: Code::not_found for
// an absent file, Code::failed for what is in it, Code::usage for wrong options. Column names may be any text; names
// that differ only in case are different.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/data/expression.hpp"
#include "mlsys/data/frame.hpp"
#include "mlsys/data/result.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/data/types.hpp"
#include "mlsys/data/writer.hpp"

namespace mlsys::data {

// The version of the DuckDB that runs, "v1.5.6". Opens it; throws Error(Code::failed) when it is missing or too old.
MLSYS_EXPORT std::string engine_version();

// Values of one column that do not have the type they were said to have.
struct CastFailures {
  struct Sample {
    std::uint64_t row = 0;  // 1 is the first row of data
    std::string value;
  };
  std::string column;
  ColumnType type = ColumnType::text;
  std::uint64_t count = 0;
  std::vector<Sample> samples;  // the first ones, at most 20
};

// Move-only; not for use by several threads at once (it uses Context::threads itself).
class MLSYS_EXPORT Dataset {
 public:
  struct Impl;  // of the module's own sources

  // Types are settled over all rows.
  static Dataset open(const SourceOptions& options, Context& ctx);
  // These columns only, with these types and in this order; others are ignored. Columns that are not there are an
  // Error(Code::failed) that names all of them. Values that do not fit their type become missing, see cast_failures().
  static Dataset open(const SourceOptions& options, const std::vector<ColumnInfo>& types, Context& ctx);

  // Separated values of which only the header is read as yet; nothing when the source is something else, when rows or
  // columns are selected, or when folders are columns. Columns named in `known` have those types, the others are text.
  // Until mark() has read the rows there are none: only derive(), sql(), text_sql() and the like may be called.
  static std::optional<Dataset> open_unread(const SourceOptions& options, const std::vector<ColumnInfo>& known,
                                            Context& ctx);
  // Whether mark() is still to come.
  [[nodiscard]] bool unread() const;
  // The text of a column's values in the conditions of mark(), whatever its type.
  [[nodiscard]] std::string text_sql(std::string_view column) const;
  // Reads an unread source, once: evaluates the conditions for every row, and keeps the columns whose names in SQL
  // (sql()) occur in `wanted`; only these can be queried afterwards.
  struct Mark {              // of a condition of mark()
    std::string condition;   // one for query(), which says that it held; "false" when it held nowhere
    std::uint64_t rows = 0;  // in which it held
  };
  std::vector<Mark> mark(const std::vector<std::string>& conditions, std::string_view wanted, Context& ctx);

  Dataset(Dataset&&) noexcept;
  Dataset& operator=(Dataset&&) noexcept;
  ~Dataset();

  [[nodiscard]] const std::string& subject() const;                   // for messages: "'x.csv'", "standard input"
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const;       // derived ones last
  [[nodiscard]] const ColumnInfo* find(std::string_view name) const;  // nullptr when there is none
  // The column, or Error(Code::usage) "cannot <doing> <subject>: no column 'x'" with a suggestion.
  [[nodiscard]] const ColumnInfo& require(std::string_view name, std::string_view doing) const;
  [[nodiscard]] std::uint64_t rows() const;
  // Throws Error(Code::failed) "cannot <doing> <subject>: it has no rows" when there are none.
  void require_rows(std::string_view doing) const;
  [[nodiscard]] SourceFormat format() const;
  [[nodiscard]] const std::vector<std::filesystem::path>& files() const;  // in reading order
  // What WriterOptions::metadata kept under `key`, for each of files(): nothing in files without it and in formats that
  // have no place for metadata.
  [[nodiscard]] std::vector<std::optional<std::string>> metadata(std::string_view key, Context& ctx) const;
  // The same source for another opening, as it was found for this one: standard input and pipes can be read only once.
  [[nodiscard]] SourceOptions again(const SourceOptions& options) const;
  // Columns with at least one failure, in the order of columns().
  [[nodiscard]] const std::vector<CastFailures>& cast_failures() const;
  // Throws Error(Code::failed) for the first of them: "cannot <doing>: 2 values of column 'x' are not of type integer,
  // <why>: row 6 has '1.5'", where `why` says who wants that type.
  void refuse_cast_failures(std::string_view doing, std::string_view why) const;
  // A condition for query(): the row's value of this column did not fit the type it was said to have. "false" when all
  // did; otherwise the first use reads the source again.
  [[nodiscard]] std::string mistyped(std::string_view column, Context& ctx) const;

  // Where rows stand in a source of text lines: the line, from 1, on which the record begins. One per given row
  // number, which must ascend; empty for sources without lines (Parquet, SQLite, JSON arrays, the result of --sql).
  // Reads the files up to the last of the rows.
  struct Place {
    std::size_t file = 0;  // of files()
    std::uint64_t line = 0;
    std::vector<std::string> fields;  // of the record, in the order of the header; only of separated values
  };
  [[nodiscard]] std::vector<Place> places(const std::vector<std::uint64_t>& rows, Context& ctx) const;

  // Identifies the rows: "sha256:<hex>" of the content, or "quick:<hex>" of names, sizes, modification times and
  // Parquet footers for sources of more than `full_limit` bytes. A selection (where, sql, sample, limit), the values
  // that are the names of folders, and options of reading other than the defaults are part of it; derived columns are
  // not. Computed on first use.
  [[nodiscard]] std::string digest(std::uint64_t full_limit = 1ULL << 30) const;

  // Adds a column computed from each row. Throws Error(Code::usage) when the expression is not allowed
  // (expression.hpp), names an unknown column or the name is taken.
  void derive(const std::string& name, const std::string& expression);
  [[nodiscard]] const std::vector<Derivation>& derivations() const;

  // Typed columns, in source row order. Throws Error(Code::usage) for an unknown column and Error(Code::failed) for one
  // that cannot be had in the requested form.
  [[nodiscard]] Frame read(const std::vector<ColumnRequest>& requests, Context& ctx) const;
  // The same in batches of about `batch_rows` (at least one batch, possibly of no rows), without holding all rows.
  // Categories need a dictionary.
  void scan(const std::vector<ColumnRequest>& requests, std::uint64_t batch_rows, Context& ctx,
            const std::function<void(Frame& batch)>& each) const;
  // All distinct values of a column by their text, sorted by byte; missing is not one of them. Throws
  // Error(Code::failed) when there are more than `limit`.
  [[nodiscard]] std::vector<std::string> distinct(std::string_view column, std::uint64_t limit, Context& ctx) const;

  // Runs SQL of ours over the relation `data`. Its columns have internal names: write sql(name) for a column, and
  // `source_row` for the 1-based row number within the whole source. Types are BOOLEAN, BIGINT, DOUBLE, VARCHAR, DATE
  // and TIMESTAMP. Rows come in a fixed order only with ORDER BY; reported moments must not be computed with avg,
  // stddev or corr, which differ between runs: use scan().
  [[nodiscard]] Result query(std::string_view sql, Context& ctx) const;
  [[nodiscard]] std::string sql(std::string_view column) const;  // the column in SQL; Error(Code::usage) if unknown
  // What `sql` gives over another dataset becomes a table for query(), with columns k0, k1, … of the types listed
  // there. Its rows are in no order.
  void add_table(const std::string& name, const Dataset& other, std::string_view sql, Context& ctx);
  static std::string sql_text(std::string_view value);  // a value as an SQL string literal
  // A condition for query(): the column has a value, and its text (As::text) is none of these. Of an unread source it
  // is one for mark() alone, which evaluates it once however many conditions it is part of.
  [[nodiscard]] std::string is_none_of(std::string_view column, const std::vector<std::string>& texts) const;

  // Of a division of the rows into `count` parts (one byte per row): for each part, how many of its rows have the same
  // values in these columns as a row of an earlier part. Missing equals missing, or else makes a row like no other.
  struct Likeness {
    std::vector<std::string> columns;  // empty: all
    bool missing_is_alike = true;
  };
  [[nodiscard]] std::vector<std::uint64_t> shared_rows(const std::vector<std::uint8_t>& parts, std::size_t count,
                                                       const Likeness& likeness, Context& ctx) const;

  // Writes rows in source order, with their own column names, to one of SourceOptions::may_write, whose ending decides
  // the format (`ending` when it is a pending file). `columns` empty means all; `keep`, one byte per row, selects rows
  // with the given value. Returns the number of rows written.
  struct PartColumn {  // a column made of a byte per row, whose value is an index into `names`
    std::string name;
    std::vector<std::string> names;  // when all are whole numbers, so is the column
    const std::vector<std::uint8_t>* parts = nullptr;
  };
  struct WriteOptions {
    std::vector<std::string> columns;
    const PartColumn* part_column = nullptr;  // written last
    const std::vector<std::uint8_t>* keep = nullptr;
    std::uint8_t keep_value = 1;
    std::filesystem::path shown;  // what messages call the file; empty means as it is
    WriterOptions writer;
  };
  std::uint64_t write(const std::filesystem::path& file, std::string_view ending, const WriteOptions& options,
                      Context& ctx) const;

 private:
  explicit Dataset(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The same source for several openings, before the first of them: files are looked for once, and standard input and
// pipes, which can be read only once, are kept below Context::temp_dir. Of files larger than Context::memory_budget
// Context::progress is told where their rows go: what does not fit is put aside below Context::temp_dir.
MLSYS_EXPORT SourceOptions found(const SourceOptions& options, Context& ctx);

}  // namespace mlsys::data
