#include "mlsys/forest/forest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "kernel.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/parallel.hpp"
#include "model.hpp"
#include "plan.hpp"

namespace mlsys::forest {
namespace {

// Memory that a call needs and the next one may use again.
struct Scratch {
  std::vector<std::uint64_t> memory;
  unsigned char* bytes(std::size_t size) {
    if (memory.size() * 8 < size + 64) memory.resize(size / 8 + 9);
    auto* begin = reinterpret_cast<unsigned char*>(memory.data());
    return begin + (64 - reinterpret_cast<std::uintptr_t>(begin) % 64) % 64;
  }
};

class Pool {
 public:
  std::unique_ptr<Scratch> take() {
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
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
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
  Scratch* operator->() const { return scratch_.get(); }

 private:
  Pool& pool_;
  std::unique_ptr<Scratch> scratch_;
};

[[noreturn]] void misuse(std::string_view why) {
  throw Error(Code::usage, fmt::format("cannot evaluate the forest: {}", why));
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

  bool has_row_kernel = false;
  double few_rows = 0;  // fewer cost more as a block than one by one

  void make_views();
  void weigh();
  [[nodiscard]] std::pair<std::size_t, std::size_t> chosen(const Options& options) const;
  void margins(const Source& source, std::span<float> out, const Options& options) const;
  void walk_rows(const BlockJob& job, std::uint64_t first, std::uint64_t last, float* out) const;
  void leaves(const Source& source, std::span<std::int32_t> out, const Options& options) const;
  [[nodiscard]] std::vector<Cursor> cursors(const Columns& rows) const;
  [[nodiscard]] std::vector<Cursor> cursors(const RowMajor& rows) const;
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
    for (const auto& page : feature.pages)
      pages.push_back({page.offset, page.row, page.count, page.predicates, page.missing_left, page.thresholds.data(),
                       page.nibbles.data()});
  }
  for (const auto& feature : plan.categorical)
    categorical.push_back({feature.feature, feature.row, feature.count,
                           static_cast<std::uint32_t>(feature.classes.size()), feature.stride, feature.classes.data(),
                           feature.bits.data()});
  for (const auto& tree : plan.trees)
    trees.push_back({tree.depth, tree.root, tree.output, plan.rows.data() + tree.rows,
                     plan.short_rows.empty() ? nullptr : plan.short_rows.data() + tree.rows,
                     plan.leaves.data() + tree.leaves, plan.leaf_bytes.data() + tree.bytes,
                     tree.exits == BlockTree::none ? nullptr : plan.exits.data() + tree.exits});
  numeric_kind.assign(model.features, 0);
  for (const auto& node : plan.nodes)
    if (node.left >= 0 && node.set < 0) numeric_kind[node.feature] = 1;
}

// Weights are about cycles, fitted to what tests/bench/forest_bench.cpp measures; they decide about time, never about
// results.
void Forest::Impl::weigh() {
  has_row_kernel = !plan.short_rows.empty() || plan.rows.empty();
  double block = 4.5 * static_cast<double>(plan.predicates);
  double row = 12. * static_cast<double>(numeric.size()) + static_cast<double>(plan.predicates) / 16;
  double walk = 0;
  for (const auto& feature : categorical) {
    block += 2.5 * feature.count;
    row += 0.1 * feature.count;
  }
  for (const auto& tree : trees) {
    if (tree.depth < 0) continue;  // walked either way
    const auto leaves = static_cast<double>(std::size_t{1} << tree.depth);
    block += 2.5 * leaves;
    row += 4 + 2. * tree.depth + 0.07 * leaves;
    walk += 25. * tree.depth;
  }
  few_rows = block / (has_row_kernel ? row : walk);
}

std::pair<std::size_t, std::size_t> Forest::Impl::chosen(const Options& options) const {
  const std::size_t rounds = model.rounds.size() - 1;
  const std::size_t end = options.end == 0 ? rounds : options.end;
  if (options.begin > end || end > rounds)
    misuse(fmt::format("it has {} rounds, not {} to {}", rounds, options.begin, options.end));
  return {model.rounds[options.begin], model.rounds[end]};
}

std::vector<Cursor> Forest::Impl::cursors(const Columns& rows) const {
  if (rows.features.size() != model.features)
    misuse(fmt::format("it has {} features, the rows have {}", model.features, rows.features.size()));
  std::vector<Cursor> result;
  result.reserve(model.features);
  for (std::size_t i = 0; i < model.features; ++i) {
    const Column& column = rows.features[i];
    const bool codes = !column.codes.empty();
    if ((codes ? column.codes.size() : column.values.size()) != rows.rows || (codes && !column.values.empty()))
      misuse(fmt::format("feature {} has not one value per row", i));
    if (codes && numeric_kind[i] != 0) misuse(fmt::format("feature {} is a number, not a category", i));
    result.push_back({codes ? nullptr : column.values.data(), codes ? column.codes.data() : nullptr, 1});
  }
  return result;
}

std::vector<Cursor> Forest::Impl::cursors(const RowMajor& rows) const {
  if (rows.stride < model.features)
    misuse(fmt::format("it has {} features, the rows have {}", model.features, rows.stride));
  if (rows.rows > 0 && (rows.values.size() < model.features ||
                        (rows.stride > 0 && (rows.values.size() - model.features) / rows.stride < rows.rows - 1)))
    misuse("the values end before the last row");
  std::vector<Cursor> result;
  result.reserve(model.features);
  for (std::size_t i = 0; i < model.features; ++i)
    result.push_back({rows.rows > 0 ? rows.values.data() + i : nullptr, nullptr, rows.stride});
  return result;
}

void Forest::Impl::margins(const Source& source, std::span<float> out, const Options& options) const {
  const auto [begin, end] = chosen(options);
  if (out.size() / model.outputs != source.rows || out.size() % model.outputs != 0)
    misuse("the result has not one element per row and output");
  if (!options.base_margin.empty() && options.base_margin.size() != out.size())
    misuse("the base margin has not one element per row and output");
  if (!available(options.kernel)) misuse(fmt::format("this machine has no kernel '{}'", name_of(options.kernel)));
  if (source.rows == 0) return;

  const float* base_margin = options.base_margin.empty() ? nullptr : options.base_margin.data();
  const BlockJob job{
      numeric.data(), categorical.data(), trees.data() + begin, &plan,       numeric.size(), categorical.size(),
      end - begin,    model.outputs,      model.base.data(),    base_margin, source};
  const Kernel kernel = options.kernel;
  const bool portable = kernel == Kernel::portable || kernel == Kernel::portable_rows || !available(Kernel::avx2);
  const Kernels& kernels = portable ? portable_kernels() : *avx2_kernels();
  const bool few = kernel == Kernel::automatic ? static_cast<double>(source.rows) < few_rows
                                               : kernel == Kernel::portable_rows || kernel == Kernel::avx2_rows;
  const bool walk = kernel == Kernel::walk || (few && !has_row_kernel);
  constexpr std::uint64_t rows_per_piece = 4096;
  const auto work = [&](std::size_t piece) {
    const std::uint64_t first = piece * rows_per_piece;
    const std::uint64_t last = std::min(source.rows, first + rows_per_piece);
    if (walk) return walk_rows(job, first, last, out.data());
    const Lease scratch(pool);
    unsigned char* bytes = scratch->bytes(kernels.scratch(plan.predicates, model.outputs));
    if (few) return kernels.run_rows(job, first, static_cast<std::size_t>(last - first), out.data(), bytes);
    for (std::uint64_t row = first; row < last; row += kernels.rows)
      kernels.run(job, plan.predicates, row,
                  static_cast<std::size_t>(std::min<std::uint64_t>(kernels.rows, last - row)), out.data(), bytes);
  };
  parallel_for(static_cast<std::size_t>((source.rows + rows_per_piece - 1) / rows_per_piece), options.threads, work);
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
  return (kernel != Kernel::avx2 && kernel != Kernel::avx2_rows) || avx2_kernels() != nullptr;
}

Compilation Forest::compile(std::span<const std::byte> model, std::string_view subject) {
  try {
    auto impl = std::make_unique<Impl>();
    impl->model = read_model(read_document(model));
    impl->plan = make_plan(impl->model);
    impl->model.trees = {};
    impl->make_views();
    impl->weigh();
    return {Forest(std::move(impl)), {}};
  } catch (const Unsupported& unsupported) {
    return {std::nullopt, unsupported.reason};
  } catch (const Malformed& malformed) {
    throw Error(Code::integrity,
                fmt::format("cannot read {}: it is no model of XGBoost's: {}", subject, malformed.reason));
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
  const auto cursors = impl_->cursors(rows);
  impl_->margins({cursors.data(), rows.rows}, out, options);
}
void Forest::margins(const RowMajor& rows, std::span<float> out, const Options& options) const {
  const auto cursors = impl_->cursors(rows);
  impl_->margins({cursors.data(), rows.rows}, out, options);
}
void Forest::leaves(const Columns& rows, std::span<std::int32_t> out, const Options& options) const {
  const auto cursors = impl_->cursors(rows);
  impl_->leaves({cursors.data(), rows.rows}, out, options);
}
void Forest::leaves(const RowMajor& rows, std::span<std::int32_t> out, const Options& options) const {
  const auto cursors = impl_->cursors(rows);
  impl_->leaves({cursors.data(), rows.rows}, out, options);
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
