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

std::size_t start_of_text(std::string_view head) {
  return head.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
}

struct ScannedRecord {
  Record fields;
  std::size_t end = 0;   // where the next one begins
  std::string line_end;  // empty at the end of the text
  bool well_quoted = true;
};

ScannedRecord scan_record(std::string_view head, std::size_t at, char delimiter) {
  enum class In { field_start, plain, quotes, after_quotes };
  ScannedRecord record;
  record.fields.emplace_back();
  In in = In::field_start;
  while (at < head.size()) {
    const char c = head[at++];
    std::string& field = record.fields.back();
    if (in == In::quotes) {
      if (c != '"') {
        field += c;
      } else if (at < head.size() && head[at] == '"') {
        field += '"';
        ++at;
      } else {
        in = In::after_quotes;
      }
    } else if (c == delimiter) {
      record.fields.emplace_back();
      in = In::field_start;
    } else if (c == '\n' || c == '\r') {
      record.line_end = c;
      if (c == '\r' && at < head.size() && head[at] == '\n') record.line_end += head[at++];
      break;
    } else if (c == '"' && in == In::field_start) {
      in = In::quotes;
    } else {
      record.well_quoted = record.well_quoted && in != In::after_quotes && c != '"';
      field += c;
      in = In::plain;
    }
  }
  record.well_quoted = record.well_quoted && in != In::quotes;
  record.end = at;
  return record;
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
  if (const std::size_t at = head.find('\0'); at != std::string_view::npos) {
    const auto line = 1 + std::count(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    throw Error(Code::failed, fmt::format("{}it is a binary file, not text: line {} holds a NUL byte", cannot, line),
                "known are .csv .tsv .parquet .json .ndjson .libsvm, text also with .gz or .zst");
  }
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

void settle_line_end(Dialect& dialect, std::string_view head, bool whole, const std::string& subject) {
  std::size_t at = std::min(head.find_first_not_of("\r\n", start_of_text(head)), head.size());
  const std::size_t begin = at;
  const ScannedRecord header = scan_record(head, at, dialect.delimiter);
  if (!header.well_quoted)
    throw Error(Code::failed, "cannot read " + subject + ": line 1: a quoted name does not end where it should",
                "quotes go around whole names; a quote inside is written twice");
  dialect.line_end = header.line_end;
  dialect.first_row = header.end;
  const std::string_view line = head.substr(begin, header.end - begin);
  if (const std::size_t first = line.find_first_of("\r\n"); first != std::string_view::npos) {
    const std::string_view found = line.substr(first, line.substr(first).starts_with("\r\n") ? 2 : 1);
    dialect.other_line_end_first = found != dialect.line_end && !dialect.line_end.empty();
  }
  const auto records = split_records(head, dialect.delimiter, whole, 2);
  dialect.data_records = records.size() - 1;
}

}  // namespace

void refuse_encoding(const std::string& where) {
  throw Error(Code::failed, where + ": it is not UTF-8 text",
              "convert it, for example: iconv -f LATIN1 -t UTF-8 FILE > NEW");
}

std::vector<Record> split_records(std::string_view head, char delimiter, bool whole, std::size_t most) {
  std::vector<Record> records;
  std::size_t at = start_of_text(head);
  while (at < head.size() && records.size() < most) {
    if (head[at] == '\n' || head[at] == '\r') {
      ++at;
      continue;
    }
    ScannedRecord scanned = scan_record(head, at, delimiter);
    at = scanned.end;
    if (!scanned.line_end.empty() || whole) records.push_back(std::move(scanned.fields));
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
    if (whole)
      throw Error(Code::failed, "cannot read " + subject + ": it is empty", "even a table without rows has a header");
    throw Error(Code::failed,
                fmt::format("cannot read {}: no line ends within its first {}", subject, human_bytes(head.size())));
  }
  dialect.names = records.front();
  settle_line_end(dialect, head, whole, subject);
  if (!options.header) dialect.first_row = start_of_text(head);
  const std::size_t fields = dialect.names.size();
  if (fields > options.max_columns)
    throw Error(Code::usage,
                fmt::format("cannot read {}: {} columns are more than the limit of {}", subject, with_thousands(fields),
                            with_thousands(options.max_columns)),
                fmt::format("allow them with --max-columns {}", fields));
  if (fields == 1) suggest_other_delimiter(head, whole, dialect.delimiter, subject);
  // Taken for the header by one reader, passed over by the next; in one column a blank line is a value.
  if (const std::size_t begin = start_of_text(head);
      (options.header || fields == 1) && (head[begin] == '\n' || head[begin] == '\r'))
    throw Error(Code::failed, "cannot read " + subject + ": line 1 is blank, where the header should be",
                "delete the blank lines before it");
  if (const auto bad = std::ranges::find_if_not(dialect.names, is_utf8); options.header && bad != dialect.names.end())
    refuse_encoding(fmt::format("cannot read {}: the name of column {}", subject, bad - dialect.names.begin() + 1));
  for (std::size_t i = 0; i < fields; ++i)
    if (!options.header || dialect.names[i].empty()) dialect.names[i] = fmt::format("column{}", i + 1);
  return dialect;
}

}  // namespace mlsys::data
