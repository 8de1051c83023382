// XGBoost's C API behind move-only handles. libxgboost.so is opened on first use; a version before 3.1 is refused.
//
// Results are copied before a call returns (XGBoost's own arrays live until the thread's next call). Failures are
// Error(Code::failed) with `doing` and the one meaningful line of XGBoost's text. Nothing is printed: XGBoost's
// warnings are collected per thread, see take_warnings().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlsys::ext::xgboost {

// Release, feature and patch number of the library, which this opens.
std::array<int, 3> version();
// What XGBoost warned of on this thread since the last call.
std::vector<std::string> take_warnings();

// Names of the values of a categorical column in the layout of an Arrow string array.
struct CategoryNames {
  std::vector<std::int32_t> offsets;
  std::string bytes;
  explicit CategoryNames(const std::vector<std::string>& names);
};

// One column of a batch; the memory must outlive the call it is passed to.
struct ColumnView {
  const float* values = nullptr;        // numeric: NaN is missing
  const std::int32_t* codes = nullptr;  // categorical: indices into `names`
  const CategoryNames* names = nullptr;
  const std::uint8_t* valid = nullptr;  // categorical: a bit per row, least significant first; null when all are
};

struct BatchView {
  std::size_t rows = 0;
  std::vector<ColumnView> columns;
  std::span<const float> label, weight;   // empty: none
  std::span<const std::uint32_t> groups;  // ranking: sizes of the consecutive queries; weights are per query
};

struct MatrixNames {
  std::vector<std::string> features;
  std::vector<std::string> types;  // "float", "int", "i" or "c", one per feature
};

class Matrix {
 public:
  Matrix() = default;
  Matrix(Matrix&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Matrix& operator=(Matrix&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;
  ~Matrix();

  // Quantised to at most `max_bin` bins a feature, or to the bins of `reference`. Only the bins are kept. `batch`
  // (called several times from the start) returns the next batch, or nullptr at the end; it may throw.
  static Matrix quantile(const std::function<void()>& restart, const std::function<const BatchView*()>& batch,
                         const MatrixNames& names, const Matrix* reference, int max_bin, int threads,
                         std::string_view doing);
  // The values themselves, for contributions and leaves.
  static Matrix exact(const BatchView& batch, const MatrixNames& names, int threads, std::string_view doing);

  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] void* handle() const { return handle_; }

 private:
  explicit Matrix(void* handle) : handle_(handle) {}
  void* handle_ = nullptr;
};

// A prediction as XGBoost shapes it: `shape` with strict dimensions, `values` row-major.
struct Prediction {
  std::vector<std::uint64_t> shape;
  std::vector<float> values;
};

class Booster {
 public:
  // Numbers of the prediction kinds in XGBoost's own protocol.
  enum class Kind { value = 0, margin = 1, contributions = 2, interactions = 4, leaves = 6 };

  Booster() = default;
  Booster(Booster&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Booster& operator=(Booster&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  Booster(const Booster&) = delete;
  Booster& operator=(const Booster&) = delete;
  ~Booster();

  static Booster create(std::span<const Matrix* const> cached);
  static Booster load(std::string_view bytes, std::string_view doing);

  void set(const std::string& name, const std::string& value, std::string_view doing);
  void update(int round, const Matrix& train, std::string_view doing);
  // XGBoost's text: "[3]\ttrain-auc:0.81\tvalid-auc:0.79", numbers with all digits.
  [[nodiscard]] std::string evaluate(int round, std::span<const Matrix* const> sets,
                                     const std::vector<std::string>& names, std::string_view doing) const;
  [[nodiscard]] Booster slice(int begin, int end) const;
  [[nodiscard]] std::string save(std::string_view format) const;  // "ubj" or "json"
  void configure();                                               // applies and checks the parameters
  [[nodiscard]] int rounds() const;
  [[nodiscard]] std::vector<std::string> feature_info(const char* field) const;

  void set_feature_info(const char* field, const std::vector<std::string>& values);

  // Straight from columns, without a matrix: `value` or `margin`.
  [[nodiscard]] Prediction predict(const BatchView& batch, Kind kind, std::string_view doing) const;
  [[nodiscard]] Prediction predict(const Matrix& matrix, Kind kind, std::string_view doing) const;
  // Feature name to score; features that no tree uses are absent. `type`: weight, gain, cover, total_gain, total_cover.
  [[nodiscard]] std::map<std::string, double> feature_scores(const char* type) const;

 private:
  explicit Booster(void* handle) : handle_(handle) {}
  void* handle_ = nullptr;
};

// The meaningful line of an XGBoost error text: without the time, file position and stack trace.
std::string meaningful_line(std::string_view text);

}  // namespace mlsys::ext::xgboost
