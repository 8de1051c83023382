// The first lines of a separated-values file: its delimiter, its header, a first idea of its types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/data/source.hpp"

namespace mlsys::data {

using Record = std::vector<std::string>;

// The leading records of `head` (RFC 4180: quotes double inside quotes, any line end). The last one is left out when it
// is cut off, that is unless `whole` says that the head is all there is. Empty lines are skipped. Lenient: a
// wrong quote is taken as it stands, since the full read will refuse it with its line.
std::vector<Record> split_records(std::string_view head, char delimiter, bool whole, std::size_t most);

struct Dialect {
  char delimiter = ',';
  std::string line_end;               // of the first record: "\n", "\r\n" or "\r"; empty when there is one line only
  bool other_line_end_first = false;  // a quoted name of the header holds a line end of another kind
  std::size_t first_row = 0;          // where the rows begin, in bytes
  std::size_t data_records = 0;       // at least that many follow the header
  std::vector<std::string> names;     // as written; column<k> for an empty one or without a header
};

// Throws Error(Code::failed): what is at `where` is not UTF-8.
[[noreturn]] void refuse_encoding(const std::string& where);

// Settles the dialect from the head of a file. Throws Error(Code::failed) for what is no text, empty, or separated by
// something else, Error(Code::usage) for too many columns.
Dialect settle_dialect(std::string_view head, bool whole, SourceFormat format, const SourceOptions& options,
                       const std::string& subject);

}  // namespace mlsys::data
