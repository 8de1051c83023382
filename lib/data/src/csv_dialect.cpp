#include "csv_dialect.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

constexpr std::size_t sampled_records = 200;
constexpr std::array<char, 4> delimiters = {',', '\t', ';', '|'};
// Not detected, but recognised well enough to be suggested.
constexpr std::array<char, 8> suggested = {',', '\t', ';', '|', ':', '^', '~', '\x01'};

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string delimiter_name(char delimiter) {
  switch (delimiter) {
    case '\t':
      return "tabs";
    case ',':
      return "commas";
    case ';':
      return "semicolons";
    case '|':
      return "bars '|'";
    case '\x01':
      return "control characters \\x01";
    default:
      return fmt::format("'{}'", delimiter);
  }
}

std::string delimiter_option(char delimiter) {
  return delimiter == '\t' ? "--delimiter tab" : fmt::format("--delimiter '{}'", delimiter);
}

struct Fit {
  std::size_t fields = 0;    // of the first record
  std::size_t agreeing = 0;  // records with as many
  std::size_t records = 0;
};

Fit fit_of(std::string_view head, bool whole, char delimiter) {
  const auto records = split_records(head, delimiter, whole, sampled_records);
  Fit fit;
  fit.records = records.size();
  if (records.empty()) return fit;
  fit.fields = records.front().size();
  fit.agreeing = static_cast<std::size_t>(
      std::count_if(records.begin(), records.end(), [&](const Record& r) { return r.size() == fit.fields; }));
  return fit;
}

// The delimiter that makes most records as wide as the first; of those the one with most fields.
std::optional<char> detect(std::string_view head, bool whole) {
  std::optional<char> best;
  Fit best_fit;
  for (const char delimiter : delimiters) {
    const Fit fit = fit_of(head, whole, delimiter);
    if (fit.fields < 2) continue;
    // Shares compared crosswise: the number of records differs where quotes do.
    const std::size_t left = fit.agreeing * best_fit.records;
    const std::size_t right = best_fit.agreeing * fit.records;
    if (!best || left > right || (left == right && fit.fields > best_fit.fields)) {
      best = delimiter;
      best_fit = fit;
    }
  }
  return best;
}

void refuse_binary(std::string_view head, const std::string& subject) {
  const std::string cannot = "cannot read " + subject + ": ";
  if (head.starts_with("PAR1")) throw Error(Code::failed, cannot + "it is a Parquet file", "name it .parquet");
  if (head.starts_with("SQLite format 3"))
    throw Error(Code::failed, cannot + "it is an SQLite database", "name a table of it: sqlite:FILE?table=T");
  if (head.starts_with("\x1f\x8b")) throw Error(Code::failed, cannot + "it is compressed with gzip", "name it .csv.gz");
  if (head.starts_with("\x28\xb5\x2f\xfd"))
    throw Error(Code::failed, cannot + "it is compressed with zstd", "name it .csv.zst");
  if (head.starts_with("PK\x03\x04"))
    throw Error(Code::failed, cannot + "it is a zip archive or a spreadsheet", "save it as CSV");
  if (head.starts_with("\xff\xfe") || head.starts_with("\xfe\xff"))
    throw Error(Code::failed, cannot + "it is UTF-16 text, and UTF-8 is needed",
                "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW");
  if (head.find('\0') != std::string_view::npos) throw Error(Code::failed, cannot + "it is a binary file, not text");
}

void suggest_other_delimiter(std::string_view head, bool whole, char used, const std::string& subject) {
  for (const char other : suggested) {
    if (other == used) continue;
    const Fit fit = fit_of(head, whole, other);
    if (fit.fields > 1 && fit.agreeing == fit.records && fit.records > 1)
      throw Error(Code::failed,
                  fmt::format("cannot read {}: one column only; its lines look separated by {}", subject,
                              delimiter_name(other)),
                  "use " + delimiter_option(other));
  }
}

}  // namespace

std::vector<Record> split_records(std::string_view head, char delimiter, bool whole, std::size_t most) {
  std::vector<Record> records;
  if (head.starts_with(byte_order_mark)) head.remove_prefix(byte_order_mark.size());
  std::size_t at = 0;
  while (at < head.size() && records.size() < most) {
    if (head[at] == '\n' || head[at] == '\r') {
      ++at;
      continue;
    }
    Record record(1);
    bool quoted_field = false;
    bool field_start = true;
    bool ended = false;
    while (at < head.size() && !ended) {
      const char c = head[at++];
      if (quoted_field) {
        if (c != '"') {
          record.back() += c;
        } else if (at < head.size() && head[at] == '"') {
          record.back() += '"';
          ++at;
        } else {
          quoted_field = false;
        }
      } else if (c == '"' && field_start) {
        quoted_field = true;
        field_start = false;
      } else if (c == delimiter) {
        record.emplace_back();
        field_start = true;
      } else if (c == '\n' || c == '\r') {
        ended = true;
      } else {
        record.back() += c;
        field_start = false;
      }
    }
    if (ended || whole) records.push_back(std::move(record));
  }
  return records;
}

Dialect settle_dialect(std::string_view head, bool whole, SourceFormat format, const SourceOptions& options,
                       const std::string& subject) {
  refuse_binary(head, subject);
  Dialect dialect;
  if (options.delimiter)
    dialect.delimiter = *options.delimiter;
  else if (format == SourceFormat::tsv)
    dialect.delimiter = '\t';
  else
    dialect.delimiter = detect(head, whole).value_or(',');

  const auto records = split_records(head, dialect.delimiter, whole, 1);
  if (records.empty()) {
    if (whole) throw Error(Code::failed, "cannot read " + subject + ": it is empty");
    throw Error(Code::failed,
                fmt::format("cannot read {}: no line ends within its first {}", subject, human_bytes(head.size())));
  }
  dialect.names = records.front();
  const std::size_t fields = dialect.names.size();
  if (fields > options.max_columns)
    throw Error(Code::usage,
                fmt::format("cannot read {}: {} columns are more than the limit of {}", subject, with_thousands(fields),
                            with_thousands(options.max_columns)),
                fmt::format("allow them with --max-columns {}", fields));
  if (fields == 1) suggest_other_delimiter(head, whole, dialect.delimiter, subject);
  for (std::size_t i = 0; i < fields; ++i)
    if (!options.header || dialect.names[i].empty()) dialect.names[i] = fmt::format("column{}", i + 1);
  return dialect;
}

}  // namespace mlsys::data
