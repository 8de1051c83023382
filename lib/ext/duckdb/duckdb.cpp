#include "ext/duckdb/duckdb.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <thread>

#include "ext/duckdb/api.hpp"

namespace mlsys::ext::duckdb {
namespace {

Type from_id(duckdb_type id) {
  switch (id) {
    case DUCKDB_TYPE_BOOLEAN:
      return Type::boolean;
    case DUCKDB_TYPE_UTINYINT:
      return Type::uint8;
    case DUCKDB_TYPE_INTEGER:
      return Type::int32;
    case DUCKDB_TYPE_BIGINT:
      return Type::int64;
    case DUCKDB_TYPE_FLOAT:
      return Type::float32;
    case DUCKDB_TYPE_DOUBLE:
      return Type::float64;
    case DUCKDB_TYPE_VARCHAR:
      return Type::text;
    case DUCKDB_TYPE_DATE:
      return Type::date;
    case DUCKDB_TYPE_TIMESTAMP:
      return Type::timestamp;
    case DUCKDB_TYPE_TINYINT:
      return Type::int8;
    case DUCKDB_TYPE_SMALLINT:
      return Type::int16;
    case DUCKDB_TYPE_USMALLINT:
      return Type::uint16;
    case DUCKDB_TYPE_UINTEGER:
      return Type::uint32;
    case DUCKDB_TYPE_UBIGINT:
      return Type::uint64;
    case DUCKDB_TYPE_HUGEINT:
      return Type::hugeint;
    default:
      return Type::other;
  }
}

duckdb_type to_id(Type type) {
  switch (type) {
    case Type::boolean:
      return DUCKDB_TYPE_BOOLEAN;
    case Type::uint8:
      return DUCKDB_TYPE_UTINYINT;
    case Type::int32:
      return DUCKDB_TYPE_INTEGER;
    case Type::int64:
      return DUCKDB_TYPE_BIGINT;
    case Type::float32:
      return DUCKDB_TYPE_FLOAT;
    case Type::float64:
      return DUCKDB_TYPE_DOUBLE;
    case Type::text:
      return DUCKDB_TYPE_VARCHAR;
    case Type::date:
      return DUCKDB_TYPE_DATE;
    case Type::timestamp:
      return DUCKDB_TYPE_TIMESTAMP;
    default:
      break;
  }
  throw Failure("a column of a type that is not handled");
}

class LogicalType {
 public:
  explicit LogicalType(Type type) : handle_(api().duckdb_create_logical_type(to_id(type))) {}
  explicit LogicalType(duckdb_logical_type handle) : handle_(handle) {}
  LogicalType(LogicalType&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  LogicalType& operator=(LogicalType&&) = delete;
  ~LogicalType() {
    if (handle_ != nullptr) api().duckdb_destroy_logical_type(&handle_);
  }
  [[nodiscard]] duckdb_logical_type get() const { return handle_; }

 private:
  duckdb_logical_type handle_;
};

struct Prepared {
  duckdb_prepared_statement handle = nullptr;
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  ~Prepared() {
    if (handle != nullptr) api().duckdb_destroy_prepare(&handle);
  }
};

struct Pending {
  duckdb_pending_result handle = nullptr;
  Pending() = default;
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  ~Pending() {
    if (handle != nullptr) api().duckdb_destroy_pending(&handle);
  }
};

std::string text_or(const char* text, const char* fallback) { return text != nullptr ? text : fallback; }

// Called by DuckDB; nothing may be thrown through it.
void call_function(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  try {
    const auto& function = *static_cast<const ScalarFunction*>(api().duckdb_scalar_function_get_extra_info(info));
    std::vector<Vector> arguments;
    const idx_t count = api().duckdb_data_chunk_get_column_count(input);
    arguments.reserve(count);
    for (idx_t i = 0; i < count; ++i) {
      duckdb_vector vector = api().duckdb_data_chunk_get_vector(input, i);
      arguments.emplace_back(api().duckdb_vector_get_data(vector), api().duckdb_vector_get_validity(vector));
    }
    Output result(output);
    function(arguments, api().duckdb_data_chunk_get_size(input), result);
  } catch (const std::exception& error) {
    api().duckdb_scalar_function_set_error(info, error.what());
  }
}

void delete_function(void* function) { delete static_cast<ScalarFunction*>(function); }

static_assert(sizeof(duckdb_string_t) == 16 && sizeof(duckdb_string_t::value.inlined.inlined) == TextOutput::readable);

// A source of rows as DuckDB holds it: what it was registered with, then what one query reads.
struct RowSource {
  std::vector<std::string> columns;
  OpenRows open;
};

void delete_source(void* source) { delete static_cast<RowSource*>(source); }
void delete_rows(void* rows) { delete static_cast<std::unique_ptr<TextRows>*>(rows); }

void bind_rows(duckdb_bind_info info) {
  try {
    const LogicalType text(Type::text);
    for (const auto& name : static_cast<const RowSource*>(api().duckdb_bind_get_extra_info(info))->columns)
      api().duckdb_bind_add_result_column(info, name.c_str(), text.get());
  } catch (const std::exception& error) {
    api().duckdb_bind_set_error(info, error.what());
  }
}

void begin_rows(duckdb_init_info info) {
  try {
    const auto& source = *static_cast<const RowSource*>(api().duckdb_init_get_extra_info(info));
    std::vector<std::size_t> wanted;
    for (idx_t i = 0; i < api().duckdb_init_get_column_count(info); ++i)
      wanted.push_back(api().duckdb_init_get_column_index(info, i));
    auto rows = std::make_unique<std::unique_ptr<TextRows>>(source.open(std::move(wanted)));
    api().duckdb_init_set_max_threads(info, 1);
    api().duckdb_init_set_init_data(info, rows.release(), delete_rows);
  } catch (const std::exception& error) {
    api().duckdb_init_set_error(info, error.what());
  }
}

void next_rows(duckdb_function_info info, duckdb_data_chunk chunk) {
  try {
    auto& rows = *static_cast<std::unique_ptr<TextRows>*>(api().duckdb_function_get_init_data(info));
    std::vector<TextOutput> columns;
    const idx_t count = api().duckdb_data_chunk_get_column_count(chunk);
    columns.reserve(count);
    for (idx_t i = 0; i < count; ++i) columns.emplace_back(api().duckdb_data_chunk_get_vector(chunk, i));
    api().duckdb_data_chunk_set_size(chunk, rows->next(columns, api().duckdb_vector_size()));
  } catch (const std::exception& error) {
    api().duckdb_function_set_error(info, error.what());
  }
}

}  // namespace

// When another thread met the failure first, DuckDB says on a first line that the query cannot go on, then why.
Failure::Failure(std::string text) : text_(std::move(text)) {
  constexpr std::string_view before_cause = "closed pending query result\nError: ";
  if (const auto at = text_.find(before_cause); at != std::string::npos) text_.erase(0, at + before_cause.size());
}

Chunk::Chunk(void* handle)
    : handle_(handle), size_(api().duckdb_data_chunk_get_size(static_cast<duckdb_data_chunk>(handle))) {}

Chunk::Chunk(Chunk&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)), size_(other.size_) {}

Chunk& Chunk::operator=(Chunk&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(size_, other.size_);
  return *this;
}

Chunk::~Chunk() {
  auto chunk = static_cast<duckdb_data_chunk>(handle_);
  if (chunk != nullptr) api().duckdb_destroy_data_chunk(&chunk);
}

Vector Chunk::column(std::size_t index) const {
  duckdb_vector vector = api().duckdb_data_chunk_get_vector(static_cast<duckdb_data_chunk>(handle_), index);
  return {api().duckdb_vector_get_data(vector), api().duckdb_vector_get_validity(vector)};
}

// ---- results

struct Result::State {
  Prepared prepared;
  Pending pending;
  duckdb_result result{};
  bool has_result = false;
  std::vector<Column> columns;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (has_result) api().duckdb_destroy_result(&result);
  }

  void describe() {
    const idx_t count = api().duckdb_column_count(&result);
    columns.reserve(count);
    for (idx_t i = 0; i < count; ++i) {
      const LogicalType type(api().duckdb_column_logical_type(&result, i));
      columns.push_back(
          {text_or(api().duckdb_column_name(&result, i), ""), from_id(api().duckdb_get_type_id(type.get()))});
    }
  }
};

Result::Result(std::unique_ptr<State> state) : state_(std::move(state)) {}
Result::Result(Result&&) noexcept = default;
Result& Result::operator=(Result&&) noexcept = default;
Result::~Result() = default;

const std::vector<Result::Column>& Result::columns() const { return state_->columns; }

std::optional<Chunk> Result::next(Context& ctx) {
  for (;;) {
    ctx.check_stop();
    duckdb_data_chunk handle = api().duckdb_fetch_chunk(state_->result);
    if (handle == nullptr) {
      // The end and a failure look alike, except for the message.
      if (const char* error = api().duckdb_result_error(&state_->result); error != nullptr && *error != '\0')
        throw Failure(error);
      return std::nullopt;
    }
    Chunk chunk(handle);
    if (chunk.size() > 0) return chunk;
  }
}

// ---- connections

Database::Database(const std::vector<std::pair<std::string, std::string>>& settings) {
  struct Config {
    duckdb_config handle = nullptr;
    ~Config() { api().duckdb_destroy_config(&handle); }
  } config;
  if (api().duckdb_create_config(&config.handle) != DuckDBSuccess) throw Failure("out of memory");
  for (const auto& [name, value] : settings)
    if (api().duckdb_set_config(config.handle, name.c_str(), value.c_str()) != DuckDBSuccess)
      throw Failure("setting '" + name + "' is not accepted: '" + value + "'");
  duckdb_database database = nullptr;
  char* error = nullptr;
  if (api().duckdb_open_ext(nullptr, &database, config.handle, &error) != DuckDBSuccess) {
    const std::string text = text_or(error, "unknown reason");
    if (error != nullptr) api().duckdb_free(error);
    throw Failure(text);
  }
  handle_ = database;
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database::~Database() {
  auto database = static_cast<duckdb_database>(handle_);
  if (database != nullptr) api().duckdb_close(&database);
}

Connection::Connection(const Database& database) {
  duckdb_connection connection = nullptr;
  if (api().duckdb_connect(static_cast<duckdb_database>(database.handle_), &connection) != DuckDBSuccess)
    throw Failure("no connection");
  handle_ = connection;
}

Connection::Connection(Connection&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Connection::~Connection() {
  auto connection = static_cast<duckdb_connection>(handle_);
  if (connection == nullptr) return;
  const auto disconnect = [&connection] { api().duckdb_disconnect(&connection); };
  if (std::uncaught_exceptions() == 0) {
    disconnect();
    return;
  }
  // While an exception is under way in the thread that disconnects, DuckDB does not wait for the workers of an
  // unfinished query (~ClientContext), which go on with what is no longer there. No exception is under way in another.
  try {
    std::thread(disconnect).join();
  } catch (const std::system_error&) {
    disconnect();  // no thread can be started
  }
}

Result Connection::run(std::string_view sql, Context& ctx, const Report& report) {
  return execute(sql, ctx, false, report);
}

Result Connection::stream(std::string_view sql, Context& ctx) { return execute(sql, ctx, true, {}); }

Result Connection::execute(std::string_view sql, Context& ctx, bool streaming, const Report& report) {
  const auto connection = static_cast<duckdb_connection>(handle_);
  auto state = std::make_unique<Result::State>();
  const std::string text(sql);
  if (api().duckdb_prepare(connection, text.c_str(), &state->prepared.handle) != DuckDBSuccess)
    throw Failure(text_or(api().duckdb_prepare_error(state->prepared.handle), "cannot be parsed"));
  ctx.check_stop();
  const auto begin = streaming ? api().duckdb_pending_prepared_streaming : api().duckdb_pending_prepared;
  if (begin(state->prepared.handle, &state->pending.handle) != DuckDBSuccess)
    throw Failure(text_or(api().duckdb_pending_error(state->pending.handle), "cannot be run"));

  using Clock = std::chrono::steady_clock;
  auto last_report = Clock::now();
  for (bool ready = false; !ready;) {
    if (ctx.stop->load(std::memory_order_relaxed)) {
      api().duckdb_interrupt(connection);
      // Tasks on other threads still use the query: let it end before it is destroyed.
      api().duckdb_execute_pending(state->pending.handle, &state->result);
      state->has_result = true;
      ctx.check_stop();
    }
    switch (api().duckdb_pending_execute_task(state->pending.handle)) {
      case DUCKDB_PENDING_RESULT_READY:
        ready = true;
        break;
      case DUCKDB_PENDING_ERROR:
        throw Failure(text_or(api().duckdb_pending_error(state->pending.handle), "unknown reason"));
      case DUCKDB_PENDING_NO_TASKS_AVAILABLE:  // other threads are at work
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        break;
      default:
        break;
    }
    if (report && Clock::now() - last_report > std::chrono::milliseconds(100)) {
      last_report = Clock::now();
      report(std::clamp(api().duckdb_query_progress(connection).percentage / 100.0, 0.0, 1.0));
    }
  }
  const duckdb_state done = api().duckdb_execute_pending(state->pending.handle, &state->result);
  state->has_result = true;
  if (done != DuckDBSuccess) throw Failure(text_or(api().duckdb_result_error(&state->result), "unknown reason"));
  state->describe();
  return Result(std::move(state));
}

void Connection::register_function(const std::string& name, const std::vector<Type>& parameters, Type result,
                                   ScalarFunction function, bool is_volatile) {
  struct Handle {
    duckdb_scalar_function handle = api().duckdb_create_scalar_function();
    ~Handle() { api().duckdb_destroy_scalar_function(&handle); }
  } made;
  api().duckdb_scalar_function_set_name(made.handle, name.c_str());
  for (const Type parameter : parameters)
    api().duckdb_scalar_function_add_parameter(made.handle, LogicalType(parameter).get());
  api().duckdb_scalar_function_set_return_type(made.handle, LogicalType(result).get());
  api().duckdb_scalar_function_set_special_handling(made.handle);
  if (is_volatile) api().duckdb_scalar_function_set_volatile(made.handle);
  api().duckdb_scalar_function_set_function(made.handle, call_function);
  api().duckdb_scalar_function_set_extra_info(
      made.handle, std::make_unique<ScalarFunction>(std::move(function)).release(), delete_function);
  if (api().duckdb_register_scalar_function(static_cast<duckdb_connection>(handle_), made.handle) != DuckDBSuccess)
    throw Failure("function " + name + " cannot be registered");
}

void Connection::register_rows(const std::string& name, const std::vector<std::string>& columns, OpenRows open) {
  struct Handle {
    duckdb_table_function handle = api().duckdb_create_table_function();
    ~Handle() { api().duckdb_destroy_table_function(&handle); }
  } made;
  auto source = std::make_unique<RowSource>(RowSource{columns, std::move(open)});
  api().duckdb_table_function_set_name(made.handle, name.c_str());
  api().duckdb_table_function_set_extra_info(made.handle, source.release(), delete_source);
  api().duckdb_table_function_set_bind(made.handle, bind_rows);
  api().duckdb_table_function_set_init(made.handle, begin_rows);
  api().duckdb_table_function_set_function(made.handle, next_rows);
  api().duckdb_table_function_supports_projection_pushdown(made.handle, true);
  if (api().duckdb_register_table_function(static_cast<duckdb_connection>(handle_), made.handle) != DuckDBSuccess)
    throw Failure("source " + name + " cannot be registered");
}

// ---- writing vectors

Output::Output(void* vector)
    : vector_(vector), data_(api().duckdb_vector_get_data(static_cast<duckdb_vector>(vector))) {}

void Output::set_text(std::uint64_t row, std::string_view value) {
  api().duckdb_vector_assign_string_element_len(static_cast<duckdb_vector>(vector_), row, value.data(), value.size());
}

void Output::set_null(std::uint64_t row) {
  if (validity_ == nullptr) {
    const auto vector = static_cast<duckdb_vector>(vector_);
    api().duckdb_vector_ensure_validity_writable(vector);
    validity_ = api().duckdb_vector_get_validity(vector);
  }
  validity_[row / 64] &= ~(std::uint64_t{1} << (row % 64));
}

// ---- appending

Appender::Appender(Connection& connection, const std::string& table, const std::vector<Type>& types) {
  std::vector<LogicalType> owned;
  std::vector<duckdb_logical_type> handles;
  for (const Type type : types) handles.push_back(owned.emplace_back(type).get());
  duckdb_appender appender = nullptr;
  if (api().duckdb_appender_create(static_cast<duckdb_connection>(connection.handle_), nullptr, table.c_str(),
                                   &appender) != DuckDBSuccess) {
    const std::string text = text_or(api().duckdb_appender_error(appender), "unknown reason");
    api().duckdb_appender_destroy(&appender);
    throw Failure(text);
  }
  appender_ = appender;
  chunk_ = api().duckdb_create_data_chunk(handles.data(), handles.size());
  begin_chunk();
}

Appender::~Appender() {
  auto chunk = static_cast<duckdb_data_chunk>(chunk_);
  if (chunk != nullptr) api().duckdb_destroy_data_chunk(&chunk);
  auto appender = static_cast<duckdb_appender>(appender_);
  if (appender != nullptr) api().duckdb_appender_destroy(&appender);
}

std::uint64_t Appender::capacity() { return api().duckdb_vector_size(); }

void Appender::begin_chunk() {
  const auto chunk = static_cast<duckdb_data_chunk>(chunk_);
  api().duckdb_data_chunk_reset(chunk);
  outputs_.clear();
  const idx_t count = api().duckdb_data_chunk_get_column_count(chunk);
  for (idx_t i = 0; i < count; ++i) outputs_.emplace_back(api().duckdb_data_chunk_get_vector(chunk, i));
}

void Appender::flush_chunk(std::uint64_t rows) {
  const auto chunk = static_cast<duckdb_data_chunk>(chunk_);
  const auto appender = static_cast<duckdb_appender>(appender_);
  api().duckdb_data_chunk_set_size(chunk, rows);
  if (api().duckdb_append_data_chunk(appender, chunk) != DuckDBSuccess)
    throw Failure(text_or(api().duckdb_appender_error(appender), "unknown reason"));
  begin_chunk();
}

void Appender::close() {
  const auto appender = static_cast<duckdb_appender>(appender_);
  if (api().duckdb_appender_close(appender) != DuckDBSuccess)
    throw Failure(text_or(api().duckdb_appender_error(appender), "unknown reason"));
}

}  // namespace mlsys::ext::duckdb
