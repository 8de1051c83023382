// Rows from a file of predictions.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "columns.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/family.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/predict/description.hpp"
#include "rows.hpp"

namespace mlsys::eval {

using data::As;
using data::ColumnType;
using metrics::Family;

namespace {

constexpr std::string_view doing = "evaluate";
constexpr std::string_view class_prefix = "p_";
constexpr std::size_t most_class_like_values = 20;
constexpr double sum_tolerance = 1e-3;  // of the probabilities of a row, as in metrics::probability_statistics

bool is_number(ColumnType type) { return type == ColumnType::integer || type == ColumnType::real; }

// The columns that hold the scores, and the classes they are of.
struct ScoreColumns {
  std::vector<std::string> names;
  std::vector<std::string> classes;
  bool guessed = false;  // by their names alone: nobody said what they hold
};

// What is known of a file before its rows are read.
struct Plan {
  std::optional<predict::Description> described;  // when it speaks of the scores that are evaluated
  data::Roles roles;
  ScoreColumns scores;
  bool by_text = false;  // the target is read as text

  [[nodiscard]] bool described_as(bundle::Task task) const { return described && described->task == task; }
};

// ---- which columns

ScoreColumns described_scores(const data::Dataset& data, const predict::Description& described) {
  ScoreColumns found{predict::score_columns(described.task, described.classes), {}, false};
  if (described.task == bundle::Task::multiclass) found.classes = described.classes;
  for (const auto& name : found.names)
    if (data.find(name) == nullptr)
      throw Error(Code::usage,
                  fmt::format("cannot evaluate {}: it has no column {}, where its description says that the scores are",
                              data.subject(), quoted(name)),
                  "name the column that holds the score with --score");
  return found;
}

// By the names that `mlsys predict` gives, in the file of a tool that says no more. Two readings are one too many.
ScoreColumns guessed_scores(const data::Dataset& data, std::optional<Family> task) {
  ScoreColumns classes{{}, {}, true};
  for (const auto& column : data.columns()) {
    if (!column.name.starts_with(class_prefix) || column.type == ColumnType::text) continue;
    classes.names.push_back(column.name);
    classes.classes.push_back(column.name.substr(class_prefix.size()));
  }
  const bool several = classes.names.size() >= 2 && task.value_or(Family::multiclass) == Family::multiclass;
  std::vector<ScoreColumns> readings;
  for (const char* name : {"score", "prediction"}) {
    const auto* column = data.find(name);
    if (column == nullptr || task == Family::multiclass) continue;
    if (several && column->type == ColumnType::text) continue;  // the name of the predicted class
    readings.push_back({{name}, {}, true});
  }
  if (several) readings.push_back(std::move(classes));
  if (readings.empty())
    throw Error(
        Code::usage,
        fmt::format("cannot evaluate {}: it has no column 'score', 'prediction' or 'p_<class>'", data.subject()),
        "name the column that holds the score with --score, or give a model: mlsys eval MODEL DATA");
  if (readings.size() > 1)
    throw Error(Code::usage,
                fmt::format("cannot evaluate {}: the scores may be in {} or in {}", data.subject(),
                            quoted(readings[0].names[0]), join(readings[1].names, ", ")),
                fmt::format("--score {}{}", readings[0].names[0],
                            readings.back().classes.empty() ? "" : ", or --task multiclass"));
  return readings[0];
}

// Roles of the description where none were given and the file has the column.
void complete_roles(const data::Dataset& data, const predict::Description& described, data::Roles& roles,
                    std::vector<std::string>& warnings) {
  if (roles.query.empty() && data.find(described.query) != nullptr) roles.query = described.query;
  if (!roles.weight.empty() || described.weight.empty()) return;
  if (data.find(described.weight) != nullptr)
    roles.weight = described.weight;
  else
    warnings.push_back(fmt::format("the model weighs rows by {}, which {} does not hold: every row counts once",
                                   quoted(described.weight), data.subject()));
}

// A description speaks of the scores that `mlsys predict` wrote: not of another task that is asked for, nor of a column
// that is named instead.
bool speaks_of(const predict::Description& described, const EvalOptions& options) {
  if (options.task && *options.task != bundle::family_of(described.task)) return false;
  return options.roles.score.empty() ||
         predict::score_columns(described.task, described.classes) == std::vector{options.roles.score};
}

void check_positive(const predict::Description& described, const data::Roles& roles, const std::string& subject) {
  if (described.task != bundle::Task::binary || roles.positive.empty() || roles.positive == described.positive) return;
  throw Error(Code::usage,
              fmt::format("cannot evaluate {}: its scores are the probability of {}, not of {}", subject,
                          quoted(described.positive), quoted(roles.positive)),
              "leave out --positive");
}

Plan make_plan(const data::Dataset& data, const EvalOptions& options, std::vector<std::string>& warnings,
               Context& ctx) {
  Plan plan;
  plan.roles = options.roles;
  if (auto described = predict::description_of(data, warnings, ctx)) {
    if (plan.roles.target.empty()) plan.roles.target = described->target;
    if (speaks_of(*described, options)) plan.described = std::move(described);
  }
  if (plan.described) {
    check_positive(*plan.described, plan.roles, data.subject());
    complete_roles(data, *plan.described, plan.roles, warnings);
  }
  if (plan.roles.target.empty())
    throw Error(Code::usage, fmt::format("cannot evaluate {}: no target column was named", data.subject()),
                "--target COLUMN");
  data::check_roles(plan.roles, data.columns(), doing, data.subject());
  data.require_rows(doing);
  if (plan.described)
    plan.scores = described_scores(data, *plan.described);
  else if (!plan.roles.score.empty())
    plan.scores.names = {data.require(plan.roles.score, doing).name};
  else
    plan.scores = guessed_scores(data, options.task);
  for (const auto& name : plan.scores.names)
    if (data.require(name, doing).type == ColumnType::text)
      throw Error(Code::failed, fmt::format("cannot evaluate {}: the score {} is text", data.subject(), quoted(name)));

  const bool classes = !plan.scores.classes.empty() || plan.described_as(bundle::Task::binary);
  plan.by_text = classes || options.task == Family::multiclass || !plan.roles.positive.empty() ||
                 !is_number(data.require(plan.roles.target, doing).type);
  return plan;
}

// ---- which task

[[noreturn]] void ask_for_positive(const data::ColumnInfo& target, const std::string& subject) {
  throw Error(Code::usage,
              fmt::format("cannot evaluate {}: the target {} is {}, so the positive class must be named", subject,
                          quoted(target.name), name_of(target.type)),
              "--positive VALUE");
}

// What the target's own values say.
Family family_of_numbers(const std::vector<double>& numbers, const std::string& target, const std::string& subject,
                         std::string& reason) {
  std::set<double> values;
  bool integers = true;
  for (const double value : numbers) {
    integers = integers && value == std::trunc(value);
    if (values.size() <= most_class_like_values) values.insert(value);
  }
  if (values.size() <= 2 && std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || v == 1; })) {
    reason = "the target is 0 or 1";
    return Family::binary;
  }
  if (integers && values.size() <= most_class_like_values)
    throw Error(Code::usage,
                fmt::format("cannot evaluate {}: the target {} holds {} whole numbers, which may be classes or amounts",
                            subject, quoted(target), values.size()),
                "--task regression, or --positive VALUE for one class against the others");
  reason = "the target is a number";
  return Family::regression;
}

Family settle_family(const data::ColumnInfo& target, const Plan& plan, const EvalOptions& options,
                     const std::string& subject, const data::Column& values, std::string& reason) {
  if (options.task) {
    reason = "asked for";
    return *options.task;
  }
  if (plan.described) {
    reason = "the predictions'";
    return bundle::family_of(plan.described->task);
  }
  if (!plan.roles.query.empty()) {
    reason = "a query column was named";
    return Family::ranking;
  }
  if (!plan.scores.classes.empty()) {
    reason = "the file has columns p_<class>";
    return Family::multiclass;
  }
  if (!plan.roles.positive.empty() || target.type == ColumnType::boolean) {
    reason = plan.roles.positive.empty() ? "the target is true or false" : "a positive class was named";
    return Family::binary;
  }
  if (plan.by_text) ask_for_positive(target, subject);
  return family_of_numbers(values.f64, target.name, subject, reason);
}

// ---- the rows

// Two classes by their text, one of them named as positive.
void set_binary_by_name(Rows& rows, const data::Column& column, const std::string& positive) {
  const auto& found = column.categories;
  const auto at = std::find(found.begin(), found.end(), positive);
  if (found.size() > 2)
    throw Error(Code::usage,
                fmt::format("cannot evaluate {}: the target {} has {} values, two classes were expected", rows.source,
                            quoted(column.name), found.size()),
                "make two of them, like: --derive \"y=class = 'a'\" --target y");
  if (at == found.end())
    throw Error(Code::usage,
                fmt::format("cannot evaluate {}: the target {} never is the positive class {}", rows.source,
                            quoted(column.name), quoted(positive)),
                "its values are: " + join(found, ", "));
  const auto code = static_cast<std::int32_t>(at - found.begin());
  std::string negative = "not " + positive;
  for (const auto& name : found)
    if (name != positive) negative = name;
  rows.classes = {negative, positive};
  for (const std::int32_t c : column.codes) rows.labels.push_back(c == code ? 1 : 0);
}

void set_binary(Rows& rows, const Plan& plan, const data::ColumnInfo& target, const data::Column& column) {
  if (plan.described) {  // the column was read with these classes as its dictionary
    rows.classes = plan.described->classes;
    rows.labels = binary_labels(column);
  } else if (!plan.by_text) {
    rows.labels = binary_labels_from_numbers(column, rows.source);
    rows.classes = {"0", "1"};
  } else if (!plan.roles.positive.empty()) {
    set_binary_by_name(rows, column, plan.roles.positive);
  } else if (target.type == ColumnType::boolean) {
    rows.classes = {"false", "true"};
    for (const std::int32_t code : column.codes)
      rows.labels.push_back(column.categories[static_cast<std::size_t>(code)] == "true" ? 1 : 0);
  } else {
    ask_for_positive(target, rows.source);
  }
}

void set_target(Rows& rows, const Plan& plan, const data::ColumnInfo& target, data::Column& column) {
  switch (rows.family) {
    case Family::binary:
      set_binary(rows, plan, target, column);
      break;
    case Family::multiclass:
      if (plan.scores.classes.empty())
        throw Error(Code::usage,
                    fmt::format("cannot evaluate {}: several classes need a column p_<class> for each", rows.source));
      rows.classes = plan.scores.classes;
      rows.class_codes = std::move(column.codes);
      break;
    case Family::ranking:
    case Family::regression:
      if (plan.by_text)
        throw Error(Code::usage, fmt::format("cannot evaluate {}: the target {} must be a number for {}", rows.source,
                                             quoted(target.name), name_of(rows.family)));
      rows.targets = std::move(column.f64);
      break;
  }
}

// Columns that were taken for probabilities because of their names must be such: any column may begin with p_.
void require_distributions(const std::vector<double>& scores, const ScoreColumns& columns, const std::string& subject) {
  const std::size_t width = columns.names.size();
  for (std::size_t row = 0; row * width < scores.size(); ++row) {
    const auto begin = scores.begin() + static_cast<std::ptrdiff_t>(row * width);
    const auto end = begin + static_cast<std::ptrdiff_t>(width);
    const auto outside = std::find_if(begin, end, [](double p) { return !(p >= 0 && p <= 1); });
    std::string why;
    if (outside != end) {
      why = fmt::format("{} is {} in row {}", quoted(columns.names[static_cast<std::size_t>(outside - begin)]),
                        shortest(*outside), row + 1);
    } else if (const double sum = std::accumulate(begin, end, 0.0); std::abs(sum - 1) > sum_tolerance) {
      why = fmt::format("they sum to {} in row {}", significant(sum, 4), row + 1);
    }
    if (why.empty()) continue;
    throw Error(Code::failed,
                fmt::format("cannot evaluate {}: the columns {} are not the probabilities of classes: {}", subject,
                            join(columns.names, ", "), why),
                "leave out what is no class, like: --sql 'SELECT * EXCLUDE (p_other) FROM data'");
  }
}

std::vector<double> scores_of(std::vector<data::Column>& columns, std::size_t first, std::size_t width,
                              std::uint64_t rows) {
  if (width == 1) return std::move(columns[first].f64);
  std::vector<double> scores(rows * width);
  for (std::size_t c = 0; c < width; ++c)
    for (std::size_t row = 0; row < rows; ++row) scores[row * width + c] = columns[first + c].f64[row];
  return scores;
}

void note_description(const predict::Description& described, Rows& rows) {
  if (rows.family == Family::binary && described.threshold)
    rows.threshold = bundle::Threshold{*described.threshold, "the predictions'"};
  if (described.calibration == "distorted") rows.warnings.emplace_back(distorted_warning);
}

}  // namespace

Rows read_rows(const EvalOptions& options, Context& ctx) {
  data::Dataset data = data::Dataset::open(options.source, ctx);
  for (const auto& d : options.derivations) data.derive(d.name, d.expression);
  const std::string& subject = data.subject();
  Rows rows;
  const Plan plan = make_plan(data, options, rows.warnings, ctx);
  const data::Roles& roles = plan.roles;
  const data::ColumnInfo target = data.require(roles.target, doing);
  rows.source = subject;
  rows.target = target.name;
  rows.count = data.rows();
  rows.digest = data.digest();

  // The frame keeps the order of the requests, which may name a column twice.
  std::vector<data::ColumnRequest> requests;
  const auto request = [&](const std::string& name, As as) {
    requests.push_back({name, as, nullptr});
    return requests.size() - 1;
  };
  const std::size_t at_target = request(target.name, plan.by_text ? As::category : As::float64);
  if (plan.described_as(bundle::Task::binary))
    requests[at_target].dictionary = &plan.described->classes;
  else if (!plan.scores.classes.empty())
    requests[at_target].dictionary = &plan.scores.classes;
  const std::size_t at_scores = requests.size();
  for (const auto& name : plan.scores.names) request(name, As::float64);
  const std::size_t at_weight = roles.weight.empty() ? 0 : request(roles.weight, As::float64);
  const std::size_t at_query = roles.query.empty() ? 0 : request(roles.query, As::category);
  rows.convention = convention_of(options, plan.described_as(bundle::Task::ranking));
  const bool by_id = metrics::ranking_rules(rows.convention).ties == metrics::Ties::id && !roles.query.empty();
  const std::size_t at_id = by_id && !roles.id.empty() ? request(roles.id, As::text) : 0;
  const std::size_t at_slices = requests.size();
  for (const auto& slice : roles.slices) request(slice, As::category);
  data::Frame frame = data.read(requests, ctx);
  auto& columns = frame.columns;

  require_values(columns[at_target], subject, "target");
  rows.class_type = target.type == ColumnType::real ? ColumnType::integer : target.type;
  rows.family = settle_family(target, plan, options, subject, columns[at_target], rows.family_reason);
  const std::size_t width = plan.scores.names.size();
  for (std::size_t i = 0; i < width; ++i) require_values(columns[at_scores + i], subject, "score");
  if (at_weight != 0) rows.weights = weights_of(std::move(columns[at_weight]), subject);
  set_target(rows, plan, target, columns[at_target]);
  if (rows.family == Family::ranking) {
    if (at_query == 0)
      throw Error(Code::usage, fmt::format("cannot evaluate {}: ranking needs the query column", subject),
                  "--query COLUMN");
    require_values(columns[at_query], subject, "query");
    rows.queries = queries_of(columns[at_query]);
    if (at_id != 0) rows.ids = std::move(columns[at_id].texts);
  }
  rows.doubles = scores_of(columns, at_scores, width, rows.count);
  if (plan.scores.guessed && !plan.scores.classes.empty()) require_distributions(rows.doubles, plan.scores, subject);
  for (std::size_t i = 0; i < roles.slices.size(); ++i) {
    data::Column& column = columns[at_slices + i];
    rows.slices.push_back({column.name, std::move(column.codes), std::move(column.categories)});
  }
  if (plan.described) note_description(*plan.described, rows);
  return rows;
}

}  // namespace mlsys::eval
