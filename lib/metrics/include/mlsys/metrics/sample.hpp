// A list of metrics over one set of rows, prepared once (sorted, grouped, checked) and computed as often as wanted:
// for the report, and again for every bootstrap replicate.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/metrics/binary.hpp"
#include "mlsys/metrics/catalogue.hpp"
#include "mlsys/metrics/multiclass.hpp"
#include "mlsys/metrics/ranking.hpp"
#include "mlsys/metrics/regression.hpp"
#include "mlsys/metrics/value.hpp"

namespace mlsys::metrics {

class MLSYS_EXPORT Sample {
 public:
  Sample() = default;
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
  virtual ~Sample();

  // What the bootstrap draws: rows, or queries for ranking. Rows keep the numbers they have in the data.
  [[nodiscard]] virtual std::size_t units() const = 0;
  // Units that are drawn among themselves (the classes), so that every replicate has them in the same numbers.
  [[nodiscard]] virtual std::vector<std::vector<std::uint32_t>> strata() const = 0;
  [[nodiscard]] virtual std::size_t metrics() const = 0;
  // One value per metric of the sample, in their order; times[u] counts unit u, empty counts each once.
  // Safe to call from several threads at once.
  [[nodiscard]] virtual std::vector<Value> measure(Times times = {}) const = 0;
};

// The data must outlive the sample. Errors are those of the family's data.
MLSYS_EXPORT std::unique_ptr<Sample> make_sample(const BinaryData& data, std::vector<MetricSpec> metrics,
                                                 const Settings& settings, unsigned threads = 1);
// From rows that are sorted already.
MLSYS_EXPORT std::unique_ptr<Sample> make_sample(std::shared_ptr<const RankedScores> ranked,
                                                 std::vector<MetricSpec> metrics, const Settings& settings);
MLSYS_EXPORT std::unique_ptr<Sample> make_sample(const MulticlassData& data, std::vector<MetricSpec> metrics,
                                                 const Settings& settings, unsigned threads = 1);
MLSYS_EXPORT std::unique_ptr<Sample> make_sample(const RegressionData& data, std::vector<MetricSpec> metrics,
                                                 const Settings& settings);
MLSYS_EXPORT std::unique_ptr<Sample> make_sample(const RankingData& data, const std::vector<MetricSpec>& metrics,
                                                 const Settings& settings, unsigned threads = 1);

}  // namespace mlsys::metrics
