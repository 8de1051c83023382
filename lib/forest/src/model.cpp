#include "model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "mlsys/base/text.hpp"

namespace mlsys::forest {
namespace {

constexpr std::int64_t max_features = 1 << 24;
constexpr std::int64_t max_outputs = 1 << 16;
constexpr std::int32_t max_category = 1 << 24;  // XGBoost's OutOfRangeCat

// Reads the members of one object; `where` names it in reasons.
class Object {
 public:
  Object(const Value& value, std::string where) : members_(value.as<Members>()), where_(std::move(where)) {
    if (members_ == nullptr) throw Malformed{fmt::format("{} is not an object", where_)};
  }
  [[nodiscard]] const Value* find(std::string_view key) const {
    for (const auto& [name, value] : *members_)
      if (name == key) return &value;
    return nullptr;
  }
  [[nodiscard]] const Value& at(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr) throw Malformed{fmt::format("{} has no '{}'", where_, key)};
    return *value;
  }
  [[nodiscard]] Object object(std::string_view key) const { return {at(key), path(key)}; }
  [[nodiscard]] const std::string& text(std::string_view key) const {
    const auto* text = at(key).as<std::string>();
    if (text == nullptr) fail(key, "is not a text");
    return *text;
  }
  // Parameters are integers in texts.
  [[nodiscard]] std::int64_t parameter(std::string_view key, std::int64_t least, std::int64_t greatest) const {
    const auto value = parse_int(text(key));
    if (!value || *value < least || *value > greatest) fail(key, "is out of range");
    return *value;
  }
  [[nodiscard]] const Numbers& numbers(std::string_view key) const {
    static const Numbers none;
    const Value& value = at(key);
    if (const auto* items = value.as<Items>(); items != nullptr && items->empty()) return none;
    const auto* numbers = value.as<Numbers>();
    if (numbers == nullptr) fail(key, "is not an array of numbers");
    return *numbers;
  }
  [[nodiscard]] const Items& items(std::string_view key) const {
    const auto* items = at(key).as<Items>();
    if (items == nullptr) fail(key, "is not an array");
    return *items;
  }
  template <class T>
  [[nodiscard]] std::vector<T> integers(std::string_view key, double least, double greatest) const {
    const Numbers& source = numbers(key);
    std::vector<T> result;
    result.reserve(source.size());
    for (const double number : source) {
      if (!(number >= least && number <= greatest) || number != std::floor(number)) fail(key, "is out of range");
      // By way of a signed integer: a negative number wraps, as in XGBoost; casting it to an unsigned one is undefined.
      result.push_back(static_cast<T>(static_cast<std::int64_t>(number)));
    }
    return result;
  }
  [[nodiscard]] std::vector<float> floats(std::string_view key) const {
    const Numbers& source = numbers(key);
    std::vector<float> result;
    result.reserve(source.size());
    for (const double number : source) result.push_back(static_cast<float>(number));
    return result;
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> result;
    for (const Value& item : items(key)) {
      const auto* text = item.as<std::string>();
      if (text == nullptr) fail(key, "is not an array of texts");
      result.push_back(*text);
    }
    return result;
  }
  [[nodiscard]] std::string path(std::string_view key) const { return fmt::format("{}.{}", where_, key); }
  [[noreturn]] void fail(std::string_view key, std::string_view why) const {
    throw Malformed{fmt::format("{} {}", path(key), why)};
  }

 private:
  const Members* members_;
  std::string where_;
};

constexpr double max_int32 = 2147483647.;
constexpr double max_uint32 = 4294967295.;
constexpr std::int32_t max_node = std::numeric_limits<std::int32_t>::max();

// Keeps the first reason. Reading goes on: whether the rest is sound matters to whoever evaluates it instead.
void leave_uncovered(Model& model, std::string reason) {
  if (model.uncovered.empty()) model.uncovered = std::move(reason);
}

void read_version(const Object& document, Model& model) {
  const auto numbers = document.integers<int>("version", 0, 10'000);
  if (numbers.size() != 3) document.fail("version", "has not three parts");
  const std::pair version(numbers[0], numbers[1]);
  model.version = fmt::format("{}.{}.{}", numbers[0], numbers[1], numbers[2]);
  if (version > std::pair(3, 4))
    leave_uncovered(model, fmt::format("XGBoost {} wrote it, newer than 3.4", model.version));
  if (version < std::pair(2, 0))
    leave_uncovered(model, fmt::format("XGBoost {} wrote it, older than 2.0", model.version));
}

// "5E-1" until 3.0, "[5E-1,2E-1]" since.
std::vector<float> read_base_score(const Object& parameters, std::size_t outputs) {
  const Value value = read_text(parameters.text("base_score"));
  std::vector<float> scores;
  if (const auto* number = value.as<double>()) {
    scores.assign(outputs, static_cast<float>(*number));
  } else if (const auto* numbers = value.as<Numbers>()) {
    for (const double one : *numbers) scores.push_back(static_cast<float>(one));
    if (scores.size() == 1) scores.resize(outputs, scores.front());
  }
  if (scores.size() != outputs) parameters.fail("base_score", "does not fit the number of outputs");
  if (!std::ranges::all_of(scores, [](float score) { return std::isfinite(score); }))
    parameters.fail("base_score", "is not finite");
  return scores;
}

void to_base_margins(const Object& parameters, Model& model) {
  if (model.objective.base == Link::logistic &&
      !std::ranges::all_of(model.base, [](float score) { return score >= 0 && score <= 1; }))
    parameters.fail("base_score", "is no probability");
  to_margin(model.objective.base, model.base);
  if (!std::ranges::all_of(model.base, [](float margin) { return std::isfinite(margin); }))
    parameters.fail("base_score", "is not one of its objective");
}

void read_category_sets(const Object& object, Tree& tree) {
  const std::size_t nodes = tree.left.size();
  tree.set.assign(nodes, -1);
  tree.sets.assign(1, 0);
  const auto types = object.integers<std::uint8_t>("split_type", 0, 1);
  if (types.size() != nodes) object.fail("split_type", "has not one element per node");
  const auto owners = object.integers<std::int32_t>("categories_nodes", 0, max_int32);
  const auto starts = object.integers<std::uint32_t>("categories_segments", 0, max_int32);
  const auto sizes = object.integers<std::uint32_t>("categories_sizes", 1, max_int32);
  const auto codes = object.integers<std::int32_t>("categories", 0, max_category - 1);
  if (starts.size() != owners.size() || sizes.size() != owners.size())
    object.fail("categories_nodes", "does not fit the segments");
  if (static_cast<std::size_t>(std::ranges::count(types, 1)) != owners.size())
    object.fail("categories_nodes", "does not fit split_type");
  std::int32_t last = -1;
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const auto owner = static_cast<std::size_t>(owners[i]);
    if (owners[i] <= last || owner >= nodes || types[owner] != 1) object.fail("categories_nodes", "is not in order");
    // Segments that overlap could make a small file large in memory.
    if (starts[i] != expected || codes.size() - expected < sizes[i]) object.fail("categories", "has broken segments");
    last = owners[i];
    expected += sizes[i];
    tree.set[owner] = static_cast<std::int32_t>(i);
    tree.codes.insert(tree.codes.end(), codes.begin() + starts[i], codes.begin() + starts[i] + sizes[i]);
    std::sort(tree.codes.end() - sizes[i], tree.codes.end());
    tree.sets.push_back(static_cast<std::uint32_t>(tree.codes.size()));
  }
}

// The arrays of a tree that are not kept.
struct Links {
  std::vector<std::int32_t> right;
  std::vector<std::int32_t> parent;
};

// XGBoost writes the root's parent, -1, without its sign bit.
bool is_no_parent(std::int32_t parent) { return parent == -1 || parent == max_node; }

// XGBoost follows the parent of every node, reached or not, while it reads a tree.
void check_parents(const Object& object, const Links& links) {
  if (!is_no_parent(links.parent.front())) object.fail("parents", "gives the root one");
  for (std::size_t node = 1; node < links.parent.size(); ++node)
    if (links.parent[node] < 0 || static_cast<std::size_t>(links.parent[node]) >= links.parent.size())
      object.fail("parents", "points outside the tree");
}

// Every node that can be reached is reached once, from its parent, so that walks end.
void check_nodes(const Object& object, const Tree& tree, const Links& links, Model& model) {
  const std::size_t nodes = tree.left.size();
  std::vector<std::uint8_t> seen(nodes, 0);
  std::vector<std::size_t> open{0};
  seen[0] = 1;
  while (!open.empty()) {
    const std::size_t node = open.back();
    open.pop_back();
    if (tree.left[node] == -1) {
      if (!std::isfinite(tree.value[node])) leave_uncovered(model, "it has leaves that are not finite");
      continue;
    }
    if (links.right[node] < 0) object.fail("left_children", "points outside the tree");
    if (links.right[node] != tree.left[node] + 1) leave_uncovered(model, "it has siblings that are not neighbours");
    for (const std::int32_t index : {tree.left[node], links.right[node]}) {
      const auto child = static_cast<std::size_t>(index);
      if (child >= nodes) object.fail("left_children", "points outside the tree");
      if (seen[child] != 0) object.fail("left_children", "is no tree");
      if (static_cast<std::size_t>(links.parent[child]) != node) object.fail("parents", "does not fit the children");
      seen[child] = 1;
      open.push_back(child);
    }
    if (tree.feature[node] >= model.features) object.fail("split_indices", "names a feature that is not there");
    if (tree.set[node] < 0 && std::isnan(tree.value[node])) object.fail("split_conditions", "is not a number");
  }
}

Tree read_tree(const Object& object, Model& model) {
  const Object parameters = object.object("tree_param");
  if (const Value* size = parameters.find("size_leaf_vector"); size != nullptr) {
    if (parameters.parameter("size_leaf_vector", 0, max_outputs) > 1) throw Unsupported{"it has vector leaves"};
  }
  const auto nodes = static_cast<std::size_t>(parameters.parameter("num_nodes", 1, 1 << 30));
  Tree tree;
  Links links;
  tree.left = object.integers<std::int32_t>("left_children", -1, max_int32);
  links.right = object.integers<std::int32_t>("right_children", -1, max_int32);
  links.parent = object.integers<std::int32_t>("parents", -1, max_int32);
  tree.feature = object.integers<std::uint32_t>("split_indices", -max_int32 - 1, max_uint32);
  tree.value = object.floats("split_conditions");
  tree.to_left = object.integers<std::uint8_t>("default_left", 0, 255);
  for (auto& flag : tree.to_left) flag = flag == 1 ? 1 : 0;
  for (const std::size_t size : {tree.left.size(), links.right.size(), links.parent.size(), tree.feature.size(),
                                 tree.value.size(), tree.to_left.size()})
    if (size != nodes) throw Malformed{fmt::format("{} has arrays of different lengths", object.path("*"))};
  if (object.find("split_type") != nullptr) {
    read_category_sets(object, tree);
  } else {
    tree.set.assign(nodes, -1);
    tree.sets.assign(1, 0);
  }
  check_parents(object, links);
  check_nodes(object, tree, links, model);
  return tree;
}

std::vector<std::size_t> read_rounds(const Object& model, std::size_t trees, std::size_t outputs) {
  std::vector<std::size_t> rounds;
  if (model.find("iteration_indptr") != nullptr) {
    rounds = model.integers<std::size_t>("iteration_indptr", 0, max_int32);
    if (rounds.empty() || rounds.front() != 0 || rounds.back() != trees || !std::ranges::is_sorted(rounds))
      model.fail("iteration_indptr", "does not fit the trees");
    return rounds;
  }
  const auto parallel = static_cast<std::size_t>(
      model.object("gbtree_model_param").parameter("num_parallel_tree", 1, static_cast<std::int64_t>(max_int32)));
  if (trees % (parallel * outputs) != 0) model.fail("trees", "does not fit num_parallel_tree");
  for (std::size_t tree = 0; tree <= trees; tree += parallel * outputs) rounds.push_back(tree);
  return rounds;
}

// How many categories a column of the container has; the names of those that are texts.
std::size_t read_column(const Object& column, std::vector<std::string>& names) {
  if (column.find("offsets") == nullptr) return column.find("values") == nullptr ? 0 : column.numbers("values").size();
  const auto offsets = column.integers<std::size_t>("offsets", 0, max_int32);
  const auto bytes = column.integers<std::int16_t>("values", -128, 255);
  if (offsets.empty()) return 0;
  if (!std::ranges::is_sorted(offsets) || offsets.back() > bytes.size()) column.fail("offsets", "is out of range");
  for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
    std::string name;
    for (std::size_t at = offsets[i]; at < offsets[i + 1]; ++at) name += static_cast<char>(bytes[at]);
    names.push_back(std::move(name));
  }
  return names.size();
}

// Where the categories of each column begin, and the order of their names: XGBoost searches by both.
void check_order(const Object& cats, const std::vector<std::size_t>& counts) {
  const auto segments = cats.integers<std::size_t>("feature_segments", 0, max_int32);
  const auto order = cats.integers<std::size_t>("sorted_idx", 0, max_int32);
  std::vector<std::size_t> expected{0};
  for (const std::size_t count : counts) expected.push_back(expected.back() + count);
  const bool unused = segments.empty() && expected.back() == 0;
  if (!unused && segments != expected) cats.fail("feature_segments", "does not fit the categories");
  if (order.empty()) return;  // not sorted yet
  if (order.size() != expected.back()) cats.fail("sorted_idx", "does not fit the categories");
  for (std::size_t column = 0; column < counts.size(); ++column)
    for (std::size_t i = expected[column]; i < expected[column + 1]; ++i)
      if (order[i] >= counts[column]) cats.fail("sorted_idx", "is out of range");
}

// Names only: categories that are integers stay without.
std::vector<std::vector<std::string>> read_categories(const Object& model, std::size_t features) {
  std::vector<std::vector<std::string>> result;
  const Value* container = model.find("cats");
  if (container == nullptr) return result;
  const Object cats(*container, "cats");
  const auto& columns = cats.items("enc");
  if (columns.size() > features) cats.fail("enc", "has more features than the model");
  result.resize(columns.size());
  std::vector<std::size_t> counts;
  for (std::size_t feature = 0; feature < columns.size(); ++feature)
    counts.push_back(read_column(Object(columns[feature], "cats.enc"), result[feature]));
  check_order(cats, counts);
  return result;
}

void read_trees(const Object& booster, Model& result) {
  const std::string& name = booster.text("name");
  if (name != "gbtree" && name != "dart") throw Unsupported{fmt::format("its booster is {}", quoted(name))};
  const Object inner = name == "dart" ? booster.object("gbtree") : booster;
  const Object model = inner.object("model");
  const Items& trees = model.items("trees");
  const auto outputs = model.integers<std::size_t>("tree_info", 0, static_cast<double>(result.outputs) - 1);
  if (trees.empty()) leave_uncovered(result, "it has no trees");
  if (outputs.size() != trees.size()) model.fail("tree_info", "has not one element per tree");
  result.trees.reserve(trees.size());
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const Object tree(trees[i], fmt::format("trees[{}]", i));
    if (const auto* id = tree.at("id").as<double>(); id == nullptr || *id != static_cast<double>(i))
      tree.fail("id", "is not its place");
    result.trees.push_back(read_tree(tree, result));
    result.trees.back().output = outputs[i];
  }
  result.rounds = read_rounds(model, trees.size(), result.outputs);
  result.categories = read_categories(model, result.features);

  // Dropped trees: XGBoost multiplies each leaf by its tree's weight in float before adding.
  const Object& owner = booster.find("weight_drop") != nullptr ? booster : model;
  if (owner.find("weight_drop") == nullptr) return;
  const auto weights = owner.floats("weight_drop");
  if (weights.empty()) return;
  if (weights.size() != trees.size()) throw Unsupported{"only some of its trees have weights"};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i])) owner.fail("weight_drop", "is not finite");
    Tree& tree = result.trees[i];
    for (std::size_t node = 0; node < tree.left.size(); ++node)
      if (tree.left[node] == -1) tree.value[node] *= weights[i];
    if (std::ranges::any_of(tree.value, [](float value) { return std::isinf(value); }))
      leave_uncovered(result, "it has leaves that are not finite");
  }
}

}  // namespace

Model read_model(const Value& value) {
  const Object document(value, "the model");
  Model model;
  read_version(document, model);
  const Object learner = document.object("learner");
  const Object parameters = learner.object("learner_model_param");
  model.features = static_cast<std::size_t>(parameters.parameter("num_feature", 0, max_features));
  const auto classes = parameters.parameter("num_class", 0, max_outputs);
  const auto targets =
      parameters.find("num_target") != nullptr ? parameters.parameter("num_target", 0, max_outputs) : 1;
  model.outputs = static_cast<std::size_t>(std::max({classes, targets, std::int64_t{1}}));

  model.objective_name = learner.object("objective").text("name");
  model.base = read_base_score(parameters, model.outputs);
  if (const auto known = find_objective(model.objective_name)) {
    model.objective = *known;
    to_base_margins(parameters, model);
  } else {
    leave_uncovered(model, fmt::format("its objective is {}", quoted(model.objective_name)));
  }

  read_trees(learner.object("gradient_booster"), model);
  if (learner.find("feature_names") != nullptr) {
    model.names = learner.texts("feature_names");
    if (!model.names.empty() && model.names.size() != model.features)
      learner.fail("feature_names", "does not fit num_feature");
  }
  if (learner.find("feature_types") != nullptr) {
    model.types = learner.texts("feature_types");
    if (!model.types.empty() && model.types.size() != model.features)
      learner.fail("feature_types", "does not fit num_feature");
  }
  return model;
}

}  // namespace mlsys::forest
