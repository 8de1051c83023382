// What goes with predictions, so that whoever reads them need not guess: mlsys.predictions/1, in <file>.json beside
// them or under `mlsys.predictions` in a Parquet file's metadata.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/bundle/manifest.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::predict {

inline constexpr std::string_view metadata_key = "mlsys.predictions";
inline constexpr std::string_view sidecar_ending = ".json";  // after the whole name of the file of predictions

// What a file of predictions holds, so that a description is not taken for another file's of the same name.
struct FileContent {
  std::uint64_t bytes = 0;
  std::string sha256;

  friend bool operator==(const FileContent&, const FileContent&) = default;
};

struct Description {
  std::string model;  // as it was named
  std::string model_digest;
  std::string run_id;
  bundle::Task task = bundle::Task::regression;
  std::string target;
  std::vector<std::string> classes;  // binary: negative, positive
  std::string positive;              // binary: classes[1]
  std::optional<double> threshold;   // binary
  std::string calibration;           // see bundle::Manifest
  std::string weight;                // the model's roles; empty means none
  std::string query;
  std::optional<FileContent> file;  // only beside a file, and of those who wrote it

  friend bool operator==(const Description&, const Description&) = default;
};

// The names of the columns that hold the scores:
//   binary, ranking   score
//   multiclass        p_<class> for each class
//   regression        prediction
MLSYS_EXPORT std::vector<std::string> score_columns(bundle::Task task, const std::vector<std::string>& classes);

MLSYS_EXPORT Json describe(const bundle::Manifest& manifest, const std::string& model_digest,
                           const std::string& model_name);

// Throws Error(Code::failed) for malformed text, Code::usage for contradictory content and, with a hint, for a newer
// schema. `subject` names it in errors.
MLSYS_EXPORT Description parse_description(std::string_view text, std::string_view subject);

// The description of an opened file of predictions; nothing when there is none, as for the files of other tools, and
// when it is of other bytes than the file has now, which is added to `warnings`. Several files must all have the same
// one, but for the model's name and the bytes, or none: otherwise Error(Code::usage).
MLSYS_EXPORT std::optional<Description> description_of(const data::Dataset& predictions,
                                                       std::vector<std::string>& warnings, Context& context);

}  // namespace mlsys::predict
