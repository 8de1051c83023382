// DuckDB behind move-only handles. The library is opened on first use from the installation's engines folder.
// Failures are thrown as Failure with DuckDB's own words; the data module turns them into its own.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlsys/base/context.hpp"

namespace mlsys::ext::duckdb {

class Failure : public std::exception {
 public:
  explicit Failure(std::string text);
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

// The running library's version, "v1.5.6". Opens the library.
std::string library_version();

// The types whose values are read here (those up to timestamp also written); everything else is `other` and must be
// cast in SQL first.
enum class Type {
  boolean,
  uint8,
  int32,
  int64,
  float32,
  float64,
  text,
  date,
  timestamp,
  int8,
  int16,
  uint16,
  uint32,
  uint64,
  hugeint,
  other
};

struct HugeInt {
  std::uint64_t lower;
  std::int64_t upper;
};

// One column of a chunk: a view that ends with the chunk. Null values have undefined data.
class Vector {
 public:
  Vector(void* data, std::uint64_t* validity) : data_(data), validity_(validity) {}
  [[nodiscard]] bool valid(std::uint64_t row) const {
    return validity_ == nullptr || ((validity_[row / 64] >> (row % 64)) & 1) != 0;
  }
  [[nodiscard]] bool all_valid() const { return validity_ == nullptr; }
  // T must be the type's representation: bool, uint8_t, int32_t (also date), int64_t (also timestamp), float, double,
  // HugeInt.
  template <class T>
  [[nodiscard]] const T* values() const {
    return static_cast<const T*>(data_);
  }
  [[nodiscard]] std::string_view text(std::uint64_t row) const;

 private:
  void* data_;
  std::uint64_t* validity_;
};

class Chunk {
 public:
  explicit Chunk(void* handle);
  Chunk(Chunk&& other) noexcept;
  Chunk& operator=(Chunk&& other) noexcept;
  ~Chunk();
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Vector column(std::size_t index) const;

 private:
  void* handle_;
  std::uint64_t size_;
};

// The rows of a query, chunk by chunk in their order.
class Result {
 public:
  struct Column {
    std::string name;
    Type type = Type::other;
  };
  Result(Result&&) noexcept;
  Result& operator=(Result&&) noexcept;
  ~Result();
  [[nodiscard]] const std::vector<Column>& columns() const;
  // The next chunk of at least one row; nothing at the end. Stops with Code::interrupted when asked to.
  std::optional<Chunk> next(Context& ctx);

 private:
  friend class Connection;
  struct State;
  explicit Result(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Where a scalar function puts its results: exactly one set() or set_null() per row, in any order.
class Output {
 public:
  explicit Output(void* vector);
  template <class T>
  void set(std::uint64_t row, T value) {
    static_cast<T*>(data_)[row] = value;
  }
  void set_text(std::uint64_t row, std::string_view value);
  void set_null(std::uint64_t row);

 private:
  void* vector_;
  void* data_;
  std::uint64_t* validity_ = nullptr;
};

// Called from DuckDB's threads, several at once. Nulls among the arguments are passed on.
using ScalarFunction = std::function<void(const std::vector<Vector>& arguments, std::uint64_t rows, Output& output)>;

class Database;

class Connection {
 public:
  explicit Connection(const Database& database);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  // Runs one statement to its end. Progress is reported as the share done, of 1000, when `report` is set.
  Result run(std::string_view sql, Context& ctx, bool report = false);
  // The same, but rows are produced while they are fetched; their order is that of the query all the same.
  Result stream(std::string_view sql, Context& ctx);
  // `parameters` and `result` must not be Type::other. The function must be pure unless `is_volatile`.
  void register_function(const std::string& name, const std::vector<Type>& parameters, Type result,
                         ScalarFunction function, bool is_volatile = false);

 private:
  friend class Appender;
  Result execute(std::string_view sql, Context& ctx, bool streaming, bool report);
  void* handle_ = nullptr;
};

class Database {
 public:
  // In memory, with these settings.
  explicit Database(const std::vector<std::pair<std::string, std::string>>& settings);
  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

 private:
  friend class Connection;
  void* handle_ = nullptr;
};

// Appends rows to a table, chunk by chunk: fill up to capacity() rows of every column, then flush_chunk(rows).
class Appender {
 public:
  Appender(Connection& connection, const std::string& table, const std::vector<Type>& types);
  Appender(Appender&&) = delete;
  Appender& operator=(Appender&&) = delete;
  ~Appender();
  [[nodiscard]] static std::uint64_t capacity();
  Output& column(std::size_t index) { return outputs_[index]; }
  void flush_chunk(std::uint64_t rows);
  void close();  // all rows are in the table afterwards

 private:
  void begin_chunk();
  void* appender_ = nullptr;
  void* chunk_ = nullptr;
  std::vector<Output> outputs_;
};

}  // namespace mlsys::ext::duckdb
