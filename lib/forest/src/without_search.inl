// For kernels that neither turn rows nor search pages with instructions of their own (see kernel.inl).

namespace mlsys::forest {
namespace {

inline std::size_t turn(const float* /*from*/, std::size_t /*stride*/, std::size_t /*size*/, std::size_t /*count*/,
                        float (* /*columns*/)[block_rows]) {
  return 0;
}

constexpr bool ranks_pages = false;
inline void rank_page(const PageView& /*page*/, const float* /*values*/, std::size_t /*rows*/,
                      unsigned char* /*ranks*/) {}

}  // namespace
}  // namespace mlsys::forest
