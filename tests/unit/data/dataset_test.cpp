#include "mlsys/data/dataset.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"

using namespace mlsys;
using namespace mlsys::data;

namespace {

struct Folder {
  TempDirectory temp{std::filesystem::temp_directory_path()};
  std::string file(const std::string& name, std::string_view content) const {
    write_file(temp.path() / name, content);
    return (temp.path() / name).string();
  }
};

Dataset open_text(const Folder& folder, const std::string& name, std::string_view content) {
  Context ctx;
  SourceOptions options;
  options.argument = folder.file(name, content);
  return Dataset::open(options, ctx);
}

}  // namespace

TEST_CASE("a small CSV file is read with settled types") {
  Folder folder;
  Context ctx;
  const Dataset data = open_text(folder, "a.csv",
                                 "i,r,b,t,d,ts\n1,1.5,true,x,2024-01-31,2024-01-31 "
                                 "10:00\n-2,2,FALSE,\"y,z\",2023-02-28,2024-02-29T23:59:59.5Z\n,,,,,\n");
  REQUIRE(data.columns().size() == 6);
  CHECK(data.columns() == std::vector<ColumnInfo>{{"i", ColumnType::integer},
                                                  {"r", ColumnType::real},
                                                  {"b", ColumnType::boolean},
                                                  {"t", ColumnType::text},
                                                  {"d", ColumnType::date},
                                                  {"ts", ColumnType::timestamp}});
  CHECK(data.rows() == 3);
  const Frame frame = data.read({{"i", As::float32},
                                 {"r", As::float64},
                                 {"b", As::int64},
                                 {"t", As::category},
                                 {"d", As::text},
                                 {"ts", As::int64}},
                                ctx);
  CHECK(frame.at("i").f32[1] == -2.0F);
  CHECK(std::isnan(frame.at("i").f32[2]));
  CHECK(frame.at("t").categories == std::vector<std::string>{"x", "y,z"});
  CHECK(frame.at("t").codes == std::vector<std::int32_t>{0, 1, -1});
  CHECK(frame.at("d").texts[0] == "2024-01-31");
  CHECK(frame.at("ts").i64[1] == 1709251199500000);
}
