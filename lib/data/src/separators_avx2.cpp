#ifdef __AVX2__
#include "separators.inl"
#else
#include "separators.hpp"
#endif

namespace mlsys::data {

#ifdef __AVX2__
SeparatorKernel separators_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt") ? find_all
                                                                                                             : nullptr;
}
#else
SeparatorKernel separators_avx2() { return nullptr; }
#endif

}  // namespace mlsys::data
