// Separated values: one dialect, one pass. The first lines give an idea of the types, the pass checks it on every value
// while it fills a typed table; columns the idea was wrong about are read once more as text and settled over all of
// it. What comes out is what inference over all rows would have said.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>

#include "csv_dialect.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/parallel.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "plain_lines.hpp"
#include "relation.hpp"

namespace mlsys::data {

namespace {

constexpr std::uint64_t head_bytes = 256 << 10;
constexpr std::uint64_t largest_head = 64ULL << 20;
// A line longer than this is no table.
constexpr std::uint64_t largest_line = 16ULL << 20;

struct Head {
  std::string bytes;
  bool whole = false;
};

class CsvLoader final : public UnreadRows {
 public:
  CsvLoader(const LoadRequest& request, Engine& engine, Context& ctx)
      : request_(request),
        source_(request.source),
        engine_(engine),
        ctx_(ctx),
        doing_("cannot read " + source_.subject) {}

  void open() { settle_header(); }

  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] char delimiter() const override { return dialect_.delimiter; }
  [[nodiscard]] std::size_t fields() const override { return dialect_.names.size(); }
  [[nodiscard]] std::string scan() const override { return scanned(source_.files); }

  Kept read(const Query& query, Context& ctx) override {
    ctx.progress->begin("read " + source_.subject, Engine::progress_total, "");
    try {
      if (const auto plain = plain_lines(ctx))
        if (auto kept = keep_plain(plain, query(false), ctx)) {
          ctx.progress->end();
          return *std::move(kept);
        }
      Kept kept = keep_parsed(query(true), ctx);
      ctx.progress->end();
      return kept;
    } catch (const duck::Failure& failure) {
      ctx.progress->end();
      explain(failure);
    }
  }

  Relation load() {
    settle_header();
    if (request_.types != nullptr) return load_typed(*request_.types);
    return load_inferred();
  }

 private:
  struct Slot {
    std::size_t field;  // of the line
    ColumnType type;
  };

  Head read_head(const std::filesystem::path& file, std::uint64_t most) {
    return source_.compression.empty() ? read_plain_head(file, most) : read_compressed_head(file, most);
  }

  Head read_plain_head(const std::filesystem::path& file, std::uint64_t most) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw Error(Code::failed, doing_ + ": it cannot be opened", "check its permissions");
    Head head;
    head.bytes.resize(most);
    stream.read(head.bytes.data(), static_cast<std::streamsize>(most));
    head.bytes.resize(static_cast<std::size_t>(stream.gcount()));
    head.whole = head.bytes.size() < most;
    return head;
  }

  Head read_compressed_head(const std::filesystem::path& file, std::uint64_t most) {
    Head head;
    head.whole = true;
    const auto take = [&](std::string_view piece) {
      head.bytes += piece.substr(0, most - head.bytes.size());
      head.whole = head.bytes.size() < most;
      return head.whole;
    };
    decompress(source_, file, take, ctx_);
    if (head.bytes.size() > largest_line && head.bytes.find_first_of("\r\n") == std::string::npos)
      throw Error(Code::failed, fmt::format("{}: line 1: it is longer than {}", doing_, human_bytes(largest_line)),
                  "a quote that is never closed makes such lines");
    return head;
  }

  void settle_header() {
    const SourceOptions& options = request_.options;
    for (const auto& file : source_.files) {
      const std::string subject = source_.files.size() == 1 ? source_.subject : quoted(file.string());
      std::uint64_t most = head_bytes;
      Head head = read_head(file, most);
      // A header of many columns can be longer than the usual head.
      while (!head.whole && most < largest_head &&
             split_records(head.bytes, options.delimiter.value_or(','), false, 1).empty())
        head = read_head(file, most *= 4);
      const Dialect dialect = settle_dialect(head.bytes, head.whole, source_.format, options, subject);
      expected_.push_back({dialect.data_records, !head.whole});
      unix_line_ends_ = unix_line_ends_ && dialect.line_end == "\n";
      if (dialect.other_line_end_first && !unix_line_ends_)
        throw Error(Code::failed,
                    "cannot read " + subject +
                        ": a name in its header holds a line break of another kind than its lines end with",
                    "make them alike: dos2unix FILE");
      first_rows_.push_back(dialect.first_row);
      if (file == source_.files.front()) {
        dialect_ = dialect;
        head_ = std::move(head);
        continue;
      }
      if (dialect.delimiter != dialect_.delimiter || dialect.names != dialect_.names)
        throw Error(Code::failed,
                    fmt::format("{}: {} and {} have different headers", doing_,
                                quoted(source_.files.front().filename().string()), quoted(file.filename().string())),
                    "files that are read together need the same columns in the same order");
    }
    names_ = dialect_.names;
    names_.insert(names_.end(), source_.partition_names.begin(), source_.partition_names.end());
    refuse_duplicates(names_, source_.subject);
    if (options.header && looks_like_data(dialect_.names))
      ctx_.progress->warning(
          source_.subject +
          ": the first line looks like data, but was taken as the header; --no-header reads it as data");
  }

  static bool looks_like_data(const std::vector<std::string>& names) {
    return std::all_of(names.begin(), names.end(),
                       [](const std::string& name) { return TypeCandidates::of(name) != 0; });
  }

  bool is_null(std::string_view value) const { return value.empty() || is_null_token(value, request_.options); }

  static bool is_null_word(std::string_view value) {
    constexpr std::size_t longest = 16;
    const auto words = null_words();
    return value.size() <= longest && std::ranges::find(words, to_lower_ascii(trim(value))) != words.end();
  }

  std::vector<std::optional<ColumnType>> inferred_types() {
    auto types = first_types();
    for (const std::string& name : request_.options.text_columns)
      if (const auto at = std::ranges::find(names_, name); at != names_.end()) {
        const auto column = static_cast<std::size_t>(at - names_.begin());
        types[column] = ColumnType::text;
        beside_words_[column] = {};
      }
    return types;
  }

  // An idea of the types; nothing for columns of which no value was seen.
  std::vector<std::optional<ColumnType>> first_types() {
    auto records = split_records(head_.bytes, dialect_.delimiter, head_.whole, std::string::npos);
    std::vector<TypeCandidates> candidates(names_.size());
    beside_words_.assign(names_.size(), {});
    const std::size_t first = request_.options.header ? 1 : 0;
    for (std::size_t r = first; r < records.size(); ++r)
      for (std::size_t c = 0; c < std::min(records[r].size(), candidates.size()); ++c)
        if (const std::string_view value = records[r][c]; !is_null(value)) {
          const auto mask = TypeCandidates::of(value);
          candidates[c].add(mask);
          if (mask != 0 || !is_null_word(value)) beside_words_[c].add(mask);
        }
    std::vector<std::optional<ColumnType>> types;
    for (const TypeCandidates& column : candidates)
      types.push_back(column.seen() ? std::optional(column.settled()) : std::nullopt);
    for (std::size_t c = 0; c < types.size(); ++c)
      if (types[c] == ColumnType::text && !is_known_date(names_[c])) note_local_dates(records, first, c);
    return types;
  }

  bool is_known_date(const std::string& name) const {
    const auto& known = request_.options.known_dates;
    return std::find(known.begin(), known.end(), name) != known.end();
  }

  // 03/04/2001 is in March or in April, depending on who wrote it: it stays text, and this is said.
  void note_local_dates(const std::vector<Record>& records, std::size_t first, std::size_t column) const {
    const std::string* example = nullptr;
    for (std::size_t r = first; r < records.size(); ++r) {
      if (column >= records[r].size() || is_null(records[r][column])) continue;
      if (!is_local_date(records[r][column])) return;
      if (example == nullptr) example = &records[r][column];
    }
    if (example == nullptr) return;
    ctx_.progress->note(
        fmt::format("{}: column {} holds dates such as {}, whose day and month could be either, and is taken as text: "
                    "derive the date with "
                    "strptime({}, '%d/%m/%Y')",
                    source_.subject, quoted(names_[column]), quoted(*example), sql_identifier(names_[column])));
  }

  // Two short numbers and a year, or two more digits for it.
  static bool is_local_date(std::string_view text) {
    const std::size_t mark = text.find_first_of("/.-");
    if (mark == std::string_view::npos) return false;
    const auto parts = split(text, text[mark]);
    const auto number = [](std::string_view part, std::size_t least, std::size_t most) {
      return part.size() >= least && part.size() <= most &&
             part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    return parts.size() == 3 && number(parts[0], 1, 2) && number(parts[1], 1, 2) && number(parts[2], 2, 4);
  }

  std::string scanned(const std::vector<std::filesystem::path>& files) const {
    std::string nulls = "[''";
    for (const std::string& token : request_.options.null_tokens) nulls += ", " + sql_text(token);
    std::string columns;
    for (std::size_t i = 0; i < dialect_.names.size(); ++i)
      columns += fmt::format("{}'c{}': 'VARCHAR'", i == 0 ? "" : ", ", i);
    const std::string scan = fmt::format(
        "read_csv({}, auto_detect = false, header = {}, delim = {}, quote = '\"', escape = '\"', strict_mode = true, "
        "nullstr = {}], {}, compression = {}{}, hive_partitioning = false, columns = {{{}}})",
        sql_file_list(files), request_.options.header, sql_text(std::string(1, dialect_.delimiter)), nulls,
        reading_in_pieces(std::max(largest_line, static_cast<std::uint64_t>(head_.bytes.size()))),
        sql_text(source_.compression.empty() ? "none" : source_.compression),
        // Left alone, it takes the first line end it meets, in quotes or not; "\r\n" is not accepted in earnest.
        unix_line_ends_ ? ", new_line = '\\n'" : "", columns);
    return with_partitions(scan, dialect_.names.size(), request_);
  }

  static std::string kept_name(std::size_t part) { return "kept" + std::to_string(part); }

  // Rows of a table are one value each: of columns DuckDB would estimate how many values are different.
  static std::string keep(std::size_t part, const std::string& scan, const std::string& query) {
    return fmt::format(
        "CREATE OR REPLACE TABLE {} AS WITH lines AS NOT MATERIALIZED (SELECT * FROM {}) SELECT kept FROM ({}) AS kept",
        kept_name(part), scan, query);
  }

  static std::uint64_t rows_made(duck::Result result, Context& ctx) {
    const auto chunk = result.next(ctx);
    return chunk ? static_cast<std::uint64_t>(chunk->column(0).values<std::int64_t>()[0]) : 0;
  }

  static Kept numbered(const std::vector<std::uint64_t>& rows) {
    Kept kept;
    for (std::size_t part = 0; part < rows.size(); ++part) {
      if (rows[part] == 0 && part > 0) continue;
      kept.relation += fmt::format("{}SELECT kept.*, rowid + {} AS source_row FROM {}",
                                   kept.relation.empty() ? "" : " UNION ALL ", kept.rows + 1, kept_name(part));
      kept.rows += rows[part];
    }
    return kept;
  }

  Kept keep_parsed(const std::string& query, Context& ctx) {
    const std::uint64_t rows =
        rows_made(engine_.try_run(keep(0, scanned(source_.files), query), ctx, Engine::progress_of(ctx)), ctx);
    check_rows_arrived(kept_name(0));
    return numbered({rows});
  }

  // The files, when nothing that is known of them says that DuckDB has to parse them. A part has a price, and there is
  // one for each file at least; lines of many fields are long ones.
  std::shared_ptr<const PlainLines> plain_lines(Context& ctx) const {
    constexpr std::size_t most_files = 32;
    constexpr std::size_t most_fields = 4096;
    if (source_.files.size() > most_files || dialect_.names.size() > most_fields) return nullptr;
    if (!unix_line_ends_ || !source_.compression.empty() || names_.size() != dialect_.names.size() ||
        dialect_.names.size() < 2 || head_.bytes.find('"') != std::string::npos)
      return nullptr;
    std::vector<PlainLines::File> files;
    for (std::size_t i = 0; i < source_.files.size(); ++i) {
      const auto& file = source_.files[i];
      std::error_code failed;
      if (!std::filesystem::is_regular_file(file, failed)) return nullptr;
      const std::uint64_t size = std::filesystem::file_size(file, failed);
      if (failed) return nullptr;
      files.push_back({file, first_rows_[i], size});
    }
    return std::make_shared<const PlainLines>(std::move(files), dialect_.delimiter, dialect_.names.size(),
                                              request_.options.null_tokens, std::max(1U, ctx.threads));
  }

  // Nothing when some line is not plain after all.
  std::optional<Kept> keep_plain(const std::shared_ptr<const PlainLines>& lines, const std::string& query,
                                 Context& ctx) {
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < dialect_.names.size(); ++i) columns.push_back(column_name(i));
    std::vector<std::uint64_t> rows(lines->parts());
    for (std::size_t part = 0; part < rows.size(); ++part)
      engine_.connection().register_rows(plain_name(part), columns, [lines, part](std::vector<std::size_t> wanted) {
        return lines->open(part, std::move(wanted));
      });
    const auto this_thread = std::this_thread::get_id();
    const auto show = Engine::progress_of(ctx);
    const duck::Report report = [&](double) {
      if (std::this_thread::get_id() == this_thread) show(lines->share_read());
    };
    try {
      parallel_for(rows.size(), std::max(1U, ctx.threads), [&](std::size_t part) {
        duck::Connection connection = engine_.connect();
        rows[part] = rows_made(connection.run(keep(part, plain_name(part) + "()", query), ctx, report), ctx);
      });
    } catch (const duck::Failure&) {
      if (lines->plain()) throw;
      for (std::size_t part = 0; part < rows.size(); ++part)
        engine_.try_run("DROP TABLE IF EXISTS " + kept_name(part), ctx);
      return std::nullopt;
    }
    return numbered(rows);
  }

  static std::string plain_name(std::size_t part) { return "mlsys_plain_" + std::to_string(part); }

  void fill_table(const std::vector<Slot>& slots, Reading reading) {
    std::string selected;
    for (std::size_t i = 0; i < slots.size(); ++i)
      selected += fmt::format("{}{} AS {}", i == 0 ? "" : ", ",
                              Engine::settled(column_name(slots[i].field), slots[i].type, reading, i), column_name(i));
    // No column is wanted: the rows still count.
    if (slots.empty()) selected = "1::TINYINT AS nothing";
    engine_.reset_failures(slots.size());
    ctx_.progress->begin("read " + source_.subject, Engine::progress_total, "");
    try {
      engine_.try_run("DROP TABLE IF EXISTS raw", ctx_);  // not two tables at once
      engine_.try_run(fmt::format("CREATE TABLE raw AS SELECT {} FROM {}", selected, scanned(source_.files)), ctx_,
                      Engine::progress_of(ctx_));
    } catch (const duck::Failure& failure) {
      ctx_.progress->end();
      explain(failure);
    }
    ctx_.progress->end();
    check_rows_arrived("raw");
    refuse_nul(slots);
  }

  // A NUL byte is UTF-8, but no text: most programs would end the value there. The head was looked at before; values of
  // other types have none.
  void refuse_nul(const std::vector<Slot>& slots) {
    constexpr std::size_t columns_per_query = 200;
    std::vector<std::size_t> texts;
    for (std::size_t i = 0; i < slots.size(); ++i)
      if (slots[i].type == ColumnType::text) texts.push_back(i);
    for (std::size_t begin = 0; begin < texts.size(); begin += columns_per_query) {
      std::string any;
      for (std::size_t k = begin; k < std::min(texts.size(), begin + columns_per_query); ++k)
        any += fmt::format("{}contains({}, chr(0))", any.empty() ? "" : " OR ", column_name(texts[k]));
      const std::uint64_t row =
          engine_.count(fmt::format("SELECT coalesce(min(rowid) + 1, 0) FROM raw WHERE {}", any), doing_, ctx_);
      if (row > 0) data::refuse_nul(row, doing_);
    }
  }

  // DuckDB passes over a first line that it cannot make sense of, and with it over the whole file.
  void check_rows_arrived(const std::string& table) {
    for (std::size_t i = 0; i < source_.files.size(); ++i) {
      const auto [rows, more] = expected_[i];
      if (rows == 0 && !more) continue;
      // Beside others, a file without rows is not seen in the table: it is asked for its first.
      const bool alone = source_.files.size() == 1;
      const std::string from = alone ? table : scanned({source_.files[i]});
      if (engine_.count(fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1)", from), doing_, ctx_) > 0)
        continue;
      const std::string doing = alone ? doing_ : "cannot read " + quoted(source_.files[i].string());
      if (rows == 0)
        throw Error(Code::failed, fmt::format("{}: line 2: it is longer than {}", doing, human_bytes(largest_line)),
                    "a quote that is never closed makes such lines");
      throw Error(Code::failed, doing + ": its header cannot be told from its rows",
                  "its quotes or line ends are not those of CSV (RFC 4180)");
    }
  }

  Relation table_relation() const {
    Relation relation;
    relation.from = "raw";
    relation.row = "rowid + 1";
    relation.delimiter = dialect_.delimiter;
    relation.fields = dialect_.names.size();
    return relation;
  }

  Relation load_inferred() {
    const auto first = inferred_types();
    std::vector<Slot> slots;
    for (std::size_t i = 0; i < names_.size(); ++i) slots.push_back({i, first[i].value_or(ColumnType::text)});
    fill_table(slots, Reading::strict);

    std::vector<std::size_t> unsettled;  // stored as text, with a type still to be found
    for (std::size_t i = 0; i < slots.size(); ++i)
      if (!first[i]) unsettled.push_back(i);
    bool again = false;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (engine_.failures(i) == 0) continue;
      slots[i].type = ColumnType::text;
      unsettled.push_back(i);
      again = true;
    }
    if (again) fill_table(slots, Reading::strict);

    Relation relation = table_relation();
    for (std::size_t i = 0; i < slots.size(); ++i)
      relation.columns.push_back({names_[i], slots[i].type, column_name(i)});
    settle_from_text(relation, unsettled);
    note_null_words(relation);
    return relation;
  }

  // Numbers and times that are text for nothing but words such as NA: what to do about it is said, never done.
  void note_null_words(const Relation& relation) {
    std::string words;
    for (const std::string_view word : null_words()) words += (words.empty() ? "" : ", ") + sql_text(word);
    std::vector<std::string> columns;
    std::set<std::string> found;
    for (std::size_t i = 0; i < relation.columns.size(); ++i) {
      if (relation.columns[i].type != ColumnType::text || beside_words_[i].settled() == ColumnType::text) continue;
      const std::string value = column_name(i);
      const std::string is_word = fmt::format("lower(trim({})) IN ({})", value, words);
      duck::Result masks = engine_.run(
          fmt::format("SELECT bit_and({}) FROM raw WHERE NOT ({})", Engine::type_mask(value), is_word), doing_, ctx_);
      const auto mask = masks.next(ctx_);
      if (!mask->column(0).valid(0)) continue;
      TypeCandidates beside;
      beside.add(mask->column(0).values<std::uint8_t>()[0]);
      if (beside.settled() == ColumnType::text) continue;
      columns.push_back(quoted(relation.columns[i].name));
      duck::Result texts =
          engine_.run(fmt::format("SELECT DISTINCT {} FROM raw WHERE {}", value, is_word), doing_, ctx_);
      while (const auto chunk = texts.next(ctx_))
        for (std::size_t row = 0; row < chunk->size(); ++row) found.emplace(chunk->column(0).text(row));
    }
    if (columns.empty()) return;
    std::string options;
    for (const std::string& word : found) options += " --null " + shell_word(word);
    ctx_.progress->note(fmt::format("{}: text only because of words such as {}: {}; add{} to read them as missing",
                                    source_.subject, quoted(*found.begin()), some_of(columns, 10), options));
  }

  void settle_from_text(Relation& relation, const std::vector<std::size_t>& unsettled) {
    if (unsettled.empty()) return;
    std::string masks;
    for (const std::size_t i : unsettled)
      masks += fmt::format("{}bit_and({})", masks.empty() ? "" : ", ", Engine::type_mask(column_name(i)));
    duck::Result result = engine_.run(fmt::format("SELECT {} FROM raw", masks), doing_, ctx_);
    const auto chunk = result.next(ctx_);
    std::vector<std::string> empty;
    for (std::size_t k = 0; k < unsettled.size(); ++k) {
      Relation::Column& column = relation.columns[unsettled[k]];
      if (!chunk->column(k).valid(0)) {
        empty.push_back(quoted(column.name));
        continue;
      }
      TypeCandidates candidates;
      candidates.add(chunk->column(k).values<std::uint8_t>()[0]);
      column.type = candidates.settled();
      column.expression = Engine::settled(column.expression, column.type, Reading::strict, unsettled[k]);
    }
    if (!empty.empty() && engine_.count("SELECT count(*) FROM raw", doing_, ctx_) > 0)
      ctx_.progress->note(fmt::format("{}: no value at all, taken as text: {}", source_.subject, join(empty, ", ")));
  }

  Relation load_typed(const std::vector<ColumnInfo>& types) {
    const std::vector<std::size_t> positions = find_wanted(types, names_, source_.subject);
    std::vector<Slot> slots;
    for (std::size_t i = 0; i < types.size(); ++i) slots.push_back({positions[i], types[i].type});
    fill_table(slots, Reading::lenient);
    Relation relation = table_relation();
    for (std::size_t i = 0; i < types.size(); ++i) {
      relation.columns.push_back({types[i].name, types[i].type, column_name(i)});
      const std::uint64_t failures = engine_.failures(i);
      if (failures == 0) continue;
      // Numbering rows costs a second scan, in order: only for columns with something to show.
      const std::string rows =
          fmt::format("SELECT row_number() OVER (), {} FROM {}", column_name(slots[i].field), scanned(source_.files));
      relation.failing.push_back(failing_rows(rows, types[i].type));
      relation.failures.push_back(
          {types[i].name, types[i].type, failures, failing_samples(engine_, relation.failing.back(), doing_, ctx_)});
    }
    return relation;
  }

  // What DuckDB says of a file that is not as it should be, in our words.
  [[noreturn]] void explain(const duck::Failure& failure) const;

  const LoadRequest request_;
  const ResolvedSource& source_;
  Engine& engine_;
  Context& ctx_;
  std::string doing_;
  Dialect dialect_;
  Head head_;
  std::vector<TypeCandidates> beside_words_;  // of the head's values that are no null_words()
  std::vector<std::string> names_;            // of the file, then of its folders
  bool unix_line_ends_ = true;                // of all files
  std::vector<std::uint64_t> first_rows_;     // where those of each file begin
  struct Expected {
    std::size_t rows;  // at least
    bool more;         // it goes on below its head
  };
  std::vector<Expected> expected_;  // of each file
};

// The number after `label` in `text`.
std::optional<std::string> after(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = text.substr(at + label.size());
  rest = rest.substr(0, rest.find('\n'));
  return std::string(trim(rest));
}

void CsvLoader::explain(const duck::Failure& failure) const {
  const std::string& text = failure.text();
  std::string where = doing_;
  if (source_.files.size() > 1)
    if (const auto file = after(text, "  file = ")) where += ": " + quoted(*file);
  const auto line = after(text, "CSV Error on Line: ");
  if (line) where += ": line " + *line;

  if (const auto counts = after(text, "Expected Number of Columns: ")) {
    const auto parts = split(*counts, ' ');  // "3 Found: 4"
    const std::string found = parts.size() == 3 ? parts[2] : "another number";
    throw Error(Code::failed,
                fmt::format("{} has {} field{}, and the header has {}", where, found, found == "1" ? "" : "s",
                            dialect_.names.size()),
                "a field that holds the delimiter or a line end must be in double quotes");
  }
  if (text.find("unterminated quote") != std::string::npos)
    throw Error(Code::failed, where + ": a quoted field does not end where it should",
                "write a quote inside a quoted field twice");
  if (text.find("Invalid unicode") != std::string::npos || text.find("not utf-8 encoded") != std::string::npos)
    refuse_encoding(where);
  if (text.find("Maximum line size") != std::string::npos ||
      text.find("does not support a full read") != std::string::npos)
    throw Error(Code::failed,
                fmt::format("{}: {} longer than {}", where, line ? "it is" : "a line is", human_bytes(largest_line)),
                "a quote that is never closed makes such lines");
  if (text.find("state machine reached an invalid state") != std::string::npos)
    throw Error(Code::failed, where + ": its line ends or quotes are mixed up",
                "line ends must be the same throughout (dos2unix makes them so), and quotes around whole fields");
  Engine::fail(failure, where);
}

}  // namespace

std::unique_ptr<UnreadRows> open_csv(const LoadRequest& request, Engine& engine, Context& ctx) {
  auto loader = std::make_unique<CsvLoader>(request, engine, ctx);
  loader->open();
  return loader;
}

Relation load_csv(const LoadRequest& request, Engine& engine, Context& ctx) {
  return CsvLoader(request, engine, ctx).load();
}

}  // namespace mlsys::data
