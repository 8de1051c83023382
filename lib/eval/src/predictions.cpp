// Rows from a file of predictions.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "columns.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/data/dataset.hpp"
#include "rows.hpp"

namespace mlsys::eval {

using data::As;
using data::ColumnType;
using metrics::Family;

namespace {

constexpr std::string_view doing = "evaluate";
constexpr std::string_view class_prefix = "p_";
constexpr std::size_t most_class_like_values = 20;

bool is_number(ColumnType type) { return type == ColumnType::integer || type == ColumnType::real; }

// The columns that hold the scores, and the classes they are of.
struct ScoreColumns {
  std::vector<std::string> names;
  std::vector<std::string> classes;
};

ScoreColumns find_scores(const data::Dataset& data, const EvalOptions& options) {
  ScoreColumns found;
  if (!options.roles.score.empty()) {
    found.names = {data.require(options.roles.score, doing).name};
    return found;
  }
  for (const char* name : {"score", "prediction"}) {
    if (data.find(name) == nullptr) continue;
    found.names = {name};
    return found;
  }
  for (const auto& column : data.columns()) {
    if (!column.name.starts_with(class_prefix) || column.type == ColumnType::text) continue;
    found.names.push_back(column.name);
    found.classes.push_back(column.name.substr(class_prefix.size()));
  }
  if (found.classes.size() >= 2) return found;
  throw Error(Code::usage,
              fmt::format("cannot evaluate {}: it has no column 'score', 'prediction' or 'p_<class>'", data.subject()),
              "name the column that holds the score with --score, or give a model: mlsys eval MODEL DATA");
}

// What the target's own values say when nobody else has said it.
Family guess_family(const data::Dataset& data, const data::ColumnInfo& target, const ScoreColumns& scores,
                    const EvalOptions& options, const std::vector<double>* numbers, std::string& reason) {
  if (options.task) {
    reason = "asked for";
    return *options.task;
  }
  if (!options.roles.query.empty()) {
    reason = "a query column was named";
    return Family::ranking;
  }
  if (!scores.classes.empty()) {
    reason = "the file has columns p_<class>";
    return Family::multiclass;
  }
  if (!options.roles.positive.empty() || target.type == ColumnType::boolean) {
    reason = options.roles.positive.empty() ? "the target is true or false" : "a positive class was named";
    return Family::binary;
  }
  if (numbers == nullptr)
    throw Error(Code::usage,
                fmt::format("cannot evaluate {}: the target {} is {}, so the positive class must be named",
                            data.subject(), quoted(target.name), name_of(target.type)),
                "--positive VALUE");
  std::set<double> values;
  bool integers = true;
  for (const double value : *numbers) {
    integers = integers && value == static_cast<double>(static_cast<std::int64_t>(value));
    if (values.size() <= most_class_like_values) values.insert(value);
  }
  if (values.size() <= 2 && std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || v == 1; })) {
    reason = "the target is 0 or 1";
    return Family::binary;
  }
  if (integers && values.size() <= most_class_like_values)
    throw Error(Code::usage,
                fmt::format("cannot evaluate {}: the target {} holds {} whole numbers, which may be classes or amounts",
                            data.subject(), quoted(target.name), values.size()),
                "--task regression, or --positive VALUE for one class against the others");
  reason = "the target is a number";
  return Family::regression;
}

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

}  // namespace

Rows read_rows(const EvalOptions& options, Context& ctx) {
  const data::Roles& roles = options.roles;
  data::Dataset data = data::Dataset::open(options.source, ctx);
  for (const auto& d : options.derivations) data.derive(d.name, d.expression);
  const std::string& subject = data.subject();
  if (roles.target.empty())
    throw Error(Code::usage, fmt::format("cannot evaluate {}: no target column was named", subject), "--target COLUMN");
  data::check_roles(roles, data.columns(), doing, subject);
  const data::ColumnInfo target = data.require(roles.target, doing);
  data.require_rows("evaluate");
  const ScoreColumns scores = find_scores(data, options);

  Rows rows;
  rows.source = subject;
  rows.target = target.name;
  rows.count = data.rows();
  rows.digest = data.digest();
  const bool wants_classes = !scores.classes.empty() || options.task == Family::multiclass;
  const bool by_text = wants_classes || !roles.positive.empty() || !is_number(target.type);
  const bool by_id = metrics::ranking_rules(options.convention).ties == metrics::Ties::id && !roles.query.empty();

  // The frame keeps the order of the requests, which may name a column twice.
  std::vector<data::ColumnRequest> requests;
  const auto request = [&](const std::string& name, As as) {
    requests.push_back({name, as, nullptr});
    return requests.size() - 1;
  };
  const std::size_t at_target = request(target.name, by_text ? As::category : As::float64);
  if (wants_classes && !scores.classes.empty()) requests[at_target].dictionary = &scores.classes;
  const std::size_t at_scores = requests.size();
  for (const auto& name : scores.names) request(name, As::float64);
  const std::size_t at_weight = roles.weight.empty() ? 0 : request(roles.weight, As::float64);
  const std::size_t at_query = roles.query.empty() ? 0 : request(roles.query, As::category);
  const std::size_t at_id = by_id && !roles.id.empty() ? request(roles.id, As::text) : 0;
  const std::size_t at_slices = requests.size();
  for (const auto& slice : roles.slices) request(slice, As::category);
  for (const auto& name : scores.names)
    if (data.require(name, doing).type == ColumnType::text)
      throw Error(Code::failed, fmt::format("cannot evaluate {}: the score {} is text", subject, quoted(name)));
  data::Frame frame = data.read(requests, ctx);
  auto& columns = frame.columns;

  require_values(columns[at_target], subject, "target");
  rows.family =
      guess_family(data, target, scores, options, by_text ? nullptr : &columns[at_target].f64, rows.family_reason);
  for (std::size_t i = 0; i < scores.names.size(); ++i) require_values(columns[at_scores + i], subject, "score");
  if (at_weight != 0) rows.weights = weights_of(std::move(columns[at_weight]), subject);

  switch (rows.family) {
    case Family::binary:
      if (!by_text) {
        rows.labels = binary_labels_from_numbers(columns[at_target], subject);
        rows.classes = {"0", "1"};
      } else if (roles.positive.empty() && target.type == ColumnType::boolean) {
        rows.classes = {"false", "true"};
        for (const std::int32_t code : columns[at_target].codes)
          rows.labels.push_back(columns[at_target].categories[static_cast<std::size_t>(code)] == "true" ? 1 : 0);
      } else if (roles.positive.empty()) {
        throw Error(Code::usage,
                    fmt::format("cannot evaluate {}: the target {} is {}, so the positive class must be named", subject,
                                quoted(target.name), name_of(target.type)),
                    "--positive VALUE");
      } else {
        set_binary_by_name(rows, columns[at_target], roles.positive);
      }
      break;
    case Family::multiclass:
      if (scores.classes.empty())
        throw Error(Code::usage,
                    fmt::format("cannot evaluate {}: several classes need a column p_<class> for each", subject));
      rows.classes = scores.classes;
      rows.class_codes = std::move(columns[at_target].codes);
      break;
    case Family::ranking:
    case Family::regression:
      if (by_text)
        throw Error(Code::usage, fmt::format("cannot evaluate {}: the target {} must be a number for {}", subject,
                                             quoted(target.name), name_of(rows.family)));
      rows.targets = std::move(columns[at_target].f64);
      break;
  }
  if (rows.family == Family::ranking) {
    if (at_query == 0)
      throw Error(Code::usage, fmt::format("cannot evaluate {}: ranking needs the query column", subject),
                  "--query COLUMN");
    require_values(columns[at_query], subject, "query");
    rows.queries = queries_of(columns[at_query]);
    if (at_id != 0) rows.ids = std::move(columns[at_id].texts);
  }
  if (scores.names.size() == 1) {
    rows.doubles = std::move(columns[at_scores].f64);
  } else {
    rows.doubles.resize(rows.count * scores.names.size());
    for (std::size_t c = 0; c < scores.names.size(); ++c)
      for (std::size_t row = 0; row < rows.count; ++row)
        rows.doubles[row * scores.names.size() + c] = columns[at_scores + c].f64[row];
  }
  for (std::size_t i = 0; i < roles.slices.size(); ++i) {
    data::Column& column = columns[at_slices + i];
    rows.slices.push_back({column.name, std::move(column.codes), std::move(column.categories)});
  }
  return rows;
}

}  // namespace mlsys::eval
