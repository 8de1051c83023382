// A source that is read once, by the checks themselves: conditions are evaluated while it is scanned, and of the rows
// there stays a bit for each condition and the few columns that are looked at again.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <numeric>

#include "clean_text.hpp"
#include "dataset_impl.hpp"
#include "dictionary.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

constexpr std::size_t mark_bits = 62;  // of a BIGINT that stays positive

std::string text_name(std::size_t index) { return "t" + std::to_string(index); }
std::string mark_name(std::size_t index) { return "m" + std::to_string(index); }
std::string lookup_name(std::size_t index) { return "look" + std::to_string(index); }

using Counts = std::array<std::atomic<std::uint64_t>, mark_bits>;

// Booleans to the bits of a number; a missing one is false. `counts` says how often each was true: the function is
// volatile so that it is called for every row, even where all its arguments are constants.
std::string register_marks(std::size_t count, unsigned number, std::shared_ptr<Counts> counts, Engine& engine) {
  const std::string name = fmt::format("mlsys_marks_{}", number);
  engine.connection().register_function(
      name, std::vector<duck::Type>(count, duck::Type::boolean), duck::Type::int64,
      [counts = std::move(counts)](const std::vector<duck::Vector>& arguments, std::uint64_t rows,
                                   duck::Output& output) {
        std::vector<std::int64_t> marks(rows);
        for (std::size_t bit = 0; bit < arguments.size(); ++bit) {
          const duck::Vector& argument = arguments[bit];
          const auto* values = argument.values<std::uint8_t>();
          if (std::memchr(values, 1, rows) == nullptr) continue;  // most checks fail for few rows
          std::int64_t held = 0;
          const auto mark = [&](std::uint64_t row, bool holds) {
            marks[row] |= std::int64_t{holds} << bit;
            held += holds ? 1 : 0;
          };
          if (argument.all_valid())
            for (std::uint64_t row = 0; row < rows; ++row) mark(row, values[row] != 0);
          else
            for (std::uint64_t row = 0; row < rows; ++row) mark(row, argument.valid(row) && values[row] != 0);
          if (held > 0) (*counts)[bit].fetch_add(static_cast<std::uint64_t>(held), std::memory_order_relaxed);
        }
        for (std::uint64_t row = 0; row < rows; ++row) output.set(row, marks[row]);
      },
      true);
  return name;
}

// Whether a text holds a NUL byte.
std::string register_nul(std::size_t count, unsigned number, Engine& engine) {
  const std::string name = fmt::format("mlsys_nul_{}", number);
  engine.connection().register_function(
      name, std::vector<duck::Type>(count, duck::Type::text), duck::Type::boolean,
      [](const std::vector<duck::Vector>& arguments, std::uint64_t rows, duck::Output& output) {
        std::vector<std::uint8_t> found(rows);
        for (const duck::Vector& argument : arguments)
          for (std::uint64_t row = 0; row < rows; ++row)
            if (argument.valid(row) && argument.text(row).find('\0') != std::string_view::npos) found[row] = 1;
        for (std::uint64_t row = 0; row < rows; ++row) output.set(row, found[row]);
      });
  return name;
}

// The smallest that holds so many bits.
std::string_view marks_type(std::size_t count) {
  if (count <= 7) return "TINYINT";
  if (count <= 15) return "SMALLINT";
  return count <= 31 ? "INTEGER" : "BIGINT";
}

// What stays of the rows is small, and what does not fit is put aside on disk: a file of any size is read within this.
constexpr std::uint64_t most_memory = 1280ULL << 20;

// One query of all columns, each as text and as what it is: what it holds of a batch of rows grows with them.
constexpr std::size_t most_columns = 1000;

bool is_selected(const SourceOptions& options) {
  return !options.where.empty() || !options.sql.empty() || options.sample || options.limit;
}

// The internal names in a piece of SQL: a letter and digits. What is found in a literal is a column too many.
std::vector<std::size_t> columns_in(std::string_view sql, char letter, std::size_t count) {
  std::vector<std::uint8_t> found(count);
  const auto is_word = [](char c) { return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
  for (std::size_t at = 0; (at = sql.find(letter, at)) != std::string_view::npos; ++at) {
    if (at > 0 && is_word(sql[at - 1])) continue;
    std::size_t end = at + 1;
    while (end < sql.size() && sql[end] >= '0' && sql[end] <= '9') ++end;
    const auto index = parse_int(sql.substr(at + 1, end - at - 1));
    if (index && static_cast<std::size_t>(*index) < count) found[static_cast<std::size_t>(*index)] = 1;
  }
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < count; ++i)
    if (found[i] != 0) columns.push_back(i);
  return columns;
}

}  // namespace

std::optional<Dataset> Dataset::open_unread(const SourceOptions& options, const std::vector<ColumnInfo>& known,
                                            Context& ctx) {
  if (is_selected(options)) return std::nullopt;
  Context lean = ctx;
  lean.memory_budget = std::min(lean.memory_budget, most_memory);
  auto impl = find_source(options, lean);
  const SourceFormat format = impl->source.format;
  if ((format != SourceFormat::csv && format != SourceFormat::tsv) || !impl->source.partition_names.empty())
    return std::nullopt;
  impl->unread = data::open_csv({impl->options, impl->source, nullptr}, *impl->engine, ctx);
  if (impl->unread->names().size() > most_columns) return std::nullopt;
  constexpr std::size_t no_counter = 0x7fffffff;
  std::string selected;
  for (const std::string& name : impl->unread->names()) {
    const std::size_t i = impl->columns.size();
    const auto type = std::find_if(known.begin(), known.end(), [&](const ColumnInfo& one) { return one.name == name; });
    impl->columns.push_back({name, type == known.end() ? ColumnType::text : type->type});
    selected += fmt::format("{}{} AS {}, {} AS {}", i == 0 ? "" : ", ", column_name(i), text_name(i),
                            Engine::settled(column_name(i), impl->columns[i].type, Reading::lenient, no_counter),
                            column_name(i));
  }
  impl->engine->run("CREATE VIEW lines AS SELECT * FROM " + impl->unread->scan(), impl->doing("cannot read"), ctx);
  impl->relation = fmt::format("SELECT {} FROM lines", selected);
  impl->delimiter = impl->unread->delimiter();
  impl->fields = impl->unread->fields();
  impl->make_view(ctx);
  return Dataset(std::move(impl));
}

bool Dataset::unread() const { return impl_->unread != nullptr; }

std::string Dataset::text_sql(std::string_view column) const { return "t" + sql(column).substr(1); }

// A condition that a text of the row holds a NUL byte. Columns that nothing else looks at are not even cut out of their
// lines where the bytes of the file say that there is nothing to refuse.
static std::string holds_nul(Dataset::Impl& impl, std::string_view looked_at, Context& ctx) {
  const auto values = columns_in(looked_at, 'c', impl.fields);
  const auto written = columns_in(looked_at, 't', impl.fields);
  std::vector<std::size_t> texts;
  bool all_looked_at = true;
  for (std::size_t i = 0; i < impl.fields; ++i) {
    if (impl.columns[i].type != ColumnType::text) continue;
    texts.push_back(i);
    all_looked_at = all_looked_at && (std::binary_search(values.begin(), values.end(), i) ||
                                      std::binary_search(written.begin(), written.end(), i));
  }
  if (!all_looked_at && impl.source.compression.empty() && is_clean_text(impl.source.files, ctx)) texts.clear();
  if (texts.empty()) return "false";
  std::string arguments;
  for (const std::size_t i : texts) arguments += (arguments.empty() ? "" : ", ") + text_name(i);
  return fmt::format("{}({})", register_nul(texts.size(), impl.functions++, *impl.engine), arguments);
}

std::vector<Dataset::Mark> Dataset::mark(const std::vector<std::string>& conditions, std::string_view wanted,
                                         Context& ctx) {
  Impl& impl = *impl_;
  if (!impl.unread) throw Error(Code::failed, impl.doing("cannot mark the rows of") + ": they were read already");
  std::string lookups;
  for (std::size_t i = 0; i < impl.looked_up.size(); ++i)
    lookups += fmt::format(", {} AS {}", impl.looked_up[i], lookup_name(i));
  std::vector<std::string> all{"false"};
  all.insert(all.end(), conditions.begin(), conditions.end());
  std::string columns;
  for (const std::size_t i : columns_in(wanted, 'c', impl.columns.size())) columns += ", " + column_name(i);
  const std::string looked_at = join(conditions, " ") + lookups + " " + std::string(wanted);

  std::vector<std::shared_ptr<Counts>> counts;
  const auto marked = [&](bool any_bytes) {
    counts.clear();
    if (any_bytes) all.front() = holds_nul(impl, looked_at, ctx);
    std::string selected;
    for (std::size_t begin = 0; begin < all.size(); begin += mark_bits) {
      const std::size_t end = std::min(all.size(), begin + mark_bits);
      std::string arguments;
      for (std::size_t i = begin; i < end; ++i) arguments += (i == begin ? "" : ", ") + all[i];
      const std::size_t word = counts.size();
      counts.push_back(std::make_shared<Counts>());
      selected += fmt::format("{}CAST({}({}) AS {}) AS {}", word == 0 ? "" : ", ",
                              register_marks(end - begin, impl.functions++, counts.back(), *impl.engine), arguments,
                              marks_type(end - begin), mark_name(word));
    }
    return fmt::format("SELECT {}{} FROM (SELECT *{} FROM ({}))", selected, columns, lookups, impl.relation);
  };
  auto kept = impl.unread->read(marked, ctx);
  impl.rows = kept.rows;
  impl.relation = std::move(kept.relation);
  impl.unread.reset();
  impl.make_view(ctx);

  std::vector<Mark> marks;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint64_t rows = (*counts[i / mark_bits])[i % mark_bits];
    marks.push_back({rows == 0
                         ? "false"
                         : fmt::format("({} & {}) <> 0", mark_name(i / mark_bits), std::int64_t{1} << (i % mark_bits)),
                     rows});
  }
  if (marks.front().rows > 0)
    refuse_nul(static_cast<std::uint64_t>(
                   query("SELECT min(source_row) FROM data WHERE " + marks.front().condition, ctx).integer(0, 0)),
               impl.doing("cannot read"));
  marks.erase(marks.begin());
  return marks;
}

std::string Dataset::is_none_of(std::string_view column, const std::vector<std::string>& texts) const {
  const ColumnInfo& info = require(column, "read");
  const std::string name = fmt::format("mlsys_none_of_{}", impl_->functions++);
  impl_->engine->connection().register_function(
      name, {duck::Type::text}, duck::Type::boolean,
      [known = std::make_shared<const Dictionary>(texts)](const std::vector<duck::Vector>& arguments,
                                                          std::uint64_t rows, duck::Output& output) {
        for (std::uint64_t row = 0; row < rows; ++row)
          output.set(row, arguments[0].valid(row) && known->code(arguments[0].text(row)) == Dictionary::unseen);
      });
  // Adding zero turns a negative zero into zero, whose text is another.
  const std::string value =
      info.type == ColumnType::real ? fmt::format("({} + 0.0::DOUBLE)", sql(column)) : sql(column);
  std::string expression = fmt::format("{}({})", name, Engine::as_text(value, info.type));
  if (!unread()) return expression;
  impl_->looked_up.push_back(std::move(expression));
  return lookup_name(impl_->looked_up.size() - 1);
}

}  // namespace mlsys::data
