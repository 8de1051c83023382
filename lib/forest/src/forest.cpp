#include "mlsys/forest/forest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "kernel.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/parallel.hpp"
#include "model.hpp"
#include "plan.hpp"
#include "ways.hpp"

namespace mlsys::forest {
namespace {

// Memory that a call needs and the next one may use again.
struct Scratch {
  std::vector<Cursor> cursors;
  std::vector<std::uint64_t> memory;
  unsigned char* bytes(std::size_t size) {
    if (memory.size() * 8 < size + 64) memory.resize(size / 8 + 9);
    auto* begin = reinterpret_cast<unsigned char*>(memory.data());
    return begin + (64 - reinterpret_cast<std::uintptr_t>(begin) % 64) % 64;
  }
};

// One scratch changes hands without a lock, which is all that a single thread needs.
class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { delete spare_.load(std::memory_order_relaxed); }

  std::unique_ptr<Scratch> take() {
    if (Scratch* spare = spare_.exchange(nullptr, std::memory_order_acquire)) return std::unique_ptr<Scratch>(spare);
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      free_.reserve(made_ + 1);  // so that giving back cannot fail
      auto scratch = std::make_unique<Scratch>();
      ++made_;
      return scratch;
    }
    auto scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void give_back(std::unique_ptr<Scratch> scratch) {
    Scratch* none = nullptr;
    Scratch* own = scratch.release();
    if (spare_.compare_exchange_strong(none, own, std::memory_order_release, std::memory_order_relaxed)) return;
    scratch.reset(own);
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  std::atomic<Scratch*> spare_{nullptr};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
  std::size_t made_ = 0;
};

class Lease {
 public:
  explicit Lease(Pool& pool) : pool_(pool), scratch_(pool.take()) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { pool_.give_back(std::move(scratch_)); }
  Scratch& operator*() const { return *scratch_; }
  Scratch* operator->() const { return scratch_.get(); }

 private:
  Pool& pool_;
  std::unique_ptr<Scratch> scratch_;
};

[[noreturn]] void misuse(std::string_view why) {
  throw Error(Code::usage, fmt::format("cannot evaluate the forest: {}", why));
}

[[noreturn]] void refuse(std::string_view subject, const Malformed& malformed) {
  throw Error(Code::integrity,
              fmt::format("cannot read {}: it is no model of XGBoost's: {}", subject, malformed.reason));
}

}  // namespace

struct Forest::Impl {
  Model model;  // without its trees
  Plan plan;
  std::vector<NumericView> numeric;
  std::vector<PageView> pages;
  std::vector<CategoricalView> categorical;
  std::vector<TreeView> trees;
  std::vector<std::uint8_t> numeric_kind;  // per feature: 1 when some tree splits it as a number
  mutable Pool pool;
  Ways ways;

  void make_views();
  [[nodiscard]] std::pair<std::size_t, std::size_t> chosen(const Options& options) const;
  void margins(const Source& source, std::span<float> out, const Options& options, Scratch& scratch) const;
  void walk_rows(const BlockJob& job, std::uint64_t first, std::uint64_t last, float* out) const;
  void leaves(const Source& source, std::span<std::int32_t> out, const Options& options) const;
  Source source(const Columns& rows, Scratch& scratch) const;
  Source source(const RowMajor& rows, Scratch& scratch) const;
};

void Forest::Impl::make_views() {
  std::size_t count = 0;
  for (const auto& feature : plan.numeric) count += feature.pages.size();
  pages.reserve(count);  // the views below point into it
  for (const auto& feature : plan.numeric) {
    const Ranking& ranking = feature.ranking;
    NumericView view{};
    view.feature = feature.feature;
    view.pages = static_cast<std::uint32_t>(feature.pages.size());
    view.page = pages.data() + pages.size();
    view.thresholds = ranking.thresholds.data();
    view.start = ranking.start.data();
    view.count = static_cast<std::uint32_t>(ranking.count);
    view.map = static_cast<std::uint8_t>(ranking.map);
    view.steps = ranking.steps;
    view.shift = ranking.shift;
    view.low = ranking.low;
    view.scale = ranking.scale;
    view.top = static_cast<float>(ranking.start.empty() ? 0 : ranking.start.size() - 1);
    view.first = ranking.first;
    view.last = ranking.last;
    numeric.push_back(view);
    for (const auto& page : feature.pages) {
      PageView entry{page.offset,
                     page.row,
                     page.count,
                     page.predicates,
                     page.missing_left,
                     page.thresholds.data(),
                     page.nibbles.data(),
                     feature.feature,
                     0,
                     nullptr,
                     nullptr};
      if (!plan.tables.pages.empty()) {
        const PageSearch& search = plan.tables.pages[pages.size()];
        entry.levels = search.levels;
        entry.tree = search.tree.data();
        entry.pivots = search.pivots.data();
      }
      pages.push_back(entry);
    }
  }
  for (const auto& feature : plan.categorical)
    categorical.push_back({feature.feature, feature.row, feature.count,
                           static_cast<std::uint32_t>(feature.classes.size()), feature.stride, feature.classes.data(),
                           feature.bits.data(),
                           plan.tables.answers.empty() ? nullptr : plan.tables.answers[categorical.size()].data()});
  for (const auto& tree : plan.trees)
    trees.push_back({tree.depth, tree.root, tree.output, plan.rows.data() + tree.rows,
                     plan.short_rows.empty() ? nullptr : plan.short_rows.data() + tree.rows,
                     plan.leaves.data() + tree.leaves, plan.leaf_bytes.data() + tree.bytes,
                     tree.exits == BlockTree::none ? nullptr : plan.exits.data() + tree.exits});
  numeric_kind.assign(model.features, 0);
  for (const auto& node : plan.nodes)
    if (node.left >= 0 && node.set < 0) numeric_kind[node.feature] = 1;
}

std::pair<std::size_t, std::size_t> Forest::Impl::chosen(const Options& options) const {
  const std::size_t rounds = model.rounds.size() - 1;
  const std::size_t end = options.end == 0 ? rounds : options.end;
  if (options.begin > end || end > rounds)
    misuse(fmt::format("it has {} rounds, not {} to {}", rounds, options.begin, options.end));
  return {model.rounds[options.begin], model.rounds[end]};
}

Source Forest::Impl::source(const Columns& rows, Scratch& scratch) const {
  if (rows.features.size() != model.features)
    misuse(fmt::format("it has {} features, the rows have {}", model.features, rows.features.size()));
  scratch.cursors.clear();
  for (std::size_t i = 0; i < model.features; ++i) {
    const Column& column = rows.features[i];
    const bool codes = !column.codes.empty();
    if ((codes ? column.codes.size() : column.values.size()) != rows.rows || (codes && !column.values.empty()))
      misuse(fmt::format("feature {} has not one value per row", i));
    if (codes && numeric_kind[i] != 0) misuse(fmt::format("feature {} is a number, not a category", i));
    scratch.cursors.push_back({codes ? nullptr : column.values.data(), codes ? column.codes.data() : nullptr, 1});
  }
  return {scratch.cursors.data(), rows.rows};
}

Source Forest::Impl::source(const RowMajor& rows, Scratch& scratch) const {
  if (rows.stride < model.features)
    misuse(fmt::format("it has {} features, the rows have {}", model.features, rows.stride));
  if (rows.rows > 0 && (rows.values.size() < model.features ||
                        (rows.stride > 0 && (rows.values.size() - model.features) / rows.stride < rows.rows - 1)))
    misuse("the values end before the last row");
  scratch.cursors.clear();
  for (std::size_t i = 0; i < model.features; ++i)
    scratch.cursors.push_back({rows.rows > 0 ? rows.values.data() + i : nullptr, nullptr, rows.stride});
  return {scratch.cursors.data(), rows.rows};
}

void Forest::Impl::margins(const Source& source, std::span<float> out, const Options& options, Scratch& scratch) const {
  const auto [begin, end] = chosen(options);
  if (out.size() / model.outputs != source.rows || out.size() % model.outputs != 0)
    misuse("the result has not one element per row and output");
  if (!options.base_margin.empty() && options.base_margin.size() != out.size())
    misuse("the base margin has not one element per row and output");
  if (!available(options.kernel)) misuse(fmt::format("this machine has no kernel '{}'", name_of(options.kernel)));
  if (source.rows == 0) return;

  const NodeTables& tables = plan.tables;
  const auto from = [begin](const auto& table, std::size_t per_tree) {
    return table.empty() ? nullptr : table.data() + per_tree * begin;
  };
  const BlockJob job{.numeric = numeric.data(),
                     .page = pages.data(),
                     .categorical = categorical.data(),
                     .trees = trees.data() + begin,
                     .plan = &plan,
                     .numerics = numeric.size(),
                     .pages = pages.size(),
                     .categoricals = categorical.size(),
                     .tree_count = end - begin,
                     .outputs = model.outputs,
                     .base = model.base.data(),
                     .base_margin = options.base_margin.empty() ? nullptr : options.base_margin.data(),
                     .source = source,
                     .rank_registers = tables.rank_registers,
                     .nodes = from(tables.nodes, 1),
                     .node_leaves = from(tables.leaves, 64),
                     .nodes_below = from(tables.below, 64),
                     .first_tree = begin,
                     .all_trees = trees.size(),
                     .some_walked = tables.some_walked};
  const Way& way = options.kernel == Kernel::automatic ? ways.fastest(source.rows) : ways.find(options.kernel);
  constexpr std::uint64_t rows_per_piece = 4096;
  const auto piece_rows = [&](std::uint64_t first, Scratch& memory) {
    const std::uint64_t last = std::min(source.rows, first + rows_per_piece);
    if (way.kernels == nullptr) return walk_rows(job, first, last, out.data());
    const Kernels& kernels = *way.kernels;
    unsigned char* bytes = memory.bytes(kernels.scratch(plan.predicates, model.outputs));
    if (!way.blocks) return kernels.run_rows(job, first, static_cast<std::size_t>(last - first), out.data(), bytes);
    for (std::uint64_t row = first; row < last; row += kernels.rows)
      kernels.run(job, plan.predicates, row,
                  static_cast<std::size_t>(std::min<std::uint64_t>(kernels.rows, last - row)), out.data(), bytes);
  };
  if (source.rows <= rows_per_piece || options.threads <= 1) {
    for (std::uint64_t row = 0; row < source.rows; row += rows_per_piece) piece_rows(row, scratch);
    return;
  }
  const auto work = [&](std::size_t piece) { piece_rows(piece * rows_per_piece, *Lease(pool)); };
  parallel_for(static_cast<std::size_t>((source.rows + rows_per_piece - 1) / rows_per_piece), options.threads,
               std::cref(work));
}

// Rows [first, last).
void Forest::Impl::walk_rows(const BlockJob& job, std::uint64_t first, std::uint64_t last, float* out) const {
  for (std::uint64_t row = first; row < last; ++row)
    for (std::size_t output = 0; output < job.outputs; ++output)
      out[row * job.outputs + output] =
          job.base_margin == nullptr ? job.base[output] : job.base_margin[row * job.outputs + output];
  std::array<float, 256> values;
  for (std::uint64_t row = first; row < last; row += values.size()) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(values.size(), last - row));
    for (std::size_t i = 0; i < job.tree_count; ++i) {
      walk_values(plan, job.trees[i].root, job.source, row, count, values.data());
      float* sum = out + row * job.outputs + job.trees[i].output;
      for (std::size_t j = 0; j < count; ++j) sum[j * job.outputs] += values[j];
    }
  }
}

void Forest::Impl::leaves(const Source& source, std::span<std::int32_t> out, const Options& options) const {
  const auto [begin, end] = chosen(options);
  const std::size_t width = end - begin;
  if (out.size() != source.rows * width) misuse("the result has not one element per row and tree");
  constexpr std::uint64_t rows_per_piece = 4096;
  parallel_for(static_cast<std::size_t>((source.rows + rows_per_piece - 1) / rows_per_piece), options.threads,
               [&](std::size_t piece) {
                 std::array<std::uint32_t, 256> nodes;
                 const std::uint64_t last = std::min(source.rows, (piece + 1) * rows_per_piece);
                 for (std::uint64_t row = piece * rows_per_piece; row < last; row += nodes.size()) {
                   const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(nodes.size(), last - row));
                   for (std::size_t tree = 0; tree < width; ++tree) {
                     walk_nodes(plan, trees[begin + tree].root, source, row, count, nodes.data());
                     for (std::size_t i = 0; i < count; ++i) out[(row + i) * width + tree] = plan.nodes[nodes[i]].name;
                   }
                 }
               });
}

bool available(Kernel kernel) {
  switch (kernel) {
    case Kernel::avx2:
    case Kernel::avx2_rows:
      return avx2_kernels() != nullptr;
    case Kernel::avx512:
    case Kernel::avx512_rows:
      return avx512_kernels() != nullptr;
    default:
      return true;
  }
}

Compilation Forest::compile(std::span<const std::byte> model, std::string_view subject) {
  try {
    auto impl = std::make_unique<Impl>();
    impl->model = read_model(read_document(model));
    if (!impl->model.uncovered.empty()) return {std::nullopt, std::move(impl->model.uncovered)};
    impl->plan = make_plan(impl->model);
    impl->model.trees = {};
    if (avx512_kernels() != nullptr) add_node_tables(impl->plan);
    impl->make_views();
    impl->ways.add(impl->plan);
    return {Forest(std::move(impl)), {}};
  } catch (const Unsupported& unsupported) {
    return {std::nullopt, unsupported.reason};
  } catch (const Malformed& malformed) {
    refuse(subject, malformed);
  }
}

std::string check(std::span<const std::byte> model, std::string_view subject) {
  try {
    return read_model(read_document(model)).objective_name;
  } catch (const Unsupported& unsupported) {
    throw Error(Code::integrity,
                fmt::format("cannot use {}: nothing checks such a model before XGBoost reads it: {}", subject,
                            unsupported.reason),
                "models of gbtree and dart with one value per leaf are checked and scored");
  } catch (const Malformed& malformed) {
    refuse(subject, malformed);
  }
}

Forest::Forest(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Forest::Forest(Forest&&) noexcept = default;
Forest& Forest::operator=(Forest&&) noexcept = default;
Forest::~Forest() = default;

std::size_t Forest::features() const { return impl_->model.features; }
std::size_t Forest::outputs() const { return impl_->model.outputs; }
std::size_t Forest::rounds() const { return impl_->model.rounds.size() - 1; }
std::size_t Forest::trees() const { return impl_->trees.size(); }
std::size_t Forest::trees(const Options& options) const {
  const auto [begin, end] = impl_->chosen(options);
  return end - begin;
}
const std::string& Forest::objective() const { return impl_->model.objective_name; }
const std::string& Forest::version() const { return impl_->model.version; }
const std::vector<std::string>& Forest::feature_names() const { return impl_->model.names; }
bool Forest::categorical(std::size_t feature) const {
  const auto& types = impl_->model.types;
  return feature < types.size() && types[feature] == "c";
}
const std::vector<std::string>& Forest::categories(std::size_t feature) const {
  static const std::vector<std::string> none;
  const auto& categories = impl_->model.categories;
  return feature < categories.size() ? categories[feature] : none;
}
std::size_t Forest::bytes() const { return memory(impl_->plan); }

void Forest::margins(const Columns& rows, std::span<float> out, const Options& options) const {
  const Lease scratch(impl_->pool);
  impl_->margins(impl_->source(rows, *scratch), out, options, *scratch);
}
void Forest::margins(const RowMajor& rows, std::span<float> out, const Options& options) const {
  const Lease scratch(impl_->pool);
  impl_->margins(impl_->source(rows, *scratch), out, options, *scratch);
}
void Forest::leaves(const Columns& rows, std::span<std::int32_t> out, const Options& options) const {
  const Lease scratch(impl_->pool);
  impl_->leaves(impl_->source(rows, *scratch), out, options);
}
void Forest::leaves(const RowMajor& rows, std::span<std::int32_t> out, const Options& options) const {
  const Lease scratch(impl_->pool);
  impl_->leaves(impl_->source(rows, *scratch), out, options);
}

std::size_t Forest::predictions() const {
  return impl_->model.objective.transform == Link::argmax ? 1 : impl_->model.outputs;
}

void Forest::transform(std::span<const float> margins, std::span<float> out) const {
  if (margins.size() % outputs() != 0 || out.size() != margins.size() / outputs() * predictions())
    misuse("margins and predictions do not have the same rows");
  to_predictions(impl_->model.objective.transform, outputs(), margins, out);
}

}  // namespace mlsys::forest
