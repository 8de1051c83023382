// Checks that a model is what it was when it was made: every byte, and that it still computes the same.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/digest/digest.hpp"
#include "mlsys/package/package.hpp"

namespace mlsys::package {

struct VerifyOptions {
  std::filesystem::path subject;  // a package file, a bundle directory, or the directory of an unpacked package
  Limits limits;
  bool golden = true;  // replay the golden rows
};

struct VerifyReport {
  std::filesystem::path subject;
  bool passed = false;
  std::string problem;  // why it did not pass; one sentence
  std::string hint;
  std::string digest;                     // of the bundle; empty when it could not be read
  std::vector<digest::FileDigest> files;  // as listed by the package or the bundle; empty when that could not be read
  std::uint64_t golden_rows = 0;          // replayed
  std::string name;                       // of the registered model, if the package says so
  std::string version;
};

// Everything must be there, nothing else may be, every digest must fit, bundle.json must be readable and list the same
// files, and the golden rows must give the same margins bit by bit. A model that does not verify is a report that says
// so, not an exception; exceptions are Code::not_found when there is no such file or directory, Code::failed when it
// cannot be read or golden rows cannot be computed here (for example by an older XGBoost), Code::usage for a bundle
// that needs a newer mlsys.
MLSYS_EXPORT VerifyReport verify(const VerifyOptions& options, Context& context);

// {"schema": "mlsys.verify/1", package, digest, files[], golden_rows, signed_by: null, verdict: "pass"|"fail", reason}
MLSYS_EXPORT Json to_json(const VerifyReport& report);

}  // namespace mlsys::package
