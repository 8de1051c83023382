// SHA-256 by OpenSSL's EVP interface, which uses the processor's SHA instructions where there are any.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

struct evp_md_ctx_st;

namespace mlsys::ext {

class Sha256State {
 public:
  using Digest = std::array<unsigned char, 32>;

  Sha256State();
  void update(const void* bytes, std::size_t size);
  // The digest of everything so far; more may follow.
  [[nodiscard]] Digest digest() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace mlsys::ext
