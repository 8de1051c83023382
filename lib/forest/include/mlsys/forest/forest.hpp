// Evaluates XGBoost's tree boosters with the very bits that XGBoost 3.4 computes, many times faster.
//
// A model is compiled once into an immutable form that any number of threads may use at the same time. Values are
// ranked among the thresholds of their feature, every distinct comparison is made once for a whole block of rows, and
// trees are then walked for all those rows at a time on bits. The leaves that are reached are added as float, in the
// order of the trees, as XGBoost does.
//
// What a row means is what XGBoost means by it:
//   numbers      NaN is missing; ±Inf and ±0 are ordinary values; a row goes left when value < threshold
//   categories   a float holds the code. NaN is missing. Negative codes, codes from 2^24 and codes that a split does
//                not list go left, fractions are cut off. As int32, negative is missing.
//   missing      follows the default direction of the split
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/names.hpp"

namespace mlsys::forest {

// One feature of all rows; one of the two is filled. Codes are accepted for categorical features only.
struct Column {
  std::span<const float> values;
  std::span<const std::int32_t> codes;
};

// Rows by columns: one Column for each feature of the model, each of `rows` values.
struct Columns {
  std::span<const Column> features;
  std::uint64_t rows = 0;
};

// Row r begins at values[r * stride] and has one value for each feature. stride >= features().
struct RowMajor {
  std::span<const float> values;
  std::uint64_t rows = 0;
  std::size_t stride = 0;
};

// How trees are evaluated. All of them compute the same bits.
enum class Kernel {
  automatic,      // the fastest for the model and the number of rows on this machine
  walk,           // node by node, as XGBoost does
  portable,       // blocks of rows with the vectors that every machine of this architecture has
  portable_rows,  // row by row with these vectors; models of more than 65,536 different comparisons are walked
  avx2,           // blocks of rows with AVX2
  avx2_rows,      // row by row with AVX2, likewise
  avx512,         // blocks of rows with AVX-512 (F, BW, DQ, VL, VBMI) and BMI2
  avx512_rows     // row by row with these; models of more than 128 pages of 255 thresholds as with portable_rows
};

struct Options {
  // Rounds [begin, end) of boosting are added; end 0 means all. Anything else than 0 <= begin <= end <= rounds() is
  // Error(Code::usage).
  std::size_t begin = 0;
  std::size_t end = 0;
  unsigned threads = 1;
  // Replaces the model's own base score: rows × outputs() margins, or empty.
  std::span<const float> base_margin = {};
  Kernel kernel = Kernel::automatic;  // Error(Code::usage) when the machine or the build does not have it
};

// True when this machine and build have the kernel.
MLSYS_EXPORT bool available(Kernel kernel);

struct Compilation;

class MLSYS_EXPORT Forest {
 public:
  // Reads a model that XGBoost 2.0 to 3.4 saved as UBJSON or JSON. Throws Error(Code::integrity) when the bytes are not
  // a whole and consistent model; `subject` names them in the message. A good model that is not covered (gblinear,
  // vector leaves, custom objectives, newer formats) gives a reason instead of a forest.
  static Compilation compile(std::span<const std::byte> model, std::string_view subject);

  Forest(Forest&&) noexcept;
  Forest& operator=(Forest&&) noexcept;
  ~Forest();

  [[nodiscard]] std::size_t features() const;
  [[nodiscard]] std::size_t outputs() const;  // margins of a row: 1, or classes, targets, quantiles
  [[nodiscard]] std::size_t rounds() const;
  [[nodiscard]] std::size_t trees() const;
  [[nodiscard]] const std::string& objective() const;
  [[nodiscard]] const std::string& version() const;                     // of the XGBoost that wrote it, "3.4.1"
  [[nodiscard]] const std::vector<std::string>& feature_names() const;  // empty when the model has none
  [[nodiscard]] bool categorical(std::size_t feature) const;            // what its feature types say
  // The names of a feature's categories in the order of their codes; empty when the model does not hold any.
  [[nodiscard]] const std::vector<std::string>& categories(std::size_t feature) const;
  [[nodiscard]] std::size_t bytes() const;  // memory of the compiled form

  // The margins of each row, row by row: `out` has rows × outputs() elements. A thread that scores alone allocates
  // nothing after its first call. Throws Error(Code::usage) when the sizes of the spans do not fit together or codes
  // are given for a numeric feature.
  void margins(const Columns& rows, std::span<float> out, const Options& options = {}) const;
  void margins(const RowMajor& rows, std::span<float> out, const Options& options = {}) const;

  // The node, as XGBoost numbers them, in which each row ends in each tree of the chosen rounds: rows × trees.
  void leaves(const Columns& rows, std::span<std::int32_t> out, const Options& options = {}) const;
  void leaves(const RowMajor& rows, std::span<std::int32_t> out, const Options& options = {}) const;
  // Trees in the rounds that the options choose.
  [[nodiscard]] std::size_t trees(const Options& options) const;

  // What XGBoost calls the prediction, from margins: probabilities, counts, the class (multi:softmax), ... with its own
  // float operations. `margins` and `out` have rows × outputs() elements and may be the same; for multi:softmax `out`
  // has one per row. The functions exp and log are the C library's: the last bit follows the machine, not the model.
  [[nodiscard]] std::size_t predictions() const;  // predictions of a row: outputs(), or 1 for multi:softmax
  void transform(std::span<const float> margins, std::span<float> out) const;

 private:
  struct Impl;
  explicit Forest(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

struct Compilation {
  std::optional<Forest> forest;
  std::string unsupported;  // why there is no forest: "it has vector leaves"
};

// For evaluators that trust the bytes they are given, as XGBoost does: throws Error(Code::integrity) unless reading the
// model and walking its trees stays within its arrays and ends. That goes further than what compile() covers (any
// version, any objective), but not to linear boosters and vector leaves: these are refused. Returns the objective's
// name.
MLSYS_EXPORT std::string check(std::span<const std::byte> model, std::string_view subject);

}  // namespace mlsys::forest

template <>
struct mlsys::NameTable<mlsys::forest::Kernel> {
  static constexpr std::string_view what = "kernel";
  static constexpr auto entries = std::to_array<NameEntry<forest::Kernel>>({
      {forest::Kernel::automatic, "auto", "the fastest on this machine"},
      {forest::Kernel::walk, "walk", "node by node"},
      {forest::Kernel::portable, "portable", "blocks of rows on any machine"},
      {forest::Kernel::portable_rows, "portable-rows", "row by row on any machine"},
      {forest::Kernel::avx2, "avx2", "blocks of rows with AVX2"},
      {forest::Kernel::avx2_rows, "avx2-rows", "row by row with AVX2"},
      {forest::Kernel::avx512, "avx512", "blocks of rows with AVX-512"},
      {forest::Kernel::avx512_rows, "avx512-rows", "row by row with AVX-512"},
  });
};
