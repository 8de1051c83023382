// What the loaders of the formats have in common: a source as a relation inside the engine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine.hpp"
#include "mlsys/base/context.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/source.hpp"

namespace mlsys::data {

// The files of a data argument, found and looked at.
struct ResolvedSource {
  std::string subject;  // "'x.csv'", "standard input"
  SourceFormat format = SourceFormat::csv;
  bool format_is_imposed = false;               // --input-format says another one than its name or content
  std::string compression;                      // "", "gzip" or "zstd"
  std::vector<std::filesystem::path> files;     // absolute, in reading order
  std::vector<std::filesystem::path> unmarked;  // JSON: the same or, where a byte order mark begins one, a copy without
  // Hive keys in the files' paths below the folder or pattern that was named, the same in all of them; and their values
  // for each file, nothing for a missing one.
  std::vector<std::string> partition_names;
  std::vector<std::vector<std::optional<std::string>>> partition_values;
  std::string table;                             // sqlite
  std::shared_ptr<const TempDirectory> scratch;  // holds the spooled standard input
  std::shared_ptr<const TempDirectory> copies;   // holds those of `unmarked`
};

// Finds the files. Standard input is spooled below Context::temp_dir.
ResolvedSource resolve_source(const SourceOptions& options, Context& ctx);

struct Relation {
  struct Column {
    std::string name;
    ColumnType type = ColumnType::text;
    std::string expression;  // of the type's SQL type
  };
  std::string from;  // what stands after FROM
  std::string row;   // the 1-based row number, an expression
  std::vector<Column> columns;
  std::optional<std::uint64_t> rows;  // when it is known for nothing
  std::vector<CastFailures> failures;
  char delimiter = ',';  // separated values, and the fields of a line
  std::size_t fields = 0;
  std::vector<std::string> failing;  // for each of these a query of (row number, text) over all rows, in row order
};

// Rows that were not read yet.
class UnreadRows {
 public:
  UnreadRows() = default;
  UnreadRows(const UnreadRows&) = delete;
  UnreadRows& operator=(const UnreadRows&) = delete;
  virtual ~UnreadRows() = default;
  // The columns' names, and the scan whose columns c0, c1, … are their texts.
  [[nodiscard]] virtual const std::vector<std::string>& names() const = 0;
  [[nodiscard]] virtual std::string scan() const = 0;
  // The shape of a line, for Dataset::places.
  [[nodiscard]] virtual char delimiter() const = 0;
  [[nodiscard]] virtual std::size_t fields() const = 0;

  // The query that makes of the rows of `lines`, which has the scan's columns, what is kept of them. It is asked for
  // before rows are read, and once more when they are read anew. `any_bytes` is false when no text holds a NUL byte.
  using Query = std::function<std::string(bool any_bytes)>;
  struct Kept {
    std::string relation;  // a query: what was kept, and source_row
    std::uint64_t rows = 0;
  };
  // Reads them all. What is wrong with them is thrown as when they are loaded.
  virtual Kept read(const Query& query, Context& ctx) = 0;
};

// What a loader is given. `types` is null when types are to be inferred; otherwise the relation has exactly these
// columns, in this order.
struct LoadRequest {
  const SourceOptions& options;
  const ResolvedSource& source;
  const std::vector<ColumnInfo>* types;
};

// Gives the bytes of a compressed file to `take`, in order, until that returns false. Throws Error(Code::failed) when
// it is cut short or damaged before that.
void decompress(const ResolvedSource& source, const std::filesystem::path& file,
                const std::function<bool(std::string_view)>& take, Context& ctx);

// Reads compressed files to their end. Throws Error(Code::failed) when one is cut short or damaged.
void check_compressed(const ResolvedSource& source, Context& ctx);

// Only the header is read. What the request refers to must outlive the result.
std::unique_ptr<UnreadRows> open_csv(const LoadRequest& request, Engine& engine, Context& ctx);
Relation load_csv(const LoadRequest& request, Engine& engine, Context& ctx);
Relation load_parquet(const LoadRequest& request, Engine& engine, Context& ctx);
Relation load_json(const LoadRequest& request, Engine& engine, Context& ctx);
Relation load_libsvm(const LoadRequest& request, Engine& engine, Context& ctx);
Relation load_sqlite(const LoadRequest& request, Engine& engine, Context& ctx);

// ---- helpers of the loaders

// Throws: a row holds a NUL byte.
[[noreturn]] void refuse_nul(std::uint64_t row, const std::string& doing);

// Refuses two columns of the same name.
void refuse_duplicates(const std::vector<std::string>& names, const std::string& subject);

// Positions in `names` of the wanted columns. Throws Error(Code::failed) naming all that are missing.
std::vector<std::size_t> find_wanted(const std::vector<ColumnInfo>& wanted, const std::vector<std::string>& names,
                                     const std::string& subject);

// Names and types of a query's columns as DESCRIBE says them.
std::vector<std::pair<std::string, std::string>> describe(Engine& engine, const std::string& query,
                                                          const std::string& doing, Context& ctx);

// The type of ours that holds values of a DuckDB type; nothing for nested values, bytes and intervals.
std::optional<ColumnType> scalar_type(std::string_view duck_type);

// The DuckDB type that holds the values of two such types as reading them one by one would give them; nothing when
// there is none. Whole numbers go with reals, as long as none is beyond 2^53; dates with times.
std::optional<std::string> common_type(const std::string& one, const std::string& other);

// Columns c0, c1, … of `from`, which have these names and DuckDB types, brought to ours. Whole numbers beyond 64 bits
// become text, since a double would change them; nested values and bytes become text, and this is said.
std::vector<Relation::Column> canonical_columns(const std::vector<std::pair<std::string, std::string>>& described,
                                                const std::string& from, Engine& engine, const std::string& subject,
                                                Context& ctx);

// The wanted columns out of a relation whose types are its own: values that do not fit are NULL and counted, in one
// scan over the columns concerned.
void apply_types(Relation& relation, const std::vector<ColumnInfo>& wanted, Engine& engine, const std::string& subject,
                 Context& ctx);

// Of a query of (row number, text), in row order: those whose text is no value of the type, as (r, v).
std::string failing_rows(const std::string& rows, ColumnType type);
// The first of them.
std::vector<CastFailures::Sample> failing_samples(Engine& engine, const std::string& failing, const std::string& doing,
                                                  Context& ctx);

// After a selection: leaves out failures in rows that were not taken.
void keep_selected_failures(Relation& relation, Engine& engine, const std::string& subject, Context& ctx);

// Options of read_csv: lines up to this length, and pieces in which a file is read. Left alone, a piece is sixteen
// times the longest line: one thread would read it while the others wait for the first of its rows.
std::string reading_in_pieces(std::uint64_t longest_line);

// A query of the lines of a text file, in order and decompressed; blank ones are NULL.
std::string raw_lines(const std::filesystem::path& file, const std::string& compression);

// What stands after FROM for a scan of the files, of which each has `fields` columns: these are c0, c1, …, and after
// them come the Hive partition keys as text. DuckDB would also find keys above the folder that was named.
std::string with_partitions(const std::string& scan, std::size_t fields, const LoadRequest& request);
// The value of a partition key as an expression over a scan of some of the files, of which `first` is the first.
std::string partition_value(const LoadRequest& request, std::size_t key, std::size_t first, std::size_t files);

// Whether a text stands for a missing value, and a text expression that is NULL where it does.
bool is_null_token(std::string_view text, const SourceOptions& options);
std::string without_null_tokens(const std::string& text, const SourceOptions& options);

// "AS t(c0, c1, …)" for `count` columns.
std::string positional_alias(std::size_t count);

}  // namespace mlsys::data
