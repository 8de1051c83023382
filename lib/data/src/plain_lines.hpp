// Separated values that need no parser. Where no byte is a quote, a carriage return or NUL and every line has the same
// number of fields, each delimiter parts two fields and each line feed ends a row, to whoever reads it: such lines are
// cut several times faster than DuckDB parses them. Anything else is left to DuckDB.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ext/duckdb/duckdb.hpp"

namespace mlsys::data {

namespace duck = ext::duckdb;

// Files whose lines may be plain, in parts that are read side by side.
class PlainLines {
 public:
  struct File {
    std::filesystem::path path;
    std::uint64_t first;  // the offset of the first row
    std::uint64_t size;
  };
  // `fields` is at least 2. Values that are empty or one of `nulls` are missing. There are a few parts for each of
  // `threads` that take them in their order, the last ones small: none waits long for the others.
  PlainLines(std::vector<File> files, char delimiter, std::size_t fields, std::vector<std::string> nulls,
             unsigned threads);

  // Parts that follow each other hold rows that do.
  [[nodiscard]] std::size_t parts() const { return parts_.size(); }
  // The rows of a part. It refers to this object. Reading fails once something in any part is not plain.
  [[nodiscard]] std::unique_ptr<duck::TextRows> open(std::size_t part, std::vector<std::size_t> wanted) const;
  // False once a line was met that is not plain, or a file that cannot be read.
  [[nodiscard]] bool plain() const { return plain_; }
  // How much of the files was read, of 1.
  [[nodiscard]] double share_read() const;

 private:
  friend class PlainPart;
  struct Part {
    std::size_t file;
    std::uint64_t begin;  // lines that begin here or later …
    std::uint64_t end;    // … and before this
  };
  std::vector<File> files_;
  std::vector<Part> parts_;
  char delimiter_;
  std::size_t fields_;
  std::vector<std::string> nulls_;
  std::uint64_t bytes_ = 0;
  mutable std::atomic<std::uint64_t> read_{0};
  mutable std::atomic<bool> plain_{true};
};

}  // namespace mlsys::data
