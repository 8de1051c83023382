// What a model is: bundle.json, schema mlsys.bundle/1. Everything that scoring, evaluation, drift and packaging need to
// know about a model apart from its trees.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/data/expression.hpp"
#include "mlsys/data/roles.hpp"
#include "mlsys/data/source.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::bundle {

enum class Task { binary, multiclass, regression, ranking };
enum class FeatureKind { numeric, categorical };

// An input of the booster, in the booster's order.
struct Feature {
  std::string name;
  data::ColumnType type = data::ColumnType::real;  // boolean, integer, real: numeric; text: categorical
  FeatureKind kind = FeatureKind::numeric;
  std::vector<std::string> categories;  // sorted by byte; others are scored as missing

  friend bool operator==(const Feature&, const Feature&) = default;
};

struct Target {
  std::string name;
  data::ColumnType type = data::ColumnType::real;

  friend bool operator==(const Target&, const Target&) = default;
};

// Where a probability becomes a class (binary only): positive when it is >= value.
struct Threshold {
  double value = 0.5;
  std::string source;  // "default" or "best_f1 on validation"

  friend bool operator==(const Threshold&, const Threshold&) = default;
};

// Data that the model was made from.
struct DataSource {
  std::string role;    // "train" or "valid"
  std::string source;  // as given on the command line
  std::string digest;  // of data::Dataset
  std::uint64_t rows = 0;

  friend bool operator==(const DataSource&, const DataSource&) = default;
};

// How the training data were read where they hold nothing; as_trained() reads other data alike. Bundles made before
// this was kept have none of it.
struct Reading {
  // Separated values: texts that are missing besides the empty field, sorted by byte; whoever asked for them.
  std::vector<std::string> null_tokens;
  std::optional<data::SparseAbsent> sparse_absent;  // LibSVM and LETOR; nothing for other formats

  friend bool operator==(const Reading&, const Reading&) = default;
};

// How the compiled forest (mlsys/forest/forest.hpp) did beside XGBoost when the model was made, on rows made up from
// its thresholds and categories.
struct Parity {
  std::uint64_t rows = 0;       // compared; 0 when the forest does not cover the model
  std::uint64_t different = 0;  // margins of these rows with other bits
  std::string uncovered;        // why the forest does not cover the model, else empty

  friend bool operator==(const Parity&, const Parity&) = default;
};

struct FileEntry {
  std::string name;    // a plain file name: no '/', not "bundle.json", not starting with '.'
  std::string sha256;  // 64 lower-case hexadecimal digits
  std::uint64_t bytes = 0;

  friend bool operator==(const FileEntry&, const FileEntry&) = default;
};

struct Manifest {
  Task task = Task::regression;
  std::string objective;  // XGBoost's name, "binary:logistic"
  Target target;
  data::Roles roles;  // of the training data; the target's name as well
  std::vector<Feature> features;
  std::vector<data::ColumnInfo> inputs;  // the raw columns behind features, target and roles, with their settled types
  std::vector<data::Derivation> derivations;  // in the order in which they are computed
  Reading reading;
  // binary and multiclass: the labels as text in the order of the booster's outputs; binary: negative, positive.
  std::vector<std::string> classes;
  std::string positive;                           // binary: classes[1]
  std::optional<Threshold> threshold;             // binary
  std::string calibration = "none";               // "none", or "distorted" when the classes were balanced by weight
  int rounds = 0;                                 // boosting rounds kept in model.ubj
  int best_iteration = 0;                         // rounds - 1: counted from 0, as XGBoost does
  std::map<std::string, std::string> parameters;  // what XGBoost was given, seed and nthread included
  std::map<std::string, std::string> versions;    // "mlsys", "xgboost"
  std::vector<DataSource> data;
  std::optional<Parity> parity;  // absent: not compared
  std::string run_id;            // empty when the training was not recorded
  std::string created;           // ISO 8601, UTC
  std::vector<FileEntry> files;  // sorted by name; everything in the directory except bundle.json

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// Parses bundle.json. Strict: Code::integrity for malformed text, unknown or contradictory content and file names that
// could leave the directory; Code::usage with a hint for a newer schema. `subject` names it in errors.
MLSYS_EXPORT Manifest parse_manifest(std::string_view text, std::string_view subject = "bundle.json");
MLSYS_EXPORT Json to_json(const Manifest& manifest);

// A class label as JSON with the target's type: "3" of an integer target is 3. A label that is not of that type stays
// text.
MLSYS_EXPORT Json label_to_json(const std::string& label, data::ColumnType type);
MLSYS_EXPORT Json class_to_json(const Manifest& manifest, std::size_t index);
// The label's text again; nothing when the value is no label.
MLSYS_EXPORT std::optional<std::string> class_from_json(const Json& value);

// The options with the model's reading: its texts for missing are added to theirs, and absent entries mean what they
// meant to it. Throws Code::usage when the options say that these mean something else.
MLSYS_EXPORT data::SourceOptions as_trained(const Manifest& manifest, data::SourceOptions options);

// The derivations that `columns` need, directly or through each other, in order of computation.
MLSYS_EXPORT std::vector<data::Derivation> derivations_for(const Manifest& manifest,
                                                           const std::vector<std::string>& columns);
// The raw columns (with types) that `columns` need, themselves or through derivations, in the order of `inputs`.
MLSYS_EXPORT std::vector<data::ColumnInfo> inputs_for(const Manifest& manifest,
                                                      const std::vector<std::string>& columns);
MLSYS_EXPORT std::vector<std::string> feature_names(const Manifest& manifest);
// Under which name the model's own scores stand in its profile: "score", with as many '_' behind it as keep it apart
// from the names of features and target.
MLSYS_EXPORT std::string score_column(const Manifest& manifest);

}  // namespace mlsys::bundle

template <>
struct mlsys::NameTable<mlsys::bundle::Task> {
  static constexpr std::string_view what = "task";
  static constexpr auto entries = std::to_array<NameEntry<bundle::Task>>({
      {bundle::Task::binary, "binary", "two classes, a probability"},
      {bundle::Task::multiclass, "multiclass", "three or more classes, a probability each"},
      {bundle::Task::regression, "regression", "a number"},
      {bundle::Task::ranking, "ranking", "an order within each query"},
  });
};

template <>
struct mlsys::NameTable<mlsys::bundle::FeatureKind> {
  static constexpr std::string_view what = "feature kind";
  static constexpr auto entries = std::to_array<NameEntry<bundle::FeatureKind>>({
      {bundle::FeatureKind::numeric, "numeric"},
      {bundle::FeatureKind::categorical, "categorical"},
  });
};
