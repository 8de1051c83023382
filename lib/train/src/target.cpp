#include <fmt/format.h>

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

constexpr std::uint64_t most_classes = 1000;
constexpr std::uint64_t few_values = 20;

struct Summary {
  std::uint64_t missing = 0;
  std::uint64_t first_missing = 0;  // row number
  std::uint64_t distinct = 0;
};

Summary summarise(const data::Dataset& dataset, const data::ColumnInfo& column, Context& ctx) {
  const auto name = dataset.sql(column.name);
  const auto present =
      column.type == data::ColumnType::real ? fmt::format("CASE WHEN isnan({0}) THEN NULL ELSE {0} END", name) : name;
  const auto result =
      dataset.query(fmt::format("SELECT count(*) - count(v), min(CASE WHEN v IS NULL THEN r END), count(DISTINCT v) "
                                "FROM (SELECT {} AS v, source_row AS r FROM data)",
                                present),
                    ctx);
  return {.missing = static_cast<std::uint64_t>(result.integer(0, 0)),
          .first_missing = static_cast<std::uint64_t>(result.maybe_integer(0, 1).value_or(0)),
          .distinct = static_cast<std::uint64_t>(result.integer(0, 2))};
}

bool is_number(data::ColumnType type) { return type == data::ColumnType::integer || type == data::ColumnType::real; }

class Settler {
 public:
  Settler(const data::Dataset& dataset, const data::Roles& roles, Context& ctx)
      : dataset_(dataset), roles_(roles), ctx_(ctx) {
    plan_.column = dataset.require(roles.target, "train on");
  }

  TargetPlan settle(std::optional<Task> task) {
    const auto& column = plan_.column;
    if (column.type == data::ColumnType::date || column.type == data::ColumnType::timestamp)
      fail(fmt::format("the target {} is a {}", quoted(column.name), name_of(column.type)),
           "derive a number or a class from it with --derive NAME=EXPR");
    summary_ = summarise(dataset_, column, ctx_);
    if (summary_.missing > 0)
      fail(fmt::format("the target {} is missing in {}, first in row {}", quoted(column.name),
                       counted(summary_.missing, "row"), summary_.first_missing),
           fmt::format("leave them out with --where '\"{}\" IS NOT NULL'", column.name));
    if (summary_.distinct < 2)
      fail(fmt::format("the target {} has the same value in every row", quoted(column.name)),
           "check --where and --limit, or choose another --target");
    if (task) {
      plan_.task = *task;
      plan_.reason = "as asked for";
    } else if (!roles_.query.empty()) {
      plan_.task = Task::ranking;
      plan_.reason = fmt::format("rows belong to queries ({})", quoted(roles_.query));
    } else {
      decide();
    }
    switch (plan_.task) {
      case Task::binary:
        two_classes();
        break;
      case Task::multiclass:
        many_classes();
        break;
      case Task::regression:
        check_number("a regression");
        break;
      case Task::ranking:
        check_relevance();
        break;
    }
    if (plan_.task != Task::binary && !roles_.positive.empty())
      throw Error(Code::usage,
                  fmt::format("--positive belongs to a target of two classes, and the task is {}", name_of(plan_.task)),
                  "leave out --positive, or say --task binary");
    return std::move(plan_);
  }

 private:
  [[noreturn]] void fail(const std::string& why, const std::string& hint) const {
    throw Error(Code::failed, fmt::format("cannot train on {}: {}", dataset_.subject(), why), hint);
  }
  [[noreturn]] void ask(const std::string& why, const std::string& hint) const {
    throw Error(Code::usage, fmt::format("cannot train on {}: {}", dataset_.subject(), why), hint);
  }

  void read_values() {
    if (!values_.empty()) return;
    if (summary_.distinct > most_classes)
      ask(fmt::format("the target {} has {} different values, more than {} classes", quoted(plan_.column.name),
                      summary_.distinct, most_classes),
          is_number(plan_.column.type) ? "--task regression predicts numbers" : "choose another --target");
    values_ = dataset_.distinct(plan_.column.name, most_classes, ctx_);
    if (is_number(plan_.column.type))
      std::ranges::sort(values_, {}, [](const std::string& text) { return parse_double(text).value_or(0); });
  }

  // {0,1} and {false,true} are the only pairs whose positive class is plain.
  bool plain_pair() {
    if (summary_.distinct != 2) return false;
    read_values();
    return values_ == std::vector<std::string>{"0", "1"} || values_ == std::vector<std::string>{"false", "true"};
  }

  void decide() {
    const auto& column = plan_.column;
    const auto name = quoted(column.name);
    if (plain_pair() || (!roles_.positive.empty() && summary_.distinct == 2)) {
      plan_.task = Task::binary;
      plan_.reason =
          fmt::format("the target {} has the values {} and {}", name, quoted(values_first()), quoted(values_last()));
    } else if (column.type == data::ColumnType::text) {
      plan_.task = summary_.distinct == 2 ? Task::binary : Task::multiclass;
      plan_.reason = fmt::format("the target {} is text with {} values", name, summary_.distinct);
    } else if (column.type == data::ColumnType::integer && summary_.distinct == 2) {
      plan_.task = Task::binary;  // two_classes() asks for --positive
      plan_.reason = fmt::format("the target {} has two values", name);
    } else if (column.type == data::ColumnType::integer && summary_.distinct <= few_values) {
      ask(fmt::format("the target {} is an integer with {} different values: classes or a number?", name,
                      summary_.distinct),
          "say --task multiclass, --task regression or --task ranking");
    } else {
      plan_.task = Task::regression;
      plan_.reason = fmt::format("the target {} is a number with {} different values", name, summary_.distinct);
    }
  }

  const std::string& values_first() { return read_values(), values_.front(); }
  const std::string& values_last() { return read_values(), values_.back(); }

  void two_classes() {
    const auto name = quoted(plan_.column.name);
    if (summary_.distinct != 2)
      ask(fmt::format("the target {} has {} different values, and a binary task needs two", name, summary_.distinct),
          fmt::format("say --task multiclass, or make two with --derive NAME='\"{}\" = …'", plan_.column.name));
    read_values();
    if (!roles_.positive.empty()) {
      if (std::ranges::find(values_, roles_.positive) == values_.end()) {
        auto hint = did_you_mean(roles_.positive, values_);
        if (hint.empty()) hint = fmt::format("it has the values {} and {}", quoted(values_[0]), quoted(values_[1]));
        ask(fmt::format("the target {} never has the value {}", name, quoted(roles_.positive)), hint);
      }
    } else if (!plain_pair()) {
      ask(fmt::format("which of {} and {} is the positive class of {} is not plain", quoted(values_[0]),
                      quoted(values_[1]), name),
          fmt::format("say --positive {} or --positive {}", shell(values_[0]), shell(values_[1])));
    }
    const bool first = roles_.positive == values_[0];
    plan_.classes = {values_[first ? 1 : 0], values_[first ? 0 : 1]};
  }

  void many_classes() {
    read_values();
    if (values_.size() < 3)
      ask(fmt::format("the target {} has two different values", quoted(plan_.column.name)), "say --task binary");
    plan_.classes = values_;
  }

  void check_number(std::string_view what) const {
    if (!is_number(plan_.column.type))
      ask(fmt::format("{} needs a number, and the target {} is {}", what, quoted(plan_.column.name),
                      name_of(plan_.column.type)),
          "choose another --task");
  }

  void check_relevance() const {
    if (roles_.query.empty())
      ask("ranking needs to know which rows belong together", "name the column of the query with --query");
    check_number("ranking");
    const auto column = dataset_.sql(plan_.column.name);
    const auto bad = dataset_.query(
        fmt::format("SELECT min(source_row) FROM data WHERE {0} < 0 OR {0} > 31 OR {0} <> floor({0})", column), ctx_);
    if (const auto row = bad.maybe_integer(0, 0))
      fail(fmt::format("the relevance {} of a ranking is a whole number from 0 to 31, and in row {} it is not",
                       quoted(plan_.column.name), *row),
           "larger grades would make 2^relevance overflow; map them with --derive");
  }

  static std::string shell(const std::string& word) {
    const bool plain = std::ranges::all_of(word, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
             c == '.' || static_cast<unsigned char>(c) >= 0x80;
    });
    return plain && !word.empty() ? word : "'" + word + "'";
  }

  const data::Dataset& dataset_;
  const data::Roles& roles_;
  Context& ctx_;
  TargetPlan plan_;
  Summary summary_;
  std::vector<std::string> values_;
};

}  // namespace

TargetPlan settle_target(const data::Dataset& dataset, const data::Roles& roles, std::optional<Task> task,
                         Context& ctx) {
  return Settler(dataset, roles, ctx).settle(task);
}

}  // namespace mlsys::train
