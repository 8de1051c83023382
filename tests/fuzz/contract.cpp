// uses: contract
#include "mlsys/contract/contract.hpp"
#include "fuzz.hpp"
#include "json_mutator.hpp"
#include "mlsys/base/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    const auto contract = mlsys::contract::parse_contract(text);
    const auto again = mlsys::contract::parse_contract(mlsys::to_text(mlsys::contract::to_json(contract)));
    fuzz::require(again == contract, "a written contract is read back the same");
  });
}
