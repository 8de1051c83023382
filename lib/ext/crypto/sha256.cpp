#include "ext/crypto/sha256.hpp"

#include <dlfcn.h>
#include <openssl/evp.h>

#include <new>
#include <string>

#include "mlsys/base/error.hpp"

// Opened on first use: loading and relocating libcrypto takes longer than a whole `mlsys runs log`.
#define MLSYS_CRYPTO_FUNCTIONS(X) \
  X(EVP_MD_CTX_new)               \
  X(EVP_MD_CTX_free) X(EVP_MD_CTX_copy_ex) X(EVP_sha256) X(EVP_DigestInit_ex) X(EVP_DigestUpdate) X(EVP_DigestFinal_ex)

namespace mlsys::ext {

namespace {

struct Api {
#define MLSYS_DECLARE(name) decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses)
  MLSYS_CRYPTO_FUNCTIONS(MLSYS_DECLARE)
#undef MLSYS_DECLARE
};

Api open() {
  constexpr auto hint = "install OpenSSL 3 (Debian: libssl3)";
  // Found by our own RUNPATH first, which is where a relocatable copy has it.
  void* library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Error(Code::failed, std::string("cannot load OpenSSL: ") + dlerror(), hint);
  Api table;
#define MLSYS_LOAD(name)                                                   \
  table.name = reinterpret_cast<decltype(&::name)>(dlsym(library, #name)); \
  if (table.name == nullptr) throw Error(Code::failed, "cannot use OpenSSL: it has no function " #name, hint);
  MLSYS_CRYPTO_FUNCTIONS(MLSYS_LOAD)
#undef MLSYS_LOAD
  return table;
}

const Api& api() {
  static const Api table = open();
  return table;
}

void require(int result) {
  if (result != 1) throw Error(Code::failed, "cannot compute a SHA-256 digest: OpenSSL refused the operation");
}

}  // namespace

void Sha256State::Free::operator()(evp_md_ctx_st* context) const { api().EVP_MD_CTX_free(context); }

Sha256State::Sha256State() : context_(api().EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  require(api().EVP_DigestInit_ex(context_.get(), api().EVP_sha256(), nullptr));
}

void Sha256State::update(const void* bytes, std::size_t size) {
  require(api().EVP_DigestUpdate(context_.get(), bytes, size));
}

Sha256State::Digest Sha256State::digest() const {
  // Finishing spends the state, so a copy is finished.
  Sha256State copy;
  require(api().EVP_MD_CTX_copy_ex(copy.context_.get(), context_.get()));
  Digest digest;
  unsigned size = 0;
  require(api().EVP_DigestFinal_ex(copy.context_.get(), digest.data(), &size));
  return digest;
}

}  // namespace mlsys::ext
