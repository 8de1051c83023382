// Files that are stored once, under the SHA-256 of their contents, and checked when they are read.
// A name appears only when everything under it is there, so that a reader or a crash never meets a part.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"

namespace mlsys::store {

enum class Check {
  digest,  // compute it: Code::integrity when it differs
  exists   // only look: for listing
};

struct Stored {
  std::string digest;  // 64 lower-case hexadecimal digits
  std::uint64_t bytes = 0;
  std::filesystem::path path;
};

// What the database refers to: a file or a bundle.
struct Reference {
  std::string digest;
  bool bundle = false;
  auto operator<=>(const Reference&) const = default;
  // Where it lies, below the store's folder but for the folder of two digits: for messages.
  [[nodiscard]] std::string name() const { return (bundle ? "bundles/" : "objects/") + digest; }
};

class MLSYS_EXPORT Content {
 public:
  // `folder` is the store's; nothing is made before the first put.
  explicit Content(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Copies a file in (sharing blocks where the file system can) and returns its digest. Putting what is there already
  // changes nothing; what is there but was altered is replaced, with a warning. `durable`: survives power loss.
  Stored put_file(const std::filesystem::path& file, bool durable, Context& context);
  Stored put_bytes(std::string_view bytes, bool durable, Context& context);
  // Copies a model bundle in: bundle.json and the files it lists, each checked against the digest there. Its digest is
  // that of bundle.json, and so of everything. Code::integrity when the bundle is damaged, Code::not_found when
  // `directory` is not a bundle.
  Stored put_bundle(const std::filesystem::path& directory, bool durable, Context& context);

  // Where a stored file or bundle lies. Never write there. Throws Code::not_found, Code::integrity.
  Stored file(std::string_view digest, Check check, Context& context) const;
  Stored bundle(std::string_view digest, Check check, Context& context) const;
  Stored get(const Reference& reference, Check check, Context& context) const;

  // Copies a stored file to `to`, or the files of a bundle into the new folder `to`, and checks the copies: what was
  // altered is Code::integrity. Unlike those in the store they can be written to.
  void copy_file(std::string_view digest, const std::filesystem::path& to, Context& context) const;
  void copy_bundle(std::string_view digest, const std::filesystem::path& to, Context& context) const;

  // For a write that comes to refer to what was put before it began, which Store::collect() may have taken for left
  // over in between: throws Code::conflict.
  void require(const Stored& stored) const;

  [[nodiscard]] std::filesystem::path objects() const { return folder_ / "objects"; }
  [[nodiscard]] std::filesystem::path bundles() const { return folder_ / "bundles"; }

 private:
  [[nodiscard]] bool has_intact_bundle(const std::string& digest, Context& context) const;
  std::filesystem::path folder_;
};

}  // namespace mlsys::store
