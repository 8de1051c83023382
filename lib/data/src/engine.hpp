// One in-memory DuckDB that can touch only the files it was made for, with the functions that settle types.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ext/duckdb/duckdb.hpp"
#include "mlsys/base/context.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

namespace duck = ext::duckdb;

std::string sql_text(std::string_view value);       // 'it''s'
std::string sql_identifier(std::string_view name);  // "a""b"
// Files as arguments of functions that read, which take patterns: these name the files alone.
std::string sql_file(const std::filesystem::path& file);
std::string sql_file_list(const std::vector<std::filesystem::path>& files);
std::string column_name(std::size_t index);  // the internal name: c0, c1, …
std::string_view sql_type(ColumnType type);  // BOOLEAN, BIGINT, …
duck::Type duck_type(ColumnType type);

// Turns DuckDB's words into one line without its prefixes, positions and advice.
std::string plain_reason(std::string_view text);

class Engine {
 public:
  Engine(const std::vector<std::filesystem::path>& files, Context& ctx);

  // `doing` begins the message of a failure: "cannot read 'x.csv'". run() and stream() throw Error(Code::failed);
  // try_run() lets duck::Failure through for those who can say more about it.
  duck::Result run(std::string_view sql, std::string_view doing, Context& ctx);
  duck::Result stream(std::string_view sql, std::string_view doing, Context& ctx);
  duck::Result try_run(std::string_view sql, Context& ctx, const duck::Report& report = {});
  std::uint64_t count(std::string_view sql, std::string_view doing, Context& ctx);  // one BIGINT
  [[noreturn]] static void fail(const duck::Failure& failure, std::string_view doing);

  duck::Connection& connection() { return connection_; }
  // Another one to the same tables, for another thread.
  [[nodiscard]] duck::Connection connect() const { return duck::Connection(database_); }
  // Shows the share done of a phase that begins with progress_total.
  static constexpr std::uint64_t progress_total = 1000;
  static duck::Report progress_of(Context& ctx);

  // ---- functions in SQL, see settle.cpp

  // The value of a text expression as `type`, NULL when it is none. Non-null text that is no such value is counted
  // under `counter`.
  static std::string settled(std::string_view text, ColumnType type, Reading reading, std::size_t counter);
  static std::string type_mask(std::string_view text);       // TypeCandidates::of; NULL for NULL
  static std::string json_type_mask(std::string_view json);  // the same of a JSON value; NULL for null
  // Text of a value as said in frame.hpp.
  static std::string as_text(const std::string& expression, ColumnType type);

  // A real of this type; NULL when it is NaN or infinite, which is counted for `column`.
  static std::string finite(std::string_view real, duck::Type type, std::size_t column);

  void reset_failures(std::size_t counters);
  [[nodiscard]] std::uint64_t failures(std::size_t counter) const;
  struct NotFinite {
    std::uint64_t nan = 0;
    std::uint64_t infinite = 0;
  };
  void reset_not_finite(std::size_t columns);
  [[nodiscard]] NotFinite not_finite(std::size_t column) const;

 private:
  struct Counters {
    std::unique_ptr<std::atomic<std::uint64_t>[]> values;
    std::size_t size = 0;

    void reset(std::size_t counters);
    void add(std::size_t counter, std::uint64_t count) const;
    [[nodiscard]] std::uint64_t at(std::size_t counter) const;
  };
  void register_functions();
  void register_text_functions();

  std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  std::shared_ptr<Counters> not_finite_ = std::make_shared<Counters>();  // of each column NaN, then infinities
  std::unique_ptr<TempDirectory> spill_;                                 // outlives the database that may fill it
  duck::Database database_;
  duck::Connection connection_;
};

}  // namespace mlsys::data
