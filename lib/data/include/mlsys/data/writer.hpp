// Tables written to a file that is either whole or not there.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/data/frame.hpp"

namespace mlsys::data {

struct WriterOptions {
  // Key and value pairs kept in a Parquet file's metadata; other formats have no place for them.
  std::vector<std::pair<std::string, std::string>> metadata;
  std::string subject;  // what messages call the file; empty means by its name
};

// True when write() of this name would know what to do: .csv .tsv .parquet .ndjson .json and, except for Parquet,
// these with .gz or .zst.
MLSYS_EXPORT bool is_writable_name(const std::filesystem::path& path);

// Appends frames and writes the file on commit(). Numbers are written so that they read back as the same value (float32
// columns by the shortest text of the float), times as ISO 8601. Missing values are empty fields (CSV), null otherwise;
// so are infinities except in Parquet, which are counted in a note to Context::progress.
class MLSYS_EXPORT Writer {
 public:
  // `target`'s ending decides the format; throws Error(Code::usage) for an unknown one. Nothing exists under that name
  // before commit().
  Writer(const std::filesystem::path& target, WriterOptions options, Context& ctx);
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();  // without commit() leaves nothing behind

  // The first frame defines names and types of the columns; later ones must have the same.
  void append(const Frame& frame);
  // Writes the whole file, still under another name, which is returned for those who want to read it first. Throws when
  // nothing was appended; a frame of no rows is enough.
  const std::filesystem::path& finish();
  // Gives the file its name, after finish() where that was not called.
  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mlsys::data
