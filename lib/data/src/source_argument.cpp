#include <algorithm>
#include <array>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/source.hpp"

namespace mlsys::data {

namespace {

struct FormatEnding {
  std::string_view name;
  SourceFormat format;
};

constexpr auto format_endings = std::to_array<FormatEnding>({
    {".csv", SourceFormat::csv},
    {".tsv", SourceFormat::tsv},
    {".parquet", SourceFormat::parquet},
    {".json", SourceFormat::json},
    {".ndjson", SourceFormat::ndjson},
    {".jsonl", SourceFormat::ndjson},
    {".libsvm", SourceFormat::libsvm},
    {".svm", SourceFormat::libsvm},
    {".letor", SourceFormat::libsvm},
});

constexpr std::string_view sqlite_prefix = "sqlite:";

[[noreturn]] void refuse(std::string_view argument, std::string_view why, std::string hint) {
  throw Error(Code::usage, "cannot read " + quoted(argument) + ": " + std::string(why), std::move(hint));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// %XX in the table's name, so that names with '&' or '%' can be written.
std::string percent_decoded(std::string_view text, std::string_view argument) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) refuse(argument, "'%' is not followed by two hexadecimal digits", "write '%' as %25");
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

SourceArgument parse_sqlite(std::string_view argument) {
  constexpr std::string_view shape = "write sqlite:FILE?table=NAME";
  const std::string_view rest = argument.substr(sqlite_prefix.size());
  // The last '?', since a file's name may hold one.
  const std::size_t mark = rest.rfind('?');
  if (mark == std::string_view::npos) refuse(argument, "no table is named", std::string(shape));
  const std::string_view query = rest.substr(mark + 1);
  constexpr std::string_view key = "table=";
  if (!query.starts_with(key) || query.size() == key.size() || mark == 0)
    refuse(argument, "a file and a table are needed", std::string(shape));
  SourceArgument parsed;
  parsed.kind = SourceArgument::Kind::sqlite;
  parsed.path = rest.substr(0, mark);
  parsed.table = percent_decoded(query.substr(key.size()), argument);
  parsed.format = SourceFormat::sqlite;
  if (parsed.table.find('\0') != std::string::npos) refuse(argument, "a table's name cannot hold a NUL", {});
  return parsed;
}

}  // namespace

SourceArgument parse_source_argument(std::string_view argument) {
  if (argument.empty()) throw Error(Code::usage, "cannot read '': no data is named", "pass a file, a folder or '-'");
  if (argument.find('\0') != std::string_view::npos)
    throw Error(Code::usage, "cannot read " + quoted(argument) + ": a path cannot hold a NUL");
  if (argument.starts_with(sqlite_prefix)) return parse_sqlite(argument);
  SourceArgument parsed;
  if (argument == "-") {
    parsed.kind = SourceArgument::Kind::standard_input;
    return parsed;
  }
  if (argument.find("://") < 12)
    refuse(argument, "only local files can be read", "fetch it first, for example with curl -o");
  parsed.path = argument;
  std::string_view name = argument;
  const std::string lower = to_lower_ascii(name.substr(name.size() - std::min<std::size_t>(name.size(), 32)));
  std::string_view stem = lower;
  if (stem.ends_with(".gz")) {
    parsed.compression = "gzip";
    stem.remove_suffix(3);
  } else if (stem.ends_with(".zst")) {
    parsed.compression = "zstd";
    stem.remove_suffix(4);
  }
  for (const FormatEnding& ending : format_endings)
    if (stem.ends_with(ending.name)) parsed.format = ending.format;
  return parsed;
}

}  // namespace mlsys::data
