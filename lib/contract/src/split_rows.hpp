// The files of rows that pass and of rows that fail.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/contract/validate.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::contract {

class SplitOutputs {
 public:
  // Throws Error(Code::usage) for names without a format, or when both are the same.
  explicit SplitOutputs(const ValidateOptions& options);
  [[nodiscard]] bool wanted() const { return valid_ || invalid_; }
  void allow(data::SourceOptions& source) const;  // before the dataset is opened
  // `failing` are row numbers of the source, ascending.
  void write(const data::Dataset& dataset, const std::vector<std::string>& columns,
             const std::vector<std::uint64_t>& failing, ValidateReport& report, Context& ctx) const;
  void commit();

 private:
  std::unique_ptr<PendingFile> valid_, invalid_;
};

}  // namespace mlsys::contract
