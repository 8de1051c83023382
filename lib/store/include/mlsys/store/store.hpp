// The state of a project: a database of runs and models, and the files they own, in one folder (.mlsys).
//
//   .mlsys/mlsys.db            the database, with -wal and -shm beside it
//   .mlsys/mlsys.lock          held by the one process that is writing or checkpointing
//   .mlsys/bundles/<sha256>/   model bundles      (see content.hpp)
//   .mlsys/objects/ab/<sha256> artifacts
//
// Any number of processes read while one writes; writers wait for each other up to a minute, then Code::conflict.
// This header is what tracking and registry are written against: SQL text with ? for values, no engine's types.
// A Store belongs to one thread at a time and must not be used on both sides of a fork.
//
// Errors of all functions: conflict (busy), integrity (damaged, or changed by something else), failed (full disk,
// read-only, I/O).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/store/content.hpp"

namespace mlsys::store {

// The version of the SQLite that runs, "3.40.1".
MLSYS_EXPORT std::string engine_version();

enum class Mode {
  read,
  update,  // write to a store that is there: to change or remove what it holds
  write    // and make the store when it is missing
};

// What an acknowledged write survives.
enum class Durability {
  process,  // the process being killed: logging
  power     // power loss as well: register, promote, rollback, audit
};

// One prepared statement. Values are bound in order; a NaN is stored as NULL.
class MLSYS_EXPORT Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Integers, doubles, text, nullptr, and optionals of these. Starts the statement anew.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  // Binds one value, from 1; for statements whose parameters are not known when compiling.
  template <class Value>
  void bind_at(int index, const Value& value) {
    bind_one(index, value);
  }

  bool step();  // to the next row; false at the end
  void run();   // to the end
  void reset() noexcept;

  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;            // NaN for NULL
  [[nodiscard]] std::string_view text(int column) const;  // until the next step
  [[nodiscard]] std::string string(int column) const { return std::string(text(column)); }
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
  [[nodiscard]] std::optional<std::string> maybe_string(int column) const;

 private:
  friend class Store;
  struct Impl;
  explicit Statement(std::unique_ptr<Impl> impl);

  void bind_null(int index);
  void bind_integer(int index, std::int64_t value);
  void bind_real(int index, double value);
  void bind_text(int index, std::string_view value);

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

  std::unique_ptr<Impl> impl_;
};

// A write and its identity. Repeating a write with the id of one that was acknowledged, or that happened without its
// acknowledgement arriving, changes nothing and returns what the first returned.
struct Operation {
  std::string id;             // at most 250 bytes; made when empty
  std::string kind;           // "runs.log"
  std::uint64_t request = 0;  // a hash of what is asked: the same id with another request is Code::conflict
};

// What a write is given while it runs.
struct Write {
  std::int64_t sequence;  // of this operation: increases with every write to the store
  Millis time;     // by the context's clock; just after the newest write when that says less: clocks go backwards
  std::string id;  // the operation's
};

struct Problem {
  std::string subject;  // a table, an object, a bundle
  std::string what;
};

struct CheckReport {
  std::uint64_t runs = 0;
  std::uint64_t versions = 0;
  std::uint64_t objects = 0;  // artifacts and bundles whose digests were computed
  std::uint64_t bytes = 0;
  std::vector<Problem> problems;
};
MLSYS_EXPORT Json to_json(const CheckReport& report);

struct BackupOptions {
  std::filesystem::path target;  // a new or an empty folder
  bool skip_damaged = false;     // leave out the files that are damaged or lost, instead of making no backup
};
struct BackupReport {
  std::filesystem::path target;
  bool made = false;              // it is not when there are problems, unless they were to be skipped
  std::uint64_t objects = 0;      // artifacts and bundles that are in the backup, or would be
  std::uint64_t bytes = 0;        // of them
  std::vector<Problem> problems;  // every file that is damaged or lost, and so in no backup
};
MLSYS_EXPORT Json to_json(const BackupReport& report);

struct CollectOptions {
  bool dry_run = false;
  std::int64_t min_age_seconds = std::int64_t{24} * 3600;  // younger files may belong to a write under way
  // When set, writes that are older are forgotten: repeating one of them does it again.
  std::optional<std::int64_t> operations_min_age_seconds = {};
};
struct CollectReport {
  bool dry_run = false;
  std::uint64_t operations = 0;  // that are forgotten
  std::uint64_t bytes = 0;
  std::vector<std::string> removed;  // relative to the store's folder
};
MLSYS_EXPORT Json to_json(const CollectReport& report);

class MLSYS_EXPORT Store {
 public:
  // Mode::write makes the folder and the database when they are missing; it and Mode::update, for which a missing
  // folder is Code::not_found, bring an older schema up to date. Mode::read of a folder without a database is an empty
  // store; of a missing folder is Code::not_found. Refused: network file systems, where locks and shared memory do not
  // work (failed), a newer schema (failed, with a hint), a schema that something else changed (integrity).
  static Store open(const std::filesystem::path& folder, Mode mode, Context& context);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  [[nodiscard]] const std::filesystem::path& folder() const;
  [[nodiscard]] Content& content();
  [[nodiscard]] const Content& content() const;

  [[nodiscard]] Statement prepare(std::string_view sql) const;
  // One that sees everything written until now, also within read(), whose state is an older one by then. Only to read.
  [[nodiscard]] Statement prepare_latest(std::string_view sql) const;
  // Several reads of one state of the database.
  void read(const std::function<void()>& work);

  // Runs `work` as one atomic, durable write and returns its result, which is kept with the operation's id. `work`
  // may be given up and is then as if it had never run. An exception undoes everything.
  std::string write(const Operation& operation, Durability durability, Context& context,
                    const std::function<std::string(const Write&)>& work);

  // What write() of this operation would return without doing anything, because it was done before; nothing when it was
  // not, or has no id. Throws Code::conflict as write() does.
  [[nodiscard]] std::optional<std::string> earlier(const Operation& operation) const;

  // The rowid of the newest row inserted, and how many rows the newest statement changed.
  [[nodiscard]] std::int64_t last_row() const;
  [[nodiscard]] std::int64_t changes() const;

  [[nodiscard]] int schema_version() const;
  // Whether this user may write to it, whatever the mode: by permissions and file system.
  [[nodiscard]] bool writable() const;

  // Whether a run, deleted or not, or a version that exists refers to this file at this moment, also within read().
  [[nodiscard]] bool refers_to(const Reference& file) const;
  // For what reads the database and then files that it names: others may purge and collect in between. Runs `work`,
  // which uses this file and can be repeated. False when that failed because the file has gone with the last reference
  // to it: the database is another one now, and is to be read again. Otherwise what `work` throws is thrown.
  [[nodiscard]] bool unless_purged(const Reference& file, const std::function<void()>& work) const;

  // Everything that can be checked: the database's structure and references, and every file against its digest. Files
  // that are purged meanwhile are no problem.
  CheckReport check(Context& context);
  // A consistent copy of the whole store, while others read, write, purge and collect. Looks at every file, whatever it
  // finds. Throws Code::usage for a target that holds something, Code::conflict when files are purged faster than the
  // rest can be copied.
  [[nodiscard]] BackupReport backup(const BackupOptions& options, Context& context);
  // Removes files that no run, deleted or not, and no version refers to. Versions that were deleted keep none. And
  // forgets old operations, when that is asked for, but never the newest, which numbers and times go on from.
  CollectReport collect(const CollectOptions& options, Context& context);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A hash of a request's parts, for Operation::request (FNV-1a, 64 bits; parts are delimited).
class MLSYS_EXPORT RequestHash {
 public:
  RequestHash& add(std::string_view part);
  RequestHash& add(std::int64_t part);
  RequestHash& add(double part);
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 14695981039346656037ULL;
};

}  // namespace mlsys::store
