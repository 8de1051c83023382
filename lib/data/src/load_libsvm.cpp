// LibSVM and LETOR: "label [qid:N] index:value … [# comment]". Read twice: what columns there are, then their values.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "relation.hpp"

namespace mlsys::data {

namespace {

struct Entry {
  std::uint64_t index;
  double value;
};

struct Line {
  std::string_view label_text;
  double label = 0;
  std::optional<std::int64_t> query;
  std::vector<Entry> entries;  // in rising order of their index
};

std::string_view next_word(std::string_view& rest) {
  const std::size_t begin = rest.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) {
    rest = {};
    return {};
  }
  const std::size_t end = std::min(rest.find_first_of(" \t\r", begin), rest.size());
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

class LibsvmLoader {
 public:
  LibsvmLoader(const LoadRequest& request, Engine& engine, Context& ctx)
      : request_(request),
        source_(request.source),
        engine_(engine),
        ctx_(ctx),
        doing_("cannot read " + source_.subject) {}

  Relation load() {
    survey();
    cover_wanted_features();
    const std::uint64_t columns = fixed_columns() + (any_feature_ ? last_ - first_ + 1 : 0);
    if (columns > request_.options.max_columns)
      throw Error(Code::usage,
                  fmt::format("{}: {} columns are more than the limit of {}", doing_, with_thousands(columns),
                              with_thousands(request_.options.max_columns)),
                  fmt::format("allow them with --max-columns {}", columns));
    if (absent_ && !request_.options.sparse_absent && request_.types == nullptr)
      ctx_.progress->note(source_.subject + ": absent entries are missing values (--sparse-absent zero makes them 0)");
    Relation relation = fill();
    if (request_.types != nullptr) apply_types(relation, *request_.types, engine_, source_.subject, ctx_);
    return relation;
  }

 private:
  [[nodiscard]] std::size_t fixed_columns() const { return queries_ ? 2 : 1; }

  // Calls `each` with every line that is not blank or a comment.
  template <class Each>
  void for_each_line(Each each) {
    for (const auto& file : source_.files) {
      file_ = &file;
      line_number_ = 0;
      try {
        duck::Result lines = engine_.stream(raw_lines(file, source_.compression), doing_, ctx_);
        while (const auto chunk = lines.next(ctx_)) {
          const duck::Vector column = chunk->column(0);
          for (std::uint64_t row = 0; row < chunk->size(); ++row) {
            ++line_number_;
            if (!column.valid(row)) continue;
            std::string_view text = column.text(row);
            text = text.substr(0, text.find('#'));
            if (trim(text).empty()) continue;
            parse(text);
            each(line_);
          }
        }
      } catch (const duck::Failure& failure) {
        Engine::fail(failure, doing_);
      }
    }
  }

  [[noreturn]] void refuse(const std::string& why, std::string hint = {}) const {
    const std::string where = source_.files.size() > 1 ? doing_ + ": " + quoted(file_->string()) : doing_;
    throw Error(Code::failed, fmt::format("{}: line {}: {}", where, line_number_, why), std::move(hint));
  }

  void parse(std::string_view text) {
    line_.entries.clear();
    line_.query.reset();
    line_.label_text = next_word(text);
    const auto label = parse_real(line_.label_text, Reading::lenient);
    if (!label) refuse(quoted(line_.label_text) + " is no label", "a line is: label [qid:N] index:value …");
    line_.label = *label;
    bool sorted = true;
    for (std::string_view word = next_word(text); !word.empty(); word = next_word(text)) {
      const std::size_t colon = word.find(':');
      if (colon == std::string_view::npos) refuse(quoted(word) + " is not index:value");
      const std::string_view key = word.substr(0, colon);
      const std::string_view value_text = word.substr(colon + 1);
      if (key == "qid") {
        if (line_.query || !line_.entries.empty()) refuse("qid must come once, after the label");
        line_.query = parse_int(value_text);
        if (!line_.query) refuse(quoted(word) + ": a query is named by an integer");
        continue;
      }
      const auto index = parse_int(key);
      const auto value = parse_real(value_text, Reading::lenient);
      if (!index || *index < 0 || !value) refuse(quoted(word) + " is not index:value");
      if (!line_.entries.empty() && line_.entries.back().index >= static_cast<std::uint64_t>(*index)) sorted = false;
      line_.entries.push_back({static_cast<std::uint64_t>(*index), *value});
    }
    if (sorted) return;
    std::stable_sort(line_.entries.begin(), line_.entries.end(),
                     [](const Entry& a, const Entry& b) { return a.index < b.index; });
    const auto twice = std::adjacent_find(line_.entries.begin(), line_.entries.end(),
                                          [](const Entry& a, const Entry& b) { return a.index == b.index; });
    if (twice != line_.entries.end()) refuse(fmt::format("index {} appears twice", twice->index));
  }

  void survey() {
    std::uint64_t entries = 0;
    for_each_line([&](const Line& line) {
      if (rows_ == 0) queries_ = line.query.has_value();
      if (queries_ != line.query.has_value())
        refuse(queries_ ? "it has no qid, and lines before it have" : "it has a qid, and lines before it have none");
      ++rows_;
      integer_labels_ = integer_labels_ && parse_integer(line.label_text, Reading::lenient).has_value();
      entries += line.entries.size();
      if (line.entries.empty()) return;
      last_ = std::max(last_, line.entries.back().index);
      if (line.entries.front().index == 0) first_ = 0;
      any_feature_ = true;
      // Told here, so that a huge index is not a huge table.
      if (last_ > request_.options.max_columns)
        refuse(fmt::format("index {} is beyond the limit of {} columns", last_,
                           with_thousands(request_.options.max_columns)),
               fmt::format("allow them with --max-columns {}", last_ + 2));
    });
    if (rows_ == 0) throw Error(Code::failed, doing_ + ": it holds no rows");
    absent_ = any_feature_ && entries < rows_ * (last_ - first_ + 1);
  }

  // Features that a model knows and no row of this file has are absent in all of them.
  void cover_wanted_features() {
    if (request_.types == nullptr) return;
    for (const ColumnInfo& column : *request_.types) {
      if (!column.name.starts_with('f')) continue;
      const auto index = parse_int(std::string_view(column.name).substr(1));
      if (!index || *index < 0 || static_cast<std::uint64_t>(*index) > request_.options.max_columns) continue;
      if (*index == 0) first_ = 0;
      last_ = std::max(last_, static_cast<std::uint64_t>(*index));
      any_feature_ = true;
    }
  }

  Relation fill() {
    Relation relation;
    relation.from = "raw";
    relation.row = "rowid + 1";
    relation.rows = rows_;
    const auto add = [&](std::string name, ColumnType type) {
      relation.columns.push_back({std::move(name), type, column_name(relation.columns.size())});
    };
    add("label", integer_labels_ ? ColumnType::integer : ColumnType::real);
    if (queries_) add("qid", ColumnType::integer);
    if (any_feature_)
      for (std::uint64_t index = first_; index <= last_; ++index) add(fmt::format("f{}", index), ColumnType::real);

    std::string definition;
    std::vector<duck::Type> types;
    for (const Relation::Column& column : relation.columns) {
      definition += fmt::format("{}{} {}", types.empty() ? "" : ", ", column.expression, sql_type(column.type));
      types.push_back(duck_type(column.type));
    }
    engine_.run("CREATE TABLE raw (" + definition + ")", doing_, ctx_);
    try {
      duck::Appender appender(engine_.connection(), "raw", types);
      std::uint64_t row = 0;
      for_each_line([&](const Line& line) {
        put(line, row++, appender, types.size());
        if (row == duck::Appender::capacity()) {
          appender.flush_chunk(row);
          row = 0;
        }
      });
      if (row > 0) appender.flush_chunk(row);
      appender.close();
    } catch (const duck::Failure& failure) {
      Engine::fail(failure, doing_);
    }
    return relation;
  }

  void put(const Line& line, std::uint64_t row, duck::Appender& appender, std::size_t columns) const {
    if (integer_labels_)
      appender.column(0).set(row, *parse_integer(line.label_text, Reading::lenient));
    else
      appender.column(0).set(row, line.label);
    if (queries_) appender.column(1).set(row, *line.query);
    std::size_t column = fixed_columns();
    const auto put_absent = [&](std::size_t until) {
      for (; column < until; ++column) {
        if (request_.options.sparse_absent == SparseAbsent::zero)
          appender.column(column).set(row, 0.0);
        else
          appender.column(column).set_null(row);
      }
    };
    for (const Entry& entry : line.entries) {
      put_absent(fixed_columns() + entry.index - first_);
      appender.column(column++).set(row, entry.value);
    }
    put_absent(columns);
  }

  const LoadRequest& request_;
  const ResolvedSource& source_;
  Engine& engine_;
  Context& ctx_;
  std::string doing_;

  const std::filesystem::path* file_ = nullptr;
  std::uint64_t line_number_ = 0;
  Line line_;

  std::uint64_t rows_ = 0;
  bool queries_ = false;
  bool integer_labels_ = true;
  bool any_feature_ = false;
  bool absent_ = false;
  std::uint64_t first_ = 1;
  std::uint64_t last_ = 0;
};

}  // namespace

Relation load_libsvm(const LoadRequest& request, Engine& engine, Context& ctx) {
  return LibsvmLoader(request, engine, ctx).load();
}

}  // namespace mlsys::data
