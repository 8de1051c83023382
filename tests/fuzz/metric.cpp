// uses: metrics
#include "fuzz.hpp"
#include "mlsys/metrics/catalogue.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    const auto spec = mlsys::metrics::parse_metric(text);
    const auto written = mlsys::metrics::to_string(spec);
    fuzz::require(mlsys::metrics::to_string(mlsys::metrics::parse_metric(written)) == written,
                  "a written metric is read back the same");
  });
}
