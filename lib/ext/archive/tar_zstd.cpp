#include "ext/archive/tar_zstd.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <exception>
#include <new>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::ext {

namespace {

struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

std::string reason(archive* handle) {
  const char* text = archive_error_string(handle);
  return text == nullptr ? "unknown reason" : text;
}

[[noreturn]] void fail_damaged(archive* handle) {
  const std::string text = reason(handle);
  if (text.find("runcated") != std::string::npos) throw Error(Code::integrity, "it is cut short");
  throw Error(Code::integrity,
              "it is not a tar file that was compressed by zstd once, or it is damaged (" + text + ")");
}

}  // namespace

struct TarZstdWriter::State {
  struct Free {
    void operator()(archive* handle) const { archive_write_free(handle); }
  };
  Sink sink;
  std::exception_ptr thrown;  // exceptions must not pass through libarchive's frames
  std::unique_ptr<archive, Free> writer;

  static la_ssize_t on_write(archive* handle, void* self, const void* bytes, std::size_t size) noexcept {
    auto& state = *static_cast<State*>(self);
    try {
      // Freeing an archive that was given up writes its end: nobody wants that any more.
      if (!state.thrown) state.sink({static_cast<const char*>(bytes), size});
      return static_cast<la_ssize_t>(size);
    } catch (...) {
      state.thrown = std::current_exception();
      archive_set_error(handle, EIO, "writing failed");
      return ARCHIVE_FATAL;
    }
  }

  void require(la_ssize_t result) const {
    if (thrown) std::rethrow_exception(thrown);
    if (result < ARCHIVE_OK) throw Error(Code::failed, "cannot write the archive: " + reason(writer.get()));
  }
};

TarZstdWriter::TarZstdWriter(Sink sink) : state_(std::make_unique<State>()) {
  state_->sink = std::move(sink);
  state_->writer.reset(archive_write_new());
  archive* handle = state_->writer.get();
  if (handle == nullptr) throw std::bad_alloc();
  state_->require(archive_write_set_format_ustar(handle));
  state_->require(archive_write_add_filter_zstd(handle));
  state_->require(archive_write_set_filter_option(handle, "zstd", "compression-level", "9"));
  state_->require(archive_write_set_bytes_per_block(handle, 1 << 18));
  state_->require(archive_write_set_bytes_in_last_block(handle, 1));
  state_->require(archive_write_open2(handle, state_.get(), nullptr, &State::on_write, nullptr, nullptr));
}

TarZstdWriter::~TarZstdWriter() {
  if (!state_->thrown) state_->sink = [](std::string_view) {};
}

void TarZstdWriter::begin(const std::string& name, std::uint64_t bytes) {
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  if (!entry) throw std::bad_alloc();
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_uid(entry.get(), 0);
  archive_entry_set_gid(entry.get(), 0);
  archive_entry_set_mtime(entry.get(), 0, 0);
  state_->require(archive_write_header(state_->writer.get(), entry.get()));
}

void TarZstdWriter::write(std::string_view content) {
  while (!content.empty()) {
    const la_ssize_t written = archive_write_data(state_->writer.get(), content.data(), content.size());
    state_->require(written);
    if (written == 0) throw Error(Code::failed, "cannot write the archive: a file grew while it was read");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void TarZstdWriter::finish() { state_->require(archive_write_close(state_->writer.get())); }

struct TarReader::State {
  struct Free {
    void operator()(archive* handle) const { archive_read_free(handle); }
  };
  NextBlock next_block;
  std::exception_ptr thrown;  // exceptions must not pass through libarchive's frames
  std::unique_ptr<archive, Free> reader;

  static la_ssize_t on_read(archive* handle, void* self, const void** block) noexcept {
    auto& state = *static_cast<State*>(self);
    try {
      const std::span<const char> bytes = state.next_block();
      *block = bytes.data();
      return static_cast<la_ssize_t>(bytes.size());
    } catch (...) {
      state.thrown = std::current_exception();
      archive_set_error(handle, EIO, "reading failed");
      return ARCHIVE_FATAL;
    }
  }

  // Warnings are failures too: a package is exactly what we wrote, or refused.
  void require(la_ssize_t result) const {
    if (thrown) std::rethrow_exception(thrown);
    if (result < ARCHIVE_OK) fail_damaged(reader.get());
  }
};

TarReader::TarReader(NextBlock next_block) : state_(std::make_unique<State>()) {
  state_->next_block = std::move(next_block);
  state_->reader.reset(archive_read_new());
  archive* handle = state_->reader.get();
  if (handle == nullptr) throw std::bad_alloc();
  state_->require(archive_read_support_format_tar(handle));
  state_->require(archive_read_open(handle, state_.get(), nullptr, &State::on_read, nullptr));
}

TarReader::~TarReader() = default;

std::optional<TarMember> TarReader::next() {
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(state_->reader.get(), &entry);
  if (result == ARCHIVE_EOF) return std::nullopt;
  state_->require(result);
  if (archive_format(state_->reader.get()) != ARCHIVE_FORMAT_TAR_USTAR)
    throw Error(Code::integrity, "it is not a plain tar file");

  TarMember member;
  const char* name = archive_entry_pathname(entry);
  if (name == nullptr) throw Error(Code::integrity, "a member has no readable name");
  member.name = name;
  const la_int64_t bytes = archive_entry_size(entry);
  if (bytes < 0) throw Error(Code::integrity, "member " + quoted(member.name) + " has a negative size");
  member.bytes = static_cast<std::uint64_t>(bytes);
  if (archive_entry_hardlink(entry) != nullptr) {
    member.kind = TarMember::Kind::hardlink;
  } else {
    switch (archive_entry_filetype(entry)) {
      case AE_IFREG:
        member.kind = TarMember::Kind::regular;
        break;
      case AE_IFDIR:
        member.kind = TarMember::Kind::directory;
        break;
      case AE_IFLNK:
        member.kind = TarMember::Kind::symlink;
        break;
      default:
        member.kind = TarMember::Kind::other;
        break;
    }
  }
  return member;
}

std::size_t TarReader::read(std::span<char> buffer) {
  const la_ssize_t got = archive_read_data(state_->reader.get(), buffer.data(), buffer.size());
  state_->require(got);
  return static_cast<std::size_t>(got);
}

}  // namespace mlsys::ext
