#include "ext/crypto/sha256.hpp"

#include <openssl/evp.h>

#include <new>

#include "mlsys/base/error.hpp"

namespace mlsys::ext {

namespace {

void require(int result) {
  if (result != 1) throw Error(Code::failed, "cannot compute a SHA-256 digest: OpenSSL refused the operation");
}

}  // namespace

void Sha256State::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256State::Sha256State() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  require(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Sha256State::update(const void* bytes, std::size_t size) {
  require(EVP_DigestUpdate(context_.get(), bytes, size));
}

Sha256State::Digest Sha256State::digest() const {
  // Finishing spends the state, so a copy is finished.
  Sha256State copy;
  require(EVP_MD_CTX_copy_ex(copy.context_.get(), context_.get()));
  Digest digest;
  unsigned size = 0;
  require(EVP_DigestFinal_ex(copy.context_.get(), digest.data(), &size));
  return digest;
}

}  // namespace mlsys::ext
