// The rows a query returned, in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

// Values are read by position: row < rows(), column < columns().size(). Reading a missing value throws
// Error(Code::failed), as does asking for a type the column does not have; use the maybe_ forms where null is possible.
class MLSYS_EXPORT Result {
 public:
  struct Data;
  explicit Result(std::unique_ptr<Data> data);
  Result(Result&&) noexcept;
  Result& operator=(Result&&) noexcept;
  ~Result();

  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] const std::vector<ColumnInfo>& columns() const;  // as named by the query

  [[nodiscard]] bool is_null(std::uint64_t row, std::size_t column) const;
  [[nodiscard]] bool boolean(std::uint64_t row, std::size_t column) const;
  // Integer columns of any width; booleans as 0 and 1; dates and timestamps as microseconds UTC.
  [[nodiscard]] std::int64_t integer(std::uint64_t row, std::size_t column) const;
  [[nodiscard]] double real(std::uint64_t row, std::size_t column) const;       // reals and integers
  [[nodiscard]] std::string text(std::uint64_t row, std::size_t column) const;  // any type, see As::text

  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::uint64_t row, std::size_t column) const;
  [[nodiscard]] std::optional<double> maybe_real(std::uint64_t row, std::size_t column) const;
  [[nodiscard]] std::optional<std::string> maybe_text(std::uint64_t row, std::size_t column) const;

 private:
  std::unique_ptr<Data> data_;
};

}  // namespace mlsys::data
