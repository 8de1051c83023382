// Parquet is read where it lies, through a view. Files of one column whose types differ are brought to a type that
// holds the values of all.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "relation.hpp"

namespace mlsys::data {

namespace {

// DuckDB's words for a file whose end says nothing are about magic bytes and Thrift.
[[noreturn]] void explain(const duck::Failure& failure, const std::filesystem::path& file, const std::string& doing) {
  std::ifstream stream(file, std::ios::binary);
  std::string first(4, '\0');
  std::string last(4, '\0');
  stream.read(first.data(), 4);
  stream.seekg(-4, std::ios::end);
  stream.read(last.data(), 4);
  if (!stream) {
    std::error_code error;
    if (std::filesystem::file_size(file, error) < 4 && !error)
      throw Error(Code::failed, doing + ": it is no Parquet file", "say what it is with --input-format");
    throw Error(Code::failed, doing + ": it cannot be opened", "check its permissions");
  }
  if (first != "PAR1" && first != "PARE")
    throw Error(Code::failed, doing + ": it is no Parquet file", "say what it is with --input-format");
  if (last != first)
    throw Error(Code::failed, doing + ": its end is missing, so it was cut short", "fetch or write the file again");
  throw Error(Code::failed, fmt::format("{}: its footer is damaged ({})", doing, plain_reason(failure.text())),
              "fetch or write the file again");
}

// The schema in a file's footer.
struct Footer {
  std::vector<std::string> names;  // of the top-level columns: DuckDB renames those that differ only in case
  std::string types;               // all that decides the types of these
};

Footer read_footer(const std::filesystem::path& file, const std::string& doing, Engine& engine, Context& ctx) {
  Footer footer;
  std::uint64_t skip = 0;  // nodes below the current top-level column
  bool root = true;
  try {
    duck::Result result = engine.try_run(
        fmt::format("SELECT name, coalesce(num_children, 0)::BIGINT, concat_ws(' ', name, num_children, type, "
                    "type_length, repetition_type, converted_type, scale, precision, logical_type) "
                    "FROM parquet_schema({})",
                    sql_file(file)),
        ctx);
    while (const auto chunk = result.next(ctx))
      for (std::uint64_t row = 0; row < chunk->size(); ++row) {
        footer.types += fmt::format("{}\n", chunk->column(2).text(row));
        const auto children = static_cast<std::uint64_t>(chunk->column(1).values<std::int64_t>()[row]);
        if (root) {
          root = false;
        } else if (skip > 0) {
          skip += children - 1;
        } else {
          footer.names.emplace_back(chunk->column(0).text(row));
          skip = children;
        }
      }
  } catch (const duck::Failure& failure) {
    explain(failure, file, doing);
  }
  for (std::size_t i = 0; i < footer.names.size(); ++i)
    if (footer.names[i].empty()) footer.names[i] = fmt::format("column{}", i + 1);  // as in separated values
  return footer;
}

using Described = std::vector<std::pair<std::string, std::string>>;

// Files that follow one another and have columns of the same types.
struct Run {
  std::vector<std::filesystem::path> files;
  std::size_t first = 0;   // file, among those of the source
  Described columns;       // with DuckDB's types
  std::string from;        // columns c0, c1, …
  std::uint64_t rows = 0;  // of all its files
  std::string row;         // the row's number among those of the whole source
};

// Columns of local times in nanoseconds of which a value has some.
std::set<std::string> cut_local_times(const Run& run, const std::string& doing, Engine& engine, Context& ctx) {
  std::vector<std::string> names;
  std::string cut;
  for (std::size_t i = 0; i < run.columns.size(); ++i) {
    if (run.columns[i].second != "TIMESTAMP_NS") continue;
    cut += fmt::format("{}coalesce(bool_or(epoch_ns({}) % 1000 <> 0), false)", cut.empty() ? "" : ", ", column_name(i));
    names.push_back(run.columns[i].first);
  }
  std::set<std::string> found;
  if (names.empty()) return found;
  duck::Result result = engine.run(fmt::format("SELECT {} FROM {}", cut, run.from), doing, ctx);
  const auto chunk = result.next(ctx);
  for (std::size_t k = 0; k < names.size(); ++k)
    if (chunk->column(k).values<bool>()[0]) found.insert(names[k]);
  return found;
}

// Columns of times of UTC in nanoseconds: whether a value has some, DuckDB does not show.
std::set<std::string> utc_nanoseconds(const std::filesystem::path& file, const Described& columns,
                                      const std::string& doing, Engine& engine, Context& ctx) {
  std::set<std::string> names;
  duck::Result result = engine.run(
      fmt::format("SELECT name FROM parquet_schema({}) WHERE contains(logical_type, 'isAdjustedToUTC=1') AND "
                  "contains(logical_type, 'NANOS=NanoSeconds')",
                  sql_file(file)),
      doing, ctx);
  while (const auto chunk = result.next(ctx))
    for (std::uint64_t row = 0; row < chunk->size(); ++row)
      for (const auto& [name, type] : columns)
        if (name == chunk->column(0).text(row) && type == "TIMESTAMP WITH TIME ZONE") names.insert(name);
  return names;
}

class ParquetLoader {
 public:
  ParquetLoader(const LoadRequest& request, Engine& engine, Context& ctx)
      : source_(request.source),
        request_(request),
        engine_(engine),
        ctx_(ctx),
        doing_("cannot read " + source_.subject) {}

  Relation load() {
    find_runs();
    for (std::size_t i = 0; i < names_.size(); ++i) settle_type(i);
    note_nanoseconds();
    Relation relation;
    relation.rows = 0;
    for (const Run& run : runs_) *relation.rows += run.rows;
    const bool as_it_is = runs_.size() == 1 && source_.partition_names.empty();
    relation.from = as_it_is ? runs_.front().from : united();
    relation.row = as_it_is ? runs_.front().row : "file_row";
    for (const std::string& name : source_.partition_names) types_.emplace_back(name, "VARCHAR");
    relation.columns = canonical_columns(types_, relation.from, engine_, source_.subject, ctx_);
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (scalar_type(types_[i].second) == ColumnType::text)
        relation.columns[i].expression = without_null_tokens(relation.columns[i].expression, request_.options);
    if (request_.types != nullptr) apply_types(relation, *request_.types, engine_, source_.subject, ctx_);
    return relation;
  }

 private:
  // All footers are read, and a file of each kind that there is of these is described.
  void find_runs() {
    std::map<std::string, Described> kinds;
    for (std::size_t at = 0; at < source_.files.size(); ++at) {
      const auto& file = source_.files[at];
      Footer footer = read_footer(file, doing_, engine_, ctx_);
      if (names_.empty()) settle_names(footer.names);
      if (footer.names != names_)
        throw Error(Code::failed,
                    fmt::format("{}: {} and {} have different columns", doing_,
                                quoted(source_.files.front().filename().string()), quoted(file.filename().string())),
                    "files that are read together need the same columns in the same order");
      const auto [kind, is_new] = kinds.try_emplace(std::move(footer.types));
      if (is_new) {
        kind->second = described(file);
        cut_.merge(utc_nanoseconds(file, kind->second, doing_, engine_, ctx_));
      }
      if (runs_.empty() || runs_.back().columns != kind->second) runs_.push_back({{}, at, kind->second, {}, 0, {}});
      runs_.back().files.push_back(file);
    }
    std::uint64_t before = 0;
    for (Run& run : runs_) {
      run.from = scan(run.files) + " " + positional_alias(names_.size());
      number_rows(run, before);
      before += run.rows;
    }
  }

  void settle_names(const std::vector<std::string>& of_file) {
    if (of_file.size() > request_.options.max_columns)
      throw Error(Code::usage,
                  fmt::format("{}: {} columns are more than the limit of {}", doing_, with_thousands(of_file.size()),
                              with_thousands(request_.options.max_columns)),
                  fmt::format("allow them with --max-columns {}", of_file.size()));
    names_ = of_file;
    std::vector<std::string> all = names_;
    all.insert(all.end(), source_.partition_names.begin(), source_.partition_names.end());
    refuse_duplicates(all, source_.subject);
  }

  [[nodiscard]] static std::string scan(const std::vector<std::filesystem::path>& files) {
    return fmt::format("read_parquet({}, hive_partitioning = false)", sql_file_list(files));
  }

  Described described(const std::filesystem::path& file) {
    const std::string query = "SELECT * FROM " + scan({file});
    try {  // a footer whose list of columns is readable may still be damaged elsewhere
      engine_.try_run("DESCRIBE " + query, ctx_);
    } catch (const duck::Failure& failure) {
      explain(failure, file, doing_);
    }
    Described columns = describe(engine_, query, doing_, ctx_);
    for (std::size_t i = 0; i < names_.size(); ++i) columns[i].first = names_[i];
    return columns;
  }

  void number_rows(Run& run, std::uint64_t before) {
    std::string offsets;  // of each file's first row
    for (const auto& file : run.files) {
      offsets += (offsets.empty() ? "[" : ", ") + std::to_string(before + run.rows + 1);
      run.rows += engine_.count(
          fmt::format("SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({})", sql_file(file)), doing_, ctx_);
    }
    run.row = run.files.size() == 1 ? fmt::format("file_row_number + {}", before + 1)
                                    : fmt::format("file_row_number + {}][CAST(file_index AS BIGINT) + 1]", offsets);
  }

  // The type of a column that holds the values of all runs; those of which a run has none do not matter.
  void settle_type(std::size_t column) {
    const auto type_in = [column](const Run& run) -> const std::string& { return run.columns[column].second; };
    std::optional<std::string> common = type_in(runs_.front());
    for (const Run& run : runs_)
      if (common) common = common_type(*common, type_in(run));
    if (!common) common = type_of_values(column);
    for (const Run& run : runs_)
      if (common == "DOUBLE" && type_in(run) != *common) refuse_inexact(run, column);
    types_.emplace_back(names_[column], *std::move(common));
  }

  // The common type of the runs that have a value in the column.
  std::string type_of_values(std::size_t column) {
    std::optional<std::string> common;
    const Run* first = nullptr;
    for (Run& run : runs_) {
      if (!has_value(run, column)) {
        run.columns[column].second = no_type;
        continue;
      }
      const std::string& type = run.columns[column].second;
      if (first == nullptr) {
        first = &run;
        common = type;
      } else if (common = common_type(*common, type); !common) {
        refuse_types(*first, run, column);
      }
    }
    return common.value_or(std::string(sql_type(ColumnType::text)));
  }

  bool has_value(const Run& run, std::size_t column) {
    return engine_.count(fmt::format("SELECT count({}) FROM {}", column_name(column), run.from), doing_, ctx_) > 0;
  }

  [[noreturn]] void refuse_types(const Run& one, const Run& other, std::size_t column) const {
    throw Error(Code::failed,
                fmt::format("{}: column {} is {} in {} and {} in {}", doing_, quoted(names_[column]),
                            one.columns[column].second, quoted(one.files.front().filename().string()),
                            other.columns[column].second, quoted(other.files.front().filename().string())),
                "files that are read together need columns of types that go together: read them one by one, or write "
                "some anew with CAST in the --sql of data convert");
  }

  // Whole numbers become reals where another file has reals, as long as that changes none of them.
  void refuse_inexact(const Run& run, std::size_t column) {
    if (common_type(run.columns[column].second, "HUGEINT") != "HUGEINT") return;
    const std::string value = column_name(column);
    const std::string found = fmt::format(
        "SELECT CAST({0} AS VARCHAR) FROM {1} WHERE {0} NOT BETWEEN -{2} AND {2} "
        "LIMIT 1",
        value, run.from, std::int64_t{1} << 53);
    duck::Result result = engine_.run(found, doing_, ctx_);
    const auto chunk = result.next(ctx_);
    if (!chunk || chunk->size() == 0) return;
    throw Error(
        Code::failed,
        fmt::format("{}: column {} holds reals in some files, and {} in {}, which no real can hold", doing_,
                    quoted(names_[column]), chunk->column(0).text(0), quoted(run.files.front().filename().string())),
        "read them one by one, or write some anew with CAST in the --sql of data convert");
  }

  [[nodiscard]] std::string united() const {
    std::string all;
    for (const Run& run : runs_) {
      all += all.empty() ? "(SELECT " : " UNION ALL SELECT ";
      for (std::size_t i = 0; i < types_.size(); ++i) {
        const std::string& type = run.columns[i].second;
        const std::string value = type == no_type ? "NULL" : column_name(i);
        all += type == types_[i].second
                   ? value + ", "
                   : fmt::format("CAST({} AS {}) AS {}, ", value, types_[i].second, column_name(i));
      }
      for (std::size_t key = 0; key < source_.partition_names.size(); ++key)
        all += fmt::format("{} AS {}, ", partition_value(request_, key, run.first, run.files.size()),
                           column_name(names_.size() + key));
      all += fmt::format("{} AS file_row FROM {}", run.row, run.from);
    }
    return all + ")";
  }

  // Our times are in microseconds.
  void note_nanoseconds() {
    for (const Run& run : runs_) cut_.merge(cut_local_times(run, doing_, engine_, ctx_));
    std::vector<std::string> cut;
    for (const auto& [name, type] : types_)
      if (cut_.contains(name)) cut.push_back(quoted(name));
    if (!cut.empty())
      ctx_.progress->note(
          fmt::format("{}: times in nanoseconds are cut to microseconds: {}", source_.subject, join(cut, ", ")));
  }

  static constexpr std::string_view no_type{};  // of a column without a value

  const ResolvedSource& source_;
  const LoadRequest request_;
  Engine& engine_;
  Context& ctx_;
  std::string doing_;
  std::vector<std::string> names_;  // of the files' columns
  std::vector<Run> runs_;
  Described types_;            // that hold the values of all runs
  std::set<std::string> cut_;  // columns whose nanoseconds are lost
};

}  // namespace

Relation load_parquet(const LoadRequest& request, Engine& engine, Context& ctx) {
  return ParquetLoader(request, engine, ctx).load();
}

}  // namespace mlsys::data
