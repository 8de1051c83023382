#include <fmt/format.h>

#include "ext/xgboost/api.hpp"
#include "ext/xgboost/columns.hpp"
#include "ext/xgboost/xgboost.hpp"
#include "mlsys/base/error.hpp"

namespace mlsys::ext::xgboost {
namespace {

std::vector<void*> handles(std::span<const Matrix* const> matrices) {
  std::vector<void*> result;
  result.reserve(matrices.size());
  for (const Matrix* matrix : matrices) result.push_back(matrix->handle());
  return result;
}

std::string predict_config(Booster::Kind kind) {
  return fmt::format(R"({{"type": {}, "training": false, "iteration_begin": 0, "iteration_end": 0, )"
                     R"("strict_shape": true, "missing": NaN}})",
                     static_cast<int>(kind));
}

Prediction copy(const bst_ulong* shape, bst_ulong dimensions, const float* values) {
  Prediction prediction;
  prediction.shape.assign(shape, shape + dimensions);
  std::uint64_t size = dimensions == 0 ? 0 : 1;
  for (const auto extent : prediction.shape) size *= extent;
  prediction.values.assign(values, values + size);
  return prediction;
}

}  // namespace

Booster::~Booster() {
  if (handle_ != nullptr) api().XGBoosterFree(handle_);
}

Booster Booster::create(std::span<const Matrix* const> cached) {
  const auto matrices = handles(cached);
  void* handle = nullptr;
  check(api().XGBoosterCreate(matrices.data(), matrices.size(), &handle), "cannot create a booster");
  return Booster(handle);
}

Booster Booster::load(std::string_view bytes, std::string_view doing) {
  auto booster = create({});
  check(api().XGBoosterLoadModelFromBuffer(booster.handle_, bytes.data(), bytes.size()), doing);
  return booster;
}

void Booster::set(const std::string& name, const std::string& value, std::string_view doing) {
  check(api().XGBoosterSetParam(handle_, name.c_str(), value.c_str()), doing);
}

void Booster::update(int round, const Matrix& train, std::string_view doing) {
  check(api().XGBoosterUpdateOneIter(handle_, round, train.handle()), doing);
}

std::string Booster::evaluate(int round, std::span<const Matrix* const> sets, const std::vector<std::string>& names,
                              std::string_view doing) const {
  auto matrices = handles(sets);
  std::vector<const char*> texts;
  for (const auto& name : names) texts.push_back(name.c_str());
  const char* result = nullptr;
  check(api().XGBoosterEvalOneIter(handle_, round, matrices.data(), texts.data(), matrices.size(), &result), doing);
  return result;
}

Booster Booster::slice(int begin, int end) const {
  void* handle = nullptr;
  check(api().XGBoosterSlice(handle_, begin, end, 1, &handle), "cannot cut the booster to its best round");
  return Booster(handle);
}

std::string Booster::save(std::string_view format) const {
  const auto config = fmt::format(R"({{"format": "{}"}})", format);
  bst_ulong size = 0;
  const char* bytes = nullptr;
  check(api().XGBoosterSaveModelToBuffer(handle_, config.c_str(), &size, &bytes), "cannot write the booster");
  return {bytes, size};
}

void Booster::configure() {
  bst_ulong size = 0;
  const char* text = nullptr;
  check(api().XGBoosterSaveJsonConfig(handle_, &size, &text), "cannot use the parameters of XGBoost");
}

int Booster::rounds() const {
  int rounds = 0;
  check(api().XGBoosterBoostedRounds(handle_, &rounds), "cannot count the rounds of the booster");
  return rounds;
}

std::vector<std::string> Booster::feature_info(const char* field) const {
  bst_ulong size = 0;
  const char** values = nullptr;
  check(api().XGBoosterGetStrFeatureInfo(handle_, field, &size, &values), "cannot read the booster's features");
  return {values, values + size};
}

void Booster::set_feature_info(const char* field, const std::vector<std::string>& values) {
  std::vector<const char*> texts;
  for (const auto& value : values) texts.push_back(value.c_str());
  check(api().XGBoosterSetStrFeatureInfo(handle_, field, texts.data(), texts.size()),
        "cannot name the features of the booster");
}

Prediction Booster::predict(const BatchView& batch, Kind kind, std::string_view doing) const {
  const auto text = columns_interface(batch);
  const auto config = predict_config(kind);
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  check(
      api().XGBoosterPredictFromColumnar(handle_, text.c_str(), config.c_str(), nullptr, &shape, &dimensions, &values),
      doing);
  return copy(shape, dimensions, values);
}

Prediction Booster::predict(const Matrix& matrix, Kind kind, std::string_view doing) const {
  const auto config = predict_config(kind);
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  check(api().XGBoosterPredictFromDMatrix(handle_, matrix.handle(), config.c_str(), &shape, &dimensions, &values),
        doing);
  return copy(shape, dimensions, values);
}

std::map<std::string, double> Booster::feature_scores(const char* type) const {
  const auto config = fmt::format(R"({{"importance_type": "{}"}})", type);
  bst_ulong features = 0;
  const char** names = nullptr;
  bst_ulong dimensions = 0;
  const bst_ulong* shape = nullptr;
  const float* scores = nullptr;
  check(api().XGBoosterFeatureScore(handle_, config.c_str(), &features, &names, &dimensions, &shape, &scores),
        "cannot compute feature importance");
  std::map<std::string, double> result;
  for (bst_ulong i = 0; i < features; ++i) result[names[i]] += static_cast<double>(scores[i]);
  return result;
}

}  // namespace mlsys::ext::xgboost
