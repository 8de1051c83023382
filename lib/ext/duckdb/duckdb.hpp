// DuckDB behind move-only handles. The library is opened on first use from the installation's engines folder.
// Failures are thrown as Failure with DuckDB's own words; the data module turns them into its own.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
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

// The rows of a query, chunk by chunk in their order. It must go before its connection does.
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
  template <class T>
  [[nodiscard]] T* data() const {
    return static_cast<T*>(data_);
  }

 private:
  void* vector_;
  void* data_;
  std::uint64_t* validity_ = nullptr;
};

// Called from DuckDB's threads, several at once. Nulls among the arguments are passed on.
using ScalarFunction = std::function<void(const std::vector<Vector>& arguments, std::uint64_t rows, Output& output)>;

// Where a source of rows puts the texts of a column. They are not copied.
class TextOutput {
 public:
  explicit TextOutput(void* vector) : output_(vector), texts_(output_.data<char>()) {}
  // `text` stays where it is until the source is asked for more rows, and so many bytes from its begin can be read.
  static constexpr std::size_t readable = 12;
  void set(std::uint64_t row, std::string_view text);
  void set_null(std::uint64_t row) { output_.set_null(row); }

 private:
  Output output_;
  char* texts_;
};

// Rows of texts that a query reads from elsewhere.
class TextRows {
 public:
  TextRows() = default;
  TextRows(const TextRows&) = delete;
  TextRows& operator=(const TextRows&) = delete;
  virtual ~TextRows() = default;
  // Fills the columns that the query wants with the next rows, at most `most` of them; 0 at the end. What it throws
  // fails the query. Never called by two threads at once.
  virtual std::uint64_t next(std::vector<TextOutput>& columns, std::uint64_t most) = 0;
};

// Opens the rows for one query, which wants the columns at these positions, in this order.
using OpenRows = std::function<std::unique_ptr<TextRows>(std::vector<std::size_t> wanted)>;

class Database;

// Is told ten times a second how much of a statement is done, of 1; by the thread that runs it.
using Report = std::function<void(double share)>;

class Connection {
 public:
  explicit Connection(const Database& database);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  // Runs one statement to its end.
  Result run(std::string_view sql, Context& ctx, const Report& report = {});
  // The same, but rows are produced while they are fetched; their order is that of the query all the same.
  Result stream(std::string_view sql, Context& ctx);
  // `parameters` and `result` must not be Type::other. The function must be pure unless `is_volatile`.
  void register_function(const std::string& name, const std::vector<Type>& parameters, Type result,
                         ScalarFunction function, bool is_volatile = false);
  // Afterwards `FROM name()` reads rows with these columns, in their order.
  void register_rows(const std::string& name, const std::vector<std::string>& columns, OpenRows open);

 private:
  friend class Appender;
  Result execute(std::string_view sql, Context& ctx, bool streaming, const Report& report);
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

// A text of DuckDB's is its length and twelve bytes: those of a short text and zeros behind it, or the first four of a
// longer one and where it stands.
inline std::string_view Vector::text(std::uint64_t row) const {
  constexpr std::size_t size = 16;
  const char* at = static_cast<const char*>(data_) + row * size;
  std::uint32_t length = 0;
  std::memcpy(&length, at, sizeof length);
  if (length <= size - sizeof length) return {at + sizeof length, length};
  const char* where = nullptr;
  std::memcpy(static_cast<void*>(&where), at + size / 2, sizeof where);
  return {where, length};
}

inline void TextOutput::set(std::uint64_t row, std::string_view text) {
  constexpr std::size_t prefix = 4;
  static constexpr auto keep = [] {
    std::array<unsigned char, 2 * readable> bytes{};
    for (std::size_t i = 0; i < readable; ++i) bytes[i] = 0xff;
    return bytes;
  }();
  std::uint32_t first = 0;
  std::uint64_t rest = 0;
  std::memcpy(&first, text.data(), prefix);
  if (text.size() <= readable) {
    const unsigned char* kept = keep.data() + readable - text.size();
    std::uint32_t first_kept = 0;
    std::uint64_t rest_kept = 0;
    std::memcpy(&first_kept, kept, sizeof first_kept);
    std::memcpy(&rest_kept, kept + prefix, sizeof rest_kept);
    std::memcpy(&rest, text.data() + prefix, sizeof rest);
    first &= first_kept;
    rest &= rest_kept;
  } else {
    rest = reinterpret_cast<std::uintptr_t>(text.data());
  }
  // In two words: a store of parts that is read as a whole would have to be waited for.
  static_assert(std::endian::native == std::endian::little);
  const std::uint64_t words[2] = {text.size() | std::uint64_t{first} << 32, rest};
  std::memcpy(texts_ + row * sizeof words, &words[0], sizeof words[0]);
  std::memcpy(texts_ + row * sizeof words + sizeof words[0], &words[1], sizeof words[1]);
}

}  // namespace mlsys::ext::duckdb
