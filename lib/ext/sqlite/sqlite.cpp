#include "ext/sqlite/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"

namespace mlsys::ext::sqlite {

using Clock = std::chrono::steady_clock;

namespace {

std::string uri_of(const std::filesystem::path& path, bool immutable) {
  const std::filesystem::path whole = std::filesystem::absolute(path);
  std::string uri = "file:";
  for (const char c : whole.native()) {
    if (c == '%' || c == '?' || c == '#')
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      uri += c;
  }
  return immutable ? uri + "?immutable=1" : uri;
}

// Short pauses at first, since most transactions take well under a millisecond; jitter keeps contenders apart.
std::chrono::microseconds pause_before(int attempt, Clock::time_point now) {
  const std::uint64_t longest = std::min<std::uint64_t>(20'000, std::uint64_t{200} << std::min(attempt, 7));
  const std::uint64_t jitter = mix64(static_cast<std::uint64_t>(now.time_since_epoch().count())) % (longest / 2);
  return std::chrono::microseconds(longest / 2 + jitter);
}

struct Meaning {
  Code code;
  std::string why;
  std::string hint;
};

Meaning meaning_of(int extended, sqlite3* handle) {
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::conflict, "another process kept it locked", "try again later"};
    case SQLITE_FULL:
      return {Code::failed, "the disk is full", "disk full: free some space and try again"};
    case SQLITE_READONLY:
      return {Code::failed, "it cannot be written", "check the permissions of the file and its folder"};
    case SQLITE_CANTOPEN:
      return {Code::failed, "the file cannot be opened", "check that it exists and may be read"};
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Code::failed, "access was denied", "check the permissions of the file and its folder"};
    case SQLITE_CORRUPT:
      return {Code::integrity, "the file is damaged", "restore it from a backup"};
    case SQLITE_NOTADB:
      return {Code::integrity, "the file is not an SQLite database", ""};
    case SQLITE_INTERRUPT:
      return {Code::interrupted, "stopped", ""};
    case SQLITE_NOMEM:
      return {Code::failed, "out of memory", ""};
    case SQLITE_IOERR: {
      const int system = handle != nullptr ? sqlite3_system_errno(handle) : 0;
      if (system == ENOSPC || system == EDQUOT)
        return {Code::failed, "the disk is full", "disk full: free some space and try again"};
      return {Code::failed, fmt::format("input/output error ({})", extended), "check the disk"};
    }
    default:
      return {Code::failed, handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(extended), ""};
  }
}

}  // namespace

class Connection {
 public:
  explicit Connection(std::string subject) : subject_(std::move(subject)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { sqlite3_close_v2(handle_); }

  void open(const std::string& name, int flags) {
    check(sqlite3_open_v2(name.c_str(), &handle_, flags, nullptr), "open");
    sqlite3_busy_handler(
        handle_, [](void* self, int attempt) { return static_cast<Connection*>(self)->wait(attempt) ? 1 : 0; }, this);
    // This takes the place of SQLite's automatic checkpoints.
    sqlite3_wal_hook(
        handle_,
        [](void* self, sqlite3*, const char*, int frames) {
          static_cast<Connection*>(self)->wal_frames = frames;
          return SQLITE_OK;
        },
        this);
    // Text in double quotes would turn a misspelt column into a string.
    for (const auto& [option, value] : {std::pair{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
                                        {SQLITE_DBCONFIG_DEFENSIVE, 1},
                                        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
                                        {SQLITE_DBCONFIG_DQS_DML, 0},
                                        {SQLITE_DBCONFIG_DQS_DDL, 0}})
      check(sqlite3_db_config(handle_, option, value, nullptr), "open");
  }

  [[noreturn]] void fail(int code, std::string_view doing) const {
    const Meaning meaning = meaning_of(code, handle_);
    throw Error(meaning.code, fmt::format("cannot {} {}: {}", doing, subject_, meaning.why), meaning.hint);
  }
  void check(int code, std::string_view doing) const {
    if (code != SQLITE_OK) fail(code, doing);
  }
  [[nodiscard]] sqlite3* handle() const { return handle_; }
  [[nodiscard]] const std::string& subject() const { return subject_; }

  std::chrono::milliseconds patience{60'000};
  std::int64_t wal_frames = 0;

 private:
  bool wait(int attempt) {
    const auto now = Clock::now();
    if (attempt == 0) waiting_since_ = now;
    if (now - waiting_since_ >= patience) return false;
    std::this_thread::sleep_for(pause_before(attempt, now));
    return true;
  }

  sqlite3* handle_ = nullptr;
  std::string subject_;
  Clock::time_point waiting_since_;
};

Database::Database(const std::filesystem::path& path, OpenMode mode, std::string subject)
    : connection_(std::make_shared<Connection>(std::move(subject))) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case OpenMode::read:
    case OpenMode::immutable:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case OpenMode::write:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case OpenMode::create:
    case OpenMode::memory:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
  }
  connection_->open(mode == OpenMode::memory ? ":memory:" : uri_of(path, mode == OpenMode::immutable), flags);
}

void Database::wait_up_to(std::int64_t milliseconds) {
  connection_->patience = std::chrono::milliseconds(milliseconds);
}

void Database::execute(const std::string& sql) {
  connection_->check(sqlite3_exec(connection_->handle(), sql.c_str(), nullptr, nullptr, nullptr), "use");
}

Statement Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  connection_->check(
      sqlite3_prepare_v3(connection_->handle(), sql.data(), static_cast<int>(sql.size()), 0, &statement, &rest),
      "query");
  return {connection_, statement};
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(connection_->handle()); }
std::int64_t Database::changes() const { return sqlite3_changes64(connection_->handle()); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_->handle()) == 0; }
std::int64_t Database::wal_frames() const { return connection_->wal_frames; }

bool Database::checkpoint() {
  // Not waiting for readers: what they need stays, the rest is copied all the same.
  const auto patience = std::exchange(connection_->patience, std::chrono::milliseconds(0));
  const int code =
      sqlite3_wal_checkpoint_v2(connection_->handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  connection_->patience = patience;
  if ((code & 0xff) == SQLITE_BUSY) return false;
  connection_->check(code, "checkpoint");
  connection_->wal_frames = 0;
  return true;
}

const std::string& Database::subject() const { return connection_->subject(); }

std::string Database::library_version() { return sqlite3_libversion(); }

Statement::Statement(std::shared_ptr<Connection> connection, sqlite3_stmt* handle)
    : connection_(std::move(connection)), handle_(handle) {}

Statement::Statement(Statement&& other) noexcept
    : connection_(std::move(other.connection_)), handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    sqlite3_finalize(handle_);
    connection_ = std::move(other.connection_);
    handle_ = std::exchange(other.handle_, nullptr);
  }
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::check(int code) const {
  if (code != SQLITE_OK) connection_->fail(code, "query");
}

void Statement::bind_null(int index) { check(sqlite3_bind_null(handle_, index)); }
void Statement::bind_integer(int index, std::int64_t value) { check(sqlite3_bind_int64(handle_, index, value)); }
void Statement::bind_real(int index, double value) { check(sqlite3_bind_double(handle_, index, value)); }
void Statement::bind_text(int index, std::string_view value) {
  // A null pointer would bind NULL.
  const char* bytes = value.data() != nullptr ? value.data() : "";
  check(sqlite3_bind_text64(handle_, index, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Statement::bind_blob(int index, std::span<const std::byte> value) {
  if (value.empty())
    check(sqlite3_bind_zeroblob(handle_, index, 0));
  else
    check(sqlite3_bind_blob64(handle_, index, value.data(), value.size(), SQLITE_TRANSIENT));
}

int Statement::parameters() const { return sqlite3_bind_parameter_count(handle_); }

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  const char* doing = sqlite3_stmt_readonly(handle_) != 0 ? "read" : "write to";
  try {
    connection_->fail(code, doing);
  } catch (...) {
    reset();  // after the message has been taken
    throw;
  }
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() noexcept { sqlite3_reset(handle_); }

int Statement::columns() const { return sqlite3_column_count(handle_); }
std::string_view Statement::column_name(int column) const { return sqlite3_column_name(handle_, column); }
std::string_view Statement::declared_type(int column) const {
  const char* type = sqlite3_column_decltype(handle_, column);
  return type != nullptr ? type : "";
}

Kind Statement::kind(int column) const {
  switch (sqlite3_column_type(handle_, column)) {
    case SQLITE_INTEGER:
      return Kind::integer;
    case SQLITE_FLOAT:
      return Kind::real;
    case SQLITE_TEXT:
      return Kind::text;
    case SQLITE_BLOB:
      return Kind::blob;
    default:
      return Kind::null;
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }

std::string_view Statement::text(int column) const {
  const unsigned char* bytes = sqlite3_column_text(handle_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::span<const std::byte> Statement::blob(int column) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const std::byte*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::optional<std::int64_t> Statement::maybe_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<std::string> Statement::maybe_string(int column) const {
  return is_null(column) ? std::nullopt : std::optional(string(column));
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.execute(kind == Kind::immediate ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // SQLite has already rolled back after a full disk and some other errors.
  if (!open_ || !database_.in_transaction()) return;
  try {
    database_.execute("ROLLBACK");
  } catch (...) {
    // The connection is closed or the next statement fails; nothing was committed either way.
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace mlsys::ext::sqlite
