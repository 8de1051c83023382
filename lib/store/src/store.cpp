#include "mlsys/store/store.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

#include "ext/sqlite/sqlite.hpp"
#include "impl.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::store {

namespace fs = std::filesystem;
namespace sql = ext::sqlite;

namespace {

// Pages in the WAL after which it is copied into the database and emptied. A process that finds no other at work reads
// the whole WAL when it opens the store, about 5 microseconds a page, so a small one keeps short commands short;
// copying takes some milliseconds, once in about twenty writes of one.
constexpr std::int64_t checkpoint_frames = 100;

std::string subject_of(const fs::path& folder) { return "the store " + quoted(folder.native(), 200); }

void refuse_network(const fs::path& folder) {
  if (on_network_filesystem(folder))
    throw Error(
        Code::failed,
        fmt::format("cannot use {}: it lies on a network file system, where its locks do not work", subject_of(folder)),
        "choose a local folder with --store or MLSYS_STORE; share models as files: mlsys package, "
        "mlsys models export");
}

bool has_content(const fs::path& file) {
  std::error_code error;
  return fs::file_size(file, error) > 0 && !error;
}

bool may_write(const fs::path& folder, const fs::path& file) {
  return access(folder.c_str(), W_OK) == 0 && (access(file.c_str(), W_OK) == 0 || errno == ENOENT);
}

sql::OpenMode reading_mode(const fs::path& folder, const fs::path& file) {
  // Readers of a WAL share memory in a file beside it, which a read-only folder may not let them make. Where no writer
  // has made it, as in a backup, the database alone is everything. Where it is, others write, although we may not.
  std::error_code error;
  const fs::path wal = file.native() + "-wal";
  const bool shared = has_content(wal) || (fs::exists(wal, error) && fs::exists(file.native() + "-shm", error));
  return shared || may_write(folder, file) ? sql::OpenMode::read : sql::OpenMode::immutable;
}

// The statement is gone afterwards: one that is still under way locks the schema.
std::string first_value(sql::Database& database, std::string_view query) {
  sql::Statement rows = database.prepare(query);
  rows.step();
  return rows.string(0);
}

std::string time_ordered_id(Millis now) {
  // The order keeps the newest entries of the index of operations on few pages.
  return fmt::format("{:012x}{}", now.time_since_epoch().count(), random_id().substr(0, 20));
}

}  // namespace

std::string engine_version() { return sql::Database::library_version(); }

Statement::Statement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

bool Statement::step() { return impl_->statement.step(); }
void Statement::run() { impl_->statement.run(); }
void Statement::reset() noexcept { impl_->statement.reset(); }
bool Statement::is_null(int column) const { return impl_->statement.is_null(column); }
std::int64_t Statement::integer(int column) const { return impl_->statement.integer(column); }
double Statement::real(int column) const {
  return is_null(column) ? std::numeric_limits<double>::quiet_NaN() : impl_->statement.real(column);
}
std::string_view Statement::text(int column) const { return impl_->statement.text(column); }
std::optional<std::int64_t> Statement::maybe_integer(int column) const {
  return impl_->statement.maybe_integer(column);
}
std::optional<std::string> Statement::maybe_string(int column) const { return impl_->statement.maybe_string(column); }
void Statement::bind_null(int index) { impl_->statement.bind_null(index); }
void Statement::bind_integer(int index, std::int64_t value) { impl_->statement.bind_integer(index, value); }
void Statement::bind_real(int index, double value) { impl_->statement.bind_real(index, value); }
void Statement::bind_text(int index, std::string_view value) { impl_->statement.bind_text(index, value); }

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::open(const fs::path& folder, Mode mode, Context& context) {
  return Store(std::make_unique<Impl>(folder, mode, context));
}

Store::Impl::Impl(const fs::path& path, Mode opening, Context& context)
    : folder(fs::absolute(path).lexically_normal()),
      file(folder / "mlsys.db"),
      mode(opening),
      content(folder),
      lock(folder / "mlsys.lock"),
      database(open_database(context)) {
  database.execute(
      "PRAGMA secure_delete = OFF; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;"
      "PRAGMA journal_size_limit = 67108864; PRAGMA synchronous = NORMAL");
}

sql::Database Store::Impl::open_database(Context& context) {
  std::error_code error;
  if (mode != Mode::write && !fs::is_directory(folder, error))
    throw Error(Code::not_found, fmt::format("cannot open {}: there is no such folder", subject_of(folder)),
                "make a project with 'mlsys init', or name a store with --store");
  return mode == Mode::read ? open_reading(context) : open_writing(context);
}

sql::Database Store::Impl::open_reading(Context& context) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    sql::Database empty({}, sql::OpenMode::memory, subject_of(folder));
    migrate(empty, known_migrations());
    return empty;
  }
  refuse_network(folder);
  // A rollback journal is what a killed maker or migration leaves; only a writer can undo what it stands for.
  if (!has_content(file.native() + "-journal")) {
    sql::Database opened(file, reading_mode(folder, file), subject_of(folder));
    if (inspect_schema(opened, known_migrations()) == SchemaState::current) return opened;
  }
  // Made by an older version, or its maker was interrupted.
  open_writing(context);
  return {file, reading_mode(folder, file), subject_of(folder)};
}

sql::Database Store::Impl::open_writing(Context& context) {
  std::error_code error;
  refuse_network(folder);
  if (fs::exists(file, error)) {
    sql::Database opened(file, sql::OpenMode::write, subject_of(folder));
    if (inspect_schema(opened, known_migrations()) == SchemaState::current) {
      if (first_value(opened, "PRAGMA journal_mode") == "wal") return opened;
    }
  }
  fs::create_directories(folder, error);
  if (error)
    throw Error(Code::failed, fmt::format("cannot make {}: {}", subject_of(folder), error.message()),
                "choose another folder with --store");
  const auto held = lock.acquire(subject_of(folder), context);
  sql::Database made(file, sql::OpenMode::create, subject_of(folder));
  inspect_schema(made, known_migrations());  // refused before anything is written
  if (first_value(made, "PRAGMA journal_mode = WAL") != "wal")
    throw Error(Code::failed, fmt::format("cannot use {}: its file system has no shared memory", subject_of(folder)),
                "choose another folder with --store");
  migrate(made, known_migrations());
  if (!fs::exists(folder / ".gitignore", error)) write_file(folder / ".gitignore", "*\n");
  return made;
}

const fs::path& Store::folder() const { return impl_->folder; }
Content& Store::content() { return impl_->content; }
const Content& Store::content() const { return impl_->content; }
Statement Store::prepare(std::string_view sql) const {
  return Statement(std::make_unique<Statement::Impl>(impl_->database.prepare(sql)));
}

Statement Store::prepare_latest(std::string_view sql) const {
  std::error_code error;
  // What is in no file is this connection's alone.
  if (!impl_->database.in_transaction() || !fs::exists(impl_->file, error)) return prepare(sql);
  if (!impl_->latest)
    impl_->latest.emplace(impl_->file, reading_mode(impl_->folder, impl_->file), subject_of(impl_->folder));
  return Statement(std::make_unique<Statement::Impl>(impl_->latest->prepare(sql)));
}

void Store::read(const std::function<void()>& work) {
  if (impl_->database.in_transaction()) return work();
  sql::Transaction transaction(impl_->database, sql::Transaction::Kind::deferred);
  work();
  transaction.commit();
}

std::string Store::write(const Operation& operation, Durability durability, Context& context,
                         const std::function<std::string(const Write&)>& work) {
  if (impl_->mode == Mode::read)
    throw Error(Code::failed, "cannot write to " + subject_of(impl_->folder) + ": it was opened for reading");
  if (operation.id.size() > 250)
    throw Error(Code::usage, "cannot use " + quoted(operation.id) + " as an operation id: it has more than 250 bytes");
  sql::Database& database = impl_->database;
  const auto held = impl_->lock.acquire(subject_of(impl_->folder), context);
  if (durability != impl_->durability) {
    database.execute(durability == Durability::power ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    impl_->durability = durability;
  }
  std::string result;
  {
    sql::Transaction transaction(database, sql::Transaction::Kind::immediate);
    require_not_newer(database, known_migrations());
    if (auto before = earlier(operation)) return *std::move(before);
    Millis now = context.now();
    sql::Statement newest = database.prepare("SELECT time FROM operations ORDER BY sequence DESC LIMIT 1");
    if (newest.step()) {
      const Millis then{std::chrono::milliseconds(newest.integer(0))};
      if (then - now > std::chrono::minutes(1))
        context.progress->warning(
            fmt::format("the clock says {}, but the store was last written at {}: this is recorded as after then",
                        iso_time(now), iso_time(then)));
      // Later than what was written before, so that the order of times stays that of writes.
      if (now < then) now = then + std::chrono::milliseconds(1);
      newest.reset();
    }
    const std::string id = operation.id.empty() ? time_ordered_id(now) : operation.id;
    database.prepare("INSERT INTO operations (id, kind, request, time, result) VALUES (?, ?, ?, ?, '')")
        .bind(id, operation.kind, static_cast<std::int64_t>(operation.request), now.time_since_epoch().count())
        .run();
    const std::int64_t sequence = database.last_row();
    result = work(Write{sequence, now, id});
    if (!result.empty())
      database.prepare("UPDATE operations SET result = ? WHERE sequence = ?").bind(result, sequence).run();
    transaction.commit();
  }
  impl_->checkpoint_if_due();
  return result;
}

std::optional<std::string> Store::earlier(const Operation& operation) const {
  if (operation.id.empty()) return std::nullopt;
  sql::Statement earlier = impl_->database.prepare("SELECT kind, request, result FROM operations WHERE id = ?");
  if (!earlier.bind(operation.id).step()) return std::nullopt;
  if (earlier.text(0) != operation.kind || earlier.integer(1) != static_cast<std::int64_t>(operation.request))
    throw Error(
        Code::conflict,
        fmt::format("cannot repeat operation {}: it was another one ({})", quoted(operation.id), earlier.text(0)),
        "use a new operation id");
  return earlier.string(2);
}

void Store::Impl::checkpoint_if_due() {
  // Only when a multiple is passed: while a reader keeps the WAL from being emptied, trying after every write would
  // cost each of them a few milliseconds. A first write cannot tell where it began; a small one is assumed.
  const std::int64_t frames = database.wal_frames();
  const std::int64_t before = std::min(frames_before.value_or(frames - 16), frames);
  frames_before = frames;
  if (frames / checkpoint_frames == before / checkpoint_frames) return;
  try {
    if (database.checkpoint()) frames_before = 0;
  } catch (const Error&) {
    // The write itself is done and acknowledged; a later one tries again.
  }
}

std::int64_t Store::last_row() const { return impl_->database.last_row(); }
std::int64_t Store::changes() const { return impl_->database.changes(); }
int Store::schema_version() const { return store::schema_version(impl_->database); }
bool Store::writable() const { return may_write(impl_->folder, impl_->file); }

RequestHash& RequestHash::add(std::string_view part) {
  for (const char c : part) value_ = (value_ ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return add(static_cast<std::int64_t>(part.size()));
}

RequestHash& RequestHash::add(std::int64_t part) {
  auto bits = static_cast<std::uint64_t>(part);
  for (int byte = 0; byte < 8; ++byte, bits >>= 8) value_ = (value_ ^ (bits & 0xff)) * 1099511628211ULL;
  return *this;
}

RequestHash& RequestHash::add(double part) {
  std::int64_t bits = 0;
  static_assert(sizeof bits == sizeof part);
  std::memcpy(&bits, &part, sizeof bits);
  return add(bits);
}

}  // namespace mlsys::store
