// `mlsys predict`: a file of scores from a bundle and data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/predict/predictor.hpp"

namespace mlsys::predict {

struct PredictOptions {
  data::SourceOptions source;
  std::filesystem::path output;   // .csv .tsv .parquet .ndjson (.gz, .zst): see data::Writer
  std::vector<std::string> keep;  // input columns to copy before the scores
  bool margin = false;            // adds `margin`, or margin_<class>
  Unseen unseen = Unseen::missing;
  Engine engine = Engine::forest;
  std::string model_name;  // "flights/3" or "run:…", for the metadata; may be empty
  bool sidecar = true;     // <output>.json beside formats that hold no metadata
  std::string shown;       // what messages call the output; empty means by its name
};

// Wall time by what it was spent on. Reading includes casting and looking categories up.
struct PredictSeconds {
  double load = 0;  // of the model, with its golden rows
  double read = 0;
  double score = 0;
  double write = 0;
  double total = 0;
};

struct PredictReport {
  std::uint64_t rows = 0;
  std::filesystem::path output;
  std::vector<std::string> columns;
  std::string digest;                           // of the bundle
  Engine engine = Engine::forest;               // the one that was used
  std::map<std::string, std::uint64_t> unseen;  // column to rows
  std::map<std::string, std::vector<std::string>> unseen_examples;
  PredictSeconds seconds;
};

// The columns are those of --keep, score_columns() and, of several classes, `class`; see description.hpp.
// What the scores are goes into the Parquet metadata (description.hpp, and keys mlsys.model_digest, mlsys.model,
// mlsys.task, mlsys.target) or `<output>.json`. The output appears whole or not at all.
MLSYS_EXPORT PredictReport predict(const bundle::Bundle& bundle, const PredictOptions& options, Context& context);
MLSYS_EXPORT Json to_json(const PredictReport& report);

}  // namespace mlsys::predict
