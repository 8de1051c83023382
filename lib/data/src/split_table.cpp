// The `data split` verb: rows of a source to a file per part, or to one file with a column of parts.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/data/split.hpp"

namespace mlsys::data {

namespace {

bool is_part_name(std::string_view name) {
  return !name.empty() && name.front() != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
             std::string_view::npos;
}

std::string default_ending(const SourceOptions& source) {
  const SourceArgument argument = parse_source_argument(source.argument);
  if (!argument.format || !is_writable_name(argument.path)) return "parquet";
  std::string ending(name_of(*argument.format));
  if (argument.compression == "gzip") ending += ".gz";
  if (argument.compression == "zstd") ending += ".zst";
  return ending;
}

struct Assignment {
  SplitMethod method;
  std::string column;
  std::vector<std::uint8_t> parts;
  std::vector<std::int64_t> times;
};

Assignment assign(const SplitOptions& options, const Dataset& data, std::uint64_t seed, Context& ctx) {
  std::vector<double> fractions;
  for (const SplitPart& part : options.parts) fractions.push_back(part.fraction);
  if (!options.stratify.empty()) {
    const Frame frame = data.read({{options.stratify, As::category}}, ctx);
    return {SplitMethod::stratified, options.stratify, split_stratified(frame.columns[0].codes, fractions, seed), {}};
  }
  if (!options.group.empty()) {
    const Frame frame = data.read({{options.group, As::category}}, ctx);
    if (frame.columns[0].missing > 0)
      throw Error(Code::failed,
                  fmt::format("cannot split {}: {} without a value of {}", data.subject(),
                              counted(frame.columns[0].missing, "row"), quoted(options.group)),
                  "leave them out with --where '\"" + options.group + "\" IS NOT NULL'");
    return {SplitMethod::group, options.group, split_by_group(frame.columns[0].codes, fractions, seed), {}};
  }
  if (!options.time.empty()) {
    const ColumnType type = data.require(options.time, "split").type;
    if (type == ColumnType::text || type == ColumnType::real || type == ColumnType::boolean)
      throw Error(Code::failed,
                  fmt::format("cannot split {} by time: column {} holds {} values", data.subject(),
                              quoted(options.time), name_of(type)),
                  "a date, a timestamp (YYYY-MM-DD hh:mm:ss) or an integer orders rows");
    Frame frame = data.read({{options.time, As::int64}}, ctx);
    if (frame.columns[0].missing > 0)
      throw Error(Code::failed,
                  fmt::format("cannot split {} by time: {} without a value of {}", data.subject(),
                              counted(frame.columns[0].missing, "row"), quoted(options.time)),
                  "leave them out with --where '\"" + options.time + "\" IS NOT NULL'");
    auto parts = split_by_time(frame.columns[0].i64, fractions);
    return {SplitMethod::time, options.time, std::move(parts), std::move(frame.columns[0].i64)};
  }
  return {SplitMethod::random, {}, split_random(data.rows(), fractions, seed), {}};
}

std::string time_text(ColumnType type, std::int64_t value) {
  constexpr std::int64_t day = 86'400'000'000;
  if (type == ColumnType::date) return format_date(value / day);
  return type == ColumnType::timestamp ? format_timestamp(value) : std::to_string(value);
}

}  // namespace

std::vector<SplitPart> parse_split_parts(std::string_view text) {
  std::vector<SplitPart> parts;
  for (const std::string& word : mlsys::split(text, ',')) {
    const std::size_t mark = word.find('=');
    SplitPart part;
    part.name = trim(std::string_view(word).substr(0, mark));
    const auto fraction =
        mark == std::string::npos ? std::nullopt : parse_double(trim(std::string_view(word).substr(mark + 1)));
    if (!fraction || !is_part_name(part.name))
      throw Error(Code::usage, "cannot split into " + quoted(text) + ": " + quoted(word) + " is not NAME=FRACTION",
                  "for example train=0.7,valid=0.15,test=0.15");
    part.fraction = *fraction;
    for (const SplitPart& other : parts)
      if (other.name == part.name)
        throw Error(Code::usage, "cannot split into " + quoted(text) + ": " + quoted(part.name) + " is named twice");
    parts.push_back(std::move(part));
  }
  return parts;
}

std::vector<SplitPart> fold_parts(std::uint64_t folds, bool as_column) {
  constexpr std::uint64_t most_folds = 255;
  if (folds < 2 || folds > most_folds)
    throw Error(Code::usage, fmt::format("cannot split into {} folds", folds), "--folds takes 2 to 255");
  std::vector<SplitPart> parts;
  const auto width = std::to_string(folds).size();
  for (std::uint64_t fold = 1; fold <= folds; ++fold)
    parts.push_back(
        {as_column ? std::to_string(fold) : fmt::format("fold{:0{}}", fold, width), 1 / static_cast<double>(folds)});
  return parts;
}

namespace {

// The outputs of a split: a file per part, or one for all of them.
class SplitFiles {
 public:
  SplitFiles(const SplitOptions& options, SplitReport& report) {
    const std::string ending = options.ending.empty() ? default_ending(options.source) : options.ending;
    for (const SplitPart& part : options.parts) {
      if (!is_part_name(part.name))
        throw Error(Code::usage, "cannot split: " + quoted(part.name) + " is no name for a file");
      report.parts.push_back({part.name, options.output / (part.name + "." + ending), 0, {}, {}, 0, {}});
    }
    if (options.column.empty()) {
      ending_ = ending;
      for (const SplitReport::Part& part : report.parts) add(part.path, options.force);
    } else {
      ending_ = options.output.filename().string();
      for (SplitReport::Part& part : report.parts) part.path = options.output;
      add(options.output, options.force);
    }
  }
  SplitFiles(const SplitFiles&) = delete;
  SplitFiles& operator=(const SplitFiles&) = delete;
  // In reverse, so that the first one can remove the folders it made.
  ~SplitFiles() {
    while (!files_.empty()) files_.pop_back();
  }

  void allow(SourceOptions& source) const {
    for (const auto& file : files_) source.may_write.push_back(file->path());
  }

  void write_part(const Dataset& data, const std::vector<std::uint8_t>& parts, std::size_t part,
                  SplitReport::Part& report, Context& ctx) const {
    Dataset::WriteOptions write;
    write.keep = &parts;
    write.keep_value = static_cast<std::uint8_t>(part);
    write.shown = report.path;
    static_cast<void>(data.write(files_[part]->path(), ending_, write, ctx));
  }

  void write_column(const Dataset& data, const std::vector<std::uint8_t>& parts, const SplitReport& report,
                    Context& ctx) const {
    Dataset::WriteOptions write;
    write.shown = report.parts.front().path;
    Dataset::PartColumn column{report.part_column, {}, &parts};
    for (const SplitReport::Part& part : report.parts) column.names.push_back(part.name);
    write.part_column = &column;
    static_cast<void>(data.write(files_.front()->path(), ending_, write, ctx));
  }

  void commit() {
    for (const auto& file : files_) file->commit();
  }

 private:
  void add(const std::filesystem::path& path, bool force) {
    if (!is_writable_name(path))
      throw Error(Code::usage, "cannot write " + quoted(path.string()) + ": its ending names no format",
                  "known are csv, tsv, parquet, ndjson and json, text also with .gz or .zst");
    if (!force && std::filesystem::exists(path))
      throw Error(Code::usage, "cannot write " + quoted(path.string()) + ": it exists", "replace it with --force");
    files_.push_back(std::make_unique<PendingFile>(path));
  }

  std::string ending_;
  std::vector<std::unique_ptr<PendingFile>> files_;
};

// What one part can know of another: whole rows, and values that stand for somebody.
void count_leaks(const SplitOptions& options, const Dataset& data, const std::vector<std::uint8_t>& parts,
                 SplitReport& report, Context& ctx) {
  std::vector<std::string> compared;
  for (const std::string& name : options.exclude) static_cast<void>(data.require(name, "split"));
  for (const ColumnInfo& column : data.columns())
    if (std::find(options.exclude.begin(), options.exclude.end(), column.name) == options.exclude.end())
      compared.push_back(column.name);
  if (compared.empty())
    throw Error(Code::usage, "cannot split " + data.subject() + ": --exclude leaves no column to compare rows by");
  const auto rows = data.shared_rows(parts, report.parts.size(), {compared, true}, ctx);
  for (std::size_t i = 0; i < report.parts.size(); ++i) report.parts[i].shared_rows = rows[i];
  for (const std::string& name : options.leak) {
    static_cast<void>(data.require(name, "split"));
    const auto shared = data.shared_rows(parts, report.parts.size(), {{name}, false}, ctx);
    for (std::size_t i = 0; i < report.parts.size(); ++i) report.parts[i].shared_values.emplace_back(name, shared[i]);
  }
}

void note_times(const Assignment& assignment, ColumnType type, SplitReport& report) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges(report.parts.size(), {most, least});
  for (std::size_t row = 0; row < assignment.parts.size(); ++row) {
    auto& [first, last] = ranges[assignment.parts[row]];
    first = std::min(first, assignment.times[row]);
    last = std::max(last, assignment.times[row]);
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    report.parts[i].first = time_text(type, ranges[i].first);
    report.parts[i].last = time_text(type, ranges[i].second);
  }
}

}  // namespace

SplitReport split(const SplitOptions& options, Context& ctx) {
  if ((options.stratify.empty() ? 0 : 1) + (options.time.empty() ? 0 : 1) + (options.group.empty() ? 0 : 1) > 1)
    throw Error(Code::usage, "cannot split in two ways at once", "choose one of --stratify, --time and --group");
  std::vector<double> fractions;
  for (const SplitPart& part : options.parts) fractions.push_back(part.fraction);
  check_fractions(fractions);
  if (options.output.empty()) throw Error(Code::usage, "cannot split: no output is named", "pass -o FOLDER");

  SplitReport report;
  report.part_column = options.column;
  SplitFiles files(options, report);
  SourceOptions source = options.source;
  files.allow(source);
  const Dataset data = Dataset::open(source, ctx);
  const std::uint64_t seed = options.source.seed.value_or(ctx.seed);
  data.require_rows("split");
  if (!options.column.empty() && data.find(options.column) != nullptr)
    throw Error(Code::usage,
                fmt::format("cannot split {}: it has a column {} already", data.subject(), quoted(options.column)),
                "choose another name: --column NAME");
  const Assignment assignment = assign(options, data, seed, ctx);
  report.subject = data.subject();
  report.method = assignment.method;
  report.column = assignment.column;
  report.rows = data.rows();
  report.seed = seed;
  report.digest = data.digest();
  for (const std::uint8_t part : assignment.parts) ++report.parts[part].rows;
  count_leaks(options, data, assignment.parts, report, ctx);
  if (!assignment.times.empty()) note_times(assignment, data.find(options.time)->type, report);
  if (options.column.empty())
    for (std::size_t i = 0; i < report.parts.size(); ++i)
      files.write_part(data, assignment.parts, i, report.parts[i], ctx);
  else
    files.write_column(data, assignment.parts, report, ctx);
  files.commit();
  return report;
}

Json to_json(const SplitReport& report) {
  Json json;
  json["schema"] = "mlsys.data.split/1";
  json["source"] = report.subject;
  json["digest"] = report.digest;
  json["method"] = name_of(report.method);
  if (!report.column.empty()) json["column"] = report.column;
  if (!report.part_column.empty()) json["part_column"] = report.part_column;
  json["rows"] = report.rows;
  json["seed"] = report.seed;
  json["parts"] = Json::array();
  for (const SplitReport::Part& part : report.parts) {
    Json item;
    item["name"] = part.name;
    item["path"] = part.path.string();
    item["rows"] = part.rows;
    item["share"] = report.rows == 0 ? 0.0 : static_cast<double>(part.rows) / static_cast<double>(report.rows);
    item["shared_rows"] = part.shared_rows;
    for (const auto& [column, rows] : part.shared_values) item["shared_values"][column] = rows;
    if (!part.first.empty()) {
      item["first"] = part.first;
      item["last"] = part.last;
    }
    json["parts"].push_back(std::move(item));
  }
  return json;
}

}  // namespace mlsys::data
