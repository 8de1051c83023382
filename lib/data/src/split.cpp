#include "mlsys/data/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"

namespace mlsys::data {

namespace {

void check_fractions(std::span<const double> fractions) {
  double sum = 0;
  for (const double fraction : fractions) {
    if (!(fraction > 0) || !(fraction < 1))
      throw Error(Code::usage, fmt::format("cannot split: {} is not a fraction between 0 and 1", shortest(fraction)));
    sum += fraction;
  }
  if (fractions.size() < 2 || fractions.size() > 255)
    throw Error(Code::usage, "cannot split: 2 to 255 parts are needed", "for example train=0.8,test=0.2");
  if (std::abs(sum - 1) > 1e-9)
    throw Error(Code::usage, fmt::format("cannot split: the fractions add up to {}, not 1", significant(sum, 6)));
}

// Sizes that add up to `rows`: whole parts first, then one row each to the largest remainders (the first of equals).
std::vector<std::uint64_t> part_sizes(std::uint64_t rows, std::span<const double> fractions) {
  std::vector<std::uint64_t> sizes;
  std::vector<double> remainders;
  std::uint64_t dealt = 0;
  for (const double fraction : fractions) {
    const double exact = fraction * static_cast<double>(rows);
    // 0.7 × 10 is a little less than 7.
    const double whole = std::floor(exact + 1e-9 * std::max(1.0, exact));
    sizes.push_back(static_cast<std::uint64_t>(whole));
    remainders.push_back(exact - whole);
    dealt += sizes.back();
  }
  std::vector<std::size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; dealt < rows; i = (i + 1) % order.size(), ++dealt) ++sizes[order[i]];
  return sizes;
}

void check_parts(std::span<const std::uint8_t> parts, std::size_t count, std::string_view why) {
  std::vector<std::uint64_t> sizes(count);
  for (const std::uint8_t part : parts) ++sizes[part];
  for (std::size_t i = 0; i < count; ++i)
    if (sizes[i] == 0)
      throw Error(Code::usage, fmt::format("cannot split {} rows: part {} would be empty{}",
                                           with_thousands(parts.size()), i + 1, why));
}

// Gives the rows of `members` to parts in random order.
void deal(std::vector<std::uint64_t>& members, const std::vector<std::uint64_t>& sizes, Random& random,
          std::vector<std::uint8_t>& parts) {
  for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[random.below(i)]);
  std::size_t at = 0;
  for (std::size_t part = 0; part < sizes.size(); ++part)
    for (std::uint64_t k = 0; k < sizes[part]; ++k) parts[members[at++]] = static_cast<std::uint8_t>(part);
}

}  // namespace

std::vector<std::uint8_t> split_random(std::uint64_t rows, std::span<const double> fractions, std::uint64_t seed) {
  check_fractions(fractions);
  // Shuffled parts rather than shuffled rows: one byte per row.
  std::vector<std::uint8_t> parts;
  parts.reserve(rows);
  const auto sizes = part_sizes(rows, fractions);
  for (std::size_t part = 0; part < sizes.size(); ++part)
    parts.insert(parts.end(), sizes[part], static_cast<std::uint8_t>(part));
  Random random(seed);
  for (std::size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[random.below(i)]);
  check_parts(parts, fractions.size(), "");
  return parts;
}

std::vector<std::uint8_t> split_stratified(std::span<const std::int32_t> strata, std::span<const double> fractions,
                                           std::uint64_t seed) {
  check_fractions(fractions);
  std::map<std::int32_t, std::vector<std::uint64_t>> rows_of;
  for (std::uint64_t row = 0; row < strata.size(); ++row) rows_of[strata[row]].push_back(row);
  std::vector<std::uint8_t> parts(strata.size());
  Random random(seed);
  // Cumulative rounding: after every stratum each part's total is the rounded share of the rows seen so far.
  std::vector<std::uint64_t> dealt(fractions.size());
  std::uint64_t seen = 0;
  for (auto& [stratum, members] : rows_of) {
    seen += members.size();
    const auto goal = part_sizes(seen, fractions);
    std::vector<std::uint64_t> sizes(fractions.size());
    std::uint64_t given = 0;
    for (std::size_t part = 0; part < sizes.size(); ++part) {
      sizes[part] =
          std::min<std::uint64_t>(goal[part] > dealt[part] ? goal[part] - dealt[part] : 0, members.size() - given);
      given += sizes[part];
    }
    for (std::size_t part = 0; given < members.size(); part = (part + 1) % sizes.size(), ++given) ++sizes[part];
    for (std::size_t part = 0; part < sizes.size(); ++part) dealt[part] += sizes[part];
    deal(members, sizes, random, parts);
  }
  check_parts(parts, fractions.size(), "");
  return parts;
}

std::vector<std::uint8_t> split_by_time(std::span<const std::int64_t> times, std::span<const double> fractions) {
  check_fractions(fractions);
  std::vector<std::int64_t> sorted(times.begin(), times.end());
  std::sort(sorted.begin(), sorted.end());
  // The first instant of every part but the first.
  std::vector<std::int64_t> starts;
  std::uint64_t end = 0;
  const auto sizes = part_sizes(sorted.size(), fractions);
  for (std::size_t part = 0; part + 1 < sizes.size(); ++part) {
    end += sizes[part];
    if (end < sorted.size()) starts.push_back(sorted[end]);
  }
  std::vector<std::uint8_t> parts;
  parts.reserve(times.size());
  for (const std::int64_t time : times)
    parts.push_back(static_cast<std::uint8_t>(std::upper_bound(starts.begin(), starts.end(), time) - starts.begin()));
  check_parts(parts, fractions.size(), ", since rows of the same instant are not parted");
  return parts;
}

std::vector<std::uint8_t> split_by_group(std::span<const std::int32_t> groups, std::span<const double> fractions,
                                         std::uint64_t seed) {
  check_fractions(fractions);
  std::map<std::int32_t, std::uint64_t> size_of;
  for (const std::int32_t group : groups) ++size_of[group];
  std::vector<std::pair<std::int32_t, std::uint64_t>> order(size_of.begin(), size_of.end());
  Random random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  const auto rows = static_cast<double>(groups.size());
  std::vector<double> filled(fractions.size());
  std::map<std::int32_t, std::uint8_t> part_of;
  for (const auto& [group, size] : order) {
    // The part that lacks most of what it should have; the first of equals.
    std::size_t best = 0;
    double best_lack = -std::numeric_limits<double>::infinity();
    for (std::size_t part = 0; part < filled.size(); ++part) {
      const double lack = 1 - filled[part] / (fractions[part] * rows);
      if (lack > best_lack + 1e-12) {
        best_lack = lack;
        best = part;
      }
    }
    filled[best] += static_cast<double>(size);
    part_of[group] = static_cast<std::uint8_t>(best);
  }
  std::vector<std::uint8_t> parts;
  parts.reserve(groups.size());
  for (const std::int32_t group : groups) parts.push_back(part_of[group]);
  check_parts(parts, fractions.size(), ", since rows of one group are not parted");
  return parts;
}

// ---- data split

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
                  fmt::format("cannot split {}: {} rows have no {}", data.subject(),
                              with_thousands(frame.columns[0].missing), quoted(options.group)),
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
                  fmt::format("cannot split {} by time: {} rows have no {}", data.subject(),
                              with_thousands(frame.columns[0].missing), quoted(options.time)),
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

SplitReport split(const SplitOptions& options, Context& ctx) {
  if ((options.stratify.empty() ? 0 : 1) + (options.time.empty() ? 0 : 1) + (options.group.empty() ? 0 : 1) > 1)
    throw Error(Code::usage, "cannot split in two ways at once", "choose one of --stratify, --time and --group");
  std::vector<double> fractions;
  for (const SplitPart& part : options.parts) {
    if (!is_part_name(part.name))
      throw Error(Code::usage, "cannot split: " + quoted(part.name) + " is no name for a file");
    fractions.push_back(part.fraction);
  }
  check_fractions(fractions);
  if (options.output.empty()) throw Error(Code::usage, "cannot split: no output folder is named", "pass -o FOLDER");
  const std::string ending = options.ending.empty() ? default_ending(options.source) : options.ending;
  const WriterOptions writer;

  SplitReport report;
  // Given up in reverse, so that the first one can remove the folders it made.
  struct Files : std::vector<std::unique_ptr<PendingFile>> {
    Files() = default;
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;
    ~Files() {
      while (!empty()) pop_back();
    }
  } files;
  SourceOptions source = options.source;
  for (const SplitPart& part : options.parts) {
    const std::filesystem::path path = options.output / (part.name + "." + ending);
    if (!is_writable_name(path))
      throw Error(Code::usage, "cannot write " + quoted(path.string()) + ": its ending names no format",
                  "known are csv, tsv, parquet, ndjson and json, text also with .gz or .zst");
    if (!options.force && std::filesystem::exists(path))
      throw Error(Code::usage, "cannot write " + quoted(path.string()) + ": it exists", "replace it with --force");
    files.push_back(std::make_unique<PendingFile>(path));
    source.may_write.push_back(files.back()->path());
    report.parts.push_back({part.name, path, 0, {}, {}, 0});
  }

  const Dataset data = Dataset::open(source, ctx);
  const std::uint64_t seed = options.source.seed.value_or(ctx.seed);
  data.require_rows("split");
  const Assignment assignment = assign(options, data, seed, ctx);
  report.subject = data.subject();
  report.method = assignment.method;
  report.column = assignment.column;
  report.rows = data.rows();
  report.seed = seed;
  report.digest = data.digest();
  const auto shared = data.shared_rows(assignment.parts, files.size(), ctx);
  for (std::size_t i = 0; i < files.size(); ++i) {
    report.parts[i].shared_rows = shared[i];
    Dataset::WriteOptions write;
    write.keep = &assignment.parts;
    write.keep_value = static_cast<std::uint8_t>(i);
    write.shown = report.parts[i].path;
    report.parts[i].rows = data.write(files[i]->path(), ending, write, ctx);
    if (assignment.times.empty()) continue;
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    for (std::size_t row = 0; row < assignment.parts.size(); ++row) {
      if (assignment.parts[row] != i) continue;
      first = std::min(first, assignment.times[row]);
      last = std::max(last, assignment.times[row]);
    }
    const ColumnType type = data.find(options.time)->type;
    report.parts[i].first = time_text(type, first);
    report.parts[i].last = time_text(type, last);
  }
  for (const auto& file : files) file->commit();
  return report;
}

Json to_json(const SplitReport& report) {
  Json json;
  json["schema"] = "mlsys.data.split/1";
  json["source"] = report.subject;
  json["digest"] = report.digest;
  json["method"] = name_of(report.method);
  if (!report.column.empty()) json["column"] = report.column;
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
    if (!part.first.empty()) {
      item["first"] = part.first;
      item["last"] = part.last;
    }
    json["parts"].push_back(std::move(item));
  }
  return json;
}

}  // namespace mlsys::data
