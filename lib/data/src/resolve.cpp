// From a data argument to files.
#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <system_error>

#include "mlsys/base/descriptor.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/text.hpp"
#include "relation.hpp"

namespace mlsys::data {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t sniffed_bytes = 4096;

std::string first_bytes(const fs::path& file, const std::string& subject) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw Error(Code::failed, "cannot read " + subject + ": it cannot be opened", "check its permissions");
  std::string bytes(sniffed_bytes, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

// "1 qid:10 1:0.03 2:0.6", also without qid.
bool looks_like_libsvm(std::string_view bytes) {
  const auto words = split(bytes.substr(0, bytes.find('\n')), ' ');
  if (words.size() < 2 || !parse_double(words[0])) return false;
  const std::string& pair = words[1];
  const std::size_t colon = pair.find(':');
  if (colon == std::string::npos) return false;
  const std::string key = pair.substr(0, colon);
  return (key == "qid" || parse_int(key)) && parse_double(trim(pair.substr(colon + 1))).has_value();
}

// For names whose ending says nothing.
SourceFormat format_of_content(std::string_view bytes) {
  if (bytes.starts_with("PAR1")) return SourceFormat::parquet;
  std::string_view text = bytes;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text = text.substr(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
  if (text.starts_with('[') || text.starts_with("{\"") || text.starts_with("{ \"")) return SourceFormat::json;
  if (looks_like_libsvm(text)) return SourceFormat::libsvm;
  return SourceFormat::csv;
}

std::string compression_of_content(std::string_view bytes) {
  if (bytes.starts_with("\x1f\x8b")) return "gzip";
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return "zstd";
  return "";
}

// A pipe can be read once only, and reading here takes more than once.
fs::path spool(int from, const std::string& subject, const fs::path& folder, Context& ctx) {
  const fs::path path = folder / "spooled";
  std::ofstream out(path, std::ios::binary);
  std::vector<char> buffer(1 << 20);
  for (;;) {
    ctx.check_stop();
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      throw Error(Code::failed, "cannot read " + subject + ": " + std::generic_category().message(errno));
    }
    if (count == 0) break;
    out.write(buffer.data(), count);
    if (!out)
      throw Error(Code::failed, "cannot keep " + subject + " in " + quoted(folder.string()) + ": it is full",
                  "choose another --temp-dir");
  }
  out.close();
  if (!out) throw Error(Code::failed, "cannot keep " + subject + " in " + quoted(folder.string()));
  return path;
}

std::vector<fs::path> files_of_glob(const std::string& pattern) {
  glob_t found{};
  std::vector<fs::path> files;
  if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i)
      if (std::error_code ignored; !fs::is_directory(found.gl_pathv[i], ignored)) files.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  std::sort(files.begin(), files.end());
  return files;
}

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name.starts_with('_');
}

std::vector<fs::path> files_of_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error); entry != fs::recursive_directory_iterator();
       entry.increment(error)) {
    if (error) break;
    if (is_hidden(entry->path())) {
      if (entry->is_directory(error)) entry.disable_recursion_pending();
      continue;
    }
    if (entry->is_regular_file(error) && parse_source_argument(entry->path().string()).format)
      files.push_back(entry->path());
  }
  if (error) throw Error(Code::failed, "cannot read folder " + quoted(folder.string()) + ": " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

struct Partition {
  std::string key;
  std::optional<std::string> value;
};

// "a%20b" -> "a b"
std::string without_percents(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      plain += static_cast<char>(byte);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// What is written for a missing value: nothing; by Hive, Spark and pyarrow; by DuckDB.
bool is_missing_key(std::string_view value) {
  return value.empty() || value == "__HIVE_DEFAULT_PARTITION__" || to_lower_ascii(value) == "null";
}

// Of folders year=2024/month=05 between the root and the file: month 05, year 2024. Both paths are absolute; links stay
// what they are called.
std::vector<Partition> partitions_of(const fs::path& file, const fs::path& root) {
  std::vector<Partition> partitions;
  const fs::path inside = file.lexically_relative(root).parent_path();
  for (const fs::path& part : inside) {
    const std::string text = part.string();
    const std::size_t mark = text.find('=');
    if (mark == std::string::npos || mark == 0) continue;
    const std::string value = text.substr(mark + 1);
    partitions.push_back({without_percents(text.substr(0, mark)),
                          is_missing_key(value) ? std::nullopt : std::optional(without_percents(value))});
  }
  std::ranges::stable_sort(partitions, {}, &Partition::key);
  return partitions;
}

void find_partitions(ResolvedSource& source, const fs::path& root) {
  for (const fs::path& file : source.files) {
    std::vector<std::string> names;
    auto& values = source.partition_values.emplace_back();
    for (Partition& partition : partitions_of(file, root)) {
      names.push_back(std::move(partition.key));
      values.push_back(std::move(partition.value));
    }
    if (&file == source.files.data()) source.partition_names = names;
    if (names != source.partition_names)
      throw Error(Code::failed,
                  fmt::format("cannot read {}: {} and {} lie in different kinds of partitions", source.subject,
                              quoted(source.files.front().string()), quoted(file.string())));
  }
}

[[noreturn]] void no_such_file(const std::string& argument) {
  const fs::path path(argument);
  std::string hint = hint_for_missing(path);
  if (hint.empty()) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::vector<std::string> known;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end && known.size() < 1000;
         entry.increment(error))
      if (std::string name = entry->path().filename().string(); parse_source_argument(name).format)
        known.push_back(std::move(name));
    std::sort(known.begin(), known.end());
    const std::string where = path.has_parent_path() ? "in " + quoted(folder.string()) : "here";
    hint = known.empty() ? fmt::format("there are no data files {}", where)
                         : fmt::format("data files {}: {}", where, truncate_width(join(known, ", "), 100));
  }
  throw Error(Code::not_found, "cannot read " + quoted(argument) + ": no such file", hint);
}

// One format and compression for all files, by their names or, where these say nothing, by what is in them.
void settle_format(ResolvedSource& source, const SourceOptions& options, bool by_content) {
  bool first = true;
  for (const fs::path& file : source.files) {
    const SourceArgument name = parse_source_argument(file.string());
    std::optional<SourceFormat> format = options.format ? options.format : name.format;
    std::string compression = name.compression;
    if (by_content || !name.format) {
      const std::string bytes = first_bytes(file, source.subject);
      compression = compression_of_content(bytes);
      if (!format) {
        if (!compression.empty())
          throw Error(Code::usage,
                      "cannot read " + source.subject + ": it is compressed, and its name does not say what is in it",
                      "say --input-format csv (or another), or name it like data.csv.gz");
        format = format_of_content(bytes);
      } else if (compression.empty() && !name.format) {
        source.format_is_imposed = *format != format_of_content(bytes);
      }
    }
    if (name.format && *format != *name.format) source.format_is_imposed = true;
    if (!first && (*format != source.format || compression != source.compression))
      throw Error(Code::failed,
                  fmt::format("cannot read {}: {} and {} are files of different kinds", source.subject,
                              quoted(source.files.front().filename().string()), quoted(file.filename().string())),
                  "name one kind with a pattern such as 'folder/*.csv'");
    source.format = *format;
    source.compression = compression;
    first = false;
  }
  if (source.format == SourceFormat::parquet && !source.compression.empty())
    throw Error(Code::usage, "cannot read " + source.subject + ": Parquet files are not compressed as a whole",
                "decompress it first");
}

[[noreturn]] void refuse_empty(const std::string& subject, std::optional<SourceFormat> format) {
  const auto hint = [format]() -> std::string {
    switch (format.value_or(SourceFormat::csv)) {
      case SourceFormat::json:
      case SourceFormat::ndjson:
        return "the columns are the keys of its objects: give a file with one at least";
      case SourceFormat::parquet:
        return "even a table without rows has a schema: fetch or write the file again";
      case SourceFormat::libsvm:
        return "give a file with rows";
      default:
        return "even a table without rows has a header";
    }
  };
  throw Error(Code::failed, "cannot read " + subject + ": it is empty", hint());
}

// DuckDB does not take a byte order mark for the begin of JSON.
void pass_over_marks(ResolvedSource& source, Context& ctx) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (source.format != SourceFormat::json && source.format != SourceFormat::ndjson) return;
  source.unmarked = source.files;
  if (!source.compression.empty()) return;
  std::shared_ptr<const TempDirectory> copies;
  for (fs::path& file : source.unmarked) {
    if (!first_bytes(file, source.subject).starts_with(mark)) continue;
    if (!copies) copies = std::make_shared<TempDirectory>(ctx.temp_dir);
    const auto number = static_cast<std::size_t>(&file - source.unmarked.data());
    const fs::path folder = copies->path() / std::to_string(number);
    fs::create_directories(folder);
    const Descriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!from.is_open() || ::lseek(from.get(), static_cast<off_t>(mark.size()), SEEK_SET) < 0)
      throw Error(Code::failed, "cannot read " + source.subject + ": " + std::generic_category().message(errno));
    file = spool(from.get(), source.subject, folder, ctx);
  }
  source.copies = std::move(copies);
}

void spool_source(ResolvedSource& source, int from, const SourceOptions& options, Context& ctx) {
  auto scratch = std::make_shared<TempDirectory>(ctx.temp_dir);
  source.files = {spool(from, source.subject, scratch->path(), ctx)};
  source.scratch = std::move(scratch);
  if (fs::file_size(source.files[0]) == 0) refuse_empty(source.subject, options.format);
  settle_format(source, options, true);
  pass_over_marks(source, ctx);
}

}  // namespace

ResolvedSource resolve_source(const SourceOptions& options, Context& ctx) {
  const SourceArgument argument = parse_source_argument(options.argument);
  ResolvedSource source;
  std::error_code error;

  if (argument.kind == SourceArgument::Kind::standard_input) {
    source.subject = "standard input";
    spool_source(source, STDIN_FILENO, options, ctx);
    return source;
  }

  source.subject = quoted(options.argument);
  if (argument.kind == SourceArgument::Kind::sqlite) {
    if (!fs::exists(argument.path, error)) no_such_file(argument.path);
    source.format = SourceFormat::sqlite;
    source.table = argument.table;
    source.files = {fs::absolute(argument.path)};
    return source;
  }

  const fs::path path(argument.path);
  // A named pipe, or the shell's <(command).
  if (const fs::file_status status = fs::status(path, error); fs::is_fifo(status) || fs::is_character_file(status)) {
    Descriptor pipe;
    do {
      ctx.check_stop();  // opening waits for a writer, and a signal ends that
      pipe = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    } while (!pipe.is_open() && errno == EINTR);
    if (!pipe.is_open())
      throw Error(Code::failed, "cannot read " + source.subject + ": " + std::generic_category().message(errno));
    spool_source(source, pipe.get(), options, ctx);
    return source;
  }
  fs::path root;  // partitions are looked for below
  if (fs::is_directory(path, error)) {
    root = path;
    source.files = files_of_folder(path);
    if (source.files.empty())
      throw Error(Code::not_found, "cannot read folder " + source.subject + ": it holds no data files",
                  "known endings are .csv .tsv .parquet .json .ndjson .libsvm");
  } else if (fs::exists(path, error)) {
    source.files = {path};
  } else if (argument.path.find_first_of("*?[") != std::string::npos) {
    source.files = files_of_glob(argument.path);
    if (source.files.empty()) throw Error(Code::not_found, "cannot read " + source.subject + ": no file matches");
    // Up to the folder before the first pattern.
    const std::size_t pattern = argument.path.find_first_of("*?[");
    const std::size_t slash = argument.path.rfind('/', pattern);
    root = slash == std::string::npos ? fs::path(".") : fs::path(argument.path.substr(0, slash + 1));
  } else {
    no_such_file(argument.path);
  }

  for (fs::path& file : source.files) {
    file = fs::absolute(file).lexically_normal();
    if (fs::is_regular_file(file, error) && fs::file_size(file, error) == 0)
      refuse_empty(source.files.size() == 1 ? source.subject : quoted(file.string()),
                   options.format ? options.format : parse_source_argument(file.string()).format);
  }
  if (!root.empty()) find_partitions(source, fs::absolute(root).lexically_normal());
  settle_format(source, options, false);
  pass_over_marks(source, ctx);
  return source;
}

}  // namespace mlsys::data
