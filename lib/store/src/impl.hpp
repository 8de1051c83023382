#pragma once

#include <filesystem>
#include <optional>

#include "ext/sqlite/sqlite.hpp"
#include "migrations.hpp"
#include "mlsys/store/store.hpp"
#include "writer_lock.hpp"

namespace mlsys::store {

struct Statement::Impl {
  explicit Impl(ext::sqlite::Statement prepared) : statement(std::move(prepared)) {}
  ext::sqlite::Statement statement;
};

struct Store::Impl {
  Impl(const std::filesystem::path& path, Mode opening, Context& context);

  void checkpoint_if_due();

  std::filesystem::path folder;
  std::filesystem::path file;
  Mode mode;
  Content content;
  WriterLock lock;
  ext::sqlite::Database database;
  std::optional<ext::sqlite::Database> latest;  // a connection without a transaction, made when it is needed
  Durability durability = Durability::process;
  std::optional<std::int64_t> frames_before;

 private:
  ext::sqlite::Database open_database(Context& context);
  ext::sqlite::Database open_reading(Context& context);
  ext::sqlite::Database open_writing(Context& context);
};

}  // namespace mlsys::store
