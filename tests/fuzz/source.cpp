// uses: data
#include "mlsys/data/source.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    using Kind = mlsys::data::SourceArgument::Kind;
    const auto argument = mlsys::data::parse_source_argument(text);
    fuzz::require((argument.kind == Kind::sqlite) == !argument.table.empty(), "a database is read by its table");
    fuzz::require(argument.kind == Kind::standard_input || !argument.path.empty(), "a path is not empty");
    fuzz::require(argument == mlsys::data::parse_source_argument(text), "the same text means the same");
  });
}
