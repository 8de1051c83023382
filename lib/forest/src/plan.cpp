#include "plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

namespace mlsys::forest {
namespace {

int depth_of(const Tree& tree) {
  int deepest = 0;
  std::vector<std::pair<std::int32_t, int>> open{{0, 0}};
  while (!open.empty()) {
    const auto [node, depth] = open.back();
    open.pop_back();
    deepest = std::max(deepest, depth);
    const std::int32_t left = tree.left[static_cast<std::size_t>(node)];
    if (left < 0) continue;
    open.emplace_back(left, depth + 1);
    open.emplace_back(left + 1, depth + 1);
  }
  return deepest;
}

// What a categorical split asks: which categories go right, and where missing values go. Equal questions are asked
// once.
struct Question {
  std::span<const std::int32_t> codes;
  bool missing_right;
  bool operator==(const Question& other) const {
    return missing_right == other.missing_right && std::ranges::equal(codes, other.codes);
  }
};
struct QuestionHash {
  std::size_t operator()(const Question& question) const {
    const std::string_view bytes(reinterpret_cast<const char*>(question.codes.data()), question.codes.size_bytes());
    return std::hash<std::string_view>()(bytes) * 2 + static_cast<std::size_t>(question.missing_right);
  }
};

// The classes of this feature's categories would take too much memory.
struct TooLarge {
  std::uint32_t feature;
};
constexpr std::size_t max_class_bytes = std::size_t{128} << 20;
constexpr std::size_t max_sparse_codes = std::size_t{1} << 20;

class Planner {
 public:
  // Trees that split on `walked` features are left to the walk.
  Planner(const Model& model, const std::vector<std::uint32_t>& walked) : model_(model) {
    kinds_.resize(model.features, 0);
    for (const std::uint32_t feature : walked) kinds_[feature] = walk_only;
  }

  Plan make() {
    for (const Tree& tree : model_.trees) add_walk(tree);
    for (std::size_t i = 0; i < model_.trees.size(); ++i)
      if (plan_.trees[i].depth >= 0) collect(model_.trees[i]);
    lay_out_numeric();
    lay_out_categorical();
    for (std::size_t i = 0; i < model_.trees.size(); ++i)
      if (plan_.trees[i].depth >= 0) fill_tree(model_.trees[i], plan_.trees[i]);
    if (plan_.predicates <= 0x10000)
      for (const std::uint32_t row : plan_.rows) plan_.short_rows.push_back(static_cast<std::uint16_t>(row / 16));
    return std::move(plan_);
  }

 private:
  // Nodes in breadth-first order, siblings side by side.
  void add_walk(const Tree& tree) {
    BlockTree entry;
    entry.root = static_cast<std::uint32_t>(plan_.nodes.size());
    entry.output = static_cast<std::uint32_t>(tree.output);
    const int depth = depth_of(tree);
    bool walk_it = false;
    std::vector<std::int32_t> order{0};
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto node = static_cast<std::size_t>(order[i]);
      WalkNode walk{-1, 0, tree.value[node], -1, order[i], tree.to_left[node] != 0};
      if (tree.left[node] >= 0) {
        walk.left = static_cast<std::int32_t>(entry.root + order.size());
        walk.feature = tree.feature[node];
        order.push_back(tree.left[node]);
        order.push_back(tree.left[node] + 1);
        walk_it |= note_kind(tree.feature[node], tree.set[node] >= 0);
        if (tree.set[node] >= 0) walk.set = add_set(codes_of(tree, node));
      }
      plan_.nodes.push_back(walk);
    }
    if (!walk_it) entry.depth = std::min(depth, BlockTree::max_depth);
    if (!walk_it && depth > BlockTree::max_depth) entry.exits = 0;  // set in fill_tree
    plan_.trees.push_back(entry);
  }

  // Whether trees with this feature are walked.
  bool note_kind(std::uint32_t feature, bool categorical) {
    kinds_[feature] |= categorical ? 2 : 1;
    if ((kinds_[feature] & 3) == 3)
      throw Unsupported{fmt::format("feature {} is split both as a number and as a category", feature)};
    return (kinds_[feature] & walk_only) != 0;
  }

  static std::span<const std::int32_t> codes_of(const Tree& tree, std::size_t node) {
    const auto set = static_cast<std::size_t>(tree.set[node]);
    return std::span(tree.codes).subspan(tree.sets[set], tree.sets[set + 1] - tree.sets[set]);
  }

  std::int32_t add_set(std::span<const std::int32_t> codes) {
    const auto [found, added] =
        set_numbers_.try_emplace(Question{codes, false}, static_cast<std::int32_t>(plan_.sets.sets.size()));
    if (added) {
      auto& words = plan_.sets.words;
      const std::size_t begin = words.size();
      const std::size_t bits = static_cast<std::size_t>(codes.back()) / 32 + 1;
      const bool listed = bits > 8 * codes.size();
      if (listed) {
        words.insert(words.end(), codes.begin(), codes.end());
      } else {
        words.resize(begin + bits, 0);
        for (const std::int32_t code : codes)
          words[begin + static_cast<std::size_t>(code) / 32] |= 1U << (static_cast<unsigned>(code) % 32);
      }
      plan_.sets.sets.push_back(
          {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(words.size() - begin), listed});
    }
    return found->second;
  }

  void collect(const Tree& tree) {
    each_split(tree, [&](std::size_t node) {
      const std::uint32_t feature = tree.feature[node];
      if (tree.set[node] < 0)
        numeric_[feature].thresholds.push_back(tree.value[node]);
      else
        ask(categorical_[feature], question_of(tree, node));
    });
  }

  // The splits that blocks cover.
  template <class Visit>
  void each_split(const Tree& tree, Visit visit) const {
    std::vector<std::pair<std::int32_t, int>> open{{0, 0}};
    while (!open.empty()) {
      const auto [number, level] = open.back();
      const auto node = static_cast<std::size_t>(number);
      open.pop_back();
      if (tree.left[node] < 0 || level == BlockTree::max_depth) continue;
      visit(node);
      open.emplace_back(tree.left[node], level + 1);
      open.emplace_back(tree.left[node] + 1, level + 1);
    }
  }

  static Question question_of(const Tree& tree, std::size_t node) {
    return {codes_of(tree, node), tree.to_left[node] == 0};
  }

  // Predicates of a feature are ordered by threshold, so that the ones that are used are numbered without gaps.
  void lay_out_numeric() {
    for (auto& [number, feature] : numeric_) {
      NumericFeature entry;
      entry.feature = number;
      entry.ranking = make_ranking(std::move(feature.thresholds));
      feature.used.assign(entry.ranking.count * 2, 0);
      feature.index = plan_.numeric.size();
      plan_.numeric.push_back(std::move(entry));
    }
    for (std::size_t i = 0; i < model_.trees.size(); ++i) {
      if (plan_.trees[i].depth < 0) continue;
      const Tree& tree = model_.trees[i];
      each_split(tree, [&](std::size_t node) {
        if (tree.set[node] < 0) numeric_.at(tree.feature[node]).used[place_of(tree, node)] = 1;
      });
    }
    for (auto& [number, feature] : numeric_) {
      NumericFeature& entry = plan_.numeric[feature.index];
      for (std::size_t offset = 0; offset < entry.ranking.count; offset += 255) {
        Page page;
        page.offset = static_cast<std::uint32_t>(offset);
        page.count = static_cast<std::uint32_t>(std::min<std::size_t>(255, entry.ranking.count - offset));
        page.row = static_cast<std::uint32_t>(plan_.predicates);
        for (const std::size_t right : {0U, 1U}) {
          for (std::size_t threshold = 0; threshold < page.count; ++threshold) {
            std::uint32_t& used = feature.used[(offset + threshold) * 2 + right];
            if (used == 0) continue;
            used = static_cast<std::uint32_t>(plan_.predicates++);
            page.thresholds.push_back(static_cast<std::uint8_t>(threshold));
            page.nibbles.push_back(static_cast<std::uint8_t>(threshold / 16 * 16));
            page.nibbles.push_back(static_cast<std::uint8_t>(threshold % 16 * 16));
          }
          if (right == 0) page.missing_left = static_cast<std::uint32_t>(page.thresholds.size());
        }
        page.predicates = static_cast<std::uint32_t>(page.thresholds.size());
        page.thresholds.resize(page.thresholds.size() + 64, 0);
        entry.pages.push_back(std::move(page));
      }
    }
  }

  // Twice the number of the threshold, plus one when missing values go right.
  std::size_t place_of(const Tree& tree, std::size_t node) const {
    const Ranking& ranking = plan_.numeric[numeric_.at(tree.feature[node]).index].ranking;
    const auto end = ranking.thresholds.begin() + static_cast<std::ptrdiff_t>(ranking.count);
    const auto found = std::lower_bound(ranking.thresholds.begin(), end, tree.value[node]);
    return static_cast<std::size_t>(found - ranking.thresholds.begin()) * 2 + (tree.to_left[node] == 0 ? 1 : 0);
  }

  void lay_out_categorical() {
    for (auto& [number, questions] : categorical_) {
      CategoricalFeature entry;
      entry.feature = number;
      entry.row = static_cast<std::uint32_t>(plan_.predicates);
      entry.count = static_cast<std::uint32_t>(questions.ordered.size());
      questions.row = entry.row;
      plan_.predicates += (std::size_t{entry.count} + 7) / 8 * 8;
      fill_classes(questions.ordered, entry);
      plan_.categorical.push_back(std::move(entry));
    }
  }

  static void fill_classes(const std::vector<const Question*>& questions, CategoricalFeature& entry) {
    entry.stride = (questions.size() + 127) / 128 * 16;
    std::size_t codes = 0;
    std::size_t listed = 0;
    for (const Question* question : questions) {
      codes = std::max(codes, static_cast<std::size_t>(question->codes.back()) + 1);
      listed += question->codes.size();
    }
    if (codes > max_sparse_codes && codes > 64 * listed) throw TooLarge{entry.feature};
    // Which questions each code answers with right, as lists: codes may be many and questions few, or the reverse.
    std::vector<std::vector<std::uint32_t>> right(codes);
    entry.bits.assign(entry.stride * 2, 0);
    for (std::uint32_t i = 0; i < questions.size(); ++i) {
      for (const std::int32_t code : questions[i]->codes) {
        auto& list = right[static_cast<std::size_t>(code)];
        if (list.empty() || list.back() != i) list.push_back(i);
      }
      if (questions[i]->missing_right)
        entry.bits[entry.stride + i / 8] = static_cast<std::uint8_t>(entry.bits[entry.stride + i / 8] | 1U << (i % 8));
    }
    std::map<std::vector<std::uint32_t>, std::uint32_t> classes{{{}, 0}};
    std::uint32_t next = 2;
    entry.classes.resize(codes);
    for (std::size_t code = 0; code < codes; ++code) {
      const auto [found, added] = classes.try_emplace(std::move(right[code]), next);
      entry.classes[code] = found->second;
      if (!added) continue;
      ++next;
      const std::size_t begin = entry.bits.size();
      if (begin > max_class_bytes) throw TooLarge{entry.feature};
      entry.bits.resize(begin + entry.stride, 0);
      for (const std::uint32_t i : found->first)
        entry.bits[begin + i / 8] = static_cast<std::uint8_t>(entry.bits[begin + i / 8] | 1U << (i % 8));
    }
  }

  std::uint32_t row_of(const Tree& tree, std::size_t node) const {
    const std::uint32_t feature = tree.feature[node];
    if (tree.set[node] < 0) return numeric_.at(feature).used[place_of(tree, node)];
    const auto& questions = categorical_.at(feature);
    const std::uint32_t bit = questions.numbers.at(question_of(tree, node));
    return questions.row + row_of_bit(bit, static_cast<std::uint32_t>(questions.ordered.size()));
  }

  void fill_tree(const Tree& tree, BlockTree& entry) {
    const std::size_t leaves = std::size_t{1} << entry.depth;
    entry.rows = static_cast<std::uint32_t>(plan_.rows.size());
    entry.leaves = static_cast<std::uint32_t>(plan_.leaves.size());
    plan_.rows.resize(plan_.rows.size() + leaves - 1, 0);
    // Heap order: the children of place p are 2p + 1 and 2p + 2. A leaf above the last level repeats itself below,
    // where any comparison will do.
    std::vector<std::size_t> nodes(2 * leaves - 1, 0);
    for (std::size_t place = 0; place < leaves - 1; ++place) {
      const std::size_t node = nodes[place];
      const bool leaf = tree.left[node] < 0;
      if (!leaf) plan_.rows[entry.rows + place] = row_of(tree, node) * 16;
      for (const std::size_t side : {0U, 1U})
        nodes[2 * place + 1 + side] = leaf ? node : static_cast<std::size_t>(tree.left[node]) + side;
    }
    for (std::size_t i = 0; i < leaves; ++i) plan_.leaves.push_back(tree.value[nodes[leaves - 1 + i]]);
    if (entry.exits != BlockTree::none) {
      entry.exits = static_cast<std::uint32_t>(plan_.exits.size());
      std::vector<std::uint32_t> walked(tree.left.size(), 0);
      for (std::uint32_t at = entry.root; at < plan_.nodes.size(); ++at) {
        if (at > entry.root && plan_.nodes[at].name == 0) break;  // the next tree's root
        walked[static_cast<std::size_t>(plan_.nodes[at].name)] = at;
      }
      for (std::size_t i = 0; i < leaves; ++i) plan_.exits.push_back(walked[nodes[leaves - 1 + i]]);
      return;
    }
    const std::size_t width = std::max<std::size_t>(16, leaves);
    entry.bytes = static_cast<std::uint32_t>(plan_.leaf_bytes.size());
    plan_.leaf_bytes.resize(plan_.leaf_bytes.size() + 4 * width, 0);
    for (std::size_t i = 0; i < leaves; ++i) {
      const auto bits = std::bit_cast<std::uint32_t>(plan_.leaves[entry.leaves + i]);
      for (std::size_t plane = 0; plane < 4; ++plane)
        plan_.leaf_bytes[entry.bytes + plane * width + i] = static_cast<std::uint8_t>(bits >> (8 * plane));
    }
  }

  struct Collected {
    std::vector<float> thresholds;
    std::vector<std::uint32_t> used;  // per place: whether a node asks it, later its predicate
    std::size_t index = 0;            // into Plan::numeric
  };

  // The distinct questions about a categorical feature, numbered as they are met.
  struct Questions {
    std::unordered_map<Question, std::uint32_t, QuestionHash> numbers;
    std::vector<const Question*> ordered;
    std::uint32_t row = 0;
  };
  static void ask(Questions& questions, const Question& question) {
    const auto [found, added] =
        questions.numbers.try_emplace(question, static_cast<std::uint32_t>(questions.ordered.size()));
    if (added) questions.ordered.push_back(&found->first);
  }

  static constexpr std::uint8_t walk_only = 4;

  const Model& model_;
  Plan plan_;
  std::vector<std::uint8_t> kinds_;  // per feature: 1 numeric, 2 categorical, walk_only
  std::unordered_map<Question, std::int32_t, QuestionHash> set_numbers_;
  std::map<std::uint32_t, Collected> numeric_;
  std::map<std::uint32_t, Questions> categorical_;
};

}  // namespace

std::uint32_t row_of_bit(std::uint32_t bit, std::uint32_t count) {
  const std::uint32_t chunk = bit / 128;
  const std::uint32_t columns = std::min(16U, (count + 7) / 8 - chunk * 16);
  return chunk * 128 + bit % 8 * columns + bit % 128 / 8;
}

Plan make_plan(const Model& model) {
  std::vector<std::uint32_t> walked;
  while (true) {
    try {
      return Planner(model, walked).make();
    } catch (const TooLarge& large) {
      walked.push_back(large.feature);
    }
  }
}

std::size_t memory(const Plan& plan) {
  const auto bytes = [](const auto& vector) { return vector.size() * sizeof(vector[0]); };
  std::size_t sum = bytes(plan.nodes) + bytes(plan.sets.sets) + bytes(plan.sets.words) + bytes(plan.trees) +
                    bytes(plan.rows) + bytes(plan.short_rows) + bytes(plan.exits) + bytes(plan.leaves) +
                    bytes(plan.leaf_bytes);
  for (const auto& feature : plan.numeric) {
    sum += bytes(feature.ranking.thresholds) + bytes(feature.ranking.start);
    for (const auto& page : feature.pages) sum += sizeof(page) + bytes(page.thresholds) + bytes(page.nibbles);
  }
  for (const auto& feature : plan.categorical) sum += bytes(feature.classes) + bytes(feature.bits);
  sum += bytes(plan.tables.nodes) + bytes(plan.tables.leaves) + bytes(plan.tables.below);
  for (const auto& page : plan.tables.pages) sum += bytes(page.tree) + bytes(page.pivots);
  for (const auto& answers : plan.tables.answers) sum += bytes(answers);
  return sum;
}

}  // namespace mlsys::forest
