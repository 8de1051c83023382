// SQLite behind move-only types: databases, statements, transactions. No vendor type is visible.
//
// Movable, not copyable. Every failure is an Error that names the database:
//   conflict   another connection kept it locked for the whole time to wait
//   integrity  the file is damaged or is no SQLite database
//   failed     full disk, read-only, I/O, and everything else, with a hint where there is one
//
// A connection and its statements belong to one thread at a time, and never cross a fork.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "mlsys/base/export.hpp"

struct sqlite3_stmt;

namespace mlsys::ext::sqlite {

enum class OpenMode {
  read,       // an existing file, never written by us
  immutable,  // the same, without locks: only for a file that nobody can be writing and that has no -wal beside it
  write,      // an existing file
  create,     // created when missing
  memory      // private, in memory; the path is ignored
};

class Connection;  // of the source file

enum class Kind { null, integer, real, text, blob };

class Statement;

class MLSYS_EXPORT Database {
 public:
  // `subject` names the database in messages: "store '.mlsys'". Foreign keys are enforced; the schema of a file is
  // not trusted (no functions with side effects from it, no writes to its internals). Nothing is ever checkpointed
  // unless checkpoint() is called: SQLite before 3.51.3 can damage a WAL that is reset while another connection
  // writes.
  Database(const std::filesystem::path& path, OpenMode mode, std::string subject);
  // How long to wait for other connections, in milliseconds; 60,000 at first.
  void wait_up_to(std::int64_t milliseconds);

  // Runs statements that return no rows, separated by semicolons.
  void execute(const std::string& sql);
  // One statement, which keeps the connection open as long as it lives.
  [[nodiscard]] Statement prepare(std::string_view sql) const;

  [[nodiscard]] std::int64_t last_row() const;  // the rowid of the newest inserted row
  [[nodiscard]] std::int64_t changes() const;   // rows changed by the newest INSERT, UPDATE or DELETE
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] const std::string& subject() const;

  // Frames (pages) in the WAL after the newest commit of this connection; 0 before the first.
  [[nodiscard]] std::int64_t wal_frames() const;
  // Copies the WAL into the database as far as readers allow, without waiting for them, and empties it when nobody
  // reads from it. The caller makes sure that no other connection writes meanwhile. True when it was emptied.
  bool checkpoint();

  // The library that is running: "3.40.1".
  static std::string library_version();

 private:
  std::shared_ptr<Connection> connection_;
};

class MLSYS_EXPORT Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Binds parameter `index` (from 1); bytes are copied. A NaN is bound as NULL, which is what SQLite stores for it.
  void bind_null(int index);
  void bind_integer(int index, std::int64_t value);
  void bind_real(int index, double value);
  void bind_text(int index, std::string_view value);
  void bind_blob(int index, std::span<const std::byte> value);

  // Resets, then binds all parameters in order: integers, doubles, text, nullptr, optionals of these.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  [[nodiscard]] int parameters() const;

  // Advances to the next row; false at the end, after which the statement is reset.
  bool step();
  // Runs a statement that returns no rows, or whose rows do not matter.
  void run();
  void reset() noexcept;

  // The current row. Text and blobs are valid until the next step() or reset().
  [[nodiscard]] int columns() const;
  [[nodiscard]] std::string_view column_name(int column) const;
  [[nodiscard]] std::string_view declared_type(int column) const;  // empty for expressions
  [[nodiscard]] Kind kind(int column) const;
  [[nodiscard]] bool is_null(int column) const { return kind(column) == Kind::null; }
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string string(int column) const { return std::string(text(column)); }
  [[nodiscard]] std::span<const std::byte> blob(int column) const;
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
  [[nodiscard]] std::optional<std::string> maybe_string(int column) const;

 private:
  friend class Database;
  Statement(std::shared_ptr<Connection> connection, sqlite3_stmt* handle);

  void check(int code) const;

  template <class Value>
  void bind_one(int index, const Value& value) {
    if constexpr (std::is_same_v<Value, std::nullptr_t>) {
      bind_null(index);
    } else if constexpr (std::is_integral_v<Value>) {
      bind_integer(index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<Value>) {
      bind_real(index, static_cast<double>(value));
    } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
      bind_text(index, value);
    } else {
      if (value)
        bind_one(index, *value);
      else
        bind_null(index);
    }
  }

  std::shared_ptr<Connection> connection_;
  sqlite3_stmt* handle_;
};

// BEGIN … COMMIT; rolled back by the destructor unless committed.
class MLSYS_EXPORT Transaction {
 public:
  enum class Kind {
    deferred,  // a consistent view for reading
    immediate  // takes the right to write at once, so that it cannot fail for that later
  };
  Transaction(Database& database, Kind kind);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace mlsys::ext::sqlite
