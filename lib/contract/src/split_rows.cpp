#include "split_rows.hpp"

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/writer.hpp"

namespace mlsys::contract {
namespace {

std::unique_ptr<PendingFile> pending(const std::filesystem::path& path) {
  if (path.empty()) return nullptr;
  if (!data::is_writable_name(path))
    throw Error(Code::usage, "cannot write " + quoted(path.string()) + ": its ending names no format",
                "known are .csv .tsv .parquet .ndjson .json, text also with .gz or .zst");
  return std::make_unique<PendingFile>(path);
}

}  // namespace

SplitOutputs::SplitOutputs(const ValidateOptions& options)
    : valid_(pending(options.valid)), invalid_(pending(options.invalid)) {
  const auto place = [](const PendingFile& file) { return std::filesystem::weakly_canonical(file.target()); };
  if (valid_ && invalid_ && place(*valid_) == place(*invalid_))
    throw Error(Code::usage, "cannot write valid and invalid rows to the same file " + quoted(options.valid.string()),
                "name two files");
}

void SplitOutputs::allow(data::SourceOptions& source) const {
  for (const auto* file : {&valid_, &invalid_})
    if (*file) source.may_write.push_back((*file)->path());
}

void SplitOutputs::write(const data::Dataset& dataset, const std::vector<std::string>& columns,
                         const std::vector<std::uint64_t>& failing, ValidateReport& report, Context& ctx) const {
  // Where a selection left rows out, the numbers of the source are not those of the dataset.
  const data::Result rows = dataset.query("SELECT source_row FROM data ORDER BY source_row", ctx);
  std::vector<std::uint8_t> fails;
  fails.reserve(rows.rows());
  for (std::uint64_t i = 0; i < rows.rows(); ++i)
    fails.push_back(std::binary_search(failing.begin(), failing.end(), static_cast<std::uint64_t>(rows.integer(i, 0))));
  const auto write_one = [&](const PendingFile& file, std::uint8_t value) {
    data::Dataset::WriteOptions options;
    options.columns = columns;
    options.keep = &fails;
    options.keep_value = value;
    options.shown = file.target();
    return dataset.write(file.path(), file.target().filename().string(), options, ctx);
  };
  if (valid_) report.valid_rows = write_one(*valid_, 0);
  if (invalid_) report.invalid_rows = write_one(*invalid_, 1);
}

void SplitOutputs::commit() {
  for (auto* file : {&valid_, &invalid_})
    if (*file) (*file)->commit();
}

}  // namespace mlsys::contract
