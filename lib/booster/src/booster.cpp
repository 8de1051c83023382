#include "mlsys/booster/booster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "batch.hpp"
#include "ext/xgboost/xgboost.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::booster {

struct Matrix::Impl {
  ext::xgboost::Matrix matrix;
  ext::xgboost::MatrixNames names;
};

struct Booster::Impl {
  ext::xgboost::Booster booster;
};

std::string library_version() {
  const auto version = ext::xgboost::version();
  return fmt::format("{}.{}.{}", version[0], version[1], version[2]);
}

Matrix::Matrix(const data::Frame& frame, std::size_t features, const RowInfo& info, int max_bin, unsigned threads,
               const Matrix* reference)
    : impl_(std::make_unique<Impl>()) {
  const Batch batch(frame, features, &info);
  bool given = false;
  impl_->matrix = ext::xgboost::Matrix::quantile([&] { given = false; },
                                                 [&] { return std::exchange(given, true) ? nullptr : &batch.view(); },
                                                 batch.names(), reference ? &reference->impl_->matrix : nullptr,
                                                 max_bin, static_cast<int>(threads), "cannot quantise the features");
  impl_->names = batch.names();
}

Matrix::Matrix(Matrix&&) noexcept = default;
Matrix& Matrix::operator=(Matrix&&) noexcept = default;
Matrix::~Matrix() = default;

std::uint64_t Matrix::rows() const { return impl_->matrix.rows(); }

Booster::Booster(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Booster::Booster(Booster&&) noexcept = default;
Booster& Booster::operator=(Booster&&) noexcept = default;
Booster::~Booster() = default;

Booster::Booster(const Parameters& parameters, std::span<const Matrix* const> sets) : impl_(std::make_unique<Impl>()) {
  std::vector<const ext::xgboost::Matrix*> cached;
  for (const Matrix* set : sets) cached.push_back(&set->impl_->matrix);
  impl_->booster = ext::xgboost::Booster::create(cached);
  for (const auto& [name, value] : parameters)
    impl_->booster.set(name, value, fmt::format("cannot set parameter {} to {}", name, quoted(value)));
  if (sets.empty()) return;
  impl_->booster.set_feature_info("feature_name", sets.front()->impl_->names.features);
  impl_->booster.set_feature_info("feature_type", sets.front()->impl_->names.types);
}

void check_version(std::string_view ubj, std::string_view subject) {
  const auto version = model_version(ubj);
  if (version.empty())
    throw Error(Code::integrity, fmt::format("cannot read {}: it is no model that XGBoost wrote as UBJSON", subject));
  const auto running = library_version();
  const auto numbers = [](std::string_view text) {
    std::vector<std::int64_t> parts;
    for (const auto& part : split(text, '.')) parts.push_back(parse_int(part).value_or(0));
    return parts;
  };
  if (numbers(version) > numbers(running))
    throw Error(
        Code::failed,
        fmt::format("cannot use {}: it was written by XGBoost {}, and {} is running", subject, version, running),
        "upgrade mlsys; an older XGBoost can misread a newer model without noticing");
}

Booster Booster::load(std::string_view ubj, unsigned threads, std::string_view subject) {
  check_version(ubj, subject);
  auto impl = std::make_unique<Impl>();
  try {
    impl->booster = ext::xgboost::Booster::load(ubj, fmt::format("cannot read {}", subject));
    impl->booster.set("nthread", std::to_string(threads), "cannot set the number of threads");
  } catch (const Error& error) {
    throw Error(Code::integrity, error.message());
  }
  return Booster(std::move(impl));
}

void Booster::update(int round, const Matrix& train) {
  impl_->booster.update(round, train.impl_->matrix, fmt::format("boosting failed in round {}", round));
}

std::vector<Evaluation> Booster::evaluate(int round, std::span<const Matrix* const> sets,
                                          const std::vector<std::string>& names) const {
  std::vector<const ext::xgboost::Matrix*> matrices;
  for (const Matrix* set : sets) matrices.push_back(&set->impl_->matrix);
  const auto text =
      impl_->booster.evaluate(round, matrices, names, fmt::format("evaluation failed in round {}", round));
  // "[3]\ttrain-auc:0.81\tvalid-ndcg@10:0.79"
  std::vector<Evaluation> result;
  const auto fields = split(text, '\t');
  for (const auto& field : fields) {
    const auto dash = field.find('-');
    const auto colon = field.rfind(':');
    if (dash == std::string::npos || colon == std::string::npos || colon < dash) continue;
    const auto value = parse_double(std::string_view(field).substr(colon + 1));
    if (!value)
      throw Error(Code::failed, fmt::format("evaluation failed in round {}: XGBoost wrote {}", round, quoted(field)));
    result.push_back(
        {.set = field.substr(0, dash), .metric = field.substr(dash + 1, colon - dash - 1), .value = *value});
  }
  return result;
}

Booster Booster::first(int rounds) const {
  auto impl = std::make_unique<Impl>();
  impl->booster = impl_->booster.slice(0, rounds);
  return Booster(std::move(impl));
}

std::string Booster::save() const { return impl_->booster.save("ubj"); }
int Booster::rounds() const { return impl_->booster.rounds(); }
std::vector<std::string> Booster::feature_names() const { return impl_->booster.feature_info("feature_name"); }
std::vector<std::string> Booster::feature_types() const { return impl_->booster.feature_info("feature_type"); }

std::vector<float> Booster::margins(const data::Frame& frame) const {
  if (frame.rows == 0) return {};
  const Batch batch(frame, feature_names().size(), nullptr);
  return impl_->booster.predict(batch.view(), ext::xgboost::Booster::Kind::margin, "cannot score the rows").values;
}

std::vector<float> Booster::margins(const Matrix& matrix) const {
  return impl_->booster
      .predict(matrix.impl_->matrix, ext::xgboost::Booster::Kind::margin, "cannot score the rows of a matrix")
      .values;
}

std::map<std::string, std::vector<float>> Booster::thresholds(int rounds) const {
  const auto names = feature_names();
  const int known = this->rounds();
  // In its JSON XGBoost writes Infinity, which is none; in UBJSON thresholds are float32 themselves.
  const auto bytes = rounds < known ? first(rounds).save() : save();
  std::map<std::string, std::set<float>> found;
  const auto model = Json::from_ubjson(bytes, true, false);
  if (model.is_discarded())
    throw Error(Code::failed, "cannot read the thresholds of the booster: XGBoost wrote no UBJSON");
  const auto& booster = model.at("learner").at("gradient_booster");
  // dart wraps the trees in a second layer.
  const auto& trees = (booster.contains("gbtree") ? booster.at("gbtree") : booster).at("model").at("trees");
  for (const auto& tree : trees) {
    const auto& left = tree.at("left_children");
    for (std::size_t node = 0; node < left.size(); ++node) {
      const bool leaf = left[node].get<int>() < 0;
      if (leaf || tree.at("split_type").at(node).get<int>() != 0) continue;
      const auto threshold = tree.at("split_conditions").at(node).get<float>();
      // Of a feature whose largest values are near the end of float32, where XGBoost's last bin ends beyond it.
      if (!std::isfinite(threshold)) continue;
      found[names.at(tree.at("split_indices").at(node).get<std::size_t>())].insert(threshold);
    }
  }
  std::map<std::string, std::vector<float>> result;
  for (const auto& [name, values] : found) result[name].assign(values.begin(), values.end());
  return result;
}

std::vector<float> Booster::contributions(const data::Frame& frame) const {
  if (frame.rows == 0) return {};
  const Batch batch(frame, feature_names().size(), nullptr);
  const auto matrix = ext::xgboost::Matrix::exact(batch.view(), batch.names(), 0, "cannot explain the rows");
  return impl_->booster.predict(matrix, ext::xgboost::Booster::Kind::contributions, "cannot explain the rows").values;
}

std::map<std::string, double> Booster::importance(Importance kind) const {
  constexpr std::array<const char*, 5> names = {"weight", "gain", "cover", "total_gain", "total_cover"};
  auto scores = impl_->booster.feature_scores(names.at(static_cast<std::size_t>(kind)));
  for (const auto& feature : feature_names()) scores.try_emplace(feature, 0.0);
  return scores;
}

namespace {

// An integer of UBJSON: a type marker and big-endian bytes. Moves `text` past it.
std::optional<std::int64_t> take_integer(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const char type = text.front();
  const std::size_t size = type == 'i' || type == 'U' ? 1 : type == 'I' ? 2 : type == 'l' ? 4 : type == 'L' ? 8 : 0;
  if (size == 0 || text.size() < size + 1) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 1; i <= size; ++i) value = value << 8 | static_cast<unsigned char>(text[i]);
  text.remove_prefix(size + 1);
  return static_cast<std::int64_t>(value);  // versions are small and not negative
}

}  // namespace

// The document is {"learner": …, "version": [3, 4, 1]}, and its keys are sorted: the version ends it.
std::string model_version(std::string_view ubj) {
  constexpr std::string_view key = "\x07version[#";
  const auto found = ubj.rfind(key);
  if (!ubj.starts_with('{') || found == ubj.npos) return {};
  auto rest = ubj.substr(found + key.size());
  if (take_integer(rest) != 3) return {};
  std::vector<std::string> numbers;
  for (int i = 0; i < 3; ++i) {
    const auto number = take_integer(rest);
    if (!number) return {};
    numbers.push_back(std::to_string(*number));
  }
  return rest == "}" ? join(numbers, ".") : std::string();
}

}  // namespace mlsys::booster
