#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine.hpp"
#include "mlsys/data/dataset.hpp"
#include "relation.hpp"

namespace mlsys::data {

struct Dataset::Impl {
  SourceOptions options;
  ResolvedSource source;
  std::unique_ptr<Engine> engine;
  std::string relation;             // the body of the view `data`
  std::vector<ColumnInfo> columns;  // column i is column_name(i) in the view
  std::vector<Derivation> derivations;
  std::vector<CastFailures> failures;
  std::vector<std::string> failing;  // see Relation
  char delimiter = ',';              // separated values, and the fields of a line
  std::size_t fields = 0;
  std::uint64_t rows = 0;
  bool contiguous = true;              // source_row is 1, 2, … rows
  unsigned functions = 0;              // registered for dictionaries and selections so far
  std::unique_ptr<UnreadRows> unread;  // until they are read
  std::vector<std::string> looked_up;  // expressions that conditions of mark() name look0, look1, …
  std::string digest;                  // empty until it is asked for
  std::uint64_t digest_limit = 0;

  [[nodiscard]] std::string doing(std::string_view what) const { return std::string(what) + " " + source.subject; }
  [[nodiscard]] std::optional<std::size_t> position(std::string_view name) const;
  void make_view(Context& ctx);  // after every change of `relation`
};

// Finds the files and starts the engine; nothing is read.
std::unique_ptr<Dataset::Impl> find_source(const SourceOptions& options, Context& ctx);

}  // namespace mlsys::data
