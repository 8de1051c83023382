// Names of what is measured between two distributions; the definitions stand in distance.hpp.
#pragma once

#include <array>
#include <string_view>

#include "mlsys/base/names.hpp"

namespace mlsys::profile {

enum class Measure { ks, js, psi, chi2 };

}  // namespace mlsys::profile

template <>
struct mlsys::NameTable<mlsys::profile::Measure> {
  using T = mlsys::profile::Measure;
  static constexpr std::string_view what = "measure";
  static constexpr auto entries = std::to_array<NameEntry<T>>({
      {T::ks, "ks", "Kolmogorov-Smirnov D, of numbers"},
      {T::js, "js", "Jensen-Shannon distance, base 2"},
      {T::psi, "psi", "population stability index"},
      {T::chi2, "chi2", "p-value of Pearson's chi-squared test"},
  });
};
