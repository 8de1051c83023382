// The schema's history, looked at while it is being made (src/migrations.hpp).
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "migrations.hpp"
#include "mlsys/base/error.hpp"
#include "scratch.hpp"

using namespace mlsys;
using namespace mlsys::store;
namespace sql = mlsys::ext::sqlite;

TEST_CASE("a schema that another connection is migrating is not taken for one that was changed by others") {
  const test::Scratch scratch;
  constexpr int versions = 500;
  std::vector<std::string> texts;
  for (int v = 1; v <= versions; ++v) texts.push_back("CREATE TABLE t" + std::to_string(v) + " (x INTEGER) STRICT");
  std::vector<Migration> known;
  for (int v = 1; v <= versions; ++v) known.push_back({v, "a table", "d", texts[static_cast<std::size_t>(v - 1)]});

  const std::filesystem::path file = scratch / "db";
  sql::Database writer(file, sql::OpenMode::create, "the store");
  REQUIRE(writer.prepare("PRAGMA journal_mode = WAL").step());
  std::thread migrating([&] { migrate(writer, known); });
  sql::Database reader(file, sql::OpenMode::read, "the store");
  std::string refusal;
  try {
    while (inspect_schema(reader, known) != SchemaState::current) continue;
  } catch (const Error& error) {
    refusal = error.message();
  }
  migrating.join();
  CHECK(refusal == "");
  CHECK(inspect_schema(reader, known) == SchemaState::current);
}
