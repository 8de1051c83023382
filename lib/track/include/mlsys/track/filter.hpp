// The language that finds runs: `metrics.auc > 0.8 AND (params.model LIKE 'cnn%' OR tags.team IN ('a', 'b'))`. Every
// filter of MLflow's search is one of ours, with the same meaning; OR, NOT, parentheses, BETWEEN, IS NULL, aggregates,
// numbers in parameters, times and durations come on top.
//
//   filter     test | NOT filter | filter AND filter | filter OR filter | ( filter )      NOT binds before AND before
//   OR test       column  = == != <> < <= > >=  value
//              column [NOT] BETWEEN value AND value
//              column [NOT] IN (value, ...)
//              column [NOT] LIKE text [ESCAPE text]      % any characters, _ one; ILIKE takes a for A
//              column IS [NOT] NULL                      the run has none
//              column IS [NOT] NAN                       metrics
//   column     metrics.NAME  params.NAME  tags.NAME  datasets.name|digest|context|source
//              [attributes.]run_id|run_name|experiment|status|user_id|source|artifact_uri|start_time|end_time|duration
//              min|max|avg|first|last|count|step ( metrics.NAME )
//   value      'text'  "text"  0.5  -inf      quotes are doubled within quotes
//              times: milliseconds since 1970, '2026-03-01', '2026-03-01T12:30:00Z', now, 7d ago; durations: 90m, 1.5h
//
// Names with other characters than letters, digits and _ . - / @ : are put in backticks or double quotes. Words of the
// language are written in any case. MLflow's other words for sections (metric, param, parameters, tag, attr, run,
// dataset) and attributes (created, "Run name") are understood.
//
// Meaning:
//   - A metric is its latest point; min, max and avg leave NaN out, step is the latest point's step, count that of
//     points (0 when there are none).
//   - A test of what a run does not have is neither true nor false, as in SQL, and so is its negation: the run is not
//     found by either, only by IS NULL. A NaN is there: != and NOT are true of it, everything else false (IEEE 754).
//   - Parameters and tags are texts: compared with a text by their bytes, with a number as a number, which is neither
//     true nor false when the text is none.
//   - datasets.… is true when any of the run's datasets makes the test true.
//   - A run whose process is gone has the status FAILED.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"

namespace mlsys::track {

// SQL whose ? are to be bound to `values` in order. What somebody typed is only ever a value.
using SqlValue = std::variant<std::nullptr_t, std::int64_t, double, std::string>;
struct Sql {
  std::string text;
  std::vector<SqlValue> values;
};

namespace filter {
struct Node;
struct Column;
struct SortKey;
}  // namespace filter

class MLSYS_EXPORT Filter {
 public:
  // At most 65,536 bytes, 256 tests, 64 levels of parentheses, 16 of AND and OR in turns, 1,000 values after IN. `now`
  // is what ages are counted from.
  // Throws Code::usage with the place of the mistake, counted in characters from 1. Empty text matches every run.
  static Filter parse(std::string_view text, Millis now);

  [[nodiscard]] bool empty() const { return root_ == nullptr; }
  // As it was understood: ages are times, names are the first of their aliases, NOT stands at single tests. Parses to
  // the same filter again.
  [[nodiscard]] std::string text() const;
  // A condition on the table `runs AS r`. `gone` are the rows of runs whose processes are gone, as JSON: [3,17].
  [[nodiscard]] Sql condition(const std::string& gone) const;
  [[nodiscard]] const std::shared_ptr<const filter::Node>& root() const { return root_; }

 private:
  std::shared_ptr<const filter::Node> root_;
};

}  // namespace mlsys::track
