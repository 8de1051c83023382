#include <algorithm>
#include <cstring>
#include <fstream>

#include "bundle_files.hpp"
#include "ext/archive/tar_zstd.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/package/package.hpp"
#include "mlsys/predict/predictor.hpp"
#include "seal.hpp"

namespace mlsys::package {

namespace fs = std::filesystem;

namespace {

// Of a seal: the magic and the length of its frame, both little-endian, see RFC 8878, 3.1.2.
constexpr std::string_view seal_start("\x5F\x2A\x4D\x18\x20\x00\x00\x00", 8);

bool ends_with_seal(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(-static_cast<std::streamoff>(seal_bytes), std::ios::end);
  std::string start(seal_start.size(), '\0');
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  return stream && start == seal_start;
}

// An older package may be replaced, and an empty file; anything else was not meant.
void require_replaceable(const fs::path& output) {
  std::error_code error;
  if (!fs::is_regular_file(output, error) || fs::file_size(output, error) == 0) return;
  if (looks_like_package(output) && ends_with_seal(output)) return;
  throw Error(Code::usage, "cannot write package " + quoted(output.string()) + ": a file of that name is no package",
              "choose another name, or remove it first");
}

// Appends to the pending output, and knows the digest of what it has written.
class SealedOutput {
 public:
  explicit SealedOutput(const fs::path& target) : pending_(target) {
    stream_.open(pending_.path(), std::ios::binary | std::ios::trunc);
    require();
  }

  void write(std::string_view bytes) {
    sha_.update(bytes);
    stream_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    require();
    bytes_ += bytes.size();
  }

  void commit() {
    write(make_seal(sha_.hex()));
    stream_.close();
    require();
    pending_.commit();
  }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  void require() const {
    if (!stream_) throw_write_error(pending_.target(), errno);
  }

  PendingFile pending_;
  std::ofstream stream_;
  digest::Sha256 sha_;
  std::uint64_t bytes_ = 0;
};

void add_file(ext::TarZstdWriter& tar, const fs::path& path, const digest::FileDigest& file, const Context& context) {
  const auto changed = [&] {
    throw Error(Code::failed, "cannot package " + quoted(path.string()) + ": it changed while it was read");
  };
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw Error(Code::failed, "cannot read " + quoted(path.string()) + ": " + std::strerror(errno));
  tar.begin(file.name, file.bytes);
  digest::Sha256 sha;
  std::vector<char> buffer(std::size_t{1} << 20);
  std::uint64_t left = file.bytes;
  while (left > 0) {
    context.check_stop();
    stream.read(buffer.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(left, buffer.size())));
    const std::string_view got(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    if (got.empty()) changed();
    sha.update(got);
    tar.write(got);
    left -= got.size();
  }
  if (sha.hex() != file.sha256 || stream.peek() != std::ifstream::traits_type::eof()) changed();
}

Manifest describe(const bundle::Bundle& bundle, const PackageOptions& options) {
  Manifest manifest{options.name, options.version, bundle.digest(), files_of(bundle)};
  parse_manifest(to_text(to_json(manifest)), "package.json");  // what cannot be read back must not be written
  return manifest;
}

}  // namespace

std::string make_seal(std::string_view sha256) {
  std::string seal(seal_start);
  const auto digit = [&](std::size_t i) {
    const char c = sha256[i];
    return c <= '9' ? c - '0' : c - 'a' + 10;
  };
  for (std::size_t i = 0; i < 64; i += 2) seal += static_cast<char>(digit(i) * 16 + digit(i + 1));
  return seal;
}

PackageReport write_package(const PackageOptions& options, Context& context) {
  require_replaceable(options.output);
  const bundle::Bundle bundle = bundle::Bundle::load(options.bundle);
  PackageReport report;
  report.package = options.output;
  report.golden_rows = predict::replay_golden(bundle, context);
  report.manifest = describe(bundle, options);
  std::uint64_t total = 0;
  for (const digest::FileDigest& file : report.manifest.files) total += file.bytes;
  context.progress->begin("package", total, "bytes");

  SealedOutput output(options.output);
  ext::TarZstdWriter tar([&](std::string_view bytes) { output.write(bytes); });
  const std::string manifest = to_text(to_json(report.manifest));
  tar.begin(std::string(manifest_name), manifest.size());
  tar.write(manifest);
  std::uint64_t done = 0;
  for (const digest::FileDigest& file : report.manifest.files) {
    add_file(tar, options.bundle / file.name, file, context);
    context.progress->update(done += file.bytes, file.name);
  }
  tar.finish();
  output.commit();
  context.progress->end();
  report.bytes = output.bytes();
  return report;
}

Json to_json(const PackageReport& report) {
  const Json manifest = to_json(report.manifest);
  return {{"schema", "mlsys.package/1"},
          {"package", report.package.string()},
          {"digest", report.manifest.digest},
          {"bytes", report.bytes},
          {"files", manifest.at("files")},
          {"golden_rows", report.golden_rows},
          {"signed_by", nullptr},
          {"verdict", "pass"}};
}

}  // namespace mlsys::package
