#include <fmt/format.h>

#include <exception>
#include <memory>

#include "ext/xgboost/api.hpp"
#include "ext/xgboost/columns.hpp"
#include "ext/xgboost/xgboost.hpp"
#include "mlsys/base/error.hpp"

namespace mlsys::ext::xgboost {
namespace {

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> result;
  result.reserve(texts.size());
  for (const auto& text : texts) result.push_back(text.c_str());
  return result;
}

void set_names(void* matrix, const MatrixNames& names, std::string_view doing) {
  auto features = pointers(names.features);
  check(api().XGDMatrixSetStrFeatureInfo(matrix, "feature_name", features.data(), features.size()), doing);
  auto types = pointers(names.types);
  check(api().XGDMatrixSetStrFeatureInfo(matrix, "feature_type", types.data(), types.size()), doing);
}

template <class T>
void set_info(void* matrix, const char* field, std::span<const T> values, const char* type, std::string_view doing) {
  if (values.empty()) return;
  const auto text = array_interface(values.data(), values.size(), type);
  check(api().XGDMatrixSetInfoFromInterface(matrix, field, text.c_str()), doing);
}

void set_infos(void* matrix, const BatchView& batch, std::string_view doing) {
  set_info(matrix, "label", batch.label, "<f4", doing);
  set_info(matrix, "group", batch.groups, "<u4", doing);
  set_info(matrix, "weight", batch.weight, "<f4", doing);
}

// What the C callbacks work on. An exception of ours must not travel through XGBoost's frames: it is kept and
// rethrown by the caller.
struct Iterator {
  void* proxy;
  const std::function<void()>& restart;
  const std::function<const BatchView*()>& batch;
  const MatrixNames& names;
  std::string_view doing;
  std::exception_ptr failure;
};

int next_batch(DataIterHandle handle) {
  auto& iterator = *static_cast<Iterator*>(handle);
  if (iterator.failure) return 0;
  try {
    const BatchView* batch = iterator.batch();
    if (batch == nullptr) return 0;
    const auto text = columns_interface(*batch);
    check(api().XGProxyDMatrixSetDataColumnar(iterator.proxy, text.c_str()), iterator.doing);
    set_names(iterator.proxy, iterator.names, iterator.doing);
    set_infos(iterator.proxy, *batch, iterator.doing);
    return 1;
  } catch (...) {
    iterator.failure = std::current_exception();
    return 0;
  }
}

void restart_batches(DataIterHandle handle) {
  auto& iterator = *static_cast<Iterator*>(handle);
  try {
    iterator.restart();
  } catch (...) {
    if (!iterator.failure) iterator.failure = std::current_exception();
  }
}

}  // namespace

CategoryNames::CategoryNames(const std::vector<std::string>& names) {
  offsets.reserve(names.size() + 1);
  offsets.push_back(0);
  for (const auto& name : names) {
    bytes += name;
    offsets.push_back(static_cast<std::int32_t>(bytes.size()));
  }
}

std::string array_interface(const void* data, std::size_t size, const char* type) {
  // A null pointer is refused even for no elements; any address will do.
  const void* address = data != nullptr ? data : &size;
  return fmt::format(R"({{"data": [{}, true], "typestr": "{}", "shape": [{}], "strides": null, "version": 3}})",
                     reinterpret_cast<std::uintptr_t>(address), type, size);
}

std::string columns_interface(const BatchView& batch) {
  std::string text = "[";
  for (const auto& column : batch.columns) {
    if (text.size() > 1) text += ", ";
    if (column.names == nullptr) {
      text += array_interface(column.values, batch.rows, "<f4");
      continue;
    }
    auto codes = array_interface(column.codes, batch.rows, "<i4");
    if (column.valid != nullptr) {
      codes.pop_back();
      codes += fmt::format(R"(, "mask": {}}})", array_interface(column.valid, batch.rows, "|t1"));
    }
    const auto& names = *column.names;
    text += fmt::format(R"([{{"offsets": {}, "values": {}}}, {}])",
                        array_interface(names.offsets.data(), names.offsets.size(), "<i4"),
                        array_interface(names.bytes.data(), names.bytes.size(), "|i1"), codes);
  }
  return text + "]";
}

Matrix::~Matrix() {
  if (handle_ != nullptr) api().XGDMatrixFree(handle_);
}

Matrix Matrix::quantile(const std::function<void()>& restart, const std::function<const BatchView*()>& batch,
                        const MatrixNames& names, const Matrix* reference, int max_bin, int threads,
                        std::string_view doing) {
  void* proxy_handle = nullptr;
  check(api().XGProxyDMatrixCreate(&proxy_handle), doing);
  const Matrix proxy(proxy_handle);
  Iterator iterator{proxy_handle, restart, batch, names, doing, nullptr};
  const auto config = fmt::format(R"({{"missing": NaN, "nthread": {}, "max_bin": {}}})", threads, max_bin);
  void* handle = nullptr;
  const int status = api().XGQuantileDMatrixCreateFromCallback(&iterator, proxy_handle,
                                                               reference != nullptr ? reference->handle_ : nullptr,
                                                               restart_batches, next_batch, config.c_str(), &handle);
  Matrix matrix(status == 0 ? handle : nullptr);
  if (iterator.failure) std::rethrow_exception(iterator.failure);
  check(status, doing);
  set_names(handle, names, doing);
  return matrix;
}

Matrix Matrix::exact(const BatchView& batch, const MatrixNames& names, int threads, std::string_view doing) {
  const auto text = columns_interface(batch);
  const auto config = fmt::format(R"({{"missing": NaN, "nthread": {}}})", threads);
  void* handle = nullptr;
  check(api().XGDMatrixCreateFromColumnar(text.c_str(), config.c_str(), &handle), doing);
  Matrix matrix(handle);
  set_names(handle, names, doing);
  set_infos(handle, batch, doing);
  return matrix;
}

std::uint64_t Matrix::rows() const {
  bst_ulong rows = 0;
  check(api().XGDMatrixNumRow(handle_, &rows), "cannot count the rows of a matrix");
  return rows;
}

}  // namespace mlsys::ext::xgboost
